"""Enclosure: a real number known to lie between two exact rationals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from flint import arb

from pwlin.base.arguments import refusal, shown, whole
from pwlin.base.doors import doors
from pwlin.base.errors import ExactnessError, TargetError
from pwlin.exact.bridges import dyadic
from pwlin.exact.digits import away, general, rounded, scientific, tidy
from pwlin.exact.formats import formatted
from pwlin.exact.long_fractions import NEAR, LongFraction
from pwlin.exact.rational import Number, as_number, nearest_float, rational_root, to_fraction
from pwlin.exact.sympy_balls import narrowing_ends

_DIGITS = 17
_ROOT_BITS = 130
_AGREED = 50


@doors
@dataclass(frozen=True, slots=True)
class Enclosure:
    """A real number that is only known to lie in ``[lower, upper]``; both ends are exact.

    Attributes
    ----------
    lower, upper : Fraction
        Ends of the interval, both included.

    Notes
    -----
    ``<``, ``<=``, ``>`` and ``>=`` compare the *numbers*, and raise `ExactnessError` where the ends do not settle the
    answer. ``+``, ``-``, ``*`` and ``/`` with exact numbers (of sympy too) and with enclosures give enclosures of what
    comes out; two enclosures count as independent: ``e - e`` holds zero, and has twice the width. ``==`` and ``hash``
    compare the *enclosures* (both ends). ``float(e)`` is the midpoint, rounded, as is a format such as ``f"{e:.6g}"``,
    while ``str(e)`` shows certain digits only.

    Examples
    --------
    >>> e = Enclosure("0.33333333", "0.33333334")
    >>> print(e)
    0.3333333
    >>> e.contains(Fraction(1, 3)), e < 1, float(e.width)
    (True, True, 1e-08)
    """

    lower: Fraction
    upper: Fraction
    _op_priority: ClassVar[float] = 20.0
    """By which sympy leaves arithmetic to this class; it would take the float."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", to_fraction(self.lower, "lower"))
        object.__setattr__(self, "upper", to_fraction(self.upper, "upper"))
        if self.lower > self.upper:
            found = f"lower {tidy(rounded(self.lower, 6))} above upper {tidy(rounded(self.upper, 6))}"
            raise refusal("Enclosure", found, "are lower <= upper", ExactnessError)

    @property
    def width(self) -> Fraction:
        """Upper end minus lower end."""
        return self.upper - self.lower

    @property
    def midpoint(self) -> Fraction:
        """The middle of the interval."""
        return (self.lower + self.upper) / 2

    @property
    def relative_width(self) -> Fraction:
        """Width over the smallest magnitude in the interval; 0 for a single point.

        Raises
        ------
        ExactnessError
            If the interval has a width and contains zero.
        """
        if self.width == 0:
            return Fraction(0)
        if self.lower <= 0 <= self.upper:
            raise refusal("relative_width", f"{self!r}, which contains zero", "are others", ExactnessError)
        return self.width / min(abs(self.lower), abs(self.upper))

    def contains(self, value: object) -> bool:
        """Whether `value` lies in the interval, decided exactly.

        Parameters
        ----------
        value : Enclosure, sympy real number, or anything that is an exact rational (int, float, Fraction, text)
            Another enclosure counts as contained when all of it is.
        """
        if isinstance(value, Enclosure):
            return self.lower <= value.lower and value.upper <= self.upper
        if hasattr(value, "evalf") and not getattr(value, "is_Rational", False):
            import sympy

            if not getattr(value, "is_comparable", False):
                raise refusal("value", shown(value), "are real numbers", ExactnessError)
            low, high = (sympy.Rational(end.numerator, end.denominator) for end in (self.lower, self.upper))
            return bool(low <= value) and bool(value <= high)
        exact = to_fraction(value)
        return self.lower <= exact <= self.upper

    def __contains__(self, value: object) -> bool:
        return self.contains(value)

    def __float__(self) -> float:
        return nearest_float(self.midpoint)

    def __neg__(self) -> Enclosure:
        return Enclosure(-self.upper, -self.lower)

    def __add__(self, other: Enclosure | Number) -> Enclosure:
        ends = _operand(other)
        return NotImplemented if ends is None else Enclosure(self.lower + ends[0], self.upper + ends[1])

    def __sub__(self, other: Enclosure | Number) -> Enclosure:
        ends = _operand(other)
        return NotImplemented if ends is None else Enclosure(self.lower - ends[1], self.upper - ends[0])

    def __rsub__(self, other: Number) -> Enclosure:
        return -self + other

    def __mul__(self, other: Enclosure | Number) -> Enclosure:
        ends = _operand(other)
        if ends is None:
            return NotImplemented
        products = [a * b for a in (self.lower, self.upper) for b in ends]
        return Enclosure(min(products), max(products))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Enclosure | Number) -> Enclosure:
        ends = _operand(other)
        if ends is None:
            return NotImplemented
        if ends[0] <= 0 <= ends[1]:
            raise refusal("division", f"the divisor {shown(other)}", "are divisors other than zero", ExactnessError)
        return self * Enclosure(1 / ends[1], 1 / ends[0])

    def __rtruediv__(self, other: Number) -> Enclosure:
        ends = _operand(other)
        return NotImplemented if ends is None else Enclosure(*ends) / self

    def __abs__(self) -> Enclosure:
        least = max(self.lower, -self.upper, Fraction(0))
        return Enclosure(least, max(-self.lower, self.upper))

    def __pow__(self, exponent: int) -> Enclosure:
        power = whole(exponent, "exponent", 0)
        base = self if power % 2 else abs(self)
        return Enclosure(base.lower**power, base.upper**power)

    def sqrt(self) -> Enclosure:
        """The square root, an enclosure whose ends are exact roots where these are rational, else rounded outwards at 128 bits.

        Raises
        ------
        ExactnessError
            If the enclosure holds a negative number.
        """
        if self.lower < 0:
            raise refusal("sqrt", repr(self), "are enclosures from 0", ExactnessError)
        return type(self)(_root(self.lower, 0), _root(self.upper, 1))

    def __lt__(self, other: object) -> bool:
        low, high = _ends(other)
        return self._decide("<", other, yes=self.upper < low, no=self.lower >= high)

    def __le__(self, other: object) -> bool:
        low, high = _ends(other)
        return self._decide("<=", other, yes=self.upper <= low, no=self.lower > high)

    def __gt__(self, other: object) -> bool:
        low, high = _ends(other)
        return self._decide(">", other, yes=self.lower > high, no=self.upper <= low)

    def __ge__(self, other: object) -> bool:
        low, high = _ends(other)
        return self._decide(">=", other, yes=self.lower >= high, no=self.upper < low)

    def _decide(self, sign: str, other: object, yes: bool, no: bool) -> bool:
        if not yes and not no:
            found = f"{self!r} {sign} {shown(other)}"
            raise refusal("comparison", found, "is what the enclosure settles", ExactnessError)
        return yes

    def __str__(self) -> str:
        if not self.width:
            return tidy(rounded(self.lower, _DIGITS))
        for digits in range(_DIGITS, 0, -1):
            low, high = rounded(self.lower, digits), rounded(self.upper, digits)
            if low == high and low:
                return general(low)
        if self.lower <= 0 <= self.upper:
            return f"0 ± {scientific(rounded(max(-self.lower, self.upper), 2, away))}"
        ends = rounded(self.lower, 3, math.floor), rounded(self.upper, 3, math.ceil)
        return f"[{', '.join(map(tidy, ends))}]"

    def __repr__(self) -> str:
        width = f", width {scientific(rounded(self.width, 2, away))}" if self.width else ""
        return f"Enclosure({self!s}{width})"

    def __format__(self, spec: str) -> str:
        return formatted(self.midpoint, spec, self.__str__)


