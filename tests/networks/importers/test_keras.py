"""Keras: what comes in is what the model computes, or it is refused by name."""

import os
import zipfile
from importlib.util import find_spec

import numpy as np
import pytest

import pwlin
from pwlin.base.errors import FormatError, PwlinError, UnsupportedLayerError

if "KERAS_BACKEND" not in os.environ and find_spec("torch"):
    os.environ["KERAS_BACKEND"] = "torch"  # before Keras is loaded
keras = pytest.importorskip("keras", reason="needs Keras and a backend")
L = keras.layers


def agrees(model, **options):
    """The network of a model with random weights, which agrees with the model to single precision."""
    rng = np.random.default_rng(1)
    for w in model.weights:
        w.assign(rng.uniform(0.2, 1, w.shape).astype(np.float32))
    net = pwlin.as_network(model, **options)
    x = rng.normal(size=(50, *model.inputs[0].shape[1:])).astype(np.float32)
    want = keras.ops.convert_to_numpy(model(x, training=False)).reshape(50, -1)
    assert np.allclose(
        np.asarray(net(x.reshape(50, -1).astype(float))).reshape(50, -1), want, rtol=1e-4, atol=1e-4 * abs(want).max()
    )
    return net


LAYERS = [
    L.MaxPooling2D(3, 2, "same"),
    L.AveragePooling2D(2, 2),
    L.Conv2D(2, 3, 2, "same", activation="relu"),
    L.Conv2D(2, 3, 1, "same", dilation_rate=2),
    L.DepthwiseConv2D(2, depth_multiplier=2),
    L.PReLU(shared_axes=[1, 2]),
    L.UpSampling2D(2),
    L.ZeroPadding2D(((1, 2), (0, 1))),
    L.Cropping2D(1),
    L.GlobalAveragePooling2D(),
    L.GlobalMaxPooling2D(keepdims=True),
    L.BatchNormalization(),
    L.BatchNormalization(axis=1),
    L.ReLU(6),
    L.ReLU(max_value=2, negative_slope=0.5),
    L.LeakyReLU(0.25),
    L.Flatten(),
    L.Permute((2, 3, 1)),
    L.Reshape((-1, 3)),
    L.Activation("hard_sigmoid"),
    L.Activation("relu6"),
    L.Rescaling(0.5, 0.25),
    L.Dropout(0.5),
    L.Conv2DTranspose(2, 3, 2, activation="relu"),
    L.Conv2DTranspose(2, (2, 3), (3, 2), "same", output_padding=(1, 0)),
    L.SeparableConv2D(4, 3, depth_multiplier=2, padding="same"),
    L.EinsumDense("...x,xy->...y", (5, 4), bias_axes="y"),
    L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 2.0, 0.0]),
]


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_transposed_convolutions_are_cut_as_keras_cuts_them(padding):
    for kernel in (2, 3):
        for stride, dilation in ((1, 1), (2, 1), (3, 1), (1, 2)):
            for longer in (None, *range(stride)):
                layer = L.Conv1DTranspose(1, kernel, stride, padding, output_padding=longer, dilation_rate=dilation)
                agrees(keras.Sequential([L.Input((4, 1)), layer]))


