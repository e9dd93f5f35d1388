"""Panels that share a norm, scales in axes of their own, and what stands beside a map within the place of its axes."""

from fractions import Fraction as Q

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import Normalize

import pwlin
from pwlin import plot

STEEP = pwlin.PiecewiseLinear1D.from_points([0, 1, 2, 3], [0, 4, 4, 2])
FLAT = pwlin.PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 3])
SQUARE = [(-1, 1), (-1, 1)]


@pytest.fixture(scope="module")
def maps():
    """Two functions on the square; the second has twice the values of the first."""
    net = pwlin.Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 2, -1]]], [[0, Q(1, 2), 0], [1]])
    F = pwlin.extract(net, SQUARE)
    return F, 2 * F


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def artists(ax, gid):
    return [a for a in ax.get_children() if a.get_gid() == gid]


def colour_of_slope(ax, place):
    """The colour of the stretch over a place."""
    [lines] = artists(ax, "fit")
    for segment, colour in zip(lines.get_segments(), lines.get_colors()):
        if segment[0][0] <= place <= segment[-1][0]:
            return tuple(colour)
    raise AssertionError(place)


@pytest.mark.parametrize("shared", [{"norm": Normalize(-8, 8)}, {"vmax": 8}, {"norm": Normalize()}])
def test_one_slope_has_one_colour_in_panels_that_share_a_scale(shared):
    line = pwlin.PiecewiseLinear1D.from_points([0, 1], [0, 4])
    first = plot.fit(STEEP, color_by="slope", **shared)
    second = plot.fit(line, color_by="slope", **shared)
    third = plot.fit(FLAT, color_by="slope", **shared)
    assert colour_of_slope(first, 0.5) == colour_of_slope(second, 0.5) != colour_of_slope(third, 0.5)
    end = "4" if shared == {"norm": shared.get("norm")} and shared["norm"].vmax == 4 else "8"
    assert f"slope −{end} … 0 … {end}" in [t.get_text() for t in third.get_legend().get_texts()]


@pytest.mark.parametrize("draw", [plot.fit, plot.slopes, lambda f, **options: plot.error(f, "x", **options)])
def test_the_scale_of_slopes_in_axes_of_its_own(draw):
    ax, cax = plt.subplots(1, 2)[1]
    assert draw(STEEP, ax=ax, color_by="slope", cax=cax) is ax
    assert cax.get_ylabel() == "slope" and cax.get_ylim() == (-4, 4)
    assert not any("…" in t.get_text() for t in ax.get_legend().get_texts())


def face_colours(ax):
    [tiles] = artists(ax, "regions")
    return np.asarray(tiles.get_facecolors())[:, :3]


def test_gradients_have_one_colour_in_maps_that_share_a_norm(maps):
    F, G = maps
    norm = Normalize(0, 10)
    here, there = (face_colours(plot.regions(f, norm=norm, legend=False)) for f in maps)
    apart = face_colours(plot.regions(G, legend=False))
    assert np.allclose(apart, face_colours(plot.regions(F, legend=False)))  # each by its own scale: alike
    assert not np.allclose(here, there)
    assert np.allclose(there, face_colours(plot.regions(2 * F, norm=Normalize(0, 10), legend=False)))


@pytest.mark.parametrize(("color_by", "target"), [("value", None), ("error", "x + y")])
def test_values_and_errors_follow_the_norm(maps, color_by, target):
    norm = Normalize()
    first = plot.regions(maps[0], target, color_by=color_by, norm=norm, legend=False)
    ends = norm.vmin, norm.vmax
    second = plot.regions(maps[1], target, color_by=color_by, norm=norm, legend=False)
    assert None not in ends and (norm.vmin, norm.vmax) == ends
    assert all(artists(ax, "values")[0].norm is norm for ax in (first, second))


@pytest.mark.parametrize("draw", [plot.regions, plot.surface])
@pytest.mark.parametrize("color_by", ["gradient", "value"])
def test_a_map_s_scale_in_axes_of_its_own(maps, draw, color_by):
    fig = plt.figure()
    ax = fig.add_subplot(1, 2, 1, projection="3d" if draw is plot.surface else None)
    cax = fig.add_subplot(1, 2, 2)
    before = list(ax.child_axes)
    draw(maps[0], ax=ax, color_by=color_by, cax=cax)
    assert list(ax.child_axes) == before  # nothing beside it
    assert cax.get_ylabel() in ("∂F/∂y", "F(x, y)")


@pytest.mark.parametrize(
    ("color_by", "columns"), [("gradient", 2), ("gradient", 3), ("pattern", 2), ("value", 3), ("error", 3)]
)
def test_what_stands_beside_a_map_stays_in_its_place_in_plain_subplots(maps, color_by, columns):
    fig, axs = plt.subplots(1, columns, figsize=(12, 4))
    place = axs[0].get_subplotspec().get_position(fig)
    plot.regions(maps[0], "x + y", ax=axs[0], color_by=color_by)
    fig.canvas.draw()
    right = axs[1].get_position().x0
    for child in axs[0].child_axes:
        box = child.get_tightbbox().transformed(fig.transFigure.inverted())
        assert box.x1 <= right, (color_by, child.get_label(), place)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda F: plot.fit(STEEP, color_by="slope", norm=3), "norm"),
        (lambda F: plot.fit(STEEP, color_by="slope", norm=Normalize(0, 1), vmax=3), "vmax"),
        (lambda F: plot.fit(STEEP, cax=plt.subplots()[1]), "cax"),
        (lambda F: plot.fit(STEEP, color_by="slope", cax=3), "cax"),
        (lambda F: plot.regions(F, color_by="pattern", norm=Normalize(0, 1)), "norm"),
        (lambda F: plot.surface(F, color_by="pattern", cax=plt.subplots()[1]), "cax"),
        (lambda F: plot.regions(F, norm="log"), "norm"),
        (lambda F: plot.fit(STEEP, color_by="slope", norm=Normalize(5, -5)), "norm"),
    ],
)
def test_odd_scales_are_refused(maps, call, message):
    with pytest.raises(pwlin.PwlinError, match=message):
        call(maps[0])


def test_stills_and_films_have_one_colour_for_a_region():
    from pwlin.app.film.line import film_of
    from pwlin.plot.drawing import style

    run = pwlin.train("x**2", (-2, 2), (3,), steps=40, record_every=20, seed=1, progress=False)
    frame = film_of(run, 2, lambda count: None).frames[-1]
    f = pwlin.extract(run.network, (-2, 2))
    [lines] = artists(plot.fit(f), "fit")
    from matplotlib.colors import to_rgba

    assert [tuple(c) for c in lines.get_colors()] == [to_rgba(style.REGION_COLOURS[c]) for c in frame.colours]
