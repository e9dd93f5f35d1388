"""Descent over splines with free knots: knots as lengths of pieces, so that they stay in order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pwlin.comparison.best.spline import Array

_ITERATIONS = 400


def knots_of(weights: Array, low: float, high: float) -> Array:
    lengths = np.exp(weights - np.max(weights))
    knots = low + (high - low) * np.concatenate([[0.0], np.cumsum(lengths)]) / np.sum(lengths)
    knots[-1] = high
    return knots


def by_weights(by_knots: Array, knots: Array) -> Array:
    """Gradient with respect to the weights from that with respect to the inner knots."""
    lengths = np.diff(knots)
    later = np.concatenate([np.cumsum(by_knots[::-1])[::-1], [0.0]])
    return np.asarray(lengths * (later - np.sum(lengths * later) / np.sum(lengths)))


def increasing(knots: Array) -> bool:
    return bool(np.all(np.diff(knots) > 0))


def minimised(objective: Callable[[Array], tuple[float, Array]], start: Array, accuracy: float) -> Array:
    from scipy.optimize import minimize

    if len(start) == 1:
        return start
    options = {"maxiter": _ITERATIONS, "gtol": accuracy}
    with np.errstate(all="ignore"):
        result = minimize(objective, start, jac=True, method="BFGS", options=options)
    return np.asarray(result.x, dtype=np.float64)
