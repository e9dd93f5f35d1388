"""Exact piecewise-linear geometry of ReLU networks.

>>> import pwlin
>>> hat = pwlin.Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
>>> f = pwlin.extract(hat)
>>> for kink in f.kinks:
...     print(kink.location, kink.jump, [flip.neuron for flip in kink.neurons])
-1 1/2 [(0, 0)]
0 -1 [(0, 1)]
1 1/2 [(0, 2)]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pwlin.convert import as_network
from pwlin.errors import PwlinError
from pwlin.extract import extract
from pwlin.function1d import PiecewiseLinear1D
from pwlin.interval import Interval
from pwlin.network import Network

if TYPE_CHECKING:
    from pwlin import compare, plot, symbolic
    from pwlin.animation import animate
    from pwlin.compare import best_approximation
    from pwlin.compare.targets import Target, parse_target
    from pwlin.domain import Polytope
    from pwlin.enclosure import Enclosure
    from pwlin.extract.count import count_regions
    from pwlin.functionnd import PiecewiseLinearND
    from pwlin.sweeps import Sweep, sweep
    from pwlin.theory import bounds, constructions
    from pwlin.training import TrainingRun, train

__version__ = "0.1.0"

# loaded when first asked for: they need sympy, SciPy or matplotlib, which take a while to import
_LAZY = {
    "Enclosure": ("pwlin.enclosure", "Enclosure"),
    "PiecewiseLinearND": ("pwlin.functionnd", "PiecewiseLinearND"),
    "Polytope": ("pwlin.domain", "Polytope"),
    "Sweep": ("pwlin.sweeps", "Sweep"),
    "Target": ("pwlin.compare.targets", "Target"),
    "TrainingRun": ("pwlin.training", "TrainingRun"),
    "best_approximation": ("pwlin.compare", "best_approximation"),
    "animate": ("pwlin.animation", "animate"),
    "bounds": ("pwlin.theory.bounds", None),
    "compare": ("pwlin.compare", None),
    "constructions": ("pwlin.theory.constructions", None),
    "count_regions": ("pwlin.extract.count", "count_regions"),
    "parse_target": ("pwlin.compare.targets", "parse_target"),
    "plot": ("pwlin.plot", None),
    "sweep": ("pwlin.sweeps", "sweep"),
    "symbolic": ("pwlin.symbolic", None),
    "theory": ("pwlin.theory", None),
    "train": ("pwlin.training", "train"),
}

__all__ = [
    "Enclosure",
    "Interval",
    "Network",
    "PiecewiseLinear1D",
    "PiecewiseLinearND",
    "Polytope",
    "PwlinError",
    "Sweep",
    "Target",
    "TrainingRun",
    "__version__",
    "animate",
    "as_network",
    "best_approximation",
    "bounds",
    "compare",
    "constructions",
    "count_regions",
    "extract",
    "parse_target",
    "plot",
    "sweep",
    "symbolic",
    "theory",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'pwlin' has no attribute {name!r}")
    module, attribute = _LAZY[name]
    found = import_module(module)
    value = found if attribute is None else getattr(found, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
