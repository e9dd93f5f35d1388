"""The all-rational search for the cells of a network's complex, cell by cell, neuron by neuron, depth first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

from flint import fmpz, fmpz_mat

from pwlin.extraction.ways import Part, Shares, Way, joined
from pwlin.geometry.cone import Generator, Vector, crosses, cut, dot, facet_masks, positions_on
from pwlin.geometry.linear import matrix, null_space, reduce_modulo, row_echelon
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network


class Leaf(NamedTuple):
    """A finished cell.

    `facets` holds (normal, positions): the inward normal and a bit mask of the positions in `generators` on the facet;
    the facet at infinity may be among them. `image` is the affine map of the outputs, row by row.
    """

    pattern: int
    generators: list[Vector]
    facets: list[tuple[Vector, int]]
    image: Vector


class Subtree(NamedTuple):
    """A cell of the complex of the first `layer` layers, about to meet the next one."""

    layer: int
    pattern: int
    generators: list[tuple[Vector, int]]
    lines: list[Vector]
    constraints: list[Vector]
    image: Sequence[Sequence[int]]


class Node(NamedTuple):
    """A cell inside a layer, with the neurons that still cross it."""

    layer: int
    pattern: int
    generators: list[Generator]
    lines: list[Generator]
    constraints: list[Vector]
    rows: list[list[fmpz]]
    crossing: dict[int, Vector]


@dataclass(frozen=True)
class _LayerData:
    weight: fmpz_mat
    """FLINT matrix, shape (n_out, n_in + 1), the bias last."""
    first_bit: int
    scale_in: int
    """Denominator of the layer's input map."""
    linear: tuple[bool, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


class Search:
    """The tree of cells of one network on one domain.

    A cell enters layer k with the layer's input as an affine map: an integer matrix over a denominator that depends on
    the layer only. One FLINT product gives the preactivations, a second one their values at the cell's generators.
    Neurons with one sign there cut nothing; the others cut the cell one by one, and each half inherits the list of those
    that still cross it. A preactivation that is zero throughout, or only touches zero, cuts nothing.

    The complex is face to face: it starts as the domain, and each step divides every cell by the zero set of one function
    that is continuous on the whole domain and affine on each cell, so both cells at a facet divide it alike.
    """

    def __init__(self, net: Network, domain: Polytope) -> None:
        self.net = net
        self.domain = domain
        self.dim = domain.dim
        self.layers: list[_LayerData] = []
        for layer, bit, den in zip(net.layers, net.numbering.first, net.denominators):
            left, right, _ = layer.integer_slopes
            rows = [[*w, b] for w, b in zip(layer.compact_weight.tolist(), layer.compact_bias.tolist())]
            self.layers.append(
                _LayerData(
                    matrix(rows, layer.n_in + 1),
                    bit,
                    den,
                    tuple(layer.is_linear.tolist()),
                    tuple(left.tolist()),
                    tuple(right.tolist()),
                )
            )
        self.denominator = net.denominators[-1]
        self.lineality, self._pivots = self._find_lineality()
        self.rank = self.dim - len(self.lineality) - 1

    def _find_lineality(self) -> tuple[list[Vector], list[int]]:
        """The directions along which every cell contains lines.

        Along the lineality space of the domain, units that bend must not vary; those that are linear vary in the same
        way in all cells. So one walk through the layers cuts the space down, whatever the patterns.
        """
        d = self.dim
        basis = [g[:-1] for g in self.domain.generators[1]]
        if not basis:
            return [], []
        space = matrix(basis, d).transpose()  # columns span the space
        values = space
        for layer, data in zip(self.net.hidden, self.layers):
            values = matrix(layer.compact_weight.tolist(), layer.n_in) * values
            rows = values.tolist()
            bending = [[int(v) for v in row] for row, linear in zip(rows, data.linear) if not linear]
            allowed = null_space([row for row in bending if any(row)], space.ncols())
            if not allowed:
                return [], []
            change = matrix(allowed, space.ncols()).transpose()
            space, values = space * change, values * change
            kept = [
                [v * right for v in row] if linear else [0] * space.ncols()
                for row, linear, right in zip(values.tolist(), data.linear, data.right)
            ]
            values = fmpz_mat(kept)
        columns = [[*(int(v) for v in row), 0] for row in space.transpose().tolist()]
        return row_echelon(columns, d + 1)

    def root(self) -> Subtree:
        """The domain, cut down to the complement of the lineality."""
        d = self.dim
        extreme, lines = self.domain.generators
        constraints = list(self.domain.normals)
        if not self.domain.is_bounded:
            constraints.append((0,) * d + (1,))
        reduced = [reduce_modulo(g, self.lineality, self._pivots) for g in extreme]
        rest, _ = row_echelon([reduce_modulo(v, self.lineality, self._pivots) for v in lines], d + 1)
        generators = [(g, sum(1 << c for c, n in enumerate(constraints) if dot(n, g) == 0)) for g in reduced]
        image = [tuple(int(i == k) for i in range(d + 1)) for k in range(d)]
        return Subtree(0, 0, generators, rest, constraints, image)

    def leaves(self, start: Subtree | Node) -> Iterator[Leaf]:
        """All finished cells below `start`, depth first; memory follows the depth."""
        last = len(self.layers) - 1
        stack: list[Subtree | Node] = [start]
        while stack:
            item = stack.pop()
            if isinstance(item, Node):
                stack.extend(self._step(item))
            elif item.layer == last:
                yield self._leaf(item)
            else:
                stack.append(self._enter(item))

    def walk(self) -> Walk:
        """A walk down the tree, from its root."""
        return Walk(self)

    def descend(self, way: Way) -> Subtree | Node:
        """The cell that a way leads to."""
        item: Subtree | Node = self.root()
        for half in way:
            while len(halves := self.below(item)) == 1:
                (item,) = halves
            item = halves[half == "0"]
        return item

    def parts(self, way: Way, count: int) -> list[Part]:
        """About so many parts that make up what is below a cell, in their order, likely of about the same size."""
        shares = Shares(self.dim, [layer.n_out for layer in self.net.hidden])
        last = len(self.layers) - 1
        waiting, found, whole = [(way, self.descend(way), 0)], [], 0
        while waiting:
            here, item, size = waiting.pop()
            if item.layer < last and not (isinstance(item, Node) and item.crossing):
                waiting += [(here, below, size) for below in self.below(item)]
                continue
            own = shares.cells(item.layer, len(item.crossing)) if isinstance(item, Node) else 1
            whole = whole or own
            size = min(size or own, own)
            if size * count <= whole or not isinstance(item, Node):
                found.append((here, size))
            else:
                upper, lower = self._step(item)
                assert isinstance(upper, Node) and isinstance(lower, Node)
                below = shares.halves(size, item.layer, (len(lower.crossing), len(upper.crossing)))
                waiting += [(here + "1", upper, below[1]), (here + "0", lower, below[0])]
        return joined(found, whole // count)

    def below(self, item: Subtree | Node) -> Sequence[Subtree | Node]:
        """What comes next: the same cell a step further, or its halves, the one that is visited first last."""
        return self._step(item) if isinstance(item, Node) else (self._enter(item),)

    def count(self, start: Subtree | Node) -> Iterator[int]:
        """Numbers that add up to the number of cells below `start`, as they are found."""
        last = len(self.layers) - 1
        stack: list[Subtree | Node] = [start]
        while stack:
            item = stack.pop()
            if isinstance(item, Node):
                if item.layer == last - 1 and len(item.crossing) <= 1:
                    yield 1 + len(item.crossing)
                else:
                    stack.extend(self._step(item))
            elif item.layer == last:
                yield 1
            else:
                stack.append(self._enter(item))

    # -- one step ---------------------------------------------------------------------------------

    def _preactivations(self, item: Subtree) -> fmpz_mat:
        data = self.layers[item.layer]
        rows = [*item.image, (0,) * self.dim + (data.scale_in,)]
        return data.weight * fmpz_mat(len(rows), self.dim + 1, [v for row in rows for v in row])

    def _enter(self, item: Subtree) -> Node:
        """Find which neurons of the cell's next layer cross it."""
        data = self.layers[item.layer]
        size = self.dim + 1
        image = self._preactivations(item)
        rows = image.tolist()
        vectors = [v for v, _ in item.generators]
        at = image * matrix(vectors + item.lines, size).transpose()
        values = at.tolist()
        pointed, pattern, bit = len(vectors), item.pattern, 1 << data.first_bit
        crossing: dict[int, Vector] = {}
        columns: dict[int, list[int]] = {}
        for i, row in enumerate(values):
            if data.linear[i]:
                pattern |= bit
            else:
                inside = row[:pointed]
                high = max(inside)
                if (high > 0 and min(inside) < 0) or any(row[pointed:]):
                    normal = [int(v) for v in rows[i]]
                    common = gcd(*normal)
                    crossing[i] = tuple([v // common for v in normal])
                    columns[i] = [int(v) // common for v in row]
                elif high > 0:
                    pattern |= bit
            bit <<= 1
        generators = [
            Generator(v, mask, {i: c[k] for i, c in columns.items()}) for k, (v, mask) in enumerate(item.generators)
        ]
        lines = [Generator(v, 0, {i: c[pointed + k] for i, c in columns.items()}) for k, v in enumerate(item.lines)]
        return Node(item.layer, pattern, generators, lines, item.constraints, rows, crossing)

    def _step(self, node: Node) -> Sequence[Subtree | Node]:
        """Cut by one neuron, or leave the layer if none is left."""
        if not node.crossing:
            return (self._finish(node),)
        layer, pattern, generators, lines, constraints, rows, crossing = node
        index = next(iter(crossing))
        upcoming = {j: n for j, n in crossing.items() if j != index}
        halves = cut(generators, lines, index, 1 << len(constraints), self.rank - len(lines), upcoming)
        normal = crossing[index]
        first = self.layers[layer].first_bit
        out = []
        for side, part in ((1, halves.positive), (-1, halves.negative)):
            bits = pattern | (1 << first + index) if side > 0 else pattern
            left: dict[int, Vector] = {}
            for j, n in upcoming.items():
                where = crosses(j, part, halves.lines)
                if not where:
                    left[j] = n
                elif where > 0:
                    bits |= 1 << first + j
            wall = normal if side > 0 else tuple([-v for v in normal])
            out.append(Node(layer, bits, part, halves.lines, [*constraints, wall], rows, left))
        return out

    def _finish(self, node: Node) -> Subtree:
        """Apply the layer's activations, and forget constraints that have become redundant."""
        data = self.layers[node.layer]
        bits = node.pattern >> data.first_bit
        zero = (0,) * (self.dim + 1)
        image: list[Sequence[int]] = []
        for row, left, right in zip(node.rows, data.left, data.right):
            slope = right if bits & 1 else left
            bits >>= 1
            image.append(row if slope == 1 else [v * slope for v in row] if slope else zero)
        vectors = [(g.vector, g.mask) for g in node.generators]
        constraints = node.constraints
        if not node.lines:
            facets = facet_masks(node.generators, len(constraints))
            masks = positions_on(
                (positions for _, positions in facets), len(vectors)
            )  # of the facets at each generator
            vectors = [(g.vector, m) for g, m in zip(node.generators, masks)]
            constraints = [constraints[c] for c, _ in facets]
        return Subtree(node.layer + 1, node.pattern, vectors, [g.vector for g in node.lines], constraints, image)

    def _leaf(self, item: Subtree) -> Leaf:
        image = tuple([int(v) for v in self._preactivations(item).entries()])
        positions = positions_on((mask for _, mask in item.generators), len(item.constraints))
        facets = [(n, m) for n, m in zip(item.constraints, positions) if m]
        return Leaf(item.pattern, [v for v, _ in item.generators], facets, image)


class Walk:
    """A walk down the tree, cut by cut."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._item: Subtree | Node = search.root()
        self._halves: tuple[Node, Node] | None = None

    def here(self) -> tuple[int, int]:
        """The layer in which the cell is cut next, and how many neurons cross it there; 0 if it is finished."""
        last = len(self._search.layers) - 1
        while self._item.layer < last and not (isinstance(self._item, Node) and self._item.crossing):
            (self._item,) = self._search.below(self._item)
        return self._item.layer, len(self._item.crossing) if isinstance(self._item, Node) else 0

    def halves(self) -> tuple[int, int]:
        """Cut the cell; how many neurons cross the half that comes first, and the other."""
        upper, lower = self._search.below(self._item)
        assert isinstance(upper, Node) and isinstance(lower, Node)
        self._halves = lower, upper
        return len(lower.crossing), len(upper.crossing)

    def take(self, half: Way) -> None:
        """Go on in that half, ``"0"`` for the first; the other one is forgotten."""
        assert self._halves is not None
        self._item = self._halves[half == "1"]
