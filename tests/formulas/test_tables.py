"""CSV files: separators, names of columns, and refusals by line."""

from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin.base.errors import TargetError
from pwlin.formulas.tables import read_rows, read_table


@pytest.mark.parametrize(
    "text, rows",
    [
        ("0.1,1/3\n-2e3, 4 \n", [[Q(1, 10), Q(1, 3)], [-2000, 4]]),
        ("x;y\n1;2\n", [[1, 2]]),
        ("x\ty\r\n1\t2\r\n", [[1, 2]]),
        ("\ufeff1,2", [[1, 2]]),
        ('"x","y"\n"1","2"\n', [[1, 2]]),
        ("1\n2\n", [[1], [2]]),
        ("", []),
        ("x,y\n", []),
    ],
)
def test_what_is_read(tmp_path, text, rows):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_table(path, 100) == rows


@pytest.mark.parametrize(
    "text, words",
    [
        ("x;y\n1,5;2\n", "'1,5' in line 2 of 't.csv'; accepted are numbers with a point, not a comma"),
        ("1,5;2\n", "with a point, not a comma"),
        ("x,y\n1,\n", "an empty cell in line 2"),
        ("x,y\n\n1,nan\n", "'nan' in line 3"),
        ("x,1\n2,3\n", "'x' in line 1"),
        ("1,2\n3\n", "1 columns in line 2"),
        ("1,2\n3,__import__('os')\n", "in line 2"),
        ('1,"2\n', "in line 1"),
        ("1,2\n" * 60, "more than 100 numbers"),
    ],
)
def test_what_is_refused(tmp_path, text, words):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(TargetError) as refused:
        read_table(path, 100)
    assert words in str(refused.value)


def test_files_that_are_none(tmp_path):
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "none.csv", tmp_path / "b.csv"):
        with pytest.raises(TargetError, match="accepted is a text file of numbers"):
            read_table(path, 100)


def test_arrays_in_files_are_their_rows(tmp_path):
    for array, rows in ((np.array([[0.1, 2], [3, 4]]), [[0.1, 2], [3, 4]]), (np.arange(3), [[0, 1, 2]])):
        np.save(tmp_path / "a.npy", array)
        assert read_rows(tmp_path / "a.npy", 4) == rows
    (tmp_path / "a.csv").write_text("1/3,2\n")
    assert read_rows(tmp_path / "a.csv", 4) == read_table(tmp_path / "a.csv", 4)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array(["a"]), "a.npy' with <U1"), (np.zeros((2, 2, 2)), "shape"), (np.array(3.0), "shape"), (np.zeros((5, 1)), "5 numbers"),
        (np.array([None], dtype=object), "ValueError"), (np.array([1j]), "complex"),
    ],
)  # fmt: skip
def test_arrays_that_are_no_rows(tmp_path, array, words):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(TargetError, match=words):
        read_rows(tmp_path / "a.npy", 4)
    with pytest.raises(TargetError, match="no file"):
        read_rows(tmp_path / "b.npy", 4)
