"""The moving picture of the page: the exact complex at every moment of a run, as data for a small script."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from pwlin.app.report import film
from pwlin.app.report.cells.findings import Findings
from pwlin.app.report.prose import counted
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import decimal, in_full
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.polytope import Point
from pwlin.networks.neurons import pattern_text

_MOST_MOMENTS = 24
_MOST_CELLS = 4000  # over all moments
_MOST_EXACT = 600  # so many regions have their exact numbers in the page


def film_section(found: Findings) -> str:
    """The picture with its slider as HTML, or nothing where it cannot be drawn or would be too large."""
    f = found.function
    if f.dim != 2 or not f.domain.is_bounded or f.n_regions > _MOST_CELLS:
        return ""
    moments = _moments(found)
    scale = _Colours(f)
    low, high = (tuple(extreme(p[k] for p in f.domain.vertices) for k in range(2)) for extreme in (min, max))
    content = {
        "names": list(found.variables),
        "x": [nearest_float(low[0]), nearest_float(high[0])],
        "y": [nearest_float(low[1]), nearest_float(high[1])],
        "moments": [_moment(found, step, g, scale, g is f) for step, g in moments],
    }
    if not film.is_finite(content):
        return ""
    note = "Colours tell the gradient, as in the map below. Everything is computed exactly and rounded only to be drawn"
    if f.n_regions > _MOST_EXACT:
        note += "; exact numbers are in the CSV files"
    elif len(moments) > 1:
        note += "; exact numbers are those of the last moment"
    return film.section(content, [], f"{note}.")


class _Colours:
    """The colour of a gradient, on the scale of the finished network."""

    def __init__(self, f: PiecewiseLinearND) -> None:
        from pwlin.plot.drawing.gradient_colours import gradient_scale
        from pwlin.plot.drawing.mesh import plane_mesh

        mesh = plane_mesh(f, None)
        self._scale = gradient_scale(f, mesh.cells, mesh.areas)

    def __call__(self, gradients: Sequence[Point]) -> list[str]:
        from matplotlib.colors import to_hex

        from pwlin.plot.drawing.gradient_colours import disc_colours

        s = self._scale
        units = np.array([[nearest_float(v / s.unit) for v in g] for g in gradients])
        return [str(to_hex(c)) for c in disc_colours(*((units - s.centre) / s.radius).T)]


def _moments(found: Findings) -> list[tuple[int | None, PiecewiseLinearND]]:
    """Moments to show, with their steps; the last is the finished network."""
    from pwlin.extraction.cells.extract import extract_cells

    if found.run is None:
        return [(None, found.function)]
    networks, steps = found.run.networks, found.run.steps.tolist()
    count = min(_MOST_MOMENTS, _MOST_CELLS // found.function.n_regions)
    places = film.chosen_moments(len(networks), count)
    before = [(steps[i], extract_cells(networks[i], found.function.domain)[0]) for i in places[:-1]]
    return [*before, (steps[-1], found.function)]


def _moment(found: Findings, step: int | None, f: PiecewiseLinearND, colour: _Colours, last: bool) -> dict[str, Any]:
    number = {p: i for i, p in enumerate(f.vertices)}
    maps = [f.affine_map(i) for i in range(f.n_regions)]
    colours = colour([gradient for gradient, _ in maps])
    out: dict[str, Any] = {
        "label": _label(found, step, f),
        "points": [float(f"{nearest_float(v):.7g}") for p in f.vertices for v in p],
        "regions": [
            [
                [number[p] for p in r.vertices],
                colours[r.index],
                [_short(g) for g in maps[r.index][0]],
                _short(maps[r.index][1]),
                pattern_text(r.pattern),
            ]
            for r in f.regions
        ],
        "kinks": [
            [
                *(number[p] for p in k.vertices),
                [f"{layer}:{index}" for layer, index in k.neurons],
                [_short(v) for v in k.jump],
            ]
            for k in f.kinks
        ],
    }
    if last and f.n_regions <= _MOST_EXACT:
        out["exact"] = {
            "points": [[in_full(v) for v in p] for p in f.vertices],
            "gradients": [[in_full(v) for v in gradient] for gradient, _ in maps],
            "offsets": [in_full(offset) for _, offset in maps],
            "jumps": [[in_full(v) for v in k.jump] for k in f.kinks],
            "errors": None if found.per_region is None else [decimal(e.sup, 5) for e in found.per_region],
        }
    return out


def _label(found: Findings, step: int | None, f: PiecewiseLinearND) -> str:
    parts = [] if step is None else [f"step {step:,}"]
    parts += [counted(f.n_regions, "region"), counted(f.n_pieces, "piece"), counted(len(f.kinks), "kink")]
    if step is not None and step < len(found.run.losses):
        parts.append(f"loss on a batch {decimal(float(found.run.losses[step]), 4)}")
    return " · ".join(parts)


def _short(value: Fraction) -> str:
    return f"{nearest_float(value):.5g}"
