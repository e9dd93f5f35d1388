"""A model's own names for its units, wherever neurons are named."""

import matplotlib
import pytest

import pwlin
from pwlin import Network
from pwlin.app import cli
from pwlin.app.reporting.line.csvfiles import KINK_COLUMNS, kinks_csv
from pwlin.networks.names import name_in

matplotlib.use("Agg")


def texts(ax):
    return "\n".join(text.get_text() for text in ax.figure.findobj(matplotlib.text.Text))


def named(net):
    names = ((("conv.relu", (1, 2, 1)), ("gate", ())), (("head.act", (2,)),))
    return Network(net.hidden, net.readout, names)


LINE = Network.from_arrays([[[1], [2], [1]], [[1, -1, 2], [1, 1, -2]], [[1, 1]]], [[0, 1, "-1/3"], [0, "-1/5"], [0]])
PLANE = Network.from_arrays(
    [[[1, 0], [1, 2], [1, -1]], [[1, -1, 2], [1, 1, -2]], [[1, 1]]], [[0, 1, "-1/3"], [0, "-1/5"], [0]]
)


def test_names():
    assert [name_in(named(LINE), n) for n in ((0, 0), (0, 1), (0, 2), (1, 1))] == [
        "conv.relu[0, 0, 0]",
        "conv.relu[0, 1, 0]",
        "gate",
        "head.act[1]",
    ]
    assert name_in(LINE, (0, 2)) == name_in(None, (0, 2)) == "(0, 2)"
    half = LINE @ Network.from_arrays([[[1]]])
    assert name_in(half, (1, 0)) == "(1, 0)"
    joined = named(LINE) @ Network.from_arrays([[[1], [-1]], [[1, -1]]])
    assert [name_in(joined, n) for n in ((0, 1), (1, 2))] == ["(0, 1)", "gate"]


def test_sums_keep_the_names_of_both():
    f = pwlin.extract(named(PLANE), [(-2, 2)] * 2)
    plain = Network.from_arrays([[[1, 1]], [[1]]], [["1/7"], [0]])
    other = Network(plain.hidden, plain.readout, ((("second.relu", (1,)),),), ["a note"])
    total = f + pwlin.extract(other, [(-2, 2)] * 2)
    assert [name_in(total.network, n) for n in total.network.neurons()] == [
        "conv.relu[0, 0, 0]", "conv.relu[0, 1, 0]", "gate", "second.relu[0]", "head.act[0]", "head.act[1]", "(1, 2)",
    ]  # fmt: skip
    assert total.network.notes == ("a note",)
    larger = f.maximum(pwlin.extract(plain, [(-2, 2)] * 2)).network
    assert [name_in(larger, n) for n in larger.neurons()][2:] == [
        "gate", "(0, 3)", "head.act[0]", "head.act[1]", "(1, 2)", "(2, 0)",
    ]  # fmt: skip
    plain_sum = pwlin.extract(PLANE, [(-2, 2)] * 2) + pwlin.extract(plain, [(-2, 2)] * 2)
    assert not plain_sum.network.unit_names


@pytest.mark.parametrize(("net", "domain"), [(LINE, ["-2", "2"]), (PLANE, ["-2", "2", "-2", "2"])])
def test_reports_and_tables(net, domain, tmp_path, capsys, monkeypatch):
    for kind in ("line", "cells"):
        monkeypatch.setattr(f"pwlin.app.reporting.{kind}.pictures.stems", lambda found: [])
    shown, pages, kinks = [], [], []
    for name, one in (("own", named(net)), ("plain", net)):
        one.save(tmp_path / f"{name}.npz")
        arguments = ["extract", tmp_path / f"{name}.npz", "--domain", *domain, "--out", tmp_path / name]
        assert cli.main([str(a) for a in arguments]) == 0
        shown.append(capsys.readouterr().out)
        pages.append((tmp_path / name / "report.html").read_text(encoding="utf-8"))
        kinks.append((tmp_path / name / "kinks.csv").read_text(encoding="utf-8").splitlines())
    for text in (shown[0], pages[0]):
        assert "gate" in text and "(0, 2)" not in text
    for text in (shown[1], pages[1]):
        assert "gate" not in text and "(0, 2)" in text
    assert kinks[0][0] == kinks[1][0] + ",neuron_names" and len(kinks[0]) == len(kinks[1]) > 3
    assert any("head.act[0]" in row for row in kinks[0][1:]) and any(row.endswith("gate") for row in kinks[0][1:])


def test_the_csv_of_a_plain_network_is_as_it_was():
    f, g = pwlin.extract(LINE, (-2, 2)), pwlin.extract(named(LINE), (-2, 2))
    assert kinks_csv(f).splitlines()[0] == ",".join(KINK_COLUMNS)
    for row, more, kink in zip(kinks_csv(f).splitlines()[1:], kinks_csv(g).splitlines()[1:], g.kinks):
        names = "; ".join(name_in(g.network, flip.neuron) for flip in kink.neurons)
        assert more.replace('"', "") == f"{row},{names}".replace('"', "")


def test_plots():
    f, g = pwlin.extract(named(LINE), (-2, 2)), pwlin.extract(named(PLANE), [(-2, 2)] * 2)
    assert "gate" in texts(f.plot(label_kinks=True)) and "(0, 2)" not in texts(f.plot(label_kinks=True))
    assert "gate" in texts(pwlin.plot.bent_hyperplanes(g, label=True))
    figure = pwlin.plot.decomposition(f)
    shown = "\n".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))
    assert "conv.relu[0, 1, 0]" in shown and "to head.act" in shown and "(layer, index)" not in shown
    assert "(layer, index)" in "\n".join(
        t.get_text() for t in pwlin.plot.decomposition(pwlin.extract(LINE, (-2, 2))).findobj(matplotlib.text.Text)
    )
