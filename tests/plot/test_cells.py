"""Pictures of functions of two and three variables: what is drawn, checked on the artists rather than on pixels."""

import io
import sys
from fractions import Fraction as Q
from functools import cache
from itertools import pairwise

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from pwlin import Network, Polytope, PwlinError, extract, plot
from pwlin.plot.drawing.gradient_colours import disc_colours
from pwlin.plot.drawing.mesh import plane_mesh, window_of
from pwlin.plot.drawing.region_colours import PATTERN_HUES, greedy_colouring, pattern_colours
from tests.plot.test_line import CVD, lab, named
from tests.strategies.effort import examples
from tests.strategies.networks import networks, pytorch_style

SQUARE = [(-1, 1), (-1, 1)]
CUBE = [(-1, 1)] * 3


@pytest.fixture(autouse=True)
def nothing_stays_open(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("a picture must not be shown"))
    before = dict(matplotlib.rcParams)
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == before


@cache
def small():
    """41 regions."""
    return extract(pytorch_style([2, 10, 5, 1], 1004), SQUARE)


@cache
def crossing():
    """|x| - |y|, its first neuron twice, and a neuron that nothing listens to."""
    w1 = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1]]
    return extract(Network.from_arrays([w1, [[1, 1, -1, -1, 0]]]), SQUARE)


@cache
def space():
    return extract(pytorch_style([3, 4, 3, 1], 3), CUBE)


class Recorded(Poly3DCollection):
    """Keeps what it was made of, which Matplotlib's versions store in different ways."""

    def __init__(self, verts, *args, **options):
        self.rings = [np.asarray(v) for v in verts]
        self.colours = options["facecolors"]
        super().__init__(verts, *args, **options)


@pytest.fixture
def solid(monkeypatch):
    monkeypatch.setattr(sys.modules["pwlin.plot.complex3d"], "Poly3DCollection", Recorded)
    monkeypatch.setattr(sys.modules["pwlin.plot.surface"], "Poly3DCollection", Recorded)


def only(ax, gid):
    [found] = named(ax, gid)
    return found


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def inset(ax, label):
    return [a for a in ax.child_axes if a.get_label() == label]


def rings(collection):
    return [p.vertices[:-1] for p in collection.get_paths()]


def area(ring):
    (x, y), (u, v) = ring.T, np.roll(ring, -1, axis=0).T
    return abs((x * v - u * y).sum()) / 2


# -- regions --------------------------------------------------------------------------------------


def test_each_region_is_one_polygon_in_one_collection():
    f = small()
    ax = plot.regions(f)
    polygons = rings(only(ax, "regions"))
    assert len(polygons) == f.n_regions == 41
    for region, ring in zip(f.regions, polygons):
        assert {tuple(map(float, v)) for v in region.vertices} == {tuple(v) for v in ring.tolist()}
    assert sum(map(area, polygons)) == pytest.approx(4)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_xlim(), ax.get_ylim()) == ("x", "y", (-1, 1), (-1, 1))
    assert ax.get_aspect() == 1
    assert "41 regions in 41 pieces" in legend(ax)
    assert len(ax.findobj()) < 400  # artists do not grow with the regions


def test_colours_are_equal_where_gradients_are_equal():
    ax = plot.regions(crossing())
    colours = only(ax, "regions").get_facecolors()
    gradients = [r.gradient for r in crossing().regions]
    for g, c in zip(gradients, colours):
        for h, d in zip(gradients, colours):
            assert (g == h) == np.array_equal(c, d)


def test_gradient_scale_stands_beside_and_shows_each_gradient():
    ax = plot.regions(crossing())
    [scale] = inset(ax, "gradient scale")
    dots = only(scale, "gradients").get_offsets()
    assert {tuple(p) for p in np.asarray(dots).tolist()} == {(a, b) for a in (-1, 1) for b in (-1, 1)}
    assert scale.get_xlabel() == "∂F/∂x"
    assert scale.get_ylabel() == "∂F/∂y"
    assert not inset(plot.regions(crossing(), legend=False), "gradient scale")


def test_a_few_large_gradients_do_not_take_the_colours_of_all_others():
    spike = Network.from_arrays([[[1, 0], [1, 0], [0, 1]], [[1000, -1000, 1]]], [[0, "-1/1000", 0], [0]])
    ax = plot.regions(extract(spike, SQUARE))
    [scale] = inset(ax, "gradient scale")
    assert scale.get_xlim()[1] < 2
    assert any("2 beyond, on the rim" in t.get_text() for t in scale.texts)


