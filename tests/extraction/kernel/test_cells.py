"""The compiled kernel gives what the all-rational search gives, to the last index."""

import math
import random
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import PwlinError
from pwlin.base.sequences import Ragged
from pwlin.exact.rational import nearest_float
from pwlin.extraction import extract
from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.count import count_regions
from pwlin.extraction.cells.extract import extract_cells
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.kernel.entry import fast_complex, fast_count
from pwlin.functions.cells.order import vertex_order
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network
from tests.strategies.effort import examples
from tests.strategies.networks import networks, pytorch_style


def assert_same(fast, exact):
    assert_same_cells(fast, exact)
    assert_floats(fast)


def assert_same_cells(fast, exact):
    assert fast.denominator == exact.denominator
    assert fast.lineality == exact.lineality
    assert fast.facet_cells.tolist() == exact.facet_cells.tolist()
    assert fast.vertex_mask.tolist() == exact.vertex_mask.tolist() == [bool(g[-1]) for g in exact.generators]
    for name in ("patterns", "maps", "generators", "facet_normals"):
        assert list(map(tuple_of, getattr(fast, name))) == list(map(tuple_of, getattr(exact, name))), name
    for name in ("cells", "facets"):
        ours, theirs = getattr(fast, name), getattr(exact, name)
        assert ours.offsets.tolist() == theirs.offsets.tolist(), name
        assert ours.ids.tolist() == theirs.ids.tolist(), name


def assert_floats(cells):
    """Floats of vertices and walls are within their bounds, and those of maps rounded correctly; at some of many."""
    places = cells.places
    for v in some(cells.generators):
        if (radius := places.radius[v]) < math.inf:
            *x, t = cells.generators[v]
            assert all(abs(Q(a, t) - Q(b)) <= Q(radius) for a, b in zip(x, places.points[v].tolist()))
    corners = [tuple(Q(v, g[-1]) for v in g[:-1]) for g in cells.domain.generators[0] if g[-1]]
    for f in some(cells.facet_normals) if cells.domain.is_bounded else ():
        low, high, error = Q(0), math.inf, Q(places.errors[f])  # what the scale of the float wall may be
        for corner in corners:
            exact, near = (
                sum((Q(a) * x for a, x in zip(row, corner)), Q(row[-1]))
                for row in (cells.facet_normals[f], places.walls[f].tolist())
            )
            if exact:
                ends = sorted([(near - error) / exact, (near + error) / exact])
                low, high = max(low, ends[0]), min(high, ends[1])
            else:
                assert abs(near) <= error
        assert low <= high > 0
    for output in range(cells.output_dim):
        for chosen in (np.arange(len(cells)), np.array(some(cells.cells))):
            high, low, left = cells.rounded_maps(chosen, output)
            for i in some(chosen):
                exact = [Q(v, cells.denominator) for v in cells.output_map(int(chosen[i]), output)]
                assert high[:, i].tolist() == [nearest_float(v) for v in exact]
                for v, a, b, c in zip(exact, high[:, i].tolist(), low[:, i].tolist(), left[:, i].tolist()):
                    assert abs(a) > 2.0**400 or abs(v - Q(a) - Q(b)) <= Q(c) + abs(Q(b)) / 2**52 + Q(2) ** -1070


