"""Weights by name, pairs of arrays and safetensors files: what their layout says, and what is refused."""

import json

import numpy as np
import pytest

from pwlin import Network, as_network
from pwlin.base.errors import FormatError, PwlinError

NET = Network.from_arrays([[[1, 2], [3, 4], [5, 6]], [[1, -1, 2]]], [[1, 0, 0], [7]])


def safetensors(path, **tensors):
    """A file as the format's page says: 8 bytes for the length of a header, the header, the numbers."""
    header, data = {}, b""
    for name, (kind, array) in tensors.items():
        name = name.replace("__", ".")
        header[name] = {
            "dtype": kind,
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + array.nbytes],
        }
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def test_layouts():
    weights = [np.array([[1, 2], [3, 4], [5, 6]]), np.array([[1, -1, 2]])]
    biases = [np.array([1, 0, 0]), np.array([7])]
    assert as_network(list(zip(weights, biases))) == NET
    assert as_network([(w.T, b) for w, b in zip(weights, biases)], layout="keras") == NET
    assert as_network([(w.T.tolist(), b.tolist()) for w, b in zip(weights, biases)], layout="keras") == NET
    named = {"a.weight": weights[0], "a.bias": biases[0], "b.weight": weights[1], "b.bias": biases[1]}
    assert as_network(named, activation="relu") == NET and as_network(named, activation="relu").name(0, 2) == (
        "a",
        (2,),
    )
    turned = {key: value.T if value.ndim == 2 else value for key, value in named.items()}
    assert as_network(turned, activation="relu", layout="keras") == NET
    assert as_network(NET) is NET


def test_paths(tmp_path):
    NET.save(tmp_path / "net.npz")
    assert as_network(tmp_path / "net.npz") == as_network(str(tmp_path / "net.npz")) == NET


def test_brain_floats_are_the_upper_halves_of_floats(tmp_path):
    halves = np.array([[0x3FC0], [0xC040]], dtype="<u2")  # 1.5 and -3
    path = safetensors(
        tmp_path / "a.safetensors", a__weight=("BF16", halves), b__weight=("F32", np.ones((1, 2), "<f4"))
    )
    assert as_network(path, activation="relu") == Network.from_arrays([[[1.5], [-3]], [[1, 1]]])


@pytest.mark.parametrize(
    ("kind", "array"), [("F8_E4M3", np.zeros((1, 1), "u1")), ("I64", np.zeros((1, 1), "<i8")), ("F64", np.zeros(3))]
)
def test_tensors_that_are_refused(tmp_path, kind, array):
    with pytest.raises(FormatError, match="found"):
        as_network(safetensors(tmp_path / "a.safetensors", a__weight=(kind, array)), activation="relu")


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": 3, "data_offsets": [0, 4]},
        {"dtype": "F32"},
        7,
        {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 400]},
    ],
)
def test_headers_that_are_refused(tmp_path, entry):
    text = json.dumps({"a.weight": entry}).encode()
    path = tmp_path / "a.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(4))
    with pytest.raises(FormatError, match=r"a\.safetensors: found"):
        as_network(path, activation="relu")


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ({"a.weight": "text"}, {"activation": "relu"}),
        ({"a.weight": np.array([["b"]])}, {"activation": "relu"}),
        ({"a.weight": np.ones((1, 1))}, {}),
        ({"a.bias": np.ones(1)}, {"activation": "relu"}),
        ([([[1]], None)], {"layout": "rows"}),
        ([([[1]], None)], {"layout": 3}),
        ([([[1]], None)], {"head": "keep"}),
        ([([[1]], None)], {"input_shape": (0,)}),
        ([([[1]], None)], {"input_shape": "abc"}),
        ("nowhere.onnx", {}),
        ({}, {}),
    ],
)
def test_what_is_refused(model, options):
    with pytest.raises(PwlinError, match=r": found "):
        as_network(model, **options)
