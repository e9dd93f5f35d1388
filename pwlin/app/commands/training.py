"""Training as the options of the command line ask for it."""

from __future__ import annotations

import argparse
import sys
import warnings
from fractions import Fraction
from typing import Any

from pwlin.app.commands.arguments import bounded, read_domain

DEFAULT_STEPS = {"adam": 6000, "sgd": 20000, "lbfgs": 500}
DEFAULT_DOMAINS = (("-5", "5"), ("-2", "2"))
"""For one variable and for several."""


def training_domain(options: argparse.Namespace, variables: int) -> tuple[tuple[Fraction, Fraction], ...]:
    """The bounded interval of each variable."""
    return bounded(read_domain(options.domain, variables, DEFAULT_DOMAINS[variables > 1]))


def trained(
    options: argparse.Namespace,
    target: Any,
    domain: tuple[tuple[Fraction, Fraction], ...],
    snapshots: int,
    readout: bool = True,
) -> Any:
    """Train with the options of `pwlin.app.commands.arguments.add_training`; returns a `TrainingRun`.

    Parameters
    ----------
    target : Target
    domain : pairs
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


def settings(options: argparse.Namespace, target: Any, domain: str, run: Any) -> tuple[tuple[str, str], ...]:
    """How a network came about, as pairs of a name and a text."""
    steps = options.steps or DEFAULT_STEPS[options.optimizer]
    points = "one fixed batch of" if options.optimizer == "lbfgs" else "in each step"
    return (
        ("command", options.line),
        ("target", target.text),
        ("domain", domain),
        ("network", repr(run.network)),
        ("training", f"{options.optimizer}, {steps} steps, {points} {options.batch} random points"),
        ("start", f"{options.init} initialisation, seed {options.seed}"),
    )
