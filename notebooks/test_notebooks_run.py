"""Every notebook runs without errors or noise, and shows what it has saved: ``python -m pytest notebooks``, a minute or two."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted(Path(__file__).parent.glob("*.ipynb"))
SHOWN = ("text/markdown", "text/latex", "text/plain")


def texts(cell):
    """What a cell shows as text, apart from pictures."""
    out = []
    for output in cell.outputs:
        if output.output_type == "stream":
            out.append(output.text)
        elif not any(kind.startswith("image/") for kind in output.data):
            out.append(next(output.data[kind] for kind in SHOWN if kind in output.data))
    if "trained" in cell.metadata.get(
        "tags", []
    ):  # float sums may differ in their last bits, and training amplifies it
        return [re.sub(r"[-−]?\d+(\.\d+)?(e-?\d+)?", "#", text) for text in out]
    return out


def needs(cell):
    """Packages without which a cell shows something else, from tags such as ``needs-torch``."""
    return [tag.removeprefix("needs-") for tag in cell.metadata.get("tags", []) if tag.startswith("needs-")]


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_shows_what_it_saved(path, tmp_path, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel's own, which shows pictures inline
    saved = nbformat.read(path, 4)
    fresh = nbformat.read(path, 4)
    for cell in code(fresh):
        cell.outputs = []
    NotebookClient(fresh, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    for before, after in zip(code(saved), code(fresh), strict=True):
        assert not [o for o in after.outputs if o.output_type == "error" or o.get("name") == "stderr"], after.source
        if all(importlib.util.find_spec(package) for package in needs(before)):
            assert len(after.outputs) == len(before.outputs), after.source
            assert texts(after) == texts(before), after.source
