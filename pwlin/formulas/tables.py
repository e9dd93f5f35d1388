"""Tables of numbers in files: CSV with commas, semicolons or tabs between columns, and arrays of NumPy."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import PwlinError, TargetError
from pwlin.exact.rational import to_fraction

ACCEPTED = "is a text file of numbers, a row a line, with commas, semicolons or tabs between columns"
_MOST_BYTES = 1 << 26
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_NUMBER = re.compile(
    r"[-+\u2212\u2013]?(|na|n/a|nan|null|none|inf|infinity|0x[0-9a-f]+|[\d.][\d_.,/ ]*(e[-+\u2212]?\d+)?)",
    re.IGNORECASE,
)
"""Numbers in the ways of others, and words for those that are none."""


def read_rows(path: Path, most: int) -> list[list[object]]:
    """The rows of an ``.npy`` file, or of a CSV file as `read_table` reads it; a vector is one row.

    Raises
    ------
    TargetError
        For files that are no such, arrays of other things than real numbers among them.
    """
    if path.suffix.lower() != ".npy" or not path.is_file():
        return read_table(path, most)
    array, found = read_array(path, "target"), repr(os.fspath(path))
    if array.ndim > 2:
        shape = f"{found} with {array.dtype} of shape {array.shape}"
        raise refusal("target", shape, "is a .npy of real numbers in rows", TargetError)
    if array.size > most:
        raise refusal("target", f"{array.size:,} numbers in {found}", f"are {most:,} at most", TargetError)
    return [list(row) for row in np.atleast_2d(array)]


def read_array(path: Path, name: str) -> NDArray[np.generic]:
    """The array of real numbers in an ``.npy`` file, one dimension at least; it stays there until it is read."""
    found = repr(os.fspath(path))
    try:
        array = np.load(path, allow_pickle=False, mmap_mode="r")
    except (OSError, ValueError, EOFError) as error:
        raise refusal(name, f"{found} ({type(error).__name__})", "is a .npy of real numbers", TargetError) from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu" or array.ndim == 0:
        kind = f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else "several arrays"
        raise refusal(name, f"{found} with {kind}", "is a .npy of real numbers in rows", TargetError)
    return array


def read_table(path: Path, most: int) -> list[list[object]]:
    """The rows of a CSV file as exact numbers; a first line without any number is taken for names of columns.

    Parameters
    ----------
    path : Path
    most : int
        How many numbers there may be.

    Raises
    ------
    TargetError
        By line, for what is no number (decimal commas among that), and for lines of different lengths.
    """
    if path.is_file() and path.stat().st_size > _MOST_BYTES:
        found = f"a file of {path.stat().st_size:,} bytes"
        raise refusal("target", found, f"are {_MOST_BYTES:,} at most", TargetError)
    lines = read_lines(path, "target")
    if sum(len(line.cells) for line in lines) > most:
        raise refusal("target", f"more than {most:,} numbers in {path.name!r}", f"are {most:,} at most", TargetError)
    return [line.numbers("target") for line in lines]


@dataclass(frozen=True)
class Line:
    """The cells of one line of a CSV file; they are made numbers when these are asked for."""

    cells: list[str]
    number: int
    file: str

    def numbers(self, name: str) -> list[object]:
        """What the cells say, exactly."""
        return [self._number(cell, name) for cell in self.cells]

    def _number(self, cell: str, name: str) -> object:
        try:
            return to_fraction(cell)
        except PwlinError:
            found = f"{cell!r:.40}" if cell else "an empty cell"
            hint = " with a point, not a comma" if _DECIMAL_COMMA.fullmatch(cell) else " such as 0.65, -2e3 and 1/3"
            where = f"{found} in line {self.number} of {self.file!r}"
            raise refusal(name, where, f"are numbers{hint}", TargetError) from None


def read_lines(path: Path, name: str) -> list[Line]:
    """The lines of a CSV file, all of one length, without a first one that has no number and so names the columns."""
    if not path.is_file():
        raise refusal(name, f"no file {os.fspath(path)!r}", ACCEPTED, TargetError)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise refusal(name, f"{os.fspath(path)!r} ({type(error).__name__})", ACCEPTED, TargetError) from None
    lines = [(k, line) for k, line in enumerate(text.splitlines(), 1) if line.strip()]
    separator = next((s for s in (";", "\t", ",") if lines and s in lines[0][1]), ",")
    found: list[Line] = []
    width = 0
    for number, line in lines:
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True))]
        except csv.Error:
            raise refusal(name, f"{line!r:.40} in line {number} of {path.name!r}", ACCEPTED, TargetError) from None
        if not width:
            width = len(cells)
            if not any(map(is_meant_as_number, cells)):
                continue
        if len(cells) != width:
            wanted = f"are {width}, as in the first"
            raise refusal(name, f"{len(cells)} columns in line {number} of {path.name!r}", wanted, TargetError)
        found.append(Line(cells, number, path.name))
    return found


def is_meant_as_number(cell: str) -> bool:
    """Whether a cell says a number, be it in another way than ours, or that there is none."""
    try:
        to_fraction(cell)
    except PwlinError:
        return _NUMBER.fullmatch(cell) is not None
    return True
