"""Optimizers, each a few lines: they change a flat parameter vector in place, given its gradient."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from pwlin.training.backprop import Floats


class Optimizer(Protocol):
    """What the training loop needs."""

    def step(self, theta: Floats, gradient: Floats) -> None:
        """Update `theta` in place; `gradient` may be overwritten."""


class Sgd:
    """Stochastic gradient descent, with PyTorch's momentum: ``v = momentum v + g``, ``theta -= lr v``."""

    def __init__(self, size: int, lr: float, momentum: float = 0.0) -> None:
        self._lr, self._momentum = lr, momentum
        self._velocity = np.zeros(size)

    def step(self, theta: Floats, gradient: Floats) -> None:
        """Update `theta` in place."""
        if self._momentum:
            self._velocity *= self._momentum
            self._velocity += gradient
            np.multiply(self._velocity, self._lr, out=gradient)
        else:
            np.multiply(gradient, self._lr, out=gradient)
        np.subtract(theta, gradient, out=theta)


class Adam:
    """Adam with the constants of Kingma & Ba (2015): 0.9, 0.999 and 1e-8."""

    def __init__(self, size: int, lr: float) -> None:
        self._lr, self._t = lr, 0
        self._mean, self._square, self._work = np.zeros(size), np.zeros(size), np.empty(size)

    def step(self, theta: Floats, gradient: Floats) -> None:
        """Update `theta` in place; overwrites `gradient`."""
        self._t += 1
        mean, square, work = self._mean, self._square, self._work
        np.subtract(gradient, mean, out=work)
        np.multiply(work, 0.1, out=work)
        np.add(mean, work, out=mean)
        np.multiply(gradient, gradient, out=gradient)
        np.subtract(gradient, square, out=work)
        np.multiply(work, 0.001, out=work)
        np.add(square, work, out=square)
        np.sqrt(square, out=work)
        np.multiply(work, 1 / math.sqrt(1 - 0.999**self._t), out=work)
        np.add(work, 1e-8, out=work)
        np.divide(mean, work, out=work)
        np.multiply(work, self._lr / (1 - 0.9**self._t), out=work)
        np.subtract(theta, work, out=theta)