@pytest.mark.parametrize("sight", CVD)
def test_opposite_gradients_differ_for_every_kind_of_sight(sight):
    turn = np.linspace(0, 2 * np.pi, 25)
    ends = [disc_colours(np.cos(turn), np.sin(turn)), disc_colours(-np.cos(turn), -np.sin(turn))]
    assert all(np.linalg.norm(lab(a, np.array(CVD[sight])) - lab(b, np.array(CVD[sight]))) > 25 for a, b in zip(*ends))
    assert np.ptp(disc_colours(0, 0)) < 0.02


def test_neighbours_have_different_patterns_and_colours():
    f = small()
    colours = pattern_colours(f.complex)
    assert all(not np.allclose(colours[r.index], colours[n.region]) for r in f.regions for n in r.neighbors)
    ax = plot.regions(f, color_by="pattern")
    assert np.allclose(only(ax, "regions").get_facecolors()[:, :3], colours)
    first = [r.pattern[0] for r in f.regions]
    own = "" if len(set(first)) <= len(PATTERN_HUES) else "neighbours differ in "
    assert f"{own}hue: layer 0; shade: deeper layers" in legend(ax)


def test_few_patterns_have_a_hue_each():
    f = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]]), [(-1, 1)] * 2)  # opposite quadrants too
    assert len({tuple(c) for c in pattern_colours(f.complex).round(6).tolist()}) == f.n_regions == 4


@given(st.integers(1, 12).flatmap(lambda n: st.lists(st.tuples(st.integers(0, n), st.integers(0, n)), max_size=40)))
@examples(30)
def test_greedy_colouring_tells_neighbours_apart(pairs):
    edges = np.array([p for p in pairs if p[0] != p[1]], dtype=np.int64).reshape(-1, 2)
    colours = greedy_colouring(13, edges)
    assert all(colours[a] != colours[b] for a, b in edges)


def test_values_are_those_of_the_function():
    f = small()
    ax = plot.regions(f, color_by="value")
    made = only(ax, "values")
    points = made._triangulation
    assert np.allclose(made.get_array(), f(np.column_stack([points.x, points.y])))
    assert len(inset(ax, "colour bar")) == 1
    assert inset(ax, "colour bar")[0].get_ylabel() == "F(x, y)"
    assert named(ax, "contours")


def test_errors_are_function_minus_target_on_a_scale_around_zero():
    f = small()
    ax = plot.regions(f, "x**2 + y**2")
    made = only(ax, "values")
    p = np.column_stack([made._triangulation.x, made._triangulation.y])
    assert np.allclose(made.get_array(), f(p) - (p**2).sum(axis=1))
    assert made.norm.vmin == -made.norm.vmax == pytest.approx(-np.abs(made.get_array()).max())
    assert inset(ax, "colour bar")[0].get_ylabel().replace(" ", "") == "F−(x²+y²)"
    assert f"error sampled at {len(p):,} points" in legend(ax)


def test_the_largest_error_is_marked_where_it_is():
    c = crossing().compare("x**2 - y**2")
    ax = plot.regions(crossing(), "x**2 - y**2", comparison=c)
    stars = {tuple(p) for p in only(ax, "sup").get_xydata().tolist()}
    assert stars == {tuple(float(v) for v in p) for p in c.argsups}
    assert "largest error ≈ 0.25" in legend(ax)
    assert len(
        only(plot.regions(crossing(), "x**2 - y**2", comparison=c, window=[(0, 1), (0, 1)]), "sup").get_xydata()
    ) < len(stars)


def test_targets_may_be_functions_too():
    f, g = small(), crossing()
    ax = plot.regions(f, g)
    made = only(ax, "values")
    p = np.column_stack([made._triangulation.x, made._triangulation.y])
    assert np.allclose(made.get_array(), f(p) - g(p))
    ax = plot.regions(f, lambda p: p[..., 0])
    assert np.allclose(only(ax, "values").get_array()[:5], (f(p) - p[:, 0])[:5])


def test_undefined_targets_leave_gaps():
    made = only(plot.regions(crossing(), "sqrt(x)"), "values")
    assert made._triangulation.x[np.unique(made._triangulation.triangles)].min() >= 0


def test_silent_facets_are_drawn_apart_from_kinks():
    f = crossing()
    ax = plot.regions(f)
    assert len(only(ax, "kinks").get_segments()) == len(f.kinks) == 4
    assert len(only(ax, "silent facets").get_segments()) == len(f.silent_facets) == 2
    assert "6 regions in 4 pieces" in legend(ax)
    assert "silent facets (no gradient jump)" in legend(ax)


