"""Measures one case in a process of its own and prints a line of JSON: ``python -m benchmarks.measure NAME``.

Times are the least of several runs, extraction and yardstick in turns, on one thread. They are the processor's time, which
other programs on the machine hardly change; only over several threads is it the clock's. Extraction starts at a network
that has computed nothing yet, and ends when regions and vertices are counted. The yardstick is the time NumPy takes to
evaluate the network once, in float64, at as many points as the complex has vertices, or as there are regions if these are
only counted.

The environment may choose NumPy's BLAS kernel and block sizes (OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE). What it chooses is
mostly slower than what OpenBLAS finds for itself (OPENBLAS_CORETYPE=Haswell: by a fifth to a quarter on a processor with
AVX-512), so that the yardstick takes longer and ratios look better than they are: ``python -m benchmarks`` starts its
measurements without them. Every record says which kernel ran, and what was left out.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

import pwlin
from benchmarks.arrays import evaluate, uniform
from benchmarks.cases import BY_NAME, Case
from benchmarks.machine import Figures, blas
from pwlin import Network, extract
from pwlin.geometry.domain import as_polytope

T = TypeVar("T")


def network(case: Case) -> Network:
    """A fresh network."""
    return Network.from_arrays(*case.make())


def domain(case: Case) -> tuple[int, int] | list[tuple[int, int]] | None:
    """Its domain."""
    if case.ends is None:
        return None
    return case.ends if case.sizes[0] == 1 else [case.ends] * case.sizes[0]


def counts(case: Case, net: Network, **options: Any) -> tuple[int, int]:
    """Extract, or count; the numbers of regions (on the line: pieces) and of vertices (without any, of regions)."""
    if case.counted:
        n = pwlin.count_regions(net, domain(case), **options)
        return n, n
    f = extract(net, domain(case), **options)
    if case.sizes[0] == 1:
        return f.n_pieces, f.n_pieces + 1
    return f.n_regions, f.n_vertices


def warm_up(case: Case) -> None:
    """Load (or compile) the kernel."""
    d = case.sizes[0]
    if case.counted:
        pwlin.count_regions(Network.from_arrays(*uniform((5, 6, 1), 1)), [(-1, 1)] * 5, method="fast")
    elif d > 1:
        extract(Network.from_arrays(*uniform((d, 3, 3, 1), 1)), [(-1, 1)] * d, method="fast")
    else:
        extract(Network.from_arrays(*uniform((1, 3, 1), 1)), (-1, 1))


def measure(case: Case) -> Figures:
    """All that is known of a case on one thread."""
    options = {"method": "fast", "workers": 1} if case.sizes[0] > 1 else {}
    warm_up(case)
    before = peak()
    seconds, yardstick = [], []
    n = vertices = after = 0
    for _ in range(case.repeats):
        net = network(case)
        elapsed, (n, vertices) = timed(lambda net=net: counts(case, net, **options))
        seconds.append(elapsed)
        after = after or peak()
        arrays = case.make()
        points = np.random.default_rng(0).uniform(*case.ends or (-1000, 1000), (vertices, case.sizes[0]))
        yardstick.append(timed(lambda arrays=arrays, points=points: evaluate(arrays, points))[0])
    out = {
        "name": case.name,
        "regions": n,
        "vertices": vertices,
        "seconds": min(seconds),
        "yardstick": min(yardstick),
        "ratio": min(seconds) / min(yardstick),
        "regions_per_second": n / min(seconds),
        "peak_megabytes": after,
        "megabytes_before": before,
        **signs(case),
    }
    if case.exact:
        out["exact_seconds"] = timed(lambda: counts(case, network(case), method="exact"))[0]
    return out


def signs(case: Case) -> dict[str, int]:
    """How many signs the kernel took, and how many of them rationals settled."""
    if case.sizes[0] == 1 or case.counted:
        return {}
    from pwlin.extraction.kernel.compiled import plain
    from pwlin.extraction.kernel.drive import drive
    from pwlin.extraction.kernel.oracle import Oracle
    from pwlin.extraction.kernel.plan import make_plan
    from pwlin.extraction.kernel.starting import add_domain
    from pwlin.extraction.kernel.store import MemoCounts, make_store

    net = network(case)
    polytope = as_polytope(domain(case), net.input_dim)
    plan = make_plan(net, polytope)
    assert plan is not None, "all cases are made for the kernel"
    store = make_store(plan)
    add_domain(plan, store, polytope)
    found = plain(MemoCounts, drive(plan, store, Oracle(net, polytope)).memo.n)
    return {"signs": found.evaluated, "rational_signs": found.signs}


def scaling(case: Case, most: int) -> Figures:
    """Least seconds for each number of threads, in turns."""
    warm_up(case)
    threads = sorted({1, 2, most, *(2**k for k in range(most.bit_length()))} & set(range(1, most + 1)))
    best = dict.fromkeys(threads, float("inf"))
    for _ in range(max(case.repeats, 20)):  # the clock's time, of threads that must all be free at once
        for n in threads:
            net = network(case)
            seconds, _ = timed(lambda n=n, net=net: counts(case, net, method="fast", workers=n), time.perf_counter)
            best[n] = min(best[n], seconds)
    return {"name": case.name, "seconds_by_threads": best}


def timed(work: Callable[[], T], clock: Callable[[], float] = time.process_time) -> tuple[float, T]:
    """Seconds and result."""
    start = clock()
    result = work()
    return clock() - start, result


def peak() -> int:
    """The most memory that the process ever held, in MB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def main() -> None:
    """Measure one case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=BY_NAME)
    parser.add_argument("--threads", type=int, help="measure up to so many threads instead")
    options = parser.parse_args()
    case = BY_NAME[options.name]
    result = measure(case) if options.threads is None else scaling(case, options.threads)
    print(json.dumps({"pwlin": pwlin.__version__, "blas": blas(), **result}))


if __name__ == "__main__":
    main()
