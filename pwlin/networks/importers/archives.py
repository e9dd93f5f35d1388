"""Zip archives of models, looked at before any memory is taken."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError

_MOST, _RATIO, _ROOM = 1 << 32, 64, 1 << 16
"""An archive unpacks to at most so many bytes, and to so many times its own size, or that of so many bytes."""


def check_unpacked(archive: ZipFile, path: Path) -> None:
    """Refuse an archive that unpacks to far more than its size."""
    total = sum(entry.file_size for entry in archive.infolist())
    if total > min(_MOST, _RATIO * max(path.stat().st_size, _ROOM)):
        raise refusal("model", f"an archive that unpacks to {total} bytes", "are stored weights", FormatError)
