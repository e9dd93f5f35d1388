"""Functions of one variable as text: long numbers, damaged text, odd arguments."""

import json
from fractions import Fraction as Q

import pytest
import sympy

from pwlin import PiecewiseLinear1D, PwlinError
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
