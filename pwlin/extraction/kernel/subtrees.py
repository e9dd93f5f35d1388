"""Parts of the tree that are told by the ways to them: the kernel walks down, and searches what is there."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TypeAlias

from pwlin.extraction.kernel.compiled import Integers, plain, put
from pwlin.extraction.kernel.drive import Drive, Unsuited, drive
from pwlin.extraction.kernel.entry import start
from pwlin.extraction.kernel.floats import PartFloats
from pwlin.extraction.kernel.layers import LayerPlan
from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.parallel import divided, frames_in, store_of, threads_for
from pwlin.extraction.kernel.parts import Part as FoundPart
from pwlin.extraction.kernel.parts import part_of
from pwlin.extraction.kernel.result import make_complex
from pwlin.extraction.kernel.store import (
    LAYER,
    N_CROSSING,
    MeshCounts,
    Stack,
    StackCounts,
    Store,
    cells_in,
    push,
)
from pwlin.extraction.watch import Found
from pwlin.extraction.ways import Part, Shares, Way, joined
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

Piece: TypeAlias = tuple[FoundPart, PartFloats]
"""What the kernel found in a piece of the whole."""


class KernelTree:
    """The tree of cells of a network on a domain, of which the kernel searches any part.

    Threads may share it.

    Raises
    ------
    Unsuited
        If the kernel is not made for the network and the domain.
    """

    def __init__(self, net: Network, domain: Polytope) -> None:
        started = start(net, domain)
        if started is None:
            raise Unsuited
        self.net, self.domain, self.oracle = net, domain, Oracle(net, domain)
        self.plan, roots = started
        self._root, self.cuts, self._roots = roots.store, roots.cuts, roots.ways
        stack = self._root.stack
        frames = dict(
            zip(roots.ways, reversed(frames_in(stack.frames[: plain(StackCounts, stack.n).top])), strict=True)
        )
        known = {way: [frames[root] for root in self._below(way)] for way in [*self.cuts, *roots.ways]}
        self._begun: tuple[Store, dict[Way, list[Integers]]] = self._root, known
        self._divided = (
            self._begun
        )  # parts that are remembered to be counted: what is finished on the way to them is not there
        layers = [plain(LayerPlan, layer) for layer in self.plan.layers]
        self.last = len(layers) - 1
        self._trunks: dict[int, tuple[Store, list[list[Integers]]]] = {}
        self._lock = Lock()
        self._shares = Shares(net.input_dim, [layer.width for layer in layers])

    def count(self, part: Part, found: Found | None = None) -> int:
        """The number of cells below the cells that a part's ways lead to.

        Raises
        ------
        Unsuited
            If a cell has more facets than the kernel can hold.
        """
        trunk, known = self._divided
        if not known.keys() >= set(part):
            begun: Iterable[tuple[Store, Oracle]] = (self._descend(way, True) for way in part)
        else:  # neighbours have most of their maps in common
            frames = [frame for way in part for frame in known[way]]
            begun = [(store_of(self.plan, trunk, frames), self.oracle.fresh())]
        return sum(cells_in(drive(self.plan, *work, keep=False, found=found)) for work in begun)

    def cells(self, way: Way, found: Found | None = None) -> CellComplex:
        """The complex of these cells, in the order of the whole; facets to others have one cell only.

        Raises
        ------
        Unsuited
            As `count`.
        """
        store, oracle = self._descend(way)
        done = drive(self.plan, store, oracle, found=found)
        return make_complex(self.net, self.domain, oracle, [part_of(done)], [PartFloats(done.mesh)])

    def parts(self, way: Way, count: int) -> list[Part]:
        """About so many parts that make up what is below a cell, in their order, likely of about the same size.

        Those of the whole are remembered: what is asked of them later is done without going down to them again.

        Raises
        ------
        Unsuited
            As `count`.
        """
        store, oracle = self._descend(way, True)
        work = Drive(self.plan, store, oracle)
        waiting, found, whole = [(way, 0)], [], 0
        known: dict[Way, list[Integers]] = {}
        while waiting:
            here, size = waiting[-1]
            above = self.cuts.get(here)
            layer, crossing = above[:2] if above else _told(_top(work.store.stack))
            if not crossing and layer < self.last:
                work.go(1)
                continue
            own = self._shares.cells(layer, crossing)
            whole = whole or own
            size = min(size or own, own)
            if size * count <= whole or not crossing:
                found.append((here, size))
                waiting.pop()
                frames = [_take(work.store.stack) for _ in self._below(here)]
                if all(frame[LAYER] <= 0 for frame in frames):  # the maps of later layers are not remembered
                    known[here] = frames
            elif above or _cut(work):
                waiting.pop()
                below = self._shares.halves(size, layer, above.halves if above else _halves(work.store.stack))
                waiting += [(here + "1", below[1]), (here + "0", below[0])]
        if not way:
            self._divided = work.store, self._divided[1] | known
        return joined(found, whole // count)

    def divided(self, count: int, found: Found | None = None) -> int:
        """Into how many pieces of one trunk the whole is divided, if about so many are wanted; see `piece`.

        Raises
        ------
        Unsuited
            As `count`.
        """
        return len(self._trunk(count, found)[1])

    def piece(self, count: int, index: int, found: Found | None = None) -> Piece:
        """What the kernel finds in a piece, for `put_together`.

        Raises
        ------
        Unsuited
            As `count`.
        """
        trunk, groups = self._trunk(count, found)
        store = store_of(self.plan, trunk, groups[index])
        done = drive(self.plan, store, self.oracle.fresh(), found=found)
        return part_of(done), PartFloats(done.mesh).alone()

    def put_together(self, pieces: list[Piece], workers: int | None) -> CellComplex:
        """The complex that all pieces make up, put in order by threads; the list is emptied."""
        parts, floats = map(list, zip(*pieces))
        pieces.clear()
        oracle = self.oracle.fresh()
        return make_complex(self.net, self.domain, oracle, parts, floats, threads_for(self.plan, workers))

    def _trunk(self, count: int, found: Found | None) -> tuple[Store, list[list[Integers]]]:
        with self._lock:
            if count not in self._trunks:
                store = store_of(self.plan, self._root, self._begun[1][""])
                put(store.mesh.n, trunk_vertices=0, trunk_facets=0)
                self._trunks[count] = divided(self.plan, store, self.oracle.fresh(), count, found)
            return self._trunks[count]

    def walk(self) -> Walk:
        """A walk down the tree, from its root."""
        return Walk(self, "")

    def _below(self, way: Way) -> list[Way]:
        """The cells to start from that are below the one that a way leads to, or the one that is above it."""
        return [root for root in self._roots if root.startswith(way) or way.startswith(root)]

    def store_of(self, way: Way, counted: bool) -> Store | None:
        """A store with the cell that a way leads to, or with those that make it up; None if it is not remembered."""
        trunk, known = self._divided if counted else self._begun
        return store_of(self.plan, trunk, known[way]) if way in known else None

    def _descend(self, way: Way, counted: bool = False) -> tuple[Store, Oracle]:
        """A store with the cell that a way leads to, or with those that make it up; whether its cells are only counted."""
        if (store := self.store_of(way, counted)) is not None:
            return store, self.oracle.fresh()
        walk = Walk(self, self._below(way)[0])
        for half in way[len(walk.way) :]:
            walk.halves()
            walk.take(half)
        store, oracle = walk.work.store, walk.oracle
        count = plain(MeshCounts, store.mesh.n)
        # what is not below the cell is there for nobody, as in any part of a trunk
        put(store.mesh.n, trunk_vertices=count.vertices, trunk_facets=count.facets)
        return store, oracle


class Walk:
    """A walk down the tree, cut by cut, from a cell that its search starts from or one above those."""

    def __init__(self, tree: KernelTree, way: Way) -> None:
        self._tree, self.way = tree, way
        self._begin()

    def _begin(self) -> None:
        tree = self._tree
        self._above = tree.cuts.get(self.way)
        store = None if self._above else tree.store_of(self.way, False)
        if store is not None:
            self.oracle = tree.oracle.fresh()
            self.work = Drive(tree.plan, store, self.oracle)

    def here(self) -> tuple[int, int]:
        """The layer in which the cell is cut next, and how many neurons cross it there; 0 if it is finished."""
        if self._above:
            return self._above[:2]
        while True:
            layer, crossing = _told(_top(self.work.store.stack))
            if crossing or layer == self._tree.last:
                return layer, crossing
            self.work.go(1)

    def halves(self) -> tuple[int, int]:
        """Cut the cell; how many neurons cross the half that comes first, and the other."""
        if self._above:
            return self._above.halves
        while not _cut(self.work):
            pass
        return _halves(self.work.store.stack)

    def take(self, half: Way) -> None:
        """Go on in that half, ``"0"`` for the first; the other one is forgotten."""
        self.way += half
        if self._above:
            self._begin()
            return
        first = _take(self.work.store.stack)
        if half == "0":
            _take(self.work.store.stack)
            push(self.work.store.stack, first)


def _top(stack: Stack) -> Integers:
    """The frame on top."""
    top = plain(StackCounts, stack.n).top
    return stack.frames[top - int(stack.frames[top - 1]) : top]


def _told(frame: Integers) -> tuple[int, int]:
    """The layer of a frame's cell, and how many neurons cross it."""
    return int(frame[LAYER]), int(frame[N_CROSSING])


def _halves(stack: Stack) -> tuple[int, int]:
    """How many neurons cross the halves on top."""
    first = _take(stack)
    second = _top(stack)
    push(stack, first)
    return int(first[N_CROSSING]), int(second[N_CROSSING])


def _take(stack: Stack) -> Integers:
    """Take the frame off that is on top."""
    frame = _top(stack).copy()
    put(stack.n, top=plain(StackCounts, stack.n).top - len(frame))
    return frame


def _cut(work: Drive) -> bool:
    """One step with a cell that has neurons to be cut by, or to come; whether it was cut in two by it."""
    stack = work.store.stack
    start = plain(StackCounts, stack.n).top - len(_top(stack))
    work.go(1)
    stack = work.store.stack
    return plain(StackCounts, stack.n).top - len(_top(stack)) > start
