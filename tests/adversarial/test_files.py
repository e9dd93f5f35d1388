"""Damaged files and texts are read as what they say, or refused by a `FormatError` that names the file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, PiecewiseLinear1D, extract
from pwlin.base.errors import FormatError
from tests.strategies import files
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks

NET = Network.from_arrays(
    [[[1], ["-1/3"], [0.5]], [[1, 2, 3], [1e-300, 0, 1]], [["1/7", -1]]],
    [[0, "2/3", 1], [0, 0], [1]],
    ["relu", ("leaky_relu", "1/100")],
)
TEXT = extract(NET, (-3, "7/2")).to_json()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "net.npz"
    NET.save(path)
    return path, path.read_bytes()


def read(path, data):
    path.write_bytes(data)
    try:
        return Network.load(path)
    except FormatError as error:
        assert str(path) in str(error)
        assert len(str(error)) < 600 + len(str(path))
        return None


@examples(300)
@given(data=st.data())
def test_damaged_networks(saved, data):
    path, whole = saved
    found = read(path, data.draw(files.damaged(whole)))
    assert found is None or isinstance(found, Network)


@pytest.mark.parametrize("name", files.HOSTILE)
def test_hostile_networks(saved, name):
    assert read(saved[0], files.HOSTILE[name]()) is None


@examples(30)
@given(net=hard_networks(1))
def test_networks_come_back(saved, net):
    net.save(saved[0])
    assert Network.load(saved[0]) == net


@examples(200)
@given(data=st.data())
def test_damaged_texts(data):
    text = data.draw(files.damaged(TEXT.encode())).decode("utf-8", "surrogateescape")
    try:
        f = PiecewiseLinear1D.from_json(text)
    except FormatError:
        return
    assert PiecewiseLinear1D.from_json(f.to_json()) == f


@pytest.mark.parametrize("name", files.TEXTS)
def test_hostile_texts(name):
    with pytest.raises(FormatError):
        PiecewiseLinear1D.from_json(files.TEXTS[name])


@pytest.mark.parametrize("change", [{k: v} for k in json.loads(TEXT) for v in (None, 3, [], ["x"], {}, [["1"]], [None], "a")], ids=str)  # fmt: skip
def test_texts_with_one_entry_changed(change):
    text = json.dumps({**json.loads(TEXT), **change})
    try:
        f = PiecewiseLinear1D.from_json(text)
    except FormatError:
        return
    assert PiecewiseLinear1D.from_json(f.to_json()) == f
