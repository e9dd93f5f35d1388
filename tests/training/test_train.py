"""Training: gradients, optimizers, reproducibility, and runs that end badly."""

import os
import pickle
import subprocess
import sys
from contextlib import redirect_stdout
from fractions import Fraction
from fractions import Fraction as Q
from io import StringIO

import numpy as np
import pytest

import pwlin
from pwlin import train
from pwlin.base.errors import DomainError, PwlinWarning, TargetError
from pwlin.formulas.point_target import read_point_target
from pwlin.formulas.target import parse_target
from pwlin.geometry.interval import bounded
from pwlin.networks.activation import network_activations
from pwlin.training.backprop import Architecture, Backprop
from pwlin.training.descent import Batches
from pwlin.training.train import Settings
from pwlin.training.units import Units, stalled


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
    with pytest.warns(PwlinWarning, match="diverged"):
        run = train("x**2", optimizer="sgd", lr=1e6, steps=500, progress=False)
    assert run.diverged and np.isfinite(run.losses).all() and "diverged" in repr(run)
    assert pwlin.extract(run.network, (-5, 5)).n_pieces >= 1


PLANE = {"domain": [(0, 1), (0, 1)]}


@pytest.mark.parametrize(
    "bad",
    [
        {"optimizer": "magic"}, {"optimizer": ["adam"]}, {"optimizer": None}, {"init": "zeros"}, {"init": 1},
        {"steps": -1}, {"steps": True}, {"steps": None}, {"steps": 2.5}, {"steps": 10**13}, {"steps": 10**400},
        {"batch": 0}, {"batch": None}, {"batch": 10**13}, {"batch": "3"},
        {"lr": -1}, {"lr": 0}, {"lr": True}, {"lr": float("nan")}, {"lr": 10**400}, {"lr": "0.1"},
        {"momentum": float("nan")}, {"momentum": -0.1}, {"momentum": None}, {"momentum": 1.5},
        {"seed": "a"}, {"seed": -1}, {"seed": 2.5}, {"seed": None}, {"seed": [1, 2]},
        {"hidden": (0,)}, {"hidden": 0}, {"hidden": "3"}, {"hidden": (3, None)}, {"hidden": 10**13}, {"hidden": 10**400},
        {"hidden": True}, {"hidden": {3: 3}},
        {"domain": (1, 0)}, {"domain": (0, 10**400)}, {"domain": [(0, 1), (0, None)]}, {"domain": 3},
        {"readout": False}, {"readout": "no"}, {"readout": 0}, {"progress": "no"}, {"progress": None},
        {"record_every": 0}, {"record_every": 2.5}, {"activation": "tanh"}, {"activation": 5}, {"activation": []},
        {"record_every": 1, "hidden": (1000, 1000), "steps": 10**6},
        {"target": "__import__('os')"}, {"target": None},
        {"target": "x + y"}, {"target": "x + y + z", **PLANE}, {"target": pwlin.PiecewiseLinear1D.from_points([0, 1], [0, 1]), **PLANE},
        {"target": lambda x: 1.0}, {"target": lambda x: None}, {"target": lambda x: x[:3]}, {"target": lambda x: "no"},
        {"target": lambda x: x * 1j}, {"target": lambda x: x.astype(str)}, {"target": lambda x: x / 0}, {"target": lambda x: x, **PLANE},
    ],
)  # fmt: skip
def test_bad_arguments_are_refused(bad):
    with pytest.raises(pwlin.PwlinError, match=f"^{next(iter(bad))}"), np.errstate(all="ignore"):
        train(bad.pop("target", "x**2"), **{"progress": False, "steps": 5, **bad})


@pytest.mark.parametrize("target", ["x", "y", "3", 3, lambda x: x[:, 0], lambda x: x[:, :1]])
def test_a_target_that_is_constant_in_a_variable_can_be_learnt(target):
    run = train(target, [(0, 1), (0, 1)], 3, steps=400, lr=0.02, progress=False)
    assert run.network.input_dim == 2 and run.losses[-1] < 0.05 < run.losses[0]


def test_a_piecewise_linear_function_can_be_learnt():
    hat = pwlin.PiecewiseLinear1D.from_points([-1, 0, 1], [0, 1, 0])
    run = train(hat, (-1, 1), 8, steps=1000, progress=False)
    assert pwlin.extract(run.network, (-1, 1)).compare(hat).mse < Fraction(1, 100)


def test_sizes_are_taken_where_sizes_are_meant():
    for hidden in (3, np.int64(3), [3], (3,), np.array([3])):
        assert train("x", hidden=hidden, steps=1, progress=False).network.widths == (3,)
    assert train("x", hidden=(), steps=1, progress=False).network.widths == ()


