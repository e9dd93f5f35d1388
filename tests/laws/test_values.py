"""The function is the network: values, patterns, maps, and how regions meet."""

from fractions import Fraction as Q

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.base.errors import DomainError
from tests.strategies.domains import domains
from tests.strategies.effort import examples
from tests.strategies.functions import points_of
from tests.strategies.networks import hard_networks, networks

DIMS = pytest.mark.parametrize("dim", [1, 2, 3])


def inner_point(region):
    """A point inside a region, and the region's map at it."""
    if hasattr(region, "slope"):
        if None not in (region.left, region.right):
            x = (region.left + region.right) / 2
        else:
            x = region.right - 1 if region.right is not None else (region.left + 1 if region.left is not None else Q(0))
        return x, region.slope * x + region.intercept
    p = region.polytope.interior_point()
    return p, sum(a * x for a, x in zip(region.gradient, p)) + region.offset


@DIMS
@examples(40)
@given(data=st.data())
def test_values_maps_and_patterns_are_the_networks(dim, data):
    outputs = data.draw(st.integers(1, 2))
    net = data.draw(hard_networks(dim, outputs, 8 if dim == 1 else 6))
    domain = data.draw(domains(dim))
    functions = extract(net, domain)
    for k, f in enumerate(functions if outputs == 2 else (functions,)):
        assert f.network == (net.output(k) if outputs == 2 else net)
        for region in f.regions:
            x, value = inner_point(region)
            assert f.network.exact(x) == value == f(x)
            assert net.pattern(x) == region.pattern
        for _ in range(3):
            x = data.draw(points_of(f))
            if dim == 1 or x in f.domain:
                assert f(x) == f.network.exact(x)
        assert len({r.pattern for r in f.regions}) == f.n_regions or dim == 1
        assert f.n_pieces == len(f.pieces) <= f.n_regions == len(f.regions)


@DIMS
@examples(25)
@given(data=st.data())
def test_flips_explain_where_regions_meet(dim, data):
    f = extract(data.draw(networks(dim, 2, 4 if dim < 3 else 3)), data.draw(domains(dim)))
    kinks, silent = list(f.kinks), list(f.silent_breakpoints if dim == 1 else f.silent_facets)
    for point in (*kinks, *silent):
        if dim == 1:
            before, after = (
                next(r for r in f.regions if getattr(r, end) == point.location) for end in ("right", "left")
            )
            flips, jump, bends = point.neurons, (point.jump,), before.slope != after.slope
            assert point.jump == point.slope_after - point.slope_before == after.slope - before.slope
        else:
            before, after = (f.regions[k] for k in point.regions)
            flips, jump, bends = point.flips, point.jump, before.gradient != after.gradient
            assert tuple(flip.neuron for flip in flips) == point.neurons
        p, q = before.pattern, after.pattern
        assert (
            {flip.neuron for flip in flips}
            == {(k, i) for k, layer in enumerate(p) for i, on in enumerate(layer) if on != q[k][i]}
            != set()
        )
        sums = [flip.jump if isinstance(flip.jump, tuple) else (flip.jump,) for flip in flips]
        assert tuple(map(sum, zip(*sums))) == jump
        assert bends == (point in kinks)


@DIMS
@examples(25)
@given(data=st.data())
def test_status_of_neurons_is_what_patterns_and_flips_say(dim, data):
    f = extract(data.draw(networks(dim, 2, 4 if dim < 3 else 3)), data.draw(domains(dim)))
    status, patterns = f.neuron_status(), [r.pattern for r in f.regions]
    meetings = (*f.kinks, *(f.silent_breakpoints if dim == 1 else f.silent_facets))
    flips = [flip for m in meetings for flip in (m.neurons if dim == 1 else m.flips)]
    heard = {flip.neuron for flip in flips if flip.jump != 0 and (dim == 1 or any(flip.jump))}
    assert set(status) == set(f.network.neurons())
    for (k, i), said in status.items():
        states = {p[k][i] for p in patterns}
        expected = {(False,): "dead", (True,): "always_on"}.get(
            tuple(states), "active" if (k, i) in heard else "silent"
        )
        assert said == expected


def test_means():
    """Of |x| over [-1, 3] the integral is 5, of |x| + |y| over the unit square it is 1."""
    f = extract(Network.from_arrays([[[1]], [[1]]], None, "abs"), (-1, 3))
    g = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs"), [(0, 1), (-1, 1)])
    assert f.mean() == Q(5, 4) and g.mean() == 1 and (f + 3).mean() == Q(17, 4) and (2 * g).mean() == 2
    for unbounded in (extract(f.network), extract(g.network)):
        with pytest.raises(DomainError, match="bounded"):
            unbounded.mean()
