"""The mesh of a whole domain, from floats, is the one that is cut out exactly."""

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.plot.drawing import outlines
from pwlin.plot.drawing.mesh import plane_mesh, rings
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


@pytest.fixture(autouse=True)
def floats_for_few(monkeypatch):
    monkeypatch.setattr(outlines, "FEW", 3)


def check(f):
    mesh, cells = plane_mesh(f), f.complex
    assert [outlines.outlines(cells)[c] for c in range(len(cells))] == rings(cells)
    (a, b), (c, d) = mesh.window
    part = plane_mesh(f, [(a - 1, b + 1), (c - 1, d + 1)])  # cut exactly, to a window that cuts nothing
    assert [mesh.polygons[k] for k in range(len(mesh.polygons))] == [
        [part_id(mesh, part, i) for i in part.polygons[k]] for k in range(len(part.polygons))
    ]
    assert mesh.cells.tolist() == part.cells.tolist() and mesh.facets.tolist() == part.facets.tolist()
    assert [s.unit for s in mesh.scales] == [s.unit for s in part.scales]
    if not any(s.offset or s.unit != 1 for s in part.scales):
        for mine, exact in ((mesh.points, part.points), (mesh.heights, part.heights)):
            assert np.abs(mine - exact).max() <= 2 * outlines.FINE * np.ptp(exact, axis=0).max()


def part_id(mesh, part, i):
    """The number in the mesh of a corner of the part: both have the complex' own numbers."""
    assert tuple(mesh.vertices[i]) == tuple(part.vertices[i])
    return i


@examples(30)
@given(st.one_of(networks(2, 3, 5), hard_networks(2)))
def test_any_network(net):
    check(extract(net, [(-1, 1)] * 2))


@pytest.mark.parametrize("sizes", [(2, 12, 1), (2, 10, 8, 1), (2, 6, 6, 6, 1)])
def test_the_kernel_s_complex(sizes):
    check(extract(pytorch_style(sizes, 3), [(-1, 1)] * 2, method="fast"))


def test_slivers_are_seen_exactly():
    weight = [[2**60, 1], [2**60, 2], [0, 1], [0, -1]]
    net = Network.from_arrays([weight, [[1, 1, 1, 1000]]], [[Q(1, 8) - 2**60, Q(1, 7), 0, Q(-1, 2)], [0]])
    for method in ("fast", "exact"):
        check(extract(net, [(-1, 1)] * 2, method=method))


def test_values_below_all_floats_have_an_axis_of_their_own():
    tiny = Network.from_arrays([[[0, Q(1, 10**300)]], [[Q(1, 10**300)]]], [[0], [0]])
    check(extract(tiny, [(-1, 1)] * 2))
