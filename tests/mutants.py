"""Mutation testing by sampling: ``python -m tests.mutants 20 pwlin/exact pwlin/geometry`` changes 20 places of each room.

Each change (a comparison, an operator, a constant, a condition) is made alone, in a copy of the tree, and the tests that
know the module run until one fails (its own only, where there are any, if OWN is set: the quickest way to see what these miss). What survives is printed with its place; `tests/mutation.md` says what became of it.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = {  # the quickest that know a room first; the first that matches is taken
    "pwlin/exact": ["tests/exact", "tests/networks/test_network.py"],
    "pwlin/geometry": ["tests/geometry", "tests/adversarial/test_oracles.py"],
    "pwlin/functions/line": ["tests/functions/line", "tests/laws/test_values.py"],
    "pwlin/functions": ["tests/functions", "tests/extraction/cells/test_laws.py", "tests/laws/test_values.py"],
    "pwlin/extraction/line": ["tests/extraction/line", "tests/laws/test_values.py"],
    "pwlin/comparison": ["tests/comparison", "tests/laws/test_errors.py"],
    "pwlin/extraction/cells": ["tests/extraction/cells", "tests/extraction/kernel/test_cells.py"],
}
LIBRARIES = ("hypothesis", "mpmath", "numba", "pytest", "scipy.integrate", "sympy", "matplotlib.pyplot")
SWAPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.Div: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.Mod: ast.FloorDiv,
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


def places(text):
    """Nodes that can be changed, by their number in the walk; without annotations and messages."""
    tree = ast.parse(text)
    skipped = set()
    for node in ast.walk(tree):
        for part in (
            getattr(node, "annotation", None),
            getattr(node, "returns", None),
            node if isinstance(node, ast.Raise) else None,
            node if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" else None,
        ):
            skipped |= {id(n) for n in ast.walk(part)} if part is not None else set()
    return [k for k, n in enumerate(ast.walk(tree)) if id(n) not in skipped and any(True for _ in changes(n))]


def mutated(text, number, rng):
    """A module's text with one node changed, and what was done in which line."""
    tree = ast.parse(text)
    node = next(n for k, n in enumerate(ast.walk(tree)) if k == number)
    before = ast.unparse(node).splitlines()[0]
    what, do = rng.choice(list(changes(node)))
    do()
    after = ast.unparse(ast.fix_missing_locations(node)).splitlines()[0]
    return ast.unparse(tree), f"{node.lineno} {what}: {before}  ->  {after}"


def tests_of(path):
    """The tests of a module in two stages: its own with its examples, then those of its room."""
    name = str(path.relative_to(ROOT))
    own = ROOT / "tests" / path.relative_to(ROOT / "pwlin").with_name(f"test_{path.name}")
    room = next(tests for room, tests in TESTS.items() if name.startswith(room))
    stages = [*([str(own.relative_to(ROOT))] if own.exists() else []), name], room
    return stages[:1] if "OWN" in os.environ and own.exists() else stages


def serve():
    """Run the tests that are asked for, each time in a fork that has the libraries, but not pwlin, in memory.

    A limit is one of seconds of the processor.
    """
    import resource  # where there is a fork

    import pytest

    for name in LIBRARIES:
        importlib.import_module(name)
    answers = os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1), os.dup2(nothing, 2)
    for number, line in enumerate(sys.stdin):
        tests, limit = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setpgrp()
            os.dup2(nothing, 0)
            sys.dont_write_bytecode = number > 0  # what is unchanged is compiled once
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))  # a busy machine makes nothing endless
            code = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests]))
            os._exit(0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else code)  # a module without examples
        end = time.monotonic() + 10 * limit
        while (ended := os.waitpid(child, os.WNOHANG))[0] == 0 and time.monotonic() < end:
            time.sleep(0.02)
        if ended[0] == 0:  # it does not end: noticed
            os.killpg(child, 9)
            ended = os.waitpid(child, 0)
        print(ended[1], file=answers, flush=True)


class Server:
    """A process in the copied tree that says whether tests fail there."""

    def __init__(self, copy):
        environment = {**os.environ, "PYTHONPATH": str(copy), "CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
        code = "from tests.mutants import serve; serve()"
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", code], cwd=copy, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def fails(self, stages, limit):
        return any(self._fails(tests, limit) for tests in stages)

    def _fails(self, tests, limit):
        self.process.stdin.write(json.dumps([tests, limit]).encode() + b"\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()) != 0


def survivors(room, count, copy, server, rng):
    """Try so many changes anywhere in a room; the number of those that no test notices, and of those tried."""
    modules = [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py"))
    start = time.monotonic()
    unchanged = dict.fromkeys(path for module in modules for stage in tests_of(module) for path in stage)
    assert not server.fails([list(unchanged)], 900), f"the tests of {room} must pass before anything is changed"
    limit = 30 + round(time.monotonic() - start)
    everywhere = [(m, number) for m in modules for number in places(m.read_text("utf-8"))]
    chosen, found = rng.sample(everywhere, min(count, len(everywhere))), 0
    for module, number in chosen:
        there = copy / module.relative_to(ROOT)
        whole, date = there.read_text(encoding="utf-8"), there.stat()
        text, what = mutated(whole, number, rng)
        there.write_text(text, encoding="utf-8")
        noticed = server.fails(tests_of(module), limit)
        there.write_text(whole, encoding="utf-8")
        os.utime(there, ns=(date.st_atime_ns, date.st_mtime_ns))  # machine code is kept by the date
        found += not noticed
        print("killed  " if noticed else "SURVIVED", f"{module.relative_to(ROOT)}:{what}", flush=True)
    print(f"{room}: {found} of {len(chosen)} survived; {len(everywhere)} places", flush=True)
    return found, len(chosen)


def main(count, rooms, seed=0):
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".hypothesis", "images"))
        server = Server(copy)
        found = [survivors(room, count, copy, server, random.Random(f"{seed} {room}")) for room in rooms]
        server.process.kill()
    print(f"{sum(f for f, _ in found)} of {sum(n for _, n in found)} survived in {len(found)} rooms")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:], int(os.environ.get("SEED", "0")))
