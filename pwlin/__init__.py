"""Exact piecewise-linear geometry of ReLU networks."""

from pwlin.errors import PwlinError
from pwlin.network import Network

__version__ = "0.1.0"
__all__ = ["Network", "PwlinError", "__version__"]
