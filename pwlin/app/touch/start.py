"""`playground`: what the page starts from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from pwlin.app.touch.deep import MOST as REGIONS
from pwlin.app.touch.deep import Deep
from pwlin.app.touch.goals import LARGEST, LEAST, Goal
from pwlin.app.touch.page import Playground, playground_json
from pwlin.app.touch.plane import is_plane, plane_playground
from pwlin.app.touch.points import Points
from pwlin.app.touch.relus import Relus
from pwlin.app.touch.still import still
from pwlin.base import arguments
from pwlin.base.arguments import refusal, shown
from pwlin.base.doors import door
from pwlin.base.errors import PwlinError
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import shortened
from pwlin.extraction.line.exact import extract_line
from pwlin.formulas.point_target import is_points
from pwlin.formulas.target import read_target
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import Interval, bounded
from pwlin.networks.network import Network
from pwlin.training.run import TrainingRun

MOST = 30
"""Neurons that the page can hold."""
_SUBJECTS = "are a target such as 'x**2', points (xs, ys), a TrainingRun, or a Network"


@door
def playground(
    subject: object = "x**2",
    target: object = None,
    *,
    domain: object = None,
    hidden: int = 3,
    seed: int | None = None,
    search: bool = True,
    tour: bool = True,
    progress: bool = True,
) -> Playground:
    """A page on which one drags the kinks of a network, pulls its arms, and sees exactly what becomes of the fit.

    Parameters
    ----------
    subject : target, points, TrainingRun or Network
        What the network is to follow: a formula or piecewise-linear function of one variable, a polynomial of degree 2 in
        two variables, or points as `pwlin.train` takes them, such as a pair ``(xs, ys)``. A run gives target, domain and
        network; a network has one output. Its one hidden layer is of ReLUs; a network of one input and several layers is
        shown, its kinks by layer, and cannot be changed.
    target : target or points, optional
        Only with a network, and needed where that has two inputs. Without it a network of one input is held against what
        it is itself: each change shows how far it leads away.
    domain : pair (a, b), optional
        Bounded; the run's, that of the points or of the function, or (-5, 5). For two variables a list of two pairs; [(-2, 2), (-2, 2)].
    hidden : int
        Neurons at the start, 0 to 30 (12 in two variables), with evenly spaced kinks; not with a run or a network.
    seed : int, optional
        Start from the random network of this seed instead, as training on the page does.
    search : bool
        Whether to search the best possible where there is no closed form; without it the page has no bar there.
    tour : bool
        Whether to offer the five tasks, which are made for x² on [-5, 5] and shown there only.
    progress : bool
        Show a bar while the best possible is searched, for targets without a closed form; that takes some seconds.

    Returns
    -------
    Playground
        With ``.save(path)``; in a notebook it shows itself. One file that needs no other and no network.

    Raises
    ------
    PwlinError, TargetError, DomainError
        For networks of another shape and targets that the page cannot hold.

    Notes
    -----
    Places of kinks, slopes and errors on the page are exact: those of the doubles that the weights are. The page holds the
    target as polynomials of degree 3 at most, exactly where it is piecewise such, else within 1e-9 of its range,
    certified; errors then are shown to the digits that this leaves. A weight that is no double is rounded once, and the
    page says so. For targets other than polynomials of degree 2 the best errors are those found by
    `pwlin.best_approximation`, which takes some seconds.

    Examples
    --------
    >>> page = playground("x**2", hidden=2)
    >>> page
    Playground('Move the kinks: x² and 2 ReLUs')
    >>> page.html().startswith("<!DOCTYPE html>")
    True
    """
    if is_plane(subject, target):
        return plane_playground(subject, target, domain, hidden, seed)
    start = _Start.read(subject, target, domain, hidden, seed)
    wanted, heard = arguments.flag(search, "search"), arguments.flag(progress, "progress")
    goal = start.known(_data(start.goal, wanted and start.searched, heard))
    data = {
        "goal": goal,
        "start": start.data(),
        "notes": [*start.notes, *start.goal.notes],
        "tour": arguments.flag(tour, "tour") and start.has_tour,
    }
    without = tuple(name for name, used in (("tour", data["tour"]), ("deep", start.deep)) if not used)
    if start.deep is not None:
        beside = f"{goal['name']} and a" if start.searched else "A"
        return Playground(f"{beside} network {start.deep.shape}", playground_json(data), 1, without)
    count = start.neurons
    title = f"Move the kinks: {goal['name']} and {count} ReLU{'s' * (count != 1)}"
    return Playground(title, playground_json(data), 1, without, start.still())


@lru_cache(maxsize=16)
def _data(goal: Goal | Points, search: bool, progress: bool) -> dict[str, object]:
    """What takes time, once for each goal."""
    return goal.data(search, progress)


@dataclass(frozen=True)
class _Start:
    """A goal, and the network that the page opens with: weights, or a seed."""

    goal: Goal | Points
    neurons: int
    seed: int | None
    net: tuple[float, tuple[tuple[float, float, float], ...]] | None
    notes: tuple[str, ...]
    deep: Deep | None = None

    @property
    def has_tour(self) -> bool:
        """Whether the five tasks, which are made for one target, fit."""
        goal = self.goal
        return (
            self.deep is None
            and isinstance(goal, Goal)
            and (goal.target.text, goal.left, goal.right) == ("x**2", -5, 5)
        )

    @property
    def searched(self) -> bool:
        """Whether the best possible says anything: a network that stays what it is has nothing to reach."""
        return self.deep is None or not isinstance(self.goal, Goal) or not self.goal.name

    def known(self, goal: dict[str, Any]) -> dict[str, Any]:
        """The goal's data; where the network is its own target, that is the best of as many neurons."""
        networks = goal.get("networks")
        if networks is None or self.net is None or not isinstance(self.goal, Goal) or not self.goal.name or self.notes:
            return goal
        own = {str(self.neurons): Relus.of_weights(*self.net).data()}
        return goal | {"networks": {**networks, "mse": networks["mse"] | own}}

    def data(self) -> dict[str, object]:
        """For the page."""
        if self.deep is not None:
            return self.deep.data()
        if self.net is None:
            return {"seed": self.seed, "hidden": self.neurons}
        c, neurons = self.net
        return {"net": {"c": c, "neurons": [list(n) for n in neurons]}}

    def still(self) -> str:
        """What is seen without scripts."""
        ends = (nearest_float(self.goal.left), nearest_float(self.goal.right))
        return still(ends, self.goal.seen, self.net)

    @staticmethod
    def read(subject: object, target: object, domain: object, hidden: object, seed: object) -> _Start:
        if isinstance(subject, TrainingRun):
            _refuse_second(target, "a TrainingRun")
            if subject.network.input_dim != 1:
                raise refusal("subject", f"a run with {subject.network.input_dim} inputs", "are runs with one input")
            return _Start.of_network(
                subject.network, _goal(subject.target, subject.domain if domain is None else domain)
            )
        if isinstance(subject, Network):
            return _Start.of_network(subject, _itself(subject, domain) if target is None else _goal(target, domain))
        _refuse_second(target, "a target")
        goal = _goal(subject, domain)
        count = arguments.whole(hidden, "hidden", 0, MOST)
        if seed is not None:
            return _Start(goal, count, arguments.whole(seed, "seed", 0, 2**32 - 1), None, ())
        return _Start(goal, count, None, _evenly(goal, count), ())

    @staticmethod
    def of_network(network: Network, goal: Goal | Points) -> _Start:
        _check_shape(network)
        if len(network.hidden) > 1:
            return _Start(goal, 0, None, None, (), Deep(network, goal.left, goal.right))
        if network.hidden and not network.hidden[0].is_relu:
            raise refusal("subject", "other activations", "are networks whose units are ReLUs")
        if not network.hidden and network.readout.weight[0, 0]:
            raise refusal("subject", "a linear network", "are networks with one hidden layer of ReLUs")
        if network.hidden and network.widths[0] > MOST:
            raise refusal("subject", f"{network.widths[0]} neurons", f"are up to {MOST}, as many as the page can hold")
        notes: list[str] = []
        c = _double(network.readout.bias[0], "c", notes)
        neurons = []
        if network.hidden:
            layer = network.hidden[0]
            rows = zip(layer.weight[:, 0], layer.bias, network.readout.weight[0], strict=True)
            for i, row in enumerate(rows, 1):
                w, b, v = (_double(value, f"{name} of neuron {i}", notes) for name, value in zip("wbv", row))
                neurons.append((w, b, v))
        return _Start(goal, len(neurons), None, (c, tuple(neurons)), tuple(notes))


