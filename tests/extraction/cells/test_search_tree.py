"""Parts of the search tree: the same by the kernel and in rationals, together the whole, in any executor."""

import random
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin.extraction.cells import spread
from pwlin.extraction.cells.extract import extract_cells
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.cells.rational_search import Search
from pwlin.extraction.cells.search_tree import SearchTree
from pwlin.extraction.cells.spread import Here, Spread
from pwlin.extraction.ration import Allowance, Meter, TooMany
from pwlin.geometry.domain import as_polytope
from tests.extraction.kernel.test_cells import assert_same, assert_same_cells, domains
from tests.extraction.kernel.test_unbounded import domains as unbounded_domains
from tests.strategies.effort import examples
from tests.strategies.networks import networks, pytorch_style

SQUARE = [(-1, 1), (-1, 1)]


class Pickles(Executor):
    """Does the work at once, on copies, as another process would."""

    def submit(self, function, /, *args, **kwargs):
        import pickle

        function, args = pickle.loads(pickle.dumps((function, args)))
        spread._trees.clear() if kwargs.pop("forgets", False) else None
        return Here().submit(function, *args)


def any_domains(d):
    """Bounded ones, and those that reach to infinity: space, half-space, strip, cone, ..."""
    return st.one_of(domains(d), st.sampled_from(list(unbounded_domains(d).values())))


@given(st.data())
@examples(60)
def test_parts_by_the_kernel_are_those_in_rationals(data):
    d = data.draw(st.sampled_from([2, 2, 3]))
    net = data.draw(networks(d, max_depth=3 if d == 2 else 2, max_width=5, outputs=data.draw(st.integers(1, 2))))
    polytope = as_polytope(data.draw(any_domains(d)), d)
    fast, exact = SearchTree(net, polytope, True), SearchTree(net, polytope, False)
    parts = exact.parts(data.draw(st.sampled_from([1, 2, 9])))
    if fast.kernel is not None:
        for count in (1, 3, 9):
            assert fast.parts(count) == exact.parts(count)
    whole = cell_complex(net, polytope)
    if data.draw(st.booleans()) and fast.kernel is not None:
        parts = fast.first_parts()  # the kernel remembers where they begin
    patterns = []
    for part in parts:
        assert fast.count(part) == exact.count(part) == sum(map(len, exact.complexes(part)))
        for ours, theirs in zip(fast.complexes(part), exact.complexes(part), strict=True):
            assert list(ours.patterns) == list(theirs.patterns) and list(ours.maps) == list(theirs.maps)
            assert corners(ours) == corners(theirs)
            patterns += theirs.patterns
    assert patterns == list(whole.patterns)


@pytest.mark.parametrize("weight", [[-1, 1], [1, 2]])
def test_parts_that_were_told_are_made_as_well(weight):
    net = pwlin.Network.from_arrays([[weight], [[1]]], [[0], [0]])
    tree = SearchTree(net, as_polytope([(0, None), (0, None)], 2), True)
    assert tree.kernel is not None and tree.parts(3)
    [[cells]] = [list(tree.complexes(part)) for part in tree.parts(1)]
    assert_same_cells(cells, cell_complex(net, tree.domain))


@pytest.mark.parametrize("name", unbounded_domains(2))
@pytest.mark.parametrize("sizes", [(2, 7, 6, 1), (3, 5, 3, 1)])
def test_unbounded_domains_begin_with_several_cells(name, sizes):
    d = sizes[0]
    net, domain = pytorch_style(sizes, 1), unbounded_domains(d)[name]
    polytope = as_polytope(domain, d)
    whole = cell_complex(net, polytope)
    assert_same(extract_cells(net, domain, method="fast", executor=Pickles())[0].complex, whole)
    told = []
    tree = SearchTree(net, polytope, True)
    assert tree.kernel.count(("",), lambda cells, share=0.0, soon=0: told.append(share)) == len(whole)
    assert abs(sum(told) - 1) < 1e-12
    for way in ("", "0", "1", "01"):
        if len(way) < 2 or len(whole) > 20:
            assert tree.count((way,)) == SearchTree(net, polytope, False).count((way,))


