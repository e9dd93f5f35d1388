"""What makes a kink's neurons: each neuron that flips, and its part of the jump; on the line and on cells.

From one region to the next the gradient of a network with one output changes by a sum over its layers. With the layers below
on the patterns of the second region, and the layers above on those of the first, the sum telescopes: the part of neuron (k, i) is

    (gradient of the output by the neuron's output) * (change of its slope) * (gradient of its preactivation by the inputs),

and the parts of the neurons that flip add up to the whole jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Generic, TypeVar, final

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import multiply, wide
from pwlin.exact.rational import ExactArray
from pwlin.exact.text import brief, field
from pwlin.networks.maps import SingleMaps
from pwlin.networks.network import Network
from pwlin.networks.neurons import Neuron

Jump = TypeVar("Jump", Fraction, tuple[Fraction, ...])


@final
@dataclass(frozen=True, slots=True, repr=False)
class Flip(Generic[Jump]):
    """A neuron that changes between inactive and active at a breakpoint or a facet.

    `jump` is its part of the jump of the slope or the gradient. Where several neurons flip at one place, each one's part is
    taken with the layers below on the patterns of the second region (on the line: the right-hand ones) and the layers above
    on those of the first, so that the parts always add up to the whole jump.
    """

    layer: int
    index: int
    jump: Jump

    @property
    def neuron(self) -> Neuron:
        """The neuron as (layer, index)."""
        return self.layer, self.index

    def __repr__(self) -> str:
        jump = self.jump
        text = field("jump", jump) if isinstance(jump, Fraction) else f"jump=({', '.join(brief(v) for v in jump)})"
        return f"Flip(layer={self.layer}, index={self.index}, {text})"


Patterns = Sequence[NDArray[np.bool_]]
"""Which entries are active at many places: one array per hidden layer, shape (places, entries)."""


def jump_parts(network: Network, before: Patterns, after: Patterns) -> list[dict[Neuron, tuple[Fraction, ...]]]:
    """The parts of the gradient's jump at many places, one for each neuron that flips there, per input.

    Parameters
    ----------
    network : Network
        With one output.
    before, after : sequence of bool arrays, each of shape (places, sizes[k])
        The patterns on both sides.

    Returns
    -------
    list of dict
        One per place; exact. Cost: two passes through the network, with one row for each place, and one for each place
        and input.
    """
    inputs, count = network.input_dim, len(before[0])
    leaving, denominators = _gradients(network, before), network.denominators
    entering: ExactArray = np.tile(np.eye(inputs, dtype=np.int64), (count, 1))
    out: list[dict[Neuron, tuple[Fraction, ...]]] = [{} for _ in range(count)]
    for k, layer in enumerate(network.hidden):
        entering = layer.forward(entering)
        low, high, unit = layer.integer_slopes
        slopes = [np.where(np.repeat(patterns[k], inputs, axis=0), high, low) for patterns in (before, after)]
        gradient, den = leaving[k]
        parts = multiply(np.repeat(gradient, inputs, axis=0), multiply(entering, slopes[1] - slopes[0]))
        den *= denominators[k] * layer.denominator * unit
        for place, i in np.argwhere(before[k] != after[k]).tolist():
            column = parts[place * inputs : (place + 1) * inputs, i].tolist()
            out[place][k, i] = tuple(Fraction(v, den) for v in column)
        entering = multiply(entering, slopes[1])
    return out


@final
@dataclass(frozen=True, slots=True)
class SharedParts:
    """The parts of the jumps of all outputs at one place, with what they have in common made once.

    Attributes
    ----------
    neurons : tuple of Neuron
    entering : list of tuples of int
        The change of each one's slope times the gradient of its preactivation by the inputs.
    leaving : list of ndarray of int, each of shape (outputs,)
        Gradients of the outputs by each one's output.
    denominator : int
        Of products of the two.
    """

    neurons: tuple[Neuron, ...]
    entering: list[tuple[int, ...]]
    leaving: list[ExactArray]
    denominator: int

    def of(self, output: int) -> dict[Neuron, tuple[Fraction, ...]]:
        """Those of one output, per input."""
        return {
            neuron: tuple(Fraction(v * int(effects[output]), self.denominator) for v in slopes)
            for neuron, slopes, effects in zip(self.neurons, self.entering, self.leaving)
        }


def shared_parts(network: Network, before: Patterns, after: Patterns) -> list[SharedParts]:
    """As `jump_parts`, of all outputs at once. Cost: for each neuron that flips, one row through all layers."""
    maps, found = SingleMaps(network), [SharedParts((), [], [], network.denominators[-1]) for _ in before[0]]
    neurons: list[list[Neuron]] = [[] for _ in found]
    for k, layer in enumerate(network.hidden):
        places, units = np.nonzero(before[k] != after[k])
        if not len(places):
            continue
        low, high, _ = layer.integer_slopes
        turns = (wide(high)[units] - wide(low)[units]) * np.where(after[k][places, units], 1, -1)
        *slopes, _ = maps.entries(k, after, places, units)
        effects = maps.effects(k, before, places, units)
        entering = zip(*((column * turns).tolist() for column in slopes))
        for place, i, row, effect in zip(places.tolist(), units.tolist(), entering, effects):
            neurons[place].append((k, i))
            found[place].entering.append(row)
            found[place].leaving.append(effect)
    return [replace(parts, neurons=tuple(own)) for parts, own in zip(found, neurons)]


def _gradients(network: Network, patterns: Patterns) -> list[tuple[ExactArray, int]]:
    """Gradient of the output by each layer's outputs (rows) with its denominator, under the given patterns."""
    gradient = np.repeat(network.readout.compact_weight, len(patterns[0]), axis=0)
    den = network.readout.denominator
    out = [(gradient, den)]
    for k in range(len(network.hidden) - 1, 0, -1):
        layer = network.hidden[k]
        low, high, unit = layer.integer_slopes
        gradient = layer.backward(multiply(gradient, np.where(patterns[k], high, low)))
        den *= unit * layer.denominator
        out.append((gradient, den))
    return out[::-1]
