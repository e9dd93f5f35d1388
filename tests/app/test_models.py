"""``pwlin extract`` on models, on lines and planes through samples."""

from fractions import Fraction as Q

import numpy as np
import pytest

import pwlin
from pwlin.app.cli import main
from pwlin.app.commands.samples import read_sample


@pytest.fixture
def nnet(tmp_path):
    path = tmp_path / "small.nnet"
    path.write_text(
        "2,3,2,2,\n3,2,2,\n0,\n0,0,0,\n1,1,1,\n0,0,0,0,\n1,1,1,1,\n1,-1,0,\n0,2,1,\n0.5,\n-1,\n1,1,\n1,-1,\n0,\n0,\n"
    )
    return path


@pytest.fixture
def samples(tmp_path):
    rows = np.array([[0, 0, 0], [1, 2, -1], [0.5, -1, 3]])
    np.save(tmp_path / "rows.npy", rows)
    (tmp_path / "p.csv").write_text("a,b,c\n0,0,0\n")
    (tmp_path / "q.csv").write_text("1,2,-1\n")
    return rows


def test_rows_are_read_as_tables_of_points_are(tmp_path):
    (tmp_path / "a.csv").write_text("name;0;1\n1;2;-1\n0.5;1/3;4\n")
    assert list(read_sample(f"{tmp_path / 'a.csv'}:1", "P")) == [Q(1, 2), Q(1, 3), 4]
    (tmp_path / "b.csv").write_text("0,5;1\n1;2\n")
    assert list(read_sample(f"{tmp_path / 'b.csv'}:1", "P")) == [1, 2]
    with pytest.raises(pwlin.PwlinError, match=r"P: found '0,5' in line 1 .* a point, not a comma"):
        read_sample(f"{tmp_path / 'b.csv'}:0", "P")
    np.save(tmp_path / "images.npy", np.arange(8.0).reshape(2, 2, 2))
    assert list(read_sample(f"{tmp_path / 'images.npy'}:1", "P")) == [4, 5, 6, 7]


@pytest.mark.parametrize("cell", ["Infinity", "+inf", "\u22121", "1/0", "0x10", "1_0", "1e999999999", "NA", "n/a", ""])
def test_a_first_row_with_a_number_in_another_spelling_is_no_header(cell, tmp_path):
    (tmp_path / "a.csv").write_text(f"{cell},2,3\n4,5,6\n", encoding="utf-8")
    with pytest.raises(pwlin.PwlinError, match=r"P: found .* in line 1 of 'a.csv'"):
        read_sample(f"{tmp_path / 'a.csv'}:0", "P")
    assert list(read_sample(f"{tmp_path / 'a.csv'}:1", "P")) == [4, 5, 6]


def test_rows_that_are_not_there(tmp_path):
    np.save(tmp_path / "none.npy", np.zeros((0, 3)))
    (tmp_path / "a.csv").write_text("4,5,6\n")
    with pytest.raises(pwlin.PwlinError, match=r"row 0 of 0"):
        read_sample(f"{tmp_path / 'none.npy'}:0", "P")
    with pytest.raises(pwlin.PwlinError, match=r"row 9+ of 1"):
        read_sample(f"{tmp_path / 'a.csv'}:{'9' * 5000}", "P")
    assert list(read_sample(f"{tmp_path / 'a.csv'}:000", "P")) == [4, 5, 6]


def test_a_line(nnet, samples, tmp_path, capsys):
    line = ["--line", str(tmp_path / "p.csv"), f"{tmp_path / 'rows.npy'}:1"]
    assert main(["extract", str(nnet), *line, "--output", "1"]) == 0
    printed = capsys.readouterr().out
    f = pwlin.extract(pwlin.restrict(str(nnet), samples[0], samples[1]).output(1), (0, 1))
    assert all(str(k.location) in printed for k in f.kinks) and f.kinks


def test_a_plane(nnet, tmp_path, samples, capsys):
    plane = ["--plane", *(f"{tmp_path / 'rows.npy'}:{k}" for k in range(3))]
    assert main(["extract", str(nnet), *plane, "--output", "0", "--domain", "0", "1/2"]) == 0
    assert "region" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--line", "p.csv", "nowhere.npy"], "no file"),
        (["--line", "p.csv", "rows.npy"], "3 rows"),
        (["--line", "p.csv", "rows.npy:3"], "row 3 of 3"),
        (["--line", "p.csv", "p.csv"], "same sample"),
        (["--line", "p.csv", "q.txt"], "q.txt"),
        (["--line", "p.csv", "short.csv"], "entries"),
        (["--plane", "p.csv", "q.csv"], "3 arguments"),
        (["--input-shape", "x"], "input-shape"),
    ],
)
def test_what_is_refused(nnet, samples, tmp_path, arguments, message, capsys, monkeypatch):
    (tmp_path / "q.txt").write_text("1,2,-1\n")
    (tmp_path / "short.csv").write_text("1,2\n")
    monkeypatch.chdir(tmp_path)
    assert main(["extract", "small.nnet", "--output", "0", *arguments]) == 2
    assert message in capsys.readouterr().err
