"""Where the kernel's machine code is kept, and whether it is there: what can be known without loading a compiler."""

from __future__ import annotations

import os
import platform
import re
import sys
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pwlin.base.version import __version__

_SOURCES = Path(__file__).parent / "kernel"
_COMPILED = re.compile("^@(compiled|inner|strictly|intrinsic)", re.MULTILINE)
_IMPORT = re.compile(r"^from pwlin\.extraction\.kernel\.(\w+) import", re.MULTILINE)
_LAST_NEEDED = ("run.run-*.nbi", "ordering.renumber-*.nbi", "fine_sums.sum_up-*.nbi", "exact_sums.exact_row-*.nbi")
"""Of what a search needs these are compiled last."""


@cache
def stamp() -> str:
    """What machine code is made from: the sources, which are inlined in one another, and the compiler."""
    digest = blake2b(digest_size=10)
    for name, text in sorted(_sources().items()):
        digest.update(f"{name}\0{text}\0".encode())
    for package in ("numba", "llvmlite"):
        try:
            digest.update(version(package).encode())
        except PackageNotFoundError:
            continue
    digest.update(f"{sys.implementation.cache_tag} {platform.platform()} {platform.processor()}".encode())
    return digest.hexdigest()


def _sources() -> dict[str, str]:
    """The modules of the kernel that have compiled functions, and those that they import, by their names."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in _SOURCES.glob("*.py")}
    found: set[str] = set()
    more = {name for name, text in texts.items() if _COMPILED.search(text)}
    while more:
        found |= more
        more = {used for name in more for used in _IMPORT.findall(texts[name])} & texts.keys() - found
    return {name: texts[name] for name in found}


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
