"""The fast search from a network to its complex, or to the number of its cells."""

from __future__ import annotations

from pwlin.extraction.kernel.drive import Unsuited, drive
from pwlin.extraction.kernel.floats import PartFloats
from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.parallel import spread, threads_for
from pwlin.extraction.kernel.parts import Part, part_of
from pwlin.extraction.kernel.plan import Plan, make_plan
from pwlin.extraction.kernel.result import make_complex
from pwlin.extraction.kernel.starting import add_domain
from pwlin.extraction.kernel.store import Store, cells_in, make_store
from pwlin.extraction.kernel.unbounded import Roots, start_without_lines
from pwlin.extraction.watch import Found
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network


def fast_complex(
    net: Network, domain: Polytope, workers: int | None = None, found: Found | None = None
) -> CellComplex | None:
    """The complex of a network on a domain, or None if the kernel is not made for it."""
    started = start(net, domain, found)
    if started is None:
        return None
    plan, (store, _, _) = started
    threads = threads_for(plan, workers)
    oracle = Oracle(net, domain)

    def work(part: Store, own: Oracle, tell: Found | None) -> tuple[Part, PartFloats]:
        done = drive(plan, part, own, found=tell)
        return part_of(done), PartFloats(done.mesh)

    try:
        parts, floats = map(list, zip(*spread(plan, store, oracle, work, threads, found)))
    except Unsuited:
        return None
    return make_complex(net, domain, oracle, parts, floats, threads)


def fast_count(net: Network, domain: Polytope, workers: int | None = None, found: Found | None = None) -> int | None:
    """The number of cells of a network on a domain, or None if the kernel is not made for it."""
    started = start(net, domain, found)
    if started is None:
        return None
    plan, (store, _, _) = started

    def work(part: Store, own: Oracle, tell: Found | None) -> int:
        return cells_in(drive(plan, part, own, keep=False, found=tell))

    try:
        return sum(spread(plan, store, Oracle(net, domain), work, threads_for(plan, workers), found))
    except Unsuited:
        return None


def start(net: Network, domain: Polytope, found: Found | None = None) -> tuple[Plan, Roots] | None:
    """The plan, and what the search starts from; None if the kernel is not made for it."""
    plan = make_plan(net, domain) if net.hidden else None
    if plan is None:
        return None
    if domain.generators[1]:
        roots = start_without_lines(plan, net, domain, found)
        return None if roots is None else (plan, roots)
    store = make_store(plan, len(domain.generators[0]))
    return (plan, Roots(store, [""], {})) if add_domain(plan, store, domain) else None
