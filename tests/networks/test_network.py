"""Exact numbers, networks, their files and their conversions."""

import pickle
from decimal import Decimal
from fractions import Fraction as Q

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import Network
from pwlin.base.errors import ActivationError, ExactnessError, FormatError, PwlinError, ShapeError
from pwlin.exact.rational import nearest_float, to_fraction, to_fraction_array
from pwlin.networks.importers import as_network
from pwlin.networks.layer import Layer
from tests.strategies.effort import examples
from tests.strategies.networks import networks, rationals

points = st.lists(rationals, min_size=2, max_size=2)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.1, Q(0.1)),
        ("0.65", Q(65, 100)),
        (" -1/3 ", Q(-1, 3)),
        ("1e-3", Q(1, 1000)),
        (np.float16(0.1), Q(float(np.float16(0.1)))),
        (np.float32(0.1), Q(float(np.float32(0.1)))),
        (np.int8(-3), Q(-3)),
        (np.array(2.5), Q(5, 2)),
        (sympy.Rational(2, 6), Q(1, 3)),
        (sympy.Integer(4), Q(4)),
        (sympy.Float("0.5"), Q(1, 2)),
        (flint.fmpq(2, 6), Q(1, 3)),
        (flint.fmpz(5), Q(5)),
        (Decimal("0.1"), Q(1, 10)),
        (Decimal("-1e400"), Q(-(10**400))),
        (Decimal("0e-999999999"), Q(0)),
        (1e-320, Q(1e-320)),
    ],
)
def test_numbers_go_in_losslessly(value, exact):
    assert to_fraction(value) == exact


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), np.float32("-inf"), 1j, True, np.bool_(False), None, "x", "1/0", "1e99999", "__import__",
     Decimal("NaN"), Decimal("1e999999999"), Decimal("1e-999999999"), sympy.Float("1e-99999"), sympy.sqrt(2), sympy.nan, sympy.oo, sympy.zoo, [1], "", "0x10", "1_000", b"1"],
)  # fmt: skip
def test_other_things_are_refused(value):
    with pytest.raises(ExactnessError, match="found"):
        to_fraction(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive_the_round_trip(x):
    assert nearest_float(to_fraction(x)) == x
    net = Network.from_arrays([np.array([[x]])])
    assert net.readout.weight[0, 0] == Q(x) and net.readout.weight_float[0, 0] == x


def test_arrays():
    assert to_fraction_array([["1/2", 3], [0.5, Q(1, 3)]], 2).tolist() == [[Q(1, 2), 3], [Q(1, 2), Q(1, 3)]]
    assert to_fraction_array(sympy.Matrix([[1, 2]]), 2).tolist() == [[1, 2]]
    assert to_fraction_array(flint.fmpq_mat([[flint.fmpq(1, 2)]]), 2).tolist() == [[Q(1, 2)]]
    for bad in ([[1], [1, 2]], [1, 2], [[[1]]], 3, "12", [["1"], "1"]):
        with pytest.raises(ShapeError):
            to_fraction_array(bad, 2)
    with pytest.raises(ExactnessError, match=r"w\[1, 0\]"):
        to_fraction_array(np.array([[1.0], [np.nan]]), 2, "w")


@examples(100)
@given(networks(inputs=2, outputs=2), points)
def test_exact_evaluation_follows_the_definition(net, point):
    values = list(point)
    for k, layer in enumerate(net.layers):
        z = [sum((w * v for w, v in zip(row, values)), b) for row, b in zip(layer.weight, layer.bias)]
        values = [unit(v) for unit, v in zip(layer.activations, z)]
        if k < len(net.hidden):
            assert net.pattern(point)[k] == tuple(v > 0 or u.is_linear for u, v in zip(layer.activations, z))
    assert net.exact(point) == tuple(values)


@examples(100)
@given(networks(inputs=2, outputs=2), networks(inputs=2, outputs=2), points, rationals)
def test_restriction_and_composition(outer, inner, point, t):
    assert (outer @ inner).exact(point) == outer.exact(inner.exact(point))
    direction = [1, Q(-1, 3)]
    line = outer.restrict(point, direction)
    assert line.input_dim == 1
    assert line.exact(t) == outer.exact([p + t * d for p, d in zip(point, direction)])
    assert outer.output(1).exact(point) == outer.exact(point)[1]


@examples(60)
@given(net=networks(inputs=2))
def test_files_and_copies_keep_every_weight(tmp_path_factory, net):
    path = tmp_path_factory.mktemp("nets") / "net.npz"
    net.save(path)
    assert Network.load(path) == net == pickle.loads(pickle.dumps(net))
    assert hash(Network.load(path)) == hash(net)
    assert [p.name for p in path.parent.iterdir()] == ["net.npz"]


def test_float_evaluation_shapes():
    rng = np.random.default_rng(0)
    net = Network.from_arrays([rng.normal(size=(5, 3)), rng.normal(size=(2, 5))], [rng.normal(size=5), [0, 1]])
    x = rng.normal(size=(4, 7, 3))
    assert net(x).shape == (4, 7, 2) and net(x[0, 0]).shape == (2,)
    assert np.max(np.abs(net(x)[1, 2] - [float(v) for v in net.exact(x[1, 2])])) < 1e-12
    one = Network.from_arrays([[[1]], [[2]]])
    assert one(3) == 6.0 and isinstance(one(3), float)
    assert one([1, 2]).tolist() == [2.0, 4.0] and one([[1], [2]]).tolist() == [[2.0], [4.0]]
    with pytest.raises(ShapeError, match=r"\(\.\.\., 3\)"):
        net(np.zeros(4))


def test_activations_per_layer_and_neuron():
    net = Network.from_arrays(
        [[[1], [1], [1]], [[1, 1, 1]], [[1]]], activation=[("prelu", ["1/2", 0, -1]), ("two_slope", 2, 3)]
    )
    assert net.exact(-2) == 2 * (-1 + 0 + 2) * Q(3, 2)
    assert [a.name for a in net.hidden[0].activations] == ["leaky_relu(1/2)", "relu", "abs"]
    for bad in ("swish", ("leaky_relu",), ["relu"], ("prelu", [1]), ("leaky_relu", "x"), 3, [["relu"], "relu"]):
        with pytest.raises(ActivationError, match="found"):
            Network.from_arrays([[[1], [1]], [[1, 1], [1, 1]], [[1, 1]]], activation=bad)


def test_rationalize_rounds_visibly():
    net = Network.from_arrays([[[0.333]], [["1/8"]]], [[0.005], [1]]).rationalize(100)
    assert net.hidden[0].weight[0, 0] == Q(33, 100) and net.readout.weight[0, 0] == Q(12, 100)
    assert net.hidden[0].bias[0] == Q(1, 100) if Q(0.005) > Q(1, 200) else net.hidden[0].bias[0] == 0
    with pytest.raises(pwlin.PwlinError, match="denominator"):
        net.rationalize(0)


@pytest.mark.parametrize(
    ("weights", "biases"),
    [
        ([], None),
        ([[[1]], [[1, 2]]], None),
        ([[[1]]], [[1], [2]]),
        ([[[1]]], [[1, 2]]),
        ([[1]], None),
        ([[]], None),
        ([[[]]], None),
    ],
)
def test_wrong_shapes_are_refused(weights, biases):
    with pytest.raises(ShapeError, match="found"):
        Network.from_arrays(weights, biases)


def test_networks_cannot_be_changed():
    net = Network.from_arrays([np.array([[1.0]])])
    with pytest.raises(AttributeError):
        net.readout = None
    with pytest.raises(ValueError, match="read-only"):
        net.readout.weight_float[0, 0] = 2
    with pytest.raises(ValueError, match="read-only"):
        net.readout.weight_integers[0, 0] = 2
    assert repr(net) == "Network(1-1, linear)" and len({net, Network.from_arrays([[[1]]])}) == 1


def test_files_that_are_no_networks(tmp_path):
    path = tmp_path / "x.npz"
    path.write_bytes(b"PK nonsense")
    with pytest.raises(FormatError):
        Network.load(path)
    np.savez(path, a=np.zeros(3))
    with pytest.raises(FormatError):
        Network.load(path)
    np.savez(path, header=np.array(['{"format": "pwlin-network"}'], dtype=object))  # would need unpickling
    with pytest.raises(FormatError):
        Network.load(path)
    np.save(tmp_path / "bare.npy", np.zeros(3))
    with pytest.raises(FormatError):
        Network.load(tmp_path / "bare.npy")
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "missing.npz")


