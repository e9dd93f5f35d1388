"""Edges that a neuron cuts, by comparison and from the table, at simple vertices and at others."""

import os
import random
import subprocess
import sys
from math import comb

import numpy as np

from pwlin.extraction.kernel.entry import fast_complex, fast_count
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network
from tests.reference.interpreted import ASKED


def ridges(weights, biases):
    return Network.from_arrays([weights, [[1] * len(weights)]], [biases, [0]])


def test_a_cube_of_many_dimensions_and_its_middle():
    # its 2^d corners, a layer of which has k entries 1; the plane cuts the edges from the layer k = d/2 to the next, C(d, k) (d - k) of them
    d = 4 if ASKED else 10
    net, cube = ridges([[1] * d], ["-1/2"]), Polytope.box([(-1, 1)] * d)
    cells = fast_complex(net, cube)
    assert len(cells) == fast_count(net, cube) == 2
    assert len(cells.generators) == 2**d + comb(d, d // 2) * (d // 2)


def test_edges_in_the_middle_of_a_cube():
    # Neuron 0 is zero at the corners with d/2 entries 1. Neuron 1 cuts, from x_1 = 1, x_2 = -1 elsewhere, 2^(d-2) edges of the cube
    # in each of two directions, and of those of the section (a hypersimplex; they swap two entries) d - 1 at each of its
    # C(d-2, d/2-1) corners there.
    d = 4 if ASKED else 10
    planes, cube = ([[1] * d, [1, -1, *[0] * (d - 2)]], [0, "-1/2"]), Polytope.box([(-1, 1)] * d)
    for order in (1, -1):
        net = ridges(*(numbers[::order] for numbers in planes))
        cells = fast_complex(net, cube)
        assert len(cells) == fast_count(net, cube) == 4
        assert len(cells.generators) == 2**d + 2 * 2 ** (d - 2) + comb(d - 2, d // 2 - 1) * (d - 1)
        for rows in (cells.cells, cells.facets):  # long ones are sorted otherwise than short ones
            assert all((np.diff(row) > 0).all() for row in map(rows.__getitem__, range(len(rows))))


def degenerate(seed):
    """A network of three to five inputs on a cube: cells with vertices that are not simple, often."""
    r = random.Random(seed)
    d, kind = r.choice([3, 3, 4, 5]), r.randrange(4)
    entry = (
        lambda: r.uniform(-2, 2),
        lambda: r.choice([-1, 0, 1]),
        lambda: r.randint(-2, 2) / 2,
        lambda: r.gauss(0, 1),
    )[kind]
    sizes = (d, {3: 6, 4: 4, 5: 3}[d], 2, 1)
    weights = [np.array([[entry() for _ in range(n)] for _ in range(m)]) for n, m in zip(sizes, sizes[1:])]
    biases = [[0 if kind == 3 else entry() / 2 for _ in range(m)] for m in sizes[1:]]
    return Network.from_arrays(weights, biases), Polytope.box([(-1, 1)] * d)


FROM_THE_TABLE = """
from tests.reference.interpreted import interpret
interpret()
from pwlin.extraction.kernel import edges
edges._PAIRS, tables, make = 0, [], edges._make_table
edges._make_table = lambda *a: tables.append(1) or make(*a)
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.kernel.entry import fast_complex
from tests.extraction.kernel.test_cells import assert_same_cells
from tests.extraction.kernel.test_edges import degenerate
for seed in range({count}):
    net, cube = degenerate(seed)
    assert_same_cells(fast_complex(net, cube), cell_complex(net, cube))
print(len(tables))
"""


def test_edges_from_the_table_are_those_of_comparison():
    done = subprocess.run(
        [sys.executable, "-c", FROM_THE_TABLE.format(count=8)],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50
