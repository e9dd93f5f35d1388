"""Numbers p + q √s with rational p, q and s, compared exactly, by squaring."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, final

from pwlin.exact.bridges import to_sympy

if TYPE_CHECKING:
    import sympy


@final
@dataclass(frozen=True, slots=True)
class Surd:
    """The number ``rational + factor √radicand``; the radicand is at least 0."""

    rational: Fraction
    factor: Fraction = Fraction(0)
    radicand: Fraction = Fraction(0)

    def scaled(self, factor: Fraction, shift: Fraction = Fraction(0)) -> Surd:
        """``factor`` times this number, plus ``shift``."""
        return Surd(factor * self.rational + shift, factor * self.factor, self.radicand)

    def sign(self) -> int:
        """-1, 0 or 1."""
        irrational = _sign(self.factor) * _sign(self.radicand)
        if irrational == 0 or _sign(self.rational) == irrational:
            return _sign(self.rational) or irrational
        larger = _sign(self.rational**2 - self.factor**2 * self.radicand)
        return -larger * irrational

    def __lt__(self, other: Surd) -> bool:
        difference = Surd(self.rational - other.rational, self.factor, self.radicand)
        root = Surd(Fraction(0), other.factor, other.radicand)
        left, right = difference.sign(), root.sign()
        if left != right or left == 0:
            return left < right
        squares = Surd(
            difference.rational**2 + difference.factor**2 * self.radicand - root.factor**2 * root.radicand,
            2 * difference.rational * difference.factor,
            self.radicand,
        )
        return squares.sign() * left < 0

    def to_sympy(self) -> sympy.Expr:
        """As a sympy number."""
        import sympy

        from pwlin.exact.sympy_numbers import well_rounded

        return well_rounded(
            sympy.expand(to_sympy(self.rational) + to_sympy(self.factor) * sympy.sqrt(to_sympy(self.radicand)))
        )


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
