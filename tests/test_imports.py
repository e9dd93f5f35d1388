"""The package's layers: imports point down only, and importing pwlin stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pwlin

ROOT = Path(pwlin.__file__).parent
# from the bottom up; a module may import from its own line and from lines before it
LAYERS = (
    ("errors", "_files"),
    ("rational",),
    ("activation", "integers", "limbs", "products"),
    ("rationalvector", "layer"),
    ("interval", "enclosure", "_linear", "_cone"),
    ("network", "storage", "domain"),
    ("activity1d",),
    ("records1d",),
    ("_algebra1d", "_formats1d", "_values1d", "function1d"),
    ("complexnd", "functionnd"),
    ("convert",),
    ("extract",),
    ("compare",),
    ("theory", "_symbolic", "symbolic"),
    ("_backprop", "_optimizers", "_descent", "training"),
    ("sweeps",),
    ("numbertext", "tables"),
    ("plot",),
    ("animation",),
    ("__init__",),
    ("report",),
    ("commands", "cli", "__main__"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# what a method of one line delegates upwards, inside the function that needs it
UPWARD = {
    ("network", "storage"),
    ("function1d", "compare"),
    ("function1d", "plot"),
    ("functionnd", "compare"),
    ("functionnd", "plot"),
    ("functionnd", "extract"),
    ("complexnd", "extract"),
    ("complexnd", "compare"),
    ("complexnd", "plot"),
}


def unit(path):
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imports(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {
        id(n) for f in ast.walk(tree) if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)) for n in ast.walk(f)
    }
    typing = {
        id(n)
        for i in ast.walk(tree)
        if isinstance(i, ast.If) and isinstance(i.test, ast.Name) and i.test.id == "TYPE_CHECKING"
        for n in ast.walk(i)
    }
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            names = [f"pwlin.{a.name}" for a in node.names] if node.module == "pwlin" else [node.module]
        else:
            continue
        for name in names:
            if name == "pwlin" or name.startswith("pwlin."):
                there = (name.split(".") + ["__init__"])[1]
                yield (there if there in RANK else "__init__"), id(node) in lazy


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    here = unit(path)
    assert here in RANK, f"{here}: give this module a place in the layers"
    for there, is_lazy in imports(path):
        if path.name == "__init__.py" and here == "__init__" and is_lazy:
            continue
        upward = RANK[there] > RANK[here]
        assert not upward or (is_lazy and (here, there) in UPWARD), f"{path.name} imports {there}, which lies above it"


def test_modules_stay_small():
    long = {p.name: n for p in ROOT.rglob("*.py") if (n := len(p.read_text(encoding="utf-8").splitlines())) > 410}
    assert not long, "split these along a concept"


def test_import_is_light():
    code = "import sys, pwlin; print(*sorted({'matplotlib', 'numba', 'sympy', 'scipy', 'pandas'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []


def test_all_names_are_there():
    for name in pwlin.__all__:
        assert getattr(pwlin, name) is not None
    assert set(pwlin.__all__) <= set(dir(pwlin))
    with pytest.raises(AttributeError):
        _ = pwlin.nothing_of_this_name
