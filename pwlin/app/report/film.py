"""The frame of a moving picture: an SVG that scripts fill, a slider over moments, and room for details."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from pwlin.app.report import page


def section(content: dict[str, Any], views: Sequence[str], note: str) -> str:
    """The HTML around the picture; `content` (with its ``"moments"``) goes to the script.

    Parameters
    ----------
    content : dict
        JSON for the script.
    views : names of views to choose from; the first is shown. None or one need no buttons.
    note : str
        Below the picture.
    """
    last = len(content["moments"]) - 1
    hidden = "" if last else " hidden"
    buttons = [
        f'<button type="button" data-view="{v}" aria-pressed="{str(v == views[0]).lower()}">{v}</button>'
        for v in views[: len(views) if len(views) > 1 else 0]
    ]
    choice = f'<div class="views" role="group" aria-label="what to show">{" ".join(buttons)}</div>' if buttons else ""
    return f"""<div class="film" id="film">
{choice}
<svg id="film-picture" role="group" aria-label="the network at one moment; its parts can be chosen"></svg>
<div class="controls">
<button type="button" id="film-play"{hidden}>▶ play</button>
<input type="range" id="film-step" min="0" max="{last}" value="{last}" aria-label="training step"{hidden}>
<output id="film-label"></output></div>
<div class="details" id="film-kink" aria-live="polite"><noscript>This picture needs JavaScript; those below do not.</noscript></div>
</div>
<p class="note">{escape(note)}</p>
{page.data("film-data", content)}"""


def chosen_moments(total: int, count: int) -> list[int]:
    """About `count` of so many moments, denser at the start where most happens, with the first and the last."""
    return np.unique(np.round(np.linspace(0, 1, max(count, 2)) ** 1.5 * (total - 1)).astype(int)).tolist()


def is_finite(value: Any) -> bool:
    """Whether all floats in lists and dictionaries are finite, as JSON wants them."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(is_finite, value.values()))
    return all(map(is_finite, value)) if isinstance(value, list) else True
