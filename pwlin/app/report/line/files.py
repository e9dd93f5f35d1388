"""All files about a network of one input, made before any of them is written."""

from __future__ import annotations

from typing import Any

from pwlin.app.report.line.csvfiles import kinks_csv, pieces_csv, regions_csv
from pwlin.app.report.line.findings import Findings
from pwlin.app.report.line.page import report_html
from pwlin.app.report.line.pictures import CAPTIONS, draw


def file_names(picture_format: str) -> list[str]:
    """All names that `files` may give."""
    pictures = [f"{stem}.{picture_format}" for stem in CAPTIONS]
    return ["network.npz", "kinks.csv", "pieces.csv", "regions.csv", *pictures, "report.html"]


def files(found: Findings, picture_format: str) -> dict[str, Any]:
    """Names and contents: text, bytes, or the network, which knows how it is stored."""
    pictures = dict(draw(found, picture_format))
    f = found.function
    return {
        "network.npz": found.network,
        "kinks.csv": kinks_csv(f),
        "pieces.csv": pieces_csv(f, found.comparison),
        "regions.csv": regions_csv(f),
        **{f"{stem}.{picture_format}": content for stem, content in pictures.items()},
        "report.html": report_html(found, pictures, picture_format),
    }
