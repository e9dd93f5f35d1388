"""Regions on disk are those of the function, exactly; they survive kills, full disks and wrong folders."""

import errno
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction as Q
from pathlib import Path

import pytest

import pwlin
from pwlin.exact.rational import nearest_float
from pwlin.storage import writing
from tests.strategies.networks import pytorch_style

pytest.importorskip("pyarrow", reason="needs pyarrow")
SQUARE = [(-1, 1), (-1, 1)]
NET = pytorch_style((2, 12, 12, 2), 0)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return pwlin.write_regions(NET, SQUARE, tmp_path_factory.mktemp("regions") / "whole")


def contents(folder):
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir())}


def same_as_extracted(stored, net, domain):
    functions = pwlin.extract(net, domain)
    functions = functions if isinstance(functions, tuple) else (functions,)
    assert len(stored) == functions[0].n_regions
    for i, region in enumerate(stored):
        views = [f.regions[i] for f in functions]
        assert region.pattern == views[0].pattern
        assert region.gradients == tuple(v.gradient for v in views)
        assert region.offsets == tuple(v.offset for v in views)
        assert sorted(region.vertices) == sorted(views[0].vertices)
        assert (region.rays, region.lines, region.volume) == (views[0].rays, views[0].lines, views[0].volume)


def test_records_are_the_regions(stored):
    assert (
        stored.complete
        and repr(stored) == f"StoredRegions({len(stored)} regions in {len(list(stored.tables()))} files)"
    )
    same_as_extracted(stored, NET, SQUARE)
    assert stored[-1] == stored[len(stored) - 1] and list(stored[3:5]) == [stored[3], stored[4]]
    assert sum(region.volume for region in stored) == 4
    with pytest.raises(IndexError):
        stored[len(stored)]
    with pytest.raises(pwlin.PwlinError, match="found 2 outputs"):
        stored[0].gradient  # noqa: B018


def test_vertices_in_the_plane_go_round_from_the_least(stored):
    for region in stored:
        (x0, y0), *others = region.vertices
        assert (x0, y0) == min(region.vertices)
        turns = [(a - x0) * (d - y0) - (c - x0) * (b - y0) for (a, b), (c, d) in zip(others, others[1:])]
        assert all(t > 0 for t in turns) and sum(turns) / 2 == region.volume


def test_float_columns_are_rounded_correctly(stored):
    rows = stored.to_table().to_pylist()
    assert len(rows) == len(stored)
    for row, region in zip(rows, stored):
        assert row["volume"] == nearest_float(region.volume)
        assert row["vertices"] == [list(map(nearest_float, v)) for v in region.vertices]
        assert row["gradients"] == [list(map(nearest_float, g)) for g in region.gradients]
        assert row["offsets"] == list(map(nearest_float, region.offsets))
        assert row["pattern"] == [bit for layer in region.pattern for bit in layer]
        assert Q(row["volume_exact"]) == region.volume


@pytest.mark.parametrize(
    ("shape", "domain"),
    [
        ((1, 5, 3, 1), (-2, 2)),
        ((1, 4, 1), None),
        ((2, 4, 3, 1), None),
        ((2, 3, 1), [(0, None), (None, 1)]),
        ((3, 4, 3, 1), [(-1, 1)] * 3),
    ],
)
def test_other_dimensions_and_unbounded_domains(shape, domain, tmp_path):
    net = pytorch_style(shape, 5)
    stored = pwlin.write_regions(net, domain, tmp_path / "r")
    if shape[0] > 1:
        same_as_extracted(stored, net, domain)
    else:
        f = pwlin.extract(net, domain)
        assert len(stored) == f.n_regions
        assert {v[0] for r in stored for v in r.vertices} == set(f.breakpoints) | ({-2, 2} if domain else set())
        assert sum(r.volume for r in stored) == (4 if domain else math.inf)


def test_degenerate_networks(tmp_path):
    for k, net in enumerate(
        [
            pwlin.Network.from_arrays([[[1, 2]]]),
            pwlin.Network.from_arrays([[[0, 0]], [[1]]]),
            pwlin.Network.from_arrays([[[1, 0], [1, 0], [-2, 0]], [[1, 1, 1]]], [[0, 0, 0], [1]], "abs"),
            pwlin.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]], "identity"),
            pwlin.Network.from_arrays([[[1e300, 1e-300], [0, 1]], [[1e300, 1]]], [[0, 0], [0]]),
        ]
    ):
        same_as_extracted(pwlin.write_regions(net, SQUARE, tmp_path / str(k)), net, SQUARE)
    lines = pwlin.write_regions(pwlin.Network.from_arrays([[[1, 0]], [[1]]]), None, tmp_path / "lines")
    assert [r.lines for r in lines] == [((0, 1),)] * 2 and all(r.volume == math.inf for r in lines)


