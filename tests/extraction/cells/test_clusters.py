"""Clusters: Dask with workers that are killed, and MPI, give the serial result."""

import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import pwlin
from pwlin.extraction.cells import count
from tests.strategies.networks import pytorch_style

SQUARE = [(-1, 1), (-1, 1)]
NET = pytorch_style((2, 16, 16, 1), 0)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed", reason="needs Dask")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


def test_dask_gives_the_serial_result(cluster, tmp_path):
    executor = cluster.get_executor()
    serial = pwlin.extract(NET, SQUARE)
    assert pwlin.count_regions(NET, SQUARE, executor, method="fast") == serial.n_regions
    assert pwlin.extract(NET, SQUARE, executor=executor, method="fast") == serial
    if find_spec("pyarrow"):
        stored = pwlin.write_regions(NET, SQUARE, tmp_path / "r", executor=executor)
        assert [r.pattern for r in stored] == [r.pattern for r in serial.regions]
    rows = pwlin.sweep("x**2", (-1, 1), [2], seeds=3, steps=5, progress=False, executor=executor)
    assert rows == pwlin.sweep("x**2", (-1, 1), [2], seeds=3, steps=5, progress=False, workers=0)


def test_a_killed_worker_loses_nothing(cluster, monkeypatch):
    monkeypatch.setattr(count, "_LARGEST", 40)  # many parts
    victim = next(iter(cluster.run(os.getpid).values()))
    told = []

    def kill(watch, cells, share=0.0, soon=0, /):
        told.append(cells)
        if len(told) == 3:
            os.kill(victim, signal.SIGKILL)
        real(watch, cells, share)

    real = count.Watch.__call__
    monkeypatch.setattr(count.Watch, "__call__", kill)
    found = pwlin.count_regions(NET, SQUARE, cluster.get_executor(), method="fast")
    assert found == pwlin.extract(NET, SQUARE).n_regions and len(told) > 3


MPI = """
import pwlin
from mpi4py.futures import MPIPoolExecutor
from tests.extraction.cells.test_clusters import NET, SQUARE
if __name__ == "__main__":
    with MPIPoolExecutor() as executor:
        print(pwlin.count_regions(NET, SQUARE, executor, method="fast"))
"""


def test_mpi_gives_the_serial_result(tmp_path):
    beside = str(Path(sys.executable).parent)
    starter = shutil.which("mpiexec", path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if find_spec("mpi4py") is None or starter is None:
        pytest.skip("needs mpi4py and mpiexec")
    kind = subprocess.run([starter, "--version"], capture_output=True, text=True).stdout
    open_mpi = ["--allow-run-as-root", "--oversubscribe"] if "Open MPI" in kind or "OpenRTE" in kind else []
    (tmp_path / "script.py").write_text(MPI)
    done = subprocess.run(
        [starter, *open_mpi, "-n", "2", sys.executable, "-m", "mpi4py.futures", str(tmp_path / "script.py")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [os.getcwd(), os.environ.get("PYTHONPATH", "")]))},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == pwlin.count_regions(NET, SQUARE)
