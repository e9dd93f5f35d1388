"""Measurements in processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.machine import BLAS_SETTINGS

ROOT = Path(__file__).parent.parent


def environment() -> dict[str, str]:
    """The environment of the measurements: ours, but with OpenBLAS left to find the best kernel itself.

    A kernel that is set by hand mostly slows NumPy, which is the yardstick: our ratios would look better than they are.
    """
    return {name: value for name, value in os.environ.items() if name not in BLAS_SETTINGS}


def left_out() -> dict[str, str]:
    """What `environment` leaves out."""
    return {name: os.environ[name] for name in BLAS_SETTINGS if name in os.environ}


def run(module: str, *arguments: str, python: str = sys.executable, seconds: float | None = None) -> Any:
    """The JSON that a module prints on its last line; None if it takes longer than `seconds`.

    Raises `subprocess.CalledProcessError` if it fails.
    """
    command = [python, "-m", module, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        out, _ = process.communicate(timeout=seconds)
    except BaseException as error:
        with contextlib.suppress(OSError):
            _end(process)
        if isinstance(error, subprocess.TimeoutExpired):
            return None
        raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return json.loads(out.splitlines()[-1])


def _end(process: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)  # its workers too
    else:
        process.kill()
    process.wait()