def test_many_regions_are_rasterised_and_have_no_more_artists(monkeypatch):
    monkeypatch.setattr(sys.modules["pwlin.plot.regions"], "MANY", 40)
    f = extract(pytorch_style([2, 32, 32, 1], 1005), SQUARE)
    ax = plot.regions(f)
    assert f.n_regions == len(only(ax, "regions").get_paths()) == 805
    assert only(ax, "regions").get_rasterized()
    assert len(ax.findobj()) == len(plot.regions(small()).findobj())


def test_axes_are_used_and_returned():
    figure, ax = plt.subplots()
    assert plot.regions(small(), ax=ax, title="A title") is ax
    assert ax.get_title(loc="left") == "A title"
    assert small().plot(ax=ax, color_by="pattern") is ax
    assert plt.get_fignums() == [figure.number]
    assert named(small().plot(color_by="error", target="x*y"), "values")


def test_pictures_are_deterministic():
    def png():
        out = io.BytesIO()
        plot.regions(small()).figure.savefig(out, format="png", dpi=40)
        return out.getvalue()

    assert png() == png()


# -- windows --------------------------------------------------------------------------------------


def exact_area(mesh):
    total = Q(0)
    for k in range(len(mesh.cells)):
        ring = [[Q(c, v[2]) for c in v[:2]] for v in (mesh.vertices[i] for i in mesh.polygons[k])]
        parts = [x * v - u * y for (x, y), (u, v) in pairwise([*ring, ring[0]])]
        assert sum(parts) > 0  # counterclockwise
        total += sum(parts) / 2
    return total


@given(networks(inputs=2, max_depth=2), st.booleans())
@examples(25)
def test_cells_fill_the_window_exactly(net, bounded):
    f = extract(net, SQUARE if bounded else None)
    mesh = plane_mesh(f)
    (a, b), (c, d) = mesh.window
    assert exact_area(mesh) == (b - a) * (d - c)
    part = plane_mesh(f, [(a, (a + b) / 2), (c, d)])
    assert exact_area(part) == (b - a) * (d - c) / 2


def test_unbounded_cells_are_cut_to_a_window_and_the_picture_says_so():
    f = extract(pytorch_style([2, 10, 5, 1], 1004))
    ax = plot.regions(f)
    assert "unbounded cells are cut to this window" in legend(ax)
    assert any(
        text.startswith(f"{len(only(ax, 'regions').get_paths())} of {f.n_regions} regions") for text in legend(ax)
    )
    assert "unbounded cells are cut to this window" not in legend(plot.regions(small()))
    for made in (plot.surface(f), plot.bent_hyperplanes(f), plot.level_set(f, 0)):
        assert "unbounded cells are cut to this window" in legend(made)


def test_distant_vertices_do_not_set_the_window():
    (a, b), (c, d) = window_of(extract(pytorch_style([2, 32, 32, 1], 1005)))
    assert max(map(abs, (a, b, c, d))) < 12


def test_cells_that_contain_lines():
    f = extract(Network.from_arrays([[[1, 0], [1, 0], [1, 0]], [[1, -2, 1]]], [[1, 0, -1], [0]]))
    ax = plot.regions(f, window=[(-2, 2), (-1, 1)])
    assert sorted(round(area(r), 9) for r in rings(only(ax, "regions"))) == [2, 2, 2, 2]
    lines = np.concatenate([c.get_segments() for c in named(plot.bent_hyperplanes(f), "layer 0")])
    assert {round(x, 9) for x in lines[:, :, 0].ravel()} == {-1, 0, 1}


def test_polygons_as_domains():
    f = extract(pytorch_style([2, 10, 5, 1], 1004), Polytope.from_vertices([(-2, -1), (3, 0), (0, 3)]))
    ax = plot.regions(f)
    assert sum(map(area, rings(only(ax, "regions")))) == pytest.approx(float(f.volume()))


def test_numbers_of_any_size():
    huge = Network.from_arrays([[[1e300, 0], [0, 1e-300], [1, 1]], [[1e300, 1, 1]]])
    f = extract(huge, SQUARE)
    for ax in (plot.regions(f), plot.regions(f, "x*y"), plot.regions(f, color_by="value"), plot.surface(f)):
        ax.figure.canvas.draw()
    assert "10⁶⁰⁰" in ax.get_zlabel()


