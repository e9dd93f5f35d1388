"""What makes a kink's neurons: parts of jumps that add up, the same on a line and on cells."""

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.functions.flips import jump_parts, shared_parts
from pwlin.functions.line import activity
from tests.strategies.effort import examples
from tests.strategies.networks import networks


def slow_parts(net, before, after):
    """The formula itself: gradients by the chain rule, one neuron at a time, in Fractions."""

    def slopes(pattern, k):
        return [a.right if on else a.left for on, a in zip(pattern[k], net.hidden[k].activations)]

    out = {}
    for k, layer in enumerate(net.hidden):
        below = [[Q(int(i == j)) for j in range(net.input_dim)] for i in range(net.input_dim)]
        for m in range(k):
            rows = net.hidden[m].weight.dot(np.array(below, dtype=object))
            below = [[s * v for v in row] for s, row in zip(slopes(after, m), rows.tolist())]
        entering = layer.weight.dot(np.array(below, dtype=object)).tolist()
        above = net.readout.weight.tolist()[0]
        for m in range(len(net.hidden) - 1, k, -1):
            above = np.array([g * s for g, s in zip(above, slopes(before, m))], dtype=object)
            above = above.dot(net.hidden[m].weight).tolist()
        for i, (was, now) in enumerate(zip(before[k], after[k])):
            if was != now:
                a = layer.activations[i]
                turn = (a.right - a.left) * (1 if now else -1)
                out[k, i] = tuple(above[i] * turn * v for v in entering[i])
    return out


@examples(60)
@given(networks(inputs=2, max_depth=3, max_width=3))
def test_parts_are_those_of_the_formula_and_add_up(net):
    f = extract(net, [(-1, 1), (-1, 1)], method="exact")
    for facet in f.facets:
        if facet.is_boundary:
            assert facet.flips == ()
            continue
        patterns = [f.regions[r].pattern for r in facet.regions]
        parts = slow_parts(net, *patterns)
        assert {flip.neuron: flip.jump for flip in facet.flips} == parts
        assert facet.jump == tuple(map(sum, zip(*parts.values())))


@examples(60)
@given(networks(inputs=1, max_depth=3, max_width=3))
def test_the_line_and_many_places_at_once(net):
    f = extract(net, (-2, 2))
    regions = f.regions
    for point in (*f.kinks, *f.silent_breakpoints):
        k = f.breakpoints.index(point.location)
        parts = slow_parts(net, regions[k].pattern, regions[k + 1].pattern)
        assert {flip.neuron: (flip.jump,) for flip in point.neurons} == parts
        assert point.jump == sum((flip.jump for flip in point.neurons), Q(0))


def test_several_inputs_at_several_places():
    net = Network.from_arrays([[[1, 2], [3, -1]], [[1, 1]], [["1/2"]]], None, ["relu", ("leaky_relu", "1/3")])
    before = [np.array([[True, False], [False, True]]), np.array([[False], [True]])]
    after = [np.array([[True, True], [True, False]]), np.array([[True], [False]])]
    found = jump_parts(net, before, after)
    for row in range(2):
        patterns = [tuple(tuple(layer[row].tolist()) for layer in side) for side in (before, after)]
        assert found[row] == slow_parts(net, *patterns)


@examples(20)
@given(networks(inputs=2, outputs=2, max_depth=3, max_width=3), st.integers(0, 2**20))
def test_all_outputs_at_once(net, seed):
    assume(net.hidden)
    rng = np.random.default_rng(seed)
    before, after = ([rng.random((3, layer.n_out)) < 0.5 for layer in net.hidden] for _ in range(2))
    found = shared_parts(net, before, after)
    for i in range(net.output_dim):
        assert [parts.of(i) for parts in found] == jump_parts(net.output(i), before, after)


@examples(20)
@given(networks(inputs=1, outputs=2, max_depth=3, max_width=3))
def test_places_with_many_flips_are_followed_as_those_with_few(net):
    few = extract(net, (-2, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activity, "_FEW", 1)
        many = extract(net, (-2, 2))
        kinks = [list(f.kinks) for f in many]
    assert [list(f.kinks) for f in few] == kinks
    assert all(f.restrict(0, 1).kinks == g.restrict(0, 1).kinks for f, g in zip(few, many))
