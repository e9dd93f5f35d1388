"""Networks that are known exactly: hats, folds, squares, steps and towers."""

from pwlin.theory.folding import folded_square, hat, tent, yarotsky_square, zigzag
from pwlin.theory.shallow_square import shallow_square, shallow_square_error
from pwlin.theory.steps import box_tower, staircase, step, tower

__all__ = [
    "box_tower",
    "folded_square",
    "hat",
    "shallow_square",
    "shallow_square_error",
    "staircase",
    "step",
    "tent",
    "tower",
    "yarotsky_square",
    "zigzag",
]
