"""Tables of a function of several variables for people: errors, neurons, pieces, regions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pwlin.app.reporting.cells.findings import CellFindings
from pwlin.app.reporting.table import Column, Table, numbers, shown_rows
from pwlin.exact.text import decimal, with_exact
from pwlin.networks.names import name_in
from pwlin.networks.neurons import pattern_text

_DIGITS = 6


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
    return Table.of_columns(columns, index, len(found.neurons))


def pieces_table(found: CellFindings, limit: int | None = None) -> Table:
    """Each piece: gradient, offset, how many regions it is made of, volume, and its largest error if that is known."""
    f = found.function
    index = shown_rows(f.n_pieces, limit)
    some = [f.pieces[i] for i in index]
    columns: list[Column] = [("#", ">", [str(i + 1) for i in index])]
    for k, name in enumerate(found.variables):
        columns.append(numbers(f"slope in {name}", [p.gradient[k] for p in some], digits=_DIGITS))
    columns.append(numbers("offset", [p.offset for p in some], digits=_DIGITS))
    columns.append(("regions", ">", [str(len(p.regions)) for p in some]))
    columns.append(_volumes(f.dim, [sum(f.regions[r].volume for r in p.regions) for p in some]))
    if found.per_region is not None:
        errors = [max((found.per_region[r].sup for r in p.regions), key=float) for p in some]
        columns.append(numbers("largest error", errors, digits=_DIGITS))
    return Table.of_columns(columns, index, f.n_pieces)


def regions_table(found: CellFindings, limit: int | None = None) -> Table:
    """Each activation region: its piece, volume, corners and pattern."""
    f = found.function
    index = shown_rows(f.n_regions, limit)
    some = [f.regions[i] for i in index]
    columns: list[Column] = [
        ("#", ">", [str(i + 1) for i in index]),
        ("piece", ">", [str(int(f.piece_of_region[i]) + 1) for i in index]),
        _volumes(f.dim, [r.volume for r in some]),
        ("vertices", ">", [str(len(r.vertices)) for r in some]),
        ("facets", ">", [str(len(r.facets)) for r in some]),
        ("active neurons", "<", [pattern_text(r.pattern) for r in some]),
    ]
    return Table.of_columns(columns, index, f.n_regions)


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


def _volumes(dim: int, volumes: Sequence[Fraction | float]) -> Column:
    finite = [v if isinstance(v, Fraction) else None for v in volumes]
    return numbers(volume_name(dim), finite, "∞", _DIGITS)
