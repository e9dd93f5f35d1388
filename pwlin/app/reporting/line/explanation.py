"""What a network of one input is and why, in plain words; every number comes from the run, every sentence has its condition."""

from __future__ import annotations

from fractions import Fraction

from pwlin.app.reporting.line.findings import LineFindings, ratio
from pwlin.app.reporting.measured import points_paragraph
from pwlin.app.reporting.prose import Paragraph, counted, doings, trained, units, verb
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
            _error(found) if found.measured is None else points_paragraph(found.measured),
            _best(found),
            _outside(found),
            _training(found),
            found.next_steps(len(found.function.kinks), found.target_is_affine),
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
            f"{decimal(intercept)}: {found.why_nothing_bends(len(f.silent_breakpoints))}",
            "fit",
        )
    text = (
        f"{units(found.network)} bends where its input is zero, and is straight on either side. Weighted sums "
        f"of straight lines are straight, so this network of {counted(hidden, 'hidden neuron')} cannot curve: here it is "
        f"{counted(f.n_pieces, 'straight piece')} joined at {counted(len(f.kinks), 'kink')}. {_follows(found)}"
    )
    silent = len(f.silent_breakpoints)
    if silent:
        text += (
            f"The neurons divide the {x} axis into {f.n_regions} activation regions, more than there are pieces, because at "
            f"{counted(silent, 'silent breakpoint')} a neuron flips without changing the slope."
        )
    else:
        text += f"Here the pieces are also the activation regions: at every boundary the slope changes ({f.n_regions} of each)."
    return Paragraph("Straight pieces, joined at kinks", text.strip(), "fit")


def _follows(found: LineFindings) -> str:
    """How straight pieces follow the target."""
    if found.target is None:
        return ""
    line = found.linear_target
    if line is None:
        jumps = " Nor can it jump, however steep a piece may be." if found.jump else ""
        return f"It can follow {found.target_name} only by laying the pieces along the graph.{jumps} "
    if line.n_pieces == 1:
        return f"{found.target_name} is one straight line, for which a single piece is enough. "
    return f"{found.target_name} is {counted(line.n_pieces, 'straight piece')} itself, so that as many can match it exactly. "


def _slope(found: LineFindings) -> Paragraph | None:
    f, x = found.function, found.variable
    if not f.kinks:
        return None
    text = (
        f"{_target_slopes(found)}The network's slope is a staircase: it starts at {decimal(f.slopes[0])}, ends at "
        f"{decimal(f.slopes[-1])}, and changes only at the kinks. "
    )
    ups = sum(k.jump > 0 for k in f.kinks)
    biggest = max(f.kinks, key=lambda k: abs(k.jump))
    if len(f.kinks) == 1:
        text += f"The one kink turns it by {decimal(biggest.jump)}."
    elif ups in (0, len(f.kinks)):
        mean = (f.slopes[-1] - f.slopes[0]) / len(f.kinks)
        text += (
            f"Each of the {len(f.kinks)} kinks turns it {'up' if ups else 'down'}, by {decimal(abs(mean), 4)} on average and by "
            f"{decimal(abs(biggest.jump), 4)} at most, at {x} = {decimal(biggest.location)}."
        )
    else:
        text += (
            f"{counted(ups, 'kink')} {verb(ups, 'turns', 'turn')} it up and {len(f.kinks) - ups} down, the most at "
            f"{x} = {decimal(biggest.location)}, by {decimal(biggest.jump, 4)}."
        )
    if found.curvature is not None:
        against = sum((k.jump > 0) != (found.curvature > 0) for k in f.kinks)
        if against:
            text += (
                f" The target always turns {'up' if found.curvature > 0 else 'down'}, so {counted(against, 'kink')} "
                f"{verb(against, 'works', 'work')} against it."
            )
    return Paragraph("The slope changes in steps", text, "slopes")