def some(rows):
    return range(0, len(rows), max(1, len(rows) // 60))


def tuple_of(entry):
    return tuple(map(int, entry)) if isinstance(entry, (tuple, list)) else int(entry)


def check(net, domain, workers=1):
    """Whether the kernel took it; if so, it gave the same."""
    polytope = as_polytope(domain, net.input_dim)
    fast = fast_complex(net, polytope, workers)
    if fast is None:
        return False
    assert_same(fast, cell_complex(net, polytope))
    assert fast_count(net, polytope, workers) == len(fast)
    return True


@st.composite
def domains(draw, d):
    kind = draw(st.sampled_from(["cube", "cube", "box", "large", "simplex"]))
    if kind == "simplex":
        return Polytope.simplex(dim=d)
    if kind == "box":
        ends = st.tuples(st.fractions(-3, 0, max_denominator=5), st.fractions(Q(1, 5), 3, max_denominator=5))
        return draw(st.lists(ends, min_size=d, max_size=d))
    side = (-1, 1) if kind == "cube" else (-(10**6), 10**6)
    return [side] * d


@given(st.data())
@examples(60)
def test_any_network_in_the_plane(data):
    net = data.draw(networks(2, 3, 5, outputs=data.draw(st.integers(1, 2))))
    check(net, data.draw(domains(2)), data.draw(st.sampled_from([1, 1, 2])))


@given(st.data())
@examples(40)
def test_any_network_in_space(data):
    d = data.draw(st.sampled_from([3, 3, 4]))
    net = data.draw(networks(d, max_depth=2, max_width=3))
    check(net, data.draw(domains(d)), data.draw(st.sampled_from([1, 2])))


@pytest.mark.parametrize("family", ["ternary", "eighths", "no biases", "twins", "scales", "one point"])
@pytest.mark.parametrize("d", [2, 3])
def test_degenerate_families(family, d):
    r = random.Random(f"{family} {d}")
    widths = (6, 4) if d == 2 else (5, 3)
    for workers in (1, 2, 3):
        weights, biases, n = [], [], d
        for width in (*widths, 1):
            entry = {
                "ternary": lambda: r.choice([-1, 0, 1]),
                "eighths": lambda: Q(r.randint(-16, 16), 8),
                "scales": lambda: r.choice([1e-8, 1.0, 1e8]) * r.uniform(-1, 1),
            }.get(family, lambda: r.uniform(-1, 1))
            weights.append([[entry() for _ in range(n)] for _ in range(width)])
            biases.append([0 if family == "no biases" else entry() for _ in range(width)])
            n = width
        if family == "twins":
            weights[0][-1], biases[0][-1] = [-2 * w for w in weights[0][0]], -2 * biases[0][0]
            weights[1][-1], biases[1][-1] = list(weights[1][0]), biases[1][0]
        if family == "one point":  # all hyperplanes of the first layer go through a point that no float is
            biases[0] = [-sum(map(Q, row), Q(0)) / 3 for row in weights[0]]
        assert check(Network.from_arrays(weights, biases), [(-1, 1)] * d, workers)


def tents(levels):
    """Both coordinates through the tent map, `levels` times: 4 ** levels cells on the unit square."""
    block = [[[1, 0], [1, 0], [0, 1], [0, 1]], [[2, -4, 0, 0], [0, 0, 2, -4]]]
    net = once = Network.from_arrays(block, [[0, "-1/2", 0, "-1/2"], [0, 0]])
    for _ in range(levels - 1):
        net = once @ net
    return Network.from_arrays([[[1, 1]]]) @ net


def test_more_threads_than_parts():
    for d in (2, 3):
        assert check(pytorch_style((d, 1, 2, 1), 0), [(-1, 1)] * d, workers=8)
        assert check(Network.from_arrays([[[1] * d], [[1]]], [[5], [0]]), [(-1, 1)] * d, workers=2)  # one cell


@pytest.mark.large
def test_tents_need_no_rationals():
    assert check(tents(4), [(0, 1), (0, 1)])
    assert count_regions(tents(6), [(0, 1), (0, 1)], method="fast") == 4**6


@pytest.mark.large
@pytest.mark.parametrize(
    ("sizes", "seed", "regions"),
    [
        ((2, 64, 64, 64, 1), 1006, 3548),
        ((3, 32, 32, 1), 1010, 9371),
        ((4, 16, 16, 1), 1012, 6826),
        ((2, 32, 32, 1), 1005, 805),
    ],
)
def test_regions_of_uniform_networks(sizes, seed, regions):
    net, cube = pytorch_style(sizes, seed), [(-1, 1)] * sizes[0]
    assert [count_regions(net, cube, method="fast", workers=n) for n in (1, 2)] == [regions] * 2
    one, *others = (fast_complex(net, as_polytope(cube, sizes[0]), n) for n in (1, 2, 8))
    assert len(one) == regions
    for other in others:
        assert one.facet_cells.tolist() == other.facet_cells.tolist()
        assert one.cells.ids.tolist() == other.cells.ids.tolist()
        assert one.facets.ids.tolist() == other.facets.ids.tolist()
        assert list(one.patterns) == list(other.patterns)


@pytest.mark.large
def test_exact_numbers_on_demand():
    net, square = pytorch_style((2, 24, 24, 1), 5), [(-1, 1)] * 2
    (f,), (g,) = (extract_cells(net, square, method=m) for m in ("fast", "exact"))
    for i in (17, 3, 90):  # in no order
        assert f.regions[i].vertices == g.regions[i].vertices
        assert f.regions[i].gradient == g.regions[i].gradient
        assert f.regions[i].volume == g.regions[i].volume
    assert sum(r.volume for r in f.regions) == 4
    assert (f.n_regions, f.n_pieces, f.f_vector()) == (g.n_regions, g.n_pieces, g.f_vector())
    assert f == g


@given(st.data())
@examples(40)
def test_all_at_once_and_one_by_one(data):
    d = data.draw(st.sampled_from([2, 2, 3]))
    net = data.draw(networks(d, 3, 4, outputs=data.draw(st.integers(1, 2))))
    polytope = as_polytope(data.draw(domains(d)), d)
    pair = [fast_complex(net, polytope, 1) for _ in range(2)]
    for name in ("patterns", "maps", "generators", "facet_normals") if pair[0] is not None else ():
        one, all_of_them = getattr(pair[0], name), list(getattr(pair[1], name))
        assert [one[i] for i in reversed(range(len(one)))][::-1] == all_of_them, name


@pytest.mark.large
def test_many_at_a_time():
    net = pytorch_style((2, 56, 56, 2), 2)  # more cells than are made at a time
    fast = fast_complex(net, as_polytope([(-1, 1)] * 2, 2), 2)
    assert len(fast) > 1024
    assert_same(fast, cell_complex(net, fast.domain))


@pytest.mark.large
def test_which_search_is_taken(monkeypatch):
    small, wide, square = pytorch_style((2, 4, 1), 1), pytorch_style((2, 80, 1), 1), [(-1, 1)] * 2
    asked = []

    def noted(name):
        whole = getattr(kernel, name)
        monkeypatch.setattr(kernel, name, lambda *args: asked.append(name) or whole(*args))

    noted("cell_complex")
    noted("count")
    monkeypatch.setattr(kernel, "is_ready", lambda: False)
    extract_cells(small, square)
    count_regions(small, square)
    extract_cells(wide, square, method="exact")
    extract_cells(small)
    assert asked == []  # few cells, or by wish: nothing waits for a compiler
    assert extract_cells(wide, square)[0].n_regions == count_regions(wide, square) > 1000
    assert asked == ["cell_complex", "count"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "quick", "domain": [(-1, 1)] * 2}, "'auto', 'exact', 'fast'"),
        ({"method": "fast", "domain": [(0, None), (2**50, None)]}, "beyond float64"),
        ({"method": "fast", "domain": [(-(2**50), 1), (0, 1)]}, "beyond float64"),
    ],
)
@pytest.mark.parametrize("ask", [extract_cells, count_regions])
def test_refusals(options, said, ask):
    with pytest.raises(PwlinError, match=said):
        ask(pytorch_style((2, 4, 1), 1), **options)


