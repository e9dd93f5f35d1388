"""Points as a target: what is read, exactly, and what is refused, by row."""

from decimal import Decimal
from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin.base.errors import TargetError
from pwlin.formulas import point_target
from pwlin.formulas.point_target import is_points, read_point_target
from pwlin.formulas.target import parse_target, read_target


class Frame:
    """What a DataFrame is to pwlin."""

    def __init__(self, rows):
        self.rows = rows

    def to_numpy(self, dtype=None):
        return np.array(self.rows, dtype=dtype)


def test_numbers_stand_for_what_they_are():
    found = read_point_target(([0.1, "1/3", Decimal("0.5")], [1, Q(2, 3), 0.25]))
    assert found.points == ((Q(0.1),), (Q(1, 3),), (Q(1, 2),))
    assert found.values == (1, Q(2, 3), Q(1, 4))
    assert found.places == (Q(0.1), Q(1, 3), Q(1, 2))
    assert found.box == ((Q(0.1), Q(1, 2)),)


def test_all_forms_are_read_alike(tmp_path):
    rows = [[0, 1, 5], [2, 3, 6], [2, 3, 7]]
    path = tmp_path / "some.csv"
    path.write_text("a,b,y\n0,1,5\n2,3,6\n\n2,3,7\n")
    wanted = read_point_target(([[0, 1], [2, 3], [2, 3]], [5, 6, 7]))
    others = [np.array(rows), np.array(rows, dtype=float), Frame(rows), path, str(path), wanted]
    others += [(np.array(rows)[:, :2], np.array(rows)[:, 2:]), (Frame([r[:2] for r in rows]), (5.0, 6, "7"))]
    assert all(read_point_target(form, 2) == wanted and is_points(form) for form in others)
    assert hash(read_point_target(path)) == hash(wanted)


def test_points_are_equal_in_any_order_but_not_with_other_numbers():
    assert read_point_target(([0, 1], [5, 6])) == read_point_target(([1, 0], [6, 5]))
    assert read_point_target(([0, 0], [5, 5])) != read_point_target(([0], [5]))
    assert read_point_target(([0, 1], [5, 6])) != read_point_target(([0, 1], [6, 5]))


@pytest.mark.parametrize(
    "given, words",
    [
        (([0, float("nan")], [1, 2]), "nan in row 1"),
        (([0, 1], [1, float("inf")]), "inf in row 1"),
        (([0, 1], [1, None]), "None in row 1"),
        (([0, 1], [1, True]), "True in row 1"),
        (([0, 1], [1, "1,5"]), "'1,5' in row 1"),
        (([0, 1], [1]), "1 values for 2 points"),
        (([], []), "no points"),
        (([0, 1], [[1, 2], [3, 4]]), "2 columns"),
        (([[0, 1], [2]], [1, 2]), "row 1"),
        (([0, 1],), "a tuple of 1"),
        ([[0, 1], [2, 3]], "a list is ambiguous"),
        (np.zeros((2, 2, 2)), "shape (2, 2, 2)"),
        (np.zeros((2, 1)), "one column"),
        (np.zeros(3), "shape (3,)"),
        ((np.ma.array([1, 2], mask=[0, 1]), [1, 2]), "masked"),
        ((3, 4), "found 3"),
        (("12", "34"), "found '12'"),
        ("nowhere.csv", "no file"),
    ],
)
def test_what_is_refused_and_why(given, words):
    with pytest.raises(TargetError) as refused:
        read_point_target(given)
    assert words in str(refused.value)


def test_sizes_are_refused_before_anything_is_made(monkeypatch):
    monkeypatch.setattr(point_target, "MOST_NUMBERS", 10)
    for given in ((range(11), range(11)), np.zeros((6, 2)), np.broadcast_to(0.0, (10**9, 2))):
        with pytest.raises(TargetError, match="at most"):
            read_point_target(given)


def test_points_are_read_only_where_they_make_sense():
    sample = read_point_target(([0, 1], [5, 6]))
    with pytest.raises(TargetError, match="no values between them"):
        read_target(([0, 1], [5, 6]))
    with pytest.raises(TargetError, match="no values between them"):
        sample(0.5)
    with pytest.raises(TargetError, match="no values between them"):
        sample.exact(0)
    with pytest.raises(TargetError, match="no expression"):
        sample.derivative()
    with pytest.raises(TargetError, match="points of 1 variable"):
        read_target(sample, 2, allow_points=True)
    with pytest.raises(TargetError):
        parse_target(([0, 1], [5, 6]))
    assert repr(sample) == "Target(2 points)" and not sample.is_symbolic and not sample.is_polynomial
