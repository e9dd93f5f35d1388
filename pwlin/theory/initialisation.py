"""Where the kinks of a freshly initialised layer with one input fall: exact laws.

A neuron with weight w and bias b flips at T = −b/w. Whatever the law of (w, b), if it is symmetric (−w, −b is as likely
as w, b), a neuron without a flip inside an interval is dead there or always on with equal chances: each has
probability (1 − P(T inside)) / 2. All laws here are symmetric.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias, Union, final

from pwlin.base.arguments import refusal, shown, whole
from pwlin.exact.bridges import to_sympy
from pwlin.exact.rational import Number, to_fraction
from pwlin.geometry.interval import Interval, LineDomain

if TYPE_CHECKING:
    from sympy import Expr

Probability: TypeAlias = Union[Fraction, "Expr"]
"""A Fraction, or an exact sympy number."""
_HALF = Fraction(1, 2)


class KinkLaw(ABC):
    """The law of a neuron's kink −b/w, for a layer with one input and independent neurons.

    Intervals are given like any 1-D domain: a pair (a, b), where None is no end, or None for all of R. A flip counts
    if it lies inside; on an end of the domain nothing bends. Probabilities are Fractions or exact sympy numbers.
    """

    @abstractmethod
    def density(self, t: Number) -> Probability:
        """The density of the kink's location at `t`, exactly."""

    @abstractmethod
    def cdf(self, t: Number) -> Probability:
        """The probability that the kink lies at or left of `t`, exactly."""

    @abstractmethod
    def formula(self, t: Expr) -> Expr:
        """The density as a sympy expression in the real symbol `t`, for reading, plotting and integrating."""

    def probability(self, domain: LineDomain = None) -> Probability:
        """The probability that a neuron flips inside the domain."""
        interval = Interval.parse(domain)
        left = 0 if interval.left is None else self.cdf(interval.left)
        right = 1 if interval.right is None else self.cdf(interval.right)
        return _number(right - left)

    def dead(self, domain: LineDomain = None) -> Probability:
        """The probability that a ReLU is never active inside the domain."""
        return (1 - self.probability(domain)) / 2

    def always_on(self, domain: LineDomain = None) -> Probability:
        """The probability that a neuron is active everywhere inside the domain; equal to `dead` by symmetry."""
        return self.dead(domain)

    def expected_kinks(self, neurons: int, domain: LineDomain = None) -> Probability:
        """The expected number of kinks inside the domain of one hidden layer with a generic readout.

        Parameters
        ----------
        neurons : int
            Width of the layer, from 0.

        Notes
        -----
        Kinks of different neurons coincide with probability 0 if there is a density, so this is width times
        `probability`, and the number of kinks is binomial. "Generic" means that the readout's law has a density, so
        that no jump is zero.
        """
        return _number(whole(neurons, "neurons", 0) * self.probability(domain))


@final
@dataclass(frozen=True)
class UniformKinks(KinkLaw):
    """Weight uniform on (−A, A), bias uniform on (−B, B), independent; `scale` is r = B / A.

    The point (w, b) is uniform in a rectangle, and |b/w| <= t cuts out two triangles (t <= r) or leaves two (t >= r).
    So T/r has the density ¼ on [−1, 1] and 1/(4u²) beyond: half of all kinks within r of 0, no mean, no variance.

    Examples
    --------
    >>> law = UniformKinks()
    >>> str(law.probability((-1, 1))), str(law.density(2)), str(law.dead((-5, 5)))
    ('1/2', '1/16', '1/20')
    """

    scale: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", _positive(self.scale, "scale"))

    def density(self, t: Number) -> Fraction:
        """¼ / r for |t| <= r, r / (4 t²) beyond."""
        u = to_fraction(t, "t") / self.scale
        return 1 / (4 * self.scale * max(u * u, Fraction(1)))

    def cdf(self, t: Number) -> Fraction:
        """½ + t/(4r) for |t| <= r; r/(4|t|) left of it, 1 − r/(4t) right of it."""
        u = to_fraction(t, "t") / self.scale
        if abs(u) <= 1:
            return _HALF + u / 4
        return 1 - 1 / (4 * u) if u > 0 else -1 / (4 * u)

    def formula(self, t: Expr) -> Expr:
        """A sympy ``Piecewise``."""
        import sympy

        r = to_sympy(self.scale)
        return sympy.Piecewise((1 / (4 * r), sympy.Abs(t) <= r), (r / (4 * t**2), True))


