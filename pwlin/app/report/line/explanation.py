"""Why the network approximates its target, in plain words; every number comes from the run."""

from __future__ import annotations

from pwlin.app.report.line.findings import LineFindings, ratio
from pwlin.app.report.prose import Paragraph, counted, doings, trained, verb
from pwlin.exact.text import decimal, with_exact
from pwlin.networks.names import name_in


def explain(found: LineFindings) -> tuple[Paragraph, ...]:
    """The explanation, one idea a paragraph."""
    return tuple(
        p
        for p in (
            _bends(found),
            _slope(found),
            _neurons(found),
            _error(found),
            _best(found),
            _outside(found),
            _training(found),
        )
        if p is not None
    )


def _bends(found: LineFindings) -> Paragraph:
    f, x = found.function, found.variable
    hidden = sum(found.network.widths)
    if f.n_pieces == 1:
        slope, intercept = f.slopes[0], f.intercepts[0]
        return Paragraph(
            "One straight line",
            f"On this domain the network is the single straight line with slope {decimal(slope)} and intercept "
            f"{decimal(intercept)}: {_none_bends(found)}",
            "fit",
        )
    units = "ReLU" if all(a.name == "relu" for layer in found.network.hidden for a in layer.activations) else "unit"
    text = (
        f"A {units} is straight on either side of the one place where its input is zero, and bends there. Weighted sums "
        f"of straight lines are straight, so this network of {counted(hidden, 'hidden neuron')} cannot curve: it is "
        f"{counted(f.n_pieces, 'straight piece')} joined at {counted(len(f.kinks), 'kink')}. "
    )
    if found.target is not None:
        text += f"It can follow {found.target_name} only by laying the pieces along the curve. "
    silent = len(f.silent_breakpoints)
    if silent:
        text += (
            f"The neurons divide the {x} axis into {f.n_regions} activation regions, more than there are pieces, because at "
            f"{counted(silent, 'silent breakpoint')} a neuron flips without changing the slope."
        )
    else:
        text += f"Here the pieces are also the activation regions: at every boundary the slope changes ({f.n_regions} of each)."
    return Paragraph("Straight pieces, joined at kinks", text.strip(), "fit")


def _none_bends(found: LineFindings) -> str:
    if not found.network.hidden:
        return "without hidden neurons a network is linear, and training can find no better than the best line."
    if found.function.silent_breakpoints:
        return "neurons flip, but their bends are dead downstream or cancel."
    return f"none of its {counted(sum(found.network.widths), 'hidden neuron')} bends inside the domain."


def _slope(found: LineFindings) -> Paragraph | None:
    f = found.function
    if not f.kinks:
        return None
    ups = sum(k.jump > 0 for k in f.kinks)
    biggest = max(f.kinks, key=lambda k: abs(k.jump))
    start, end = (found.target_slope(e) for e in f.domain)
    text = ""
    if found.target is not None and start is not None and end is not None:
        left, right = f.domain
        text += (
            f"What a curve does is told by its slope. The slope of {found.target_name} goes from {decimal(start)} at "
            f"{found.variable} = {decimal(left)} to {decimal(end)} at {found.variable} = {decimal(right)}"
        )
        text += ", changing at a steady rate. " if found.curvature is not None else ". "
    text += (
        f"The network's slope is a staircase: it starts at {decimal(f.slopes[0])}, ends at {decimal(f.slopes[-1])}, and changes "
        f"only at the kinks. "
    )
    if len(f.kinks) == 1:
        text += f"The one kink turns it by {decimal(biggest.jump)}."
    elif ups in (0, len(f.kinks)):
        mean = (f.slopes[-1] - f.slopes[0]) / len(f.kinks)
        text += (
            f"Each of the {len(f.kinks)} kinks turns it {'up' if ups else 'down'}, by {decimal(abs(mean), 4)} on average and by "
            f"{decimal(abs(biggest.jump), 4)} at most, at {found.variable} = {decimal(biggest.location)}."
        )
    else:
        text += (
            f"{counted(ups, 'kink')} {verb(ups, 'turns', 'turn')} it up and {len(f.kinks) - ups} down, the most at "
            f"{found.variable} = {decimal(biggest.location)}, by {decimal(biggest.jump, 4)}."
        )
    if found.curvature is not None:
        against = sum((k.jump > 0) != (found.curvature > 0) for k in f.kinks)
        if against:
            text += (
                f" The target always turns {'up' if found.curvature > 0 else 'down'}, so {counted(against, 'kink')} "
                f"{verb(against, 'works', 'work')} against it."
            )
    return Paragraph("The slope changes in steps", text, "slopes")


