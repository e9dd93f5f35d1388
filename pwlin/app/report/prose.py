"""Paragraphs of an explanation, counting in words, and text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pwlin.app.report.table import Table
from pwlin.exact.text import decimal


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading and a few sentences.

    `picture` is the stem of the picture that shows it, or empty; what is not `printed` stands on the page only.
    """

    heading: str
    text: str
    picture: str = ""
    printed: bool = True


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


def doings(count: Mapping[str, int], adds: str) -> list[str]:
    """What neurons do, in words, by their status; those that are always on add `adds`."""
    on, dead, silent = (count[status] for status in ("always_on", "dead", "silent"))
    parts = [f"{count['active']} {verb(count['active'], 'makes', 'make')} kinks here"]
    if on:
        parts.append(f"{on} {verb(on, 'is on everywhere and only adds', 'are on everywhere and only add')} {adds}")
    if dead:
        parts.append(f"{dead} {verb(dead, 'is', 'are')} dead, off everywhere")
    if silent:
        parts.append(f"{silent} {verb(silent, 'flips', 'flip')} without any effect")
    return parts


def trained(losses: NDArray[np.float64], moved: str, picture: str) -> Paragraph | None:
    """How a network came about; `moved` says what training did not know of."""
    if not len(losses):
        return None
    text = (
        f"Training only ever saw random points and pushed the weights downhill: the loss on a batch went from "
        f"{decimal(float(losses[0]), 4)} to {decimal(float(losses[-1]), 4)}.{moved}"
    )
    return Paragraph("How it got there", text, picture)


def filled(part: Paragraph, width: int) -> str:
    """A paragraph for a terminal; equations are not broken."""
    text = f"{part.heading}. {part.text}".replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    return textwrap.fill(text, width).replace("\N{NO-BREAK SPACE}", " ")


def titled(title: str, table: Table) -> str:
    """A table for a terminal, under its title."""
    return f"{title}\n{textwrap.indent(str(table), '  ')}"
