"""What is seen without scripts: the target and the network, at the right heights."""

import re

import pytest

from pwlin.app.touch import playground
from pwlin.app.touch.still import still
from tests.app.touch.pages import S


def places(picture):
    """Of each path, its points."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path)]
        for path in re.findall(r'd="([^"]+)"', picture)
    ]


def test_corners_of_the_network_are_where_its_kinks_are():
    target, net = places(playground(S, "x**2", search=False).picture)
    assert [x for x, _ in net] == pytest.approx([8 + 624 * t for t in (0, 0.3, 0.5, 0.7, 1)], abs=0.06)
    heights = [(312 - y) / 304 * 25 for _, y in net]  # 25 is the highest of both, 0 the lowest
    assert heights == pytest.approx([13, 1, 1, 5, 24.5], abs=0.01)
    assert len(target) == 161 and target[0][1] == target[-1][1] == 8 and target[80][1] == 312


def test_points_are_dots_and_a_seed_is_left_to_scripts():
    assert playground(([0, 1, 3], [2, 2, 2]), hidden=0, search=False).picture.count("<circle") == 3
    assert len(places(playground("x**2", seed=3, search=False).picture)) == 1


def test_numbers_of_any_size_stay_in_the_frame():
    for net in (None, (0.0, ()), (1e308, [(1e-300, 1.0, 1e308), (0.0, 1.0, -1e308)])):
        for path in places(still((0.0, 1e-300), lambda x: 1e200, net)):
            assert all(8 <= x <= 632 and 8 <= y <= 312 for x, y in path)
