"""``pwlin explain`` and ``pwlin extract`` in several variables: exact tables, sensible words, honest estimates."""

import csv
import re
from fractions import Fraction as Q

import numpy as np
import pytest

import pwlin
from pwlin.app import cli
from pwlin.app.reporting.cells.explanation import explain
from pwlin.app.reporting.cells.findings import CellFindings
from pwlin.app.reporting.cells.pictures import levels
from pwlin.app.reporting.cells.report import CellReport

PICTURES = ("regions", "surface", "error", "hyperplanes", "levels", "loss")
TABLES = {"network.npz", "regions.csv", "pieces.csv", "kinks.csv", "vertices.csv", "report.html"}
DIAMOND = pwlin.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")  # |x| + |y|


def run(*arguments):
    return cli.main([str(a) for a in arguments])


def rows(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def read_points(text):
    return [tuple(map(Q, p.split(","))) for p in text.split()]


@pytest.fixture
def undrawn(monkeypatch):
    """Pictures take seconds, and most tests are about other things."""
    monkeypatch.setattr("pwlin.app.reporting.cells.pictures.stems", lambda found: [])


@pytest.fixture
def diamond(tmp_path):
    DIAMOND.save(tmp_path / "diamond.npz")
    return tmp_path / "diamond.npz"


def test_explain_writes_all_files(tmp_path, capsys):
    options = ["--hidden", 4, 3, "--steps", 400, "--domain", -1, 1, 0, 2, "--out", tmp_path / "out"]
    assert run("explain", "x**2 + y**2", *options) == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == TABLES | {f"{stem}.png" for stem in PICTURES}
    network = pwlin.Network.load(tmp_path / "out" / "network.npz")
    F = pwlin.extract(network, [(-1, 1), (0, 2)])
    printed = capsys.readouterr().out
    assert f"regions  {F.n_regions}; no such network has more than" in printed and f"pieces   {F.n_pieces}" in printed
    assert "on [-1, 1] × [0, 2]" in printed

    found = rows(tmp_path / "out" / "regions.csv")
    assert sum(Q(r["volume"]) for r in found) == 4
    assert [(Q(r["gradient_x"]), Q(r["gradient_y"])) for r in found] == [r.gradient for r in F.regions]
    assert [tuple(read_points(r["vertices"])) for r in found] == [r.vertices for r in F.regions]
    assert max(Q(r["sup_error"]) for r in found) == F.compare("x**2 + y**2").sup
    assert sum(Q(r["l2_squared"]) for r in found) == F.compare("x**2 + y**2").l2_squared
    for vertex in rows(tmp_path / "out" / "vertices.csv"):
        assert network.exact((Q(vertex["x"]), Q(vertex["y"]))) == Q(vertex["value"])
    kinks = rows(tmp_path / "out" / "kinks.csv")
    assert len(kinks) == len(F.kinks) > 0
    for kink in kinks:
        parts = read_points(kink["neuron_jumps"])
        assert tuple(map(sum, zip(*parts))) == (Q(kink["jump_x"]), Q(kink["jump_y"]))
        before, after = (found[int(kink[f"region_{side}"]) - 1] for side in ("before", "after"))
        assert Q(after["gradient_x"]) - Q(before["gradient_x"]) == Q(kink["jump_x"])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<img ") == len(PICTURES)  # and nothing from elsewhere; the colon is no digit of base 64
    assert not re.search("https?:", page.replace("http://www.w3.org/2000/svg", ""))


def test_the_diamond_in_full(diamond, tmp_path, undrawn, capsys):
    box = ["--domain", -1, 1]
    assert run("extract", diamond, *box, "--target", "x**2 + y**2", "--regions", "--out", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    assert "largest error        1/2 = 0.5" in printed and "11/90 ≈ 0.1222222" in printed
    found = rows(tmp_path / "out" / "regions.csv")
    assert sorted((r["gradient_x"], r["gradient_y"], r["pattern"]) for r in found) == [
        ("-1", "-1", "00"),
        ("-1", "1", "01"),
        ("1", "-1", "10"),
        ("1", "1", "11"),
    ]
    assert {r["volume"] for r in found} == {"1"} and {r["sup_error"] for r in found} == {"1/2"}
    assert sorted(r["neurons"] for r in rows(tmp_path / "out" / "kinks.csv")) == ["0:0", "0:0", "0:1", "0:1"]


def test_without_a_domain_it_is_all_of_the_plane(diamond, tmp_path, undrawn, capsys):
    assert run("extract", diamond, "--out", tmp_path / "out") == 0
    assert "all of R²" in capsys.readouterr().out
    assert {r["volume"] for r in rows(tmp_path / "out" / "regions.csv")} == {"inf"}
    assert all(len(r["rays"].split()) == 2 for r in rows(tmp_path / "out" / "regions.csv"))


def test_half_planes_and_one_pair_for_each_variable(diamond, capsys):
    assert run("extract", diamond, "--domain", "-1/3", "inf", "--domain", 0, 1) == 0
    printed = capsys.readouterr().out
    assert "[-1/3, ∞) × [0, 1]" in printed and "regions  2;" in printed


def test_more_variables_have_tables_and_few_pictures(tmp_path, capsys):
    options = ["--hidden", 4, "--steps", 50, "--out", tmp_path / "out", "--domain", -1, 1]
    assert run("explain", "x*y + z**2", *options) == 0
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == TABLES | {"complex.png", "loss.png"}
    assert sum(Q(r["volume"]) for r in rows(tmp_path / "out" / "regions.csv")) == 8
    assert "slope in z" in capsys.readouterr().out


def test_errors_against_other_targets_are_certified(tmp_path, undrawn, capsys):
    assert run("explain", "sin(x)*y", "--hidden", 2, "--steps", 50, "--out", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    assert "Both are certified to the digits shown" in " ".join(printed.split())
    assert "sup_error" not in rows(tmp_path / "out" / "regions.csv")[0]


def test_a_linear_network(tmp_path, undrawn, capsys):
    assert run("explain", "x + 2*y", "--hidden", "--steps", 50, "--out", tmp_path / "out") == 0
    assert "single affine map" in capsys.readouterr().out
    assert len(rows(tmp_path / "out" / "pieces.csv")) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "x*y", "--domain", "-1", "1", "0"),
        ("explain", "x*y", "--domain", "-1", "1", "0", "0"),
        ("explain", "x*y", "--domain", "-1", "1", "0", "inf"),
        ("extract", "diamond.npz", "--domain", "0", "1", "0", "1", "0", "1"),
        ("extract", "diamond.npz", "--target", "x*y"),
        ("extract", "diamond.npz", "--target", "x*y*z", "--domain", "0", "1"),
    ],
    ids=" ".join,
)
def test_bad_arguments(arguments, diamond, monkeypatch, capsys):
    monkeypatch.chdir(diamond.parent)
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1
    assert [p.name for p in diamond.parent.iterdir()] == ["diamond.npz"]


