"""Tables of a function of several variables for people: errors, neurons, pieces, regions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pwlin.app.reporting.cells.findings import CellFindings
from pwlin.app.reporting.table import Column, Table, shown_rows
from pwlin.comparison.errors import Value
from pwlin.exact.text import decimal, decimal_column, in_full, with_exact
from pwlin.networks.names import name_in
from pwlin.networks.neurons import pattern_text


def neurons_table(found: CellFindings, limit: int | None = None) -> Table:
    """Each hidden neuron: what it does, at how many facets it flips, how many are kinks, its largest gradient jump."""
    index = shown_rows(len(found.neurons), limit)
    some = [found.neurons[i] for i in index]
    columns: list[Column] = [
        ("neuron", "<", [name_in(found.network, n.neuron) for n in some]),
        ("status", "<", [n.status.replace("_", " ") for n in some]),
        ("facets", ">", [str(n.facets) for n in some]),
        ("kinks", ">", [str(n.kinks) for n in some]),
        ("largest |jump|", ">", [decimal(n.largest_jump, 5) if n.kinks else "" for n in some]),
    ]
    return Table.of_columns(columns, {}, index, len(found.neurons))


def pieces_table(found: CellFindings, limit: int | None = None) -> Table:
    """Each piece: gradient, offset, how many regions it is made of, volume, and its largest error if that is known."""
    f = found.function
    index = shown_rows(f.n_pieces, limit)
    some = [f.pieces[i] for i in index]
    columns: list[Column] = [("#", ">", [str(i + 1) for i in index])]
    hints: dict[str, list[str]] = {}
    for k, name in enumerate(found.variables):
        _add(columns, hints, f"slope in {name}", [p.gradient[k] for p in some])
    _add(columns, hints, "offset", [p.offset for p in some])
    columns.append(("regions", ">", [str(len(p.regions)) for p in some]))
    volumes = [sum(f.regions[r].volume for r in p.regions) for p in some]
    _add(columns, hints, volume_name(f.dim), [None if v == math.inf else v for v in volumes], "∞")
    if found.per_region is not None:
        errors = [max((found.per_region[r].sup for r in p.regions), key=float) for p in some]
        _add(columns, hints, "largest error", errors)
    return Table.of_columns(columns, hints, index, f.n_pieces)


def regions_table(found: CellFindings, limit: int | None = None) -> Table:
    """Each activation region: its piece, volume, corners and pattern."""
    f = found.function
    index = shown_rows(f.n_regions, limit)
    some = [f.regions[i] for i in index]
    columns: list[Column] = [
        ("#", ">", [str(i + 1) for i in index]),
        ("piece", ">", [str(int(f.piece_of_region[i]) + 1) for i in index]),
    ]
    hints: dict[str, list[str]] = {}
    _add(columns, hints, volume_name(f.dim), [None if r.volume == math.inf else r.volume for r in some], "∞")
    columns += [
        ("vertices", ">", [str(len(r.vertices)) for r in some]),
        ("facets", ">", [str(len(r.facets)) for r in some]),
        ("active neurons", "<", [pattern_text(r.pattern) for r in some]),
    ]
    return Table.of_columns(columns, hints, index, f.n_regions)


def error_table(found: CellFindings) -> Table:
    """Errors, exact or certified, and where the largest is."""
    c = found.comparison
    assert c is not None
    place = ", ".join(f"{v} = {decimal(x)}" for v, x in zip(found.variables, c.argsup))
    rows = (
        ("largest error", with_exact(c.sup)),
        ("  at", place),
        ("squared error (L2²)", with_exact(c.l2_squared)),
        ("mean squared error", with_exact(c.mse)),
    )
    return Table(("", "this network"), rows, "<<")


def volume_name(dim: int) -> str:
    """What the volume is called."""
    return "area" if dim == 2 else "volume"


def _add(
    columns: list[Column], hints: dict[str, list[str]], name: str, values: Sequence[Value | None], missing: str = ""
) -> None:
    """A column of numbers, with the exact ones behind them; None is shown as `missing`."""
    columns.append((name, ">", [text or missing for text in decimal_column(values, 6)]))
    hints[name] = [in_full(v) for v in values]
