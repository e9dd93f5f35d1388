"""Where the largest output changes: on a line, and in a plane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, final

from pwlin.base.arguments import refusal
from pwlin.base.doors import door
from pwlin.base.errors import DomainError, PwlinError, ShapeError
from pwlin.exact.rational import to_fraction, to_fraction_array
from pwlin.extraction import extract
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks import as_network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pwlin.functions.cells.function import PiecewiseLinearND
    from pwlin.geometry.domain import DomainLike
    from pwlin.geometry.interval import LineDomain

Point = tuple[Fraction, ...]
_Values = tuple[Fraction, ...]


@dataclass(frozen=True)
class LabelInterval:
    """A closed interval on which one label's output is the largest."""

    left: Fraction
    right: Fraction
    label: int


@final
@dataclass(frozen=True, repr=False)
class LineLabels:
    """The labels along a line; exact.

    Attributes
    ----------
    intervals : tuple of LabelInterval
        From left to right; neighbours have different labels and share their end. Where outputs tie on a whole interval the
        label is the least of theirs.
    """

    intervals: tuple[LabelInterval, ...]

    @property
    def changes(self) -> tuple[Fraction, ...]:
        """Where the label changes."""
        return tuple(part.left for part in self.intervals[1:])

    @property
    def lengths(self) -> dict[int, Fraction]:
        """The length of all intervals of each label."""
        return _sums((part.label, part.right - part.left) for part in self.intervals)

    def __repr__(self) -> str:
        return f"LineLabels({len(self.intervals)} intervals of the labels {sorted(self.lengths)})"

    def __call__(self, point: object) -> int:
        """The label at a point; at a change the one on its left."""
        at = to_fraction(point, "point")
        for part in self.intervals:
            if part.left <= at <= part.right:
                return part.label
        raise refusal("point", f"{at}", f"are {self.intervals[0].left} to {self.intervals[-1].right}", DomainError)


@dataclass(frozen=True, repr=False)
class LabelRegion:
    """A convex polygon on which one label's output is the largest.

    Attributes
    ----------
    label : int
    vertices : tuple of points
        Counterclockwise, exact.
    region : int
        The activation region that it is a part of.
    """

    label: int
    vertices: tuple[Point, ...]
    region: int

    @cached_property
    def area(self) -> Fraction:
        """The area, exact."""
        return sum((a[0] * b[1] - a[1] * b[0] for a, b in self.edges), Fraction(0)) / 2

    def __repr__(self) -> str:
        return f"LabelRegion(label {self.label}, {len(self.vertices)} vertices, region {self.region})"

    @property
    def edges(self) -> Iterator[tuple[Point, Point]]:
        """The ends of each edge, counterclockwise."""
        return zip(self.vertices, (*self.vertices[1:], self.vertices[0]))