@final
@dataclass(frozen=True)
class CauchyKinks(KinkLaw):
    """Weight and bias Gaussian with mean 0, independent: a Cauchy law whose scale is the ratio of their deviations.

    A quotient of two independent centred Gaussians is Cauchy: the direction of (w, b), after scaling, is uniform.

    Parameters
    ----------
    scale_squared : exact number
        Variance of the bias over variance of the weight, > 0; squared, so that deviations such as √2 stay rational.

    Examples
    --------
    >>> CauchyKinks().probability((-1, 1)), CauchyKinks().density(0), CauchyKinks().cdf(2)
    (1/2, 1/pi, atan(2)/pi + 1/2)
    """

    scale_squared: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale_squared", _positive(self.scale_squared, "scale_squared"))

    def density(self, t: Number) -> Probability:
        """s / (π (s² + t²)), an exact sympy number."""
        return self.formula(to_sympy(to_fraction(t, "t")))

    def cdf(self, t: Number) -> Probability:
        """½ + atan(t / s) / π, an exact sympy number."""
        import sympy

        s = sympy.sqrt(to_sympy(self.scale_squared))
        return sympy.Rational(1, 2) + sympy.atan(to_sympy(to_fraction(t, "t")) / s) / sympy.pi

    def formula(self, t: Expr) -> Expr:
        """s / (π (s² + t²))."""
        import sympy

        square = to_sympy(self.scale_squared)
        return sympy.sqrt(square) / (sympy.pi * (square + t**2))


@final
@dataclass(frozen=True)
class SlashKinks(KinkLaw):
    """Weight Gaussian with deviation σ, bias uniform on (−B, B), independent: a slash-like law.

    Given w, T is uniform on (−B/|w|, B/|w|); the mean of |w|/(2B) over |w| < B/|t| gives the density
    (σ / (B √(2π))) (1 − exp(−B² / (2 σ² t²))), and P(|T| <= t) = E min(1, t|w|/B). Its tails are those of 1/t².

    Parameters
    ----------
    scale_squared : exact number
        (B / σ)², > 0.

    Examples
    --------
    >>> SlashKinks(2).density(0)
    1/(2*sqrt(pi))
    """

    scale_squared: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale_squared", _positive(self.scale_squared, "scale_squared"))

    def density(self, t: Number) -> Probability:
        """An exact sympy number."""
        import sympy

        value = to_fraction(t, "t")
        if value == 0:
            return 1 / sympy.sqrt(2 * sympy.pi * to_sympy(self.scale_squared))
        return self.formula(to_sympy(value))

    def cdf(self, t: Number) -> Probability:
        """An exact sympy number: ½ + sign(t) P(|T| <= |t|) / 2."""
        import sympy

        value = to_fraction(t, "t")
        half = sympy.Rational(1, 2)
        if value == 0:
            return half
        square = to_sympy(self.scale_squared)
        u = to_sympy(abs(value)) / sympy.sqrt(square)
        within = u * sympy.sqrt(2 / sympy.pi) * (1 - sympy.exp(-1 / (2 * u**2))) + sympy.erfc(1 / (u * sympy.sqrt(2)))
        return half + within / 2 if value > 0 else half - within / 2

    def formula(self, t: Expr) -> Expr:
        """(1 − exp(−s²/(2t²))) / (s √(2π)), away from t = 0, where it is continued by its limit."""
        import sympy

        square = to_sympy(self.scale_squared)
        return (1 - sympy.exp(-square / (2 * t**2))) / sympy.sqrt(2 * sympy.pi * square)


