"""Sequences whose entries are made when they are asked for, and rows of different lengths."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, final, overload

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
_PATIENCE = 16
"""All entries are made once one in so many has been."""
_SHOWN = 64
"""So many entries are written out."""


class OnDemand(Sequence[T], Generic[T]):
    """A sequence whose entries are made when they are asked for, and then kept; equal to any sequence of the same entries.

    Parameters
    ----------
    length : int
    make : callable
        Makes entry i.
    make_all : callable, optional
        Makes all entries in their order, much cheaper than one by one. It is asked when all are wanted, or when so many have
        been that the others are likely to follow.
    """

    def __init__(
        self, length: int, make: Callable[[int], T], make_all: Callable[[], Iterable[T]] | None = None
    ) -> None:
        self._length = length
        self._make = make
        self._make_all = make_all
        self._made: dict[int, T] = {}
        self._all: tuple[T, ...] | None = None

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if self._all is not None:
            return self._all[index]
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(self._length)))
        i = range(self._length)[index]
        if i not in self._made:
            if self._make_all is not None and _PATIENCE * len(self._made) > self._length:
                return self._complete(self._make_all)[i]
            self._made[i] = self._make(i)
        return self._made[i]

    def __iter__(self) -> Iterator[T]:
        if self._all is None and self._make_all is not None and 2 * len(self._made) < self._length:
            self._complete(self._make_all)
        return iter(self._all) if self._all is not None else (self[i] for i in range(self._length))

    def _complete(self, make_all: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        made, self._made = self._made, {}
        self._all = tuple(made.get(i, entry) for i, entry in enumerate(make_all())) if made else tuple(make_all())
        return self._all

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (OnDemand, tuple, list)):
            return NotImplemented
        return len(self) == len(other) and all(map(operator.eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        if len(self) <= _SHOWN:
            return repr(tuple(self))
        return f"({self[0]!r}, ..., {self[-1]!r}: {len(self)} entries, made when asked for)"


@final
class Records(Sequence[T], Generic[T]):
    """A sequence of records that are made when they are asked for."""

    __slots__ = ("_ids", "_make")

    def __init__(self, make: Callable[[int], T], ids: Sequence[int]) -> None:
        self._make = make
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> Records[T]: ...
    def __getitem__(self, key: int | slice) -> T | Records[T]:
        if isinstance(key, slice):
            return Records(self._make, self._ids[key])
        return self._make(int(self._ids[key]))

    def __repr__(self) -> str:
        return f"Records({len(self)} records, made when asked for)"


Integers = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Ragged:
    """Rows of integers of different lengths: row i is ``ids[offsets[i]:offsets[i + 1]]``."""

    offsets: Integers
    ids: Integers | NDArray[np.int32]

    @staticmethod
    def from_rows(rows: Sequence[Sequence[int]]) -> Ragged:
        """Pack rows."""
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(r) for r in rows], out=offsets[1:])
        ids = np.fromiter((i for r in rows for i in r), dtype=np.int64, count=int(offsets[-1]))
        return Ragged(offsets, ids)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> list[int]:
        start, stop = self.offsets[row : row + 2].tolist()
        out: list[int] = self.ids[start:stop].tolist()
        return out

    def lengths(self) -> Integers:
        """Number of entries in each row."""
        return np.diff(self.offsets)

    def first_rows(self, count: int) -> Integers:
        """The first row that holds each of so many entries, all of which are held."""
        out = np.empty(count, dtype=np.int64)
        row = np.repeat(np.arange(len(self)), self.lengths())
        out[self.ids[::-1]] = row[::-1]  # of several values NumPy keeps the last
        return out
