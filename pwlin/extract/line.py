"""From a one-input network to its exact regions: layer by layer, all regions of a layer at once.

In a region the input of every layer is one affine map of the line's coordinate. Its coefficients are integers over one
denominator, so their bits grow linearly with depth. A neuron divides a region exactly where its affine map changes sign
strictly inside; the signs at the region's two ends decide that.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.activity1d import LineActivity, affine, integer_slopes
from pwlin.errors import ShapeError
from pwlin.function1d import PiecewiseLinear1D
from pwlin.integers import add, compact, content, divide, multiply, scale, signs
from pwlin.interval import Interval
from pwlin.layer import Layer
from pwlin.network import Network
from pwlin.rational import ExactArray
from pwlin.rationalvector import RationalVector, quotient_keys


@dataclass(frozen=True, eq=False)
class _Cut:
    """The line cut into regions: ends as homogeneous integers, and an affine map (a t + b) / den for each input."""

    p: ExactArray  # (n + 1,), numerators of the ends; -1 and 1 at infinite ends
    q: ExactArray  # (n + 1,), denominators of the ends; 0 at infinite ends
    a: ExactArray  # (n, width)
    b: ExactArray  # (n, width)
    den: int


def extract_line(network: Network, domain: Any = None) -> tuple[PiecewiseLinear1D, ...]:
    """Extract every output of a network with one input, exactly.

    Parameters
    ----------
    network : Network
        With ``input_dim == 1``.
    domain : None or pair of ends
        None is all of R; an end that is None is infinite.

    Returns
    -------
    tuple of PiecewiseLinear1D
        One per output; they share their regions.

    Notes
    -----
    Cost: one exact matrix product per layer with two rows for each region, plus one exact evaluation per neuron and
    breakpoint. While all numbers fit 64 bits (dyadic and small-integer weights) everything is vectorised.
    """
    if network.input_dim != 1:
        raise ShapeError(f"network: found {network.input_dim} inputs; accepted is one (see Network.restrict)")
    interval = Interval.parse(domain)
    cut = _whole(interval)
    patterns: list[NDArray[np.bool_]] = []
    for layer in network.hidden:
        cut, parents, active = _through(layer, cut)
        patterns = [p[parents] for p in patterns]
        patterns.append(active)
    a, b, den = affine(network.readout, cut.a, cut.b, cut.den)
    ends = RationalVector(cut.p[1:-1], cut.q[1:-1])
    return tuple(
        PiecewiseLinear1D(
            interval,
            ends,
            RationalVector.over(a[:, i], den),
            RationalVector.over(b[:, i], den),
            LineActivity(network.output(i), tuple(patterns)),
        )
        for i in range(network.output_dim)
    )


def _whole(interval: Interval) -> _Cut:
    left, right = interval.left, interval.right
    p = np.array([-1 if left is None else left.numerator, 1 if right is None else right.numerator], dtype=object)
    q = np.array([0 if left is None else left.denominator, 0 if right is None else right.denominator], dtype=object)
    one = np.ones((1, 1), dtype=np.int64)
    return _Cut(compact(p), compact(q), one, np.zeros_like(one), 1)


def _through(layer: Layer, cut: _Cut) -> tuple[_Cut, NDArray[np.int64], NDArray[np.bool_]]:
    """Pass one hidden layer: the finer cut, each new region's parent, and the layer's patterns."""
    a, b, den = affine(layer, cut.a, cut.b, cut.den)
    left, right = _end_signs(a, b, cut)
    bends = np.array([not unit.is_linear for unit in layer.activations])
    rows, neurons = np.nonzero((left * right < 0) & bends)
    p, q = _roots(a[rows, neurons], b[rows, neurons])
    order = _order(rows, p, q)
    rows, neurons, p, q = rows[order], neurons[order], p[order], q[order]

    fresh = np.ones(len(rows), dtype=bool)  # first of its region, or different from the root before
    fresh[1:] = (rows[1:] != rows[:-1]) | (p[1:] != p[:-1]) | (q[1:] != q[:-1])
    roots = np.bincount(rows[fresh], minlength=len(a))
    starts = np.concatenate([[0], np.cumsum(roots + 1)[:-1]])
    parents = np.repeat(np.arange(len(a)), roots + 1)
    after = np.cumsum(fresh) + rows  # index of the new region to the right of each root

    active = _patterns(left, right, bends, parents, starts, rows, neurons, after)
    total = len(parents)
    new_p, new_q = np.empty(total + 1, dtype=p.dtype), np.empty(total + 1, dtype=q.dtype)
    if cut.p.dtype != new_p.dtype or cut.q.dtype != new_q.dtype:
        new_p, new_q = new_p.astype(object), new_q.astype(object)
    new_p[starts], new_q[starts] = cut.p[:-1], cut.q[:-1]
    new_p[-1], new_q[-1] = cut.p[-1], cut.q[-1]
    new_p[after[fresh]], new_q[after[fresh]] = p[fresh], q[fresh]

    low, high, unit = integer_slopes(layer)
    slopes = np.where(active, high, low)
    a, b, den = multiply(a[parents], slopes), multiply(b[parents], slopes), den * unit
    common = content(den, a, b)
    cut = _Cut(compact(new_p), compact(new_q), divide(a, common), divide(b, common), den // common)
    return cut, parents, active


def _end_signs(a: ExactArray, b: ExactArray, cut: _Cut) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Signs of every neuron at the left and right end of every region."""
    left = signs(add(multiply(a, cut.p[:-1, None]), multiply(b, cut.q[:-1, None])))
    last = signs(add(scale(a[-1], int(cut.p[-1])), scale(b[-1], int(cut.q[-1]))))
    right = np.concatenate([left[1:], last[None, :]])  # preactivations are continuous
    for signs_there, row in ((left, 0), (right, -1)):  # at an infinite end a constant keeps its own sign
        if cut.q[row] == 0:
            signs_there[row] = np.where(a[row] == 0, signs(b[row]), signs_there[row])
    return left, right


