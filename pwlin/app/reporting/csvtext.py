"""CSV text, and numbers in it: exactly and rounded side by side."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from pwlin.comparison.errors import Value
from pwlin.exact.text import decimal, in_full


def both(value: Value | None) -> list[str]:
    """A number exactly, and rounded to 17 digits (an enclosure: to those that are certain)."""
    return [in_full(value), decimal(value, 17)]


def pairs(*values: Value | None) -> list[str]:
    """Several numbers, each both ways."""
    return [text for value in values for text in both(value)]


def with_decimals(names: Iterable[str]) -> list[str]:
    """The headers of such pairs."""
    return [header for name in names for header in (name, f"{name}_decimal")]


def csv_text(header: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A header and rows as CSV."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
