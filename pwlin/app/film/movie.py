"""The way from a training run to a file that moves."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.base import arguments
from pwlin.base.arguments import refusal
from pwlin.base.doors import door
from pwlin.base.files import atomic_open
from pwlin.base.progress import progress_bar
from pwlin.exact.text import formula
from pwlin.formulas.point_target import PointTarget

if TYPE_CHECKING:
    from pwlin.app.film.line import Film
    from pwlin.training.run import TrainingRun

VIEWS = ("fit", "layers", "kinks")
KINDS = (".gif", ".html")


@door
def animate(
    run: TrainingRun,
    path: str | os.PathLike[str],
    view: str = "fit",
    *,
    frames: int = 100,
    fps: float = 12,
    title: str | None = None,
    progress: bool = True,
) -> Path:
    """Write a training run as an animation: a GIF, or a page with a slider that needs no network.

    Parameters
    ----------
    run : TrainingRun
        With one input. Its snapshots are the moments that can be shown (``record_every`` of `pwlin.train`).
    path : path
        Ends with ``.gif`` or ``.html``; an earlier file is replaced once the new one is whole.
    view : "fit", "layers" or "kinks"
        The network with its regions and kinks over the target; what every neuron of every layer puts out; or where each
        neuron's kinks have been. A page has all three, and shows this one first.
    frames : int
        How many snapshots to show at most, more of the early ones; 1 is the last one only.
    fps : float
        Frames per second, at most 50.
    title : str, optional
        Default: the target, the network and the optimizer.
    progress : bool
        Show a bar.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    PwlinError
        Among others for several inputs, or a file name that ends with something else.

    Notes
    -----
    Every moment is extracted exactly, and rounded only to be drawn. Axes stay the same over the whole animation: they
    show the target and the last moment, and earlier ones as far as they are near. A neuron has one colour and marker in
    all views, and a region (an activation pattern) one colour at all moments. The mean squared error shown is exact for
    polynomial targets; for others it is the loss of that step's batch.

    Examples
    --------
    >>> import tempfile, pwlin
    >>> run = pwlin.train("x**2", hidden=(2,), steps=20, progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     animate(run, f"{folder}/two.gif", frames=3, progress=False).name
    'two.gif'
    """
    target = arguments.path(path)
    check(target, view, frames, fps)
    if not callable(getattr(run, "lines", None)):
        raise arguments.refusal("run", type(run).__name__, "is a TrainingRun (see pwlin.train)")
    heading = _title(run) if title is None else arguments.text(title, "title")
    shown = arguments.flag(progress, "progress")
    gif = target.suffix.lower() == ".gif"
    from pwlin.app.film.line import film_of
    from pwlin.app.film.moments import chosen

    moments = len(chosen(len(run.steps), frames))
    with progress_bar("animating", "frame", moments * (1 + gif), wanted=shown) as bar:
        made = film_of(run, frames, bar.advance, with_layers=not gif or view == "layers")
        content = _gif(made, view, heading, fps, bar.advance) if gif else _page(made, view, heading, fps)
    with atomic_open(target, "wb") as stream:
        stream.write(content)
    return target


def check(path: Path, view: object, frames: object, fps: object) -> None:
    """Refuse what cannot be made, before any work."""
    if path.suffix.lower() not in KINDS:
        raise refusal("path", f"{path.name!r}", f"are names that end with {' or '.join(KINDS)}")
    if not path.parent.is_dir():
        raise refusal("path", f"no folder {str(path.parent)!r}", "are files in folders that exist")
    arguments.choice(view, "view", VIEWS)
    arguments.whole(frames, "frames", 1)
    arguments.number(fps, "fps", above=0, most=50)


def _gif(made: Film, view: str, title: str, fps: float, advance: Callable[[int], object]) -> bytes:
    from pwlin.app.film.gif import gif_bytes
    from pwlin.app.film.scenes import SCENES
    from pwlin.plot.drawing import style

    with style.context():
        return gif_bytes(SCENES[view](made, title), fps, advance)


def _page(made: Film, view: str, title: str, fps: float) -> bytes:
    from pwlin.app.film.section import line_section
    from pwlin.app.page import Page

    film = line_section(made, VIEWS, view, fps=fps)
    return Page(title, "", (film,), ("player.js", "line.js")).html().encode("utf-8")


def _title(run: TrainingRun) -> str:
    settings = dict(run.settings)
    widths = "-".join(map(str, (run.network.input_dim, *run.network.widths, run.network.output_dim)))
    name = formula(run.target.text) if run.target.is_symbolic else "target"
    if isinstance(run.target, PointTarget):
        name = f"{len(run.target)} point{'s' * (len(run.target) != 1)}"
    return f"{name} learnt by {widths}, {settings['optimizer']}, seed {settings['seed']}"
