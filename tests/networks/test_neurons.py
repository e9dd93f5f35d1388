"""The numbering of neurons: bits, patterns and names agree, with and without entries that are carried along."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import PwlinError
from pwlin.networks.neurons import Neurons, neuron_name, pattern_text
from tests.strategies.networks import networks

layers = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=4)
numberings = layers.map(lambda pairs: Neurons(tuple(u for u, _ in pairs), tuple(u + c for u, c in pairs)))


@given(numberings, st.data())
def test_all_forms_of_a_pattern_agree(neurons, data):
    bits = data.draw(st.integers(0, 2 ** sum(neurons.sizes) - 1))
    entries = neurons.entries(bits)
    assert tuple(map(len, entries)) == neurons.sizes
    assert sum(b << k for k, b in enumerate(b for layer in entries for b in layer)) == bits
    assert neurons.packed([np.array(layer, dtype=bool) for layer in entries]) == bits
    assert neurons.pattern(bits) == tuple(layer[:n] for layer, n in zip(entries, neurons.widths))
    active = [(k, i) for k, layer in enumerate(neurons.pattern(bits)) for i, on in enumerate(layer) if on]
    assert list(neurons.among(bits)) == active
    assert sum(1 << neurons.bit(*n) for n in active) == bits & sum(
        1 << neurons.bit(*n) for n in neurons.status(0, 0, 0)
    )
    many = neurons.arrays([bits, 0, bits])
    assert [a[2].tolist() for a in many] == [list(layer) for layer in entries] and not any(a[1].any() for a in many)


def test_what_a_neuron_does_is_read_from_bits():
    neurons = Neurons((2, 2), (2, 3))
    status = neurons.status(ever=0b0111, always=0b0001, contributing=0b0010)
    assert status == {(0, 0): "always_on", (0, 1): "active", (1, 0): "silent", (1, 1): "dead"}


def test_bits_of_neurons_that_there_are_not():
    neurons = Neurons((2, 1), (3, 1))
    assert neurons.bit(1, 0) == 3 and neurons.among(0b1100) == ((1, 0),)
    for layer, index in ((0, 2), (2, 0), (-1, 0), (0, -1), ("0", 0)):
        with pytest.raises(PwlinError, match="neuron: found"):
            neurons.bit(layer, index)


@given(networks(inputs=2))
def test_a_network_numbers_its_neurons(net):
    assert list(net.numbering.status(0, 0, 0)) == list(net.neurons())
    assert net.denominators[0] == 1 and len(net.denominators) == len(net.layers) + 1
    assert net.denominators[-1] % net.exact([0, 0]).denominator == 0


def test_names():
    assert neuron_name((1, 2)) == "(1, 2)" and pattern_text(((True, False), (True,))) == "10|1"
