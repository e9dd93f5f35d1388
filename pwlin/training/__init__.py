"""Training small networks in NumPy, reproducibly: `train` and what it returns."""

from pwlin.training.train import TrainingRun, train

__all__ = ["TrainingRun", "train"]
