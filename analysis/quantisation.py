"""Rounding the weights to k bits after the point: regions lost, and error gained, exactly.

Networks that have learnt x² are rounded to multiples of 2^(−k). The rounded network is another exact function: its regions
and pieces are counted, its distance from the unrounded one is the exact maximum of a piecewise-linear function, and its
error against x² an exact number. For one hidden layer a bound on the distance follows from the weights alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pwlin
from analysis import _common as common

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME, TARGET, DOMAIN = "quantisation", "x**2", (-5, 5)
SHAPES = ((20,), (10, 10))


def distance_bound(network: pwlin.Network, bits: int) -> Fraction:
    """The most that rounding a network of one hidden layer to `bits` bits can change it anywhere on the domain.

    Every weight and bias moves by at most d = 2^(−bits−1). A preactivation then moves by at most d (|x| + 1), and a
    neuron's contribution v·a by at most |v| times that, plus d times the new activation.
    """
    d, reach = Fraction(1, 2 ** (bits + 1)), Fraction(max(map(abs, DOMAIN)))
    layer, readout = network.hidden[0], network.readout
    total = d
    for i in range(layer.n_out):
        weight = Fraction(int(layer.weight_integers[i, 0]), layer.denominator)
        bias = Fraction(int(layer.bias_integers[i]), layer.denominator)
        out = Fraction(int(readout.weight_integers[0, i]), readout.denominator)
        highest = max(Fraction(0), bias - weight * reach, bias + weight * reach)
        total += (abs(out) + d) * d * (reach + 1) + d * highest
    return total


def measure(shape: tuple[int, ...], seed: int, steps: int, bits: Sequence[int]) -> list[dict[str, Any]]:
    """A row for each number of bits of one trained network."""
    run = pwlin.train(TARGET, DOMAIN, shape, steps=steps, batch=64, seed=seed, record_every=steps, progress=False)
    f = pwlin.extract(run.network, DOMAIN)
    error = f.compare(TARGET).mse
    rows = []
    for k in bits:
        g = pwlin.extract(run.network.rationalize(denominator=2**k), DOMAIN)
        rounded = g.compare(TARGET).mse
        bound = distance_bound(run.network, k) if len(shape) == 1 else None
        distance = abs(g - f).max().value
        rows.append(
            {
                "shape": "-".join(map(str, shape)),
                "seed": seed,
                "bits": k,
                "regions": g.n_regions,
                "regions_lost": f.n_regions - g.n_regions,
                "pieces_lost": f.n_pieces - g.n_pieces,
                "distance": float(distance),
                "distance_bound": None if bound is None else float(bound),
                "mse": float(rounded),
                "mse_gained": float(rounded - error),
                "mse_ratio": float(rounded / error),
                "distance_exact": distance,
                "distance_bound_exact": bound,
                "mse_gained_exact": rounded - error,
            }
        )
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    bits = (1, 4, 8, 16) if found.quick else tuple(range(17))
    steps = 500 if found.quick else 8000
    jobs = [(shape, seed, steps, bits) for shape in SHAPES for seed in found.seeds(20, 3)]
    rows = [row for run in common.each(found, measure, jobs, NAME) for row in run]
    found.table("rounded", rows)
    quantiles = []
    for shape in ("-".join(map(str, s)) for s in SHAPES):
        for k in bits:
            here = [row for row in rows if (row["shape"], row["bits"]) == (shape, k)]
            line: dict[str, Any] = {"shape": shape, "bits": k, "runs": len(here)}
            for name in ("regions_lost", "pieces_lost", "distance", "mse_ratio"):
                line |= common.summary((row[name] for row in here), name)
            known = [row["distance_bound"] for row in here if row["distance_bound"] is not None]
            quantiles.append(line | {"bound_median": common.summary(known)["median"]})
    found.table("quantiles", quantiles)
    found.figure(NAME, lambda figure: draw(figure, quantiles), (11.5, 4.3))
    some = [row for row in quantiles if row["bits"] in (bits[1], bits[-1])]
    changes = ", ".join(f"{row['distance_median']:.2g} (1-{row['shape']}-1, {row['bits']} bits)" for row in some)
    return common.finished(found, f"Median of the largest change by rounding: {changes}.")


def draw(figure: Figure, quantiles: Sequence[dict[str, Any]]) -> None:
    """Distance, error and regions against bits."""
    titles = {
        "distance": "largest change of the function",
        "mse_ratio": "MSE, rounded over unrounded",
        "regions_lost": "regions lost (below 0: gained)",
    }
    axes = figure.subplots(1, 3)
    for ax, (name, title) in zip(axes, titles.items(), strict=True):
        for k, shape in enumerate(dict.fromkeys(row["shape"] for row in quantiles)):
            rows = [row for row in quantiles if row["shape"] == shape]
            bits = [row["bits"] for row in rows]
            common.band(ax, bits, rows, name, common.COLOURS[k], f"1-{shape}-1", marker=common.MARKERS[k], ms=4)
            if name == "distance" and rows[0]["bound_median"] is not None:
                bounds = [row["bound_median"] for row in rows]
                ax.plot(bits, bounds, color=common.INK, ls="--", lw=1.3, label="bound for one hidden layer (median)")
        ax.set(xlabel="bits after the point", ylabel=title, title=title)
        ax.set_xticks([b for b in bits if len(bits) < 6 or b % 2 == 0])
        ax.grid(alpha=0.25)
    axes[0].set_yscale("log")
    axes[1].set_yscale("log")
    axes[1].axhline(1, color=common.FAINT, lw=0.8)
    axes[2].axhline(0, color=common.FAINT, lw=0.8)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    runs = quantiles[0]["runs"]
    figure.suptitle(
        f"networks trained on x², rounded: median and 10–90 % of {runs} seeds", x=0.01, ha="left", fontsize=11
    )


if __name__ == "__main__":
    raise SystemExit(main())
