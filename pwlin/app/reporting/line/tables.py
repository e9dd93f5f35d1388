"""Tables of a 1-D function for people: kinks, pieces, regions."""

from __future__ import annotations

from collections.abc import Sequence

from pwlin.app.reporting.table import EXACT_WIDTH, Column, Table, gap_position, numbers, shown_rows
from pwlin.comparison.line.comparison import Comparison, PieceError
from pwlin.exact.text import decimal, decimal_column, in_full, shortened
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Breakpoint
from pwlin.networks.names import name_in
from pwlin.networks.network import Network
from pwlin.networks.neurons import pattern_text


def kinks_table(points: Sequence[Breakpoint], limit: int | None = None, network: Network | None = None) -> Table:
    """Each kink (or silent breakpoint): place in decimals and exactly, neurons, jump, slope after.

    Where several neurons flip at one point, each has its own line with its part of the jump; the parts add up. Neurons
    have the names that `network` knows.
    """
    index = shown_rows(len(points), limit)
    some = [points[i] for i in index]
    single = [len(k.neurons) <= 1 for k in some]
    places, jumps = decimal_column([k.location for k in some]), decimal_column([k.jump for k in some])
    after = decimal_column([k.slope_after for k in some])
    rows: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for i, k in enumerate(some):
        names = [name_in(network, flip.neuron) for flip in k.neurons]
        name = "".join(names) if single[i] else f"{len(names)} neurons"
        cells = (str(index[i] + 1), places[i], shortened(k.location, EXACT_WIDTH), name, jumps[i], after[i])
        rows.append((cells, ("", "", in_full(k.location), "", in_full(k.jump), in_full(k.slope_after))))
        if not single[i]:
            for flip, own in zip(k.neurons, names):
                part = ("", "", "", f"  {own}", decimal(flip.jump), "")
                rows.append((part, ("", "", "", "", in_full(flip.jump), "")))
    return Table(
        ("#", "x", "x exactly", "neuron", "jump", "slope after"),
        tuple(cells for cells, _ in rows),
        ">><<>>",
        tuple(full for _, full in rows),
        sum(len(k.neurons) + 1 if len(k.neurons) > 1 else 1 for k in some[: gap_position(index)]),
        len(points) - len(index),
    )


def pieces_table(
    f: PiecewiseLinear1D, errors: Sequence[PieceError | Comparison] | None = None, limit: int | None = None
) -> Table:
    """Each piece: ends, slope, intercept, how many regions it is made of, and its largest error if compared."""
    index = shown_rows(f.n_pieces, limit)
    some = [f.pieces[i] for i in index]
    regions = regions_per_piece(f)
    columns: list[Column] = [
        ("#", ">", [str(i + 1) for i in index]),
        numbers("from", [p.left for p in some], "-∞"),
        numbers("to", [p.right for p in some], "∞"),
        numbers("slope", [p.slope for p in some]),
        numbers("intercept", [p.intercept for p in some]),
        ("regions", ">", [str(regions[i]) for i in index]),
    ]
    if errors is not None:
        columns.append(numbers("largest error", [errors[i].sup for i in index], digits=5))
    return Table.of_columns(columns, index, f.n_pieces)


def regions_table(f: PiecewiseLinear1D, limit: int | None = None) -> Table:
    """Each activation region: ends, slope, and the pattern as 0s and 1s, layers divided by ``|``."""
    index = shown_rows(f.n_regions, limit)
    some = [f.regions[i] for i in index]
    columns: list[Column] = [
        ("#", ">", [str(i + 1) for i in index]),
        numbers("from", [r.left for r in some], "-∞"),
        numbers("to", [r.right for r in some], "∞"),
        ("slope", ">", decimal_column([r.slope for r in some])),
        ("active neurons", "<", [pattern_text(r.pattern) for r in some]),
    ]
    return Table.of_columns(columns, index, f.n_regions)


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
