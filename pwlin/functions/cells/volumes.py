"""Volumes, centroids and integrals over the cells, exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, pairwise
from operator import mul

from flint import fmpq, fmpz

from pwlin.exact.bridges import exact_sum, from_fmpq
from pwlin.exact.long_fractions import total
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.faces import Ids, cell_walls, maximal_parts
from pwlin.geometry.cone import Vector, dot
from pwlin.geometry.linear import determinant
from pwlin.geometry.polytope import Polytope, dehomogenize

_ZERO = fmpz(0)


def is_bounded(cells: CellComplex, cell: int) -> bool:
    """Whether a cell is a polytope."""
    return not cells.lineality and all(map(cells.is_vertex, cells.cells[cell]))


def simplices(cells: CellComplex, cell: int) -> Iterator[Ids]:
    """A triangulation of a bounded cell without new vertices, as generator ids.

    Each face is a cone over its vertex of least id, so the triangulations of neighbours fit together.
    """
    walls = cell_walls(cells, cell)
    yield from _pull(frozenset(cells.cells[cell]), walls, cells.dim)


def facet_simplices(cells: CellComplex, facet: int) -> Iterator[Ids]:
    """A triangulation of a bounded facet without new vertices, as generator ids."""
    walls = cell_walls(cells, int(cells.facet_cells[facet, 0]))
    yield from _pull(frozenset(cells.facets[facet]), walls, cells.dim - 1)


def _pull(face: frozenset[int], walls: Sequence[frozenset[int]], dim: int) -> Iterator[Ids]:
    if len(face) == dim + 1:
        yield tuple(sorted(face))
        return
    apex = min(face)
    for part in maximal_parts(face, walls):
        if apex not in part:
            for simplex in _pull(part, walls, dim - 1):
                yield (apex, *simplex)


def simplex_volume(corners: Sequence[Vector]) -> fmpq:
    """Volume of a simplex from the homogeneous integer vectors of its vertices."""
    scale = math.factorial(len(corners) - 1) * math.prod(c[-1] for c in corners)
    return fmpq(abs(determinant(corners)), scale)


def volume(cells: CellComplex, cell: int) -> fmpq:
    """Volume of a bounded cell."""
    return exact_sum(simplex_volume([cells.generators[g] for g in s]) for s in simplices(cells, cell))


def polytope_volume(polytope: Polytope) -> fmpq:
    """Volume of a bounded polytope."""
    return exact_sum(map(simplex_volume, _polytope_simplices(polytope)))


def _polytope_simplices(polytope: Polytope) -> Iterator[list[Vector]]:
    """Its corners, homogeneous, in a triangulation without new ones."""
    corners = polytope.generators[0]
    walls = [frozenset(i for i, c in enumerate(corners) if dot(n, c) == 0) for n in polytope.normals]
    for part in _pull(frozenset(range(len(corners))), walls, polytope.dim):
        yield [corners[i] for i in part]


def polytope_integral(polytope: Polytope, integrand: Callable[[Sequence[Fraction]], Fraction], degree: int) -> Fraction:
    """The integral of a polynomial of some degree over a bounded polytope, by the rule of `integrate`."""
    found = Fraction(0)
    for corners in _polytope_simplices(polytope):
        points, size = list(zip(*map(dehomogenize, corners))), from_fmpq(simplex_volume(corners))
        for weight, n, nodes in grundmann_moeller(polytope.dim, degree // 2):
            values = (integrand([sum(map(mul, node, column)) / n for column in points]) for node in nodes)
            found += size * from_fmpq(weight) * sum(values)
    return found


def centroid(cells: CellComplex, cell: int) -> tuple[fmpq, list[fmpq]]:
    """Volume and centroid of a bounded cell."""
    d = cells.dim
    volumes, moments = [], []
    for s in simplices(cells, cell):
        corners = [cells.generators[g] for g in s]
        v = simplex_volume(corners)
        volumes.append(v)
        moments.append([v * sum(fmpq(c[i], c[-1]) for c in corners) / (d + 1) for i in range(d)])
    whole = exact_sum(volumes)
    return whole, [exact_sum(column) / whole for column in zip(*moments)]


def integrate(
    cells: CellComplex,
    chosen: Sequence[int],
    heights: Sequence[int],
    integrand: Callable[[list[fmpz], fmpz, fmpz], fmpz],
    degree: int,
) -> Fraction:
    """The integral over some bounded cells of a polynomial in the point and in the function's value there.

    Parameters
    ----------
    chosen : sequence of int
        Cells.
    heights : sequence of int
        The function's homogeneous value at each generator, over the complex' denominator.
    integrand : callable
        ``integrand(x, y, unit)`` takes the coordinates and the value as integers over `unit` (FLINT integers) and returns
        the polynomial's value over ``unit**degree``.
    degree : int
        Total degree of the integrand on a cell; the rule of Grundmann and Möller (SIAM J. Numer. Anal. 15, 1978,
        282-290), which has rational nodes and weights, is exact up to that degree.
    """
    d, den = cells.dim, cells.denominator
    rule = grundmann_moeller(d, max(degree, 0) // 2)

    def terms() -> Iterator[fmpq]:
        for cell in chosen:
            for s in simplices(cells, cell):
                corners = [cells.generators[g] for g in s]
                scale = math.prod(c[-1] for c in corners)
                columns = []
                for g, (*x, t) in zip(s, corners):
                    factor = scale // t
                    columns.append([*(v * factor * den for v in x), heights[g] * factor])
                rows = [[fmpz(v) for v in row] for row in zip(*columns)]
                unit = fmpz(scale * den)
                mean = fmpq(0)
                for weight, n, nodes in rule:
                    part = fmpz(0)
                    for node in nodes:
                        *x, y = [sum(map(mul, node, row), _ZERO) for row in rows]
                        part += integrand(x, y, unit * n)
                    mean += weight / n**degree * part
                volume = fmpq(abs(determinant(corners)), math.factorial(d) * scale)
                yield mean * volume / fmpq(unit**degree)

    return total(terms())


@lru_cache(maxsize=64)
def grundmann_moeller(d: int, s: int) -> list[tuple[fmpq, int, list[list[int]]]]:
    """Grundmann-Möller rule of degree 2 s + 1 for mean values over a d-simplex: (weight, n, barycentric nodes times n)."""
    out = []
    for i in range(s + 1):
        n = d + 2 * s + 1 - 2 * i
        top = (-1) ** i * n ** (2 * s + 1) * math.factorial(d)
        weight = fmpq(top, 4**s * math.factorial(i) * math.factorial(d + 2 * s + 1 - i))
        nodes = [[2 * b + 1 for b in beta] for beta in _compositions(s - i, d + 1)]
        out.append((weight, n, nodes))
    return out


def _compositions(amount: int, parts: int) -> Iterator[list[int]]:
    """All ways to write `amount` as an ordered sum of `parts` non-negative integers."""
    for bars in combinations(range(amount + parts - 1), parts - 1):
        edges = [-1, *bars, amount + parts - 1]
        yield [b - a - 1 for a, b in pairwise(edges)]
