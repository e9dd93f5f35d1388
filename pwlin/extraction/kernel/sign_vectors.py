"""Cells of one layer in a box, counted by their sign vectors: no vertices, whose number explodes with the dimension.

The neurons come in one after another. A cell is told by a point inside it; whether the next neuron cuts it is asked by maximizing
the neuron over the cell, or its negative, with the simplex method (dual, with bounded variables). Floats that may err find the
answer, and prove it:

- it is cut if there is a point of floats on each side, at which the signs of all neurons so far are certain;
- it is not if the neuron is a sum of the cell's constraints, with factors that are not negative, and of something that has one
  sign on the box. Any such factors prove it, so that only the sum is to be bounded.

A sum of n products errs by n + 1 roundoffs of the sum of their magnitudes at most (Higham, "Accuracy and Stability of Numerical
Algorithms", 2nd ed., section 3.1); bounds take twice as many. Where neither is proved, as where hyperplanes touch a cell without
cutting it, the count is given up.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from pwlin.extraction.kernel.compiled import Floats, Integers, compiled, inner
from pwlin.extraction.watch import Found
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

_AT_ONCE = 1 << 14
"""Cells that are counted before the caller is told."""
_FAR = 2.0**200
"""Ends of the box, and their distances, lie between this and its inverse, or are zero."""
_TINY = 2.0**-900
"""More than all underflows lose; weights are zero or above."""
_ROUNDOFF = 2.0**-53
_CLEAR = 1e-9
"""What is as far below zero needs no better bound; a matter of speed only."""
_CUT, _WHOLE, _UNSURE = 1, 0, -1


class Layer(NamedTuple):
    """Hyperplanes ``weights[i] . x + biases[i] = 0``, and the box."""

    weights: Floats
    biases: Floats
    low: Floats
    high: Floats


class Tableau(NamedTuple):
    """Variables of a linear program: coordinates are 0 to d - 1, d + i is what neuron i is beyond zero.

    Attributes
    ----------
    rows : ndarray, shape (n + 1, d + 1)
        Each basic variable, and last what is maximized, by the others; the last column is the constant.
    value : ndarray, shape (n + 1,)
        Theirs.
    basic, other : ndarray of int, shapes (n,), (d,)
    at : ndarray, shape (d,)
        Values of the others.
    factors : ndarray, shape (d,)
        Of a proof: what is left of a neuron, coordinate by coordinate.
    """

    rows: Floats
    value: Floats
    basic: Integers
    other: Integers
    at: Floats
    factors: Floats


class Search(NamedTuple):
    """Cells whose neurons are not all in: a point in each, the signs of the neurons that are, and their number.

    The last row is the cell at work; `state` has the number of the others, and whether all is proved so far.
    """

    points: Floats
    signs: Floats
    levels: Integers
    state: Integers


@inner
def _value(layer: Layer, i: int, points: Floats, row: int) -> tuple[float, float]:
    """Neuron i at a point, and a bound of the error."""
    d = layer.weights.shape[1]
    total, size = layer.biases[i], abs(layer.biases[i])
    for j in range(d):
        term = layer.weights[i, j] * points[row, j]
        total += term
        size += abs(term)
    return total, 2 * (d + 4) * _ROUNDOFF * size + _TINY


@inner
def _set_up(layer: Layer, t: Tableau, signs: Floats, k: int, side: float) -> None:
    """The corner of the box where the neuron, times the side, is largest."""
    d = layer.weights.shape[1]
    for i in range(k + 1):
        sign = signs[i] if i < k else side
        for j in range(d):
            t.rows[i, j] = sign * layer.weights[i, j]
        t.rows[i, d] = sign * layer.biases[i]
    for j in range(d):
        t.other[j] = j
        t.at[j] = layer.high[j] if t.rows[k, j] > 0 else layer.low[j]
    for i in range(k + 1):
        if i < k:
            t.basic[i] = d + i
        t.value[i] = t.rows[i, d]
        for j in range(d):
            t.value[i] += t.rows[i, j] * t.at[j]


@inner
def _maximize(layer: Layer, t: Tableau, k: int) -> bool:
    """Go down from corner to corner, outside the cell, until it is reached or the bound is below zero; False if that fails."""
    d = layer.weights.shape[1]
    for _ in range(50 * (k + d + 1)):
        if t.value[k] <= -_CLEAR:
            return True
        worst, row, target = -1e-11, -1, 0.0
        for i in range(k):
            v = t.basic[i]
            if v >= d:
                if t.value[i] < worst:
                    worst, row, target = t.value[i], i, 0.0
            elif layer.high[v] - t.value[i] < worst:
                worst, row, target = layer.high[v] - t.value[i], i, layer.high[v]
            elif t.value[i] - layer.low[v] < worst:
                worst, row, target = t.value[i] - layer.low[v], i, layer.low[v]
        if row < 0:
            return True
        rises = t.value[row] < target
        best, column = np.inf, -1
        for j in range(d):
            a, v = t.rows[row, j], t.other[j]
            up = v >= d or t.at[j] == layer.low[v]
            if abs(a) > 1e-13 and (a > 0) == (up == rises) and abs(t.rows[k, j] / a) < best:
                best, column = abs(t.rows[k, j] / a), j
        if column < 0:
            return False
        _pivot(t, k, row, column, target, d)
    return False


@inner
def _pivot(t: Tableau, k: int, row: int, column: int, target: float, d: int) -> None:
    """The basic variable of a row takes its target and changes places with another one."""
    a = t.rows[row, column]
    step = (target - t.value[row]) / a
    entering = t.at[column] + step
    for i in range(k + 1):
        t.value[i] += t.rows[i, column] * step
    for j in range(d + 1):
        t.rows[row, j] = -t.rows[row, j] / a
    t.rows[row, column] = 1 / a
    for i in range(k + 1):
        factor = t.rows[i, column]
        if i != row and factor != 0:
            t.rows[i, column] = 0
            for j in range(d + 1):
                t.rows[i, j] += factor * t.rows[row, j]
    v = t.other[column]
    t.other[column], t.basic[row] = t.basic[row], v
    t.value[row], t.at[column] = entering, target


@inner
def _is_whole(layer: Layer, t: Tableau, signs: Floats, k: int, side: float) -> bool:
    """Whether the neuron, times the side, is nowhere positive in the cell, by the program's factors."""
    d, left = layer.weights.shape[1], t.factors
    constant, size = side * layer.biases[k], abs(layer.biases[k])
    for j in range(d):
        left[j] = side * layer.weights[k, j]
        size += abs(left[j]) * max(abs(layer.low[j]), abs(layer.high[j]))
    for c in range(d):
        i, y = t.other[c] - d, -t.rows[k, c]
        if i >= 0 and y > 0:
            constant += y * signs[i] * layer.biases[i]
            size += y * abs(layer.biases[i])
            for j in range(d):
                left[j] += y * signs[i] * layer.weights[i, j]
                size += y * abs(layer.weights[i, j]) * max(abs(layer.low[j]), abs(layer.high[j]))
    for j in range(d):
        constant += max(left[j] * layer.low[j], left[j] * layer.high[j])
    return constant + 4 * (d + 4) * _ROUNDOFF * size + _TINY <= 0


