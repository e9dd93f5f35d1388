"""The .nnet text of collision-avoidance networks."""

import os
from fractions import Fraction as Q
from pathlib import Path

import numpy as np
import pytest

import pwlin
from pwlin.base.errors import FormatError

MODELS = Path(os.environ.get("PWLIN_MODELS", Path(__file__).parents[4] / "shared" / "models"))
HCAS = MODELS / "HCAS_pra0_tau00.nnet"
SMALL = """// a comment
2,2,1,2,
2,2,1,
0,
-1,-1,
1,1,
0.5,-1,3,
2,4,0.5,
1,-1,
0.5,2,
0.25,
-1,
3,1,
0.125,
"""


def test_normalisations_are_folded_in(tmp_path):
    path = tmp_path / "small.nnet"
    path.write_text(SMALL)
    net = pwlin.as_network(path)
    for x in ((0, 0), (Q(7, 3), -5), (100, Q(1, 9))):  # far outside of the ranges, too: nothing is clamped
        u, v = (x[0] - Q(1, 2)) / 2, (Q(x[1]) + 1) / 4
        first, second = max(u - v + Q(1, 4), 0), max(u / 2 + 2 * v - 1, 0)
        assert net.exact(x) == (3 * first + second + Q(1, 8)) / 2 + 3
    assert net.widths == (2,) and net.name(0, 1) == ("layer 0", (1,))


@pytest.mark.parametrize(
    "damage",
    [
        lambda s: s[:60],
        lambda s: s.replace("2,2,1,2", "9,2,1,2"),
        lambda s: s.replace("3,1,", "3,"),
        lambda s: "",
        lambda s: s.replace("2,4,0.5", "0,4,0.5"),
        lambda s: s.replace("0.25", "nan"),
        lambda s: "\0" + s,
        lambda s: s.replace("2,2,1,\n", "2,99999999999,1,\n"),
    ],
)
def test_damaged_text(tmp_path, damage):
    path = tmp_path / "damaged.nnet"
    path.write_text(damage(SMALL))
    with pytest.raises(FormatError, match=r"damaged\.nnet|model|layer|range"):
        pwlin.as_network(path)


@pytest.mark.skipif(not HCAS.exists(), reason="HCAS_pra0_tau00.nnet is not here")
def test_horizontal_collision_avoidance():
    rows = [
        [float(v) for v in line.split(",") if v.strip()]
        for line in HCAS.read_text().splitlines()
        if not line.startswith("//")
    ]
    means, ranges = np.array(rows[5]), np.array(rows[6])
    assert (ranges[-1], means[-1]) == (17.479225, -0.242819)
    net = pwlin.as_network(HCAS)
    assert net.widths == (25,) * 5
    x = np.random.default_rng(0).normal(size=(20, 3))
    values, numbers = x, rows[7:]
    for k in range(6):
        n = 25 if k < 5 else 5
        values = values @ np.array(numbers[:n]).T + np.array(numbers[n : 2 * n])[:, 0]
        values, numbers = (np.maximum(values, 0) if k < 5 else values), numbers[2 * n :]
    assert np.allclose(net(x * ranges[:3] + means[:3]), values * 17.479225 - 0.242819)


@pytest.mark.skipif(not HCAS.exists(), reason="HCAS_pra0_tau00.nnet is not here")
def test_horizontal_collision_avoidance_in_a_plane():
    net = pwlin.as_network(HCAS)
    origin = (Q(-278.628049), 0, 0)  # the means of the inputs; ranges of 112,000 become [-1/2, 1/2]
    plane = net.restrict(origin, (112_000, 0, 0), (0, 112_000, 0))
    for f in pwlin.extract(plane, [(Q(-1, 2), Q(1, 2))] * 2):
        assert f.n_regions == f.n_pieces == 4753
