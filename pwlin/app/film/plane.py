"""A film of two inputs: the exact complex at chosen snapshots, as data for a small script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pwlin.app.film.moments import caption, chosen
from pwlin.comparison.cells.comparison import RegionError
from pwlin.exact.rational import nearest_float, nearest_quotient
from pwlin.exact.text import decimal, in_full
from pwlin.functions.cells.faces import polygon_order
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.cone import Vector
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

    def __call__(self, maps: Sequence[Vector], denominator: int) -> list[str]:
        """Of affine maps over a denominator."""
        from pwlin.plot.drawing.gradient_colours import disc_colours

        s = self._scale
        up, down = s.unit.denominator, s.unit.numerator * denominator
        units = np.array([[nearest_quotient(v * up, down) for v in m[:2]] for m in maps])
        shades = np.rint(255 * disc_colours(*((units - s.centre) / s.radius).T)).astype(int)
        return [f"#{bytes(rgb).hex()}" for rgb in shades.tolist()]


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
    cells, scale = f.complex, f.complex.denominator
    order = cells.vertex_order.tolist()
    number = {vertex: i for i, vertex in enumerate(order)}
    maps = list(cells.output_maps(f.output))  # integers: thousands of fractions would take seconds
    colours = colour(maps, scale)

    def short(values: Iterable[int]) -> list[str]:
        return [f"{nearest_quotient(v, scale):.5g}" for v in values]

    out: dict[str, object] = {
        "caption": text,
        "points": [float(f"{nearest_quotient(v, p[-1]):.7g}") for p in cells.vectors(order) for v in p[:-1]],
        "regions": [
            [
                [number[v] for v in polygon_order(cells, i)],
                colours[i],
                short(m[:2]),
                *short(m[2:]),
                pattern_text(r.pattern),
            ]
            for i, (r, m) in enumerate(zip(f.regions, maps, strict=True))
        ],
        "kinks": [
            [
                *sorted(number[v] for v in cells.facets[k.index]),
                [f"{layer}:{index}" for layer, index in k.neurons],
                short(q - p for p, q in zip(*(maps[r][:2] for r in k.regions), strict=True)),
            ]
            for k in f.kinks
        ],
    }
    if last and f.n_regions <= MOST_EXACT:
        out["exact"] = {
            "points": [[in_full(v) for v in p] for p in f.vertices],
            "gradients": [[in_full(v) for v in r.gradient] for r in f.regions],
            "offsets": [in_full(r.offset) for r in f.regions],
            "jumps": [[in_full(v) for v in k.jump] for k in f.kinks],
            "errors": None if errors is None else [decimal(e.sup, 5) for e in errors],
        }
    return out
