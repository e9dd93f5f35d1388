"""Sweeps: the table is what single runs give, exactly, however many processes compute it."""

import csv
import multiprocessing
import pickle
from fractions import Fraction as Q

import pytest

import pwlin
from pwlin.sweeps import run as runner
from pwlin.sweeps.task import Task

GRID = {"hidden": [(), 2, (3, 2)], "seeds": 2, "optimizers": ("sgd", "adam"), "steps": 60, "progress": False}


@pytest.fixture(scope="module")
def table():
    return pwlin.sweep("x**2", (-1, "1/2"), **GRID, workers=0, batch=16)


def test_rows_are_the_runs(table):
    assert [(r.hidden, r.optimizer, r.seed) for r in table] == [
        (h, o, s) for h in [(), (2,), (3, 2)] for o in ("sgd", "adam") for s in (0, 1)
    ]
    for row in table:
        run = pwlin.train(
            "x**2", (-1, "1/2"), row.hidden, optimizer=row.optimizer, steps=60, seed=row.seed, batch=16, progress=False
        )
        f = pwlin.extract(run.network, run.domain)
        compared = f.compare("x**2")
        status = list(f.neuron_status().values())
        assert (row.regions, row.pieces, row.mse, row.sup) == (f.n_regions, f.n_pieces, compared.mse, compared.sup)
        assert row.effective_pieces == compared.effective_pieces
        assert (row.dead, row.always_on, row.silent) == tuple(map(status.count, ("dead", "always_on", "silent")))
        assert isinstance(row.mse, Q) and not row.diverged and row.steps == 60


def test_processes_change_nothing(table):
    again = pwlin.sweep("x**2", (-1, "1/2"), **GRID, workers=2, batch=16)
    assert again == table and hash(again) == hash(table)
    assert multiprocessing.active_children() == []


def test_frames_and_files(table, tmp_path):
    frame = table.to_dataframe()
    assert list(frame.columns) == list(type(table[0]).__slots__)
    assert frame.mse.dtype == float and frame.mse.tolist() == [float(r.mse) for r in table]
    assert table.to_dataframe(exact=True).mse.tolist() == [r.mse for r in table]
    table.to_csv(tmp_path / "a.csv")
    pickle.loads(pickle.dumps(table)).to_csv(tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    with open(tmp_path / "a.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [Q(r["mse_exact"]) for r in rows] == [r.mse for r in table]
    assert [tuple(map(int, r["hidden"].split())) for r in rows] == [r.hidden for r in table]
    table.to_csv(tmp_path / "a.csv", seconds=True)
    assert (tmp_path / "a.csv").read_text().startswith("hidden,") and len(list(tmp_path.iterdir())) == 2


def test_where(table):
    assert [r.seed for r in table.where(hidden=(2,), optimizer="sgd")] == [0, 1]
    with pytest.raises(pwlin.PwlinError, match="column 'size'"):
        table.where(size=3)


def test_other_targets():
    certified = pwlin.sweep("exp(x)", (0, 1), [1], seeds=1, steps=5, workers=0, progress=False)[0]
    assert isinstance(certified.mse, pwlin.Enclosure)
    plane = pwlin.sweep("x*y", [(0, 1), (0, 1)], [3], seeds=[7], steps=5, workers=0, progress=False)[0]
    assert plane.seed == 7 and plane.regions >= plane.pieces >= 1 and plane.dead is None and plane.mse > 0
    function = pwlin.sweep(lambda x: x, (0, 1), [1], seeds=1, steps=5, workers=0, progress=False)[0]
    assert function.mse is None and function.sup is None and function.regions in (1, 2)


def test_a_run_that_diverges_has_a_row():
    row = pwlin.sweep("x**2", hidden=[5], optimizers="sgd", seeds=1, steps=200, lr=100.0, workers=0, progress=False)[0]
    assert row.diverged and row.mse > 0


def test_ctrl_c_keeps_finished_runs(monkeypatch):
    whole = pwlin.sweep("x**2", (-1, 1), [2], seeds=3, steps=5, workers=0, progress=False)
    compute = Task.__call__

    def interrupted(task):
        if task.seed == 2:
            raise KeyboardInterrupt
        return compute(task)

    monkeypatch.setattr(Task, "__call__", interrupted)
    part = pwlin.sweep("x**2", (-1, 1), [2], seeds=3, steps=5, workers=0, progress=False)
    assert part.interrupted and part.rows == whole.rows[:2]


def test_ctrl_c_in_a_process_keeps_finished_runs(monkeypatch):
    done = []

    def advance():
        done.append(1)
        if len(done) == 2:
            raise KeyboardInterrupt

    tasks = runner._tasks("x**2", (-1, 1), [2], 6, "adam", 5, {})
    found, interrupted = runner.spread(tasks, 1, advance)
    assert interrupted and found[:2] == [tasks[0](), tasks[1]()]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizers": "newton"}, "optimizers: found 'newton'; accepted are sgd"),
        ({"optimizers": ["sgd", "adam"], "steps": {"sgd": 3}}, "steps: found none for 'adam'"),
        ({"hidden": ["20"]}, "hidden: found '20' among the sizes"),
        ({"hidden": [-1]}, "hidden: found"),
        ({"workers": -1}, "workers: found -1"),
        ({"optimizer": "adam"}, "found the option 'optimizer'"),
        ({"lr": -1}, "lr: found -1"),
    ],
)
def test_refusals(options, message):
    settings = {"hidden": [1], "seeds": 1, "steps": 2, "workers": 0, "progress": False} | options
    with pytest.raises(pwlin.PwlinError, match=message):
        pwlin.sweep("x**2", (-1, 1), **settings)


def test_a_function_of_no_module_cannot_be_sent():
    with pytest.raises(pwlin.PwlinError, match="workers=0"):
        pwlin.sweep(lambda x: x, (0, 1), [1], seeds=1, steps=1, workers=1, progress=False)


def test_nothing_to_do_and_one_size():
    assert pwlin.sweep("x", hidden=3, seeds=1, steps=1, workers=0, progress=False)[0].hidden == (3,)
    assert len(pwlin.sweep("x**2", seeds=0)) == 0
