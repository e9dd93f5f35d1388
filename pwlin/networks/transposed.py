"""Weights the other way round: shape (n_in, n_out), as Keras has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def fit_transposed(weights: Sequence[object], biases: Sequence[object]) -> bool:
    """Whether the transposed weights of layers would fit one another and the biases."""
    try:
        shapes = [np.shape(w) for w in weights]  # type: ignore[call-overload]
        sizes = [None if b is None else np.shape(b) for b in biases]  # type: ignore[call-overload]
    except (TypeError, ValueError):  # rows of different lengths
        return False
    if any(len(shape) != 2 for shape in shapes):
        return False
    chained = all(before[1] == after[0] for before, after in zip(shapes, shapes[1:]))
    return chained and all(size in (None, (n_out,)) for (_, n_out), size in zip(shapes, sizes, strict=True))
