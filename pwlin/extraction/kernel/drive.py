"""Running the kernel to the end: growing arrays and settling signs between its calls."""

from __future__ import annotations

from collections.abc import Callable

from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.run import DONE, GROW, TOO_MANY_FACETS, UNSURE, run
from pwlin.extraction.kernel.scratch import make_room
from pwlin.extraction.kernel.store import Store, cells_in, grown, step_margin

_STEPS = 100_000
"""Between two calls a key press or a progress bar gets its turn; steps take longer in more dimensions."""


class Unsuited(Exception):
    """The network or the domain is beyond what the kernel can hold; the rational search will do it."""


class Drive:
    """The kernel at work on a store: its arrays grow and its questions are answered between its calls.

    Attributes
    ----------
    store : Store
        As it is now.
    """

    def __init__(self, plan: Plan, store: Store, oracle: Oracle, keep: bool = True, aside_level: int = -1) -> None:
        self._plan, self._oracle, self._keep, self._aside_level = plan, oracle, keep, aside_level
        self._fit(16 << min(plan.d, 8), store)  # a first guess

    def _fit(self, most: int, store: Store) -> None:
        """Make room for cells with so many vertices."""
        self._most = most
        self.store = grown(store, self._plan, most)
        self._room, self._margin = make_room(self._plan, most), step_margin(self._plan, most)

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
            bigger = grown(self.store, self._plan, self._most)
            if bigger is self.store:
                self._fit(2 * self._most, self.store)
            else:
                self.store = bigger
        elif code == TOO_MANY_FACETS:
            raise Unsuited
        return code == DONE


def drive(
    plan: Plan,
    store: Store,
    oracle: Oracle,
    keep: bool = True,
    aside_level: int = -1,
    found: Callable[[int], object] | None = None,
) -> Store:
    """Run until the stack is empty; `found` is told the number of new cells now and then.

    Raises
    ------
    Unsuited
        If a cell has more facets than the kernel can hold.
    """
    at_work = Drive(plan, store, oracle, keep, aside_level)
    told = cells_in(store)
    done = False
    while not done:
        done = at_work.go(_STEPS >> plan.d)
        if found is not None:
            cells = cells_in(at_work.store)
            found(cells - told)
            told = cells
    return at_work.store
