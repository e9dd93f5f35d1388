"""``pwlin explain``: train a network on a formula and explain, exactly, what it has become."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.app.commands.arguments import TARGET_HELP, add_output, add_training, subparser
from pwlin.app.commands.reports import report_class, report_on, require_defined
from pwlin.base.errors import PwlinError

if TYPE_CHECKING:
    from pwlin.app.commands.arguments import Commands

_EXAMPLES = f"""\
examples:
  pwlin explain "x**2"
  pwlin explain "x**2" --hidden 2 --seed 3 --out two-neurons
  pwlin explain "sin(x)" --domain -4 4 --hidden 3 4 --steps 8000
  pwlin explain "x**2 + y**2" --domain -1 1 0 2
  pwlin explain "abs(x)" --activation leaky_relu:1/10 --optimizer lbfgs --format svg

{TARGET_HELP}
The folder gets the pictures (one variable: fit, slopes, error, neurons, kink-paths, loss; two: regions, surface,
error, hyperplanes, levels, loss; three: complex, loss), the tables kinks.csv, pieces.csv, regions.csv (and vertices.csv), network.npz (for
'pwlin extract' or pwlin.Network.load) and report.html, which shows and explains it all.
"""
_SNAPSHOTS = 120


def add_parser(commands: Commands) -> None:
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
    from pwlin.app.commands import results, training
    from pwlin.app.report.folder import claimed, default_folder
    from pwlin.formulas.target import parse_target

    target = parse_target(options.target)
    variables = max(target.dimension, len(options.domain or ()) // 2, 1)
    target = parse_target(options.target, variables)
    domain = training.training_domain(options, variables)
    require_defined(target, domain)
    folder = Path(options.out) if options.out else default_folder(target.text)
    with claimed(folder, report_class(variables).file_names(options.format), options.force):
        trained = training.trained(options, target, domain, _SNAPSHOTS)
        if trained.diverged or trained.interrupted:
            return results.unfinished(options, trained, folder)
        settings = training.settings(options, target, domain, trained)
        try:
            results.stage(options, "extracting")
            report = report_on(trained.network, domain, target, trained, settings)
            results.show(options, report.summary_text(options.rows, width=results.columns()))
            results.stage(options, "drawing")
            contents = report.files(options.format)
        except KeyboardInterrupt:
            return results.unfinished(options, trained, folder)
        except (PwlinError, MemoryError) as error:
            raise type(error)(f"{error}; the network is kept in {results.keep(trained, folder)}") from error
        results.write(options, folder, contents)
    return 0
