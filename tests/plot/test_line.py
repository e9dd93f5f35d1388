"""Pictures of 1-D functions: what is drawn, checked on the artists rather than on pixels."""

import re
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction as Q
from itertools import combinations, pairwise

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from pwlin import Network, PiecewiseLinear1D, PwlinError, extract, plot
from pwlin.extraction import extract_line
from pwlin.formulas.target import parse_target
from pwlin.plot.decomposition import neuron_curves
from pwlin.plot.drawing import labels, neuron_colours, scale, style
from pwlin.plot.drawing.neuron_colours import NeuronColours
from pwlin.plot.drawing.slope_colours import SlopeScale
from pwlin.plot.drawing.stacked import stacked_sums
from pwlin.plot.training import neuron_paths
from pwlin.theory.constructions import hat, tent
from pwlin.training.run import KinkPaths
from tests.strategies.effort import examples
from tests.strategies.networks import networks, pytorch_style

KNOTS = [Q(-5), Q(-5, 3), Q(5, 3), Q(5)]


@pytest.fixture(autouse=True)
def close_figures():
    before = dict(matplotlib.rcParams)
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == before


def three_pieces():
    f = PiecewiseLinear1D.from_points(KNOTS, [k**2 - Q(50, 27) for k in KNOTS])
    return extract(f.to_network(), (-5, 5))


def many_kinks(n=60):
    """n kinks, by a network that interpolates x² at uneven knots."""
    rng = np.random.default_rng(5)
    xs = sorted({Q(int(v), 1024) for v in rng.integers(-5000, 5000, 4 * n)})[: n + 2]
    return extract(PiecewiseLinear1D.from_points(xs, [x**2 for x in xs]).to_network(), (xs[0], xs[-1]))


@dataclass
class Run:
    """A training run with these networks."""

    steps: list
    losses: list
    networks: list = ()
    domain: tuple = None

    def lines(self):
        return [extract_line(network, self.domain)[0] for network in self.networks]

    def kink_paths(self):
        return KinkPaths(tuple(self.steps), tuple(f.kinks for f in self.lines()))


def run_of(count=6):
    nets = [Network.from_arrays([[[1], [1]], [[1 + i, -2]]], [[i, -i], [0]]) for i in range(count)]
    return Run(list(range(count)), [2.0**-i for i in range(count)], nets, (-4, 4))


def named(ax, gid):
    return [a for a in ax.findobj() if a.get_gid() == gid]


def texts(ax):
    return [t.get_text() for t in named(ax, "kink-label")]


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def boxes(ax, gid):
    ax.figure.canvas.draw()
    return [t.get_window_extent() for t in named(ax, gid)]


def overlaps(extents):
    return any(a.overlaps(b) for i, a in enumerate(extents) for b in extents[:i])


# -- style ----------------------------------------------------------------------------------------

CVD = {  # Machado, Oliveira, Fernandes 2009, severity 1
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "normal": np.eye(3),
}


