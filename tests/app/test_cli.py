"""The `pwlin` command, run in this process: files, refusals, one-line errors, and interruptions."""

import csv
import errno
import os
import re
import shutil
import signal
from dataclasses import replace
from fractions import Fraction as Q

import numpy as np
import pytest

import pwlin
from pwlin.app import cli
from pwlin.base.files import atomic_open
from pwlin.exact.text import in_full
from pwlin.formulas.allowed import FUNCTION_NAMES

PICTURES = ("fit", "slopes", "error", "neurons", "kink-paths", "loss")
TABLES = {"network.npz", "kinks.csv", "pieces.csv", "regions.csv", "report.html"}
STEMS = "pwlin.app.reporting.line.pictures.stems"
DRAW = "pwlin.app.reporting.line.pictures.draw"
HAT = pwlin.Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])


def run(*arguments):
    return cli.main([str(a) for a in arguments])


def rows(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    """The folder of one small run."""
    folder = tmp_path_factory.mktemp("command") / "new" / "folder"
    assert run("explain", "x**2", "--hidden", 2, "--steps", 300, "--seed", 1, "--out", folder, "--quiet") == 0
    return folder


@pytest.fixture
def hat(tmp_path):
    """The hat's network file: kinks -1, 0, 1 and slopes 0, 1/2, -1/2, 0."""
    HAT.save(tmp_path / "hat.npz")
    return tmp_path / "hat.npz"


@pytest.fixture
def sketched(monkeypatch):
    """Pictures are files of the right names, and are not drawn."""
    monkeypatch.setattr(DRAW, lambda found, stem, picture_format: b"drawn")


# -- what is written --------------------------------------------------------------------------------


def test_explain_writes_all_files_whole(explained):
    assert {p.name for p in explained.iterdir()} == TABLES | {f"{stem}.png" for stem in PICTURES}
    assert all((explained / f"{stem}.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" for stem in PICTURES)


def test_tables_hold_the_exact_numbers(explained):
    f = pwlin.extract(pwlin.Network.load(explained / "network.npz"), domain=(-5, 5))
    kinks = rows(explained / "kinks.csv")
    assert [Q(r["x"]) for r in kinks] == [k.location for k in f.kinks]
    assert [Q(r["jump"]) for r in kinks] == [k.jump for k in f.kinks]
    parts = [[Q(v) for v in r["neuron_jumps"].split()] for r in kinks]
    assert [sum(p) for p in parts] == [k.jump for k in f.kinks]
    pieces = rows(explained / "pieces.csv")
    assert [(Q(r["slope"]), Q(r["intercept"])) for r in pieces] == list(zip(f.slopes, f.intercepts))
    assert max(Q(r["sup_error"]) for r in pieces) == f.compare("x**2").sup
    assert sum(Q(r["l2_squared"]) for r in pieces) == f.compare("x**2").l2_squared
    assert len(rows(explained / "regions.csv")) == f.n_regions


def test_the_hat_in_full(hat, tmp_path, capsys, sketched):
    assert run("extract", hat, "--out", tmp_path / "out", "--regions") == 0
    assert [(r["x"], r["jump"], r["neurons"]) for r in rows(tmp_path / "out" / "kinks.csv")] == [
        ("-1", "1/2", "0:0"),
        ("0", "-1", "0:1"),
        ("1", "1/2", "0:2"),
    ]
    assert [r["slope"] for r in rows(tmp_path / "out" / "pieces.csv")] == ["0", "1/2", "-1/2", "0"]
    assert [r["pattern"] for r in rows(tmp_path / "out" / "regions.csv")] == ["000", "100", "110", "111"]
    printed = capsys.readouterr().out
    assert "regions  4" in printed and "pieces   4" in printed and "kinks    3" in printed


def test_the_report_names_the_runs_numbers(explained):
    page = (explained / "report.html").read_text(encoding="utf-8")
    f = pwlin.extract(pwlin.Network.load(explained / "network.npz"), domain=(-5, 5))
    assert all(in_full(k.location) in page for k in f.kinks)
    assert f"{f.n_pieces} straight pieces" in page


def test_extract_prints_and_writes_nothing(hat, capsys):
    before = list(hat.parent.iterdir())
    assert run("extract", hat, "--domain", "-1/3", "inf", "--target", "abs(x)") == 2  # no comparison without an end
    assert run("extract", hat, "--domain", "-1/3", "inf") == 0
    assert "[-1/3, ∞)" in capsys.readouterr().out
    assert run("extract", hat, "--domain", "-inf", "1/2", "--quiet") == 0
    assert capsys.readouterr().out == "" and list(hat.parent.iterdir()) == before


def test_extract_compares(hat, capsys):
    assert run("extract", hat, "--domain", -1, 1, "--target", "1/2 - abs(x)/2") == 0
    assert "largest error" in capsys.readouterr().out


def test_one_of_several_outputs(tmp_path, capsys, sketched):
    both = pwlin.Network.from_arrays([[[1], [1]], [[1, 0], [0, 1]]], [[0, -1], [0, 0]])
    both.save(tmp_path / "both.npz")
    assert run("extract", tmp_path / "both.npz") == 2
    assert "2 outputs" in capsys.readouterr().err
    assert run("extract", tmp_path / "both.npz", "--output", 1, "--out", tmp_path / "one", "--quiet") == 0
    assert [r["x"] for r in rows(tmp_path / "one" / "kinks.csv")] == ["1"]
    assert run("extract", tmp_path / "both.npz", "--output", 2) == 2


def test_svg(hat, tmp_path):
    assert run("extract", hat, "--out", tmp_path / "out", "--format", "svg", "--quiet") == 0
    assert (tmp_path / "out" / "fit.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert not list((tmp_path / "out").glob("*.png"))


@pytest.mark.parametrize("activation", [("abs",), ("leaky_relu",), ("leaky_relu:1/10",), ("relu", "two_slope:-1:1/2")])
def test_activations_and_negative_formulas(activation, tmp_path, monkeypatch):
    monkeypatch.setattr(STEMS, lambda found: [])
    hidden = ["--hidden", *["2"] * len(activation), "--activation", *activation]
    domain = ["--domain", "-1/3", "0.65"]
    assert run("explain", "-x**2", *hidden, *domain, "--steps", 5, "--out", tmp_path, "--quiet") == 0
    pieces = rows(tmp_path / "pieces.csv")
    assert (pieces[0]["left"], pieces[-1]["right"]) == ("-1/3", "13/20")
    network = pwlin.Network.load(tmp_path / "network.npz")
    assert [layer.activations[0].name.split("(")[0] for layer in network.hidden] == [
        a.split(":")[0] for a in activation
    ]


def test_a_folder_is_named_after_the_options_that_were_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(STEMS, lambda found: [])
    assert run("explain", "x**2", "--steps", 5, "--hidden", 2, 1, "--domain=-1,1", "--quiet") == 0
    assert run("explain", "x**2", "--steps", 5, "--activation", "leaky_relu:1/10", "--domain", -1, 1, "--quiet") == 0
    assert {p.name for p in tmp_path.iterdir()} == {
        "explain-x2-domain-minus-1-1-hidden-2-1-steps-5",
        "explain-x2-domain-minus-1-1-activation-leaky-relu-1-over-10-steps-5",
    }


def test_the_best_of_several_starts_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(STEMS, lambda found: [])
    options = ["--hidden", 2, "--steps", 200]
    assert run("explain", "x**2", *options, "--tries", 4, "--seed", 1, "--out", tmp_path / "best") == 0
    runs = [pwlin.train("x**2", (-5, 5), (2,), steps=200, seed=s, record_every=1, progress=False) for s in range(1, 5)]
    best = min(runs, key=lambda run: run.losses[-20:].mean())
    assert pwlin.Network.load(tmp_path / "best" / "network.npz") == best.network
    seed = dict(best.settings)["seed"]
    page = (tmp_path / "best" / "report.html").read_text(encoding="utf-8")
    assert f"seed {seed}, the best of 1 to 4" in page
    assert f"Of the seeds 1 to 4, {seed} led to the least loss" in capsys.readouterr().out


def test_an_interruption_keeps_the_best_start_so_far(tmp_path, monkeypatch, capsys):
    calls = []

    def one(options, target, domain, snapshots, readout, seed):
        calls.append(seed)
        found = pwlin.train(target, (-5, 5), (2,), steps=50, seed=seed, progress=False)
        return replace(found, interrupted=True) if len(calls) == 3 else found

    monkeypatch.setattr("pwlin.app.commands.training._one", one)
    monkeypatch.setattr("pwlin.base.copies.spare_cores", lambda: 0)  # calls are counted here
    options = ["--hidden", 2, "--steps", 50, "--tries", 9, "--quiet", "--out", tmp_path / "out"]
    assert run("explain", "x**2", *options) == 130 and calls == [0, 1, 2]
    kept = pwlin.Network.load(tmp_path / "out" / "network.npz")
    assert kept in [pwlin.train("x**2", (-5, 5), (2,), steps=50, seed=s, progress=False).network for s in (0, 1)]
    assert "interrupted" in capsys.readouterr().err


def test_files_are_there_before_anything_is_printed_and_the_report_is_opened(hat, tmp_path, monkeypatch):
    monkeypatch.setattr(STEMS, lambda found: [])
    there, opened = [], []
    monkeypatch.setattr("builtins.print", lambda *text, **_: there.append((tmp_path / "out" / "report.html").exists()))
    monkeypatch.setattr("webbrowser.open", lambda uri: bool(opened.append(uri)) or True)
    options = ["--hidden", 2, "--steps", 20, "--out", tmp_path / "out", "--open"]
    assert run("explain", "x**2", *options) == 0
    assert there and all(there) and opened == [(tmp_path / "out" / "report.html").as_uri()]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("x", "--domain", "-pi", "pi"), "irrational; accepted are rational numbers, such as 3.1416"),
        (("x", "--domain=-5,5,1"), "found 3 ends"),
        (("sqrt(x)",), "--domain A B chooses another domain"),
        (("sin x",), "a function needs brackets, as in sin(x)"),
        (("x", "--tries", "0"), "--tries"),
    ],
)
def test_what_to_write_instead_is_said(arguments, word, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("explain", *arguments) == 2
    assert word in capsys.readouterr().err and not list(tmp_path.iterdir())


# -- refusals ---------------------------------------------------------------------------------------


def test_nothing_is_overwritten_unasked(hat, tmp_path, capsys, sketched):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "kinks.csv").write_text("mine")
    (folder / "other.txt").write_text("mine too")
    assert run("extract", hat, "--out", folder) == 2
    assert "--force" in capsys.readouterr().err
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"kinks.csv": "mine", "other.txt": "mine too"}
    assert run("extract", hat, "--out", folder, "--force", "--quiet") == 0
    assert (folder / "other.txt").read_text() == "mine too" and len(rows(folder / "kinks.csv")) == 3


