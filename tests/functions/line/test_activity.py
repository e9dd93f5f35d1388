"""What neurons do on a line, and whose flip each kink is: golden answers worked out by hand."""

from fractions import Fraction as Q

from hypothesis import given

from pwlin import Network, extract
from tests.strategies.effort import examples
from tests.strategies.functions import simple
from tests.strategies.networks import networks


def test_what_neurons_do():
    # relu(x), relu(x + 5), relu(x - 5), relu(x - 1): the readout does not listen to the last
    f = extract(Network.from_arrays([[[1]] * 4, [[1, 2, 3, 0]]], [[0, 5, -5, -1], [0]]), (-2, 2))
    assert f.neuron_status() == {(0, 0): "active", (0, 1): "always_on", (0, 2): "dead", (0, 3): "silent"}
    assert [r.pattern for r in f.regions] == [
        ((False, True, False, False),),
        ((True, True, False, False),),
        ((True, True, False, True),),
    ]
    assert f.restrict(-2, "-1/2").neuron_status()[0, 0] == "dead"
    assert f.restrict("1/2", 2).neuron_status()[0, 0] == "always_on"


def test_whose_flip_a_kink_is():
    # 2 relu(x - 1) - 5 relu(1 - x) + relu(2 x - 1): two neurons flip at 1, one at 1/2
    f = extract(Network.from_arrays([[[1], [-1], [2]], [[2, -5, 1]]], [[-1, 1, -1], [0]]), (0, 2))
    whose = [(k.location, k.jump, [(*flip.neuron, flip.jump) for flip in k.neurons]) for k in f.kinks]
    assert whose == [(Q(1, 2), 2, [(0, 2, 2)]), (1, -3, [(0, 0, 2), (0, 1, -5)])]
    assert list(f.slopes) == [5, 7, 4]


def test_flips_in_two_layers_share_a_jump():
    # |x| = relu(x) + relu(-x), then relu(|x|) - 2 relu(-|x|): at 0 both layers flip, the parts add up to 2
    net = Network.from_arrays([[[1], [-1]], [[1, 1], [-1, -1]], [[1, -2]]])
    (kink,) = extract(net, (-1, 1)).kinks
    assert kink.location == 0 and kink.jump == 2
    assert {flip.neuron for flip in kink.neurons} == {(0, 0), (0, 1)}
    assert sum(flip.jump for flip in kink.neurons) == 2


def test_layers_of_one_neuron():
    # relu(1 - relu(x)): the first layer flips at 0, the second at 1
    f = extract(Network.from_arrays([[[1]], [[-1]], [[1]]], [[0], [1], [0]]))
    assert [(k.location, k.jump, [flip.neuron for flip in k.neurons]) for k in f.kinks] == [
        (0, -1, [(0, 0)]),
        (1, 1, [(1, 0)]),
    ]


@examples(60)
@given(networks(max_depth=3, max_width=4, entries=simple))
def test_who_is_active_is_told_by_the_parts_of_all_jumps(net):
    f = extract(net, (-3, 3))
    parts = {flip.neuron for point in (*f.kinks, *f.silent_breakpoints) for flip in point.neurons if flip.jump}
    assert {neuron for neuron, status in f.neuron_status().items() if status == "active"} == parts
