"""Laws of the exact complex, checked by code that shares nothing with the search."""

import math
from collections import Counter, defaultdict
from fractions import Fraction as Q
from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.extraction.cells.count import count_regions
from pwlin.extraction.cells.extract import extract_cells
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network
from tests.strategies.effort import examples

UNITS = ["relu", "abs", "identity", ("leaky_relu", "1/10"), ("leaky_relu", -2), ("two_slope", 2, 0)]
weight = st.one_of(st.integers(-2, 2), st.fractions(-2, 2, max_denominator=3), st.sampled_from([0.1, 1e-8, 1e8, -0.7]))


@st.composite
def networks(draw, dim, widths, outputs=1):
    sizes = [dim, *draw(st.lists(st.integers(1, widths), min_size=1, max_size=3)), outputs]
    entries = draw(st.sampled_from([st.integers(-1, 1), weight]))
    w = [[[draw(entries) for _ in range(a)] for _ in range(b)] for a, b in pairwise(sizes)]
    b = [[draw(entries) for _ in range(n)] for n in sizes[1:]]
    units = [[draw(st.sampled_from(UNITS)) for _ in range(n)] for n in sizes[1:-1]]
    return Network.from_arrays(w, b, units)


def tight(region, point):
    return [h for h in region.halfspaces if sum(a * x for a, x in zip(h.normal, point)) == h.offset]


def rank(rows):
    rows, done = [list(map(Q, r)) for r in rows], 0
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(done, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        for i in range(done + 1, len(rows)):
            factor = rows[i][j] / rows[done][j]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[done])]
        done += 1
    return done


def lasserre(rows):
    """Volume of {x : a . x <= b} by Lasserre's recursion over facets; rows are (a..., b)."""
    if any(not any(r[:-1]) and r[-1] < 0 for r in rows):
        return Q(0)
    rows = list({tuple(v / abs(next(x for x in r if x)) for v in r) for r in rows if any(r[:-1])})
    if len(rows[0]) == 2:
        high = min((r[1] / r[0] for r in rows if r[0] > 0), default=None)
        low = max((r[1] / r[0] for r in rows if r[0] < 0), default=None)
        return max(high - low, Q(0))
    d, total = len(rows[0]) - 1, Q(0)
    for k, r in enumerate(rows):
        j = next(i for i in range(d) if r[i])
        inside = []
        for other in rows[:k] + rows[k + 1 :]:
            factor = other[j] / r[j]
            inside.append(tuple(o - factor * v for i, (o, v) in enumerate(zip(other, r)) if i != j))
        if r[-1]:
            total += r[-1] / abs(r[j]) * lasserre(inside)
    return total / d


def shoelace(corners):
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(corners, corners[1:] + corners[:1])) / 2


