"""The loops of training: batches, stochastic descent and L-BFGS, with snapshots on the way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import TargetError
from pwlin.base.progress import progress_bar
from pwlin.base.threads import one_thread
from pwlin.formulas.kinds import Target
from pwlin.formulas.point_target import PointTarget
from pwlin.training.backprop import Architecture, Backprop, Floats
from pwlin.training.optimizers import Optimizer
from pwlin.training.units import Units, places, values_at

BLOCK_POINTS = 1 << 14
"""Points that are drawn and given to the target at once; no result depends on it."""


@dataclass(frozen=True)
class Batches:
    """Samples of a target on a box, fresh uniform ones or a fixed set; of points, those that were measured."""

    target: Target
    box: tuple[tuple[Fraction, Fraction], ...]
    batch: int
    rng: np.random.Generator
    units: Units

    def fresh(self, steps: int) -> Iterator[tuple[Floats, Floats]]:
        """Batches for so many steps, in blocks: x of shape (n, d, batch) and y of shape (n, batch).

        Uniform on the box; of points some, drawn with replacement, or in each step all of them if a batch holds so many.
        """
        if isinstance(self.target, PointTarget):
            yield from self._drawn(self.target, steps)
            return
        block = min(max(BLOCK_POINTS // (self.batch * len(self.box)), 1), 64)
        for start in range(0, steps, block):
            yield self._sampled(self.rng.random((min(block, steps - start), self.batch, len(self.box))))

    def fixed(self) -> tuple[Floats, Floats]:
        """One batch to keep: midpoints of equal intervals in one dimension, uniform random points in several; all points."""
        if isinstance(self.target, PointTarget):
            x, y = self._measured(self.target)
            return np.ascontiguousarray(x.T), y
        if len(self.box) == 1:
            unit = ((np.arange(self.batch) + 0.5) / self.batch).reshape(1, self.batch, 1)
        else:
            unit = self.rng.random((1, self.batch, len(self.box)))
        x, y = self._sampled(unit)
        return x[0], y[0]

    @property
    def fixed_size(self) -> int:
        """How many points are in the fixed set."""
        return len(self.target.values) if isinstance(self.target, PointTarget) else self.batch

    @property
    def size(self) -> int:
        """How many points are in a fresh batch."""
        return min(self.batch, self.fixed_size)

    def _drawn(self, target: PointTarget, steps: int) -> Iterator[tuple[Floats, Floats]]:
        x, y = self._measured(target)
        block = min(max(BLOCK_POINTS // (self.size * len(self.box)), 1), 64)
        for start in range(0, steps, block):
            count = min(block, steps - start)
            if self.size == len(y):
                yield np.broadcast_to(x.T, (count, *x.T.shape)), np.broadcast_to(y, (count, len(y)))
            else:
                rows = self.rng.integers(len(y), size=(count, self.size))
                yield x[rows].swapaxes(1, 2), y[rows]

    def _measured(self, target: PointTarget) -> tuple[Floats, Floats]:
        """All points in the units of training."""
        x, y = target.floats
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise refusal("target", "points beyond float64", "are those that it can hold", TargetError)
        return (x, y) if self.units.is_ordinary else (self.units.inputs(x), self.units.values(y))

    def _sampled(self, unit: Floats) -> tuple[Floats, Floats]:
        points = places(self.box, unit)
        flat = points.reshape(-1, len(self.box))
        values = values_at(self.target, flat)
        finite = np.isfinite(values)
        if not finite.all():
            bad = int(np.argmin(finite))
            where = ", ".join(f"{v:.17g}" for v in flat[bad])
            found = f"the value {values[bad]} at {where}, within the domain"
            raise refusal("target", found, "are targets that are finite on all of it", TargetError)
        if not self.units.is_ordinary:
            points, values = self.units.inputs(points), self.units.values(values)
        return points.swapaxes(1, 2), values.reshape(unit.shape[:2])


@dataclass
class Outcome:
    """What a loop leaves behind: ``losses[k]`` belongs to the parameters after k steps."""

    losses: Floats
    snapshot_steps: list[int] = field(default_factory=list)
    snapshots: list[Floats] = field(default_factory=list)
    diverged: bool = False
    interrupted: bool = False

    def record(self, step: int, theta: Floats) -> None:
        """Keep a copy of the parameters, unless this step has one already."""
        if not self.snapshot_steps or self.snapshot_steps[-1] != step:
            self.snapshots.append(theta.copy())
            self.snapshot_steps.append(step)

    def arrays(self) -> tuple[Floats, NDArray[np.int64], Floats]:
        """Losses, snapshot steps and snapshots (one row each), read-only."""
        out = self.losses, np.array(self.snapshot_steps, dtype=np.int64), np.stack(self.snapshots)
        for array in out:
            array.flags.writeable = False
        return out


class _Diverged(Exception):
    """Leaves SciPy's loop."""


