"""Figures drawn off screen, as the bytes of PNG or SVG files."""

from __future__ import annotations

import io
from typing import Any

_DPI = 160


def empty(width: float, height: float, layout: str | None = None) -> Any:
    """A figure of so many inches that no window knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout)  # type: ignore[arg-type]
    FigureCanvasAgg(figure)
    return figure


def blank(width: float, height: float) -> tuple[Any, Any]:
    """Such a figure, and its axes."""
    figure = empty(width, height, "constrained")
    return figure, figure.subplots()


def saved(drawn: Any, picture_format: str) -> bytes:
    """The content of a file with a figure (or the figure of Axes), which is closed; equal figures give equal files."""
    from matplotlib import pyplot, rc_context

    figure = drawn if hasattr(drawn, "savefig") else drawn.figure
    stream = io.BytesIO()
    # a fixed salt and no date make equal runs give equal files
    with rc_context({"svg.hashsalt": "pwlin", "svg.fonttype": "path"}):
        metadata = {"Date": None} if picture_format == "svg" else None
        figure.savefig(stream, format=picture_format, dpi=_DPI, facecolor="white", metadata=metadata)
    pyplot.close(figure)
    return stream.getvalue()
