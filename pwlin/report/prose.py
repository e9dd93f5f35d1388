"""Paragraphs of an explanation, and counting in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading and a few sentences; `picture` is the stem of the picture that shows it, or empty."""

    heading: str
    text: str
    picture: str = ""


def counted(number: int, noun: str) -> str:
    """``1 kink``, ``2 kinks``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def verb(number: int, singular: str, plural: str) -> str:
    """The form that fits the number."""
    return singular if number == 1 else plural


def listed(parts: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
