"""Domains that contain lines: they are cut in rationals until no cell contains one, for the kernel to go on from there.

All cells are cut by one neuron after the other, so that at any time each facet is a whole facet of both cells at it. In the first
layer the kernel takes over between two neurons, later at the end of a layer: then it goes through the layers again, of which no
neuron crosses a cell any more, for the maps.
"""

from __future__ import annotations

from typing import NamedTuple

from pwlin.extraction.cells.rational_search import Node, Search, Subtree
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.rounding import walls_of
from pwlin.extraction.kernel.starting import Start, add_facets, add_vertices, push_cell
from pwlin.extraction.kernel.store import SLOTS, Store, make_store
from pwlin.extraction.watch import Found
from pwlin.extraction.ways import Way
from pwlin.geometry.cone import Vector, facet_masks
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

_MOST = 1 << 13
"""So many cells are started from at most. Each neuron may double them until none contains a line, which takes as many neurons as
there are lines."""


class Cut(NamedTuple):
    """A cell that was cut: its layer, how many neurons of that cross it, the half that comes first, and the other."""

    layer: int
    crossing: int
    halves: tuple[int, int]


class Roots(NamedTuple):
    """What a search starts from.

    Attributes
    ----------
    store : Store
        Its stack has a frame for each cell to start from, the first one on top.
    ways : list of Way
        To these cells.
    cuts : dict of Way to Cut
        The tree above them.
    """

    store: Store
    ways: list[Way]
    cuts: dict[Way, Cut]


class _Cell(NamedTuple):
    """A cell of the search in rationals; its constraints lie on the zero sets of neurons, or on walls of the domain."""

    at: Subtree | Node
    neurons: list[int]
    way: Way

    @property
    def node(self) -> Node:
        """The cell as one inside a layer."""
        assert isinstance(self.at, Node), "it has entered the layer, and not left it"
        return self.at

    def facets(self) -> list[tuple[int, list[int]]]:
        """The constraints that are facets, with the places of their generators."""
        masks = facet_masks(self.node.generators, len(self.node.constraints))
        return [(c, [i for i in range(len(self.node.generators)) if on >> i & 1]) for c, on in masks]


def start_without_lines(plan: Plan, net: Network, domain: Polytope, found: Found | None = None) -> Roots | None:
    """Cells that contain no lines and make up the whole domain.

    None if one has too many facets, if there are very many, or if the network's regions contain lines, which all or none of them do.
    """
    if 1 << len(domain.generators[1]) > _MOST:
        return None
    search = Search(net, domain)
    if search.lineality:
        return None
    begun = _cells(search, domain, found)
    if begun is None:
        return None
    cells, cuts = begun
    vertices: dict[Vector, int] = {}
    facets: dict[tuple[int, ...], tuple[int, int, Vector]] = {}
    starts = []
    for cell in cells:
        node = cell.node
        ids = [vertices.setdefault(g.vector, len(vertices)) for g in node.generators]
        masks, own = [0] * len(ids), []
        for slot, (c, on) in enumerate(cell.facets()):
            neuron, normal = cell.neurons[c], node.constraints[c]
            if neuron >= 0 and not node.pattern >> neuron & 1:
                normal = tuple([-v for v in normal])  # that of the neuron
            key = tuple(sorted([ids[i] for i in on]))
            own.append(facets.setdefault(key, (len(facets), neuron, normal))[0])
            for i in on:
                masks[i] |= 1 << slot
        if len(own) > SLOTS:
            return None
        starts.append(Start(0, node.pattern, ids, masks, own, list(node.crossing), len(cell.way)))
    size = sum(2 * len(s.vertices) + len(s.facets) + len(s.crossing) + plan.words + 8 for s in starts)
    store = make_store(plan, len(vertices) + len(facets) + size)
    add_vertices(plan, store, vertices)
    add_facets(plan, store, [(neuron, normal) for _, neuron, normal in facets.values()])
    for start in reversed(starts):  # the first on top
        push_cell(plan, store, start)
    return Roots(store, [cell.way for cell in cells], cuts)


def _cells(search: Search, domain: Polytope, found: Found | None) -> tuple[list[_Cell], dict[Way, Cut]] | None:
    """Cells without lines, in the order of the search: inside the first layer, or at the end of a later one; the cuts to them.

    None if they become very many.
    """
    cuts: dict[Way, Cut] = {}
    items = [_Cell(search.root(), [-1 - f for f in range(len(walls_of(domain)))], "")]
    for layer, data in enumerate(search.layers):
        cells = [item._replace(at=entered) for item in items for entered in search.below(item.at)]
        while True:
            if layer == 0 and not any(cell.node.lines for cell in cells):
                return cells, cuts
            upcoming = [next(iter(cell.node.crossing)) for cell in cells if cell.node.crossing]
            if not upcoming:
                break
            if len(cells) > _MOST:
                return None
            if found:
                found(0)
            cells = [half for cell in cells for half in _cut(search, cell, min(upcoming), data.first_bit, cuts)]
        if not any(cell.node.lines for cell in cells):
            return cells, cuts
        items = []
        for cell in cells:
            kept = [cell.neurons[c] for c, _ in cell.facets()] if not cell.node.lines else cell.neurons
            items += [_Cell(finished, kept, cell.way) for finished in search.below(cell.node)]
    raise AssertionError("some region contains a line, so all do")


def _cut(search: Search, cell: _Cell, index: int, first: int, cuts: dict[Way, Cut]) -> list[_Cell]:
    """A cell, cut by a neuron of its layer if that is its next one; the negative half first."""
    if next(iter(cell.node.crossing), None) != index:
        return [cell]
    neurons = [*cell.neurons, first + index]
    halves = [_Cell(half, neurons, cell.way + end) for half, end in zip(reversed(search.below(cell.node)), "01")]
    lower, upper = (len(half.node.crossing) for half in halves)
    cuts[cell.way] = Cut(cell.node.layer, len(cell.node.crossing), (lower, upper))
    return halves
