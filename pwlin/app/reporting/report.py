"""The report on a network: what is printed, and the files that are written; all are made before any is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import ClassVar, Generic, TypeVar

from pwlin.app import page
from pwlin.app.reporting.findings import STATUSES, Findings
from pwlin.app.reporting.prose import Paragraph, counted, filled, titled
from pwlin.app.reporting.saving import prepare
from pwlin.app.reporting.table import Table
from pwlin.app.touch import playground
from pwlin.base.copies import shared
from pwlin.base.errors import PwlinError
from pwlin.base.progress import progress_bar
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.network import Network

Known = TypeVar("Known", bound="Findings[PiecewiseLinear1D] | Findings[PiecewiseLinearND]")
MOST_ROWS = 1000
"""Of a table on the page."""
_BEGUN_FIRST = ("neurons", "kink-paths", "error", "fit", "slopes", "loss")
"""Pictures by the time they take: while the first is drawn, the film is made, which needs the functions of the second too."""
_NOTE = "Press a header to sort. Point at a number to see it in full, as in <code>{}</code>."


class Report(ABC, Generic[Known]):
    """The parts of a report; a subclass knows about networks of one input, or of several."""

    TABLES: ClassVar[tuple[str, ...]]
    CAPTIONS: ClassVar[Mapping[str, str]]
    """What is below each picture, by its stem."""

    def __init__(self, found: Known) -> None:
        self.found = found

    @classmethod
    def file_names(cls, picture_format: str) -> list[str]:
        """All names that `files` may give."""
        return ["network.npz", *cls.TABLES, *(f"{stem}.{picture_format}" for stem in cls.CAPTIONS), "report.html"]

    # -- what a subclass knows ----------------------------------------------------------------------

    @abstractmethod
    def domain_text(self) -> str:
        """The domain in short."""

    @abstractmethod
    def facts(self) -> list[tuple[str, str]]:
        """The few numbers to show first: pairs of a caption and a number."""

    @abstractmethod
    def counts(self) -> list[str]:
        """Lines that count regions, pieces and kinks, for a terminal."""

    @abstractmethod
    def errors(self) -> tuple[str, Table | str] | None:
        """A title, and the errors as a table; or text, where nothing certain is known."""

    @abstractmethod
    def explanation(self) -> tuple[Paragraph, ...]:
        """What the network is and why, one idea a paragraph."""

    @abstractmethod
    def tables(self, limit: int | None, regions: bool) -> Iterator[tuple[str, Table]]:
        """Titled tables for a terminal."""

    @abstractmethod
    def page_tables(self) -> Iterator[tuple[str, Table, str]]:
        """Headings, tables and the CSV files that hold them in full."""

    @abstractmethod
    def csv_texts(self) -> tuple[str, ...]:
        """The content of each file of `TABLES`."""

    @abstractmethod
    def stems(self) -> list[str]:
        """Which pictures there is something to show for, in order."""

    @abstractmethod
    def draw(self, stem: str, picture_format: str) -> bytes:
        """Draw one of them: the content of a file."""

    @abstractmethod
    def film(self) -> tuple[str, str]:
        """The moving picture as HTML (or nothing), and the name of its script."""

    # -- what all reports say -----------------------------------------------------------------------

    def headline(self) -> tuple[str, str]:
        """A title and one sentence on what was done."""
        found = self.found
        shape = "-".join(map(str, (found.network.input_dim, *found.network.widths, 1)))
        names = {a.name for layer in found.network.hidden for a in layer.activations}
        relu = names == {"relu"}
        kind = "ReLU" if relu else ", ".join(sorted(names)) or "linear"
        where = f"on {self.domain_text()}"
        goal = counted(len(found.points), "point") if found.points is not None else found.target_name
        if not goal:
            return f"What the network {shape} is {where}", f"A network {shape} ({kind}), extracted exactly."
        done = "is compared with"
        if found.run is not None:
            done = "was trained to follow" if found.points is None else "was trained on"
        return (
            f"How {'ReLUs follow' if relu else 'a network follows'} {goal} {where}",
            f"A network {shape} ({kind}) {done} {goal}, and taken apart exactly: every number on this page is that of "
            "this very network.",
        )

    def summary_text(self, limit: int | None = 40, regions: bool = False, why: bool = True, width: int = 88) -> str:
        """All of it for a terminal of `width` columns; tables show at most `limit` rows (None: all)."""
        status = self.found.statuses
        lines = self.counts()
        if status:
            lines.append("  neurons  " + ", ".join(f"{status[s]} {s.replace('_', ' ')}" for s in STATUSES if status[s]))
        parts = [self.headline()[0], "\n".join(lines)]
        errors = self.errors()
        if errors is not None:
            title, table = errors
            parts.append(f"{title}\n  {table}" if isinstance(table, str) else titled(title, table))
        parts += [titled(title, table) for title, table in self.tables(limit, regions)]
        if why:
            paragraphs = [p for p in self.explanation() if p.printed]
            parts.append("What it is, and why\n\n" + "\n\n".join(filled(p, width) for p in paragraphs))
        return "\n\n".join(parts)

    def html(self, pictures: Iterable[tuple[str, bytes]], picture_format: str) -> str:
        """The page: one HTML document that needs no other file and no network.

        Parameters
        ----------
        pictures : pairs of a stem (see `CAPTIONS`) and the content of a file
            They are embedded; asked for last, as they may still be under way.
        picture_format : "png" or "svg"
        """
        from pwlin.base.version import __version__

        errors = self.errors()
        after = {"error": page.table(errors[1], sortable=False)} if errors and isinstance(errors[1], Table) else {}
        after |= {stem: page.table(table) for stem, table in self.tables_after().items()}
        tables = [page.section(name, page.table(table), _NOTE.format(file)) for name, table, file in self.page_tables()]
        title, lead = self.headline()
        film, script = self.film()
        change, paragraphs = self.change(), self.explanation()
        figures = {stem: page.figure(stem, drawn, self.CAPTIONS[stem], picture_format) for stem, drawn in pictures}
        return page.Page(
            title,
            lead,
            (film, change, *page.explained(paragraphs, figures, after), *tables),
            ("tables.js", *(("player.js", script) if film else ())),
            tuple(self.facts()),
            self.found.settings,
            f"Made by pwlin {__version__}. Counts, kinks, slopes and errors are computed from the network's weights in "
            "exact arithmetic (errors against functions that are no polynomials: in certified arithmetic) and rounded "
            "only to be shown here; the CSV files beside this page have them in full. Neurons are named "
            "(layer, index), from 0.",
        ).html()

    def change(self) -> str:
        """Where the reader can change the network, as HTML; nothing for those that no playground can hold."""
        return ""

    def by_hand(self, domain: object, what: str) -> str:
        """A playground of this network, folded up; nothing if that cannot hold the network or what it follows."""
        found = self.found
        followed = found.points if found.target is None else found.target
        try:
            page = playground(found.network, followed, domain=domain, search=False, tour=False)
        except (PwlinError, OverflowError):
            return ""
        return (
            f"<details class='change'><summary>Change it: move the {what} of this network</summary>"
            f"{page.section()}{page.tools()}</details>"
        )

    def tables_after(self) -> Mapping[str, Table]:
        """Tables below a picture, by its stem."""
        return {}

    def files(self, picture_format: str, progress: bool = False) -> dict[str, str | bytes | Network]:
        """Names and contents: text, bytes, or the network, which knows how it is stored; a bar counts them if it is wanted."""
        stems, found = self.stems(), dict[str, str | bytes | Network]({"network.npz": self.found.network})
        if stems:
            prepare()
        first = [stems.index(stem) for stem in _BEGUN_FIRST if stem in stems]
        with (
            shared([partial(self.draw, stem, picture_format) for stem in stems], first) as contents,
            progress_bar("drawing", "file", wanted=progress) as bar,
        ):
            for name, text in zip(self.TABLES, self.csv_texts(), strict=True):
                found[name] = text
                bar.advance()

            def drawn() -> Iterator[tuple[str, bytes]]:
                for stem, content in zip(stems, contents, strict=True):
                    found[f"{stem}.{picture_format}"] = content
                    bar.advance()
                    yield stem, content

            found["report.html"] = self.html(drawn(), picture_format)
        return found
