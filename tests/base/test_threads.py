"""Matrix products on one thread, and on as many as before when all blocks have ended."""

import sys

import pytest

from pwlin.base import threads
from pwlin.base.threads import one_thread


class Library:
    """One for matrix products that has so many threads."""

    def __init__(self, count):
        self.count = count

    def get(self):
        return self.count

    def change(self, count):
        self.count = count


@pytest.fixture
def libraries(monkeypatch):
    """Those that are loaded."""
    loaded = [Library(4)]
    monkeypatch.setattr(threads, "_HOLDERS", ("sys",))
    monkeypatch.setattr(threads, "_controls", lambda holder: [(one.get, one.change) for one in loaded])
    return loaded


def test_blocks_may_overlap(libraries):
    first, second = one_thread(), one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert libraries[0].count == 1, "the second block goes on"
    second.__exit__(None, None, None)
    assert libraries[0].count == 4
    with pytest.raises(KeyboardInterrupt), one_thread():
        raise KeyboardInterrupt
    assert libraries[0].count == 4


def test_a_library_that_is_loaded_within_a_block_is_held_by_the_next(libraries):
    with one_thread():
        libraries.append(Library(3))
        with one_thread():
            assert [one.count for one in libraries] == [1, 1]
    assert [one.count for one in libraries] == [4, 3]


def test_the_library_that_numpy_has():
    holders = [name for name in threads._HOLDERS if name in sys.modules]
    for get, _ in [pair for name in holders for pair in threads._controls(name)]:
        before = get()
        with one_thread():
            assert get() == 1
        assert get() == before
