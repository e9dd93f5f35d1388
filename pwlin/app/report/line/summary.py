"""The findings in short: headline, key facts, error table, and the whole text for a terminal."""

from __future__ import annotations

from typing import Any

from pwlin.app.report.line.explanation import explain
from pwlin.app.report.line.findings import ERRORS, Findings, ratio
from pwlin.app.report.line.tables import kinks_table, pieces_table, regions_table
from pwlin.app.report.prose import counted, filled, titled
from pwlin.app.report.table import Table
from pwlin.exact.text import decimal, shortened, with_exact


def headline(found: Findings) -> tuple[str, str]:
    """A title and one sentence on what was done."""
    f = found.function
    shape = "-".join(map(str, (1, *found.network.widths, 1)))
    names = {a.name for layer in found.network.hidden for a in layer.activations}
    kind = "ReLU" if names == {"relu"} else ", ".join(sorted(names)) or "linear"
    where = f"on {domain_text(f)}"
    if found.target is None:
        return f"What the network {shape} is {where}", f"A network {shape} ({kind}), extracted exactly."
    verb = "was trained to follow" if found.run is not None else "is compared with"
    return (
        f"How ReLUs follow {found.target_name} {where}"
        if names == {"relu"}
        else f"How a network follows {found.target_name} {where}",
        f"A network {shape} ({kind}) {verb} {found.target_name}, and taken apart exactly: every number on this page is "
        "that of this very network.",
    )


def domain_text(f: Any) -> str:
    """The domain as text, with ∞ for missing ends."""
    left, right = f.domain
    low = "(-∞" if left is None else f"[{shortened(left)}"
    high = "∞)" if right is None else f"{shortened(right)}]"
    return f"{low}, {high}"


def facts(found: Findings) -> list[tuple[str, str]]:
    """The few numbers to show first: pairs of a caption and a number."""
    f, c = found.function, found.comparison
    pairs = [
        ("activation regions", str(f.n_regions)),
        ("linear pieces", str(f.n_pieces)),
        ("kinks", str(len(f.kinks))),
    ]
    if c is not None:
        pairs += [("largest error", decimal(c.sup, 4)), ("mean squared error", decimal(c.mse, 4))]
        effective = found.effective_pieces
        if effective is not None:
            pairs.append((f"effective pieces, of {f.n_pieces}", decimal(effective, 4)))
    return pairs


def error_table(found: Findings) -> Table:
    """The errors beside the least ones known with as many pieces, and how many times these they are."""
    c, best = found.comparison, found.best
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


def summary_text(
    found: Findings, limit: int | None = 40, regions: bool = False, why: bool = True, width: int = 88
) -> str:
    """The whole findings for a terminal of `width` columns; tables show at most `limit` rows (None: all)."""
    f = found.function
    parts = [headline(found)[0], _counts(found)]
    if found.comparison is not None:
        kind = "exact" if found.comparison.exact else "certified to the digits shown"
        parts.append(titled(f"Errors ({kind})", error_table(found)))
    if f.kinks:
        parts.append(
            titled(
                "Kinks: where the slope jumps, and the neuron (layer, index) that does it", kinks_table(f.kinks, limit)
            )
        )
    if f.silent_breakpoints and regions:
        parts.append(
            titled("Silent breakpoints: a neuron flips, the slope stays", kinks_table(f.silent_breakpoints, limit))
        )
    parts.append(titled("Pieces: slope · x + intercept", pieces_table(f, found.comparison, limit)))
    if regions:
        parts.append(titled("Regions, with the active neurons", regions_table(f, limit)))
    if why:
        chosen = [p for p in explain(found) if p.heading != "Which neuron does what"]
        text = "\n\n".join(filled(p, width) for p in chosen)
        parts.append(f"Why it works\n\n{text}")
    return "\n\n".join(parts)


def _counts(found: Findings) -> str:
    f, status = found.function, found.statuses
    lines = [f"  regions  {f.n_regions}", f"  pieces   {f.n_pieces}", f"  kinks    {len(f.kinks)}"]
    if f.silent_breakpoints:
        lines[-1] += f"  and {len(f.silent_breakpoints)} silent breakpoints"
    if status:
        known = ("active", "always_on", "dead", "silent")
        lines.append("  neurons  " + ", ".join(f"{status[s]} {s.replace('_', ' ')}" for s in known if status[s]))
    return "\n".join(lines)
