"""Other exact forms of a 1-D function: lattice, difference of convex, sum of hinges; what it costs a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import instance, refusal, shown
from pwlin.base.errors import DomainError
from pwlin.exact.bridges import to_sympy
from pwlin.exact.rational import Number, to_fraction
from pwlin.functions.line.formats import subset_with_sum
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Piece
from pwlin.geometry.interval import Interval
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from sympy import Expr

_ZERO = Fraction(0)
_Range = tuple[Fraction | float, Fraction | float]  # a float only for an infinite end
_SUBSET_LIMIT = 40


class LinearMap(NamedTuple):
    """The map x -> slope · x + intercept."""

    slope: Fraction
    intercept: Fraction

    def at(self, x: Fraction) -> Fraction:
        """Its value at `x`."""
        return self.slope * x + self.intercept


class Hinge(NamedTuple):
    """The function x -> coefficient · σ(x − location), with σ the ReLU."""

    location: Fraction
    coefficient: Fraction


@final
@dataclass(frozen=True)
class LatticeForm:
    """The maximum over `terms` of the minimum of their affine maps; equal to the function on its interval."""

    interval: Interval
    terms: tuple[tuple[LinearMap, ...], ...]

    def __call__(self, x: Number) -> Fraction:
        """The exact value at a point of the interval."""
        point = _inside(x, self.interval)
        return max(min(m.at(point) for m in term) for term in self.terms)

    def to_sympy(self, x: Expr) -> Expr:
        """``Max(Min(...), ...)`` in the sympy symbol `x`."""
        import sympy

        return sympy.Max(*(sympy.Min(*(_affine_sympy(m, x) for m in term)) for term in self.terms))


@final
@dataclass(frozen=True)
class HingeForm:
    """``slope · x + intercept + Σ coefficient · σ(x − location)``: the first piece, and a hinge for each kink."""

    interval: Interval
    slope: Fraction
    intercept: Fraction
    hinges: tuple[Hinge, ...]

    def __call__(self, x: Number) -> Fraction:
        """The exact value at a point of the interval."""
        point = _inside(x, self.interval)
        bends = (h.coefficient * (point - h.location) for h in self.hinges if h.location < point)
        return self.slope * point + self.intercept + sum(bends, _ZERO)

    def to_sympy(self, x: Expr) -> Expr:
        """A sum of ``Max(0, x - t)`` in the sympy symbol `x`."""
        import sympy

        bends = (to_sympy(h.coefficient) * sympy.Max(0, x - to_sympy(h.location)) for h in self.hinges)
        return sum(bends, _affine_sympy(LinearMap(self.slope, self.intercept), x))


def lattice(f: PiecewiseLinear1D) -> LatticeForm:
    """Write `f` as a maximum of minima of its affine pieces; convex or not.

    Piece i gives the term min over all maps that are nowhere below it on piece i. At a point of piece i its term is
    the value of f; every other term contains a map that is no larger than f there, since on the way from its own
    piece to the point some map must cross from above to below.

    Returns
    -------
    LatticeForm
        Maps and terms that are not needed are left out as far as leaving out one after the other goes: a convex
        function is a maximum of maps, a concave one a single minimum. Exact on the domain; outside a bounded domain it
        may be anything.

    Notes
    -----
    Source: Tarela, Martínez, Region configurations for realizability of lattice piecewise-linear models, Mathematical
    and Computer Modelling 30 (1999). Cost: O(n² log n) exact and O(n³) integer comparisons for n pieces.

    Examples
    --------
    >>> hat = PiecewiseLinear1D.from_points([-2, -1, 0, 1, 2], [0, 0, 1, 0, 0])
    >>> [[tuple(map(str, m)) for m in term] for term in lattice(hat).terms]
    [[('-1', '1'), ('1', '1')], [('0', '0')]]
    """
    _check(f)
    maps = sorted({LinearMap(p.slope, p.intercept) for p in f.pieces})
    sets = {tuple(i for i, m in enumerate(maps) if _nowhere_below(m, p)) for p in f.pieces}
    low, high = _ranked([[_above(m, p) for p in f.pieces] for m in maps])
    terms = {frozenset(_needed(s, low, high)) for s in sets}
    least = [s for s in terms if not any(other < s for other in terms)]
    return LatticeForm(f.interval, tuple(tuple(maps[i] for i in term) for term in sorted(map(sorted, least))))


def difference_of_convex(f: PiecewiseLinear1D) -> tuple[PiecewiseLinear1D, PiecewiseLinear1D]:
    """Convex g and h with f = g − h on f's domain, both with as few kinks as can be.

    Returns
    -------
    g, h : PiecewiseLinear1D
        g bends up where f does and starts with f's first piece; h bends up where f bends down and starts with 0.
        Every other such pair is this one plus the same convex function for both.

    Examples
    --------
    >>> g, h = difference_of_convex(PiecewiseLinear1D.from_points([-2, -1, 0, 1, 2], [0, 0, 1, 0, 0]))
    >>> [str(k.location) for k in g.kinks], [str(k.location) for k in h.kinks]
    (['-1', '1'], ['0'])
    """
    _check(f)
    form = hinges(f)
    up = [h for h in form.hinges if h.coefficient > 0]
    down = [Hinge(h.location, -h.coefficient) for h in form.hinges if h.coefficient < 0]
    return _bent(f.interval, LinearMap(form.slope, form.intercept), up), _bent(
        f.interval, LinearMap(_ZERO, _ZERO), down
    )


def hinges(f: PiecewiseLinear1D) -> HingeForm:
    """Write `f` as its first affine map plus one hinge for each kink; the coefficients are the jumps.

    Examples
    --------
    >>> hinges(PiecewiseLinear1D.from_points([-1, 0, 1], [1, 0, 1])).hinges
    (Hinge(location=Fraction(0, 1), coefficient=Fraction(2, 1)),)
    """
    _check(f)
    first = f.pieces[0]
    return HingeForm(f.interval, first.slope, first.intercept, tuple(Hinge(k.location, k.jump) for k in f.kinks))


def representation_cost(f: PiecewiseLinear1D) -> Fraction:
    """The least Σ |v_i| |w_i| over one-hidden-layer ReLU networks, of any width, that equal `f` on its domain.

    The networks are ``c + Σ v_i σ(w_i x + b_i)``, where the biases cost nothing. The same number is the least
    ½ Σ (v_i² + w_i²), since scaling makes |v_i| = |w_i|.

    Returns
    -------
    Fraction
        With jumps δ, first slope s₀ and last slope s_n, on all of R: max(Σ|δ|, |s₀ + s_n|). On a domain with an end it
        is the least over all extensions to R, max(Σ|δ|, (Σ|δ| + |s₀ + s_n|) / 2): a kink outside that changes an outer
        slope by x costs |x| in the first term and saves at most |x| in the second.

    Notes
    -----
    Source: Savarese, Evron, Soudry, Srebro, How do infinite width bounded norm networks look in function space?,
    COLT 2019, for domain R. `cheapest_network` attains it.

    Examples
    --------
    >>> line = PiecewiseLinear1D.from_points([0, 1], [0, 1])
    >>> str(representation_cost(line))
    '1'
    """
    _check(f)
    bending = sum((abs(k.jump) for k in f.kinks), _ZERO)
    outer = abs(f.slopes[0] + f.slopes[-1])
    return max(bending, outer if f.domain == (None, None) else (bending + outer) / 2)


def cheapest_network(f: PiecewiseLinear1D) -> Network:
    """A one-hidden-layer ReLU network that equals `f` on its domain at the least Σ |v_i| |w_i|.

    At each kink one ReLU faces right and one left, and share its jump in the ratio that makes the first slope right;
    what slope remains comes from a pair of ReLUs that cancel their bends, or from one at an end of the domain.

    Returns
    -------
    Network
        At most two neurons for each kink and two more; exact weights. `representation_cost` is its cost.
    """
    _check(f)
    form = hinges(f)
    up = sum((h.coefficient for h in form.hinges if h.coefficient > 0), _ZERO)
    down = sum((h.coefficient for h in form.hinges if h.coefficient < 0), _ZERO)
    wanted = min(max(-form.slope, down), up)  # what the left-facing coefficients shall add up to, as far as they can
    shares = (wanted / up if wanted > 0 else _ZERO, wanted / down if wanted < 0 else _ZERO)
    units: list[tuple[int, Fraction, Fraction]] = []  # side, location, coefficient
    for location, jump in form.hinges:
        left = jump * shares[jump < 0]
        units += [(-1, location, left), (1, location, jump - left)]
    rest = form.slope + wanted
    low, high = f.domain
    if low is not None:
        units.append((1, low, rest))
    elif high is not None:
        units.append((-1, high, -rest))
    else:
        units += [(1, _ZERO, rest), (-1, _ZERO, -rest)]
    units = [u for u in units if u[2]]
    x = next((e for e in (*f.breakpoints, low, high) if e is not None), _ZERO)
    constant = f(x) - sum((c * max(s * (x - t), _ZERO) for s, t, c in units), _ZERO)
    if not units:
        return Network.from_arrays([[[0]]], [[constant]])
    return Network.from_arrays(
        [[[s] for s, _, _ in units], [[c for _, _, c in units]]], [[-s * t for s, t, _ in units], [constant]]
    )


def smallest_width(f: PiecewiseLinear1D) -> int:
    """The least width of a one-hidden-layer ReLU network, without a skip term, that equals `f` on its domain.

    n >= 1 kinks need n neurons if minus the first slope is the sum of some of the jumps (the empty sum is 0), and
    n + 1 otherwise. A constant needs none; another affine function needs one if the domain has an end, two on R.
    docs/smallest_network.md has the proof; `f.to_network()` builds such a network.

    Raises
    ------
    PwlinError
        If f has more than 40 kinks and no run of neighbouring jumps from an end decides it: this is the subset-sum
        problem, which is NP-complete. The answer is n or n + 1 all the same.

    Examples
    --------
    >>> smallest_width(PiecewiseLinear1D.from_points([0, 1, 2], [0, 0, 1])), smallest_width(
    ...     PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 3])
    ... )
    (1, 2)
    """
    _check(f)
    n = len(f.kinks)
    if n == 0:
        return 0 if f.slopes[0] == 0 else 2 if f.domain == (None, None) else 1
    if subset_with_sum([k.jump for k in f.kinks], -f.slopes[0]) is not None:
        return n
    if n > _SUBSET_LIMIT:
        raise refusal("f", f"{n} kinks", f"are at most {_SUBSET_LIMIT} (the answer is {n} or {n + 1})")
    return n + 1


def _check(f: object) -> None:
    instance(f, "f", PiecewiseLinear1D, "is a PiecewiseLinear1D, such as `pwlin.extract` returns for one input")


def _nowhere_below(m: LinearMap, piece: Piece) -> bool:
    """Whether m >= the piece's map on all of the piece."""
    at_left = m.slope <= piece.slope if piece.left is None else m.at(piece.left) >= piece(piece.left)
    at_right = m.slope >= piece.slope if piece.right is None else m.at(piece.right) >= piece(piece.right)
    return at_left and at_right


