"""Questions about functions on cells: what is no question is refused by name."""

import pytest

from pwlin import Network, PiecewiseLinear1D, PwlinError, count_regions, extract
from pwlin.base.errors import DomainError, ShapeError

NET = Network.from_arrays([[[1, 0], [0, 1]], [[1, 3]]])
F = extract(NET, [(-1, 1), (-1, 1)])
HAT = PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 0])


@pytest.mark.parametrize("other", [5, None, "a", HAT, [1], NET])
def test_decision_boundary_against_what_is_no_function(other):
    with pytest.raises(ShapeError, match="other: found"):
        F.decision_boundary(other)


def test_decision_boundary_on_another_domain():
    with pytest.raises(DomainError, match="other: found"):
        F.decision_boundary(extract(NET, [(0, 1), (0, 1)]))


@pytest.mark.parametrize("exponents", [5, None, "ab", (1,), (1, -1), (1.0, 0), (True, 0), {0: 1}, (0, 0, 0)])
def test_moments_of_no_monomial(exponents):
    with pytest.raises(PwlinError, match="exponents: found"):
        F.moment(exponents)


@pytest.mark.parametrize("region", [-1, 4, 10**9, "a", 1.0, None, True])
def test_maps_of_no_region(region):
    with pytest.raises(PwlinError, match="region: found"):
        F.affine_map(region)


@pytest.mark.parametrize("dimension", [-1, 3, "a", 1.0, None, True])
def test_faces_of_no_dimension(dimension):
    with pytest.raises(PwlinError, match="dimension: found"):
        F.faces(dimension)


@pytest.mark.parametrize("neuron", [(0, 9), ("a", 0), (-1, 0), (0.0, 0), (None, None), (True, 0), (0, False)])
def test_bent_hyperplanes_of_no_neuron(neuron):
    with pytest.raises(PwlinError, match="neuron: found"):
        F.bent_hyperplane(*neuron)


@pytest.mark.parametrize("point", [{}, {0: 1, 1: 0}, 5, "ab", None, [None, 1], [[0, 1]], (1, 2, 3), {0, 1}])
def test_points_that_are_none(point):
    for ask in (F.region_at, F.regions_at, lambda p: F.along(p, (0, 0)), lambda p: F.along((0, 0), p)):
        with pytest.raises(PwlinError, match="found"):
            ask(point)


@pytest.mark.parametrize(
    "options",
    [
        {"method": "quick"},
        {"method": ["fast"]},
        {"method": None},
        {"workers": 0},
        {"workers": True},
        {"workers": 1.0},
        {"progress": "no"},
    ],
)
def test_options_of_extraction(options):
    name = next(iter(options))
    line = Network.from_arrays([[[1]], [[1]]])
    for verb in (extract, count_regions):
        for net, domain in ((NET, [(-1, 1), (-1, 1)]), (line, (0, 1))):
            with pytest.raises(PwlinError, match=f"{name}: found"):
                verb(net, domain, **options)


def test_other_odd_arguments():
    for ask, name in (
        (lambda: F.to_dataframe(exact="a"), "exact"),
        (lambda: F.lipschitz(3), "norm"),
        (lambda: F.lipschitz("x"), "norm"),
        (lambda: F.level_set("a"), "c"),
        (lambda: count_regions(NET, executor=5), "executor"),
    ):
        with pytest.raises(PwlinError, match=f"{name}: found"):
            ask()


def test_regions_of_one_input_are_counted_on_the_line():
    net = Network.from_arrays([[[1], [2]], [[1, 1]]], [[0, -1], [0]])
    for method in ("auto", "exact", "fast"):
        assert count_regions(net, (-(10**60), 10**60), method=method) == extract(net).n_regions == 3
