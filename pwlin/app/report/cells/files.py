"""All files about a network of several inputs, made before any of them is written."""

from __future__ import annotations

from typing import Any

from pwlin.app.report.cells.csvfiles import kinks_csv, pieces_csv, regions_csv, vertices_csv
from pwlin.app.report.cells.findings import Findings
from pwlin.app.report.cells.page import report_html
from pwlin.app.report.cells.pictures import CAPTIONS, draw

_TABLES = ("regions.csv", "pieces.csv", "kinks.csv", "vertices.csv")


def file_names(picture_format: str) -> list[str]:
    """All names that `files` may give."""
    return ["network.npz", *_TABLES, *(f"{stem}.{picture_format}" for stem in CAPTIONS), "report.html"]


def files(found: Findings, picture_format: str) -> dict[str, Any]:
    """Names and contents: text, bytes, or the network, which knows how it is stored."""
    pictures = dict(draw(found, picture_format))
    tables = (regions_csv, pieces_csv, kinks_csv, vertices_csv)
    return {
        "network.npz": found.network,
        **{name: make(found) for name, make in zip(_TABLES, tables, strict=True)},
        **{f"{stem}.{picture_format}": content for stem, content in pictures.items()},
        "report.html": report_html(found, pictures, picture_format),
    }
