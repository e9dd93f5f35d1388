"""What is known about one network: the facts that printed text, tables, pictures and page share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pwlin.exact.text import formula
from pwlin.formulas.kinds import Target
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.network import Network
from pwlin.training.run import TrainingRun

F = TypeVar("F", PiecewiseLinear1D, PiecewiseLinearND)
STATUSES = ("active", "always_on", "dead", "silent")


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
    """

    network: Network
    function: F
    target: Target | None = None
    run: TrainingRun | None = None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def target_name(self) -> str:
        """The target as readable text."""
        return formula(self.target.text) if self.target is not None else ""

    @property
    @abstractmethod
    def variables(self) -> tuple[str, ...]:
        """The names of the variables."""

    @cached_property
    def statuses(self) -> Counter[str]:
        """How many hidden neurons are active, dead, always_on and silent."""
        return Counter(self.function.neuron_status().values())
