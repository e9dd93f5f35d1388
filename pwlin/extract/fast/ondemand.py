"""A sequence whose entries are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
_PATIENCE = 16
"""All entries are made once one in so many has been."""


class OnDemand(Sequence[T], Generic[T]):
    """A sequence whose entries are made when they are asked for, and then kept.

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

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        i = range(self._length)[index]
        if i not in self._made:
            if self._make_all is not None and _PATIENCE * len(self._made) > self._length:
                self._fill(self._make_all)
            else:
                self._made[i] = self._make(i)
        return self._made[i]

    def __iter__(self) -> Iterator[T]:
        if self._make_all is not None and 2 * len(self._made) < self._length:
            self._fill(self._make_all)
        return (self[i] for i in range(self._length))

    def _fill(self, make_all: Callable[[], Iterable[T]]) -> None:
        for i, entry in enumerate(make_all()):
            self._made.setdefault(i, entry)
