"""Network files: every weight comes back, whatever its length; anything else is refused by name and in little memory."""

import io
import json
import random
import tracemalloc
import warnings
import zipfile
from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin.base.errors import FormatError, PwlinError
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.activation import IDENTITY, RELU
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network


def npy(shape, kind, body=b""):
    header = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body


def text(letters):
    return npy((), f"<U{len(letters)}", letters.encode("utf-32-le"))


def header(**changed):
    return text(json.dumps({"format": "pwlin-network", "version": 1, "layers": 1, "slopes": [], **changed}))


GOOD = {"header": header(), "weight_0": npy((1, 1), "<f8", bytes(8)), "bias_0": npy((1,), "<f8", bytes(8))}


def written(path, **entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**GOOD, **entries}.items():
            archive.writestr(f"{name}.npy", data)
    return path


def refused(path):
    with warnings.catch_warnings(), pytest.raises(FormatError, match=path.name):
        warnings.simplefilter("ignore")
        Network.load(path)


def test_weights_of_any_length(tmp_path):
    long = Q(10**5000 + 7, 3**40)
    net = Network.from_arrays([[[long], [1]], [[1, 1 / long]]], [[0, long], [0]], ("two_slope", long, 1))
    net.save(tmp_path / "long.npz")
    assert Network.load(tmp_path / "long.npz") == net


def test_what_is_packed_tightly_can_be_read_again(tmp_path):
    weight = np.zeros((1, 4_300_000))
    weight[0, 7] = 0.1
    net = Network.from_arrays([weight])
    net.save(tmp_path / "zeros.npz")
    assert (tmp_path / "zeros.npz").stat().st_size > weight.nbytes
    assert np.array_equal(Network.load(tmp_path / "zeros.npz").readout.weight_float, weight)


def sparse_network(long=False):
    """With a sparse layer between dense ones; its entries are long or fit into int64."""
    rng = np.random.default_rng(0)
    rows, columns = np.nonzero(rng.random((40, 30)) < 0.1)
    values = rng.integers(1, 99, len(rows)) * rng.choice([-1, 1], len(rows))
    if long:
        values = values.astype(object) * 3**400 + 1
    matrix = SparseMatrix.of_entries(rows, columns, values, (40, 30))
    middle = Layer(
        matrix, np.arange(40, dtype=object) * (5**300 if long else 1), 7**30, (RELU,) * 30 + (IDENTITY,) * 10, 30
    )
    first = Layer.from_arrays(rng.normal(size=(30, 3))).with_activations((RELU,) * 30)
    return Network(
        [first, middle], Layer.from_arrays([["1/3"] * 40]), (((("a"), (30,)),), (("b", (5, 6)),)), ["a note"]
    )


@pytest.mark.parametrize("long", [False, True])
def test_sparse_layers_stay_sparse(tmp_path, long):
    net = sparse_network(long)
    net.save(tmp_path / "sparse.npz")
    for found in (Network.load(tmp_path / "sparse.npz"), Network.from_json(net.to_json())):
        assert found == net and found.widths == net.widths and found.unit_names == net.unit_names
        assert [layer.sparse is None for layer in found.layers] == [True, False, True]
        assert found.exact(["1/3", 1, -2]) == net.exact(["1/3", 1, -2])


def test_a_sparse_layer_takes_the_room_of_its_entries(tmp_path):
    n = 4_000  # 128 MB as a dense layer
    matrix = SparseMatrix((n, n), np.arange(n + 1), np.arange(n), np.arange(1, n + 1))
    net = Network([], Layer(matrix, np.zeros(n, dtype=np.int64), 3, (IDENTITY,) * n))
    tracemalloc.start()
    try:
        net.save(tmp_path / "sparse.npz")
        assert Network.load(tmp_path / "sparse.npz") == net
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


SPARSE = {
    "rows_0": npy((1,), "<i4", bytes(4)),
    "columns_0": npy((1,), "<i4", bytes(4)),
    "weight_0": npy((1,), "|S1", b"7"),
}
SPARSE["bias_0"] = npy((2,), "<i8", bytes(16))


