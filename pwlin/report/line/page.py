"""The report: one self-contained HTML page with pictures, tables and an explanation."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape
from importlib import resources
from string import Template

from pwlin.report.line.explanation import explain
from pwlin.report.line.findings import Findings
from pwlin.report.line.pictures import CAPTIONS
from pwlin.report.line.summary import error_table, facts, headline
from pwlin.report.line.tables import kinks_table, pieces_table
from pwlin.tables import Table

_MEDIA = {"png": "image/png", "svg": "image/svg+xml"}
_MOST_ROWS = 400


def report_html(found: Findings, pictures: Mapping[str, bytes], picture_format: str = "png") -> str:
    """Write the report as HTML text.

    Parameters
    ----------
    found : Findings
    pictures : mapping from stems (see `pwlin.report.line.pictures.CAPTIONS`) to file contents
        They are embedded, so that the page needs no other file and no network.
    picture_format : "png" or "svg"

    Returns
    -------
    str
        A whole HTML document.
    """
    from pwlin import __version__

    embedded = {stem: _figure(stem, content, picture_format) for stem, content in pictures.items()}
    sections = []
    for paragraph in explain(found):
        sections.append(f"<h2>{escape(paragraph.heading)}</h2>\n<p>{escape(paragraph.text)}</p>")
        sections.append(embedded.pop(paragraph.picture, ""))
        if paragraph.picture == "error" and found.comparison is not None:
            sections.append(_html_table(error_table(found)))
    sections += embedded.values()
    f = found.function
    sections.append(_tabled("Kinks", kinks_table(f.kinks, _MOST_ROWS), "kinks.csv") if f.kinks else "")
    sections.append(_tabled("Pieces", pieces_table(f, found.comparison, _MOST_ROWS), "pieces.csv"))
    title, lead = headline(found)
    return _template().substitute(
        title=escape(title),
        heading=escape(title),
        lead=escape(lead),
        facts="\n".join(f'<div class="fact"><b>{escape(v)}</b><span>{escape(k)}</span></div>' for k, v in facts(found)),
        sections="\n".join(part for part in sections if part),
        settings=_definitions(found.settings),
        footer=escape(
            f"Made by pwlin {__version__}. Counts, kinks, slopes and errors are computed from the network's weights in exact "
            "arithmetic (errors against functions that are no polynomials: in certified arithmetic) and rounded only to be "
            "shown here; the CSV files beside this page have them in full. Neurons are named (layer, index), from 0."
        ),
    )


def _template() -> Template:
    return Template(resources.files("pwlin.report").joinpath("template/page.html").read_text(encoding="utf-8"))


def _figure(stem: str, content: bytes, picture_format: str) -> str:
    data = base64.b64encode(content).decode("ascii")
    caption = escape(CAPTIONS.get(stem, ""))
    return (
        f'<figure id="{stem}"><img alt="{caption}" src="data:{_MEDIA[picture_format]};base64,{data}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _tabled(heading: str, table: Table, file: str) -> str:
    note = f'<p class="note">With every fraction in full in <code>{file}</code>; here, point at a number to see it.</p>'
    return f"<h2>{escape(heading)}</h2>\n{note}\n{_html_table(table)}"


def _html_table(table: Table) -> str:
    def cell(tag: str, text: str, side: str, hint: str = "") -> str:
        classes = ' class="r"' if side == ">" else ""
        title = f' title="{escape(hint)}"' if hint and hint != text else ""
        return f"<{tag}{classes}{title}>{escape(text)}</{tag}>"

    head = "".join(cell("th", name, side) for name, side in zip(table.headers, table.align, strict=True))
    hints = table.hints or (("",) * len(table.headers),) * len(table.rows)
    rows = [
        "<tr>" + "".join(cell("td", *parts) for parts in zip(row, table.align, full, strict=True)) + "</tr>"
        for row, full in zip(table.rows, hints, strict=True)
    ]
    if table.omitted:
        rows.insert(table.gap, f'<tr><td colspan="{len(table.headers)}">⋮ {table.omitted} more</td></tr>')
    body = "\n".join(rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _definitions(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
