"""What the page holds a network against: the target in cells or as points, and what the best possible is."""

from __future__ import annotations

import math
import warnings
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pwlin.app.touch.cells import Cells, cells_of
from pwlin.app.touch.relus import MOST as MOST_EXACT
from pwlin.app.touch.relus import SEARCHED, Polygon, Quadratic, Relus, quadratic_networks
from pwlin.app.touch.searched import search_mean
from pwlin.base.progress import Bar, progress_bar
from pwlin.comparison.best.quadratic import quadratic_coefficient
from pwlin.comparison.doors import best_approximation
from pwlin.comparison.norm import L2, SUP
from pwlin.exact.digits import ratio
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import formula
from pwlin.formulas.kinds import LinearTarget, Target

Floats = NDArray[np.float64]
Row: TypeAlias = "tuple[int, float] | tuple[int, float, str]"
"""A number of pieces and the least error with them, also as a fraction where that is short."""
PIECES = (1, 2, 3, 4, 5, 6, 8, 12, 16, 24)
"""Numbers of pieces whose best errors are searched; between them the page uses power laws, and before 0 a bound."""
LEAST, LARGEST = 1e-140, 1e140
"""Between them squares are doubles that have all their digits."""
TINY = 5e-324
"""Stands for what is not 0 and rounded to it."""