@inner
def _cut(layer: Layer, t: Tableau, search: Search, k: int, side: float, near: float) -> int:
    """Whether neuron k cuts the cell at work, which is told by a point so near to it; if so the other half waits."""
    d, points, top, here = layer.weights.shape[1], search.points, search.state[0], len(search.levels) - 1
    signs = search.signs[here]
    _set_up(layer, t, signs, k, side)
    if not _maximize(layer, t, k):
        return _UNSURE
    if t.value[k] <= 0:
        return _WHOLE if _is_whole(layer, t, signs, k, side) else _UNSURE
    way = near / (near + t.value[k])
    way += (1 - way) / 2  # from the point here to the corner: half of what is beyond the hyperplane
    for j in range(d):
        if t.other[j] < d:
            points[top, t.other[j]] = t.at[j]
    for i in range(k):
        if t.basic[i] < d:
            points[top, t.basic[i]] = t.value[i]
    for j in range(d):
        moved = points[here, j] + way * (points[top, j] - points[here, j])
        points[top, j] = min(max(moved, layer.low[j]), layer.high[j])
    for i in range(k + 1):
        value, error = _value(layer, i, points, top)
        if not (side if i == k else signs[i]) * value > error:
            return _UNSURE
        search.signs[top, i] = side if i == k else signs[i]
    search.levels[top] = k + 1
    search.state[0] = top + 1
    return _CUT


