"""Views of a film as Matplotlib figures whose contents can be exchanged; axes, colours and legends stay the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pwlin.app.film.line import Film, Frame, Mark
from pwlin.networks.names import name_in
from pwlin.plot.drawing import marks, style
from pwlin.plot.drawing.measured import scatter
from pwlin.plot.drawing.style import Neuron
from pwlin.plot.training import root_axis, root_ticks

_MOST_NAMED = 8  # so many neurons get an entry of the legend each
_MOST_COLUMNS = 3
_THIN, _THICK = 0.8, 3.2  # widths of the paths of small and large jumps


class Scene(ABC):
    """A figure that shows one moment of a film at a time; what stays the same is drawn once."""

    def __init__(self, film: Film, size: tuple[float, float], title: str, dpi: float) -> None:
        self.film = film
        self.figure = Figure(figsize=size, dpi=dpi)
        self._canvas = FigureCanvasAgg(self.figure)
        self._still: object = None
        self._changing: list[Artist] = []
        top = 1 - 0.1 / size[1]
        self.figure.text(0.1 / size[0], top, title, va="top", fontsize=12, color=style.INK, gid="title")
        self._caption = self.figure.text(
            0.1 / size[0], top - 0.27 / size[1], "", va="top", fontsize=10, color=style.INK, gid="caption"
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._canvas.get_width_height()

    @abstractmethod
    def _draw(self, frame: Frame, index: int) -> Iterable[Artist]:
        """Add what shows a moment to the axes; returns the artists, which are removed before the next one."""

    def show(self, index: int) -> FigureCanvasAgg:
        """Draw moment number `index` in place of the one before; returns the canvas."""
        for artist in self._changing:
            artist.remove()
        self._changing = []
        self._caption.set_text("")
        if self._still is None:
            self._canvas.draw()
            self._still = self._canvas.copy_from_bbox(self.figure.bbox)  # type: ignore[attr-defined]
        self._canvas.restore_region(self._still)  # type: ignore[attr-defined]
        frame = self.film.frames[index]
        self._caption.set_text(frame.caption)
        self._changing = list(self._draw(frame, index))
        for artist in sorted([self._caption, *self._changing], key=lambda a: a.get_zorder()):
            self.figure.draw_artist(artist)
        return self._canvas

    def _axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes with these places in inches."""
        w, h = self.figure.get_size_inches()
        return self.figure.add_axes((left / w, bottom / h, width / w, height / h))

    def _mark(self, ax: Axes, mark: Mark, x: float, y: float, size: float) -> list[Line2D]:
        """A kink as its neuron's marker."""
        return ax.plot(
            [x],
            [y],
            ls="",
            marker=self.film.palette.marker(mark.neuron),
            ms=size,
            color=self.film.palette.colour(mark.neuron),
            mec="white",
            mew=0.8,
            zorder=5,
            gid="kink",
            clip_on=False,
        )


