"""Fast against all-rational on many random, degenerate and deep networks: ``python -m benchmarks.equality 5000``.

Of one input certified floats against rationals on the line, of several the kernel against the search in rationals. Prints every
network on which they differ in any region, pattern, map, vertex, facet or order, and how many were alike.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tqdm import trange

from pwlin import Network, PwlinError
from pwlin.extraction.cells.kernel import obstacle
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.kernel import plan
from pwlin.extraction.kernel.entry import fast_complex, fast_count
from pwlin.extraction.line.exact import extract_line
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope

Entry = Callable[[random.Random], float | Fraction]
FAMILIES: tuple[Entry, ...] = (
    lambda r: Fraction(r.randint(-48, 48), r.randint(1, 12)),
    lambda r: r.choice([-1, 0, 0, 1]),
    lambda r: r.choice([-1, 0, 1]),
    lambda r: Fraction(r.randint(-16, 16), 8),
    lambda r: r.choice([0.0, 1e-300, -1e-300, 1e300, -1e300, 1.0, -1.0, 1e-8, 1e8]),
    lambda r: r.uniform(-2, 2),
    lambda r: r.uniform(-2, 2),
    lambda r: r.choice([1e-8, 1e8, 1]) * r.uniform(-1, 1),
    lambda r: r.uniform(-1, 1) * 2.0 ** r.randint(-40, 40),
    lambda r: r.uniform(-1, 1) * r.choice([1.0, 1e-155, 1e-165, 1e-320, 1e155]),
    lambda r: Fraction(r.randint(-9, 9), 7 * 2**1074),
    lambda r: r.uniform(-1, 1) * 10.0 ** r.choice([-320, -300, -290, -160, 0, 0, 150, 290, 300]),
)
MODERATE = (*FAMILIES[:4], *FAMILIES[5:7])
"""Whose numbers stay short enough through many layers."""
ACTIVATIONS = (
    "relu",
    "relu",
    "relu",
    "abs",
    "identity",
    ("leaky_relu", "1/4"),
    ("leaky_relu", -2),
    ("two_slope", 3, -1),
    ("two_slope", 0, 0),
    ("two_slope", 0, Fraction(1, 10**330)),
)
STEEP = (
    ("two_slope", -1.7e308, 1.7e308),
    ("two_slope", 1.7e308, 1e300),
    ("two_slope", 0, 1.7e308),
    ("two_slope", 1e-300, 1e300),
    ("two_slope", -1e155, 1e-320),
    ("leaky_relu", -1e290),
)
"""Activations at the ends of float64's range; weights beside them bring values back, mostly."""
WIDEST = {1: 12, 2: 8, 3: 5, 4: 4, 5: 3}
LARGE = {1: (40, 80, 4), 2: (20, 40, 3), 3: (6, 12, 2), 4: (3, 6, 2), 5: (2, 4, 2)}
"""Least and greatest width, and depth, of networks that are large for the rational search."""
DEEP = {1: 24, 2: 16, 3: 10, 4: 8, 5: 6}
"""The most layers of deep networks, which are narrow."""


