"""Pages with a slider: points of all moments as data, drawn by a small script; one file that needs no network."""

from __future__ import annotations

import json
from html import escape
from importlib import resources
from string import Template
from typing import Any

import numpy as np

from pwlin.app.film.film import Film, Frame
from pwlin.networks.neurons import neuron_name
from pwlin.plot.drawing import style

MOST_BYTES = 4_000_000
"""Of data; moments are left out until it fits."""
_DIGITS = 5


def page(film: Film, view: str, title: str, fps: float) -> str:
    """A page that shows a film: all views, a slider, a button to play.

    Parameters
    ----------
    film : Film
    view : "fit", "layers" or "kinks"
        Shown first.
    title : str
    fps : float

    Returns
    -------
    str
        An HTML document. Where all moments would need more than `MOST_BYTES`, every second one is left out, as often as
        needed; the last one always stays.
    """
    frames = list(film.frames)
    text = _json(film, frames, view, fps)
    while len(text) > MOST_BYTES and len(frames) > 1:
        frames = frames[::-2][::-1]
        text = _json(film, frames, view, fps)
    return Template(_template("animation.html")).substitute(
        title=escape(title),
        style=_template("animation.css"),
        last=len(frames) - 1,
        data=text,
        script=_template("animation.js"),
    )


def _json(film: Film, frames: list[Frame], view: str, fps: float) -> str:
    neurons = list(film.network.neurons())
    places = {neuron: i for i, neuron in enumerate(neurons)}
    content = {
        "view": view,
        "delay": 1000 / fps,
        "x": film.x_limits,
        "y": film.y_limits,
        "heights": film.layer_limits,
        "labels": [_plain(label) for label in film.labels],
        "target": None if film.target is None else [_numbers(film.target.x), _numbers(film.target.y)],
        "goal": film.target_name,
        "colours": style.REGION_COLOURS,
        "neurons": [[neuron_name(n), style.neuron_colour(n), n[0]] for n in neurons],
        "kinked": [places[n] for n in film.neurons],
        "frames": [
            {
                "step": frame.step,
                "caption": frame.caption,
                "x": _numbers(frame.fit.x),
                "y": _numbers(frame.fit.y),
                "colours": frame.colours,
                "kinks": [[places[m.neuron], *_numbers([m.x, m.y])] for m in frame.marks],
                "layers": [[[_numbers(line.x), _numbers(line.y)] for line in layer] for layer in frame.layers],
            }
            for frame in frames
        ],
    }
    return json.dumps(content, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _numbers(values: Any) -> list[float | None]:
    """Floats with few digits; None for a gap."""
    return [float(f"{v:.{_DIGITS}g}") if np.isfinite(v) else None for v in np.asarray(values).tolist()]


def _plain(label: str) -> str:
    """An axis label without the markup of powers."""
    return label.replace("$", "").replace("{", "").replace("}", "")


def _template(name: str) -> str:
    return resources.files("pwlin.app.film").joinpath("template", name).read_text(encoding="utf-8")
