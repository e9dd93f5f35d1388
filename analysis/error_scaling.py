"""How the error on x² falls with the number of pieces: theory, interpolation, training.

The best function with n pieces has mean squared error L⁴/(180 n⁴) and sup error L²/(8 n²); the interpolant at equal knots
has 6 and 2 times as much. Trained networks lie above, as far as their pieces are badly placed or missing: each run is a
point at its own number of pieces. Everything but the training is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pwlin
from analysis import _common as common
from pwlin.comparison.best.quadratic import quadratic_best

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME, TARGET, DOMAIN = "error_scaling", "x**2", (-5, 5)
STEPS = {"sgd": 20000, "adam": 6000, "lbfgs": 400}
QUICK_STEPS = {"sgd": 800, "adam": 800, "lbfgs": 30}
LENGTH = Fraction(DOMAIN[1] - DOMAIN[0])


def best(pieces: int) -> Any:
    """Least errors with so many pieces."""
    return quadratic_best(Fraction(1), LENGTH, pieces)


def interpolant(pieces: int) -> Any:
    """The comparison of the interpolant at equal knots with the target."""
    xs = [DOMAIN[0] + LENGTH * k / pieces for k in range(pieces + 1)]
    return pwlin.PiecewiseLinear1D.from_points(xs, [x * x for x in xs]).compare(TARGET)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    widths = (2, 8, 20) if found.quick else (1, 2, 3, 5, 8, 13, 20, 32, 50)
    runs = pwlin.sweep(
        TARGET,
        DOMAIN,
        hidden=widths,
        seeds=found.seeds(20, 3),
        optimizers=tuple(STEPS),
        steps=QUICK_STEPS if found.quick else STEPS,
        workers=found.workers,
        lr=None,
        batch=64,
    )
    counts = sorted({*range(1, 11), *widths, *(w + 1 for w in widths), max(widths) + 10})
    lines = [(n, best(n), interpolant(n)) for n in counts]
    theory = [
        {"pieces": n, "best_mse": b.mse, "best_sup": b.sup, "interpolant_mse": i.mse, "interpolant_sup": i.sup}
        for n, b, i in lines
    ]
    found.table("theory", theory)
    found.table(
        "runs",
        [
            {
                "optimizer": row.optimizer,
                "neurons": row.hidden[0],
                "seed": row.seed,
                "pieces": row.pieces,
                "effective_pieces": row.effective_pieces,
                "mse": float(row.mse),
                "sup": float(row.sup),
                "mse_exact": row.mse,
                "sup_exact": row.sup,
            }
            for row in runs
        ],
    )
    quantiles = []
    for name in STEPS:
        for width in widths:
            rows = runs.where(optimizer=name, hidden=(width,))
            head = {"optimizer": name, "neurons": width, "runs": len(rows)}
            quantiles.append(
                head
                | common.summary((r.mse for r in rows), "mse")
                | common.summary((r.sup for r in rows), "sup")
                | common.summary((r.pieces for r in rows), "pieces")
                | common.summary((r.effective_pieces for r in rows), "effective")
            )
    found.table("quantiles", quantiles)
    found.figure("error_scaling", lambda figure: draw(figure, theory, runs), (10.0, 5.0))
    found.figure("effective_pieces", lambda figure: draw_effective(figure, quantiles), (7.0, 4.6))
    widest = [row for row in quantiles if row["neurons"] == max(widths)]
    worth = ", ".join(f"{row['effective_median']:.1f} ({row['optimizer']})" for row in widest)
    return common.finished(
        found,
        f"With {max(widths)} neurons the median run is worth this many well-placed pieces, of {max(widths) + 1}: {worth}.",
    )


def draw(figure: Figure, theory: Sequence[dict[str, Any]], runs: pwlin.Sweep) -> None:
    """Errors against pieces, log-log: MSE and sup."""
    axes = figure.subplots(1, 2)
    n = [row["pieces"] for row in theory]
    for ax, norm, title in zip(axes, ("mse", "sup"), ("mean squared error", "sup error"), strict=True):
        ax.plot(n, [float(row[f"best_{norm}"]) for row in theory], color=common.INK, lw=2, label="best possible")
        ax.plot(
            n,
            [float(row[f"interpolant_{norm}"]) for row in theory],
            color=common.INK,
            lw=1.4,
            ls="--",
            label="interpolant at equal knots",
        )
        for k, name in enumerate(STEPS):
            rows = runs.where(optimizer=name)
            ax.scatter(
                [r.pieces * (1 + 0.035 * (k - 1)) for r in rows],
                [float(getattr(r, norm)) for r in rows],
                s=13,
                marker=common.MARKERS[k],
                color=common.COLOURS[k],
                alpha=0.55,
                linewidths=0,
                label=f"trained: {name}",
                zorder=3,
            )
        ax.set(xscale="log", yscale="log", xlabel="pieces", ylabel=title, title=f"x² on [−5, 5]: {title}")
        ax.grid(alpha=0.25)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, markerscale=1.8)


def draw_effective(figure: Figure, quantiles: Sequence[dict[str, Any]]) -> None:
    """Effective pieces against neurons."""
    ax = figure.subplots()
    widths = sorted({row["neurons"] for row in quantiles})
    ax.plot(widths, [w + 1 for w in widths], color=common.INK, lw=2, label="neurons + 1, every piece well placed")
    for k, name in enumerate(STEPS):
        rows = [row for row in quantiles if row["optimizer"] == name]
        label = f"{name}: median, 10–90 % of {rows[0]['runs']} seeds"
        common.band(ax, widths, rows, "effective", common.COLOURS[k], label, marker=common.MARKERS[k], ms=5)
    ax.set(xscale="log", yscale="log", xlabel="neurons in the hidden layer", ylabel="effective pieces")
    ax.set_xticks(widths, [str(w) for w in widths])
    ax.minorticks_off()
    low, high = ax.get_ylim()
    places = [p for p in (m * 10.0**e for e in range(-3, 6) for m in (1, 2, 5)) if low <= p <= high]
    ax.set_yticks(places, [f"{p:g}" for p in places])
    ax.set_ylim(low, high)
    ax.set_title("How many well-placed pieces the error is worth")
    ax.grid(alpha=0.25)
    ax.legend(loc="upper left")


if __name__ == "__main__":
    raise SystemExit(main())
