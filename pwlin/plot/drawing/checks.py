"""What pictures check at the door."""

from __future__ import annotations

from typing import TypeVar

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
    return given(ax, Axes, name, "matplotlib Axes")


def given_norm(norm: object) -> Normalize | None:
    """What several panels share, or None for one of their own."""
    found = given(norm, Normalize, "norm", "a matplotlib Normalize")
    if found is not None and found.vmin is not None and found.vmax is not None and found.vmin > found.vmax:
        raise arguments.refusal("norm", f"ends {found.vmin:g} and {found.vmax:g}", "has its lower end first")
    return found


def heading(title: object, default: str = "") -> str:
    """A title; without one, the default."""
    found = given(title, str, "title", "some text")
    return default if found is None else found
