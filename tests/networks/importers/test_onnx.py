"""ONNX: the models that the package tests backends with, files that are damaged or hostile, and models in the field."""

import contextlib
import os
from fractions import Fraction as Q
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import pwlin  # noqa: E402
from pwlin.base.errors import FormatError, PwlinError, UnsupportedLayerError  # noqa: E402

MODELS = Path(os.environ.get("PWLIN_MODELS", Path(__file__).parents[4] / "shared" / "models"))


def in_the_field(name):
    return pytest.param(
        MODELS / name, marks=pytest.mark.skipif(not (MODELS / name).exists(), reason=f"{name} is not here")
    )


def make(nodes, shape=(1, 3), constants=(), opset=18, output="y", kind=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_empty_tensor_value_info(output)],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in dict(constants).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def backend_cases():
    from onnx.backend.test.case.node import collect_testcases

    for case in collect_testcases(None):
        if case.model is None or len(case.model.graph.output) != 1 or not case.data_sets:
            continue
        inputs, outputs = case.data_sets[0]
        if len(inputs) != len(case.model.graph.input) or not all(
            isinstance(v, np.ndarray) for v in [*inputs, *outputs]
        ):
            continue
        yield case, inputs, outputs[0]


def test_backend_models_agree_or_are_refused_by_name():
    agree, refused = 0, 0
    for case, inputs, want in backend_cases():
        given = case.model.graph.input
        for k, value in enumerate(inputs):  # each input in turn is the network's, the others are constants
            if value.dtype.kind != "f" or value.size > 20_000:
                continue
            model = onnx.ModelProto()
            model.CopyFrom(case.model)
            del model.graph.input[:]
            model.graph.input.append(given[k])
            others = [numpy_helper.from_array(v, given[j].name) for j, v in enumerate(inputs) if j != k]
            model.graph.initializer.extend(others)
            try:
                net = pwlin.as_network(model)
            except PwlinError as error:
                refused += 1
                assert ("found" in str(error) or "cannot" in str(error)) and ":" in str(error), str(error)
                continue
            got = np.asarray(net(value.astype(np.float64).reshape(1, -1)))
            tolerance = 2e-3 if value.dtype == np.float16 else 1e-4
            digits = 1e-4 if "ceil_last_window" in case.name else 1e-5  # its stored numbers have four digits
            assert np.allclose(got.ravel(), want.astype(np.float64).ravel(), rtol=tolerance, atol=digits), case.name
            agree += 1
    assert agree > 380 and refused > 1000


def test_a_last_window_that_begins_on_the_padding_is_left_out():
    pool = helper.make_node(
        "AveragePool", ["x"], ["y"], kernel_shape=[3, 3], strides=[3, 3], pads=[1] * 4, ceil_mode=1, count_include_pad=1
    )
    net = pwlin.as_network(make([pool], (1, 1, 2, 2)))
    assert net.exact((1, 2, 4, 9)) == Q(16, 9) and net.output_dim == 1


@pytest.mark.parametrize("path", [in_the_field("ACASXU_5_9.onnx")])
def test_aircraft_collision_avoidance(path):
    net = pwlin.as_network(path)
    assert net.widths == (50,) * 6 and net.name(0, 7) == ("relu_1", (7,))
    f = pwlin.extract(net.restrict([Q(-1, 2)] * 5, [1] * 5), (0, 1))
    assert len(f[0].breakpoints) == 228 and len(f[0].kinks) == 18


@pytest.mark.parametrize("path", [in_the_field("ACASXU_1_1.onnx")])
def test_aircraft_collision_avoidance_on_another_line(path):
    p, q = (Q(-1, 4), 0, 0, Q(1, 4), Q(1, 4)), (Q(-1, 4), Q(1, 2), Q(-1, 2), Q(1, 4), Q(1, 4))
    f = pwlin.extract(pwlin.as_network(str(path)).restrict(p, [b - a for a, b in zip(p, q)]), (0, 1))
    assert [len(g.kinks) for g in f] == [292] * 5 and f[0].kinks[0].location == Q(74273, 155912144)


@pytest.mark.parametrize("path", [in_the_field("ACASXU_1_1.onnx")])
def test_aircraft_collision_avoidance_in_a_plane(path):
    origin = (Q(1, 2), 0, 0, Q(9, 20), Q(-9, 20))
    plane = pwlin.as_network(path).restrict(origin, (0, 1, 0, 0, 0), (0, 0, 1, 0, 0))
    for f in pwlin.extract(plane, [(Q(-1, 2), Q(1, 2))] * 2):
        assert f.n_regions == f.n_pieces == len(f.pieces) == 5528


@pytest.mark.parametrize("path", [in_the_field("conv_mp1.onnx"), in_the_field("cnn_max_mninst3.onnx")])
def test_convolutions_with_max_pools(path):
    model = onnx.load(path)
    net = pwlin.as_network(model)
    evaluator = onnx.reference.ReferenceEvaluator(model)
    shape = [d.dim_value or 1 for d in model.graph.input[-1].type.tensor_type.shape.dim]
    for x in np.random.default_rng(0).normal(size=(5, net.input_dim)).astype(np.float32):
        (want,) = evaluator.run(None, {model.graph.input[-1].name: x.reshape(shape)})
        assert np.allclose(net(x), want.ravel(), rtol=1e-4, atol=1e-4)
    assert pwlin.as_network(path) == net


