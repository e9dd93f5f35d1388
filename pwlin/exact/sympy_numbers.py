"""Real algebraic numbers as sympy numbers whose decimals and floats come from FLINT."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sympy
from flint import arb
from sympy.polys.polyroots import preprocess_roots
from sympy.printing.latex import LatexPrinter
from sympy.printing.repr import ReprPrinter

from pwlin.exact.algebraic import precisions, real_balls
from pwlin.exact.bridges import dyadic, to_sympy
from pwlin.exact.digits import tidy
from pwlin.exact.formats import written
from pwlin.exact.sympy_balls import fixed_real, float_of_real, real_ball, rounded_real

_GUARD_BITS = 10
_MOST_BITS = 1 << 14
_EASY_BITS = 64
_LINE, _LINE_BITS = 200, 800
"""Characters of a number that is written out, and more bits than its integers then have."""


class _WellRounded(sympy.Expr):  # type: ignore[misc]
    """A number whose ``float`` is the nearest one, as sympy's own way rounds twice, and whose text fits a line.

    Formats such as ``.3f`` are rounded once, from certified balls (`pwlin.exact.formats`).
    ``str`` and LaTeX are sympy's where that is short, else ``≈`` and 17 digits (`pwlin.exact.text.in_full` writes all); ``repr`` has six.
    """

    __slots__ = ()

    def __float__(self) -> float:
        found = float_of_real(self)
        return super().__float__() if found is None else found

    def _brief(self) -> str | None:
        """Sympy's text if that fits a line."""
        bits = sum(q.p.bit_length() + q.q.bit_length() for q in self.atoms(sympy.Rational))
        text = super().__str__() if bits < _LINE_BITS else None
        return text if text is None or len(text) <= _LINE else None

    def __str__(self, digits: int = 17) -> str:
        short = self._brief()
        return f"≈{tidy(rounded_real(self, digits))}" if short is None else short

    def __repr__(self) -> str:
        return self.__str__(6)

    def _latex(self, printer: LatexPrinter) -> str:
        short = self._brief() is not None
        return str(printer._print(self._sympy())) if short else rf"\approx {tidy(rounded_real(self, 17))}"

    def _sympy(self) -> sympy.Expr:
        """The number as sympy itself has it."""
        return _plain(self)

    def __format__(self, spec: str) -> str:
        return written(spec, self.__str__, partial(fixed_real, self), partial(rounded_real, self))


class CertifiedRoot(_WellRounded, sympy.CRootOf):
    """A `sympy.CRootOf` that knows itself to be real, made and evaluated without sympy's bisection of huge rationals.

    Sympy asks for exactly the class `CRootOf` here and there, and is told so; both are equal and print alike.
    """

    __slots__ = ()
    __class__ = sympy.CRootOf

    @classmethod
    def of(cls, minpoly: tuple[int, ...], index: int) -> sympy.Expr:
        """Root `index`, from the left, of an irreducible primitive polynomial given from its constant term on.

        As in sympy the roots of ``x**3 - 4*x - 8`` are twice those of ``x**3 - x - 1``, unless it is hard to see.
        """
        poly = _poly(minpoly)
        factor, poly = preprocess_roots(poly) if minpoly[0].bit_length() <= _EASY_BITS else (1, poly)
        return factor * cls._new(poly, index)

    def _sympy(self) -> sympy.Expr:
        return sympy.CRootOf._new(self.poly, self.index)

    @classmethod
    def _again(cls, minpoly: tuple[int, ...], index: int) -> CertifiedRoot:
        return cls._new(_poly(minpoly), index)  # type: ignore[no-any-return]

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_imaginary(self) -> bool:
        return False

    def _eval_evalf(self, prec: int, **options: object) -> sympy.Float:
        bits = prec + _GUARD_BITS
        ball = real_balls(self._minpoly, bits)[self.index]
        return to_sympy(dyadic(ball.mid()))._eval_evalf(prec)

    @property
    def _minpoly(self) -> tuple[int, ...]:
        return tuple(int(c) for c in reversed(self.poly.all_coeffs()))

    def __reduce_ex__(self, protocol: object) -> tuple[Callable[..., CertifiedRoot], tuple[tuple[int, ...], int]]:
        return CertifiedRoot._again, (self._minpoly, self.index)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, sympy.CRootOf):
            return bool(self.poly == other.poly and self.index == other.index)
        return super().__eq__(other)  # type: ignore[no-any-return]

    def __hash__(self) -> int:
        return hash(("ComplexRootOf", *self._hashable_content()))  # as sympy's own


def _poly(minpoly: tuple[int, ...]) -> sympy.PurePoly:
    return sympy.PurePoly(list(reversed(minpoly)), sympy.Symbol("x"), domain=sympy.ZZ)


