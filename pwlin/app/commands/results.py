"""Printing and writing what a command found."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from pwlin.app.report.folder import write_folder
from pwlin.networks.network import Network
from pwlin.training.run import TrainingRun


def show(options: argparse.Namespace, text: str) -> None:
    """Print unless that is unwanted."""
    if not options.quiet:
        print(text, flush=True)


def stage(options: argparse.Namespace, what: str) -> None:
    """Say on a terminal what takes a while now."""
    if not options.quiet and sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr, flush=True)


def columns() -> int:
    """Width for printed paragraphs."""
    return min(max(shutil.get_terminal_size((88, 24)).columns, 60), 100)


def write(options: argparse.Namespace, folder: Path, files: Mapping[str, str | bytes | Network]) -> None:
    """Write finished files and say which; an interruption before that leaves no trace."""
    write_folder(folder, files)
    show(options, f"\nWrote {', '.join(files)}\nto {folder}. Open {folder / 'report.html'} in a browser.")


def unfinished(options: argparse.Namespace, run: TrainingRun, folder: Path) -> int:
    """Say why a training run ended early, and keep its last good network; returns the exit status."""
    write_folder(folder, {"network.npz": run.network})
    step = int(run.steps[-1]) if len(run.steps) else 0
    why, hint, status = (
        ("training diverged", "a smaller --lr helps", 1)
        if run.diverged
        else ("interrupted", "'pwlin extract' shows what it is", 130)
    )
    print(
        f"pwlin {options.command}: error: {why}; the network of step {step} is kept in {folder / 'network.npz'}; {hint}",
        file=sys.stderr,
    )
    return status