def _ends(value: object) -> tuple[Fraction, Fraction]:
    """Those of what is compared: refused unless it is a number."""
    ends = None if isinstance(value, Fraction) else _operand(value)
    return ends or (to_fraction(value),) * 2


def _operand(value: Any) -> tuple[Fraction, Fraction] | None:
    """The ends of an enclosure or an exact number; None of another kind, so that operators can decline."""
    if hasattr(value, "evalf") and not getattr(value, "is_Rational", False):
        low = high = None
        for low, high in narrowing_ends(value):
            if (high - low) * 2**_ROOT_BITS <= min(abs(low), abs(high)):
                break
        return None if low is None or high is None else (low, high)
    if isinstance(value, Enclosure):
        return value.lower, value.upper
    exact = as_number(value)
    if isinstance(exact, LongFraction):
        return short_ends(exact)
    return None if exact is None else (exact, exact)


def short_ends(number: LongFraction) -> tuple[Fraction, Fraction]:
    """Short fractions from below and from above that agree in fifteen digits; the number twice if that takes many bits."""
    for bits in (NEAR, 6 * NEAR, 24 * NEAR):
        low, high = number.bounds(bits)
        if high - low << _AGREED <= min(abs(low), abs(high)):
            return Fraction(low, 1 << bits), Fraction(high, 1 << bits)
    return number.settled, number.settled


def _root(square: Fraction, up: int) -> Fraction:
    """A square root from 0, rounded down or up to 128 bits unless it is rational."""
    exact = rational_root(square)
    if exact is not None:
        return exact
    places = _ROOT_BITS + (square.denominator.bit_length() - square.numerator.bit_length()) // 2
    return (math.isqrt(math.floor(square * Fraction(4) ** places)) + up) / Fraction(2) ** places


def from_ball(ball: arb) -> Enclosure:
    """The ends of a finite real ball, rounded outwards to the working precision."""
    return Enclosure(dyadic(ball.lower()), dyadic(ball.upper()))


def read_tolerance(tolerance: object, default: Fraction = Fraction(1, 10**12)) -> Fraction:
    """A relative width strictly between 0 and 1; `default` where none is given."""
    if tolerance is None:
        return default
    relative = to_fraction(tolerance, "tolerance")
    if not 0 < relative < 1:
        raise refusal("tolerance", shown(tolerance), "are numbers between 0 and 1", TargetError)
    return relative
