"""Verbs of functions on cells that need a search: sums, magnitudes, parts, equality, and the function along a line."""

from __future__ import annotations

from fractions import Fraction

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, ShapeError
from pwlin.exact.rational import Numbers, as_number, to_fraction_array
from pwlin.extraction.cells.extract import extract_cells
from pwlin.extraction.cells.kernel import obstacle
from pwlin.extraction.cells.rational_search import Search
from pwlin.extraction.line.exact import extract_line
from pwlin.functions.cells.algebra import affine_image
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.algebra import check_range
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.cone import dot
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope, dehomogenize
from pwlin.networks import compose
from pwlin.networks.canonical import canonical_form
from pwlin.networks.network import Network

_LOOK = 8
"""Corners of the domain at which functions are compared first."""


def add(f: PiecewiseLinearND, other: object) -> PiecewiseLinearND:
    """``f + other``, a function or a number."""
    return _combined(f, other, 1)


def subtract(f: PiecewiseLinearND, other: object) -> PiecewiseLinearND:
    """``f - other``, a function or a number."""
    return _combined(f, other, -1)


def absolute(f: PiecewiseLinearND) -> PiecewiseLinearND:
    """``|f|``."""
    return extract_cells(compose.absolute(f.network), f.domain)[0]


def farther(f: PiecewiseLinearND, other: object, side: int) -> PiecewiseLinearND:
    """The maximum for side 1, the minimum for -1, with a function or a number."""
    g = _operand(f, other)
    if g is None:
        raise refusal("other", shown(other), f"are numbers and functions on {f.domain}", ShapeError)
    return extract_cells(compose.farther(f.network, g, side), f.domain)[0]


def composed(outer: PiecewiseLinear1D, f: PiecewiseLinearND) -> PiecewiseLinearND:
    """``x -> outer(f(x))``."""
    if not isinstance(outer, PiecewiseLinear1D):
        return NotImplemented
    check_range(outer, f)
    return extract_cells(outer.to_network() @ f.network, f.domain)[0]


def restrict(f: PiecewiseLinearND, domain: object) -> PiecewiseLinearND:
    """See `PiecewiseLinearND.restrict`."""
    part = as_polytope(domain, f.dim)
    extreme, lines = part.generators
    inside = all(dot(n, g) >= 0 for n in f.domain.normals for g in extreme)
    if not inside or any(dot(n, v) for n in f.domain.normals for v in lines):
        raise refusal("domain", f"{part}", f"are parts of {f.domain}", DomainError)
    return extract_cells(f.network, part)[0]


def equal(f: PiecewiseLinearND, other: object) -> bool:
    """Whether two functions have the same domain and the same values everywhere."""
    if not isinstance(other, PiecewiseLinearND):
        return NotImplemented
    if f.domain != other.domain:
        return False
    if f.network == other.network:
        return True
    if hash(f) != hash(other):
        return False
    return canonical_form(f.network) == canonical_form(other.network) or agree(f.network, other.network, f.domain)


def agree(f: Network, g: Network, domain: Polytope) -> bool:
    """Whether two networks are the same function on a domain.

    Where the kernel can be used, all regions of the difference are found first, after a look at some; else the search
    stops at the first one where they differ.
    """
    difference = compose.linear_combination(f, Fraction(1), g, Fraction(-1))
    if obstacle(difference, domain):
        search = Search(difference, domain)
        return not any(any(leaf.image) for leaf in search.leaves(search.root()))
    corners = [corner for corner in domain.generators[0] if corner[-1]]
    if any(difference.exact(dehomogenize(corner)) for corner in corners[:_LOOK]):
        return False
    (found,) = extract_cells(difference, domain)
    return not any(map(any, found.complex.maps))


def along(f: PiecewiseLinearND, p: Numbers, q: Numbers) -> PiecewiseLinear1D:
    """See `PiecewiseLinearND.along`."""
    ends = [to_fraction_array(v, 1, name) for v, name in ((p, "p"), (q, "q"))]
    for end, name in zip(ends, "pq"):
        if end.tolist() not in f.domain:
            raise refusal(name, shown(end.tolist()), f"are points of {f.domain}", DomainError)
    return extract_line(f.network.restrict(ends[0], ends[1] - ends[0]), (0, 1))[0]


def _operand(f: PiecewiseLinearND, other: object) -> Network | None:
    """The network of a function on the same domain, or of a number; None for anything else."""
    if isinstance(other, PiecewiseLinearND):
        if other.domain != f.domain:
            raise refusal("other", f"a function on {other.domain}", f"is the domain {f.domain}", DomainError)
        return other.network
    constant = as_number(other)
    return None if constant is None else Network.from_arrays([[[0] * f.dim]], [[constant]])


def _combined(f: PiecewiseLinearND, other: object, sign: int) -> PiecewiseLinearND:
    constant = None if isinstance(other, PiecewiseLinearND) else as_number(other)
    if constant is not None:
        return affine_image(f, Fraction(1), sign * constant)
    g = _operand(f, other)
    if g is None:
        return NotImplemented
    return extract_cells(compose.linear_combination(f.network, Fraction(1), g, Fraction(sign)), f.domain)[0]
