"""Regions that `write_regions` wrote: a lazy sequence of exact records, and tables of floats."""

from __future__ import annotations

import math
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, final, overload

from pwlin.base import arguments
from pwlin.base.arguments import refusal
from pwlin.base.doors import door, doors
from pwlin.base.errors import FormatError, ShapeError
from pwlin.base.sequences import Records
from pwlin.exact.digits import read_integer
from pwlin.geometry.polytope import Point
from pwlin.networks.neurons import Pattern
from pwlin.storage.manifest import Manifest, file_of, parts_in
from pwlin.storage.region_rows import UNBOUNDED, arrow, joined

if TYPE_CHECKING:
    import pyarrow

_REMEMBERED = 2
"""Parts whose rows stay in memory."""


@final
@dataclass(frozen=True, slots=True)
class StoredRegion:
    """An activation region from a file, exact.

    Attributes
    ----------
    pattern : tuple of tuples of bool
        Which neurons are active inside, one tuple per hidden layer.
    gradients, offsets : tuple
        Output i is ``gradients[i] . x + offsets[i]`` there.
    vertices : tuple of points
        Of a bounded region in the plane counterclockwise from the least one, else sorted.
    volume : Fraction, or ``math.inf``
    rays, lines : tuple of integer directions
        Empty for a bounded region.
    """

    pattern: Pattern
    gradients: tuple[Point, ...]
    offsets: tuple[Fraction, ...]
    vertices: tuple[Point, ...]
    volume: Fraction | float
    rays: tuple[tuple[int, ...], ...] = ()
    lines: tuple[tuple[int, ...], ...] = ()

    @property
    def gradient(self) -> Point:
        """The gradient of the only output."""
        self._only()
        return self.gradients[0]

    @property
    def offset(self) -> Fraction:
        """The offset of the only output."""
        self._only()
        return self.offsets[0]

    def _only(self) -> None:
        if len(self.offsets) != 1:
            raise refusal("gradient", f"{len(self.offsets)} outputs", "is one (see gradients and offsets)", ShapeError)


@final
@doors
class StoredRegions(Sequence[StoredRegion]):
    """The regions in a folder; files are read when their rows are asked for.

    Attributes
    ----------
    path : Path
    complete : bool
        Whether all regions are there, or only those of parts that were finished.
    network, domain : str
        Fingerprints of what the regions are of.
    """

    def __init__(self, path: Path, manifest: Manifest, parts: dict[str, int]) -> None:
        self.path = path
        self.complete = manifest.complete
        self.network, self.domain = manifest.network, manifest.domain
        self._widths = manifest.widths
        self._files = list(parts)
        self._starts = list(accumulate(parts.values(), initial=0))
        self._known: dict[int, list[dict[str, Any]]] = {}

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> StoredRegion: ...
    @overload
    def __getitem__(self, index: slice) -> Records[StoredRegion]: ...
    def __getitem__(self, index: int | slice) -> StoredRegion | Records[StoredRegion]:
        if isinstance(index, slice):
            return Records(self._record, range(len(self))[index])
        return self._record(range(len(self))[index])

    def __iter__(self) -> Iterator[StoredRegion]:
        return map(self._record, range(len(self)))

    def tables(self) -> Iterator[pyarrow.Table]:
        """Arrow tables of all columns, one for each file."""
        return map(self._table, range(len(self._files)))

    def to_table(self) -> pyarrow.Table:
        """All rows as one Arrow table, in memory; ``.to_pandas()`` makes a data frame of it."""
        return joined(list(self.tables()))

    def _table(self, part: int) -> pyarrow.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = self.path / self._files[part]
        try:
            table = pq.read_table(file).replace_schema_metadata(None)
        except (pa.ArrowException, FileNotFoundError) as error:
            found = f"{str(file)!r}, which cannot be read ({type(error).__name__})"
            raise refusal("path", found, "are the files of pwlin.write_regions", FormatError) from None
        if table.num_rows != self._starts[part + 1] - self._starts[part]:
            raise refusal("path", f"{str(file)!r} with other rows", "are the files of pwlin.write_regions", FormatError)
        return table

    def _record(self, index: int) -> StoredRegion:
        part = bisect_right(self._starts, index) - 1
        if part not in self._known:
            while len(self._known) >= _REMEMBERED:
                del self._known[next(iter(self._known))]
            exact = ["pattern", "gradients_exact", "offsets_exact", "vertices_exact", "volume_exact", "rays", "lines"]
            self._known[part] = self._table(part).select(exact).to_pylist()
        row = self._known[part][index - self._starts[part]]
        return StoredRegion(
            tuple(tuple(row["pattern"][a:b]) for a, b in pairwise(self._layers)),
            tuple(map(_point, row["gradients_exact"])),
            _point(row["offsets_exact"]),
            tuple(map(_point, row["vertices_exact"])),
            math.inf if row["volume_exact"] == UNBOUNDED else _number(row["volume_exact"]),
            *(tuple(tuple(map(read_integer, v)) for v in row[name]) for name in ("rays", "lines")),
        )

    @cached_property
    def _layers(self) -> list[int]:
        return list(accumulate(self._widths, initial=0))

    def __repr__(self) -> str:
        state = "" if self.complete else ", incomplete"
        return f"StoredRegions({len(self)} regions in {len(self._files)} files{state})"


def _number(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(read_integer(top), read_integer(bottom or "1"))


def _point(texts: Sequence[str]) -> Point:
    return tuple(map(_number, texts))


@door
def read_regions(path: str | os.PathLike[str]) -> StoredRegions:
    """The regions in a folder that `pwlin.write_regions` has written, or was writing.

    Parameters
    ----------
    path : path

    Returns
    -------
    StoredRegions
        A sequence with a length, whose records are exact and read when they are asked for; ``.tables()`` gives Arrow tables.
        The files are plain Parquet, so that other programs can query them: ``SELECT ... FROM 'path/*.parquet'``.

    Raises
    ------
    FormatError
        If the folder is not one of those.
    """
    folder = arguments.path(path)
    manifest = Manifest.read(folder)
    if manifest is None:
        missing = f"{str(folder)!r}, " + ("without a manifest" if folder.is_dir() else "where there is no folder")
        raise refusal("path", missing, "are folders by pwlin.write_regions", FormatError)
    arrow()
    parts = manifest.parts or {file_of(name): rows for name, rows in parts_in(folder, manifest.mark).items()}
    return StoredRegions(folder, manifest, parts)
