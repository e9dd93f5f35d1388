"""What pictures refuse, by name: odd values of every argument."""

import matplotlib

matplotlib.use("Agg")
import numpy as np
import pytest

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
