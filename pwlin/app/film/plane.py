"""A film of two inputs: the exact complex at chosen snapshots, as data for a small script."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from pwlin.app.film.moments import caption, chosen
from pwlin.comparison.cells.comparison import RegionError
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import decimal, in_full
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.polytope import Point
from pwlin.networks.neurons import pattern_text
from pwlin.training.run import TrainingRun

_MOST_MOMENTS = 24
_MOST_CELLS = 4000  # over all moments
MOST_EXACT = 600
"""So many regions have their exact numbers in the page."""


def can_be_filmed(f: PiecewiseLinearND) -> bool:
    """Whether there is a picture of it that is not too large."""
    return f.dim == 2 and f.domain.is_bounded and f.n_regions <= _MOST_CELLS


def film_data(
    f: PiecewiseLinearND, names: Sequence[str], run: TrainingRun | None, errors: Sequence[RegionError] | None
) -> tuple[dict[str, object], int]:
    """The film of a run that ends with `f`, or of `f` alone, for the script, and the number of its moments.

    Parameters
    ----------
    f : PiecewiseLinearND
        See `can_be_filmed`.
    names : pair of str
        Of the variables.
    run : TrainingRun, optional
    errors : sequence of RegionError, optional
        On each region of `f`.
    """
    colours = _Colours(f)
    low, high = (tuple(extreme(p[k] for p in f.domain.vertices) for k in range(2)) for extreme in (min, max))
    moments = _moments(f, run)
    data: dict[str, object] = {
        "names": list(names),
        "x": [nearest_float(low[0]), nearest_float(high[0])],
        "y": [nearest_float(low[1]), nearest_float(high[1])],
        "moments": [
            _moment(g, caption(g, run, step), colours, errors if g is f else None, g is f) for step, g in moments
        ],
    }
    return data, len(moments)


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


def _moments(f: PiecewiseLinearND, run: TrainingRun | None) -> list[tuple[int | None, PiecewiseLinearND]]:
    """Moments to show, with their steps; the last is the finished network."""
    if run is None:
        return [(None, f)]
    functions, steps = run.functions(), run.steps.tolist()
    count = max(min(_MOST_MOMENTS, _MOST_CELLS // f.n_regions), 2)
    before = [(steps[i], functions[i]) for i in chosen(len(steps), count)[:-1]]
    return [(step, g) for step, g in before if isinstance(g, PiecewiseLinearND)] + [(steps[-1], f)]


def _moment(
    f: PiecewiseLinearND, text: str, colour: _Colours, errors: Sequence[RegionError] | None, last: bool
) -> dict[str, object]:
    number = {p: i for i, p in enumerate(f.vertices)}
    maps = [f.affine_map(i) for i in range(f.n_regions)]
    colours = colour([gradient for gradient, _ in maps])
    out: dict[str, object] = {
        "caption": text,
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
    if last and f.n_regions <= MOST_EXACT:
        out["exact"] = {
            "points": [[in_full(v) for v in p] for p in f.vertices],
            "gradients": [[in_full(v) for v in gradient] for gradient, _ in maps],
            "offsets": [in_full(offset) for _, offset in maps],
            "jumps": [[in_full(v) for v in k.jump] for k in f.kinks],
            "errors": None if errors is None else [decimal(e.sup, 5) for e in errors],
        }
    return out


def _short(value: Fraction) -> str:
    return f"{nearest_float(value):.5g}"