def _refuse_second(target: object, subject: str) -> None:
    if target is not None:
        raise refusal("target", shown(target), f"is nothing beside {subject}; domain= names the interval")


def _check_shape(network: Network) -> None:
    if network.input_dim != 1 or network.output_dim != 1:
        shape = "-".join(map(str, (network.input_dim, *network.widths, network.output_dim)))
        raise refusal("subject", f"a network {shape}", "are networks with one output, and one input or two")


def _itself(network: Network, domain: object) -> Goal:
    """What a network is, as what it is to follow."""
    _check_shape(network)
    left, right = _ends(domain)
    [f] = extract_line(network, Interval(left, right))
    if f.n_regions > REGIONS:
        raise refusal("subject", f"a network with {f.n_regions:,} regions", f"are up to {REGIONS}")
    return Goal(read_target(f, 1), left, right, "the network itself")


def _ends(domain: object) -> tuple[Fraction, Fraction]:
    left, right = bounded((-5, 5) if domain is None else domain)
    if not math.isfinite(nearest_float(left)) or not math.isfinite(nearest_float(right)):
        raise refusal("domain", shown(domain), "are ends that float64 can hold")
    return left, right


def _goal(target: object, domain: object) -> Goal | Points:
    if is_points(target):
        return Points.read(target, domain)
    if domain is None and isinstance(target, PiecewiseLinear1D) and None not in target.domain:
        domain = target.domain
    left, right = _ends(domain)
    try:
        return Goal(read_target(target, 1), left, right)
    except PwlinError as error:
        if not callable(target) and not isinstance(target, str):
            raise type(error)(f"{error} ({_SUBJECTS})") from None
        raise


