"""Where machine code is kept."""

from pathlib import Path

import pytest

from pwlin.extraction import machine_code


def test_all_that_is_compiled_counts_and_what_only_python_runs_does_not():
    names = set(machine_code._sources())
    assert {
        "run",
        "signs",
        "two_floats",
        "ordering",
        "bits",
        "error_bounds",
        "compiled",
        "references",
        "plan",
        "store",
    } <= names
    assert not {"drive", "entry", "oracle", "result", "unbounded"} & names


def test_a_changed_source_is_another_folder(monkeypatch):
    before, texts = machine_code.folder(), machine_code._sources()
    machine_code.stamp.cache_clear()
    monkeypatch.setattr(machine_code, "_sources", lambda: texts | {"run": texts["run"] + "\n"})
    try:
        assert machine_code.folder() != before and machine_code.folder().parent == before.parent
    finally:
        machine_code.stamp.cache_clear()


@pytest.mark.parametrize(
    ("system", "variables", "there"),
    [
        ("linux", {"XDG_CACHE_HOME": "/caches"}, "/caches/pwlin"),
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.cache/pwlin"),
        ("darwin", {"HOME": "/Users/ada"}, "/Users/ada/Library/Caches/pwlin"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/pwlin"),
        ("win32", {"HOME": "/home/ada"}, "/home/ada/AppData/Local/pwlin"),
        ("linux", {"NUMBA_CACHE_DIR": "/wanted", "XDG_CACHE_HOME": "/caches"}, "/wanted"),
    ],
)
def test_folders_of_caches(monkeypatch, system, variables, there):
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(machine_code.sys, "platform", system)
    assert machine_code.folder().parent == Path(there)


def test_without_any_code_none_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert not machine_code.is_there()
