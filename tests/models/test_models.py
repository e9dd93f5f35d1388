"""Lines and planes through data, decisions, attributions, and the distance of floats from the exact function."""

from fractions import Fraction as Q

import matplotlib
import numpy as np
import pytest

import pwlin
from pwlin import Network
from pwlin.base.errors import DomainError, PwlinError, ShapeError
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.layer import Layer
from tests.strategies.effort import few

matplotlib.use("Agg")


def make(sizes, seed, dtype=np.float32):
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes, sizes[1:]))
    weights = [(rng.normal(size=(n, m)) / np.sqrt(m)).astype(dtype) for m, n in pairs]
    return Network.from_arrays(weights, [rng.normal(size=n).astype(dtype) / 2 for _, n in pairs])


def samples(count, n, seed=0):
    return np.random.default_rng(seed).normal(size=(count, n)).astype(np.float32)


# -- lines and planes through samples -----------------------------------------------------------------


def test_samples_are_where_they_are_said_to_be():
    net = make((6, 5, 2), 0)
    p, q, r = samples(3, 6)
    line, plane = pwlin.restrict(net, p.reshape(2, 3), q), pwlin.restrict(net, p, q, r)
    assert (line.input_dim, plane.input_dim) == (1, 2)
    assert line.exact(0) == plane.exact((0, 0)) == net.exact(p)
    assert line.exact(1) == plane.exact((1, 0)) == net.exact(q)
    assert plane.exact((0, 1)) == net.exact(r)
    middle = [(Q(float(a)) + Q(float(b))) / 2 for a, b in zip(p, q)]
    assert line.exact("1/2") == net.exact(middle)  # q - p is not rounded


def test_samples_that_are_refused():
    net = make((3, 4, 2), 0)
    for wrong in ((1, 2), (1, 2, np.nan), "three", {"x": 1}):
        with pytest.raises(PwlinError, match="q"):
            pwlin.restrict(net, (0, 0, 0), wrong)
    with pytest.raises(ShapeError, match="r: found the same sample"):
        pwlin.restrict(net, (0, 0, 0), (1, 0, 0), (0, 0, 0))
    for third in ((1, "1/2", 0), (-4, -2, 0)):
        with pytest.raises(ShapeError, match="r: found a sample on the line through p and q"):
            pwlin.restrict(net, (0, 0, 0), (1, "1/2", 0), third)


# -- decisions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_labels_on_a_line(seed):
    net = pwlin.restrict(make((5, 7, 6, 4), seed), *samples(2, 5, seed) * 3)
    found = pwlin.labels(net)
    assert found.intervals[0].left == 0 and found.intervals[-1].right == 1 and sum(found.lengths.values()) == 1
    assert found.changes == tuple(part.left for part in found.intervals[1:])
    for a, b in zip(found.intervals, found.intervals[1:]):
        assert a.right == b.left and a.label != b.label
        scores = net.exact(a.right)
        assert scores[a.label] == scores[b.label] == max(scores)
    for part in found.intervals:
        for t in (Q(1, 3), Q(1, 2), Q(6, 7)):
            x = part.left + t * (part.right - part.left)
            scores = net.exact(x)
            assert scores[part.label] == max(scores) and found(x) == part.label
    assert pwlin.labels(pwlin.extract(net, (0, 1))) == found
    assert "interval" in repr(found)


def test_ties_go_to_the_least_label():
    net = pwlin.as_network([([[1], [0]], None), ([[0, 0], [1, 0], [1, 0]], [0, 0, 0])])
    found = pwlin.labels(net, (-1, 1))
    assert [(p.left, p.right, p.label) for p in found.intervals] == [(-1, 0, 0), (0, 1, 1)]
    touching = Network.from_arrays([[[1], [-1]], [[-1, -1], [0, 0]]], [None, [1, 1]])  # 1 - |x| and 1
    assert [p.label for p in pwlin.labels(touching, (-1, 1)).intervals] == [1]


def test_one_output_is_asked_for_its_sign():
    found = pwlin.labels(Network.from_arrays([[[2]]], [[-1]]))
    assert [(p.left, p.right, p.label) for p in found.intervals] == [(0, Q(1, 2), 0), (Q(1, 2), 1, 1)]


@pytest.mark.parametrize("seed", range(4))
def test_labels_in_a_plane(seed):
    net = pwlin.restrict(make((4, 5, 4, 3), seed), *samples(3, 4, seed) * 2)
    found = pwlin.labels(net)
    assert sum(found.areas.values()) == 1 and all(part.area > 0 for part in found.regions)
    for part in found.regions:
        for corner in part.vertices:
            scores = net.exact(corner)
            assert scores[part.label] == max(scores)
        x = tuple(sum(c) / len(part.vertices) for c in zip(*part.vertices))
        assert found(x) == part.label
    on_edge = pwlin.labels(net.restrict((0, 0), (1, 0)))  # the lower side of the square
    for part in on_edge.intervals:
        assert found(((part.left + part.right) / 2, 0)) == part.label


