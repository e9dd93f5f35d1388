"""One wording, one set of checks: what is accepted comes back as the plain type, all else is refused in the same words."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from pwlin.base import arguments
from pwlin.base.errors import PwlinError, ShapeError, TrainingError

LONG = 10**5000


def test_words_of_a_refusal():
    error = arguments.refusal("pieces", arguments.shown(0.5), "are integers from 1", TrainingError)
    assert type(error) is TrainingError
    assert str(error) == "pieces: found 0.5; accepted are integers from 1"


def test_values_in_a_few_words():
    words = (
        (None, "None"),
        ("a", "'a'"),
        (3, "3"),
        (Fraction(-1, 3), "-1/3"),
        (np.float64(0.5), "0.5"),
        ([1, Fraction(1, 2), "x"], "[1, 1/2, 'x']"),
        (LONG, "an integer of 16610 bits"),
        (-LONG, "an integer of 16610 bits"),
        (Fraction(1, LONG), "a fraction of 1 over 16610 bits"),
        ((LONG, 0), "(an integer of 16610 bits, 0)"),
    )
    for value, text in words:
        assert arguments.shown(value) == text


class _Mute:
    def __repr__(self):
        raise RuntimeError("no words")


def test_words_are_never_long_and_never_fail():
    odd = (_Mute(), [_Mute()], {"a": [LONG] * 500}, "x" * 10**5, list(range(10**5)), np.zeros((99, 99)), {LONG, 1})
    for value in odd:
        assert 0 < len(arguments.shown(value)) <= 80


def test_integers():
    for given in (3, np.int8(3), np.array(3)):
        found = arguments.whole(given, "n", 1, 3)
        assert found == 3 and type(found) is int
    assert arguments.whole(-(10**30), "n") == -(10**30)
    for bad in (True, np.True_, 3.0, "3", None, [3], Fraction(3), Decimal(3), float("nan"), 0, 4, LONG):
        with pytest.raises(PwlinError, match=r"^n: found .*; accepted are integers from 1 to 3$"):
            arguments.whole(bad, "n", 1, 3)
    with pytest.raises(TrainingError, match=r"^seed: found -1; accepted are integers from 0$"):
        arguments.seed(-1, error=TrainingError)
    with pytest.raises(PwlinError, match=r"accepted are integers up to 2$"):
        arguments.whole(3, "n", most=2)
    with pytest.raises(PwlinError, match=r"accepted are integers$"):
        arguments.whole("x", "n")


def test_sizes():
    assert arguments.sizes(20, "hidden") == (20,)
    assert arguments.sizes([3, np.int64(4)], "hidden") == (3, 4) == arguments.sizes(np.array([3, 4]), "hidden")
    assert arguments.sizes(iter((3, 4)), "hidden") == (3, 4)
    assert arguments.sizes((), "hidden") == ()
    for bad, place in ((0, "hidden"), (True, "hidden"), ([3, 0], r"hidden\[1\]"), ([2.0], r"hidden\[0\]")):
        with pytest.raises(PwlinError, match=rf"^{place}: found .*; accepted are integers from 1$"):
            arguments.sizes(bad, "hidden")
    for bad in ("20", {3: 4}, {3}, None, 2.5):
        with pytest.raises(ShapeError, match=r"^hidden: .*; accepted are integers from 1, or a sequence of them$"):
            arguments.sizes(bad, "hidden", error=ShapeError)


def test_numbers():
    for given in (0.5, np.float32(0.5), Fraction(1, 2)):
        found = arguments.number(given, "lr", above=0)
        assert found == 0.5 and type(found) is float
    assert arguments.number(0, "momentum", least=0, below=1) == 0.0
    for bad in (True, "0.1", None, float("nan"), float("inf"), LONG, -1, 1, 1j, [0.5]):
        with pytest.raises(PwlinError, match=r"^m: found .*; accepted are finite numbers from 0 below 1$"):
            arguments.number(bad, "m", least=0, below=1)
    with pytest.raises(PwlinError, match=r"accepted are finite numbers above 0 up to 50$"):
        arguments.number(0, "fps", above=0, most=50)


def test_flags_choices_texts():
    assert arguments.flag(np.True_, "readout") is True
    for bad in (1, 0, "no", None, [True]):
        with pytest.raises(PwlinError, match=r"accepted are True and False$"):
            arguments.flag(bad, "readout")
    assert arguments.choice("l2", "norm", (None, "sup", "l2")) == "l2"
    assert arguments.choice(None, "norm", (None, "sup", "l2")) is None
    for bad in (1, "L2", ["l2"], np.array(["l2", "sup"]), {}, True):
        with pytest.raises(PwlinError, match=r"^norm: found .*; accepted are None, 'sup', 'l2'$"):
            arguments.choice(bad, "norm", (None, "sup", "l2"))
    with pytest.raises(PwlinError, match=r"accepted are 'auto', True, False$"):
        arguments.choice(1, "label_kinks", ("auto", True, False))
    assert arguments.text("a", "name") == "a"
    for bad in ("", " ", None, b"a", 3):
        with pytest.raises(PwlinError, match=r"accepted is some text$"):
            arguments.text(bad, "name")


def test_items():
    assert arguments.items((1, "a"), "xs") == [1, "a"] == arguments.items(iter([1, "a"]), "xs")
    for bad in ("ab", b"ab", {1: 2}, {1}, 3, None, np.array(3)):
        with pytest.raises(PwlinError, match=r"^xs: found .*; accepted is a sequence$"):
            arguments.items(bad, "xs")


def test_paths(tmp_path):
    assert arguments.path(str(tmp_path)) == arguments.path(tmp_path) == tmp_path
    for bad in (0, 1, True, None, b"a", "a\0b", 1.5, [tmp_path]):
        with pytest.raises(PwlinError, match=r"^path: found .*; accepted are text and pathlib\.Path$"):
            arguments.path(bad)
