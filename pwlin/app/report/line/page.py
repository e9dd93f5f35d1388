"""The page about a network of one input."""

from __future__ import annotations

from collections.abc import Mapping

from pwlin.app.report import page
from pwlin.app.report.line.explanation import explain
from pwlin.app.report.line.film import film_section
from pwlin.app.report.line.findings import Findings
from pwlin.app.report.line.pictures import CAPTIONS
from pwlin.app.report.line.summary import error_table, facts, headline
from pwlin.app.report.line.tables import kinks_table, pieces_table

_MOST_ROWS = 1000


def report_html(found: Findings, pictures: Mapping[str, bytes], picture_format: str = "png") -> str:
    """Write the report as HTML text.

    Parameters
    ----------
    found : Findings
    pictures : mapping from stems (see `pwlin.app.report.line.pictures.CAPTIONS`) to file contents
        They are embedded, so that the page needs no other file and no network.
    picture_format : "png" or "svg"

    Returns
    -------
    str
        A whole HTML document.
    """
    figures = {stem: page.figure(stem, content, CAPTIONS[stem], picture_format) for stem, content in pictures.items()}
    after = {} if found.comparison is None else {"error": page.table(error_table(found), sortable=False)}
    moving = film_section(found)
    f = found.function
    tables = [
        _tabled("Kinks", page.table(kinks_table(f.kinks, _MOST_ROWS)), "kinks.csv") if f.kinks else "",
        _tabled("Pieces", page.table(pieces_table(f, found.comparison, _MOST_ROWS)), "pieces.csv"),
    ]
    title, lead = headline(found)
    return page.Page(
        title,
        lead,
        tuple(facts(found)),
        (moving, *page.explained(explain(found), figures, after), *tables),
        found.settings,
        ("tables.js", *(("shared.js", "film.js") if moving else ())),
    ).html()


def _tabled(heading: str, table: str, file: str) -> str:
    note = f"Press a header to sort. Point at a number to see it in full, as in <code>{file}</code>."
    return page.section(heading, table, note)
