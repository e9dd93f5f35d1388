"""The page for the browser: one HTML file that needs no other file and no network."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from importlib import resources
from string import Template

from pwlin.app.reporting.prose import Paragraph
from pwlin.app.reporting.table import Table

_MEDIA = {"png": "image/png", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Page:
    """What a page shows, from top to bottom.

    Attributes
    ----------
    title, lead : str
        The heading, and a sentence below it.
    sections : tuple of str
        HTML; made by the functions of this module.
    scripts : tuple of str
        Names of JavaScript files of the template to include.
    facts : pairs of a caption and a number
        Cards.
    settings : pairs of a name and a text
        How it was made.
    footer : str
        In small print.
    """

    title: str
    lead: str
    sections: tuple[str, ...]
    scripts: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    footer: str = ""

    def html(self) -> str:
        """The whole document."""
        cards = [f'<div class="fact"><b>{written(v)}</b><span>{written(k)}</span></div>' for k, v in self.facts]
        terms = [f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in self.settings]
        body = [f'<p class="lead">{written(self.lead)}</p>'] if self.lead else []
        body += ['<div class="facts">', *cards, "</div>"] if cards else []
        body += [part for part in self.sections if part]
        body += ["<h2>How it was made</h2>", "<dl>", *terms, "</dl>"] if terms else []
        body += [f"<footer>{escape(self.footer)}</footer>"] if self.footer else []
        return Template(_template("page.html")).substitute(
            title=written(self.title),
            style=_template("page.css"),
            body="\n".join(body),
            scripts="\n".join(f"<script>\n{_template(name)}</script>" for name in self.scripts),
        )


def _template(name: str) -> str:
    return resources.files("pwlin.app").joinpath("template", name).read_text(encoding="utf-8")


def written(text: str) -> str:
    """Text as HTML, with proper minus signs before numbers."""
    return escape(re.sub(r"(?<![\w.)-])-(?=\.?\d)", "−", text))


def paragraph(part: Paragraph) -> str:
    """A heading and its text."""
    return f"<h2>{written(part.heading)}</h2>\n<p>{written(part.text)}</p>"


def figure(stem: str, content: bytes, caption: str, picture_format: str) -> str:
    """A picture, embedded."""
    data = base64.b64encode(content).decode("ascii")
    text = written(caption)
    return (
        f'<figure id="{stem}"><div class="picture"><img alt="{text}" src="data:{_MEDIA[picture_format]};base64,{data}"></div>'
        f"<figcaption>{text}</figcaption></figure>"
    )


def explained(
    paragraphs: Iterable[Paragraph], pictures: Mapping[str, str], after: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Paragraphs, each followed by its picture and what comes `after` that; pictures of no paragraph come last."""
    left = dict(pictures)
    sections = []
    for part in paragraphs:
        sections += [paragraph(part), left.pop(part.picture, ""), (after or {}).get(part.picture, "")]
    return tuple(sections + list(left.values()))


def section(heading: str, body: str, note: str = "") -> str:
    """A heading, a note in small print (HTML), on how to use what is below and hence not printed, and that (HTML)."""
    small = f'<p class="note by-hand">{note}</p>\n' if note else ""
    return f"<h2>{written(heading)}</h2>\n{small}{body}"


def table(found: Table, sortable: bool = True) -> str:
    """A table; where a cell has a full text behind it, pointing at the cell shows that.

    A row whose first cell is empty belongs to the row above and stays with it when the reader sorts.
    """

    def cell(tag: str, text: str, side: str, hint: str = "") -> str:
        classes = ' class="r"' if side == ">" else ""
        title = f' title="{escape(hint)}"' if hint and hint != text else ""
        return f"<{tag}{classes}{title}{_sort_key(hint)}>{written(text)}</{tag}>"

    head = "".join(
        cell("th" if name else "td", name, side) for name, side in zip(found.headers, found.align, strict=True)
    )
    hints = found.hints or (("",) * len(found.headers),) * len(found.rows)
    rows = [
        "<tr>" + "".join(cell("td", *parts) for parts in zip(row, found.align, full, strict=True)) + "</tr>"
        for row, full in zip(found.rows, hints, strict=True)
    ]
    if found.omitted:
        gap = f'<tr class="gap"><td colspan="{len(found.headers)}">⋮ {found.omitted:,} more</td></tr>'
        rows.insert(found.gap, gap)
    kind = ' class="sortable"' if sortable else ""
    body = "\n".join(rows)
    return f'<div class="scroll"><table{kind}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _sort_key(hint: str) -> str:
    """The number that a cell's full text stands for, if it is a fraction."""
    try:
        value = float(Fraction(hint))
    except (ValueError, OverflowError):
        return ""
    return f' data-value="{value!r}"' if math.isfinite(value) else ""


def data(name: str, value: object) -> str:
    """JSON for the page's scripts, in an element with the given id."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'