def test_weights_on_the_left_and_scaled():
    w = np.arange(6, dtype=np.float32).reshape(2, 3)
    nodes = [
        helper.make_node("Gemm", ["w", "x", "b"], ["z"], transB=1, alpha=0.5, beta=2.0),
        helper.make_node("Relu", ["z"], ["y"], "act"),
    ]
    net = pwlin.as_network(make(nodes, (1, 3), {"w": w, "b": np.ones((2, 1), np.float32)}))
    assert net.exact((1, 2, 3)) == (Q(8, 2) + 2, Q(26, 2) + 2) and net.name(0, 1) == ("act", (1, 0))


def test_a_head():
    model = make([helper.make_node("Relu", ["x"], ["z"]), helper.make_node("Softmax", ["z"], ["y"], "probabilities")])
    with pytest.raises(UnsupportedLayerError, match=r"probabilities: found Softmax"):
        pwlin.as_network(model)
    assert "probabilities" in pwlin.as_network(model, head="drop").notes[0]


def test_unknown_sizes_are_asked_for():
    model = make([helper.make_node("Relu", ["x"], ["y"])], ("batch", "n"))
    with pytest.raises(FormatError, match="input_shape="):
        pwlin.as_network(model)
    assert pwlin.as_network(model, input_shape=(4,)).widths == (4,)
    with pytest.raises(FormatError, match="input_shape"):
        pwlin.as_network(make([helper.make_node("Relu", ["x"], ["y"])]), input_shape=(4,))


@pytest.mark.parametrize("kind", ["Conv", "ConvTranspose", "MaxPool"])
@pytest.mark.parametrize("sizes", [{"pads": [10**12] * 2}, {"dilations": [10**12]}, {"strides": [10**12]}])
def test_windows_of_absurd_sizes_are_refused_before_memory_is_taken(kind, sizes):
    more = {"kernel_shape": [2]} if kind == "MaxPool" else {}
    weight = {} if more else {"w": np.ones((1, 1, 2), np.float32)}
    model = make([helper.make_node(kind, ["x", *weight], ["y"], **sizes, **more)], (1, 1, 4), weight)
    if "strides" in sizes and kind != "ConvTranspose":
        assert pwlin.as_network(model).output_dim == 1
    else:
        with pytest.raises(PwlinError):
            pwlin.as_network(model)


HOSTILE = {
    "cycle": [helper.make_node("Add", ["x", "y"], ["z"]), helper.make_node("Relu", ["z"], ["y"])],
    "huge Expand": [helper.make_node("Expand", ["x", "huge"], ["y"])],
    "huge constant": [helper.make_node("ConstantOfShape", ["huge"], ["c"]), helper.make_node("Add", ["x", "c"], ["y"])],
    "huge Tile": [helper.make_node("Tile", ["x", "huge"], ["y"])],
    "huge Pad": [helper.make_node("Pad", ["x", "pads"], ["y"])],
    "huge Range": [
        helper.make_node("Range", ["zero", "end", "one"], ["c"]),
        helper.make_node("Add", ["x", "c"], ["y"]),
    ],
    "outer product": [helper.make_node("Add", ["row", "column"], ["c"]), helper.make_node("Add", ["x", "c"], ["y"])],
    "foreign domain": [helper.make_node("Relu", ["x"], ["y"], domain="com.example")],
    "no output": [helper.make_node("Relu", ["x"], ["z"])],
    "wrong shapes": [helper.make_node("MatMul", ["x", "huge"], ["y"])],
    "infinite": [helper.make_node("Add", ["x", "infinite"], ["y"])],
    "window of padding": [helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[1], pads=[3, 3])],
}
for name, between in (("doubling", []), ("doubling units", ["Relu"])):
    HOSTILE[name] = []
    for i in range(40):
        last, first = (
            "x" if i == 0 else f"t{i - 1}",
            "y" if i == 39 and not between else f"{'s' if between else 't'}{i}",
        )
        HOSTILE[name].append(helper.make_node("Concat", [last, last], [first], axis=1))
        HOSTILE[name] += [helper.make_node(kind, [first], ["y" if i == 39 else f"t{i}"]) for kind in between]