@dataclass(frozen=True)
class Goal:
    """A target of one variable on an interval."""

    target: Target
    left: Fraction
    right: Fraction
    name: str = ""
    """Where the target has another one than its formula."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the page should say about it."""
        return () if self._is_ordinary else ("Values of such a size have no bar: their squares are no doubles.",)

    @cached_property
    def _is_ordinary(self) -> bool:
        """Whether squares of values are doubles, as the search wants them."""
        sizes = [abs(value) for value in self.values]
        return all(size < LARGEST for size in sizes) and (not any(sizes) or max(sizes) > LEAST)

    def seen(self, x: float) -> float:
        """A value, in floats."""
        cells = self.cells.cells
        k = bisect_left(cells, x, hi=len(cells) - 1, key=lambda cell: nearest_float(cell.right))
        return cells[k](x)

    @cached_property
    def values(self) -> list[float]:
        """Some values: how large they are, and how far apart."""
        cells = self.cells.cells
        return [cell(nearest_float(x)) for cell in cells for x in (cell.left, (cell.left + cell.right) / 2, cell.right)]

    @cached_property
    def cells(self) -> Cells:
        """The target as the page knows it."""
        return cells_of(self.target, self.left, self.right)

    def bare(self) -> dict[str, object]:
        """For the page, without the best possible."""
        return {
            "kind": "domain",
            "name": self.name or (formula(self.target.text) if self.target.text else "a piecewise-linear function"),
            "text": self.target.text,
            "domain": [ratio(self.left), ratio(self.right)],
            "epsilon": self.cells.epsilon,
            "cells": self.cells.data(),
        }

    def data(self, search: bool = True, progress: bool = False) -> dict[str, object]:
        """For the page; the best possible in closed form only, unless it is to be searched."""
        if not self._is_ordinary:
            return self.bare()
        quadratic = self._quadratic()
        if quadratic is not None and quadratic.a:
            networks = quadratic_networks(quadratic, self._search if search else lambda n: None)
            closed = {"kind": "quadratic", "leading": ratio(quadratic.a)}
            return self.bare() | {"best": closed, "networks": networks}
        if not search:
            return self.bare()
        with progress_bar("best possible", "size", 2 * len(self._sizes) + SEARCHED, wanted=progress) as bar:
            return self.bare() | best_found(self._table(bar), self._networks(bar))

    def _networks(self, bar: Bar) -> dict[int, Relus]:
        """The best networks that are found, by their neurons; of a polygon all that are it."""
        networks: dict[int, Relus] = {}
        for n in range(1, SEARCHED + 1):
            networks[n] = self._search(n)
            bar.advance()
            if not networks[n].error and not networks[n].proved:
                break
        bar.advance(SEARCHED - len(networks))
        if (polygon := self._polygon) is not None:
            corners = len(polygon.corners)
            for n in range(max(corners, SEARCHED + 1), MOST_EXACT + 1):
                if (exact := polygon.exactly(n)) is not None:
                    networks[n] = exact
        return networks

    def _quadratic(self) -> Quadratic | None:
        if quadratic_coefficient(self.target) is None:
            return None
        c = (*self.target.polynomial(), Fraction(0), Fraction(0))
        return Quadratic(c[2], c[1], c[0], self.left, self.right)

    @cached_property
    def _polygon(self) -> Polygon | None:
        """The target, if it is continuous and piecewise linear, exactly."""
        cells = self.cells.cells
        if self.cells.epsilon or any(any(cell.coefficients[2:]) for cell in cells):
            return None
        lines = [((*cell.coefficients, Fraction(0))[:2], cell) for cell in cells]
        ends = [[c0 + c1 * (x - cell.middle) for x in (cell.left, cell.right)] for (c0, c1), cell in lines]
        if any(before[1] != after[0] for before, after in pairwise(ends)):
            return None
        bends = [i for i in range(1, len(lines)) if lines[i][0][1] != lines[i - 1][0][1]]
        corners, slopes = tuple(cells[i].left for i in bends), tuple(lines[i][0][1] for i in (0, *bends))
        return Polygon(self.left, self.right, ends[0][0], corners, slopes)

    def _search(self, n: int) -> Relus:
        cells, polygon = self.cells, self._polygon
        if polygon is not None and (exact := polygon.exactly(n)) is not None:
            return exact
        ends = (nearest_float(self.left), nearest_float(self.right))
        few = len(cells.cells) <= SEARCHED + 1
        cuts = np.array([nearest_float(c.left) for c in cells.cells[1:]]) if few else np.array([])
        return search_mean(_sampled(cells), ends, cuts, n)

    @property
    def _own(self) -> int | None:
        """The pieces of a polygon: with as many, and no fewer, nothing is left."""
        return None if self._polygon is None else len(self._polygon.corners) + 1

    @cached_property
    def _sizes(self) -> list[int]:
        """Numbers of pieces in the table: of a polygon also its own, and one less where the page can hold such a network."""
        own = self._own
        return sorted({*PIECES, *(() if own is None else (own, min(max(own - 1, 1), MOST_EXACT)))})

    def _table(self, bar: Bar) -> dict[str, list[Row]]:
        """Errors of the best functions found with some numbers of pieces."""
        goal: Any = self.target.function if isinstance(self.target, LinearTarget) else self.target
        length = nearest_float(self.right - self.left)
        table: dict[str, list[Row]] = {"sup": [], "mse": []}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "an error is only known")  # errors are shown to a few digits
            for name, norm, unit in (("sup", SUP, 1.0), ("mse", L2, length)):
                least = math.inf
                for pieces in self._sizes:
                    if self._own is not None and pieces >= self._own:
                        least = 0.0
                    elif least:
                        error = best_approximation(goal, (self.left, self.right), pieces, norm=norm.name).error
                        least = min(least, float(error) / unit or (TINY if error != 0 else 0.0))
                    table[name].append((pieces, least))
                    bar.advance()
        return table


def best_found(table: dict[str, list[Row]], networks: dict[int, Relus]) -> dict[str, Any]:
    """For the page: best errors by norm and pieces, none above that of a network, which has one piece more than neurons."""

    def least(row: Row) -> Row:
        met = min((float(found.error) for n, found in networks.items() if n < row[0]), default=math.inf)
        return (row[0], min(row[1], met))

    return {
        "best": {"kind": "table", **table, "mse": [least(row) for row in table["mse"]]},
        "networks": {"mse": {str(n): found.data() for n, found in networks.items()}},
    }


def _sampled(cells: Cells) -> Any:
    """The target as a vectorised function."""
    starts = np.array([nearest_float(c.left) for c in cells.cells])
    middles = np.array([nearest_float(c.middle) for c in cells.cells])
    rows = np.array([[nearest_float(v) for v in (*c.coefficients, *(Fraction(0),) * 3)[:4]] for c in cells.cells])

    def values(x: Floats) -> Floats:
        k = np.clip(np.searchsorted(starts, x, side="right") - 1, 0, len(starts) - 1)
        t, c = x - middles[k], rows[k]
        out: Floats = ((c[:, 3] * t + c[:, 2]) * t + c[:, 1]) * t + c[:, 0]
        return out

    return values