@compiled
def count_some(layer: Layer, t: Tableau, search: Search, most: int) -> int:
    """Count so many cells more, if there are; `search.state` says when all are counted, and when something is not proved."""
    n, d = layer.weights.shape
    here, found = len(search.levels) - 1, 0
    signs = search.signs[here]
    while found < most and search.state[0] > 0:
        top = search.state[0] - 1
        search.state[0] = top
        for i in range(search.levels[top]):
            signs[i] = search.signs[top, i]
        for j in range(d):
            search.points[here, j] = search.points[top, j]
        for k in range(search.levels[top], n):
            value, error = _value(layer, k, search.points, here)
            if not abs(value) > error:
                search.state[1] = 1
                return found
            side = -1.0 if value > 0 else 1.0
            if _cut(layer, t, search, k, side, abs(value)) == _UNSURE:
                search.state[1] = 1
                return found
            signs[k] = -side
        found += 1
    return found


def count_signs(net: Network, domain: Polytope, found: Found | None = None) -> int | None:
    """The number of cells of a network of one layer in a box; None for others, or if something is not proved."""
    layer = _layer_of(net, domain) if len(net.hidden) == 1 else None
    if layer is None:
        return None
    n, d = layer.weights.shape
    tableau = Tableau(
        np.zeros((n + 1, d + 1)),
        np.zeros(n + 1),
        np.zeros(n, dtype=np.int64),
        np.zeros(d, dtype=np.int64),
        np.zeros(d),
        np.zeros(d),
    )
    search = Search(
        np.zeros((n + 2, d)), np.zeros((n + 2, n)), np.zeros(n + 2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    )
    # a point that is on no hyperplane that people choose
    shares = np.modf((1 + np.arange(d)) * 0.6180339887498949)[0] / 8 + 0.4375
    search.points[0] = layer.low + shares * (layer.high - layer.low)
    search.state[0], total = 1, 0
    while search.state[0] and not search.state[1]:
        more = count_some(layer, tableau, search, _AT_ONCE)
        total += more
        if found is not None:
            found(more)
    if search.state[1]:
        if found is not None:
            found(-total)
        return None
    return total


def _layer_of(net: Network, domain: Polytope) -> Layer | None:
    """In floats, neurons and coordinates scaled to about one; None if that is not the very same layer, or the domain no box of floats."""
    hidden, box = net.hidden[0], _box(domain)
    if box is None or not hidden.is_float:
        return None
    bends, units = ~hidden.is_linear, np.frexp(np.abs(box).max(axis=0))[1]
    with np.errstate(over="ignore"):
        both = np.column_stack([np.ldexp(hidden.weight_float, units), hidden.bias_float])[bends]
    largest = np.abs(both).max(axis=1, initial=0)
    if not (largest.all() and np.isfinite(largest).all()):  # a neuron that is zero everywhere, or too large
        return None
    both = np.ldexp(both, -np.frexp(largest)[1][:, None])
    if (np.abs(both[both != 0]) < _TINY).any():
        return None
    weights, biases = np.ascontiguousarray(both[:, :-1]), np.ascontiguousarray(both[:, -1])
    return Layer(weights, biases, *np.ldexp(np.array(box), -units))


def _box(domain: Polytope) -> tuple[Floats, Floats] | None:
    """Low and high ends of a bounded box with ends that are floats and neither huge nor tiny."""
    ends = np.full((2, domain.dim), np.nan)
    if len(domain.normals) != 2 * domain.dim:
        return None
    for *normal, offset in domain.normals:
        places = np.flatnonzero(normal)
        if len(places) != 1:
            return None
        end = Fraction(-offset, normal[places[0]])
        if (end and not 1 / _FAR < abs(end) < _FAR) or Fraction(float(end)) != end:
            return None
        ends[0 if normal[places[0]] > 0 else 1, places[0]] = float(end)
    low, high = ends
    return (low, high) if (high - low > 1 / _FAR).all() else None
