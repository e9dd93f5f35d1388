"""Paragraphs of an explanation, counting in words, and text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from pwlin.app.report.table import Table


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


def filled(part: Paragraph, width: int) -> str:
    """A paragraph for a terminal; equations are not broken."""
    text = f"{part.heading}. {part.text}".replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    return textwrap.fill(text, width).replace("\N{NO-BREAK SPACE}", " ")


def titled(title: str, table: Table) -> str:
    """A table for a terminal, under its title."""
    return f"{title}\n{textwrap.indent(str(table), '  ')}"
