"""`pwlin.playground` and ``pwlin play``: what they start from, what they refuse, and what the page holds."""

import json
import webbrowser
from fractions import Fraction as Q

import numpy as np
import pytest

import pwlin
from pwlin.app import cli
from pwlin.app.touch import cells, playground
from pwlin.app.touch.cells import cells_of
from pwlin.app.touch.searched import search_mean
from tests.app.touch.pages import S, network

CODE, PAGE = 130_500, 160_000


def data(page):
    return json.loads(page.data)


def test_it_starts_with_even_kinks_that_face_outwards():
    start = data(playground("x**2", hidden=3, search=False))["start"]["net"]
    assert start == {"c": 0.0, "neurons": [[-1.0, -2.5, 1.0], [1.0, 0.0, 1.0], [1.0, -2.5, 1.0]]}
    assert data(playground("x**2", hidden=0, search=False))["start"]["net"]["neurons"] == []
    assert data(playground("x**2", hidden=2, seed=4, search=False))["start"] == {"seed": 4, "hidden": 2}


@pytest.mark.parametrize(
    ("target", "domain", "jump"),
    [
        ("sin(x)", (-5, 5), 1),
        ("x**2", (0, Q(1, 2**30)), 2.0**-30),
        ("x**2", (2**30, 2**30 + 1), 2.0**31),
        (([1990, 2022], [13, 15]), None, 2.0**-4),
        ("5", (-1, 1), 1),
    ],
)
def test_it_starts_in_sight(target, domain, jump):
    start = data(playground(target, domain=domain, hidden=1, search=False))["start"]["net"]
    assert start["neurons"][0][2] == jump


def test_a_network_and_a_run_open_as_they_are():
    start = data(playground(S, "x**2", domain=(-3, 4), search=False))
    assert (
        start["start"]["net"] == {"c": 1.0, "neurons": [[-1, -2, 4], [1, 0, 2], [1, -2, 4.5]]} and start["notes"] == []
    )
    assert start["goal"]["domain"] == ["-3", "4"]
    run = pwlin.train("x**2", (-1, 1), (3,), steps=4, progress=False)
    found = data(playground(run, search=False))
    assert found["goal"]["domain"] == ["-1", "1"]
    assert [n[0] for n in found["start"]["net"]["neurons"]] == run.network.hidden[0].weight_float[:, 0].tolist()


def test_a_network_alone_is_held_against_itself():
    found = data(playground(S, search=False))["goal"]
    f = pwlin.extract(S, (-5, 5))
    assert found["name"] == "the network itself" and found["epsilon"] == 0
    assert [(Q(a), Q(b), Q(c0), Q(c1)) for a, b, _, c0, c1 in found["cells"]] == [
        (p.left, p.right, p.intercept, p.slope) for p in f.pieces
    ]
    deep = playground(pwlin.constructions.tent(3), domain=(0, 1))
    assert repr(deep) == "Playground('A network 1-2-2-2-1')" and "best" not in data(deep)["goal"]
    bent = data(playground(pwlin.PiecewiseLinear1D.from_points([0, 1, 3], [0, 1, 0]), search=False))
    assert bent["goal"]["domain"] == ["0", "3"]  # a function is looked at where it is


def test_weights_that_are_no_doubles_are_rounded_and_named():
    found = data(playground(network([(Q(1, 3), 0, 1)]), "x**2"))
    assert found["start"]["net"]["neurons"] == [[1 / 3, 0, 1]]
    assert found["notes"] == ["w of neuron 1 is 1/3, rounded to the nearest double."]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((pwlin.Network.from_arrays([[[1, 1, 1]], [[1]]]), "x"), "network 3-1-1"),
        ((pwlin.Network.from_arrays([[[1]], [[1], [2]]]), "x"), "network 1-1-2"),
        ((pwlin.constructions.tent(9), "x"), "514 regions"),
        ((pwlin.Network.from_arrays([[[1]], [[1]]], None, "abs"), "x"), "ReLUs"),
        ((pwlin.Network.from_arrays([[[1]] * 31, [[1] * 31]]), "x"), "31 neurons"),
        ((pwlin.Network.from_arrays([[[10**400]], [[1]]]), "x"), "float64"),
        ((pwlin.Network.from_arrays([[[1, 1]], [[1]]]),), "target"),
        (("x**2", "x"), "target"),
        (("x*y*z",), "variable"),
        ((np.sin,), "callable"),
        (("1/x",), "no bound near"),
        (("abs(sin(x))",), "switches"),
    ],
)
def test_what_the_page_cannot_hold_is_refused(arguments, message):
    with pytest.raises(pwlin.PwlinError, match=message):
        playground(*arguments)


@pytest.mark.parametrize("target", ["exp(1/x)", "exp(-1/x)", "exp(-1000*x)"])
def test_values_beyond_doubles_come_to_an_end(target):
    """Those of exp(1/x) are down to 2**-2**60 where it is tried for a bound."""
    with pytest.raises(pwlin.PwlinError, match=r"no bound near .* float64"):
        playground(target, domain=(-1, 0))