def _size(entries: int) -> tuple[float, float]:
    """Inches of a figure with so many entries of the legend, three in a row; there is room for two rows."""
    return 6.8, 4.5 + 0.2 * max(-(-entries // 3) - 2, 0)


class FitScene(Scene):
    """The function with its regions coloured, its kinks in their neurons' colours, and the target behind."""

    def __init__(self, film: Film, title: str, dpi: float = 100.0) -> None:
        entries = neuron_entries(film)
        super().__init__(film, _size(len(entries) + 2), title, dpi)
        self._ax = ax = self._axes(0.75, 0.55, 5.9, 2.95)
        ax.set(xlim=film.x_limits, ylim=film.y_limits, xlabel=film.labels[0], ylabel=film.labels[1])
        entries.insert(0, (style.swatch(style.REGION_COLOURS[:3]), "network, coloured by region"))
        entries[:0] = _behind(ax, film)
        style.legend_above(ax, entries)

    def _draw(self, frame: Frame, index: int) -> Iterable[Artist]:
        ax, fit = self._ax, frame.fit
        colours = [style.REGION_COLOURS[c] for c in frame.colours]
        points = np.column_stack([fit.x, fit.y])
        yield marks.stripes(ax, list(pairwise(fit.x)), facecolors=colours, alpha=0.11)
        segments = list(np.stack([points[:-1], points[1:]], axis=1))
        yield marks.lines(ax, segments, colors=colours, linewidths=2.4, capstyle="round", zorder=3, gid="fit")
        low, high = self.film.y_limits
        for mark in frame.marks:
            if low <= mark.y <= high:
                yield from self._mark(ax, mark, mark.x, mark.y, style.marker_area(len(frame.marks)) ** 0.5)


class LayerScene(Scene):
    """What every neuron of every hidden layer puts out, a panel for each layer, and the output."""

    def __init__(self, film: Film, title: str, dpi: float = 100.0) -> None:
        panels = len(film.layer_limits) + 1
        columns = min(panels, _MOST_COLUMNS)
        rows = -(-panels // columns)
        width, height = (3.1, 2.45) if columns > 1 else (5.9, 2.95)
        size = (columns * (width + 0.65) + 0.15, rows * (height + 0.75) + 0.75)
        super().__init__(film, size, title, dpi)
        self._panels = []
        limits = [*film.layer_limits, film.y_limits]
        for k, shown in enumerate(limits):
            row, column = divmod(k, columns)
            bottom = size[1] - 0.75 - (row + 1) * (height + 0.75) + 0.55
            ax = self._axes(0.6 + column * (width + 0.65), bottom, width, height)
            last = k + 1 == panels
            ax.set(xlim=film.x_limits, ylim=shown)
            if k >= panels - columns:
                ax.set_xlabel(film.labels[0])
            if last:
                behind = " and target" if film.target is not None else " and points" if film.points is not None else ""
                ax.set_title(f"output{behind}", fontsize=10, loc="left")
            else:
                _name_neurons(ax, k, film)
            ax.yaxis.set_major_locator(MaxNLocator(5))
            ax.axhline(0, color=style.FAINT, lw=0.6, zorder=1)
            self._panels.append(ax)
        _behind(self._panels[-1], film)

    def _draw(self, frame: Frame, index: int) -> Iterable[Artist]:
        for k, (ax, lines) in enumerate(zip(self._panels, frame.layers, strict=False)):
            for i, line in enumerate(lines):
                yield from ax.plot(
                    line.x, line.y, color=self.film.palette.colour((k, i)), lw=1.8, zorder=3, gid="neuron"
                )
        yield from self._panels[-1].plot(frame.fit.x, frame.fit.y, color=style.INK, lw=2.2, zorder=4, gid="fit")


class PathScene(Scene):
    """Where every neuron's kinks have been, the way to come faintly."""

    def __init__(self, film: Film, title: str, dpi: float = 100.0) -> None:
        entries = neuron_entries(film)
        super().__init__(film, _size(len(entries)), title, dpi)
        self._ax = ax = self._axes(0.75, 0.55, 5.9, 2.95)
        steps = [frame.step or 0 for frame in film.frames]
        span = max(steps[-1] - steps[0], 1)
        ax.set_ylim(film.x_limits)
        ax.set(xlabel="training step, on a square-root scale", ylabel=f"kinks at {film.labels[0]}")
        root_axis(ax)
        ax.set_xlim(steps[0], steps[-1] + 0.02 * span)
        root_ticks(ax, steps[0], max(steps[-1], steps[0] + 1))
        self._widest = max((mark.jump for frame in film.frames for mark in frame.marks), default=1.0)
        self._draw_paths(len(film.frames), 0.18)
        if not entries:
            entries = [style.remark("no kinks in the domain at any moment")]
        style.legend_above(ax, entries)

    def _draw(self, frame: Frame, index: int) -> Iterable[Artist]:
        yield from self._draw_paths(index + 1, 1.0)
        yield self._ax.axvline(frame.step or 0, color=style.FAINT, lw=0.8, zorder=1)
        for mark in frame.marks:
            yield from self._mark(self._ax, mark, frame.step or 0, mark.x, 6.0)

    def _draw_paths(self, count: int, alpha: float) -> list[Artist]:
        """The paths over the first `count` moments."""
        artists: list[Artist] = []
        for neuron in self.film.neurons:
            points, moments, widths = self._path(neuron, count)
            if len(points) < 2:
                continue
            colour = self.film.palette.colour(neuron)
            artists.append(marks.track(self._ax, points, moments, widths, color=colour, alpha=alpha))
        return artists

    def _path(self, neuron: Neuron, count: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
        """Points (step, place) of a neuron's kinks over the first `count` moments, these moments, and line widths."""
        frames = enumerate(self.film.frames[:count])
        found = [(f.step, m.x, i, m.jump) for i, f in frames for m in f.marks if m.neuron == neuron]
        table = np.array(found, dtype=np.float64).reshape(-1, 4)
        widths = _THIN + (_THICK - _THIN) * np.sqrt(table[:, 3] / self._widest)
        return table[:, :2], table[:, 2].astype(np.int64), widths


def _behind(ax: Axes, film: Film) -> list[style.Entry]:
    """The target's curve, or its points; returns its legend entry, if there is one."""
    if film.target is not None:
        return [(marks.target(ax, film.target.x, film.target.y, 5), film.target_name)]
    if film.points is not None:
        return [scatter(ax, film.target_name, list(zip(film.points.x, film.points.y, strict=True)))]
    return []


def _name_neurons(ax: Axes, layer: int, film: Film) -> None:
    """The title of a layer's panel: the number of neurons, or their indices in their colours if they are few."""
    count = film.network.hidden[layer].n_out
    if count > _MOST_NAMED:
        ax.set_title(f"layer {layer}: {count} neurons", fontsize=10, loc="left")
        return
    title = f"layer {layer}: neuron{'s' * (count != 1)}"
    ax.set_title(title, fontsize=10, loc="left")
    start = style.text_width(title, 10) + 10
    for i in range(count):
        ax.annotate(
            str(i),
            (0, 1),
            (start + 13 * i, 6),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=10,
            fontweight="bold",
            color=film.palette.colour((layer, i)),
        )


def neuron_entries(film: Film) -> list[style.Entry]:
    """Legend entries for kinks: one for each neuron if they are few."""
    palette, neurons = film.palette, film.neurons
    dots = {n: style.dot(palette.colour(n), "white", 7, palette.marker(n)) for n in neurons}
    if len(neurons) <= _MOST_NAMED:
        return [(dots[n], f"kink of neuron {name_in(film.network, n)}") for n in neurons]
    return [
        (
            tuple(dots[n] for n in neurons if n in palette.strong)[:3],
            f"kinks of {len(neurons)} neurons{palette.note(neurons)}",
        )
    ]


SCENES: dict[str, Callable[[Film, str], Scene]] = {"fit": FitScene, "layers": LayerScene, "kinks": PathScene}
