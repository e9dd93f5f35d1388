"""Threads that search parts of the tree: the first that fails ends all, and leaves nothing behind."""

import weakref

import numpy as np
import pytest

from pwlin.base.progress import Bar
from pwlin.extraction.kernel import entry, parallel
from pwlin.extraction.kernel.drive import Drive
from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.store import grown, growth
from pwlin.extraction.ration import TooLarge
from pwlin.extraction.watch import Limits, Watch
from pwlin.geometry.polytope import Polytope
from tests.strategies.networks import pytorch_style

NET, SQUARE = pytorch_style((2, 24, 24, 1), 0), Polytope.box([(-1, 1)] * 2)


@pytest.mark.parametrize("keep", [True, False])
def test_the_first_thread_that_fails_ends_all(monkeypatch, keep):
    """What the others have must be let go of too, before it is said how many cells are expected."""
    stores, told, real = [], [], parallel.store_of

    def seen(*arguments):
        store = real(*arguments)
        stores.append(weakref.ref(store.mesh.vertex))
        return store

    def found(cells, share=0.0, soon=0, /):
        told.append(cells)
        if stores and cells:
            raise TooLarge(3, 2, 1)

    class Noisy(Watch):
        __call__ = staticmethod(found)

    monkeypatch.setattr(parallel, "store_of", seen)
    watch = Noisy(Bar(None), Limits(), expected=lambda _: f"{sum(s() is not None for s in stores)} are left")
    search = entry.fast_complex if keep else entry.fast_count
    with pytest.raises(Exception, match="3 bytes of at most 2 bytes, 0 are left"), watch.limited():
        search(NET, SQUARE, 2, watch)
    assert 0 < len(stores) <= 4 < parallel._PARTS_EACH * 2


def test_growth_is_told_before_it_happens():
    plan, roots = entry.start(NET, SQUARE)
    told = []
    work = Drive(plan, roots.store, Oracle(NET, SQUARE), found=lambda cells, share, soon: told.append(soon))
    for most in (16, 1 << 14):
        store, before = work.store, growth(work.store, plan, most)
        after = grown(store, plan, most)
        copied = [
            (new, old)
            for one, two in zip(after, store)
            for new, old in zip(one, two)
            if isinstance(new, np.ndarray) and new is not old
        ]
        assert (before > 64) == bool(copied) and before <= 64 + sum(new.nbytes for new, _ in copied)
    mesh = work.store.mesh
    few = mesh._replace(edge_key=mesh.edge_key[:64], edge_vertex=mesh.edge_vertex[:64])
    work.store = work.store._replace(mesh=few)
    while not work.go(1 << 20):
        pass
    assert told and all(size > 0 for size in told)