def _target_slopes(found: LineFindings) -> str:
    line, (left, right) = found.linear_target, found.function.domain
    if line is not None:
        if line.n_pieces == 1:
            return f"The slope of {found.target_name} is {decimal(line.slopes[0])} everywhere. "
        return (
            f"The slope of {found.target_name} is a staircase too, from {decimal(line.slopes[0])} to {decimal(line.slopes[-1])} "
            f"with {counted(len(line.kinks), 'step')}. "
        )
    start, end = found.target_slope(left), found.target_slope(right)
    if left is None or right is None or start is None or end is None:
        return ""
    here, there = f"{found.variable} = {decimal(left)}", f"{found.variable} = {decimal(right)}"
    text = f"What a curve does is told by its slope. The slope of {found.target_name} "
    if found.curvature is not None:
        return f"{text}goes from {decimal(start)} at {here} to {decimal(end)} at {there}, changing at a steady rate. "
    return f"{text}is {decimal(start)} at {here} and {decimal(end)} at {there}. "


def _neurons(found: LineFindings) -> Paragraph | None:
    f, count = found.function, found.statuses
    if not count:
        return None
    text = doings(count, found.network)
    if f.kinks and f.kinks[0].neurons:
        if len(found.network.widths) == 1:
            text += (
                "In one hidden layer a neuron with input weight w and bias b bends at -b/w, and its jump is its output "
                "weight times |w| (times the step between its two slopes): training moves kinks by moving these numbers."
            )
        else:
            text += (
                "A neuron of the first layer bends in at most one place; one of a later layer sees an input that may have bent "
                "already, and can bend wherever that crosses zero."
            )
    shared = [k for k in f.kinks if len(k.neurons) > 1]
    if shared:
        names = " and ".join(name_in(found.network, flip.neuron) for flip in shared[0].neurons[:3])
        more = len(shared[0].neurons) - 3
        text += f" At {counted(len(shared), 'kink')} several neurons flip, at the first {names}{f' and {more} more' if more > 0 else ''}."
    return Paragraph("Which neuron does what", text, "neurons", printed=False)


def _error(found: LineFindings) -> Paragraph | None:
    c, errors = found.comparison, found.per_piece
    if c is None or errors is None:
        return None
    if c.exact and c.sup == 0:
        return Paragraph("How far off it is", f"On the domain the network is {found.target_name}, exactly.", "error")
    kind = "exact" if c.exact else "certified to the digits shown"
    places = " and ".join(decimal(p) for p in c.argsups[:3])
    elsewhere = " and elsewhere" if len(c.argsups) > 3 else ""
    text = (
        f"The network is off by at most {with_exact(c.sup)}, at {found.variable} = {places}{elsewhere}; its mean squared error "
        f"is {with_exact(c.mse)}. Both are {kind}, over every point of the domain, not on a sample. "
    )
    left, right = max(found.spans, key=lambda span: span[1] - span[0])
    width = right - left
    widest = f"The widest piece, from {decimal(left)} to {decimal(right)},"
    sup = errors[found.spans.index((left, right))].sup
    if found.curvature is None:
        text += f"{widest} misses by {decimal(sup, 4)} at most."
        if found.linear_target is None and not found.jump:
            text += f" Where {found.target_name} curves, every straight piece must miss it somewhere."
        return Paragraph("How far off it is", text, "error")
    curvature = abs(found.curvature)
    rule = "h²/8" if curvature == 1 else f"{decimal(curvature)}·h²/8"
    text += (
        f"No straight piece of width h follows {found.target_name} closer than {rule}. {widest} has h = {decimal(width, 5)}: it "
        f"must miss by {decimal(curvature * width**2 / 8, 4)} at least, and it misses by {decimal(sup, 4)}. To get below that "
        f"bound it has to become narrower, by moving kinks or by more of them; half the width divides the bound by four."
    )
    return Paragraph("How far off it is", text, "error")


_COMPARED = (("sup", "largest"), ("mse", "mean squared"))