@pytest.mark.parametrize("family", ["ternary", "no biases", "late"])
def test_degenerate_networks_on_the_whole_space(family):
    r = random.Random(family)
    for _ in range(4):
        entry = lambda: r.choice([-1, 0, 1])  # noqa: E731
        weights = [[[entry() for _ in range(n)] for _ in range(m)] for n, m in ((2, 6), (6, 4), (4, 1))]
        biases = [[0 if family == "no biases" else entry() for _ in range(m)] for m in (6, 4, 1)]
        kinds = ["relu", "relu"]
        if family == "late":  # the first layer cuts into strips, the second one ends them
            kinds[0] = ["relu", *["identity"] * 5]
        net = pwlin.Network.from_arrays(weights, biases, activation=kinds)
        whole = cell_complex(net, as_polytope(None, 2))
        assert_same_cells(extract_cells(net, None, executor=Pickles())[0].complex, whole)
        assert pwlin.count_regions(net, None, executor=Pickles()) == len(whole)


@pytest.mark.parametrize("fast", [True, False])
def test_walks_begin_above_the_first_cells_too(fast):
    tree = SearchTree(pytorch_style((2, 7, 6, 1), 1), as_polytope(None, 2), fast)
    r, total = random.Random(0), tree.count(("",))
    for way in ("0", "10", "110"):
        walk = tree.walk()
        for half in way:
            assert walk.here()[1] and min(walk.halves()) >= 0
            walk.take(half)
        assert 0 < tree.count((way,)) < total
    walks = [SearchTree(tree.net, tree.domain, kind).walk() for kind in (True, False)]
    while (crossing := {walk.here()[1] for walk in walks}) != {0}:
        assert len(crossing) == len({walk.halves() for walk in walks}) == 1
        half = r.choice("01")
        for walk in walks:
            walk.take(half)


def corners(cells):
    return [sorted(tuple(cells.generators[g]) for g in cells.cells[i]) for i in range(len(cells))]


@given(st.data())
@examples(30)
def test_an_executor_changes_nothing(data):
    d = data.draw(st.sampled_from([2, 2, 3]))
    net = data.draw(networks(d, max_depth=2, max_width=4))
    domain = data.draw(any_domains(d))
    whole = cell_complex(net, as_polytope(domain, d))
    for method in ("auto", "exact"):
        (f,) = extract_cells(net, domain, method=method, executor=Pickles())[:1]
        assert_same_cells(f.complex, whole)
        assert pwlin.count_regions(net, domain, executor=Pickles(), method=method) == len(whole)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("domain", [None, "box"])
def test_without_the_kernel(d, domain):
    net = pytorch_style((d, 5, 4, 1), 3)
    domain = [(-1, 1)] * d if domain else None
    expected = pwlin.extract(net, domain).n_regions
    with ThreadPoolExecutor(2) as executor:
        assert pwlin.count_regions(net, domain, executor=executor) == expected
        assert pwlin.extract(net, domain, executor=executor).n_regions == expected
    assert pwlin.count_regions(pwlin.Network.from_arrays([[[1] * d]]), domain, executor=Here()) == 1


def test_large_parts_are_divided_and_workers_may_forget(monkeypatch):
    net = pytorch_style((2, 12, 12, 1), 0)
    tree = SearchTree(net, as_polytope(SQUARE, 2), True)
    total = tree.count(("",))
    with pytest.raises(TooMany):
        tree.count(("",), Meter(total - 1))
    assert tree.count(("",), Meter(total)) == total
    monkeypatch.setattr(spread, "_WORKERS", 0)

    class Forgets(Pickles):
        def submit(self, function, /, *args):
            return super().submit(function, *args, forgets=args[1] is None)

    found = dict(Spread(Forgets(), tree, SearchTree.count, Allowance(7), parts=2))
    assert sum(found.values()) == total and max(found.values()) <= 7
    assert max(map(len, found)) > 1, "some parts were divided again"
    done = list(found)[::2]
    rest = dict(Spread(Here(), tree, SearchTree.count, Allowance(7), done=done, parts=2))
    assert rest == {name: n for name, n in found.items() if name not in done}


def test_few_messages_carry_the_network(monkeypatch):
    class Counts(Pickles):
        def submit(self, function, /, *args):
            carried.append(args[1] is not None)
            return super().submit(function, *args)

    def opened(parcel, open_=spread._Parcel.open):
        carried.append("opened")
        return open_(parcel)

    monkeypatch.setattr(spread._Parcel, "open", opened)
    net = pytorch_style((2, 40, 40, 1), 4)
    total = pwlin.count_regions(net, SQUARE)
    for workers, messages in ((1, 1), (3, 3), (None, 64)):
        carried, executor = [], Counts()
        if workers:
            executor._max_workers = workers
        spread._trees.clear()
        assert pwlin.count_regions(net, SQUARE, executor) == total
        assert carried.count(True) == min(messages, len(carried) - 1) and carried.count("opened") == 1
        assert pwlin.count_regions(net, SQUARE, executor) == total and carried.count("opened") == 1
    with ThreadPoolExecutor(2) as threads:  # here nothing is copied
        spread._trees.clear()
        pwlin.count_regions(net, SQUARE, threads)
        assert next(iter(spread._trees.values())).net is net


