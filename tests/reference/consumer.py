"""What a type checker must see of the installed package; checked by mypy in `.ci/run`, never run."""

from fractions import Fraction
from typing import assert_type

import pwlin
from pwlin import Interval, Network, PiecewiseLinear1D, PiecewiseLinearND, Polytope, TrainingRun


def line() -> None:
    net = Network.from_arrays([[[1.0]], [[1.0]]])
    assert_type(net, Network)
    assert_type(net.widths, tuple[int, ...])
    assert_type(net @ net, Network)

    run = pwlin.train("x**2", steps=10)
    assert_type(run, TrainingRun)
    assert_type(run.network, Network)

    f = PiecewiseLinear1D.from_points([0, 1], [0, 1])
    assert_type(f + f, PiecewiseLinear1D)
    assert_type(f.maximum(0), PiecewiseLinear1D)
    assert_type(f.kinks[0].location, Fraction)
    assert_type(f.domain, tuple[Fraction | None, Fraction | None])
    assert_type(f.integral(), Fraction)
    assert_type(f.roots(), tuple[Fraction | Interval, ...])
    assert_type(f.to_network(), Network)
    assert_type(f.to_json(), str)
    assert_type(pwlin.count_regions(net), int)
    assert_type(pwlin.bounds.zaslavsky(5, 2), int)
    assert_type(pwlin.constructions.tent(3), Network)


def cells(F: PiecewiseLinearND) -> None:
    assert_type(F + F, PiecewiseLinearND)
    assert_type(F.regions[0].volume, Fraction | float)
    assert_type(F.domain, Polytope)
    assert_type(F.f_vector(), tuple[int, ...])
    assert_type(F.integral(), Fraction)