def _best(found: LineFindings) -> Paragraph | None:
    c, f = found.comparison, found.function
    if c is None:
        return None
    special = _jumping(found) if found.jump else _matched(found)
    if special:
        return Paragraph("How good that is", special)
    best = found.best
    if "sup" not in best:
        return None
    who = "The best that {} can do is" if found.best_is_certain else "The best function found with {} has"
    text = f"{who.format(counted(f.n_pieces, 'piece'))} a largest error of {with_exact(best['sup'])}"
    if found.curvature is not None and f.n_pieces > 1:
        h = c.length / f.n_pieces
        text += (
            f": kinks spaced evenly, {with_exact(h)} apart, each turning the slope by {with_exact(2 * found.curvature * h)}. Here "
            f"the distances between neighbouring joints go from {decimal(min(b - a for a, b in found.spans), 4)} to "
            f"{decimal(max(b - a for a, b in found.spans), 4)}"
        )
    text += ". "
    times = [(ratio(getattr(c, n), best[n]), words) for n, words in _COMPARED if n in best]
    known = [f"{name} error is {decimal(t, 3)} times" for t, name in times if t is not None]
    if known:
        text += (
            f"This network's {' and its '.join(known)} the best {'possible' if found.best_is_certain else 'found'}. "
        )
    text += _effective(found)
    return Paragraph("How good that is", text.strip())


def _effective(found: LineFindings) -> str:
    """How many optimal pieces would do as well."""
    effective, pieces = found.effective_pieces, found.function.n_pieces
    if effective is None or pieces == 1:
        return ""
    if float(effective) < 1:
        return "In mean square it does less well than one optimal piece would."
    many = decimal(effective, 4)
    about = "" if found.best_is_certain else "about "
    return (
        f"In mean square it does as well as {about}{many} optimal {verb(many == '1', 'piece', 'pieces')} would: that many of "
        f"its {counted(pieces, 'piece')} {verb(many == '1', 'is', 'are')}, so to speak, effective."
    )


def _jumping(found: LineFindings) -> str:
    """What is possible against a target that jumps."""
    half: Fraction = found.jump / 2
    return (
        f"{found.target_name} jumps by {with_exact(found.jump)}, and a network cannot: beside the jump every continuous function "
        f"is off by {with_exact(half)} at least. In mean square there is no best one: a ramp in place of the jump, with two "
        f"kinks, gets closer the steeper it is."
    )


def _matched(found: LineFindings) -> str:
    """What is possible against a target with no more pieces than the network, or nothing."""
    line, f = found.linear_target, found.function
    if line is None or line.n_pieces > f.n_pieces:
        return ""
    enough = f"{found.target_name} is made of {counted(line.n_pieces, 'straight piece')}"
    if line == f:
        return f"{enough}, and so is the network: nothing is better."
    return (
        f"{enough}, so the best that {counted(f.n_pieces, 'piece')} can do is to match it, with no error at all. No number of "
        f"times tells how far this network is from that."
    )


def _outside(found: LineFindings) -> Paragraph | None:
    left, right = found.function.domain
    if found.target is None or left is None or right is None:
        return None
    whole = found.everywhere
    outside = sum(not left < k.location < right for k in whole.kinks)
    reach = max(abs(left), abs(right), *(abs(k.location) for k in whole.kinks))
    asked = "Nothing was asked of the network" if found.run is not None else "The network was not compared"
    kinks = f"{outside} more {verb(outside, 'kink', 'kinks')}" if outside else "no more kinks"
    text = f"{asked} outside [{decimal(left)}, {decimal(right)}]. It has {kinks} there, "
    if whole.n_pieces == 1:
        text += f"and goes on as one straight line, with slope {decimal(whole.slopes[0])}."
    else:
        text += (
            f"and for |{found.variable}| > {decimal(reach, 5)} it is straight for good, with slope {decimal(whole.slopes[0])} on "
            f"the left and {decimal(whole.slopes[-1])} on the right."
        )
    return Paragraph("Outside the domain", text)


def _training(found: LineFindings) -> Paragraph | None:
    if found.run is None:
        return None
    moved = " Kinks are nothing that it knows of; they moved because the weights did." if found.network.widths else ""
    return trained(found.run, moved, "kink-paths")
