"""``pwlin explain``: train a network on a formula and explain, exactly, what it has become."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pwlin.commands.arguments import TARGET_HELP, add_output, add_training, subparser

_EXAMPLES = f"""\
examples:
  pwlin explain "x**2"
  pwlin explain "x**2" --hidden 2 --seed 3 --out two-neurons
  pwlin explain "sin(x)" --domain -4 4 --hidden 3 4 --steps 8000
  pwlin explain "abs(x)" --activation leaky_relu:1/10 --optimizer lbfgs --format svg

{TARGET_HELP}
The folder gets the pictures (fit, slopes, error, neurons, kink-paths, loss), kinks.csv, pieces.csv, regions.csv,
network.npz (for 'pwlin extract' or pwlin.Network.load) and report.html, which shows and explains it all.
"""
_SNAPSHOTS = 120


def add_parser(commands: Any) -> None:
    """Add the subcommand's parser."""
    parser = subparser(
        commands,
        "explain",
        "train a network on a formula and explain, exactly, what it has become",
        "Train a ReLU network on TARGET, take it apart exactly, and explain why it fits as well as it does.",
        _EXAMPLES,
    )
    add_training(parser)
    add_output(parser, "folder to write (default: explain-TARGET)")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors, show no progress")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train, extract, print, write; returns the exit status."""
    from pwlin.compare.targets import parse_target
    from pwlin.errors import TargetError

    target = parse_target(options.target)
    if target.dimension != 1:
        names = ", ".join(map(str, target.variables))
        raise TargetError(f"TARGET: found the variables {names} in {target.text!r}; accepted is one variable")
    return _line(options, target)


def _line(options: argparse.Namespace, target: Any) -> int:
    from pwlin.commands import results, training
    from pwlin.extract import extract_line
    from pwlin.report.folder import check_folder, default_folder
    from pwlin.report.line.files import file_names, files
    from pwlin.report.line.findings import Findings
    from pwlin.report.line.summary import summary_text

    domain = training.training_domain(options, 1)
    folder = Path(options.out) if options.out else default_folder(target.text)
    check_folder(folder, file_names(options.format), options.force)
    trained = training.trained(options, target, domain, _SNAPSHOTS)
    if trained.diverged or trained.interrupted:
        return results.unfinished(options, trained, folder)
    function = extract_line(trained.network, domain[0])[0]
    settings = training.settings(options, target, str(function.interval), trained)
    found = Findings(trained.network, function, target, function.compare(target), trained, settings)
    results.show(options, summary_text(found, options.rows, width=results.columns()))
    results.write(options, folder, files(found, options.format))
    return 0
