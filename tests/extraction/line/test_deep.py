"""Deep networks on the line: new ground for floats, and effects of flips from one way down, change nothing."""

import warnings
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.exact.affine import Points
from pwlin.exact.integers import compact
from pwlin.extraction.line import effects, filtered, fixed, walks
from pwlin.extraction.line.exact import extract_line
from pwlin.extraction.line.fixed import Ground
from pwlin.extraction.line.signs import FloatLayer, norm_bound
from pwlin.networks.maps import SingleMaps
from tests.strategies.effort import examples, few
from tests.strategies.networks import hard_networks, networks, pytorch_style

DOMAINS = (None, (-1, 1), (0, "1/3"), (None, 0), ("1/7", None), (1e-300, 1e300))


def same(net, domain):
    plain, found = (extract_line(net, domain, filtered=choice) for choice in (False, True))
    return all(f.regions == g.regions for f, g in zip(plain, found))


@examples(100)
@given(
    networks(outputs=2, max_depth=5) | hard_networks(outputs=2),
    st.sampled_from(DOMAINS),
    st.integers(1, 6),
    st.booleans(),
    st.booleans(),
)
def test_new_ground_and_other_ways_change_nothing(net, domain, limbs, down, walked):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filtered, "_loose", lambda *_: True)
        patch.setattr(fixed, "_AT_ONCE", 3)
        patch.setattr(fixed, "_FEW", limbs)
        patch.setattr(effects, "_AT_ONCE", 3)
        patch.setattr(walks, "_WEIGHTS", 0 if walked else 1 << 24)
        patch.setattr(walks, "_TOGETHER", 2)
        patch.setattr(walks, "_AT_ONCE", 4)
        patch.setattr(walks, "_FEWEST", 2)
        patch.setattr(effects, "_shared", lambda _, flips, walked: down and bool(flips))
        assert same(net, domain)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("domain", [(-1, 1), (None, 2)])
def test_deep_networks_equal_exact_arithmetic(outputs, domain):
    assert same(pytorch_style((1, *[12] * 24, outputs), 3), domain)


@pytest.mark.parametrize("places", [-90, 90])
def test_deep_networks_far_from_one_are_left_to_floats(places, monkeypatch):
    plain = pytorch_style((1, *[12] * 24, 2), 3)
    weights, biases = (
        [np.ldexp(v, places) for v in each] for each in zip(*((_float(layer)) for layer in plain.layers))
    )
    net = Network.from_arrays(weights, biases, activation=("leaky_relu", 0.25))
    settled, settle = [], filtered._settle
    monkeypatch.setattr(
        filtered, "_settle", lambda found, *rest: (settled.append((found == 2).sum()), settle(found, *rest))[1]
    )
    assert same(net, (-1000, 1000)) and sum(settled) < 100  # thousands where floats overflow


def test_errors_grow_no_faster_than_they_must(monkeypatch):
    monkeypatch.setattr(Ground, "under", None)
    f = extract_line(pytorch_style((1, *[24] * 30, 1), 0), (-1, 1))[0]
    assert f.n_regions == f.n_pieces > 30


@examples(100)
@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from([1e-300, 1e-160, 1.0, 1e300]), st.integers(0, 10**6))
def test_norms_are_bounded(rows, columns, unit, seed):
    matrix = unit * np.random.default_rng(seed).choice([0.0, 1.0, -0.5, 1e-200, 0.3], (rows, columns))
    norm = unit * float(np.linalg.norm(matrix / unit, 2))
    assert norm <= norm_bound(matrix) <= 2 * norm


def test_deep_networks_take_new_ground(monkeypatch):
    taken, under = [], Ground.under
    monkeypatch.setattr(Ground, "under", lambda self, k, *rest: (taken.append(k), under(self, k, *rest))[1])
    settled, settle = [], filtered._settle
    monkeypatch.setattr(
        filtered, "_settle", lambda found, *rest: (settled.append((found == 2).sum()), settle(found, *rest))[1]
    )
    plain = pytorch_style((1, *[24] * 26, 1), 0)
    weights, biases = zip(*((2.25 * layer.weight_float, layer.bias_float) for layer in plain.layers))
    net = Network.from_arrays(weights, biases)  # errors grow, in every norm
    f = extract_line(net, (-1, 1))[0]
    assert 0 < len(taken) < 3
    assert sum(settled) < f.n_regions  # hardly any sign is left to rationals