@final
@dataclass(frozen=True, repr=False)
class PlaneLabels:
    """The labels in a plane; exact.

    Attributes
    ----------
    regions : tuple of LabelRegion
        Convex polygons that fill the domain. Where outputs tie on a whole polygon the label is the least of theirs.
    """

    regions: tuple[LabelRegion, ...]

    @cached_property
    def areas(self) -> dict[int, Fraction]:
        """The area of each label that occurs; they add up to the domain's."""
        return _sums((part.label, part.area) for part in sorted(self.regions, key=lambda part: part.label))

    def __repr__(self) -> str:
        return (
            f"PlaneLabels({len(self.regions)} polygons of the labels {sorted({part.label for part in self.regions})})"
        )

    def __call__(self, point: object) -> int:
        """The label at a point; on a border one of those beside it."""
        x, y = to_fraction_array(point, 1, "point")
        for part in self.regions:
            if all((b[0] - a[0]) * (y - a[1]) >= (b[1] - a[1]) * (x - a[0]) for a, b in part.edges):
                return part.label
        raise DomainError(f"point: found ({x}, {y}), outside of the domain")

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw the labels; see `pwlin.plot.label_map`."""
        from pwlin.plot import label_map

        return label_map(self, ax, **options)


def _sums(parts: Iterable[tuple[int, Fraction]]) -> dict[int, Fraction]:
    """The sizes of parts added up by label."""
    out: dict[int, Fraction] = {}
    for label, size in parts:
        out[label] = out.get(label, Fraction(0)) + size
    return out


@door
def labels(net: object, domain: LineDomain | DomainLike = None) -> LineLabels | PlaneLabels:
    """Where the largest output changes.

    Parameters
    ----------
    net : Network of one or two inputs, or its outputs as `pwlin.extract` gives them, on one bounded domain
        With one output its sign is asked: the label is 1 where it is positive, else 0.
    domain : pair, list of pairs or Polytope, optional
        For a network. By default [0, 1], or its square: between the samples of `pwlin.restrict`.

    Returns
    -------
    LineLabels (one input) or PlaneLabels (two inputs)
        Exact: changes are Fractions, areas too.

    Notes
    -----
    Cost: an extraction, and the exact values of all outputs at all breakpoints or vertices.

    Examples
    --------
    >>> net = as_network([([[1], [-1], [0]], [0, 1, "3/5"])])  # t, 1 - t and 3/5
    >>> [(str(part.left), str(part.right), part.label) for part in labels(net).intervals]
    [('0', '2/5', 1), ('2/5', '3/5', 2), ('3/5', '1', 0)]
    """
    functions = _functions(net, domain)
    if isinstance(functions[0], PiecewiseLinear1D):
        return _on_line(functions)
    if functions[0].dim != 2:
        raise refusal("net", f"{functions[0].dim} inputs", "are one or two (see pwlin.restrict)", ShapeError)
    return PlaneLabels(tuple(_in_plane(functions)))


def _functions(net: object, domain: Any) -> Sequence[Any]:
    if not isinstance(net, (tuple, list)) or not net or not all(hasattr(f, "n_regions") for f in net):
        if isinstance(net, PiecewiseLinear1D) or hasattr(net, "n_regions"):
            net = (net,)
        else:
            network = as_network(net)
            if network.input_dim > 2:
                raise refusal("net", f"{network.input_dim} inputs", "are one or two (see pwlin.restrict)", ShapeError)
            box = (0, 1) if network.input_dim == 1 else [(0, 1), (0, 1)]
            found = extract(network, box if domain is None else domain)
            net = found if isinstance(found, tuple) else (found,)
    if len({type(f) for f in net}) > 1:
        raise refusal("net", "functions of different kinds", "are the outputs of one network", PwlinError)
    return net


# -- on a line --------------------------------------------------------------------------------------


def _on_line(functions: Sequence[PiecewiseLinear1D]) -> LineLabels:
    left, right = functions[0].domain
    if left is None or right is None or any(f.domain != (left, right) for f in functions):
        raise refusal("net", "an unbounded domain, or several", "are functions on one bounded interval", DomainError)
    places = sorted({left, right, *(k.location for f in functions for k in f.kinks)})
    columns = [_values_at(f, places) for f in functions]
    if len(columns) == 1:
        columns = [[Fraction(0)] * len(places), columns[0]]
    rows: list[_Values] = list(zip(*columns))
    parts: list[LabelInterval] = []
    for (a, b), (low, high) in zip(pairwise(places), pairwise(rows)):
        for part in _envelope(a, b, low, high):
            if parts and parts[-1].label == part.label:
                parts[-1] = LabelInterval(parts[-1].left, part.right, part.label)
            else:
                parts.append(part)
    return LineLabels(tuple(parts))


def _values_at(f: PiecewiseLinear1D, places: Sequence[Fraction]) -> list[Fraction]:
    """Values at ascending places."""
    kinks, slopes, intercepts = [k.location for k in f.kinks], f.slopes, f.intercepts
    piece, out = 0, []
    for x in places:
        while piece < len(kinks) and x > kinks[piece]:
            piece += 1
        out.append(slopes[piece] * x + intercepts[piece])
    return out


def _envelope(a: Fraction, b: Fraction, low: _Values, high: _Values) -> Iterator[LabelInterval]:
    """The largest of affine functions with these values at the ends of an interval."""
    rise = [q - p for p, q in zip(low, high)]
    here, at = a, Fraction(0)
    now = max(range(len(low)), key=lambda i: (low[i], rise[i], -i))
    while True:
        crossings = [
            ((low[now] - low[j]) / (rise[j] - rise[now]), -rise[j], j) for j in range(len(low)) if rise[j] > rise[now]
        ]
        later = min((c for c in crossings if c[0] >= at), default=None)
        if later is None or later[0] >= 1:
            yield LabelInterval(here, b, now)
            return
        at = later[0]
        there = a + at * (b - a)
        if there > here:
            yield LabelInterval(here, there, now)
        here, now = there, later[2]


# -- in a plane -------------------------------------------------------------------------------------


def _in_plane(functions: Sequence[PiecewiseLinearND]) -> Iterator[LabelRegion]:
    first = functions[0]
    if any(f.complex is not first.complex for f in functions):
        raise refusal("net", "functions on several complexes", "are the outputs of one network", PwlinError)
    if not first.complex.domain.is_bounded:
        raise refusal("net", "an unbounded domain", "are functions on a bounded one", DomainError)
    for index in range(first.n_regions):
        corners = first.regions[index].vertices
        maps = [f.affine_map(index) for f in functions]
        values = [tuple(g[0] * v[0] + g[1] * v[1] + c for g, c in maps) for v in corners]
        if len(functions) == 1:
            values = [(Fraction(0), v[0]) for v in values]
        for label, polygon in _cut(list(zip(corners, values))):
            yield LabelRegion(label, polygon, index)


def _cut(corners: list[tuple[Point, _Values]]) -> Iterator[tuple[int, tuple[Point, ...]]]:
    """A polygon divided by which of several affine functions is the largest."""
    count = len(corners[0][1])
    best = [max(row) for _, row in corners]
    for i in range(count):  # most regions have one label
        if all(row[i] == top for (_, row), top in zip(corners, best)):
            yield i, tuple(p for p, _ in corners)
            return
    for i in range(count):
        part = corners
        for j in range(count):
            if j != i and part:
                part = _half(part, i, j)
        if len(part) > 2 and _is_full(part):
            if any(all(row[j] == row[i] for _, row in part) for j in range(i)):
                continue  # a tie, and the least label has it
            yield i, tuple(p for p, _ in part)


def _half(corners: list[tuple[Point, _Values]], i: int, j: int) -> list[tuple[Point, _Values]]:
    """The part where output i is at least output j."""
    out = []
    for (p, u), (q, v) in zip(corners, [*corners[1:], corners[0]]):
        here, there = u[i] - u[j], v[i] - v[j]
        if here >= 0:
            out.append((p, u))
        if here * there < 0:
            t = here / (here - there)
            out.append((tuple(a + t * (b - a) for a, b in zip(p, q)), tuple(a + t * (b - a) for a, b in zip(u, v))))
    return out


def _is_full(corners: list[tuple[Point, _Values]]) -> bool:
    (o, _), *rest = corners
    return any((a[0] - o[0]) * (b[1] - o[1]) != (a[1] - o[1]) * (b[0] - o[0]) for (a, _), (b, _) in pairwise(rest))
