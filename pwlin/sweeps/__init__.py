"""Training and extracting many seeds and sizes over processes; see `sweep`."""

from pwlin.sweeps.run import sweep
from pwlin.sweeps.table import Sweep, SweepRow

__all__ = ["Sweep", "SweepRow", "sweep"]
