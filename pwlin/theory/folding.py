"""Folding constructions: many pieces from few neurons, by composing a layer with itself."""

from __future__ import annotations

from fractions import Fraction

from pwlin.base.arguments import choice, whole
from pwlin.comparison.norm import NORMS
from pwlin.geometry.interval import LineDomain, bounded
from pwlin.networks.network import Network

MOST = 100_000
"""So deep may a network be that is made here; each level is a layer."""
_HALF = Fraction(1, 2)


def hat() -> Network:
    """The hat of height ½ on [-1, 1], zero elsewhere: ½σ(x + 1) − σ(x) + ½σ(x − 1).

    Returns
    -------
    Network
        One hidden layer of 3 ReLUs; kinks at −1, 0, 1 with jumps ½, −1, ½.

    Examples
    --------
    >>> [str(hat().exact(x)) for x in (-2, "-1/2", 0, "1/2", 2)]
    ['0', '1/4', '1/2', '1/4', '0']
    """
    return Network.from_arrays([[[1], [1], [1]], [[_HALF, -1, _HALF]]], [[1, 0, -1], [0]])


def tent(depth: int) -> Network:
    """The tent map h(x) = 2σ(x) − 4σ(x − ½), composed with itself `depth` times.

    Parameters
    ----------
    depth : int
        Number of hidden layers, from 0 (the identity).

    Returns
    -------
    Network
        Widths (2, ..., 2). On [0, 1]: 2**depth pieces with slopes ±2**depth, teeth from 0 to 1 and back.
        Outside it is 0, but for depth 1 right of 1, where it falls with slope −2, and for depth 0, the identity.

    Notes
    -----
    Source: M. Telgarsky, Representation benefits of deep feedforward networks (2015), and Benefits of depth in neural
    networks, COLT 2016.

    Examples
    --------
    >>> tent(3), str(tent(3).exact("3/8"))
    (Network(1-2-2-2-1, relu), '1')
    """
    fold = Network.from_arrays([[[1], [1]], [[2, -4]]], [[0, -_HALF], [0]])
    return _power(fold, depth)


def zigzag(depth: int) -> Network:
    """A zigzag of width 3 with 4**depth pieces on [0, 1], the most that any such network has.

    One layer is z(x) = 4 − 2σ(6x − 1) + 3σ(3x − 1) − 2σ(2 − 3x): slopes 6, −6, 3, −3 on [0, 1/6], [1/6, 1/3],
    [1/3, 2/3], [2/3, 1], each piece onto [0, 1]; it is composed with itself.

    Parameters
    ----------
    depth : int
        Number of hidden layers, from 0 (the identity).

    Returns
    -------
    Network
        Widths (3, ..., 3). All 4**depth pieces on [0, 1] map onto [0, 1]; no kinks lie outside.

    Notes
    -----
    The product of n_l + 1 bounds the pieces of a network with one input (`pwlin.bounds.serra_upper`); with widths of
    at least 3 it is reached: Serra, Tjandraatmadja, Ramalingam, ICML 2018. Slopes 4, −4, 4, −4 are impossible with
    three ReLUs: three kinks need three neurons only if minus the first slope is a sum of some of the jumps, here
    −8, 8, −8. With jumps −12, 9, −6 the last alone will do.

    Examples
    --------
    >>> [str(zigzag(1).exact(x)) for x in (0, "1/6", "1/3", "2/3", 1)]
    ['0', '1', '0', '1', '0']
    """
    fold = Network.from_arrays([[[6], [3], [-3]], [[-2, 3, -2]]], [[-1, -1, 2], [4]])
    return _power(fold, depth)