def lab(colour, matrix):
    c = np.array(to_rgb(colour))
    linear = np.clip(matrix @ np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4), 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(xyz / [0.9505, 1, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", CVD)
def test_colours_stay_apart_for_every_kind_of_sight(sight):
    matrix = np.array(CVD[sight])
    cycle = [lab(style.region_colour(i), matrix) for i in range(9)]
    assert all(np.linalg.norm(a - b) > 20 for a, b in zip(cycle, cycle[1:]))
    neurons = [lab(colour, matrix) for colour in neuron_colours.COLOURS]
    assert all(np.linalg.norm(a - b) > 14 for i, a in enumerate(neurons) for b in neurons[:i])


def test_neighbouring_regions_differ_in_greyscale():
    light = [lab(style.region_colour(i), np.eye(3))[0] for i in range(9)]
    assert all(abs(a - b) > 20 for a, b in zip(light, light[1:]))


def test_regions_are_quiet_beside_neurons():
    def strength(colour):
        return np.linalg.norm(lab(colour, np.eye(3))[1:])

    assert max(map(strength, style.REGION_COLOURS)) < 30 < min(map(strength, neuron_colours.COLOURS))


def test_up_to_eight_neurons_have_colours_of_their_own_and_of_more_those_with_the_largest_jumps():
    deep = extract(Network.from_arrays([np.ones((4, 1)), np.ones((4, 4)), np.ones((1, 4))]))
    palette = NeuronColours.of(deep)
    assert len({palette.colour(n) for n in deep.network.neurons()}) == 8 and not palette.note(deep.network.neurons())
    jumps = [1, 9, 3, 4, 5, 6, 7, 8, 2, 10]
    wide = extract(Network.from_arrays([np.ones((10, 1)), [jumps]], [range(10), [0]]))
    palette = NeuronColours.of(wide)
    assert (
        palette.strong == tuple((0, i) for i in range(10) if jumps[i] > 2)
        and palette.note([(0, 0)])
        and not palette.note([(0, 1), None])
    )
    assert {palette.colour((0, i)) for i in (0, 8)} == {neuron_colours.OTHER}
    assert "8 largest jumps in colours" in legend(plot.fit(wide))[-1]
    strongest = max(wide.kinks, key=lambda k: abs(k.jump)).location
    near = (strongest - Q(1, 10**6), strongest + Q(1, 10**6))
    assert (
        legend(plot.fit(wide, window=near))[-1].startswith("1 of ")
        and "colours" not in legend(plot.fit(wide, window=near))[-1]
    )
    assert NeuronColours.of(PiecewiseLinear1D.from_points([0, 1], [0, 1])).colour(None) == style.INK


def test_slopes_have_one_scale_centred_at_zero_for_all_panels_that_share_its_end():
    scale = SlopeScale.read(None, [Q(-3), Q(0), Q(1)])
    falls, flat, rises = (np.array(c[:3]) for c in scale.colours([Q(-3), Q(0), Q(3)]))
    assert sum(flat) < 0.5 < min(sum(falls), sum(rises)) / 2 and falls[2] > falls[0] and rises[0] > rises[2]
    assert scale.colours([Q(1)]) == SlopeScale(Q(3)).colours([Q(1)]) != SlopeScale(Q(9)).colours([Q(1)])
    assert SlopeScale(Q(1)).colours([Q(7)]) == SlopeScale(Q(1)).colours([Q(1)])
    assert SlopeScale.read(None, [Q(10) ** 400]).colours([Q(10) ** 400]) == SlopeScale(Q(1)).colours([Q(1)])
    f, g = three_pieces(), 2 * three_pieces()
    low, high = (named(plot.fit(h, color_by="slope", vmax="40/3"), "fit")[0].get_colors() for h in (f, g))
    assert tuple(low[2]) != tuple(high[2]) and tuple(low[1]) == tuple(high[1])
    assert "slope −13.3 … 0 … 13.3" in legend(plot.slopes(f, color_by="slope", vmax="40/3"))
    assert "slope −6.67 … 0 … 6.67" in legend(plot.error(f, "x**2", color_by="slope"))
    with pytest.raises(PwlinError, match="vmax: found 0"):
        plot.fit(f, color_by="slope", vmax=0)


def test_what_stands_beside_axes_stays_in_their_place():
    figure, axes = plt.subplots(1, 2)
    first = axes[0]
    place = first.get_position().frozen()
    plot.fit(three_pieces(), ax=first, target="x**2")
    figure.canvas.draw()
    assert first.get_legend().get_window_extent().transformed(figure.transFigure.inverted()).y1 <= place.y1 + 1e-6


def test_importing_pwlin_does_not_import_matplotlib():
    code = "import pwlin, sys; assert not any(m.split('.')[0] == 'matplotlib' for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# -- fit ------------------------------------------------------------------------------------------


def test_fit_has_one_exact_segment_for_each_region():
    f = three_pieces()
    ax = plot.fit(f, target="x**2")
    [lines] = named(ax, "fit")
    segments = np.array(lines.get_segments())
    assert segments.shape == (3, 2, 2)
    assert segments[:, 0, 0].tolist() == [-5, -5 / 3, 5 / 3]
    assert segments[:, 0, 1].tolist() == [float(f(k)) for k in KNOTS[:3]]
    assert len(named(ax, "target")) == 1 and len(named(ax, "regions")[0].get_paths()) == 3
    assert texts(ax) == ["(0, 0)\nx = −5/3", "(0, 1)\nx = 5/3"]
    assert legend(ax) == ["target x²", "f: 3 regions", "2 kinks"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_xlim()) == ("x", "f(x)", (-5.0, 5.0))


def test_sixty_kinks_are_marked_and_the_labels_that_fit_do_not_overlap():
    f = many_kinks()
    ax = plot.fit(f, target="x**2")
    assert sum(len(c.get_offsets()) for c in named(ax, "kinks")) == len(f.kinks) == 60
    extents = boxes(ax, "kink-label")
    assert 6 <= len(extents) < 60 and not overlaps(extents)
    frame_box = ax.get_window_extent()
    assert all(frame_box.x0 - 1 <= e.x0 and e.x1 <= frame_box.x1 + 1 and e.y1 <= frame_box.y1 + 1 for e in extents)
    assert f"60 kinks ({len(extents)} labelled, the 8 largest jumps in colours)" in legend(ax)
    shown = {tuple(map(int, t.strip("()").split(", "))) for t in texts(ax)}
    by_jump = sorted(f.kinks, key=lambda k: -abs(k.jump))
    assert {k.neurons[0].neuron for k in by_jump[: len(shown) - 2]} <= shown


def test_labels_lie_above_everything_that_is_drawn():
    ax = plot.fit(extract(tent(4), (0, 1)))
    top = ax.transData.transform((0, 1))[1]
    assert all(e.y0 > top for e in boxes(ax, "kink-label"))
    assert len(texts(ax)) == 15


def test_silent_breakpoints_and_coincident_flips():
    net = Network.from_arrays([[[1], [1], [-1], [2], [1]], [[1, 1, 2, 1, 0]]], [[0, 0, 0, 0, -1], [0]])
    f = extract(net)
    ax = plot.fit(f)
    assert texts(ax) == ["(0, 2)\n(0, 3)\n+ 2 more\nx = 0"]
    assert [len(c.get_offsets()) for c in named(ax, "silent")] == [1]
    assert legend(ax) == ["f: 3 regions, 2 pieces", "1 kink", "1 silent breakpoint"]
    assert len(named(plot.fit(f, color_by="piece"), "fit")[0].get_segments()) == 2


def test_labels_can_be_left_out_and_axes_are_used_and_returned():
    ax = plt.subplots()[1]
    assert plot.fit(three_pieces(), ax=ax, label_kinks=False, title="A fit") is ax
    assert texts(ax) == [] and ax.get_title(loc="left") == "A fit"
    assert three_pieces().plot(ax=ax) is ax


@pytest.mark.parametrize("color_by", ["region", "piece", "slope", "none"])
def test_ways_to_colour(color_by):
    ax = plot.fit(extract(hat()), color_by=color_by)
    colours = {tuple(c) for c in named(ax, "fit")[0].get_colors()}
    assert len(colours) == {"region": 4, "piece": 4, "slope": 3, "none": 1}[color_by]


def test_wrong_arguments_say_what_is_accepted():
    with pytest.raises(PwlinError, match="color_by: found 'speed'; accepted"):
        plot.fit(three_pieces(), color_by="speed")
    with pytest.raises(PwlinError, match="label_kinks: found 3"):
        plot.fit(three_pieces(), label_kinks=3)
    with pytest.raises(PwlinError, match="f: found Network"):
        plot.fit(hat())
    with pytest.raises(PwlinError, match="comes from no network"):
        plot.decomposition(PiecewiseLinear1D.from_points([0, 1], [0, 1]))
    with pytest.raises(PwlinError, match=r"neurons: found \(3, 0\)"):
        plot.decomposition(hat(), neurons=[(3, 0)])


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_numbers_beyond_floats_get_a_power_of_ten_as_unit(scale):
    ax = plot.fit(extract(Network.from_arrays([[[scale], [scale]], [[scale, -scale]]], [[1, -1], [0]])))
    ax.figure.canvas.draw()
    labels = ax.get_xlabel(), ax.get_ylabel()
    assert all(re.search("/ 10[⁰¹²³⁴-⁹⁻]{3,4}$", label) for label in labels)
    assert ax.get_xlim() == pytest.approx((-1.6, 1.6))


def test_a_short_interval_far_from_zero_is_shifted():
    ax = plot.fit(PiecewiseLinear1D.from_points([10**15, 10**15 + Q(1, 10**6), 10**15 + Q(1, 10**5)], [0, 1, 0]))
    low, high = ax.get_xlim()
    assert high - low == pytest.approx(1) and ax.get_xlabel() == "(x − 1e15) / 10⁻⁵"


@examples(15)
@given(networks(), st.sampled_from([None, (-2, 2), (0, None)]))
def test_any_network_can_be_drawn(net, domain):
    f = extract(net, domain)
    for draw in (plot.fit, plot.slopes):
        ax = draw(f)
        assert np.isfinite(ax.get_ylim()).all() and ax.get_ylim()[0] < ax.get_ylim()[1]
    plt.close("all")


# -- windows and labels ---------------------------------------------------------------------------


def test_the_window_of_an_unbounded_function_shows_its_kinks_but_not_distant_ones():
    f = PiecewiseLinear1D.from_points([0, 1, 2, 3, 4, 5, 6], [0, 1, 0, 1, 0, 1, 0]).to_network()
    g = extract(f) + extract(Network.from_arrays([[[1]], [[1]]], [[-(10**6)], [0]]))
    low, high = scale.window(g)
    assert low < 1 and 5 < high < 100
    assert "of" in next(t for t in legend(plot.fit(g)) if "kink" in t)
    assert scale.window(extract(hat()), (-2, 7)) == (-2, 7)
    assert scale.window(extract(Network.from_arrays([[[2]]], [[1]]))) == (-1, 1)


@examples(50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_spread_labels_keep_order_distance_and_ends(wanted):
    places = labels.spread(np.sort(np.array(wanted)), 1 / 40, 0.0, 1.0)
    assert (np.diff(places) > 1 / 40 - 1e-12).all() and places.min() >= 0 and places.max() <= 1 + 1e-12


def test_labels_that_have_room_stay_over_their_points():
    assert labels.spread(np.array([0.2, 0.5, 0.9]), 0.1, 0, 1).tolist() == pytest.approx([0.2, 0.5, 0.9])


# -- slopes ---------------------------------------------------------------------------------------


def test_slopes_are_a_staircase_against_the_derivative():
    ax = plot.slopes(three_pieces(), target="x**2")
    steps = np.array(named(ax, "steps")[0].get_segments())
    assert (steps[:, 0, 1] == steps[:, 1, 1]).all()
    assert steps[:, 0, 1].tolist() == [-20 / 3, 0, 20 / 3]
    [target] = named(ax, "target")
    assert (target.get_ydata() == 2 * target.get_xdata()).all()
    assert len(named(ax, "risers")[0].get_segments()) == 2
    assert [t.get_text() for t in named(ax, "slope-label")] == ["−20/3", "0", "20/3"]
    assert legend(ax)[0] == "derivative 2x"


def test_slopes_of_a_piecewise_linear_target_and_of_a_callable():
    ax = plot.slopes(three_pieces(), target=PiecewiseLinear1D.from_points([-5, 0, 5], [5, 0, 5]))
    assert named(ax, "target")[0].get_ydata().tolist() == [-1, -1, 1, 1]
    assert named(plot.slopes(three_pieces(), target=parse_target(np.sin, allow_callable=True)), "target") == []


def test_a_very_short_steep_step_does_not_flatten_the_others():
    f = PiecewiseLinear1D.from_points([0, 1, Q(1001, 1000), 2], [0, 1, 2, 3])
    ax = plot.slopes(f)
    assert ax.get_ylim()[1] < 10
    assert any("1 short step beyond the axis, 1000" in t for t in legend(ax))


# -- error ----------------------------------------------------------------------------------------


def test_the_largest_error_is_exact_and_marked_everywhere_it_is_taken():
    ax = plot.error(three_pieces(), "x**2")
    [stars] = named(ax, "sup")
    assert stars.get_xydata().tolist() == [[float(k), -50 / 27] for k in KNOTS]
    [label] = named(ax, "sup-label")
    assert label.get_text() == "max |error| = 50/27 ≈ 1.85185 at x = −5 and 3 more"
    curves = np.concatenate(named(ax, "error")[0].get_segments())
    assert abs(curves[:, 1]).max() == 50 / 27
    assert "f − x², by region" in legend(ax)


def test_irrational_largest_errors():
    f = PiecewiseLinear1D.from_points([0, 1], [0, 1])
    [label] = named(plot.error(f, "x**3"), "sup-label")
    assert label.get_text() == "max |error| = 2√3/9 ≈ 0.3849 at x = √3/3"


def test_a_certified_largest_error_shows_its_digits():
    ax = plot.error(PiecewiseLinear1D.from_points([0, 2], [0, 2]), "sin(x)")
    [label] = named(ax, "sup-label")
    assert label.get_text() == "max |error| ≈ 1.0907 at x = 2"
    assert len(named(ax, "sup")[0].get_xydata()) == 1


def test_the_label_stays_inside_the_axes():
    ax = plot.error(many_kinks(), "x**2 + x/1000000")
    [extent] = boxes(ax, "sup-label")
    box = ax.get_window_extent()
    assert box.x0 <= extent.x0 and extent.x1 <= box.x1 and box.y0 <= extent.y0 and extent.y1 <= box.y1


def test_a_function_that_is_its_target_has_no_error():
    f = PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 0])
    ax = plot.error(f, f)
    assert named(ax, "sup-label")[0].get_text().startswith("max |error| = 0 at x = ")
    ax.figure.canvas.draw()


# -- decomposition --------------------------------------------------------------------------------


def test_decomposition_of_the_hat():
    figure = plot.decomposition(hat())
    assert len(figure.axes) == 3 * 3 + 1
    assert [ax.get_title(loc="right") for ax in figure.axes[2:9:3]] == ["weight = 1/2", "weight = −1", "weight = 1/2"]
    pre, act, sent = (ax.lines[-1] for ax in figure.axes[:3])
    assert pre.get_xdata().tolist() == [-1.6, 1.6]
    assert act.get_xdata().tolist() == [-1.6, -1, 1.6] and act.get_ydata().tolist() == [0, 0, 2.6]
    assert sent.get_ydata().tolist() == [0, 0, 1.3]
    assert len(named(figure.axes[-1], "contribution")) == 3
    assert named(figure.axes[-1], "sum")[0].get_ydata().tolist() == [0, 0, 0.5, 0, 0]


def test_wide_and_deep_networks_show_the_neurons_with_the_largest_jumps():
    net = pytorch_style([1, 8, 8, 1], 3)
    figure = plot.decomposition(extract(net, (-3, 3)), max_neurons=3)
    assert len(figure.axes) == 3 * 3 + 1
    assert "3 of 16 neurons" in figure.get_suptitle() and "largest jumps" in figure.get_suptitle()
    first_layer = plot.decomposition(net, domain=(-3, 3), neurons=[(0, 2)])
    assert len(first_layer.axes[2].lines) == 1 + 6
    assert first_layer.axes[2].get_title(loc="right").endswith("of 8")


@examples(20)
@given(networks(), st.integers(-16, 16).map(lambda n: Q(n, 8)))
def test_neuron_curves_add_up_exactly(net, x):
    hidden = net.hidden
    if not hidden:
        return
    last = list(neuron_curves(net, (-2, 2), len(hidden) - 1))
    assert sum(c.contributions()[0][2](x) for c in last) + net.readout.bias[0] == net.exact(x)
    for c, active, unit in zip(last, net.pattern(x)[-1], hidden[-1].activations):
        assert c.activation(x) == unit(c.preactivation(x))
        assert active == (c.preactivation(x) > 0 or unit.is_linear)
    if len(hidden) > 1:
        below = list(neuron_curves(net, (-2, 2), len(hidden) - 2))
        for j, c in enumerate(last):
            assert sum(b.contributions()[j][2](x) for b in below) + hidden[-1].bias[j] == c.preactivation(x)


def test_many_contributions_are_bands_that_add_up():
    f = many_kinks(10)
    sent = [(c.neuron, g) for c in neuron_curves(f.network, f.domain, 0) for _, _, g in c.contributions()]
    bias = f.network.readout.bias[0]
    sums = stacked_sums(f, sent, bias)
    assert len(sums) == len(sent) + 1 and sums[0][1].n_pieces == 1 and sums[-1][1] == f
    given = dict(sent)
    for (_, below), (neuron, above) in pairwise(sums):
        assert above - below == given[neuron]
    assert stacked_sums(f, sent[1:], bias)[-1] == (None, f)  # what is left out comes last, without a neuron
    ax = plot.decomposition(f).axes[-1]
    bands = named(ax, "contribution")
    assert len(bands) == len(sent) and "stacked" in " ".join(legend(ax))
    written = {text.get_text() for text in ax.texts if text.get_gid() == "band-name"}
    assert written and written <= {str(neuron) for neuron in given}
    top = np.vstack([path.vertices for path in bands[-1].get_paths()])
    for x in (k.location for k in f.kinks):
        assert np.abs(top - [float(x), float(f(x))]).max(axis=1).min() < 1e-9


def test_names_of_bands_of_opposite_signs_do_not_lie_over_one_another():
    signs = [(-1) ** k * (k % 3 + 1) for k in range(12)]
    net = Network.from_arrays([[[1]] * 12, [signs]], [[Q(-k, 20) for k in range(12)], [0]])
    figure = plot.decomposition(extract(net, (-1, 3)))
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[-1].texts if text.get_gid() == "band-name"]
    assert len(boxes) > 2 and not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_a_linear_network_has_only_its_sum():
    figure = plot.decomposition(Network.from_arrays([[[2]]], [[1]]))
    assert len(figure.axes) == 1 and legend(figure.axes[0]) == ["f, a linear network"]


