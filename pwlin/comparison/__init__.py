"""Errors against a target, exact or certified, and the best that few pieces can do."""

from pwlin.comparison.best.best import BestApproximation
from pwlin.comparison.cells.comparison import ComparisonND
from pwlin.comparison.doors import best_approximation, compare
from pwlin.comparison.line.comparison import Comparison

__all__ = ["BestApproximation", "Comparison", "ComparisonND", "best_approximation", "compare"]
