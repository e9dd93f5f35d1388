"""Real roots of integer polynomials of high degree, told apart by Descartes' rule of signs and bisection.

Descartes: a polynomial has at most as many positive roots as its coefficients change sign, and one if they change once. An
interval is mapped to the positive axis and halved until there are no changes or one (Vincent, Collins and Akritas).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from flint import fmpq, fmpq_poly, fmpz_poly

Ends = tuple[Fraction, Fraction]


@lru_cache(maxsize=256)
def isolated(coefficients: tuple[int, ...]) -> tuple[Ends, ...]:
    """Disjoint open intervals, ascending, that hold one real root each; their ends are no roots.

    Parameters
    ----------
    coefficients : tuple of int
        Of a polynomial without rational or multiple roots, the constant term first.
    """
    *lower, leading = (c.bit_length() for c in coefficients)
    ratios = (-((leading - b - 1) // k) for k, b in enumerate(reversed(lower), 1) if b)
    bits = max(ratios, default=0) + 1  # Fujiwara: no root exceeds twice the largest |c[n - k] / c[n]|^(1 / k)
    mirrored = [c * (-1) ** k for k, c in enumerate(coefficients)]
    left, right = (list(_positive(c, max(bits, 1))) for c in (mirrored, list(coefficients)))
    return tuple([(-b, -a) for a, b in reversed(left)] + right)


def refined(coefficients: tuple[int, ...], ends: Ends, bits: int) -> Ends:
    """The interval of one root narrowed until its width is below 2^-bits of its distance from zero.

    It is cut in parts, ever more of them, of which the secant names one: the bits that are certain double with each that
    holds the root (Abbott 2006, "Quadratic interval refinement for real roots"); two parts are plain bisection.
    """
    poly = fmpq_poly(list(coefficients))
    low, high = (fmpq(end.numerator, end.denominator) for end in ends)
    at_low, at_high, parts = poly(low), poly(high), 4
    while not (high - low) * (1 << bits) <= min(abs(low), abs(high)):
        step = (high - low) / parts
        k = int((at_low / (at_low - at_high) * parts).floor())
        left, right = low + k * step, low + (k + 1) * step
        at_left, at_right = poly(left), poly(right)
        if (at_left > 0) != (at_right > 0):
            low, high, at_low, at_high, parts = left, right, at_left, at_right, parts * parts
            continue
        if (at_left > 0) == (at_low > 0):
            low, at_low = right, at_right
        else:
            high, at_high = left, at_left
        parts = max(math.isqrt(parts), 2)
    return Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))


def _positive(coefficients: list[int], bits: int) -> Iterator[Ends]:
    """Intervals within (0, 2^bits), ascending."""
    whole = fmpz_poly([c << k * bits for k, c in enumerate(coefficients)])
    size = Fraction(2) ** bits
    stack = [(whole, Fraction(0), size)]  # polynomials whose interval is mapped to (0, 1)
    shift, n = fmpz_poly([1, 1]), len(coefficients) - 1
    while stack:
        poly, low, width = stack.pop()
        changes = _changes(fmpz_poly([poly[n - k] for k in range(n + 1)])(shift))
        if changes == 1:
            yield low, low + width
        elif changes:
            left = fmpz_poly([poly[k] << (n - k) for k in range(n + 1)])
            stack += [(left(shift), low + width / 2, width / 2), (left, low, width / 2)]


def _changes(poly: fmpz_poly) -> int:
    signs = [c > 0 for c in poly.coeffs() if c]
    return sum(a != b for a, b in zip(signs, signs[1:]))
