"""Sequences whose entries are made when they are asked for, and rows of different lengths."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, final, overload

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Integers = NDArray[np.int64]
_PATIENCE = 16
"""All entries are made once one in so many has been."""
_SHOWN = 64
"""So many entries are written out."""
_FEW, _MOST = 8, 1 << 14
"""Fewer entries are as soon made one by one; so many are made at a time where one after the other is asked for."""


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
    make_some : callable, optional
        Makes those of ascending indices, likewise. Where one entry after the other is asked for, twice as many are made each time.
    """

    def __init__(
        self,
        length: int,
        make: Callable[[int], T],
        make_all: Callable[[], Iterable[T]] | None = None,
        make_some: Callable[[Integers], Iterable[T]] | None = None,
    ) -> None:
        self._length = length
        self._make = make
        self._make_all = make_all
        self._make_some = make_some
        self._made: dict[int, T] = {}
        self._all: tuple[T, ...] | None = None
        self._next, self._step = -1, 1

    def __reduce__(self) -> tuple[type[tuple[T, ...]], tuple[tuple[T, ...]]]:
        """As the tuple of its entries: what makes them may not outlive the process."""
        return tuple, (tuple(self),)

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
            return tuple(self.take(range(*index.indices(self._length))))
        i, made = range(self._length)[index], self._made
        if i not in made:
            if self._make_all is not None and _PATIENCE * len(made) > self._length:
                return self._complete(self._make_all)[i]
            self._step = min(2 * self._step, _MOST) if i == self._next and self._make_some is not None else 1
            self._next = min(i + self._step, self._length)
            self._learn(made, range(i, self._next))
        return made[i]

    def take(self, indices: Sequence[int]) -> list[T]:
        """Some of the entries, made together if they are many."""
        made = self._made
        if self._all is None:
            fresh = sorted({i for i in indices if i not in made})
            if self._make_all is not None and 2 * len(fresh) > self._length:
                self._complete(self._make_all)
            else:
                self._learn(made, fresh)
        entries = made if self._all is None else self._all
        return [entries[i] for i in indices]

    def _learn(self, made: dict[int, T], indices: Sequence[int]) -> None:
        """Make those of some entries that have not been made."""
        fresh = [i for i in indices if i not in made]
        if self._make_some is None or len(fresh) < _FEW:
            made.update((i, self._make(i)) for i in fresh)
        else:
            made.update(zip(fresh, self._make_some(np.array(fresh, dtype=np.int64))))

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


def taken(entries: Sequence[T], indices: Sequence[int]) -> list[T]:
    """Some entries of a sequence, of one that makes them on demand made together."""
    return entries.take(indices) if isinstance(entries, OnDemand) else [entries[i] for i in indices]


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
