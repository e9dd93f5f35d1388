"""Training small networks in NumPy, reproducibly: `train` and what it returns."""

from pwlin.training.run import TrainingRun
from pwlin.training.train import train

__all__ = ["TrainingRun", "train"]
