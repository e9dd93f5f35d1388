"""Files that are written whole or not at all."""

import pytest

from pwlin import Network
from pwlin.base.files import atomic_open


def test_what_cannot_be_written_is_named_as_the_caller_named_it(tmp_path):
    missing = tmp_path / "missing" / "net.npz"
    with pytest.raises(FileNotFoundError) as caught:
        Network.from_arrays([[[1]]]).save(missing)
    assert caught.value.filename == str(missing)


def test_a_block_that_fails_leaves_nothing_behind(tmp_path):
    (tmp_path / "a.txt").write_text("before")
    with pytest.raises(ZeroDivisionError), atomic_open(tmp_path / "a.txt") as stream:
        stream.write(str(1 / 0))
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "before")]
