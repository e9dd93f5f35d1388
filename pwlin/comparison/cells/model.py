"""Certified ranges and integrals of an error on many simplices at once, from Taylor's formula about their centroids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, final

import numpy as np

from pwlin.comparison.cells.batch import Batch, combined
from pwlin.formulas.arithmetic.floats import Floats, down, up
from pwlin.formulas.arithmetic.intervals import Intervals, where
from pwlin.formulas.arithmetic.series import evaluate
from pwlin.formulas.arithmetic.taylor import square, variable
from pwlin.functions.cells.volumes import grundmann_moeller

_CHUNK = 1024


@final
@dataclass(frozen=True)
class Shape:
    """An error on simplices as a linear function and a rest.

    On each simplex it is the linear function with the given values at the corners, shape (count, d + 1), plus a number in
    `rest`, shape (count,); and it is also in `range`.
    """

    linear: Intervals
    rest: Intervals
    range: Intervals


@final
@dataclass(frozen=True)
class ErrorModel:
    """The error F - p, for one formula p for each of the simplices' formula numbers.

    With ``plain``, F counts as zero and the sign is turned: the formulas themselves.
    """

    formulas: Sequence[Any]
    symbols: Sequence[Any]
    plain: bool = False

    @cached_property
    def _steps(self) -> int:
        return 3 if len(self.symbols) <= 2 else 2

    def _by_formula(
        self, batch: Batch, made: Sequence[Intervals], work: Callable[[Batch, Any], Sequence[Intervals]]
    ) -> Sequence[Intervals]:
        """Fill in what `work` finds for the parts of each formula, some at a time."""
        numbers = batch.whole.formula[batch.root]
        with np.errstate(all="ignore"):
            for k in np.unique(numbers):
                every = np.flatnonzero(numbers == k)
                for rows in (every[i : i + _CHUNK] for i in range(0, len(every), _CHUNK)):
                    for target, source in zip(made, work(batch[rows], self.formulas[k]), strict=True):
                        target.low[rows], target.high[rows] = source.low, source.high
        return made

    def shapes(self, batch: Batch) -> Shape:
        """Range of the error on each part, by Taylor's formula of degrees 0, 1 and 2."""
        n, m = batch.values.shape

        def shape(part: Batch, formula: Any) -> Sequence[Intervals]:
            found = self._shape(part, formula, self._box_series(part, formula, 2))
            return found.linear, found.rest, found.range

        return Shape(*self._by_formula(batch, (_empty(n, m), _empty(n), _empty(n)), shape))

    def at(self, batch: Batch, weights: Intervals) -> Intervals:
        """The error at points of each part with the given barycentric coordinates (points, d + 1): shape (count, points)."""
        made = (_empty(len(batch), weights.shape[0]),)
        return self._by_formula(batch, made, lambda part, formula: (self._at(part, formula, weights),))[0]

    def integrals(self, batch: Batch, power: int) -> Intervals:
        """The integral of the error's square (power 2) or magnitude (power 1) over each part."""
        made = (_empty(len(batch)),)
        return self._by_formula(batch, made, lambda part, formula: (self._integral(part, formula, power),))[0]

    # -- on the parts of one formula --------------------------------------------------------------

    def _values(self, part: Batch) -> Intervals:
        return Intervals.points(np.zeros(part.values.shape)) if self.plain else part.values

    def _box_series(self, part: Batch, formula: Any, order: int) -> Intervals:
        """Series of the formula for every point of a part and every direction from its centroid to a point of it."""
        low, high = part.corners.low.min(axis=1), part.corners.high.max(axis=1)
        box, centre = Intervals(low, high), _mean(part.corners)
        way = box - centre
        return evaluate(formula, {s: variable(box[:, i], way[:, i], order) for i, s in enumerate(self.symbols)})

    def _shape(self, part: Batch, formula: Any, series: Intervals) -> Shape:
        n, m = part.values.shape
        centre = _mean(part.corners)
        columns = {}
        for i, s in enumerate(self.symbols):
            there = Intervals(np.repeat(centre.low[:, i], m), np.repeat(centre.high[:, i], m))
            way = (part.corners[:, :, i] - centre[:, i : i + 1]).reshape(n * m)
            columns[s] = variable(there, way, 1)
        local = evaluate(formula, columns)
        value, slopes = local[0].reshape(n, m)[:, 0], local[1].reshape(n, m)
        values = self._values(part)
        linear = values - (value.reshape(n, 1) + slopes)
        flat = Intervals(values.low.min(axis=1), values.high.max(axis=1))
        least = Intervals(linear.low.min(axis=1), linear.high.max(axis=1))
        rest = -series[2]
        bounds = (flat - series[0]).within(flat - (value + series[1])).within(least + rest)
        return Shape(linear, rest, bounds)

    def _at(self, part: Batch, formula: Any, weights: Intervals) -> Intervals:
        n, k = len(part), weights.shape[0]
        corners, every = part.corners, Intervals(weights.low[None], weights.high[None])
        columns = {}
        for i, s in enumerate(self.symbols):
            columns[s] = variable(combined(every, corners[:, None, :, i]).reshape(n * k), None, 0)
        return combined(every, self._values(part)[:, None]) - evaluate(formula, columns)[0].reshape(n, k)

    def _integral(self, part: Batch, formula: Any, power: int) -> Intervals:
        order = 2 * self._steps + 2
        series = self._box_series(part, formula, order)
        shape = self._shape(part, formula, series)
        sizes = shape.range.square() if power == 2 else shape.range.absolute()
        settled = (shape.range.low >= 0) | (shape.range.high <= 0)
        smooth = np.isfinite(series[order].width)
        if power == 1 and not (settled & smooth).any():
            mean = sizes.within(_mean_magnitude(shape))
            return mean * part.volumes
        nodes, weights = _rule(part.corners.shape[2], self._steps)
        values = self._at(part, formula, nodes)
        if power == 2:
            values = values.square()
            gap = self._values(part) - _mean(self._values(part)).reshape(-1, 1)
            first = Intervals(gap.low.min(axis=1), gap.high.max(axis=1)) - series[1]
            error = -series
            for k, exact in enumerate((shape.range, first)):
                error.low[k], error.high[k] = exact.low, exact.high
            last = square(error)[order]
        else:
            last = -series[order]
        total = weights[0] * values[:, 0]
        for k in range(1, weights.shape[0]):
            total = total + weights[k] * values[:, k]
        margin = up(up(last.width / 2) * up(1 + weights.absolute().high.sum() * (1 + 1e-12)))
        rule = total + Intervals(-margin, margin)
        if power == 2:
            mean = sizes.within(rule)
        else:
            mean = where(settled, sizes.within(rule.absolute()), sizes.within(_mean_magnitude(shape)))
        return Intervals(np.fmax(mean.low, 0.0), mean.high) * part.volumes


