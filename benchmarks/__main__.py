"""Every case in turn: tables, a plot and a record: ``python -m benchmarks [--quick] [--out DIR]``.

At the end it says which limits are met, and exits with 1 if one is missed. ``--case NAME`` measures only that case (again
for more) and stores nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks import best_use, limits, line_use, tables, use
from benchmarks.cases import BY_NAME, QUICK, SCALING, TOGETHER
from benchmarks.machine import Figures, machine
from benchmarks.processes import left_out, run

RESULTS = Path(__file__).parent / "results"
LONGEST = 300
"""Seconds that another program may take for a network."""


def main() -> int:
    """Measure, print, draw and store; the exit code."""
    options = _options()
    names = options.case or (QUICK if options.quick else tuple(BY_NAME))
    record: Figures = {"machine": machine(), "cases": []}
    print(tables.line(tables.COLUMNS))
    for name in names:
        found = run("benchmarks.measure", name)
        record["yardstick"] = found.pop("blas")  # the same for all
        record["cases"].append(found)
        print(tables.case_line(found), flush=True)
    record["yardstick"]["settings_left_out"] = left_out()
    print(_yardstick(record["yardstick"]))
    processors = os.cpu_count() or 1
    if processors > 1 and (SCALING in options.case if options.case else not options.quick):
        record["threads"] = run("benchmarks.measure", SCALING, "--threads", str(processors))
        del record["threads"]["blas"]
        print(tables.threads_line(record["threads"]))
    if not options.case:
        record["use"] = _asked("benchmarks.use", [[name] for name in _complexes(options.quick)])
        record["line_use"] = _asked("benchmarks.line_use", _functions(options.quick))
        if not options.quick:
            record["command_use"] = _asked("benchmarks.command_use", [[]])
        record["best_use"] = _asked("benchmarks.best_use", [[name] for name in _targets(options.quick)])
    if options.relucent:
        _relucent(record, options.relucent)
    if not options.case and not (options.quick and options.out.resolve() == RESULTS.resolve()):
        _store(options.out, record)
    found_limits = limits.limits(record)
    if found_limits:
        print("", limits.table(found_limits), sep="\n")
    return int(options.check and not all(limit.met for limit in found_limits))


def _complexes(quick: bool) -> tuple[str, ...]:
    return (use.SMALL,) if quick else (use.SMALL, use.LARGE)


def _targets(quick: bool) -> tuple[str, ...]:
    return tuple(best_use.TARGETS)[: 1 if quick else None]


def _functions(quick: bool) -> list[list[str]]:
    sizes = {kind: (line_use.MEASURED,) if quick else some for kind, some in line_use.SIZES.items()}
    return [[kind, "--pieces", str(pieces)] for kind, some in sizes.items() for pieces in some]


def _asked(module: str, calls: list[list[str]]) -> list[Figures]:
    """What first questions take, printed."""
    out = []
    for arguments in calls:
        found = run(module, *arguments)
        del found["blas"]
        out.append(found)
        print("", tables.use(found), sep="\n", flush=True)
    return out


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="a few small cases, stored with --out only")
    which.add_argument(
        "--case", metavar="NAME", action="append", default=[], choices=BY_NAME, help="only this, unstored"
    )
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the record")
    parser.add_argument("--relucent", metavar="PYTHON", help="an interpreter that has relucent, to measure it too")
    parser.add_argument("--no-check", dest="check", action="store_false", help="exit with 0 though a limit is missed")
    options = parser.parse_args()
    if options.relucent and not shutil.which(options.relucent):
        parser.error(f"--relucent {options.relucent}: there is no such interpreter")
    return options


def _relucent(record: Figures, python: str) -> None:
    """Measure relucent on the cases of `TOGETHER` that were measured."""
    ours = {case["name"]: case for case in record["cases"]}
    record["relucent"] = []
    print("relucent, and its time over pwlin's:", tables.line(tables.RELUCENT), sep="\n")
    for name in (name for name in TOGETHER if name in ours):
        seed = str(BY_NAME[name].seed)
        try:
            found = run("benchmarks.relucent_speed", name, seed, python=python, seconds=LONGEST)
        except subprocess.CalledProcessError:  # it has said why; it refuses some networks
            found = {"name": name, "failed": True}
        record["relucent"].append(found or {"name": name, "more_than": LONGEST})
        print(tables.relucent_line(record["relucent"][-1], ours[name]), flush=True)


def _yardstick(found: Figures) -> str:
    settings = ", ".join(f"{name}={value}" for name, value in found["settings_left_out"].items())
    text = f"yardstick: {found['library']} {found['version']}, kernel {found['kernel'] or 'unknown'}"
    return f"{text}; measured without {settings}" if settings else text


def _store(folder: Path, record: Figures) -> None:
    from benchmarks.plot import draw
    from pwlin.base.files import atomic_open

    folder.mkdir(parents=True, exist_ok=True)
    with atomic_open(folder / "results.json", "w") as stream:
        json.dump(record, stream, indent=1)
        stream.write("\n")
    draw(record, folder / "results.png")
    print(f"Wrote {folder / 'results.json'} and results.png.")


if __name__ == "__main__":
    sys.exit(main())
