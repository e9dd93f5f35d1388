"""The exact affine maps of the outputs in many regions, one after another, in limbs.

With masks m of active neurons, weights W and readout R, the gradient in a region is ``R m_l W_l m_(l-1) W_(l-1) ... m_0 W_0``.
Regions that follow one another differ in few neurons, mostly of the last layers. So what masks of zeros and ones do to long
integers that are the same for all regions, ``R m_l W_l`` and ``W_1 m_0 W_0``, is kept as a sum, to which those of the neurons
that flip are added; the maps below the last two masks are made once for each run of regions that share the masks there. Both
sides meet at the mask in the middle, in a product of short rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pwlin.exact.limbs import TERMS, Limbs, carried, multiply, product, split
from pwlin.extraction.maps.running import Bools, RunningSums
from pwlin.networks.maps import DenseWeight
from pwlin.networks.network import Network

_AT_ONCE = 1 << 17
"""About so many entries of rows are worked on at a time, so that all their limbs stay in the cache."""
_MOST_KEPT = 1 << 22
"""Tables of more entries than this are not made."""


_MOST_BITS = 168
"""Weights of more bits are multiplied one after the other."""


def suits(network: Network) -> bool:
    """Whether the network is one of rectified linear units with dense weights of moderate size."""
    hidden, size = network.hidden, network.input_dim + 1
    if not hidden or any(layer.sparse is not None for layer in network.layers):
        return False
    if not all(layer.is_relu for layer in hidden):
        return False
    widths = [layer.n_out for layer in hidden]
    last = widths[-1] * (widths[-2] + 1 if len(widths) > 1 else size) * network.output_dim
    first = widths[0] * widths[1] * size if len(widths) > 2 else 0
    return max(first, last) <= _MOST_KEPT and all(layer.bits < _MOST_BITS for layer in network.layers)


class AllMaps:
    """Makes the maps of outputs of a network that `suits`, in regions that are best told in their order.

    Parameters
    ----------
    network : Network
    output : int, optional
        The only one of the outputs that is wanted.
    """

    def __init__(self, network: Network, output: int | None = None) -> None:
        wanted = slice(None) if output is None else slice(output, output + 1)
        self._size, self._widths = network.input_dim + 1, network.sizes
        self._unit = [split(np.array([den], dtype=object))[:, 0] for den in network.denominators]
        self._weights = [DenseWeight.of(layer).limbs for layer in network.layers]
        self._weights[-1] = self._weights[-1][:, wanted]
        self._outputs, depth = self._weights[-1].shape[1], len(network.hidden)
        readout, last = self._weights[-1][:, :, :-1], self._weights[depth - 1]
        table = multiply(*_broadcast(readout[:, :, :, None], last[:, None]))
        self._last = _rows(np.moveaxis(table, 2, 1))
        self._first = None
        if depth > 2:
            weight, below = self._weights[1][:, :, :-1], self._weights[0]
            table = multiply(*_broadcast(np.moveaxis(weight, 2, 1)[:, :, :, None], below[:, :, None]))
            self._first = _rows(table)

    def limbs(self, patterns: Sequence[Bools]) -> Limbs:
        """Rows (gradient, offset) of each output in each region, over the network's last denominator.

        Parameters
        ----------
        patterns : sequence of bool arrays, patterns[k] of shape (n, widths[k])

        Returns
        -------
        ndarray of shape (limbs, n, outputs, inputs + 1)
        """
        count = len(patterns[0])
        step = max(16, _AT_ONCE // max(self._widths))
        sums = _Sums(self._last), None if self._first is None else _Sums(self._first)
        parts = [self._block([bits[at : at + step] for bits in patterns], *sums) for at in range(0, count, step)]
        longest = max(map(len, parts))
        out = np.zeros((longest, count, self._outputs, self._size))
        start = 0
        for part in parts:
            out[: len(part), start : start + part.shape[1]] = part
            start += part.shape[1]
        return out

    def _block(self, patterns: Sequence[Bools], last: _Sums, first: _Sums | None) -> Limbs:
        count, depth = len(patterns[0]), len(patterns)
        above = last(patterns[-1]).reshape(-1, count, self._outputs, self._widths[-2] + 1 if depth > 1 else self._size)
        if depth == 1:
            found = above
        else:
            runs, maps = self._below(patterns[:-2], count, first)
            found = self._met(above[..., :-1] * patterns[-2][:, None], runs, maps)
            found = _plus(found, multiply(*_broadcast(above[..., -1], self._unit[depth - 1][:, None, None])))
        bias = multiply(
            self._weights[-1][:, :, -1],
            np.broadcast_to(self._unit[depth][:, None], (len(self._unit[depth]), self._outputs)),
        )
        return _plus(found, np.broadcast_to(bias[:, None], (len(bias), count, self._outputs)))

    def _below(self, patterns: Sequence[Bools], count: int, first: _Sums | None) -> tuple[list[int], Limbs]:
        """The maps of the neurons at the mask in the middle for each run of regions, and where runs begin.

        Shape (limbs, runs, neurons, inputs + 1).
        """
        maps, begin = self._weights[0][:, None], np.zeros(1, dtype=np.int64)
        changes = np.zeros(count, dtype=np.bool_)
        changes[0] = True
        for k, bits in enumerate(patterns):
            changes[1:] |= (bits[1:] != bits[:-1]).any(axis=1)
            new = np.flatnonzero(changes)
            if k == 0 and first is not None:
                maps = first(bits[new]).reshape(-1, len(new), self._widths[1], self._size)
            else:
                masked = maps[:, np.searchsorted(begin, new, side="right") - 1] * bits[new][:, :, None]
                columns = np.moveaxis(masked, 3, 2).reshape(len(masked), -1, self._widths[k])
                maps = product(columns, np.moveaxis(self._weights[k + 1][:, :, :-1], 1, 2))
                maps = np.moveaxis(maps.reshape(len(maps), len(new), self._size, -1), 2, 3)
            bias = self._weights[k + 1][:, :, -1]
            bias = multiply(*_broadcast(bias, self._unit[k + 1][:, None]))
            maps = _plus(maps, np.broadcast_to(bias[:, None], (len(bias), *maps.shape[1:3])))
            begin = new
        return begin.tolist(), maps

    def _met(self, above: Limbs, runs: list[int], maps: Limbs) -> Limbs:
        """Products of rows, shape (limbs, regions, outputs, neurons), with the maps of their run."""
        (many, count, outputs, width), more = above.shape, len(maps)
        rows = np.moveaxis(above, 0, 1).reshape(count, -1, width)
        tables = np.moveaxis(maps, 0, 2).reshape(len(runs), width, -1)
        ends, step = [*runs[1:], count], TERMS // min(many, more)
        sums = np.zeros((many + more - 1, count, outputs, self._size))
        found = np.empty((count, rows.shape[1], tables.shape[2]))
        for at in range(0, width, step):
            part = slice(at, at + step)
            for table, start, stop in zip(tables[:, part], runs, ends):
                here = found[start:stop].reshape(-1, found.shape[2])
                np.matmul(rows[start:stop, :, part].reshape(len(here), -1), table, out=here)
            terms = np.moveaxis(found.reshape(count, many, outputs, more, self._size), (1, 3), (0, 1))
            for i, term in enumerate(terms):
                sums[i : i + more] += term
            sums = carried(sums)
        return sums


class _Table(NamedTuple):
    """Rows of integers, all limbs of a row one after the other, and the number of limbs."""

    rows: Limbs
    limbs: int


def _rows(table: Limbs) -> _Table:
    """Of limbs of shape (limbs, rows, ...)."""
    flat = table.reshape(*table.shape[:2], -1)
    return _Table(np.ascontiguousarray(np.moveaxis(flat, 0, 1).reshape(flat.shape[1], -1)), len(table))


class _Sums:
    """Sums of the rows of a table where masks are set, in limbs."""

    def __init__(self, table: _Table) -> None:
        self._limbs = table.limbs
        self._sums = RunningSums(table.rows)

    def __call__(self, masks: Bools) -> Limbs:
        """The sums for each mask, shape (limbs, masks, entries of a row)."""
        sums = self._sums(masks).reshape(len(masks), self._limbs, -1)
        return carried(np.ascontiguousarray(np.moveaxis(sums, 1, 0)))


def _broadcast(a: Limbs, b: Limbs) -> tuple[Limbs, Limbs]:
    """Both with the same shape but for the number of limbs."""
    shape = np.broadcast_shapes(a.shape[1:], b.shape[1:])
    return np.broadcast_to(a, (len(a), *shape)), np.broadcast_to(b, (len(b), *shape))


def _plus(values: Limbs, offsets: Limbs) -> Limbs:
    """With something added to the last entries, the offsets."""
    out = np.zeros((max(len(values), len(offsets)), *values.shape[1:]))
    out[: len(values)] = values
    out[: len(offsets), ..., -1] += offsets
    return carried(out)
