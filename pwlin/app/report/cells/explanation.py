"""Why a network of several inputs approximates its target, in plain words; every number comes from the run."""

from __future__ import annotations

from collections.abc import Iterable

from pwlin.app.report.cells.findings import CellFindings, norm
from pwlin.app.report.cells.tables import volume_name
from pwlin.app.report.prose import Paragraph, counted, doings, listed, trained
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
        _error(found),
        _steepness(found),
        _training(found),
    )
    return tuple(p for p in parts if p is not None)


def _folds(found: CellFindings) -> Paragraph:
    f, hidden = found.function, sum(found.network.widths)
    if f.n_pieces == 1:
        return Paragraph(
            "One flat piece",
            f"On this domain the network is a single affine map: its gradient is {_vector(f.pieces[0].gradient)} everywhere.",
            "regions",
        )
    border = "line" if f.dim == 2 else "plane" if f.dim == 3 else "hyperplane"
    text = (
        f"A neuron of the first layer bends along one straight {border}, where its input is zero, and is affine on either "
        f"side. Sums of affine maps are affine, so this network of {counted(hidden, 'hidden neuron')} cannot curve: its "
        f"{border}s divide the domain into {counted(f.n_regions, 'activation region')}, and on each the function is flat. "
    )
    if f.n_pieces < f.n_regions:
        text += f"Some neighbours continue each other without a kink; together they make {counted(f.n_pieces, 'linear piece')}. "
    else:
        text += f"No two neighbours continue each other: there are as many linear pieces, {f.n_pieces:,}. "
    if len(found.network.widths) > 1:
        text += f"For a neuron of a later layer the {border} is itself bent, at every {border} that it crosses. "
    most = found.regions_at_most
    if most is not None:
        text += (
            f"Networks with these widths can have {most:,} regions at most on the whole "
            f"{'plane' if f.dim == 2 else 'space'}; here {f.n_regions:,} lie in the domain."
        )
    return Paragraph("Flat pieces, joined along kinks", text.strip(), "regions")


def _gradient(found: CellFindings) -> Paragraph | None:
    f, strongest = found.function, found.strongest_kink
    if strongest is None:
        return None
    lows = [min(p.gradient[k] for p in f.pieces) for k in range(f.dim)]
    highs = [max(p.gradient[k] for p in f.pieces) for k in range(f.dim)]
    ranges = listed(f"{decimal(a, 4)} to {decimal(b, 4)} in {v}" for a, b, v in zip(lows, highs, found.variables))
    text = ""
    if found.target is not None and found.target.is_polynomial:
        slopes = ", ".join(formula(found.target.derivative(v).text) for v in found.variables)
        text += (
            f"What a curved surface does is told by its gradient. That of {found.target_name} is ({slopes}), which changes from "
            f"point to point. "
        )
    text += (
        f"The network's gradient takes only {counted(f.n_pieces, 'value')}, one for each piece, from {ranges}, and changes only "
        f"at the {counted(len(f.kinks), 'kink')}: the facets between two pieces. The strongest of them, made by "
        f"{listed(name_in(found.network, n) for n in strongest.neurons[:3])}, turns it by {_vector(strongest.jump)}, of length "
        f"{decimal(norm(strongest.jump), 4)}."
    )
    if len(found.network.widths) == 1 and f.kinks:
        text += (
            " With one hidden layer, a neuron turns the gradient by the same vector wherever it bends, output weight times "
            "input weights."
        )
    return Paragraph("The gradient changes in jumps", text)


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
    )
    return Paragraph("A faceted surface" if plane else "Lowest and highest", text, "surface")


def _lines(found: CellFindings) -> Paragraph | None:
    count = found.statuses
    if not count:
        return None
    parts = listed(doings(count, "an affine map"))
    text = f"Of the {counted(sum(count.values()), 'hidden neuron')}, {parts}. "
    active = [n for n in found.neurons if n.kinks]
    if active:
        most = max(active, key=lambda n: n.kinks)
        text += (
            f"Neuron {name_in(found.network, most.neuron)} is cut by the others into {counted(most.facets, 'facet')}, more than any other. "
            if most.facets > 1
            else ""
        )
    widths = found.network.widths
    if len(widths) > 1:
        layers = [sum(n.kinks for n in found.neurons if n.neuron[0] == k) for k in range(len(widths))]
        text += "Kinks by layer: " + listed(f"{c:,} in layer {k}" for k, c in enumerate(layers)) + "."
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
    c, f = found.comparison, found.function
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
    text = (
        f"The network is off by at most {with_exact(c.sup)}, at {_vector(c.argsup)}; its mean squared error is "
        f"{with_exact(c.mse)}. {_how_sure(c)}, over every point of the domain, not over a sample. "
    )
    hardest = found.hardest_region
    if hardest is not None:
        region, least, (p, q) = hardest
        here = (found.per_region or c.per_region)[region].sup
        length = norm([a - b for a, b in zip(p, q)])
        text += (
            f"A flat piece must miss a parabola: along a line of length h, {found.target_name} bends away from every affine map by "
            f"an amount that grows with h². The widest region in that sense is number {region + 1}, {decimal(length, 4)} across: any "
            f"affine map is off by {decimal(least, 4)} somewhere on it, and this network is off by {decimal(here, 4)}. Only "
            f"smaller regions lead below that bound: halving their widths divides it by four, and takes {2**f.dim} times as many."
        )
    return Paragraph("How far off it is", text, "error")


def _steepness(found: CellFindings) -> Paragraph | None:
    f = found.function
    if f.n_pieces < 2:
        return None
    steepest = max(f.pieces, key=lambda p: sum(g * g for g in p.gradient))
    text = (
        f"The function is nowhere steeper than {decimal(f.lipschitz(2))} (its Lipschitz constant, exactly the length of the gradient "
        f"{_vector(steepest.gradient)} of piece {steepest.index + 1}); measured in the maximum norm, than {decimal(f.lipschitz('inf'))}."
    )
    if f.domain.is_bounded:
        sizes = sorted(r.volume for r in f.regions)
        name = volume_name(f.dim)
        text += (
            f" The regions' {name}s add up to {decimal(sum(sizes))}, the domain's {name}; the smallest is {decimal(sizes[0], 3)}, the median "
            f"{decimal(sizes[len(sizes) // 2], 3)}, the largest {decimal(sizes[-1], 3)}."
        )
    return Paragraph("Steepness and sizes", text, "levels")


def _training(found: CellFindings) -> Paragraph | None:
    moved = " Regions and kinks are nothing that it knows of; they moved because the weights did."
    return None if found.run is None else trained(found.run.losses, moved, "loss")


def _vector(values: Iterable[Value]) -> str:
    return "(" + ", ".join(decimal(v, 4) for v in values) + ")"
