"""The same function as other networks: changes that leave values alone, and what they do to patterns."""

from fractions import Fraction as Q

from pwlin import Network
from pwlin.networks.activation import IDENTITY, RELU


def parts(net):
    """Weights, biases and activations as lists that can be changed."""
    return (
        [layer.weight.tolist() for layer in net.layers],
        [layer.bias.tolist() for layer in net.layers],
        [list(layer.activations) for layer in net.hidden],
    )


def permuted(net, layer, order):
    """The neurons of one layer in another order."""
    w, b, units = parts(net)
    w[layer], b[layer], units[layer] = ([rows[i] for i in order] for rows in (w[layer], b[layer], units[layer]))
    w[layer + 1] = [[row[i] for i in order] for row in w[layer + 1]]
    return Network.from_arrays(w, b, units)


def rescaled(net, layer, index, factor):
    """A neuron's weights times a positive number, and what reads it divided by that."""
    w, b, units = parts(net)
    w[layer][index], b[layer][index] = [factor * v for v in w[layer][index]], factor * b[layer][index]
    w[layer + 1] = [[v / factor if i == index else v for i, v in enumerate(row)] for row in w[layer + 1]]
    return Network.from_arrays(w, b, units)


def with_dead(net, layer, value):
    """One more neuron, last in its layer, that is never active and is read with weight `value`."""
    w, b, units = parts(net)
    w[layer], b[layer], units[layer] = [*w[layer], [0] * len(w[layer][0])], [*b[layer], -1], [*units[layer], RELU]
    w[layer + 1] = [[*row, value] for row in w[layer + 1]]
    return Network.from_arrays(w, b, units)


def with_twin(net, layer, index, share):
    """One more neuron that does what another one does; each carries its share."""
    w, b, units = parts(net)
    for rows in (w[layer], b[layer], units[layer]):
        rows.append(rows[index])
    w[layer + 1] = [
        [*((1 - share) * v if i == index else v for i, v in enumerate(row)), share * row[index]] for row in w[layer + 1]
    ]
    return Network.from_arrays(w, b, units)


def with_identity(net, layer):
    """An identity layer between two layers."""
    w, b, units = parts(net)
    n = len(w[layer])
    w.insert(layer + 1, [[int(i == j) for j in range(n)] for i in range(n)])
    b.insert(layer + 1, [0] * n)
    units.insert(layer + 1, [IDENTITY] * n)
    return Network.from_arrays(w, b, units)


def with_passed_on(net, layer):
    """A layer of ReLUs that hands on what they read: v as relu(v) - relu(-v)."""
    w, b, units = parts(net)
    n = len(w[layer])
    w.insert(layer + 1, [[s * int(i == j) for j in range(n)] for i in range(n) for s in (1, -1)])
    b.insert(layer + 1, [0] * (2 * n))
    units.insert(layer + 1, [RELU] * (2 * n))
    w[layer + 2] = [[s * v for v in row for s in (1, -1)] for row in w[layer + 2]]
    return Network.from_arrays(w, b, units)


def moved(net, shift, factor):
    """The network at ``factor * x + shift``, so that a domain D becomes ``(D - shift) / factor``."""
    d = net.input_dim
    return net.restrict(shift, *([factor if i == j else Q(0) for j in range(d)] for i in range(d)))