def test_areas_are_exact():
    net = pwlin.as_network([([[1, 0], [0, 1]], [0, 0]), ([[1, 0], [0, 1], [0, 0]], [0, 0, "1/2"])])
    assert pwlin.labels(net).areas == {0: Q(3, 8), 1: Q(3, 8), 2: Q(1, 4)}


def test_a_map_of_labels():
    import matplotlib.pyplot as plt

    net = pwlin.as_network([([[1, 0], [0, 1]], [0, 0]), ([[1, 0], [0, 1], [0, 0]], [0, 0, "1/2"])])
    ax = pwlin.labels(net).plot(samples={"p": (0, 0), "q": (1, 0)}, names=("zero", "one", "two"))
    shown = {artist.get_gid() for artist in ax.get_children()}
    assert {"label 0", "label 1", "label 2", "sample p", "sample q"} <= shown
    assert any("two, 25 %" in text.get_text() for text in ax.figure.findobj(matplotlib.text.Text))
    with pytest.raises(PwlinError, match="names"):
        pwlin.labels(net).plot(names=("zero",))
    with pytest.raises(PwlinError, match="labels"):
        pwlin.plot.label_map(net)
    plt.close("all")


def test_decisions_that_are_refused():
    with pytest.raises(ShapeError, match="3 inputs"):
        pwlin.labels(make((3, 4, 2), 0))
    with pytest.raises(DomainError, match="unbounded"):
        pwlin.labels(pwlin.extract(make((1, 3, 2), 0)))
    with pytest.raises(DomainError, match="point"):
        pwlin.labels(make((1, 3, 2), 0))(2)


# -- attributions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", few(range(6), 2))
def test_attributions_add_up(seed):
    net = make((5, 8, 6, 3), seed)
    p, q = samples(2, 5, seed) * 3
    found = pwlin.attribute(net, p, q)
    assert len(found) == 3 and all(isinstance(v, Q) for row in found for v in row)
    assert [sum(row) for row in found] == [b - a for a, b in zip(net.exact(p), net.exact(q))]
    ts = (np.arange(20_000) + 0.5) / 20_000  # the same by sampling, about
    x = p.astype(float) + ts[:, None] * (q.astype(float) - p)
    for i in range(5):
        step = np.zeros(5)
        step[i] = 1e-5
        slopes = (np.asarray(net(x + step)) - np.asarray(net(x - step))) / 2e-5
        for row, want in zip(found, slopes.mean(axis=0) * (float(q[i]) - float(p[i]))):
            assert float(row[i]) == pytest.approx(want, abs=2e-3)


def test_attributions_of_one_output_and_of_no_way():
    net = Network.from_arrays([[[1, 1]], [[1]]], [[-1], [0]])
    assert pwlin.attribute(net, (0, 0), (1, 2)) == (Q(2, 3), Q(4, 3))
    assert pwlin.attribute(net, (1, 2), (1, 2)) == (0, 0)


# -- floats -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("seed", range(3))
def test_the_bound_holds(seed, dtype):
    net = make((6, 20, 15, 10, 3), seed, np.float64)
    gap = pwlin.float_gap(net, samples(20, 6, seed), dtype)
    assert (gap.bounds >= gap.differences).all() and gap.observed <= gap.bound
    assert gap.bound < {"float16": 0.5, "float32": 5e-5, "float64": 1e-12}[dtype]
    for x, bounds in zip(samples(20, 6, seed)[:3], gap.bounds):
        exact = net.exact(x)
        for order in (*range(3), "falling", "rising"):  # other orders of summation
            got = in_order(net, x, order, np.dtype(dtype).type)
            assert all(abs(Q(float(a)) - b) <= Q(float(c)) for a, b, c in zip(got, exact, bounds))


def in_order(net, x, order, kind):
    """An evaluation that sums in another order."""
    h = x.astype(kind)
    for k, layer in enumerate(net.layers):
        w, b = layer.weight_float.astype(kind), layer.bias_float.astype(kind)
        terms = np.concatenate([b[:, None], (w * h).astype(kind)], axis=1)
        if isinstance(order, int):
            terms = np.random.default_rng(order).permuted(terms, axis=1)
        else:
            terms = np.sort(terms, axis=1)[:, :: -1 if order == "falling" else 1]
        total = np.zeros_like(b)
        for column in terms.T:
            total = (total + column).astype(kind)
        h = np.maximum(total, kind(0)) if k < len(net.hidden) else total
    return h


def test_many_inputs_do_not_loosen_the_bound():
    gap = pwlin.float_gap(make((900, 40, 40, 3), 0, np.float64), samples(3, 900, 0))
    assert (gap.bounds >= gap.differences).all() and gap.bound < 2.5e-3  # 0.03 where absolute values are propagated


def test_a_sign_that_is_not_certain_widens_the_bound():
    net = Network.from_arrays([[[1.0]], [[1000.0]]], [[-0.1], [0.0]])
    far, near = pwlin.float_gap(net, [[0.5]]), pwlin.float_gap(net, [[0.1]])
    assert far.bound < 5e-4 and near.bound >= near.observed
    assert not near.certified[0] and far.certified[0]