def descend(
    architecture: Architecture,
    theta: Floats,
    optimizer: Optimizer,
    batches: Batches,
    steps: int,
    record_every: int,
    progress: bool,
) -> Outcome:
    """Stochastic descent from `theta`, which is changed in place, on fresh batches."""
    backprop = Backprop(architecture, theta, batches.size)
    losses = np.empty(steps)
    outcome = Outcome(losses)
    good, spare, good_step, done = theta.copy(), theta.copy(), 0, 0
    with one_thread(), np.errstate(all="ignore"), progress_bar("training", "step", steps, wanted=progress) as bar:
        try:
            for xs, ys in batches.fresh(steps):
                for x, y in zip(xs, ys, strict=True):
                    loss = backprop.loss_and_gradient(x, y)
                    if not (math.isfinite(loss) and _finite(theta)):
                        outcome.diverged = True
                        break
                    losses[done] = loss
                    np.copyto(spare, theta)
                    # One statement without a call: an interrupt comes before or after it, never within.
                    good, spare, good_step, done = spare, good, done, done + 1
                    if good_step % record_every == 0:
                        outcome.record(good_step, good)
                    optimizer.step(theta, backprop.gradient)
                if outcome.diverged:
                    break
                bar.advance(len(xs), f"loss {loss:.3g}")
        except KeyboardInterrupt:
            outcome.interrupted = True
    outcome.losses = losses[:done].copy()
    finished = not outcome.diverged and not outcome.interrupted
    if finished and _finite(theta):
        outcome.record(steps, theta)
    else:
        outcome.diverged |= finished
        outcome.record(good_step, good)
    return outcome


def _finite(theta: Floats) -> bool:
    return math.isfinite(theta.dot(theta)) or bool(np.isfinite(theta).all())  # squares are quicker, but may overflow


def minimize(
    architecture: Architecture, theta: Floats, batches: Batches, steps: int, record_every: int, progress: bool
) -> Outcome:
    """At most `steps` iterations of SciPy's L-BFGS-B from `theta` on one fixed batch."""
    from scipy.optimize import minimize as scipy_minimize

    x, y = batches.fixed()
    backprop = Backprop(architecture, theta, batches.fixed_size)
    losses: list[float] = []
    outcome = Outcome(np.empty(0))
    good, good_step = theta.copy(), 0

    def value(at: Floats) -> tuple[float, Floats]:
        np.copyto(theta, at)
        return backprop.loss_and_gradient(x, y), backprop.gradient.copy()

    def visit(at: Floats) -> None:
        nonlocal good, good_step
        kept = np.array(at)
        np.copyto(theta, kept)
        loss = backprop.loss(x, y)
        if not (math.isfinite(loss) and _finite(kept)):
            raise _Diverged
        if len(losses) % record_every == 0:
            outcome.record(len(losses), kept)
        bar.advance(1 if losses else 0, f"loss {loss:.3g}")
        losses.append(loss)
        good, good_step = kept, len(losses) - 1

    with one_thread(), np.errstate(all="ignore"), progress_bar("training", "step", steps, wanted=progress) as bar:
        try:
            visit(theta.copy())
            if steps:
                options = {"maxiter": steps, "maxfun": 100 * steps, "ftol": 0.0, "gtol": 1e-12, "maxcor": 20}
                scipy_minimize(value, good, jac=True, method="L-BFGS-B", callback=visit, options=options)
        except _Diverged:
            outcome.diverged = True
        except KeyboardInterrupt:
            outcome.interrupted = True
    outcome.record(good_step, good)
    # As in `descend`, a run to its end has one loss per step and none for the final parameters.
    ended = not (outcome.diverged or outcome.interrupted)
    outcome.losses = np.array(losses[:good_step] if ended else losses[: good_step + 1])
    return outcome
