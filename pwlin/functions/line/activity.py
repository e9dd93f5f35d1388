"""Which neurons are active where along a line, and what each flip contributes to a slope jump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.vector import RationalVector
from pwlin.functions.flips import Flip, SharedParts, jump_parts, shared_parts
from pwlin.networks.network import Network
from pwlin.networks.neurons import Neuron, Pattern

_FEW = 8
"""Up to so many neurons that flip at one place are followed one by one, for all outputs."""


@dataclass(frozen=True, eq=False)
class LineActivity:
    """The patterns of a one-input network's regions, left to right.

    Parameters
    ----------
    whole : Network
        With one input.
    patterns : tuple of bool arrays, patterns[k] of shape (n_regions, sizes[k])
        Which neurons of layer k are active in each region; entries that are carried along always are.
    output : int
        Which of the network's outputs the function is.
    parts : dict from int to SharedParts
        What is known of breakpoints at which several neurons flip, for all outputs: their functions share it.
    """

    whole: Network
    patterns: tuple[NDArray[np.bool_], ...]
    output: int = 0
    parts: dict[int, SharedParts] = field(default_factory=dict)

    @cached_property
    def network(self) -> Network:
        """With the one output."""
        return self.whole.output(self.output)

    def of_regions(self, rows: NDArray[np.int64]) -> list[Pattern]:
        """The patterns of some regions."""
        return self.whole.numbering.of_entries([layer[rows] for layer in self.patterns], len(rows))

    def select(self, regions: slice) -> LineActivity:
        """The activity of some of the regions."""
        return LineActivity(self.whole, tuple(layer[regions] for layer in self.patterns), self.output)

    def status(self, slopes: RationalVector) -> dict[Neuron, str]:
        """What every neuron does, given the regions' slopes: a neuron contributes that has a part in a jump where it flips.

        Where one flips alone the jump is its own; only where several do their parts are asked for.
        """
        flips = [layer[1:] != layer[:-1] for layer in self.patterns]
        count = sum((layer.sum(axis=1) for layer in flips), np.zeros(len(slopes) - 1, dtype=np.int64))
        alone = (count == 1) & ~slopes.equal_next()
        several = np.flatnonzero(count > 1)
        contributing = {
            (k, i) for k, layer in enumerate(flips) for i in np.flatnonzero(layer[alone].any(axis=0)).tolist()
        }
        jumps = list(slopes.take(several + 1) - slopes.take(several))
        contributing |= {flip.neuron for found in self.flips(several, jumps) for flip in found if flip.jump}
        neurons = self.network.numbering
        ever, always = (neurons.packed([test(layer, axis=0) for layer in self.patterns]) for test in (np.any, np.all))
        return neurons.status(ever, always, sum(1 << neurons.bit(*n) for n in contributing))

    def flips(self, breakpoints: NDArray[np.int64], jumps: Sequence[Fraction]) -> list[tuple[Flip[Fraction], ...]]:
        """The flips at some breakpoints, whose parts add up to `jumps`; see `pwlin.functions.flips`.

        A single flip takes the whole jump. Cost: one pass through the network for the breakpoints with several, which is shared by all
        outputs.
        """
        sides = [layer[breakpoints] for layer in self.patterns], [layer[breakpoints + 1] for layer in self.patterns]
        found: list[list[Neuron]] = [[] for _ in breakpoints]
        for k, (before, after) in enumerate(zip(*sides)):
            rows, neurons = np.divmod(np.flatnonzero(before != after), max(before.shape[1], 1))
            for row, i in zip(rows.tolist(), neurons.tolist()):
                found[row].append((k, i))
        out = [tuple(Flip(*neuron, jump) for neuron in flipping) for flipping, jump in zip(found, jumps)]
        several = [row for row, flipping in enumerate(found) if len(flipping) > _FEW]
        if several:
            parts = jump_parts(self.network, *([layer[several] for layer in side] for side in sides))
            for row, part in zip(several, parts):
                out[row] = tuple(Flip(*neuron, *part[neuron]) for neuron in found[row])
        shared = [row for row, flipping in enumerate(found) if 1 < len(flipping) <= _FEW]
        fresh = [row for row in shared if int(breakpoints[row]) not in self.parts]
        if fresh:
            made = shared_parts(self.whole, *([layer[fresh] for layer in side] for side in sides))
            self.parts.update(zip(breakpoints[fresh].tolist(), made))
        for row in shared:
            part = self.parts[int(breakpoints[row])].of(self.output)
            out[row] = tuple(Flip(*neuron, *part[neuron]) for neuron in found[row])
        return out


@dataclass(frozen=True, eq=False)
class KeptFlips:
    """The neurons of a function's breakpoints as a file has kept them, without their network.

    Attributes
    ----------
    neurons : tuple of tuples of Flip
        One for each breakpoint, left to right.
    """

    neurons: tuple[tuple[Flip[Fraction], ...], ...]

    network = None

    def of_regions(self, rows: NDArray[np.int64]) -> list[Pattern]:
        """None is known."""
        return [()] * len(rows)

    def select(self, regions: slice) -> KeptFlips:
        """The flips between some of the regions."""
        inside = range(len(self.neurons) + 1)[regions]
        return KeptFlips(self.neurons[inside.start : inside.stop - 1])

    def status(self, slopes: RationalVector) -> dict[Neuron, str]:
        """Unknown, since neurons that flip nowhere are."""
        return {}

    def flips(self, breakpoints: NDArray[np.int64], jumps: Sequence[Fraction]) -> list[tuple[Flip[Fraction], ...]]:
        """The flips at some breakpoints."""
        return [self.neurons[k] for k in breakpoints.tolist()]


Activity = LineActivity | KeptFlips
"""What is known of the neurons behind a function."""
