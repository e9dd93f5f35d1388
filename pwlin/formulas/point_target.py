"""Points as a target: places and values that were measured, exactly, in the order in which they were given."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, PwlinError, TargetError
from pwlin.exact.rational import nearest_float, to_fraction
from pwlin.formulas.allowed import real_symbol
from pwlin.formulas.kinds import Floats, Target
from pwlin.formulas.tables import read_rows
from pwlin.formulas.variables import named_variables

POINTS_ACCEPTED = (
    "are a pair (xs, ys), an array or a DataFrame whose last column is the value, and the path of a CSV or .npy file"
)
PointsLike: TypeAlias = "tuple[object, object] | NDArray[Any] | os.PathLike[str] | Table"
"""What users may pass as points."""
MOST_NUMBERS = 1_000_000
"""Of all points together; they are kept as exact numbers."""


class Table(Protocol):
    """A DataFrame, of whatever library."""

    def to_numpy(self, dtype: Any = ...) -> NDArray[Any]:
        """Its entries."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class PointTarget(Target):
    """Measured points ``(x, y)``: a target that is known at its points only.

    Attributes
    ----------
    points : tuple of tuples of Fraction
        Where: one tuple of coordinates for each point.
    values : tuple of Fraction
        What was measured there. One place may have several values.
    """

    points: tuple[tuple[Fraction, ...], ...]
    values: tuple[Fraction, ...]

    @property
    def places(self) -> tuple[Fraction, ...] | tuple[tuple[Fraction, ...], ...]:
        """Where, as numbers if there is one variable."""
        return tuple(p[0] for p in self.points) if self.dimension == 1 else self.points

    @cached_property
    def floats(self) -> tuple[Floats, Floats]:
        """Points, shape (n, d), and values, shape (n,), as the nearest floats."""
        where = np.array([[nearest_float(v) for v in point] for point in self.points], dtype=np.float64)
        return where, np.array([nearest_float(v) for v in self.values], dtype=np.float64)

    @cached_property
    def box(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The intervals from the least to the largest coordinate; one more to both sides where these are equal."""
        ends = [(min(column), max(column)) for column in zip(*self.points)]
        return tuple((a, b) if a < b else (a - 1, b + 1) for a, b in ends)

    def within(self, box: Sequence[tuple[Fraction | None, Fraction | None]]) -> PointTarget:
        """The points that lie in a box of closed intervals; an error if there is none."""
        return self.where(
            [
                all((a is None or a <= v) and (b is None or v <= b) for v, (a, b) in zip(point, box, strict=True))
                for point in self.points
            ]
        )

    def where(self, kept: Sequence[bool]) -> PointTarget:
        """Some of the points; an error if there is none."""
        rows = [i for i, keep in enumerate(kept) if keep]
        if not rows:
            raise refusal("domain", "no point of the target in it", "are domains with one at least", DomainError)
        if len(rows) == len(self.points):
            return self
        points, values = tuple(self.points[i] for i in rows), tuple(self.values[i] for i in rows)
        return PointTarget(self.variables, self.text, points, values)

    def _values(self, x: Floats, shape: tuple[int, ...]) -> NoReturn:
        raise TargetError("target: found points, which have no values between them; accepted are functions")

    def _exact(self, values: list[Fraction]) -> NoReturn:
        raise TargetError("target: found points, which have no values between them; accepted are functions")

    @property
    def expression(self) -> NoReturn:
        """`TargetError`: points have none."""
        raise TargetError("target: found points, which have no expression; accepted are formulas")

    def _key(self) -> object:
        return self.dimension, tuple(sorted(zip(self.points, self.values, strict=True)))

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        n = len(self.values)
        return f"Target({n} point{'s' * (n != 1)}{f' of {self.text}' if self.text else ''})"


def is_points(target: object) -> bool:
    """Whether a target is meant as points: a pair of sequences, a table, or the path of one."""
    if isinstance(target, PointTarget) or _is_path(target) or hasattr(target, "to_numpy"):
        return True
    if isinstance(target, np.ndarray):
        return target.ndim > 0
    return isinstance(target, (tuple, list))


def _is_path(target: object) -> bool:
    return isinstance(target, os.PathLike) or (
        isinstance(target, str) and target.strip().lower().endswith((".csv", ".tsv", ".npy"))
    )


def read_point_target(target: object, dimension: int | None = None) -> PointTarget:
    """Read points: a pair ``(xs, ys)``, a table whose last column is the value, or the path of a CSV or ``.npy`` file.

    Parameters
    ----------
    target : PointTarget, tuple of two sequences, 2-D array, DataFrame, path
        Floats stand for the rationals that they are; text and the numbers of a file for what they say.
    dimension : int, optional
        How many coordinates points must have.

    Raises
    ------
    TargetError
        For anything else; for values that are no finite numbers, by row; for no points and for too many.
    """
    if isinstance(target, PointTarget):
        found = target
    elif _is_path(target):
        path = Path(os.fspath(target).strip() if isinstance(target, str) else os.fspath(target))  # type: ignore[call-overload]
        found = _made(read_rows(path, MOST_NUMBERS), path.name)
    elif isinstance(target, tuple):
        if len(target) != 2:
            raise refusal("target", f"a tuple of {len(target)}", POINTS_ACCEPTED, TargetError)
        found = _made(_joined(*target), "")
    elif hasattr(target, "to_numpy") or isinstance(target, np.ndarray):
        found = _made(_table(target, "target"), "")
    else:
        hint = " (a list is ambiguous: write the pair as a tuple)" if isinstance(target, list) else ""
        raise refusal("target", f"{shown(target)}{hint}", POINTS_ACCEPTED, TargetError)
    if dimension is not None and found.dimension != dimension:
        raise refusal("target", f"points of {found.dimension} variable(s)", f"are {dimension}", TargetError)
    return found


def _joined(xs: object, ys: object) -> list[list[object]]:
    columns, values = _table(xs, "xs", flat=True), _table(ys, "ys", flat=True)
    if values and len(values[0]) != 1:
        accepted = "is one value for each point; several outputs are a target each, such as ys[:, 0]"
        raise refusal("ys", f"{len(values[0])} columns", accepted, TargetError)
    if len(columns) != len(values):
        raise refusal("ys", f"{len(values)} values for {len(columns)} points", "is one for each", TargetError)
    return [[*row, *value] for row, value in zip(columns, values)]


def _table(given: object, name: str, flat: bool = False) -> list[list[object]]:
    """The rows of an array, a DataFrame or nested sequences; a vector is a column, where that is wanted."""
    if isinstance(given, np.ma.MaskedArray):
        raise refusal(name, "a masked array", POINTS_ACCEPTED, TargetError)
    if hasattr(given, "to_numpy"):
        given = given.to_numpy(dtype=object)
    elif not isinstance(given, (np.ndarray, list, tuple)) and hasattr(given, "__array__"):
        given = np.asarray(given)
    if isinstance(given, np.ndarray):
        if given.ndim not in ((1, 2) if flat else (2,)):
            raise refusal(name, f"an array of shape {given.shape}", POINTS_ACCEPTED, TargetError)
        _check_size(given.size, name)
        rows: list[object] = list(given.tolist())
    elif isinstance(given, (list, tuple, range)):
        _check_size(len(given), name)
        rows = list(given)
    else:
        raise refusal(name, shown(given), POINTS_ACCEPTED, TargetError)
    if flat and not any(isinstance(row, (list, tuple, np.ndarray)) and np.ndim(row) for row in rows):
        return [[v] for v in rows]
    table = [list(row) if isinstance(row, (list, tuple, np.ndarray)) else [row] for row in rows]
    _check_size(sum(map(len, table)), name)
    return table


def _check_size(numbers: int, name: str) -> None:
    if numbers > MOST_NUMBERS:
        raise refusal(name, f"{numbers:,} numbers", f"are {MOST_NUMBERS:,} at most", TargetError)


def _made(table: Sequence[Sequence[object]], text: str) -> PointTarget:
    if not table:
        raise refusal("target", "no points", "are one at least", TargetError)
    width = len(table[0])
    if width < 2:
        raise refusal("target", "one column", "are inputs and, in the last column, the value", TargetError)
    _check_size(len(table) * width, "target")
    points, values = [], []
    for i, row in enumerate(table):
        if len(row) != width:
            raise refusal(
                "target", f"{len(row)} numbers in row {i} and {width} before", "are rows of one length", TargetError
            )
        numbers = tuple(_number(v, i) for v in row)
        points.append(numbers[:-1])
        values.append(numbers[-1])
    if width > 101:
        raise refusal("target", f"points of {width - 1} variables", "are 100 at most", TargetError)
    names = named_variables((), width - 1)
    return PointTarget(tuple(real_symbol(n) for n in names), text, tuple(points), tuple(values))


def _number(value: object, row: int) -> Fraction:
    try:
        return to_fraction(value)
    except PwlinError:
        raise refusal("target", f"{shown(value)} in row {row} (from 0)", "are finite numbers", TargetError) from None
