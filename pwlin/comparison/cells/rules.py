"""Gauss' rules with certified nodes and weights, and products of them on simplices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache, reduce
from operator import add
from typing import final

import numpy as np
from flint import arb, ctx, fmpz_poly
from numpy.typing import NDArray

from pwlin.exact.bridges import dyadic
from pwlin.formulas.arithmetic.floats import Floats, down, up
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.functions.cells.volumes import grundmann_moeller

_BITS = 512
_MOST_CONICAL = 3
"""Most variables in which products of Gauss' rules take less work: their nodes are more, but weights of one sign need fewer cells."""
_MOST_NODES = 500


@final
@dataclass(frozen=True)
class Rule:
    """Barycentric nodes, shape (count, d + 1), and weights, shape (count,), of a rule for mean values over a simplex.

    It is exact for polynomials of degree less than `order`; `growth` is the sum of the weights' magnitudes.

    Attributes
    ----------
    shares : Intervals, shape (d,)
        Of a product of Gauss' rules: what it leaves out is the sum over k of these times values of the Taylor coefficients of
        degree `order` in directions from corner k to the side of those after it. Of another rule they are none.
    """

    nodes: Intervals
    weights: Intervals
    order: int
    shares: Intervals

    @property
    def places(self) -> Intervals:
        """The nodes, for all of some simplices alike: shape (1, count, d + 1)."""
        return self.nodes[None]

    @cached_property
    def growth(self) -> float:
        """Sum of the weights' magnitudes, rounded up."""
        return float(self.weights.absolute().high.sum() * (1 + 1e-12))

    @property
    def is_conical(self) -> bool:
        """Whether it is a product of Gauss' rules."""
        return len(self.shares.low) > 0

    def rest(self, series: Sequence[Intervals]) -> Intervals:
        """Enclosures of what it leaves out of mean values, shape (count,).

        Parameters
        ----------
        series : one for each direction as above, or one from the centroid to all of the simplex
        """
        if not self.is_conical:
            margin = up(series[0][self.order].width / 2 * (1 + self.growth))
            return Intervals(-margin, margin)
        parts = [self.shares[k] * along[self.order] for k, along in enumerate(series)]
        return reduce(add, parts)


@lru_cache(maxsize=64)
def gauss(n: int, power: int) -> tuple[Intervals, Intervals]:
    """Nodes and weights for integrals of ``x**power f(x)`` over [0, 1], exact for polynomials f of degree below 2 n.

    The nodes are the zeros of a Jacobi polynomial, here as a hypergeometric sum; weights are integrals of Lagrange's
    polynomials. Both in balls of so many bits that floats enclose them as closely as they can.
    """
    terms = [Fraction(1)]
    for k in range(n):
        terms.append(terms[-1] * Fraction((k - n) * (n + power + 1 + k), (power + 1 + k) * (k + 1)))
    unit = math.lcm(*(t.denominator for t in terms))
    whole = [int(t * unit) for t in terms]
    with ctx.workprec(_BITS):
        nodes = sorted((z.real for z, _ in fmpz_poly(whole).complex_roots()), key=float)
        weights = []
        for node in nodes:
            quotient = [arb(0)] * n
            for k in reversed(range(n)):  # Horner's division by x - node
                quotient[k] = arb(whole[k + 1]) + (quotient[k + 1] * node if k + 1 < n else 0)
            integral = sum((q / (k + power + 1) for k, q in enumerate(quotient)), arb(0))
            weights.append(integral / sum((q * node**k for k, q in enumerate(quotient)), arb(0)))
        return _floats(nodes), _floats(weights)


def left_out(n: int, power: int) -> Fraction:
    """What `gauss` leaves out of integrals, for each unit of the function's Taylor coefficient of degree 2 n.

    The integral of the square of the monic polynomial that vanishes at the nodes, for the density ``x**power``.
    """
    return Fraction(1, (2 * n + power + 1) * math.comb(2 * n + power, n) ** 2)


def _floats(balls: list[arb]) -> Intervals:
    low, high = (Intervals.of([dyadic(getattr(b, end)()) for b in balls]) for end in ("lower", "upper"))
    return Intervals(low.low, high.high)


