"""Exact piecewise-linear geometry of ReLU networks."""

from pwlin.errors import PwlinError
from pwlin.extract import extract
from pwlin.function1d import PiecewiseLinear1D
from pwlin.interval import Interval
from pwlin.network import Network

__version__ = "0.1.0"
__all__ = ["Interval", "Network", "PiecewiseLinear1D", "PwlinError", "__version__", "extract"]