def check_complex(f, net, measure):
    d = f.dim
    assert len({r.pattern for r in f.regions}) == f.n_regions
    volumes, walls, vertices, edges = [], defaultdict(list), set(), set()
    for r in f.regions:
        corners = r.vertices
        assert len(set(corners)) == len(corners) > d
        for p in corners:
            assert p in r.polytope and rank([h.normal for h in tight(r, p)]) == d
        volumes.append(measure(r))
        assert volumes[-1] == r.volume > 0
        vertices |= set(corners)
        for h in r.halfspaces:
            on = frozenset(p for p in corners if h in tight(r, p))
            assert len(on) >= d and rank([[x - y for x, y in zip(p, min(on))] for p in on]) == d - 1
            walls[on].append((r, h))
        if d == 3:
            for p, q in combinations(corners, 2):
                both = [h.normal for h in tight(r, p) if h in tight(r, q)]
                if rank(both) == 2:
                    edges.add(frozenset((p, q)))
        inside = tuple(sum(c) / len(corners) for c in zip(*corners))
        assert net.pattern(inside) == r.pattern == f.region_at(inside).pattern
        assert net.exact(inside) == sum(a * x for a, x in zip(r.gradient, inside)) + r.offset
        assert r.centroid in r.polytope
    domain_volume = lasserre([(*h.normal, h.offset) for h in f.domain.halfspaces])
    assert sum(volumes) == domain_volume == f.volume()
    outer = f.domain.halfspaces
    for on, sides in walls.items():
        if len(sides) == 1:
            assert any(all(sum(a * x for a, x in zip(h.normal, p)) == h.offset for p in on) for h in outer)
        else:
            (r, h), (s, g) = sides
            assert h.normal == tuple(-v for v in g.normal)
            middle = tuple(sum(c) / len(on) for c in zip(*on))
            assert {x.index for x in f.regions_at(middle)} == {r.index, s.index}
    found = Counter(frozenset(x.vertices) for x in f.facets)
    assert set(found) == set(walls) and set(found.values()) <= {1}
    for facet in f.facets:
        sides = walls[frozenset(facet.vertices)]
        assert set(facet.regions) == {r.index for r, _ in sides}
        if len(sides) == 2:
            p, q = (f.regions[k].pattern for k in facet.regions)
            differ = {(k, i) for k in range(len(p)) for i in range(len(p[k])) if p[k][i] != q[k][i]}
            assert differ == set(facet.neurons) != set()
            jumps = [flip.jump for flip in facet.flips]
            assert facet.jump == tuple(map(sum, zip(*jumps)))
            assert facet.is_kink == (f.regions[facet.regions[0]].gradient != f.regions[facet.regions[1]].gradient)
    counts = (
        (len(vertices), len(walls), f.n_regions) if d == 2 else (len(vertices), len(edges), len(walls), f.n_regions)
    )
    assert f.f_vector() == counts
    assert sum((-1) ** k * n for k, n in enumerate(counts)) == 1
    for a in f.regions:
        around = {n.region for n in a.neighbors}
        assert around == {s.index for sides in walls.values() for r, _ in sides if r == a for s, _ in sides} - {a.index}


def random_points(f, rng, n):
    box = [(min(c), max(c)) for c in zip(*f.domain.vertices)]
    for _ in range(n):
        p = tuple(lo + (hi - lo) * Q(int(rng.integers(0, 13)), 12) for lo, hi in box)
        if p in f.domain:
            yield p


@given(networks(2, 4), st.randoms(use_true_random=False))
@examples(70)
def test_plane(net, random):
    (f,) = extract_cells(net, [(-1, 1), ("-2/3", 2)])
    check_complex(f, net, lambda r: shoelace(r.vertices))
    rng = np.random.default_rng(random.randrange(2**32))
    for p in random_points(f, rng, 12):
        assert f(p) == net.exact(p)
        holding = f.regions_at(p)
        assert all(p in r.polytope for r in holding)
        assert len(holding) == sum(p in r.polytope for r in f.regions)
        if any(not tight(r, p) for r in holding):  # inside a region
            assert [r.pattern for r in holding] == [net.pattern(p)]
    assert count_regions(net, f.domain) == f.n_regions


@given(networks(3, 3))
@examples(12)
def test_space(net):
    (f,) = extract_cells(net, Polytope.simplex([(-2, -1, -1), (2, 0, 0), (0, 2, 0), (0, 0, 2)]))
    check_complex(f, net, lambda r: lasserre([(*h.normal, h.offset) for h in r.halfspaces]))
    for p in random_points(f, np.random.default_rng(0), 10):
        assert f(p) == net.exact(p)


@given(networks(4, 3))
@examples(10)
def test_four_dimensions(net):
    (f,) = extract_cells(net, [(-1, 1)] * 4)
    vector = f.f_vector()
    assert sum((-1) ** k * n for k, n in enumerate(vector)) == 1 and vector[4] == f.n_regions == count_regions(
        net, f.domain
    )
    assert sum(r.volume for r in f.regions) == 16
    for r in f.regions:
        assert net.pattern(r.centroid) == r.pattern and net.exact(r.centroid) == f(r.centroid)
    for facet in f.facets:
        for k in facet.regions:
            assert set(facet.vertices) == {p for p in f.regions[k].vertices if _on(facet.halfspace, p)}


