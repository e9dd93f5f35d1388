"""Mutation testing by sampling: ``python -m tests.mutants 20 pwlin/exact pwlin/geometry`` changes 20 places, one at a time.

Each change (a comparison, an operator, a constant, a condition) is made in a copy of the tree, and the tests that know
the module run until one fails. What survives is printed with its place; `tests/mutation.md` says what became of it.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = {  # the quickest that know a room first; the first that matches is taken
    "pwlin/exact": [
        "tests/exact",
        "tests/networks",
        "tests/laws/test_values.py",
        "tests/laws/test_algebra.py",
        "tests/laws/test_errors.py",
    ],
    "pwlin/geometry": ["tests/geometry", "tests/laws/test_values.py", "tests/adversarial/test_oracles.py"],
    "pwlin/functions/line": ["tests/functions/line", "tests/laws/test_values.py", "tests/laws/test_algebra.py"],
    "pwlin/functions": ["tests/laws/test_values.py", "tests/functions", "tests/laws/test_algebra.py"],
    "pwlin/extraction/line": ["tests/extraction/line", "tests/laws/test_values.py"],
    "pwlin/extraction/cells": [
        "tests/laws/test_values.py",
        "tests/adversarial/test_oracles.py",
        "tests/extraction/cells",
    ],
}
SWAPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}  # fmt: skip


def changes(node):
    """Ways to change one node in place: pairs (what, do)."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPS:
        yield "comparison", lambda: node.ops.__setitem__(0, SWAPS[type(node.ops[0])]())
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)) and type(node.op) in SWAPS:
        yield "operator", lambda: setattr(node, "op", SWAPS[type(node.op)]())
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield "constant", lambda: setattr(node, "value", node.value + 1)
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield "truth", lambda: setattr(node, "value", not node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        kept = node.operand
        yield "sign", lambda: (setattr(node, "op", ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()),
                               setattr(node, "operand", kept if isinstance(node.op, ast.UAdd) else ast.UnaryOp(ast.Not(), kept)))  # fmt: skip
    if isinstance(node, ast.If):
        test = node.test
        yield "condition", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), test))


def places(path):
    """Nodes that can be changed, by their number in the walk; without annotations and messages."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        for part in (
            getattr(node, "annotation", None),
            getattr(node, "returns", None),
            node if isinstance(node, ast.Raise) else None,
        ):
            skipped |= {id(n) for n in ast.walk(part)} if part is not None else set()
    return [k for k, n in enumerate(ast.walk(tree)) if id(n) not in skipped and any(True for _ in changes(n))]


def mutated(path, number, rng):
    """The module's text with one node changed, and what was done where."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node = next(n for k, n in enumerate(ast.walk(tree)) if k == number)
    before = ast.unparse(node).splitlines()[0]
    what, do = rng.choice(list(changes(node)))
    do()
    after = ast.unparse(ast.fix_missing_locations(node)).splitlines()[0]
    return ast.unparse(tree), f"{path.relative_to(ROOT)}:{node.lineno} {what}: {before}  ->  {after}"


def killed(copy, path):
    """Whether some test notices."""
    name = str(path.relative_to(ROOT))
    tests = next(tests for room, tests in TESTS.items() if name.startswith(room))
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests, name]
    environment = {**os.environ, "PYTHONPATH": str(copy), "CI": "true"}
    try:
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=600).returncode != 0
    except subprocess.TimeoutExpired:
        return True  # it does not end: noticed


def main(count, rooms, seed=0):
    rng = random.Random(seed)
    modules = [p for room in rooms for p in sorted((ROOT / room).rglob("*.py"))]
    everywhere = [(p, k) for p in modules for k in places(p)]
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".hypothesis", "images"))
        for path, number in rng.sample(everywhere, min(count, len(everywhere))):
            text, what = mutated(path, number, rng)
            there = copy / path.relative_to(ROOT)
            whole = there.read_text(encoding="utf-8")
            there.write_text(text, encoding="utf-8")
            noticed = killed(copy, path)
            there.write_text(whole, encoding="utf-8")
            survivors += not noticed
            print("killed  " if noticed else "SURVIVED", what, flush=True)
    print(f"{survivors} of {min(count, len(everywhere))} survived; {len(everywhere)} places in {len(modules)} modules")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:], int(os.environ.get("SEED", "0")))
