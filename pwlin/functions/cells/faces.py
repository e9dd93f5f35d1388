"""Faces of the complex, of every dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pwlin.functions.cells.complex import CellComplex

Ids = tuple[int, ...]


def maximal_parts(face: frozenset[int], walls: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """The facets of a face of a cell: its largest proper intersections with the cell's facets `walls`."""
    parts = {face & w for w in walls if not face <= w}
    parts.discard(frozenset())
    by_size = sorted(parts, key=len, reverse=True)
    out: list[frozenset[int]] = []
    for part in by_size:
        if not any(part < other for other in out):
            out.append(part)
    return out


def cell_walls(cells: CellComplex, cell: int) -> list[frozenset[int]]:
    """The facets of a cell as sets of generators; without the one at infinity."""
    return [frozenset(cells.facets[f]) for f in cells.cell_facets[cell]]


def faces_by_dimension(cells: CellComplex) -> list[list[Ids]]:
    """All faces as sorted generator ids, listed by dimension 0 to d.

    Works down from the facets: a face of dimension k - 1 is a largest intersection of a k-face with facets of a cell that
    holds it; a face that is not at infinity lies in no face at infinity, so those never matter. Each face is visited once,
    since the complex is face to face. Cost: linear in the number of faces, with a factor for the facets of a cell.
    """
    d, low = cells.dim, len(cells.lineality)
    out: list[list[Ids]] = [[] for _ in range(d + 1)]
    out[d] = [tuple(sorted(cells.cells[c])) for c in range(len(cells))]
    if low < d:
        out[low] = [(g,) for g in range(len(cells.generators)) if cells.is_vertex(g)]
    if low < d - 1:
        out[d - 1] = [tuple(cells.facets[f]) for f in range(len(cells.facets))]
    holder = dict(zip(out[d - 1], cells.facet_cells[:, 0].tolist()))
    for k in range(d - 1, low + 1, -1):
        below: dict[Ids, int] = {}
        for face, cell, walls in _with_walls(cells, holder):
            for part in maximal_parts(face, walls):
                if any(map(cells.is_vertex, part)):
                    below.setdefault(tuple(sorted(part)), cell)
        if k - 1 > low:
            out[k - 1] = list(below)
        holder = below
    return out


def _with_walls(
    cells: CellComplex, holder: dict[Ids, int]
) -> Iterator[tuple[frozenset[int], int, list[frozenset[int]]]]:
    """Faces with a cell each that holds them and its facets; faces of one cell come together."""
    current, walls = -1, []
    for face, cell in sorted(holder.items(), key=lambda item: item[1]):
        if cell != current:
            current, walls = cell, cell_walls(cells, cell)
        yield frozenset(face), cell, walls


def polygon_order(cells: CellComplex, cell: int) -> list[int]:
    """The vertices of a bounded plane cell in counterclockwise order (ids), starting at the least id."""
    links: dict[int, list[int]] = {}
    for f in cells.cell_facets[cell]:
        a, b = cells.facets[f]
        links.setdefault(a, []).append(b)
        links.setdefault(b, []).append(a)
    start = min(links)
    order = [start, links[start][0]]
    while len(order) < len(links):
        a, b = links[order[-1]]
        order.append(b if a == order[-2] else a)
    (x0, y0, t0), (x1, y1, t1), (x2, y2, t2) = (cells.generators[g] for g in order[:3])
    turn = x0 * (y1 * t2 - y2 * t1) - y0 * (x1 * t2 - x2 * t1) + t0 * (x1 * y2 - x2 * y1)
    return order if turn > 0 else [start, *order[:0:-1]]
