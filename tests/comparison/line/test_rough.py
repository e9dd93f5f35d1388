"""Errors in float intervals, and the work that a number may take on the line."""

import math
import warnings
from fractions import Fraction as Q

import mpmath
import pytest

from pwlin.base.errors import PwlinWarning
from pwlin.comparison.errors import WideEnclosure
from pwlin.comparison.line import certified, smooth_parts
from pwlin.comparison.line import rough as rough_module
from pwlin.comparison.line.rough import RoughErrors
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D

FLAT = PiecewiseLinear1D.from_points([0, 1], [0, 0])
BENT = PiecewiseLinear1D.from_points([0, Q(1, 3), 1], [Q(1, 2), -1, Q(3, 4)])


@pytest.fixture
def impatient(monkeypatch):
    """Little work for everything."""
    for module, name, work in (
        (certified, "_WORK", 1_000_000),
        (smooth_parts, "PARTS_WORK", 1_000_000),
        (rough_module, "WORK", 4_000_000),
    ):
        monkeypatch.setattr(module, name, work)
    certified.parts_of.cache_clear()
    yield
    certified.parts_of.cache_clear()


def rough(text, function=BENT):
    target = parse_target(text)
    stretches = [(piece.left, piece.right, piece) for piece in function.pieces]
    return RoughErrors(target.simplified, target.symbol, stretches)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("sin(40*x)", lambda x: mpmath.sin(40 * x)),
        ("floor(9*x + 1/3)*x", lambda x: mpmath.floor(9 * x + mpmath.mpf(1) / 3) * x),
        ("abs(cos(30*x)) - Max(x, 1/2)", lambda x: abs(mpmath.cos(30 * x)) - max(x, 0.5)),
        ("sqrt(x)", mpmath.sqrt),
    ],
)
def test_float_intervals_hold_all_norms(text, function, impatient):
    errors = rough(text)
    places = [mpmath.mpf(k) / 2520 for k in range(0, 2521, 2)]
    sizes = [abs(function(x) - mpmath.mpf(float(BENT(float(x))))) for x in places]
    for found, sampled in (
        (errors.sup(1e-6), max(sizes)),
        (errors.integral(1, 1e-6), mpmath.fsum(sizes) / 1260),
        (errors.integral(2, 1e-6), mpmath.fsum(s**2 for s in sizes) / 1260),
    ):
        assert found.relative_width < Q(1, 10**3)
        assert abs(float(found.midpoint) - sampled) < 2e-2 * sampled
    assert errors.sup(1e-6).upper >= Q(float(max(sizes))) * (1 - Q(1, 10**9))


def test_float_intervals_agree_with_certified_errors():
    certain = BENT.compare("exp(x)*sin(9*x)")
    found = rough("exp(x)*sin(9*x)")
    for one, other in (
        (certain.sup, found.sup(1e-9)),
        (certain.l1, found.integral(1, 1e-9)),
        (certain.l2_squared, found.integral(2, 1e-9)),
    ):
        assert other.lower <= one.lower and one.upper <= other.upper and other.relative_width < Q(1, 10**6)


def test_what_floats_do_not_know_is_not_said(impatient):
    assert rough("1/(x + 1e-320)").sup(1e-6) is None
    assert rough("exp(1000*x)").integral(2, 1e-6) is None


@pytest.mark.parametrize(
    ("text", "name", "true"),
    [
        ("floor(10000*x)*(2 + sin(50*x))/10000", "l1", None),
        ("floor(300*sin(3000*x))/300 + 2", "sup", 3),
        ("floor(300*sin(3000*x))/300 + 2", "l2_squared", None),
        ("sin(1/(x + 1e-9))", "l1", 0.5040670619069284),  # the sine of y over y^2 by mpmath, signs apart
    ],
)
def test_numbers_that_take_too_much_work_are_wide(text, name, true, impatient):
    with pytest.warns(PwlinWarning, match="only known to be"):
        found = getattr(FLAT.compare(text), name)
    assert isinstance(found, WideEnclosure) and found.relative_width < Q(1, 5)
    if true is None:
        target = parse_target(text)
        values = [float(target((k + math.sqrt(0.5)) / 20000)) for k in range(20000)]
        true = sum(abs(v) ** (1 if name == "l1" else 2) for v in values) / 20000
        assert abs(float(found.midpoint) - true) < 0.02 * true
    elif name == "sup":
        assert found.contains(true)


def test_work_does_not_depend_on_what_was_asked_before(impatient):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PwlinWarning)
        one, other = FLAT.compare("floor(5000*x)*sin(x)"), FLAT.compare("floor(5000*x)*sin(x)")
        names = ("sup", "l1", "l2_squared")
        assert [getattr(one, n) for n in names] == [getattr(other, n) for n in reversed(names)][::-1]
