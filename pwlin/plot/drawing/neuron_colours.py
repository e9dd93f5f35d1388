"""The colour and marker of each neuron, the same in every picture of a function.

Neurons own the strong colours. There are eight that everybody can tell apart; where a network has more hidden neurons they
go to those with the largest jumps, and all others share one grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from pwlin.networks.neurons import Neuron
from pwlin.plot.drawing import style

if TYPE_CHECKING:
    from pwlin.functions.line.function import PiecewiseLinear1D
    from pwlin.networks.network import Network

T = TypeVar("T")
N = TypeVar("N", bound=Neuron | None)
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#332288", "#E69F00", "#56B4E9", "#882255")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")
OTHER, OTHER_MARKER = "#707070", "o"
"""Of neurons that share their colour with others."""


def jumps_of(f: PiecewiseLinear1D) -> Iterator[tuple[Neuron, Fraction]]:
    """Each neuron with the size of its part, kink by kink."""
    return ((flip.neuron, abs(flip.jump)) for kink in f.kinks for flip in kink.neurons)


def by_jump(who: Iterable[T], jumps: Iterable[tuple[T, Fraction | float]]) -> list[T]:
    """Those with the largest jump first, of each the largest; in their order where jumps are equal."""
    largest: dict[T, Fraction | float] = {}
    for one, jump in jumps:
        largest[one] = max(largest.get(one, 0), jump)
    return sorted(who, key=lambda one: -largest.get(one, 0))


@dataclass(frozen=True)
class NeuronColours:
    """Which neurons have a colour of their own, in order."""

    strong: tuple[Neuron, ...] = ()
    _place: Mapping[Neuron, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_place", {neuron: i for i, neuron in enumerate(self.strong)})

    @staticmethod
    def of(f: PiecewiseLinear1D) -> NeuronColours:
        """Those of a function of one variable."""
        if f.network is None:
            return NeuronColours()
        return NeuronColours.ranked(f.network, jumps_of(f))

    @staticmethod
    def ranked(network: Network, jumps: Iterable[tuple[Neuron, Fraction | float]]) -> NeuronColours:
        """Those of a network, given sizes of the jumps that its neurons make; the largest of each neuron counts."""
        everyone = list(network.neurons())
        if len(everyone) <= len(COLOURS):
            return NeuronColours(tuple(everyone))
        return NeuronColours(tuple(sorted(by_jump(everyone, jumps)[: len(COLOURS)])))

    def colour(self, neuron: Neuron | None) -> str:
        """Its colour; None is a kink of no network."""
        if neuron is None:
            return style.INK
        return COLOURS[self._place[neuron]] if neuron in self._place else OTHER

    def marker(self, neuron: Neuron | None) -> str:
        """Its marker."""
        return OTHER_MARKER if neuron is None or neuron not in self._place else MARKERS[self._place[neuron]]

    def alike(self, neurons: Iterable[N]) -> dict[tuple[str, str], list[N]]:
        """Neurons by their colour and marker, those that share theirs first, so that they hide no other."""
        found: dict[tuple[str, str], list[N]] = {}
        for neuron in sorted(neurons, key=lambda neuron: neuron in self._place):
            found.setdefault((self.colour(neuron), self.marker(neuron)), []).append(neuron)
        return found

    def note(self, shown: Iterable[Neuron | None]) -> str:
        """What a legend says of the colours, where some of the neurons shown have none of their own."""
        others = {neuron for neuron in shown if neuron is not None}.difference(self.strong)
        return f", the {len(self.strong)} largest jumps in colours" if others else ""
