"""How much memory this process has, and how much more it may take."""

from __future__ import annotations

import ctypes
import os
import re
from contextlib import suppress
from pathlib import Path

from pwlin.base.arguments import refusal, shown, whole

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)B?\s*", re.IGNORECASE | re.ASCII)
_ACCEPTED = "are None, a number of bytes from 1, and text such as '500 MB'"


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        told = os.open("/proc/self/statm", os.O_RDONLY)  # every search asks: no objects around it
        try:
            return int(os.read(told, 128).split()[1]) * os.sysconf("SC_PAGE_SIZE")
        finally:
            os.close(told)
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


def free() -> int | None:
    """Bytes that processes may still take before the machine, or this container, runs out; None where nobody tells."""
    found = [_available(), _left_in_container()]
    known = [size for size in found if size is not None]
    return min(known) if known else None


def may_take() -> int | None:
    """Bytes that a search may take unless told otherwise: three quarters of those that are free."""
    left = free()
    return None if left is None else left * 3 // 4


def give_back() -> None:
    """Have what was freed go back to the system at once, where C's library does that when asked (glibc)."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _available() -> int | None:
    try:
        match = re.search(r"MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:
        return None
    return int(match[1]) * 1024 if match else None


def _left_in_container() -> int | None:
    try:
        most, used = (int(Path("/sys/fs/cgroup", name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # there is none, or its limit is "max"
        return None
    return max(0, most - used)


def size(value: object, name: str) -> int:
    """A number of bytes, as a number or as text.

    Examples
    --------
    >>> size("1.5 GB", "max_memory"), size(2048, "max_memory")
    (1500000000, 2048)
    """
    if isinstance(value, str):
        match = _SIZE.fullmatch(value)
        if match and (bytes_ := round(float(match[1]) * _UNITS[match[2].upper()])) >= 1:
            return bytes_
        raise refusal(name, shown(value), _ACCEPTED)
    return whole(value, name, 1)


def words(count: int) -> str:
    """Bytes in few digits.

    Examples
    --------
    >>> words(1_530_000_000), words(999)
    ('1.5 GB', '999 bytes')
    """
    for unit, scale in reversed(_UNITS.items()):
        if unit and count >= scale:
            return f"{count / scale:.3g} {unit}B" if count >= 10 * scale else f"{count / scale:.2g} {unit}B"
    return f"{count} bytes"
