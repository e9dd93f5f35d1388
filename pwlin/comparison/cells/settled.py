"""Which branches of a formula hold on parts of simplices: by ranges, and exactly where a level is touched at a corner only."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.batch import Batch
from pwlin.comparison.cells.crossed import floors_of
from pwlin.comparison.cells.leaves import Lead, Leaves
from pwlin.comparison.cells.local import Local
from pwlin.formulas.allowed import polynomial_coefficients
from pwlin.formulas.arithmetic.floats import Floats

if TYPE_CHECKING:
    from sympy import Basic, Expr

_NEAR = 2.0**-30
_BELOW, _FROM = 1, 2
"""How a floor is cut, in the last two bits of its code: the rest is a number that it stays below, or does not go below."""


def settled_sides(local: Local, exactly: bool) -> NDArray[np.int64]:
    """For each part (of a plain formula) and each of its leads what is settled almost everywhere: 0 for nothing.

    A difference has a sign, 1 or -1. A floor has 4 k + 1 where it stays below k, and 4 k + 2 where it does not; but
    most floors settle by themselves, and with `exactly` only those are told that reach a step at a corner.
    """
    columns = []
    for lead in local.leaves.leads:
        if lead.steps is None:
            columns.append(_signs(local, lead, exactly))
        else:
            columns.append(_floor_codes(local, lead) if exactly else np.zeros(len(local.part), dtype=np.int64))
    return np.stack(columns, axis=1)


def taken(leaves: Leaves, code: Sequence[int]) -> Expr:
    """The formula that is left of one."""
    found: dict[Basic, Basic] = {}
    for lead, settled in zip(leaves.leads, code):
        if settled:
            part, steps = lead.switch.part, lead.steps
            if steps is None:
                side = lead.switch.positive if settled > 0 else lead.switch.negative
            else:
                first, last = steps.ends
                side = (
                    steps.between(first, settled // 4 - 1)
                    if settled % 4 == _BELOW
                    else steps.between(settled // 4, last)
                )
            found.setdefault(part, side)
    return leaves.whole.xreplace(found)


def _signs(local: Local, lead: Lead, exactly: bool) -> NDArray[np.int64]:
    quantity = local.instead(lead.quantity, True)
    found = -quantity.shape.range
    signs = np.where(found.low > 0, 1, np.where(found.high < 0, -1, 0))
    near = _NEAR * found.magnitude
    for side, close in ((1, found.low >= -near), (-1, found.high <= near)):
        rows = np.flatnonzero(close & (signs == 0) & exactly)
        signs[rows[_touches(quantity[rows], lead, side, np.zeros(len(rows)))]] = side
    return signs


def _floor_codes(local: Local, lead: Lead) -> NDArray[np.int64]:
    """Only where a step is touched: floors settle by themselves."""
    assert lead.steps is not None
    quantity = local.instead(lead.quantity, True)
    first, last = floors_of(quantity, lead.steps)
    codes, found = np.zeros(len(first), dtype=np.int64), -quantity.shape.range
    near = _NEAR * found.magnitude
    for side, level, ends in ((1, first + 1, found.low), (-1, last, found.high)):
        rows = np.flatnonzero((first < last) & (np.abs(ends - level) <= near) & (codes == 0))
        rows = rows[_touches(quantity[rows], lead, side, level[rows])]
        codes[rows] = 4 * level[rows].astype(np.int64) + (_FROM if side > 0 else _BELOW)
    return codes


def _touches(quantity: Local, lead: Lead, side: int, levels: Floats) -> NDArray[np.bool_]:
    """Whether a polynomial comes no lower (side 1) or no higher (-1) than a level, which it may take at one corner.

    It goes up, or down, along all edges from that corner, and so everywhere from there.
    """
    met = np.zeros(len(levels), dtype=bool)
    symbols = quantity.leaves.symbols
    coefficients = polynomial_coefficients(lead.quantity.whole, symbols) if len(levels) else None
    if coefficients is None or not any(any(e) for e in coefficients):
        return met
    part = quantity.part
    assert isinstance(part, Batch)
    corners = range(part.weights.shape[1])
    for i in corners:
        slopes = [-quantity.slopes(i, j) for j in corners if j != i]
        grows = np.logical_and.reduce([s.low >= 0 if side > 0 else s.high <= 0 for s in slopes])
        for row in np.flatnonzero(grows & ~met):
            point = part.corner(int(row), i)
            value = sum((c * _power(point, e) for e, c in coefficients.items()), Fraction(0)) - Fraction(levels[row])
            met[row] = value * side >= 0
    return met


def _power(point: Sequence[Fraction], exponents: Sequence[int]) -> Fraction:
    found = Fraction(1)
    for v, e in zip(point, exponents):
        found *= v**e
    return found
