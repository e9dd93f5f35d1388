"""The integral of the square of an error of degree 2 at most, from its Bernstein coefficients: integers that neighbours share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

from flint import fmpq, fmpz

from pwlin.exact.bridges import exact_sum
from pwlin.functions.cells import volumes
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.linear import determinant

Pair = tuple[int, int]


def integral_of_square(
    function: PiecewiseLinearND, coefficients: Mapping[tuple[int, ...], Fraction], regions: Sequence[int]
) -> fmpq:
    """The integral over some regions of ``(F - p)**2``, p of degree 2 at most.

    On a simplex the error is the sum of b_ij l_i l_j over all ordered pairs of corners, l the barycentric coordinates. For a pair of
    homogeneous corners (x s, s) and (y t, t) the coefficient b_ij is an integer over 2 den s t, whatever the simplex. The mean of a
    monomial in l of degree 4 with exponents a is ``d! a! / (d + 4)!``.
    """
    cells, d, heights = function.complex, function.dim, function.heights.all
    unit = math.lcm(*(c.denominator for c in coefficients.values()))
    den = cells.denominator
    terms = [(_factors(exponents), int(c * unit) * den) for exponents, c in coefficients.items()]
    generators = [tuple(fmpz(v) for v in g) for g in cells.generators]
    known: dict[Pair, fmpz] = {}

    def coefficient(i: int, j: int) -> fmpz:
        if (i, j) not in known:
            v, w = generators[i], generators[j]
            value = unit * (heights[i] * w[-1] + heights[j] * v[-1])
            for (a, b), c in terms:
                value -= c * (v[a] * w[b] + v[b] * w[a])
            known[i, j] = value
        return known[i, j]

    pairs = list(combinations_with_replacement(range(d + 1), 2))
    weights = _weights(pairs, d + 1)
    scale = math.factorial(d + 4) * (2 * den * unit) ** 2

    def terms_of(cell: int) -> list[fmpq]:
        out = []
        for ids in volumes.simplices(cells, cell):
            corners = [generators[g] for g in ids]
            whole = math.prod((c[-1] for c in corners), start=fmpz(1))
            shares = [whole // c[-1] for c in corners]
            found = [coefficient(ids[i], ids[j]) * shares[i] * shares[j] for i, j in pairs]
            square = sum((found[p] * sum(w * found[q] for q, w in row) for p, row in enumerate(weights)), fmpz(0))
            out.append(fmpq(abs(determinant(corners)) * square, scale * whole**5))
        return out

    return exact_sum(exact_sum(terms_of(cell)) for cell in regions)


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
