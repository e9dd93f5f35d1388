"""Tables of text for people, and how neurons and patterns are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pwlin.comparison.errors import Value
from pwlin.exact.text import decimal_column, in_full

Column: TypeAlias = tuple[str, str, Sequence[str]] | tuple[str, str, Sequence[str], Sequence[str]]
"""Header, alignment, cells, and the full texts behind them where cells are shortened."""
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

    @staticmethod
    def of_columns(
        columns: Sequence[Column],
        index: list[int],
        total: int,
    ) -> Table:
        """A table of the entries `index` of `total`."""
        blank = ("",) * len(columns[0][2])
        return Table(
            tuple(name for name, *_ in columns),
            tuple(zip(*(column[2] for column in columns), strict=True)),
            "".join(side for _, side, *_ in columns),
            tuple(zip(*(column[3] if len(column) == 4 else blank for column in columns), strict=True)),
            gap_position(index),
            total - len(index),
        )

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


def numbers(name: str, values: Sequence[Value | None], missing: str = "", digits: int = 7) -> Column:
    """A column of numbers, with the exact ones behind them; None is shown as `missing`."""
    cells = [text or missing for text in decimal_column(values, digits)]
    return name, ">", cells, [in_full(v) for v in values]


def shown_rows(count: int, limit: int | None) -> list[int]:
    """Indices of the rows shown: all, or the first and last ones around a gap."""
    if limit is None or count <= limit:
        return list(range(count))
    head = limit - limit // 2
    return [*range(head), *range(count - limit // 2, count)]


def gap_position(index: list[int]) -> int:
    """Position of the first index that does not follow its predecessor."""
    return next((i for i in range(1, len(index)) if index[i] > index[i - 1] + 1), len(index))
