"""Tables of text for people, and how neurons and patterns are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Column: TypeAlias = tuple[str, str, Sequence[str]]
"""Header, alignment, cells."""
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
        hints: Mapping[str, Sequence[str]],
        index: list[int],
        total: int,
    ) -> Table:
        """A table of the entries `index` of `total`, from (header, alignment, cells) for each column."""
        blank = ("",) * len(columns[0][2])
        return Table(
            tuple(name for name, _, _ in columns),
            tuple(zip(*(cells for _, _, cells in columns), strict=True)),
            "".join(side for _, side, _ in columns),
            tuple(zip(*(hints.get(name, blank) for name, _, _ in columns), strict=True)),
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


def shown_rows(count: int, limit: int | None) -> list[int]:
    """Indices of the rows shown: all, or the first and last ones around a gap."""
    if limit is None or count <= limit:
        return list(range(count))
    head = limit - limit // 2
    return [*range(head), *range(count - limit // 2, count)]


def gap_position(index: list[int]) -> int:
    """Position of the first index that does not follow its predecessor."""
    return next((i for i in range(1, len(index)) if index[i] > index[i - 1] + 1), len(index))
