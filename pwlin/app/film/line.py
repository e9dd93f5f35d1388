"""A film of one input: exact functions at chosen snapshots, as points to draw on axes that stay the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pwlin.app.film.moments import caption, chosen
from pwlin.base.errors import TargetError
from pwlin.exact.text import decimal
from pwlin.extraction import extract_line
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Kink
from pwlin.geometry.interval import Interval
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network
from pwlin.networks.neurons import Pattern
from pwlin.plot.drawing.goal import Goal, Window
from pwlin.plot.drawing.neuron_colours import NeuronColours
from pwlin.plot.drawing.scale import Scale, samples
from pwlin.plot.drawing.style import REGION_COLOURS, Neuron
from pwlin.plot.fit import leading
from pwlin.training.run import TrainingRun

_EXTENSION = Fraction(3, 10)  # of the final range: so much farther may earlier moments reach
_MARGIN = Fraction(1, 16)
_FARTHEST = 1e4  # ranges of an axis; what lies beyond is drawn there
_GOAL_SAMPLES = 200
Corners: TypeAlias = tuple[list[Fraction], list[Fraction]]
"""Places and values."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Points of a polygonal line, in drawn coordinates."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mark:
    """A kink, the neuron with the largest part of its jump, and place and height as drawn."""

    kink: Kink
    neuron: Neuron
    x: float
    y: float

    @property
    def jump(self) -> float:
        """The size of the jump."""
        return abs(float(self.kink.jump))


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One moment.

    Attributes
    ----------
    step : int or None
    caption : str
    fit : Line
        Its corners are the ends of the regions.
    slopes : ndarray
        Of the regions.
    colours : tuple of int
        The number of each region's colour.
    marks : tuple of Mark
    layers : tuple of tuples of Line
        What each neuron of each hidden layer puts out.
    """

    step: int | None
    caption: str
    fit: Line
    slopes: NDArray[np.float64]
    colours: tuple[int, ...]
    marks: tuple[Mark, ...]
    layers: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """The moments of a training run (or the only one, without a run), and axes that hold for all of them.

    Attributes
    ----------
    frames : tuple of Frame
    network : Network
        The last one.
    target, target_slopes : Line or None
    points : Line or None
        Those of a target that is points.
    target_name : str
    variable : str
    x_limits, y_limits : pairs of floats
    layer_limits : tuple of pairs of floats
        The heights shown of each hidden layer, if the film shows layers.
    labels : tuple of str
        Of the x-axis, and of values, slopes and errors.
    neurons : tuple of (layer, index)
        Those that have a kink at some moment.
    palette : NeuronColours
        The neurons' colours, those of the last moment's function.
    """

    frames: tuple[Frame, ...]
    network: Network
    target: Line | None
    target_slopes: Line | None
    points: Line | None
    target_name: str
    variable: str
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    layer_limits: tuple[tuple[float, float], ...]
    labels: tuple[str, str, str, str]
    neurons: tuple[Neuron, ...]
    palette: NeuronColours


@dataclass(frozen=True, slots=True)
class RegionColours:
    """The number of a region's colour, the same for a pattern at all moments; at the last one as in pictures that stand still.

    There regions are numbered from the left. Elsewhere active neurons add odd numbers, so a flip of one leads from one of
    the dark colours to one of the light ones or back.
    """

    known: dict[Pattern, int]
    first: int

    @staticmethod
    def of(last: PiecewiseLinear1D) -> RegionColours:
        """Those of a film that ends with a function."""
        patterns = [region.pattern for region in last.regions]
        return RegionColours({p: i for i, p in reversed(list(enumerate(patterns)))}, _odd_sum(patterns[0]) % 2)

    def __call__(self, pattern: Pattern) -> int:
        """The number of a pattern's colour."""
        found = self.known.get(pattern)
        return (_odd_sum(pattern) + self.first if found is None else found) % len(REGION_COLOURS)


def _odd_sum(pattern: Pattern) -> int:
    return sum(2 * (3 * k + i) + 1 for k, layer in enumerate(pattern) for i, active in enumerate(layer) if active)


def film_of(run: TrainingRun, wanted: int, advance: Callable[[int], object], with_layers: bool = True) -> Film:
    """The film of a run with one input, from about `wanted` of its snapshots.

    Parameters
    ----------
    run : TrainingRun
    wanted : int
    advance : function
        Called with 1 for each snapshot, for a progress bar.
    with_layers : bool
        As for `line_film`.
    """
    functions, moments = run.lines(), []
    for i in chosen(len(run.steps), wanted):
        moments.append((int(run.steps[i]), functions[i]))
        advance(1)
    left, right = run.domain
    return line_film(moments, run.network, Goal.read(run.target), (Fraction(left), Fraction(right)), run, with_layers)  # type: ignore[arg-type]


