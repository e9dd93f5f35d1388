"""Formulas as people write them: read, or answered by what to write instead."""

from __future__ import annotations

from fractions import Fraction as Q

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import TargetError
from pwlin.formulas.allowed import FUNCTION_NAMES, FUNCTIONS
from pwlin.formulas.notation import read_notation
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D

READ = {
    "|x|": "abs(x)",
    "||x|-1|": "abs(abs(x)-1)",
    "|x|+|x-1|": "abs(x)+abs(x-1)",
    "|-x|·|sin(x)|²": "abs(x)*sin(x)**2",
    "√x": "sqrt(x)",
    "√ x + 1": "sqrt(x)+1",
    "√(x+1)": "sqrt(x+1)",
    "√2*x": "sqrt(2)*x",
    "-√x/2": "-sqrt(x)/2",
    "∛x": "cbrt(x)",
    "½*x": "x/2",
    "x^½ + ¾": "sqrt(x)+3/4",
    "x⋅2": "2*x",
    "x∗2": "2*x",
    "x–1": "x-1",
    "x—1": "x-1",
    "x⁄2": "x/2",
    "x⁻¹": "1/x",
    "x⁻²+x³": "x**(-2)+x**3",
    "2π": "2*pi",
    "2πx": "2*pi*x",
    "sin(πx)": "sin(pi*x)",
    "np.sin(x)": "sin(x)",
    "math.pi*x": "pi*x",
    "np.maximum(x, np.abs(x-1))": "max(x, abs(x-1))",
    "torch.relu(x)": "relu(x)",
    "ceil(x)": "-floor(-x)",
    "sgn(x)": "sign(x)",
    "log2(x)": "log(x)/log(2)",
    "heaviside(x)": "(1+sign(x))/2",
    "step(x)": "(1+sign(x))/2",
    "Piecewise((1, x≤0), (2, True))": "Piecewise((1, x<=0), (2, True))",
    "Piecewise((x, (x > 1) | (x == 1)), (|x|, True))": "Piecewise((x, (x > 1) or (x == 1)), (abs(x), True))",
}


@pytest.mark.parametrize("text", READ)
def test_common_notation_is_read(text):
    assert parse_target(text) == parse_target(READ[text])


ANSWERED = {
    "sin x": r"as in sin\(x\)",
    "ln 2": r"as in ln\(2\)",
    "sin²(x)": r"as in sin\(x\)\*\*2",
    "sin^2(x)": r"as in sin\(x\)\*\*2",
    "5.x": r"as in 2\*x",
    "x y": r"as in 2\*x",
    "2|x|": r"as in 2\*x",
    "2√x": r"2\*√x",
    "√x²": r"√\(x\*\*2\)",
    "√-x": r"sqrt\(\.\.\.\)",
    "y=x^2": r"right-hand side alone, x\^2",
    "f(x) = 3*x": r"right-hand side alone, 3\*x",
    "|x": "bars come in pairs",
    "0,5*x": "decimals have a point",
    "np.random(x)": "without a module",
    "abs(x": r"a '\(' has no '\)'",
    "abs(x))": r"a '\)' has no '\('",
    "2*x=y": r"left-hand side alone, 2\*x",
    "u = x": "right-hand side alone, x",
    "x**2+y**2=1": r"difference of its sides is one: x\*\*2\+y\*\*2 - \(1\)",
    "x\udcc2": "found no UTF-8",
    "x**": "character 4: found the end",
    "x^2 + ": "character 6: found the end",
    "2x": "character 2: .*a product needs its sign",
    "1 + 12x**2": "character 7: .*a letter in a number",
    "sinn(x)": r"'sinn' \(did you mean 'sin'\?\); accepted are exp, log, sin,",
    "1 + tanx": r"unknown name 'tanx' \(did you mean 'tan'\?\)",
    "foo": r"unknown name 'foo'; accepted",
}


@pytest.mark.parametrize("text", ANSWERED)
def test_what_cannot_be_read_is_answered_by_what_to_write(text):
    with pytest.raises(TargetError, match=ANSWERED[text]):
        parse_target(text)


def test_each_function_is_listed_by_one_name():
    listed = [FUNCTIONS[name] for name in FUNCTION_NAMES.split(", ")[:-1]]
    assert len(set(listed)) == len(listed) and set(listed) == set(FUNCTIONS.values())


def test_bytes_of_a_command_line_without_utf_8_are_read():
    assert parse_target("x²+½".encode().decode("ascii", "surrogateescape")) == parse_target("x**2 + 1/2")


@given(st.text(alphabet="x|√π½²⁻ (2+*–é", max_size=20))
def test_every_byte_knows_its_character(text):
    notation = read_notation(text)
    assert len(notation.origin) == len(notation.source.encode()) + 1
    assert list(notation.origin) == sorted(notation.origin) and set(notation.origin) <= set(range(len(text) + 1))


def test_a_function_on_an_interval_is_read_back_from_its_formula():
    f = PiecewiseLinear1D.from_points([0, 1, Q(7, 2)], [0, 2, 1])
    target = parse_target(f.to_sympy())
    assert "nan" not in target.text and f.compare(target).sup == 0
    with pytest.raises(TargetError, match="no condition of its Piecewise holds"):
        PiecewiseLinear1D.from_points([-1, 1], [0, 1]).compare(target)


def test_so_it_is_from_the_text_of_its_formula():
    f = PiecewiseLinear1D.from_points([0, 1, Q(7, 2)], [0, 2, 1])
    target = parse_target(str(f.to_sympy()))
    assert f.compare(target).sup == 0 and f.compare(f"2*{f.to_sympy()}").sup == 2
    with pytest.raises(TargetError, match="no condition of its Piecewise holds"):
        PiecewiseLinear1D.from_points([-1, 1], [0, 1]).compare(target)
    for text in ("nan", "x + nan", "Piecewise((nan, True))", "Piecewise((x + nan, True))"):
        with pytest.raises(TargetError):
            parse_target(text)


def test_numbers_of_thousands_of_digits_are_refused_in_words():
    x, long = sympy.Symbol("x"), sympy.Integer(10) ** 5000
    for thing in (10**5000, Q(1, 10**5000), x + long, x / long):
        with pytest.raises(TargetError, match="beyond the range"):
            parse_target(thing)


def test_long_points_are_shown_shortened():
    with pytest.raises(TargetError, match="no rational value") as caught:
        parse_target("sin(x)").exact(Q(1, 10**5000))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "text, place, found",
    [
        ("x**2 +* 3 + sin(x)", 6, "'*' after '+'"),
        ("max(x y)", 6, "'y' after 'x'"),
        ("sin(x)cos(x)", 6, "'cos' after ')'"),
        ("2..3*x", 0, "'2..3', which is no number"),
        ("x!", 1, "'!'"),
        ("(,x)", 1, "',' after '('"),
        ("x*/2", 2, "'/' after '*'"),
        ("x**2 + 1 " + "+ x" * 40 + " x + 1", 130, "'x' after 'x'"),
    ],
)
def test_faults_in_the_middle_are_shown(text, place, found):
    with pytest.raises(TargetError) as caught:
        parse_target(text)
    message, shown, caret = str(caught.value).split("\n")
    assert f"character {place + 1}: found {found}" in message and "accepted" in message
    assert len(shown) <= 64 and shown.strip() in text
    assert shown[len(caret) - 1] == text[place] and caret.strip() == "^"
