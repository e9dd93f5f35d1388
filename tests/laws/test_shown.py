"""Every noun says in one line what it is, whatever its numbers are, and none of them changes or equals another kind."""

from fractions import Fraction as Q

import pytest

import pwlin
from pwlin import Network, PiecewiseLinear1D, Polytope, symbolic

HUGE = Q(10**400, 3)
WRITTEN_OUT_BY_NONE = Q(3**9001, 7**9000 + 1)
"""Of more digits than Python writes out."""
HAT = Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
LONG = Network.from_arrays([[[1, 0], [0, 1], [1, -1]], [[HUGE, 1 / HUGE, -1]]], [[0, HUGE, 1], [0]])
PLANE = Network.from_arrays([[[1, 0], [0, 1], [1, -1]], [[1, -2, 3]]], [[0, "1/2", "1/3"], [0]])


def nouns():
    f = pwlin.extract(HAT, (-2, 2))
    yield from (HAT, f, f.domain, f.interval, f.regions[0], f.kinks, f.kinks[0], *f.kinks[0].neurons, f.pieces[0])
    yield from (f.compare("x**2"), f.compare("x**2").per_piece[0], f.compare("sin(x)").sup)
    for net in (PLANE, LONG):
        for domain in ([(-1, 1)] * 2, None, [(0, None), (None, 1)]):
            g = pwlin.extract(net, domain)
            yield from (g, g.domain, g.regions, g.regions[0], g.facets[0], *g.facets[0].neurons, g.pieces[0])
            yield from (face for k in range(3) for face in (g.faces(k) or ())[:3])
            yield from (flip for kink in g.kinks[:2] for flip in kink.neurons)
            yield g.level_set("1/7")
        h = pwlin.extract(net, Polytope.simplex(dim=2))
        yield from (h.min(), h.max())
    c = pwlin.extract(PLANE, [(-1, 1)] * 2).compare("x*y")
    yield from (c, c.per_region[0], c.per_piece[0], c.sup)
    yield from (symbolic.generic((2, 3)), f.interval, pwlin.parse_target("sin(x*y)"))
    long = pwlin.extract(Network.from_arrays([[[1, 0], [0, 1]], [[WRITTEN_OUT_BY_NONE, 1]]]), [(-1, "1/3")] * 2)
    yield from (long, long.integral(), long.compare("x**2").mse, long.regions[0], long.kinks[0], long.max())
    line = pwlin.extract(Network.from_arrays([[[WRITTEN_OUT_BY_NONE]], [[1]]], [[-1], [0]]), (-3, WRITTEN_OUT_BY_NONE))
    yield from (
        line,
        line.integral(),
        line.compare("x**2").mse,
        *line.compare("x**2").per_piece,
        *line.pieces,
        *line.kinks,
    )
    yield from pwlin.labels(Network.from_arrays([[[1, WRITTEN_OUT_BY_NONE], [0, 1]]]), [(-1, 1)] * 2).regions
    yield from (f.kinks[0].location, pwlin.labels(Network.from_arrays([[[1, 0], [0, 1]]]), [(-1, 1)] * 2))


def test_one_line_each():
    kinds = set()
    for noun in nouns():
        text = repr(noun)
        assert 0 < len(text) < 250 and "\n" not in text, text
        kinds.add(type(noun).__name__)
        assert str(noun)
    assert len(kinds) >= 20


def test_nouns_of_other_kinds_differ():
    f, g = pwlin.extract(HAT, (-2, 2)), pwlin.extract(PLANE, [(-1, 1)] * 2)
    for noun in (HAT, HAT.layers[0], f, g, g.domain, g.regions[0], g.facets[0], f.slopes, f.kinks[0]):
        assert noun != 3 and noun != "a" and (noun == 3) is False and noun == noun


@pytest.mark.parametrize("name", ["network", "anything"])
def test_nothing_can_be_set(name):
    f, g = pwlin.extract(HAT, (-2, 2)), pwlin.extract(PLANE, [(-1, 1)] * 2)
    for noun in (HAT, HAT.layers[0], f, g, f.interval, g.domain, f.kinks[0], f.slopes):
        with pytest.raises((AttributeError, TypeError)):
            setattr(noun, name, 3)


def test_what_cannot_be_combined_is_refused():
    f, g = pwlin.extract(HAT, (-2, 2)), pwlin.extract(PLANE, [(-1, 1)] * 2)
    for left, right in ((f, "a"), (f, g), (g, "a"), (g, f)):
        for operation in (lambda a, b: a + b, lambda a, b: a - b):
            with pytest.raises((TypeError, pwlin.PwlinError)):
                operation(left, right)
    with pytest.raises(TypeError):
        HAT @ 3
    with pytest.raises(pwlin.PwlinError, match=r"inner: found 1 output\(s\); accepted are 2"):
        PLANE @ HAT


def test_lists_made_on_demand_are_lists():
    f, g = pwlin.extract(HAT, (-2, 2)), pwlin.extract(PLANE, [(-1, 1)] * 2)
    assert list(f.kinks[:2]) == list(f.kinks)[:2] and list(g.regions[1:3]) == list(g.regions)[1:3]
    assert (-g).complex.maps[:2] == [(-g).complex.maps[k] for k in range(2)]
    assert PiecewiseLinear1D.from_points([0, 1], [0, 1]).neuron_status() == {}
    assert g.regions[0].centroid in g.regions[0] and list(g) == list(g.regions)
