"""The pictures of the command, drawn off screen into PNG or SVG bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pwlin.report.line.findings import Findings

FORMATS = ("png", "svg")
CAPTIONS = {
    "fit": "The network and its target. Colours tell regions apart; each kink is labelled by the neuron that makes it, "
    "as (layer, index).",
    "slopes": "The network's slope is a staircase along the target's slope: every step is a kink.",
    "error": "Network minus target. The largest error is marked where it really is.",
    "neurons": "What goes into each neuron, what comes out, and what it adds to the sum. The joints are exact.",
    "kink-paths": "Where the kinks were during training, computed exactly from the weights of each moment.",
    "loss": "The loss on the batches that the network was trained with.",
}
_DPI = 160


def stems(found: Findings) -> list[str]:
    """Which pictures these findings have something to show for, in order."""
    names = ["fit", "slopes"]
    if found.comparison is not None:
        names.append("error")
    if sum(found.network.widths):
        names.append("neurons")
    if found.run is not None:
        names += ["kink-paths", "loss"]
    return names


def draw(found: Findings, picture_format: str) -> Iterator[tuple[str, bytes]]:
    """Draw all pictures: pairs of a stem and the content of a file in the given format."""
    for stem in stems(found):
        yield stem, _draw(found, stem, picture_format)


def _draw(found: Findings, stem: str, picture_format: str) -> bytes:
    from pwlin import plot

    f, goal = found.function, found.target
    if stem == "fit":
        figure, ax = _axes(9.0, 5.2)
        plot.fit(f, ax=ax, target=goal)
    elif stem == "slopes":
        figure, ax = _axes(9.0, 4.6)
        plot.slopes(f, ax=ax, target=goal)
    elif stem == "error":
        figure, ax = _axes(9.0, 4.2)
        plot.error(f, goal, ax=ax)
    elif stem == "neurons":
        figure = _figure_of(plot.decomposition(f))
    elif stem == "kink-paths":
        figure, ax = _axes(9.0, 4.6)
        plot.kink_paths(found.run, ax=ax)
    else:
        figure, ax = _axes(9.0, 3.6)
        plot.losses(found.run, ax=ax)
    return _saved(figure, picture_format)


def _axes(width: float, height: float) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def _figure_of(drawn: Any) -> Any:
    """The figure behind what a picture function returned: Axes, an array of them, or a figure."""
    if hasattr(drawn, "savefig"):
        return drawn
    first = drawn if hasattr(drawn, "figure") else next(ax for ax in drawn.flat if ax is not None)
    return first.figure


def _saved(figure: Any, picture_format: str) -> bytes:
    from matplotlib import pyplot, rc_context

    stream = io.BytesIO()
    # A fixed salt and no date make equal runs give equal files.
    with rc_context({"svg.hashsalt": "pwlin", "svg.fonttype": "path"}):
        metadata = {"Date": None} if picture_format == "svg" else None
        figure.savefig(stream, format=picture_format, dpi=_DPI, facecolor="white", metadata=metadata)
    pyplot.close(figure)
    return stream.getvalue()