def _on(h, p):
    return sum(a * x for a, x in zip(h.normal, p)) == h.offset


@given(networks(2, 4, outputs=2))
@examples(25)
def test_unbounded_plane(net):
    functions = extract_cells(net)
    f, g = functions
    assert f.complex is g.complex
    v = f.f_vector()
    assert v[0] - v[1] + v[2] == 1
    assert math.inf in [r.volume for r in f.regions]
    for facet in f.facets:
        assert len(facet.regions) == 2
    rng = np.random.default_rng(1)
    for _ in range(10):
        p = tuple(Q(int(x), 7) for x in rng.integers(-60, 60, 2))
        assert (f(p), g(p)) == net.exact(p)
        holding = f.regions_at(p)
        assert len(holding) == sum(p in r.polytope for r in f.regions)
        if len(holding) == 1:
            assert holding[0].pattern == net.pattern(p)
    large = extract_cells(net, [(-(10**40), 10**40)] * 2)[0]
    assert large.n_regions == f.n_regions  # all vertices lie inside
    assert len(large.vertices) - len(large.domain.vertices) >= len(f.vertices)


@given(networks(2, 3))
@examples(15)
def test_segments_and_vertices_give_all_values(net):
    (f,) = extract_cells(net, [(-1, 1), (-1, 1)])
    line = f.along((-1, Q(-1, 2)), (1, "1/3"))
    for t in (Q(0), Q(1, 7), Q(1, 2), Q(1)):
        assert line(t) == f((-1 + 2 * t, Q(-1, 2) + t * Q(5, 6)))
    assert f.max().value == max(map(net.exact, f.vertices)) and f.min().value == min(map(net.exact, f.vertices))


@given(networks(2, 3), st.fractions(-2, 2, max_denominator=3))
@examples(30)
def test_level_sets(net, c):
    (f,) = extract_cells(net, [(-1, 1), (-1, 1)])
    c = f(Q(1, 3) * np.array([1, 1], dtype=object)) if c > 1 else c
    found = f.level_set(c)
    for face in found:
        assert all(f(p) == c for p in face.vertices)
        middle = tuple(sum(x) / len(face.vertices) for x in zip(*face.vertices))
        assert f(middle) == c and face.dimension == min(len(face.vertices) - 1, 2)
    on_grid = [(Q(i, 6), Q(j, 6)) for i in range(-6, 7, 2) for j in range(-6, 7, 2)]
    for p in on_grid:
        held = any(_in_hull(p, face.vertices) for face in found)
        assert held == (f(p) == c)


def _in_hull(p, corners):
    if len(corners) == 1:
        return p == corners[0]
    if len(corners) == 2:
        (a, b), (c, d) = corners
        flat = (c - a) * (p[1] - b) == (d - b) * (p[0] - a)
        return flat and min(a, c) <= p[0] <= max(a, c) and min(b, d) <= p[1] <= max(b, d)
    return p in Polytope.from_vertices(corners)


@given(networks(2, 3))
@examples(20)
def test_pieces_join_regions_with_one_map(net):
    (f,) = extract_cells(net, [(-1, 1), (-1, 1)])
    assert sorted(k for p in f.pieces for k in p.regions) == list(range(f.n_regions))
    of = {k: p for p in f.pieces for k in p.regions}
    for p in f.pieces:
        assert {(f.regions[k].gradient, f.regions[k].offset) for k in p.regions} == {(p.gradient, p.offset)}
        seen, stack = {p.regions[0]}, [p.regions[0]]
        while stack:
            for n in f.regions[stack.pop()].neighbors:
                if n.region in p.regions and n.region not in seen:
                    seen.add(n.region)
                    stack.append(n.region)
        assert seen == set(p.regions)
    for facet in f.kinks:
        assert of[facet.regions[0]] != of[facet.regions[1]]
    for facet in f.silent_facets:
        assert of[facet.regions[0]] == of[facet.regions[1]]
