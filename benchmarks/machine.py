"""What a record says of the machine and of the yardstick's BLAS kernel."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
"""What is measured or known, by name, as JSON has it."""

PACKAGES = ("pwlin", "numpy", "numba", "python-flint")
BLAS_SETTINGS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Environment variables that change how fast NumPy multiplies matrices, and with that the yardstick."""


def machine() -> Figures:
    """Processor, system, load by other programs (threads are only measured well without), versions."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }


def blas() -> Figures:
    """The BLAS that NumPy runs in this process: library, version, kernel, and the settings in force.

    The kernel is known with threadpoolctl only; otherwise there is what NumPy was built with.
    """
    import numpy as np

    settings = {name: os.environ[name] for name in BLAS_SETTINGS if name in os.environ}
    if importlib.util.find_spec("threadpoolctl"):
        from threadpoolctl import threadpool_info

        # SciPy brings an OpenBLAS of its own
        found = [lib for lib in threadpool_info() if lib["user_api"] == "blas" and "scipy.libs" not in lib["filepath"]]
        if found:
            library, version = found[0]["internal_api"], found[0]["version"]
            return {
                "library": library,
                "version": version,
                "kernel": found[0].get("architecture"),
                "settings": settings,
            }
    built: Any = np.show_config(mode="dicts")
    known = built["Build Dependencies"]["blas"]
    return {"library": known["name"], "version": known["version"], "kernel": None, "settings": settings}


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "")
