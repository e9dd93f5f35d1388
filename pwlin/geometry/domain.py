"""Domains as people write them, read once at the door."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from pwlin.base.arguments import items, refusal, shown
from pwlin.base.errors import DomainError, PwlinError
from pwlin.geometry.interval import Ends, Interval, bounded
from pwlin.geometry.polytope import Polytope

DomainLike: TypeAlias = Polytope | Interval | Sequence[Ends | Interval | None] | None
"""What `as_polytope` reads; None is all of R^d."""
ACCEPTED = "None (all of R^d), a list of d pairs such as [(-1, 1), ('1/3', None)], or a pwlin.Polytope"


def as_polytope(domain: object, dim: int) -> Polytope:
    """Read a domain for `dim` inputs: None, a list of pairs (for one input also a bare pair), or a `Polytope`.

    Raises
    ------
    DomainError
        If it is something else, or of another dimension.
    """
    if domain is None:
        return Polytope.whole_space(dim)
    if isinstance(domain, Polytope):
        if domain.dim != dim:
            raise refusal("domain", f"a polytope of dimension {domain.dim}", f"is dimension {dim}", DomainError)
        return domain
    sides: list[object] = (
        [domain] if isinstance(domain, Interval) else items(domain, "domain", f"are {ACCEPTED}", DomainError)
    )
    if dim == 1 and len(sides) == 2:
        sides = [Interval.parse(sides)]
    if dim > 1 and len(sides) == 2 and all(np.isscalar(side) for side in sides):
        raise refusal("domain", f"one pair {shown(domain)}", f"are {dim}, one per input", DomainError)
    if len(sides) != dim:
        raise refusal("domain", f"{len(sides)} interval(s)", f"are {dim}, one per input", DomainError)
    ends = [end for side in sides if type(side) in (tuple, list) and len(side) == 2 for end in side]  # type: ignore[arg-type, attr-defined]
    if len(ends) == 2 * dim and all(type(end) in (int, float) for end in ends):
        return _known_box(*ends)
    return Polytope.box(sides)


@lru_cache(maxsize=64, typed=True)
def _known_box(*ends: float) -> Polytope:
    """Kept, with its corners: networks come one after the other on the same box."""
    return Polytope.box(list(zip(ends[::2], ends[1::2])))


def bounded_box(
    domain: object, name: str = "domain", error: type[PwlinError] = DomainError
) -> tuple[tuple[Fraction, Fraction], ...]:
    """The ends of a bounded domain for any number of inputs: a pair for one, or a list of pairs.

    Raises
    ------
    PwlinError
        Of the class `error` if an interval has no end; a `DomainError` if it is no interval.
    """
    given = (
        list(domain) if isinstance(domain, (list, tuple)) or (isinstance(domain, np.ndarray) and domain.ndim) else []
    )
    several = given and isinstance(given[0], (list, tuple, np.ndarray, Interval))
    return tuple(bounded(side, name, error) for side in (given if several else [domain]))
