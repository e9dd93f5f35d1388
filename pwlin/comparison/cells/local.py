"""Parts of simplices on which one formula holds, with what is known of it there: values, slopes and Taylor's remainders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.batch import Batch, Placed, combined
from pwlin.comparison.cells.leaves import LEVEL, Leaves
from pwlin.comparison.cells.rules import Rule, weighted
from pwlin.formulas.arithmetic.floats import Floats, up
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.arithmetic.series import evaluate
from pwlin.formulas.arithmetic.taylor import square, variable
from pwlin.formulas.budget import Budget

_BENDS = ((2, np.sqrt), (3, np.cbrt))
"""The degrees that tell along which edge to halve: rules integrate polynomials anyway, but zeros are cut as if along parabolas."""
_NOISE = 2.0**-40
"""What is not more, relative to the formula's values, is rounding and bends nothing."""


_PER_CALL, _BESIDE = 200, 8
"""What calling NumPy costs, in parts, and what is done for each part besides its formula."""


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

    @cached_property
    def nearest_linear(self) -> tuple[Floats, Floats]:
        """Linear functions with floats at the corners, shape (count, d + 1), and how far the errors are from them at most."""
        middle = (self.linear.low + self.linear.high) / 2 + ((self.rest.low + self.rest.high) / 2)[:, None]
        known = np.asarray(np.isfinite(middle).all(axis=1))
        floats = np.where(known[:, None], middle, 0.0)
        apart = (self.linear + self.rest.reshape(-1, 1)) - Intervals.points(floats)
        return floats, np.where(known, apart.magnitude.max(axis=1), np.inf)


