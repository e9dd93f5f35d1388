"""The specification of 1-D extraction: all in Fractions, one region at a time, nothing clever."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pwlin.geometry.interval import Interval
from pwlin.networks.activation import TwoSlope
from pwlin.networks.network import Network
from pwlin.networks.neurons import Pattern

Affine = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class ReferenceRegion:
    """A region with its pattern and, per output, slope and intercept."""

    left: Fraction | None
    right: Fraction | None
    pattern: Pattern
    outputs: tuple[Affine, ...]


def reference_regions(network: Network, domain: Any = None) -> list[ReferenceRegion]:
    """All regions of a one-input network, left to right. Slow on purpose; `extract_line` must agree with it."""
    interval = Interval.parse(domain)
    regions = [(interval.left, interval.right, (), [(Fraction(1), Fraction(0))])]
    for layer in network.hidden:
        finer = []
        for left, right, pattern, inputs in regions:
            maps = _affine(layer.weight, layer.bias, inputs)
            cuts = sorted({x for m, u in zip(maps, layer.activations) for x in _crossings(m, u, left, right)})
            for low, high in zip([left, *cuts], [*cuts, right]):
                inside = _between(low, high)
                active = tuple(u.is_linear or s * inside + c > 0 for (s, c), u in zip(maps, layer.activations))
                bent = [
                    (s * (u.right if on else u.left), c * (u.right if on else u.left))
                    for (s, c), u, on in zip(maps, layer.activations, active)
                ]
                finer.append((low, high, (*pattern, active), bent))
        regions = finer  # type: ignore[assignment]
    readout = network.readout
    return [
        ReferenceRegion(left, right, pattern, tuple(_affine(readout.weight, readout.bias, inputs)))
        for left, right, pattern, inputs in regions
    ]


def _affine(weight: Any, bias: Any, inputs: list[Affine]) -> list[Affine]:
    return [
        (
            sum((w * s for w, (s, _) in zip(row, inputs)), Fraction(0)),
            sum((w * c for w, (_, c) in zip(row, inputs)), Fraction(b)),
        )
        for row, b in zip(weight, bias)
    ]


def _crossings(m: Affine, unit: TwoSlope, left: Fraction | None, right: Fraction | None) -> list[Fraction]:
    slope, constant = m
    if slope == 0 or unit.is_linear:
        return []
    root = -constant / slope
    inside = (left is None or left < root) and (right is None or root < right)
    return [root] if inside else []


def _between(left: Fraction | None, right: Fraction | None) -> Fraction:
    if left is None:
        return Fraction(0) if right is None else right - 1
    return left + 1 if right is None else (left + right) / 2