@pytest.mark.parametrize("target", ["1/x", "tan(x)", "1/(x**2 - 2)"])
def test_a_pole_is_found_before_the_finest_cells(target, monkeypatch):
    asked, cubic = [], cells._cubic
    monkeypatch.setattr(cells, "_cubic", lambda *of: asked.append(of) or cubic(*of))
    with pytest.raises(pwlin.PwlinError, match="no bound near"):
        cells_of(pwlin.parse_target(target), Q(-5), Q(5))
    assert len(asked) < 150


@pytest.mark.parametrize(
    "options",
    [
        {"hidden": 31},
        {"hidden": -1},
        {"hidden": 1.5},
        {"seed": -1},
        {"seed": 2**32},
        {"domain": (0, 0)},
        {"domain": (0, "inf")},
    ],
)
def test_odd_arguments_are_refused(options):
    with pytest.raises(pwlin.PwlinError, match=next(iter(options))):
        playground("x**2", **options)


def test_the_page_is_whole_and_small(tmp_path):
    page = playground("x**2")
    html = page.html()
    size = len(html.encode())
    assert size - len(page.data.encode()) - len(page.picture) < CODE and size < PAGE
    page.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == html
    assert all(word not in html for word in ("localStorage", "eval(", "import("))
    assert html.count("http") == html.count("http://www.w3.org/2000/svg") == 1
    assert "srcdoc" in page._repr_html_() and "sandbox" in page._repr_html_()


def test_user_text_cannot_leave_its_element():
    page = playground(pwlin.PiecewiseLinear1D.from_points([-1, 1], [0, 1]), domain=(-1, 1))
    assert "</script" not in page.data and "<" not in page.data


