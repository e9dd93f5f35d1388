"""The norms in which functions are compared and approximated: all that is known of each, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, final

from pwlin.base import arguments
from pwlin.base.errors import TargetError

if TYPE_CHECKING:
    from pwlin.comparison.errors import Errors, Value


@final
@dataclass(frozen=True, slots=True)
class Norm:
    """A norm of errors, with the law of best approximation by N linear pieces as N grows.

    The best error is about ``(integral of |f''|^root)^power / (divisor N^order)``; knots fall with density |f''|^root. For
    quadratics that is exact for every N, and the best function is the interpolant on equal pieces of length h, moved by
    `shift` times the leading coefficient times h^2. Sources: de Boor, "Good approximation by splines with variable knots"
    (1973); Burchard and Hale (1975); on a piece the best line is Chebyshev's, Legendre's, or the one that crosses at the
    quarter points. Each error is convex in h, so equal pieces are best; the lines miss the target by the same amount at
    both ends, so together they are continuous.

    Attributes
    ----------
    name : str
        What users pass.
    attribute, title : str
        The error of a comparison that belongs to it, and how it is called. That of "l2" is squared.
    shift, root : Fraction
    power, divisor, order : int
    """

    name: str
    attribute: str
    title: str
    shift: Fraction
    root: Fraction
    power: int
    divisor: int
    order: int

    def of(self, errors: Errors[Any], parts: Sequence[int]) -> Value:
        """The error on some parts."""
        if self.name == "sup":
            return errors.sup(parts).value
        return errors.l2_squared(parts) if self.name == "l2" else errors.l1(parts)

    def quadratic_best(self, leading: Fraction, length: Fraction, pieces: int) -> Fraction:
        """The least error against ``leading * x**2 + ...`` on an interval."""
        bend = (2 * abs(leading)) ** int(self.root * self.power)
        return length**self.power * bend / (self.divisor * pieces**self.order)


SUP = Norm("sup", "sup", "sup", Fraction(1, 8), Fraction(1, 2), 2, 16, 2)
L2 = Norm("l2", "l2_squared", "L2 squared", Fraction(1, 6), Fraction(2, 5), 5, 720, 4)
L1 = Norm("l1", "l1", "L1", Fraction(3, 16), Fraction(1, 3), 3, 32, 2)
NORMS = {norm.name: norm for norm in (SUP, L2, L1)}


def read_norm(name: object) -> Norm:
    """The norm of a name."""
    return NORMS[arguments.choice(name, "norm", NORMS, TargetError)]
