"""Exact linear algebra on integers: subspaces, determinants and ranks."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpz_mat

from pwlin.geometry.cone import Vector, primitive


def matrix(rows: Sequence[Sequence[int]], columns: int) -> fmpz_mat:
    """A FLINT integer matrix, also with no rows."""
    return fmpz_mat(len(rows), columns, [int(v) for row in rows for v in row])


def row_echelon(rows: Sequence[Sequence[int]], columns: int) -> tuple[list[Vector], list[int]]:
    """Reduced echelon basis of the span of `rows` (primitive integer rows, pivots positive) and its pivot columns."""
    if not rows:
        return [], []
    reduced, _, rank = matrix(rows, columns).rref()
    basis = [primitive([int(v) for v in row]) for row in reduced.tolist()[:rank]]
    pivots = [next(i for i, v in enumerate(row) if v) for row in basis]
    return [r if r[p] > 0 else tuple(-v for v in r) for r, p in zip(basis, pivots)], pivots


def reduce_modulo(vector: Sequence[int], basis: Sequence[Vector], pivots: Sequence[int]) -> Vector:
    """The positive multiple of ``vector + span(basis)`` representative that vanishes at the pivots, made primitive."""
    out = list(vector)
    for row, pivot in zip(basis, pivots):
        if out[pivot]:
            factor, lead = out[pivot], row[pivot]
            out = [lead * v - factor * r for v, r in zip(out, row)]
    return primitive(out)


def null_space(rows: Sequence[Sequence[int]], columns: int) -> list[Vector]:
    """A basis of ``{x : row . x == 0 for all rows}``."""
    if not rows:
        return [tuple(int(i == k) for i in range(columns)) for k in range(columns)]
    space, nullity = matrix(rows, columns).nullspace()
    table = space.transpose().tolist()[:nullity]
    return [primitive([int(v) for v in row]) for row in table]


def rank(rows: Sequence[Sequence[int]], columns: int) -> int:
    """Rank of a set of integer vectors."""
    return int(matrix(rows, columns).rank()) if rows else 0


def determinant(rows: Sequence[Sequence[int]]) -> int:
    """Determinant of a square integer matrix."""
    n = len(rows)
    if n == 2:
        (a, b), (c, d) = rows
        return a * d - b * c
    if n == 3:
        (a, b, c), (d, e, f), (g, h, i) = rows
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return int(matrix(rows, n).det())
