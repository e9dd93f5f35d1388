"""Functions of one variable as text: long numbers, damaged text, odd arguments."""

import json
import pickle
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy

from pwlin import Network, PiecewiseLinear1D, PwlinError, extract
from pwlin.base.errors import DomainError, FormatError, ShapeError
from pwlin.functions.line.records import Piece

LONG = Q(7**6000, 3**6000)
HAT = PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 0])


def damaged(**changes):
    return json.dumps({**json.loads(HAT.to_json()), **changes})


def test_numbers_longer_than_python_writes():
    f = PiecewiseLinear1D.from_points([0, LONG, 2 * LONG], [0, 1, 1 / LONG])
    assert PiecewiseLinear1D.from_json(f.to_json()) == f
    assert "\\ldots" in f.to_latex() and len(f.to_latex()) < 1000
    assert all(len(repr(r)) < 200 for r in (f, *f.pieces, *f.regions, *f.kinks, f.max(), f.interval))
    for refused in (
        lambda: f(3 * LONG),
        lambda: f.integral(0, 3 * LONG),
        lambda: f.restrict(0, 3 * LONG),
        lambda: f @ (3 * LONG * f),
    ):
        with pytest.raises(DomainError, match="found"):
            refused()
    with pytest.raises(ShapeError, match="xs: found a fraction of"):
        PiecewiseLinear1D.from_points([LONG, 0], [0, 1])


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "",
        "[1]",
        "null",
        None,
        b"\xff\xfe",
        7,
        '{"format":' + "1" * 5000 + "}",
        damaged(version=2),
        damaged(breakpoints=["5"]),
        damaged(breakpoints=["5"], slopes=["1", "1"], intercepts=["0", "0"]),
        damaged(breakpoints=["-5"], slopes=["1", "1"], intercepts=["0", "0"]),
        damaged(breakpoints=["0"], slopes=["1", "1"], intercepts=["0", "0"]),
        damaged(breakpoints=[]),
        damaged(slopes=[1.5, True]),
        damaged(slopes={"1": 1, "2": 2}),
        damaged(slopes=[float("nan"), 1]),
        damaged(slopes=["1e9999999", "1"]),
        damaged(domain=["2", "0"]),
        damaged(domain=["0"]),
        damaged(domain=["1", "1"], breakpoints=[], slopes=["1"], intercepts=["0"]),
        damaged(intercepts=["0", "5"]),
    ],
)
def test_damaged_text_is_refused(text):
    with pytest.raises(FormatError, match=r"^text: found"):
        PiecewiseLinear1D.from_json(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PiecewiseLinear1D.from_pieces(5),
        lambda: PiecewiseLinear1D.from_pieces([]),
        lambda: PiecewiseLinear1D.from_pieces([5]),
        lambda: PiecewiseLinear1D.from_pieces([Piece(Q(0), Q(5), Q(1), Q(0)), Piece(Q(5), Q(1), Q(1), Q(0))]),
        lambda: PiecewiseLinear1D.from_pieces([Piece(None, LONG, Q(0), Q(0)), Piece(Q(1), None, Q(0), Q(0))]),
        lambda: PiecewiseLinear1D.from_pieces([Piece(Q(0), None, Q(0), Q(0)), Piece(None, Q(1), Q(0), Q(0))]),
        lambda: PiecewiseLinear1D.from_points({0: 1, 1: 2}, [0, 1]),
        lambda: PiecewiseLinear1D.from_points("01", "01"),
        lambda: PiecewiseLinear1D.from_points([[0, 1]], [[0, 1]]),
        lambda: PiecewiseLinear1D.from_points([0, 0], [0, 1]),
        lambda: PiecewiseLinear1D.from_points([0, float("nan")], [0, 1]),
        lambda: HAT.to_latex(5),
        lambda: HAT.to_latex(max_pieces="a"),
        lambda: HAT.to_sympy(5),
        lambda: HAT.to_sympy(""),
    ],
)
def test_odd_arguments_are_refused_by_name(make):
    with pytest.raises(PwlinError, match="found"):
        make()


def test_latex_of_few_and_of_many_pieces():
    saw = PiecewiseLinear1D.from_points(range(9), [0, 1] * 4 + [0])
    assert "vdots" not in HAT.to_latex(max_pieces=2) and "6 more pieces" in saw.to_latex(max_pieces=0)
    assert PiecewiseLinear1D.from_points([0, 1], [0, Q(1, 3**30)]).to_latex() == (
        "\\begin{cases} 4.85694\\ldots \\cdot 10^{-15} x & \\text{if } 0 \\le x \\le 1 \\end{cases}"
    )
    assert HAT.to_sympy(sympy.Symbol("t")).free_symbols == {sympy.Symbol("t")}


def test_json_keeps_the_neurons_of_kinks():
    rng = np.random.default_rng(1)
    weights = [rng.integers(-3, 4, shape) for shape in ((6, 1), (5, 6), (1, 5))]
    f = extract(Network.from_arrays(weights, [rng.integers(-3, 4, n) for n in (6, 5, 1)]), (-3, 3))
    g = PiecewiseLinear1D.from_json(f.to_json())
    assert g == f and hash(g) == hash(f) and any(len(kink.neurons) > 1 for kink in f.kinks)
    assert [k.neurons for k in g.kinks] == [k.neurons for k in f.kinks] and g.to_json() == f.to_json()
    part, same = f.restrict(-2, "3/2"), g.restrict(-2, "3/2")
    assert [k.neurons for k in same.kinks] == [k.neurons for k in part.kinks]
    assert pickle.loads(pickle.dumps(g)).kinks == g.kinks
    assert g.network is None and g.neuron_status() == {} and g.regions[0].pattern == ()
    data, n = json.loads(f.to_json()), len(f.kinks)
    for neurons in (5, [], [[5]] * n, [[["a", 0, "1"]]] * n, [[[0, -1, "1"]]] * n, [[[0, 0, "1000"]]] * n):
        with pytest.raises(FormatError):
            PiecewiseLinear1D.from_json(json.dumps({**data, "neurons": neurons}))