def _roots(a: ExactArray, b: ExactArray) -> tuple[ExactArray, ExactArray]:
    """Where a t + b = 0, as numerators and positive denominators in lowest terms."""
    flip = np.where(a > 0, -1, 1)
    num, den = b * flip, a * -flip
    common = np.gcd(num, den)
    return compact(num // common), compact(den // common)


def _order(rows: NDArray[np.int64], p: ExactArray, q: ExactArray) -> NDArray[np.int64]:
    """Indices that sort roots by region, then by value. Rounded quotients presort; their ties are settled exactly."""
    keys = quotient_keys(p, q)
    order = np.lexsort((keys, rows))
    r, k = rows[order], keys[order]
    same = (r[1:] == r[:-1]) & (k[1:] == k[:-1])
    unequal = same & ((p[order][1:] != p[order][:-1]) | (q[order][1:] != q[order][:-1]))
    if unequal.any():
        starts = np.flatnonzero(~np.concatenate([[False], same]))
        stops = np.append(starts[1:], len(order))
        for index in np.unique(np.searchsorted(starts, np.flatnonzero(unequal), side="right") - 1):
            run = order[starts[index] : stops[index]].tolist()
            run.sort(key=lambda i: Fraction(int(p[i]), int(q[i])))
            order[starts[index] : stops[index]] = run
    return order


def _patterns(
    left: NDArray[np.int8],
    right: NDArray[np.int8],
    bends: NDArray[np.bool_],
    parents: NDArray[np.int64],
    starts: NDArray[np.int64],
    rows: NDArray[np.int64],
    neurons: NDArray[np.int64],
    after: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which neurons are active in each new region, by running changes from left to right."""
    crossing = np.zeros(left.shape, dtype=bool)
    crossing[rows, neurons] = True
    first = np.where(crossing, left > 0, (left > 0) | (right > 0)) | ~bends
    if len(rows) == 0:
        return first[parents]
    changes = np.zeros((len(parents), left.shape[1]), dtype=bool)
    changes[after, neurons] = True
    last = first ^ crossing
    changes[starts[0]] = first[0]
    changes[starts[1:]] = first[1:] ^ last[:-1]
    return np.asarray(np.logical_xor.accumulate(changes, axis=0))


__all__ = ["extract_line"]