def _double(value: Fraction, name: str, notes: list[str]) -> float:
    rounded = nearest_float(value)
    if not math.isfinite(rounded):
        raise refusal("subject", f"{name} = {shown(value)}", "are weights that float64 can hold")
    if Fraction(rounded) != value:
        notes.append(f"{name} is {shortened(value)}, rounded to the nearest double.")
    return rounded


def _evenly(goal: Goal | Points, count: int) -> tuple[float, tuple[tuple[float, float, float], ...]]:
    """Evenly spaced kinks on a grid of powers of two, facing outwards; c on the target in the middle."""
    a, b = goal.left, goal.right
    unit = _power((b - a) / 64)
    middle = (a + b) / 2
    jump, step = _sizes(goal.values, b - a)
    neurons = []
    for i in range(count):
        place = nearest_float(round((a + (b - a) * Fraction(i + 1, count + 1)) / unit) * unit)
        side = -1.0 if place < middle else 1.0
        neurons.append((side, -side * place + 0.0, jump))
    value = goal.middle if isinstance(goal, Points) else float(goal.target(nearest_float(middle)))
    if not math.isfinite(value):
        value = 0.0
    return round(value / step) * step, tuple(neurons)


def _sizes(values: list[float], length: Fraction) -> tuple[float, float]:
    """A jump of slopes, 1 where slopes are of ordinary size; and the steps of c, 1/8 where values are."""
    apart = max(values) - min(values)
    if not 0 < apart < LARGEST or not LEAST < length < LARGEST:
        return 1.0, 1 / 8
    slope = float(_power(Fraction(apart) / length))
    return (1.0 if 2**-3 <= slope <= 2**9 else slope), min(1 / 8, float(_power(Fraction(apart) / 8)))


def _power(value: Fraction) -> Fraction:
    """The largest power of two up to a positive number."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    power = Fraction(2) ** exponent
    return power if power <= value else power / 2