def test_ctrl_c_while_it_explains_keeps_the_network(tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pwlin.app.reporting.cells.pictures.draw", interrupt)
    options = ["--hidden", 2, "--steps", 20, "--quiet", "--out", tmp_path / "out"]
    assert run("explain", "x*y", *options) == 130
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["network.npz"]
    assert "kept" in capsys.readouterr().err


def findings(target):
    parsed = pwlin.parse_target(target)
    return CellFindings(DIAMOND, pwlin.extract(DIAMOND, [(-1, 1), (-1, 1)]), parsed)


def test_no_affine_map_does_better_than_the_hardest_region_says():
    _, least, (p, q) = findings("x**2 + y**2").hardest_region
    assert least == Q(1, 4) and sum((a - b) ** 2 for a, b in zip(p, q)) == 2
    assert findings("x*y").hardest_region[1] == Q(1, 8)
    assert findings("x + y").hardest_region is None


def test_the_explanation_tells_the_runs_numbers():
    text = " ".join(p.text for p in explain(findings("x**2 + y**2")))
    assert (
        "4 activation regions" in text
        and "no network with these widths and activations has more than 4 regions" in text.lower()
    )
    assert "off by at most 1/2 = 0.5" in text and "mean squared error is 11/90" in text
    assert "lowest at (0, 0), with 0" in text and "with 2; both" in text


def test_where_no_error_is_certified_it_is_sampled_and_called_so():
    net = pwlin.Network.from_arrays([np.eye(4), np.ones((1, 4))], [np.zeros(4), [0]])
    found = CellFindings(net, pwlin.extract(net, [(-1, 1)] * 4), pwlin.parse_target("exp(x0) + x1 + x2 + x3"))
    assert found.comparison is None and found.per_region is None and found.variables == ("x0", "x1", "x2", "x3")
    largest, mean = found.sampled_errors
    # exp(a) - max(a, 0) - (|b| - b)/2 ...: between 0 and 1 + 3, and no sample is at a corner
    assert 0 < mean < largest < 4
    text = " ".join(p.text for p in explain(found))
    assert "random points" in text and "off by at most" not in text


def test_levels_are_round_and_between_the_extremes():
    assert levels(findings("x*y")) == [Q(k, 2) for k in range(5)]


@pytest.mark.parametrize(
    ("target", "domain", "changes"),
    [
        ("x*y", [(-1, 1), (0, 2)], True),
        ("sin(x)*y", [(-1, 1), (0, 2)], False),
        ("x*y", None, False),
        ("x*y", pwlin.Polytope.simplex(dim=2), False),
    ],
)
def test_a_report_lets_lines_be_moved_where_a_playground_can_hold_them(target, domain, changes):
    net = pwlin.Network.from_arrays([[[1, 2], [3, 1]], [[1, 1]]], [[0, 1], [0]])
    found = CellReport(CellFindings(net, pwlin.extract(net, domain), target=pwlin.parse_target(target, 2)))
    assert ("move the lines" in found.change()) == changes
    if changes:
        assert '"domain":[["-1","1"],["0","2"]]' in found.change()
