"""Entries that a layer carries along for later ones: they are no neurons, in no count and no pattern."""

from fractions import Fraction as Q

import pytest

from pwlin import Network, extract
from pwlin.base.errors import ShapeError
from pwlin.networks.activation import IDENTITY, RELU
from pwlin.networks.compose import absolute, linear_combination
from pwlin.networks.layer import Layer


def residual(d=1):
    """``3 relu(|x| - y - 1) + y`` of the first and the last input; y is carried through both layers."""
    rows = [[1] + [0] * (d - 1), [-1] + [0] * (d - 1), [0] * (d - 1) + [1]]
    first = Layer.from_arrays(rows).with_activations((RELU, RELU, IDENTITY), 2)
    second = Layer.from_arrays([[1, 1, -1], [0, 0, 1]], [-1, 0]).with_activations((RELU, IDENTITY), 1)
    return Network([first, second], Layer.from_arrays([[3, 1]]))


def test_on_the_line():
    net = residual()  # 3 relu(|x| - x - 1) + x
    assert (net.widths, net.sizes, list(net.neurons())) == ((2, 1), (3, 2), [(0, 0), (0, 1), (1, 0)])
    assert net.exact(-2) == 3 * 3 - 2 and net(-2.0) == 7.0 and net.exact(5) == 5
    assert net.pattern(-2) == ((False, True), (True,))
    f = extract(net, (-2, 2))
    assert [(k.location, k.jump) for k in f.kinks] == [(Q(-1, 2), 6)]
    assert [k.neurons[0].neuron for k in f.kinks] == [(1, 0)]
    assert f.neuron_status() == {(0, 0): "silent", (0, 1): "silent", (1, 0): "active"}
    assert f.regions[0].pattern == ((False, True), (True,))
    for method in ("exact", "fast"):
        assert extract(net, (-2, 2), method=method) == f


@pytest.mark.parametrize("method", ["exact", "fast"])
def test_in_cells(method):
    net = residual(2)  # 3 relu(|x| - y - 1) + y
    f = extract(net, [(-2, 2), (-2, 2)], method=method)
    assert f.n_regions == 4 and f.network.widths == (2, 1)
    assert {r.pattern for r in f.regions} == {((a, not a), (b,)) for a in (False, True) for b in (False, True)}
    assert f.integral() == sum(
        r.volume * (sum(g * c for g, c in zip(r.gradient, r.centroid)) + r.offset) for r in f.regions
    )
    assert set(f.neuron_status()) == {(0, 0), (0, 1), (1, 0)}
    assert f((Q(1), Q(-1, 2))) == net.exact((1, Q(-1, 2)))
    for facet in f.kinks:
        assert all(flip.neuron in {(0, 0), (0, 1), (1, 0)} for flip in facet.flips)


def test_sums_keep_units_first():
    net = residual()
    other = absolute(net.rationalize(3) @ Network.from_arrays([[[-1]]]))
    both = linear_combination(net, Q(2), other, Q(1, 3))
    assert both.widths == (4, 2, 3) and both.sizes == (6, 4, 3)
    for x in (-3, Q(-3, 4), 0, 2):
        assert both.exact(x) == 2 * net.exact(x) + other.exact(x) / 3


def test_files_keep_them(tmp_path):
    residual().save(tmp_path / "net.npz")
    assert Network.load(tmp_path / "net.npz") == residual()


def test_what_is_refused():
    layer = Layer.from_arrays([[1], [2]])
    for units in (-1, 3):
        with pytest.raises(ShapeError, match=f"units: found {units}"):
            layer.with_activations((RELU, RELU), units)
    with pytest.raises(ShapeError, match="carried along"):
        layer.with_activations((RELU, RELU), 1)
    assert layer.with_activations((RELU, IDENTITY), 1) != layer.with_activations((RELU, IDENTITY))
