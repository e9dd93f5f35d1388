"""The best one-hidden-layer ReLU network for x², with and without a skip term."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.base.arguments import flag, refusal, shown, whole
from pwlin.exact.rational import Number, rational_root, to_fraction
from pwlin.exact.surds import Surd
from pwlin.geometry.interval import LineDomain, bounded
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from sympy import Expr

_MOST = 1_000_000
"""Neurons of a network that is made here."""

_HALF = Fraction(1, 2)


def shallow_square(neurons: int, domain: LineDomain = (-1, 1), skip: bool = False, slack: Number = 0) -> Network:
    """The network with one hidden layer of `neurons` ReLUs that is closest to x² in the sup norm.

    Parameters
    ----------
    neurons : int
        n, from 1.
    domain : pair (a, b)
        Bounded.
    skip : bool
        Whether a term α x may be added. It appears as one more hidden unit, of activation "identity" and last in the
        layer, so that the widths read (n + 1,).
    slack : exact number, from 0
        Without skip the best weights may be irrational. Then a network is returned whose error is at most 1 + slack
        times the least, if slack > 0. It does nothing where the best weights are rational.

    Returns
    -------
    Network
        With skip it has n + 1 equal pieces and the error (b − a)² / (8 (n + 1)²), the least of all functions with so
        many pieces. Without, its error is `shallow_square_error`, the least of all networks of n ReLUs.

    Raises
    ------
    PwlinError
        If the best weights are irrational and slack is 0. They are rational on [−c, c], [0, c] and [−c, 0].

    Notes
    -----
    n ReLUs make n kinks only if minus the first slope is a sum of some of the jumps (docs/smallest_network.md), and
    this condition costs accuracy. Write the error as e = h²/8: no affine piece is longer than h. The function found is
    convex with jumps 2h (the first may differ), of one of two shapes:

    - flat: the piece [−h/2, h/2] is constant, with k kinks to its left and n − k to its right;
    - steep: the first piece has slope −2kh, less than that of x² anywhere on [a, b], and the other n have length h.

    A proof that nothing is better, with S the set of kinks whose jumps add up to minus the first slope, k of them:

    1. Two pieces that meet in a concave kink are together no longer than h. One such kink, or a neuron without a kink
       of its own inside (a, b), leaves b − a <= n h; then the flat shape is at least as good if a < 0 < b, and the
       steep one with k = 0 if 0 <= a, for it has n pieces of length h and one more. So the function is convex, all n
       jumps δ_i are positive, the first slope is −Σ_S δ_i <= 0 and the last the sum of the others.
    2. If 0 <= a, the first slope is at most 0, so the first piece ends at a t with t² − a² <= 2e, and b − t <= n h.
       The steep shape with k = 0 attains both. The case b <= 0 is its mirror image. Let a < 0 < b.
    3. An affine piece of slope s reaches from x = (s − h)/2 to (s + h)/2 at most, and does so if it touches x² + e:
       lifting it there keeps slopes, jumps and error. If first slope >= 2a and last slope <= 2b, all jumps are thus
       at most 2h, so |a| <= (k + ½) h and b <= (n − k + ½) h, which the flat shape attains.
    4. If the first slope is 2a − 2d < 2a, its piece is no longer than √(d² + h²/4) − d. If the second slope is below
       2a too, or the last one above 2b, then b − a <= n h. Otherwise, if the first kink is in S, the bounds of 3 hold.
       If not, d <= a + k h and b <= (n − k) h + √(d² + h²/4), which the steep shape attains, 1 <= k < n.

    Examples
    --------
    >>> shallow_square(2), shallow_square(1, skip=True)
    (Network(1-2-1, relu), Network(1-2-1, mixed))
    >>> [str(shallow_square_error(n)) for n in (1, 2, 3, 4)], str(shallow_square_error(3, skip=True))
    (['1/2', '1/18', '8/169', '1/50'], '1/32')
    """
    n, skip = whole(neurons, "neurons", 1, _MOST), flag(skip, "skip")
    a, b = bounded(domain)
    allowed = to_fraction(slack, "slack")
    if allowed < 0:
        raise refusal("slack", shown(allowed), "are numbers from 0")
    if skip:
        h = (b - a) / (n + 1)
        return Network.from_arrays(
            [[[1]] * (n + 1), [[2 * h] * n + [2 * a + h]]],
            [[-a - (i + 1) * h for i in range(n)] + [0], [-a * (a + h) - h**2 / 8]],
            [["relu"] * n + ["identity"]],
        )
    shape = _best_shape(n, a, b)
    h = shape.length.rational
    if shape.length.factor:
        if not allowed:
            found = f"({shown(a)}, {shown(b)}), where the best network of {n} ReLU(s) for x² has irrational weights"
            raise refusal("domain", found, "are slack > 0, skip=True, or domains such as (-c, c) and (0, c)")
        h = _rational_above(shape, allowed)
    if shape.mirrored:
        return _shape_network(n, -b, -a, shape, h) @ Network.from_arrays([[[-1]]])
    return _shape_network(n, a, b, shape, h)


def shallow_square_error(neurons: int, domain: LineDomain = (-1, 1), skip: bool = False) -> Fraction | Expr:
    """The least sup distance to x² of networks with one hidden layer of `neurons` ReLUs.

    Parameters are those of `shallow_square`, whose notes prove it.

    Returns
    -------
    Fraction, or sympy algebraic number if it is irrational
        Exact. Without a skip term on [−c, c] it is c² / (2 (n + 1)²) for even n, just as with one; for odd n >= 3 only
        c² / (2 (n + ¼)²); for one neuron c² / 2, no better than a constant. On [0, c] it is c² / (8 (n + ½)²).

    Examples
    --------
    >>> [str(shallow_square_error(n, (-5, 5))) for n in (19, 20)]
    ['200/5929', '25/882']
    >>> shallow_square_error(2, (1, 2))
    (16/15 - 2*sqrt(19)/15)**2/8
    """
    n, skip = whole(neurons, "neurons", 1), flag(skip, "skip")
    a, b = bounded(domain)
    length = Surd((b - a) / (n + 1)) if skip else _best_shape(n, a, b).length
    return (length.to_sympy() if length.factor else length.rational) ** 2 / 8


@dataclass(frozen=True, slots=True)
class _Shape:
    """A candidate: pieces of length h, k kinks facing left; a steep h is (middle − √square) / leading."""

    k: int
    length: Surd
    steep: bool = False
    mirrored: bool = False
    surd: tuple[Fraction, Fraction, Fraction] = (Fraction(0), Fraction(0), Fraction(1))


def _best_shape(n: int, a: Fraction, b: Fraction) -> _Shape:
    if b < 0:
        return _mirror(_best_shape(n, -b, -a))
    if a > 0:
        only = _steep(n, 0, a, b)
        assert only is not None
        return only
    near = math.floor(n * -a / (b - a))  # all candidates for the optimum lie within two of here
    shapes = [
        _Shape(k, Surd(max(-a / (k + _HALF), b / (n - k + _HALF))))
        for k in range(max(near - 2, 0), min(near + 3, n) + 1)
    ]
    for k in range(max(near - 2, 1), min(near + 3, n - 1) + 1):
        found, other = _steep(n, k, a, b), _steep(n, n - k, -b, -a)
        shapes += [s for s in (found, other and _mirror(other)) if s is not None]
    best = shapes[0]
    for shape in shapes[1:]:
        if shape.length < best.length:
            best = shape
    return best


def _steep(n: int, k: int, a: Fraction, b: Fraction) -> _Shape | None:
    """The steep shape on [a, b]: the h with b − (n − k) h = √((a + k h)² + h²/4) and a + k h >= 0, if there is one."""
    leading = Fraction(n * n - 2 * n * k) - Fraction(1, 4)
    middle = b * (n - k) + a * k
    square = middle**2 - leading * (b**2 - a**2)
    if square < 0:
        return None
    root = rational_root(square)
    h = Surd(middle / leading, -1 / leading, square) if root is None else Surd((middle - root) / leading)
    ends = h.scaled(Fraction(k), a), h.scaled(Fraction(k - n), b)
    if h.sign() <= 0 or min(end.sign() for end in ends) < 0:
        return None
    return _Shape(k, h, steep=True, surd=(middle, square, leading))


def _shape_network(n: int, a: Fraction, b: Fraction, shape: _Shape, h: Fraction) -> Network:
    k = shape.k
    if not shape.steep:
        signs = [-1] * k + [1] * (n - k)
        places = [s * h * (_HALF + i) for s, i in zip(signs, (*range(k), *range(n - k)), strict=True)]
        jumps, anchor, height = [2 * h] * n, Fraction(0), h**2 / 8
    else:
        places = [b - (n - i) * h for i in range(n)]
        signs = [1] + [-1] * k + [1] * (n - k - 1)
        jumps, anchor = [2 * (places[0] + k * h) + h] + [2 * h] * (n - 1), places[0]
        height = anchor**2 - h**2 / 8
    units = list(zip(signs, places, jumps, strict=True))
    others = sum((c * max(s * (anchor - t), Fraction(0)) for s, t, c in units), Fraction(0))
    return Network.from_arrays(
        [[[s] for s in signs], [jumps]], [[-s * t for s, t, _ in units], [height - others]], activation="relu"
    )


def _rational_above(shape: _Shape, slack: Fraction) -> Fraction:
    """A rational h above an irrational one, so close that its square is at most 1 + slack times the other's."""
    middle, square, leading = shape.surd
    bits = 64
    while True:
        bits *= 2
        unit = 1 << bits
        below = Fraction(math.isqrt(math.floor(square * unit * unit)), unit)
        ends = sorted((middle - root) / leading for root in (below, below + Fraction(1, unit)))
        if ends[0] > 0 and ends[1] ** 2 <= ends[0] ** 2 * (1 + slack):
            return ends[1]


def _mirror(shape: _Shape) -> _Shape:
    return _Shape(shape.k, shape.length, shape.steep, not shape.mirrored, shape.surd)