def _empty(*shape: int) -> Intervals:
    return Intervals(np.full(shape, -np.inf), np.full(shape, np.inf))


def _mean(corners: Intervals) -> Intervals:
    total = corners[:, 0]
    for k in range(1, corners.shape[1]):
        total = total + corners[:, k]
    return total / float(corners.shape[1])


def _rule(d: int, steps: int) -> tuple[Intervals, Intervals]:
    """Nodes (barycentric) and weights of a rule that is exact up to degree ``2 steps + 1``."""
    nodes, weights = [], []
    for weight, n, places in grundmann_moeller(d, steps):
        nodes += [Fraction(b, n) for place in places for b in place]
        weights += [Fraction(int(weight.p), int(weight.q))] * len(places)
    return Intervals.of(nodes).reshape(-1, d + 1), Intervals.of(weights)


def _mean_magnitude(shape: Shape) -> Intervals:
    """The mean of the error's magnitude: that of a linear function with floats at the corners, and the distance to it."""
    middle = (shape.linear.low + shape.linear.high) / 2 + ((shape.rest.low + shape.rest.high) / 2)[:, None]
    known = np.asarray(np.isfinite(middle).all(axis=1))
    floats = np.where(known[:, None], middle, 0.0)
    apart = (shape.linear + shape.rest.reshape(-1, 1)) - Intervals.points(floats)
    distance = np.where(known, apart.magnitude.max(axis=1), np.inf)
    total = _mean_of_linear(floats)
    return Intervals(np.maximum(down(total.low - distance), 0.0), up(total.high + distance))


def _mean_of_linear(values: Floats) -> Intervals:
    """The mean over a simplex of the magnitude of the linear function with these values at the corners.

    Where signs differ, the simplex is cut at the zero on the edge from the largest to the smallest value; each half has one
    corner less whose value is not zero.
    """
    count = len(values)
    low, high = np.zeros(count), np.zeros(count)
    owner, share = np.arange(count), Intervals.points(np.ones(count))
    current = Intervals.points(values)
    while len(owner):
        largest, smallest = current.low.max(axis=1), current.low.min(axis=1)
        mixed = (largest > 0) & (smallest < 0)
        done = ~mixed
        mean = _mean(current[done]).absolute() * share[done]
        low, high = _added(low, high, owner[done], mean)
        current, share, owner = current[mixed], share[mixed], owner[mixed]
        if not len(owner):
            break
        rows, i, j = np.arange(len(owner)), current.low.argmax(axis=1), current.low.argmin(axis=1)
        top, bottom = Intervals.points(current.low[rows, i]), Intervals.points(current.low[rows, j])
        ahead = top / (top - bottom)
        behind = -bottom / (top - bottom)
        one, two = current.low.copy(), current.low.copy()
        one[rows, i], two[rows, j] = 0.0, 0.0
        halves = [share * behind, share * ahead]
        share = Intervals(*(np.concatenate([getattr(h, e) for h in halves]) for e in ("low", "high")))
        current, owner = Intervals.points(np.concatenate([one, two])), np.tile(owner, 2)
    return Intervals(low, high)


def _added(low: Floats, high: Floats, owner: Any, mean: Intervals) -> tuple[Floats, Floats]:
    """Sums by owner, rounded outwards by a bound for adding up non-negative numbers."""
    count = np.bincount(owner, minlength=len(low))
    slack = (count + 1) * 2.0**-52
    more_low = np.bincount(owner, mean.low.clip(min=0.0), minlength=len(low))
    more_high = np.bincount(owner, mean.high, minlength=len(low))
    return down(low + down(more_low * (1 - slack))), up(high + up(more_high * (1 + slack)))
