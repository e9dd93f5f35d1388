"""Records that Python and compiled functions share, and how functions are written."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest
from numba import njit

from pwlin.extraction import kernel as package
from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.count import count_regions
from pwlin.extraction.kernel.compiled import plain, put, record, records, share
from tests.strategies.networks import pytorch_style

MODULES = sorted(Path(package.__file__).parent.glob("*.py"))


@dataclass(slots=True)
class Pair:
    number: int
    ratio: float


@njit
def doubled(pairs, one):
    for i in range(len(pairs)):
        pairs[i].ratio *= 2
        one.number += pairs[i].number


def test_records_are_the_same_in_python_and_compiled():
    pairs, one = records(Pair, 2), record(Pair)
    share(pairs, [Pair(3, 0.5), Pair(4, 1.5)])
    put(one, number=10)
    doubled(pairs, one)
    assert [plain(Pair, pair) for pair in pairs] == [Pair(3, 1.0), Pair(4, 3.0)]
    assert plain(Pair, one) == Pair(17, 0.0)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_function_takes_more_than_eight_arguments(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args) if a.arg != "self"]
            assert len(names) <= 8, node.name


def test_it_is_known_that_the_kernel_is_compiled():
    count_regions(pytorch_style((2, 4, 1), 1), [(-1, 1)] * 2, method="fast")
    assert kernel.is_ready() and kernel.is_compiled()