BAD = [
    ("explain",),
    ("explain", ""),
    ("explain", "blub(x)"),
    ("explain", "__import__('os')"),
    ("explain", "x**"),
    ("explain", "log(x)", "--steps", "3"),
    ("explain", "x**2", "--domain", "1", "1"),
    ("explain", "x**2", "--domain", "2", "1"),
    ("explain", "x**2", "--domain", "1"),
    ("explain", "x**2", "--domain", "-1", "zero"),
    ("explain", "x**2", "--domain", "nan", "1"),
    ("explain", "x**2", "--domain", "-inf", "1"),
    ("explain", "--domain", "-1", "1", "x**2"),
    ("explain", "x**2", "--hidden", "-3"),
    ("explain", "x**2", "--hidden", "2.5"),
    ("explain", "--hidden", "3", "x**2"),
    ("explain", "x**2", "--activation", "swish"),
    ("explain", "x**2", "--activation", "relu", "abs"),
    ("explain", "x**2", "--optimizer", "magic"),
    ("explain", "x**2", "--steps", "0"),
    ("explain", "x**2", "--lr", "-1"),
    ("explain", "x**2", "--seed", "-1"),
    ("explain", "x**2", "--format", "pdf"),
    ("explain", "x**2", "--forc"),
    ("extract",),
    ("extract", "nowhere.npz"),
    ("extract", "."),
    ("extract", "noise.npz"),
    ("extract", "foreign.npz"),
    ("extract", "pickled.npz"),
    ("extract", "hat.npz", "--domain", "0", "0"),
    ("extract", "hat.npz", "--output", "1"),
    ("extract", "hat.npz", "--out", "noise.npz"),
    ("extract", "hat.npz", "--out", "noise.npz/deeper"),
    ("extract", "hat.npz", "--domain", "-1", "1", "--target", "x*y"),
    ("dance",),
    (),
]


