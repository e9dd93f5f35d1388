"""Errors against polynomials of high degree: exact where that takes no roots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pwlin.comparison.errors import Sup
from pwlin.comparison.line.certified import CertifiedErrors
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.exact.enclosure import Enclosure
from pwlin.functions.line.records import Piece


@dataclass(frozen=True)
class HighDegreeErrors:
    """Errors against a polynomial whose roots are too long for exact numbers: L2 exact, sup and L1 enclosed."""

    certified: CertifiedErrors
    polynomial: PolynomialErrors

    exact = False

    @property
    def pieces(self) -> Sequence[Piece]:
        """The pieces that errors are asked of."""
        return self.certified.pieces

    def sup(self, indices: Sequence[int]) -> Sup[Enclosure]:
        """Largest magnitude of the error over some neighbouring pieces, and where it is taken."""
        return self.certified.sup(indices)

    def l1(self, indices: Sequence[int]) -> Enclosure:
        """Integral of the error's magnitude over some neighbouring pieces."""
        return self.certified.l1(indices)

    def l2_squared(self, indices: Sequence[int]) -> Fraction:
        """Integral of the squared error over some pieces."""
        return self.polynomial.l2_squared(indices)

    def size(self, indices: Sequence[int]) -> Fraction:
        """Length of some neighbouring pieces."""
        return self.certified.size(indices)
