"""Training seen from outside: the paths of the kinks, and the loss."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from matplotlib.ticker import LogFormatterSciNotation
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.exact.text import SUPERSCRIPTS
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.names import name_in
from pwlin.networks.network import Network
from pwlin.plot.drawing import checks, marks, scale, style
from pwlin.plot.drawing.labels import spread
from pwlin.plot.drawing.neuron_colours import COLOURS, OTHER, NeuronColours
from pwlin.plot.drawing.scale import Scale
from pwlin.plot.drawing.style import Neuron
from pwlin.training.run import KinkPaths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_THIN, _THICK = 0.7, 3.2  # line widths for the smallest and the largest jump
_MARGIN = 0.02  # of the axes' width, between the last step and the labels
_MOST_GONE = 6  # so many neurons that have left are named where they did
_MOST_IN_LEGEND = 3
_END = 0.03
_SMOOTH_FROM = 200  # so many losses get a smoothed curve


@dataclass(frozen=True, slots=True)
class Place:
    """A neuron's kink at a snapshot: the snapshot's number, the location, the neuron's part of the jump."""

    snapshot: int
    location: Fraction
    jump: Fraction


Paths: TypeAlias = dict[Neuron, list[Place]]


class Run(Protocol):
    """What is drawn of a `TrainingRun`."""

    @property
    def steps(self) -> Sequence[int] | NDArray[np.int64]:
        """Of the snapshots."""

    @property
    def losses(self) -> Sequence[float] | NDArray[np.float64]:
        """One for each step, or one for each snapshot."""

    def lines(self) -> Sequence[PiecewiseLinear1D]:
        """The function at each snapshot."""

    def kink_paths(self) -> KinkPaths:
        """The kinks at each snapshot."""


def neuron_paths(paths: KinkPaths) -> Paths:
    """Every neuron's kinks at every snapshot of a run, exact, without parts of jumps that are zero."""
    found: Paths = {}
    for i, kinks in enumerate(paths.kinks):
        for kink in kinks:
            for flip in kink.neurons:
                if flip.jump:
                    found.setdefault(flip.neuron, []).append(Place(i, kink.location, flip.jump))
    return dict(sorted(found.items()))


def check_run(run: object, *methods: str) -> None:
    """Refuse what is no training run."""
    if not all(hasattr(run, name) for name in ("steps", "losses", *methods)):
        raise arguments.refusal("run", type(run).__name__, "is a TrainingRun (see pwlin.train)")


@door
def kink_paths(run: Run, ax: Axes | None = None, paths: KinkPaths | None = None, title: str | None = None) -> Axes:
    """Draw where each neuron's kinks were at every snapshot of a training run.

    Parameters
    ----------
    run : TrainingRun
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    paths : KinkPaths, optional
        The result of ``run.kink_paths()``, if it is at hand.
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Locations are exact, rounded once. A neuron with at most one kink per snapshot is a line, thicker where its jump is
    larger, with gaps where it has left the domain; others are dots. Neurons with kinks at the end are labelled on the
    right, those with the largest jumps if there is no room for all. Colours are those of the final function's picture (see
    `fit`). The time axis is that of the square root, for early steps change most.
    """
    check_run(run, "lines", "kink_paths")
    given = checks.given(paths, KinkPaths, "paths", "the result of run.kink_paths()")
    found = neuron_paths(run.kink_paths() if given is None else given)
    heading = checks.heading(title)
    with style.context():
        ax = style.axes(ax, (8.0, 4.8))
        style.legend_above(ax, _draw(run, ax, found), heading)
    return ax