class _Plain(_WellRounded):
    """A sum, product or power that sympy takes for its own: equal, of the same hash, and printed alike."""

    __slots__ = ()

    def _eval_evalf(self, prec: int, **options: object) -> sympy.Float:
        ball = self._ball_of(prec)
        return _plain(self)._evalf(prec) if ball is None else to_sympy(dyadic(ball.mid()))._eval_evalf(prec)

    def _ball_of(self, bits: int) -> arb | None:
        """A ball of so many certain bits; None if there is none, as around zero."""
        for more in precisions():
            ball = real_ball(self, bits + more)
            if ball is None or more > _MOST_BITS:
                return None
            if ball.is_finite() and ball.rel_accuracy_bits() >= bits:
                return ball
        return None

    def _sign(self) -> int | None:
        ball = self._ball_of(1)
        return None if ball is None else 1 if ball > 0 else -1

    def _eval_is_extended_positive(self) -> bool | None:
        sign = self._sign()
        return super()._eval_is_extended_positive() if sign is None else sign > 0

    def _eval_is_extended_negative(self) -> bool | None:
        sign = self._sign()
        return super()._eval_is_extended_negative() if sign is None else sign < 0

    def _eval_is_extended_nonnegative(self) -> bool | None:
        sign = self._sign()
        return self._ask("nonnegative") if sign is None else sign > 0

    def _eval_is_extended_nonpositive(self) -> bool | None:
        sign = self._sign()
        return self._ask("nonpositive") if sign is None else sign < 0

    def _ask(self, fact: str) -> bool | None:
        known = getattr(super(), f"_eval_is_extended_{fact}", None)
        return None if known is None else known()

    @property
    def is_comparable(self) -> bool:
        """Whether it can be compared by its digits."""
        return self._sign() is not None or bool(super().is_comparable)

    def _eval_is_zero(self) -> bool | None:
        return super()._eval_is_zero() if self._sign() is None else False

    def __add__(self, other: object) -> sympy.Expr:
        return _kept(super().__add__(other))

    def __radd__(self, other: object) -> sympy.Expr:
        return _kept(super().__radd__(other))

    def __sub__(self, other: object) -> sympy.Expr:
        return _kept(super().__sub__(other))

    def __rsub__(self, other: object) -> sympy.Expr:
        return _kept(super().__rsub__(other))

    def __mul__(self, other: object) -> sympy.Expr:
        return _kept(super().__mul__(other))

    def __rmul__(self, other: object) -> sympy.Expr:
        return _kept(super().__rmul__(other))

    def __truediv__(self, other: object) -> sympy.Expr:
        return _kept(super().__truediv__(other))

    def __neg__(self) -> sympy.Expr:
        return _kept(super().__neg__())

    def _sympyrepr(self, printer: ReprPrinter) -> str:
        return str(printer._print(_plain(self)))

    def __eq__(self, other: object) -> bool:
        return bool(_plain(self) == (_plain(other) if issubclass(type(other), _Plain) else other))

    def __hash__(self) -> int:
        return hash((self.func.__name__, *self._hashable_content()))  # as sympy's own

    def __reduce_ex__(
        self, protocol: object
    ) -> tuple[Callable[..., sympy.Expr], tuple[type[sympy.Expr], *tuple[sympy.Expr, ...]]]:
        return _unpickled, (self.func, *map(well_rounded, self.args))  # sympy's own pickles are evaluated again


class _Sum(_Plain, sympy.Add):
    __slots__ = ()
    __class__ = sympy.Add


class _Product(_Plain, sympy.Mul):
    __slots__ = ()
    __class__ = sympy.Mul


class _Power(_Plain, sympy.Pow):
    __slots__ = ()
    __class__ = sympy.Pow


class LateSum(_Sum):
    """A sum of many numbers, whose terms are made when sympy asks for them; its floats and decimals come from `ball_at`."""

    __slots__ = ("_ball", "_make", "_terms")
    _terms: tuple[sympy.Expr, ...] | None

    @classmethod
    def of(cls, ball: Callable[[int], arb], make: Callable[[], sympy.Add]) -> LateSum:
        """The number that has so many bits in the ball, and that is the sum which is made."""
        late: LateSum = object.__new__(cls)
        late._assumptions, late._mhash = cls.default_assumptions, None
        late._ball, late._make, late._terms = ball, make, None
        late.is_commutative = True
        return late

    def ball_at(self, bits: int) -> arb:
        """A certified enclosure."""
        return self._ball(bits)

    def _brief(self) -> None:
        """Never short."""

    @property
    def _args(self) -> tuple[sympy.Expr, ...]:
        if self._terms is None:
            self._terms = self._make().args
        return self._terms


_KINDS = {sympy.Add: _Sum, sympy.Mul: _Product, sympy.Pow: _Power}


def well_rounded(number: sympy.Expr) -> sympy.Expr:
    """The same real algebraic number, whose floats and sign are certain; so are those of sums and products with it."""
    kind = _KINDS.get(type(number))
    if kind is None:
        return number
    return _as_it_is(kind, *number.args)


def _kept(number: sympy.Expr) -> sympy.Expr:
    return well_rounded(number) if getattr(number, "is_number", False) else number


def _plain(number: sympy.Expr) -> sympy.Expr:
    return _as_it_is(number.func, *number.args)


def _unpickled(kind: type[sympy.Expr], *args: sympy.Expr) -> sympy.Expr:
    return well_rounded(_as_it_is(kind, *(_plain(part) if issubclass(type(part), _Plain) else part for part in args)))


def _as_it_is(kind: type[sympy.Expr], *args: sympy.Expr) -> sympy.Expr:
    found = sympy.Expr.__new__(kind, *args)
    found.is_commutative = True
    return found
