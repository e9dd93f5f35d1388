"""Every study runs with --quick and writes figures and tables; what the tables say obeys the laws that they illustrate."""

import csv
import importlib
from fractions import Fraction as Q
from pathlib import Path

import pytest
from PIL import Image

import analysis
import pwlin

NAMES = sorted(p.stem for p in Path(analysis.__file__).parent.glob("[a-z]*.py"))
FIGURES = {
    "depth_vs_width": {"depth_vs_width"},
    "error_scaling": {"error_scaling", "effective_pieces"},
    "kinks_at_init": {"kink_density", "kink_counts"},
    "lazy_vs_feature": {"by_scale", "kink_paths"},
    "optimizers": {"optimizers"},
    "quantisation": {"quantisation"},
    "region_counts": {"region_counts"},
    "seeds_that_fail": {"final_errors", "moves"},
}


def rows(folder, name):
    with open(folder / f"{name}.csv", newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_all_studies_are_listed():
    assert set(FIGURES) == set(LAWS) == set(NAMES)


def figures_and_tables(name, folder):
    assert {p.stem for p in folder.glob("*.png")} == FIGURES[name]
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            assert min(image.size) >= 350
            assert len(image.convert("RGB").getcolors(1 << 24)) > 30
    for path in folder.glob("*.csv"):
        table = rows(folder, path.stem)
        assert table and all(None not in row and None not in row.values() for row in table)
    for row in rows(folder, "quantiles") if (folder / "quantiles.csv").exists() else []:
        assert int(row["runs"]) >= 2
        for column in row:
            if column.endswith("q10"):
                stem = column.removesuffix("q10")
                five = [float(row[stem + q]) for q in ("q10", "q25", "median", "q75", "q90")]
                assert five == sorted(five)
    assert not list(folder.glob(".*"))


def error_scaling(folder):
    theory = {int(r["pieces"]): r for r in rows(folder, "theory")}
    for n, row in theory.items():
        assert Q(row["best_mse"]) == Q(10**4, 180 * n**4) and Q(row["best_sup"]) == Q(100, 8 * n**2)
        assert Q(row["interpolant_mse"]) == 6 * Q(row["best_mse"])
        assert Q(row["interpolant_sup"]) == 2 * Q(row["best_sup"])
    for row in rows(folder, "runs"):
        best = pwlin.comparison.best.yardstick.quadratic_best(Q(1), Q(10), int(row["pieces"]))
        assert Q(row["mse_exact"]) >= best.mse and Q(row["sup_exact"]) >= best.sup
        assert int(row["pieces"]) <= int(row["neurons"]) + 1
        assert float(row["effective_pieces"]) <= int(row["pieces"])


def region_counts(folder):
    most, reached = {}, {}
    for row in rows(folder, "bounds"):
        (most if "no network" in row["bound"] else reached)[row["case"]] = int(row["value"])
    assert most["1-16-1"] == 17 and most["1-8-8-1"] == 81 and all(n <= most[case] for case, n in reached.items())
    for row in rows(folder, "counts"):
        assert 1 <= int(row["pieces"]) <= int(row["regions"]) <= most[row["case"]]


def kinks_at_init(folder):
    for row in rows(folder, "laws"):
        for kind in ("flips", "dead"):
            away = abs(float(row[f"mean_{kind}"]) - float(row[f"expected_{kind}"]))
            assert away <= 4 * float(row[f"standard_error_{kind}"])
    assert rows(folder, "laws")[0]["expected_flips_exact"] == "50/3"
    for row in rows(folder, "networks"):
        assert int(row["flips"]) + int(row["dead"]) + int(row["always_on"]) == int(row["neurons"])
        assert int(row["pieces"]) == int(row["kinks"]) + 1


def lazy_vs_feature(folder):
    lines = sorted(rows(folder, "quantiles"), key=lambda row: Q(row["scale"]))
    for name in ("moved_mean_median", "weights_moved_median"):
        values = [float(row[name]) for row in lines]
        assert values == sorted(values) and values[-1] > 10 * values[0]
    assert all(row["diverged"] == "False" and Q(row["mse_exact"]) > 0 for row in rows(folder, "runs"))


def depth_vs_width(folder):
    for row in rows(folder, "constructions"):
        m = int(row["depth"])
        assert Q(row["deep_sup"]) == Q(1, 2 ** (2 * m + 2)) and int(row["deep_pieces"]) == 2**m
        assert int(row["zigzag_pieces"]) == 4 ** int(row["depth"])
    for row in rows(folder, "runs"):
        widths = tuple(map(int, row["shape"].split("-")))
        assert int(row["pieces"]) <= int(row["regions"]) <= pwlin.bounds.serra_upper(1, widths)
        if len(widths) == 1:
            assert Q(row["sup_exact"]) >= Q(str(pwlin.constructions.shallow_square_error(widths[0], (0, 1))))


def seeds_that_fail(folder):
    from analysis import seeds_that_fail as study

    folder = folder
    seeds, states = rows(folder, "seeds"), rows(folder, "states")
    assert sum(int(row["runs"]) for row in states) == len(seeds) == sum(int(r["runs"]) for r in rows(folder, "moves"))
    for row in seeds:
        assert Q(row["mse_exact"]) >= study.OPTIMUM
        if row["end"] == "no kink":
            assert Q(row["mse_exact"]) >= study.BEST_LINE
        if row["end"] == "one kink, other neuron dead":
            assert int(row["pieces"]) <= 2 and float(row["mse"]) >= study.BEST_SINGLE
        if row["end"] == study.OUTWARD:
            assert Q(row["mse_exact"]) < 10
    assert {row["end"] for row in seeds} >= {study.OUTWARD, "one kink, other neuron dead"}


@pytest.mark.parametrize(
    ("weights", "biases", "state"),
    [
        ([-1, 1], [-2, -2], "two kinks, opening outward"),
        ([-1, 1], [2, 2], "two kinks, opening inward"),
        ([1, 1], [2, -2], "two kinks, opening to one side"),
        ([-1, 2], [0, 0], "two kinks, opening outward"),
        ([1, 1], [0, 9], "one kink, other neuron always on"),
        ([1, 1], [0, -9], "one kink, other neuron dead"),
        ([1, 1], [-5, 5], "no kink"),  # flips on the ends of the domain bend nothing
    ],
)
def test_states_of_two_neurons(weights, biases, state):
    from analysis.seeds_that_fail import classify

    assert classify(pwlin.Network.from_arrays([[[w] for w in weights], [[1, 1]]], [biases, [0]])) == state


def optimizers(folder):
    history = rows(folder, "history")
    starts = {(row["seed"], row["mse_exact"]) for row in history if row["step"] == "0"}
    assert len(starts) == len({row["seed"] for row in history})  # every method starts from the same networks
    for row in history:
        assert Q(row["mse_exact"]) >= Q(10**4, 180 * int(row["pieces"]) ** 4) and int(row["pieces"]) <= 21


def quantisation(folder):
    table = rows(folder, "rounded")
    for row in table:
        assert int(row["pieces_lost"]) <= 21 and Q(row["distance_exact"]) >= 0
        if row["distance_bound_exact"]:
            assert Q(row["distance_exact"]) <= Q(row["distance_bound_exact"])
        if row["bits"] == "16":
            assert float(row["distance"]) < 1e-3
    for line in rows(folder, "quantiles"):
        assert float(line["mse_ratio_median"]) > 0


LAWS = {
    law.__name__: law
    for law in (
        depth_vs_width,
        error_scaling,
        kinks_at_init,
        lazy_vs_feature,
        optimizers,
        quantisation,
        region_counts,
        seeds_that_fail,
    )
}


@pytest.mark.parametrize("name", NAMES)
def test_study(name, tmp_path):
    """One test a study, so that each runs once, wherever the tests run."""
    module = importlib.import_module(f"analysis.{name}")
    once, again = tmp_path / "once", tmp_path / "again"
    assert module.main(["--quick", "--out", str(once)]) == 0
    figures_and_tables(name, once)
    LAWS[name](once)
    if name == "quantisation":  # equal arguments give equal tables
        assert module.main(["--quick", "--out", str(again)]) == 0
        for path in once.glob("*.csv"):
            assert path.read_bytes() == (again / path.name).read_bytes()


def test_arguments(capsys):
    module = importlib.import_module("analysis.optimizers")
    with pytest.raises(SystemExit) as stop:
        module.main(["--seed", "-1"])
    assert stop.value.code == 2 and "--seed: found -1" in capsys.readouterr().err