def test_who_writes_changes_nothing(stored, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        pwlin.write_regions(NET, SQUARE, tmp_path / "r", executor=executor)
    assert contents(tmp_path / "r") == contents(stored.path)


def test_parts_that_were_taken_away_are_written_again(stored, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "MOST", 5)
    whole = pwlin.write_regions(NET, SQUARE, tmp_path / "whole")
    before = contents(whole.path)
    for name in [*before][1::2]:
        (whole.path / name).unlink()
    assert list(pwlin.write_regions(NET, SQUARE, whole.path, resume=True)) == list(stored)
    assert contents(whole.path) == before


def test_large_parts_are_divided_and_resumed(stored, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "MOST", 5)
    whole = pwlin.write_regions(NET, SQUARE, tmp_path / "whole")
    assert list(whole) == list(stored) and max(t.num_rows for t in whole.tables()) <= 5
    names = sorted(contents(whole.path))
    assert any(name.count("-") > 1 for name in names)
    (tmp_path / "part").mkdir()
    for name in ["_manifest.json", *names[1::3]]:
        (tmp_path / "part" / name).write_bytes((whole.path / name).read_bytes())
    said = json.loads((whole.path / "_manifest.json").read_text())
    (tmp_path / "part" / "_manifest.json").write_text(json.dumps({**said, "parts": {}}))
    some = pwlin.read_regions(tmp_path / "part")
    assert not some.complete and 0 < len(some) < len(whole) and "incomplete" in repr(some)
    assert set(some) < set(whole)
    pwlin.write_regions(NET, SQUARE, tmp_path / "part", resume=True)
    assert contents(tmp_path / "part") == contents(whole.path)


KILLED = """
import sys, pwlin
from pwlin.storage import writing
from tests.storage.test_storage import NET, SQUARE
writing.MOST = 5
pwlin.write_regions(NET, SQUARE, sys.argv[1], resume=True)
"""


def test_a_run_that_is_killed_goes_on(tmp_path, monkeypatch):
    """Killed when so many parts are there: at the first moment that the system lets us see it."""
    monkeypatch.setattr(writing, "MOST", 5)
    whole = pwlin.write_regions(NET, SQUARE, tmp_path / "whole")
    folder = tmp_path / "killed"
    for least in (1, 9):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)])
        while process.poll() is None and len(list(folder.glob("part*"))) < least:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
    (folder / ".part-0000.parquet.abc.tmp").write_bytes(b"half")
    assert pwlin.write_regions(NET, SQUARE, folder, resume=True).complete
    assert contents(folder) == contents(whole.path)
    assert pwlin.write_regions(NET, SQUARE, folder, resume=True).complete, "nothing is left to do"


def test_a_full_disk_loses_nothing(stored, tmp_path, monkeypatch):
    written = []

    @contextmanager
    def full(path, mode="w"):
        with real(path, mode) as stream:
            if len(written) == 3:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written.append(path)
            yield stream

    real = writing.atomic_open
    monkeypatch.setattr(writing, "atomic_open", full)
    with pytest.raises(OSError, match=r"No space left on device: .*part-0003\.parquet"):
        pwlin.write_regions(NET, SQUARE, tmp_path / "r")
    monkeypatch.undo()
    assert len(pwlin.read_regions(tmp_path / "r")) > 0
    pwlin.write_regions(NET, SQUARE, tmp_path / "r", resume=True)
    assert contents(tmp_path / "r") == contents(stored.path)


def test_ctrl_c_leaves_what_is_finished(stored, tmp_path, monkeypatch):
    def interrupted(tree, part, meter):
        if done:
            raise KeyboardInterrupt
        done.append(part)
        return work(tree, part, meter)

    done, work = [], writing._parquet
    monkeypatch.setattr(writing, "_parquet", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"\d+ regions are written; resume=True goes on"):
        pwlin.write_regions(NET, SQUARE, tmp_path / "r")
    monkeypatch.undo()
    assert list(pwlin.write_regions(NET, SQUARE, tmp_path / "r", resume=True)) == list(stored)


