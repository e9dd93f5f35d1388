"""Certified errors of a function of several variables against a target in elementary functions.

Cells are cut in simplices, exactly, also where the target switches along hyperplanes. Largest errors come from branch and
bound, integrals from a rule with a proven remainder, both by bisection of simplices and in float intervals rounded
outwards. What bisection has not settled when the budget is spent still counts with its bounds, so that an enclosure may be
wider than asked for, but always contains the true value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

import numpy as np

from pwlin.base.errors import TargetError
from pwlin.base.progress import progress_bar
from pwlin.comparison.cells.batch import DEEPEST, Batch, Whole, joined
from pwlin.comparison.cells.linear import Split
from pwlin.comparison.cells.model import ErrorModel
from pwlin.comparison.cells.rules import simplex_rule
from pwlin.comparison.cells.simplices import volume
from pwlin.comparison.errors import Sup, enclosed
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.rational import nearest_float
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.budget import Budget
from pwlin.formulas.kinds import Floats, Target
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.polytope import Point

_AT_ONCE = 4096
"""Most simplices that are halved together, the worst first."""
_FEWEST = 128
"""Fewer are not halved together when the work that is left is not enough for all."""
_ZERO = 1e-13
"""Errors this small, relative to the function and the target, count as settled: about ten times what rounding leaves."""


@final
@dataclass(frozen=True)
class CertifiedErrorsND:
    """Enclosures of the errors of `function`, on a bounded domain, against `target`, a formula in as many variables.

    Attributes
    ----------
    parts : list of (formula, simplices)
        The domain, cut where the target switches at hyperplanes.
    """

    function: PiecewiseLinearND
    target: Target
    tolerance: Fraction
    parts: Split
    progress: bool = False

    exact = False

    def _model(self) -> ErrorModel:
        return ErrorModel([formula for formula, _ in self.parts], self.target.variables, Budget())

    @cached_property
    def _whole(self) -> Whole:
        numbers = np.repeat(np.arange(len(self.parts)), [len(simplices) for _, simplices in self.parts])
        (_, first), *others = self.parts
        return Whole([s for _, simplices in self.parts for s in simplices] if others else first, numbers)

    def _start(self, regions: Sequence[int]) -> Batch:
        whole = self._whole
        if len(regions) < self.function.n_regions:
            rows = np.flatnonzero(np.isin(whole.regions, regions))
            whole = Whole([whole.simplices[k] for k in rows.tolist()], whole.formula[rows])
        return whole.start()

    # -- the largest error ------------------------------------------------------------------------

    def sup(self, regions: Sequence[int]) -> Sup:
        """Largest magnitude of the error on some regions and one point where it is at least the lower end."""
        with progress_bar("largest error", "simplex", wanted=self.progress) as bar:
            lower, upper, tiny, place = self._largest(self._start(regions), bar.advance)
        narrow = upper <= max(lower * (1 + nearest_float(self.tolerance)), tiny)
        return Sup(_enclosure(lower, upper, narrow), (place,))

    def _largest(self, batch: Batch, advance: Callable[[int], None]) -> tuple[float, float, float, Point]:
        d, model = self.function.dim, self._model()
        relative, lower, settled, tiny = nearest_float(self.tolerance), 0.0, 0.0, 0.0
        place = batch.whole.point(int(batch.root[0]), [Fraction(int(k == 0)) for k in range(d + 1)])
        spots = Intervals.of([Fraction(int(i == k)) for i in range(d + 1) for k in range(d + 1)]).reshape(d + 1, d + 1)
        centre = Intervals.of([Fraction(1, d + 1)] * (d + 1)).reshape(1, d + 1)
        batch = model.settled(batch, True)
        fresh, waiting, known = batch, batch[:0], np.zeros(0)
        while True:
            before = model.budget.left
            upper = model.shapes(fresh).range.magnitude
            if not tiny:
                tiny = _ZERO * self._scale(fresh, upper)
            some = fresh[np.argsort(-upper, kind="stable")[: max(64, len(fresh) // 4)]]
            for weights, corner in ((spots, True), (centre, False)):
                sizes = _least_magnitude(model.at(some, weights))
                row, k = np.unravel_index(int(sizes.argmax()), sizes.shape)
                if sizes[row, k] > lower:
                    lower = float(sizes[row, k])
                    rows = [[Fraction(w) for w in r] for r in some.weights[row].tolist()]
                    mean = rows[k] if corner else [sum(c, Fraction(0)) / (d + 1) for c in zip(*rows)]
                    place = some.whole.point(int(some.root[row]), mean)
            advance(len(fresh))
            goal = max(lower * (1 + relative), tiny, lower)
            waiting, known = Batch.joined([waiting, fresh]), np.concatenate([known, upper])
            open_ = ~(known <= goal) & (waiting.depth < DEEPEST)
            settled = max(settled, float(np.max(known[~open_], initial=0.0)))
            waiting, known = waiting[open_], known[open_]
            per_part = (before - model.budget.left) // len(fresh)
            worst = np.argsort(-known, kind="stable")[:_AT_ONCE]
            if not len(worst) or model.budget.left < 2 * len(worst) * per_part:
                return lower, max(lower, settled, float(np.max(known, initial=0.0))), tiny, place
            fresh = model.settled(waiting[worst].halves(), True)
            left = np.ones(len(waiting), dtype=bool)
            left[worst] = False
            waiting, known = waiting[left], known[left]

    def _scale(self, batch: Batch, upper: Floats) -> float:
        """A size of function and target, for what counts as zero."""
        values = batch.values.magnitude
        known = upper[np.isfinite(upper)]
        return float(max(values.max(), known.max(initial=0.0)))

    # -- integrals --------------------------------------------------------------------------------

    def l2_squared(self, regions: Sequence[int]) -> Enclosure:
        """Integral of the squared error over some regions."""
        return self._integral(regions, 2)

    def l1(self, regions: Sequence[int]) -> Enclosure:
        """Integral of the error's magnitude over some regions."""
        return self._integral(regions, 1)

    def size(self, regions: Sequence[int]) -> Fraction:
        """Volume of some regions."""
        return volume(self.function, regions)

    def _integral(self, regions: Sequence[int], power: int) -> Enclosure:
        model, relative = self._model(), nearest_float(self.tolerance)
        batch = model.settled(self._start(regions), False)
        with progress_bar("integral of the error", "simplex", wanted=self.progress) as bar:
            scale = _ZERO * self._scale(batch, np.zeros(len(batch)))
            volume, tiny = float(batch.volumes.high.sum()), scale * scale if power == 2 else scale
            goal, before = relative * self._about(model, batch, power), model.budget.left
            values = model.integrals(batch, power, goal)
            per_part = (before - model.budget.left) // len(batch)
            bar.advance(len(batch))
            while True:
                low, high = _total(values)
                allowed = max(relative * low, tiny * volume)
                excess = values.width
                order = np.argsort(-excess)
                rest = np.cumsum(excess[order][::-1])[::-1]  # what order[k:] leave together
                wide = order[: max(int((rest > allowed / 2).sum()), 1)]
                wide = wide[batch.depth[wide] < DEEPEST][: max(1024, min(len(batch), _AT_ONCE))]
                few = model.budget.left // (2 * per_part + 1)  # as many as there is work left for
                if high - low <= allowed or not len(wide) or few < min(len(wide), _FEWEST):
                    return _enclosure(low, high, high - low <= allowed)
                wide = wide[:few]
                before = model.budget.left
                halves = model.settled(batch[wide].halves(model.directions(batch[wide], power)), False)
                finer = model.integrals(halves, power, max(goal, allowed / volume) / 4)
                per_part = (before - model.budget.left) // len(halves)
                kept = np.ones(len(batch), dtype=bool)
                kept[wide] = False
                batch = Batch.joined([batch[kept], halves])
                values = joined([values[kept], finer])
                bar.advance(len(halves))

    def _about(self, model: ErrorModel, batch: Batch, power: int) -> float:
        """About the mean of a power of the error's magnitude; it only steers."""
        some = batch[:: len(batch) // 256 + 1]
        found = model.at(some, simplex_rule(self.function.dim, 2).nodes)
        with np.errstate(all="ignore"):
            sizes = np.abs(found.low + found.high) / 2
            mean = np.mean(sizes[np.isfinite(sizes)] ** power) if np.isfinite(sizes).any() else np.inf
        return float(mean) if np.isfinite(mean) else 0.0


def _least_magnitude(values: Intervals) -> Floats:
    least = np.maximum(values.low, -values.high)
    return np.where(np.isnan(least), 0.0, np.maximum(least, 0.0))


def _total(values: Intervals) -> tuple[float, float]:
    """The sum of intervals of numbers that are not negative."""
    low = _sum(np.where(np.isfinite(values.low), values.low, 0.0).clip(min=0.0))
    high = math.inf if not np.isfinite(values.high).all() else _sum(values.high)
    return max(math.nextafter(low, -math.inf), 0.0), math.nextafter(high, math.inf)


def _sum(values: Floats) -> float:
    try:
        return math.fsum(values.tolist())
    except OverflowError:
        return math.inf


def _enclosure(lower: float, upper: float, narrow: bool) -> Enclosure:
    if not math.isfinite(upper):
        raise TargetError(
            "target: found values beyond the range of float64, or too wild to bound; accepted are targets whose errors "
            "can be bounded with float intervals"
        )
    return enclosed(Fraction(lower), Fraction(upper), narrow)
