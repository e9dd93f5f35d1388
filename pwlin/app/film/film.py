"""What an animation shows: exact functions at chosen snapshots, as points to draw on axes that stay the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import ShapeError
from pwlin.extraction import extract_line
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network
from pwlin.networks.neurons import Pattern
from pwlin.plot.drawing import style
from pwlin.plot.drawing.goal import Goal, Window
from pwlin.plot.drawing.scale import Scale, samples
from pwlin.plot.drawing.style import Neuron
from pwlin.plot.fit import leading

_EXTENSION = Fraction(3, 10)  # of the final range: so much farther may earlier moments reach
_MARGIN = Fraction(1, 16)
_FARTHEST = 1e4  # ranges of an axis; what lies beyond is drawn there
_GOAL_SAMPLES = 200


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Points of a polygonal line, in drawn coordinates."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mark:
    """A kink: the neuron with the largest part of its jump, place and height as drawn, and the size of the jump."""

    neuron: Neuron
    x: float
    y: float
    jump: float


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One moment.

    Attributes
    ----------
    step : int
    caption : str
    fit : Line
        Its corners are the ends of the regions.
    colours : tuple of int
        The number of each region's colour.
    marks : tuple of Mark
    layers : tuple of tuples of Line
        What each neuron of each hidden layer puts out.
    """

    step: int
    caption: str
    fit: Line
    colours: tuple[int, ...]
    marks: tuple[Mark, ...]
    layers: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """The moments of a training run, and axes that hold for all of them.

    Attributes
    ----------
    frames : tuple of Frame
    network : Network
        The last one.
    target : Line or None
    target_name : str
    x_limits, y_limits : pairs of floats
    layer_limits : tuple of pairs of floats
        The heights shown of each hidden layer.
    labels : pair of str
        Of the x- and the y-axis.
    neurons : tuple of (layer, index)
        Those that have a kink at some moment.
    """

    frames: tuple[Frame, ...]
    network: Network
    target: Line | None
    target_name: str
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    layer_limits: tuple[tuple[float, float], ...]
    labels: tuple[str, str]
    neurons: tuple[Neuron, ...]


def region_colour(pattern: Pattern) -> int:
    """The number of a region's colour: the same for a pattern at all moments, and different where one neuron flips.

    Active neurons add odd numbers, so a flip leads from one of the dark colours to one of the light ones or back.
    """
    return sum(2 * (3 * k + i) + 1 for k, layer in enumerate(pattern) for i, active in enumerate(layer) if active) % 8


def chosen(count: int, wanted: int) -> list[int]:
    """Which of `count` snapshots to show: more of the early ones, where most happens; the last, and if more
    than one the first, are among them."""
    places = 1 - np.linspace(1, 0, min(wanted, count)) if wanted > 1 else np.ones(1)
    return sorted(set(np.round(places**1.5 * (count - 1)).astype(int).tolist()))


