"""The integral of the square of an error of degree 2 at most, from its Bernstein coefficients: integers that neighbours share.

It is taken over cones (`pwlin.functions.cells.cones`), where the errors of both regions at a facet differ by ``c l``: l is the
barycentric coordinate of the origin, and c the difference of the two maps' offsets. So the squares differ by ``c l (2 e + c l)``, which
has smaller denominators than they have.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
from flint import fmpq, fmpz

from pwlin.exact.long_fractions import total
from pwlin.functions.cells import cones
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.linear import determinant

Pair = tuple[int, int]


def integral_of_square(
    function: PiecewiseLinearND, coefficients: Mapping[tuple[int, ...], Fraction], regions: Sequence[int]
) -> Fraction:
    """The integral over some bounded regions of ``(F - p)**2``, p of degree 2 at most.

    On a simplex the error is the sum of b_ij l_i l_j over all ordered pairs of corners, l the barycentric coordinates. For a pair of
    homogeneous corners (x s, s) and (y t, t) the coefficient b_ij is an integer over 2 den s t, whatever the simplex. The mean of a
    monomial in l with exponents a, of degree k, is ``d! a! / (d + k)!``.
    """
    cells, den = function.complex, function.complex.denominator
    unit = math.lcm(*(c.denominator for c in coefficients.values()))
    chosen = np.zeros(len(cells) + 1, dtype=bool)  # the last one is outside
    chosen[list(regions)] = True
    facets = np.flatnonzero(chosen[cells.facet_cells].any(axis=1))
    sides = cones.sides(cells, facets)
    facets, sides = facets[sides != 0], sides[sides != 0]
    around = np.unique(cells.facet_cells[facets])
    around = around[around >= 0]
    offsets = dict(zip(around.tolist(), (fmpz(row[-1]) for row in cells.exact_maps(around, function.output))))
    terms = [(_factors(exponents), int(c * unit) * den) for exponents, c in coefficients.items()]
    kind = _AffineError if all(sum(exponents) < 2 for exponents in coefficients) else _Error
    error = kind.of(function, sorted({g for f in facets.tolist() for g in cells.facets[f]}), terms, unit)

    def parts() -> Iterator[fmpq]:
        for facet, side in zip(facets.tolist(), sides.tolist()):
            first, second = cells.facet_cells[facet].tolist()
            if not chosen[first]:
                first, second, side = second, -1, -side
            for simplex in cones.simplices(cells, facet):
                if chosen[second]:
                    yield side * error.difference(simplex, offsets[second], offsets[first] - offsets[second])
                else:
                    yield side * error.square(simplex, offsets[first])

    return total(parts()) / (error.scale * den**2)


@dataclass(frozen=True, eq=False)
class _AffineError:
    """What is integrated over the cone from the origin to a simplex, times ``(d + 2)! (den unit)^2``, if the polynomial is affine.

    Then so is the error on each region, and the mean of the product of two barycentric coordinates is all that it takes:
    1 / ((d + 1) (d + 2)), and twice that of a square.

    Attributes
    ----------
    vectors, errors : dict from int to FLINT integers
        Homogeneous corners, and the error times `unit` and the weight there.
    constant : FLINT integer
        Of the polynomial, times the denominator of heights.
    """

    dim: int
    vectors: dict[int, tuple[fmpz, ...]]
    errors: dict[int, fmpz]
    constant: fmpz
    unit: int

    @staticmethod
    def of(function: PiecewiseLinearND, corners: list[int], terms: list[tuple[Pair, int]], unit: int) -> _AffineError:
        vectors = {g: tuple(map(fmpz, v)) for g, v in zip(corners, function.complex.vectors(corners))}
        slopes = [(first, fmpz(c)) for (first, _), c in terms]
        errors = {
            g: unit * height - sum((c * vectors[g][k] for k, c in slopes), fmpz(0))
            for g, height in zip(corners, map(fmpz, function.heights.exact(corners)))
        }
        constant = sum((c for k, c in slopes if k == function.dim), fmpz(0))
        return _AffineError(function.dim, vectors, errors, constant, unit)

    @property
    def scale(self) -> int:
        """By what the integrals are too large, but for the square of the denominator of heights."""
        return math.factorial(self.dim + 2) * self.unit**2

    def difference(self, simplex: Sequence[int], height: fmpz, jump: fmpz) -> fmpq:
        """By how much the square is larger with an origin that is higher by `jump`."""
        if not jump:
            return fmpq(0)
        values, size, whole = self._values(simplex)
        jump = self.unit * jump
        middle = 2 * (self.unit * height - self.constant) + jump
        return fmpq(2 * size * jump * (middle * whole + sum(values, fmpz(0))), whole * whole)

    def square(self, simplex: Sequence[int], height: fmpz) -> fmpq:
        """The square, with an origin of this height."""
        values, size, whole = self._values(simplex)
        values.append((self.unit * height - self.constant) * whole)
        return fmpq(size * (sum(values, fmpz(0)) ** 2 + sum((v * v for v in values), fmpz(0))), whole**3)

    def _values(self, simplex: Sequence[int]) -> tuple[list[fmpz], fmpz, fmpz]:
        """The errors at the corners over one denominator, the determinant with the origin, and that denominator."""
        points = [self.vectors[g] for g in simplex]
        whole = math.prod((v[-1] for v in points), start=fmpz(1))
        values = [self.errors[g] * (whole // v[-1]) for g, v in zip(simplex, points)]
        return values, abs(determinant([v[:-1] for v in points])), whole


@dataclass(frozen=True, eq=False)
class _Error:
    """What is integrated over the cone from the origin to a simplex, times ``(d + 3)! den^2 unit``.

    Attributes
    ----------
    vectors, heights : dict from int to FLINT integers
        Homogeneous corners and values there. The origin is number -1; its height is told for each region.
    terms : list of ((int, int), int)
        The polynomial, over `unit`, times the denominator of heights.
    known : dict from pairs of corners to FLINT integers
    """

    dim: int
    vectors: dict[int, tuple[fmpz, ...]]
    heights: dict[int, fmpz]
    terms: list[tuple[Pair, int]]
    unit: int
    known: dict[Pair, fmpz]

    @staticmethod
    def of(function: PiecewiseLinearND, corners: list[int], terms: list[tuple[Pair, int]], unit: int) -> _Error:
        vectors = {g: tuple(map(fmpz, v)) for g, v in zip(corners, function.complex.vectors(corners))}
        vectors[-1] = (*[fmpz(0)] * function.dim, fmpz(1))
        heights = dict(zip(corners, map(fmpz, function.heights.exact(corners))))
        return _Error(function.dim, vectors, heights | {-1: fmpz(0)}, terms, unit, {})

    @property
    def scale(self) -> int:
        """By what the integrals are too large, but for the square of the denominator of heights."""
        return math.factorial(self.dim + 3) * self.unit

    @cached_property
    def _pairs(self) -> list[Pair]:
        return list(combinations_with_replacement(range(self.dim + 1), 2))

    @cached_property
    def _linear(self) -> list[int]:
        return _first_weights(self._pairs, self.dim + 1)

    @cached_property
    def _square(self) -> list[list[tuple[int, int]]]:
        return _weights(self._pairs, self.dim + 1)

    def difference(self, simplex: Sequence[int], height: fmpz, jump: fmpz) -> fmpq:
        """By how much the square is larger with an origin that is higher by `jump`."""
        if not jump:
            return fmpq(0)
        found, size, whole = self._coefficients(simplex, height)
        mean = sum((w * v for w, v in zip(self._linear, found)), 2 * (self.dim + 3) * self.unit * whole**2 * jump)
        return fmpq(size * jump * mean, whole**3)

    def square(self, simplex: Sequence[int], height: fmpz) -> fmpq:
        """The square, with an origin of this height."""
        found, size, whole = self._coefficients(simplex, height)
        mean = sum((found[p] * sum(w * found[q] for q, w in row) for p, row in enumerate(self._square)), fmpz(0))
        return fmpq(size * mean, 4 * (self.dim + 4) * self.unit * whole**5)

    def _coefficients(self, simplex: Sequence[int], height: fmpz) -> tuple[list[fmpz], fmpz, fmpz]:
        """Those of all pairs over one denominator, the determinant, and the product of weights."""
        ids = (-1, *simplex)
        points = [self.vectors[g] for g in ids]
        whole = math.prod((v[-1] for v in points), start=fmpz(1))
        shares = [whole // v[-1] for v in points]
        found = []
        for i, j in self._pairs:
            value = self._coefficient(ids[i], ids[j])
            if i == 0:  # the origin
                value += (1 + (j == 0)) * self.unit * height * points[j][-1]
            found.append(value * shares[i] * shares[j])
        return found, abs(determinant(points)), whole

    def _coefficient(self, i: int, j: int) -> fmpz:
        """But for the height of the origin."""
        if (i, j) not in self.known:
            v, w = self.vectors[i], self.vectors[j]
            value = self.unit * (self.heights[i] * w[-1] + self.heights[j] * v[-1])
            for (a, b), c in self.terms:
                value -= c * (v[a] * w[b] + v[b] * w[a])
            self.known[i, j] = value
        return self.known[i, j]


def _first_weights(pairs: Sequence[Pair], count: int) -> list[int]:
    """With what the coefficient of each pair of corners adds to the mean of the error times the first barycentric coordinate."""
    return [(1 + (i != j)) * math.prod(math.factorial((0, i, j).count(v)) for v in range(count)) for i, j in pairs]


def _factors(exponents: tuple[int, ...]) -> Pair:
    """The two homogeneous variables whose product a monomial of degree 2 at most is."""
    found = [k for k, e in enumerate(exponents) for _ in range(e)]
    first, second = (*found, len(exponents), len(exponents))[:2]
    return first, second


def _weights(pairs: Sequence[Pair], count: int) -> list[list[tuple[int, int]]]:
    """For each pair of corners, the pairs that follow it with the weight of the product of both coefficients."""
    out: list[list[tuple[int, int]]] = []
    for p, (i, j) in enumerate(pairs):
        row = []
        for q in range(p, len(pairs)):
            k, m = pairs[q]
            exponents = [(i, j, k, m).count(v) for v in range(count)]
            times = (1 + (i != j)) * (1 + (k != m)) * (1 + (p != q))
            row.append((q, times * math.prod(map(math.factorial, exponents))))
        out.append(row)
    return out
