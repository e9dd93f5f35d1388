"""Training: gradients, optimizers, reproducibility, and runs that end badly."""

import numpy as np
import pytest

import pwlin
from pwlin import train
from pwlin.networks.activation import network_activations
from pwlin.training.backprop import Architecture, Backprop


@pytest.mark.parametrize("activation", ["relu", "abs", ("leaky_relu", 0.1), "identity"])
@pytest.mark.parametrize(("inputs", "widths"), [(1, (5,)), (2, (4, 3)), (3, ())])
def test_gradients_against_finite_differences(activation, inputs, widths):
    rng = np.random.default_rng(1)
    shape = Architecture(inputs, tuple(network_activations(activation, widths)), True)
    theta = shape.initial("pytorch", rng)
    backprop = Backprop(shape, theta, 7)
    x, y = rng.normal(size=(inputs, 7)), rng.normal(size=7)
    backprop.loss_and_gradient(x, y)
    gradient = backprop.gradient.copy()
    for i in range(theta.size):
        kept, h = theta[i], 1e-6
        theta[i] = kept + h
        above = backprop.loss(x, y)
        theta[i] = kept - h
        below = backprop.loss(x, y)
        theta[i] = kept
        assert gradient[i] == pytest.approx((above - below) / (2 * h), rel=1e-4, abs=1e-6)


def test_the_loss_is_that_of_the_exact_network():
    shape = Architecture(1, tuple(network_activations("relu", (3,))), True)
    theta = shape.initial("he", np.random.default_rng(0))
    x = np.linspace(-1, 1, 9)
    loss = Backprop(shape, theta, 9).loss(x[None, :], x**2)
    assert loss == pytest.approx(np.mean((shape.network(theta)(x) - x**2) ** 2))


def test_same_seed_same_run():
    first, again, other = (train("x**2", steps=40, seed=s, progress=False) for s in (3, 3, 4))
    assert first.network == again.network != other.network
    assert np.array_equal(first.losses, again.losses)


def test_linear_model_settles_at_the_mean():
    run = train("x**2", hidden=(), optimizer="sgd", lr=0.01, steps=4000, progress=False)
    f = pwlin.extract(run.network, (-5, 5))
    assert float(f.compare("x**2").mse) == pytest.approx(500 / 9, rel=0.05)


def test_one_unit_without_readout():
    run = train("x**2", hidden=(1,), readout=False, steps=200, progress=False)
    assert run.network.readout.weight.tolist() == [[1]] and run.network.exact(-100) * run.network.exact(100) == 0


def test_lbfgs_and_two_variables_and_callables():
    assert train("x**2", hidden=(8,), optimizer="lbfgs", steps=200, progress=False).losses[-1] < 3
    run = train("x**2 + y**2", [(-1, 1), (-1, 1)], (6,), steps=300, progress=False)
    assert run.network.input_dim == 2 and run.losses[-1] < run.losses[0]
    assert train(np.sin, (-4, 4), (3, 4), steps=20, progress=False).network.widths == (3, 4)


def test_snapshots_and_kink_paths():
    run = train("x**2", hidden=(4,), steps=100, record_every=25, progress=False)
    assert run.steps.tolist()[-1] == 100 and run.networks[-1] == run.network
    paths = run.kink_paths()
    assert paths.kinks[-1] == pwlin.extract(run.network, (-5, 5)).kinks
    assert set(paths.by_neuron()) <= {(0, i) for i in range(4)}


def test_divergence_is_said_and_what_is_finished_kept():
    with pytest.warns(UserWarning, match="diverged"):
        run = train("x**2", optimizer="sgd", lr=1e6, steps=500, progress=False)
    assert run.diverged and np.isfinite(run.losses).all() and "diverged" in repr(run)
    assert pwlin.extract(run.network, (-5, 5)).n_pieces >= 1


@pytest.mark.parametrize(
    "bad",
    [
        {"optimizer": "magic"}, {"init": "zeros"}, {"steps": -1}, {"batch": 0}, {"lr": -1}, {"hidden": (0,)},
        {"domain": (1, 0)}, {"domain": None}, {"readout": False}, {"record_every": 0}, {"activation": "tanh"},
        {"target": "1/x", "domain": (0, 1), "steps": 0.5}, {"target": "__import__('os')"},
    ],
)  # fmt: skip
def test_bad_arguments_are_refused(bad):
    with pytest.raises(pwlin.PwlinError):
        train(bad.pop("target", "x**2"), **{"progress": False, **bad})
