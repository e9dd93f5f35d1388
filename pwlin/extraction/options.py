"""What may be said of how to extract."""

from __future__ import annotations

from pwlin.base import arguments
from pwlin.networks.network import Network

FILTERED = {"auto": None, "exact": False, "fast": True}
"""For each method, whether signs come from certified floats first; None leaves it to the size of the work."""


def network_of(net: object) -> Network:
    """A network as it is, and what else `pwlin.as_network` takes as one."""
    if isinstance(net, Network):
        return net
    from pwlin.networks.importers import as_network

    return as_network(net)


def check(method: str, workers: int | None, progress: bool) -> None:
    """Refuse what is no method, no number of threads, no truth value."""
    arguments.choice(method, "method", FILTERED)
    if workers is not None:
        arguments.whole(workers, "workers", 1)
    arguments.flag(progress, "progress")
