"""A 1-D function in other forms: sympy, LaTeX, networks, SciPy, JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from pwlin.base import arguments
from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import FormatError, PwlinError
from pwlin.exact.digits import integer, ratio
from pwlin.exact.rational import to_fraction
from pwlin.exact.text import decimal
from pwlin.exact.vector import RationalVector
from pwlin.functions.flips import Flip
from pwlin.functions.line import algebra
from pwlin.functions.line.activity import KeptFlips
from pwlin.functions.line.records import Piece
from pwlin.functions.line.table import Table
from pwlin.geometry.interval import Interval, require_bounded
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from scipy.interpolate import PPoly
    from sympy import Expr, Symbol

    from pwlin.functions.line.function import PiecewiseLinear1D

_SUBSET_LIMIT = 40


def to_sympy(f: PiecewiseLinear1D, x: Symbol | str | None = None) -> Expr:
    """See `PiecewiseLinear1D.to_sympy`."""
    import sympy

    if not isinstance(x, sympy.Symbol):
        x = sympy.Symbol("x" if x is None else arguments.text(x, "x"), real=True)

    def exact(q: Fraction) -> Expr:
        return sympy.Rational(q.numerator, q.denominator)

    cases = []
    if f.interval.left is not None:
        cases.append((sympy.nan, x < exact(f.interval.left)))
    for p in f.pieces:
        value = exact(p.slope) * x + exact(p.intercept)
        cases.append((value, sympy.true if p.right is None else x <= exact(p.right)))
    if f.interval.right is not None:
        cases.append((sympy.nan, sympy.true))
    return sympy.Piecewise(*cases, evaluate=False) if len(cases) > 1 else cases[0][0]


def to_latex(f: PiecewiseLinear1D, x: str, max_pieces: int | None) -> str:
    """See `PiecewiseLinear1D.to_latex`."""
    x = arguments.text(x, "x")
    rows = [f"{_affine_latex(p, x)} & \\text{{if }} {_range_latex(p, x)}" for p in f.pieces]
    most = len(rows) if max_pieces is None else max(arguments.whole(max_pieces, "max_pieces"), 2)
    if len(rows) > most:
        head, tail = (most + 1) // 2, most // 2
        hidden = len(rows) - head - tail
        rows = [*rows[:head], f"\\vdots & \\text{{({hidden} more pieces)}}", *rows[-tail:]]
    return "\\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}"


def _number_latex(q: Fraction) -> str:
    sign, q = ("-" if q < 0 else ""), abs(q)
    if q.denominator == 1:
        return f"{sign}{integer(q.numerator)}"
    if q.denominator >= 10**12:  # a float's exact fraction would fill the page
        return f"{sign}{_decimal(q)}"
    return f"{sign}\\frac{{{integer(q.numerator)}}}{{{q.denominator}}}"


def _decimal(q: Fraction) -> str:
    mantissa, _, exponent = decimal(q, 6).partition("e")
    return f"{mantissa}\\ldots" + (f" \\cdot 10^{{{int(exponent)}}}" if exponent else "")


def _affine_latex(p: Piece, x: str) -> str:
    if p.slope == 0:
        return _number_latex(p.intercept)
    slope = {1: "", -1: "-"}.get(p.slope) if p.slope in (1, -1) else _number_latex(p.slope) + " "  # type: ignore[call-overload]
    term = f"{slope}{x}"
    if p.intercept == 0:
        return term
    return f"{term} {'+' if p.intercept > 0 else '-'} {_number_latex(abs(p.intercept))}"


def _range_latex(p: Piece, x: str) -> str:
    if p.left is None and p.right is None:
        return f"{x} \\in \\mathbb{{R}}"
    low = "" if p.left is None else f"{_number_latex(p.left)} \\le "
    high = "" if p.right is None else f" \\le {_number_latex(p.right)}"
    return f"{low}{x}{high}"


def to_ppoly(f: PiecewiseLinear1D) -> PPoly:
    """See `PiecewiseLinear1D.to_ppoly`."""
    from scipy.interpolate import PPoly

    require_bounded(f.interval)
    t = f._table
    values = t.corner_values.take(slice(None, -1))
    return PPoly(np.array([t.slopes.floats(), values.floats()]), t.corners.floats())


def to_json(f: PiecewiseLinear1D) -> str:
    """See `PiecewiseLinear1D.to_json`."""
    t = f._table
    return json.dumps(
        {
            "format": "pwlin-function-1d",
            "version": 1,
            "domain": [None if e is None else ratio(e) for e in f.domain],
            "breakpoints": t.breaks.ratios(),
            "slopes": t.slopes.ratios(),
            "intercepts": t.intercepts.ratios(),
            **({"neurons": neurons} if any(neurons := _neurons(f)) else {}),
        }
    )


def _neurons(f: PiecewiseLinear1D) -> list[list[tuple[int, int, str]]]:
    """For each kink the neurons that flip there: layer, index and part of the jump."""
    if f._activity is None:
        return []
    jumps = _jumps(f)
    found = f._activity.flips(np.flatnonzero(~f._slopes.equal_next()), list(jumps))
    texts = jumps.ratios()
    return [
        [(n.layer, n.index, text if len(flips) == 1 else ratio(n.jump)) for n in flips]
        for flips, text in zip(found, texts, strict=True)
    ]


def _jumps(f: PiecewiseLinear1D) -> RationalVector:
    """The jumps of the slope at the kinks."""
    slopes = f._table.slopes
    return slopes.take(slice(1, None)) - slopes.take(slice(None, -1))


def _with_neurons(f: PiecewiseLinear1D, kept: list[list[list[object]]]) -> PiecewiseLinear1D:
    """A function whose kinks know the neurons that a file has kept; their parts add up to the jumps."""
    from pwlin.functions.line.function import PiecewiseLinear1D

    parts = iter(RationalVector.read([jump for kink in kept for _, _, jump in kink], "jump"))
    flips = tuple(
        tuple(
            Flip(
                arguments.whole(layer, "layer", 0, None, FormatError),
                arguments.whole(index, "index", 0, None, FormatError),
                next(parts),
            )
            for layer, index, _ in kink
        )
        for kink in kept
    )
    for k, (jump, found) in enumerate(zip(_jumps(f), flips, strict=True)):
        if found and sum((flip.jump for flip in found[1:]), found[0].jump) != jump:
            total = sum((flip.jump for flip in found), Fraction(0))
            said = f"parts of a jump at {shown(f.kinks[k].location)} that add up to {shown(total)}"
            raise refusal("neurons", said, f"is {shown(jump)}", FormatError)
    return PiecewiseLinear1D(f._interval, f._breaks, f._slopes, f._intercepts, KeptFlips(flips))


def from_json(text: str) -> PiecewiseLinear1D:
    """See `PiecewiseLinear1D.from_json`."""
    from pwlin.functions.line.function import PiecewiseLinear1D

    try:
        data = json.loads(text)
        if data.get("format") != "pwlin-function-1d" or data.get("version") != 1:
            raise refusal("text", f"format {data.get('format')!r}", "is 'pwlin-function-1d', version 1", FormatError)
        left, right = (None if e is None else to_fraction(e, "domain") for e in data["domain"])
        columns = [RationalVector.read(data[name], name) for name in ("breakpoints", "slopes", "intercepts")]
        if not len(columns[0]) + 1 == len(columns[1]) == len(columns[2]):
            raise ValueError(data["breakpoints"])
        function = PiecewiseLinear1D._from_table(algebra.checked(Table(Interval(left, right), *columns)))
        return _with_neurons(function, data["neurons"]) if "neurons" in data else function
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        detail = str(error) if isinstance(error, PwlinError) else type(error).__name__
        raise refusal("text", f"no function ({detail})", "is what to_json wrote", FormatError) from None


def to_network(f: PiecewiseLinear1D) -> Network:
    """See `PiecewiseLinear1D.to_network`."""
    pieces = f.pieces
    if len(pieces) == 1:
        return Network.from_arrays([[[pieces[0].slope]]], [[pieces[0].intercept]])
    kinks = [(k.location, k.jump) for k in f.kinks]
    first = pieces[0].slope
    units: list[tuple[int, Fraction, Fraction]] = []  # orientation, location, coefficient
    facing_left = subset_with_sum([jump for _, jump in kinks], -first)
    if facing_left is not None:
        units = [(-1 if i in facing_left else 1, t, jump) for i, (t, jump) in enumerate(kinks)]
    else:
        units = [(1, t, jump) for t, jump in kinks]
        if f.interval.left is not None:
            units.append((1, f.interval.left, first))
        else:
            t, jump = kinks[0]
            units[0] = (1, t, jump + first)
            units.append((-1, t, -first))
    x0 = pieces[0].right
    assert x0 is not None
    carried = sum((c * max(side * (x0 - t), Fraction(0)) for side, t, c in units), Fraction(0))
    return Network.from_arrays(
        [[[side] for side, _, _ in units], [[c for _, _, c in units]]],
        [[-side * t for side, t, _ in units], [pieces[0](x0) - carried]],
    )


def subset_with_sum(values: Sequence[Fraction], total: Fraction) -> frozenset[int] | None:
    """Indices of a subset with the given sum, or None.

    Prefixes and suffixes are tried first; then, up to 40 values, all subsets by meeting in the middle.
    """
    n = len(values)
    for low, high in [*((0, k) for k in range(n + 1)), *((k, n) for k in range(n))]:
        if sum(values[low:high], Fraction(0)) == total:
            return frozenset(range(low, high))
    if n > _SUBSET_LIMIT:
        return None
    half = n // 2
    first = _subset_sums(values[:half])
    for value, mask in _subset_sums(values[half:]).items():
        other = first.get(total - value)
        if other is not None:
            return frozenset(i for i in range(n) if (other | (mask << half)) >> i & 1)
    return None


def _subset_sums(values: Sequence[Fraction]) -> dict[Fraction, int]:
    sums = {Fraction(0): 0}
    for i, value in enumerate(values):
        sums.update({s + value: mask | 1 << i for s, mask in list(sums.items()) if s + value not in sums})
    return sums