def test_as_network():
    net = Network.from_arrays([[[1], [-1]], [[1, 1]]])
    assert as_network(net) is net
    assert as_network([([[1], [-1]], None), ([[1, 1]], [0])]) == net
    assert pwlin.extract([([[1], [-1]], None), ([[1, 1]], [0])]) == pwlin.extract(net)
    with pytest.raises(FormatError, match=r"builtins\.dict"):
        as_network({})
    square = [([[1, 2], [3, 4]], None), ([[1, 1]], None)]
    assert as_network(square).exact((1, 0)) == 4 and as_network(square, layout="torch") == as_network(square)
    with pytest.raises(FormatError, match="layout"):
        as_network(square, layout="rows")
    turned = [([[1, 3], [2, 4]], None), ([[1], [1]], None)]
    assert as_network(turned, layout="keras") == as_network(square)


@pytest.mark.parametrize("weight", [[[0.5, -0.0], [3.0, 1e-3]], [[1e300, 5e-324]], [[1.7e308]], [[0.0]]])
@pytest.mark.parametrize("bias", [None, 0.1])
def test_layers_from_floats_are_those_from_integers(weight, bias):
    weight = np.array(weight)
    layer = Layer.from_arrays(weight, None if bias is None else np.full(len(weight), bias))
    other = Layer(layer.weight_integers, layer.bias_integers, layer.denominator, layer.activations)
    assert layer == other and hash(layer) == hash(other) and not other.is_float
    assert layer.is_float == (np.abs(weight).max() < 1e301)
    assert np.array_equal(layer.weight_float, weight) and np.array_equal(other.weight_float, weight)
    assert np.array_equal(layer.bias_float, other.bias_float)
    assert layer.bits >= other.bits >= max(abs(v) for v in layer.weight_integers.flat).bit_length()
    assert all(type(v) is int for v in (*layer.weight_integers.flat, *layer.bias_integers))


