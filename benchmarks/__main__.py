"""Every case in turn: a table, a plot and a record: ``python -m benchmarks [--quick] [--out DIR]``."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import BY_NAME, CASES, SCALING, TOGETHER, Case

SEEDS = {"2-32-32": 1005, "2-64-64-64": 1006, "3-32-32": 1010}
QUICK = ("1-256-256-256", "2-32-32", "2-64-64-64", "3-32-32", "2-32-32 ternary")
COLUMNS = ("network", "regions", "vertices", "ms", "regions/s", "yardstick ms", "ratio", "limit", "MB", "in rationals")


def main() -> None:
    """Measure, print, draw and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few small cases")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results", help="folder of the record")
    parser.add_argument("--relucent", metavar="PYTHON", help="an interpreter that has relucent, to measure it too")
    options = parser.parse_args()
    cases = [BY_NAME[name] for name in QUICK] if options.quick else list(CASES)
    print(_line(COLUMNS))
    found = []
    for case in cases:
        found.append(_run("benchmarks.measure", case.name))
        print(_line(_row(case, found[-1])), flush=True)
    record: dict[str, Any] = {"machine": _machine(), "cases": found}
    if not options.quick:
        record["threads"] = _run("benchmarks.measure", SCALING, "--threads", str(os.cpu_count() or 1))
        print(f"{SCALING} by threads:", _seconds(record["threads"]["seconds_by_threads"]))
    if options.relucent:
        record["relucent"] = [
            _run("benchmarks.relucent_speed", name, str(SEEDS[name]), python=options.relucent) for name in TOGETHER
        ]
        for other in record["relucent"]:
            print(
                f"relucent {other['relucent']} on {other['name']}: {other['regions']} regions, {other['seconds']:.2f} s"
            )
    _store(options.out, record)


def _run(module: str, *arguments: str, python: str = sys.executable) -> dict[str, Any]:
    """What a measurement in a process of its own prints."""
    root = Path(__file__).parent.parent
    done = subprocess.run([python, "-m", module, *arguments], cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _row(case: Case, found: dict[str, Any]) -> Sequence[str]:
    limits = [
        f"{value:g}{unit}"
        for value, unit in ((case.most_ratio, " x"), (case.most_seconds, " s"), (case.most_megabytes, " MB"))
        if value is not None
    ]
    share = f"{found['rational_signs'] / max(found['signs'], 1):.1e}" if "signs" in found else ""
    return (
        case.name,
        f"{found['regions']:,}",
        f"{found['vertices']:,}",
        f"{1e3 * found['seconds']:.1f}",
        f"{found['regions_per_second']:,.0f}",
        f"{1e3 * found['yardstick']:.2f}",
        f"{found['ratio']:.2f}",
        ", ".join(limits),
        f"{found['peak_megabytes']:,.0f}",
        share,
    )


def _line(cells: Sequence[str]) -> str:
    widths = (21, 10, 10, 9, 11, 13, 7, 14, 6, 13)
    return "".join([cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))])


def _seconds(by_threads: dict[str, float]) -> str:
    return ", ".join(f"{n}: {s:.2f} s" for n, s in by_threads.items())


def _machine() -> dict[str, Any]:
    packages = ("pwlin", "numpy", "numba", "python-flint")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "processors": os.cpu_count(),
        **{name: importlib.metadata.version(name) for name in packages},
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "")


def _store(folder: Path, record: dict[str, Any]) -> None:
    from benchmarks.plot import draw
    from pwlin._files import atomic_open

    folder.mkdir(parents=True, exist_ok=True)
    with atomic_open(folder / "results.json", "w") as stream:
        json.dump(record, stream, indent=1)
        stream.write("\n")
    draw(record, folder / "results.png")
    print(f"Wrote {folder / 'results.json'} and results.png.")


if __name__ == "__main__":
    main()
