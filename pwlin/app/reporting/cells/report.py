"""The report on a network of several inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pwlin.app.film.plane import MOST_EXACT, can_be_filmed, film_data
from pwlin.app.reporting.cells import pictures
from pwlin.app.reporting.cells.csvfiles import kinks_csv, pieces_csv, regions_csv, vertices_csv
from pwlin.app.reporting.cells.explanation import explain
from pwlin.app.reporting.cells.findings import CellFindings
from pwlin.app.reporting.cells.tables import error_table, neurons_table, pieces_table, regions_table
from pwlin.app.reporting.measured import points_table
from pwlin.app.reporting.prose import Paragraph
from pwlin.app.reporting.report import MOST_ROWS, Report
from pwlin.app.reporting.table import Table
from pwlin.exact.text import SUPERSCRIPTS, decimal, shortened


class CellReport(Report[CellFindings]):
    """What is said and written about a network of several inputs."""

    TABLES = ("regions.csv", "pieces.csv", "kinks.csv", "vertices.csv")
    CAPTIONS = pictures.CAPTIONS

    def domain_text(self) -> str:
        """The box as text, or how many dimensions it has."""
        domain = self.found.function.domain
        if not domain.normals:
            return f"all of R{str(domain.dim).translate(SUPERSCRIPTS)}"
        sides = []
        for k in range(domain.dim):
            along = [
                h for h in domain.halfspaces if h.normal[k] and not any(v for i, v in enumerate(h.normal) if i != k)
            ]
            highs = [h.offset / h.normal[k] for h in along if h.normal[k] > 0]
            lows = [h.offset / h.normal[k] for h in along if h.normal[k] < 0]
            sides.append(
                (f"[{shortened(lows[0])}" if lows else "(-∞") + ", " + (f"{shortened(highs[0])}]" if highs else "∞)")
            )
        return sides[0] + str(len(sides)).translate(SUPERSCRIPTS) if len(set(sides)) == 1 else " × ".join(sides)

    def facts(self) -> list[tuple[str, str]]:
        """The few numbers to show first."""
        f, c = self.found.function, self.found.comparison
        pairs = [
            ("activation regions", f"{f.n_regions:,}"),
            ("linear pieces", f"{f.n_pieces:,}"),
            ("kinks (facets)", f"{len(f.kinks):,}"),
        ]
        if c is not None:
            pairs += [("largest error", decimal(c.sup, 4)), ("mean squared error", decimal(c.mse, 4))]
        return [*pairs, ("Lipschitz constant", decimal(f.lipschitz(2), 4))]

    def counts(self) -> list[str]:
        """Lines that count regions, pieces, kinks and faces."""
        f, most = self.found.function, self.found.regions_at_most
        possible = f"; no such network has more than {most:,}"
        silent = f"  and {len(f.silent_facets):,} silent facets" if len(f.silent_facets) else ""
        lines = [
            f"  regions  {f.n_regions:,}{possible}",
            f"  pieces   {f.n_pieces:,}",
            f"  kinks    {len(f.kinks):,}{silent}",
        ]
        if f.dim == 2:
            v, e, r = f.f_vector()
            lines.append(f"  complex  {v:,} vertices, {e:,} edges, {r:,} regions")
        return lines

    def errors(self) -> tuple[str, Table | str] | None:
        """Errors, exact or certified, or estimates."""
        if self.found.measured is not None:
            return "Errors over the points (exact, rounded to be shown)", points_table(self.found.measured)
        if self.found.comparison is not None:
            return "Errors (exact, or certified to the digits shown)", error_table(self.found)
        if self.found.sampled_errors is None:
            return None
        largest, rms = self.found.sampled_errors
        text = f"largest {decimal(largest, 3)}, root mean square {decimal(rms, 3)}"
        return "Errors at random points (estimates, no bounds)", text

    def explanation(self) -> tuple[Paragraph, ...]:
        """What it is, and why."""
        return explain(self.found)

    def tables(self, limit: int | None, regions: bool) -> Iterator[tuple[str, Table]]:
        """Neurons, pieces, and regions if asked for."""
        if self.found.neurons:
            title = "Neurons (layer, index): facets where they flip, and kinks among them"
            yield title, neurons_table(self.found, limit)
        yield "Pieces: gradient and offset", pieces_table(self.found, limit)
        if regions:
            yield "Regions, with the active neurons", regions_table(self.found, limit)

    def page_tables(self) -> Iterator[tuple[str, Table, str]]:
        """Pieces and regions."""
        yield "Pieces", pieces_table(self.found, MOST_ROWS), "pieces.csv"
        yield "Regions", regions_table(self.found, MOST_ROWS), "regions.csv"

    def tables_after(self) -> Mapping[str, Table]:
        """What each neuron does, below the picture of the bent hyperplanes."""
        return {"hyperplanes": neurons_table(self.found, MOST_ROWS)} if self.found.neurons else {}

    def csv_texts(self) -> tuple[str, ...]:
        """Regions, pieces, kinks and vertices."""
        return regions_csv(self.found), pieces_csv(self.found), kinks_csv(self.found), vertices_csv(self.found)

    def stems(self) -> list[str]:
        """Which pictures there are."""
        return pictures.stems(self.found)

    def draw(self, stem: str, picture_format: str) -> bytes:
        """One picture."""
        return pictures.draw(self.found, stem, picture_format)

    def change(self) -> str:
        """A playground that starts from this network, on a rectangle."""
        domain = self.found.function.domain
        corners = domain.vertices if domain.is_bounded and domain.dim == 2 else ()
        sides = [sorted(set(along)) for along in zip(*corners, strict=True)]
        if len(corners) != 4 or [len(side) for side in sides] != [2, 2]:
            return ""
        return self.by_hand(sides, "lines")

    def film(self) -> tuple[str, str]:
        """The complex at every moment."""
        from pwlin.app.film.section import plane_section

        f, run = self.found.function, self.found.run
        if not can_be_filmed(f):
            return "", ""
        data, moments = film_data(f, self.found.variables, run, self.found.per_region)
        note = "Colours tell the gradient, as in the map below. Everything is computed exactly and rounded only to be drawn"
        if f.n_regions > MOST_EXACT:
            note += "; exact numbers are in the CSV files"
        elif moments > 1:
            note += "; exact numbers are those of the last moment"
        return plane_section(data, moments, f"{note}."), "plane.js"