# -- the other views ------------------------------------------------------------------------------


def test_bent_hyperplanes_are_the_interior_facets_by_layer():
    f = small()
    ax = plot.bent_hyperplanes(f)
    drawn = {
        frozenset(map(tuple, s)) for layer in (0, 1) for c in named(ax, f"layer {layer}") for s in c.get_segments()
    }
    assert drawn == {frozenset(tuple(map(float, v)) for v in x.vertices) for x in f.facets if not x.is_boundary}
    flipping = {n for x in f.facets for n in x.neurons}
    for layer, width in enumerate((10, 5)):
        assert f"layer {layer}: {sum(k == layer for k, _ in flipping)} of {width} neurons flip" in legend(ax)
    colours = {tuple(named(ax, f"layer {k}")[0].get_color()[0]) for k in (0, 1)}
    assert len(colours) == 2


def test_coincident_neurons_are_all_counted_and_named():
    ax = plot.bent_hyperplanes(crossing())
    assert legend(ax) == ["layer 0: 5 of 5 neurons flip", "dotted: silent"]
    names = {t.get_text() for t in named(ax, "neuron-label")}
    assert names == {"(0, 0), (0, 1)", "(0, 2), (0, 3)", "(0, 4)"}
    ax = plot.bent_hyperplanes(crossing(), by="neuron", label=False)
    assert legend(ax) == ["(0, 0)", "(0, 2)", "(0, 4)", "dotted: silent"]


def test_surface_has_the_colours_of_the_map_and_the_heights_of_the_function(solid):
    f = small()
    ax = plot.surface(f)
    made = only(ax, "surface")
    assert len(made.rings) == f.n_regions
    assert np.allclose(made.colours, only(plot.regions(f), "regions").get_facecolors()[:, :3])
    points = np.concatenate(made.rings)
    assert np.allclose(points[:, 2], f(points[:, :2]), atol=1e-12)
    assert inset(ax, "gradient scale")
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == ("x", "y", "F(x, y)")
    assert legend(ax) == ["41 regions in 41 pieces"]
    for options in ({"color_by": "value"}, {"target": "x*y"}):
        assert len(inset(plot.surface(f, **options), "colour bar")) == 1


def test_complex_in_space_shows_each_facet_of_each_cell(solid):
    f = space()
    ax = plot.complex3d(f)
    assert len(only(ax, "cells").rings) == sum(len(r.facets) for r in f.regions)
    assert legend(ax) == [f"{f.n_regions} regions in {f.n_pieces} pieces; moved apart"]
    still = only(plot.complex3d(f, explode=0), "cells").rings
    assert np.ptp(np.concatenate(still), axis=0).tolist() == [2, 2, 2]
    cut = plot.complex3d(f, show="cutaway", color_by="value")
    assert len(only(cut, "cells").rings) < sum(x.is_boundary for x in f.facets) + sum(
        not x.is_boundary for x in f.facets
    )
    assert inset(cut, "colour bar")


def test_level_sets_are_the_exact_segments():
    f = small()
    level = f(np.array([[0.0, 0.0]]))[0]
    ax = plot.level_set(f, level)
    segments = only(ax, f"level {Q(level)}").get_segments()
    assert len(segments) == len(f.level_set(level).of_dimension(1)) > 0
    assert np.allclose(f(np.concatenate(segments).clip(-1, 1)), level, atol=1e-12)


def test_level_sets_name_each_level_and_fill_areas():
    ax = plot.level_set(crossing(), ["-1/2", 0, 5])
    assert legend(ax) == ["F = −1/2", "F = 0", "F = 5 (nowhere)"]
    flat = extract(Network.from_arrays([[[1, 0]], [[1]]]), SQUARE)
    [filled] = rings(only(plot.level_set(flat, 0), "area 0"))
    assert area(filled) == 2
    tip = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], activation="abs"), SQUARE)
    assert only(plot.level_set(tip, 0), "touch 0").get_xydata().tolist() == [[0, 0]]
    assert legend(plot.level_set(tip, np.linspace(0, 1, 11)))[1] == "11 levels, to"


def test_level_sets_in_space_are_polygons(solid):
    f = space()
    level = f(np.zeros((1, 3)))[0]
    ax = plot.level_set(f, level)
    faces = only(ax, f"level {Q(level)}").rings
    assert len(faces) == len(f.level_set(level).of_dimension(2))
    assert np.allclose(f(np.concatenate(faces).clip(-1, 1)), level, atol=1e-12)


