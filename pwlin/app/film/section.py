"""A film on a page: an SVG that scripts fill, views to choose from, a slider over moments, and room for details."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from pwlin.app import page
from pwlin.app.film.line import Film, Frame, Line, Mark
from pwlin.exact.text import in_full
from pwlin.networks.names import name_in
from pwlin.plot.drawing import style

VIEWS = {"fit": "fit", "slopes": "slopes", "error": "error", "layers": "layers", "kinks": "kink paths"}
"""Of a run with one input, and what the buttons say."""
MOST_BYTES = 4_000_000
"""Of data; moments are left out until it fits."""
_DIGITS = 5
_WHOLE = 7500  # milliseconds that a film lasts unless it has a rate


def section(data: str, moments: int, views: Sequence[str] = (), note: str = "", view: str = "") -> str:
    """The HTML around the picture.

    Parameters
    ----------
    data : str
        The film as JSON, in an element for the scripts.
    moments : int
    views : names of `VIEWS` to choose from
    note : str
        Below the picture.
    view : str
        Which one is shown first.
    """
    hidden = "" if moments > 1 else " hidden"
    buttons = [
        f'<button type="button" data-view="{v}" aria-pressed="{str(v == view).lower()}">{VIEWS[v]}</button>'
        for v in views
    ]
    choice = f'<div class="views" role="group" aria-label="what to show">{" ".join(buttons)}</div>' if buttons else ""
    return f"""<div class="film" id="film">
{choice}
<svg id="film-picture" role="group" aria-label="the network at one moment; its parts can be chosen"></svg>
<div class="controls">
<button type="button" id="film-play"{hidden}>▶ play</button>
<input type="range" id="film-step" min="0" max="{moments - 1}" value="{moments - 1}" aria-label="training step"{hidden}>
<output id="film-label"></output></div>
<div class="details" id="film-kink" aria-live="polite"><noscript>This picture needs JavaScript.</noscript></div>
<div class="legend" id="film-legend"></div>
</div>
{f'<p class="note">{escape(note)}</p>' if note else ""}
{data}"""


def line_section(
    film: Film, views: Sequence[str], view: str, *, note: str = "", fps: float | None = None, exact: bool = False
) -> str:
    """A film of one input on a page.

    Parameters
    ----------
    film : Film
    views : names of `VIEWS` to choose from
    view : str
        Which one is shown first.
    note : str
        Below the picture.
    fps : float, optional
        Moments per second. Default: as many as make a film of 7.5 seconds.
    exact : bool
        Whether to give all kinks exactly, and all floats in full rather than to 5 digits.

    Returns
    -------
    str
        HTML. Where all moments would need more than `MOST_BYTES`, every second one is left out, as often as needed; the
        last one always stays.
    """
    frames = list(film.frames)
    data = page.data("film-data", _line_data(film, frames, view, fps, exact))
    while len(data) > MOST_BYTES and len(frames) > 1:
        frames = frames[::-2][::-1]
        data = page.data("film-data", _line_data(film, frames, view, fps, exact))
    return section(data, len(frames), views, note, view)


def plane_section(data: dict[str, object], moments: int, note: str) -> str:
    """A film of two inputs on a page, or nothing where numbers are too large to be drawn."""
    data["delay"] = _WHOLE / moments
    try:
        content = page.data("film-data", data)
    except ValueError:  # JSON has no infinite numbers
        return ""
    return section(content, moments, note=note)


def _line_data(film: Film, frames: Sequence[Frame], view: str, fps: float | None, exact: bool) -> dict[str, object]:
    neurons = list(film.network.neurons())
    places = {neuron: i for i, neuron in enumerate(neurons)}
    digits = 17 if exact else _DIGITS
    labels = ("x", "fit", "slopes", "error")
    return {
        "view": view,
        "delay": _WHOLE / len(frames) if fps is None else 1000 / fps,
        "variable": film.variable,
        "x": film.x_limits,
        "y": film.y_limits,
        "heights": film.layer_limits,
        "labels": dict(zip(labels, film.labels, strict=True)),
        "target": _points(film.target, digits),
        "slopes": _points(film.target_slopes, digits),
        "points": _points(film.points, digits),
        "goal": film.target_name,
        "colours": style.REGION_COLOURS,
        "neurons": [[name_in(film.network, n), film.palette.colour(n)] for n in neurons],
        "kinked": [places[n] for n in film.neurons],
        "moments": [
            {
                "step": frame.step,
                "caption": frame.caption,
                "x": _numbers(frame.fit.x, digits),
                "y": _numbers(frame.fit.y, digits),
                "slopes": _numbers(frame.slopes, digits),
                "colours": frame.colours,
                "kinks": [
                    [_flipping(mark, places), *_numbers([mark.x, mark.y], digits), *_texts(mark, exact)]
                    for mark in frame.marks
                ],
                "layers": [[_points(line, digits) for line in layer] for layer in frame.layers],
            }
            for frame in frames
        ],
    }


def _flipping(mark: Mark, places: dict[style.Neuron, int]) -> list[int]:
    """The neurons of a kink, that with the largest part of its jump first."""
    return [places[mark.neuron], *(places[f.neuron] for f in mark.kink.neurons if f.neuron != mark.neuron)]


def _texts(mark: Mark, exact: bool) -> list[str]:
    place, jump = mark.kink.location, mark.kink.jump
    return [style.decimal(place, 9), style.decimal(jump, 9), *([in_full(place), in_full(jump)] if exact else [])]


def _points(line: Line | None, digits: int) -> list[list[float | None]] | None:
    return None if line is None else [_numbers(line.x, digits), _numbers(line.y, digits)]


def _numbers(values: Iterable[float], digits: int) -> list[float | None]:
    """Floats with so many digits; None for a gap."""
    return [float(f"{v:.{digits}g}") if math.isfinite(v) else None for v in map(float, values)]
