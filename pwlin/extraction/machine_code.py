"""Where the kernel's machine code is kept, and whether it is there: what can be known without loading a compiler."""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pwlin.base.version import __version__

_SOURCES = Path(__file__).parent / "kernel"
_LAST_NEEDED = ("run.run-*.nbi", "ordering.renumber-*.nbi")
"""Of what a search needs these are compiled last."""


@cache
def stamp() -> str:
    """What machine code is made from: all of the kernel's sources, as they are inlined in one another, and the compiler."""
    digest = blake2b(digest_size=10)
    for path in sorted(_SOURCES.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for package in ("numba", "llvmlite"):
        try:
            digest.update(version(package).encode())
        except PackageNotFoundError:
            continue
    digest.update(f"{sys.implementation.cache_tag} {platform.platform()} {platform.processor()}".encode())
    return digest.hexdigest()


def folder() -> Path:
    """The folder for this version of the kernel: where `NUMBA_CACHE_DIR` says, else among the user's caches."""
    return _caches() / f"kernel-{__version__}-{stamp()}"


def _caches() -> Path:
    wanted = os.environ.get("NUMBA_CACHE_DIR")
    if wanted:
        return Path(wanted)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "pwlin"


def is_there() -> bool:
    """Whether all that a search needs has been compiled, so that it is loaded soon."""
    try:
        return all(any(folder().glob(name)) for name in _LAST_NEEDED)
    except (OSError, RuntimeError):  # a folder that is not to be read; a user without a home
        return False
