"""Triangles in floats hold the exact ones, which fill the domain; errors on them are those on simplices that are exact."""

from collections import Counter
from fractions import Fraction as Q
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import extract
from pwlin.comparison.cells import triangles
from pwlin.comparison.cells.simplices import simplices
from pwlin.comparison.cells.triangles import Triangles, box_of
from tests.strategies.domains import domains
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


def holds(found, exact):
    ends = zip(found.low.ravel().tolist(), found.high.ravel().tolist(), exact)
    return all((not isfinite(a) or Q(a) <= v) and (not isfinite(b) or v <= Q(b)) for a, b, v in ends)


def check(f):
    found, listed = Triangles(f), list(simplices(f, range(f.n_regions)))
    exact = list(found)
    assert holds(found.corners, [v for s in exact for corner in s.corners for v in corner])
    assert holds(found.values, [v for s in exact for v in s.values])
    assert holds(found.volumes, [s.volume for s in exact])
    assert [s.region for s in exact] == found.regions.tolist()
    sizes = [Counter(), Counter()]
    for size, parts in zip(sizes, (exact, listed)):
        for s in parts:
            size[s.region] += s.volume
    assert sizes[0] == sizes[1]
    assert box_of("xy", found) == box_of("xy", listed)
    return found


@examples(40)
@given(st.one_of(networks(2, 3, 4), hard_networks(2)), domains(2, bounded=True))
def test_any_function(net, domain):
    check(extract(net, domain))


def test_the_kernel_s_function():
    found = check(extract(pytorch_style((2, 8, 8, 1), 2), [(-1, 1)] * 2, method="fast"))
    assert found.corners.magnitude.max() == 1  # where the domain ends nothing is outside
    assert found.values.width.max() < 1e-14


@pytest.mark.parametrize("target", ["exp(-x**2 - y**2)", "exp(x)*abs(x - y/2)"])
def test_errors(target, monkeypatch):
    f = extract(pytorch_style((2, 4, 1), 3), [(-1, 1)] * 2)
    found = []
    for long in (False, True):
        monkeypatch.setattr(triangles, "is_long", lambda _, long=long: long)
        c = f.compare(target, tolerance="1e-3")
        found.append([c.sup, c.l1, c.l2_squared, c.per_region[3].l1, c.per_region[3].sup])
    for one, two in zip(*found):
        assert one.lower <= two.upper and two.lower <= one.upper
        assert two.relative_width <= Q(1, 1000)