def yarotsky_square(depth: int, domain: LineDomain = (0, 1), norm: str | None = None) -> Network:
    """x² by folding: the interpolant at 2**depth + 1 equidistant points, or the best such function.

    On [0, 1] this is f(x) = x − Σ_{s ≤ m} tent_s(x) / 4^s, with m = `depth`. Layer l holds the two ReLUs of the next
    fold and, from the second layer on, one that carries the sum so far; the sum is an interpolant of x² and hence
    never negative, so that the ReLU lets it pass.

    Parameters
    ----------
    depth : int
        Number m of hidden layers, from 0 (an affine network).
    domain : pair (a, b)
        Bounded, of length L = b − a. The construction approximates x² there and nowhere else.
    norm : None, "sup", "l2" or "l1"
        None is the interpolant. Otherwise it is lowered by a constant (L² / 4^m times 1/8, 1/6 or 3/16), which makes
        its error the least that any function with 2^m affine pieces has in that norm, even a discontinuous one.

    Returns
    -------
    Network
        Widths (2, 3, ..., 3): 3m − 1 neurons for m >= 1. On [a, b] it has 2^m pieces. Its exact errors:

        =======  ====================  ===================
        norm     sup                   L2²
        =======  ====================  ===================
        None     L² / 2^(2m + 2)       L⁵ / (30 · 16^m)
        "sup"    L² / 2^(2m + 3)       7 L⁵ / (960 · 16^m)
        "l2"     L² / (6 · 4^m)        L⁵ / (180 · 16^m)
        "l1"     3 L² / (16 · 4^m)     23 L⁵ / (3840 · 16^m)
        =======  ====================  ===================

    Notes
    -----
    Source: D. Yarotsky, Error bounds for approximations with deep ReLU networks, Neural Networks 94 (2017),
    Proposition 2. Optimality: on a piece of length h the best affine approximation of x² has the error
    h²/8, h⁵/180 (squared) or h³/16, all convex in h, so that equal pieces are best; it meets x² + constant at both
    ends of its piece, so that the pieces join.

    Examples
    --------
    >>> yarotsky_square(3), str(yarotsky_square(3).exact("3/8"))
    (Network(1-2-3-3-1, relu), '9/64')
    """
    m = whole(depth, "depth", 0, MOST)
    a, b = bounded(domain)
    length = b - a
    chosen = choice(norm, "norm", [None, *NORMS])
    shift = Fraction(0) if chosen is None else NORMS[chosen].shift * length**2 / 4**m
    if m == 0:
        return Network.from_arrays([[[a + b]]], [[-a * b - shift]])
    # the fold as seen from the layer above, whose first two neurons are σ(g) and σ(g − ½)
    fold, first = [Fraction(2), Fraction(-4)], [length**2 + 2 * a * length, Fraction(0)]
    weights: list[object] = [[[1 / length], [1 / length]]]
    biases: list[object] = [[-a / length, -a / length - _HALF]]
    for level in range(1, m + 1):
        part = length**2 / 4**level
        carried = [(first[i] if level == 1 else 0) - part * fold[i] for i in range(2)] + [1] * (level > 1)
        constant = a**2 if level == 1 else Fraction(0)
        if level == m:
            weights.append([carried])
            biases.append([constant - shift])
        else:
            folded = fold + [Fraction(0)] * (level > 1)
            weights.append([folded, folded, carried])
            biases.append([0, -_HALF, constant])
    return Network.from_arrays(weights, biases)


def folded_square(folds: int, width: int, domain: LineDomain = (0, 1)) -> Network:
    """x² by folding first and following after: the best function with 2**folds · width pieces in the sup norm.

    Write y for the distance from the middle of [a, b]: x² is y² and an affine map of x, and what follows y² on half the
    interval follows it on both halves. So fold `folds` times, and let one more layer follow the parabola that is left.

    Parameters
    ----------
    folds : int
        From 1.
    width : int
        Neurons of the last layer, from 1: pieces on what is left after folding.
    domain : pair (a, b)
        Bounded, of length L = b − a. The construction approximates x² there and nowhere else.

    Returns
    -------
    Network
        Widths (2, 3, ..., 3, width), folds + 1 layers. On [a, b] it has N = 2**folds · width equal pieces and the error
        L² / (8 N²), the least that any function with so many pieces has. With one fold and n = width + 2 neurons that is
        L² / (32 (n − 2)²): from n = 5 on less than any single layer of n neurons can do on [0, L].

    Notes
    -----
    A layer folds y into |y − c| with two neurons, c being half of what y reaches, and carries the affine maps so far in a
    third one, which is kept positive. The last layer carries them in its first neuron, and has a kink in each of the others.

    Examples
    --------
    >>> from pwlin.theory.shallow_square import shallow_square_error
    >>> net = folded_square(1, 3)
    >>> net, str(net.exact(0)), str(shallow_square_error(5, (0, 1)))
    (Network(1-2-3-1, relu), '-1/288', '1/242')
    """
    m, n = whole(folds, "folds", 1, MOST), whole(width, "width", 1, MOST)
    a, b = bounded(domain)
    middle, reach = (a + b) / 2, (b - a) / 2  # y goes from 0 to reach
    lift = max(
        -2 * middle * a, -2 * middle * b, Fraction(0)
    )  # the affine map 2 · middle · x + lift is positive on [a, b]
    weights: list[object] = [[[1], [-1]]]
    biases: list[object] = [[-middle, middle]]
    # rows as seen from the layer above: y, and what is carried, each with its constant
    distance: list[Fraction | int] = [1, 1]
    carried: list[Fraction | int] = [2 * middle, -2 * middle]
    constant = 2 * middle**2 + lift
    rest = -(middle**2) - lift
    for _ in range(m - 1):
        reach /= 2
        carry = [c + 2 * reach * d for c, d in zip(carried, distance)]
        weights.append([distance, [-d for d in distance], carry])
        biases.append([-reach, reach, constant])
        rest -= reach**2
        distance, carried, constant = [1, 1, 0], [0, 0, 1], Fraction(0)
    h = reach / n
    weights += [[[c + h * d for c, d in zip(carried, distance)]] + [distance] * (n - 1), [[1] + [2 * h] * (n - 1)]]
    biases += [[constant] + [-i * h for i in range(1, n)], [rest - h**2 / 8]]
    return Network.from_arrays(weights, biases)


def _power(fold: Network, depth: int) -> Network:
    """A network of one hidden layer, composed with itself: its layers after the first are all alike."""
    if not whole(depth, "depth", 0, MOST):
        return Network.from_arrays([[[1]]])
    first, following = (fold @ fold).hidden
    return Network((first, *[following] * (depth - 1)), fold.readout)
