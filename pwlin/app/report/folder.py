"""The folder that a command writes into: each file whole or not at all, and nothing replaced unasked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pwlin.base.errors import PwlinError
from pwlin.base.files import atomic_open
from pwlin.networks.network import Network


class OutputError(PwlinError):
    """A place that cannot be written to, or that holds earlier results."""


def check_folder(folder: Path, names: list[str], force: bool) -> None:
    """Refuse a folder that cannot be made, or that holds some of the files already (unless `force`)."""
    for part in (folder, *folder.parents):
        if part.exists():
            if not part.is_dir():
                raise OutputError(f"out: found {str(part)!r}, which is a file; accepted is a folder")
            break
    if force:
        return
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        others = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        raise OutputError(
            f"out: {str(folder)!r} already holds {taken[0]}{others}; "
            "--force replaces these files, --out names another folder"
        )


def write_folder(folder: Path, files: Mapping[str, str | bytes | Network]) -> None:
    """Write all files, in order, each appearing whole under its name; other files in the folder stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, Network):
            content.save(folder / name)
        elif isinstance(content, bytes):
            with atomic_open(folder / name, "wb") as stream:
                stream.write(content)
        else:
            with atomic_open(folder / name, "w", newline="") as stream:
                stream.write(content)


def default_folder(target: str, verb: str = "explain") -> Path:
    """A folder name for a target, in letters, digits, dots and hyphens only.

    Examples
    --------
    >>> print(default_folder("x**2"), default_folder("sin(3*x) - x/2"))
    explain-x2 explain-sin-3-x-minus-x-over-2
    """
    powers = re.sub(r"\*\*\s*(?=\d)", "", target)
    named = re.sub(r"\*\*|[-+/]", lambda sign: f"-{_WORDS[sign[0]]}-", powers)
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", named).strip("-.")
    return Path(f"{verb}-{slug[:48].rstrip('-.')}" if slug else verb)


_WORDS = {"**": "pow", "+": "plus", "-": "minus", "/": "over"}
