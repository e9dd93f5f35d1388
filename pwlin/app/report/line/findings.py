"""What is known about one function after a run: the facts that the table, the report and the explanation share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

from pwlin.base.errors import PwlinError, TargetError
from pwlin.exact.text import formula
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.network import Network

ERRORS = ("sup", "l1", "l2_squared", "mse")


@dataclass(frozen=True)
class Findings:
    """A network of one variable, the exact function that it is, and how it compares with its target.

    Attributes
    ----------
    network : Network
    function : PiecewiseLinear1D
    target : Target or None
    comparison : Comparison or None
        None without a target, or where the domain has no end.
    run : TrainingRun or None
    settings : tuple of (name, value) texts
        How the network came about.
    """

    network: Network
    function: PiecewiseLinear1D
    target: Any = None
    comparison: Any = None
    run: Any = None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def target_name(self) -> str:
        """The target as readable text."""
        return formula(self.target.text)

    @property
    def variable(self) -> str:
        """The name of the variable."""
        return str(self.target.variables[0]) if self.target is not None else "x"

    @cached_property
    def statuses(self) -> Counter[str]:
        """How many hidden neurons are active, dead, always_on and silent."""
        return Counter(self.function.neuron_status().values())

    @property
    def best_is_certain(self) -> bool:
        """Whether `best` is about the best possible functions (True), or about the best that a search found (False)."""
        return bool(self._best is not None and self._best.exact)

    @cached_property
    def best(self) -> dict[str, Any]:
        """Errors (sup, l1, l2_squared, mse) of the best functions with as many pieces, those for which they are known."""
        if self._best is None:
            return {}
        found = {name: _known(partial(getattr, self._best, name)) for name in ERRORS}
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def _best(self) -> Any:
        return None if self.comparison is None else _known(lambda: self.comparison.best)

    @cached_property
    def effective_pieces(self) -> Any:
        """How many optimal pieces would do as well, or None where no (finite) answer is known."""
        found = None if self.comparison is None else _known(lambda: self.comparison.effective_pieces)
        return None if found == math.inf else found

    @cached_property
    def everywhere(self) -> PiecewiseLinear1D:
        """The network's function on the whole line."""
        from pwlin.extraction import extract_line

        return extract_line(self.network)[0]

    @cached_property
    def moments(self) -> tuple[PiecewiseLinear1D, ...]:
        """The exact function at every snapshot of the run, or the only one if there was no run."""
        if self.run is None:
            return (self.function,)
        from pwlin.extraction import extract_line

        return tuple(extract_line(network, self.run.domain)[0] for network in self.run.networks)

    @cached_property
    def neuron_paths(self) -> Any:
        """Where each neuron's kinks were at every snapshot, as `pwlin.plot.kink_paths` takes it."""
        from pwlin.plot.training import paths_of

        return paths_of(self.moments)

    @cached_property
    def curvature(self) -> Fraction | None:
        """The coefficient of the square if the target is a polynomial of degree 2, else None."""
        if self.target is None or not self.target.is_polynomial:
            return None
        coefficients = self.target.polynomial()
        return coefficients[2] if len(coefficients) == 3 else None

    def target_slope(self, place: Fraction | None) -> Any:
        """The target's slope at a rational point: a Fraction, a sympy number, or None where it has none."""
        if self.target is None or place is None:
            return None
        try:
            slope = self.target.derivative()
            if slope.is_polynomial:
                return slope.exact(place)
        except TargetError:
            return None
        import sympy

        value = slope.expression.subs(slope.variables[0], sympy.Rational(place.numerator, place.denominator))
        return value if value.is_finite and value.is_real else None


def ratio(value: Any, other: Any) -> float | None:
    """About how many times `other` a positive `value` is; None where that says nothing."""
    divisor = float(other)
    return float(value) / divisor if divisor > 0 else None


def _known(asked: Callable[[], Any]) -> Any:
    """An answer, or None where the question has none."""
    try:
        return asked()
    except PwlinError:
        return None
