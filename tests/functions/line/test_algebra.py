"""The algebra on arrays of rationals is that of the specification, to the last piece, however ugly the numbers."""

import operator
import pickle
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import PiecewiseLinear1D, PwlinError
from pwlin.functions.line.records import Piece
from tests.reference import line_algebra as slow
from tests.strategies.effort import examples

few = st.sampled_from([Q(-2), Q(-1), Q(0), Q(1, 2), Q(1), Q(3)])
ugly = st.builds(Q, st.integers(-(10**9), 10**9), st.integers(1, 10**9))
extreme = st.sampled_from(
    [Q(0), Q(1), Q(-1), Q(1e300), Q(-1e300), Q(5e-324), Q(10**400), Q(1, 10**400), Q(2**62), Q(1, 3**40)]
)
numbers = st.sampled_from([few, ugly, extreme])


@st.composite
def functions(draw, bounded=False):
    """Interpolants with 1 to 9 pieces through chosen numbers, often flat or without an end; breakpoints are shared."""
    kind = draw(numbers)
    count = draw(st.integers(2, 9))
    xs = sorted(draw(st.lists(kind, min_size=2, max_size=count, unique=True)))
    ys = draw(st.lists(kind, min_size=len(xs), max_size=len(xs)))
    pieces = slow.interpolating(xs, ys)
    if not bounded and draw(st.booleans()):
        pieces[0] = Piece(None, *[getattr(pieces[0], n) for n in ("right", "slope", "intercept")])
    if not bounded and draw(st.booleans()):
        pieces[-1] = Piece(pieces[-1].left, None, pieces[-1].slope, pieces[-1].intercept)
    return PiecewiseLinear1D.from_pieces(pieces), pieces


def outcome(action):
    """What comes out, or the name of the error."""
    try:
        return action()
    except PwlinError as error:
        return type(error).__name__


def same(fast, pieces):
    """Whether a function has exactly these pieces; None for what is refused."""
    return fast == pieces if isinstance(pieces, str) else list(fast.pieces) == pieces and fast.n_regions == len(pieces)


@examples(60)
@given(functions(), functions(), few)
def test_the_algebra_is_that_of_the_specification(first, second, number):
    (f, p), (g, q) = first, second
    assert list(f.pieces) == p
    assert same(outcome(lambda: f + g), outcome(lambda: slow.combined(p, q, operator.add)))
    assert same(outcome(lambda: f - g), outcome(lambda: slow.combined(p, q, operator.sub)))
    constant = [Piece(*f.domain, Q(0), number)]
    assert same(f + number, slow.combined(p, constant, operator.add))
    assert same(f * number, slow.merged([Piece(r.left, r.right, r.slope * number, r.intercept * number) for r in p]))
    assert same(outcome(lambda: f.maximum(g)), outcome(lambda: slow.larger(p, q)))
    assert same(f.maximum(number), slow.larger(p, constant))
    negative = [Piece(r.left, r.right, -r.slope, -r.intercept) for r in p]
    assert same(abs(f), slow.larger(p, negative)) and same(f.maximum(f), p)


@examples(60)
@given(functions(), functions())
def test_composition_is_that_of_the_specification(first, second):
    (outer, p), (inner, q) = first, second
    if isinstance(outcome(lambda: outer @ inner), str):  # stretch it over all of R
        p = [*p[:-1], Piece(p[-1].left, None, p[-1].slope, p[-1].intercept)]
        p[0] = Piece(None, p[0].right, p[0].slope, p[0].intercept)
        outer = PiecewiseLinear1D.from_pieces(p)
    assert same(outer @ inner, slow.composed(p, q))
    at = next((e for e in (q[0].left, q[0].right) if e is not None), Q(0))
    constant = [Piece(Q(0), None, Q(0), at)]
    assert same(inner @ PiecewiseLinear1D.from_pieces(constant), slow.composed(q, constant))


@examples(60)
@given(functions(), few, st.data())
def test_questions_are_those_of_the_specification(first, value, data):
    f, p = first
    levels = [value, *(r(e) for r in p for e in (r.left, r.right) if e is not None), p[0].intercept]
    value = data.draw(st.sampled_from(levels))
    assert (f - value).roots() == slow.level(p, value)
    top = slow.largest(p)
    found = outcome(f.max)
    assert found == ("DomainError" if top is None else (top, slow.level(p, top)))
    assert f.lipschitz() == max(abs(r.slope) for r in p)
    left, right = f.domain
    low = left if left is not None else (p[0].right or Q(0)) - 3
    high = right if right is not None else max(p[-1].left or Q(0), low) + 5
    middle = (2 * low + high) / 3
    assert f.integral(low, high) == slow.integral(p, low, high)
    assert f.integral(high, middle) == -slow.integral(p, middle, high)
    part = f.restrict(low, middle)
    assert list(part.pieces) == slow.clipped(p, part.interval)


def test_records_are_made_when_they_are_asked_for():
    f = pwlin.extract(pwlin.constructions.tent(12), (0, 1))
    assert len(f.kinks) == 4095 and f.kinks[-1].location == Q(4095, 4096) and f.kinks[5].jump == 8192
    assert f.kinks[:2] == (f.kinks[0], f.kinks[1]) and f.kinks == tuple(f.kinks) and len({f.kinks, tuple(f.kinks)}) == 1
    assert f.pieces[7] == list(f.pieces)[7] and f.regions[-1] == list(f.regions)[-1]
    assert pickle.loads(pickle.dumps(f.kinks[:3])) == f.kinks[:3] and pickle.loads(pickle.dumps(f.pieces)) == f.pieces
    assert f.pieces[0].left == 0 and f.pieces[-1].right == 1 and f.pieces[1].left == f.pieces[0].right


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda v: list(map(Q, v)), lambda v: list(map(str, v))])
def test_points_are_read_from_anything(kind):
    xs, ys = [0.0, 0.1, 0.75, 2.0**70], [0.0, 5e-324, 1e300, -3.5]
    f = PiecewiseLinear1D.from_points(kind(xs), kind(ys))
    texts = isinstance(kind(xs)[0], str)  # which stand for what they say
    exact = [[Q(str(v)) if texts else Q(v) for v in values] for values in (xs, ys)]
    assert list(f.pieces) == slow.interpolating(*exact)


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [(0, 1, 1, 0)],
        [Piece(Q(0), Q(1), Q(1), Q(0)), Piece(Q(2), Q(3), Q(1), Q(0))],
        [Piece(Q(0), Q(1), Q(1), Q(0)), Piece(Q(1), Q(2), Q(1), Q(1))],
        [Piece(Q(0), Q(1), Q(1), Q(0)), Piece(Q(1), Q(1), Q(2), Q(-1))],
        [Piece(Q(0), Q(1), Q(1), Q(0)), Piece(Q(1), Q(1, 2), Q(2), Q(-1)), Piece(Q(1, 2), Q(2), Q(2), Q(-1))],
        [Piece(Q(0), None, Q(1), Q(0)), Piece(None, Q(1), Q(1), Q(0))],
    ],
)
def test_pieces_that_make_no_function_are_refused(pieces):
    with pytest.raises(PwlinError, match=r"^pieces: found .*; accepted (is|are) "):
        PiecewiseLinear1D.from_pieces(pieces)