@pytest.mark.parametrize(
    ("sparse", "changed"),
    [
        ([{"inputs": 10**12, "denominator": "1"}], {}),
        ([{"inputs": 0, "denominator": "1"}], {}),
        ([{"inputs": "3", "denominator": "1"}], {}),
        ([{"inputs": 3, "denominator": "0"}], {}),
        ([{"inputs": 3, "denominator": "-1"}], {}),
        ([{"inputs": 3, "denominator": 1}], {}),
        ([{"inputs": 3}], {}),
        ([3], {}),
        ({}, {}),
        ([], {}),
        ([{"inputs": 3, "denominator": "1"}], {"rows_0": npy((1,), "<i4", b"\x02\0\0\0")}),
        ([{"inputs": 3, "denominator": "1"}], {"rows_0": npy((1,), "<i4", b"\xff\xff\xff\xff")}),
        ([{"inputs": 3, "denominator": "1"}], {"columns_0": npy((1,), "<i4", b"\x03\0\0\0")}),
        ([{"inputs": 3, "denominator": "1"}], {"columns_0": npy((2,), "<i4", bytes(8))}),
        ([{"inputs": 3, "denominator": "1"}], {"rows_0": npy((2,), "<i4", bytes(8)), "columns_0": npy((2,), "<i4", bytes(8)),
                                               "weight_0": npy((2,), "|S1", b"77")}),
        ([{"inputs": 3, "denominator": "1"}], {"weight_0": npy((1,), "|S1", b"0")}),
        ([{"inputs": 3, "denominator": "1"}], {"weight_0": npy((1,), "|S1", b"g")}),
        ([{"inputs": 3, "denominator": "1"}], {"weight_0": npy((1, 1), "<f8", bytes(8))}),
        ([{"inputs": 3, "denominator": "1"}], {"bias_0": npy((0,), "<i8")}),
        ([{"inputs": 3, "denominator": "1"}], {"bias_0": npy((10**12,), "<i8", bytes(8))}),
    ],
)  # fmt: skip
def test_damage_within_sparse_layers(tmp_path, sparse, changed):
    good = [{"inputs": 3, "denominator": "f"}]
    net = Network.load(written(tmp_path / "good.npz", header=header(sparse=good), **SPARSE))
    assert net == Network.from_arrays([[["7/15", 0, 0], [0, 0, 0]]])
    refused(written(tmp_path / "damaged.npz", header=header(sparse=sparse), **{**SPARSE, **changed}))


def test_a_sound_file(tmp_path):
    assert Network.load(written(tmp_path / "good.npz")) == Network.from_arrays([[[0]]])


LCM = np.array([f"1/{10**9 + 2 * i + 1}" for i in range(40_000)])


