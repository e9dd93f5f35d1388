"""The moving picture of the page: exact pieces of every moment of a run, as data for a small script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pwlin.app.report import film
from pwlin.app.report.line.findings import Findings
from pwlin.app.report.prose import counted
from pwlin.base.errors import TargetError
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import decimal, in_full
from pwlin.functions.line.function import PiecewiseLinear1D

_MOST_MOMENTS = 60
_MOST_TEXT = 1_500_000  # characters of exact kinks, over all moments


def film_section(found: Findings) -> str:
    """The picture with its slider as HTML, or nothing where numbers are too large to be drawn."""
    content = _film(found)
    if content is None:
        return ""
    shown, total = len(content["moments"]), len(found.moments)
    note = f"Regions alternate between two colours{'; the broad line is the target' if content['y'] else ''}. "
    note += (
        f"Everything is computed exactly{' at each moment shown' if total > 1 else ''}, and rounded only to be drawn."
    )
    if shown < total:
        note += f" {shown} of {total} recorded moments are shown, more of the early ones."
    return film.section(content, ["fit", "slopes", *(["error"] if content["y"] else [])], note)


def _film(found: Findings) -> dict[str, Any] | None:
    from pwlin.plot.drawing import scale, style
    from pwlin.plot.drawing.goal import Goal

    window = scale.window(found.function)
    moments = _chosen(found)
    xs: list[Any] = []
    values: list[Any] = []
    slopes: list[Any] = []
    if found.target is not None:
        goal = Goal.read(found.target)
        xs = goal.points(window)
        values = goal.values(xs)
        try:
            slopes = goal.slope_curve(window)[1]
        except TargetError:
            slopes = []
    neurons = {flip.neuron for _, f in moments for k in f.kinks for flip in k.neurons}
    content = {
        "domain": [nearest_float(v) for v in window],
        "variable": found.variable,
        "name": "" if found.target is None else found.target_name,
        "x": _floats(xs),
        "y": _floats(values) if None not in values else [],
        "slope": _floats(slopes) if len(slopes) == len(xs) and None not in slopes else [],
        "colours": {f"{k}:{i}": style.neuron_colour((k, i)) for k, i in sorted(neurons)},
        "moments": [_moment(found, step, f.restrict(*window)) for step, f in moments],
    }
    return content if film.is_finite(content) else None


def _chosen(found: Findings) -> list[tuple[int | None, PiecewiseLinear1D]]:
    """Moments to show, with their steps."""
    if found.run is None:
        return [(None, found.function)]
    functions, steps = found.moments, found.run.steps.tolist()
    size = sum(len(in_full(k.location)) + len(in_full(k.jump)) for k in functions[-1].kinks) + 1
    count = min(_MOST_MOMENTS, _MOST_TEXT // size)
    return [(steps[i], functions[i]) for i in film.chosen_moments(len(functions), count)]


def _moment(found: Findings, step: int | None, f: PiecewiseLinear1D) -> dict[str, Any]:
    ends = [f.regions[0].left, *(r.right for r in f.regions)]
    return {
        "label": _label(found, step, f),
        "x": _floats(ends),
        "y": _floats([f(e) for e in ends if e is not None]),
        "slopes": _floats([r.slope for r in f.regions]),
        "kinks": [
            [
                [f"{flip.layer}:{flip.index}" for flip in k.neurons],
                nearest_float(k.location),
                nearest_float(k.jump),
                in_full(k.location),
                in_full(k.jump),
            ]
            for k in f.kinks
        ],
    }


def _label(found: Findings, step: int | None, f: PiecewiseLinear1D) -> str:
    parts = [] if step is None else [f"step {step:,}"]
    parts += [counted(f.n_regions, "region"), counted(f.n_pieces, "piece"), counted(len(f.kinks), "kink")]
    if found.target is not None and found.target.is_polynomial:
        parts.append(f"mean squared error {decimal(f.compare(found.target).mse, 4)}")
    elif step is not None and step < len(found.run.losses):
        parts.append(f"loss on a batch {decimal(float(found.run.losses[step]), 4)}")
    return " · ".join(parts)


def _floats(values: Sequence[Any]) -> list[Any]:
    return [v if v is None else nearest_float(v) for v in values]
