"""Labels in a strip above a curve, each with a leader line to its point; they never overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from pwlin.plot.drawing import marks, style

_BOX = 4.0  # points that the box adds to a label's text
_GAP = 5.0  # points between neighbouring labels
_ELBOWS = (9.0, 26.0)  # least and most points of height in which leader lines turn from their kink to their label
_STEEPNESS = 0.12  # points of such height for each point sideways
_LINE = 1.25  # line height in font sizes
_FARTHEST = 0.12  # of the axes' width: so far sideways may a label be from its point; farther, leaders make a fan


@dataclass(frozen=True, slots=True)
class Label:
    """A text for the point (x, y), in data coordinates; where room is short, the heaviest labels stay."""

    x: float
    y: float
    text: str
    colour: str
    weight: float


@dataclass(frozen=True, slots=True)
class Strip:
    """Labels with their places: `centres` in fractions of the axes' width, one row or two; heights in points."""

    labels: tuple[Label, ...]
    centres: tuple[float, ...]
    rows: int
    row: float
    elbow: float

    @property
    def height(self) -> float:
        """Height of all of it."""
        return self.rows * self.row + self.elbow

    def headroom(self, ax: Axes) -> float:
        """The strip's height as a fraction of the axes."""
        return min(self.height / style.size_in_points(ax)[1], 0.6) if self.labels else 0.0


def arrange(ax: Axes, labels: Sequence[Label], limits: tuple[float, float]) -> Strip:
    """Choose and place labels over the axes whose x-limits will be `limits`.

    One row if they fit, else two rows in turn; if that is too narrow, or a label would lie far from its point, only the
    heaviest ones that fit.
    """
    width, height = style.size_in_points(ax)
    everything = sorted(labels, key=lambda label: label.x)
    widths = {label.text: style.text_width(label.text) + _BOX for label in everything}
    for count in range(len(everything), 0, -1):
        kept = _heaviest(everything, count)
        widest = max(widths[label.text] for label in kept)
        pitch = (widest + _GAP) / width
        line = max(label.text.count("\n") + 1 for label in kept) * style.LABEL_SIZE * _LINE + 5
        rows = 1 if count * pitch <= 1 + _GAP / width or 2 * line + _ELBOWS[1] > 0.35 * height else 2
        if count == 1 or ((count - 1) * pitch / rows * width + widest <= width):
            a, b = limits
            wanted = np.array([(label.x - a) / (b - a) for label in kept])
            half = min(widest / width / 2, 0.5)
            centres = spread(wanted, pitch / rows, half, 1 - half)
            if count > 1 and np.abs(centres - np.clip(wanted, half, 1 - half)).max() > _FARTHEST:
                continue
            elbow = float(np.clip(_STEEPNESS * width * np.abs(centres - wanted).max(), *_ELBOWS))
            return Strip(tuple(kept), tuple(centres.tolist()), rows, line, elbow)
    return Strip((), (), 0, 0.0, 0.0)


def _heaviest(kept: Sequence[Label], count: int) -> list[Label]:
    """The `count` heaviest of labels sorted by x, still sorted; of equally heavy ones that do not all fit, a spread."""
    least = sorted((label.weight for label in kept), reverse=True)[count - 1]
    above = [i for i, label in enumerate(kept) if label.weight > least]
    tied = [i for i, label in enumerate(kept) if label.weight == least]
    free = count - len(above)
    chosen = {*above, *(tied[(2 * i + 1) * len(tied) // (2 * free)] for i in range(free))}
    return [label for i, label in enumerate(kept) if i in chosen]


def draw(ax: Axes, strip: Strip) -> None:
    """Draw the strip into the top of axes whose limits are final."""
    if not strip.labels:
        return
    (a, b), (low, high) = ax.get_xlim(), ax.get_ylim()
    unit = (high - low) / style.size_in_points(ax)[1]
    base = high - strip.headroom(ax) * (high - low)
    row, elbow = strip.row * unit, strip.elbow * unit
    leaders = []
    for i, (label, centre) in enumerate(zip(strip.labels, strip.centres, strict=True)):
        x = a + centre * (b - a)
        bottom = base + elbow + (i % strip.rows) * row
        leaders.append([(label.x, label.y), (label.x, base), (x, base + elbow), (x, bottom)])
        place, box = (x, bottom + 2 * unit), marks.frame(label.colour)
        marks.write(
            ax,
            label.text,
            place,
            va="bottom",
            linespacing=1.1,
            bbox=box,
            zorder=6,
            gid="kink-label",
            annotation_clip=False,
        )
    marks.lines(ax, leaders, colors=style.FAINT, linewidths=0.7, zorder=1.6, gid="leaders")


def spread(wanted: NDArray[np.float64], pitch: float, low: float, high: float) -> NDArray[np.float64]:
    """Places nearest to the `wanted` ones (sorted) that are at least `pitch` apart and within [low, high].

    The least-squares solution: isotonic regression by pooling adjacent violators, then cut to the ends.
    """
    shifts = pitch * np.arange(len(wanted))
    blocks: list[list[float]] = []  # sum and count of each pool
    for value in (wanted - shifts).tolist():
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    pooled = np.concatenate([np.full(int(count), total / count) for total, count in blocks])
    return np.asarray(np.clip(pooled, low, max(high - shifts[-1], low)) + shifts)
