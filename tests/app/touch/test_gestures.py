"""What each gesture changes, and what stays: the playground in Chromium, held against exact values."""

from fractions import Fraction as Q

import pytest

import pwlin
from pwlin.app.touch import playground
from tests.app.touch.pages import S, needs_browser, network, opened

_, pytestmark = needs_browser()


def test_it_opens_with_exact_numbers(play):
    assert play.kinks == [-2, 0, 2] and play.slopes == [-4, 0, 2, Q(13, 2)]
    assert (play.sup, play.mse) == (12, Q(299, 20))
    assert play.text("headline") == "largest error 12" and "at −5" in play.text("exact")
    play.page.click("[data-value=mse]")
    play.settle()
    assert play.text("headline") == "mean square error 299/20"
    assert play.text("bar-text").startswith("1.388 of 4")
    columns = [
        [cell.inner_text() for cell in row.locator("td").all()] for row in play.page.locator(".onoff tbody tr").all()
    ]
    value = {"·": 0}
    sums = [
        sum(value.get(t, 0) if t in value else Q(t.replace("−", "-")) for t in column) for column in zip(*columns[:-1])
    ]
    assert sums == [Q(t.replace("−", "-")) for t in columns[-1]] == play.slopes


@pytest.mark.parametrize(("picture", "kind"), [("fit", "dot"), ("fit", "flag"), ("slopes", "riser")])
def test_a_kink_moves_sideways(play, picture, kind):
    x, y = play.handle(picture, kind, 2)
    to = play.place("fit", 1.6, 0)[0] - play.place("fit", 2, 0)[0]
    play.drag((x, y), (x + to, y + 3))
    c, neurons = play.net()
    assert (c, neurons) == (1, [(-1, -2, 4), (1, 0, 2), (1, -1.625, 4.5)])
    assert play.page.locator(".neurons tbody tr").nth(2).locator("td").nth(2).inner_text() == "13/8"
    assert play.slopes == [-4, 0, 2, Q(13, 2)] and play.mse == Q(2898229, 163840)


def test_keys_move_a_kink_too(play):
    dot = play.page.locator(".handle.dot").nth(2)
    dot.focus()
    for _ in range(3):
        dot.press("ArrowLeft")
    assert play.net()[1][2] == (1, -1.625, 4.5)
    play.settle()
    assert dot.get_attribute("aria-valuetext") == "at 13/8, on to the right, slope jumps by 9/2"
    dot.press("Control+z")
    assert play.net()[1][2] == (1, -2, 4.5)  # one burst of keys is one entry
    for key, b, v in (("Shift+ArrowRight", -3, 4.5), ("ArrowUp", -3, 4.625), ("Home", 5, 4.625), ("f", -5, 4.625)):
        dot.press(key)
        assert play.net()[1][2][1:] == (b, v)
    dot.press("Delete")
    assert len(play.net()[1]) == 2


def test_touch_moves_a_handle_and_scrolls_elsewhere(browser, s_page, tmp_path):
    with opened(browser, tmp_path / "page.html", s_page, 400, 700, has_touch=True, is_mobile=True) as play:
        play.settle()
        client = play.page.context.new_cdp_session(play.page)

        def swipe(start, end):
            points = [[start[k] + (end[k] - start[k]) * t / 6 for k in (0, 1)] for t in range(7)]
            client.send(
                "Input.dispatchTouchEvent",
                {"type": "touchStart", "touchPoints": [{"x": points[0][0], "y": points[0][1]}]},
            )
            for x, y in points[1:]:
                client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
                play.page.wait_for_timeout(20)
            client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            play.page.wait_for_timeout(60)

        x, y = play.handle("fit", "dot", 2)
        to = play.place("fit", 1.6, 0)[0] - play.place("fit", 2, 0)[0]
        swipe((x, y), (x + to, y))
        assert play.net()[1][2] == (1, -1.625, 4.5) and play.page.evaluate("scrollY") == 0
        swipe(play.place("fit", -0.9, 22), [v - 120 * k for k, v in enumerate(play.place("fit", -0.9, 22))])
        assert play.net()[1][2] == (1, -1.625, 4.5) and play.page.evaluate("scrollY") > 60


def test_an_arm_is_pulled(play):
    play.do("store.select(1)")
    start = play.handle("fit", "arm", 1)
    play.drag(start, (start[0], play.place("fit", 5, 20)[1]))
    assert play.net()[1] == [(-1, -2, 4), (1, 0, 1.125), (1, -2, 4.5)]
    assert play.kinks == [-2, 0, 2] and play.state("app.outline.at(-1)[1]") == 20.125


def test_a_tread_is_pulled(play):
    play.do("store.select(1)")
    play.drag(play.place("slopes", 1, 2), play.place("slopes", 1, 3))
    assert play.net()[1] == [(-1, -2, 4), (1, 0, 3), (1, -2, 4.5)] and play.slopes == [-4, 0, 3, Q(15, 2)]


