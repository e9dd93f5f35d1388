"""Where a function on the complex takes a value, and where it is largest: exact faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.records import Extremum, Face, LevelSet
from pwlin.geometry.cone import Generator, Vector, cut
from pwlin.geometry.linear import rank
from pwlin.geometry.polytope import dehomogenize

Heights = Callable[[int], int]
"""A positive multiple of the function's homogeneous value at a generator: F(x) t at (x t, t), the slope along (r, 0)."""


def make_face(vectors: Iterable[Vector], lineality: Sequence[Vector], dim: int) -> Face:
    """The face with these generators."""
    rows = sorted(vectors)
    return Face(
        rank(rows, dim + 1) - 1 + len(lineality),
        tuple(sorted(dehomogenize(v) for v in rows if v[-1])),
        tuple(v[:-1] for v in rows if not v[-1]),
        tuple(v[:-1] for v in lineality),
    )


def level_set(cells: CellComplex, height: Heights) -> LevelSet:
    """The zero set of a function, given by its homogeneous values at the generators, as its maximal faces.

    Cells with both signs are cut; where the function only touches zero, the face where it does counts unless it lies in
    another one; cells on which it vanishes come whole.
    """
    signs = [height(g) for g in range(len(cells.generators))]
    whole: list[int] = []
    found: set[frozenset[Vector]] = set()
    for cell in range(len(cells)):
        ids = cells.cells[cell]
        here = [signs[g] for g in ids]
        low, high = min(here), max(here)
        if low < 0 < high:
            found.add(_section(cells, cell, ids, signs))
        elif low == high == 0:
            whole.append(cell)
            found.add(frozenset(cells.generators[g] for g in ids))
        else:
            touching = [g for g, s in zip(ids, here) if s == 0]
            if any(cells.generators[g][-1] for g in touching):
                found.add(frozenset(cells.generators[g] for g in touching))
    faces = [make_face(f, cells.lineality, cells.dim) for f in _maximal(found)]
    return LevelSet(tuple(sorted(faces, key=lambda f: (-f.dimension, f.vertices, f.rays))), tuple(whole))


def _section(cells: CellComplex, cell: int, ids: Sequence[int], signs: Sequence[int]) -> frozenset[Vector]:
    """The generators of a cell's intersection with a hyperplane through its interior."""
    walls = cells.cell_facets[cell]
    masks = dict.fromkeys(ids, 0)
    for k, f in enumerate(walls):
        for g in cells.facets[f]:
            masks[g] |= 1 << k
    infinity = 1 << len(walls)
    generators = [
        Generator(v, masks[g] | (0 if v[-1] else infinity), {0: signs[g]}) for g in ids for v in (cells.generators[g],)
    ]
    bit = infinity << 1
    halves = cut(generators, [], 0, bit, -2, {})
    return frozenset(g.vector for g in halves.positive if g.mask & bit)


def _maximal(sets: set[frozenset[Vector]]) -> list[frozenset[Vector]]:
    """The sets that lie in no other one."""
    holders: dict[Vector, list[frozenset[Vector]]] = {}
    for s in sets:
        for v in s:
            holders.setdefault(v, []).append(s)
    return [s for s in sets if not any(s < other for other in holders[min(s, key=lambda v: len(holders[v]))])]


def highest(cells: CellComplex, value: Callable[[int], Vector]) -> Extremum | None:
    """The largest value and the maximal faces where it is taken; None if the function is unbounded above.

    `value(g)` is (numerator, denominator > 0) at a vertex and (slope, 1) along a ray.
    """
    vertices = [g for g in range(len(cells.generators)) if cells.generators[g][-1]]
    at = {g: Fraction(*value(g)) for g in range(len(cells.generators))}
    if any(v > 0 for g, v in at.items() if not cells.generators[g][-1]):
        return None
    best = max(at[g] for g in vertices)
    winners = {g for g in vertices if at[g] == best}
    level_rays = {g for g, v in at.items() if v == 0 and not cells.generators[g][-1]}
    found = set()
    for cell in range(len(cells)):
        ids = set(cells.cells[cell])
        if ids & winners:
            found.add(frozenset(cells.generators[g] for g in ids & (winners | level_rays)))
    faces = [make_face(f, cells.lineality, cells.dim) for f in _maximal(found)]
    return Extremum(best, tuple(sorted(faces, key=lambda f: (-f.dimension, f.vertices, f.rays))))
