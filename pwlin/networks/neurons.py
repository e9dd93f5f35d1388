"""Neurons and patterns: how they are numbered, packed and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal, shown

Neuron = tuple[int, int]
"""A hidden neuron as (layer, index)."""
Pattern = tuple[tuple[bool, ...], ...]
"""Which neurons are active, one tuple of booleans per hidden layer."""


@final
@dataclass(frozen=True)
class Neurons:
    """The numbering of a network's hidden neurons, by which the bits of a packed pattern know them.

    Bit ``first[k] + i`` belongs to entry i of layer k. The units of a layer come first; entries that are carried along
    for later layers are no neurons: they count as active, and no record shows them.

    Attributes
    ----------
    widths, sizes : tuple of int
        Numbers of units, and of all entries, of the hidden layers.
    """

    widths: tuple[int, ...]
    sizes: tuple[int, ...]

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The first bit of each layer, and last the number of all bits."""
        return tuple(accumulate(self.sizes, initial=0))

    @cached_property
    def _neuron_of_bit(self) -> tuple[Neuron | None, ...]:
        pairs = zip(self.widths, self.sizes)
        return tuple((k, i) if i < units else None for k, (units, n) in enumerate(pairs) for i in range(n))

    def bit(self, layer: int, index: int) -> int:
        """The place of neuron (layer, index) in a packed pattern."""
        if _no_size(layer, len(self.widths)) or _no_size(index, self.widths[layer]):
            raise refusal("neuron", f"({shown(layer)}, {shown(index)})", f"are neurons of hidden widths {self.widths}")
        return self.first[layer] + index

    def among(self, bits: int) -> tuple[Neuron, ...]:
        """The neurons whose bits are set, in their order."""
        out = []
        while bits:
            low = bits & -bits
            neuron = self._neuron_of_bit[low.bit_length() - 1]
            if neuron is not None:
                out.append(neuron)
            bits ^= low
        return tuple(out)

    def pattern(self, bits: int) -> Pattern:
        """The pattern of the units."""
        return self.patterns([bits])[0]

    def patterns(self, packed: Sequence[int]) -> list[Pattern]:
        """The patterns of the units, of many packed ones."""
        return self.of_entries(self.arrays(packed), len(packed))

    def of_entries(self, tables: Sequence[NDArray[np.bool_]], count: int) -> list[Pattern]:
        """So many patterns of the units, from one array per hidden layer, shape (patterns, entries)."""
        layers = [_rows(table[:, :units]) for table, units in zip(tables, self.widths)]
        return list(zip(*layers)) if layers else [()] * count

    def texts(self, packed: Sequence[int]) -> list[str]:
        """As `pattern_text` has the patterns of many packed ones."""
        columns: list[NDArray[np.uint8]] = []
        for table, units in zip(self.arrays(packed), self.widths):
            columns += [table[:, :units] + np.uint8(ord("0")), np.full((len(table), 1), ord("|"), dtype=np.uint8)]
        if not columns:
            return [""] * len(packed)
        rows = np.column_stack(columns[:-1])
        whole, length = rows.tobytes().decode("ascii"), rows.shape[1]
        return [whole[at : at + length] for at in range(0, len(whole), length)]

    def entries(self, bits: int) -> Pattern:
        """The pattern with entries that are carried along."""
        return tuple(tuple(layer[0].tolist()) for layer in self.arrays([bits]))

    def arrays(self, packed: Sequence[int]) -> list[NDArray[np.bool_]]:
        """Many packed patterns as one array per hidden layer, shape (patterns, entries)."""
        size = self.first[-1] // 8 + 1
        raw = np.frombuffer(b"".join(bits.to_bytes(size, "little") for bits in packed), dtype=np.uint8)
        return self.unpacked(raw.reshape(-1, size))

    def unpacked(self, rows: NDArray[np.uint8]) -> list[NDArray[np.bool_]]:
        """As `arrays`, from the bytes of many patterns, the lowest first, shape (patterns, bytes)."""
        table = np.unpackbits(rows, axis=1, bitorder="little").view(np.bool_)
        return [table[:, a:b] for a, b in pairwise(self.first)]

    def packed(self, entries: Sequence[NDArray[np.bool_]]) -> int:
        """One pattern's bits, from one array of entries per hidden layer."""
        flat = np.concatenate([np.zeros(0, dtype=bool), *entries])
        return int.from_bytes(np.packbits(flat, bitorder="little").tobytes(), "little")

    def status(self, ever: int, always: int, contributing: int) -> dict[Neuron, str]:
        """What every neuron does, from packed patterns: where it is active at all, everywhere, and adds to a kink."""
        out = {}
        for neuron, bit in ((n, b) for b, n in enumerate(self._neuron_of_bit) if n is not None):
            flips = "active" if contributing >> bit & 1 else "silent"
            out[neuron] = "always_on" if always >> bit & 1 else flips if ever >> bit & 1 else "dead"
        return out


def _rows(table: NDArray[np.bool_]) -> list[tuple[bool, ...]]:
    """The rows of a table; equal ones, of which there are many where regions have crossed a neuron of another layer, are one tuple."""
    size, known = table.shape[1], dict[bytes, tuple[bool, ...]]()
    data, out = table.tobytes(), []
    for at in range(0, size * len(table), max(size, 1)):
        row = data[at : at + size]
        if row not in known:
            known[row] = tuple(map(bool, row))
        out.append(known[row])
    return out if size else [()] * len(table)


def _no_size(value: object, count: int) -> bool:
    return isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value < count


def neuron_name(neuron: Neuron) -> str:
    """A neuron as ``(layer, index)``."""
    return f"({neuron[0]}, {neuron[1]})"


def pattern_text(pattern: Pattern) -> str:
    """A pattern as 0s and 1s, layers divided by ``|``."""
    return "|".join("".join("1" if active else "0" for active in layer) for layer in pattern)