def test_the_end_is_held(play):
    before = play.state("app.outline.at(-1)[1]")
    play.page.check("text=hold end")
    start = play.handle("fit", "dot", 2)
    play.drag(start, (start[0] - 60, start[1]))
    assert play.net()[1][2][:2] != (1, -2) and abs(play.state("app.outline.at(-1)[1]") - before) < 1e-12


def test_a_flip_keeps_kink_jump_and_height(play):
    start, place = play.json(), play.handle("fit", "dot", 2)
    play.page.mouse.dblclick(*place)
    play.settle()
    assert play.slopes == [Q(-17, 2), Q(-9, 2), Q(-5, 2), 2] and play.kinks == [-2, 0, 2]
    assert pwlin.extract(pwlin.Network.from_arrays(play.json()["weights"], play.json()["biases"]), (-5, 5))(2) == 5
    assert (play.sup, play.mse) == (Q(321, 16), Q(3269, 20))
    play.page.click("[data-act=flip]")
    assert play.json() == start


def test_scaling_changes_weights_only(play):
    start, seen = play.json(), (play.kinks, play.slopes, play.mse)
    for act in ("double", "double", "halve", "halve"):
        play.page.click(f"[data-act={act}]")
        assert (play.kinks, play.slopes, play.mse) == seen
    assert play.json() == start


def test_c_moves_the_whole(play):
    start = play.handle("fit", "c")
    play.drag(start, (start[0], play.place("fit", 0, 3)[1]))
    assert play.net()[0] == 3 and play.slopes == [-4, 0, 2, Q(13, 2)]


def test_add_remove_undo_redo(play):
    start, mse = play.json(), play.mse
    play.page.mouse.dblclick(*play.place("fit", 1, 20))
    play.settle()
    assert play.net()[1][3] == (1, -1, 0) and play.mse == mse and play.slopes == [-4, 0, 2, 2, Q(13, 2)]
    assert play.page.locator(".fit .kink.silent").count() == 1 and "pull its arm" in play.text("message")
    play.page.click("[data-act=remove]")
    assert play.json() == start
    play.page.click("[data-act=add]")
    assert len(play.net()[1]) == 4
    for _ in range(3):
        play.page.click("[data-act=undo]")
    play.settle()
    assert play.json() == start and play.page.locator("[data-act=undo]").is_disabled()
    play.page.click("[data-act=redo]")
    assert len(play.net()[1]) == 4


def test_escape_restores_and_a_kink_is_not_lifted(play):
    start, (x, y) = play.json(), play.handle("fit", "dot", 2)
    mouse = play.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 50, y, steps=3)
    assert play.json() != start
    play.page.keyboard.press("Escape")
    mouse.up()
    assert play.json() == start
    play.drag((x, y), (x + 6, y - 60))
    assert play.json() == start and "A neuron cannot lift its own kink" in play.text("message")
    assert play.page.locator("[data-act=undo]").is_disabled()


def test_boxes_take_fractions(play):
    box = play.page.locator("[data-field=b] input[type=text]")
    box.fill("5/3")
    box.press("Enter")
    assert play.net()[1][0] == (-1, 5 / 3, 4) and "nearest double" in play.text("card")
    box.fill("-3/2")
    box.press("Enter")
    assert play.net()[1][0] == (-1, -1.5, 4) and "nearest double" not in play.text("card")
    box.fill("one")
    box.press("Enter")
    assert play.net()[1][0] == (-1, -1.5, 4) and "a number, such as" in play.text("card")


def test_the_best_is_shown(browser, tmp_path):
    page = playground("x**2", hidden=0).html()
    with opened(browser, tmp_path / "page.html", page, reduced_motion="reduce") as play:
        for n, least in enumerate((Q(25, 2), Q(25, 18), Q(200, 169), Q(1, 2), Q(200, 441)), 1):
            play.page.click("[data-act=add]")
            play.page.click("[data-act=best]")
            play.settle()
            assert len(play.net()[1]) == n and abs(play.sup / least - 1) < 1e-12
            full = play.state("app.numbers.effective / app.numbers.top")
            assert abs(full - 1) < 1e-12
        play.page.click("[data-value=mse]")
        for n in (5, 4, 3, 2):
            play.page.click("[data-act=best]")
            play.settle()
            assert abs(play.state("app.numbers.effective") - {2: 3, 3: 3.424, 4: 5, 5: 5.592}[n]) < 1e-3
            if n > 2:
                play.page.click("[data-act=remove]")
        assert abs(play.mse / Q(500, 729) - 1) < 1e-12


def test_effective_pieces_are_said_in_words(play):
    assert "Not yet worth one piece" not in play.text("bar-note")
    assert play.text("bar-note").startswith(
        "Between the best straight line, off by 12.5, and the best 2 pieces, off by 3.125."
    )
    play.do("store.apply({ c: 0, neurons: [{ w: 1, b: 6, v: 0 }] })")
    assert play.text("bar-note").startswith("Not yet worth one piece: worse than the best straight line, off by 12.5.")
    play.do(
        "store.apply({ c: 0.5, neurons: [[-1, -3], [-1, -1], [1, -1], [1, -3]].map(([w, b]) => ({ w, b, v: 4 })) })"
    )
    assert play.sup == Q(1, 2) and play.text("bar-note").startswith("As good as the best 5 pieces.")


