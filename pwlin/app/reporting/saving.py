"""Figures drawn off screen, as the bytes of PNG or SVG files."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pwlin.training.run import TrainingRun

_DPI = 160


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
        engine = figure.get_layout_engine()
        if engine is not None:  # once is enough, but Matplotlib draws all for it, and then again
            figure.set_dpi(_DPI)
            engine.execute(figure)
            figure.set_layout_engine(None)
        if picture_format == "png":
            _write_png(figure, stream)
        else:
            figure.savefig(stream, format=picture_format, dpi=_DPI, facecolor="white", metadata=metadata)
    pyplot.close(figure)
    return stream.getvalue()


def _write_png(figure: Figure, stream: IO[bytes]) -> None:
    """Nothing is transparent, so three channels do: a file no larger, in half the time that four take."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL.Image import fromarray

    figure.set_dpi(_DPI)
    figure.set_facecolor("white")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(stream, "png", compress_level=3, dpi=(_DPI, _DPI))
