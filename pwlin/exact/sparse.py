"""Sparse matrices of integers, and their exact products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import LIMIT, compact, is_small, magnitude, multiply, scale, wide
from pwlin.exact.rational import ExactArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Indices = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """A matrix of integers that keeps those that are not zero, row by row, columns in ascending order.

    Attributes
    ----------
    shape : tuple of int
    starts : ndarray of int64, shape (rows + 1,)
        Row i has the entries ``starts[i]`` to ``starts[i + 1]``.
    columns : ndarray of int64
    values : ndarray of int64 or Python int
    """

    shape: tuple[int, int]
    starts: Indices
    columns: Indices
    values: ExactArray

    @staticmethod
    def of_entries(rows: Indices, columns: Indices, values: ExactArray, shape: tuple[int, int]) -> SparseMatrix:
        """From entries in any order; those at one place are added."""
        key = rows * shape[1] + columns
        if len(key) > 1 and not (key[1:] > key[:-1]).all():
            order = np.argsort(key, kind="stable")
            key, values = key[order], values[order]
            fresh = np.concatenate([[True], key[1:] != key[:-1]])
            if not fresh.all():
                starts = np.flatnonzero(fresh)
                key, values = key[starts], _sums(values, starts)
        kept = np.asarray(values != 0, dtype=bool)
        if not kept.all():
            key, values = key[kept], values[kept]
        rows, columns = np.divmod(key, max(shape[1], 1))
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))]).astype(np.int64)
        return SparseMatrix(shape, starts, columns, compact(values))

    @staticmethod
    def of_dense(matrix: ExactArray) -> SparseMatrix:
        """The same matrix without its zeros."""
        rows, columns = np.nonzero(matrix)
        return SparseMatrix.of_entries(rows, columns, matrix[rows, columns], (matrix.shape[0], matrix.shape[1]))

    @staticmethod
    def stacked(parts: Sequence[SparseMatrix]) -> SparseMatrix:
        """Matrices on the same columns, one below the other."""
        starts = [np.zeros(1, dtype=np.int64)]
        for part in parts:
            starts.append(part.starts[1:] + starts[-1][-1])
        values = [part.values for part in parts]
        small = all(map(is_small, values))
        shape = (sum(part.shape[0] for part in parts), max(part.shape[1] for part in parts))
        return SparseMatrix(
            shape,
            np.concatenate(starts),
            np.concatenate([part.columns for part in parts]),
            np.concatenate(values if small else [wide(v) for v in values]),
        )

    @property
    def size(self) -> int:
        """How many entries are kept."""
        return len(self.columns)

    @cached_property
    def rows(self) -> Indices:
        """The row of each entry."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.starts))

    def dense(self) -> ExactArray:
        """The whole matrix."""
        out = np.zeros(self.shape, dtype=self.values.dtype)
        out[self.rows, self.columns] = self.values
        return out

    def with_values(self, values: ExactArray) -> SparseMatrix:
        """Other integers at the same places; zeros among them are left out."""
        return SparseMatrix.of_entries(self.rows, self.columns, values, self.shape)

    def scaled(self, factor: int) -> SparseMatrix:
        """Times one integer that is not zero."""
        return SparseMatrix(self.shape, self.starts, self.columns, scale(self.values, factor))

    def take(self, rows: Indices | Sequence[int]) -> SparseMatrix:
        """Some of the rows, in any order; an empty row for an index of -1."""
        rows = np.asarray(rows, dtype=np.int64)
        absent = rows < 0
        lengths = np.where(absent, 0, self.starts[rows + 1] - self.starts[rows])
        at = spans(self.starts[rows], lengths)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return SparseMatrix((len(rows), self.shape[1]), starts, self.columns[at], self.values[at])

    def on_columns(self, places: Indices, count: int) -> SparseMatrix:
        """With column ``places[j]`` of so many in place of column j."""
        return SparseMatrix.of_entries(self.rows, places[self.columns], self.values, (self.shape[0], count))

    def after(self, inner: SparseMatrix) -> SparseMatrix:
        """The product with another matrix on its right; cost linear in the products of single entries."""
        lengths = np.diff(inner.starts)[self.columns]
        at = spans(inner.starts[self.columns], lengths)
        values = multiply(np.repeat(self.values, lengths), inner.values[at])
        shape = (self.shape[0], inner.shape[1])
        return SparseMatrix.of_entries(np.repeat(self.rows, lengths), inner.columns[at], values, shape)

    def dot(self, values: ExactArray) -> ExactArray:
        """The product with a vector or with the columns of a matrix, exact."""
        out_shape = (self.shape[0], *values.shape[1:])
        if self.size == 0:
            return np.zeros(out_shape, dtype=np.int64)
        factors = self.values if values.ndim == 1 else self.values[:, None]
        terms = multiply(factors, values[self.columns])
        filled = np.flatnonzero(np.diff(self.starts))
        sums = _sums(terms, self.starts[filled])
        out = np.zeros(out_shape, dtype=sums.dtype)
        out[filled] = sums
        return out

    def transposed(self) -> SparseMatrix:
        """The transpose."""
        return SparseMatrix.of_entries(self.columns, self.rows, self.values, (self.shape[1], self.shape[0]))

    def as_csr(self, values: NDArray[np.float64]) -> csr_matrix:
        """A matrix for SciPy with other values at the same places."""
        from scipy.sparse import csr_matrix

        return csr_matrix((values, self.columns, self.starts), shape=self.shape)


def spans(starts: Indices, lengths: Indices) -> Indices:
    """Runs of consecutive integers, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def _sums(values: ExactArray, starts: Indices) -> ExactArray:
    """Sums of runs that start at these places, along the first axis; exact."""
    if is_small(values) and magnitude(values) * len(values) >= LIMIT:
        longest = int(np.diff(np.append(starts, len(values))).max())
        if magnitude(values) * longest >= LIMIT:
            values = wide(values)
    return np.asarray(np.add.reduceat(values, starts, axis=0))
