"""Matrix products of integer arrays, exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import LIMIT, compact, is_small, magnitude, wide
from pwlin.exact.limbs import Limbs, join, product, split
from pwlin.exact.rational import ExactArray

if TYPE_CHECKING:
    from flint import fmpz_mat

Where = tuple[NDArray[np.int64], ...]
"""Row and column indices, as from ``np.nonzero``."""
_EXACT_FLOAT = 1 << 53
_MANY = 1 << 16
"""Products of long integers with short ones from which limbs are faster than FLINT, to which all must be brought."""
_FLINT_ADVANTAGE = 16  # about how much faster FLINT multiplies and adds than NumPy does Python integers


def multiply_transposed(a: ExactArray, b: ExactArray) -> ExactArray:
    """The matrix product ``a @ b.T``.

    Small integers go through float64 BLAS or int64 when a bound shows that this is exact, else in limbs; larger ones
    through FLINT. Rows of `a` that change little from one to the next (regions that differ in one neuron) are updated.
    """
    inner = a.shape[1]
    small = is_small(a) and is_small(b)
    if small:
        bound = inner * magnitude(a) * magnitude(b)
        if bound < _EXACT_FLOAT:
            return (a.astype(np.float64) @ b.astype(np.float64).T).astype(np.int64)
        if bound < LIMIT:
            return a @ b.T
    if a.shape[0] == 0 or inner == 0:
        return np.zeros((a.shape[0], b.shape[0]), dtype=np.int64)
    if small:
        return compact(join(product(split(a), split(b.T))))
    used = np.flatnonzero((a != 0).any(axis=0))
    if len(used) < inner:  # units that are off everywhere
        a, b = a[:, used], b[:, used]
    if not len(used):
        return np.zeros((a.shape[0], b.shape[0]), dtype=np.int64)
    short = is_small(b) and a.size * len(b) > _MANY
    a, b = wide(a), wide(b)
    steps = a[1:] - a[:-1]
    where = np.nonzero(steps)
    if len(where[0]) * _FLINT_ADVANTAGE < a.size:
        return compact(_running_product(a, b, steps, where))
    return compact(join(product(split(a), split(compact(b.T)))) if short else _flint_product(a, b))


def _running_product(a: ExactArray, b: ExactArray, steps: ExactArray, where: Where) -> ExactArray:
    """``a @ b.T`` where neighbouring rows of `a` differ in few entries: one rank-one update for each difference."""
    rows, columns = where
    out = np.zeros((len(a), len(b)), dtype=object)
    out[:1] = _flint_product(a[:1], b)
    if len(rows):
        updates = steps[rows, columns][:, None] * b.T[columns]
        starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
        out[rows[starts] + 1] = np.add.reduceat(updates, starts, axis=0)
    return np.asarray(np.add.accumulate(out, axis=0))


def _flint_product(a: ExactArray, b: ExactArray) -> ExactArray:
    return flint_times(flint_matrix(a), b.T)


def flint_matrix(a: ExactArray) -> fmpz_mat:
    """A matrix of integers, for FLINT."""
    from flint import fmpz_mat

    return fmpz_mat(*a.shape, a.ravel().tolist())


def flint_times(a: fmpz_mat, values: ExactArray) -> ExactArray:
    """Its product with a vector of integers, or the columns of a matrix, as Python integers."""
    columns = values if values.ndim == 2 else values[:, None]
    out = np.empty(a.nrows() * columns.shape[1], dtype=object)
    out[:] = list(map(int, (a * flint_matrix(columns)).entries()))
    return out.reshape(a.nrows(), *values.shape[1:])


def limbs_times(a: Limbs, values: ExactArray) -> ExactArray:
    """The same of a matrix in limbs, as int64 where that is enough."""
    found = compact(join(product(a, split(values if values.ndim == 2 else values[:, None]))))
    return found if values.ndim == 2 else found[:, 0]
