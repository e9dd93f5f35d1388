"""Domains are read once: every spelling of the same set gives the same one, and what is none is refused by name."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy

from pwlin.base.errors import DomainError, PwlinError, TrainingError
from pwlin.geometry.domain import as_polytope, bounded_box
from pwlin.geometry.interval import Interval, bounded, require_bounded
from pwlin.geometry.polytope import Polytope

LONG = 10**5000
THIRD = (
    ("-1/3", 1),
    [Q(-1, 3), 1.0],
    Interval(Q(-1, 3), Q(1)),
    [("-1/3", "1")],
    [Interval(Q(-1, 3), Q(1))],
    np.array(["-1/3", 1], dtype=object),
    (sympy.Rational(-1, 3), sympy.Integer(1)),
)


@pytest.mark.parametrize("domain", THIRD, ids=repr)
def test_one_interval_in_many_spellings(domain):
    assert Interval.parse(domain) == Interval(Q(-1, 3), Q(1))
    assert bounded(domain) == (Q(-1, 3), Q(1)) and bounded_box(domain) == ((Q(-1, 3), Q(1)),)
    assert as_polytope(domain, 1) == Polytope.box([(Q(-1, 3), 1)])


@pytest.mark.parametrize(
    "domain", [None, (None, None), (-math.inf, math.inf), ("-inf", "oo"), (-sympy.oo, sympy.oo), Interval(None, None)]
)
def test_the_whole_line(domain):
    assert Interval.parse(domain) == Interval(None, None) and str(Interval.parse(domain)) == "(-inf, inf)"
    assert as_polytope(domain, 1) == Polytope.whole_space(1)
    with pytest.raises(
        DomainError, match=r"^--domain: found \(-inf, inf\); accepted are bounded domains, such as \(-1, 1\)$"
    ):
        bounded(domain, "--domain")
    with pytest.raises(TrainingError):
        bounded_box(domain, error=TrainingError)


@pytest.mark.parametrize(
    "domain",
    [
        3,
        np.int64(3),
        np.array(3),
        "ab",
        "12",
        {0: 1, 1: 2},
        {0, 1},
        (0,),
        (0, 1, 2),
        (1, 1),
        (1, 0),
        (0, "x"),
        (0, True),
        (0, math.nan),
        (math.inf, None),
        (None, -math.inf),
        ("inf", 1),
        (LONG, -LONG),
        (0, 1j),
        object(),
    ],
    ids=lambda d: type(d).__name__,
)
def test_what_is_no_interval_is_refused(domain):
    for read in (Interval.parse, bounded, bounded_box, lambda d: as_polytope(d, 1), lambda d: as_polytope([d, d], 2)):
        with pytest.raises(DomainError, match=r"^domain.*: found ") as caught:
            read(domain)
        assert len(str(caught.value)) < 400


def test_several_inputs():
    square = Polytope.box([(-1, 1), (0, "1/3")])
    for sides in (
        [(-1, 1), (0, "1/3")],
        np.array([[-1, 1], [0, Q(1, 3)]]),
        [Interval(Q(-1), Q(1)), [0, "1/3"]],
        square,
    ):
        assert as_polytope(sides, 2) == square
    assert bounded_box([(-1, 1), Interval(Q(0), Q(2))]) == ((-1, 1), (0, 2))
    assert as_polytope([None, (0, None)], 2) == Polytope.from_halfspaces([[0, -1]], [0])
    with pytest.raises(DomainError, match=r"found a polytope of dimension 2; accepted is dimension 3"):
        as_polytope(square, 3)
    with pytest.raises(DomainError, match=r"domain: found one pair \(-1, '1/2'\); accepted are 2, one per input"):
        as_polytope((-1, "1/2"), 2)
    with pytest.raises(DomainError, match=r"found 2 interval\(s\); accepted are 3, one per input"):
        as_polytope([(-1, 1), (0, 1)], 3)


def test_what_is_inside():
    assert [Q(x) in Interval(Q(0), Q(1)) for x in ("-1", "0", "1/2", "1", "2")] == [False, True, True, True, False]
    assert Q(-1) in Interval(None, Q(1)) and Q(2) not in Interval(None, Q(1))
    assert Q(2) in Interval(Q(0), None) and Q(-1) not in Interval(Q(0), None)


def test_long_ends_are_written_short():
    interval = Interval(Q(-LONG), Q(1, LONG))
    assert len(str(interval)) < 100 and len(repr(interval)) < 120
    assert str(Interval(Q(0.1), None)) == "[3602879701896397/2^55, inf)"
    with pytest.raises(DomainError):
        interval.intersect(Interval(Q(1), None))
    assert interval.intersect(Interval(Q(-1), Q(1))) == Interval(Q(-1), Q(1, LONG))
    require_bounded(interval)
    require_bounded(Polytope.simplex(dim=2))
    with pytest.raises(DomainError, match=r"^domain: found Polytope\(R\^2\); accepted are bounded domains$"):
        require_bounded(Polytope.whole_space(2))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Polytope.box({0: 1}),
        lambda: Polytope.box(3),
        lambda: Polytope.box([]),
        lambda: Polytope.simplex(dim="a"),
        lambda: Polytope.simplex(dim=-1),
        lambda: Polytope.simplex(),
        lambda: Polytope.whole_space(True),
        lambda: Polytope.from_vertices(None),
        lambda: Polytope.from_vertices([[0, 0], [1, 0], [0, 1]], 3),
        lambda: Polytope.from_vertices([[0, 0], [1, 0], [0, 1]], [[1, 2, 3]]),
        lambda: Polytope.from_vertices({0: 1}),
        lambda: Polytope.from_vertices([]),
        lambda: Polytope.from_halfspaces("ab", [1]),
        lambda: Polytope.from_halfspaces([[1]], 3),
        lambda: Polytope.whole_space(2).contains([1, 2, 3]),
        lambda: Polytope.whole_space(2).contains("ab"),
        lambda: Polytope.whole_space(2).homogeneous({0: 1}),
        lambda: {0: 1, 1: 2} in Polytope.whole_space(2),
    ],
)
def test_what_is_no_polytope_is_refused(make):
    with pytest.raises(PwlinError, match=r": found "):
        make()


def test_half_spaces_fit_a_line():
    shown = {repr(h) for h in Polytope.box([(0, LONG)]).halfspaces}
    assert shown == {"HalfSpace(normal=(-1), offset=0)", "HalfSpace(normal=(1), offset≈1e5000)"}
