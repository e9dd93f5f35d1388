"""Running the kernel to the end: growing arrays and settling signs between its calls."""

from __future__ import annotations

from time import perf_counter

from pwlin.base.threads import one_thread
from pwlin.extraction.kernel.compiled import plain
from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.run import DONE, GROW, TOO_MANY_FACETS, UNSURE, run
from pwlin.extraction.kernel.scratch import make_room, usual_vertices
from pwlin.extraction.kernel.store import LEVEL, StackCounts, Store, cells_in, grown, growth, step_margin
from pwlin.extraction.watch import Found

_FIRST_STEPS = 8
"""In four and more dimensions; 16 times as many in each below."""
_MOST_STEPS = 1 << 30
_TURN = 0.05
"""Seconds, about, between two calls, when a key press or a progress bar gets its turn: steps take longer in more dimensions."""


class Unsuited(Exception):
    """The network or the domain is beyond what the kernel can hold; the rational search will do it."""


class Drive:
    """The kernel at work on a store: its arrays grow and its questions are answered between its calls.

    Attributes
    ----------
    store : Store
        As it is now.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        oracle: Oracle,
        keep: bool = True,
        aside_level: int = -1,
        found: Found | None = None,
    ) -> None:
        self._plan, self._oracle, self._keep, self._aside_level = plan, oracle, keep, aside_level
        self._found = found
        self._fit(usual_vertices(plan.d), store)

    def _fit(self, most: int, store: Store) -> None:
        """Make room for cells with so many vertices; the kernel says if arrays are too small for them."""
        self._most, self.store = most, store
        self._room, self._margin = make_room(self._plan, most), step_margin(self._plan, most)

    def _grown(self, store: Store) -> Store:
        if self._found is not None:
            self._found(0, 0.0, growth(store, self._plan, self._most))
        return grown(store, self._plan, self._most)

    def go(self, steps: int) -> bool:
        """Take so many steps, or fewer if there is something to grow or to settle in between; whether all is done.

        Raises
        ------
        Unsuited
            If a cell has more facets than the kernel can hold.
        """
        code = run(self._plan, self.store, self._room, self._margin, steps, self._aside_level, self._keep)
        if code == UNSURE:
            self.store = self._oracle.settle(self._plan, self.store)
        elif code == GROW:
            bigger = self._grown(self.store)
            if bigger is self.store:
                self._fit(2 * self._most, self.store)
            else:
                self.store = bigger
        elif code == TOO_MANY_FACETS:
            raise Unsuited
        return code == DONE


@one_thread()  # products are small: the threads of several searches would wait for one another
def drive(
    plan: Plan,
    store: Store,
    oracle: Oracle,
    keep: bool = True,
    aside_level: int = -1,
    found: Found | None = None,
) -> Store:
    """Run until the stack is empty; `found` is told the number of new cells now and then, and the share of the tree done.

    Raises
    ------
    Unsuited
        If a cell has more facets than the kernel can hold.
    """
    at_work = Drive(plan, store, oracle, keep, aside_level, found)
    told, left = cells_in(store), 1.0
    steps, done = _FIRST_STEPS << max(0, 16 - 4 * plan.d), False
    if found is not None:
        left = share_of(store)
    while not done:
        start = perf_counter()
        done = at_work.go(steps)
        steps = max(1, min(2 * steps, _MOST_STEPS) if perf_counter() - start < _TURN else steps // 2)
        if found is not None:
            cells, now = cells_in(at_work.store), share_of(at_work.store)
            found(cells - told, left - now)
            told, left = cells, now
    return at_work.store


def share_of(store: Store) -> float:
    """What share of the tree is below the cells on the stack, each cut halving it."""
    frames, top, share = store.stack.frames, plain(StackCounts, store.stack.n).top, 0.0
    while top:
        top -= int(frames[top - 1])
        share += 0.5 ** int(frames[top + LEVEL])
    return share
