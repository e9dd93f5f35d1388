"""Depth against width on x² over [0, 1]: constructions, the best shallow networks, and what training finds.

With m layers, 3m − 1 neurons in Yarotsky's network give sup error 2^(−2m−2); one hidden layer of as many neurons cannot do
better than the least error of `shallow_square_error`, which falls only with the square of their number. Two layers that
fold once beat it from 5 neurons on, and folding before following (`folded_square`) beats Yarotsky's networks. Training
from random starts profits little from depth: both counts and errors are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pwlin
from analysis import _common as common

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME, TARGET, DOMAIN = "depth_vs_width", "x**2", (0, 1)
OPTIMIZERS = ("adam", "lbfgs")


def best_folded(neurons: int) -> pwlin.Network:
    """The most accurate `folded_square` on [0, 1] with so many neurons, from 3."""
    shapes = [(folds, neurons - 3 * folds + 1) for folds in range(1, neurons // 3 + 1) if neurons - 3 * folds + 1 >= 1]
    folds, width = max(shapes, key=lambda shape: 2 ** shape[0] * shape[1])
    return pwlin.constructions.folded_square(folds, width, DOMAIN)


def first_win(most: int = 30) -> int:
    """The least number of neurons from which on two layers beat any single one, up to `most` neurons."""
    wins = {
        n: pwlin.extract(pwlin.constructions.folded_square(1, n - 2), DOMAIN).compare(TARGET).sup
        < pwlin.constructions.shallow_square_error(n, DOMAIN)
        for n in range(3, most + 1)
    }
    return next(n for n in wins if all(wins[k] for k in range(n, most + 1)))


def constructed(depths: Sequence[int]) -> list[dict[str, Any]]:
    """The networks that are known, by depth: Yarotsky's, the best shallow one and the best folded one with as many neurons,
    and the zigzag.
    """
    rows = []
    for m in depths:
        deep = pwlin.constructions.yarotsky_square(m)
        neurons = sum(deep.widths)
        f = pwlin.extract(deep, DOMAIN)
        folded = pwlin.extract(best_folded(neurons), DOMAIN) if neurons > 2 else f
        rows.append(
            {
                "depth": m,
                "neurons": neurons,
                "deep_sup": f.compare(TARGET).sup,
                "deep_pieces": f.n_pieces,
                "folded_sup": folded.compare(TARGET).sup,
                "folded_pieces": folded.n_pieces,
                "shallow_sup": pwlin.constructions.shallow_square_error(neurons, DOMAIN),
                "shallow_pieces": neurons + 1,
                "zigzag_neurons": sum(pwlin.constructions.zigzag(m).widths),
                "zigzag_pieces": pwlin.extract(pwlin.constructions.zigzag(m), DOMAIN).n_pieces,
            }
        )
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    depths = range(1, 4 if found.quick else 7)
    theory = constructed(depths)
    shapes = {m: {"deep": (3,) * m, "shallow": (3 * m,)} for m in depths}
    steps = {"adam": 600, "lbfgs": 20} if found.quick else {"adam": 10000, "lbfgs": 1000}
    runs = pwlin.sweep(
        TARGET,
        DOMAIN,
        hidden=list(dict.fromkeys(size for pair in shapes.values() for size in pair.values())),
        seeds=found.seeds(20, 2),
        optimizers=OPTIMIZERS,
        steps=steps,
        workers=found.workers,
        batch=64,
    )
    found.table("constructions", theory)
    found.table(
        "runs",
        [
            {
                "shape": "-".join(map(str, row.hidden)),
                "neurons": sum(row.hidden),
                "layers": len(row.hidden),
                "optimizer": row.optimizer,
                "seed": row.seed,
                "regions": row.regions,
                "pieces": row.pieces,
                "sup": float(row.sup),
                "mse": float(row.mse),
                "dead": row.dead,
                "sup_exact": row.sup,
            }
            for row in runs
        ],
    )
    quantiles = []
    for name in OPTIMIZERS:
        for m, pair in shapes.items():
            for kind, size in pair.items():
                rows = runs.where(optimizer=name, hidden=size)
                head = {"optimizer": name, "kind": kind, "neurons": 3 * m, "layers": len(size), "runs": len(rows)}
                sup, pieces = (
                    common.summary((r.sup for r in rows), "sup"),
                    common.summary((r.pieces for r in rows), "pieces"),
                )
                quantiles.append(head | sup | pieces)
    found.table("quantiles", quantiles)
    found.figure(NAME, lambda figure: draw(figure, theory, quantiles), (11.0, 5.2))
    neurons, row = theory[-1]["neurons"], theory[-1]
    trained = min(float(r.sup) for r in runs)
    return common.finished(
        found,
        f"Two layers beat every single one from {first_win()} neurons on; with {neurons} neurons the best single layer is "
        f"{float(row['shallow_sup'] / row['folded_sup']):.3g} times as far off as folding. The best trained network is off by "
        f"{trained:.3g}, folding by {float(row['folded_sup']):.3g}.",
    )


def draw(figure: Figure, theory: Sequence[dict[str, Any]], quantiles: Sequence[dict[str, Any]]) -> None:
    """Errors and pieces against neurons."""
    left, right = figure.subplots(1, 2)
    neurons = [row["neurons"] for row in theory]
    left.plot(
        neurons, [float(row["deep_sup"]) for row in theory], "o-", color=common.INK, label="Yarotsky's deep network"
    )
    left.plot(
        neurons, [float(row["shallow_sup"]) for row in theory], "s--", color=common.INK, label="best shallow network"
    )
    left.plot(
        neurons, [float(row["folded_sup"]) for row in theory], "^-.", color=common.INK, label="folded, then followed"
    )
    right.plot(
        neurons, [row["folded_pieces"] for row in theory], "^-.", color=common.INK, label="folded, then followed"
    )
    right.plot(
        [row["zigzag_neurons"] for row in theory],
        [row["zigzag_pieces"] for row in theory],
        "D:",
        color=common.INK,
        label="zigzag: the most for width 3",
    )
    right.plot(neurons, [row["deep_pieces"] for row in theory], "o-", color=common.INK, label="Yarotsky's deep network")
    right.plot(
        neurons, [row["shallow_pieces"] for row in theory], "s--", color=common.INK, label="best shallow network"
    )
    k = 0
    for name in OPTIMIZERS:
        for kind in ("deep", "shallow"):
            rows = [row for row in quantiles if (row["optimizer"], row["kind"]) == (name, kind)]
            x = [row["neurons"] for row in rows]
            for ax, column in ((left, "sup"), (right, "pieces")):
                label = f"trained {kind}, {name}"
                common.band(ax, x, rows, column, common.COLOURS[k], label, marker=common.MARKERS[k], ms=4, lw=1.3)
            k += 1
    left.set(yscale="log", xlabel="neurons", ylabel="sup error on [0, 1]", title="error")
    right.set(yscale="log", xlabel="neurons", ylabel="linear pieces", title="linear pieces")
    for ax in (left, right):
        ax.grid(alpha=0.25)
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    runs = quantiles[0]["runs"]
    title = f"x² on [0, 1]; trained: median and 10–90 % of {runs} seeds, deep = layers of 3 neurons"
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)


if __name__ == "__main__":
    raise SystemExit(main())