# -- training -------------------------------------------------------------------------------------


def test_kink_paths_follow_each_neuron_exactly():
    run = run_of()
    paths = neuron_paths(run.kink_paths())
    assert [(m.snapshot, m.location, m.jump) for m in paths[0, 0]] == [(i, -i, 1 + i) for i in range(4)]
    assert [(m.snapshot, m.location, m.jump) for m in paths[0, 1]] == [(i, i, -2) for i in range(4)]
    ax = plot.kink_paths(run)
    lines = named(ax, "path")
    assert len(lines) == 2
    ends = {tuple(point) for line in lines for segment in line.get_segments() for point in segment.tolist()}
    assert ends == {(float(m.snapshot), float(m.location)) for path in paths.values() for m in path}
    assert ax.get_xlabel() == "training step, on a square-root scale" and ax.get_xscale() == "function"


@pytest.mark.parametrize("last", [1, 7, 100, 2000, 5000, 123456])
def test_labels_of_steps_do_not_overlap(last):
    run = run_of(2)
    run.steps = [0, last]
    ax = plot.kink_paths(run)
    ax.figure.canvas.draw()
    assert not overlaps([label.get_window_extent() for label in ax.get_xticklabels()])
    assert ax.get_xticks()[[0, -1]].tolist() == [0, last]


