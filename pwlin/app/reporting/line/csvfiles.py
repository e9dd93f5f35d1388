"""Tables of a 1-D function for programs: kinks, pieces and regions as CSV text, every number in full."""

from __future__ import annotations

from collections.abc import Sequence

from pwlin.app.reporting.csvtext import csv_text, pairs
from pwlin.app.reporting.line.tables import regions_per_piece
from pwlin.comparison.line.comparison import Comparison, PieceError
from pwlin.exact.text import in_full
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.names import name_in
from pwlin.networks.neurons import pattern_text

KINK_COLUMNS: dict[str, str] = {
    "kink": "number, from 1, left to right",
    "x": "where the slope jumps: exact fraction",
    "x_decimal": "the same, rounded to 17 digits",
    "jump": "slope after minus slope before: exact fraction",
    "jump_decimal": "the same, rounded",
    "slope_before": "exact fraction",
    "slope_after": "exact fraction",
    "neurons": "the neurons that flip there as layer:index, divided by spaces",
    "neuron_jumps": "each one's part of the jump, exact, in the same order; the parts add up to the jump",
}
NAME_COLUMNS: dict[str, str] = {
    "neuron_names": "their names in the model that the network was made from, divided by semicolons"
}
PIECE_COLUMNS: dict[str, str] = {
    "piece": "number, from 1, left to right",
    "left": "left end: exact fraction, empty for minus infinity",
    "left_decimal": "the same, rounded to 17 digits",
    "right": "right end: exact fraction, empty for infinity",
    "right_decimal": "the same, rounded",
    "slope": "exact fraction",
    "slope_decimal": "the same, rounded",
    "intercept": "exact fraction: the function is slope * x + intercept",
    "intercept_decimal": "the same, rounded",
    "regions": "number of activation regions in the piece",
}
ERROR_COLUMNS: dict[str, str] = {
    "sup_error": "largest error on the piece: exact, or [lower, upper] enclosing it",
    "sup_error_decimal": "the same, in the digits that are certain",
    "l2_squared": "integral of the squared error over the piece: exact, or [lower, upper]",
    "l2_squared_decimal": "the same, in the digits that are certain",
}
REGION_COLUMNS: dict[str, str] = {
    "region": "number, from 1, left to right",
    "left": "left end: exact fraction, empty for minus infinity",
    "right": "right end: exact fraction, empty for infinity",
    "slope": "exact fraction",
    "intercept": "exact fraction",
    "pattern": "one digit for each neuron, 1 for active; layers divided by |",
}


def kinks_csv(f: PiecewiseLinear1D) -> str:
    """The kinks as CSV with the columns of `KINK_COLUMNS`, and of `NAME_COLUMNS` if the network has names of its own."""
    named = f.network is not None and f.network.unit_names
    return csv_text(
        {**KINK_COLUMNS, **NAME_COLUMNS} if named else KINK_COLUMNS,
        [
            [
                str(i),
                *pairs(k.location, k.jump),
                in_full(k.slope_before),
                in_full(k.slope_after),
                " ".join(f"{flip.layer}:{flip.index}" for flip in k.neurons),
                " ".join(in_full(flip.jump) for flip in k.neurons),
                *(["; ".join(name_in(f.network, flip.neuron) for flip in k.neurons)] if named else []),
            ]
            for i, k in enumerate(f.kinks, 1)
        ],
    )


def pieces_csv(f: PiecewiseLinear1D, errors: Sequence[PieceError | Comparison] | None = None) -> str:
    """The pieces as CSV with the columns of `PIECE_COLUMNS`, and of `ERROR_COLUMNS` if errors are known."""
    columns: dict[str, str] = PIECE_COLUMNS
    more: list[list[str]] = [[] for _ in f.pieces]
    if errors is not None:
        columns = {**PIECE_COLUMNS, **ERROR_COLUMNS}
        more = [pairs(part.sup, part.l2_squared) for part in errors]
    regions = regions_per_piece(f)
    return csv_text(
        columns,
        [
            [str(i + 1), *pairs(p.left, p.right, p.slope, p.intercept), str(regions[i]), *more[i]]
            for i, p in enumerate(f.pieces)
        ],
    )


def regions_csv(f: PiecewiseLinear1D) -> str:
    """The regions as CSV with the columns of `REGION_COLUMNS`."""
    return csv_text(
        REGION_COLUMNS,
        [
            [str(i), in_full(r.left), in_full(r.right), in_full(r.slope), in_full(r.intercept), pattern_text(r.pattern)]
            for i, r in enumerate(f.regions, 1)
        ],
    )
