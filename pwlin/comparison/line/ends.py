"""Ends of bounded pieces, which a general piece need not have."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pwlin.functions.line.records import Piece


def ends(first: Piece, last: Piece | None = None) -> tuple[Fraction, Fraction]:
    """Left and right end of a bounded piece, or of the stretch from one piece to another."""
    left, right = first.left, (last or first).right
    assert left is not None and right is not None, "comparisons are made on bounded domains"
    return left, right


def length(pieces: Sequence[Piece], indices: Sequence[int]) -> Fraction:
    """Length of some neighbouring pieces."""
    left, right = ends(pieces[indices[0]], pieces[indices[-1]])
    return right - left
