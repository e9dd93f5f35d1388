"""A playground of two inputs: lines of neurons on a rectangle, against a polynomial of degree 2."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from pwlin.app.touch.page import Playground, playground_json
from pwlin.base import arguments
from pwlin.base.arguments import refusal
from pwlin.base.errors import PwlinError, TargetError
from pwlin.exact.digits import ratio
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import formula, shortened
from pwlin.formulas.kinds import Target
from pwlin.formulas.point_target import is_points
from pwlin.formulas.target import parse_target, read_target
from pwlin.geometry.domain import bounded_box
from pwlin.networks.network import Network
from pwlin.training.run import TrainingRun

MOST = 12
"""Neurons: at most 79 regions."""
_DOMAIN = [(-2, 2), (-2, 2)]
"""As for the commands."""
_POWERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))


def is_plane(subject: object, target: object) -> bool:
    """Whether what is passed has two inputs."""
    if isinstance(subject, TrainingRun):
        return subject.network.input_dim == 2
    if isinstance(subject, Network):
        return subject.input_dim == 2
    if is_points(subject) or target is not None:
        return False
    if isinstance(subject, Target):
        return subject.dimension == 2
    try:
        return parse_target(subject).dimension == 2
    except PwlinError:  # said at the door of one input
        return False


def plane_playground(subject: object, target: object, domain: object, hidden: object, seed: object) -> Playground:
    """Implements `playground` for two inputs."""
    notes: list[str] = []
    if isinstance(subject, TrainingRun):
        box, goal, net = subject.domain if domain is None else domain, subject.target, subject.network
    elif isinstance(subject, Network):
        if target is None:
            raise refusal("target", "None", "is a polynomial of degree 2 in two variables, such as 'x**2 + y**2'")
        box, goal, net = _DOMAIN if domain is None else domain, read_target(target, 2), subject
    else:
        box, goal, net = _DOMAIN if domain is None else domain, read_target(subject, 2), None
    sides = bounded_box(box)
    if len(sides) != 2:
        raise refusal("domain", f"{len(sides)} interval(s)", "are two, one for each variable")
    start = _weights(net, notes) if net is not None else _start(arguments.whole(hidden, "hidden", 0, MOST), seed, sides)
    name = formula(goal.text)
    data = {
        "goal": {
            "kind": "plane",
            "name": name,
            "text": goal.text,
            "domain": [[ratio(a), ratio(b)] for a, b in sides],
            "form": [ratio(c) for c in _form(goal)],
        },
        "start": start,
        "notes": notes,
    }
    count = start["hidden"] if "hidden" in start else len(start["net"]["neurons"])
    return Playground(f"Move the lines: {name} and {count} ReLU{'s' * (count != 1)}", playground_json(data), 2)


def _form(goal: Target) -> list[Fraction]:
    """The coefficients of 1, x, y, x², xy, y²."""
    found = goal.polynomial() if goal.is_polynomial else None
    if found is None or not set(found) <= set(_POWERS):
        raise TargetError(f"target: found {goal.text}; accepted in two variables are polynomials of degree 2 at most")
    return [found.get(power, Fraction(0)) for power in _POWERS]


def _start(count: int, seed: object, sides: tuple[tuple[Fraction, Fraction], ...]) -> dict[str, Any]:
    """The random network of a seed, or lines at even angles, each a little off the middle of the rectangle."""
    if seed is not None:
        return {"seed": arguments.whole(seed, "seed", 0, 2**32 - 1), "hidden": count}
    neurons = []
    for i in range(count):
        angle = 2 * math.pi * i / count
        turned = (Fraction(round(8 * math.cos(angle)), 8), Fraction(round(8 * math.sin(angle)), 8))
        w = [nearest_float(4 * part / (b - a)) + 0.0 for part, (a, b) in zip(turned, sides, strict=True)]
        middle = sum(Fraction(part) * (a + b) / 2 for part, (a, b) in zip(w, sides, strict=True))
        neurons.append([*w, nearest_float(-middle - Fraction(1, 4)), 1.0])
    return {"net": {"c": 0.0, "neurons": neurons}}


def _weights(net: Network, notes: list[str]) -> dict[str, Any]:
    shape = "-".join(map(str, (net.input_dim, *net.widths, net.output_dim)))
    if len(net.hidden) != 1 or net.output_dim != 1 or not net.hidden[0].is_relu:
        raise refusal("subject", f"a network {shape}", "are networks with one hidden layer of ReLUs and one output")
    if net.widths[0] > MOST:
        raise refusal("subject", f"{net.widths[0]} neurons", f"are up to {MOST} with two inputs")
    layer = net.hidden[0]

    def double(value: Fraction, name: str) -> float:
        rounded = nearest_float(value)
        if not math.isfinite(rounded):
            raise refusal("subject", f"{name} = {arguments.shown(value)}", "are weights that float64 can hold")
        if Fraction(rounded) != value:
            notes.append(f"{name} is {shortened(value)}, rounded to the nearest double.")
        return rounded

    rows = zip(layer.weight, layer.bias, net.readout.weight[0], strict=True)
    neurons = [
        [double(v, f"{name} of neuron {i}") for v, name in zip((*w, b, v), ("x", "y", "b", "v"), strict=True)]
        for i, (w, b, v) in enumerate(rows, 1)
    ]
    return {"net": {"c": double(net.readout.bias[0], "c"), "neurons": neurons}}