def test_labels_of_kink_paths_do_not_overlap():
    f = many_kinks()
    run = Run([0, 10], [1.0, 0.5], [f.network] * 2, f.domain)
    ax = plot.kink_paths(run)
    extents = boxes(ax, "neuron-label")
    assert 10 < len(extents) < 60 and not overlaps(extents)
    assert all(e.x1 <= ax.get_window_extent().x1 + 1 for e in extents)


def test_several_kinks_of_one_neuron_are_dots_and_none_at_all_is_said():
    run = Run([0, 1], [1.0, 1.0], [tent(2)] * 2, (0, 1))
    assert any(len(c.get_offsets()) == 4 for c in named(plot.kink_paths(run), "path"))
    flat = Network.from_arrays([[[0]], [[1]]], [[1], [0]])
    run = Run([0], [], [flat], (0, 1))
    assert legend(plot.kink_paths(run)) == ["no kinks in the domain at any snapshot"]
    plot.losses(run)
    bent = Network.from_arrays([[[1]], [[1]]], [[0], [0]])
    run = Run([0, 1], [1.0, 1.0], [bent, flat], (-1, 1))
    assert legend(plot.kink_paths(run)) == ["kinks of 1 neuron, thick for large jumps", "(0, 0) left before the end"]


def test_losses_are_on_a_logarithmic_axis():
    ax = plot.losses(run_of())
    assert ax.get_yscale() == "log" and named(ax, "loss")[0].get_ydata().tolist() == [2.0**-i for i in range(6)]
    run = Run([0, 500], losses=[1.0] * 498 + [np.inf, np.nan])
    ax = plot.losses(run)
    assert named(ax, "smoothed") and "2 zero or not finite, not drawn" in legend(ax)