def test_the_same_run_with_any_number_of_threads():
    code = """
import hashlib, pwlin
for optimizer in ("adam", "lbfgs"):
    run = pwlin.train("x**2", hidden=(50, 50), steps=40, optimizer=optimizer, progress=False)
    print(hashlib.sha256(run.losses.tobytes() + repr(run.network.exact("1/3")).encode()).hexdigest())
"""
    with redirect_stdout(StringIO()) as here:  # with one thread: see conftest.py
        exec(code)
    environment = os.environ | {f"{name}_NUM_THREADS": "4" for name in ("OMP", "OPENBLAS", "MKL")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == here.getvalue() != ""


def test_functions_are_extracted_once_and_when_asked_for():
    run = train("x**2", hidden=3, steps=20, record_every=5, progress=False)
    assert run.functions() is run.functions() and run.functions()[2] is run.functions()[2]
    assert list(run.functions()) == [pwlin.extract(network, (-5, 5)) for network in run.networks]
    again = pickle.loads(pickle.dumps(run))
    assert again.network == run.network and again.functions()[-1] == run.functions()[-1]
    plane = train("x*y", [(0, 1), (0, 1)], 2, steps=2, record_every=1, progress=False)
    assert [f.dim for f in plane.functions()] == [2, 2, 2]
    with pytest.raises(pwlin.PwlinError, match="run: found a network with 2 inputs"):
        plane.kink_paths()


def test_a_fixed_batch_in_the_plane_that_diverges():
    plane = train("x*y", [(-1, 1)] * 2, hidden=(3,), optimizer="lbfgs", steps=5, batch=16, progress=False)
    assert len(plane.losses) <= 6 and plane.network.input_dim == 2
    with pytest.warns(PwlinWarning, match="diverged"):
        run = train("1e200*x", hidden=(3,), optimizer="lbfgs", steps=50, progress=False)
    assert run.diverged and np.isfinite(run.network.layers[0].weight_float).all()


def test_ctrl_c_keeps_what_is_done(monkeypatch):
    loss, asked = Backprop.loss, []

    def pressed(self, x, y):
        asked.append(x)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return loss(self, x, y)

    monkeypatch.setattr(Backprop, "loss", pressed)
    run = train("x**2", hidden=(4,), optimizer="lbfgs", steps=50, progress=False)
    assert run.interrupted and not run.diverged and 0 < len(run.losses) < 5


# -- units ------------------------------------------------------------------------------------------


def test_units_are_folded_in_exactly():
    plain = train("x**2/2", (-2, 2), (5,), steps=30, seed=3, progress=False)
    large = train("x**2", (-1024, 1024), (5,), steps=30, seed=3, progress=False, scaled=True)
    for f, g in zip(plain.functions(), large.functions(), strict=True):
        assert all(g(Fraction(512) * x) == 2**19 * f(x) for x in (-2, Fraction(1, 3), 2))
    assert large.losses.tolist() == (plain.losses * 4.0**19).tolist()
    assert large.network == large.networks[-1] and large.network.widths == (5,)


@pytest.mark.parametrize(("target", "domain"), [("x**2", (-5, 5)), ("sin(x)", (-1, 15)), ("x*y", [(-1, 1), (-1, 2)])])
def test_ordinary_numbers_keep_their_runs(target, domain):
    one, other = (train(target, domain, (3,), steps=20, progress=False, scaled=s) for s in (False, True))
    assert one.network == other.network and np.array_equal(one.losses, other.losses)


@pytest.mark.parametrize(
    ("target", "domain"),
    [
        ("x**2", (-1000, 1000)),
        ("x**2/10**9", (-1, 1)),
        ("10**9*sin(x)", (-2, 2)),
        ("sin(10**6*x)", ("-1/1000000", "3/1000000")),
        ("10**6 + x", (10**4, 10**4 + 1)),
        ("x*y", [(-1000, 1000), (0, "1/1000")]),
    ],
)
def test_large_and_small_numbers_are_learnt_as_ordinary_ones_are(target, domain):
    run = train(target, domain, (8,), steps=400, seed=1, progress=False, scaled=True)
    sides = domain if isinstance(domain, list) else [domain]
    points = np.array([[float(Fraction(a)), float(Fraction(b))] for a, b in sides])
    x = points[:, 0] + (points[:, 1] - points[:, 0]) * np.random.default_rng(0).random((300, len(sides)))
    wanted = run.target(x[:, 0] if len(sides) == 1 else x)
    assert np.mean((run.network(x)[..., 0] - wanted) ** 2) < 0.2 * np.var(wanted)


@pytest.mark.parametrize(("target", "domain"), [("x**2", (0, 5)), ("log(x)", (1, 10)), ("x**2", (-5, 0))])
def test_domains_on_one_side_of_zero_are_bent_upon(target, domain):
    """From weights that suit a domain around zero, networks of four units often stay straight here."""
    for seed in (0, 2):
        run = train(target, domain, 4, steps=600, lr=0.02, seed=seed, record_every=600, progress=False, scaled=True)
        assert run.functions()[-1].kinks


# -- points -----------------------------------------------------------------------------------------

POINTS = ([0, 1, 2, 3, 3], [0, 1, 0, "1/2", 2])


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "lbfgs"])
def test_batches_that_hold_all_points_make_losses_exact_errors_over_them(optimizer):
    run = train(POINTS, hidden=3, steps=3, record_every=1, optimizer=optimizer, progress=False)
    assert run.domain == (0, 3) and len(run.target) == 5
    errors = [float(f.compare(POINTS).mse) for f in run.functions()]
    assert run.losses == pytest.approx(errors[: len(run.losses)], rel=1e-12)
    scaled = train(
        ([1000, 2000, 5000], [1e6, 2e6, 3e6]),
        hidden=3,
        steps=3,
        record_every=1,
        optimizer=optimizer,
        scaled=True,
        progress=False,
    )
    errors = [float(f.compare(scaled.target).mse) for f in scaled.functions()]
    assert scaled.losses == pytest.approx(errors[: len(scaled.losses)], rel=1e-9)


