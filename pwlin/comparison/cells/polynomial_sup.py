"""The largest error of a function on a complex against a polynomial: exact up to degree 2, certified beyond."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import factorial
from typing import Any

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx

from pwlin.comparison.cells.near_errors import NearErrors, near_errors
from pwlin.comparison.errors import Sup
from pwlin.exact.bridges import from_fmpq, to_fmpq
from pwlin.exact.enclosure import Enclosure
from pwlin.functions.cells.faces import cell_walls, maximal_parts
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.cells.volumes import simplices
from pwlin.geometry.linear import rank
from pwlin.geometry.polytope import Point, dehomogenize

_FEW = 8
"""So few cells are as soon looked at one by one."""
Rational = Any
Coordinates = tuple[Rational, ...]


@dataclass(frozen=True)
class ErrorOnCells:
    """The error F - p on the cells of a complex, for a polynomial p given by exponents and coefficients."""

    function: PiecewiseLinearND
    coefficients: Mapping[tuple[int, ...], Fraction]

    @property
    def degree(self) -> int:
        """Degree of the error on a cell, at least 1."""
        return max([1, *map(sum, self.coefficients)])

    @cached_property
    def _contexts(self) -> tuple[Any, Any]:
        d = self.function.dim
        names = [f"v{k}" for k in range(d + 1)]
        return tuple(fmpq_mpoly_ctx.get(names, Ordering.lex) for _ in range(2))  # type: ignore[return-value]

    @cached_property
    def _target(self) -> Any:
        """Minus the target, homogeneous of the error's degree in (x, t)."""
        terms = {(*a, self.degree - sum(a)): -to_fmpq(c) for a, c in self.coefficients.items()}
        return self._contexts[0].from_dict(terms)

    def at_vertices(self, chosen: Iterable[int]) -> dict[int, Fraction]:
        """The error at the vertices of some cells, by id."""
        cells, heights = self.function.complex, self.function.heights
        ids = sorted({g for c in chosen for g in cells.cells[c]})
        found = {}
        for g, height, (*x, t) in zip(ids, heights.exact(ids), cells.vectors(ids)):
            value = Fraction(height, cells.denominator * t)
            found[g] = value - evaluate(self.coefficients, [Fraction(v, t) for v in x])
        return found

    @cached_property
    def _near(self) -> NearErrors:
        return near_errors(self.function, self.coefficients)

    def largest_in(self, chosen: Sequence[int]) -> Sequence[int]:
        """Those of some cells in which the magnitude may be largest, by floats."""
        return chosen if len(chosen) < _FEW else self._near.largest_in(chosen)

    def bernstein_bound(self, cell: int, corners: Sequence[Coordinates]) -> Rational:
        """An upper bound of the error's magnitude on a simplex in a cell: its largest Bernstein coefficient."""
        d, n = self.function.dim, self.degree
        variables = self._contexts[1].gens()
        forms = [sum(c[i] * v for c, v in zip(corners, variables)) for i in range(d)]
        unit = sum(variables)
        gradient, offset = self.function.affine_map(cell)
        value = sum(to_fmpq(a) * form for a, form in zip((*gradient, offset), (*forms, unit)))
        error = self._target.compose(*forms, unit, ctx=self._contexts[1]) + value * unit ** (n - 1)
        best = fmpq(0)
        for beta, c in error.to_dict().items():
            weight = 1
            for b in beta:
                weight *= factorial(b)
            best = max(best, abs(c) * weight)
        return best / factorial(n)

    def magnitude(self, cell: int, x: Point) -> Fraction:
        """The error's magnitude at a point of a cell."""
        gradient, offset = self.function.affine_map(cell)
        return abs(sum((a * v for a, v in zip(gradient, x)), offset) - evaluate(self.coefficients, x))

    def critical_points(self, cell: int) -> Iterator[Point]:
        """For degree 2: where the error may be extreme on a cell, other than at its vertices.

        On each face the critical point, if there is one only. If there are more, they reach the boundary of the face with
        the same value, so a smaller face has it.
        """
        cells, d = self.function.complex, self.function.dim
        gradient, _ = self.function.affine_map(cell)
        slope = [to_fmpq(gradient[i] - self.coefficients.get(_unit(d, i), Fraction(0))) for i in range(d)]
        hessian = fmpq_mat(d, d)
        for i, j in combinations(range(d), 2):
            c = self.coefficients.get(tuple(a + b for a, b in zip(_unit(d, i), _unit(d, j))), Fraction(0))
            hessian[i, j] = hessian[j, i] = -to_fmpq(c)
        for i in range(d):
            hessian[i, i] = -2 * to_fmpq(self.coefficients.get(tuple(2 * a for a in _unit(d, i)), Fraction(0)))
        inward = [cells.inward(f, cell) for f in cells.cell_facets[cell]]
        for face in _faces(frozenset(cells.cells[cell]), cell_walls(cells, cell)):
            origin, *rest = _independent([cells.generators[g] for g in sorted(face)])
            start = [fmpq(v, origin[-1]) for v in origin[:-1]]
            along = fmpq_mat([[fmpq(v, r[-1]) - s for v, s in zip(r, start)] for r in rest])
            matrix = along * hessian * along.transpose()
            if matrix.det() == 0:
                continue
            column = fmpq_mat([[s] for s in start])
            right = -(along * (hessian * column + fmpq_mat([[s] for s in slope])))
            found = column + along.transpose() * matrix.solve(right)
            x = tuple(from_fmpq(found[i, 0]) for i in range(d))
            if all(sum((a * v for a, v in zip(n, x)), Fraction(n[-1])) >= 0 for n in inward):
                yield x


