"""The maps of all outputs where a pattern holds, row by row in Fractions."""

from fractions import Fraction as Q


def maps(net, bits, row):
    """Rows (gradient, offset) of the outputs for row `row` of patterns, layer by layer."""
    d = net.input_dim
    found = [[Q(int(i == j)) for j in range(d + 1)] for i in range(d)]
    for k, layer in enumerate(net.layers):
        unit = [Q(0)] * d + [Q(1)]
        found = [
            [(sum(w * m[c] for w, m in zip(ws, found)) + b * u) / layer.denominator for c, u in enumerate(unit)]
            for ws, b in zip(layer.weight_integers.tolist(), layer.bias_integers.tolist())
        ]
        if k < len(net.hidden):
            slopes = [a.right if on else a.left for a, on in zip(layer.activations, bits[k][row])]
            found = [[s * v for v in m] for s, m in zip(slopes, found)]
    return found