def test_of_mirror_images_the_best_is_the_nearer(browser, tmp_path):
    page = playground(network([(1, 3, 1), (1, -1, 1), (1, -3, 1)]), "x**2", domain=(-5, 5)).html()
    for flip, sides in (("", 2), ("for (const i of [0, 1, 2]) app.act('flip', i);", 1)):
        with opened(browser, tmp_path / "page.html", page, reduced_motion="reduce") as play:
            play.do(f"{flip} app.act('best')")
            assert abs(play.sup / Q(200, 169) - 1) < 1e-12
            assert sum(w > 0 for w, _, _ in play.net()[1]) == sides


def test_what_is_the_target_is_the_best_in_each_norm(browser, tmp_path):
    with opened(browser, tmp_path / "page.html", playground("abs(x)", hidden=3), reduced_motion="reduce") as play:
        for norm in ("sup", "mse"):
            play.page.click(f"[data-value={norm}]")
            play.page.click("[data-act=best]")
            assert (play.sup, play.mse) == (0, 0) and play.text("bar-text") == "exact"
            assert "3 ReLUs can do it exactly" in play.text("bar-note")
            play.page.click("[data-act=undo]")


def test_a_network_alone_shows_how_far_one_leads_it_away(browser, tmp_path):
    net = network([(0.1, 1 / 3, 3), (-0.7, 0.3, 1.1)], 0.1)
    with opened(browser, tmp_path / "page.html", playground(net, search=False)) as play:
        assert (play.sup, play.mse) == (0, 0) and play.text("headline") == "largest error 0"
        assert "Nowhere off." in play.text("exact")
        play.do("store.apply({ ...store.net, c: store.net.c + 0.5 })")
        assert play.sup == Q(0.1 + 0.5) - Q(0.1)
        table = "[[1, 2], [2, 1], [6, 0]]"  # three pieces, as the network has, were not searched
        play.do(f"app.goal.best = {{ kind: 'table', sup: {table}, mse: {table} }}; store.undo()")
        assert play.text("exact") == "Nowhere off. 3 pieces can do it exactly."
        assert play.text("bar-note") == "▲ 2 ReLUs can do it exactly. 3 pieces can do it exactly."
        play.do("store.apply({ ...store.net, c: store.net.c + 2 ** -20 })")
        assert "pieces can" not in play.text("exact") and play.text("bar-text") == "3 of 3 pieces"
        play.do("store.apply({ ...store.net, c: store.net.c + 1.5 })")
        assert play.text("exact").endswith(" 3 pieces can do ≤ 1.")


@pytest.mark.parametrize(
    ("neurons", "text"),
    [
        ([(0, 1, 2)], "It adds v·b = 2 everywhere."),
        ([(0, -1, 2)], "0 everywhere"),
        ([(1, 7, 1)], "Always on"),
        ([(1, -5, 1)], "Never on here: gradient 0"),
        ([(1, 5, 1)], "Always on"),
        ([(1, -1, 1), (-2, 2, 0.5)], "together 2"),
        ([(1, -1, 1), (-2, 2, -0.5)], "two regions, one piece"),
    ],
)
def test_degenerate_neurons_say_what_they_are(browser, tmp_path, neurons, text):
    with opened(browser, tmp_path / "page.html", playground(network(neurons), "x**2")) as play:
        play.settle()
        assert text in play.text("card-text")
        f = pwlin.extract(network(neurons), (-5, 5))
        assert (
            play.state("app.derived.regions.length") == f.n_regions and play.state("app.derived.pieces") == f.n_pieces
        )


def test_s_is_what_pwlin_says():
    f = pwlin.extract(S, (-5, 5))
    c = f.compare("x**2")
    assert [k.location for k in f.kinks] == [-2, 0, 2] and (c.sup, c.mse) == (12, Q(299, 20))


def test_a_kink_stays_at_the_best_place_that_it_comes_near(play):
    play.do("store.ui.norm = 'sup'; store.set({ ghosts: true })")
    best = sorted(play.state("app.constructor.tools.bestNetwork(app.goal, 'sup', 3).net.neurons.map(n => n.k)"))
    shown = "[...document.querySelectorAll('.ghost')].filter(n => n.style.display !== 'none').length"
    assert play.page.evaluate(shown) == 3
    end = play.place("fit", best[-1], 0)
    start = play.handle("fit", "dot", 2)
    play.drag(start, (end[0] + 3, start[1]))
    n = play.net()[1][2]
    assert -n[1] / n[0] == best[-1] != round(best[-1] * 8) / 8
    play.do("store.set({ ghosts: false })")
    assert play.page.evaluate(shown) == 0
