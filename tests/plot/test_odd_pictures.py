"""Pictures at the borders of what can be drawn: lines without ends, labels that win nowhere, more than can be named."""

from fractions import Fraction as Q

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest

from pwlin import Network, PiecewiseLinear1D, Polytope, PwlinError, extract, plot
from pwlin.plot.drawing.region_colours import greedy_colouring

SQUARE = [(-1, 1)] * 2
PLANE = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, -1, 2]]])
HAT = Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])


@pytest.fixture(autouse=True)
def no_figures_stay():
    yield
    plt.close("all")


def drawn(ax, gid):
    return [a for a in ax.get_children() if str(a.get_gid() or "").startswith(gid)]


def legend_of(ax):
    """Texts of the legend."""
    legends = [*ax.figure.legends, *(a.get_legend() for a in ax.figure.axes if a.get_legend())]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def test_a_level_that_is_a_whole_line():
    strip = extract(Network.from_arrays([[[1, 0]], [[1]]], [[1], [0]]), [(-1, 1), None])
    ax = plot.level_set(strip, "3/2", window=[(-1, 1), (-2, 2)])
    (line,) = drawn(ax, "level")
    points = np.concatenate([np.asarray(path.vertices) for path in line.get_paths()])
    assert np.allclose(points[:, 0], 0.5) and points[:, 1].min() <= -2 and points[:, 1].max() >= 2


def test_a_label_that_wins_nowhere_is_said():
    both = extract(Network.from_arrays([[[0, 0], [0, 0]]], [[0, 1]]), SQUARE)
    ax = plot.decision_boundary(*both)
    assert any("nowhere" in text for text in legend_of(ax)) and not drawn(ax, "boundary")


def test_a_complex_in_space_without_a_domain():
    net = Network.from_arrays([[[1, 0, 0], [0, 1, 1]], [[1, 1]]], [[0, 1], [0]])
    ax = plot.complex3d(extract(net), window=[(-1, 1)] * 3)
    assert ax.get_xlim()[0] <= -1 and ax.get_zlim()[1] >= 1
    part = plot.complex3d(extract(net, [(-1, 1)] * 3), window=[(0, 1)] * 3)
    assert part.get_xlim()[0] > -0.5


def test_more_neurons_than_are_named():
    rows = [[1, Q(k, 7)] for k in range(20)]
    many = extract(Network.from_arrays([rows, [[1] * 20]], [[Q(k, 40) for k in range(20)], [0]]), SQUARE)
    assert any("12 of 20 labelled" in text for text in legend_of(plot.bent_hyperplanes(many, by="neuron")))


def test_more_kinks_than_are_marked():
    many = PiecewiseLinear1D.from_points(range(1003), [k % 2 for k in range(1003)])
    few = PiecewiseLinear1D.from_points(range(9), [k % 2 for k in range(9)])
    markers = [sum(len(c.get_offsets()) for c in plot.fit(f).collections) for f in (few, many)]
    assert markers[0] >= 7 > markers[1]
    assert plot.error(PiecewiseLinear1D.from_points(range(500), [k % 3 for k in range(500)]), "x") is not None


def test_errors_against_what_is_known_at_samples_only():
    f = extract(HAT, (-1, 1))
    ax = plot.error(f, np.cos)
    assert not drawn(ax, "largest") and len(ax.lines) > 0
    with pytest.raises(PwlinError, match="comparison: found"):
        plot.error(f, "x", comparison=3)


def test_a_window_beside_the_domain():
    with pytest.raises(PwlinError, match=r"window|domain"):
        plot.regions(extract(PLANE, SQUARE), window=[(3, 4), (3, 4)])
    triangle = Polytope.simplex(dim=2)
    with pytest.raises(PwlinError, match="window"):
        plot.regions(extract(PLANE, triangle), window=[("3/4", 1), ("3/4", 1)])


def test_half_windows_follow_the_function():
    f = extract(HAT)
    ax = plot.fit(f, window=(None, 0))
    assert ax.get_xlim()[1] == pytest.approx(0, abs=0.3) and ax.get_xlim()[0] < -1


def test_networks_that_a_decomposition_cannot_show():
    with pytest.raises(PwlinError, match="f: found"):
        plot.decomposition(PLANE)
    with pytest.raises(PwlinError, match="comes from no network"):
        plot.decomposition(PiecewiseLinear1D.from_points([0, 1], [0, 1]))


def test_as_many_colours_as_neighbours_need():
    everyone = np.array([(a, b) for a in range(7) for b in range(a)])
    assert sorted(greedy_colouring(7, everyone).tolist()) == list(range(7))


def test_targets_with_corners_are_drawn_through_them():
    roof = PiecewiseLinear1D.from_points([-1, "1/3", 1], [0, 7, 0])
    ax = plot.fit(extract(HAT, (-1, 1)), target=roof)
    tops = [line for line in ax.lines if np.max(line.get_ydata()) == 7]
    assert tops and any(np.isclose(line.get_xdata()[np.argmax(line.get_ydata())], 1 / 3) for line in tops)


def test_a_polytope_without_ends_is_drawn_in_a_window():
    wedge = Polytope.from_halfspaces([[-1, 0], [0, -1]], [0, 0])
    ax = plot.regions(extract(PLANE, wedge))
    assert ax.get_xlim()[1] > ax.get_xlim()[0] >= -1.5