@examples(100)
@given(
    networks(max_depth=4) | hard_networks(),
    st.lists(st.fractions(-3, 3) | st.fractions(-(10**200), 10**200), min_size=1, max_size=4),
    st.integers(1, 8),
)
def test_errors_of_new_ground_are_bounded(net, xs, limbs):
    hidden = net.hidden
    points = Points(compact([x.numerator for x in xs]), compact([x.denominator for x in xs]))
    patterns = [np.array([net.pattern(x)[k] for x in xs]).reshape(len(xs), -1) for k in range(len(hidden))]
    layers = []
    for layer in hidden:
        layers.append(FloatLayer.of(layer, 1.0, layers[-1].unit if layers else 0))
    ground = Ground(SingleMaps(net), layers)
    for k in range(len(hidden)):
        below = Network(hidden[:k], _identity(hidden[k].n_in))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fixed, "_FEW", limbs)
            found = ground.under(k, points, patterns)
        for x, row, off in zip(xs, found.values, found.error[:, 0]):
            exact = below.exact(x)
            exact = exact if isinstance(exact, tuple) else (exact,)
            for value, near in zip((v / Q(2) ** found.unit for v in exact), row.tolist()):
                assert not np.isfinite(off) or abs(value - type(value)(near)) <= type(value)(float(off))


def _float(layer):
    return layer.weight_float, layer.bias_float


def _identity(width):
    return Network.from_arrays([np.eye(width, dtype=int)]).readout


ENDS = [0.0, 0.5, *(s * v for s in (-1, 1) for v in (1.0, 1e300, 1e-300, 5e-324, 1.7e308, 2.0**-900))]


@pytest.mark.parametrize("seed", few(range(40), 20))
def test_weights_at_both_ends_of_the_range(seed):
    rng = np.random.default_rng(seed)
    widths = [1, *rng.integers(1, 5, rng.integers(1, 5)), 1]
    weights = [rng.choice(ENDS, (b, a)) for a, b in zip(widths, widths[1:])]
    biases = [rng.choice([0.0] * 6 + ENDS, b) for b in widths[1:]]
    net = Network.from_arrays(weights, biases, activation=("relu", "abs", ("two_slope", -0.5, 1.5))[seed % 3])
    domain = ((-1, 1), None, (-1e300, 1e300), (0, 1e-300))[seed % 4]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast = extract(net, domain, method="fast")
    exact = extract(net, domain, method="exact")
    assert (fast.breakpoints, fast.slopes, fast.intercepts) == (exact.breakpoints, exact.slopes, exact.intercepts)


SMALL, LARGE = Q(1, 7 * 2**1074), Q(2**1030, 7)


@examples(25)
@given(st.integers(0, 10**6), st.sampled_from([SMALL, LARGE, SMALL**2, 1]), st.sampled_from([SMALL, LARGE, 1]))
def test_weights_that_are_rounded_to_hardly_any_bits_or_to_infinity(seed, first, second):
    rng = np.random.default_rng(seed)
    widths = [1, *rng.integers(1, 5, rng.integers(1, 3)), 1]
    units = [first, second, 1]
    weights = [rng.integers(-9, 10, (b, a)) * Q(u) for a, b, u in zip(widths, widths[1:], units)]
    biases = [rng.integers(-9, 10, b) * Q(first) * Q(second if k else 1) for k, b in enumerate(widths[1:])]
    net = Network.from_arrays(weights, biases, activation=("relu", "abs")[seed % 2])
    assert same(net, None if seed % 3 else (-(10**6), 10**6))


def test_small_weights_are_rounded_once():
    net = Network.from_arrays(
        [[[2 * SMALL], [7 * SMALL], [-9 * SMALL]], [[1, 2, 3]]], [[5 * SMALL, -2 * SMALL, -8 * SMALL], [0]]
    )
    for filtered_first in (True, False):
        f = extract_line(net, (-(10**6), 10**6), filtered=filtered_first)[0]
        assert f.breakpoints == (Q(-5, 2), Q(-8, 9), Q(2, 7))
