"""``pwlin explain``: train a network on a formula and explain, exactly, what it has become."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.app.commands.arguments import TARGET_HELP, add_output, add_training, check_goal, count, named, subparser
from pwlin.base.errors import PwlinError

if TYPE_CHECKING:
    from pwlin.app.commands.arguments import Commands
    from pwlin.formulas.kinds import Target
    from pwlin.geometry.interval import Interval

_EXAMPLES = f"""\
examples:
  pwlin explain "x**2"
  pwlin explain "x**2" --hidden 2 --tries 10 --open
  pwlin explain "sin(x)" --domain -4 4 --hidden 3 4 --steps 8000
  pwlin explain "x**2 + y**2" --domain -1 1 0 2
  pwlin explain --data points.csv --hidden 4
  pwlin explain "abs(x)" --activation leaky_relu:1/10 --optimizer lbfgs --format svg

{TARGET_HELP}
The folder gets the pictures (one variable: fit, slopes, error, neurons, kink-paths, loss; two: regions, surface,
error, hyperplanes, levels, loss; three: complex, loss), the tables kinks.csv, pieces.csv, regions.csv (and
vertices.csv), network.npz (for 'pwlin extract' or pwlin.Network.load) and report.html, which shows and explains it
all. Where the domain or the target is large, small or on one side of zero, training takes units that suit them and
folds them into the weights, exactly.
"""
_SNAPSHOTS = 120


def add_parser(commands: Commands) -> None:
    """Add the subcommand's parser."""
    parser = subparser(
        commands,
        "explain",
        "train a network on a formula or on points and explain, exactly, what it has become",
        "Train a ReLU network on TARGET or on the points of a file, take it apart exactly, and explain why it fits as well as it does.",
        _EXAMPLES,
    )
    add_training(parser, data=True)
    add_output(parser, "folder to write (default: explain-TARGET, and the options that were given)")
    parser.add_argument(
        "--tries",
        type=count,
        metavar="N",
        default=1,
        help="train from N seeds, --seed and those after it, and keep the best",
    )
    parser.add_argument("--open", action="store_true", help="open the report in the browser")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors, show no progress")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train, extract, print, write; returns the exit status."""
    from pwlin.app.commands import results

    check_goal(options)
    results.stage(options, "reading the target")
    from pwlin.app.commands import training
    from pwlin.app.commands.reports import report_on
    from pwlin.app.reporting.folder import claimed, default_folder
    from pwlin.app.reporting.reports import report_class
    from pwlin.app.reporting.saving import prepare
    from pwlin.formulas.point_target import PointTarget

    target, domain = _goal(options)
    variables = target.dimension
    points = target if isinstance(target, PointTarget) else None
    folder = (
        Path(options.out) if options.out else default_folder(_named(options, target), options=given_options(options))
    )
    with claimed(folder, report_class(variables).file_names(options.format), options.force):
        trained = training.trained(options, target, domain, _SNAPSHOTS, tries=options.tries, meanwhile=prepare)
        if trained.diverged or trained.interrupted:
            return results.unfinished(options, trained, folder)
        settings = training.settings(options, target, domain, trained, options.tries)
        try:
            results.stage(options, "extracting")
            formula = None if points is not None else target
            report = report_on(trained.network, domain, formula, trained, settings, points)
            contents = report.files(options.format, results.heard(options))
            summary = report.summary_text(options.rows, width=results.columns())
        except KeyboardInterrupt:
            return results.unfinished(options, trained, folder)
        except PwlinError as error:
            raise type(error)(f"{error}; the network is kept in {results.keep(trained, folder)}") from error
        except MemoryError:  # NumPy's own kind takes no text
            raise MemoryError(f"the network is kept in {results.keep(trained, folder)}") from None
        results.write(options, folder, contents, f"{training.best_seed(options, trained)}{summary}")
    return results.open_report(options, folder) if options.open else 0


def _named(options: argparse.Namespace, target: Target) -> str:
    """What the folder is called after: a formula, or a file of points without its ending, which no folder should have."""
    return target.text if options.data is None else Path(options.data).stem


def _goal(options: argparse.Namespace) -> tuple[Target, tuple[Interval, ...]]:
    """What is to be learnt, a formula or points, and where."""
    from pwlin.app.commands.reports import require_defined
    from pwlin.app.commands.training import training_domain
    from pwlin.formulas.point_target import read_point_target
    from pwlin.formulas.target import parse_target
    from pwlin.geometry.interval import Interval

    if options.data is not None:
        with named("--data", "target"):
            points = read_point_target(Path(options.data))
        box = tuple(Interval(*side) for side in points.box)
        domain = box if options.domain is None else training_domain(options, points.dimension)
        return points.within([(side.left, side.right) for side in domain]), domain
    target = parse_target(options.target)
    variables = max(target.dimension, sum(map(len, options.domain or ())) // 2, 1)
    target = parse_target(options.target, variables)
    domain = training_domain(options, variables)
    require_defined(target, domain)
    return target, domain


def given_options(options: argparse.Namespace) -> dict[str, list[str]]:
    """The options of training that were given and are not as usual, for the name of a folder."""
    found: dict[str, list[str]] = {}
    for name, usual in _USUAL.items():
        value = getattr(options, name)
        if value != usual:
            found[name] = [":".join(v) if isinstance(v, tuple) else str(v) for v in flat(value)]
    return found


def flat(value: object) -> list[object]:
    """A value, or those in lists of lists."""
    return [v for part in value for v in flat(part)] if isinstance(value, list) else [value]


_USUAL: dict[str, object] = {
    "domain": None,
    "hidden": [20],
    "activation": ["relu"],
    "optimizer": "adam",
    "steps": None,
    "lr": None,
    "batch": 256,
    "seed": 0,
    "init": "pytorch",
    "tries": 1,
}
"""The options of training, as they are where nothing is said."""
