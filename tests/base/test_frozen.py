"""What is frozen cannot be changed, whatever the attribute."""

import pickle

import pytest

from pwlin import Network, extract

NET = Network.from_arrays([[[1], [1]], [[1, -2]]], [[0, -1], [0]])
LINE = extract(NET, (-1, 2))
CELLS = extract(Network.from_arrays([[[1, 0]], [[1]]]), [(-1, 1), (-1, 1)])


@pytest.mark.parametrize("frozen", [NET, NET.readout, LINE, LINE._breaks, CELLS], ids=lambda v: type(v).__name__)
def test_frozen_objects_stay_as_they_are(frozen):
    for name in (*type(frozen).__slots__, "anything"):
        with pytest.raises(AttributeError, match=f"a {type(frozen).__name__} is immutable; cannot set {name!r}"):
            setattr(frozen, name, None)
    back = pickle.loads(pickle.dumps(frozen))
    if type(frozen) is not type(LINE._breaks):
        assert back == frozen and hash(back) == hash(frozen)
    else:
        assert list(back) == list(frozen)
