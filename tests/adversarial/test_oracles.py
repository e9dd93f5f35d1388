"""Extraction against brute force over patterns, and against counts from the literature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, PwlinError, count_regions, extract
from tests.reference import patterns
from tests.reference.counts import ARRANGEMENTS
from tests.strategies.domains import domains
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks


def halfspaces(domain, dim):
    """Rows (a, b) of a domain as users write it."""
    if domain is None:
        return []
    if hasattr(domain, "halfspaces"):
        return [(h.normal, h.offset) for h in domain.halfspaces]
    pairs = [domain] if dim == 1 else domain
    rows = []
    for i, (low, high) in enumerate(pairs):
        unit = tuple(int(i == j) for j in range(dim))
        rows += [] if high is None else [(unit, high)]
        rows += [] if low is None else [(tuple(-u for u in unit), -low if not isinstance(low, str) else f"-{low}")]
    return rows


def fits(net, domain):
    """Whether the compiled kernel takes it: numbers beyond float64 are for rationals."""
    try:
        return count_regions(net, domain, method="fast") > 0
    except PwlinError:
        return False


@pytest.mark.parametrize(("dim", "neurons"), [(1, 7), (2, 7), (3, 6), (4, 5)])
@pytest.mark.parametrize("method", ["exact", "fast"])
@examples(15)
@given(data=st.data())
def test_regions_pieces_and_neighbours_are_those_of_brute_force(dim, neurons, method, data):
    outputs = data.draw(st.integers(1, 2))
    net = data.draw(hard_networks(dim, outputs, neurons))
    domain = data.draw(domains(dim, bounded=method == "fast"))
    if method == "fast" and not fits(net, domain):
        method = "auto"
    expected = patterns.regions(net, halfspaces(domain, dim))
    functions = extract(net, domain, method=method)
    for k, f in enumerate(functions if outputs == 2 else (functions,)):
        gradients = [((r.slope, r.intercept) if dim == 1 else (*r.gradient, r.offset)) for r in f.regions]
        found = dict(zip((r.pattern for r in f.regions), gradients))
        assert found.keys() == expected.keys() and len(found) == f.n_regions
        assert found == {pattern: maps[k] for pattern, (maps, _) in expected.items()}
        if dim > 1 and len(expected) <= 48 // dim:
            pairs = patterns.neighbours(expected)
            inner = [x.regions for x in f.facets if len(x.regions) == 2]
            assert len(inner) == len(pairs)
            assert {frozenset(f.regions[i].pattern for i in x) for x in inner} == pairs
            assert f.n_pieces == patterns.pieces(expected, pairs, k)
    assert count_regions(net, domain, method=method) == len(expected)


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_counts_of_the_literature(name):
    normals, offsets, count = ARRANGEMENTS[name]
    net = Network.from_arrays([normals, [[1] * len(normals)]], [[-b for b in offsets], [0]])
    assert count_regions(net) == count
