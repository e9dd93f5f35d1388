"""What pictures refuse, by name: odd values of every argument."""

import matplotlib

matplotlib.use("Agg")
import numpy as np
import pytest
from matplotlib.colors import LogNorm

import pwlin
from pwlin import plot
from pwlin.theory.constructions import tent

LINE = pwlin.extract(tent(2), (0, 1))
TENTS = pwlin.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
PLANE = pwlin.extract(TENTS, [(-1, 1), (-1, 1)])
RUN = pwlin.train("x**2", (-1, 1), 2, steps=2, progress=False)
ODD = (3, "no", object(), np.array([1.0, 2.0]), np.array(3), [None], {1: 2})
CASES = [
    *((plot.fit, LINE, name) for name in ("ax", "label_kinks", "color_by", "window", "title")),
    *((plot.slopes, LINE, name) for name in ("ax", "color_by", "window", "title")),
    *((plot.explain, LINE, name) for name in ("run", "window", "comparison", "title")),
    *((plot.decomposition, LINE, name) for name in ("fig", "neurons", "max_neurons", "title")),
    *((plot.regions, PLANE, name) for name in ("ax", "color_by", "window", "comparison", "edges", "legend", "title")),
    *((plot.surface, PLANE, name) for name in ("ax", "color_by", "window", "legend", "title")),
    *((plot.level_set, PLANE, name) for name in ("ax", "window", "title")),
    *((plot.bent_hyperplanes, PLANE, name) for name in ("ax", "by", "label", "window", "title")),
    *((plot.kink_paths, RUN, name) for name in ("ax", "paths", "title")),
    *((plot.losses, RUN, name) for name in ("ax", "title")),
]
TAKEN = {("max_neurons", int), ("title", str), ("max_neurons", np.ndarray)}


@pytest.mark.parametrize(
    ("picture", "subject", "name"), CASES, ids=lambda v: getattr(v, "__name__", None) or str(v)[:12]
)
def test_odd_values_are_refused_by_name(picture, subject, name):
    more = {"target": "x**2"} if picture is plot.explain else {}
    for value in ODD:
        if (name, type(value)) in TAKEN or (name == "window" and isinstance(value, np.ndarray) and value.shape == (2,)):
            continue
        with pytest.raises(pwlin.PwlinError, match=f"^{name}"):
            picture(subject, **more, **{name: value})


@pytest.mark.parametrize("picture", [plot.fit, plot.regions, plot.kink_paths, plot.losses, plot.decomposition])
def test_what_is_drawn_is_checked(picture):
    for value in (None, *ODD):
        with pytest.raises(pwlin.PwlinError, match=r"^(f|F|run): found"):
            picture(value)


def test_errors_name_the_right_door():
    net = pwlin.constructions.hat()
    for wrong in (plot.fit, plot.regions, lambda n: pwlin.compare(n, "x")):
        with pytest.raises(
            pwlin.PwlinError, match=r"found Network; .* extract the network first, as in pwlin\.extract"
        ):
            wrong(net)
    with pytest.raises(pwlin.PwlinError, match=r"target='x\*\*2' draws a target"):
        pwlin.extract(net, (-1, 1)).plot("x**2")


@pytest.mark.parametrize("norm", [LogNorm(), LogNorm(1, 10)], ids=["free", "fixed"])
def test_a_norm_without_a_place_for_the_values_is_refused(norm):
    f = pwlin.extract(pwlin.constructions.hat(), (-1, 2))
    F = pwlin.extract(pwlin.Network.from_arrays([[[1, 0], [0, 1]], [[1, -1]]]), [(-1, 1), (-1, 1)])
    with pytest.raises(pwlin.PwlinError, match="norm: found LogNorm, which has no place for values from -"):
        plot.fit(f, color_by="slope", norm=norm)
    with pytest.raises(pwlin.PwlinError, match="norm: found LogNorm, which has no place for values from -"):
        plot.regions(F, color_by="value", norm=norm)