@final
@dataclass(frozen=True)
class ZeroKinks(KinkLaw):
    """Zero bias: every neuron flips at 0, whatever the law of its weight (which is never 0).

    The whole layer has one kink, at 0, and f(x) − f(0) is linear on either side of it.

    Examples
    --------
    >>> law = ZeroKinks()
    >>> law.probability((-1, 1)), law.dead((0, 1)), law.expected_kinks(50)
    (Fraction(1, 1), Fraction(1, 2), Fraction(1, 1))
    """

    def density(self, t: Number) -> Fraction:
        """0 away from 0; at 0 there is no density but an atom, and `PwlinError` says so."""
        if to_fraction(t, "t") == 0:
            raise refusal("t", "0, where all probability is concentrated", "are other numbers, or cdf")
        return Fraction(0)

    def cdf(self, t: Number) -> Fraction:
        """0 left of 0, then 1."""
        return Fraction(int(to_fraction(t, "t") >= 0))

    def formula(self, t: Expr) -> Expr:
        """Dirac's delta."""
        import sympy

        return sympy.DiracDelta(t)

    def probability(self, domain: LineDomain = None) -> Fraction:
        """1 if 0 lies inside the domain, else 0."""
        interval = Interval.parse(domain)
        inside = (interval.left is None or interval.left < 0) and (interval.right is None or interval.right > 0)
        return Fraction(int(inside))

    def expected_kinks(self, neurons: int, domain: LineDomain = None) -> Fraction:
        """One kink for the whole layer if 0 lies inside the domain: all neurons flip there together."""
        return self.probability(domain) * min(whole(neurons, "neurons", 0), 1)


def pytorch_default() -> UniformKinks:
    """The law for ``torch.nn.Linear(1, n)`` as it comes: weights and biases uniform on (−1, 1).

    PyTorch draws weights by ``kaiming_uniform_(a=sqrt(5))``, that is from (−k, k) with k = √(6 / (1 + 5) / fan_in) =
    1/√fan_in, and biases from the same interval; with one input k = 1. Source: the documentation of torch.nn.Linear.
    """
    return UniformKinks()


def he(bias: Number = "zero") -> KinkLaw:
    """The law for He initialisation: weights Gaussian with variance 2 / fan_in = 2.

    Parameters
    ----------
    bias : "zero", "pytorch" or an exact number
        "zero": as He et al. have it; every kink lies at 0. "pytorch": ``kaiming_normal_`` applied to the weight only, so
        that the bias stays uniform on (−1, 1). A number is the deviation of a Gaussian bias; 0 is "zero".

    Notes
    -----
    Source: He, Zhang, Ren, Sun, Delving deep into rectifiers, ICCV 2015 (zero biases, section 2.2).

    Examples
    --------
    >>> he(), he("pytorch"), he(1)
    (ZeroKinks(), SlashKinks(scale_squared=Fraction(1, 2)), CauchyKinks(scale_squared=Fraction(1, 2)))
    """
    if isinstance(bias, str) and bias in ("zero", "pytorch"):
        return ZeroKinks() if bias == "zero" else SlashKinks(_HALF)
    deviation = to_fraction(bias, "bias")
    if deviation < 0:
        raise refusal("bias", shown(deviation), 'are "zero", "pytorch" or a deviation from 0')
    return CauchyKinks(deviation**2 / 2) if deviation else ZeroKinks()


def gaussian(weight_std: Number = 1, bias_std: Number = 1) -> KinkLaw:
    """The law for independent centred Gaussian weights and biases with these deviations; no bias: all kinks at 0."""
    weight, bias = _positive(weight_std, "weight_std"), to_fraction(bias_std, "bias_std")
    if bias < 0:
        raise refusal("bias_std", shown(bias), "are numbers from 0")
    return CauchyKinks((bias / weight) ** 2) if bias else ZeroKinks()


def _number(value: int | Probability) -> Probability:
    """Integers as Fractions; Fractions and sympy numbers as they are."""
    return Fraction(value) if isinstance(value, int) else value


def _positive(value: Number, name: str) -> Fraction:
    number = to_fraction(value, name)
    if number <= 0:
        raise refusal(name, shown(number), "are numbers above 0")
    return number
