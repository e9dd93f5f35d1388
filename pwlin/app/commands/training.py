"""Training as the options of the command line ask for it."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from pwlin.app.commands.arguments import bounded, read_domain
from pwlin.app.commands.results import heard
from pwlin.base.copies import beside
from pwlin.formulas.kinds import Target
from pwlin.formulas.point_target import PointTarget
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
    tries: int = 1,
    meanwhile: Callable[[], object] | None = None,
) -> TrainingRun:
    """Train with the options of `pwlin.app.commands.arguments.add_training`, in units that suit the target.

    Parameters
    ----------
    target : Target
    domain : tuple of Interval
        As `training_domain` gives it.
    snapshots : int
        How many networks to record, about.
    readout : bool
        As in `pwlin.train`.
    tries : int
        From so many seeds on end; the run with the least loss at its end is kept. An interruption ends all, and keeps the best
        of those that were finished, if there are any, as an interrupted run.
    meanwhile : function, optional
        What will be needed then; it may be made ready beside the training, or not at all.
    """
    if meanwhile is not None:
        run, interrupted = beside(partial(trained, options, target, domain, snapshots, readout, tries), meanwhile)
        return replace(run, interrupted=True) if interrupted else run
    best: TrainingRun | None = None
    for seed in range(options.seed, options.seed + tries):
        run = _one(options, target, domain, snapshots, readout, seed)
        if run.interrupted:
            return run if best is None else replace(best, interrupted=True)
        if best is None or _rank(run) < _rank(best):
            best = run
    assert best is not None
    return best


def _rank(run: TrainingRun) -> tuple[bool, float]:
    """How bad the end of a run is: the mean loss of its last tenth."""
    last = run.losses[-max(len(run.losses) // 10, 1) :]
    return run.diverged, float(last.mean()) if len(last) else 0.0


def best_seed(options: argparse.Namespace, run: TrainingRun) -> str:
    """Which of several tries was kept, as a paragraph; nothing after a single one."""
    if options.tries == 1:
        return ""
    last = options.seed + options.tries - 1
    return f"Of the seeds {options.seed} to {last}, {dict(run.settings)['seed']} led to the least loss; its network is kept.\n\n"


def _one(
    options: argparse.Namespace,
    target: Target,
    domain: tuple[Interval, ...],
    snapshots: int,
    readout: bool,
    seed: int,
) -> TrainingRun:
    from pwlin.training.train import train

    steps = options.steps or DEFAULT_STEPS[options.optimizer]
    rate = {} if options.lr is None else {"lr": options.lr}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="training (diverged|ended worse)")  # the command says so itself
        return train(
            target,
            domain=domain[0] if len(domain) == 1 else list(domain),
            hidden=() if options.hidden == [0] else tuple(options.hidden),
            activation=options.activation[0] if len(options.activation) == 1 else list(options.activation),
            optimizer=options.optimizer,
            steps=steps,
            batch=options.batch,
            seed=seed,
            init=options.init,
            readout=readout,
            record_every=max(steps // snapshots, 1),
            progress=heard(options),
            scaled=True,
            **rate,
        )


def settings(
    options: argparse.Namespace, target: Target, domain: tuple[Interval, ...], run: TrainingRun, tries: int = 1
) -> tuple[tuple[str, str], ...]:
    """How a network came about, as pairs of a name and a text."""
    steps = options.steps or DEFAULT_STEPS[options.optimizer]
    seed = dict(run.settings)["seed"]
    start = f"seed {seed}" + (f", the best of {options.seed} to {options.seed + tries - 1}" if tries > 1 else "")
    points = "one fixed batch of" if options.optimizer == "lbfgs" else "in each step"
    seen = f"{points} {options.batch} random points"
    if isinstance(target, PointTarget):
        every = options.optimizer == "lbfgs" or len(target) <= options.batch
        seen = f"in each step {'all' if every else f'{options.batch} of'} {len(target)} points"
    return (
        ("command", options.line),
        ("target", target.text),
        ("domain", " × ".join(map(str, domain))),
        ("network", repr(run.network)),
        ("training", f"{options.optimizer}, {steps} steps, {seen}"),
        ("start", f"{options.init} initialisation, {start}"),
    )
