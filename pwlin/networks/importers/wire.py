"""Arrays of exact affine functions on the way through a model.

A wire's entries are affine in *variables*: the model's inputs and the outputs of units. A variable has a depth: 0 for inputs,
for a unit one more than the deepest variable that it depends on, and that is its layer. What a later layer needs of an earlier
one is carried along in between, behind the units. So a residual is carried, a concatenation gathers, a clipping is two units,
``max(a, b) = b + relu(a - b)``, and a max-pool is a tree of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.exact.dyadic import dyadic
from pwlin.exact.integers import add, compact, multiply, scale, wide
from pwlin.exact.rational import ExactArray, common_denominator, to_fraction
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.activation import RELU, TwoSlope
from pwlin.networks.importers.refusals import unread

if TYPE_CHECKING:
    from pwlin.networks.importers.chain import Chain

Array = NDArray[np.generic]
Indices = NDArray[np.int64]
Shape = tuple[int, ...]
_LONG = 1 << 16
"""Common denominators of reciprocals from which these are rounded instead."""
_MOST = 1 << 21  # entries of one array
_MOST_TERMS = 1 << 26  # of one sum after the other


@dataclass(frozen=True, eq=False)
class AffineRows:
    """Rows of integers on the variables and a bias, over one denominator."""

    rows: SparseMatrix
    bias: ExactArray
    den: int

    @staticmethod
    def stacked(maps: Sequence[AffineRows]) -> AffineRows:
        """All rows one below the other, over a common denominator."""
        den = math.lcm(*(m.den for m in maps))
        rows = SparseMatrix.stacked([m.rows.scaled(den // m.den) for m in maps])
        return AffineRows(rows, compact(np.concatenate([wide(scale(m.bias, den // m.den)) for m in maps])), den)

    @property
    def columns(self) -> Indices:
        """The variables in it."""
        return self.rows.columns

    def take(self, index: Indices) -> AffineRows:
        """Some of the rows."""
        return AffineRows(self.rows.take(index), self.bias[index], self.den)

    def affine(self) -> AffineRows:
        """Itself; see `Product`."""
        return self


@dataclass(frozen=True, eq=False)
class Product:
    """A matrix and a bias of floats on some variables: a dense layer as it was found."""

    weight: NDArray[np.float64]
    variables: Indices
    bias: NDArray[np.float64]

    @property
    def columns(self) -> Indices:
        """The variables in it."""
        return self.variables

    def take(self, index: Indices) -> Product:
        """Some of the rows."""
        return Product(self.weight[index], self.variables, self.bias[index])

    def affine(self) -> AffineRows:
        """The same as integers."""
        (w, w_den), (b, b_den) = dyadic(self.weight), dyadic(self.bias)
        den = math.lcm(w_den, b_den)
        r, c = np.nonzero(w)
        width = int(self.variables.max(initial=0)) + 1
        rows = SparseMatrix.of_entries(r, self.variables[c], scale(w, den // w_den)[r, c], (len(w), width))
        return AffineRows(rows, scale(b, den // b_den), den)


@dataclass(frozen=True, eq=False)
class Wire:
    """An array of exact affine functions of a chain's variables.

    Attributes
    ----------
    chain : Chain
    shape : tuple of int
        Without an axis for batches, or with one of length 1, as the model has it.
    map : AffineRows or Product
        One row for each entry, in C order.
    weighted : bool
        Whether the model's own weights are in the map: then no others are multiplied to them.
    """

    chain: Chain
    shape: Shape
    map: AffineRows | Product
    weighted: bool = False

    @cached_property
    def affine(self) -> AffineRows:
        """The map as integers."""
        return self.map.affine()

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)

    @cached_property
    def depth(self) -> int:
        """The depth of the deepest variable."""
        return int(self.chain.depths[self.map.columns].max(initial=0))

    @cached_property
    def variables(self) -> Indices | None:
        """The variable that each entry is, if all are plain variables."""
        if isinstance(self.map, Product):
            return None
        rows = self.map.rows
        plain = rows.size == self.size and (np.diff(rows.starts) == 1).all() and (rows.values == self.map.den).all()
        return rows.columns if plain and not self.map.bias.any() else None

    # -- data movement ------------------------------------------------------------------------------

    @property
    def places(self) -> Indices:
        """The place of each entry in C order, in the wire's shape: what is done to it says what to gather."""
        return np.arange(self.size).reshape(self.shape)

    def reshaped(self, shape: Sequence[int]) -> Wire:
        """The same entries in another shape."""
        return Wire(self.chain, tuple(shape), self.map, self.weighted)

    def gather(self, index: Indices, fill: float = 0.0) -> Wire:
        """Entries by their places in C order, in the shape of `index`; -1 is a zero, or another constant."""
        check_size(index.size)
        flat = np.asarray(index, dtype=np.int64).ravel()
        if len(flat) == self.size and np.array_equal(flat, np.arange(self.size)):
            return self.reshaped(index.shape)
        here = self.affine
        bias = np.where(flat < 0, 0, here.bias[flat]) if self.size else np.zeros(len(flat), dtype=np.int64)
        rows = here.rows.take(flat) if self.size else SparseMatrix.of_dense(np.zeros((len(flat), 1), dtype=np.int64))
        out = Wire(self.chain, index.shape, AffineRows(rows, bias, here.den), self.weighted)
        return out.shifted(np.where(index < 0, fill, 0.0)) if fill else out

    def broadcast(self, shape: Sequence[int]) -> Wire:
        """The entries as often as NumPy's rules say."""
        check_size(math.prod(shape))
        return self.gather(np.broadcast_to(self.places, tuple(shape)))

    # -- arithmetic ---------------------------------------------------------------------------------

    def plus(self, other: Wire) -> Wire:
        """The sum, by NumPy's rules. Of two depths, the shallower one is carried along as it is."""
        shape = np.broadcast_shapes(self.shape, other.shape)
        one, two = self, other
        if one.depth != two.depth:
            one, two = (w.kept() if w.weighted and w.depth < max(one.depth, two.depth) else w for w in (one, two))
        both = AffineRows.stacked([one.broadcast(shape).affine, two.broadcast(shape).affine])
        n = math.prod(shape)
        rows = SparseMatrix.of_entries(
            both.rows.rows % max(n, 1), both.rows.columns, both.rows.values, (n, self.chain.count)
        )
        bias = compact(add(both.bias[:n], both.bias[n:]))
        return Wire(self.chain, shape, AffineRows(rows, bias, both.den), one.weighted or two.weighted)

    def kept(self) -> Wire:
        """Entries that layers carry along as they are, if they are more than plain variables."""
        return self if self.variables is not None else self.chain.carried(self)

    def shifted(self, constant: ArrayLike) -> Wire:
        """With a constant added."""
        return self.plus(self.chain.constant(constant))

    def scaled(self, constant: ArrayLike | Fraction) -> Wire:
        """Times a constant, by NumPy's rules, exactly."""
        factors, factor_den = exact_constant(constant)
        shape = np.broadcast_shapes(self.shape, factors.shape)
        here = self.broadcast(shape).affine
        flat = np.broadcast_to(factors, shape).ravel()
        values = multiply(here.rows.values, flat[here.rows.rows])
        rows = SparseMatrix.of_entries(here.rows.rows, here.rows.columns, values, here.rows.shape)
        bias = compact(multiply(here.bias, flat))
        return Wire(self.chain, shape, AffineRows(rows, bias, here.den * factor_den), self.weighted)

    def divided(self, constant: ArrayLike, name: str) -> Wire:
        """Through a constant; exactly where the reciprocals have a small common denominator, else rounded once."""
        numerators, den = exact_constant(constant)
        if not numerators.all():
            raise unread(name, "a division by zero", "are other numbers")
        whole = [abs(int(v)) for v in np.unique(numerators)]
        odd = math.lcm(*(v // (v & -v) for v in whole)) if len(whole) < 64 else _LONG
        if odd < _LONG:
            reciprocals = np.array([Fraction(den, int(v)) for v in numerators.ravel()], dtype=object)
        else:
            reciprocals = np.array([float(Fraction(den, int(v))) for v in numerators.ravel()])
            self.chain.note(f"{name}: reciprocals of the divisor are rounded to float64")
        return self.scaled(reciprocals.reshape(numerators.shape))

    def minus(self, other: Wire) -> Wire:
        """The difference."""
        return self.plus(other.scaled(-1))

    def combined(self, table: Indices, factors: Array | ExactArray, *, weights: bool) -> Wire:
        """Sums of entries times factors: ``out[i] = sum over k of factors[i, k] * self[table[i, k]]``.

        Parameters
        ----------
        table : ndarray of int, shape (n, m)
            Places in C order; -1 adds nothing.
        factors : ndarray that broadcasts to (n, m)
        weights : bool
            Whether the factors are the model's own weights; these are never multiplied to others.
        """
        check_size(table.size, _MOST_TERMS)
        here = self.kept() if weights and self.weighted else self
        numerators, den = exact_constant(factors)
        row, column = np.nonzero(table >= 0)
        values = np.broadcast_to(numerators, table.shape)[row, column]
        matrix = SparseMatrix.of_entries(row, table[row, column], values, (len(table), max(here.size, 1)))
        if here.variables is not None:
            rows = matrix.on_columns(here.variables, self.chain.count)
            return Wire(self.chain, (len(table),), AffineRows(rows, np.zeros(len(table), dtype=np.int64), den), weights)
        inner = here.affine
        check_size(int(np.diff(inner.rows.starts)[matrix.columns].sum()), _MOST_TERMS)
        combined = AffineRows(matrix.after(inner.rows), compact(matrix.dot(inner.bias)), den * inner.den)
        return Wire(self.chain, (len(table),), combined, weights or here.weighted)

    def dense(self, weight: Array, bias: Array | None) -> Wire:
        """A dense layer on all entries: weight of shape (n, size)."""
        here = self.kept() if self.weighted else self
        n, m = weight.shape
        floats = all(v is None or v.dtype.kind == "f" for v in (weight, bias))
        if here.variables is not None and floats and n and m:
            b = np.zeros(n) if bias is None else bias.astype(np.float64)
            return Wire(self.chain, (n,), Product(weight.astype(np.float64), here.variables, b), True)
        out = here.combined(np.broadcast_to(np.arange(m), (n, m)), weight, weights=True)
        return out if bias is None else out.shifted(bias)

    # -- units --------------------------------------------------------------------------------------

    def units(self, slopes: TwoSlope | Sequence[TwoSlope], name: str) -> Wire:
        """A two-slope unit on each entry."""
        each = [slopes] * self.size if isinstance(slopes, TwoSlope) else list(slopes)
        return self.chain.new(self, each, name)

    def relu(self, name: str) -> Wire:
        """A ReLU on each entry."""
        return self.units(RELU, name)

    def leaky(self, slopes: ArrayLike, name: str) -> Wire:
        """A leaky ReLU on each entry; the slopes below zero broadcast to the wire."""
        below = np.broadcast_to(np.asarray(slopes, dtype=np.float64), self.shape).ravel()
        if not np.isfinite(below).all():
            raise unread(name, "a slope that is infinite or NaN", "are finite slopes")
        known = {v: TwoSlope(Fraction(v), Fraction(1)) for v in np.unique(below).tolist()}
        return self.units([known[v] for v in below.tolist()], name)

    def hard_sigmoid(self, name: str) -> Wire:
        """The sigmoid of three pieces that libraries agree on: ``(x + 3) / 6``, within 0 and 1."""
        return self.shifted(3).clipped(0, 6, name).divided(6, name)

    def maximum(self, other: Wire, name: str) -> Wire:
        """The larger ones, by NumPy's rules."""
        return other.plus(self.minus(other).relu(name))

    def minimum(self, other: Wire, name: str) -> Wire:
        """The smaller ones, by NumPy's rules."""
        return other.minus(other.minus(self).relu(name))

    def clipped(self, low: ArrayLike | None, high: ArrayLike | None, name: str) -> Wire:
        """Between bounds, two units where there are two; ``min(max(x, low), high)`` as NumPy and torch have it."""
        if low is not None and high is not None:
            low = np.minimum(np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64))
            shape = np.broadcast_shapes(self.shape, low.shape, np.shape(high))
            x = self.broadcast(shape)
            lower, upper = (x.shifted(-np.asarray(v, dtype=np.float64)).relu(name) for v in (low, high))
            return lower.minus(upper).shifted(low)
        if low is not None:
            return self.shifted(-np.asarray(low, dtype=np.float64)).relu(name).shifted(low)
        if high is not None:
            return self.scaled(-1).shifted(high).relu(name).scaled(-1).shifted(high)
        return self

    def shrunk(self, bound: float, name: str) -> Wire:
        """Moved towards zero by a bound, and zero within it: the soft shrinkage."""
        return self.minus(self.clipped(-bound, bound, name))

    def largest(self, table: Indices, name: str) -> Wire:
        """The largest entry of each row of a table of places, by a tree of pairs; -1 is left out."""
        counts = (table >= 0).sum(axis=1)
        if not counts.all():
            raise unread(name, "a window that holds padding only", "are windows with an entry")
        table = np.take_along_axis(table, np.argsort(table < 0, axis=1, kind="stable"), axis=1)
        now, places = self, table
        while places.shape[1] > 1:
            if places.shape[1] % 2:
                places = np.concatenate([places, np.full((len(places), 1), -1)], axis=1)
            left, right = places[:, ::2], places[:, 1::2]
            pair = right >= 0
            larger = now.gather(left[pair]).maximum(now.gather(right[pair]), name)
            single = now.gather(left[~pair & (left >= 0)])
            level = np.full(left.shape, -1)
            level[pair] = np.arange(larger.size)
            level[~pair & (left >= 0)] = larger.size + np.arange(single.size)
            now, places = self.chain.joined([larger, single]), level
        return now.gather(places[:, 0])


def check_size(count: int, most: int = _MOST) -> None:
    """Refuse an array of too many entries before there is one: small files can ask for large arrays."""
    if count > most:
        raise unread("model", f"an array of {count} entries on the way", f"are up to {most}")


def exact_constant(value: ArrayLike | Fraction) -> tuple[ExactArray, int]:
    """An array of numbers as integers over one denominator."""
    if isinstance(value, Fraction):
        return np.array(value.numerator), value.denominator
    array = np.asarray(value)
    if array.dtype.kind == "b":
        array = array.astype(np.int64)
    if array.dtype.kind == "f":
        if array.dtype.itemsize > 8:
            raise unread("model", f"constants of type {array.dtype}", "are floats up to float64")
        if not np.isfinite(array).all():
            raise unread("model", "an infinite constant or NaN", "are finite numbers")
        integers, den = dyadic(array.astype(np.float64).reshape(-1))  # a single number would become a plain integer
        return integers.reshape(array.shape), den
    if array.dtype.kind in "iu":
        return compact(array.astype(object) if array.dtype == np.uint64 else array.astype(np.int64)), 1
    if array.dtype == object:
        exact = np.empty(array.shape, dtype=object)
        exact.ravel()[:] = [to_fraction(v) for v in array.ravel()]
        return common_denominator(exact)
    raise unread("model", f"constants of type {array.dtype}", "are real numbers")
