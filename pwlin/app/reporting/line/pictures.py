"""The pictures of the command, drawn off screen into PNG or SVG bytes."""

from __future__ import annotations

from pwlin.app.reporting.line.findings import LineFindings
from pwlin.app.reporting.saving import blank, empty, loss_figure, saved

CAPTIONS = {
    "fit": "The network (and the target, if there is one). Colours tell regions apart; each kink is labelled by the neuron that makes it, "
    "as (layer, index).",
    "slopes": "The network's slope is a staircase: every step is a kink.",
    "error": "Network minus target. The largest error is marked where it really is.",
    "neurons": "What goes into each neuron, what comes out, and what it adds to the sum. The joints are exact.",
    "kink-paths": "Where the kinks were during training, computed exactly from the weights of each moment.",
    "loss": "The loss on the batches that the network was trained with.",
}
_MOST_NEURONS = 8


def stems(found: LineFindings) -> list[str]:
    """Which pictures these findings have something to show for, in order."""
    names = ["fit", "slopes"]
    if found.comparison is not None or found.measured is not None:
        names.append("error")
    if sum(found.network.widths):
        names.append("neurons")
    if found.run is not None:
        names += ["kink-paths", "loss"]
    return names


def draw(found: LineFindings, stem: str, picture_format: str) -> bytes:
    """Draw a picture: the content of a file in the given format."""
    from pwlin import plot
    from pwlin.plot.decomposition import figure_height

    f, goal = found.function, found.target or found.points
    if stem == "fit":
        figure, ax = blank(9.0, 5.2)
        plot.fit(f, ax=ax, target=goal)
    elif stem == "slopes":
        figure, ax = blank(9.0, 4.6)
        plot.slopes(f, ax=ax, target=goal)
    elif stem == "error" and goal is not None:
        figure, ax = blank(9.0, 4.2)
        plot.error(f, goal, ax=ax)
    elif stem == "neurons":
        count = min(sum(found.network.widths), _MOST_NEURONS)
        figure = plot.decomposition(f, max_neurons=_MOST_NEURONS, fig=empty(9.0, figure_height(count)))
    elif stem == "kink-paths" and found.run is not None:
        figure, ax = blank(9.0, 4.6)
        plot.kink_paths(found.run, ax=ax)
    else:
        figure = loss_figure(found.run)
    return saved(figure, picture_format)