def test_batches_of_points_are_drawn_from_them():
    batches = Batches(read_point_target(POINTS), ((Q(0), Q(3)),), 4, np.random.default_rng(0), Units.ordinary(1))
    drawn = [(float(a), float(b)) for x, y in batches.fresh(100) for a, b in zip(x[:, 0].ravel(), y.ravel())]
    assert len(drawn) == 400 and set(drawn) == {(0, 0), (1, 1), (2, 0), (3, 0.5), (3, 2)}
    assert min(drawn.count(p) for p in set(drawn)) > 40


def test_points_in_several_variables_and_in_a_domain():
    run = train(np.array([[0, 0, 1], [1, 2, 3]]), hidden=2, steps=2, batch=1, progress=False)
    assert run.domain == [(0, 1), (0, 2)] and run.network.input_dim == 2
    assert len(train(POINTS, (0, 2), hidden=2, steps=1, progress=False).target) == 3
    with pytest.raises(TargetError, match="nan in row 1"):
        train(([0, 1], [0, float("nan")]), progress=False)
    with pytest.raises(TargetError, match="beyond float64"):
        train(([0, 1], [0, Q(10) ** 400]), progress=False)
    with pytest.raises(DomainError, match="no point"):
        train(POINTS, (5, 6), progress=False)


@pytest.mark.parametrize(
    ("target", "domain", "place"),
    [
        ("1/x", (-1, 1), "x = 0"),
        ("sqrt(x)", (-1, 1), "x = -1"),
        ("tan(x)", (0, 3), "x"),
        ("1/(x + y)", [(-1, 1), (-1, 1)], r"\(x, y\) = \(0, 0\)"),
    ],
)
def test_formulas_with_poles_are_refused_before_any_step(target, domain, place, monkeypatch):
    monkeypatch.setattr(Settings, "run", None)
    with pytest.raises(TargetError, match=f"undefined.* at {place}"):
        train(target, domain, (2,), steps=3, progress=False)


def test_removable_points_are_no_obstacle():
    assert len(train("sin(x)/x", (-1, 1), (2,), steps=3, progress=False).losses) == 3


@pytest.mark.parametrize(
    ("domain", "told"), [((0, 1), False), ((-1, 2), False), ((2, 3), True), ((-100, 100), True), ((0, "1/100"), True)]
)
def test_units_are_blamed_where_they_may_be_the_cause(domain, told):
    box = (bounded(domain),)
    assert stalled(parse_target("x**2"), box, np.full(600, 1e9)) == told
    assert not stalled(parse_target("x**2"), box, np.full(30, 1e9))


def test_a_run_that_stalls_far_from_zero_is_told_of_units():
    def stuck(**more):
        return train("x**2", (1000, 1001), (3,), steps=600, lr=0.001, progress=False, **more)

    with pytest.warns(PwlinWarning, match="no better than a constant.*scaled=True"):
        stuck()
    run = stuck(scaled=True)  # without a warning
    assert run.losses[-1] < run.losses[0]


def test_steps_that_are_too_long_are_told(recwarn):
    with pytest.warns(PwlinWarning, match="ended worse than it began .* smaller lr than 1000000.0"):
        run = train("x**2", hidden=(3,), lr=1e6, steps=20, progress=False)
    assert run.ended_worse and not run.diverged
    recwarn.clear()
    assert not train("x**2", hidden=(3,), steps=20, progress=False).ended_worse
    assert not train("x**2", hidden=(3,), steps=0, progress=False).ended_worse
    # a start that was perfect is no fault of the rate
    assert train("0", hidden=(), steps=20, lr=0.001, seed=1, init="he", progress=False).network.exact(0) is not None
    assert not recwarn.list
