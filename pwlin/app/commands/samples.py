"""Rows of data sets, as the command line names them."""

from __future__ import annotations

import math
import os
from pathlib import Path

from pwlin.base.arguments import refusal
from pwlin.exact.rational import ExactArray, to_fraction_array
from pwlin.formulas.tables import is_meant_as_number, read_array, read_lines

ACCEPTED = "is FILE.csv or FILE.npy, and FILE:3 for its row 3 (from 0), where there are several"


def read_sample(argument: str, name: str) -> ExactArray:
    """A row of numbers; those of CSV stand for what they say, those of ``.npy`` for the floats that they are."""
    text = argument.strip()
    path, _, row = text.rpartition(":")
    if not path or not row.isdecimal():
        path, row = text, ""
    return to_fraction_array(_row(Path(path), row, name), 1, name)


def _row(path: Path, row: str, name: str) -> object:
    """One row of a file of numbers; only this one is made exact."""
    found = repr(os.fspath(path))
    if not path.is_file():
        raise refusal(name, f"no file {found}", ACCEPTED)
    kind = path.suffix.lower()
    if kind not in (".npy", ".csv"):
        raise refusal(name, f"the file {found}", ACCEPTED)
    if kind == ".npy":
        array = read_array(path, name)
        rows = array.reshape(1, -1) if array.ndim == 1 else array.reshape(len(array), math.prod(array.shape[1:]))
        return rows[_index(row, len(rows), found, name)]
    lines = read_lines(path, name)
    if lines and not all(map(is_meant_as_number, lines[0].cells)):
        lines = lines[1:]  # names of columns, numbers among them
    return lines[_index(row, len(lines), found, name)].numbers(name)


def _index(row: str, count: int, file: str, name: str) -> int:
    """Which of so many rows it is."""
    if not row and count != 1:
        raise refusal(name, f"{count} rows in {file}", ACCEPTED)
    row = row.lstrip("0") or "0"
    if len(row) > len(str(count)) or int(row) >= count:
        raise refusal(name, f"row {row:.20} of {count} in {file}", ACCEPTED)
    return int(row)