def line_film(
    moments: Sequence[tuple[int | None, PiecewiseLinear1D]],
    network: Network,
    goal: Goal | None,
    window: Window,
    run: TrainingRun | None = None,
    with_layers: bool = False,
) -> Film:
    """The film of some moments, each a step and the function there.

    Parameters
    ----------
    moments : pairs of a step (or None) and a function on the window
    network : Network
        The last one.
    goal : Goal, optional
    window : pair of Fraction
    run : TrainingRun, optional
        For the losses.
    with_layers : bool
        Whether to show what the neurons of each hidden layer put out.
    """
    shown = [_Moment.of(step, f, with_layers, _caption(f, goal, run, step)) for step, f in moments]
    points, values = (samples(*window, _GOAL_SAMPLES), []) if goal else ([], [])
    dots = goal.marks(window) if goal else []
    if goal:
        points = points if goal.linear is None and goal.measured is None else goal.points(window)
        values = goal.values(points)
    last = shown[-1]
    xs = Scale.spanning(window)
    known = [v for v in values if v is not None]
    y_range = _range([*known, *(y for _, y in dots), *last.heights], [v for m in shown for v in m.heights])
    ys = Scale.spanning(y_range)
    name = str(goal.target.variables[0]) if goal else "x"
    steps, wanted = _target_slopes(goal, window)
    slopes = Scale.spanning([*last.function.slopes, *(v for v in wanted if v is not None)])
    ranges = [
        _range(_extremes(layer), [v for m in shown for v in _extremes(m.layers[k])])
        for k, layer in enumerate(last.layers)
    ]
    layers = [(Scale.spanning(r), r) for r in ranges]
    colours = RegionColours.of(last.function)
    frames = tuple(m.drawn((xs, ys, slopes), y_range, layers, colours) for m in shown)
    short = f"f − {goal.name}" if goal and goal.name else "f − target"
    return Film(
        frames=frames,
        network=network,
        target=Line(xs.all(points), ys.floats_or_gaps(values)) if points else None,
        target_slopes=Line(xs.all(steps), slopes.floats_or_gaps(wanted)) if steps else None,
        points=Line(xs.all(x for x, _ in dots), ys.all(y for _, y in dots)) if dots else None,
        target_name=goal.label if goal else "",
        variable=name,
        x_limits=(xs(window[0]), xs(window[1])),
        y_limits=(ys(y_range[0]), ys(y_range[1])),
        layer_limits=tuple((s(r[0]), s(r[1])) for s, r in layers),
        labels=(xs.label(name), ys.label(f"f({name})"), slopes.label("slope"), Scale(unit=ys.unit).label(short)),
        neurons=tuple(sorted({mark.neuron for frame in frames for mark in frame.marks})),
        palette=NeuronColours.of(last.function),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """A snapshot, exactly."""

    step: int | None
    caption: str
    function: PiecewiseLinear1D
    heights: tuple[Fraction, ...]
    layers: tuple[tuple[Corners, ...], ...]

    @staticmethod
    def of(step: int | None, f: PiecewiseLinear1D, with_layers: bool, caption: str) -> _Moment:
        ends, regions = _ends(f), f.regions
        heights = tuple(r.slope * x + r.intercept for r, x in zip([regions[0], *regions], ends, strict=True))
        assert f.network is not None
        return _Moment(step, caption, f, heights, tuple(_layers(f.network, f.interval)) if with_layers else ())

    def drawn(
        self,
        scales: tuple[Scale, Scale, Scale],
        y_range: Window,
        layers: Sequence[tuple[Scale, Window]],
        colours: RegionColours,
    ) -> Frame:
        """As points in drawn coordinates; scales are those of places, values and slopes."""
        f, (xs, ys, slopes) = self.function, scales
        marks, heights = [], dict(zip(f.breakpoints, self.heights[1:-1], strict=True))
        for kink in f.kinks:
            neuron = leading(kink)
            assert neuron is not None
            marks.append(Mark(kink, neuron, xs(kink.location), float(_near([heights[kink.location]], ys, y_range)[0])))
        return Frame(
            self.step,
            self.caption,
            Line(xs.all(_ends(f)), _near(self.heights, ys, y_range)),
            slopes.all([region.slope for region in f.regions]),
            tuple(colours(region.pattern) for region in f.regions),
            tuple(marks),
            tuple(
                tuple(Line(xs.all(ends), _near(values, scale, span)) for ends, values in layer)
                for layer, (scale, span) in zip(self.layers, layers, strict=True)
            ),
        )


def _layers(network: Network, window: Interval) -> Iterator[tuple[Corners, ...]]:
    """What the neurons of each hidden layer put out."""
    for k, layer in enumerate(network.hidden):
        outputs = Layer.from_arrays(np.eye(layer.n_out, dtype=np.int64))
        yield tuple(map(_corners, extract_line(Network(network.hidden[: k + 1], outputs), window)))


def _caption(f: PiecewiseLinear1D, goal: Goal | None, run: TrainingRun | None, step: int | None) -> str:
    exact = goal is not None and (goal.measured is not None or goal.target.is_polynomial)
    error = f"mean squared error {decimal(f.compare(goal.target).mse, 4)}" if goal and exact else ""
    return caption(f, run, step, error)


def _target_slopes(goal: Goal | None, window: Window) -> tuple[list[Fraction], list[Fraction | None]]:
    """The target's derivative as a curve, where it has one."""
    try:
        return ([], []) if goal is None else goal.slope_curve(window)
    except TargetError:
        return [], []


def _ends(f: PiecewiseLinear1D) -> list[Fraction]:
    """The ends of the regions of a function on a bounded domain."""
    return [_end(f.regions[0].left), *(_end(r.right) for r in f.regions)]


def _corners(f: PiecewiseLinear1D) -> Corners:
    """Ends and kinks of a function on a bounded domain, and its values there."""
    pieces, end = f.pieces, _end(f.pieces[-1].right)
    starts = [_end(p.left) for p in pieces]
    return [*starts, end], [*(p(x) for p, x in zip(pieces, starts, strict=True)), pieces[-1](end)]


def _end(value: Fraction | None) -> Fraction:
    assert value is not None, "the domain is bounded"
    return value


def _extremes(layer: Sequence[Corners]) -> list[Fraction]:
    return [v for _, values in layer for v in (min(values), max(values))]


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
    return np.clip(scale.all(values), scale(shown[0] - far), scale(shown[1] + far))
