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

from pwlin.plot.curve import fit
from pwlin.plot.decisions import decision_boundary
from pwlin.plot.errorcurve import error
from pwlin.plot.graph import surface
from pwlin.plot.grid import decomposition
from pwlin.plot.history import kink_paths, losses
from pwlin.plot.hyperplanes import bent_hyperplanes
from pwlin.plot.levels import level_set
from pwlin.plot.overview import explain
from pwlin.plot.plane import regions
from pwlin.plot.plane_overview import explain_plane
from pwlin.plot.space import complex3d
from pwlin.plot.staircase import slopes

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
    "level_set",
    "losses",
    "regions",
    "slopes",
    "surface",
]