def _draw(run: Run, ax: Axes, found: Paths) -> list[style.Entry]:
    steps = np.asarray(run.steps, dtype=np.float64)
    places = [m.location for path in found.values() for m in path]
    ends = scale.window(run.lines()[-1])
    low, high = min([ends[0], *places]), max([ends[1], *places])
    ys = Scale.spanning([low, high])
    neurons = NeuronColours.of(run.lines()[-1])
    largest = max((abs(m.jump) for path in found.values() for m in path), default=Fraction(1))
    ax.set_ylim(ys(low), ys(high))
    for look, alike in neurons.alike(found).items():
        _draw_paths(ax, *look, [found[neuron] for neuron in alike], steps, ys, largest)
    last = len(steps) - 1
    final = [
        (abs(m.jump), ys(m.location), neuron) for neuron, path in found.items() for m in path if m.snapshot == last
    ]
    root_axis(ax)
    gone = {neuron: path[-1] for neuron, path in found.items() if path[-1].snapshot < last}
    if len(gone) <= _MOST_GONE:
        for neuron, end in gone.items():
            _name_gone(ax, name_in(run.lines()[-1].network, neuron), (float(steps[end.snapshot]), ys(end.location)))
    named = _name(ax, final, (float(steps[0]), float(steps[-1])), run.lines()[-1].network)
    ax.set_xlabel("training step, on a square-root scale")
    ax.set_ylabel(ys.label("kinks at x"))
    if not found:
        return [style.remark("no kinks in the domain at any snapshot")]
    text = f"kinks of {style.plural(len(found), 'neuron')}, thick for large jumps"
    if named < len(final):
        text += f" ({named} labelled)"
    colours = [neurons.colour(neuron) for neuron in [n for n in neurons.strong if n in found][:3] or list(found)[:3]]
    entries: list[style.Entry] = [(style.swatch(colours), text)]
    if note := neurons.note(found):
        entries.append((style.dot(OTHER, "white", 6), f"others ({note[2:]})"))
    if gone:
        who = ", ".join(name_in(run.lines()[-1].network, neuron) for neuron in gone)
        entries.append(style.remark(f"{who if len(gone) <= _MOST_IN_LEGEND else len(gone)} left before the end"))
    return entries


def _draw_paths(
    ax: Axes,
    colour: str,
    marker: str,
    paths: Sequence[Sequence[Place]],
    steps: NDArray[np.float64],
    ys: Scale,
    largest: Fraction,
) -> None:
    """Neurons of one colour, each a line of varying width, or dots if it has several kinks at one snapshot."""
    segments, widths, ends = [], [], []
    for path in paths:
        numbers = np.array([m.snapshot for m in path])
        points = np.column_stack([steps[numbers], ys.all([m.location for m in path])])
        width = _THIN + (_THICK - _THIN) * np.array([float(abs(m.jump) / largest) for m in path]) ** 0.5
        if len(np.unique(numbers)) < len(numbers):
            marks.track(ax, points, numbers, width, color=colour)
            continue
        joined = np.flatnonzero(np.diff(numbers) == 1)
        segments.append(np.stack([points[joined], points[joined + 1]], axis=1))
        widths.append(width[joined])
        alone = np.setdiff1d(np.arange(len(path)), np.concatenate([joined, joined + 1]))
        ends.append(points[np.union1d(alone, [len(path) - 1])])
    if not segments:
        return
    options = {"linewidths": np.concatenate(widths), "capstyle": "round", "zorder": 3, "gid": "path"}
    marks.lines(ax, list(np.concatenate(segments)), color=colour, **options)
    x, y = np.concatenate(ends).T
    ax.scatter(
        x,
        y,
        s=26,
        marker=marker,
        color=colour,
        edgecolors="white",
        linewidths=0.6,
        zorder=4,
        clip_on=False,
        gid="path-end",
    )


def _name_gone(ax: Axes, name: str, place: tuple[float, float]) -> None:
    """Label the last kink of a neuron that has left, beside its mark and off the lower and the upper end of the axes."""
    low, high = ax.get_ylim()
    height = (place[1] - low) / (high - low)
    offset = {"xytext": (5, 7 if height < _END else -7 if height > 1 - _END else 0), "textcoords": "offset points"}
    box = marks.frame("none")  # paths of others may cross it
    marks.write(ax, name, place, ha="left", color=style.FAINT, zorder=5, gid="gone", bbox=box, **offset)


def _name(
    ax: Axes, final: Sequence[tuple[Fraction, float, Neuron]], limits: tuple[float, float], network: Network | None
) -> int:
    """Label the final kinks inside the axes, right of the last step; returns how many there was room for."""
    width, height = style.size_in_points(ax)
    pitch = (style.LABEL_SIZE * 1.25 + 1) / height
    heaviest = sorted(final, key=lambda kink: -kink[0])[: max(int(1 / pitch), 1)]
    kept = sorted(heaviest, key=lambda kink: kink[1])
    longest = max((style.text_width(name_in(network, neuron)) for _, _, neuron in kept), default=0.0)
    label = (longest + 30) / width
    first, last = np.sqrt(limits).tolist()  # as places on the axis
    span = (last - first) or 1.0
    total = span / (1 - label - _MARGIN) if kept else span * (1 + _MARGIN)
    ax.set_xlim(limits[0], (first + total) ** 2)
    root_ticks(ax, *limits)
    if not kept:
        return 0
    low, high = ax.get_ylim()
    wanted = np.array([(y - low) / (high - low) for _, y, _ in kept])
    places = spread(wanted, pitch, pitch / 2, 1 - pitch / 2)
    at = ((first + total - last) * (22 / (longest + 30)) + last) ** 2
    for (_, y, neuron), place in zip(kept, places.tolist(), strict=True):
        level = low + place * (high - low)
        ax.plot([limits[1], at], [y, level], color=style.FAINT, lw=0.6, zorder=2, gid="leader")
        ax.text(
            at,
            level,
            f" {name_in(network, neuron)}",
            va="center_baseline",
            fontsize=style.LABEL_SIZE,
            color=style.INK,
            gid="neuron-label",
        )
    return len(kept)


