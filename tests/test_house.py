"""The plan of the house: imports point down the floors, nothing goes round in a circle, and the face is what it says."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import pwlin

ROOT = Path(pwlin.__file__).parent
TREE = Path(__file__).parents[1]
# from the ground up; a module may import from its own floor and from those below
FLOORS = (
    ("base",),
    ("exact",),
    ("geometry", "formulas", "networks"),
    ("functions",),
    ("extraction", "comparison", "theory", "models"),
    ("training", "plot", "storage"),
    ("sweeps", "app"),
    ("__init__", "__main__"),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS, 1) for room in rooms}
# methods of nouns that look up, or at the module beside them that makes such nouns: one import, one return, nothing else
FACADES = {
    "functions.cells.algebra": {"absolute", "add", "composed", "maximum", "minimum", "subtract"},
    "functions.cells.function": {
        "PiecewiseLinearND.__eq__",
        "PiecewiseLinearND.along",
        "PiecewiseLinearND.compare",
        "PiecewiseLinearND.plot",
        "PiecewiseLinearND.restrict",
    },
    "functions.line.function": {
        "PiecewiseLinear1D.compare",
        "PiecewiseLinear1D.from_json",
        "PiecewiseLinear1D.plot",
        "PiecewiseLinear1D.to_json",
        "PiecewiseLinear1D.to_latex",
        "PiecewiseLinear1D.to_network",
        "PiecewiseLinear1D.to_ppoly",
        "PiecewiseLinear1D.to_sympy",
    },
    "models.decisions": {"PlaneLabels.plot"},
    "networks.network": {"Network.from_json", "Network.load", "Network.save", "Network.to_json"},
}


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if parts[-1] != "__init__" or len(parts) == 1 else parts[:-1])


MODULES = {name_of(p): p for p in sorted(ROOT.rglob("*.py"))}


def functions(tree):
    """All functions with their qualified names."""

    def walk(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield prefix + child.name, child
            name = getattr(child, "name", None)
            yield from walk(child, f"{prefix}{name}." if name else prefix)

    return walk(tree, "")


def imports(node, skip=()):
    """Modules of pwlin that are imported at a node or below, without those for type checkers."""
    stack = [node]
    while stack:
        here = stack.pop()
        if here in skip or (isinstance(here, ast.If) and getattr(here.test, "id", None) == "TYPE_CHECKING"):
            continue
        stack.extend(child for child in ast.iter_child_nodes(here) if not isinstance(child, ast.expr))
        if isinstance(here, ast.Import):
            names = [a.name for a in here.names]
        elif isinstance(here, ast.ImportFrom):
            assert here.level == 0, "imports are absolute"
            names = [f"{here.module}.{a.name}" for a in here.names]
        else:
            continue
        for full in names:
            parts = full.split(".")
            if parts[0] == "pwlin":
                inner = ".".join(parts[1:])
                yield inner if inner in MODULES else ".".join(parts[1:-1]) or "__init__"


@cache
def facades(name):
    """A module as a tree, and its methods that may look up."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    return tree, {method: node for method, node in functions(tree) if method in FACADES.get(name, ())}


@cache
def below(name):
    """What a module imports, outside of facades."""
    tree, looking_up = facades(name)
    return set(imports(tree, set(looking_up.values())))


def test_imports_point_down():
    rooms = {name: name.partition(".")[0] for name in MODULES}
    assert set(rooms.values()) <= FLOOR.keys(), "give these rooms a floor"
    above = {n: {m for m in below(n) if FLOOR[rooms[m]] > FLOOR[room]} for n, room in rooms.items()}
    assert not {n: up for n, up in above.items() if up}, "these import what lies above them, outside of a facade"


def test_nothing_goes_round_in_a_circle():
    graph = {name: below(name) - {name} for name in MODULES}
    while leaves := [m for m, others in graph.items() if not others & graph.keys()]:
        for m in leaves:
            del graph[m]
    circles = {m: sorted(others & graph.keys()) for m, others in graph.items()}
    assert not circles


