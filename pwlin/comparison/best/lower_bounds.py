"""Certified lower bounds of the error that any continuous piecewise-linear function with N pieces must make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray

from pwlin.comparison.best.gates import links_through
from pwlin.comparison.best.stretches import Integrals, Stretch, Weight, parts_of
from pwlin.comparison.line.smooth_parts import first_switch
from pwlin.comparison.norm import L2, Norm
from pwlin.exact.bridges import dyadic, to_ball, to_fmpq
from pwlin.exact.enclosure import from_ball
from pwlin.formulas.arithmetic.balls import compile_jet, precision
from pwlin.formulas.kinds import Formula

_BITS = 256
_GOAL_BITS = 150
_EXPONENTS = (12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_CELLS_PER_PIECE, _LEAST_CELLS, _MOST_CELLS = 8, 24, 400


def sup_lower_bound(
    value_at: Callable[[Fraction], arb],
    points: Sequence[Fraction],
    pieces: int,
    error: Fraction,
    bits: int | None = None,
) -> Fraction:
    """An error that no function with `pieces` pieces can undercut, as close to `error` as it can be proved.

    Parameters
    ----------
    value_at : from an exact point to a ball around the target's value
    points : increasing, within the domain
    error : Fraction
        The error of a good function.

    Notes
    -----
    A function with a smaller largest error e would in particular pass the gates ``[f(x) - e, f(x) + e]`` at the points.
    That none with so many pieces does is decided by `links_through` in exact rationals, on gates no narrower than the
    true ones.
    """
    xs, lows, highs = [], [], []
    with precision(bits or _BITS):
        tiny = to_ball(error) * arb(2) ** -(bits or _BITS)
        for exact in points:
            ball = value_at(exact)
            if abs(ball) < tiny:  # as a fraction exp(-10**9) has as many digits
                ball = tiny.union(-tiny)
            if ball.is_finite():
                ends = from_ball(ball)
                xs.append(to_fmpq(exact))
                lows.append(to_fmpq(ends.lower))
                highs.append(to_fmpq(ends.upper))
    if len(xs) < 2 or error <= 0:
        return Fraction(0)
    for exponent in _EXPONENTS:
        tried = error * (1 - Fraction(1, 10**exponent))
        if tried > 0:
            e = to_fmpq(tried)
            if links_through(xs, [v - e for v in lows], [v + e for v in highs], pieces) is None:
                return tried
    return Fraction(0)


def mean_lower_bound(
    parts: Sequence[Stretch],
    knots: Sequence[Fraction],
    pieces: int,
    norm: Norm,
    scale: Fraction,
    bits: int | None = None,
) -> Fraction:
    """A bound that no L2 error squared or L1 error with `pieces` pieces can undercut.

    Parameters
    ----------
    parts : the target, over all of the domain
    knots : increasing
        Those of a good function, ends of the domain included.
    scale : Fraction
        About the size of the target's values.
    bits : int, optional
        The working precision.

    Notes
    -----
    Cut the domain into cells. The at most ``pieces - 1`` knots lie in as many cells at most (one on a cell's end counts
    for the cell to its right). On a run of cells between those the function is one line, which errs at least as much
    there as the best line; the cells with knots count for nothing. The bound is the least total over all choices of
    these cells, by dynamic programming. The best line's error on a run is computed from integrals of f, x f and f^2 in
    L2. In L1 it is at least the integral of f times the sign function that changes at the run's quarter points, since
    that is orthogonal to all lines; and in any norm no less than the sum of those on parts of the run.
    """
    length = knots[-1] - knots[0]
    with precision(bits or _BITS):
        costs = (_square_costs if norm is L2 else _magnitude_costs)(parts, knots, scale)
    # total[j]: least cost of the cells before j
    total = costs[0].copy()
    for _ in range(pieces - 1):
        after = np.concatenate([[np.inf], total[:-1]])  # the cell with the knot costs nothing
        total = np.minimum(total, np.min(after[:, None] + costs, axis=0))
    bound = Fraction(float(total[-1])) * (1 - Fraction(4 * (pieces + len(total)), 2**53))
    return max(bound, Fraction(0)) * length * (scale * scale if norm is L2 else scale)


def _square_costs(parts: Sequence[Stretch], knots: Sequence[Fraction], scale: Fraction) -> NDArray[np.float64]:
    """Lower bounds of the best line's squared error on cells i..j-1 (parts of the stretches between knots)."""
    each = max(_CELLS_PER_PIECE if len(knots) <= _MOST_CELLS // _CELLS_PER_PIECE else 2, _LEAST_CELLS // len(knots))
    integrals = Integrals(parts, scale, _goal(), 3 * each * (len(knots) - 1))
    places = [integrals.place(knot) for knot in knots]
    edges = [a + (b - a) * k / each for a, b in zip(places, places[1:]) for k in range(each)] + [places[-1]]
    at = [to_ball(edge) for edge in edges]
    centre = (at[0] + at[-1]) / 2
    weights: tuple[Weight, ...] = (lambda y, z: y, lambda y, z: y * (z - centre), lambda y, z: y * y)
    sums = [[arb(0)], [arb(0)], [arb(0)]]
    for low, high in zip(edges, edges[1:]):
        for total, weight in zip(sums, weights):
            total.append(total[-1] + integrals.integral(low, high, weight))
    costs = _empty(len(at))
    for i in range(len(at)):
        for j in range(i + 1, len(at)):
            zero, one, two = (total[j] - total[i] for total in sums)
            length, middle = at[j] - at[i], (at[i] + at[j]) / 2 - centre
            slanted = one - middle * zero
            costs[i, j] = _below(two - zero * zero / length - 12 * slanted * slanted / length**3)
    return costs


def _magnitude_costs(parts: Sequence[Stretch], knots: Sequence[Fraction], scale: Fraction) -> NDArray[np.float64]:
    """Lower bounds of the best line's L1 error on equal cells i..j-1."""
    cells = min(max(_CELLS_PER_PIECE * (len(knots) - 1), _LEAST_CELLS), max(_MOST_CELLS, 2 * len(knots)))
    integrals, total = Integrals(parts, scale, _goal(), 4 * cells), [arb(0)]
    for k in range(4 * cells):
        low, high = (Fraction(i, 4 * cells) - Fraction(1, 2) for i in (k, k + 1))
        total.append(total[-1] + integrals.integral(low, high, lambda y, z: y))
    sums, doubts = _without_parabola(total)
    start, stop = np.triu_indices(cells + 1, 1)
    quarter = stop - start
    rows = 4 * stop, 4 * stop - quarter, 4 * start + quarter, 4 * start
    outer = sums[rows[0]] - 2 * sums[rows[1]] + 2 * sums[rows[2]] - sums[rows[3]]
    doubt = 2 * sum(doubts[row] for row in rows)
    found = np.zeros((cells + 1, cells + 1))  # of runs of so many cells that end there
    found[quarter, stop] = np.maximum(np.abs(outer) - doubt, 0.0)
    begun = np.zeros_like(found)  # that begin there
    begun[quarter, start] = found[quarter, stop]
    for size in range(2, cells + 1):  # a run errs as much as its parts together at least
        ends = slice(size, None)
        parts_of_it = begun[1:size, : cells + 1 - size] + found[size - 1 : 0 : -1, ends]
        found[size, ends] = np.maximum(found[size, ends], np.max(parts_of_it, axis=0))
        begun[size, : cells + 1 - size] = found[size, ends]
    costs = _empty(cells + 1)
    costs[start, stop] = found[quarter, stop]
    return costs


def _without_parabola(total: Sequence[arb]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums less a parabola through three of them, and how far each may be off, with what is made of it.

    The parabola is an integral of a line, which has no part in what lines cannot do: floats keep what is left.
    """
    last = len(total) - 1
    first, middle, end = (v.mid() if v.is_finite() else arb(0) for v in (total[0], total[last // 2], total[last]))
    rise, bend = (4 * middle - 3 * first - end).mid(), (2 * (first - 2 * middle + end)).mid()
    left = [v - (first + rise * k / last + bend * k * k / last**2) for k, v in enumerate(total)]
    sums = np.array([float(v.mid()) if v.is_finite() else 0.0 for v in left])
    radii = np.array([float(v.rad()) if v.is_finite() else np.inf for v in left])
    return sums, 2 * radii + 2.0**-48 * float(np.max(np.abs(sums))) + 2.0**-1000


def _empty(edges: int) -> NDArray[np.float64]:
    """Costs of runs: none for empty ones, infinite for those from right to left."""
    costs = np.full((edges, edges), np.inf)
    np.fill_diagonal(costs, 0.0)
    return costs


def _goal() -> arb:
    return arb(2) ** -_GOAL_BITS


def _below(ball: arb) -> float:
    """A float that is not negative and not above the ball's lower end unless that is negative."""
    if not ball.is_finite() or not ball > 0:
        return 0.0
    return float(max(np.nextafter(float(ball.lower()), -np.inf), 0.0))


def largest_jump(formula: Formula, domain: tuple[Fraction, Fraction]) -> Fraction:
    """A lower bound of the largest jump of a formula, 0 if none is found.

    Where two smooth parts meet in a point, the jump is that of their formulas. Around an irrational place they leave a gap;
    if they are the two sides of a single switch, they meet somewhere in it.
    """
    largest, symbol = Fraction(0), formula.symbol
    with precision(_BITS):
        parts = parts_of(formula, domain, _BITS)
        smooth = [k for k, part in enumerate(parts) if part.smooth and part.low < part.high]
        for i, k in zip(smooth, smooth[1:]):
            left, right = parts[i], parts[k]
            if left.high < right.low and not any(
                {left.formula, right.formula} == {switch.taken(gap.formula, 1), switch.taken(gap.formula, -1)}
                for gap in parts[i + 1 : k]
                for switch in [first_switch(gap.formula)]
                if switch is not None
            ):
                continue
            place = to_ball(left.high).union(to_ball(right.low))
            one, two = (compile_jet(part.formula, symbol)(place)[0] for part in (left, right))
            size = abs(one - two)
            if size.is_finite():
                largest = max(largest, dyadic(arb(size.lower())))
    return largest
