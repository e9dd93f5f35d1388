"""Tables and graphs say what the records say; floats are the exact numbers correctly rounded."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells import sizes
from pwlin.networks.neurons import pattern_text
from tests.strategies.domains import domains
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


@examples(25)
@given(st.one_of(networks(2, 3, 4), hard_networks(2)), domains(2))
def test_rows_are_regions(net, domain):
    assert_rows(extract(net, domain))


@pytest.mark.parametrize(
    ("size", "certain"),
    [(Fraction(1, 3), {True}), (10**90, {True, False}), (10**250, {False}), (Fraction(1, 10**250), {False})],
)
def test_sizes_are_told_by_floats_where_these_reach(size, certain):
    f = extract(pytorch_style((2, 6, 6, 1), 4), [(-size, 2 * size), (size, 3 * size)], method="exact")
    assert set(sizes.sizes(f.complex)[1].tolist()) == certain
    assert_rows(f)


def test_a_centroid_on_an_axis():
    f = extract(Network.from_arrays([[[1, 0]], [[1]]]), [(-1, 1), (-1, 1)], method="exact")
    assert not sizes.sizes(f.complex)[1].any()
    assert f.to_dataframe()["centroid_1"].tolist() == [0.0, 0.0]
    assert_rows(f)


@pytest.mark.parametrize("widths", [(3, 4, 1), (4, 3, 2, 1)])
def test_more_inputs(widths):
    f = extract(pytorch_style(widths, 4), [(-2, 2)] * widths[0])
    assert sizes.sizes(f.complex)[1].all()
    assert_rows(f)


@examples(10)
@given(networks(3, 2, 3), domains(3))
def test_rows_are_regions_in_space(net, domain):
    assert_rows(extract(net, domain))


def assert_rows(f):
    rows = f.to_dataframe().to_dict("records")
    for region, row in zip(f.regions, rows, strict=True):
        numbers = [*region.gradient, region.offset, region.volume, *(region.centroid or [math.nan] * f.dim)]
        names = [f"gradient_{k}" for k in range(f.dim)] + ["offset", "volume"] + [f"centroid_{k}" for k in range(f.dim)]
        assert [row[name] for name in names] == pytest.approx(
            [nearest_float(v) if isinstance(v, Fraction) else v for v in numbers], rel=0, abs=0, nan_ok=True
        )
        assert row["pattern"] == pattern_text(region.pattern)
        counts = len(region.vertices), len(region.rays), len(region.facets), int(f.piece_of_region[region.index])
        if not region.lines:
            assert (row["vertices"], row["rays"], row["facets"], row["piece"]) == counts
    graph = f.dual_graph()
    assert [graph.nodes[c]["pattern"] for c in range(f.n_regions)] == [r.pattern for r in f.regions]
    inner = [x for x in f.facets if not x.is_boundary]
    assert graph.number_of_edges() == len(inner)
    for x in inner:
        assert graph.edges[x.regions] == {"facet": x.index, "neurons": x.neurons, "kink": x.is_kink}
