"""Which neurons are active where along a line, and what each flip contributes to a slope jump."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import add, multiply, scale
from pwlin.exact.matrix import multiply_transposed
from pwlin.exact.rational import ExactArray
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network, Pattern

Flips = tuple[tuple[int, int, Fraction], ...]


@dataclass(frozen=True, eq=False)
class LineActivity:
    """The patterns of a one-input network's regions, left to right.

    Parameters
    ----------
    network : Network
        With one input and one output.
    patterns : tuple of bool arrays, patterns[k] of shape (n_regions, sizes[k])
        Which neurons of layer k are active in each region; entries that are carried along always are.
    """

    network: Network
    patterns: tuple[NDArray[np.bool_], ...]

    def pattern(self, region: int) -> Pattern:
        """The pattern of one region."""
        widths = self.network.widths
        return tuple(tuple(layer[region, :units].tolist()) for layer, units in zip(self.patterns, widths))

    def select(self, regions: Any) -> LineActivity:
        """The activity of some of the regions."""
        return LineActivity(self.network, tuple(layer[regions] for layer in self.patterns))

    def status(self, contributing: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """What every neuron does, given those that contribute to a jump where they flip."""
        status = {}
        for k, (entries, units) in enumerate(zip(self.patterns, self.network.widths)):
            layer = entries[:, :units]
            for i, (ever, always) in enumerate(zip(np.any(layer, axis=0), np.all(layer, axis=0), strict=True)):
                flips = "active" if (k, i) in contributing else "silent"
                status[k, i] = "always_on" if always else flips if ever else "dead"
        return status

    def flips(self, breakpoints: NDArray[np.int64], jumps: list[Fraction]) -> list[Flips]:
        """The flips at some breakpoints as (layer, index, part of the jump); parts add up to `jumps`.

        A single flip takes the whole jump. Where several coincide, the parts come from the exact slopes entering each
        layer (layers below on their right-hand patterns) and the exact gradients leaving it (layers above on their
        left-hand ones). Cost: one pass through the network for the breakpoints with several flips.
        """
        found: list[list[tuple[int, int, Fraction]]] = [[] for _ in breakpoints]
        for k, layer in enumerate(self.patterns):
            rows, neurons = np.nonzero(layer[breakpoints] != layer[breakpoints + 1])
            for row, neuron in zip(rows.tolist(), neurons.tolist(), strict=True):
                found[row].append((k, neuron, jumps[row]))
        several = np.array([i for i, flips in enumerate(found) if len(flips) > 1], dtype=np.int64)
        if len(several):
            parts = self._parts(breakpoints[several])
            for row, i in enumerate(several.tolist()):
                found[i] = [(k, j, parts[k][row][j]) for k, j, _ in found[i]]
        return [tuple(flips) for flips in found]

    def _parts(self, breakpoints: NDArray[np.int64]) -> list[list[dict[int, Fraction]]]:
        """Per layer and breakpoint, the jump part of every neuron that flips there."""
        hidden = self.network.hidden
        left = [layer[breakpoints] for layer in self.patterns]
        right = [layer[breakpoints + 1] for layer in self.patterns]
        leaving = _gradients(self.network, left)
        slopes, den = np.ones((len(breakpoints), 1), dtype=np.int64), 1
        out: list[list[dict[int, Fraction]]] = []
        for k, layer in enumerate(hidden):
            slopes = _through(layer, slopes)
            den *= layer.denominator
            low, high, unit = layer.integer_slopes
            gradient, gradient_den = leaving[k]
            change = multiply(slopes, np.where(right[k], high, low) - np.where(left[k], high, low))
            parts = multiply(gradient, change)
            total_den = den * unit * gradient_den
            rows: list[dict[int, Fraction]] = [{} for _ in breakpoints]
            for row, j in zip(*np.nonzero(left[k] != right[k]), strict=True):
                rows[row][int(j)] = Fraction(int(parts[row, j]), total_den)
            out.append(rows)
            slopes = multiply(slopes, np.where(right[k], high, low))
            den *= unit
        return out


def _gradients(network: Network, patterns: list[NDArray[np.bool_]]) -> list[tuple[ExactArray, int]]:
    """Gradient of the output by each layer's outputs (rows) with its denominator, under the given patterns."""
    count = len(patterns[0]) if patterns else 0
    gradient = np.repeat(network.readout.compact_weight, count, axis=0)
    den = network.readout.denominator
    out = [(gradient, den)]
    for k in range(len(network.hidden) - 1, 0, -1):
        layer = network.hidden[k]
        low, high, unit = layer.integer_slopes
        gradient = multiply(gradient, np.where(patterns[k], high, low))
        if layer.sparse is not None:
            gradient = layer.sparse.transposed().dot(gradient.T).T
        else:
            gradient = multiply_transposed(gradient, layer.compact_weight.T)
        den *= unit * layer.denominator
        out.append((gradient, den))
    return out[::-1]


def affine(layer: Layer, a: ExactArray, b: ExactArray, den: int) -> tuple[ExactArray, ExactArray, int]:
    """Feed affine maps ``(a t + b) / den`` (rows: regions, columns: inputs) through a layer's affine part."""
    bias = scale(layer.compact_bias, den)
    slopes, intercepts = (_through(layer, v) for v in (a, b))
    return slopes, add(intercepts, bias[None, :]), den * layer.denominator


def _through(layer: Layer, rows: ExactArray) -> ExactArray:
    """Rows of inputs times the layer's integers."""
    if layer.sparse is not None:
        return layer.sparse.dot(rows.T).T
    return multiply_transposed(rows, layer.compact_weight)