@pytest.mark.parametrize(
    ("text", "ends", "exact"),
    [
        ("x**3 - x/3", (-2, 2), True),
        ("abs(x - 1/3)", (-5, 5), True),
        ("sign(x)", (-5, 5), True),
        ("max(x, 0)", (-5, 5), True),
        ("floor(x)", (-2, 2), True),
        ("sin(x)", (-5, 5), False),
        ("sqrt(x)", (0, 1), False),
        ("abs(x**2 - 2)", (-2, 2), False),
        ("x**4", (-1, 1), False),
        ("exp(x) * abs(x)", (-1, 1), False),
    ],
)
def test_cells_are_the_target_to_their_bound(text, ends, exact):
    target = pwlin.parse_target(text)
    found = cells_of(target, Q(ends[0]), Q(ends[1]))
    assert (found.epsilon == 0) == exact and len(found.cells) <= 512
    assert [c.left for c in found.cells[1:]] == [c.right for c in found.cells[:-1]]
    assert (found.cells[0].left, found.cells[-1].right) == ends
    for cell in found.cells[:: max(1, len(found.cells) // 40)]:
        for x in np.linspace(float(cell.left), float(cell.right), 7)[1:-1].tolist():
            assert abs(cell(x) - float(target(x))) <= found.epsilon + 1e-14 * (1 + abs(cell(x)))


def test_the_best_networks_of_few_relus():
    found = data(playground("x**2"))["goal"]["networks"]
    assert [found["sup"][str(n)][0] for n in range(1, 6)] == ["25/2", "25/18", "200/169", "1/2", "200/441"]
    assert (found["mse"]["2"][:2], found["mse"]["4"][:2]) == (["500/729", True], ["4/45", True])
    pieces = [(500 / 9 / found["mse"][str(n)][0]) ** 0.25 for n in (1, 3, 5)]
    assert pieces == pytest.approx([1.121, 3.424, 5.592], abs=5e-4)
    bent = data(playground("abs(x)"))["goal"]
    assert bent["best"]["sup"][1] == [2, 0.0]
    assert [bent["networks"]["mse"][str(n)][:2] for n in range(2, 7)] == [["0", True]] * 5  # more are no worse


@pytest.mark.parametrize("norm", ["sup", "mse"])
@pytest.mark.parametrize(("text", "ends"), [("x**2", (-5, 5)), ("-2*x**2 + x/3 - 1", (-1, 3)), ("x**2", (1, 2))])
def test_the_best_networks_have_the_errors_that_they_claim(norm, text, ends):
    for n, (error, _, c, neurons) in data(playground(text, domain=ends))["goal"]["networks"][norm].items():
        if int(n) > 6:
            break
        net = network([(s, -s * Q(k), Q(j)) for s, k, j in neurons], Q(c))
        truth = getattr(pwlin.extract(net, ends).compare(text), norm)
        assert len(neurons) == int(n) and float(truth) == pytest.approx(float(Q(error)), rel=1e-9)


def test_without_a_search_there_is_no_bar_but_for_quadratics():
    assert "best" not in data(playground("sin(x)", search=False))["goal"]
    found = data(playground("x**2", search=False))["goal"]
    assert found["best"] == {"kind": "quadratic", "leading": "1"} and set(found["networks"]["mse"]) == set(
        map(str, range(0, 31, 2))
    )


def test_play_writes_and_opens_a_page(tmp_path, monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(webbrowser, "open", seen.append)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["play", "x**2", "--hidden", "2"]) == 0
    assert capsys.readouterr().out == "Wrote play-x2.html: open it in a browser.\n"
    assert seen == [(tmp_path / "play-x2.html").as_uri()]
    for more, place in (
        (["--hidden", "2"], "play-x2.html"),
        ([], "play-x2-2.html"),
        (["--hidden", "1"], "play-x2-3.html"),
    ):
        assert cli.main(["play", "x**2", "--no-open", *more]) == 0  # a page that is there as it is needs no other name
        assert f"Wrote {place}: " in capsys.readouterr().out
    assert cli.main(["play", "x**2", "--no-open", "--out", "play-x2.html"]) == 2
    assert "--out: found 'play-x2.html'" in capsys.readouterr().err and len(list(tmp_path.iterdir())) == 3
    (tmp_path / "net.json").write_text(S.to_json(), encoding="utf-8")
    assert cli.main(["play", "x**2", "--no-open", "--force", "--quiet", "--network", "net.json"]) == 0
    assert cli.main(["play", "--no-open", "--quiet", "--network", "net.json"]) == 0
    assert "the network itself" in (tmp_path / "play-net.html").read_text(encoding="utf-8")
    assert len(seen) == 1 and "[-1.0,-2.0,4.0]" in (tmp_path / "play-x2.html").read_text(encoding="utf-8")
    assert cli.main(["play", "x**2", "--hidden", "31"]) == 2 and "up to 30" in capsys.readouterr().err


def test_play_follows_points(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text("x,y\n0.1,1\n-2,1/3\n3,2.5\n", encoding="utf-8")
    assert cli.main(["play", "--data", "points.csv", "--no-open"]) == 0
    html = (tmp_path / "play-points.html").read_text(encoding="utf-8")
    assert '"points":[["1/10",-2.0,3.0],[1.0,"1/3",2.5]]' in html and '"domain":["-2","3"]' in html
    np.save(tmp_path / "same.npy", [[0.5, 1.0], [-2.0, 0.25]])
    assert cli.main(["play", "--data", "same.npy", "--no-open"]) == 0
    assert '"points":[[0.5,-2.0],[1.0,0.25]]' in (tmp_path / "play-same.html").read_text(encoding="utf-8")
    (tmp_path / "bad.csv").write_text("1,2,3\n", encoding="utf-8")
    for line in (["--data", "bad.csv"], ["--data", "none.csv"], ["x**2", "--data", "points.csv"], []):
        assert cli.main(["play", *line, "--no-open"]) == 2 and "accepted" in capsys.readouterr().err


def test_points_open_as_they_are():
    found = data(playground(([0, 1, 1, "1/3"], np.array([0.5, 1, 2, 3])), hidden=1))
    assert found["goal"]["points"] == [[0, 1, 1, "1/3"], [0.5, 1, 2, 3]] and found["goal"]["domain"] == ["0", "1"]
    assert found["start"]["net"]["c"] == 1.625
    one = data(playground(([1, 1], [0, 2]), hidden=1))  # one to both sides
    assert one["goal"]["domain"] == ["0", "2"]
    table = np.array([[0, 0.5], [1, 1], [1, 2], [2, 3]])
    assert data(playground(table))["goal"] == data(playground((table[:, 0], table[:, 1])))["goal"]
    many = data(playground((np.arange(2500.0), np.zeros(2500)), domain=(-1, 2500)))
    assert many["notes"] == [
        "Of 2,500 points about 2,000 are drawn; errors are over all of them, in floats. "
        "The best possible is searched for 2,000 points at most."
    ]
    assert "best" not in many["goal"]


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (([0, 1], [0]), {}, "1 values for 2 points"),
        (([], []), {}, "no points"),
        (([0, 1], [0, float("nan")]), {}, "nan in row 1"),
        (([0, 10**400], [0, 1]), {}, "float64"),
        (([0, 2], [0, 1]), {"domain": (0, 1)}, "outside"),
        ((np.zeros(20_001), np.zeros(20_001)), {"domain": (0, 1)}, "20,000"),
    ],
)
def test_odd_points_are_refused(points, options, message):
    with pytest.raises(pwlin.PwlinError, match=message):
        playground(points, **options)


def test_scripts_stay_small_and_are_all_used():
    from importlib import resources

    from pwlin.app.touch.page import PLANE_SCRIPTS, SCRIPTS

    folder = resources.files("pwlin.app.touch").joinpath("template")
    files = {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".js")}
    assert {f"{name}.js" for name in (*SCRIPTS, *PLANE_SCRIPTS)} == set(files)
    assert {name: n for name, text in files.items() if (n := len(text.splitlines())) > 220} == {}


@pytest.mark.parametrize(("across", "up"), [(1, 2.0**-64), (2.0**-32, 1), (2.0**32, 2.0**64)])
def test_the_search_knows_no_scale(across, up):
    def found(across, up):
        return search_mean(lambda x: up * np.sin(x / across), (0.0, 3 * across), np.array([]), 2)

    usual, other = found(1, 1), found(across, up)
    assert other.error == usual.error * up**2 and other.c == usual.c * up
    assert other.neurons == tuple((s, k * across, j * up / across) for s, k, j in usual.neurons)
