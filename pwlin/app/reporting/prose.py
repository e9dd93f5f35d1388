"""Paragraphs of an explanation, counting in words, and text for a terminal."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pwlin.app.reporting.table import Table
from pwlin.exact.text import decimal
from pwlin.formulas.point_target import PointTarget
from pwlin.networks.activation import RELU
from pwlin.networks.network import Network
from pwlin.training.run import TrainingRun


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading and a few sentences.

    `picture` is the stem of the picture that shows it, or empty; what is not `printed` stands on the page only.
    """

    heading: str
    text: str
    picture: str = ""
    printed: bool = True


def counted(number: int, noun: str) -> str:
    """``1 kink``, ``2 kinks``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def verb(number: int, singular: str, plural: str) -> str:
    """The form that fits the number."""
    return singular if number == 1 else plural


def listed(parts: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def units(network: Network) -> str:
    """What the hidden neurons are, at the start of a sentence."""
    kinds = {a for layer in network.hidden for a in layer.activations}
    if kinds == {RELU}:
        return "A ReLU"
    return "A unit that bends" if any(a.is_linear for a in kinds) else "A unit of two slopes"


def doings(count: Mapping[str, int], network: Network) -> str:
    """A sentence on what neurons do on a domain, by their status."""
    makes, on, dead, silent = (count[status] for status in ("active", "always_on", "dead", "silent"))
    parts = []
    if makes:
        parts.append(f"{makes} {verb(makes, 'makes', 'make')} kinks here")
    if on:
        parts.append(f"{on} {verb(on, 'is', 'are')} always on here and {verb(on, 'does', 'do')} not bend")
    if dead and has_off(network):
        parts.append(f"{dead} {verb(dead, 'is', 'are')} dead here, off on the whole domain")
    elif dead:
        parts.append(f"{dead} {verb(dead, 'stays left of its bend', 'stay left of their bends')} on the whole domain")
    if silent:
        parts.append(f"{silent} {verb(silent, 'flips', 'flip')} without any effect")
    total = sum(count.values())
    return f"Of {f'{total} hidden neurons' if total > 1 else 'one hidden neuron'}, {listed(parts)}. "


def has_off(network: Network) -> bool:
    """Whether all hidden neurons are constant left of their bend, so that there they are off."""
    return all(a.left == 0 for layer in network.hidden for a in layer.activations)


def trained(run: TrainingRun, moved: str, picture: str) -> Paragraph | None:
    """How a network came about; `moved` says what training did not know of."""
    if not len(run.losses):
        return None
    first, last = float(run.losses[0]), float(run.losses[-1])
    went = (
        f": the mean squared error on them was {decimal(first, 4)} in the first step and {decimal(last, 4)} in the last"
    )
    if not (math.isfinite(first) and math.isfinite(last)):
        went = "; the mean squared error on them is a number too large for floats"
    return Paragraph("How it got there", f"{_saw(run)} and pushed the weights downhill{went}.{moved}", picture)


def _saw(run: TrainingRun) -> str:
    """What training was shown."""
    asked = dict(run.settings)
    batch, fixed = int(str(asked["batch"])), asked["optimizer"] == "lbfgs"
    if isinstance(run.target, PointTarget):
        known = len(run.target)
        if fixed or known <= batch:
            return f"Each step took {'the one point' if known == 1 else f'all {known} points'}"
        return f"Each step drew {counted(batch, 'point')} from the {known}"
    if fixed:
        return f"Training only ever saw the target at {counted(batch, 'point')}, the same in every step,"
    return f"Training only ever saw random points, {batch} fresh in each step,"


def filled(part: Paragraph, width: int) -> str:
    """A paragraph for a terminal; equations are not broken."""
    text = f"{part.heading}. {part.text}".replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    return textwrap.fill(text, width).replace("\N{NO-BREAK SPACE}", " ")


def titled(title: str, table: Table) -> str:
    """A table for a terminal, under its title."""
    return f"{title}\n{textwrap.indent(str(table), '  ')}"
