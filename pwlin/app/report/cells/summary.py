"""The findings in short: headline, key facts, error table, and the whole text for a terminal."""

from __future__ import annotations

from pwlin.app.report.cells.explanation import explain
from pwlin.app.report.cells.findings import Findings
from pwlin.app.report.cells.tables import neurons_table, pieces_table, regions_table
from pwlin.app.report.prose import filled, titled
from pwlin.app.report.table import Table
from pwlin.exact.text import decimal, shortened, with_exact


def headline(found: Findings) -> tuple[str, str]:
    """A title and one sentence on what was done."""
    shape = "-".join(map(str, (found.function.dim, *found.network.widths, 1)))
    names = {a.name for layer in found.network.hidden for a in layer.activations}
    kind = "ReLU" if names == {"relu"} else ", ".join(sorted(names)) or "linear"
    where = f"on {domain_text(found)}"
    if found.target is None:
        return f"What the network {shape} is {where}", f"A network {shape} ({kind}), extracted exactly."
    verb = "was trained to follow" if found.run is not None else "is compared with"
    return (
        f"How {'ReLUs' if names == {'relu'} else 'a network'} {'follow' if names == {'relu'} else 'follows'} "
        f"{found.target_name} {where}",
        f"A network {shape} ({kind}) {verb} {found.target_name}, and taken apart exactly: every number on this page is "
        "that of this very network.",
    )


def domain_text(found: Findings) -> str:
    """The box as text, or how many dimensions it has."""
    domain = found.function.domain
    if not domain.normals:
        return f"all of R{str(domain.dim).translate(_RAISED)}"
    sides = []
    for k in range(domain.dim):
        along = [h for h in domain.halfspaces if h.normal[k] and not any(v for i, v in enumerate(h.normal) if i != k)]
        highs = [h.offset / h.normal[k] for h in along if h.normal[k] > 0]
        lows = [h.offset / h.normal[k] for h in along if h.normal[k] < 0]
        sides.append(
            (f"[{shortened(lows[0])}" if lows else "(-∞") + ", " + (f"{shortened(highs[0])}]" if highs else "∞)")
        )
    return sides[0] + str(len(sides)).translate(_RAISED) if len(set(sides)) == 1 else " × ".join(sides)


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def facts(found: Findings) -> list[tuple[str, str]]:
    """The few numbers to show first: pairs of a caption and a number."""
    f, c = found.function, found.comparison
    pairs = [
        ("activation regions", f"{f.n_regions:,}"),
        ("linear pieces", f"{f.n_pieces:,}"),
        ("kinks (facets)", f"{len(f.kinks):,}"),
    ]
    if c is not None:
        pairs += [("largest error", decimal(c.sup, 4)), ("mean squared error", decimal(c.mse, 4))]
    pairs.append(("Lipschitz constant", decimal(f.lipschitz(2), 4)))
    return pairs


def error_table(found: Findings) -> Table:
    """Errors, exact or certified, and where the largest is."""
    c = found.comparison
    place = ", ".join(f"{v} = {decimal(x)}" for v, x in zip(found.variables, c.argsup))
    rows = (
        ("largest error", with_exact(c.sup)),
        ("  at", place),
        ("squared error (L2²)", with_exact(c.l2_squared)),
        ("mean squared error", with_exact(c.mse)),
    )
    return Table(("", "this network"), rows, "<<")


def summary_text(
    found: Findings, limit: int | None = 40, regions: bool = False, why: bool = True, width: int = 88
) -> str:
    """The whole findings for a terminal of `width` columns; tables show at most `limit` rows (None: all)."""
    parts = [headline(found)[0], _counts(found)]
    if found.comparison is not None:
        parts.append(titled("Errors (exact, or certified to the digits shown)", error_table(found)))
    elif found.sampled_errors is not None:
        largest, rms = found.sampled_errors
        parts.append(
            f"Errors at random points (estimates, no bounds)\n  largest {decimal(largest, 3)}, root mean square {decimal(rms, 3)}"
        )
    if found.neurons:
        parts.append(
            titled("Neurons (layer, index): facets where they flip, and kinks among them", neurons_table(found, limit))
        )
    parts.append(titled("Pieces: gradient and offset", pieces_table(found, limit)))
    if regions:
        parts.append(titled("Regions, with the active neurons", regions_table(found, limit)))
    if why:
        parts.append("Why it works\n\n" + "\n\n".join(filled(p, width) for p in explain(found)))
    return "\n\n".join(parts)


def _counts(found: Findings) -> str:
    f, status = found.function, found.statuses
    most = found.regions_at_most
    lines = [
        f"  regions  {f.n_regions:,}" + ("" if most is None else f"  of at most {most:,} that such networks can have"),
        f"  pieces   {f.n_pieces:,}",
        f"  kinks    {len(f.kinks):,}"
        + (f"  and {len(f.silent_facets):,} silent facets" if len(f.silent_facets) else ""),
    ]
    if f.dim == 2:
        v, e, r = f.f_vector()
        lines.append(f"  complex  {v:,} vertices, {e:,} edges, {r:,} regions")
    if status:
        known = ("active", "always_on", "dead", "silent")
        lines.append("  neurons  " + ", ".join(f"{status[s]} {s.replace('_', ' ')}" for s in known if status[s]))
    return "\n".join(lines)
