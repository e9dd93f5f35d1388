"""Tables of a 1-D function for people: kinks, pieces, regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pwlin.function1d import PiecewiseLinear1D
from pwlin.network import Pattern
from pwlin.numbertext import decimal, decimal_column, exact, shortened
from pwlin.records1d import Breakpoint

EXACT_WIDTH = 24


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headers, ready to be shown.

    Attributes
    ----------
    headers : tuple of str
    rows : tuple of tuples of str
    align : str
        One character a column: ``"<"`` or ``">"``.
    hints : tuple of tuples of str
        For each cell the full text behind a shortened one, else empty. May be empty altogether.
    gap, omitted : int
        How many entries were left out, and before which row. Nothing was if `omitted` is 0.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    hints: tuple[tuple[str, ...], ...] = ()
    gap: int = 0
    omitted: int = 0

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.headers, *self.rows)]
        lines = [self._line(self.headers, widths), "  ".join("─" * w for w in widths)]
        body = [self._line(row, widths) for row in self.rows]
        if self.omitted:
            body.insert(self.gap, f"⋮  {self.omitted} more")
        lines += body
        return "\n".join(line.rstrip() for line in lines)

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        return "  ".join(f"{c:{side}{w}}" for c, side, w in zip(cells, self.align, widths, strict=True))


def _table(
    columns: Sequence[tuple[str, str, Sequence[str]]], hints: Mapping[str, Sequence[str]], index: list[int], total: int
) -> Table:
    """A `Table` of the entries `index` of `total`, from (header, alignment, cells) for each column."""
    blank = ("",) * len(columns[0][2])
    return Table(
        tuple(name for name, _, _ in columns),
        tuple(zip(*(cells for _, _, cells in columns), strict=True)),
        "".join(side for _, side, _ in columns),
        tuple(zip(*(hints.get(name, blank) for name, _, _ in columns), strict=True)),
        _gap(index),
        total - len(index),
    )


def _shown(count: int, limit: int | None) -> list[int]:
    """Indices of the rows shown: all, or the first and last ones around a gap."""
    if limit is None or count <= limit:
        return list(range(count))
    head = limit - limit // 2
    return [*range(head), *range(count - limit // 2, count)]


def _gap(index: list[int]) -> int:
    """Position of the first index that does not follow its predecessor."""
    return next((i for i in range(1, len(index)) if index[i] > index[i - 1] + 1), len(index))


def kinks_table(points: Sequence[Breakpoint], limit: int | None = None) -> Table:
    """Each kink (or silent breakpoint): place in decimals and exactly, neurons, jump, slope after.

    Where several neurons flip at one point, each has its own line with its part of the jump; the parts add up.
    """
    index = _shown(len(points), limit)
    some = [points[i] for i in index]
    single = [len(k.neurons) <= 1 for k in some]
    places, jumps = decimal_column([k.location for k in some]), decimal_column([k.jump for k in some])
    after = decimal_column([k.slope_after for k in some])
    rows: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for i, k in enumerate(some):
        name = "" if not k.neurons else neuron_name(k.neurons[0].neuron) if single[i] else f"{len(k.neurons)} neurons"
        cells = (str(index[i] + 1), places[i], shortened(k.location, EXACT_WIDTH), name, jumps[i], after[i])
        rows.append((cells, ("", "", exact(k.location), "", exact(k.jump), exact(k.slope_after))))
        if not single[i]:
            for flip in k.neurons:
                part = ("", "", "", f"  {neuron_name(flip.neuron)}", decimal(flip.jump), "")
                rows.append((part, ("", "", "", "", exact(flip.jump), "")))
    return Table(
        ("#", "x", "x exactly", "neuron", "jump", "slope after"),
        tuple(cells for cells, _ in rows),
        ">><<>>",
        tuple(full for _, full in rows),
        sum(len(k.neurons) + 1 if len(k.neurons) > 1 else 1 for k in some[: _gap(index)]),
        len(points) - len(index),
    )


def pieces_table(f: PiecewiseLinear1D, comparison: Any = None, limit: int | None = None) -> Table:
    """Each piece: ends, slope, intercept, how many regions it is made of, and its largest error if compared."""
    index = _shown(f.n_pieces, limit)
    some = [f.pieces[i] for i in index]
    regions = regions_per_piece(f)
    columns = [
        ("#", ">", [str(i + 1) for i in index]),
        ("from", ">", [end or "-∞" for end in decimal_column([p.left for p in some])]),
        ("to", ">", [end or "∞" for end in decimal_column([p.right for p in some])]),
        ("slope", ">", decimal_column([p.slope for p in some])),
        ("intercept", ">", decimal_column([p.intercept for p in some])),
        ("regions", ">", [str(regions[i]) for i in index]),
    ]
    hints = {
        "from": [exact(p.left) for p in some],
        "to": [exact(p.right) for p in some],
        "slope": [exact(p.slope) for p in some],
        "intercept": [exact(p.intercept) for p in some],
    }
    if comparison is not None:
        sups = [comparison.per_piece[i].sup for i in index]
        columns.append(("largest error", ">", decimal_column(sups, 5)))
        hints["largest error"] = [exact(v) for v in sups]
    return _table(columns, hints, index, f.n_pieces)


def regions_table(f: PiecewiseLinear1D, limit: int | None = None) -> Table:
    """Each activation region: ends, slope, and the pattern as 0s and 1s, layers divided by ``|``."""
    index = _shown(f.n_regions, limit)
    some = [f.regions[i] for i in index]
    columns = [
        ("#", ">", [str(i + 1) for i in index]),
        ("from", ">", [end or "-∞" for end in decimal_column([r.left for r in some])]),
        ("to", ">", [end or "∞" for end in decimal_column([r.right for r in some])]),
        ("slope", ">", decimal_column([r.slope for r in some])),
        ("active neurons", "<", [pattern_text(r.pattern) for r in some]),
    ]
    hints = {"from": [exact(r.left) for r in some], "to": [exact(r.right) for r in some]}
    return _table(columns, hints, index, f.n_regions)


def neuron_name(neuron: tuple[int, int]) -> str:
    """A neuron as ``(layer, index)``."""
    return f"({neuron[0]}, {neuron[1]})"


def pattern_text(pattern: Pattern) -> str:
    """A pattern as 0s and 1s, layers divided by ``|``."""
    return "|".join("".join("1" if active else "0" for active in layer) for layer in pattern)


def regions_per_piece(f: PiecewiseLinear1D) -> list[int]:
    """How many regions each piece is made of."""
    counts = [1]
    kinks = {k.location for k in f.kinks}
    for point in f.breakpoints:
        if point in kinks:
            counts.append(1)
        else:
            counts[-1] += 1
    return counts
