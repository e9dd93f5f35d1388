"""The report on a network of one input."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pwlin.app.film.moments import chosen
from pwlin.app.reporting.line import pictures
from pwlin.app.reporting.line.csvfiles import kinks_csv, pieces_csv, regions_csv
from pwlin.app.reporting.line.explanation import explain
from pwlin.app.reporting.line.findings import ERRORS, LineFindings, ratio
from pwlin.app.reporting.line.tables import kinks_table, pieces_table, regions_table
from pwlin.app.reporting.measured import points_table
from pwlin.app.reporting.prose import Paragraph, counted
from pwlin.app.reporting.report import MOST_ROWS, Report
from pwlin.app.reporting.table import Table
from pwlin.exact.text import decimal, in_full, shortened, with_exact
from pwlin.functions.line.function import PiecewiseLinear1D

_MOST_MOMENTS = 60
_MOST_TEXT = 1_500_000  # characters of exact kinks in the moving picture, over all moments


class LineReport(Report[LineFindings]):
    """What is said and written about a network of one input."""

    TABLES = ("kinks.csv", "pieces.csv", "regions.csv")
    CAPTIONS = pictures.CAPTIONS

    def domain_text(self) -> str:
        """The domain, with ∞ for missing ends."""
        left, right = self.found.function.domain
        low = "(-∞" if left is None else f"[{shortened(left)}"
        high = "∞)" if right is None else f"{shortened(right)}]"
        return f"{low}, {high}"

    def facts(self) -> list[tuple[str, str]]:
        """The few numbers to show first."""
        f, effective = self.found.function, self.found.effective_pieces
        c = self.found.comparison or self.found.measured
        pairs = [
            ("activation regions", str(f.n_regions)),
            ("linear pieces", str(f.n_pieces)),
            ("kinks", str(len(f.kinks))),
        ]
        if c is not None and c.sup is not None and c.mse is not None:
            pairs += [("largest error", decimal(c.sup, 4)), ("mean squared error", decimal(c.mse, 4))]
        if effective is not None:
            pairs.append((f"effective pieces, of {f.n_pieces}", decimal(effective, 4)))
        return pairs

    def counts(self) -> list[str]:
        """Lines that count regions, pieces and kinks."""
        f = self.found.function
        silent = f"  and {len(f.silent_breakpoints)} silent breakpoints" if f.silent_breakpoints else ""
        return [f"  regions  {f.n_regions}", f"  pieces   {f.n_pieces}", f"  kinks    {len(f.kinks)}{silent}"]

    def errors(self) -> tuple[str, Table] | None:
        """The errors beside the least ones known with as many pieces."""
        c = self.found.comparison
        if self.found.measured is not None:
            return "Errors over the points (exact, rounded to be shown)", points_table(self.found.measured)
        if c is None:
            return None
        return f"Errors ({'exact' if c.exact else 'certified to the digits shown'})", error_table(self.found)

    def explanation(self) -> tuple[Paragraph, ...]:
        """What it is, and why."""
        return explain(self.found)

    def tables(self, limit: int | None, regions: bool) -> Iterator[tuple[str, Table]]:
        """Kinks, pieces, and if asked for regions and silent breakpoints."""
        f = self.found.function
        named = f.network is not None and f.network.unit_names
        if f.kinks:
            yield (
                f"Kinks: where the slope jumps, and the neuron{'' if named else ' (layer, index)'} that does it",
                kinks_table(f.kinks, limit, f.network),
            )
        if f.silent_breakpoints and regions:
            silent = kinks_table(f.silent_breakpoints, limit, f.network)
            yield "Silent breakpoints: a neuron flips, the slope stays", silent
        yield "Pieces: slope · x + intercept", pieces_table(f, self.found.per_piece, limit)
        if regions:
            yield "Regions, with the active neurons", regions_table(f, limit)

    def page_tables(self) -> Iterator[tuple[str, Table, str]]:
        """Kinks and pieces."""
        f = self.found.function
        if f.kinks:
            yield "Kinks", kinks_table(f.kinks, MOST_ROWS, f.network), "kinks.csv"
        yield "Pieces", pieces_table(f, self.found.per_piece, MOST_ROWS), "pieces.csv"

    def csv_texts(self) -> tuple[str, ...]:
        """Kinks, pieces and regions."""
        f = self.found.function
        return kinks_csv(f), pieces_csv(f, self.found.per_piece), regions_csv(f)

    def stems(self) -> list[str]:
        """Which pictures there are."""
        return pictures.stems(self.found)

    def draw(self, stem: str, picture_format: str) -> bytes:
        """One picture."""
        return pictures.draw(self.found, stem, picture_format)

    def film(self) -> tuple[str, str]:
        """The pieces at every moment, with every kink exactly."""
        from pwlin.app.film.line import line_film
        from pwlin.app.film.section import line_section
        from pwlin.plot.drawing import scale
        from pwlin.plot.drawing.goal import Goal

        found = self.found
        window = scale.window(found.function)
        followed = found.points if found.target is None else found.target
        goal = None if followed is None else Goal.read(followed)
        moments = [(step, f.restrict(*window)) for step, f in _moments(found)]
        made = line_film(moments, found.network, goal, window, found.run)
        known = made.target is not None and bool(np.isfinite(made.target.y).all())
        shown, total = len(moments), len(moments) if found.run is None else len(found.run.steps)
        behind = "; the broad line is the target" if known else "; grey dots are the points" if found.points else ""
        note = f"Regions keep their colours from moment to moment{behind}. "
        note += f"Everything is computed exactly{' at each moment shown' if total > 1 else ''}, and rounded only to be drawn."
        if shown < total:
            note += f" {shown} of {total} recorded moments are shown, more of the early ones."
        views = ("fit", "slopes", "error") if known else ("fit", "slopes")
        return line_section(made, views, "fit", note=note, exact=True), "line.js"

    def change(self) -> str:
        """A playground that starts from this network."""
        domain = self.found.function.domain
        if None in domain or len(self.found.network.hidden) > 1:
            return ""
        return self.by_hand(domain, "kinks")


def _moments(found: LineFindings) -> list[tuple[int | None, PiecewiseLinear1D]]:
    """Moments to show, with their steps."""
    if found.run is None:
        return [(None, found.function)]
    functions, steps = found.run.lines(), found.run.steps.tolist()
    size = sum(len(in_full(k.location)) + len(in_full(k.jump)) for k in functions[-1].kinks) + 1
    count = max(min(_MOST_MOMENTS, _MOST_TEXT // size), 2)
    return [(steps[i], functions[i]) for i in chosen(len(functions), count)]


def error_table(found: LineFindings) -> Table:
    """The errors beside the least ones known with as many pieces, and how many times these they are."""
    c, best = found.comparison, found.best
    assert c is not None
    rows: list[tuple[str, ...]] = []
    for attribute, name in zip(ERRORS, _ERROR_NAMES, strict=True):
        value = getattr(c, attribute)
        least = best.get(attribute)
        times = None if least is None else ratio(value, least)
        known = "" if least is None else with_exact(least)
        rows.append((name, with_exact(value), known, "" if times is None else f"{decimal(times, 3)} ×"))
        if attribute == "sup":
            places = ", ".join(decimal(p) for p in c.argsups[:3]) + (", …" if len(c.argsups) > 3 else "")
            rows.append(("  at " + found.variable, places, "", ""))
    pieces = found.function.n_pieces
    if found.effective_pieces is not None:
        rows.append(("effective pieces", decimal(found.effective_pieces, 5), f"{pieces}", ""))
    headers = (
        "",
        "this network",
        f"best {'' if found.best_is_certain else 'found '}with {counted(pieces, 'piece')}",
        "",
    )
    width = 4 if best else 2
    return Table(headers[:width], tuple(row[:width] for row in rows), "<<<>"[:width])


_ERROR_NAMES = ("largest error", "area between (L1)", "squared error (L2²)", "mean squared error")
