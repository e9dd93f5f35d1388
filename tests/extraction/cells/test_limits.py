"""Searches stop at their limits, and say what is expected; estimates are unbiased."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

import pwlin
from pwlin.base.errors import LimitError
from pwlin.base.progress import Bar
from pwlin.extraction.cells import estimate
from pwlin.extraction.cells.estimate import Walker, summary
from pwlin.extraction.cells.search_tree import SearchTree
from pwlin.extraction.cells.spread import Here
from pwlin.extraction.watch import Limits, Watch
from pwlin.geometry.domain import as_polytope
from tests.strategies.networks import pytorch_style

SQUARE = [(-1, 1), (-1, 1)]
NET = pytorch_style((2, 12, 12, 1), 0)
TOTAL = 67


@pytest.mark.parametrize("method", ["exact", "fast"])
@pytest.mark.parametrize("executor", [None, Here()])
def test_as_many_regions_as_may_be(method, executor):
    for call in (pwlin.count_regions, pwlin.extract):
        options = {"executor": executor, "method": method}
        found = call(NET, SQUARE, max_regions=TOTAL, **options)
        assert (found if call is pwlin.count_regions else found.n_regions) == TOTAL
        message = r"max_regions: found \d+ regions.* 67 regions expected; accepted is a larger number, .*_regions"
        with pytest.raises(LimitError, match=message):
            call(NET, SQUARE, max_regions=TOTAL - 1, **options)


def test_limits_on_the_line():
    hat = pwlin.Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
    for call in (pwlin.count_regions, pwlin.extract):
        call(hat, max_regions=4)
        with pytest.raises(LimitError, match="max_regions: found 4 regions; accepted is a larger number"):
            call(hat, max_regions=3)


def test_memory_has_a_limit(monkeypatch):
    net = pytorch_style((3, 40, 40, 1), 0)
    with pytest.raises(
        LimitError, match=r"max_memory: found .* about .* expected; accepted is more memory, count_regions"
    ):
        pwlin.extract(net, [(-1, 1)] * 3, max_memory="1 MB", method="fast")
    held = iter(range(0, 10**9, 10**6))
    monkeypatch.setattr("pwlin.base.memory.resident", lambda: next(held))
    monkeypatch.setattr("pwlin.extraction.watch._LOOK", -1)
    watch = Watch(Bar(None), Limits(max_memory="9 MB"), 2)
    with (
        pytest.raises(LimitError, match=r"found 5 regions in 5 MB of at most 9 MB after 50.0% of the search; accepted"),
        watch.limited(),
    ):
        for _ in range(9):
            watch(1, 0.1)
    monkeypatch.setattr("pwlin.base.memory.free", lambda: None)
    assert Limits().memory is None
    monkeypatch.setattr("pwlin.base.memory.free", lambda: 400)
    assert Limits().memory == 300


def test_odd_limits():
    for call in (pwlin.extract, pwlin.count_regions):
        for options in ({"max_regions": 0}, {"max_regions": "7"}, {"max_memory": 0}, {"max_memory": "much"}):
            with pytest.raises(pwlin.PwlinError, match=f"{next(iter(options))}: found"):
                call(NET, SQUARE, **options)


def test_the_bar_says_what_is_expected_and_how_much_is_done(monkeypatch):
    class Notes:
        steps, notes = 0, []

        def advance(self, steps, note=""):
            self.steps += steps
            self.notes.append(note)

    @contextmanager
    def shown(*_, **__):
        yield bar

    bar = Notes()
    monkeypatch.setattr("pwlin.extraction.cells.count.progress_bar", shown)
    assert pwlin.count_regions(NET, SQUARE, method="fast", progress=True) == TOTAL == bar.steps
    assert bar.notes[-1] == "100.0% of the tree, 67 regions expected"
    with ThreadPoolExecutor(1) as executor:
        pwlin.count_regions(NET, SQUARE, executor, progress=True)
    assert bar.notes[-1] == "100.0% of the tree, 67 regions expected" and bar.steps == 2 * TOTAL


@pytest.mark.parametrize("fast", [True, False])
def test_shares_of_the_tree_add_up(fast):
    tree = SearchTree(NET, as_polytope(SQUARE, 2), fast)
    from pwlin.extraction.ways import share

    assert sum(map(share, tree.parts(9))) == 1


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("shape", [(2, 12, 12, 1), (3, 6, 6, 1), (2, 2, 20, 1)])
def test_walks_are_unbiased(shape, fast, monkeypatch):
    """All walks, each weighted with its probability: the sum is the number of cells, but for rounding."""
    net = pytorch_style(shape, 1)
    monkeypatch.setattr(estimate, "_COUNTED", 5)
    tree = SearchTree(net, as_polytope([(-1, 1)] * shape[0], shape[0]), fast)
    walker, waiting, total = Walker(tree), [""], 0.0
    while waiting:
        choices = Chosen(waiting.pop())
        total += walker.sample(choices.halves) * choices.probability
        waiting += choices.others
    assert abs(total / tree.count(("",)) - 1) < 1e-9


class Chosen:
    """Takes the halves that it is told, then the first ones, and notes which others there are."""

    def __init__(self, way):
        self.told, self.way, self.others, self.probability = way, "", [], 1.0

    def halves(self, first, second):
        k = len(self.way)
        taken = self.told[k] if k < len(self.told) else "0"
        if k >= len(self.told):
            self.others.append(self.way + "1")
        self.way += taken
        self.probability *= (second if taken == "1" else first) / (first + second)
        return taken == "1"


def test_intervals_contain_the_number_mostly(monkeypatch):
    monkeypatch.setattr(estimate, "_COUNTED", 8)
    inside = 0
    for seed in range(20):
        e = pwlin.estimate_regions(NET, SQUARE, walks=100, seed=seed)
        assert not e.exact and e.walks == 100 and e.lower <= e.mean <= e.upper
        inside += e.lower <= TOTAL <= e.upper
    assert inside >= 16
    again = pwlin.estimate_regions(NET, SQUARE, walks=100, seed=19)
    assert again == e and "about" in str(e)


def test_small_trees_are_counted():
    e = pwlin.estimate_regions(NET, SQUARE)
    assert (e.mean, e.lower, e.upper, e.exact, str(e)) == (TOTAL, TOTAL, TOTAL, True, "67 regions")
    assert pwlin.estimate_regions(pytorch_style((1, 5, 1), 0)).mean == pwlin.count_regions(pytorch_style((1, 5, 1), 0))


def test_time_makes_walks(monkeypatch):
    monkeypatch.setattr(estimate, "_COUNTED", 8)
    e = pwlin.estimate_regions(NET, SQUARE, seconds=0)
    assert e.walks == 8 and e.standard_error > 0


def test_quantiles():
    """Of Student's t: table values."""
    for freedom, value in ((7, 2.3646), (10, 2.2281), (30, 2.0423), (1000, 1.9623)):
        assert abs(estimate._quantile(0.975, freedom) - value) < 2e-3
    assert summary([1.0] * 8).upper == 1.0


@pytest.mark.parametrize(
    "options", [{"seconds": -1}, {"seconds": "1"}, {"walks": 7}, {"confidence": 1}, {"confidence": 0}, {"seed": -1}]
)
def test_odd_arguments(options):
    with pytest.raises(pwlin.PwlinError, match=f"{next(iter(options))}: found"):
        pwlin.estimate_regions(NET, SQUARE, **options)
