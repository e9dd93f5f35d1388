"""Workers have their share of the memory: parts that take more are divided, and what cannot be divided is refused."""

import pickle

import pytest

import pwlin
from pwlin.base.errors import LimitError
from pwlin.base.progress import Bar
from pwlin.extraction import ration
from pwlin.extraction.cells.search_tree import SearchTree
from pwlin.extraction.ration import Gauge, Meter, Ration, TooLarge, TooMany
from pwlin.extraction.watch import Limits, Watch
from pwlin.geometry.domain import as_polytope
from tests.extraction.cells.test_search_tree import Pickles
from tests.strategies.networks import pytorch_style

SQUARE = [(-1, 1), (-1, 1)]
NET = pytorch_style((2, 16, 16, 1), 0)


@pytest.fixture
def held(monkeypatch):
    """The memory that the process says it holds; every look counts."""
    now = [1000]
    monkeypatch.setattr("pwlin.base.memory.resident", lambda: now[0])
    monkeypatch.setattr(ration, "_LOOK", -1)
    return now


def test_a_gauge_says_when_there_is_too_little(held):
    gauge = Gauge(lambda: 100, 2, lambda: 990)
    gauge.check(1)
    held[0] = 1041
    with pytest.raises(TooLarge) as error:
        gauge.check(7)
    assert error.value.args == (51, 100, 7)
    Gauge(lambda: None, 2, lambda: 0).check(10**6)


def test_what_is_to_be_filled_and_what_the_last_step_took_is_reckoned_with(held):
    gauge = Gauge(lambda: 2**20, 1, lambda: 1000)
    gauge.check(0, 2**20)
    with pytest.raises(TooLarge, match="0, 1048576, 5"):
        gauge.check(5, 2**20 + 1)
    held[0] += 2**19
    gauge.check(6)
    gauge.check(7, 2**19)
    held[0] += 2**18 + 1
    with pytest.raises(TooLarge):
        gauge.check(8)


def test_code_that_is_loaded_is_no_search(held, monkeypatch):
    monkeypatch.setattr(ration, "_before", {})
    ration.leave_out(10**9)
    gauge = Ration(1000, 1, True, 1, 0, "another process").gauge()
    ration.leave_out(5000)
    held[0] += 5400
    gauge.check(1)
    Ration(1000, 1, True, 1, 0, "another process").gauge().check(1)


def test_a_look_is_rare(held, monkeypatch):
    monkeypatch.setattr(ration, "_LOOK", 1e9)
    meter = Meter(gauge=Gauge(lambda: 1, 1, lambda: 0))
    meter(1023)
    with pytest.raises(TooLarge):
        meter(1)
    with pytest.raises(TooMany):
        Meter(5)(6)


def test_a_worker_elsewhere_has_its_share(held, monkeypatch):
    there = Ration(1000, 4, True, 2, 500, "another process")
    monkeypatch.setattr(ration, "_before", {})
    gauge = pickle.loads(pickle.dumps(there)).gauge()
    held[0] += 83
    gauge.check(1)
    held[0] += 43
    with pytest.raises(TooLarge, match="126, 250, 1"):
        gauge.check(1)
    with pytest.raises(TooLarge, match="626, 1000, 1"):
        there._replace(home=ration.here()).gauge().check(1)
    monkeypatch.setattr("pwlin.base.memory.free", lambda: 400)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with pytest.raises(TooLarge, match="126, 150, 1"):
        there._replace(given=False).gauge().check(1)
    monkeypatch.setattr("pwlin.base.memory.free", lambda: None)
    there._replace(given=False).gauge().check(1)


class Elsewhere(Pickles):
    """Workers that are other processes, and take more memory with each cell."""

    def __init__(self, monkeypatch, held, each):
        self.most = 0
        monkeypatch.setattr("pwlin.extraction.watch.here", lambda: "another process")
        monkeypatch.setattr(ration, "_before", {})

        class Fills(Meter):
            def __call__(meter, more, share=0.0, soon=0, /):
                held[0] += each * more
                self.most = max(self.most, held[0] - 1000)
                super().__call__(more, share, soon)

        monkeypatch.setattr("pwlin.extraction.ration.Meter", Fills)
        self.held = held

    def submit(self, function, /, *args):
        done = super().submit(function, *args)
        self.held[0] = 1000
        return done


def test_parts_that_take_too_much_are_divided(held, monkeypatch):
    monkeypatch.setattr("pwlin.extraction.cells.spread._FEW", 0)
    executor = Elsewhere(monkeypatch, held, 100)
    total = pwlin.count_regions(NET, SQUARE)
    assert pwlin.count_regions(NET, SQUARE, executor, method="fast", max_memory=1 << 20) == total
    assert executor.most > 1000
    executor.most = 0
    assert pwlin.count_regions(NET, SQUARE, executor, method="exact", max_memory=5000) == total
    assert executor.most <= 5000 + 200  # it looks after each cell or two


@pytest.mark.parametrize("method", ["exact", "fast"])
def test_what_cannot_be_divided_is_refused(held, monkeypatch, method):
    executor = Elsewhere(monkeypatch, held, 10**6)
    message = r"max_memory: found \d+ regions in [\d.]+ MB of at most 2 MB.* expected; accepted is more memory"
    for call in (pwlin.count_regions, pwlin.extract):
        with pytest.raises(LimitError, match=message):
            call(NET, SQUARE, executor=executor, method=method, max_memory="2 MB")


def test_what_the_parent_has_taken_is_no_more_to_share(held):
    watch = Watch(Bar(None), Limits(max_memory=1000))
    held[0] += 400
    assert watch.ration(3) == Ration(600, 3, True, 1, 1400, ration.here())
    assert watch.ration(None).workers == 1
    watch.leave_out(150)
    assert watch.ration(2).whole == 750


def test_the_trunk_is_watched_too(held):
    def look(cells, share=0.0, soon=0, /):
        told.append((cells, share))

    told = []
    tree = SearchTree(NET, as_polytope(SQUARE, 2), True).kernel
    assert tree.divided(4, look) > 1
    assert told and not any(cells or share for cells, share in told)
