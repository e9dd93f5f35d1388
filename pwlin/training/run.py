"""What a training run leaves behind: its losses, its snapshots, and the exact function at each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.doors import doors
from pwlin.base.errors import ShapeError
from pwlin.base.sequences import OnDemand
from pwlin.formulas.kinds import Target
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Kink
from pwlin.networks.network import Network
from pwlin.training.backprop import Architecture
from pwlin.training.units import Units

Ends: TypeAlias = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class KinkPaths:
    """The exact kinks of a network with one input at every snapshot of its training.

    Attributes
    ----------
    steps : tuple of int
    kinks : tuple of tuples of Kink, one tuple per step
    """

    steps: tuple[int, ...]
    kinks: tuple[tuple[Kink, ...], ...]

    def by_neuron(self) -> dict[tuple[int, int], list[tuple[int, Fraction, Fraction]]]:
        """For each neuron (layer, index) its kinks as (step, location, its part of the jump)."""
        out: dict[tuple[int, int], list[tuple[int, Fraction, Fraction]]] = {}
        for step, kinks in zip(self.steps, self.kinks, strict=True):
            for kink in kinks:
                for flip in kink.neurons:
                    out.setdefault(flip.neuron, []).append((step, kink.location, flip.jump))
        return out


@doors
@dataclass(frozen=True, eq=False, repr=False)
class TrainingRun:
    """What a training run leaves behind.

    Attributes
    ----------
    losses : float64 array
        Mean squared error of each step's batch, before the step's update.
    steps : int64 array
        Steps of the snapshots; the last one is that of the final network.
    target : Formula, LinearTarget, CallableTarget or PointTarget
        What was to be learnt.
    domain : pair of Fraction, or a list of such pairs for several inputs
    settings : pairs of a name and a value
        What else was asked for.
    diverged, interrupted : bool
        Whether the run ended early, because of numbers beyond float64 or by the user; `network` is then the last good one.
    """

    losses: NDArray[np.float64]
    steps: NDArray[np.int64]
    target: Target
    domain: Ends | list[Ends]
    settings: tuple[tuple[str, object], ...]
    diverged: bool
    interrupted: bool
    _architecture: Architecture
    _snapshots: NDArray[np.float64]
    _units: Units

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """The exact network of each snapshot."""
        return tuple(self._units.folded(self._architecture.network(theta)) for theta in self._snapshots)

    @cached_property
    def network(self) -> Network:
        """The final network (the last good one of a run that ended early)."""
        return self._units.folded(self._architecture.network(self._snapshots[-1]))

    def functions(self) -> Sequence[PiecewiseLinear1D] | Sequence[PiecewiseLinearND]:
        """The exact function on the domain at every snapshot; each is extracted when it is first asked for, and kept."""
        return self._functions

    @cached_property
    def _functions(self) -> Sequence[PiecewiseLinear1D] | Sequence[PiecewiseLinearND]:
        return cast("Sequence[PiecewiseLinear1D]", OnDemand(len(self.steps), self._function))

    def _function(self, index: int) -> PiecewiseLinear1D | PiecewiseLinearND:
        from pwlin.extraction import extract

        found: PiecewiseLinear1D | PiecewiseLinearND = extract(self.networks[index], self.domain)
        return found

    def lines(self) -> Sequence[PiecewiseLinear1D]:
        """`functions` of a run with one input, or an error."""
        if self._architecture.input_dim != 1:
            found = f"a network with {self._architecture.input_dim} inputs"
            raise refusal("run", found, "are runs with one input", ShapeError)
        return cast("Sequence[PiecewiseLinear1D]", self.functions())

    def kink_paths(self) -> KinkPaths:
        """The exact kinks on the domain at every snapshot; for one input."""
        return KinkPaths(tuple(self.steps.tolist()), tuple(tuple(f.kinks) for f in self.lines()))

    @property
    def ended_worse(self) -> bool:
        """Whether the losses of the last tenth of the steps were on average above the first one: nothing was learnt."""
        tenth = max(len(self.losses) // 10, 1)
        with np.errstate(over="ignore"):
            return len(self.losses) > 1 and not float(self.losses[-tenth:].mean()) <= self.losses[0]

    def __repr__(self) -> str:
        end = ", diverged" if self.diverged else ", interrupted" if self.interrupted else ""
        loss = f", last loss {self.losses[-1]:.4g}" if len(self.losses) else ""
        return f"TrainingRun({self.network!r}, {len(self.losses)} steps, {len(self.steps)} snapshots{loss}{end})"
