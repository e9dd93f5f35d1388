"""``pwlin animate``: train a network on a formula and write its training as a moving picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.app.commands.arguments import TARGET_HELP, add_training, count, rate, subparser, text

if TYPE_CHECKING:
    from pwlin.app.commands.arguments import Commands

_EXAMPLES = f"""\
examples:
  pwlin animate "x**2" --hidden 20 --out relu20.gif
  pwlin animate "x**2" --hidden 2 --out relu2.gif
  pwlin animate "x**2" --hidden 1 --no-readout --out relu1.gif
  pwlin animate "x**2" --hidden 0 --optimizer sgd --out linear.gif
  pwlin animate "sin(x)" --domain -4 4 --hidden 3 4 --view layers --out layers.gif
  pwlin animate "x**2" --hidden 20 --out relu20.html

A .html file has a slider and all views, and needs no network.

{TARGET_HELP}"""


def add_parser(commands: Commands) -> None:
    """Add the subcommand's parser."""
    parser = subparser(
        commands,
        "animate",
        "train a network on a formula and write its training as a moving picture",
        "Train a ReLU network on TARGET, of one variable, and show how its regions and kinks come about.",
        _EXAMPLES,
    )
    add_training(parser)
    add = parser.add_argument
    add("--no-readout", action="store_true", help="the single unit max(0, w x + b); with --hidden 1")
    add("--out", metavar="FILE", type=text, help="a .gif or .html file (default: animate-TARGET.gif)")
    add("--view", choices=("fit", "layers", "kinks"), default="fit", help="what to show (default: fit)")
    add("--frames", type=count, metavar="N", default=100, help="moments to show at most (default: 100)")
    add("--fps", type=rate, metavar="RATE", default=12, help="moments per second (default: 12)")
    add("--force", action="store_true", help="replace the file if it is there")
    add("--quiet", action="store_true", help="print nothing but errors, show no progress")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train and write; returns the exit status."""
    from pwlin.app.commands import results

    results.stage(options, "reading the target")
    from pwlin.app.commands import training
    from pwlin.app.commands.reports import require_defined
    from pwlin.app.film import movie
    from pwlin.app.reporting.folder import OutputError, default_folder, locked
    from pwlin.app.reporting.saving import prepare
    from pwlin.base import memory
    from pwlin.base.arguments import refusal
    from pwlin.formulas.target import parse_target

    target = parse_target(options.target)
    if target.dimension > 1:
        names = ", ".join(map(str, target.variables))
        raise refusal("TARGET", f"the variables {names}", "is one variable")
    path = Path(options.out) if options.out else default_folder(target.text, "animate").with_suffix(".gif")
    movie.check(path, options.view, options.frames, options.fps)
    domain = training.training_domain(options, 1)
    require_defined(target, domain)
    with locked(path.with_name(f".{path.name}.lock"), str(path)):
        if path.exists() and not options.force:
            found = f"{str(path)!r}, which is already there"
            raise refusal("--out", found, "is another file, or --force to replace it", OutputError)
        run = training.trained(
            options, target, domain, 2 * options.frames, readout=not options.no_readout, meanwhile=prepare
        )
        if run.interrupted:
            raise KeyboardInterrupt
        results.show(options, f"Trained {len(run.losses):,} steps on {target.text}; drawing what it was ...")
        heard = results.heard(options)
        movie.animate(run, path, options.view, frames=options.frames, fps=options.fps, progress=heard)
    if run.diverged:
        why = f"training diverged; {path} shows it up to step {run.steps[-1]}; a smaller --lr helps"
        print(f"pwlin animate: error: {why}", file=sys.stderr)
        return 1
    results.show(options, f"Wrote {path} ({memory.words(path.stat().st_size)}).")
    return 0
