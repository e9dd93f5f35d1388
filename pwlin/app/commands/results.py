"""Printing and writing what a command found; light to import, so that a terminal hears at once what takes a while."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwlin.networks.network import Network
    from pwlin.training.run import TrainingRun


def show(options: argparse.Namespace, text: str) -> None:
    """Print unless that is unwanted. Where nobody reads (any more), the command goes on in silence."""
    if options.quiet:
        return
    try:
        print(text, flush=True)
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 for the rest of the process
        if not isinstance(error, BrokenPipeError):  # a reader such as head has seen enough
            options.unprinted = error


def stage(options: argparse.Namespace, what: str) -> None:
    """Say on a terminal what takes a while now."""
    if heard(options):
        print(f"{what} ...", file=sys.stderr, flush=True)


def heard(options: argparse.Namespace) -> bool:
    """Whether somebody at a terminal wants to see how far long work is."""
    return not options.quiet and sys.stderr.isatty()


def columns() -> int:
    """Width for printed paragraphs."""
    return min(max(shutil.get_terminal_size((88, 24)).columns, 60), 100)


def write(options: argparse.Namespace, folder: Path, files: Mapping[str, str | bytes | Network], summary: str) -> None:
    """Write finished files, then print the summary and which they are; an interruption before that leaves no trace."""
    from pwlin.app.reporting.folder import write_folder
    from pwlin.app.reporting.reports import earlier_names

    write_folder(folder, files, earlier_names())
    show(options, summary)
    opened = "" if getattr(options, "open", False) else f" Open {folder / 'report.html'} in a browser."
    show(options, f"\nWrote {', '.join(files)}\nto {folder}.{opened}")


def open_report(options: argparse.Namespace, folder: Path) -> int:
    """Open the report in a browser; returns the exit status."""
    import webbrowser

    if not webbrowser.open((folder / "report.html").resolve().as_uri()):
        show(options, "There is no browser here to open it with.")
    return 0


def keep(run: TrainingRun, folder: Path) -> Path:
    """Keep the network of a run without a report; earlier results stay as they are. Returns the file."""
    from pwlin.app.reporting.folder import write_folder

    name = "network-unfinished.npz" if (folder / "network.npz").exists() else "network.npz"
    write_folder(folder, {name: run.network})
    return folder / name


def unfinished(options: argparse.Namespace, run: TrainingRun, folder: Path) -> int:
    """Say why a training run ended early, and keep its last good network; returns the exit status."""
    kept = keep(run, folder)
    step = int(run.steps[-1]) if len(run.steps) else 0
    why, hint, status = (
        ("training diverged", "a smaller --lr helps", 1)
        if run.diverged
        else ("interrupted", "'pwlin extract' shows what it is", 130)
    )
    print(
        f"pwlin {options.command}: error: {why}; the network of step {step} is kept in {kept}; {hint}", file=sys.stderr
    )
    return status
