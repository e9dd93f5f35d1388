"""What people call a neuron: the name that it has in the model that its network was made from."""

from __future__ import annotations

from pwlin.networks.network import Network
from pwlin.networks.neurons import Neuron, neuron_name


def name_in(network: Network | None, neuron: Neuron) -> str:
    """A neuron's own name and place, such as ``conv1.relu[3, 5, 7]``; ``(layer, index)`` if the network has no names."""
    if network is None or not network.unit_names:
        return neuron_name(neuron)
    name, place = network.name(*neuron)
    if not name:
        return neuron_name(neuron)
    return f"{name}[{', '.join(map(str, place))}]" if place else name