def film_of(run: Any, wanted: int, advance: Callable[[int], Any]) -> Film:
    """The film of a run with one input, from about `wanted` of its snapshots.

    Parameters
    ----------
    run : TrainingRun
    wanted : int
    advance : function
        Called with 1 for each snapshot, for a progress bar.
    """
    network = run.network
    if network.input_dim != 1:
        raise ShapeError(f"run: found a network with {network.input_dim} inputs; accepted are runs with one input")
    window: Window = tuple(run.domain)
    picked = chosen(len(run.networks), wanted)
    moments = []
    for i in picked:
        moments.append(_Moment.of(run, i, window))
        advance(1)
    points, values, name = _goal(run.target, window)
    xs = Scale.spanning(window)
    known = [v for v in values if v is not None]
    y_range = _range([*known, *moments[-1].heights], [v for m in moments for v in m.heights])
    ys = Scale.spanning(y_range)
    ranges = [
        _range(_extremes(moments[-1].layers[k]), [v for m in moments for v in _extremes(m.layers[k])])
        for k in range(len(network.hidden))
    ]
    scales = [Scale.spanning(r) for r in ranges]
    frames = tuple(m.drawn(xs, ys, y_range, list(zip(scales, ranges, strict=True))) for m in moments)
    return Film(
        frames=frames,
        network=network,
        target=Line(xs.all(points), ys.floats_or_gaps(values)) if points else None,
        target_name=name,
        x_limits=(xs(window[0]), xs(window[1])),
        y_limits=(ys(y_range[0]), ys(y_range[1])),
        layer_limits=tuple((s(r[0]), s(r[1])) for s, r in zip(scales, ranges, strict=True)),
        labels=(xs.label("x"), ys.label("f(x)")),
        neurons=tuple(sorted({mark.neuron for frame in frames for mark in frame.marks})),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """A snapshot, exactly."""

    step: int
    caption: str
    function: PiecewiseLinear1D
    heights: tuple[Fraction, ...]
    layers: tuple[tuple[PiecewiseLinear1D, ...], ...]

    @staticmethod
    def of(run: Any, index: int, window: Window) -> _Moment:
        network, step = run.networks[index], int(run.steps[index])
        f = extract_line(network, window)[0]
        heights = tuple(f(x) for x in (window[0], *f.breakpoints, window[1]))
        return _Moment(step, _caption(run, step, f), f, heights, tuple(_layers(network, window)))

    def drawn(self, xs: Scale, ys: Scale, y_range: Window, layers: Sequence[tuple[Scale, Window]]) -> Frame:
        """As points in drawn coordinates."""
        f = self.function
        marks = []
        for kink in f.kinks:
            neuron = leading(kink)
            assert neuron is not None
            height = _near([f(kink.location)], ys, y_range)[0]
            marks.append(Mark(neuron, xs(kink.location), float(height), abs(float(kink.jump))))
        return Frame(
            self.step,
            self.caption,
            Line(
                xs.all([_end(f.regions[0].left), *(_end(r.right) for r in f.regions)]), _near(self.heights, ys, y_range)
            ),
            tuple(region_colour(region.pattern) for region in f.regions),
            tuple(marks),
            tuple(
                tuple(Line(xs.all(ends), _near(values, scale, span)) for ends, values in map(_corners, layer))
                for layer, (scale, span) in zip(self.layers, layers, strict=True)
            ),
        )


def _layers(network: Network, window: Window) -> Iterator[tuple[PiecewiseLinear1D, ...]]:
    """What the neurons of each hidden layer put out."""
    for k, layer in enumerate(network.hidden):
        outputs = Layer.from_arrays(np.eye(layer.n_out, dtype=np.int64))
        yield extract_line(Network(network.hidden[: k + 1], outputs), window)


def _caption(run: Any, step: int, f: PiecewiseLinear1D) -> str:
    if getattr(run.target, "is_polynomial", False):
        error = f"MSE {style.decimal(f.compare(run.target).mse, 3)}"
    elif len(run.losses):
        error = f"loss {style.decimal(float(run.losses[min(step, len(run.losses) - 1)]), 3)}"
    else:
        error = ""
    counts = (style.plural(n, noun) for n, noun in ((f.n_regions, "region"), (f.n_pieces, "piece")))
    return "   ".join(filter(None, (f"step {step:,}", error, ", ".join(counts))))


def _goal(target: Any, window: Window) -> tuple[list[Fraction], list[Fraction | None], str]:
    """Points and values of the target's curve, and what to call it."""
    goal, points = Goal.read(target), samples(*window, _GOAL_SAMPLES)
    return points, goal.values(points), goal.label


def _corners(f: PiecewiseLinear1D) -> tuple[list[Fraction], list[Fraction]]:
    """Ends and kinks of a function on a bounded domain, and its values there."""
    pieces, end = f.pieces, _end(f.pieces[-1].right)
    starts = [_end(p.left) for p in pieces]
    return [*starts, end], [*(p(x) for p, x in zip(pieces, starts, strict=True)), pieces[-1](end)]


def _end(value: Fraction | None) -> Fraction:
    assert value is not None, "the domain is bounded"
    return value


def _extremes(functions: Sequence[PiecewiseLinear1D]) -> list[Fraction]:
    return [v for f in functions for v in (f.min().value, f.max().value)]


def _range(final: Sequence[Fraction], everything: Sequence[Fraction]) -> Window:
    """The range of the final values, extended a little towards those of all moments, with a margin."""
    low, high = min(final), max(final)
    reach = (high - low) * _EXTENSION
    low, high = max(min(low, *everything), low - reach), min(max(high, *everything), high + reach)
    pad = (high - low) * _MARGIN or max(abs(low) / 10, Fraction(1, 2))
    return low - pad, high + pad


def _near(values: Sequence[Fraction], scale: Scale, shown: Window) -> NDArray[np.float64]:
    """Values as drawn, those very far outside moved nearer so that drawing programs can cope."""
    far = (shown[1] - shown[0]) * int(_FARTHEST)
    return scale.all([min(max(v, shown[0] - far), shown[1] + far) for v in values])
