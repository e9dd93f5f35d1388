"""Where a function on the complex takes a value, and where it is largest: exact faces."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.heights import Many, any_of
from pwlin.functions.cells.records import Extremum, Face, LevelSet
from pwlin.geometry.cone import Generator, Vector, cut
from pwlin.geometry.linear import rank
from pwlin.geometry.polytope import dehomogenize

Found = dict[frozenset[Vector], int | None]
"""The generators of faces, and their dimensions where these are known."""


def make_face(vectors: Iterable[Vector], lineality: Sequence[Vector], dim: int) -> Face:
    """The face with these generators."""
    rows = sorted(vectors)
    return Face(
        rank(rows, dim + 1) - 1 + len(lineality),
        tuple(sorted(dehomogenize(v) for v in rows if v[-1])),
        tuple(v[:-1] for v in rows if not v[-1]),
        tuple(v[:-1] for v in lineality),
    )


def level_set(cells: CellComplex, signs: NDArray[np.int8], heights: Many) -> LevelSet:
    """The zero set of a function, given by its signs at the generators, as its maximal faces.

    Cells with both signs are cut; where the function only touches zero, the face where it does counts unless it lies in
    another one; cells on which it vanishes come whole.
    """
    low, high = (by.reduceat(signs[cells.cells.ids], cells.cells.offsets[:-1]) for by in (np.minimum, np.maximum))
    whole = np.flatnonzero((low == 0) & (high == 0)).tolist()
    found: Found = {frozenset(cells.generators[g] for g in cells.cells[cell]): cells.dim for cell in whole}
    crossed = (low < 0) & (high > 0)
    around = sorted({g for cell in np.flatnonzero(crossed).tolist() for g in cells.cells[cell]})
    corners = dict(zip(around, zip(cells.vectors(around), heights(around))))
    for cell in np.flatnonzero(crossed).tolist():
        found[_section(cells, cell, corners)] = cells.dim - 1
    for cell in np.flatnonzero(any_of(cells, signs == 0) & ~crossed & (low != high)).tolist():
        touching = [g for g in cells.cells[cell] if signs[g] == 0]
        if any(map(cells.is_vertex, touching)):
            found.setdefault(frozenset(cells.generators[g] for g in touching), None)
    return LevelSet(_faces(cells, found), tuple(whole))


def _section(cells: CellComplex, cell: int, corners: Mapping[int, tuple[Vector, int]]) -> frozenset[Vector]:
    """The generators of a cell's intersection with a hyperplane through its interior, from its generators and heights."""
    ids = cells.cells[cell]
    walls = cells.cell_facets[cell]
    masks = dict.fromkeys(ids, 0)
    for k, f in enumerate(walls):
        for g in cells.facets[f]:
            masks[g] |= 1 << k
    infinity = 1 << len(walls)
    generators = [
        Generator(v, masks[g] | (0 if v[-1] else infinity), {0: height}) for g in ids for v, height in (corners[g],)
    ]
    bit = infinity << 1
    halves = cut(generators, [], 0, bit, cells.dim - 1 - len(cells.lineality), {})
    return frozenset(g.vector for g in halves.positive if g.mask & bit)


def _maximal(sets: Collection[frozenset[Vector]]) -> list[frozenset[Vector]]:
    """The sets that lie in no other one."""
    holders: dict[Vector, list[frozenset[Vector]]] = {}
    for s in sets:
        for v in s:
            holders.setdefault(v, []).append(s)
    return [s for s in sets if not any(s < other for other in holders[min(s, key=lambda v: len(holders[v]))])]


def _faces(cells: CellComplex, found: Found) -> tuple[Face, ...]:
    """The maximal faces with these generators, those of large dimension first. A vertex of many faces is made and put in order once."""
    sets = _maximal(found)
    points = {v: dehomogenize(v) for v in set().union(*sets) if v[-1]}
    keys = {v: (nearest_float(p[0]), p) for v, p in points.items()}  # floats are in the same order, or equal
    place = {v: i for i, v in enumerate(sorted(points, key=keys.__getitem__))}
    lines, out = tuple(v[:-1] for v in cells.lineality), []
    for vectors in sets:
        dimension = found[vectors]
        if dimension is None:
            dimension = rank(list(vectors), cells.dim + 1) - 1 + len(lines)
        corners = sorted(place[v] for v in vectors if v[-1])
        out.append((-dimension, corners, tuple(sorted(v[:-1] for v in vectors if not v[-1]))))
    ordered = [points[v] for v in place]
    return tuple(Face(-k, tuple([ordered[i] for i in corners]), rays, lines) for k, corners, rays in sorted(out))


def highest(cells: CellComplex, value: Callable[[int], Fraction], among: Integers) -> Extremum | None:
    """The largest value and the maximal faces where it is taken; None if the function is unbounded above.

    `value(g)` is the value at a vertex and the slope along a ray; `among` are the vertices that may have the largest.
    """
    rays = {g: value(g) for g in np.flatnonzero(~cells.vertex_mask).tolist()}
    if any(v > 0 for v in rays.values()):
        return None
    at = {g: value(g) for g in among.tolist()}
    best = max(at.values())
    winners = {g for g, v in at.items() if v == best}
    kept = winners | {g for g, v in rays.items() if v == 0}
    mask = np.zeros(len(cells.generators), dtype=bool)
    mask[list(winners)] = True
    chosen = np.flatnonzero(any_of(cells, mask)).tolist()
    found: Found = {frozenset(cells.generators[g] for g in cells.cells[cell] if g in kept): None for cell in chosen}
    return Extremum(best, _faces(cells, found))
