"""Bounds on the number of regions and pieces, from the literature, as exact integers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import accumulate

from pwlin.base.arguments import items, refusal, shown, whole


def zaslavsky(n: int, d: int) -> int:
    """Most parts into which `n` hyperplanes cut a space of dimension `d`: the sum of C(n, j) over j <= d.

    Parameters
    ----------
    n : int
        Number of hyperplanes (neurons of one hidden layer), from 0.
    d : int
        Dimension (number of inputs), from 0.

    Returns
    -------
    int
        Exact. Attained exactly when any k <= d of the hyperplanes meet in dimension d - k and no d + 1 in a point;
        every arrangement has at most so many parts. One hidden layer of two-slope units has at most so many
        regions, whatever its weights.

    Notes
    -----
    Source: T. Zaslavsky, Facing up to arrangements, Memoirs of the AMS 154 (1975), for the exact count of any
    arrangement; the maximum is Steiner's for the plane (1826) and already in Schläfli and Buck for any dimension. Cost: O(min(n, d)) integer operations.

    Examples
    --------
    >>> [zaslavsky(n, 2) for n in range(6)]
    [1, 2, 4, 7, 11, 16]
    """
    n, d = whole(n, "n", 0), whole(d, "d", 0)
    if 2 * d < n:
        return sum(_binomials(n, d))
    return (1 << n) - (sum(_binomials(n, n - d - 1)) if d < n else 0)


def montufar_lower(input_dim: int, widths: Iterable[int]) -> int:
    """Lower bound on the most pieces that ReLU networks of one architecture reach.

    The product of ``floor(n_l / n_0) ** n_0`` over all hidden layers but the last, times the sum of C(n_L, j) over
    j <= n_0.

    Parameters
    ----------
    input_dim : int
        n_0, from 1.
    widths : iterable of int
        n_1, ..., n_L: hidden widths, each from 1. None at all is an affine network: 1.

    Returns
    -------
    int
        Some network of this architecture has at least so many pieces; any one network may have fewer. The theorem
        supposes n_l >= n_0. A narrower layer before the last makes the product 0: true, but it says nothing.

    Notes
    -----
    Source: Montúfar, Pascanu, Cho, Bengio, On the number of linear regions of deep neural networks, NeurIPS 2014.
    `serra_lower` is larger where its condition holds, and equal for one hidden layer.

    Examples
    --------
    >>> montufar_lower(2, [4, 4])
    44
    """
    return _folded(*_architecture(input_dim, widths), 0)


def serra_lower(input_dim: int, widths: Iterable[int]) -> int:
    """Lower bound on the most pieces of ReLU networks whose hidden layers all have at least 3 n_0 neurons.

    The product of ``(floor(n_l / n_0) + 1) ** n_0`` over all hidden layers but the last, times the sum of C(n_L, j)
    over j <= n_0. For one input it is the product of all n_l + 1, which no network exceeds.

    Parameters
    ----------
    input_dim : int
        n_0, from 1.
    widths : iterable of int
        n_1, ..., n_L, each at least 3 n_0; a smaller one is refused, for then the theorem says nothing.

    Notes
    -----
    Source: Serra, Tjandraatmadja, Ramalingam, Bounding and counting linear regions of deep neural networks,
    ICML 2018, the theorem on lower bounds. `pwlin.constructions.zigzag` attains it for one input and widths 3.

    Examples
    --------
    >>> serra_lower(1, [3, 3, 3])
    64
    """
    n0, layers = _architecture(input_dim, widths)
    for k, n in enumerate(layers):
        if n < 3 * n0:
            raise refusal(f"widths[{k}]", str(n), f"are integers from {shown(3 * n0)}, three times input_dim")
    return _folded(n0, layers, 1)


def montufar_upper(input_dim: int, widths: Iterable[int]) -> int:
    """Upper bound on the regions of any network of two-slope units with these widths.

    The product over the hidden layers of the sum of C(n_l, j) over j <= d_l, with d_l = min(n_0, ..., n_l).

    Parameters
    ----------
    input_dim : int
        n_0, from 1.
    widths : iterable of int
        n_1, ..., n_L: hidden widths, each from 1. None at all gives 1.

    Returns
    -------
    int
        Bounds the regions, hence the pieces too, of every network of this architecture.

    Notes
    -----
    Source: G. Montúfar, Notes on the number of linear regions of deep neural networks, SampTA 2017.
    It uses only that in one region of the layers below a layer's input spans at most d_l dimensions, so that it
    holds for ReLU, leaky ReLU and absolute value alike.

    Examples
    --------
    >>> montufar_upper(2, [3, 3])
    49
    """
    n0, layers = _architecture(input_dim, widths)
    product, dimension = 1, n0
    for n in layers:
        dimension = min(dimension, n)
        product *= zaslavsky(n, dimension)
    return product


def serra_upper(input_dim: int, widths: Iterable[int]) -> int:
    """Upper bound on the regions of any ReLU network with these widths; never above `montufar_upper`.

    The sum of C(n_1, j_1) ... C(n_L, j_L) over all index vectors with
    ``0 <= j_l <= min(n_0, n_1 - j_1, ..., n_(l-1) - j_(l-1), n_l)``.

    Parameters
    ----------
    input_dim : int
        n_0, from 1.
    widths : iterable of int
        n_1, ..., n_L: hidden widths, each from 1. None at all gives 1.

    Returns
    -------
    int
        Bounds the regions, hence the pieces too, of every ReLU network of this architecture.

    Notes
    -----
    Source: Serra, Tjandraatmadja, Ramalingam, Bounding and counting linear regions of deep neural networks,
    ICML 2018, Theorem 1. It uses that inactive ReLUs are constant and so lower the rank: it holds for ReLU, but not
    for leaky ReLU or absolute value; use `montufar_upper` there.

    For one input and widths of at least 2 it is the product of n_l + 1; for widths of at least 3 that is attained.

    Cost: O(min(n_0, n_1)) products of integers a layer. The layers below matter only through the least of n_0 and the
    n_l - j_l so far, r; with P the partial sums of C(n, j) and S the sums of the old counts from an index on, a
    layer of n neurons makes ``new[r] = old[r] P[min(r, n - r)] + C(n, r) S[max(r + 1, n - r)]``: either the least
    value stays r, or this layer sets it with j = n - r.

    Examples
    --------
    >>> serra_upper(2, [3, 3]), montufar_upper(2, [3, 3])
    (40, 49)
    """
    rank, layers = _architecture(input_dim, widths)
    rank = min(rank, layers[0]) if layers else 0  # past the first layer no more directions than its neurons are left
    old = [0] * rank + [1]
    for n in layers:
        top = min(n, rank)
        sums = list(accumulate(_binomials(n, top)))
        tails = [*old, 0]
        for r in range(rank - 1, -1, -1):
            tails[r] += tails[r + 1]
        new = [0] * (rank + 1)
        for r in range(top + 1):
            binomial = sums[r] - (sums[r - 1] if r else 0)
            new[r] = old[r] * sums[min(r, n - r)] + binomial * tails[min(max(r + 1, n - r), rank + 1)]
        old = new
    return sum(old)


def _folded(n0: int, layers: list[int], more: int) -> int:
    """The pieces where each layer but the last folds every input ``floor(n / n_0) + more`` times."""
    if not layers:
        return 1
    *inner, last = layers
    return math.prod((n // n0 + more) ** n0 for n in inner) * zaslavsky(last, n0)


def _binomials(n: int, last: int) -> Iterator[int]:
    """C(n, 0), ..., C(n, last)."""
    yield (term := 1)
    for j in range(1, last + 1):
        yield (term := term * (n - j + 1) // j)


def _architecture(input_dim: object, widths: object) -> tuple[int, list[int]]:
    given = items(widths, "widths", "is a sequence of integers from 1")
    return whole(input_dim, "input_dim", 1), [whole(n, f"widths[{k}]", 1) for k, n in enumerate(given)]
