"""Rows of data sets, as the command line names them."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

from pwlin.base.arguments import refusal
from pwlin.exact.rational import ExactArray, to_fraction_array

ACCEPTED = "is FILE.csv or FILE.npy, and FILE:3 for its row 3 (from 0), where there are several"


def read_sample(argument: str, name: str) -> ExactArray:
    """A row of numbers; those of CSV stand for what they say, those of ``.npy`` for the floats that they are."""
    text = argument.strip()
    path, _, row = text.rpartition(":")
    if not path or not row.isdecimal():
        path, row = text, ""
    rows = _rows(Path(path), name)
    if not row and len(rows) != 1:
        raise refusal(name, f"{len(rows)} rows in {os.fspath(path)!r}", ACCEPTED)
    index = int(row or 0)
    if index >= len(rows):
        raise refusal(name, f"row {index} of {len(rows)} in {os.fspath(path)!r}", ACCEPTED)
    return to_fraction_array(rows[index], 1, name)


def _rows(path: Path, name: str) -> list[object]:
    """All rows of a file of numbers, a header left out; only the one that is wanted is made exact."""
    if not path.is_file():
        raise refusal(name, f"no file {os.fspath(path)!r}", ACCEPTED)
    try:
        if path.suffix.lower() == ".npy":
            array = np.load(path, allow_pickle=False, mmap_mode="r")
            if array.dtype.kind not in "fiu" or array.ndim == 0:
                raise refusal(name, f"an array of {array.dtype} in {os.fspath(path)!r}", ACCEPTED)
            flat = array.reshape(1, -1) if array.ndim == 1 else array.reshape(len(array), -1)
            return [np.array(part) for part in flat] if len(flat) < 1000 else list(flat)
        if path.suffix.lower() == ".csv":
            with open(path, encoding="utf-8", newline="") as stream:
                rows = [[cell.strip() for cell in line] for line in csv.reader(stream) if line]
            if rows and any(not _is_number(cell) for cell in rows[0]):
                rows = rows[1:]  # names of columns
            return list(rows)
    except (OSError, ValueError, csv.Error) as error:
        raise refusal(name, f"no rows in {os.fspath(path)!r} ({type(error).__name__})", ACCEPTED) from None
    raise refusal(name, f"the file {os.fspath(path)!r}", ACCEPTED)


def _is_number(cell: str) -> bool:
    try:
        to_fraction_array([cell], 1)
    except ValueError:
        return False
    return True
