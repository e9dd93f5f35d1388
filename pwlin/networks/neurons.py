"""Neurons and patterns: how they are numbered, packed and written."""

from __future__ import annotations

from collections.abc import Sequence

from pwlin.networks.network import Pattern


def unpack_pattern(bits: int, widths: Sequence[int]) -> tuple[tuple[bool, ...], ...]:
    """A pattern's bits as one tuple of booleans per hidden layer."""
    out = []
    for width in widths:
        out.append(tuple(bool(bits >> i & 1) for i in range(width)))
        bits >>= width
    return tuple(out)


def neuron_name(neuron: tuple[int, int]) -> str:
    """A neuron as ``(layer, index)``."""
    return f"({neuron[0]}, {neuron[1]})"


def pattern_text(pattern: Pattern) -> str:
    """A pattern as 0s and 1s, layers divided by ``|``."""
    return "|".join("".join("1" if active else "0" for active in layer) for layer in pattern)
