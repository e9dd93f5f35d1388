"""Animations: exact moments on axes that stay the same, as GIF files and as pages."""

import json
import re
from fractions import Fraction as Q

import numpy as np
import pytest
from PIL import Image

import pwlin
from pwlin.app import cli
from pwlin.app.film import line as films
from pwlin.app.film import section
from pwlin.app.film.moments import chosen
from pwlin.app.film.scenes import SCENES
from pwlin.exact.text import decimal
from pwlin.plot.drawing import style


@pytest.fixture(scope="module")
def run():
    return pwlin.train("x**2", (-2, 2), (3, 2), steps=200, record_every=10, seed=1, progress=False)


@pytest.fixture(scope="module")
def film(run):
    return films.film_of(run, 6, lambda count: None)


def data(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    return json.loads(re.search(r'id="film-data">(.*?)</script>', text, re.S)[1])


def test_chosen_snapshots():
    for count in (1, 2, 7, 100):
        for wanted in (1, 2, 5, 200):
            found = chosen(count, wanted)
            assert found == sorted(set(found)) and found[-1] == count - 1 and len(found) <= max(wanted, 1)
            assert wanted == 1 or found[0] == 0


def test_moments_are_exact(run, film):
    assert [frame.step for frame in film.frames] == run.steps[chosen(21, 6)].tolist()
    for frame, index in zip(film.frames, chosen(21, 6), strict=True):
        f = pwlin.extract(run.networks[index], (-2, 2))
        assert frame.fit.x.tolist() == [-2.0, *map(float, f.breakpoints), 2.0]
        assert frame.fit.y.tolist() == [float(f(x)) for x in (Q(-2), *f.breakpoints, Q(2))]
        assert [mark.x for mark in frame.marks] == [float(k.location) for k in f.kinks]
        assert f"{f.n_regions} region" in frame.caption and f"step {frame.step:,}" in frame.caption
        assert decimal(f.compare("x**2").mse, 4) in frame.caption
        for k, layer in enumerate(frame.layers):
            for i, line in enumerate(layer):
                for x, y in zip(line.x.tolist(), line.y.tolist(), strict=True):
                    assert abs(y - _activation(run.networks[index], x, k, i)) <= 1e-12 * (1 + abs(y))


def _activation(network, x, layer, index):
    values = np.array([x])
    for here in network.hidden[: layer + 1]:
        weight = here.weight_integers.astype(float) / here.denominator
        values = np.maximum(weight @ values + here.bias_integers.astype(float) / here.denominator, 0)
    return values[index]


def test_a_region_keeps_its_colour_and_differs_from_its_neighbours(run, film):
    colours, number = {}, films.RegionColours.of(pwlin.extract(run.network, (-2, 2)))
    for network in run.networks:
        regions = pwlin.extract(network, (-2, 2)).regions
        for left, right in zip(regions, regions[1:], strict=False):
            flips = sum(a != b for k in range(2) for a, b in zip(left.pattern[k], right.pattern[k], strict=True))
            here = number(left.pattern), number(right.pattern)
            assert flips != 1 or (here[0] - here[1]) % 2 == 1  # a dark and a light one
        for region in regions:
            assert colours.setdefault(region.pattern, number(region.pattern)) in range(8)
    assert [number(r.pattern) for r in regions] == [i % 8 for i in range(len(regions))]  # as in still pictures


@pytest.mark.parametrize("view", sorted(SCENES))
def test_scenes_keep_their_axes_and_what_stays(film, view):
    with style.context():
        scene = SCENES[view](film, "title")
        limits = None
        for index in range(len(film.frames)):
            scene.show(index)
            assert film.frames[index].caption in [text.get_text() for text in scene.figure.texts]
            now = [(ax.get_xlim(), ax.get_ylim()) for ax in scene.figure.axes]
            assert limits in (None, now)
            limits = now
            kinks = [a for ax in scene.figure.axes for a in ax.lines if a.get_gid() == "kink"]
            shown = [m for m in film.frames[index].marks if film.y_limits[0] <= m.y <= film.y_limits[1]]
            expected = {"fit": shown, "layers": [], "kinks": film.frames[index].marks}[view]
            assert [k.get_color() for k in kinks] == [film.palette.colour(m.neuron) for m in expected]
        scene.show(0)
        before = len(scene.figure.findobj())
        scene.show(0)
        assert len(scene.figure.findobj()) == before


def test_limits_show_target_and_end(film):
    low, high = film.y_limits
    assert low < film.target.y.min() and film.target.y.max() < high
    assert low < film.frames[-1].fit.y.min() and film.frames[-1].fit.y.max() < high


@pytest.mark.parametrize("view", sorted(SCENES))
def test_gif(run, tmp_path, view):
    path = pwlin.animate(run, tmp_path / "a.gif", view, frames=3, progress=False)
    with Image.open(path) as image:
        assert image.format == "GIF" and image.n_frames == 3 and image.info["loop"] == 0
        first = image.convert("RGB").copy()
        image.seek(2)
        assert image.info["duration"] == 2000
        assert np.asarray(first).shape == np.asarray(image.convert("RGB")).shape
        assert (np.asarray(first) != np.asarray(image.convert("RGB"))).any()
        assert np.asarray(first)[-1, -1].tolist() == [255, 255, 255]
    assert [p.name for p in tmp_path.iterdir()] == ["a.gif"]
    content = path.read_bytes()
    assert pwlin.animate(run, path, view, frames=3, progress=False).read_bytes() == content


def test_page(run, film, tmp_path):
    path = pwlin.animate(run, tmp_path / "a.html", "kinks", frames=6, title="a < b", progress=False)
    content = data(path)
    assert content["view"] == "kinks" and [f["step"] for f in content["moments"]] == [f.step for f in film.frames]
    assert "<title>a &lt; b</title>" in path.read_text(encoding="utf-8")
    for frame, shown in zip(film.frames, content["moments"], strict=True):
        assert shown["x"] == [float(f"{x:.5g}") for x in frame.fit.x]
        assert [len(layer) for layer in shown["layers"]] == [3, 2]
        assert [content["neurons"][k[0][0]][1] for k in shown["kinks"]] == [
            film.palette.colour(m.neuron) for m in frame.marks
        ]


def test_a_page_stays_small(film, monkeypatch):
    monkeypatch.setattr(section, "MOST_BYTES", 6000)
    text = section.line_section(film, ("fit", "kinks"), "fit")
    content = json.loads(re.search(r'id="film-data">(.*?)</script>', text, re.S)[1])
    steps = [f["step"] for f in content["moments"]]
    assert 1 <= len(steps) < len(film.frames) and steps[-1] == film.frames[-1].step


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("x**2", {"hidden": ()}),
        ("x**2", {"hidden": (1,), "readout": False}),
        ("exp(x)", {"hidden": (2,), "optimizer": "lbfgs"}),
        (abs, {"hidden": (2,)}),
        ("x", {"hidden": (2,), "steps": 0}),
    ],
)
def test_all_kinds_of_runs(tmp_path, target, options):
    run = pwlin.train(target, (-1, 1), **({"steps": 20, "progress": False} | options))
    view = "fit" if run.network.hidden else "kinks"
    pwlin.animate(run, tmp_path / "a.gif", view, frames=2, progress=False)
    content = data(pwlin.animate(run, tmp_path / "a.html", frames=2, progress=False))
    assert content["moments"] and len(content["neurons"]) == sum(options["hidden"])


