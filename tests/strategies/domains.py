"""Domains for the tests: tiny, huge, flat, unbounded, polytopes, and ends where neurons flip."""

from fractions import Fraction as Q

from hypothesis import strategies as st

from pwlin.base.errors import DomainError
from pwlin.geometry.polytope import Polytope

TINY, HUGE = Q(1, 2**200), Q(10**60)
KINDS = ("cube", "box", "tiny", "huge", "flat", "simplex", "hull")
OPEN = ("whole", "half")
ends = st.tuples(st.fractions(-3, 0, max_denominator=5), st.fractions(Q(1, 5), 3, max_denominator=5))


@st.composite
def intervals(draw, bounded=False, near=()):
    """A domain of one variable, as a pair; `near` are places that it may end at, such as breakpoints."""
    kind = draw(st.sampled_from([*KINDS[:4], *(() if bounded else OPEN), *(["near"] if near else [])]))
    if kind == "near":
        at = draw(st.sampled_from(sorted(near)))
        return (at, at + draw(st.sampled_from([TINY, Q(1), HUGE])))
    if kind == "half":
        return draw(st.sampled_from([(None, 0), (0, None), ("1/3", None)]))
    start = draw(ends)[0]
    simple = {"whole": None, "cube": (-1, 1), "tiny": (start, start + TINY), "huge": (-HUGE, HUGE)}
    return simple[kind] if kind in simple else draw(ends)


@st.composite
def domains(draw, dim, bounded=False):
    """A domain of `dim` variables, as users write it: pairs, or a `Polytope`."""
    if dim == 1:
        return draw(intervals(bounded))
    kind = draw(st.sampled_from([*KINDS, *(() if bounded else OPEN)]))
    if kind == "whole":
        return None
    if kind == "half":
        return [(0, None), *[(-1, 1)] * (dim - 1)]
    if kind == "simplex":
        return Polytope.simplex(dim=dim)
    if kind == "hull":
        corner = st.tuples(*[st.integers(-3, 3)] * dim)
        try:
            return Polytope.from_vertices(draw(st.lists(corner, min_size=dim + 1, max_size=dim + 4, unique=True)))
        except DomainError:  # they lie in a plane
            return Polytope.simplex(dim=dim)
    sides = draw(st.lists(ends, min_size=dim, max_size=dim))
    if kind == "tiny":
        return [(a, a + TINY) for a, _ in sides]
    if kind == "flat":
        return [(a, a + TINY) if i else (-HUGE, HUGE) for i, (a, _) in enumerate(sides)]
    return {"cube": [(-1, 1)] * dim, "huge": [(-HUGE, HUGE)] * dim}.get(kind, sides)
