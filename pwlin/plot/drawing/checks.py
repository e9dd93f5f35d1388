"""What pictures check at the door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from pwlin.base import arguments

T = TypeVar("T")


def given(value: object, kind: type[T], name: str, accepted: str) -> T | None:
    """An optional argument of a class."""
    if value is None or isinstance(value, kind):
        return value
    raise arguments.refusal(name, type(value).__name__, f"is {accepted}, or None")


def given_axes(ax: object, name: str = "ax") -> Axes | None:
    """Axes to draw on, or None for new ones."""
    if isinstance(ax, str):
        raise arguments.refusal(name, arguments.shown(ax), f"is matplotlib Axes, or None; target={ax!r} draws a target")
    return given(ax, Axes, name, "matplotlib Axes")


def given_norm(norm: object) -> Normalize | None:
    """What several panels share, or None for one of their own."""
    found = given(norm, Normalize, "norm", "a matplotlib Normalize")
    if found is not None and found.vmin is not None and found.vmax is not None and found.vmin > found.vmax:
        raise arguments.refusal("norm", f"ends {found.vmin:g} and {found.vmax:g}", "has its lower end first")
    return found


def holding(norm: Normalize, values: Sequence[float]) -> Normalize:
    """The norm, if it has a place for each of these values; a logarithmic one has none for those below zero."""
    try:
        places = np.ma.filled(norm(np.asarray(values, dtype=np.float64)), np.nan)
    except ValueError:
        places = np.array([np.nan])
    flat = norm.vmin == norm.vmax and len(set(values)) > 1  # what a logarithmic norm makes of [-1, 1]
    if len(values) and (flat or not np.isfinite(places).all()):
        span = f"values from {min(values):.4g} to {max(values):.4g}"
        raise arguments.refusal(
            "norm", f"{type(norm).__name__}, which has no place for {span}", "has one for each of them"
        )
    return norm


def heading(title: object, default: str = "") -> str:
    """A title; without one, the default."""
    found = given(title, str, "title", "some text")
    return default if found is None else found
