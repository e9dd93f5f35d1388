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

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from pwlin.base.errors import PwlinError, PwlinWarning
from pwlin.base.version import __version__

if TYPE_CHECKING:
    from importlib.abc import Loader

    from pwlin import plot, theory
    from pwlin.app.film import animate
    from pwlin.app.reporting.reports import report
    from pwlin.app.touch import playground
    from pwlin.comparison.doors import best_approximation, compare
    from pwlin.exact.enclosure import Enclosure
    from pwlin.extraction import extract
    from pwlin.extraction.cells.count import count_regions
    from pwlin.extraction.cells.estimate import Estimate, estimate_regions
    from pwlin.formulas.kinds import Target
    from pwlin.formulas.target import parse_target
    from pwlin.functions.cells.function import PiecewiseLinearND
    from pwlin.functions.line.function import PiecewiseLinear1D
    from pwlin.geometry.interval import Interval
    from pwlin.geometry.polytope import Polytope
    from pwlin.models import FloatGap, attribute, float_gap, labels, restrict
    from pwlin.networks import Network, as_network, symbolic
    from pwlin.storage import StoredRegion, StoredRegions, read_regions, write_regions
    from pwlin.sweeps import Sweep, sweep
    from pwlin.theory import bounds, constructions
    from pwlin.training.run import TrainingRun
    from pwlin.training.train import train

# loaded when first asked for: NumPy, FLINT and all the more sympy, SciPy and matplotlib take a while to import
_LAZY = {
    "Enclosure": ("pwlin.exact.enclosure", "Enclosure"),
    "Estimate": ("pwlin.extraction.cells.estimate", "Estimate"),
    "Interval": ("pwlin.geometry.interval", "Interval"),
    "Network": ("pwlin.networks", "Network"),
    "PiecewiseLinear1D": ("pwlin.functions.line.function", "PiecewiseLinear1D"),
    "PiecewiseLinearND": ("pwlin.functions.cells.function", "PiecewiseLinearND"),
    "Polytope": ("pwlin.geometry.polytope", "Polytope"),
    "StoredRegion": ("pwlin.storage", "StoredRegion"),
    "StoredRegions": ("pwlin.storage", "StoredRegions"),
    "Sweep": ("pwlin.sweeps", "Sweep"),
    "Target": ("pwlin.formulas.kinds", "Target"),
    "TrainingRun": ("pwlin.training", "TrainingRun"),
    "FloatGap": ("pwlin.models", "FloatGap"),
    "animate": ("pwlin.app.film", "animate"),
    "as_network": ("pwlin.networks", "as_network"),
    "attribute": ("pwlin.models", "attribute"),
    "best_approximation": ("pwlin.comparison", "best_approximation"),
    "bounds": ("pwlin.theory.bounds", None),
    "compare": ("pwlin.comparison", "compare"),
    "constructions": ("pwlin.theory.constructions", None),
    "count_regions": ("pwlin.extraction.cells.count", "count_regions"),
    "estimate_regions": ("pwlin.extraction.cells.estimate", "estimate_regions"),
    "extract": ("pwlin.extraction", "extract"),
    "float_gap": ("pwlin.models", "float_gap"),
    "labels": ("pwlin.models", "labels"),
    "parse_target": ("pwlin.formulas.target", "parse_target"),
    "playground": ("pwlin.app.touch", "playground"),
    "plot": ("pwlin.plot", None),
    "read_regions": ("pwlin.storage", "read_regions"),
    "report": ("pwlin.app.reporting.reports", "report"),
    "restrict": ("pwlin.models", "restrict"),
    "sweep": ("pwlin.sweeps", "sweep"),
    "symbolic": ("pwlin.networks.symbolic", None),
    "theory": ("pwlin.theory", None),
    "train": ("pwlin.training", "train"),
    "write_regions": ("pwlin.storage", "write_regions"),
}

__all__ = [
    "Enclosure",
    "Estimate",
    "FloatGap",
    "Interval",
    "Network",
    "PiecewiseLinear1D",
    "PiecewiseLinearND",
    "Polytope",
    "PwlinError",
    "PwlinWarning",
    "StoredRegion",
    "StoredRegions",
    "Sweep",
    "Target",
    "TrainingRun",
    "__version__",
    "animate",
    "as_network",
    "attribute",
    "best_approximation",
    "bounds",
    "compare",
    "constructions",
    "count_regions",
    "estimate_regions",
    "extract",
    "float_gap",
    "labels",
    "parse_target",
    "playground",
    "plot",
    "read_regions",
    "report",
    "restrict",
    "sweep",
    "symbolic",
    "theory",
    "train",
    "write_regions",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'pwlin' has no attribute {name!r}", name=name, obj=sys.modules[__name__])
    module, attribute = _LAZY[name]
    found = import_module(module)
    value = found if attribute is None else getattr(found, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Doors:
    """Lets ``import pwlin.bounds`` find the module that `pwlin.bounds` is: the public name of a room further in."""

    def __init__(self) -> None:
        self._specs: dict[str, ModuleSpec | None] = {}

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        is_door = package == __name__ and name in _LAZY and _LAZY[name][1] is None and _LAZY[name][0] != fullname
        return (
            ModuleSpec(fullname, cast("Loader", self)) if is_door else None
        )  # its room of base classes takes a while to load

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(_LAZY[spec.name.rpartition(".")[2]][0])
        self._specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__  # the import machinery has put the door's own name here
        if spec is not None:
            module.__spec__ = self._specs[spec.name]


sys.meta_path.append(_Doors())
