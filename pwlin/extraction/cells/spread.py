"""The search tree divided among somebody's workers: small messages, parts of like size, the same result however it is done."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future
from enum import Enum
from hashlib import sha256
from threading import Lock
from typing import Generic, NamedTuple, TypeAlias, TypeVar
from uuid import uuid4

from pwlin.base import memory
from pwlin.base.arguments import shown
from pwlin.base.crew import Crew, Failure, jobs_at_once, lost
from pwlin.extraction.cells.search_tree import FIRST_PARTS, SearchTree
from pwlin.extraction.ration import Allowance, Meter, TooLarge, TooMany
from pwlin.extraction.ways import share

P = TypeVar("P")
R = TypeVar("R")
Name: TypeAlias = tuple[int, ...]
"""A part by its place among the first parts, then, if that one was too large, among its own, and so on: in their order."""

_PARTS_OF_LARGE = 16
"""Parts of a part that turns out to be too large."""
_FEW = 1024
"""Cells, if a part has no more, that dividing it helps nobody: what the tree itself takes is too much."""
_WORKERS = 64
"""Workers of an executor that does not tell how many it has: so many messages carry the network, then only those to workers
that do not know it.
"""
_REMEMBERED = 4
"""Networks that a worker remembers."""


class _Answer(Enum):
    UNKNOWN = "the worker does not know the network"
    TOO_MANY = "the part has too many cells"


class _Parcel:
    """A tree for workers: in this process itself, elsewhere as bytes, which those do not read that know the tree already."""

    def __init__(self, content: bytes, tree: SearchTree | None = None) -> None:
        self._content, self._tree = content, tree

    @staticmethod
    def of(tree: SearchTree) -> _Parcel:
        return _Parcel(pickle.dumps((tree.net, tree.domain, tree.fast), pickle.HIGHEST_PROTOCOL), tree)

    def __reduce__(self) -> tuple[object, ...]:
        return _Parcel, (self._content,)

    def key(self) -> str:
        """What tells the tree apart from others."""
        return sha256(self._content).hexdigest()

    def open(self) -> SearchTree:
        # from the process that asked for the work, by the executor that has unpickled the work itself
        return self._tree or SearchTree(*pickle.loads(self._content))


class _Job(NamedTuple, Generic[P, R]):
    """What a worker is told: the tree by its key, in about how many parts, whose run it is, and what to do with which part."""

    key: str
    first: int
    run: str
    work: Callable[[SearchTree, P, Meter], R]
    part: P
    allowed: Allowance


class _Full(NamedTuple):
    """The memory that a worker may take is too small for a part."""

    used: int
    most: int
    cells: int


class Spread(Generic[P, R]):
    """Work on all parts of a tree, by an executor's workers.

    Parameters
    ----------
    executor : Executor
    tree : SearchTree
    work : callable
        ``work(tree, part, meter)`` is called by the workers; one that other processes can import.
    allowed : Allowance
        A part in which `work` finds more cells is divided, if their number is limited; so is one that takes too much memory.
    done : collection of names
        Parts that need not be done any more.
    window : int
        So many parts at most are with the executor.
    parts : int or sequence
        About so many parts the tree has at first, unless it is small; or other parts than the tree's own, which cannot be divided.

    Attributes
    ----------
    share : float
        Of the latest part, in the tree.
    """

    def __init__(
        self,
        executor: Executor,
        tree: SearchTree,
        work: Callable[[SearchTree, P, Meter], R],
        allowed: Allowance = Allowance(),  # noqa: B008  it cannot be changed
        done: Collection[Name] = (),
        window: int = 256,
        parts: int | Sequence[P] = FIRST_PARTS,
    ) -> None:
        self._tree, self._work, self._allowed = tree, work, allowed
        self._done = set(done)
        self._divided = {name[:k] for name in done for k in range(1, len(name))}
        self._parcel = _Parcel.of(tree)
        self._count, own = (parts, None) if isinstance(parts, int) else (FIRST_PARTS, parts)
        self._key, self._run = self._parcel.key(), uuid4().hex
        self._carried = jobs_at_once(executor) or _WORKERS
        self.share = 0.0
        self._first: Sequence[P] = tree.first_parts(self._count) if own is None else own  # type: ignore[assignment]
        self._parts: dict[Name, P] = {}
        self._crew: Crew[Name, R | _Answer | _Full] = Crew(executor, window)

    def __iter__(self) -> Iterator[tuple[Name, R]]:
        """Names and results of parts, as they come.

        Raises
        ------
        WorkerError
            If a part failed twice.
        TooLarge
            If one takes more memory than a worker may take, and has few cells.
        """
        with self._crew as crew:
            self._add((), self._first)
            for name, outcome in crew:
                if isinstance(outcome, Failure):
                    part = self._parts[name]
                    place = ".".join(map(str, name))
                    raise lost(f"subtree {place} of the search, {shown(part)},", outcome) from outcome.error
                if outcome is _Answer.UNKNOWN:
                    self._send(name, True)
                elif outcome is _Answer.TOO_MANY or (isinstance(outcome, _Full) and self._may_divide(name, outcome)):
                    self._divide(name, self._parts.pop(name))
                elif isinstance(outcome, _Full):
                    raise TooLarge(*outcome)
                else:
                    part = self._parts.pop(name)
                    self.share = share(part) if isinstance(part, tuple) else 1 / len(self._first)
                    yield name, outcome  # type: ignore[misc]  # it is no answer

    @property
    def left(self) -> int:
        """Parts that are not done yet, as far as is known."""
        return len(self._parts)

    def _add(self, above: Name, parts: Sequence[P]) -> None:
        for place, part in enumerate(parts):
            name = (*above, place)
            if name in self._divided:
                self._divide(name, part)
            elif name not in self._done:
                self._parts[name] = part
                self._carried -= 1
                self._send(name, self._carried >= 0)

    def _may_divide(self, name: Name, full: _Full) -> bool:
        return isinstance(self._parts[name], tuple) and self._allowed.cells is not None and full.cells > _FEW

    def _divide(self, name: Name, part: P) -> None:
        smaller = self._tree.parts(_PARTS_OF_LARGE, part)  # type: ignore[arg-type]
        self._add(name, smaller)  # type: ignore[arg-type]

    def _send(self, name: Name, carry: bool) -> None:
        job = _Job(self._key, self._count, self._run, self._work, self._parts[name], self._allowed)
        self._crew.add(name, _done, job, self._parcel if carry else None)


_trees: OrderedDict[str, SearchTree] = OrderedDict()
_lock = Lock()


def _known(key: str, parcel: _Parcel | None) -> SearchTree | None:
    """In a worker: the tree, if the worker knows it or is given it."""
    with _lock:
        tree = _trees.pop(key, None)
        if tree is None and parcel is not None:
            tree = parcel.open()
        if tree is not None:
            _trees[key] = tree
        while len(_trees) > _REMEMBERED:
            _trees.popitem(last=False)
    return tree


_ended = ""
"""The run that Ctrl-C ended in this worker, which may have more of its jobs."""


def _done(job: _Job[P, R], parcel: _Parcel | None) -> R | _Answer | _Full:
    """In a worker: one part.

    Raises
    ------
    KeyboardInterrupt
        At Ctrl-C, which reaches all processes of a terminal, and from then on at once: the worker may have more parts
        already, and whoever waits for its end is not to wait for those.
    """
    global _ended
    if job.run == _ended:
        raise KeyboardInterrupt
    try:
        return _answer(job, parcel)
    except KeyboardInterrupt:
        _ended = job.run
        raise


def _answer(job: _Job[P, R], parcel: _Parcel | None) -> R | _Answer | _Full:
    meter = job.allowed.meter()  # what the tree takes counts too
    tree = _known(job.key, parcel)
    if tree is None:
        return _Answer.UNKNOWN
    if isinstance(job.part, tuple):
        tree.first_parts(job.first)  # the kernel remembers where they begin
    try:
        return job.work(tree, job.part, meter)
    except TooMany:
        return _Answer.TOO_MANY
    except TooLarge as error:
        full = _Full(*error.args)
    memory.give_back()
    return full


class Here(Executor):
    """Does everything at once, in this thread, when it is submitted."""

    def submit(self, function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        """A future that is done."""
        future: Future[object] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 its `result` raises it
            future.set_exception(error)
        return future
