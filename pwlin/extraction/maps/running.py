"""Sums over the neurons that are active, kept from one pattern to the next: only those that flip are added."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class RunningSums:
    """Sums of the rows of a table where masks are set; its entries are such that no sum of them rounds.

    Parameters
    ----------
    rows : ndarray of float64, shape (neurons, entries)
    start : ndarray of float64, shape (entries,), optional
        What is added to every sum; zeros by default.
    """

    def __init__(self, rows: Floats, start: Floats | None = None) -> None:
        self._rows = rows
        self._mask = np.zeros(len(rows), dtype=np.bool_)
        self._sum = np.zeros(rows.shape[1]) if start is None else start

    def __call__(self, masks: Bools) -> Floats:
        """The sums for masks that follow one another and those asked for before, shape (masks, entries)."""
        from scipy.sparse import csr_matrix

        before = np.concatenate([self._mask[None], masks[:-1]])
        flips = np.flatnonzero(masks != before)
        row, neuron = np.divmod(flips, masks.shape[1])
        ends = np.searchsorted(row, np.arange(len(masks) + 1))
        steps = np.where(masks[row, neuron], 1.0, -1.0)
        sums = csr_matrix((steps, neuron, ends), shape=masks.shape) @ self._rows
        sums[0] += self._sum
        for last, following in pairwise(sums):  # much faster than np.cumsum along this axis
            following += last
        self._mask, self._sum = masks[-1].copy(), sums[-1].copy()
        return np.asarray(sums)