def test_explain_shows_one_window_three_times():
    f = three_pieces()
    figure = plot.explain(f, "x**2")
    assert len(figure.axes) == 3 and {ax.get_xlim() for ax in figure.axes} == {(-5.0, 5.0)}
    assert "x²: 3 pieces, 3 regions" in figure.get_suptitle()
    assert len(plot.explain(f, "x**2", run_of()).axes) == 5


def test_pictures_are_deterministic():
    def drawn():
        figure = plot.fit(many_kinks(12), target="x**2").figure
        figure.canvas.draw()
        return bytes(figure.canvas.buffer_rgba())

    assert drawn() == drawn()


def test_error_takes_its_colours_from_pieces_if_asked():
    f = PiecewiseLinear1D.from_points([-1, 0, 1], [1, 0, 1])
    axes = [plot.error(f, "x**2", color_by=by) for by in ("region", "slope", "none")]
    lines = [next(c for c in ax.collections if c.get_gid() == "error") for ax in axes]
    colours = [{tuple(c) for c in line.get_colors()} for line in lines]
    assert [len(c) for c in colours] == [2, 2, 1] and colours[0] != colours[1]
    with pytest.raises(PwlinError, match="color_by"):
        plot.error(f, "x**2", color_by="neuron")


# -- points -----------------------------------------------------------------------------------------