def evaluate(coefficients: Mapping[tuple[int, ...], Fraction], x: Sequence[Fraction]) -> Fraction:
    """A polynomial at a point."""
    total = Fraction(0)
    for exponents, c in coefficients.items():
        for v, e in zip(x, exponents):
            c = c * v**e
        total += c
    return total


def supremum(error: ErrorOnCells, chosen: Iterable[int], tolerance: Fraction) -> Sup[Point]:
    """The largest magnitude of the error on some cells and where it is taken.

    Up to degree 2 a `Fraction`, with the points (vertices and critical points on faces) where it is taken. Beyond, an
    `Enclosure` of the given relative width by bisection of simplices with Bernstein bounds (Garloff 1986), and one point
    whose error is at least the lower end.
    """
    cells = error.function.complex
    chosen = error.largest_in(list(chosen))
    magnitude = {g: abs(value) for g, value in error.at_vertices(chosen).items()}
    best = max(magnitude.values())
    points = {dehomogenize(cells.generators[g]) for g, size in magnitude.items() if size == best}
    parts: list[Any] = []
    for c in chosen:
        for s in simplices(cells, c):
            corners = [tuple(fmpq(v, cells.generators[g][-1]) for v in cells.generators[g][:-1]) for g in s]
            bound = error.bernstein_bound(c, corners)
            if from_fmpq(bound) >= best:
                parts.append((-bound, len(parts), c, corners))
    if error.degree > 2:
        return _certified(error, parts, best, min(points), tolerance)
    bounds: dict[int, Fraction] = {}
    for bound, _, c, _ in parts:
        bounds[c] = max(bounds.get(c, Fraction(0)), -from_fmpq(bound))
    for c, upper in sorted(bounds.items(), key=lambda item: -item[1]):
        if upper < best:
            break
        for x in error.critical_points(c):
            value = error.magnitude(c, x)
            if value > best:
                best, points = value, {x}
            elif value == best:
                points.add(x)
    return Sup(best, tuple(sorted(points)))


def _certified(error: ErrorOnCells, heap: list[Any], best: Fraction, point: Point, tolerance: Fraction) -> Sup[Point]:
    heapq.heapify(heap)
    serial = len(heap)
    while heap:
        bound, _, cell, corners = heapq.heappop(heap)
        upper = -from_fmpq(bound)
        if upper <= best * (1 + tolerance):
            return Sup(Enclosure(best, max(best, upper)), (point,))
        i, j = _longest_edge(corners)
        middle = tuple((a + b) / 2 for a, b in zip(corners[i], corners[j]))
        x = tuple(map(from_fmpq, middle))
        value = error.magnitude(cell, x)
        if value > best:
            best, point = value, x
        for k in (i, j):
            half = [middle if m == k else c for m, c in enumerate(corners)]
            below = error.bernstein_bound(cell, half)
            if from_fmpq(below) > best:
                serial += 1
                heapq.heappush(heap, (-below, serial, cell, half))
    return Sup(Enclosure(best, best), (point,))


def _longest_edge(corners: Sequence[Coordinates]) -> tuple[int, int]:
    def length(pair: tuple[int, int]) -> float:
        return sum(float(from_fmpq(u - v)) ** 2 for u, v in zip(corners[pair[0]], corners[pair[1]]))

    return max(combinations(range(len(corners)), 2), key=length)


def _faces(cell: frozenset[int], walls: Sequence[frozenset[int]]) -> set[frozenset[int]]:
    """The faces of a cell with more than one vertex."""
    found, stack = {cell}, [cell]
    while stack:
        for part in maximal_parts(stack.pop(), walls):
            if len(part) > 1 and part not in found:
                found.add(part)
                stack.append(part)
    return found


def _independent(rows: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """A largest linearly independent subset, greedily."""
    kept: list[tuple[int, ...]] = []
    for row in rows:
        if rank([*kept, row], len(row)) > len(kept):
            kept.append(row)
    return kept


def _unit(d: int, i: int) -> tuple[int, ...]:
    return tuple(int(k == i) for k in range(d))