def test_wrong_folders(stored, tmp_path):
    other = pytorch_style((2, 3, 1), 0)
    with pytest.raises(pwlin.PwlinError, match=r"path: found a folder with regions of another network; accepted is"):
        pwlin.write_regions(other, SQUARE, stored.path, resume=True)
    with pytest.raises(pwlin.PwlinError, match="of another domain"):
        pwlin.write_regions(NET, [(0, 1), (0, 1)], stored.path, resume=True)
    with pytest.raises(pwlin.PwlinError, match="found a folder with all of these regions; accepted is resume=True"):
        pwlin.write_regions(NET, SQUARE, stored.path)
    (tmp_path / "file").write_text("x")
    for path, message in ((tmp_path, "a folder with 'file'"), (tmp_path / "file", "which is a file")):
        with pytest.raises(pwlin.PwlinError, match=message):
            pwlin.write_regions(other, SQUARE, path)
    with pytest.raises(FileNotFoundError):
        pwlin.write_regions(other, SQUARE, tmp_path / "no" / "such")
    with pytest.raises(pwlin.PwlinError, match="without a manifest"):
        pwlin.read_regions(tmp_path)
    with pytest.raises(pwlin.PwlinError, match="where there is no folder"):
        pwlin.read_regions(tmp_path / "nowhere")
    for text in ("", "[]", "{}", '{"format": 1}', "null", json.dumps(dict.fromkeys("ab")), '"' * 9):
        (tmp_path / "_manifest.json").write_text(text)
        with pytest.raises(pwlin.PwlinError, match="no manifest"):
            pwlin.read_regions(tmp_path)
    for name, value in ((("executor", 5)), ("resume", 2), ("progress", "x")):
        with pytest.raises(pwlin.PwlinError, match=f"{name}: found"):
            pwlin.write_regions(NET, SQUARE, tmp_path / "new", **{name: value})


def test_another_version_is_refused(stored, tmp_path):
    for name, content in contents(stored.path).items():
        (tmp_path / name).write_bytes(content)
    said = json.loads((tmp_path / "_manifest.json").read_text())
    (tmp_path / "_manifest.json").write_text(json.dumps({**said, "pwlin": "0.0"}))
    with pytest.raises(pwlin.PwlinError, match=r"regions of pwlin 0\.0"):
        pwlin.write_regions(NET, SQUARE, tmp_path, resume=True)


def test_damaged_files_are_told(stored, tmp_path):
    for name, content in contents(stored.path).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "part-0001.parquet").write_bytes(b"PAR1")
    damaged = pwlin.read_regions(tmp_path)
    with pytest.raises(pwlin.PwlinError, match=r"part-0001\.parquet', which cannot be read"):
        list(damaged.tables())
    (tmp_path / "part-0001.parquet").unlink()
    with pytest.raises(pwlin.PwlinError, match="which cannot be read"):
        damaged.to_table()


def test_without_pyarrow_there_is_a_clear_word(tmp_path, monkeypatch):
    pwlin.write_regions(NET, SQUARE, tmp_path / "stored")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    for call in (
        lambda: pwlin.read_regions(tmp_path / "stored"),
        lambda: pwlin.write_regions(NET, SQUARE, tmp_path / "r"),
    ):
        with pytest.raises(pwlin.PwlinError, match=r"pyarrow: found none; accepted is .*pwlin\[parquet\]"):
            call()


HOW_TO = Path(__file__).parents[2] / "docs" / "larger_than_memory.md"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)


def test_duckdb_answers_as_the_how_to_says(stored):
    duckdb = pytest.importorskip("duckdb", reason="needs DuckDB")
    queries = [
        q for block in blocks("sql") for q in block.replace("regions/", f"{stored.path}/").split(";") if q.strip()
    ]
    [(count, area)], by_corners, largest = (duckdb.sql(query).fetchall() for query in queries)
    assert count == len(stored) and abs(area - 4) < 1e-12
    corners = [len(region.vertices) for region in stored]
    assert by_corners == [(n, corners.count(n)) for n in sorted(set(corners))]
    best = sorted(stored, key=lambda region: -region.volume)[:5]
    assert largest == [(float(region.volume), float(region.offsets[0])) for region in best]


def test_pandas_reads_it(stored):
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    assert pandas.read_parquet(stored.path).volume.tolist() == [float(region.volume) for region in stored]


def test_python_of_the_how_to_compiles():
    for block in blocks("python"):
        compile(block, HOW_TO.name, "exec")
    assert len(blocks("python")) >= 5
