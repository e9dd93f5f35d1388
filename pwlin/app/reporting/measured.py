"""What a report says of a network and measured points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pwlin.app.reporting.prose import Paragraph, counted
from pwlin.app.reporting.table import Table
from pwlin.comparison.measured.comparison import PointComparison
from pwlin.exact.text import decimal

if TYPE_CHECKING:
    from pwlin.comparison.measured.best import BestPointErrors

_MOST_SOUGHT = 300
"""Points for which the best possible is sought; a report is not to wait for more."""


def _best(c: PointComparison) -> BestPointErrors | None:
    return c.best if c.target.dimension == 1 and c.count <= _MOST_SOUGHT and c.function.n_pieces <= 20 else None


def points_table(c: PointComparison) -> Table:
    """The errors over the points, in one variable beside the least with as many pieces."""
    best = _best(c)
    sup, mse, mae = c.sup, c.mse, c.mae
    assert sup is not None and mse is not None and mae is not None  # there is a point
    rows = [("largest", decimal(sup), "" if best is None else decimal(best.sup))]
    rows.append(("  at", _place(c), ""))
    rows.append(("mean squared", decimal(mse), "" if best is None else _found(best)))
    rows.append(("mean magnitude", decimal(mae), ""))
    header = f"least with {counted(c.function.n_pieces, 'piece')}" if best is not None else ""
    return Table(("", "network", header), tuple(rows), "<>>")


def _place(c: PointComparison) -> str:
    """The first point of the largest error."""
    point = [decimal(v, 4) for v in c.target.points[c.worst[0]]]
    return f"{c.target.variables[0]} = {point[0]}" if len(point) == 1 else f"({', '.join(point)})"


def _found(best: BestPointErrors) -> str:
    proven = best.by_squares.is_optimal
    return decimal(best.mse) if proven else f"{decimal(best.mse)} found"


def points_paragraph(c: PointComparison) -> Paragraph:
    """How close the network comes to the points, and how close it could."""
    sup, mse, best = c.sup, c.mse, _best(c)
    assert sup is not None and mse is not None
    if not sup:
        return Paragraph(
            "How far off it is", "At every point the network takes the very value that was measured.", "error"
        )
    text = (
        f"Over the {counted(c.count, 'point')} the network is off by {decimal(sup)} at most, at {_place(c)}, and its "
        f"mean squared error is {decimal(mse)}: exactly that of its weights, rounded only to be shown. Between the points "
        "nothing was measured, and nothing is known."
    )
    if best is not None:
        text += f" A continuous function of {counted(c.function.n_pieces, 'piece')} can come as close as {decimal(best.sup)} to every point, and no closer."
        squares = best.by_squares
        if squares.error < c.sum_squared:
            least = (
                "The least mean squared error with as many pieces is"
                if squares.is_optimal
                else "A mean squared error of"
            )
            rest = f"{least} {decimal(best.mse)}{'' if squares.is_optimal else ' is possible with as many pieces'}"
            text += f" {rest}; how much of it is noise, only points that were not used for training can tell."
    return Paragraph("How far off it is", text, "error")
