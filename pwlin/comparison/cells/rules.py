"""Gauss' rules with certified nodes and weights, and products of them on triangles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import final

import numpy as np
from flint import arb, ctx, fmpz_poly
from numpy.typing import NDArray

from pwlin.exact.bridges import dyadic
from pwlin.formulas.arithmetic.floats import Floats, down, up
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.functions.cells.volumes import grundmann_moeller

_BITS = 512


@final
@dataclass(frozen=True)
class Rule:
    """Barycentric nodes, shape (count, d + 1), and weights, shape (count,), of a rule for mean values over a simplex.

    It is exact for polynomials of degree less than `order`; `growth` is the sum of the weights' magnitudes.
    """

    nodes: Intervals
    weights: Intervals
    order: int

    @property
    def growth(self) -> float:
        """Sum of the weights' magnitudes, rounded up."""
        return float(self.weights.absolute().high.sum() * (1 + 1e-12))


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


def _floats(balls: list[arb]) -> Intervals:
    low, high = (Intervals.of([dyadic(getattr(b, end)()) for b in balls]) for end in ("lower", "upper"))
    return Intervals(low.low, high.high)


@lru_cache(maxsize=64)
def simplex_rule(d: int, steps: int) -> Rule:
    """A rule of degree ``2 steps + 1``: on triangles a product of Gauss' rules, all weights of which are positive.

    Sources: Stroud, Approximate calculation of multiple integrals, 1971, section 2.4; in more variables that of Grundmann
    and Möller, which has fewer nodes.
    """
    if d == 2:
        (far, far_weights), (across, across_weights) = gauss(steps + 1, 1), gauss(steps + 1, 0)
        n = steps + 1
        rho, t = far[np.repeat(np.arange(n), n)], across[np.tile(np.arange(n), n)]
        one = Intervals.points(1.0)
        columns = one - rho, rho * (one - t), rho * t
        nodes = Intervals(np.stack([c.low for c in columns], axis=1), np.stack([c.high for c in columns], axis=1))
        weights = far_weights[np.repeat(np.arange(n), n)] * across_weights[np.tile(np.arange(n), n)] * 2.0
        return Rule(nodes, weights, 2 * n)
    places, shares = [], []
    for weight, n, found in grundmann_moeller(d, steps):
        places += [Fraction(b, n) for place in found for b in place]
        shares += [Fraction(int(weight.p), int(weight.q))] * len(found)
    return Rule(Intervals.of(places).reshape(-1, d + 1), Intervals.of(shares), 2 * steps + 2)


def weighted(values: Intervals, weights: Intervals) -> Intervals:
    """Weighted sums of values, shape (count, nodes), with weights of shape (nodes,) or (count, nodes)."""
    terms = values * (Intervals(weights.low[None], weights.high[None]) if weights.low.ndim == 1 else weights)
    n = terms.shape[1]
    low, high = terms.low.sum(axis=1), terms.high.sum(axis=1)
    slack = n * 2.0**-52 * np.maximum(np.abs(terms.low), np.abs(terms.high)).sum(axis=1) * (1 + n * 2.0**-52)
    return Intervals(down(low - slack), up(high + slack))


def chosen_rules(margins: Floats, goal: float, width: Floats) -> list[NDArray[np.int64]]:
    """For each rule the parts that take it: the first whose margin meets the goal, or else the best if it helps at all.

    Parameters
    ----------
    margins : ndarray, shape (rules, count)
    width : ndarray, shape (count,)
        Of what is known already.
    """
    margins = np.where(np.isnan(margins), np.inf, margins)
    meets = margins <= goal / 4
    pick = np.where(meets.any(axis=0), meets.argmax(axis=0), margins.argmin(axis=0))
    helps = margins[pick, np.arange(margins.shape[1])] < width / 8
    return [np.flatnonzero(helps & (pick == k) & (width > goal)) for k in range(len(margins))]
