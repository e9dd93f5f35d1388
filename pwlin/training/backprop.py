"""Forward and backward pass of two-slope networks in NumPy, on flat parameter vectors and reused buffers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import nearest_float
from pwlin.networks.activation import IDENTITY, RELU, TwoSlope
from pwlin.networks.network import Network

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Architecture:
    """The shape of a network in training, and how its parameters lie in one flat vector.

    Each trained layer is a block ``[weight | bias]`` of shape (n_out, n_in + 1). Without a readout the output is that of
    the last hidden layer, which has one neuron; the network then gets the readout ``y = 1 * output + 0``.
    """

    input_dim: int
    activations: tuple[tuple[TwoSlope, ...], ...]
    readout: bool

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Shape (n_out, n_in + 1) of each trained block."""
        widths = [self.input_dim, *map(len, self.activations), *([1] if self.readout else [])]
        return tuple((n_out, n_in + 1) for n_in, n_out in zip(widths[:-1], widths[1:], strict=True))

    @property
    def size(self) -> int:
        """Number of trained parameters."""
        return sum(math.prod(shape) for shape in self.shapes)

    def blocks(self, theta: Floats) -> list[Floats]:
        """Views of `theta` as the blocks of the layers."""
        out, start = [], 0
        for shape in self.shapes:
            stop = start + math.prod(shape)
            out.append(theta[start:stop].reshape(shape))
            start = stop
        return out

    def arrays(self, theta: Floats) -> tuple[list[Floats], list[Floats]]:
        """Weights and biases of all layers, the readout last; copies."""
        blocks = self.blocks(theta)
        weights, biases = [b[:, :-1].copy() for b in blocks], [b[:, -1].copy() for b in blocks]
        if not self.readout:
            weights.append(np.ones((1, 1)))
            biases.append(np.zeros(1))
        return weights, biases

    def network(self, theta: Floats) -> Network:
        """The exact network whose parameters are the floats in `theta`."""
        weights, biases = self.arrays(theta)
        return Network.from_arrays(weights, biases, [list(a) for a in self.activations])

    def initial(self, init: str, rng: np.random.Generator) -> Floats:
        """Random parameters: PyTorch's default or He's."""
        theta = np.empty(self.size)
        for block in self.blocks(theta):
            n_out, n_in = block.shape[0], block.shape[1] - 1
            if init == "pytorch":
                bound = 1 / math.sqrt(n_in)
                block[:, :-1] = rng.uniform(-bound, bound, (n_out, n_in))
                block[:, -1] = rng.uniform(-bound, bound, n_out)
            else:
                block[:, :-1] = rng.normal(0.0, math.sqrt(2 / n_in), (n_out, n_in))
                block[:, -1] = 0.0
        return theta


class Backprop:
    """Mean squared error of a network on a batch, and its gradient.

    `theta` is read in place at every call, so an optimizer may update it in place; `gradient` is overwritten by every call.

    Parameters
    ----------
    architecture : Architecture
    theta : ndarray, shape (size,)
    batch : int
        Number of samples that each call gets.
    """

    def __init__(self, architecture: Architecture, theta: Floats, batch: int) -> None:
        self.gradient = np.zeros_like(theta)
        blocks, gradients = architecture.blocks(theta), architecture.blocks(self.gradient)
        # Samples lie along the last axis; a last row of ones makes biases part of the weights.
        inputs = [np.ones((shape[1], batch)) for shape in architecture.shapes]
        self._points = inputs[0][:-1]
        outputs = [*(a[:-1] for a in inputs[1:]), np.empty((1, batch))]
        units: list[_Unit | None] = [_unit(a, batch) for a in architecture.activations]
        units += [None] * (len(blocks) - len(units))
        self._forward = list(zip(blocks, inputs, outputs, units, strict=True))
        self._output = outputs[-1]
        self._residual = self._output[0]
        deltas = [np.empty_like(o) for o in outputs[:-1]] + [self._output]
        self._backward = [
            (blocks[k][:, :-1].T, gradients[k], inputs[k].T, deltas[k], units[k], deltas[k - 1] if k else None)
            for k in reversed(range(len(blocks)))
        ]
        self._batch = batch

    def loss(self, x: Floats, y: Floats) -> float:
        """Mean squared error.

        Parameters
        ----------
        x : ndarray, shape (input_dim, batch)
        y : ndarray, shape (batch,)
        """
        np.copyto(self._points, x)
        for block, a, out, unit in self._forward:
            np.matmul(block, a, out=out)
            if unit is not None:
                unit.apply(out)
        residual = self._residual
        np.subtract(residual, y, out=residual)
        return float(residual.dot(residual)) / self._batch

    def loss_and_gradient(self, x: Floats, y: Floats) -> float:
        """As `loss`, and leave its gradient with respect to the parameters in `gradient`."""
        value = self.loss(x, y)
        np.multiply(self._output, 2.0 / self._batch, out=self._output)
        for weight_t, gradient, a_t, delta, unit, below in self._backward:
            if unit is not None:
                unit.chain(delta)
            np.matmul(delta, a_t, out=gradient)
            if below is not None:  # a product of a column and a row is an outer one, for which BLAS is slow
                (np.multiply if len(delta) == 1 else np.matmul)(weight_t, delta, out=below)
        return value


class _Unit(Protocol):
    """Activations of one layer: `apply` them in place, then `chain` their slopes into a gradient in place."""

    def apply(self, z: Floats) -> None: ...

    def chain(self, delta: Floats) -> None: ...


class _TwoSlopes:
    def __init__(self, left: Floats, right: Floats, batch: int) -> None:
        self._left, self._rise = left[:, None], (right - left)[:, None]
        self._slope = np.empty((len(left), batch))

    def apply(self, z: Floats) -> None:
        np.multiply(z > 0, self._rise, out=self._slope)
        np.add(self._slope, self._left, out=self._slope)
        np.multiply(z, self._slope, out=z)

    def chain(self, delta: Floats) -> None:
        np.multiply(delta, self._slope, out=delta)


class _Relu:
    def __init__(self, width: int, batch: int) -> None:
        self._active, self._slope = np.empty((width, batch), dtype=bool), np.empty((width, batch))

    def apply(self, z: Floats) -> None:
        np.greater(z, 0, out=self._active)
        np.maximum(z, 0, out=z)

    def chain(self, delta: Floats) -> None:
        np.copyto(self._slope, self._active)  # and not at once: NumPy multiplies numbers by truth values slowly
        np.multiply(delta, self._slope, out=delta)


def _unit(activations: Sequence[TwoSlope], batch: int) -> _Unit | None:
    if all(a == IDENTITY for a in activations):
        return None
    if all(a == RELU for a in activations):
        return _Relu(len(activations), batch)
    left, right = (
        np.array([nearest_float(s) for s in side]) for side in zip(*((a.left, a.right) for a in activations))
    )
    return _TwoSlopes(left, right, batch)
