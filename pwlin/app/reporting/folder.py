"""The place that a command writes to: one run at a time, all files whole or none, and nothing replaced unasked."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pwlin.app.interrupts import held
from pwlin.base.arguments import refusal
from pwlin.base.errors import PwlinError
from pwlin.base.files import atomic_open
from pwlin.networks.network import Network

_LOCK = ".pwlin.lock"


class OutputError(PwlinError):
    """A place that cannot be written to, or that holds earlier results."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How whoever asks writes the two arguments that messages name: another place, and the replacement of what is there."""

    out: str
    force: str


COMMAND = Asked("--out", "--force")
PYTHON = Asked("out", "force=True")


@contextmanager
def claimed(folder: Path, names: Collection[str], force: bool, asked: Asked = COMMAND) -> Iterator[None]:
    """A folder for one run's files, while the block runs; `asked` words the refusals.

    Raises
    ------
    OutputError
        If it cannot be made, if another run has claimed it, or if it holds some of the files already (unless `force`).
    """
    check_folder(folder, names, force, asked)
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = f"{str(folder)!r}, which cannot be made ({error.strerror})"
        raise refusal(asked.out, found, "is a place that can be written to", OutputError) from None
    try:
        with locked(folder / _LOCK, str(folder), asked):
            check_folder(folder, names, force, asked)  # a run that held it may just have ended
            yield
    finally:
        with suppress(OSError):  # folders that were made for nothing
            for part in missing:
                part.rmdir()


@contextmanager
def locked(path: Path, name: str, asked: Asked = COMMAND) -> Iterator[None]:
    """A lock file, held while the block runs; the system takes it back from a process that ends."""
    with open(path, "ab") as stream:
        if not _lock(stream.fileno()):
            raise refusal(asked.out, f"that another run is writing to {name!r}", "is another place", OutputError)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _lock(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        with suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            return True
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def check_folder(folder: Path, names: Collection[str], force: bool, asked: Asked = COMMAND) -> None:
    """Refuse a folder that cannot be made, or that holds some of the files already (unless `force`)."""
    for part in (folder, *folder.parents):
        if part.exists():
            if not part.is_dir():
                raise refusal(asked.out, f"{str(part)!r}, which is a file", "is a folder", OutputError)
            break
    taken = [name for name in names if (folder / name).exists()]
    for name in taken:
        if (folder / name).is_dir():
            raise refusal(asked.out, f"the folder {str(folder / name)!r}", "is a place for a file", OutputError)
    if taken and not force:
        others = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        found = f"{str(folder)!r}, which already holds {taken[0]}{others}"
        raise refusal(asked.out, found, f"is another folder, or {asked.force} to replace these files", OutputError)


def write_folder(folder: Path, files: Mapping[str, str | bytes | Network], earlier: Collection[str] = ()) -> None:
    """Write all files, or none where that fails; other files in the folder stay as they are.

    They are written beside the folder's own files first, and take their names only when all are whole. Of `earlier`
    results those that are not among `files` are removed, so that what lies there belongs together.
    """
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=folder, prefix=".pwlin."))
    try:
        for name, content in files.items():
            try:
                if isinstance(content, Network):
                    content.save(new / name)
                else:
                    text = content.encode("utf-8", "replace") if isinstance(content, str) else content
                    with atomic_open(new / name, "wb") as stream:
                        stream.write(text)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(folder / name)) from error
        with held():
            for name in files:
                os.replace(new / name, folder / name)
            for name in set(earlier).difference(files):
                (folder / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def default_folder(target: str, verb: str = "explain", options: Mapping[str, Sequence[str]] | None = None) -> Path:
    """A folder name for a target and options, in letters, digits, dots and hyphens only.

    Examples
    --------
    >>> print(default_folder("x**2"), default_folder("sin(3*x) - x/2"))
    explain-x2 explain-sin-3-x-minus-x-over-2
    >>> print(default_folder("x²/2"), default_folder("|x^2 - 1|"))
    explain-x2-over-2 explain-abs-x2-minus-1
    >>> print(default_folder("x**2", options={"hidden": ["2"], "domain": ["-1", "1/2"]}))
    explain-x2-hidden-2-domain-minus-1-1-over-2
    """
    parts = [verb, _slug(target)[:48].rstrip("-.")]
    for name, values in (options or {}).items():
        parts += [name, *(_slug(value)[:24].rstrip("-.") for value in values[:_MOST_VALUES])]
    return Path("-".join(part for part in parts if part)[:160].rstrip("-."))


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)  # x² is x2
    sizes = re.sub(r"\|([^|]*)\|", r"abs(\1)", plain)
    powers = re.sub(r"(\*\*|\^)\s*(?=\d)", "", sizes)
    named = re.sub(r"\*\*|[-+/]", lambda sign: f"-{_WORDS[sign[0]]}-", powers)
    return re.sub(r"[^A-Za-z0-9.]+", "-", named).strip("-.")


_MOST_VALUES = 8


_WORDS = {"**": "pow", "+": "plus", "-": "minus", "/": "over"}
