"""Errors against a target, exact or certified, and the best that few pieces can do."""

from pwlin.comparison.best_approximation import best_approximation
from pwlin.comparison.compare import compare

__all__ = ["best_approximation", "compare"]