POINTS = ([0, 1, 1, 2], [0, 3, 1, 0])
ROOF = PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 0])


def offsets(ax, gid):
    [found] = [c for c in ax.collections if c.get_gid() == gid]
    return [tuple(p) for p in np.asarray(found.get_offsets())]


def test_points_are_dots_and_their_errors_stems():
    fit = plot.fit(ROOF, target=POINTS)
    assert offsets(fit, "points") == [(0, 0), (1, 3), (1, 1), (2, 0)]
    assert not [line for line in fit.lines if line.get_gid() == "target"]
    low, high = fit.get_ylim()
    assert low < 0 and high > 3
    assert any("4 points" in text.get_text() for text in fit.figure.findobj(Text))
    error = plot.error(ROOF, POINTS)
    assert offsets(error, "error") == [(0, 0), (1, -2), (1, 0), (2, 0)]
    given = plot.error(ROOF, POINTS, comparison=ROOF.compare(POINTS))
    for ax in (error, given):
        [star] = named(ax, "sup")
        assert star.get_xydata().tolist() == [[1, -2]]
    slopes = plot.slopes(ROOF, target=POINTS)
    assert not [line for line in slopes.lines if line.get_gid() == "target"]
    assert len(plot.explain(ROOF, POINTS).axes) >= 3


def test_errors_where_no_point_is_shown_are_refused():
    with pytest.raises(PwlinError, match="no point"):
        plot.error(ROOF, POINTS, window=("1/4", "1/2"))