@pytest.mark.parametrize(
    "changed",
    [
        {"weight_0": npy((10**9, 10**9), "<f8", bytes(8))},
        {"weight_0": npy((10**9, 10**9), "<U0")},
        {"weight_0": npy((10**18, 0), "<f8")},
        {"weight_0": npy((-1, -1), "<f8", bytes(8))},
        {"weight_0": npy((1,), "<f8", bytes(8))},
        {"weight_0": npy((1, 1), "<f8", bytes(16))},
        {"weight_0": npy((1, 1), "<f8", bytes(4))},
        {"weight_0": npy((1, 1), "|O", bytes(8))},
        {"weight_0": npy((1, 1), "<c16", bytes(16))},
        {"weight_0": npy((1, 1), "<i8", bytes(8))},
        {"weight_0": npy((1, 1), "<f8", np.array([np.nan]).tobytes())},
        {"weight_0": npy((1, 1), "<U1", b"\xff\xff\xff\xff")},
        {"weight_0": npy((1, 1), "<U6", np.array(["1e9999"]).tobytes())},
        {"weight_0": npy((1, 1), "<U3", np.array(["1/0"]).tobytes())},
        {"weight_0": npy((1, len(LCM)), LCM.dtype.str, LCM.tobytes())},
        {"weight_0": b"\x93NUMPY\x01\x00\xff\xff("},
        {"weight_0": b"\x93NUMPY\x01\x00\x05\x00((((\n"},
        {"weight_0": b""},
        {"header": text("[" * 10**6)},
        {"header": text('{"a":' * 10**5)},
        {"header": text("[" + "[]," * 10**5 + "1]")},
        {"header": text("1" * 5000)},
        {"header": header(layers=2)},
        {"header": header(layers=True, slopes={})},
        {"header": header(layers=2, slopes=[["0", "1"]])},
        {"header": header(layers=2, slopes=[[["0", "1e9999"]]])},
        {"header": header(layers=2, slopes=[[[0, 1]]])},
        {"header": header(units=[1])},
        {"header": header(units=[True])},
        {"header": header(notes="rounded")},
        {"header": header(notes=[1])},
        {"header": header(names="conv")},
        {"header": header(names=[["conv"]])},
        {"header": header(names=[[[1, [2]]]])},
        {"header": header(names=[[["conv", [-1]]]])},
        {"header": header(version=2)},
        {"header": header(format="other")},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_damage_within(tmp_path, changed):
    tracemalloc.start()
    try:
        refused(written(tmp_path / "damaged.npz", **changed))
        assert tracemalloc.get_traced_memory()[1] < 150e6
    finally:
        tracemalloc.stop()


def test_a_bomb(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.npy", GOOD["header"])
        with archive.open("weight_0.npy", "w") as stream:
            stream.write(npy((1, 5_000_000), "<f8"))
            for _ in range(40):
                stream.write(bytes(10**6))
        archive.writestr("bias_0.npy", GOOD["bias_0"])
    tracemalloc.start()
    try:
        refused(path)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()


def test_names_that_occur_twice_and_other_packers(tmp_path):
    path = written(tmp_path / "twice.npz")
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("bias_0.npy", GOOD["bias_0"])
    refused(path)
    path = tmp_path / "lzma.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in GOOD.items():
            archive.writestr(f"{name}.npy", data)
    refused(path)


def test_changed_bytes(tmp_path):
    rng, path = random.Random(0), tmp_path / "changed.npz"
    net = Network.from_arrays([[["1/3"], [1], ["0.1"]], [[1, "2/7", 3]]], [[0, 1, 2], ["1/9"]], ("leaky_relu", "1/7"))
    net.save(path)
    sound = path.read_bytes()
    names = zipfile.ZipFile(io.BytesIO(sound)).namelist()
    kept = 0
    for turn in range(600):
        if turn % 4:  # anywhere: check sums find all that matters
            data = bytearray(sound)
            for _ in range(turn % 3 + 1):
                data[rng.randrange(len(data))] = rng.randrange(256)
            path.write_bytes(data[: rng.randrange(len(data))] if turn % 16 == 1 else data)
        else:  # within an array, with the right check sum
            with zipfile.ZipFile(io.BytesIO(sound)) as source, zipfile.ZipFile(path, "w") as archive:
                for name in names:
                    entry = bytearray(source.read(name))
                    entry[rng.randrange(min(len(entry), 200))] = rng.choice(b"0123456789(),[]{}'\"<>|fUOi \x00\xff")
                    archive.writestr(name, bytes(entry))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = Network.load(path)
            assert turn % 4 == 0 or found == net
            kept += 1
        except FormatError as error:
            assert path.name in str(error)
    assert kept < 150


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "none.npz")


@pytest.mark.parametrize("path", [0, 1, True, None, b"net.npz", 1.5])
def test_what_is_no_path_is_refused(path):
    net = Network.from_arrays([[[1]]])
    for use in (Network.load, net.save):
        with pytest.raises(PwlinError, match=r"^path: found "):
            use(path)


# -- JSON -------------------------------------------------------------------------------------------

PLAIN = {"format": "pwlin-network", "version": 1, "layers": 1, "slopes": [], "weights": [[["1/3"]]], "biases": [["-2"]]}


def test_json_keeps_every_weight():
    long = Q(10**5000 + 7, 3**40)
    for net in (
        Network.from_arrays([[[long], [1]], [[1, 1 / long]]], [[0, long], [0]], ("two_slope", long, 1)),
        Network.from_arrays([[[0.1, 5e-324]], [[-1]]], None, "abs"),
        Network.from_arrays([[["1/3"]]], [[7]]),
    ):
        assert Network.from_json(net.to_json()) == net


def test_json_may_hold_what_a_playground_adds():
    net = Network.from_json(json.dumps({**PLAIN, "playground": {"target": "x**2", "steps": 3000}}))
    assert net == Network.from_arrays([[["1/3"]]], [[-2]])


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": [[[0.1]]]},
        {"weights": [[["1e9999"]]]},
        {"weights": [[["1/0"]]]},
        {"weights": [["1"]]},
        {"weights": [[["1"], ["1", "2"]]]},
        {"weights": "1"},
        {"weights": [[LCM.tolist()]]},
        {"weights": []},
        {"biases": [["1", "2"]]},
        {"layers": 2},
        {"version": 2},
        {"format": "other"},
        {"weights": [{"inputs": 2, "rows": [0], "columns": [2], "values": ["1"]}]},
        {"weights": [{"inputs": 2, "rows": [1], "columns": [0], "values": ["1"]}]},
        {"weights": [{"inputs": 2, "rows": [0, 0], "columns": [1, 0], "values": ["1", "2"]}]},
        {"weights": [{"inputs": 2, "rows": [0], "columns": [0], "values": ["0"]}]},
        {"weights": [{"inputs": 2, "rows": [0], "columns": [0], "values": [1]}]},
        {"weights": [{"inputs": 10**30, "rows": [0], "columns": [0], "values": ["1"]}]},
        {"weights": [{"inputs": 2, "rows": [0.0], "columns": [0], "values": ["1"]}]},
        {"weights": [{"inputs": 2, "rows": [10**30], "columns": [0], "values": ["1"]}]},
        {"weights": [{"inputs": 2, "rows": [True], "columns": [0], "values": ["1"]}]},
        {"weights": [{"inputs": 2, "values": ["1"]}]},
        {"weights": [{"inputs": 2}]},
        {"weights": [{}]},
    ],
    ids=lambda changed: f"{next(iter(changed))}-{str(changed)[:40]}",
)
def test_json_of_anything_else_is_refused(changed):
    with pytest.raises(FormatError, match="text: found no network"):
        Network.from_json(json.dumps({**PLAIN, **changed}))


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 10**5, "1" * 5000, None, 7, b"{}"])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(FormatError):
        Network.from_json(text)


def test_names_and_notes_come_back(tmp_path):
    plain = Network.from_arrays([[[1], [2], [3]], [[1, 1, 1]]])
    noted = Network(plain.hidden, plain.readout, ((("conv", (1, 2)), ("gate", ())),), ["0.1 was rounded"])
    noted.save(tmp_path / "noted.npz")
    read = Network.load(tmp_path / "noted.npz")
    assert read == plain and read.notes == ("0.1 was rounded",)
    assert [read.name(*n) for n in read.neurons()] == [("conv", (0, 0)), ("conv", (0, 1)), ("gate", ())]
