"""Colours, markers, text sizes and number texts shared by all pictures: deterministic and readable by everybody.

Regions take their colour from a cycle of quiet tints, dark and light in turn, so that neighbours differ also in greyscale
and for colour-blind readers. The strong colours are the neurons' (see `pwlin.plot.drawing.neuron_colours`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.font_manager import FontProperties
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from numpy.typing import NDArray

from pwlin.comparison.errors import Value
from pwlin.exact import text as number_text
from pwlin.plot.drawing.checks import given_axes

Neuron = tuple[int, int]
Colour: TypeAlias = str | tuple[float, ...]
Entry: TypeAlias = tuple[Artist | tuple[Artist, ...], str]
"""A legend entry: an artist or a tuple of them, and its text."""

REGION_COLOURS = ("#54647D", "#BCA67E", "#6B5A70", "#9DB7C9", "#56684E", "#C6A3AE", "#4C6569", "#B3B78F")
TARGET_COLOUR = "#A6A6A6"
INK = "#222222"
FAINT = "#8C8C8C"
SEQUENTIAL = "cividis"
LABEL_SIZE = 8.0
_FEW = 4
"""A legend handle of more parts is a colour bar, and longer."""
NOTE_SIZE = 9.0

_RC: dict[str, str | float | bool] = {
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 10.0,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "legend.fontsize": NOTE_SIZE,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": True,
    "axes.unicode_minus": True,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "figure.dpi": 100.0,
}


@contextmanager
def context() -> Iterator[None]:
    """The settings in which every picture is drawn; nothing global changes. A picture that fails leaves no figure behind."""
    with plt.rc_context(_RC):
        there = set(plt.get_fignums())
        try:
            yield
        except BaseException:
            for number in set(plt.get_fignums()) - there:
                plt.close(number)
            raise
        finally:
            interactive = plt.isinteractive()
    mpl.interactive(interactive)  # a notebook's backend, loaded by the first picture, switches it on for good


def axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """`ax` itself, or the Axes of a new figure of `size` inches."""
    given = given_axes(ax)
    return plt.subplots(figsize=size, layout="constrained")[1] if given is None else given


def span(values: NDArray[np.float64]) -> Normalize:
    """From the least to the largest value, or a little more where they are one."""
    low, high = float(values.min()), float(values.max())
    return Normalize(low, high if high > low else low + 1.0)


def region_colour(index: int) -> str:
    """Colour of a region or piece by its number from the left."""
    return REGION_COLOURS[index % len(REGION_COLOURS)]


def marker_area(count: int) -> float:
    """Area in points² of each of `count` markers along one axis."""
    return max(9.0, 52.0 - 0.5 * count)


def decimal(value: Value | float, digits: int = 4) -> str:
    """A value in decimals with `digits` significant digits and a proper minus sign; of any magnitude."""
    return typeset(number_text.decimal(value, digits))


def equation(name: str, value: Value, width: int = 7, digits: int = 4) -> str:
    """``name = value`` if the exact value takes at most `width` characters, else ``name ≈ decimals``."""
    text = radicals(number_text.shortened(value, 3 * width))
    if 0 < len(text) <= width and "…" not in text:
        return f"{name} = {typeset(text)}"
    return f"{name} ≈ {decimal(value, digits)}"


def radicals(text: str) -> str:
    """The text of an algebraic number with √ for the square roots of integers."""
    return re.sub(r"\*?sqrt\((\d+)\)", r"√\1", text)


def typeset(text: str) -> str:
    """The text of a number with a proper minus sign."""
    return text.replace("-", "−")


def text_width(text: str, size: float = LABEL_SIZE) -> float:
    """Width of a text's widest line, in points."""
    font = FontProperties(size=size)
    return max(float(text_to_path.get_text_width_height_descent(line, font, False)[0]) for line in text.split("\n"))


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of axes in points."""
    box = ax.get_window_extent()
    return box.width * 72 / ax.figure.dpi, box.height * 72 / ax.figure.dpi


def _legend_columns(ax: Axes, texts: Sequence[str], bar: bool) -> int:
    """As many columns as fit over the axes; a column is as wide as its widest entry."""
    handle, gap = (4.0 if bar else 1.6) * NOTE_SIZE + 0.8 * NOTE_SIZE, 1.4 * NOTE_SIZE
    widths = [text_width(text, NOTE_SIZE) + handle for text in texts]
    room = size_in_points(ax)[0]
    for columns in range(len(texts), 1, -1):
        total = sum(float(part.max()) for part in np.array_split(widths, columns))  # as Matplotlib splits them
        if total + (columns - 1) * gap <= room:
            return columns
    return 1


def legend_above(ax: Axes, entries: Sequence[Entry], title: str = "") -> None:
    """A legend between the axes and the title, where it hides nothing, in as many rows as it needs.

    Parameters
    ----------
    entries : sequence of (artist or tuple of artists, text)
    """
    rows = 0
    if entries:
        bar, texts = any(isinstance(h, tuple) and len(h) > _FEW for h, _ in entries), [text for _, text in entries]
        reserve(ax, above=-(-len(entries) // _legend_columns(ax, texts, bar)) * (NOTE_SIZE * 1.5 + 2))
        columns = _legend_columns(ax, texts, bar)
        rows = -(-len(entries) // columns)
        ax.legend(
            [handle for handle, _ in entries],
            [text for _, text in entries],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
            borderpad=0.2,
            handlelength=4.0 if bar else 1.6,
            columnspacing=1.4,
            ncols=columns,
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
        )
    if title:
        ax.set_title(title, loc="left", pad=6 + rows * (NOTE_SIZE * 1.5 + 2))


def reserve(ax: Axes, right: float = 0.0, above: float = 0.0) -> float:
    """Make axes smaller so that so many points right of them and above are free, within the place that they were given.

    Layout engines see to that by themselves; without one, what stands beside the axes would lie on their neighbours. At most
    half of the place is taken. Returns how many points are free on the right, infinitely many where a layout engine finds them.
    """
    figure = ax.get_figure(root=True)
    if figure is None or figure.get_layout_engine() is not None or ax.get_subplotspec() is None:
        return np.inf
    place = ax.get_position(original=True)
    width, height = figure.get_size_inches() * 72
    kept = max(place.width - right / width, place.width / 2), max(place.height - above / height, place.height / 2)
    ax.set_position((place.x0, place.y0, *kept))
    return float(place.width - kept[0]) * float(width)


def swatch(colours: Sequence[Colour], width: float = 2.4) -> tuple[Artist, ...]:
    """A legend handle for a line in several colours."""
    return tuple(Line2D([], [], color=c, lw=width, solid_capstyle="butt") for c in colours)


def dot(face: str, edge: str, size: float, marker: str = "o") -> Line2D:
    """A legend handle for a marker."""
    return Line2D([], [], ls="", marker=marker, ms=size, markerfacecolor=face, markeredgecolor=edge)


def remark(text: str) -> Entry:
    """A legend entry without a handle."""
    return dot("none", "none", 0), text


STAR = "#F0E442"


def stars(ax: Axes, x: Sequence[float], y: Sequence[float], size: float) -> None:
    """Mark where the largest error is taken; as a line without lines, whose size counts where room is made for it at the edge."""
    ax.plot(
        x,
        y,
        "*",
        markersize=math.sqrt(size),
        color=STAR,
        markeredgecolor=INK,
        markeredgewidth=0.9,
        zorder=6,
        clip_on=False,
        gid="sup",
    )


def star_entry(text: str) -> Entry:
    """The legend entry of such stars."""
    return dot(STAR, INK, 10, "*"), text


def plural(count: int, noun: str, total: int | None = None) -> str:
    """``3 kinks``, or ``3 of 5 kinks`` if the total is more."""
    of = f" of {total}" if total is not None and total != count else ""
    return f"{count}{of} {noun}{'s' * ((total or count) != 1)}"