def test_layers_take_integers_of_any_size_and_keep_their_own_copy():
    weight = np.array([[2**63 - 1, 3]])
    layer = Layer(weight, np.array([1]), 1, [pwlin.networks.activation.IDENTITY])
    weight[0, 1] = 4
    assert layer.weight_integers.tolist() == [[2**63 - 1, 3]] and layer.compact_weight.dtype == object


def test_floats_are_those_of_the_integers():
    for values in ([[0.1, -0.0], [5e-324, 1e300]], np.float32([[0.1, -3], [0, 1]])):
        kept = Network.from_arrays([np.array(values), [[1, 1]]])
        made = pickle.loads(pickle.dumps(kept))
        for a, b in zip(kept.layers, made.layers):
            assert a.weight_float.tobytes() == b.weight_float.tobytes()
            assert a.bias_float.tobytes() == b.bias_float.tobytes()
            assert not a.weight_float.flags.writeable and not a.bias_float.flags.writeable


def test_floats_that_overflow_on_the_way_are_decided_exactly():
    off = Network.from_arrays([[[-1e300], [1]], [[1e10, 1]]])  # a unit far below zero, 0 · ∞ in floats
    assert off(1e10) == 1e10 and off([1e10, -1e10]).tolist() == [1e10, np.inf]
    back = Network.from_arrays([[[1e300], [1]], [[1e-300, 1]]], [[0, 0], [1]])  # ∞ · 1e-300
    assert back(1e10) == 2e10 + 1
    sums = Network.from_arrays([[[1, 1, -1, -1]], [[1]]], None, "identity")  # ∞ − ∞, whatever the order
    assert sums([1.5e308, 1.5e308, 1.6e308, 1.7e308]).tolist() == [float(2 * Q(1.5e308) - Q(1.6e308) - Q(1.7e308))]
    long = Network.from_arrays([[[10**400], [0]], [[Q(1, 10**400), 1]]])  # weights beyond floats
    assert long(3.0) == 3.0 and long(np.array([[2.0], [-1.0]])).tolist() == [[2.0], [0.0]]
    assert np.isnan(off(np.nan)) and off(np.inf) != off(1.0)


WEIGHT = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def _forms(weight):
    pandas, sparse = pytest.importorskip("pandas"), pytest.importorskip("scipy.sparse")
    array = np.array(weight)
    yield pandas.DataFrame(weight, columns=["a", "b", "c"])
    yield array.view(np.matrix)
    yield np.ma.array(array, mask=False)
    yield from (sparse.csr_array(array), sparse.coo_matrix(array))
    yield from (array.astype(np.int64), array.astype(np.float16), array.astype(object), array.tolist())
    yield np.asfortranarray(array)


def test_arrays_of_other_libraries_are_read_as_they_stand():
    plain = Network.from_arrays([WEIGHT, [[1, 1]]], [[1, 2], [0]])
    pandas = pytest.importorskip("pandas")
    for weight in _forms(WEIGHT):
        assert Network.from_arrays([weight, [[1, 1]]], [pandas.Series([1, 2]), None]) == plain, type(weight)
        assert plain(weight).tolist() == plain(WEIGHT).tolist()
    assert plain.exact(pandas.Series([1, 2, 3])) == plain.exact([1, 2, 3])
    with pytest.raises(ExactnessError, match=r"layer 0 weight: found a masked array with 1 of 6 entries masked"):
        Network.from_arrays([np.ma.array(WEIGHT, mask=[[0, 0, 1], [0, 0, 0]]), [[1, 1]]])
    with pytest.raises(ExactnessError, match=r"^x: found a masked array"):
        plain(np.ma.array(WEIGHT, mask=[[0, 0, 1], [0, 0, 0]]))
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(ShapeError, match=r"found a sparse array of shape \(100000, 100000\)"):
        Network.from_arrays([sparse.csr_array((10**5, 10**5))])


