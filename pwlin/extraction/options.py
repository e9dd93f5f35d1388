"""What may be said of how to extract."""

from __future__ import annotations

from pwlin.base import arguments

FILTERED = {"auto": None, "exact": False, "fast": True}
"""For each method, whether signs come from certified floats first; None leaves it to the size of the work."""


def check_method(method: str) -> None:
    """Refuse a method that there is not."""
    arguments.choice(method, "method", FILTERED)


def check_workers(workers: int | None) -> None:
    """Refuse what is no number of threads."""
    if workers is not None:
        arguments.whole(workers, "workers", 1)
