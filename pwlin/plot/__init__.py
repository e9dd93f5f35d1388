"""Pictures with Matplotlib: each function takes ``ax`` (or makes a figure), draws, and returns what it drew on.

Nothing is shown or saved, and no global setting changes. This package imports Matplotlib; nothing else in pwlin does
unless a picture is asked for.

Examples
--------
>>> import matplotlib
>>> matplotlib.use("Agg")
>>> from pwlin import PiecewiseLinear1D, plot
>>> f = PiecewiseLinear1D.from_points([-1, 0, 1], [1, 0, 1])
>>> plot.fit(f, target="x**2").get_xlabel()
'x'
"""

from __future__ import annotations

from pwlin.plot.bent_hyperplanes import bent_hyperplanes
from pwlin.plot.complex3d import complex3d
from pwlin.plot.decision_boundary import decision_boundary
from pwlin.plot.decomposition import decomposition
from pwlin.plot.error import error
from pwlin.plot.explain import explain
from pwlin.plot.explain_plane import explain_plane
from pwlin.plot.fit import fit
from pwlin.plot.label_map import label_map
from pwlin.plot.level_set import level_set
from pwlin.plot.regions import regions
from pwlin.plot.slopes import slopes
from pwlin.plot.surface import surface
from pwlin.plot.training import kink_paths, losses

__all__ = [
    "bent_hyperplanes",
    "complex3d",
    "decision_boundary",
    "decomposition",
    "error",
    "explain",
    "explain_plane",
    "fit",
    "kink_paths",
    "label_map",
    "level_set",
    "losses",
    "regions",
    "slopes",
    "surface",
]


def __dir__() -> list[str]:
    return sorted(__all__)