def root_axis(ax: Axes) -> None:
    """Put the steps of training on a square-root scale: what changes first gets room."""
    ax.set_xscale("function", functions=(_root, np.square))


def _root(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(np.maximum(values, 0.0))


def root_ticks(ax: Axes, first: float, last: float) -> None:
    """About six round ticks from the first to the last step, equally far apart on a square-root scale, where labels have room."""
    low, high = np.sqrt(ax.get_xlim()).tolist()
    width = style.size_in_points(ax)[0]

    def apart(one: float, other: float) -> bool:
        labels = [style.text_width(f"{t:,.0f}", style.NOTE_SIZE) for t in (one, other)]
        return bool((np.sqrt(other) - np.sqrt(one)) / (high - low) * width > sum(labels) / 2 + style.NOTE_SIZE)

    ticks = [first]
    for share in (np.linspace(np.sqrt(first), np.sqrt(last), 7)[1:-1] ** 2).tolist():
        tick = float(f"{share:.1g}")
        if apart(ticks[-1], tick) and apart(tick, last):
            ticks.append(tick)
    ticks.append(last)
    ax.set_xticks(ticks, [f"{t:,.0f}" for t in ticks])
    ax.minorticks_off()


@door
def losses(run: Run, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the training loss on a logarithmic axis.

    Parameters
    ----------
    run : TrainingRun
        With ``losses``, one for each step or one for each entry of ``steps``.
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Many losses of random batches are drawn faintly, with their running geometric mean over 1 % of the run on top. Losses that
    are zero, infinite or NaN leave gaps.
    """
    check_run(run)
    values = np.asarray(run.losses, dtype=np.float64)
    shown = np.where(np.isfinite(values) & (values > 0), values, np.nan)
    x = np.asarray(run.steps) if len(values) == len(run.steps) else np.arange(1, len(values) + 1)
    heading = checks.heading(title)
    with style.context():
        ax = style.axes(ax, (8.0, 3.2))
        entries: list[style.Entry] = []
        many = len(values) >= _SMOOTH_FROM
        colour = COLOURS[0]
        ax.plot(x, shown, color=colour, lw=0.7 if many else 1.8, alpha=0.35 if many else 1.0, zorder=2, gid="loss")
        entries.append((ax.lines[-1], "loss of each batch" if many else "loss"))
        if many:
            window = max(len(values) // 100, 5)
            ax.plot(x, _running_mean(shown, window), color=colour, lw=2, zorder=3, gid="smoothed")
            entries.append((ax.lines[-1], f"running geometric mean over {window}"))
        if np.isfinite(shown).any():
            ax.set_yscale("log")
            ax.yaxis.set_major_formatter(_Powers())
            ax.yaxis.set_minor_formatter(_Powers())
        missing = int(np.isnan(shown).sum())
        if missing:
            entries.append(style.remark(f"{missing} zero or not finite, not drawn"))
        ax.margins(x=0)
        ax.set_xlabel("training step")
        ax.set_ylabel("loss (mean squared error)")
        style.legend_above(ax, entries, heading)
    return ax


class _Powers(LogFormatterSciNotation):
    """Powers of ten in plain letters: to typeset formulas takes as long as all else in a picture."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a tick."""
        text = super().__call__(x, pos).removeprefix(r"$\mathdefault{").removesuffix("}$").replace(r"\times", "×")
        return re.sub(r"\^\{(.*)\}", lambda power: power[1].translate(SUPERSCRIPTS), text)


def _running_mean(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Centred running geometric mean of what is there in each window."""
    known = ~np.isnan(values)
    logs = np.where(known, np.log(np.where(known, values, 1.0)), 0.0)
    ones = np.ones(window)
    counts = np.convolve(known.astype(np.float64), ones, mode="same")
    sums = np.convolve(logs, ones, mode="same")
    return np.where(known & (counts > 0), np.exp(sums / np.maximum(counts, 1.0)), np.nan)
