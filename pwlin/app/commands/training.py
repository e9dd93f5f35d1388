"""Training as the options of the command line ask for it."""

from __future__ import annotations

import argparse
import sys
import warnings

from pwlin.app.commands.arguments import bounded, read_domain
from pwlin.formulas.kinds import Target
from pwlin.geometry.interval import Interval
from pwlin.training.run import TrainingRun

DEFAULT_STEPS = {"adam": 6000, "sgd": 20000, "lbfgs": 500}
DEFAULT_DOMAINS = (("-5", "5"), ("-2", "2"))
"""For one variable and for several."""


def training_domain(options: argparse.Namespace, variables: int) -> tuple[Interval, ...]:
    """The bounded interval of each variable."""
    return bounded(read_domain(options.domain, variables, DEFAULT_DOMAINS[variables > 1]))


def trained(
    options: argparse.Namespace,
    target: Target,
    domain: tuple[Interval, ...],
    snapshots: int,
    readout: bool = True,
) -> TrainingRun:
    """Train with the options of `pwlin.app.commands.arguments.add_training`.

    Parameters
    ----------
    target : Target
    domain : tuple of Interval
        As `training_domain` gives it.
    snapshots : int
        How many networks to record, about.
    readout : bool
        As in `pwlin.train`.
    """
    from pwlin.training.train import train

    steps = options.steps or DEFAULT_STEPS[options.optimizer]
    rate = {} if options.lr is None else {"lr": options.lr}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="training diverged")  # the command says so itself
        return train(
            target,
            domain=domain[0] if len(domain) == 1 else list(domain),
            hidden=() if options.hidden == [0] else tuple(options.hidden),
            activation=options.activation[0] if len(options.activation) == 1 else list(options.activation),
            optimizer=options.optimizer,
            steps=steps,
            batch=options.batch,
            seed=options.seed,
            init=options.init,
            readout=readout,
            record_every=max(steps // snapshots, 1),
            progress=not options.quiet and sys.stderr.isatty(),
            **rate,
        )


def settings(
    options: argparse.Namespace, target: Target, domain: tuple[Interval, ...], run: TrainingRun
) -> tuple[tuple[str, str], ...]:
    """How a network came about, as pairs of a name and a text."""
    steps = options.steps or DEFAULT_STEPS[options.optimizer]
    points = "one fixed batch of" if options.optimizer == "lbfgs" else "in each step"
    return (
        ("command", options.line),
        ("target", target.text),
        ("domain", " × ".join(map(str, domain))),
        ("network", repr(run.network)),
        ("training", f"{options.optimizer}, {steps} steps, {points} {options.batch} random points"),
        ("start", f"{options.init} initialisation, seed {options.seed}"),
    )
