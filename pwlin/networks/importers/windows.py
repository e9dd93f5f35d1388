"""Sliding windows: which entries of an array a convolution or a pooling sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pwlin.networks.importers.refusals import unread

Indices = NDArray[np.int64]
_MOST = 1 << 23


@dataclass(frozen=True)
class Sliding:
    """How windows slide over the spatial axes of an array.

    Attributes
    ----------
    kernel, stride, dilation : sequence of int, one per axis
    pads : sequence of pairs
        Before and after each axis.
    ceil : bool
        Whether a last window may begin inside the array and end beyond the padding.
    """

    kernel: Sequence[int]
    stride: Sequence[int]
    pads: Sequence[tuple[int, int]]
    dilation: Sequence[int]
    ceil: bool = False


def windows(size: Sequence[int], sliding: Sliding) -> tuple[tuple[int, ...], Indices, Indices]:
    """The windows of an array, in any number of dimensions.

    Parameters
    ----------
    size : sequence of int, one per axis
    sliding : Sliding

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
    each = zip(size, sliding.kernel, sliding.stride, sliding.pads, sliding.dilation, strict=True)
    for n, k, s, (before, after), d in each:
        if min(k, s, d) < 1 or min(before, after) < 0 or n < 1:
            found = f"windows of size {k}, stride {s}, dilation {d} and padding ({before}, {after})"
            raise unread("model", found, "are sizes, strides and dilations from 1 and paddings from 0")
        room = n + before + after - d * (k - 1) - 1
        steps = (-(-room // s) if sliding.ceil else room // s) + 1
        if sliding.ceil and (steps - 1) * s >= n + before:
            steps -= 1
        if steps < 1:
            raise unread("model", f"a window of {k} entries on an axis of {n}", "are windows that fit")
        _check_size(steps * k)
        at = np.arange(steps)[:, None] * s - before + np.arange(k)[None, :] * d
        counts.append((at < n + after).sum(axis=1))
        axes.append(np.where((at >= 0) & (at < n), at, -1))
    _check_size(math.prod(a.size for a in axes))
    padded = np.ones(1, dtype=np.int64)
    for count in counts:
        padded = np.multiply.outer(padded, count).ravel()
    return tuple(len(a) for a in axes), _crossed(axes, size), padded


def adaptive_windows(size: Sequence[int], out: Sequence[int]) -> Indices:
    """PyTorch's windows for a given number of outputs along each axis; -1 fills the shorter ones."""
    axes = []
    for n, m in zip(size, out, strict=True):
        spans = [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
        longest = max(b - a for a, b in spans)
        axes.append(np.array([[j if j < b else -1 for j in range(a, a + longest)] for a, b in spans]))
    return _crossed(axes, size)


def _crossed(axes: Sequence[Indices], size: Sequence[int]) -> Indices:
    """The windows of all axes together, from those of each axis, shape (steps, kernel entries)."""
    table = np.zeros((1, 1), dtype=np.int64)
    for at, n in zip(axes, size):
        inside = (table[:, None, :, None] >= 0) & (at[None, :, None, :] >= 0)
        joined = np.where(inside, table[:, None, :, None] * n + at[None, :, None, :], -1)
        table = joined.reshape(len(table) * len(at), -1)
    return table


def _check_size(count: int) -> None:
    if count > _MOST:
        raise unread("model", f"windows of more than {_MOST} entries", "are fewer")


def per_channel(table: Indices, channels: int, size: int) -> Indices:
    """The windows of each channel of an array with its channels first: shape (channels, windows, kernel entries)."""
    return np.where(table >= 0, table + size * np.arange(channels)[:, None, None], -1)
