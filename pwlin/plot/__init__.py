"""Pictures with Matplotlib: each function takes ``ax`` (or makes a figure), draws, and returns what it drew on.

This package imports Matplotlib; nothing else in pwlin imports it unless a picture is asked for.
"""

from __future__ import annotations

from pwlin.plot.curve import fit
from pwlin.plot.errorcurve import error
from pwlin.plot.grid import decomposition
from pwlin.plot.staircase import slopes

__all__ = ["decomposition", "error", "fit", "slopes"]