def test_decision_boundaries_divide_the_domain():
    outputs = extract(pytorch_style([2, 8, 3], 9), SQUARE)
    ax = plot.decision_boundary(outputs, names=["a", "b", "c"])
    total = 0.0
    for k, f in enumerate(outputs):
        for made in named(ax, f"area {k}"):
            inner = np.array([r.mean(axis=0) for r in rings(made)])
            assert all((f(inner) >= g(inner) - 1e-12).all() for g in outputs)
            total += sum(map(area, rings(made)))
    assert total == pytest.approx(4)
    ends = np.concatenate(only(ax, "boundary").get_segments()).clip(-1, 1)
    values = np.sort([f(ends) for f in outputs], axis=0)
    assert np.allclose(values[-1], values[-2], atol=1e-12)
    assert {t.get_text() for t in named(ax, "area-label")} <= {"a", "b", "c"}


def test_two_functions_on_different_complexes():
    ax = plot.decision_boundary(small(), crossing())
    assert legend(ax)[:2] == ["F ≥ G", "F < G"]
    assert sum(area(r) for k in (0, 1) for made in named(ax, f"area {k}") for r in rings(made)) == pytest.approx(4)


def test_overview_shows_four_views():
    f = crossing()
    figure = plot.explain_plane(f, "x**2 - y**2", comparison=f.compare("x**2 - y**2"))
    titles = [ax.get_title(loc="left") for ax in figure.axes[:4]]
    assert sorted(titles) == sorted(
        ["Regions, by gradient", "Error", "Bent hyperplanes, by layer", "Surface, in the same colours"]
    )
    assert figure.get_suptitle().replace(" ", "") == "Network(2-5-1,relu)anditstargetx²-y²:4pieces,6regions"
    assert "Values" in [ax.get_title(loc="left") for ax in plot.explain_plane(f).axes]


@pytest.mark.parametrize(
    "draw",
    [
        plot.regions,
        lambda f: plot.regions(f, color_by="pattern"),
        lambda f: plot.regions(f, "x**2"),
        plot.surface,
        lambda f: plot.surface(f, "x**2"),
        plot.bent_hyperplanes,
        lambda f: plot.level_set(f, [0, "1/10"]),
        lambda f: plot.complex3d(space(), color_by="value"),
        lambda f: plot.level_set(space(), "1/10"),
        lambda f: plot.explain_plane(f, "x*y"),
    ],
)
def test_everything_lies_inside_the_figure(draw):
    figure = draw(small())
    figure = getattr(figure, "figure", figure)
    figure.canvas.draw()
    box = figure.get_tightbbox().extents * figure.dpi
    assert (box >= [-1, -1, -np.inf, -np.inf]).all()
    assert (box[2:] <= figure.bbox.extents[2:] + 1).all()


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plot.regions(space()), "F: found 3 variables; accepted are 2"),
        (lambda: plot.regions(3), "F: found int"),
        (lambda: plot.regions(small(), color_by="error"), "target: found none"),
        (lambda: plot.regions(small(), color_by="red"), "color_by: found 'red'"),
        (lambda: plot.regions(small(), "x + y + z"), "z"),
        (lambda: plot.regions(small(), "log(x - 5)"), "target: found no value"),
        (lambda: plot.regions(small(), window=[(0, 1)]), "window: found 1 interval"),
        (lambda: plot.regions(small(), window=[(5, 6), (5, 6)]), "found"),
        (lambda: plot.surface(small(), ax=plt.gca()), "projection='3d'"),
        (lambda: plot.complex3d(small()), "F: found 2 variables; accepted are 3"),
        (lambda: plot.complex3d(space(), color_by="gradient"), "color_by: found 'gradient'"),
        (lambda: plot.complex3d(space(), show="all"), "show: found 'all'"),
        (lambda: plot.bent_hyperplanes(small(), by="sign"), "by: found 'sign'"),
        (lambda: plot.level_set(small(), []), "c: found no value"),
        (lambda: plot.level_set(small(), "much"), "c: found the text 'much'"),
        (lambda: plot.decision_boundary(small()), "g: found none"),
        (lambda: plot.decision_boundary((small(),)), "f: found 1 function"),
        (lambda: plot.decision_boundary((small(), small()), names=["a"]), "names: found 1"),
    ],
)
def test_wrong_calls_say_what_is_accepted(call, words):
    with pytest.raises(PwlinError) as caught:
        call()
    assert words in str(caught.value)
