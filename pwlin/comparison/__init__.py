"""Errors against a target, exact or certified, and the best that few pieces can do."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwlin.comparison.best.approximation import BestApproximation
    from pwlin.comparison.cells.comparison import ComparisonND
    from pwlin.comparison.doors import best_approximation, compare
    from pwlin.comparison.line.comparison import Comparison
    from pwlin.comparison.measured.best import BestOfPoints
    from pwlin.comparison.measured.comparison import PointComparison

# loaded when first asked for: they need sympy
_HOMES = {
    "BestApproximation": "best.approximation",
    "BestOfPoints": "measured.best",
    "Comparison": "line.comparison",
    "ComparisonND": "cells.comparison",
    "PointComparison": "measured.comparison",
    "best_approximation": "doors",
    "compare": "doors",
}

__all__ = [
    "BestApproximation",
    "BestOfPoints",
    "Comparison",
    "ComparisonND",
    "PointComparison",
    "best_approximation",
    "compare",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