@final
@dataclass(frozen=True)
class Local:
    """Some parts and the formula on them; with ``plain`` the function counts as zero.

    `levels` are whole numbers, one a part, which the formula may hold as `LEVEL`. Work is counted in `budget`.
    """

    part: Batch | Placed
    leaves: Leaves
    plain: bool
    budget: Budget
    levels: Floats | None = None

    def __getitem__(self, rows: Any) -> Local:
        levels = None if self.levels is None else self.levels[rows]
        return Local(self.part[rows], self.leaves, self.plain, self.budget, levels)

    @property
    def dim(self) -> int:
        """How many variables there are."""
        return len(self.leaves.symbols)

    @cached_property
    def values(self) -> Intervals:
        """The function at the corners, shape (count, d + 1)."""
        return Intervals.points(np.zeros(self.part.values.shape)) if self.plain else self.part.values

    @cached_property
    def corners(self) -> list[Intervals]:
        """The leaves at the corners: of each, shape (count, d + 1)."""
        return self.leaves.at(self.part.corners)

    @cached_property
    def box(self) -> list[Intervals]:
        """All values of the leaves: of each, shape (count,)."""
        return [hull(v) for v in self.corners]

    @cached_property
    def _ways(self) -> list[Intervals]:
        return [box - mean(corners) for box, corners in zip(self.box, self.corners)]

    def series(self, columns: Sequence[Intervals]) -> Intervals:
        """The formula's series for series of the leaves."""
        order, count = columns[0].shape[0] - 1, columns[0].shape[1]
        self.budget.spend((order + 1) * (count + _PER_CALL) * (self.leaves.size + _BESIDE))
        known = dict(zip(self.leaves.forms, columns))
        if self.levels is not None:
            each = np.repeat(self.levels, count // len(self.levels)) if len(self.levels) else self.levels
            known[LEVEL] = variable(Intervals.points(each), None, order)
        return evaluate(self.leaves.formula, known)

    def box_series(self, order: int) -> Intervals:
        """Series for every point of a part and every direction from its centroid to a point of it."""
        return self.series([variable(box, way, order) for box, way in zip(self.box, self._ways)])

    @cached_property
    def shape(self) -> Shape:
        """Range of the error by Taylor's formula of degrees 0, 1 and 2."""
        series, values = self.box_series(2), self.values
        value, slopes = self._linear_part()
        linear = values - (value.reshape(-1, 1) + slopes)
        flat, least = hull(values), hull(linear)
        rest = -series[2]
        bounds = (flat - series[0]).within(flat - (value + series[1])).within(least + rest)
        return Shape(linear, rest, bounds)

    @cached_property
    def sign(self) -> Floats:
        """The error's sign on most of its range: 1 or -1."""
        found = self.shape.range
        return np.where(found.low + found.high >= 0, 1.0, -1.0)

    @cached_property
    def slack(self) -> Floats:
        """How much more the error's magnitude may be than the error times `sign`: 0 where the sign is settled."""
        found = self.shape.range
        return up(2 * np.maximum(np.minimum(-found.low, found.high), 0.0)) * (np.minimum(-found.low, found.high) > 0)

    def powered_series(self, order: int, power: int) -> Intervals:
        """Series, as `box_series`, of the error (power 1; its sign left open) or its square; for the second degree on."""
        gap = self.values - mean(self.values).reshape(-1, 1)
        return self._powered(self.box_series(order), [hull(gap)], power)

    def rest_of(self, rule: Rule, power: int) -> list[Intervals]:
        """What `Rule.rest` asks for, up to the rule's order, but for the sign of the error (power 1)."""
        if not rule.is_conical:
            return [self.powered_series(rule.order, power)]
        found = []
        for k in range(self.dim):
            ways = [hull(v[:, k + 1 :] - v[:, k : k + 1]) for v in (self.values, *self.corners)]
            columns = [variable(box, way, rule.order) for box, way in zip(self.box, ways[1:])]
            found.append(self._powered(self.series(columns), ways[:1], power))
        return found

    def composed(
        self, leaves: Sequence[Sequence[Intervals]], heights: Sequence[Intervals], order: int, power: int
    ) -> Intervals:
        """As `powered_series`, for given series of the leaves and of the function, from the first degree on, within the parts."""
        columns = []
        for box, along in zip(self.box, leaves):
            column = variable(box, along[0], order)
            for k, v in enumerate(along[1:], 2):
                column.low[k], column.high[k] = v.low, v.high
            columns.append(column)
        return self._powered(self.series(columns), heights, power)

    def _powered(self, series: Intervals, heights: Sequence[Intervals], power: int) -> Intervals:
        """From the formula's series and that of the function, from the first degree on."""
        error = -series
        if power == 1 and len(heights) == 1:
            return error
        for k, exact in enumerate((self.shape.range, *(rise - series[j] for j, rise in enumerate(heights, 1)))):
            error.low[k], error.high[k] = exact.low, exact.high
        return square(error) if power == 2 else error

    def powered(self, weights: Intervals, power: int) -> Intervals:
        """The error's square, or its magnitude but for `slack`, at points as for `at`."""
        values = self.at(weights)
        return values.square() if power == 2 else values * Intervals.points(self.sign[:, None])

    def signed(self, rest: Intervals, power: int) -> Intervals:
        """What a rule leaves out of the mean of `powered`, from what it leaves out but for the sign."""
        return rest if power == 2 else rest * Intervals.points(self.sign)

    def mean_by(self, rule: Rule, power: int) -> Intervals:
        """The mean of `powered` by a rule, but for its remainder."""
        return weighted(self.powered(rule.places, power), rule.weights)

    def _linear_part(self) -> tuple[Intervals, Intervals]:
        """The formula's value at the centroids, shape (count,), and its slopes from there to the corners."""
        n, m = self.values.shape
        columns = []
        for corners in self.corners:
            centre = mean(corners)
            there = Intervals(np.repeat(centre.low, m), np.repeat(centre.high, m))
            columns.append(variable(there, (corners - centre.reshape(n, 1)).reshape(n * m), 1))
        found = self.series(columns)
        return found[0].reshape(n, m)[:, 0], found[1].reshape(n, m)

    def slopes(self, start: int, end: int) -> Intervals:
        """The error's slopes at all points of a part along the edge from one corner to another."""
        columns = [variable(box, v[:, end] - v[:, start], 1) for box, v in zip(self.box, self.corners)]
        return (self.values[:, end] - self.values[:, start]) - self.series(columns)[1]

    def at(self, weights: Intervals) -> Intervals:
        """The error at points with barycentric coordinates of shape (1 or count, points, d + 1): shape (count, points)."""
        n, k = len(self.part), weights.shape[1]
        spread = Intervals(*(np.broadcast_to(w, (n, *w.shape[1:])) for w in (weights.low, weights.high)))
        columns = [variable(combined(spread, v[:, None]).reshape(n * k), None, 0) for v in self.corners]
        return combined(spread, self.values[:, None]) - self.series(columns)[0].reshape(n, k)

    def instead(self, leaves: Leaves, plain: bool, levels: Floats | None = None) -> Local:
        """The same parts with another formula."""
        return Local(self.part, leaves, plain, self.budget, levels)

    def steepest_edge(self, power: int) -> NDArray[np.int64]:
        """The edge of each part, as a number in the order of ``numpy.triu_indices``, along which the formula bends most.

        It is the one along which it is furthest from a quadratic, or for a magnitude with zeros in the part from a linear
        function; the longest where that is unknown, or where nothing bends.
        """
        m = self.values.shape[1]
        first, second = np.triu_indices(m, 1)
        lengths = np.zeros((len(_BENDS), len(self.part), len(first)))
        for k, (way, corners) in enumerate(zip(self._ways, self.corners)):
            columns = [variable(box, way if i == k else None, _BENDS[-1][0]) for i, box in enumerate(self.box)]
            series, middle = self.series(columns), (corners.low + corners.high) / 2
            for length, (degree, root) in zip(lengths, _BENDS):
                bend = series[degree].magnitude
                size = root(bend * (bend > _NOISE * series[0].magnitude)) / way.magnitude
                length += size[:, None] * np.abs(middle[:, first] - middle[:, second])
        length = lengths[1]
        if power == 1:
            at = self.at(Intervals.points(np.eye(m)[None]))
            length = np.where(((at.low.min(axis=1) < 0) & (at.high.max(axis=1) > 0))[:, None], lengths[0], length)
        known = np.isfinite(length).all(axis=1) & (length.max(axis=1) > 0)
        assert isinstance(self.part, Batch)
        return np.where(known, np.where(known[:, None], length, 0.0).argmax(axis=1), self.part.longest)


def mean(corners: Intervals) -> Intervals:
    """Mean values of intervals of shape (count, d + 1)."""
    total = corners[:, 0]
    for k in range(1, corners.shape[1]):
        total = total + corners[:, k]
    return total / float(corners.shape[1])


def hull(corners: Intervals) -> Intervals:
    """All between intervals of shape (count, n)."""
    return Intervals(corners.low.min(axis=1), corners.high.max(axis=1))


def taylor_rest(rule: Rule, side: Local, power: int) -> Intervals:
    """What a rule for polynomials up to its order, on some of a part, leaves out: a remainder of Taylor's formula, twice."""
    margin = up((1 + rule.growth) / 2 * side.powered_series(rule.order, power)[rule.order].width)
    return Intervals(-margin, margin)
