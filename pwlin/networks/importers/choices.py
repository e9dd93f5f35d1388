"""What a model chooses by comparing: one of two where a condition holds, and entries in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import AffineRows, Indices, Wire


@dataclass(frozen=True, eq=False)
class Condition:
    """Where a wire is positive, or at least zero."""

    wire: Wire
    strict: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        """The wire's."""
        return self.wire.shape

    def opposite(self) -> Condition:
        """Where it does not hold."""
        return Condition(self.wire.scaled(-1), not self.strict)


def chosen(condition: Condition, yes: Wire, no: Wire, name: str) -> Wire:
    """One wire where a condition holds, the other one elsewhere, if that is continuous.

    That is seen where their difference is a multiple of what is compared with zero: ``no + factor * relu(compared)`` then.
    """
    shape = np.broadcast_shapes(condition.shape, yes.shape, no.shape)
    compared, apart, out = condition.wire.broadcast(shape), yes.minus(no).broadcast(shape), no.broadcast(shape)
    factors = np.zeros(compared.size, dtype=object)
    settled = np.zeros(compared.size, dtype=bool)
    for i, (own, other) in enumerate(zip(_rows(apart.affine), _rows(compared.affine), strict=True)):
        if set(other) <= {-1}:  # nothing that is compared depends on the input
            value = other.get(-1, 0)
            settled[i] = value > 0 or (value == 0 and not condition.strict)
        elif own:
            at, first = next(iter(other.items()))
            factors[i] = own.get(at, Fraction(0)) / first
            if {k: v * factors[i] for k, v in other.items() if factors[i]} != own:
                found = "a choice between two values that are not seen to be equal where the condition changes"
                raise unread(name, found, "are continuous ones such as where(x > 0, x, 0.1 * x)")
    if factors.any():
        out = out.plus(compared.relu(name).scaled(factors.reshape(shape)))
    return out.plus(apart.gather(np.where(settled.reshape(shape), apart.places, -1))) if settled.any() else out


def _rows(maps: AffineRows) -> Iterator[dict[int, Fraction]]:
    """The coefficients of each row that are not zero, by variables; -1 is the constant."""
    rows, values = maps.rows, maps.rows.values.tolist()
    columns, bias = rows.columns.tolist(), maps.bias.tolist()
    for i, (start, stop) in enumerate(zip(rows.starts[:-1].tolist(), rows.starts[1:].tolist())):
        out = {columns[j]: Fraction(values[j], maps.den) for j in range(start, stop)}
        if bias[i]:
            out[-1] = Fraction(bias[i], maps.den)
        yield out


def ordered(x: Wire, table: Indices, name: str) -> Wire:
    """The entries of each row of a table of places, the smallest first, in the table's shape.

    By Batcher's merge exchange, one unit for each pair that is compared (Knuth, "The Art of Computer Programming", 5.2.2,
    algorithm M).
    """
    now = x.gather(table)
    for pairs in _exchanges(table.shape[1]):
        first, second = np.array(pairs).T
        a, b = now.gather(now.places[:, first]), now.gather(now.places[:, second])
        more = a.minus(b).relu(name)
        index = now.places
        size = len(table) * len(pairs)
        index[:, first] = now.size + np.arange(size).reshape(-1, len(pairs))
        index[:, second] = index[:, first] + size
        now = now.chain.joined([now, a.minus(more), b.plus(more)]).gather(index)
    return now


def _exchanges(n: int) -> Iterator[list[tuple[int, int]]]:
    """Pairs of places that are compared at the same time, step by step."""
    top = 1 << max((n - 1).bit_length() - 1, 0)
    p = top if n > 1 else 0
    while p:
        q, r, d = top, 0, p
        while True:
            pairs = [(i, i + d) for i in range(n - d) if i & p == r]
            if pairs:
                yield pairs
            if q == p:
                break
            d, q, r = q - p, q // 2, p
        p //= 2