def test_processes_use_the_kernel():
    net = pytorch_style((2, 16, 16, 1), 1)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert pwlin.count_regions(net, SQUARE, executor, method="fast") == pwlin.count_regions(net, SQUARE)
        assert_same(
            pwlin.extract(net, SQUARE, executor=executor, method="fast").complex,
            cell_complex(net, as_polytope(SQUARE, 2)),
        )


class Fails(Executor):
    """Loses every third part, so many times."""

    def __init__(self, times):
        self.times, self.tries = times, {}

    def submit(self, function, /, *args):
        tries = self.tries[args[0].part] = self.tries.get(args[0].part, 0) + 1
        if list(self.tries).index(args[0].part) % 3 == 2 and tries <= self.times:
            future = Future()
            future.set_exception(MemoryError("worker 3"))
            return future
        return Here().submit(function, *args)


def test_a_worker_that_fails_is_given_a_second_chance():
    net = pytorch_style((2, 12, 12, 1), 0)
    total = pwlin.count_regions(net, SQUARE)
    assert pwlin.count_regions(net, SQUARE, Fails(1)) == total
    with pytest.raises(pwlin.PwlinError, match=r"executor: found that subtree 2 of the search.*MemoryError: worker 3"):
        pwlin.count_regions(net, SQUARE, Fails(2))


def test_ctrl_c_says_what_was_found():
    class Interrupted(Executor):
        count = cancelled = 0

        def submit(self, function, /, *args):
            self.count += 1
            if self.count < 5:
                return Here().submit(function, *args)
            future = Future()
            future.result = interrupt
            future.cancel = cancel
            return future

    def interrupt():
        raise KeyboardInterrupt

    def cancel():
        Interrupted.cancelled += 1

    executor = Interrupted()
    with pytest.raises(KeyboardInterrupt, match=r"\d+ regions found in 4 parts, \d+ parts were left"):
        pwlin.count_regions(pytorch_style((2, 16, 16, 1), 0), SQUARE, executor)
    assert Interrupted.cancelled == executor.count - 4 > 0


def test_a_worker_that_ctrl_c_reaches_begins_no_other_part_of_the_run(monkeypatch):
    def interrupted(tree, part, meter):
        begun.append(part)
        raise KeyboardInterrupt

    begun, tree = [], SearchTree(pytorch_style((2, 12, 12, 1), 0), as_polytope(SQUARE, 2), True)
    jobs = []
    for runs in (1, 2):
        jobs.clear()
        with pytest.raises(KeyboardInterrupt):
            next(iter(Spread(Never(jobs), tree, interrupted)))
        for function, args in jobs:
            with pytest.raises(KeyboardInterrupt):
                function(*args)
        assert len(jobs) > 2 and len(begun) == runs, "the second run is begun again"


class Never(Executor):
    """Notes its jobs, and is interrupted instead of doing them."""

    def __init__(self, jobs):
        self.jobs = jobs

    def submit(self, function, /, *args):
        self.jobs.append((function, args))
        future = Future()
        future.set_exception(KeyboardInterrupt())
        return future


def test_refusals():
    net = pytorch_style((2, 3, 1), 0)
    for call in (pwlin.extract, pwlin.count_regions):
        with pytest.raises(pwlin.PwlinError, match="executor: found 5; accepted are None and executors"):
            call(net, SQUARE, executor=5)
        with pytest.raises(pwlin.PwlinError, match="method: found 'fast' where the kernel cannot be used"):
            call(pwlin.Network.from_arrays([[[1, 1]]]), SQUARE, executor=Here(), method="fast")


def test_a_way_leads_to_the_cell():
    net = pwlin.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
    search = Search(net, as_polytope(SQUARE, 2))
    assert [leaf.pattern for w in ("00", "01", "10", "11") for leaf in search.leaves(search.descend(w))] == [0, 2, 1, 3]
    assert search.parts("", 4) == [("00",), ("01",), ("10",), ("11",)]
