"""Verbs of functions on cells that need a search: sums, magnitudes, parts, equality, and the function along a line."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError
from pwlin.exact.rational import Numbers, to_fraction_array
from pwlin.extraction.cells.extract import extract_cells
from pwlin.extraction.cells.tree import Search
from pwlin.extraction.line.exact import extract_line
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.cone import dot
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope
from pwlin.networks import compose
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from pwlin.functions.line.function import PiecewiseLinear1D


def add(f: PiecewiseLinearND, other: object) -> PiecewiseLinearND:
    """``f + other``, on the common refinement of their regions."""
    return _combined(f, Fraction(1), other, Fraction(1))


def subtract(f: PiecewiseLinearND, other: object) -> PiecewiseLinearND:
    """``f - other``, on the common refinement of their regions."""
    return _combined(f, Fraction(1), other, Fraction(-1))


def absolute(f: PiecewiseLinearND) -> PiecewiseLinearND:
    """``|f|``, on regions that are also cut where f is zero."""
    return extract_cells(compose.absolute(f.network), f.domain)[0]


def restrict(f: PiecewiseLinearND, domain: object) -> PiecewiseLinearND:
    """See `PiecewiseLinearND.restrict`."""
    part = as_polytope(domain, f.dim)
    extreme, lines = part.generators
    inside = all(dot(n, g) >= 0 for n in f.domain.normals for g in extreme)
    if not inside or any(dot(n, v) for n in f.domain.normals for v in lines):
        raise DomainError(f"domain: found {part}; accepted are parts of {f.domain}")
    return extract_cells(f.network, part)[0]


def equal(f: PiecewiseLinearND, other: object) -> bool:
    """Whether two functions have the same domain and the same values everywhere."""
    if not isinstance(other, PiecewiseLinearND):
        return NotImplemented
    if f.domain != other.domain:
        return False
    if f.network == other.network:
        return True
    return hash(f) == hash(other) and agree(f.network, other.network, f.domain)


def agree(f: Network, g: Network, domain: Polytope) -> bool:
    """Whether two networks are the same function on a domain; stops at the first region where they differ."""
    search = Search(compose.linear_combination(f, Fraction(1), g, Fraction(-1)), domain)
    return not any(any(leaf.image) for leaf in search.leaves(search.root()))


def along(f: PiecewiseLinearND, p: Numbers, q: Numbers) -> PiecewiseLinear1D:
    """See `PiecewiseLinearND.along`."""
    ends = [to_fraction_array(v, 1, name) for v, name in ((p, "p"), (q, "q"))]
    for end, name in zip(ends, "pq"):
        if end.tolist() not in f.domain:
            raise refusal(name, shown(end.tolist()), f"are points of {f.domain}", DomainError)
    return extract_line(f.network.restrict(ends[0], ends[1] - ends[0]), (0, 1))[0]


def _combined(f: PiecewiseLinearND, a: Fraction, other: object, b: Fraction) -> PiecewiseLinearND:
    if not isinstance(other, PiecewiseLinearND):
        return NotImplemented
    if other.domain != f.domain:
        raise DomainError(f"other: found a function on {other.domain}; accepted is the domain {f.domain}")
    return extract_cells(compose.linear_combination(f.network, a, other.network, b), f.domain)[0]
