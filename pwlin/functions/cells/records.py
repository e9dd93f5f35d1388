"""The records that a function on a complex hands out, and the sequences that make them when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, final

from pwlin.exact.text import brief, field
from pwlin.geometry.polytope import Point

Direction = tuple[int, ...]


@final
@dataclass(frozen=True, slots=True, repr=False)
class Face:
    """A closed face or another convex set in space, by its corners.

    `rays` and `lines` are directions (integers without common divisor). If there are lines, it has no true vertices:
    `vertices` then holds one point of each of its minimal faces.
    """

    dimension: int
    vertices: tuple[Point, ...]
    rays: tuple[Direction, ...] = ()
    lines: tuple[Direction, ...] = ()

    @property
    def is_bounded(self) -> bool:
        """Whether it is a polytope."""
        return not self.rays and not self.lines

    def __repr__(self) -> str:
        parts = [f"dimension={self.dimension}"]
        if self.dimension == 0:
            parts.append(f"at {_point(self.vertices[0])}")
        else:
            counts = ((self.vertices, "vertices"), (self.rays, "rays"), (self.lines, "lines"))
            parts.extend(f"{len(items)} {name}" for items, name in counts if items)
        return f"Face({', '.join(parts)})"


class Neighbor(NamedTuple):
    """A region on the other side of a facet: indices into `regions` and `facets`, and the neurons that flip there."""

    region: int
    facet: int
    neurons: tuple[tuple[int, int], ...]


@final
@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A maximal connected union of regions on which the function is ``gradient . x + offset``.

    Regions count as connected if they share a facet. `regions` are indices. The linear piece of a function of several
    variables; `functions.line.records.Piece` is that of one, an interval.
    """

    index: int
    regions: tuple[int, ...]
    gradient: Point
    offset: Fraction

    def __repr__(self) -> str:
        gradient, offset = _point(self.gradient), field("offset", self.offset)
        return f"Piece(index={self.index}, {len(self.regions)} regions, gradient={gradient}, {offset})"


class Extremum(NamedTuple):
    """A largest or smallest value and everywhere it is taken, as maximal faces."""

    value: Fraction
    where: tuple[Face, ...]

    def __repr__(self) -> str:
        first = f"{self.where[0]!r}" if len(self.where) == 1 else f"{len(self.where)} faces"
        return f"Extremum({field('value', self.value)}, where={first})"


@final
@dataclass(frozen=True, slots=True, repr=False)
class LevelSet:
    """The set where a function takes a value, as maximal convex faces, large dimensions first.

    `regions` are the (indices of the) regions on which the function has that value throughout; they are among the faces.
    """

    faces: tuple[Face, ...]
    regions: tuple[int, ...]

    def of_dimension(self, dimension: int) -> tuple[Face, ...]:
        """The faces of one dimension: 1 for segments, 2 for polygons."""
        return tuple(f for f in self.faces if f.dimension == dimension)

    def __len__(self) -> int:
        return len(self.faces)

    def __iter__(self) -> Iterator[Face]:
        return iter(self.faces)

    def __repr__(self) -> str:
        return f"LevelSet({len(self.faces)} faces, {len(self.regions)} whole regions)"


def _point(point: Point) -> str:
    return f"({', '.join(brief(v) for v in point)})"
