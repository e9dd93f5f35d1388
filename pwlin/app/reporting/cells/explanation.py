"""What a network of several inputs is and why, in plain words; every number comes from the run, every sentence has its condition."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from statistics import median

from pwlin.app.reporting.cells.findings import CellFindings, norm
from pwlin.app.reporting.cells.tables import volume_name
from pwlin.app.reporting.measured import points_paragraph
from pwlin.app.reporting.prose import Paragraph, counted, doings, listed, trained
from pwlin.comparison.cells.comparison import ComparisonND
from pwlin.comparison.errors import Value
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.text import decimal, formula, with_exact
from pwlin.functions.cells.records import Extremum
from pwlin.networks.names import name_in


def explain(found: CellFindings) -> tuple[Paragraph, ...]:
    """The explanation, one idea a paragraph."""
    parts = (
        _folds(found),
        _gradient(found),
        _surface(found),
        _lines(found),
        _error(found) if found.measured is None else points_paragraph(found.measured),
        _steepness(found),
        _training(found),
        found.next_steps(len(found.function.kinks), found.target_is_affine),
    )
    return tuple(p for p in parts if p is not None)


def _folds(found: CellFindings) -> Paragraph:
    f, hidden = found.function, sum(found.network.widths)
    if f.n_pieces == 1:
        return Paragraph(
            "One flat piece",
            f"On this domain the network is a single affine map: its gradient is {_vector(f.pieces[0].gradient)} everywhere; "
            f"{found.why_nothing_bends(len(f.silent_facets))}",
            "regions",
        )
    border = _border(f.dim)
    text = (
        f"A neuron of the first layer bends along one straight {border} at most, where its input is zero, and is affine on "
        f"either side. Sums of affine maps are affine, so this network of {counted(hidden, 'hidden neuron')} cannot curve: its "
        f"{border}s divide the domain into {counted(f.n_regions, 'activation region')}, and on each the function is flat. "
    )
    if f.n_pieces < f.n_regions:
        text += f"Some neighbours continue each other without a kink; together they make {counted(f.n_pieces, 'linear piece')}. "
    else:
        text += f"No two neighbours continue each other: there are as many linear pieces, {f.n_pieces:,}. "
    if len(found.network.widths) > 1:
        text += f"For a neuron of a later layer the {border} may itself be bent, where it crosses {border}s of layers below. "
    text += (
        f"No network with these widths and activations has more than {found.regions_at_most:,} regions on the whole "
        f"{'plane' if f.dim == 2 else 'space'}; here there are {f.n_regions:,} in the domain."
    )
    return Paragraph("Flat pieces, joined along kinks", text, "regions")


def _border(dim: int) -> str:
    """What a neuron vanishes on."""
    return "line" if dim == 2 else "plane" if dim == 3 else "hyperplane"


def _gradient(found: CellFindings) -> Paragraph | None:
    f, strongest = found.function, found.strongest_kink
    if strongest is None:
        return None
    gradients = {p.gradient for p in f.pieces}
    ranges = listed(
        f"{decimal(min(g[k] for g in gradients), 4)} to {decimal(max(g[k] for g in gradients), 4)} in {v}"
        for k, v in enumerate(found.variables)
    )
    takes = f"takes {counted(len(gradients), 'value')} on its {counted(f.n_pieces, 'piece')}"
    more = len(strongest.neurons) - 3
    makers = listed(name_in(found.network, n) for n in strongest.neurons[:3]) + (
        f" and {more} more" if more > 0 else ""
    )
    text = (
        f"{_target_gradient(found)}The network's gradient {takes}, from {ranges}, and changes only "
        f"at the {counted(len(f.kinks), 'kink')}: the facets between two pieces. The strongest of them, made by {makers}, "
        f"turns it by {_vector(strongest.jump)}, of length {decimal(norm(strongest.jump), 4)}."
    )
    if len(found.network.widths) == 1:
        text += (
            " With one hidden layer, a neuron turns the gradient by the same vector wherever it bends: output weight times "
            "input weights, times the step between its two slopes."
        )
    return Paragraph("The gradient changes in jumps", text)


def _target_gradient(found: CellFindings) -> str:
    target = found.target
    if target is None or not target.is_polynomial:
        return ""
    slopes = [target.derivative(v) for v in found.variables]
    vector = f"({', '.join(formula(slope.text) for slope in slopes)})"
    if found.target_is_affine:
        return f"The gradient of {found.target_name} is {vector} everywhere, for it is affine itself. "
    return (
        f"What a curved surface does is told by its gradient. That of {found.target_name} is {vector}, which changes from "
        f"point to point. "
    )


def _surface(found: CellFindings) -> Paragraph | None:
    low, high = found.extremes
    if low is None or high is None:
        return None

    def place(extremum: Extremum) -> str:
        where = extremum.where[0]
        many = len(extremum.where) > 1 or where.dimension > 0
        return f"{_vector(where.vertices[0])}{' and elsewhere' if many else ''}"

    plane = found.function.dim == 2
    text = "The graph is a surface of flat facets, without gaps. " if plane else ""
    text += (
        f"The function is lowest at {place(low)}, with {decimal(low.value)}, and highest at {place(high)}, with "
        f"{decimal(high.value)}; both are taken at vertices, as always with such functions."
        if found.function.domain.is_bounded and low.value < high.value
        else f"Its values go from {decimal(low.value)} to {decimal(high.value)}."
    )
    return Paragraph("A faceted surface" if plane else "Lowest and highest", text, "surface")


def _lines(found: CellFindings) -> Paragraph | None:
    count = found.statuses
    if not count:
        return None
    text = doings(count, found.network)
    if any(n.facets for n in found.neurons):
        most = max(found.neurons, key=lambda n: n.facets)
        equal = sum(n.facets == most.facets for n in found.neurons) - 1
        others = f"as many as {counted(equal, 'other')}" if equal else "more than any other"
        text += f"Neuron {name_in(found.network, most.neuron)} flips at {counted(most.facets, 'facet')}, {others}. "
    layers = found.kinks_by_layer
    if len(layers) > 1 and found.function.kinks:
        made = listed(f"layer {k} has a part in {c:,}" for k, c in enumerate(layers))
        text += f"Of the {counted(len(found.function.kinks), 'kink')}, {made}."
    return Paragraph("Which neuron does what", text.strip(), "hyperplanes")


def _how_sure(c: ComparisonND) -> str:
    """What kind of numbers the largest and the mean squared error are."""
    if isinstance(c.mse, Enclosure):
        return "Both are certified to the digits shown"
    return (
        "The first is certified to the digits shown, the second exact"
        if isinstance(c.sup, Enclosure)
        else "Both are exact"
    )


def _error(found: CellFindings) -> Paragraph | None:
    c = found.comparison
    if c is None:
        if found.sampled_errors is None:
            return None
        largest, rms = found.sampled_errors
        return Paragraph(
            "How far off it is",
            f"Errors are not computed exactly here. At random points, {found.target_name} is "
            f"missed by {decimal(largest, 3)} at most and by {decimal(rms, 3)} in root mean square: estimates, no bounds.",
            "error",
        )
    if c.sup == 0:
        return Paragraph("How far off it is", f"On the domain the network is {found.target_name}, exactly.", "error")
    text = (
        f"The network is off by at most {with_exact(c.sup)}, at {_vector(c.argsup)}; its mean squared error is "
        f"{with_exact(c.mse)}. {_how_sure(c)}, over every point of the domain, not over a sample. "
    )
    if found.target_is_affine:
        text += f"{found.target_name} is affine: one piece is enough to match it, and no number of times tells how far this is."
    hardest = found.hardest_region
    if hardest is not None:
        region, least, (p, q) = hardest
        here = (found.per_region or c.per_region)[region].sup
        length = norm([a - b for a, b in zip(p, q)])
        text += (
            f"Along most lines {found.target_name} is a parabola, which bends away from every affine map by an amount that grows "
            f"with the square of the length. The widest region in that sense is number {region + 1}, {decimal(length, 4)} across: any "
            f"affine map is off by {decimal(least, 4)} somewhere on it, and this network is off by {decimal(here, 4)}. To get "
            f"below that bound it has to become narrower; half the width divides the bound by four."
        )
    return Paragraph("How far off it is", text.strip(), "error")


def _steepness(found: CellFindings) -> Paragraph | None:
    f = found.function
    if f.n_pieces < 2:
        return None
    steepest = max(f.pieces, key=lambda p: sum(g * g for g in p.gradient))
    where = "on the domain " if f.domain.normals else ""
    text = (
        f"The function is nowhere {where}steeper than {decimal(f.lipschitz(2))} (its Lipschitz constant, exactly the length of the "
        f"gradient {_vector(steepest.gradient)} of piece {steepest.index + 1}); measured in the maximum norm, than "
        f"{decimal(f.lipschitz('inf'))}."
    )
    if f.domain.is_bounded:
        sizes = sorted(Fraction(r.volume) for r in f.regions)
        name = volume_name(f.dim)
        text += (
            f" The regions' {name}s add up to {decimal(sum(sizes))}, the domain's {name}; the smallest is {decimal(sizes[0], 3)}, "
            f"the median {decimal(median(sizes), 3)}, the largest {decimal(sizes[-1], 3)}."
        )
    return Paragraph("Steepness and sizes", text, "levels")


def _training(found: CellFindings) -> Paragraph | None:
    moved = " Regions and kinks are nothing that it knows of; they moved because the weights did."
    return None if found.run is None else trained(found.run, moved if found.can_bend else "", "loss")


def _vector(values: Iterable[Value]) -> str:
    return "(" + ", ".join(decimal(v, 4) for v in values) + ")"
