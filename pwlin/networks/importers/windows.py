"""Sliding windows: which entries of an array a convolution or a pooling sees."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import UnsupportedLayerError
from pwlin.networks.importers.refusals import unread

Indices = NDArray[np.int64]
_MOST = 1 << 23


def windows(
    size: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    pads: Sequence[tuple[int, int]],
    dilation: Sequence[int],
    *,
    ceil: bool = False,
) -> tuple[tuple[int, ...], Indices, Indices]:
    """The windows of an array, in any number of dimensions.

    Parameters
    ----------
    size, kernel, stride, dilation : sequence of int, one per axis
    pads : sequence of pairs
        Before and after each axis.
    ceil : bool
        Whether a last window may begin inside the array and end beyond the padding.

    Returns
    -------
    shape : tuple of int
        How many windows there are along each axis.
    table : ndarray of int64, shape (windows, kernel entries)
        Places of the entries in C order, -1 outside the array.
    padded : ndarray of int64, shape (windows,)
        How many entries each window has within the array and its padding.
    """
    axes, counts = [], []
    for n, k, s, (before, after), d in zip(size, kernel, stride, pads, dilation, strict=True):
        if min(k, s, d) < 1 or min(before, after) < 0 or n < 1:
            raise UnsupportedLayerError(
                f"model: found windows of size {k}, stride {s}, dilation {d} and padding ({before}, {after}); accepted are "
                "sizes, strides and dilations from 1 and paddings from 0"
            )
        room = n + before + after - d * (k - 1) - 1
        steps = (-(-room // s) if ceil else room // s) + 1
        if ceil and (steps - 1) * s >= n + before:
            steps -= 1
        if steps < 1:
            raise unread("model", f"a window of {k} entries on an axis of {n}", "are windows that fit")
        if steps * k > _MOST:
            raise _too_many()
        at = np.arange(steps)[:, None] * s - before + np.arange(k)[None, :] * d
        counts.append((at < n + after).sum(axis=1))
        axes.append(np.where((at >= 0) & (at < n), at, -1))
    if math.prod(a.size for a in axes) > _MOST:
        raise _too_many()
    table, padded = np.zeros((1, 1), dtype=np.int64), np.ones(1, dtype=np.int64)
    for at, count, n in zip(axes, counts, size):
        inside = (table[:, None, :, None] >= 0) & (at[None, :, None, :] >= 0)
        joined = np.where(inside, table[:, None, :, None] * n + at[None, :, None, :], -1)
        table = joined.reshape(len(table) * len(at), -1)
        padded = np.multiply.outer(padded, count).ravel()
    return tuple(len(a) for a in axes), table, padded


def _too_many() -> UnsupportedLayerError:
    return unread("model", f"windows of more than {_MOST} entries", "are fewer")


def per_channel(table: Indices, channels: int, size: int) -> Indices:
    """The windows of each channel of an array with its channels first: shape (channels, windows, kernel entries)."""
    return np.where(table >= 0, table + size * np.arange(channels)[:, None, None], -1)
