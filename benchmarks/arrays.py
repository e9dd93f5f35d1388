"""Weights and biases of the networks that are measured, and the yardstick; needs NumPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Arrays = tuple[list[Floats], list[Floats]]


def uniform(sizes: tuple[int, ...], seed: int) -> Arrays:
    """U(-k, k) weights and then biases, k = 1 / sqrt(n_in), drawn layer by layer."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n_in, n_out in zip(sizes, sizes[1:]):
        k = 1 / np.sqrt(n_in)
        weights.append(rng.uniform(-k, k, (n_out, n_in)))
        biases.append(rng.uniform(-k, k, n_out))
    return weights, biases


def he(sizes: tuple[int, ...], seed: int) -> Arrays:
    """N(0, 2 / n_in) weights and U(-k, k) biases, k = 1 / sqrt(n_in): regions grow with depth, and so do errors of floats."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n_in, n_out in zip(sizes, sizes[1:]):
        weights.append(rng.normal(0, np.sqrt(2 / n_in), (n_out, n_in)))
        biases.append(rng.uniform(-1, 1, n_out) / np.sqrt(n_in))
    return weights, biases


def ternary(sizes: tuple[int, ...], seed: int) -> Arrays:
    """Weights and biases -1, 0 or 1."""
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes, sizes[1:]))
    weights = [rng.integers(-1, 2, (n_out, n_in)).astype(float) for n_in, n_out in pairs]
    return weights, [rng.integers(-1, 2, n_out).astype(float) for _, n_out in pairs]


def eighths(sizes: tuple[int, ...], seed: int) -> Arrays:
    """The uniform weights and biases, rounded to eighths."""
    weights, biases = uniform(sizes, seed)
    return [np.round(8 * w) / 8 for w in weights], [np.round(8 * b) / 8 for b in biases]


def tent(levels: int) -> Arrays:
    """The tent map on the line composed with itself: 2 ** levels pieces on [0, 1]."""
    first, inner = np.array([[1.0], [1.0]]), np.array([[2.0, -4.0]] * 2)
    bias = np.array([0.0, -0.5])
    return [first, *[inner] * (levels - 1), inner[:1]], [*[bias] * levels, np.zeros(1)]


def plane_tents(levels: int) -> Arrays:
    """Both coordinates through the tent map: 4 ** levels regions on [0, 1]^2."""
    first = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    inner = np.array([[2.0, -4, 0, 0], [2, -4, 0, 0], [0, 0, 2, -4], [0, 0, 2, -4]])
    bias = np.array([0, -0.5, 0, -0.5])
    return [first, *[inner] * (levels - 1), np.array([[2.0, -4, 2, -4]])], [*[bias] * levels, np.zeros(1)]


def evaluate(arrays: Arrays, points: Floats) -> Floats:
    """The yardstick: a ReLU network in plain NumPy, all points at once."""
    weights, biases = arrays
    values = points
    for w, b in zip(weights[:-1], biases[:-1]):
        values = np.maximum(values @ w.T + b, 0)
    return values @ weights[-1].T + biases[-1]
