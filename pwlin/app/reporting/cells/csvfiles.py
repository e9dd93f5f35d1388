"""Tables of a function of several variables for programs: CSV text, every number in full.

Points are written as coordinates divided by commas, lists of points divided by spaces. Numbers of regions, pieces and
kinks count from 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from pwlin.app.reporting.cells.findings import CellFindings
from pwlin.app.reporting.csvtext import both, csv_text, pairs, with_decimals
from pwlin.exact.text import decimal, in_full
from pwlin.networks.names import name_in
from pwlin.networks.neurons import pattern_text


def regions_csv(found: CellFindings) -> str:
    """Each region: piece, pattern, affine map, volume, centroid, neighbours, vertices, rays, and errors if known."""
    f, names = found.function, found.variables
    errors = found.per_region
    header = ["region", "piece", "pattern", *(f"gradient_{v}" for v in names), "offset", "volume", "volume_decimal"]
    header += [*(f"centroid_{v}" for v in names), "neighbors", "vertices", "rays"]
    header += ["sup_error", "sup_error_decimal", "l2_squared", "l2_squared_decimal"] if errors is not None else []
    rows = []
    for r in f.regions:
        bounded = r.is_bounded
        row = [str(r.index + 1), str(int(f.piece_of_region[r.index]) + 1), pattern_text(r.pattern)]
        row += [*map(in_full, r.gradient), in_full(r.offset)]
        row += both(r.volume) if bounded else ["inf", "inf"]
        row += [in_full(v) for v in r.centroid or ()] or [""] * f.dim
        row += [" ".join(str(n.region + 1) for n in r.neighbors), points(r.vertices), points(r.rays)]
        if errors is not None:
            row += pairs(errors[r.index].sup, errors[r.index].l2_squared)
        rows.append(row)
    return csv_text(header, rows)


def pieces_csv(found: CellFindings) -> str:
    """Each piece: affine map, exact and rounded, and its regions."""
    header = ["piece", *with_decimals([*(f"gradient_{v}" for v in found.variables), "offset"]), "regions"]
    rows = []
    for p in found.function.pieces:
        rows.append([str(p.index + 1), *pairs(*p.gradient, p.offset), " ".join(str(r + 1) for r in p.regions)])
    return csv_text(header, rows)


def vertices_csv(found: CellFindings) -> str:
    """Each vertex, exact and rounded, with the function's value there."""
    f = found.function
    order = [] if f.complex.lineality else f.complex.vertex_order.tolist()
    scale = f.complex.denominator
    places = zip(f.vertices, f.heights.exact(order), f.complex.vectors(order), strict=True)
    rows = [[str(i), *pairs(*p, Fraction(h, scale * v[-1]))] for i, (p, h, v) in enumerate(places, 1)]
    return csv_text(["vertex", *with_decimals([*found.variables, "value"])], rows)


def kinks_csv(found: CellFindings) -> str:
    """Each kink (a facet across which the gradient jumps): its regions, jump, neurons with their parts, and corners."""
    names = found.variables
    header = ["kink", "region_before", "region_after", *(f"jump_{v}" for v in names)]
    header += [f"jump_{v}_decimal" for v in names]
    named = found.network.unit_names
    header += ["neurons", "neuron_jumps", "vertices", "rays", *(["neuron_names"] if named else [])]
    rows = []
    for i, k in enumerate(found.function.kinks, 1):
        row = [str(i), *(str(r + 1) for r in k.regions), *map(in_full, k.jump), *(decimal(v, 17) for v in k.jump)]
        row += [" ".join(f"{a}:{b}" for a, b in k.neurons), points(flip.jump for flip in k.flips)]
        row += [points(k.vertices), points(k.rays)]
        rows.append([*row, "; ".join(name_in(found.network, n) for n in k.neurons)] if named else row)
    return csv_text(header, rows)


def points(found: Iterable[Iterable[Fraction | int]]) -> str:
    """Points as text."""
    return " ".join(",".join(map(in_full, p)) for p in found)
