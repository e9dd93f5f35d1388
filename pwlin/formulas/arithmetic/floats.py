"""Elementary functions of arrays of floats, enclosed with proof.

Nothing here trusts the accuracy of a mathematical library. Exponential, sine and cosine are Taylor polynomials after
argument reduction, evaluated by Horner's scheme in IEEE arithmetic, whose error is at most ``gamma(2n) * p(|x|)``
(Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 5.1). The inverse functions check the library's
answer with those. Square roots and the four operations are correctly rounded by IEEE 754, so the next float encloses.
NaN stands for an unknown value.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ends = tuple[Floats, Floats]

_ERROR = 2e-14
"""Bound for truncation, reduction and rounding of the polynomials below. For exp, |r| <= 0.36 and degree 15 give relative
gamma(30) e^0.72 + 1e-15 < 8e-15; for sin and cos, |r| <= 0.8 and 10 terms give absolute gamma(24) cosh(0.8) + 1e-15 <
5e-15."""
_LN2 = (0.6931471804855391, 7.440617110012397e-11)  # log 2 with 33 bits, and the rest within 1e-27
_HALF_PI = (1.5707963109016418, 1.5893254712295857e-08, 6.123233995736766e-17)  # 24, 25 bits and the rest within 1e-32
_MOST = 1e7
_STEP, _LEAST = 2.0**-52, 2.0**-1022
_EXP = [1 / math.factorial(k) for k in range(16)]
_SIN = [(-1) ** k / math.factorial(2 * k + 1) for k in range(10)]
_COS = [(-1) ** k / math.factorial(2 * k) for k in range(11)]


def down(x: Floats | float) -> Floats:
    """A float below, by one to four units in the last place, so that a correctly rounded `x` becomes a lower bound.

    The step is at least one unit, and stays so when it is rounded itself. (``numpy.nextafter`` takes twenty times as long.)
    """
    with np.errstate(invalid="ignore"):  # of the wrong infinity nothing is known: NaN says so
        return _moved(np.subtract, x)


def up(x: Floats | float) -> Floats:
    """A float above, likewise."""
    with np.errstate(invalid="ignore"):
        return _moved(np.add, x)


def outwards(low: Floats, high: Floats) -> Ends:
    """Both ends at once: the first down, the second up."""
    with np.errstate(invalid="ignore"):
        return _moved(np.subtract, low), _moved(np.add, high)


def _moved(way: np.ufunc, x: Floats | float) -> Floats:
    step = np.asarray(np.abs(x))
    step *= _STEP
    step += _LEAST
    return np.asarray(way(x, step, out=step))


def _horner(coefficients: list[float], x: Floats) -> Floats:
    total = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def exp(x: Floats) -> Ends:
    """Enclosure of the exponential."""
    inside = np.clip(x, -700.0, 700.0)
    k = np.rint(inside / math.log(2))
    # k has at most 10 bits, so k times the 33 bits is exact
    value = _horner(_EXP, (inside - k * _LN2[0]) - k * _LN2[1])
    low, high = np.ldexp(value * (1 - _ERROR), _whole(k)), np.ldexp(value * (1 + _ERROR), _whole(k))
    low, high = np.where(x < -700, 0.0, low), np.where(x > 700, np.inf, high)
    return np.where(np.isnan(x), np.nan, low), np.where(np.isnan(x), np.nan, high)


def _whole(k: Floats) -> NDArray[np.int64]:
    return np.asarray(np.nan_to_num(k), dtype=np.int64)


def sin_cos(x: Floats) -> tuple[Ends, Ends]:
    """Enclosures of sine and cosine; [-1, 1] beyond ten million."""
    inside = np.where(np.abs(x) <= _MOST, x, 0.0)
    k = np.rint(inside / (math.pi / 2))
    r = ((inside - k * _HALF_PI[0]) - k * _HALF_PI[1]) - k * _HALF_PI[2]
    square = r * r
    s, c = r * _horner(_SIN, square), _horner(_COS, square)
    turn = _whole(k) % 4
    sine, cosine = np.choose(turn, [s, c, -s, -c]), np.choose(turn, [c, -s, -c, s])
    return _within_one(x, sine), _within_one(x, cosine)


def _within_one(x: Floats, value: Floats) -> Ends:
    unknown = np.where(np.isnan(x), np.nan, 1.0)
    far = ~(np.abs(x) <= _MOST)
    low, high = np.maximum(value - _ERROR, -1.0), np.minimum(value + _ERROR, 1.0)
    return np.where(far, -unknown, low), np.where(far, unknown, high)


def sqrt(x: Floats) -> Ends:
    """Enclosure of the square root (IEEE 754 rounds it correctly); NaN for negative numbers."""
    root = np.sqrt(x)
    return np.maximum(down(root), 0.0), up(root)


def log(x: Floats) -> Ends:
    """Enclosure of the logarithm: ``log x = y + log1p(x / e^y - 1)`` for the library's y."""
    y = np.log(x)
    low, high = exp(y)
    t_low, t_high = down(down(x / high) - 1), up(up(x / low) - 1)
    good = (t_low > -1e-3) & (t_high < 1e-3)  # there t - t^2 <= log1p(t) <= t
    below = down(y + down(t_low - up(t_low * t_low)))
    lower, upper = np.where(good, below, np.nan), np.where(good, up(y + t_high), np.nan)
    zero, infinite = x == 0, x == np.inf
    lower = np.where(zero, -np.inf, np.where(infinite, 709.0, lower))
    return lower, np.where(zero, -700.0, np.where(infinite, np.inf, upper))


def atan(x: Floats) -> Ends:
    """Enclosure of the arctangent: ``atan x = y + atan((x cos y - sin y) / (cos y + x sin y))`` for the library's y."""
    size = np.abs(x)
    inside = np.minimum(size, 1e150)
    y = np.arctan(inside)
    (s_low, s_high), (c_low, c_high) = sin_cos(y)
    top_low, top_high = down(down(inside * c_low) - s_high), up(up(inside * c_high) - s_low)
    bottom = down(down(c_low) + down(inside * np.maximum(s_low, 0.0)))
    rest = up(np.maximum(np.abs(top_low), np.abs(top_high)) / bottom)  # |atan t| <= |t|
    good = (bottom > 0) & (rest < 1e-3)
    low, high = np.where(good, down(y - rest), np.nan), np.where(good, up(y + rest), np.nan)
    low, high = np.maximum(low, 0.0), np.where(size > 1e150, up(math.pi / 2), high)
    return np.where(x < 0, -high, low), np.where(x < 0, -low, high)
