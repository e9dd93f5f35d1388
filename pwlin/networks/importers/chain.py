"""The variables of a model while it is read, and at last its layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.activation import IDENTITY, TwoSlope
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import AffineRows, Indices, Product, Shape, Wire, check_size, exact_constant
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

_DENSE_FROM = 0.25  # share of entries that are not zero
_MOST_VARIABLES = 1 << 22
_SMALL = 1 << 12  # entries up to which a matrix is dense anyhow


@dataclass(frozen=True, eq=False)
class _Block:
    """Variables that were made together."""

    name: str
    shape: Shape
    first: int
    depth: int
    map: AffineRows | Product | None  # None for inputs
    slopes: Sequence[TwoSlope] | None  # None for inputs and for what is carried

    @property
    def size(self) -> int:
        return math.prod(self.shape)


class Chain:
    """The variables of a model while it is read, and at last its layers."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self.depths: Indices = np.empty(0, dtype=np.int64)
        self.notes: list[str] = []
        self.batched = False  # whether a first axis of length 1 is none of the model's own

    @property
    def count(self) -> int:
        """Number of variables."""
        return len(self.depths)

    def note(self, text: str) -> None:
        """Keep what the user should know of."""
        if text not in self.notes:
            self.notes.append(text)

    def input(self, shape: Sequence[int]) -> Wire:
        """The model's inputs, in this shape."""
        return self._variables(_Block("input", tuple(shape), self.count, 0, None, None))

    def constant(self, value: ArrayLike) -> Wire:
        """Entries that depend on nothing."""
        integers, den = exact_constant(value)
        rows = SparseMatrix.of_dense(np.zeros((integers.size, 1), dtype=np.int64))
        return Wire(self, integers.shape, AffineRows(rows, integers.ravel(), den))

    def new(self, wire: Wire, slopes: Sequence[TwoSlope], name: str) -> Wire:
        """Units on a wire's entries."""
        if wire.size == 0:
            return wire
        return self._variables(_Block(name, wire.shape, self.count, wire.depth + 1, wire.map, slopes))

    def carried(self, wire: Wire) -> Wire:
        """A wire's entries as variables of their own, which are no units."""
        if wire.size == 0:
            return wire
        return self._variables(_Block("", wire.shape, self.count, wire.depth + 1, wire.map, None))

    def joined(self, wires: Sequence[Wire]) -> Wire:
        """All entries one after the other, in one flat wire."""
        check_size(sum(w.size for w in wires))
        parts = [w for w in wires if w.size]
        if len(parts) == 1:
            return parts[0].reshaped((parts[0].size,))
        if not parts:
            return self.constant(np.zeros(0, dtype=np.int64))
        deepest = max(w.depth for w in parts)
        maps = [(w.kept() if w.weighted and w.depth < deepest else w).affine for w in parts]
        whole = AffineRows.stacked(maps)
        return Wire(self, (len(whole.bias),), whole, any(w.weighted for w in wires))

    def _variables(self, block: _Block) -> Wire:
        check_size(block.size)
        check_size(self.count + block.size, _MOST_VARIABLES)
        self._blocks.append(block)
        self.depths = np.concatenate([self.depths, np.full(block.size, block.depth)])
        return Wire(self, block.shape, self._plain(np.arange(block.first, block.first + block.size)))

    # -- layers -------------------------------------------------------------------------------------

    def network(self, output: Wire) -> Network:
        """The network whose outputs are the wire's entries in C order."""
        if output.size == 0:
            raise unread("model", f"an output of shape {output.shape}", "are one or more entries")
        used, last_use = self._used(output)
        depth = output.depth
        before = np.flatnonzero(self.depths == 0)
        layers: list[Layer] = []
        names: list[tuple[tuple[str, Shape], ...]] = []
        for k in range(1, depth + 1):
            own = [b for b in used if b.depth == k]
            units = [b for b in own if b.slopes is not None]
            at = [np.arange(b.first, b.first + b.size) for b in units]
            kept = [(b, np.flatnonzero(last_use[b.first : b.first + b.size])) for b in own if b.slopes is None]
            passed = before[last_use[before] > k]
            parts: list[AffineRows | Product] = [b.map for b in units if b.map is not None]
            parts += [b.map.take(rows) for b, rows in kept if b.map is not None]
            if len(passed):
                parts.append(self._plain(passed))
            slopes = [s for b in units for s in b.slopes or ()]
            carried = sum(len(rows) for _, rows in kept) + len(passed)
            layers.append(self._layer(parts, before, [*slopes, *[IDENTITY] * carried], len(slopes)))
            batched = self.batched
            names.append(tuple((b.name, b.shape[1:] if batched and b.shape[:1] == (1,) else b.shape) for b in units))
            before = np.concatenate([*at, *(b.first + rows for b, rows in kept), passed])
        readout = self._layer([output.map], before, [IDENTITY] * output.size, output.size)
        return Network(layers, readout, tuple(names), tuple(self.notes))

    def _plain(self, variables: Indices) -> AffineRows:
        n = len(variables)
        rows = SparseMatrix((n, self.count), np.arange(n + 1), variables, np.ones(n, dtype=np.int64))
        return AffineRows(rows, np.zeros(n, dtype=np.int64), 1)

    def _used(self, output: Wire) -> tuple[list[_Block], Indices]:
        """Blocks on which the output depends, and the last layer that uses each variable."""
        last_use = np.zeros(self.count, dtype=np.int64)
        last_use[output.map.columns] = output.depth + 1
        used = []
        for block in reversed(self._blocks):
            if last_use[block.first : block.first + block.size].any():
                used.append(block)
                if block.map is not None:
                    last_use[block.map.columns] = np.maximum(last_use[block.map.columns], block.depth)
        return used[::-1], last_use

    def _layer(
        self, parts: Sequence[AffineRows | Product], before: Indices, slopes: Sequence[TwoSlope], units: int
    ) -> Layer:
        places = np.full(self.count, -1)
        places[before] = np.arange(len(before))
        if len(parts) == 1 and isinstance(parts[0], Product):
            columns = places[parts[0].variables]
            if len(np.unique(columns)) == len(columns):
                weight = parts[0].weight
                if not np.array_equal(columns, np.arange(len(before))):
                    weight = np.zeros((len(weight), len(before)))
                    weight[:, columns] = parts[0].weight
                return Layer.from_arrays(weight, parts[0].bias).with_activations(slopes, units)
        whole = AffineRows.stacked([part.affine() for part in parts])
        if len(before):
            rows = whole.rows.on_columns(places, len(before))
        else:  # a constant function of no variables
            rows = SparseMatrix.of_dense(np.zeros((len(whole.bias), 1), dtype=np.int64))
        total = rows.shape[0] * rows.shape[1]
        dense = total <= _SMALL or rows.size > _DENSE_FROM * total
        return Layer(rows.dense() if dense else rows, whole.bias, whole.den, slopes, units)
