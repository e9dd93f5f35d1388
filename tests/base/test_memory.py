"""Memory: sizes as people write them, and what the system says."""

import sys

import numpy as np
import pytest

from pwlin.base import memory
from pwlin.base.errors import PwlinError


@pytest.mark.parametrize(
    ("value", "size"),
    [(1, 1), ("1", 1), ("2 GB", 2 * 10**9), ("1.5k", 1500), (" 3MB ", 3 * 10**6), ("0.5 tb", 5 * 10**11)],
)
def test_sizes(value, size):
    assert memory.size(value, "max_memory") == size


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "", "GB", "-1 GB", "0", "1 PB", "1e9", None, [], "1 GiB"])
def test_no_sizes(value):
    with pytest.raises(PwlinError, match="max_memory: found"):
        memory.size(value, "max_memory")


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells it on Linux only")
def test_what_this_process_holds():
    before = memory.resident()
    ballast = np.ones(8 << 20)
    assert memory.resident() - before > 0.9 * ballast.nbytes
    assert 0 < before < 1 << 40 and memory.free() > 0


def test_words():
    assert [memory.words(n) for n in (5, 2000, 12_345_678, 3 * 10**12)] == ["5 bytes", "2 KB", "12.3 MB", "3 TB"]
