"""Every notebook is saved with its outputs; ``python -m pytest notebooks`` runs them all and compares."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{i:02}" for i in range(1, len(NOTEBOOKS) + 1)]
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_saved_notebook(path):
    """It is saved with its outputs, in the order of the cells, and says nothing of the machine it ran on."""
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert sum("image/png" in output.get("data", {}) for cell in code(notebook) for output in cell.outputs) >= 3
    assert not any("execution" in cell.metadata for cell in notebook.cells)
    assert not re.search(r"/(home|root|tmp|work|opt|Users)/", path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 1_800_000