@pytest.mark.parametrize("name", FACADES)
def test_facades_are_one_import_and_one_return(name):
    _, looking_up = facades(name)
    assert looking_up.keys() == FACADES[name], "no such method: take it from the list"
    for method, node in looking_up.items():
        body = node.body[1:] if ast.get_docstring(node) else node.body
        assert [type(s) for s in body] == [ast.ImportFrom, ast.Return], f"{method} does more than delegate"


def test_each_room_says_what_it_is_for():
    for name, path in MODULES.items():
        assert ast.get_docstring(facades(name)[0]), f"{name}: say what is in it"
        assert name in ("__init__", "__main__") or not path.stem.startswith("_") or path.stem == "__init__"


def test_no_name_is_both_a_package_and_a_function():
    packages = {p.parent.name for p in ROOT.rglob("__init__.py") if p.parent != ROOT}
    for name in MODULES:
        tree, _ = facades(name)
        defined = {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        assert not defined & packages, f"{name} defines what is the name of a package"


CHANGING = {
    "extraction.kernel.layers",
    "extraction.kernel.scratch",
    "extraction.kernel.store",
}  # what compiled code fills
CHANGING |= {"training.descent", "comparison.line.certified_sup"}  # the state of a loop


def test_classes_are_frozen():
    for name in MODULES:
        for node in ast.walk(facades(name)[0]):
            for made in node.decorator_list if isinstance(node, ast.ClassDef) else ():
                if ast.unparse(made).startswith("dataclass") and name not in CHANGING:
                    assert "frozen=True" in ast.unparse(made), f"{name}.{node.name}"


def test_modules_stay_small():
    long = {n: k for n, p in MODULES.items() if (k := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long, "split these along a concept"


def test_the_map_in_contributing_is_the_house():
    text = (TREE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| `(\w+)` \| (.*) \|$", text, re.MULTILINE)
    floors = {(n, "pwlin" if room.startswith("__") else room) for room, n in FLOOR.items()}
    assert {(int(floor), room) for floor, room, _ in rows} == floors
    for _, room, words in rows:
        for name in re.findall(r"`([\w/]+)`", words):
            assert (ROOT / room / name).is_dir() or (ROOT / room / f"{name}.py").is_file(), (
                f"{room}: {name} is not there"
            )
    where = text.partition("### Where does a new thing go?")[2].partition("\n## ")[0]
    for name in re.findall(r"`(\w+/[\w/]*(?:\.py)?)`", where):
        assert any((tree / name).exists() for tree in (ROOT, TREE)), f"{name} is not there"


def test_folders_of_tests_are_rooms():
    for folder in (p.parent.relative_to(TREE / "tests") for p in (TREE / "tests").rglob("test_*.py")):
        assert not folder.parts or folder.parts[0] not in FLOOR or (ROOT / folder).is_dir(), f"{folder} tests no room"


def test_import_is_light():
    code = "import sys, pwlin; print(*sorted({'matplotlib', 'numba', 'sympy', 'scipy', 'pandas', 'pyarrow'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []


def test_the_face_shows_public_names_only():
    for name in pwlin.__all__:
        assert getattr(pwlin, name) is not None
    assert dir(pwlin) == sorted(pwlin.__all__)
    assert dir(pwlin.plot) == sorted(pwlin.plot.__all__)
    with pytest.raises(AttributeError):
        _ = pwlin.nothing_of_this_name


def test_public_modules_can_be_imported_by_name():
    code = (
        "import pwlin.bounds, pwlin.constructions, pwlin.symbolic\n"
        "from pwlin.bounds import zaslavsky\n"
        "from pwlin import plot, theory\n"
        "assert pwlin.bounds is theory.bounds and pwlin.bounds.zaslavsky is zaslavsky\n"
        "assert callable(pwlin.compare) and callable(pwlin.extract)\n"
        "import pwlin.extraction.line.exact as exact\n"
        "assert exact.extract_line\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
