"""What may be said of how to extract."""

from __future__ import annotations

import numpy as np

from pwlin.base.errors import PwlinError

METHODS = ("auto", "exact", "fast")


def check_method(method: str) -> None:
    """Refuse a method that there is not."""
    if method not in METHODS:
        raise PwlinError(f"method: found {method!r}; accepted are {', '.join(map(repr, METHODS))}")


def check_workers(workers: int | None) -> None:
    """Refuse what is no number of threads."""
    whole = isinstance(workers, (int, np.integer)) and not isinstance(workers, bool)
    if workers is not None and not (whole and workers >= 1):
        raise PwlinError(f"workers: found {workers!r}; accepted are None and integers from 1 on")
