"""Speed of exact extraction on the line, as ratios within one run: ``python -m benchmarks.line``.

The yardstick is the time NumPy takes to evaluate the network once, in float64, at every breakpoint found and at the
domain's ends. Both are medians over several runs, alternating, on one thread.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import platform
import resource
import statistics
import time

import numpy as np

import pwlin
from pwlin import Network, extract


def uniform_network(sizes: tuple[int, ...], seed: int) -> Network:
    """U(-k, k) weights and biases, k = 1 / sqrt(n_in), drawn layer by layer."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n_in, n_out in zip(sizes, sizes[1:]):
        k = 1 / np.sqrt(n_in)
        weights.append(rng.uniform(-k, k, (n_out, n_in)))
        biases.append(rng.uniform(-k, k, n_out))
    return Network.from_arrays(weights, biases)


def tent(depth: int) -> Network:
    """The tent map composed with itself `depth` times."""
    once = Network.from_arrays([[[1], [1]], [[2, -4]]], [[0, "-1/2"], [0]])
    net = once
    for _ in range(depth - 1):
        net = once @ net
    return net


def measure(net: Network, domain: tuple[int, int], repeats: int) -> tuple[int, float, float]:
    """Pieces, median seconds of extraction with its piece count, median seconds of the yardstick."""
    extractions, yardsticks = [], []
    pieces = 0
    for _ in range(repeats):
        start = time.perf_counter()
        f = extract(net, domain)
        pieces = f.n_pieces
        extractions.append(time.perf_counter() - start)
        breaks, _, _ = f.numpy()
        points = np.concatenate([[domain[0]], breaks, [domain[1]]]).astype(float)
        start = time.perf_counter()
        net(points)
        yardsticks.append(time.perf_counter() - start)
    return pieces, statistics.median(extractions), statistics.median(yardsticks)


def main() -> None:
    """Print one line per network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="leave out the million pieces")
    options = parser.parse_args()
    print(
        f"pwlin {pwlin.__version__}, numpy {np.__version__}, Python {platform.python_version()}, {platform.machine()}"
    )
    print(f"{'network':<24} {'pieces':>9} {'seconds':>9} {'yardstick':>10} {'ratio':>7} {'peak MB':>8}")
    cases = [
        ("1-32-32-1", uniform_network((1, 32, 32, 1), 1001), (-1, 1), options.repeats),
        ("1-256-256-256-1", uniform_network((1, 256, 256, 256, 1), 1002), (-1, 1), options.repeats),
        ("tent, 14 times", tent(14), (0, 1), options.repeats),
        ("tent, 16 times", tent(16), (0, 1), options.repeats),
    ]
    if not options.quick:
        cases.append(("tent, 20 times", tent(20), (0, 1), 2))
    for name, net, domain, repeats in cases:
        pieces, seconds, yardstick = measure(net, domain, repeats)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:<24} {pieces:>9} {seconds:>9.4f} {yardstick:>10.5f} {seconds / yardstick:>7.1f} {peak:>8.0f}")


if __name__ == "__main__":
    main()