def test_large_integers_stay_exact():
    n = 2**70 + 1
    for weight in ([[n]], np.array([[n]], dtype=object), [[str(n)]]):
        assert Network.from_arrays([weight]).exact(1) == n
    assert Network.from_arrays([np.array([[2**53 + 1]])]).exact(1) == 2**53 + 1
    assert Network.from_arrays([np.array([[2**64 - 1]], dtype=np.uint64)]).exact(1) == 2**64 - 1


@pytest.mark.parametrize("x", [None, "0.5", True, {0: 1}, {1}, [1, "a"], [[1], [1, 2]], 1j, [None], object()])
def test_what_is_no_point_is_refused(x):
    net = Network.from_arrays([[[1]]])
    with pytest.raises(PwlinError, match=r"^x: found "):
        net(x)
    if not isinstance(x, str):
        with pytest.raises(PwlinError, match=r"^point.*: found "):
            net.exact(x)


@pytest.mark.parametrize("index", ["a", 1.0, None, True, 2, -3, [0]])
def test_what_is_no_output_is_refused(index):
    net = Network.from_arrays([[[1], [2]]])
    with pytest.raises(ShapeError, match=r"^index: found .*; accepted are integers from -2 to 1$"):
        net.output(index)
    assert net.output(np.int64(-1)).exact(1) == 2


@pytest.mark.parametrize(
    "activation", [np.array(3), 3, None, {}, "tanh", ("leaky_relu",), ["relu", "relu"], ("prelu", [1, 2]), b"relu"]
)
def test_what_is_no_activation_is_refused(activation):
    with pytest.raises(ActivationError, match=r"^activation.*: found .*; accepted are "):
        Network.from_arrays([[[1]], [[1]]], None, activation)


@pytest.mark.parametrize("weights", [None, 3, "ab", {0: [[1]]}, [], [3], [{0: 1}], [[["a"]]], [[[1]], [[1, 2]]]])
def test_what_is_no_list_of_matrices_is_refused(weights):
    with pytest.raises(PwlinError, match=r"^(weights|layer 0 weight).*: found "):
        Network.from_arrays(weights)


def test_words_about_long_numbers():
    long = 10**5000
    net = Network.from_arrays([[[long]], [[1]]], None, ("two_slope", Q(1, long), long))
    assert len(repr(net)) < 120 and len(repr(net.hidden[0])) < 120
    for refused in (lambda: net.rationalize(-long), lambda: net.output(long), lambda: net.exact([long, long])):
        with pytest.raises(PwlinError):
            refused()


def test_parts_that_do_not_fit():
    net = Network.from_arrays([[[1], [2]], [[1, 1]]])
    for neuron in ((1, 0), (0, 2), (-1, 0), ("a", 0)):
        with pytest.raises(PwlinError, match=r"neuron: found .*; accepted are neurons of hidden widths \(2,\)"):
            net.name(*neuron)
    with pytest.raises(ShapeError, match="an activation on the last layer"):
        Network((), net.hidden[0])


def test_weights_the_other_way_round_are_noticed():
    weights, biases = [np.ones((2, 3)), np.ones((3, 4)), np.ones((4, 1))], [np.ones(3), None, np.zeros(1)]
    with pytest.raises(
        ShapeError, match=r"transposed they fit: layout= of pwlin\.as_network .*'keras' for \(n_in, n_out\)"
    ):
        Network.from_arrays(weights, biases)
    with pytest.raises(ShapeError, match="transposed they fit"):
        as_network(list(zip(weights, biases)))
    assert as_network(list(zip(weights, biases)), layout="keras").widths == (3, 4)
    for wrong in ([weights[0], weights[2]], [weights[0], [[1], [2, 3]]], [weights[0], np.ones(3)]):
        with pytest.raises(PwlinError) as caught:
            Network.from_arrays(wrong)
        assert "transposed" not in str(caught.value)


def test_what_holds_a_network_is_told_so():
    with pytest.raises(FormatError, match=r"TrainingRun \(its \.network is one\)"):
        as_network(pwlin.train("x", hidden=1, steps=1, progress=False))