OPERATIONS = {
    "constants": lambda x: 1 - (2 * x + np.arange(4, dtype=np.float32)) / 4,
    "between": lambda x: keras.ops.maximum(keras.ops.minimum(x, 0.3), -x),
    "activations": lambda x: keras.ops.relu(x) - keras.ops.relu6(x) + keras.ops.leaky_relu(x, 0.25) + abs(x),
    "clip": lambda x: keras.ops.clip(x, -0.1, 0.2) + keras.ops.hard_sigmoid(x) + keras.ops.hard_tanh(-x),
    "reduced": lambda x: keras.ops.sum(x, axis=1, keepdims=True) + keras.ops.max(x, axis=-1, keepdims=True),
    "moved": lambda x: keras.ops.concatenate([x[:, 1:3], keras.ops.flip(x, 1), 2 * x[:, :1]], axis=-1),
    "shaped": lambda x: keras.ops.transpose(keras.ops.reshape(x, (-1, 2, 2)), (0, 2, 1)) - keras.ops.ones((2, 2)),
    "matmul": lambda x: keras.ops.matmul(x, np.arange(8, dtype=np.float32).reshape(4, 2)),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_functions_of_keras_ops(name, tmp_path):
    i = L.Input((4,))
    agrees(keras.Model(i, OPERATIONS[name](L.Dense(4)(i))))


def test_functions_of_keras_ops_in_files(tmp_path):
    i = L.Input((4,))
    model = keras.Model(i, keras.ops.relu(L.Dense(4)(i) * 2 - 1)[:, 1:])
    net = agrees(model)
    model.save(tmp_path / "model.keras")
    assert pwlin.as_network(tmp_path / "model.keras") == net


INPUT = L.Input((3,))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_layers(layer):
    agrees(keras.Sequential([L.Input((6, 5, 3)), layer]))


def test_a_functional_model():
    i = L.Input((8, 8, 3))
    x = L.Conv2D(4, 3, padding="same", strides=2, activation="relu", name="stem")(i)
    y = L.BatchNormalization()(L.Conv2D(4, 3, padding="same")(x))
    x = L.ReLU(6)(L.Add()([x, y]))
    x = L.Concatenate()([L.MaxPooling2D(2)(x), L.AveragePooling2D(2)(x)])
    net = agrees(keras.Model(i, L.Dense(3)(L.Flatten()(x))))
    assert net.name(0, 5)[0] == "stem" and any("batch norm" in note for note in net.notes)


def test_a_model_that_is_used_twice():
    block = keras.Sequential([L.Input((4,)), L.Dense(4, activation="relu")])
    i = L.Input((4,))
    assert agrees(keras.Model(i, L.Maximum()([block(block(i)), i]))).widths == (4, 4, 4)


def test_a_head_and_a_file(tmp_path):
    model = keras.Sequential(
        [L.Input((4, 6)), L.Conv1D(3, 2, padding="causal"), L.Flatten(), L.Dense(3, activation="softmax")]
    )
    with pytest.raises(UnsupportedLayerError, match="softmax"):
        pwlin.as_network(model)
    net = pwlin.as_network(model, head="drop")
    model.save(tmp_path / "model.keras")
    assert pwlin.as_network(tmp_path / "model.keras", head="drop") == net and "cut off" in net.notes[-1]


class Dense(L.Dense):
    def call(self, inputs):
        return 0 * inputs


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.Sequential([L.Input((3,)), Dense(2)]),
        lambda: keras.Sequential([L.Input((3,)), L.Lambda(lambda x: 2 * x)]),
        lambda: keras.Sequential([L.Input((3,)), L.Dense(2, activation="tanh")]),
        lambda: keras.Sequential([L.Input((3,)), L.LayerNormalization()]),
        lambda: keras.Sequential([L.Dense(2)]),
        lambda: keras.Sequential([L.Input((None, 3)), L.Dense(2)]),
        lambda: keras.Sequential([L.Input((3,)), L.ReLU(threshold=1.0)]),
        lambda: keras.Sequential([L.Input((3,)), L.LeakyReLU(float("nan"))]),
        lambda: keras.Model(INPUT, keras.ops.average(INPUT, axis=-1)),
        lambda: keras.Model(INPUT, INPUT * L.Dense(3)(INPUT)),
        lambda: keras.Model(INPUT, keras.ops.tanh(INPUT)),
        lambda: keras.Model(INPUT, keras.ops.max(INPUT, axis=1, initial=2.0)),
        lambda: keras.Model(INPUT, L.Dropout(0.5)(INPUT, training=True)),
        lambda: keras.Model(INPUT, keras.ops.softmax(INPUT) + 1),
    ],
)
def test_what_cannot_be_read_is_refused(make):
    with pytest.raises(PwlinError):
        pwlin.as_network(make())


def test_every_layer_that_is_read_may_stand_in_a_file():
    from pwlin.networks.importers.keras.layers import LAYERS as READ
    from pwlin.networks.importers.keras.names import IDENTITIES, KNOWN

    assert READ.keys() | IDENTITIES <= KNOWN and not READ.keys() & IDENTITIES
    assert all(hasattr(L, name) for name in READ.keys() | IDENTITIES)


def test_files_that_ask_for_many_weights_are_refused_before_there_are_any(tmp_path):
    model = keras.Sequential([L.Input((3,)), L.Dense(41), L.Dense(43)])
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    text = entries["config.json"].decode()
    for small, large in (("41", "60000"), ("43", "50000")):
        text = text.replace(f'"units": {small}', f'"units": {large}').replace(f"null, {small}]", f"null, {large}]")
    entries["config.json"] = text.encode()
    with zipfile.ZipFile(tmp_path / "large.keras", "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    with pytest.raises(FormatError, match="3000290000 weights in a file"):
        pwlin.as_network(tmp_path / "large.keras")
    assert pwlin.as_network(tmp_path / "model.keras").output_dim == 43
    with pytest.raises(FormatError, match=r"keras\.saving\.load_model"):
        (tmp_path / "old.h5").write_bytes(b"")
        pwlin.as_network(tmp_path / "old.h5")


def test_files_with_foreign_layers_are_not_opened(tmp_path):
    model = keras.Sequential([L.Input((3,)), L.Lambda(lambda x: 2 * x)])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(UnsupportedLayerError, match="Lambda"):
        pwlin.as_network(tmp_path / "lambda.keras")
    with zipfile.ZipFile(tmp_path / "empty.keras", "w"):
        pass
    (tmp_path / "noise.keras").write_bytes(b"PK" + bytes(100))
    for name in ("empty.keras", "noise.keras"):
        with pytest.raises(FormatError, match=name):
            pwlin.as_network(tmp_path / name)
