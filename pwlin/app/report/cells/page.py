"""The page about a network of several inputs."""

from __future__ import annotations

from collections.abc import Mapping

from pwlin.app.report import page
from pwlin.app.report.cells.explanation import explain
from pwlin.app.report.cells.film import film_section
from pwlin.app.report.cells.findings import Findings
from pwlin.app.report.cells.pictures import CAPTIONS
from pwlin.app.report.cells.summary import error_table, facts, headline
from pwlin.app.report.cells.tables import neurons_table, pieces_table, regions_table

_MOST_ROWS = 1000


def report_html(found: Findings, pictures: Mapping[str, bytes], picture_format: str = "png") -> str:
    """Write the report as HTML text; as `pwlin.app.report.line.page.report_html`."""
    figures = {stem: page.figure(stem, content, CAPTIONS[stem], picture_format) for stem, content in pictures.items()}
    after = {} if found.comparison is None else {"error": page.table(error_table(found), sortable=False)}
    after["hyperplanes"] = page.table(neurons_table(found, _MOST_ROWS)) if found.neurons else ""
    note = "Press a header to sort. Point at a number to see it in full, as in <code>{}</code>."
    tables = (
        page.section("Pieces", page.table(pieces_table(found, _MOST_ROWS)), note.format("pieces.csv")),
        page.section("Regions", page.table(regions_table(found, _MOST_ROWS)), note.format("regions.csv")),
    )
    title, lead = headline(found)
    moving = film_section(found)
    scripts = ("tables.js", *(("shared.js", "map.js") if moving else ()))
    sections = (moving, *page.explained(explain(found), figures, after), *tables)
    return page.Page(title, lead, tuple(facts(found)), sections, found.settings, scripts).html()
