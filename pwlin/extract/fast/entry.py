"""The fast search from a network to its complex, or to the number of its cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pwlin.complexnd.raw import CellComplex, Ragged
from pwlin.domain import Polytope
from pwlin.extract.fast.drive import Unsuited, drive
from pwlin.extract.fast.oracle import Oracle
from pwlin.extract.fast.plan import make_plan
from pwlin.extract.fast.result import make_complex
from pwlin.extract.fast.store import CELL_IDS, CELLS, FACET_IDS, OUT_FACETS, VERTICES, add_domain, make_store
from pwlin.network import Network


def fast_complex(
    net: Network, domain: Polytope, workers: int = 1, found: Callable[[int], object] | None = None
) -> CellComplex | None:
    """The complex of a network on a bounded domain, or None if the kernel is not made for it."""
    if not (net.hidden and net.input_dim >= 2 and domain.is_bounded):
        return None
    plan = make_plan(net, domain)
    if plan is None:
        return None
    store, oracle = make_store(plan), Oracle(net, domain)
    if not add_domain(plan, store, domain):
        return None
    try:
        store = drive(plan, store, oracle, found=found)
    except Unsuited:
        return None
    n, m, counts = int(store.counts[CELLS]), int(store.counts[OUT_FACETS]), store.counts
    return make_complex(
        net,
        domain,
        oracle,
        store.pattern[:n].copy(),
        _ragged(store.cell_end[:n], store.cell_ids[: counts[CELL_IDS]]),
        _ragged(store.out_end[:m], store.out_ids[: counts[FACET_IDS]]),
        store.out_cells[:m].copy(),
        store.facet_neuron[store.out_facet[:m]],
        int(counts[VERTICES]),
    )


def _ragged(ends: np.ndarray, ids: np.ndarray) -> Ragged:
    return Ragged(np.concatenate([[0], ends]).astype(np.int64), ids.copy())
