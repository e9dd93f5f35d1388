"""Certified ranges and integrals of an error on many simplices at once, from Taylor's formula about their centroids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.batch import Batch
from pwlin.comparison.cells.crossed import mean_across_switch, mean_across_zeros
from pwlin.comparison.cells.leaves import Leaves, leaves_of
from pwlin.comparison.cells.local import Local, Shape
from pwlin.comparison.cells.local import mean as mean_of
from pwlin.comparison.cells.rules import Rule, chosen_rules, rules
from pwlin.comparison.cells.settled import settled_sides, taken
from pwlin.formulas.arithmetic.floats import Floats, down, up
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.budget import Budget

_CHUNK = 4096
_PER_FORMULA = 1000  # taking branches is work for sympy


@final
@dataclass(frozen=True)
class ErrorModel:
    """The error F - p, for one formula p for each of the simplices' formula numbers.

    With ``plain``, F counts as zero and the sign is turned: the formulas themselves. Work is counted in `budget`.
    """

    formulas: Sequence[Any]
    symbols: Sequence[Any]
    budget: Budget
    plain: bool = False

    @cached_property
    def _rules(self) -> Sequence[Rule]:
        return rules(len(self.symbols))

    @cached_property
    def _leaves(self) -> list[Leaves]:
        return [leaves_of(formula, tuple(self.symbols)) for formula in self.formulas]

    @cached_property
    def _numbers(self) -> dict[Any, int]:
        return {leaves.whole: k for k, leaves in enumerate(self._leaves)}

    def _number(self, formula: Any) -> int:
        if formula not in self._numbers:
            self._numbers[formula] = len(self._leaves)
            self._leaves.append(leaves_of(formula, tuple(self.symbols)))
        return self._numbers[formula]

    def settled(self, batch: Batch, exactly: bool) -> Batch:
        """The parts with formulas that switch no more where they do not switch: what is left to tell apart is little.

        With `exactly` levels that are touched at corners only are told as well, which decides how large an error is.
        """
        numbers = batch.formula.copy()
        waiting = np.unique(numbers).tolist()
        while waiting:
            k = waiting.pop()
            rows = np.flatnonzero(numbers == k)
            leaves = self._leaves[k]
            if not leaves.leads or not len(rows):
                continue
            with np.errstate(all="ignore"):
                codes = settled_sides(Local(batch[rows], leaves, True, self.budget), exactly)
            kinds, which = np.unique(codes, axis=0, return_inverse=True)
            for i, code in enumerate(kinds.tolist()):
                if any(code):
                    self.budget.spend(_PER_FORMULA * leaves.size)
                    number = self._number(taken(leaves, code))
                    numbers[rows[which.reshape(-1) == i]] = number
                    waiting.append(number)
        return replace(batch, formula=numbers)

    def _by_formula(
        self, batch: Batch, made: Sequence[Intervals], work: Callable[[Local], Sequence[Intervals]]
    ) -> Sequence[Intervals]:
        """What is made of the parts of each formula, some at a time, put in the parts' order."""
        numbers = batch.formula
        with np.errstate(all="ignore"):
            for k in np.unique(numbers):
                of_one = np.flatnonzero(numbers == k)
                for rows in (of_one[i : i + _CHUNK] for i in range(0, len(of_one), _CHUNK)):
                    for target, source in zip(made, work(Local(batch[rows], self._leaves[k], self.plain, self.budget))):
                        target.low[rows], target.high[rows] = source.low, source.high
        return made

    def shapes(self, batch: Batch) -> Shape:
        """Range of the error on each part, by Taylor's formula of degrees 0, 1 and 2."""
        n, m = batch.values.shape
        made = (_empty(n, m), _empty(n), _empty(n))
        return Shape(
            *self._by_formula(batch, made, lambda local: (local.shape.linear, local.shape.rest, local.shape.range))
        )

    def at(self, batch: Batch, weights: Intervals) -> Intervals:
        """The error at points of each part with the given barycentric coordinates (points, d + 1): shape (count, points)."""
        made, places = (_empty(len(batch), weights.shape[0]),), Intervals(weights.low[None], weights.high[None])
        return self._by_formula(batch, made, lambda local: (local.at(places),))[0]

    def integrals(self, batch: Batch, power: int, goal: float) -> Intervals:
        """The integral of the error's square (power 2) or magnitude (power 1) over each part.

        Enclosures of mean values need not be narrower than `goal`, and those that would be wide anyway are made cheaply.
        """

        def work(local: Local) -> Sequence[Intervals]:
            assert isinstance(local.part, Batch)
            mean = self._mean_value(local, power, goal)
            return (Intervals(np.fmax(mean.low, 0.0), mean.high) * local.part.volumes,)

        return self._by_formula(batch, (_empty(len(batch)),), work)[0]

    def directions(self, batch: Batch, power: int) -> NDArray[np.int64]:
        """For each part the edge (a pair of corners, shape (count, 2)) along which the formula bends most, for `integrals`."""
        edges = (Intervals.points(np.zeros(len(batch))),)
        found = self._by_formula(batch, edges, lambda local: (Intervals.points(local.steepest_edge(power)),))[0].low
        return np.stack(np.triu_indices(batch.weights.shape[1], 1), axis=1)[found.astype(np.int64)]

    def _mean_value(self, local: Local, power: int, goal: float) -> Intervals:
        """The mean of a power of the error over each part of one formula, by the cheapest way that will do."""
        shape = local.shape
        mean = shape.range.square() if power == 2 else shape.range.absolute().within(_mean_magnitude(shape))
        known = np.isfinite(shape.rest.width)
        slack = local.slack if power == 1 else np.zeros(len(known))
        smooth = known & (slack <= goal / 4)
        for lead in local.leaves.switches:
            rows = np.flatnonzero(~known & (mean.width > goal))
            if len(rows):
                _narrow(mean, rows, mean_across_switch(local[rows], lead, power, goal, mean.width[rows]))
        rows = np.flatnonzero(known & ~smooth & (mean.width > goal))
        if len(rows):
            _narrow(mean, rows, mean_across_zeros(local[rows], goal, mean.width[rows]))
        left = smooth & (mean.width > goal)
        for tried in (self._rules[:1], self._rules):  # most small parts need no more than the first
            rows = np.flatnonzero(left)
            if not len(rows):
                break
            here = local[rows]
            series = here.rest_of(tried[-1], power)
            rests = [rule.rest(series) for rule in tried]
            margins = np.array([rest.width / 2 for rest in rests])
            for k, some in enumerate(chosen_rules(margins, goal, mean.width[rows])):
                if tried is not self._rules:
                    some = some[margins[k][some] <= goal / 4]
                if len(some):
                    some_here = here[some]
                    total = some_here.mean_by(tried[k], power) + some_here.signed(rests[k][some], power)
                    margin = slack[rows[some]]
                    _narrow(mean, rows[some], total + Intervals(-margin, margin))
                    left[rows[some]] = False
        return mean


def _narrow(mean: Intervals, rows: NDArray[np.int64], found: Intervals) -> None:
    better = mean[rows].within(found)
    mean.low[rows], mean.high[rows] = better.low, better.high


def _empty(*shape: int) -> Intervals:
    return Intervals(np.full(shape, -np.inf), np.full(shape, np.inf))


def _mean_magnitude(shape: Shape) -> Intervals:
    """The mean of the error's magnitude: that of a linear function with floats at the corners, and the distance to it."""
    floats, distance = shape.nearest_linear
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
        mean = mean_of(current[done]).absolute() * share[done]
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