HOSTILE["averages of averages"] = [
    helper.make_node("Reshape", ["x", "square"], ["s"]),
    helper.make_node("Resize", ["s", "", "scales"], ["r"], mode="nearest"),
    helper.make_node("AveragePool", ["r"], ["a"], kernel_shape=[99, 99], pads=[49] * 4),
    helper.make_node("AveragePool", ["a"], ["y"], kernel_shape=[99, 99], pads=[49] * 4),
]
CONSTANTS = {
    "square": np.array([1, 1, 1, 3]),
    "scales": np.array([1, 1, 60, 20], np.float32),
    "huge": np.array([10**6, 10**6]),
    "pads": np.array([0, 0, 10**6, 10**6]),
    "zero": np.array(0),
    "end": np.array(10**12),
    "one": np.array(1),
    "row": np.zeros((1, 10**5), np.float32),
    "column": np.zeros((10**5, 1), np.float32),
    "infinite": np.array([np.inf], np.float32),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_graphs(name):
    with pytest.raises(PwlinError):
        pwlin.as_network(make(HOSTILE[name], constants=CONSTANTS))


def test_inputs_that_are_too_large():
    with pytest.raises(PwlinError, match="accepted are up to"):
        pwlin.as_network(make([helper.make_node("Relu", ["x"], ["y"])], (1, 10**7)))


def test_hostile_files(tmp_path):
    model = make([helper.make_node("MatMul", ["x", "w"], ["y"])], constants={"w": np.ones((3, 2), np.float32)})
    raw = model.SerializeToString()
    for n, data in enumerate(
        (raw[: len(raw) // 2], b"", b"\xff" * 100, raw.replace(b"\x08\x03\x08\x02", b"\x08\x03\x08\x63"))
    ):
        (tmp_path / f"{n}.onnx").write_bytes(data)
        with pytest.raises(FormatError, match=rf"{n}\.onnx"):
            pwlin.as_network(tmp_path / f"{n}.onnx")
    with pytest.raises(FormatError, match="no file"):
        pwlin.as_network(tmp_path / "missing.onnx")
    with pytest.raises(FormatError, match="suffix"):
        (tmp_path / "model.bin").write_bytes(raw)
        pwlin.as_network(tmp_path / "model.bin")


def test_external_data_from_inside_the_folder_only(tmp_path):
    folder = tmp_path / "inside"
    folder.mkdir()
    data = np.arange(6, dtype="<f4")
    for place in (tmp_path / "secret.bin", folder / "weights.bin"):
        place.write_bytes(data.tobytes())
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    for location in ("weights.bin", "../secret.bin", str(tmp_path / "secret.bin"), "link.bin", "missing.bin", ""):
        model = make([helper.make_node("MatMul", ["x", "w"], ["y"])], constants={"w": data.reshape(3, 2)})
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)
        (folder / "model.onnx").write_bytes(model.SerializeToString())
        if location == "weights.bin":
            assert pwlin.as_network(folder / "model.onnx").exact((0, 1, 0)) == (2, 3)
        else:
            with pytest.raises(FormatError, match="inside the folder"):
                pwlin.as_network(folder / "model.onnx")
    with pytest.raises(FormatError, match="path of the model"):
        pwlin.as_network(model)


def test_damaged_bytes(tmp_path):
    model = make(
        [helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node("Relu", ["z"], ["y"])],
        constants={"w": np.ones((3, 2), np.float32)},
    )
    raw, rng = model.SerializeToString(), np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(raw)
        for at in rng.integers(0, len(raw), 2):
            damaged[at] = rng.integers(256)
        (tmp_path / "damaged.onnx").write_bytes(damaged)
        with contextlib.suppress(PwlinError):
            pwlin.as_network(tmp_path / "damaged.onnx")


def test_operators_as_older_versions_had_them():
    node = helper.make_node
    clipped = make([node("Clip", ["x"], ["y"], min=-0.5, max=2.0)], opset=6)
    assert pwlin.as_network(clipped).exact((-1, 1, 3)) == (Q(-1, 2), 1, 2)
    open_above = make([node("Clip", ["x"], ["y"], min=0.0)], opset=6)
    assert pwlin.as_network(open_above).exact((-1, 1, 3)) == (0, 1, 3)
    slopes = make([node("PRelu", ["x", "s"], ["y"])], opset=6, constants={"s": np.array([0.5, 2, 4], np.float32)})
    assert pwlin.as_network(slopes).exact((-1, -1, 3)) == (Q(-1, 2), -2, 3)
    between = make(
        [node("Neg", ["x"], ["n"]), node("Clip", ["x", "n", "c"], ["y"])], constants={"c": np.array(2, np.float32)}
    )
    assert pwlin.as_network(between).exact((-1, 1, 3)) == (1, 1, 2)
    plain = make([node("ThresholdedRelu", ["x"], ["y"], alpha=0.0)])
    assert pwlin.as_network(plain).exact((-1, 1, 3)) == (0, 1, 3)


@pytest.mark.parametrize(
    ("kind", "options", "opset"),
    [
        ("ThresholdedRelu", {"alpha": 1.0}, 18),
        ("LeakyRelu", {"alpha": float("nan")}, 18),
        ("Dropout", {}, 6),
        ("Cast", {"to": TensorProto.INT64}, 18),
        ("MaxPool", {"kernel_shape": [2]}, 18),
        ("MaxPool", {}, 18),
        ("Shrink", {"lambd": -1.0}, 18),
    ],
)
def test_attributes_that_are_refused(kind, options, opset):
    with pytest.raises(PwlinError, match=r"found|cannot"):
        pwlin.as_network(make([helper.make_node(kind, ["x"], ["y"], **options)], opset=opset))
