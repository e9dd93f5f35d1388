"""Linear algebra on integer rows, against sympy's rationals."""

import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin.geometry.cone import dot, primitive
from pwlin.geometry.linear import determinant, null_space, rank, reduce_modulo, row_echelon
from tests.strategies.effort import examples

small = st.integers(-3, 3)
tables = st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(small, min_size=n, max_size=n), min_size=1, max_size=4))
squares = st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(small, min_size=n, max_size=n), min_size=n, max_size=n))


@given(squares)
@examples(60)
def test_determinants(rows):
    assert determinant(rows) == sympy.Matrix(rows).det()


def test_golden_determinants():
    assert determinant([[2, 3, 5], [7, 11, 13], [17, 19, 23]]) == -78  # by Sarrus: 506 + 663 + 665 - 935 - 494 - 483
    assert determinant([[2, 3], [5, 7]]) == -1 and determinant([[-4]]) == -4


@given(tables, st.data())
@examples(60)
def test_echelon_form_and_what_is_left_modulo_it(rows, data):
    columns = len(rows[0])
    expected, pivots = sympy.Matrix(rows).rref()
    basis, found = row_echelon(rows, columns)
    assert tuple(found) == pivots and len(basis) == rank(rows, columns) == len(pivots)
    for row, p, exact in zip(basis, found, expected.tolist()):
        assert row == primitive(row) and row[p] > 0
        assert [sympy.Rational(v, row[p]) for v in row] == exact
    vector = data.draw(st.lists(small, min_size=columns, max_size=columns))
    left = reduce_modulo(vector, basis, found)
    assert all(left[p] == 0 for p in found) and left == primitive(left)
    for normal in null_space(rows, columns):  # they see what is left and nothing of the rows
        ours, theirs = dot(normal, left), dot(normal, vector)
        assert (ours > 0) - (ours < 0) == (theirs > 0) - (theirs < 0)


@given(tables)
@examples(60)
def test_null_spaces(rows):
    columns = len(rows[0])
    space = null_space(rows, columns)
    assert len(space) == columns - sympy.Matrix(rows).rank() == rank(space, columns)
    assert all(dot(row, v) == 0 and v == primitive(v) for row in rows for v in space)


def test_of_no_rows():
    assert row_echelon([], 3) == ([], []) and rank([], 3) == 0
    assert null_space([], 3) == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