def _neurons(found: LineFindings) -> Paragraph | None:
    f, count = found.function, found.statuses
    if not count:
        return None
    parts = doings(count, "a straight line")
    text = f"Of the {counted(sum(count.values()), 'hidden neuron')}, {', '.join(parts)}. "
    if f.kinks and f.kinks[0].neurons:
        if len(found.network.widths) == 1:
            text += (
                "In one hidden layer a neuron with input weight w and bias b bends at -b/w, and its jump is its output "
                "weight times |w| (times the step between its two slopes): training moves kinks by moving these numbers."
            )
        else:
            text += (
                "A neuron of the first layer bends in at most one place; one of a later layer sees an input that has bent "
                "already, and can bend wherever that crosses its threshold."
            )
    shared = [k for k in f.kinks if len(k.neurons) > 1]
    if shared:
        names = " and ".join(name_in(found.network, flip.neuron) for flip in shared[0].neurons[:3])
        text += f" {counted(len(shared), 'kink')} {verb(len(shared), 'is', 'are')} shared, the first by {names}."
    return Paragraph("Which neuron does what", text, "neurons", printed=False)


def _error(found: LineFindings) -> Paragraph | None:
    c, errors = found.comparison, found.per_piece
    if c is None or errors is None:
        return None
    kind = "exact" if c.exact else "certified to the digits shown"
    places = " and ".join(decimal(p) for p in c.argsups[:3])
    text = (
        f"The network is off by at most {with_exact(c.sup)}, at {found.variable} = {places}; its mean squared error is "
        f"{with_exact(c.mse)}. Both are {kind}, over every point of the domain, not on a sample. "
    )
    left, right = max(found.spans, key=lambda span: span[1] - span[0])
    sup, width = errors[found.spans.index((left, right))].sup, right - left
    if found.curvature is not None:
        curvature = abs(found.curvature)
        least = curvature * width**2 / 8
        rule = "h²/8" if curvature == 1 else f"{decimal(curvature)}·h²/8"
        text += (
            f"No straight piece of width h follows {found.target_name} closer than {rule}. The widest piece here, from "
            f"{decimal(left)} to {decimal(right)}, has h = {decimal(width, 5)}: it must miss by {decimal(least, 4)} "
            f"at least, and it misses by {decimal(sup, 4)}. Below that bound only narrower pieces lead, that is more "
            f"kinks: halving every width divides the bound by four."
        )
    else:
        text += (
            f"Where the target bends, a straight piece must miss it, and the more so the wider it is. The widest piece, from "
            f"{decimal(left)} to {decimal(right)}, misses by {decimal(sup, 4)}."
        )
    return Paragraph("How far off it is", text, "error")


_COMPARED = (("sup", "largest"), ("mse", "mean squared"))


def _best(found: LineFindings) -> Paragraph | None:
    c, best, f = found.comparison, found.best, found.function
    if c is None or "sup" not in best:
        return None
    who = "The best that {} can do is" if found.best_is_certain else "The best function found with {} has"
    text = f"{who.format(counted(f.n_pieces, 'piece'))} a largest error of {with_exact(best['sup'])}"
    if found.curvature is not None and f.n_pieces > 1:
        h = c.length / f.n_pieces
        turn = 2 * found.curvature * h
        text += (
            f": kinks spaced evenly, {with_exact(h)} apart, each turning the slope by {with_exact(turn)}. Here the distances "
            f"between neighbouring joints go from {decimal(min(b - a for a, b in found.spans), 4)} to "
            f"{decimal(max(b - a for a, b in found.spans), 4)}"
        )
    text += ". "
    times = [(ratio(getattr(c, n), best[n]), words) for n, words in _COMPARED if n in best]
    known = [f"{name} error is {decimal(t, 3)} times" for t, name in times if t is not None]
    if known:
        text += (
            f"This network's {' and its '.join(known)} the best {'possible' if found.best_is_certain else 'found'}. "
        )
    effective = found.effective_pieces
    if effective is not None and float(effective) > 0:
        many = decimal(effective, 4)
        text += (
            f"In mean square it does as well as {many} optimal {verb(many == '1', 'piece', 'pieces')} would: that many of its "
            f"{counted(f.n_pieces, 'piece')} are, so to speak, effective."
        )
    return Paragraph("How good that is", text.strip())


def _outside(found: LineFindings) -> Paragraph | None:
    left, right = found.function.domain
    if found.target is None or left is None or right is None:
        return None
    whole = found.everywhere
    outside = sum(not left < k.location < right for k in whole.kinks)
    reach = max(abs(left), abs(right), *(abs(k.location) for k in whole.kinks))
    text = (
        f"Nothing was asked of the network outside [{decimal(left)}, {decimal(right)}]. It has "
        f"{counted(outside, 'more kink') if outside else 'no more kinks'} there, and for |{found.variable}| > "
        f"{decimal(reach, 5)} it is straight for good, with slope {decimal(whole.slopes[0])} on the left and "
        f"{decimal(whole.slopes[-1])} on the right."
    )
    return Paragraph("Outside the domain", text)


def _training(found: LineFindings) -> Paragraph | None:
    if found.run is None:
        return None
    moved = " Kinks are nothing that it knows of; they moved because the weights did." if found.network.widths else ""
    return trained(found.run.losses, moved, "kink-paths")
