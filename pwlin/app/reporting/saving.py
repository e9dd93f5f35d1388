"""Figures drawn off screen, as the bytes of PNG or SVG files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

import numpy as np

from pwlin.app.reporting.png import png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pwlin.training.run import TrainingRun

_DPI = 160
_USUAL = np.array([0.07, 0.12, 0.99, 0.93])
"""About where axes that stand alone begin and end, in widths and heights of their figure."""


def prepare() -> None:
    """Load Matplotlib, once for all copies of this process that may draw."""
    import matplotlib.backends.backend_agg  # noqa: F401

    import pwlin.plot  # noqa: F401


def empty(width: float, height: float, layout: Literal["constrained"] | None = None) -> Figure:
    """A figure of so many inches that no window knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def blank(width: float, height: float) -> tuple[Figure, Axes]:
    """Such a figure, and its axes."""
    figure = empty(width, height, "constrained")
    return figure, figure.subplots()


def loss_figure(run: TrainingRun | None) -> Figure:
    """The loss of a run."""
    from pwlin import plot

    assert run is not None
    figure, ax = blank(9.0, 3.6)
    plot.losses(run, ax=ax)
    return figure


def saved(figure: Figure, picture_format: str) -> bytes:
    """The content of a file with a figure, which is closed; equal figures give equal files."""
    from matplotlib import pyplot, rc_context

    stream = io.BytesIO()
    # a fixed salt and no date make equal runs give equal files
    with rc_context({"svg.hashsalt": "pwlin", "svg.fonttype": "path"}):
        metadata = {"Date": None} if picture_format == "svg" else None
        figure.set_dpi(_DPI)
        _arrange(figure)
        if picture_format == "png":
            stream.write(_png(figure))
        else:
            figure.savefig(stream, format=picture_format, dpi=_DPI, facecolor="white", metadata=metadata)
    pyplot.close(figure)
    return stream.getvalue()


def _arrange(figure: Figure) -> None:
    """Do once what the figure's layout engine would do each time that it is drawn.

    A map or a view of space needs the engine itself. All else that stands alone is measured once, close to where it belongs, and
    put where that leaves the engine's margins: an engine measures twice, which takes as long as to draw.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        return
    [*axes] = figure.axes
    if len(axes) > 1 or axes[0].name != "rectilinear" or axes[0].get_aspect() != "auto":
        engine.execute(figure)
        figure.set_layout_engine(None)
        return
    figure.set_layout_engine(None)
    [ax] = axes
    ax.set_position((_USUAL[0], _USUAL[1], _USUAL[2] - _USUAL[0], _USUAL[3] - _USUAL[1]))
    measured = ax.get_tightbbox()
    assert measured is not None  # the axes are visible
    found = measured.transformed(figure.transFigure.inverted())
    width, height = figure.get_size_inches()
    margins = engine.get()
    x, y = margins["w_pad"] / width, margins["h_pad"] / height
    left, low, right, high = (_USUAL - found.extents).tolist()
    ax.set_position((left + x, low + y, 1 + right - x - left - x, 1 + high - y - low - y))


def _png(figure: Figure) -> bytes:
    """Nothing is transparent, so three channels do."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(_DPI)
    figure.set_facecolor("white")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return png(np.asarray(canvas.buffer_rgba())[..., :3], _DPI)