def _needed(term: Sequence[int], low: NDArray[np.int64], high: NDArray[np.int64]) -> list[int]:
    """A part of a term whose minimum is still nowhere above the function; none of it can go.

    The minimum is above the function where all its maps are: on a piece, the meet of their ranges.
    """
    rows = np.array(term)
    low_rest = np.maximum.accumulate(low[rows][::-1])[::-1]  # the meet of a map's range and those after it
    high_rest = np.minimum.accumulate(high[rows][::-1])[::-1]
    kept = []
    bottom, top = np.full(low.shape[1], -1), np.full(low.shape[1], low.max() + 1)
    for k, i in enumerate(term):
        last = k + 1 == len(term)
        below = bottom if last else np.maximum(bottom, low_rest[k + 1])
        above = top if last else np.minimum(top, high_rest[k + 1])
        if np.any(below < above):
            kept.append(i)
            bottom, top = np.maximum(bottom, low[i]), np.minimum(top, high[i])
    return kept


def _ranked(ranges: Sequence[Sequence[_Range]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Left and right ends of the ranges, each replaced by its place among all of them, which keeps every comparison."""
    place = {v: k for k, v in enumerate(sorted({end for row in ranges for both in row for end in both}))}
    table = np.array([[[place[end] for end in both] for both in row] for row in ranges], dtype=np.int64)
    return table[..., 0], table[..., 1]


def _above(m: LinearMap, piece: Piece) -> _Range:
    """The open part of the piece where m is larger; empty if its ends are not increasing."""
    low = -math.inf if piece.left is None else piece.left
    high = math.inf if piece.right is None else piece.right
    slope, intercept = m.slope - piece.slope, m.intercept - piece.intercept
    if slope == 0:
        return (low, high) if intercept > 0 else (math.inf, -math.inf)
    root = -intercept / slope
    return (max(low, root), high) if slope > 0 else (low, min(high, root))


def _bent(interval: Interval, first: LinearMap, bends: Sequence[Hinge]) -> PiecewiseLinear1D:
    ends: list[Fraction | None] = [interval.left, *(h.location for h in bends), interval.right]
    maps = [first]
    for location, coefficient in bends:
        last = maps[-1]
        maps.append(LinearMap(last.slope + coefficient, last.intercept - coefficient * location))
    return PiecewiseLinear1D.from_pieces([Piece(ends[i], ends[i + 1], *m) for i, m in enumerate(maps)])


def _inside(x: Number, interval: Interval) -> Fraction:
    point = to_fraction(x, "x")
    if point not in interval:
        raise refusal("x", shown(point), f"are points of {interval}", DomainError)
    return point


def _affine_sympy(m: LinearMap, x: Expr) -> Expr:
    return to_sympy(m.slope) * x + to_sympy(m.intercept)