@pytest.mark.parametrize("arguments", BAD, ids=lambda a: " ".join(a) or "nothing")
def test_bad_arguments_give_one_line_and_status_2(arguments, hat, tmp_path, monkeypatch, capsys):
    (tmp_path / "noise.npz").write_bytes(bytes(range(256)))
    np.savez(tmp_path / "foreign.npz", weights=np.eye(2))
    np.savez(tmp_path / "pickled.npz", header=np.array([{"a": 1}], dtype=object))
    monkeypatch.chdir(tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "error:" in printed.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "arguments", [["--help"], *([name, "--help"] for name in ("animate", "explain", "extract", "play", "warm-up"))]
)
def test_help_has_examples(arguments, capsys):
    assert run(*arguments) == 0
    printed = capsys.readouterr().out
    assert "examples:\n  pwlin " in printed and max(map(len, printed.splitlines())) < 130
    if "TARGET is a formula" in printed:
        assert FUNCTION_NAMES in " ".join(printed.split())


def test_warming_up_says_where_machine_code_is(capsys):
    assert run("warm-up") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("machine code is in ") and any(
        name.endswith(".nbi") for name in os.listdir(printed.split(" in ")[1].strip())
    )
    assert run("warm-up", "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_version(capsys):
    assert run("--version") == 0
    assert capsys.readouterr().out == f"pwlin {pwlin.__version__}\n"


# -- runs that end early ----------------------------------------------------------------------------


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_ctrl_c_while_drawing_leaves_nothing(hat, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(DRAW, interrupt)
    assert run("extract", hat, "--out", tmp_path / "out", "--quiet") == 130
    assert not (tmp_path / "out").exists() and capsys.readouterr().err.count("\n") == 1


def test_ctrl_c_while_writing_leaves_all_files_or_none(hat, tmp_path, monkeypatch, sketched):
    replace = os.replace
    names = TABLES | {"fit.png", "slopes.png", "neurons.png"}

    def at(count):
        done = []

        def pressed(source, target):
            done.append(target)
            if len(done) == count:
                signal.raise_signal(signal.SIGINT)
            replace(source, target)

        return pressed

    for count, left in ((2, set()), (len(names) + 2, names)):  # while files are written, and while they get their names
        monkeypatch.setattr("os.replace", at(count))
        assert run("extract", hat, "--out", tmp_path / "out", "--quiet") == 130
        assert {p.name for p in tmp_path.glob("out/*")} == left
    assert pwlin.Network.load(tmp_path / "out" / "network.npz") == HAT


def test_a_full_disk_is_named_and_leaves_what_was_there(hat, tmp_path, monkeypatch, capsys, sketched):
    folder = tmp_path / "out"
    assert run("extract", hat, "--out", folder, "--quiet") == 0
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    write = "pwlin.app.reporting.folder.atomic_open"

    def full(path, *options):
        if path.name == "pieces.csv":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return atomic_open(path, *options)

    monkeypatch.setattr(write, full)
    assert run("extract", hat, "--domain", -3, 3, "--out", folder, "--force", "--quiet") == 1
    assert f"{folder / 'pieces.csv'}: No space left on device" in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert run("extract", hat, "--out", tmp_path / "new", "--quiet") == 1 and not (tmp_path / "new").exists()


def test_force_leaves_nothing_of_earlier_results(hat, explained, tmp_path, sketched):
    folder = tmp_path / "out"
    shutil.copytree(explained, folder)
    (folder / "other.txt").write_text("mine")
    assert run("extract", hat, "--out", folder, "--force", "--format", "svg", "--quiet") == 0
    assert {p.name for p in folder.iterdir()} == TABLES | {"fit.svg", "slopes.svg", "neurons.svg", "other.txt"}


def test_of_two_runs_into_one_folder_the_second_refuses(hat, tmp_path, monkeypatch, capsys):
    folder, results = tmp_path / "out", []

    def second(found):
        results.append(run("extract", hat, "--out", folder, "--force", "--quiet"))
        return []

    monkeypatch.setattr(STEMS, second)
    assert run("extract", hat, "--out", folder, "--quiet") == 0 and results == [2]
    assert "another run is writing to" in capsys.readouterr().err
    assert {p.name for p in folder.iterdir()} == TABLES
    monkeypatch.setattr(STEMS, lambda found: [])
    assert run("extract", hat, "--out", folder, "--force", "--quiet") == 0


@pytest.mark.parametrize(
    "target", ["1/x", "log(x)", "sqrt(x - 1)", "1/(x - 1)**2", "exp(log(x))", "x/y", "log(x*y)", "0*log(x) + y"]
)
@pytest.mark.parametrize("command", ["explain", "animate"])
def test_what_is_undefined_is_refused_before_training(command, target, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pwlin.app.commands.training.trained", None)  # would fail
    assert run(command, target) == 2
    assert "target: " in capsys.readouterr().err.lower() and list(tmp_path.iterdir()) == []


def test_what_fails_after_training_keeps_the_network(tmp_path, monkeypatch, capsys):
    def fails(found, stem, picture_format):
        raise pwlin.PwlinError("picture: found no colour; accepted are some")

    monkeypatch.setattr(DRAW, fails)
    assert run("explain", "x**2", "--hidden", 2, "--steps", 20, "--out", tmp_path / "out", "--quiet") == 2
    assert "no colour" in (printed := capsys.readouterr().err) and "kept in" in printed and printed.count("\n") == 1
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["network.npz"]


def test_an_unfinished_run_leaves_earlier_results_as_they_are(explained, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    shutil.copytree(explained, folder)
    monkeypatch.setattr("pwlin.training.descent.Batches.fresh", interrupt)
    assert run("explain", "x**2", "--out", folder, "--force", "--quiet") == 130
    after = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert pwlin.Network.load(folder / "network-unfinished.npz").widths == (20,)
    assert after.pop("network-unfinished.npz") and after == {p.name: p.read_bytes() for p in explained.iterdir()}


def test_a_constant_in_one_of_two_variables(tmp_path, monkeypatch):
    monkeypatch.setattr("pwlin.app.reporting.cells.pictures.stems", lambda found: [])
    options = ["--hidden", 2, "--steps", 20, "--domain", -1, 1, 0, 2, "--quiet", "--out", tmp_path / "out"]
    assert run("explain", "x", *options) == 0
    assert pwlin.Network.load(tmp_path / "out" / "network.npz").input_dim == 2


def test_ctrl_c_while_training_keeps_the_network(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("pwlin.training.descent.Batches.fresh", interrupt)
    assert run("explain", "x**2", "--out", tmp_path / "out", "--quiet") == 130
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["network.npz"]
    assert pwlin.Network.load(tmp_path / "out" / "network.npz").widths == (20,)
    printed = capsys.readouterr()
    assert printed.out == "" and "interrupted" in printed.err and printed.err.count("\n") == 1


def test_a_run_that_diverges_says_so_and_keeps_its_last_good_network(tmp_path, capsys):
    options = ["--optimizer", "sgd", "--lr", "1e6", "--steps", 400, "--quiet"]
    assert run("explain", "x**2", *options, "--out", tmp_path / "out") == 1
    printed = capsys.readouterr()
    assert "diverged" in printed.err and "--lr" in printed.err and printed.err.count("\n") == 1
    assert np.isfinite(pwlin.Network.load(tmp_path / "out" / "network.npz")(1.0)).all()


# -- points -----------------------------------------------------------------------------------------


def test_explain_learns_the_points_of_a_file(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.csv").write_text("x;y\n0;0\n1;1\n2;0\n2;1/2\n5;9\n")
    monkeypatch.chdir(tmp_path)
    assert run("explain", "--data", "mine.csv", "--hidden", 2, "--steps", 3, "--domain", 0, 2) == 0
    printed = capsys.readouterr().out
    assert "How ReLUs follow 4 points on [0, 2]" in printed and "in each step all 4 points" in page(tmp_path)
    folder = tmp_path / "explain-mine-domain-0-2-hidden-2-steps-3"
    assert {p.name for p in folder.iterdir()} >= {"report.html", "fit.png", "error.png", "network.npz"}


def page(folder):
    [found] = folder.glob("explain-*/report.html")
    return found.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "found neither"),
        (("x", "--data", "bad.csv"), "found both"),
        (("bad.csv",), "TARGET: found 'bad.csv'; accepted is a formula; --data bad.csv learns the points of a file"),
        (("--data", "bad.csv"), "'1,5' in line 1 of 'bad.csv'; accepted are numbers with a point"),
        (("--data", "no.csv"), "no file"),
    ],
)
def test_explain_refuses_in_one_line(tmp_path, monkeypatch, capsys, arguments, words):
    (tmp_path / "bad.csv").write_text("1,5;2\n")
    monkeypatch.chdir(tmp_path)
    assert run("explain", *arguments) != 0
    refused = capsys.readouterr().err
    assert words in refused and refused.count("\n") == 1


def test_where_memory_ends_the_network_is_kept(tmp_path, monkeypatch, capsys):
    """NumPy's own error takes a shape and a type, and no text."""

    def large(*_):
        np.empty((1 << 40, 1 << 10))

    monkeypatch.setattr("pwlin.app.commands.reports.report_on", large)
    assert run("explain", "x**2", "--hidden", 2, "--steps", 5, "--out", tmp_path / "out", "--quiet") == 1
    told = capsys.readouterr().err
    assert told == f"pwlin explain: error: out of memory; the network is kept in {tmp_path / 'out' / 'network.npz'}\n"
    assert pwlin.Network.load(tmp_path / "out" / "network.npz").widths == (2,)
    assert run("explain", "x**2", "--out", tmp_path / "out") == 2
    assert "--out: found" in (told := capsys.readouterr().err) and "--force" in told


MISTAKES = {
    "expain x": r"pwlin: error: argument COMMAND: found 'expain' \(did you mean 'explain'\?\)",
    "explain x --hiden 3": r"pwlin explain: error: found --hiden 3.*'--hidden'.*pwlin explain --help",
    "play x --hiden=3": r"pwlin play: error: .*'--hidden'",
    "explain x --optimizer adm": r"--optimizer: found 'adm' \(did you mean 'adam'\?\); accepted are adam, sgd, lbfgs",
    "explain x y": r"pwlin explain: error: found y, which is no argument of this command \(see",
    "explain --data nosuch.csv": r"explain: error: --data: found no file 'nosuch\.csv'; accepted",
    "play --data nosuch.csv": r"play: error: --data: found no file 'nosuch\.csv'; accepted",
    "explain x --domain 5 -5": r"--domain: found the ends 5 and -5; accepted are two ends A B with A < B, .*",
    "extract nosuch.npz --domain inf 3": "MODEL: found no file",
    "play sin(x)+y": "accepted in two variables are polynomials of degree 2",
    "play x*y*z": "found the variables x, y, z",
    "play x*y --domain 0 1 0 1 0 1": "--domain: found 6 ends; accepted are 2, or 4",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes_are_answered_in_the_words_of_a_command_line(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(*line.split()) == 2
    told = capsys.readouterr().err
    assert re.search(MISTAKES[line], told) and told.count("\n") == 1 and "None" not in told
    assert not list(tmp_path.iterdir())


def test_arrays_of_weights_are_no_network_and_told_how_to_become_one(tmp_path, capsys):
    np.savez(tmp_path / "mine.npz", W1=np.ones((2, 1)), b1=np.zeros(2))
    assert run("extract", tmp_path / "mine.npz") == 2
    told = capsys.readouterr().err
    assert "MODEL: found" in told and "no header beside W1, b1" in told and "KeyError" not in told
    assert "pwlin.Network.from_arrays([W1, W2], [b1, b2]).save(" in told


def test_play_takes_two_variables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("play", "x**2+y", "--domain", 0, 1, -1, 2, "--no-open", "--quiet") == 0
    assert "of-plane" in (tmp_path / "play-x2-plus-y.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", [("explain", "foo"), ("play", "foo"), ("animate", "foo")])
def test_a_terminal_is_told_at_once_that_work_has_begun(line, monkeypatch, capsys):
    """Before the first target is read, for which much of the library is loaded."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run(*line) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2 and told[0].endswith(" ...") and "unknown name" in told[1]
    assert run(*line, "--quiet") == 2 and len(capsys.readouterr().err.splitlines()) == 1