def test_labels_are_certified_where_the_margin_is_large():
    net = pwlin.as_network([([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])])
    gap = pwlin.float_gap(net, [[0.3, 0.7], [0.5, 0.5], [0.5, np.nextafter(0.5, 1)]])
    assert gap.certified.tolist() == [True, False, False]
    assert gap.margins[0] == pytest.approx(0.4) and "1 of 3" in repr(gap)


def test_overflow_is_infinite():
    net = Network.from_arrays([[[1e30]], [[1e30]]], None)
    assert pwlin.float_gap(net, [[1e10]]).bound == np.inf
    assert pwlin.float_gap(net, [[1e10]], "float64").bound < np.inf


def test_a_network_for_digits():
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(m, n)) * np.sqrt(2 / n) for n, m in ((784, 256), (256, 256), (256, 10))]
    net = Network.from_arrays([w.astype(np.float32) for w in weights])
    images = rng.random((3, 784)).astype(np.float32) * (rng.random((3, 784)) < 0.3)
    gap = pwlin.float_gap(net, images)
    assert (gap.bounds >= gap.differences).all() and gap.bound < 2e-3
    assert gap.bound < 0.4 * pwlin.float_gap(net, images + np.float32(0.25)).bound  # zeros round nothing


def test_sparse_layers_are_bounded_as_dense_ones():
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=(m, n)) * (rng.random((m, n)) < 0.3) for n, m in ((6, 30), (30, 20), (20, 2))]
    dense = Network.from_arrays(weights, [rng.normal(size=len(w)) for w in weights], ("leaky_relu", "1/8"))
    layers = [
        Layer(SparseMatrix.of_dense(k.compact_weight), k.compact_bias, k.denominator, k.activations)
        for k in dense.layers
    ]
    sparse = Network(layers[:-1], layers[-1])
    for dtype in ("float16", "float32", "float64"):
        one, two = (pwlin.float_gap(net, samples(8, 6), dtype) for net in (sparse, dense))
        assert (one.bounds >= one.differences).all() and np.allclose(one.bounds, two.bounds, rtol=1e-9)


def test_an_overflow_of_both_signs_is_no_number():
    net = Network.from_arrays([[[6e4], [-6e4]], [[1, 1]]], [[0, 0], [0]], "identity")
    gap = pwlin.float_gap(net, [[2.0]], "float16")
    assert gap.bound == gap.observed == np.inf


@pytest.mark.parametrize(
    ("weights", "biases", "units", "at", "dtype"),
    [
        ([[[-1]], [[1e6]]], [[0], [1]], "relu", 1.0, "float16"),  # inf times the zero of a unit that is off
        ([[[1e39]]], [[1]], "relu", 0.0, "float32"),
        ([[[1]], [[1]]], [[0], [1e6]], "relu", 1.0, "float16"),
        ([[[1]], [[1]]], [[0], [1]], ("two_slope", 1e9, 1), 0.0, "float16"),
    ],
)
def test_what_is_infinite_in_these_floats_has_no_bound(weights, biases, units, at, dtype):
    gap = pwlin.float_gap(Network.from_arrays(weights, biases, units), [[at]], dtype)
    assert gap.bound == np.inf and not gap.certified.any()


@pytest.mark.parametrize(
    ("weight", "at", "dtype"), [(1e-8, 6e4, "float16"), (1e-44, 1e38, "float32"), (Q(1, 10**330), 1e308, "float64")]
)
def test_weights_below_the_normal_range_lose_digits(weight, at, dtype):
    first = pwlin.float_gap(Network.from_arrays([[[weight]]]), [[at]], dtype)
    assert 0 < first.observed <= first.bound
    slope = pwlin.float_gap(Network.from_arrays([[[1]], [[1]]], None, ("two_slope", weight, 1)), [[-at / 4]], dtype)
    assert 0 < slope.observed <= slope.bound


def test_gaps_that_are_refused():
    net = make((3, 4, 2), 0)
    for at, dtype in (([[1, 2]], "float32"), ([[1, 2, np.nan]], "float32"), ([[1, 2, 3]], "int8")):
        with pytest.raises(PwlinError):
            pwlin.float_gap(net, at, dtype)


def test_a_point_outside_has_no_label():
    labels = pwlin.labels(Network.from_arrays([[[1, 0], [0, 1]]]), [(-1, 1), (-1, 1)])
    assert labels((1, 0)) == 0 and labels((0, 1)) == 1
    with pytest.raises(DomainError, match=r"point: found \(2, 0\), outside of the domain"):
        labels((2, 0))


def test_rows_of_tables_are_samples():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [0.0, 1.0], "b": [2.0, 5.0]})
    net = Network.from_arrays([[[1, 2]]])
    assert pwlin.restrict(net, table.iloc[0], table.iloc[1]).exact(1) == net.exact((1, 5))
