"""What ``pwlin explain`` and ``pwlin extract`` do, once their arguments are read."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from pwlin.csvtables import kinks_csv, pieces_csv, regions_csv
from pwlin.errors import PwlinError, ShapeError, TargetError
from pwlin.extract import extract_line
from pwlin.findings import Findings
from pwlin.interval import Interval
from pwlin.network import Network
from pwlin.outputs import check_folder, default_folder, write_folder
from pwlin.pictures import CAPTIONS, draw
from pwlin.report import report_html
from pwlin.summary import summary_text

DEFAULT_STEPS = {"adam": 6000, "sgd": 20000, "lbfgs": 500}
_SNAPSHOTS = 120


def explain(options: argparse.Namespace) -> int:
    """Train on a target, extract, print, write; returns the exit status."""
    from pwlin.compare.targets import parse_target

    target = parse_target(options.target)
    if target.dimension != 1:
        names = ", ".join(map(str, target.variables))
        raise TargetError(f"TARGET: found the variables {names} in {target.text!r}; accepted is one variable")
    return _explain_line(options, target)


def _explain_line(options: argparse.Namespace, target: Any) -> int:
    from pwlin.training import train

    interval = _bounded(options.domain)
    folder = Path(options.out) if options.out else default_folder(target.text)
    check_folder(folder, _names(options.format), options.force)
    steps = options.steps or DEFAULT_STEPS[options.optimizer]
    rate = {} if options.lr is None else {"lr": options.lr}
    run = train(
        target,
        domain=(interval.left, interval.right),
        hidden=tuple(options.hidden),
        activation=options.activation[0] if len(options.activation) == 1 else list(options.activation),
        optimizer=options.optimizer,
        steps=steps,
        batch=options.batch,
        seed=options.seed,
        init=options.init,
        record_every=max(steps // _SNAPSHOTS, 1),
        progress=not options.quiet,
        **rate,
    )
    if run.diverged:
        return _diverged(options, run, folder)
    settings = (
        ("command", options.line),
        ("target", target.text),
        ("domain", str(interval)),
        ("network", repr(run.network)),
        ("training", f"{options.optimizer}, {steps} steps of {options.batch} fresh random points"),
        ("start", f"{options.init} initialisation, seed {options.seed}"),
    )
    function = extract_line(run.network, interval)[0]
    found = Findings(run.network, function, target, function.compare(target), run, settings)
    _print(options, found, why=True)
    _write(options, found, folder)
    return 0


def _bounded(domain: Any) -> Interval:
    interval = Interval.parse(tuple(domain), "--domain")
    if not interval.is_bounded:
        raise PwlinError(f"--domain: found {interval}; accepted are two finite ends")
    return interval


def _diverged(options: argparse.Namespace, run: Any, folder: Path) -> int:
    """Say so, and keep the last network that still was one."""
    write_folder(folder, {"network.npz": run.network})
    step = run.steps[-1] if len(run.steps) else 0
    print(
        f"pwlin {options.command}: error: training diverged; the network of step {step} is kept in {folder / 'network.npz'}; "
        "a smaller --lr helps",
        file=sys.stderr,
    )
    return 1


def extract(options: argparse.Namespace) -> int:
    """Take a saved network apart, print, and write if a folder is given; returns the exit status."""
    path = Path(options.network)
    if not path.is_file():
        raise PwlinError(f"NETWORK.npz: found no file {options.network!r}; accepted are files by Network.save")
    network = _single_output(Network.load(path), options.output)
    interval = Interval.parse(None if options.domain is None else tuple(options.domain), "--domain")
    target = comparison = None
    if options.target is not None:
        from pwlin.compare.targets import parse_target

        if not interval.is_bounded:
            raise PwlinError(f"--target: found the domain {interval}; accepted are two finite ends: give --domain A B")
        target = parse_target(options.target)
    if options.out:
        check_folder(Path(options.out), _names(options.format), options.force)
    function = extract_line(network, interval)[0]
    if target is not None:
        comparison = function.compare(target)
    settings = (
        ("command", options.line),
        ("network", f"{network!r} from {path.name}"),
        ("domain", str(interval)),
        *((("target", target.text),) if target is not None else ()),
    )
    found = Findings(network, function, target, comparison, None, settings)
    _print(options, found, why=False)
    if options.out:
        _write(options, found, Path(options.out))
    return 0


def _single_output(network: Network, output: int | None) -> Network:
    if network.input_dim != 1:
        raise ShapeError(f"NETWORK.npz: found a network with {network.input_dim} inputs; accepted is one input")
    if output is None:
        if network.output_dim > 1:
            raise ShapeError(
                f"NETWORK.npz: found {network.output_dim} outputs; choose one with --output 0 to {network.output_dim - 1}"
            )
        return network
    if output >= network.output_dim:
        raise ShapeError(f"--output: found {output}; accepted are 0 to {network.output_dim - 1}")
    return network.output(output)


def _names(picture_format: str) -> list[str]:
    """All files that a command may write, in the order in which it does."""
    pictures = [f"{stem}.{picture_format}" for stem in CAPTIONS]
    return ["network.npz", "kinks.csv", "pieces.csv", "regions.csv", *pictures, "report.html"]


def _print(options: argparse.Namespace, found: Findings, why: bool) -> None:
    if not options.quiet:
        width = min(max(shutil.get_terminal_size((88, 24)).columns, 60), 100)
        print(summary_text(found, options.rows, getattr(options, "regions", False), why, width), flush=True)


def _write(options: argparse.Namespace, found: Findings, folder: Path) -> None:
    """Make everything first, then write it: an interruption before that leaves no trace."""
    pictures = dict(draw(found, options.format))
    f = found.function
    files: dict[str, Any] = {
        "network.npz": found.network,
        "kinks.csv": kinks_csv(f),
        "pieces.csv": pieces_csv(f, found.comparison),
        "regions.csv": regions_csv(f),
        **{f"{stem}.{options.format}": content for stem, content in pictures.items()},
        "report.html": report_html(found, pictures, options.format),
    }
    write_folder(folder, files)
    if not options.quiet:
        print(f"\nWrote {', '.join(files)}\nto {folder}. Open {folder / 'report.html'} in a browser.")
