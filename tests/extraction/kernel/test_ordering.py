"""The compiled orders of facets and vertices are those of NumPy, index by index."""

from types import SimpleNamespace

import numpy as np
import pytest

from pwlin.base.sequences import Ragged
from pwlin.extraction.kernel.drive import drive
from pwlin.extraction.kernel.floats import PartFloats
from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.parts import part_of
from pwlin.extraction.kernel.plan import make_plan
from pwlin.extraction.kernel.starting import add_domain
from pwlin.extraction.kernel.store import make_store
from pwlin.extraction.kernel.whole import in_order
from pwlin.functions.cells.order import facet_order, inverse, renumbered, reordered, vertex_order
from pwlin.geometry.domain import as_polytope
from pwlin.networks.network import Network
from tests.strategies.networks import pytorch_style


def ternary(sizes, seed):
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes, sizes[1:]))
    weights = [rng.integers(-1, 2, (n_out, n_in)).astype(float) for n_in, n_out in pairs]
    return Network.from_arrays(weights, [rng.integers(-1, 2, n_out).astype(float) for _, n_out in pairs])


def found_in(net):
    polytope = as_polytope([(-1, 1)] * net.input_dim, net.input_dim)
    plan = make_plan(net, polytope)
    store = make_store(plan)
    add_domain(plan, store, polytope)
    return part_of(drive(plan, store, Oracle(net, polytope)))


def floats_of(n_vertices, n_facets, d):
    """Rows that tell the number of the vertex or facet that they belong to."""
    rows = [np.repeat(np.arange(float(n))[:, None], d + 1, axis=1) for n in (n_vertices, n_facets)]
    return PartFloats(SimpleNamespace(vertex=rows[0], radius=rows[0][:, 0], facet=rows[1], facet_error=rows[1][:, 0]))


def vertices_of(ends, ids):
    return Ragged(np.concatenate([[0], ends]), ids)


def shuffled(found, rng):
    """The same with other numbers of vertices, and another order of each cell's facets and of all rows."""
    new = rng.permutation(found.n_vertices)
    order = np.lexsort((rng.random(len(found.on)), found.facet_cells[:, 0]))

    def mixed(rows):
        rows = Ragged.from_rows([rng.permutation(new[rows[i]]).tolist() for i in range(len(rows))])
        return rows.offsets[1:], rows.ids

    cell_ends, cell_ids = mixed(vertices_of(found.cell_ends, found.cell_ids))
    facet_ends, facet_ids = mixed(reordered(vertices_of(found.facet_ends, found.facet_ids), order))
    return found._replace(
        cell_ends=cell_ends,
        cell_ids=cell_ids,
        facet_ends=facet_ends,
        facet_ids=facet_ids,
        facet_cells=found.facet_cells[order],
        on=found.on[order],
    )


def never(*_):
    raise AssertionError("facets tell vertices apart on bounded domains")


@pytest.mark.parametrize("make", [pytorch_style, ternary])
@pytest.mark.parametrize(
    "sizes",
    [(2, 12, 12, 1), (3, 8, 6, 1), *(pytest.param(s, marks=pytest.mark.large) for s in ((4, 6, 5, 1), (5, 6, 3, 1)))],
)
@pytest.mark.parametrize("seed", range(4))
def test_orders(make, sizes, seed):
    part = found_in(make(sizes, seed))
    for found in (part, shuffled(part, np.random.default_rng(seed))):
        floats = floats_of(found.n_vertices, len(found.neuron), sizes[0])
        whole = in_order([found], [floats], sizes[0], never, workers=1 + seed)
        cells, facets, facet_cells, facet_neuron, count, vertices, walls = whole
        neuron = found.neuron[found.on]
        by_facet = facet_order(found.facet_cells, -1 - neuron)
        ordered = reordered(vertices_of(found.facet_ends, found.facet_ids), by_facet)
        places = inverse(vertex_order(ordered, found.n_vertices, [()] * found.n_vertices))
        theirs = renumbered(vertices_of(found.cell_ends, found.cell_ids), places), renumbered(ordered, places)
        for rows, same in zip((cells, facets), theirs):
            assert rows.offsets.tolist() == same.offsets.tolist()
            assert rows.ids.tolist() == same.ids.tolist()
        assert facet_cells.tolist() == found.facet_cells[by_facet].tolist()
        assert facet_neuron.tolist() == neuron[by_facet].tolist()
        assert count == found.n_vertices
        assert vertices.tolist() == [[v] * (sizes[0] + 2) for v in inverse(places).tolist()]
        assert walls.tolist() == [[f] * (sizes[0] + 2) for f in found.on[by_facet].tolist()]


def test_a_tie_is_left_to_exact_coordinates():
    found = found_in(pytorch_style((2, 3, 1), 0))
    n = found.n_vertices
    twice = found._replace(  # every vertex doubled: no facet tells the copies apart
        n_vertices=2 * n,
        cell_ends=2 * found.cell_ends,
        cell_ids=np.concatenate([[v, v + n] for v in found.cell_ids]),
        facet_ends=2 * found.facet_ends,
        facet_ids=np.concatenate([[v, v + n] for v in found.facet_ids]),
    )
    asked = []

    def decide(whole):
        asked.append((len(whole.cells), len(whole.facets), whole.n_vertices))
        return vertex_order(whole.facets, 2 * n, [(v,) for v in range(2 * n)])

    cells, facets, _, _, count, vertices, _ = in_order([twice], [floats_of(2 * n, len(found.neuron), 2)], 2, decide)
    assert sorted(vertices[:, 0].tolist()) == list(range(2 * n))
    assert asked == [(len(found.cell_ends), len(found.on), 2 * n)]
    assert count == 2 * n
    for rows in (cells, facets):
        assert all(rows[i] == sorted(rows[i]) for i in range(len(rows)))
    assert sorted(set(cells.ids.tolist())) == list(range(2 * n))
