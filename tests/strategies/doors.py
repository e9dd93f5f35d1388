"""Every public function and method with one valid call, and values that nobody should pass."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction as Q
from functools import cache
from importlib.util import find_spec
from zlib import crc32

import numpy as np
import sympy

import pwlin
from pwlin import (
    Enclosure,
    Interval,
    Network,
    PiecewiseLinear1D,
    Polytope,
    bounds,
    plot,
    symbolic,
    theory,
)
from pwlin import constructions as made
from tests.strategies.effort import EFFORT

SQUARE = [(-1, 1), (-1, 1)]
HAT = Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
TENTS = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
PAIR = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1], [1, -2]]], None, "abs")
SPACE = Network.from_arrays([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 1]]], None, "abs")


@cache
def line():
    return pwlin.extract(HAT, (-2, 2))


@cache
def plane():
    return pwlin.extract(TENTS, SQUARE)


@cache
def outputs():
    return pwlin.extract(PAIR, SQUARE)


@cache
def space():
    return pwlin.extract(SPACE, [(-1, 1)] * 3)


@cache
def run():
    return pwlin.train("x**2", (-1, 1), (3,), steps=4, record_every=2, progress=False)


@cache
def table():
    return pwlin.sweep("x**2", (-1, 1), hidden=[2], seeds=1, steps=2, progress=False, workers=0)


SHORT = {"steps": 2, "progress": False}
WORDS = symbolic.generic((2,))


G = PiecewiseLinear1D.from_points([-2, 0, 2], [0, 1, 0])
BOUNDS = ("montufar_lower", "montufar_upper", "serra_lower", "serra_upper")
OF_A_FUNCTION = (
    "cheapest_network",
    "difference_of_convex",
    "hinges",
    "lattice",
    "representation_cost",
    "smallest_width",
)
MADE = {
    "tent": {"depth": 2},
    "zigzag": {"depth": 2},
    "yarotsky_square": {"depth": 2},
    "folded_square": {"folds": 1, "width": 2},
    "shallow_square": {"neurons": 2},
    "shallow_square_error": {"neurons": 2},
    "staircase": {"edges": [0, 1], "heights": [0, 2, 1]},
    "step": {"at": 0},
    "tower": {"left": 0, "right": 1},
    "box_tower": {"lower": [0, 0], "upper": [1, 1]},
}
NONE_TO_PASS = {"__version__", "PwlinError", "hat", "pytorch_default", "initialisation"}  # they take no arguments

LONG = {"workers", "executor"}  # they start processes: tests/sweeps has them


def saved(folder):
    HAT.save(folder / "net.npz")
    return str(folder / "net.npz")


def stored(folder):
    return pwlin.write_regions(TENTS, SQUARE, folder / "read").path if PARQUET else folder


# name: a folder for files -> (function, valid arguments by name)
DOORS = {
    "as_network": lambda folder: (pwlin.as_network, {"model": [([[1.0]], None)]}),
    "extract": lambda folder: (pwlin.extract, {"net": HAT, "domain": (-1, 1)}),
    "extract cells": lambda folder: (pwlin.extract, {"net": TENTS, "domain": SQUARE}),
    "count_regions": lambda folder: (pwlin.count_regions, {"net": TENTS, "domain": SQUARE}),
    "estimate_regions": lambda folder: (
        pwlin.estimate_regions,
        {"net": TENTS, "domain": SQUARE, "seconds": 0.1, "walks": 8, "confidence": 0.9},
    ),
    "write_regions": lambda folder: (
        pwlin.write_regions,
        {"net": TENTS, "domain": SQUARE, "path": folder / "regions", "resume": True},
    ),
    "read_regions": lambda folder: (pwlin.read_regions, {"path": stored(folder)}),
    "compare": lambda folder: (pwlin.compare, {"function": line(), "target": "x**2"}),
    "compare cells": lambda folder: (pwlin.compare, {"function": plane(), "target": "x**2", "domain": SQUARE}),
    "best_approximation": lambda folder: (pwlin.best_approximation, {"target": "x**2", "domain": (-1, 1), "pieces": 3}),
    "parse_target": lambda folder: (pwlin.parse_target, {"target": "x**2"}),
    "train": lambda folder: (pwlin.train, {"target": "x**2", "domain": (-1, 1), "hidden": (3,), **SHORT}),
    "sweep": lambda folder: (
        pwlin.sweep,
        {"target": "x**2", "domain": (-1, 1), "hidden": [2], "seeds": 1, "workers": 0, **SHORT},
    ),
    "Enclosure": lambda folder: (Enclosure, {"lower": 1, "upper": 2}),
    "Enclosure.contains": lambda folder: (Enclosure(1, 2).contains, {"value": 1}),
    "Interval.parse": lambda folder: (Interval.parse, {"domain": (0, 1)}),
    "Network.from_arrays": lambda folder: (Network.from_arrays, {"weights": [[[1]], [[1]]], "biases": [[1], [0]]}),
    "Network.__call__": lambda folder: (HAT, {"x": 0.5}),
    "Network.__call__ 2": lambda folder: (TENTS, {"x": [0.5, 1.0]}),
    "Network.exact": lambda folder: (TENTS.exact, {"point": (0, 1)}),
    "Network.pattern": lambda folder: (TENTS.pattern, {"point": (0, 1)}),
    "Network.output": lambda folder: (PAIR.output, {"index": 1}),
    "Network.restrict": lambda folder: (
        lambda origin, direction: TENTS.restrict(origin, direction),
        {"origin": (0, 0), "direction": (1, 2)},
    ),
    "Network.rationalize": lambda folder: (HAT.rationalize, {"denominator": 100}),
    "Network.load": lambda folder: (Network.load, {"path": saved(folder)}),
    "Network.from_json": lambda folder: (Network.from_json, {"text": HAT.to_json()}),
    "playground": lambda folder: (pwlin.playground, {"subject": "x**2", "domain": (-1, 1), "hidden": 2, "seed": 1}),
    "Playground.save": lambda folder: (pwlin.playground(HAT, "x**2").save, {"path": folder / "page.html"}),
    "from_points": lambda folder: (PiecewiseLinear1D.from_points, {"xs": [0, 1], "ys": [1, 2]}),
    "from_json": lambda folder: (PiecewiseLinear1D.from_json, {"text": line().to_json()}),
    "f(x)": lambda folder: (line(), {"x": 0.5}),
    "f.maximum": lambda folder: (line().maximum, {"other": G}),
    "f.minimum": lambda folder: (line().minimum, {"other": 1}),
    "f.restrict": lambda folder: (line().restrict, {"a": -1, "b": 1}),
    "f.integral": lambda folder: (line().integral, {"a": -1, "b": 1}),
    "f.compare": lambda folder: (line().compare, {"target": "x"}),
    "f.to_sympy": lambda folder: (line().to_sympy, {"x": "u"}),
    "f.to_latex": lambda folder: (line().to_latex, {"x": "x", "max_pieces": 3}),
    "F(x)": lambda folder: (plane(), {"x": (0, 0)}),
    "F.gradient": lambda folder: (plane().gradient, {"x": (0, 0)}),
    "F.region_at": lambda folder: (plane().region_at, {"point": (0, 0)}),
    "F.regions_at": lambda folder: (plane().regions_at, {"point": (0, 0)}),
    "F.faces": lambda folder: (plane().faces, {"dimension": 1}),
    "F.bent_hyperplane": lambda folder: (plane().bent_hyperplane, {"layer": 0, "index": 1}),
    "F.affine_map": lambda folder: (plane().affine_map, {"region": 0}),
    "F.along": lambda folder: (plane().along, {"p": (0, 0), "q": (1, 1)}),
    "F.restrict": lambda folder: (plane().restrict, {"domain": [(0, 1), (0, 1)]}),
    "F.lipschitz": lambda folder: (plane().lipschitz, {"norm": 2}),
    "F.moment": lambda folder: (plane().moment, {"exponents": (1, 2)}),
    "F.level_set": lambda folder: (plane().level_set, {"c": "1/2"}),
    "F.decision_boundary": lambda folder: (plane().decision_boundary, {"other": plane()}),
    "F.compare": lambda folder: (plane().compare, {"target": "x"}),
    "F.to_dataframe": lambda folder: (plane().to_dataframe, {"exact": True}),
    "Polytope.whole_space": lambda folder: (Polytope.whole_space, {"dim": 2}),
    "Polytope.box": lambda folder: (Polytope.box, {"sides": SQUARE}),
    "Polytope.from_halfspaces": lambda folder: (Polytope.from_halfspaces, {"normals": [[1, 0]], "offsets": [1]}),
    "Polytope.from_vertices": lambda folder: (Polytope.from_vertices, {"points": [(0, 0), (1, 0), (0, 1)], "rays": ()}),
    "Polytope.simplex": lambda folder: (Polytope.simplex, {"vertices": [(0, 0), (1, 0), (0, 1)]}),
    "Polytope.contains": lambda folder: (plane().domain.contains, {"points": [[0.0, 0.5]]}),
    "Polytope.homogeneous": lambda folder: (plane().domain.homogeneous, {"point": (0, 0)}),
    "Target()": lambda folder: (pwlin.parse_target("x**2"), {"x": 0.5}),
    "Target.exact": lambda folder: (pwlin.parse_target("x**2").exact, {"point": 1}),
    "Target.derivative": lambda folder: (pwlin.parse_target("x*y").derivative, {"variable": "y"}),
    "Sweep.to_dataframe": lambda folder: (table().to_dataframe, {"exact": False}),
    "Sweep.where": lambda folder: (table().where, {"seed": 0}),
    "Sweep.to_csv": lambda folder: (table().to_csv, {"path": folder / "table.csv"}),
    "zaslavsky": lambda folder: (bounds.zaslavsky, {"n": 5, "d": 2}),
    **{
        f"bounds.{name}": lambda folder, name=name: (getattr(bounds, name), {"input_dim": 2, "widths": [6, 6]})
        for name in BOUNDS
    },
    **{
        f"constructions.{name}": lambda folder, name=name, valid=valid: (getattr(made, name), valid)
        for name, valid in MADE.items()
    },
    **{f"theory.{name}": lambda folder, name=name: (getattr(theory, name), {"f": G}) for name in OF_A_FUNCTION},
    "theory.he": lambda folder: (theory.he, {}),
    "theory.gaussian": lambda folder: (theory.gaussian, {"weight_std": 1, "bias_std": 2}),
    "symbolic.generic": lambda folder: (symbolic.generic, {"widths": (2,)}),
    "SymbolicNetwork.subs": lambda folder: (WORDS.subs, {"values": dict.fromkeys(WORDS.symbols, 1)}),
    "SymbolicNetwork.from_network": lambda folder: (symbolic.SymbolicNetwork.from_network, {"net": HAT}),
    "SymbolicNetwork.breakpoint": lambda folder: (WORDS.breakpoint, {"layer": 0, "index": 1}),
    "restrict": lambda folder: (pwlin.restrict, {"model": TENTS, "p": (0, 0), "q": (1, 1)}),
    "labels": lambda folder: (pwlin.labels, {"net": PAIR, "domain": SQUARE}),
    "attribute": lambda folder: (pwlin.attribute, {"net": TENTS, "baseline": (0, 0), "x": (1, 1)}),
    "float_gap": lambda folder: (pwlin.float_gap, {"net": TENTS, "at": [[0.0, 1.0]]}),
    "plot.label_map": lambda folder: (plot.label_map, {"labels": pwlin.labels(PAIR, SQUARE)}),
    "animate": lambda folder: (
        pwlin.animate,
        {"run": run(), "path": folder / "film.gif", "frames": 1, "progress": False},
    ),
    "report": lambda folder: (pwlin.report, {"f": line(), "target": "x**2", "out": folder / "report", "force": True}),
    "plot.fit": lambda folder: (plot.fit, {"f": line(), "target": "x**2"}),
    "plot.slopes": lambda folder: (plot.slopes, {"f": line(), "target": "x**2"}),
    "plot.error": lambda folder: (plot.error, {"f": line(), "target": "x**2"}),
    "plot.decomposition": lambda folder: (plot.decomposition, {"f": line()}),
    "plot.explain": lambda folder: (plot.explain, {"f": line(), "target": "x**2"}),
    "plot.kink_paths": lambda folder: (plot.kink_paths, {"run": run()}),
    "plot.losses": lambda folder: (plot.losses, {"run": run()}),
    "plot.regions": lambda folder: (plot.regions, {"f": plane()}),
    "plot.surface": lambda folder: (plot.surface, {"f": plane()}),
    "plot.level_set": lambda folder: (plot.level_set, {"f": plane(), "c": "1/2"}),
    "plot.bent_hyperplanes": lambda folder: (plot.bent_hyperplanes, {"f": plane()}),
    "plot.explain_plane": lambda folder: (plot.explain_plane, {"f": plane()}),
    "plot.decision_boundary": lambda folder: (plot.decision_boundary, dict(zip("fg", outputs()))),
    "plot.complex3d": lambda folder: (plot.complex3d, {"f": space()}),
}

PARQUET = find_spec("pyarrow") is not None
CLOSED = set() if PARQUET else {"write_regions", "read_regions"}
SLOW = {name: 6 for name in DOORS if name.startswith("plot.")} | {
    "animate": 6,
    "sweep": 6,
    "playground": 18,
    "report": 17,
}
"""Doors behind which something is drawn: of odd values one of so many is tried, at full effort all."""


class Mute:
    """An object that cannot even be shown."""

    def __repr__(self):
        raise RuntimeError("no words")


ODD = {
    "None": None,
    "True": True,
    "-1": -1,
    "0": 0,
    "a fraction": Q(1, 3),
    "1.5": 1.5,
    "nan": math.nan,
    "inf": math.inf,
    "10**5000": 10**5000,
    "10**12": 10**12,
    "2**63": 2**63,
    "no text": "",
    "text": "a",
    "text with NUL": "x\0",
    "bytes": b"x",
    "an empty list": [],
    "an empty tuple": (),
    "a dict": {"a": 1},
    "a set": {1, 2},
    "an object": object(),
    "complex": 1j,
    "a function": len,
    "a class": type,
    "an empty array": np.array([]),
    "an array of NaN": np.array([[math.nan, 1.0]]),
    "an array of objects": np.array([None, "a"], dtype=object),
    "a scalar array": np.array(3),
    "a bool array": np.array([True, False]),
    "a nested list": [[[[1]]]],
    "a ragged list": [[1], [2, 3]],
    "a list of None": [None, None],
    "a long list": list(range(100)),
    "text in a list": ["a", "b"],
    "Decimal NaN": Decimal("NaN"),
    "a symbol": sympy.Symbol("q"),
    "sympy infinity": sympy.oo,
    "a range": range(3),
    "another function": PiecewiseLinear1D.from_points([0, 1], [0, 1]),
    "a network": TENTS,
    "a domain": Polytope.simplex(dim=3),
    "a list of 10**5000": [10**5000],
    "an object without words": Mute(),
}


def odd(door, name):
    """Odd values for an argument, with a generator that is fresh: all, or a share that the names choose."""
    found = [*ODD.items(), ("a generator", (i for i in range(3)))]
    share = SLOW.get(door, 1) if EFFORT < 1 else 1
    return [v for v in found if crc32(f"{door} {name} {v[0]}".encode()) % share == 0]