def network(r: random.Random, d: int) -> Network:
    """Weights of one family; often twins, parallel rows, zero rows, no biases, mixed activations."""
    entry = r.choice(FAMILIES)
    least, widest, depth = 1, WIDEST[d], r.choice([1, 1, 2, 2, 3, 4])
    large = r.random() < 0.03
    if large:
        least, widest, depth = LARGE[d]
    elif r.random() < 0.15:
        least, widest, depth, entry = 2, 4, r.randint(5, DEEP[d]), r.choice(MODERATE)
    sizes = [d, *(r.randint(least, widest) for _ in range(depth)), r.choice([1, 1, 2])]
    biased = r.random() < 0.6
    weights = [[[entry(r) for _ in range(a)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
    biases = [[entry(r) if biased else 0 for _ in range(b)] for b in sizes[1:]]
    if r.random() < 0.4 and sizes[1] > 1:
        factor = r.choice([1, 1, -1, 2, -3, Fraction(1, 2)])
        weights[0][-1] = [Fraction(v) * factor for v in weights[0][0]]
        biases[0][-1] = Fraction(biases[0][0]) * factor
    if r.random() < 0.15:
        layer = r.randrange(len(sizes) - 2)
        weights[layer][r.randrange(sizes[layer + 1])] = [0] * sizes[layer]
    kinds: Any = [[r.choice(ACTIVATIONS) for _ in range(n)] for n in sizes[1:-1]] if r.random() < 0.4 else "relu"
    if not large and r.random() < 0.2:  # the integers of the rational search are long
        kinds = [[r.choice((*STEEP, "relu")) for _ in range(n)] for n in sizes[1:-1]]
        if r.random() < 0.5:
            kinds = [[r.choice(STEEP)] * n for n in sizes[1:-1]]
        layer, scale = r.randrange(len(weights) - 1), 10.0 ** -r.randint(280, 310)
        weights[layer] = [[float(Fraction(v)) * scale if abs(v) < 1e10 else v for v in row] for row in weights[layer]]
        biases[layer] = [float(Fraction(v)) * scale if abs(v) < 1e10 else v for v in biases[layer]]
    return Network.from_arrays(weights, biases, activation=kinds)


def domain(r: random.Random, d: int) -> Polytope:
    """Cubes, boxes and polytopes with rational corners; the whole space, half-spaces, strips, cones and what else is unbounded."""
    kind = r.random()
    if kind < 0.35:
        return unbounded(r, d)
    kind = r.random()
    if kind < 0.5:
        return as_polytope([(-1, 1)] * d, d)
    if kind < 0.6:
        ends = [(Fraction(r.randint(-5, 0), r.randint(1, 4)), Fraction(r.randint(1, 5), 3)) for _ in range(d)]
        return as_polytope(ends, d)
    if kind < 0.75:
        return as_polytope([r.choice([(-(10**6), 10**6), (-0.1, 0.7)])] * d, d)
    while True:
        try:
            count = d + 1 + r.randint(0, 3)
            return Polytope.from_vertices(
                [[Fraction(r.randint(-6, 6), r.randint(1, 3)) for _ in range(d)] for _ in range(count)]
            )
        except PwlinError:  # all in a hyperplane
            continue


def unbounded(r: random.Random, d: int) -> Polytope:
    """The whole space, boxes without some ends, and intersections of half-spaces."""
    kind = r.random()
    if kind < 0.4:
        return as_polytope(None, d)
    if kind < 0.7:
        ends = [
            (r.choice([None, 0, -1, Fraction(-7, 3)]), r.choice([None, 1, Fraction(1, 3), 10**6])) for _ in range(d)
        ]
        return as_polytope(ends, d)
    while True:
        try:
            count = r.randint(1, d + 1)
            rows = [[r.randint(-3, 3) for _ in range(d)] for _ in range(count)]
            return Polytope.from_halfspaces(rows, [Fraction(r.randint(-2, 6), r.randint(1, 3)) for _ in range(count)])
        except PwlinError:  # empty, or flat
            continue


def everything(cells: CellComplex) -> list[object]:
    """All that a complex says, in its order."""
    exact = [
        list(s) for s in (cells.patterns, cells.maps, cells.generators, cells.facet_normals, cells.vertex_mask.tolist())
    ]
    arrays = (cells.cells.offsets, cells.cells.ids, cells.facets.offsets, cells.facets.ids, cells.facet_cells)
    return [*exact, *(a.tolist() for a in arrays), cells.denominator]


def same_cells(net: Network, polytope: Polytope, workers: int) -> int | None:
    """How many regions both searches find, -1 if they differ; None beyond the kernel's range."""
    fast = None if obstacle(net, polytope) else fast_complex(net, polytope, workers)
    if fast is None:
        return None
    exact = cell_complex(net, polytope)
    assert exact is not None  # without a limit the search ends
    same = everything(fast) == everything(exact) and fast_count(net, polytope, workers) == len(exact)
    return len(exact) if same else -1


def same_lines(net: Network, r: random.Random) -> int:
    """The same on an interval, a ray or the line."""
    ends = r.choice([(None, None), (-1, 1), (Fraction(-7, 3), None), (None, 0), (-(10**6), 10**6), (-0.1, 0.7)])
    fast, exact = (extract_line(net, ends, filtered=choice) for choice in (True, False))
    for f, g in zip(fast, exact, strict=True):
        parts = ((h.regions, h.pieces, h.kinks, h.breakpoints, h.slopes, h.intercepts) for h in (f, g))
        one, two = ([list(part) for part in of_one] for of_one in parts)
        if one != two or f.neuron_status() != g.neuron_status():
            return -1
    return fast[0].n_regions


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", type=int, nargs="?", default=5000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    alike, unlike, unsuited, cells, layers = Counter[int](), 0, 0, 0, 0
    usual = plan.LOOK_CROSSING, plan.LOOK_OPEN  # with (1, 1) even small networks are looked ahead in
    for seed in trange(options.seed, options.seed + options.networks, leave=False):
        r = random.Random(seed)
        d = r.choice([1, 2, 2, 2, 3, 3, 4, 5])
        net = network(r, d)
        if d == 1:
            found: int | None = same_lines(net, r)
        else:
            polytope, workers = domain(r, d), r.choice([1, 2])
            plan.LOOK_CROSSING, plan.LOOK_OPEN = r.choice([usual, (1, 1)])
            found = same_cells(net, polytope, workers)
        if found is None:
            unsuited += 1
        elif found < 0:
            unlike += 1
            print(f"seed {seed}: they differ on {net}")
        else:
            alike[d], cells, layers = alike[d] + 1, cells + found, max(layers, len(net.widths))
    numbers = ", ".join(f"{alike[d]} of {d}" for d in sorted(alike))
    print(
        f"{alike.total()} networks alike (inputs: {numbers}; up to {layers} layers; {cells} regions), {unlike} unlike"
    )
    print(f"{unsuited} beyond the kernel's range")


if __name__ == "__main__":
    main()
