"""What is known about one network: the facts that printed text, tables, pictures and page share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pwlin.app.reporting.prose import Paragraph, counted, has_off, verb
from pwlin.base.errors import PwlinError
from pwlin.comparison.measured.comparison import PointComparison, compare_points
from pwlin.exact.text import formula
from pwlin.formulas.kinds import Target
from pwlin.formulas.point_target import PointTarget
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.network import Network
from pwlin.training.run import TrainingRun

T = TypeVar("T")
F = TypeVar("F", PiecewiseLinear1D, PiecewiseLinearND)
LEAST_STEPS = 100
"""Fewer steps say nothing on whether a loss is still falling."""
STATUSES = ("active", "always_on", "dead", "silent")


def known(asked: Callable[[], T]) -> T | None:
    """An answer, or None where the question has none."""
    try:
        return asked()
    except PwlinError:
        return None


@dataclass(frozen=True)
class Findings(ABC, Generic[F]):
    """A network, the exact function that it is, what it should be, and how it came about.

    Attributes
    ----------
    network : Network
    function : PiecewiseLinear1D or PiecewiseLinearND
    target : Target or None
    run : TrainingRun or None
    settings : tuple of (name, value) texts
        How the network came about.
    points : PointTarget or None
        What was measured, where that is what it should follow; there is no `target` then.
    """

    network: Network
    function: F
    target: Target | None = None
    run: TrainingRun | None = None
    settings: tuple[tuple[str, str], ...] = ()
    points: PointTarget | None = None

    @property
    def target_name(self) -> str:
        """The target as readable text."""
        return formula(self.target.text) if self.target is not None else ""

    @cached_property
    def measured(self) -> PointComparison | None:
        """Errors over the points, or None without any."""
        return None if self.points is None else compare_points(self.function, self.points, None)

    @property
    @abstractmethod
    def variables(self) -> tuple[str, ...]:
        """The names of the variables."""

    @cached_property
    def statuses(self) -> Counter[str]:
        """How many hidden neurons are active, dead, always_on and silent."""
        return Counter(self.function.neuron_status().values())

    def why_nothing_bends(self, silent: int) -> str:
        """Why the function is one affine map on the domain, on which neurons flip at `silent` places."""
        if not self.network.hidden:
            return "without hidden neurons a network is affine, whatever its weights."
        if silent:
            return "neurons flip, but their bends are dead downstream or cancel."
        count = sum(self.network.widths)
        if not self.can_bend:
            return "its activations are linear, and so is the network, whatever its weights."
        return (
            "its one hidden neuron does not bend inside the domain."
            if count == 1
            else f"none of its {count} hidden neurons bends inside the domain."
        )

    @property
    def can_bend(self) -> bool:
        """Whether any unit has two different slopes."""
        return any(not a.is_linear for layer in self.network.hidden for a in layer.activations)

    @property
    def still_falling(self) -> bool:
        """Whether the losses of the last tenth of the steps were on average a tenth lower than those before.

        Losses of which floats know nothing, at most 2^-90 of the first ones, fall no more.
        """
        if self.run is None or len(self.run.losses) < LEAST_STEPS:
            return False
        tenth = len(self.run.losses) // 10
        before, last = self.run.losses[-2 * tenth : -tenth].mean(), self.run.losses[-tenth:].mean()
        return bool(2.0**-90 * self.run.losses[:tenth].mean() < last < 0.9 * before)

    def next_steps(self, kinks: int, target_is_affine: bool) -> Paragraph | None:
        """What another run may try, where this one had an unlucky start or ended early; None where nothing tells so."""
        if self.run is None or not self.can_bend:
            return None
        parts = []
        other = f"{self._option('seed', '1')} begins elsewhere, and {self._option('tries', '10')} keeps the best of ten starts"
        dead = self.statuses["dead"]
        if not kinks and not target_is_affine:
            parts.append(f"No neuron bends inside the domain: the start was unlucky. {other}.")
        elif dead and has_off(self.network):
            parts.append(
                f"{counted(dead, 'neuron')} {verb(dead, 'is', 'are')} off on the whole domain, where training gives "
                f"{verb(dead, 'it', 'them')} no gradient: the start was unlucky, or a step too long. {other}."
            )
        if self.run.ended_worse:
            parts.append(
                f"The loss was higher at the end than in the first step: a smaller {self._option('lr', '').strip(' =')} may help."
            )
        elif self.still_falling:
            parts.append(
                f"The loss was still falling at the end: more steps ({self._option('steps', 'N')}) may lead further."
            )
        return Paragraph("What to try next", " ".join(parts)) if parts else None

    def _option(self, name: str, value: str) -> str:
        """An option as one gives it, on the command line or in Python."""
        return f"--{name} {value}" if "command" in dict(self.settings) else f"{name}={value}"
