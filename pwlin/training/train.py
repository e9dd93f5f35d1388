"""Training small networks in NumPy: the only place with randomness."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.base.errors import PwlinWarning, TrainingError
from pwlin.formulas.kinds import Target
from pwlin.formulas.target import TargetLike
from pwlin.networks.activation import network_activations
from pwlin.training.backprop import Architecture
from pwlin.training.descent import Batches, Outcome, descend, minimize
from pwlin.training.goal import read_goal
from pwlin.training.optimizers import Adam, Sgd
from pwlin.training.run import Ends, TrainingRun
from pwlin.training.units import Units, stalled

LEARNING_RATES = {"sgd": 0.01, "adam": 0.01, "lbfgs": 1.0}
INITIALISATIONS = ("pytorch", "he")
_MOST_STEPS = 10**9
_MOST_NUMBERS = 1 << 31
"""16 GiB."""


@door
def train(
    target: TargetLike,
    domain: object = None,
    hidden: int | Sequence[int] = (20,),
    *,
    activation: object = "relu",
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
    scaled: bool = False,
) -> TrainingRun:
    """Fit a network to a target in mean square.

    Parameters
    ----------
    target : str, sympy expression, Target, piecewise-linear function or vectorised callable
        A callable, such as another `Network`, gets an array of shape (n,) for one variable, (n, d) for several, and returns
        n numbers. Or points: a pair
        ``(xs, ys)``, an array or a DataFrame whose last column is the value, or the path of a CSV file.
    domain : pair (a, b), or a list of d pairs; optional
        Bounded; batches are uniform on it. Default: (-5, 5), and for points the smallest box around them. Of points, those
        in it count.
    hidden : sequence of int, or an int
        Widths of the hidden layers, or that of the only one; ``()`` is a linear model.
    activation : str, tuple or list
        As in `Network.from_arrays`.
    optimizer : {"sgd", "adam", "lbfgs"}
        The first two draw a fresh batch each step; L-BFGS (SciPy) works on one fixed batch: of points, on all of them.
    steps, batch : int
        Updates (0 leaves the initial network), and points in each batch. If there are no more points to learn from than that,
        each step takes all of them, and losses are those over all points.
    lr : float, optional
        Learning rate, 0.01 by default; L-BFGS has none.
    momentum : float
        For SGD; from 0 to 1.
    seed : int
        The same seed gives the same run, however many cores there are: matrix products take one thread (where NumPy uses
        OpenBLAS or MKL, not BLIS or Accelerate, and not on Windows). Another processor or version of NumPy may change
        last digits.
    init : {"pytorch", "he"}
        U(-1/sqrt(n_in), 1/sqrt(n_in)) for all parameters, or normal weights of variance 2/n_in with zero biases.
    readout : bool
        False for the single unit ``max(0, w x + b)``: one hidden neuron whose output is the network's.
    record_every : int, optional
        Steps between snapshots; by default about 200 snapshots.
    progress : bool
        Show a bar.
    scaled : bool
        Train in units in which inputs and values are of ordinary size, where the domain or the target is large, small or on
        one side of zero, and fold these units into the first and last weights, exactly. Not without a readout.

    Returns
    -------
    TrainingRun
        Ctrl-C ends a run early and keeps what it has. A run that diverges warns, and keeps its last good network; one that
        stalls where ``scaled=True`` would help, or ends worse than it began at a learning rate above the usual one, warns as
        well.

    Raises
    ------
    TrainingError, TargetError, DomainError, ActivationError
        Before any step for what can be seen from the arguments, so for a formula that is undefined somewhere on the domain;
        during training where a callable is not finite.

    Examples
    --------
    >>> run = train("x**2", hidden=(2,), steps=50, progress=False)
    >>> run.network, len(run.losses)
    (Network(1-2-1, relu), 50)
    """
    goal, box = read_goal(target, domain)
    settings = Settings.read(
        len(box),
        hidden,
        activation=activation,
        optimizer=optimizer,
        steps=steps,
        batch=batch,
        lr=lr,
        momentum=momentum,
        seed=seed,
        init=init,
        readout=readout,
        record_every=record_every,
    )
    shown = arguments.flag(progress, "progress", TrainingError)
    wanted = arguments.flag(scaled, "scaled", TrainingError) and settings.architecture.readout
    units = Units.of(goal, box) if wanted else Units.ordinary(len(box))
    outcome = settings.run(goal, box, shown, units)
    losses, recorded, snapshots = outcome.arrays()
    run = TrainingRun(
        losses if units.is_ordinary else units.losses(losses),
        recorded,
        goal,
        box[0] if len(box) == 1 else list(box),
        settings.summary(),
        outcome.diverged,
        outcome.interrupted,
        settings.architecture,
        snapshots,
        units,
    )
    if run.diverged:
        warnings.warn(
            f"training diverged after {len(losses)} of {settings.steps} steps (try a smaller lr than {settings.lr}); "
            f"the network of step {recorded[-1]} is kept",
            PwlinWarning,
            stacklevel=3,
        )
    elif run.ended_worse and settings.lr > LEARNING_RATES[settings.optimizer]:
        warnings.warn(
            f"training ended worse than it began (squared errors of {run.losses[0]:.4g} at first and {run.losses[-1]:.4g} "
            f"at last): try a smaller lr than {settings.lr}",
            PwlinWarning,
            stacklevel=3,
        )
    elif not wanted and settings.architecture.readout and stalled(goal, box, losses):
        warnings.warn(
            "training ended no better than a constant, in a domain or with values that are large, small or far from zero; "
            "scaled=True trains in units that suit them",
            PwlinWarning,
            stacklevel=3,
        )
    return run


@dataclass(frozen=True)
class Settings:
    """How to train, every argument checked."""

    architecture: Architecture
    optimizer: str
    steps: int
    batch: int
    lr: float
    momentum: float
    seed: int
    init: str
    record_every: int

    @staticmethod
    def read(
        inputs: int,
        hidden: object = (20,),
        *,
        activation: object = "relu",
        optimizer: object = "adam",
        steps: object = 5000,
        batch: object = 256,
        lr: object = None,
        momentum: object = 0.0,
        seed: object = 0,
        init: object = "pytorch",
        readout: object = True,
        record_every: object = None,
    ) -> Settings:
        """Check the arguments of `train` for a network of so many inputs."""
        error = TrainingError
        widths = arguments.sizes(hidden, "hidden", 1, error)
        name = arguments.choice(optimizer, "optimizer", LEARNING_RATES, error)
        count = arguments.whole(steps, "steps", 0, _MOST_STEPS, error)
        every = max(count // 200, 1)
        if record_every is not None:
            every = arguments.whole(record_every, "record_every", 1, None, error)
        with_readout = arguments.flag(readout, "readout", error)
        if not with_readout and (not widths or widths[-1] != 1):
            raise arguments.refusal(
                "readout", f"False with hidden={arguments.shown(widths)}", "is a last hidden layer of one neuron", error
            )
        points = arguments.whole(batch, "batch", 1, None, error)
        sizes = (inputs, *widths, 1)
        parameters = sum((n + 1) * m for n, m in zip(sizes[:-1], sizes[1:]))
        for argument, value, numbers in (
            ("hidden", widths, parameters),
            ("batch", points, 2 * points * sum(sizes)),
            ("record_every", every, parameters * (count // every + 2)),
        ):
            if numbers > _MOST_NUMBERS:
                accepted = f"is what keeps at most {_MOST_NUMBERS:,} numbers in memory"
                raise arguments.refusal(argument, arguments.shown(value), accepted, error)
        return Settings(
            Architecture(inputs, tuple(network_activations(activation, widths)), with_readout),
            name,
            count,
            points,
            LEARNING_RATES[name] if lr is None else arguments.number(lr, "lr", above=0, error=error),
            arguments.number(momentum, "momentum", least=0, most=1, error=error),
            arguments.seed(seed, "seed", error),
            arguments.choice(init, "init", INITIALISATIONS, error),
            every,
        )

    def run(self, goal: Target, box: tuple[Ends, ...], progress: bool, units: Units) -> Outcome:
        """Train."""
        rng = np.random.default_rng(self.seed)
        theta = self.architecture.initial(self.init, rng)
        batches = Batches(goal, box, self.batch, rng, units)
        if self.optimizer == "lbfgs":
            return minimize(self.architecture, theta, batches, self.steps, self.record_every, progress)
        rule = Sgd(theta.size, self.lr, self.momentum) if self.optimizer == "sgd" else Adam(theta.size, self.lr)
        return descend(self.architecture, theta, rule, batches, self.steps, self.record_every, progress)

    def summary(self) -> tuple[tuple[str, object], ...]:
        """What a run remembers of this."""
        return tuple((name, getattr(self, name)) for name in ("optimizer", "lr", "batch", "steps", "seed", "init"))