def test_refusals(run, tmp_path):
    plane = pwlin.train("x*y", [(0, 1), (0, 1)], (2,), steps=1, progress=False)
    for arguments, message in [
        ((run, tmp_path / "a.mp4"), r"path: found 'a.mp4'; accepted are names that end with .gif or .html"),
        ((run, tmp_path / "no" / "a.gif"), "path: found no folder"),
        ((run, tmp_path / "a.gif", "slopes"), "view: found 'slopes'"),
        ((plane, tmp_path / "a.gif"), "2 inputs; accepted are runs with one input"),
    ]:
        with pytest.raises(pwlin.PwlinError, match=message):
            pwlin.animate(*arguments, progress=False)
    for options in ({"frames": 0}, {"fps": 0}, {"fps": 51}):
        with pytest.raises(pwlin.PwlinError, match=f"{next(iter(options))}: found"):
            pwlin.animate(run, tmp_path / "a.gif", progress=False, **options)
    assert list(tmp_path.iterdir()) == []


def test_interrupted_writing_leaves_nothing(run, tmp_path, monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("pwlin.app.film.gif._palette", stop)
    with pytest.raises(KeyboardInterrupt):
        pwlin.animate(run, tmp_path / "a.gif", frames=2, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    brief = ["--steps", "40", "--frames", "2"]
    for scene in (["--hidden"], ["--hidden", "1", "--no-readout"]):
        assert cli.main(["animate", "x**2", *scene, *brief, "--force"]) == 0
        assert (printed := capsys.readouterr().out).startswith(
            "Trained 40 steps on x**2; drawing"
        ) and "Wrote animate-x2.gif" in printed
    assert (
        cli.main(["animate", "x**2", "--hidden", "0", "--out", "two.html", "--view", "layers", *brief, "--quiet"]) == 0
    )
    assert data(tmp_path / "two.html")["view"] == "layers"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["animate-x2.gif", "two.html"]
    assert capsys.readouterr() == ("", "")
    for wrong, message in [
        (["x**2"], "already there"),
        (["x*y"], "TARGET: found the variables x, y"),
        (["x", "--out", "a.avi"], "path: found 'a.avi'"),
        (["x", "--out", "a.gif", "--hidden", "2", "0"], "hidden[1]: found 0"),
        (["x", "--out", "a.gif", "--no-readout"], "readout: found"),
        (["x", "--out", "a.gif", "--frames", "0"], "--frames"),
    ]:
        assert cli.main(["animate", *wrong]) == 2
        out, err = capsys.readouterr()
        assert message in err and out == "" and err.count("\n") == 1
    arguments = ["animate", "x**2", "--out", "b.gif", "--optimizer", "sgd", "--lr", "1e9", *brief]
    assert cli.main(arguments) == 1
    assert "diverged" in capsys.readouterr().err and (tmp_path / "b.gif").exists()


def test_points_of_a_target_are_drawn_and_within_the_frame(tmp_path):
    xs, ys = [-2, -1, 0, 1, 2], [4, -9, 0, 1, 30]
    run = pwlin.train((xs, ys), hidden=(2,), steps=10, record_every=10, seed=1, progress=False)
    film = films.film_of(run, 2, lambda count: None)
    assert film.points.x.tolist() == xs and film.points.y.tolist() == ys and film.target is None
    assert film.y_limits[0] < -9 and film.y_limits[1] > 30
    mse = run.functions()[-1].compare((xs, ys)).mse
    assert f"mean squared error {decimal(mse, 4)}" in film.frames[-1].caption
    with style.context():
        scene = SCENES["fit"](film, "title")
        assert scene._ax.findobj(lambda a: a.get_gid() == "points")[0].get_offsets().tolist() == [
            list(p) for p in zip(xs, ys)
        ]
    pwlin.animate(run, tmp_path / "film.html", progress=False)
    found = data(tmp_path / "film.html")
    assert found["points"] == [xs, ys] and found["goal"] == "5 points"
    assert "<title>5 points learnt by 1-2-1" in (tmp_path / "film.html").read_text(encoding="utf-8")
