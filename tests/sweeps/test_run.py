"""Sweeps: the table is what single runs give, exactly, however many processes compute it."""

import csv
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction as Q

import pytest

import pwlin
from pwlin.base.errors import PwlinWarning
from pwlin.exact.long_fractions import presentable
from pwlin.sweeps import processes
from pwlin.sweeps import run as runner
from pwlin.sweeps.table import Sweep
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


def test_exact_numbers_are_written_in_full(table, tmp_path):
    long = presentable(Q(1, 3**4000))
    Sweep((replace(table[0], mse=long),)).to_csv(tmp_path / "a.csv")
    with open(tmp_path / "a.csv", newline="") as stream:
        assert [Q(row["mse_exact"]) for row in csv.DictReader(stream)] == [long]


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
    found, interrupted = processes.spread(tasks, 1, advance)
    assert interrupted and found[:2] == [tasks[0](), tasks[1]()]
    assert multiprocessing.active_children() == []


def falls(x):
    raise RuntimeError("no wind")


def ends(x):
    os._exit(3)


def ends_at_times(x):
    """Ends the process of some batches, told by their first point, and fails on others: of some seeds, that is."""
    share = int(1e6 * x[0]) % 3
    if share == 0:
        os._exit(3)
    return falls(x) if share == 2 else x


@pytest.mark.parametrize("how", ["here", "threads"])
def test_a_run_that_fails_is_told_and_the_others_are_kept(how, monkeypatch):
    whole = pwlin.sweep("x**2", (-1, 1), [2], seeds=4, steps=5, workers=0, progress=False)
    options = {"hidden": [2], "seeds": 3, "steps": 5, "progress": False}
    with pytest.warns(PwlinWarning, match="3 of 3 runs failed.*RuntimeError: no wind"):
        table = pwlin.sweep(falls, (-1, 1), **options, workers=0)
    assert len(table) == 0 and not table.interrupted and repr(table) == "Sweep(0 runs, 3 failed)"
    assert [(run.seed, run.reason) for run in table.failed] == [(s, "RuntimeError: no wind") for s in range(3)]
    compute = Task.row
    monkeypatch.setattr(Task, "row", lambda task: falls(0) if task.seed == 1 else compute(task))
    options["seeds"] = 4
    with ThreadPoolExecutor(2) as executor, pytest.warns(PwlinWarning, match="1 of 4 runs failed"):
        table = pwlin.sweep("x**2", (-1, 1), **options, executor=executor if how == "threads" else None, workers=0)
    assert table.rows == (whole[0], whole[2], whole[3]) and [run.seed for run in table.failed] == [1]


def test_a_process_that_ends_takes_no_other_run_with_it():
    options = {"hidden": [2], "steps": 1, "batch": 1, "progress": False}
    seeds = [6, 7, 10]
    assert [int(1e6 * _first_point(seed)) % 3 for seed in seeds] == [1, 0, 2]
    with pytest.warns(PwlinWarning, match="its process ended unexpectedly"):
        table = pwlin.sweep(ends_at_times, (-1, 1), seeds=seeds, **options, workers=1)
    assert [run.seed for run in table.failed] == [7, 10] and [row.seed for row in table] == [6]
    assert table.failed[1].reason == "RuntimeError: no wind"
    assert multiprocessing.active_children() == []


def _first_point(seed):
    points = []
    pwlin.train(lambda x: points.append(x) or x, (-1, 1), 2, steps=1, batch=1, seed=seed, progress=False)
    return points[0][0]


def test_an_executor_of_processes_that_end_keeps_what_is_done():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        done = pwlin.sweep("x", (-1, 1), [1], seeds=1, steps=1, progress=False, executor=executor)
        assert len(done) == 1
        with pytest.warns(PwlinWarning, match="BrokenProcessPool"):
            table = pwlin.sweep(ends, (-1, 1), [1], seeds=2, steps=1, progress=False, executor=executor)
    assert len(table) == 0 and len(table.failed) == 2


def test_without_pandas_there_is_a_clear_word(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(pwlin.PwlinError, match=r"to_dataframe: found no pandas; accepted is .*to_csv"):
        table.to_dataframe()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizers": "newton"}, "optimizers: found 'newton'; accepted are 'sgd'"),
        ({"optimizers": ["sgd", "adam"], "steps": {"sgd": 3}}, "steps: found none for 'adam'"),
        ({"hidden": ["20"]}, "hidden: found '20' among the sizes"),
        ({"hidden": [-1]}, "hidden: found"),
        ({"workers": -1}, "workers: found -1"),
        ({"optimizer": "adam"}, "found the option 'optimizer'"),
        ({"lr": -1}, "lr: found -1"),
        ({"rate": 1}, "found the option 'rate'; accepted are activation"),
        ({"seeds": "a"}, "seeds: found 'a'; accepted are a number"),
        ({"seeds": [1, -1]}, "seeds: found -1"),
        ({"seeds": 2.5}, "seeds: found 2.5"),
        ({"hidden": [True]}, "hidden: found True among the sizes"),
        ({"hidden": None}, "hidden: found None"),
        ({"hidden": "20"}, "hidden: found '20'"),
        ({"steps": {"adam": None}}, "steps: found None"),
        ({"batch": None}, "batch: found None"),
        ({"momentum": float("nan")}, "momentum: found nan"),
        ({"readout": "no"}, "readout: found 'no'"),
        ({"progress": "no"}, "progress: found 'no'"),
        ({"executor": 4}, "executor: found 4"),
        ({"workers": 1.5}, "workers: found 1.5"),
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
    assert pwlin.sweep("x", hidden=0, seeds=1, steps=1, workers=0, progress=False)[0].hidden == ()


def test_ctrl_c_ends_what_is_with_a_worker_already(monkeypatch):
    monkeypatch.setattr(processes, "_stopped", False)
    before = signal.getsignal(signal.SIGINT)
    try:
        processes._prepare()
        assert processes._run(lambda: "done") == "done"
        signal.raise_signal(signal.SIGINT)
        assert processes._run(lambda: "done") is None
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("comment", ["", "# __name__ is not asked for"])
def test_a_script_without_a_main_part_is_told(tmp_path, comment):
    script = tmp_path / "script.py"
    call = "pwlin.sweep('x', hidden=1, steps=1, seeds=2, workers=1, progress=False)"
    script.write_text(f"import pwlin\nprint('read')\n{call} {comment}\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 1 and "a script needs `if __name__ ==" in done.stderr.splitlines()[-1]
    assert comment or done.stdout.split() == ["read"]  # once: no process is started
