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
    most = 16 << min(plan.d, 8)  # a first guess
    store = grown(store, plan, most)
    room, margin = make_room(plan, most), step_margin(plan, most)
    told = 0
    while True:
        code = run(plan, store, room, margin, _STEPS >> plan.d, aside_level, keep)
        if code == UNSURE:
            store = oracle.settle(plan, store)
        elif code == GROW:
            bigger = grown(store, plan, most)
            if bigger is store:
                most *= 2
                bigger = grown(store, plan, most)
                room, margin = make_room(plan, most), step_margin(plan, most)
            store = bigger
        elif code == TOO_MANY_FACETS:
            raise Unsuited
        if found is not None:
            cells = cells_in(store)
            found(cells - told)
            told = cells
        if code == DONE:
            return store