def test_a_bar_says_when_the_kernel_is_compiled(monkeypatch, capsys):
    net, square = pytorch_style((2, 16, 16, 1), 1), [(-1, 1)] * 2
    extract_cells(net, square, progress=True, method="fast")
    assert "compiling" not in capsys.readouterr().err
    monkeypatch.setattr(kernel, "is_ready", lambda: False)
    monkeypatch.setattr(kernel, "is_compiled", lambda: False)
    for ask in (extract_cells, count_regions):
        ask(net, square, progress=True, method="fast")
        assert capsys.readouterr().err.count(kernel.WAIT) == 1


def test_without_a_bar_a_line_says_so(monkeypatch, capsys):
    net, square = pytorch_style((2, 16, 16, 1), 1), [(-1, 1)] * 2
    count_regions(net, square, method="fast")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(kernel, "is_ready", lambda: False)
    monkeypatch.setattr(kernel, "is_compiled", lambda: False)
    for ask in (extract_cells, count_regions):
        ask(net, square, method="fast")
        assert capsys.readouterr() == ("", f"pwlin: the search is compiled for this machine, {kernel.WAIT}\n")


def test_one_input_takes_the_same_options():
    net = pytorch_style((1, 30, 30, 1), 1)
    functions = [extract(net, (-1, 1), method=m, workers=2, progress=True) for m in ("auto", "exact", "fast")]
    assert functions[0] == functions[1] == functions[2]
    with pytest.raises(PwlinError, match="method: found"):
        extract(net, method="quick")
    pairs = [(layer.weight, layer.bias) for layer in net.layers]
    assert count_regions(pairs, (-1, 1)) == functions[0].n_regions


def test_without_numba(monkeypatch):
    monkeypatch.setattr(kernel, "find_spec", lambda name: None)
    net, square = pytorch_style((2, 8, 1), 1), [(-1, 1)] * 2
    assert extract_cells(net, square)[0].n_regions == count_regions(net, square)
    with pytest.raises(PwlinError, match="numba is not installed"):
        extract_cells(net, square, method="fast")


def test_vertices_that_facets_do_not_tell_apart_go_by_coordinates():
    facets = Ragged.from_rows([[0, 1, 2], [0, 1, 2]])
    assert vertex_order(facets, 3, [(5, 1), (1, 1), (3, 1)]).tolist() == [1, 2, 0]


@pytest.mark.parametrize("domain", [[(-2, 2)] * 2, [(None, 1), (0, None)], None])
def test_entries_made_together_are_those_made_one_by_one(domain):
    net = pytorch_style((2, 8, 8, 2), 3)
    for ask in ("maps", "generators", "facet_normals", "patterns"):
        cells = extract(net, domain, method="fast")[0].complex
        entries = getattr(cells, ask)
        some = list(range(0, len(entries), 3))
        assert entries.take(some) == [entries._make(i) for i in some]
        assert list(entries) == [entries._make(i) for i in range(len(entries))]
