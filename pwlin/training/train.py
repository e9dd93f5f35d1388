"""Training small networks in NumPy: the only place with randomness."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import TrainingError
from pwlin.formulas.target import parse_target
from pwlin.functions.line.records import Kink
from pwlin.geometry.interval import Interval
from pwlin.networks.activation import network_activations
from pwlin.networks.network import Network
from pwlin.training.backprop import Architecture
from pwlin.training.descent import Batches, descend, minimize
from pwlin.training.optimizers import Adam, Sgd

LEARNING_RATES = {"sgd": 0.01, "adam": 0.01, "lbfgs": 1.0}
INITIALISATIONS = ("pytorch", "he")


@dataclass(frozen=True)
class KinkPaths:
    """The exact kinks of a network with one input at every snapshot of its training.

    Attributes
    ----------
    steps : tuple of int
    kinks : tuple of tuples of Kink, one tuple per step
    """

    steps: tuple[int, ...]
    kinks: tuple[tuple[Kink, ...], ...]

    def by_neuron(self) -> dict[tuple[int, int], list[tuple[int, Fraction, Fraction]]]:
        """For each neuron (layer, index) its kinks as (step, location, its part of the jump)."""
        out: dict[tuple[int, int], list[tuple[int, Fraction, Fraction]]] = {}
        for step, kinks in zip(self.steps, self.kinks, strict=True):
            for kink in kinks:
                for flip in kink.neurons:
                    out.setdefault(flip.neuron, []).append((step, kink.location, flip.jump))
        return out


@dataclass(frozen=True, eq=False, repr=False)
class TrainingRun:
    """What a training run leaves behind.

    Attributes
    ----------
    losses : float64 array
        Mean squared error of each step's batch, before the step's update.
    steps : int64 array
        Steps of the snapshots; the last one is that of the final network.
    target, domain, settings
        What was asked for.
    diverged, interrupted : bool
        Whether the run ended early, because of numbers beyond float64 or by the user; `network` is then the last good one.
    """

    losses: NDArray[np.float64]
    steps: NDArray[np.int64]
    target: Any
    domain: Any
    settings: tuple[tuple[str, Any], ...]
    diverged: bool
    interrupted: bool
    _architecture: Architecture
    _snapshots: NDArray[np.float64]

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """The exact network of each snapshot."""
        return tuple(self._architecture.network(theta) for theta in self._snapshots)

    @cached_property
    def network(self) -> Network:
        """The final network (the last good one of a run that ended early)."""
        return self._architecture.network(self._snapshots[-1])

    def kink_paths(self) -> KinkPaths:
        """The exact kinks on the domain at every snapshot; for one input."""
        from pwlin.extraction import extract_line

        kinks = tuple(extract_line(network, self.domain)[0].kinks for network in self.networks)
        return KinkPaths(tuple(self.steps.tolist()), kinks)

    def __repr__(self) -> str:
        end = ", diverged" if self.diverged else ", interrupted" if self.interrupted else ""
        loss = f", last loss {self.losses[-1]:.4g}" if len(self.losses) else ""
        return f"TrainingRun({self.network!r}, {len(self.losses)} steps, {len(self.steps)} snapshots{loss}{end})"


def train(
    target: Any,
    domain: Any = (-5, 5),
    hidden: Sequence[int] = (20,),
    *,
    activation: Any = "relu",
    optimizer: str = "adam",
    steps: int = 5000,
    batch: int = 256,
    lr: float | None = None,
    momentum: float = 0.0,
    seed: int = 0,
    init: str = "pytorch",
    readout: bool = True,
    record_every: int | None = None,
    progress: bool = True,
) -> TrainingRun:
    """Fit a network to a target in mean square.

    Parameters
    ----------
    target : str, sympy expression, Target or vectorised callable
        A callable gets an array of shape (n,) for one variable, (n, d) for several.
    domain : pair (a, b), or a list of d pairs
        Bounded; batches are uniform on it.
    hidden : sequence of int
        Widths of the hidden layers; ``()`` is a linear model.
    activation : str, tuple or list
        As in `Network.from_arrays`.
    optimizer : {"sgd", "adam", "lbfgs"}
        The first two draw a fresh batch each step; L-BFGS (SciPy) works on one fixed batch.
    steps, batch : int
    lr : float, optional
        Learning rate, 0.01 by default; L-BFGS has none.
    momentum : float
        For SGD.
    seed : int
        The same seed gives the same run.
    init : {"pytorch", "he"}
        U(-1/sqrt(n_in), 1/sqrt(n_in)) for all parameters, or normal weights of variance 2/n_in with zero biases.
    readout : bool
        False for the single unit ``max(0, w x + b)``: one hidden neuron whose output is the network's.
    record_every : int, optional
        Steps between snapshots; by default about 200 snapshots.
    progress : bool
        Show a bar.

    Returns
    -------
    TrainingRun
        Ctrl-C ends a run early and keeps what it has. A run that diverges warns, and keeps its last good network.

    Raises
    ------
    TrainingError, TargetError, DomainError

    Examples
    --------
    >>> run = train("x**2", hidden=(2,), steps=50, progress=False)
    >>> run.network, len(run.losses)
    (Network(1-2-1, relu), 50)
    """
    _check(optimizer, init, steps=steps, batch=batch, record_every=record_every)
    rate = LEARNING_RATES[optimizer] if lr is None else lr
    if not (isinstance(rate, (int, float)) and np.isfinite(rate) and rate > 0):
        raise TrainingError(f"lr: found {lr!r}; accepted are positive numbers")
    box = _box(domain)
    widths = tuple(hidden)
    if any(not isinstance(n, (int, np.integer)) or n < 1 for n in widths):
        raise TrainingError(f"hidden: found {hidden!r}; accepted are positive widths, or () for a linear model")
    if not readout and (not widths or widths[-1] != 1):
        raise TrainingError(f"readout: found False with hidden={widths}; accepted is a last hidden layer of one neuron")
    if not callable(target):
        target = parse_target(target)
    architecture = Architecture(len(box), tuple(network_activations(activation, widths)), readout)
    rng = np.random.default_rng(seed)
    theta = architecture.initial(init, rng)
    batches = Batches(target, box, batch, rng)
    every = max(steps // 200, 1) if record_every is None else record_every
    if optimizer == "lbfgs":
        outcome = minimize(architecture, theta, batches, steps, every, progress)
    else:
        rule = Sgd(theta.size, rate, momentum) if optimizer == "sgd" else Adam(theta.size, rate)
        outcome = descend(architecture, theta, rule, batches, steps, every, progress)
    losses, recorded, snapshots = outcome.arrays()
    if outcome.diverged:
        warnings.warn(
            f"training diverged after {len(losses)} of {steps} steps (try a smaller lr than {rate}); "
            f"the network of step {recorded[-1]} is kept",
            stacklevel=2,
        )
    settings = (
        ("optimizer", optimizer),
        ("lr", rate),
        ("batch", batch),
        ("steps", steps),
        ("seed", seed),
        ("init", init),
    )
    shown: Any = box[0] if len(box) == 1 else list(box)
    return TrainingRun(
        losses, recorded, target, shown, settings, outcome.diverged, outcome.interrupted, architecture, snapshots
    )


def _check(optimizer: str, init: str, **counts: Any) -> None:
    if optimizer not in LEARNING_RATES:
        raise TrainingError(f"optimizer: found {optimizer!r}; accepted are {', '.join(LEARNING_RATES)}")
    if init not in INITIALISATIONS:
        raise TrainingError(f"init: found {init!r}; accepted are {', '.join(INITIALISATIONS)}")
    for name, value in counts.items():
        if value is not None and (not isinstance(value, (int, np.integer)) or value < (name != "steps")):
            raise TrainingError(f"{name}: found {value!r}; accepted are whole numbers from 1")


def _box(domain: Any) -> tuple[tuple[Fraction, Fraction], ...]:
    several = isinstance(domain, (list, tuple)) and domain and isinstance(domain[0], (list, tuple, Interval))
    out = []
    for side in domain if several else [domain]:
        interval = Interval.parse(side)
        if interval.left is None or interval.right is None:
            raise TrainingError(f"domain: found {interval}; accepted are bounded intervals")
        out.append((interval.left, interval.right))
    return tuple(out)