@lru_cache(maxsize=64)
def simplex_rule(d: int, steps: int) -> Rule:
    """A rule of degree ``2 steps + 1``: in up to three variables a product of Gauss' rules, all weights of which are positive.

    Sources: Stroud, Approximate calculation of multiple integrals, 1971, section 2.4; in more variables that of Grundmann
    and Möller, which has fewer nodes.
    """
    if d <= _MOST_CONICAL:
        return _conical(d, steps + 1)
    places, shares = [], []
    for weight, n, found in grundmann_moeller(d, steps):
        places += [Fraction(b, n) for place in found for b in place]
        shares += [Fraction(int(weight.p), int(weight.q))] * len(found)
    return Rule(Intervals.of(places).reshape(-1, d + 1), Intervals.of(shares), 2 * steps + 2, Intervals.of([]))


def _conical(d: int, n: int) -> Rule:
    """The mean over the base of a cone, by the rule of one variable less, in a mean over the distance x from its apex.

    What the rule on the base leaves out is smaller by x^(2 n), of the mean of which Gauss' rule leaves out as much as `left_out`
    says.
    """
    if d == 0:
        one = Intervals.points(np.ones(1))
        return Rule(one.reshape(1, 1), one, 2 * n, one[:0])
    base, (far, far_weights) = _conical(d - 1, n), gauss(n, d - 1)
    count = len(base.weights.low)
    i, j = np.repeat(np.arange(n), count), np.tile(np.arange(count), n)
    inside = far[i].reshape(-1, 1) * base.nodes[j]
    apex = Intervals.points(1.0) - far[i]
    nodes = Intervals(*(np.column_stack([getattr(v, end) for v in (apex, inside)]) for end in ("low", "high")))
    first, mean = d * left_out(n, d - 1), Fraction(d, 2 * n + d)
    own, later = Intervals.of([first]), base.shares * Intervals.of([mean - first])
    shares = Intervals(*(np.concatenate([getattr(v, end) for v in (own, later)]) for end in ("low", "high")))
    return Rule(nodes, far_weights[i] * base.weights[j] * float(d), 2 * n, shares)


@lru_cache(maxsize=16)
def rules(d: int) -> tuple[Rule, ...]:
    """Rules for means over simplices, from the cheapest on; each is exact for polynomials of higher degree than the one before."""
    if d == 2:
        return tuple(simplex_rule(d, steps) for steps in (2, 4, 6, 9))
    if d <= _MOST_CONICAL:
        return tuple(simplex_rule(d, steps) for steps in (1, 2, 4, 6))
    return tuple(simplex_rule(d, steps) for steps in range(1, 6) if math.comb(d + steps + 1, steps) <= _MOST_NODES)


def weighted(values: Intervals, weights: Intervals) -> Intervals:
    """Weighted sums of values, shape (count, nodes), with weights of shape (nodes,) or (count, nodes)."""
    terms = values * (Intervals(weights.low[None], weights.high[None]) if weights.low.ndim == 1 else weights)
    n = terms.shape[1]
    low, high = terms.low.sum(axis=1), terms.high.sum(axis=1)
    slack = n * 2.0**-52 * np.maximum(np.abs(terms.low), np.abs(terms.high)).sum(axis=1) * (1 + n * 2.0**-52)
    return Intervals(down(low - slack), up(high + slack))


def chosen_rules(margins: Floats, goal: float, width: Floats) -> list[NDArray[np.int64]]:
    """For each rule the parts that take it: the first whose margin meets the goal, or else the first that helps.

    What does not meet the goal is likely to be cut, so that its values are lost.

    Parameters
    ----------
    margins : ndarray, shape (rules, count)
    width : ndarray, shape (count,)
        Of what is known already.
    """
    margins = np.where(np.isnan(margins), np.inf, margins)
    meets, helps = margins <= goal / 4, margins < width / 8
    pick = np.where(meets.any(axis=0), meets.argmax(axis=0), helps.argmax(axis=0))
    useful = (helps & (width > goal))[pick, np.arange(margins.shape[1])]
    return [np.flatnonzero(useful & (pick == k)) for k in range(len(margins))]
