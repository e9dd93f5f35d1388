"""Each public function once on nasty input, in the time that a person would wait: ``python -m benchmarks.patience``.

An answer or a `PwlinError` must come within the limit (seconds, generous: ten times what a slow machine takes), and
nothing else may. Give names, or parts of them, to try some only. A case is named after the public functions and methods that
it calls; a test holds these against `tests/public_face.txt`.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

SETUP = """
import io, math, os, pickle, tempfile
from fractions import Fraction as Q
import numpy as np
import pwlin
from pwlin import Network, PiecewiseLinear1D, Polytope, bounds, constructions, symbolic, theory
SQUARE = [(-1, 1), (-1, 1)]
def net(sizes, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes, sizes[1:]))
    return Network.from_arrays([rng.normal(size=(b, a)) * scale for a, b in pairs], [rng.normal(size=b) for _, b in pairs])
line = PiecewiseLinear1D.from_points([0, "1/2", 2], [0, 1, "1/3"])
away = PiecewiseLinear1D.from_points([2, 3], [0, 1])
F = pwlin.extract(net((2, 6, 1)), SQUARE)
tents = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
LONG = Q(10**6000 + 1, 3**6000)
folder = tempfile.mkdtemp()
spike = PiecewiseLinear1D.from_points([0, 1, 1 + Q(1, 2**20000), 2], [0, 0, 10**300, 0])
def saw(n): return PiecewiseLinear1D.from_points(range(n), [k * k % 17 for k in range(n)])
def plane(n=24): return pwlin.extract(net((2, n, n, 1)), SQUARE)
def short(**more): return pwlin.train("x**2", hidden=(8,), steps=20, record_every=1, progress=False, **more)
"""
NEVER_ENDED = ["1/(x**2-2*x+1)", "log(x**2-2*x+1)", "sqrt(x**2-2*x+1)", "log(1-cos(x-1))", "sqrt(1-sin(x))", "asin(sin(x))",
               "sqrt(x-2*sqrt(x)+1)", "sqrt(x**4-2*x**2+1)", "1/(sin(x)-x+1e-9)", "(x+0.1)**20", "(x+1)**300", "sin(1/(x+1e-9))",
               "tan(pi*x/4)", "abs(abs(abs(x-1)-1/2)-1/4)", "exp(-1/(x+1e-3)**2)", "x**1000", "log(x+1e-300)"]  # fmt: skip
PLANES = ["sqrt(x**2-2*x*y+y**2)", "sin(50*x*y)", "atan(1000*x)*y", "1/(x-y)", "log(x**2+y**2)", "sqrt(x*y)", "exp(exp(x+y))",
          "Max(x,y,x*y)", "sign(x-y)", "x**20*y**20"]  # fmt: skip
LIMITS: dict[str, tuple[float, str]] = {
    **{f"compare: {t}": (30, f"c = pwlin.compare(line, {t!r}); str(c); float(c.l1)") for t in NEVER_ENDED},
    **{f"compare: {t} in the plane": (60, f"c = pwlin.compare(F, {t!r}, tolerance='1e-2'); c.sup, c.l1") for t in PLANES},
    # networks
    "as_network: many layers": (10, "pwlin.as_network([(np.eye(300), None)] * 30)"),
    "Network.from_arrays, Network.exact: deep and tiny": (20, "Network.from_arrays([[[1e-300]]] * 64).exact('1/3')"),
    "Network.pattern: deep and huge": (20, "Network.from_arrays([[[1e300]]] * 64).pattern(1e-300)"),
    "Network.restrict: many inputs": (20, "net((3000, 50, 1)).restrict([0.1] * 3000, [0.7] * 3000)"),
    "Network.rationalize, Network.output: wide": (20, "net((200, 300, 100)).rationalize(10**9).output(99)"),
    "Network.save, Network.load: long numbers": (20, "n = Network.from_arrays([[[LONG]]] * 8); n.save(folder + '/n.npz'); assert Network.load(folder + '/n.npz') == n"),
    "Network.to_json, Network.from_json: long numbers": (20, "n = Network.from_arrays([[[LONG]]] * 8); assert Network.from_json(n.to_json()) == n"),
    "Network.neurons, Network.name: wide": (10, "n = net((1, 3000, 1)); [n.name(*k) for k in n.neurons()]"),
    # extraction
    "extract, PiecewiseLinear1D.numpy: tents": (20, "pwlin.extract(constructions.tent(16), (0, 1)).numpy()"),
    "extract, PiecewiseLinear1D.to_json, PiecewiseLinear1D.from_json: deep and tiny": (20, "t = pwlin.extract(Network.from_arrays([[[1e-300]]] * 16)).to_json(); PiecewiseLinear1D.from_json(t)"),
    "extract, PiecewiseLinearND.neuron_status: deep and thin": (30, "pwlin.extract(net((2, *[3] * 20, 1)), SQUARE).neuron_status()"),
    "extract: bias-free": (60, "pwlin.extract(Network.from_arrays([np.random.default_rng(0).integers(-1, 2, (24, 2)), [[1] * 24]]), SQUARE)"),
    "extract: one point": (60, "pwlin.extract(Network.from_arrays([[[1, k] for k in range(60)], [[1] * 60]], [[Q(k, 3) for k in range(60)], [0]]))"),
    "extract, PiecewiseLinearND.f_vector: five dimensions": (60, "pwlin.extract(net((5, 10, 1)), [(-1, 1)] * 5).f_vector()"),
    "extract: a cross of many corners": (60, "pwlin.extract(net((10, 2, 1)), [(-1, 1)] * 10).n_vertices"),
    "count_regions: four dimensions": (240, "pwlin.count_regions(net((4, 16, 16, 1)), [(-1, 1)] * 4)"),
    "estimate_regions: many inputs": (120, "pwlin.estimate_regions(net((8, 32, 32, 1)), [(-1, 1)] * 8, seconds=2)"),
    "write_regions, read_regions, StoredRegions.tables, StoredRegions.to_table: long numbers": (60, "pwlin.write_regions(net((2, 8, 8, 8, 8, 1), scale=1e-30), None, folder + '/r'); r = pwlin.read_regions(folder + '/r'); list(r), list(r.tables()), r.to_table()"),
    # one variable
    "PiecewiseLinear1D.from_points, PiecewiseLinear1D.roots: a spike": (10, "PiecewiseLinear1D.from_points([0, 1, 1 + Q(1, 2**200), 2], [0, 0, 10**300, 0]).roots()"),
    "PiecewiseLinear1D.max, PiecewiseLinear1D.min, PiecewiseLinear1D.lipschitz: a spike": (10, "spike.max(), spike.min(), spike.lipschitz()"),
    "PiecewiseLinear1D.integral, PiecewiseLinear1D.mean, PiecewiseLinear1D.restrict: long ends": (20, "f = saw(300); f.mean(), f.integral(1 / LONG, 290), f.restrict(1 / LONG, 290)"),
    "PiecewiseLinear1D.maximum, PiecewiseLinear1D.minimum: many crossings": (60, "f = saw(5000); g = PiecewiseLinear1D.from_points([0, 4999], [8, 9]); f.maximum(g), f.minimum(g)"),
    "PiecewiseLinear1D.neuron_status: tents": (20, "pwlin.extract(constructions.tent(14), (0, 1)).neuron_status()"),
    "PiecewiseLinear1D.from_pieces: many": (20, "PiecewiseLinear1D.from_pieces(saw(2000).pieces)"),
    "PiecewiseLinear1D.compare: a spike": (60, "c = spike.compare('sin(x)'); c.sup, c.l1"),
    "PiecewiseLinear1D.to_network, PiecewiseLinear1D.to_ppoly: many kinks": (60, "saw(300).to_network(), saw(3000).to_ppoly()"),
    "PiecewiseLinear1D.to_latex, PiecewiseLinear1D.to_sympy: long numbers": (20, "f = PiecewiseLinear1D.from_points([0, 1], [0, Q(1, 10**6000)]); f.to_latex(), f.to_sympy()"),
    "PiecewiseLinear1D.plot: many kinks": (60, "saw(3000).plot()"),
    "extract: f @ f": (90, "h = constructions.tent(8); f = pwlin.extract(h, (0, 1)); f @ f"),
    "extract: pickle": (20, "pickle.loads(pickle.dumps(pwlin.extract(constructions.tent(14), (0, 1))))"),
    # several variables
    "extract: F + G, F == G": (60, "G = pwlin.extract(net((2, 5, 1), 1), SQUARE); F + G == G - F"),
    "PiecewiseLinearND.maximum, PiecewiseLinearND.minimum: many regions": (60, "f = plane(10); f.maximum(F), f.minimum(F)"),
    "PiecewiseLinearND.max, PiecewiseLinearND.min, PiecewiseLinearND.integral, PiecewiseLinearND.mean, PiecewiseLinearND.volume: many regions": (60, "f = plane(); f.mean(), f.max(), f.min(), f.integral(), f.volume()"),
    "PiecewiseLinearND.level_set, PiecewiseLinearND.moment, PiecewiseLinearND.lipschitz": (60, "F.level_set('1/7'), F.moment((5, 5)), F.lipschitz()"),
    "PiecewiseLinearND.affine_map, PiecewiseLinearND.region_at, PiecewiseLinearND.regions_at, PiecewiseLinearND.inside: a long point": (60, "f = plane(); p = (1 / LONG, 1 / LONG); f.region_at(p), f.regions_at(p), f.inside(p), f.affine_map(0)"),
    "PiecewiseLinearND.gradient: 10**5 points": (30, "x = np.random.default_rng(0).uniform(-1, 1, (10**5, 2)); F(x), F.gradient(x)"),
    "PiecewiseLinearND.along, PiecewiseLinearND.restrict: long ends": (60, "f = plane(); p = (1 / LONG, 1 / LONG); f.along(p, (1, 1)), F.restrict(Polytope.simplex([(0, 0), p, (1, 0)]))"),
    "PiecewiseLinearND.bent_hyperplane, PiecewiseLinearND.faces, PiecewiseLinearND.dual_graph: many regions": (60, "f = plane(); f.bent_hyperplane(1, 3), f.faces(1), f.dual_graph()"),
    "PiecewiseLinearND.decision_boundary, PiecewiseLinearND.compare: many regions": (60, "f = plane(12); f.decision_boundary(F), f.compare(F).sup"),
    "PiecewiseLinearND.numpy, PiecewiseLinearND.to_dataframe: many regions": (60, "f = plane(); f.numpy(), f.to_dataframe(exact=True)"),
    "PiecewiseLinearND.plot: many regions": (120, "plane().plot()"),
    # domains and numbers
    "Enclosure.contains, Enclosure.sqrt: long": (10, "pwlin.Enclosure(LONG, LONG + 1).sqrt(), pwlin.Enclosure(LONG, LONG + 1).contains(LONG + Q(1, 2)), str(pwlin.Enclosure(LONG, LONG + 1))"),
    "Interval.parse, Interval.intersect: long": (10, "i = pwlin.Interval.parse((1 / LONG, LONG)); str(i.intersect(pwlin.Interval(None, Q(1))))"),
    "Polytope.from_vertices: four dimensions": (60, "Polytope.from_vertices(np.random.default_rng(0).integers(-9, 9, (40, 4)).tolist())"),
    "Polytope.from_halfspaces, Polytope.interior_point: many": (60, "r = np.random.default_rng(0).integers(-9, 10, (60, 4)); Polytope.from_halfspaces(r.tolist(), [50] * 60).interior_point()"),
    "Polytope.box, Polytope.homogeneous, Polytope.contains: ten thin sides": (60, "b = Polytope.box([(0, Q(1, 10**500))] * 10); b.vertices, b.homogeneous([LONG] * 10), b.contains(np.zeros((10**4, 10)))"),
    "Polytope.simplex, Polytope.whole_space: many dimensions": (60, "Polytope.simplex(dim=40).vertices, Polytope.whole_space(10**4)"),
    # targets
    "parse_target: nested powers": (10, "pwlin.parse_target('9**9**9**9')"),
    "parse_target: brackets": (10, "pwlin.parse_target('(' * 300 + 'x' + ')' * 300)"),
    "parse_target: many terms": (20, "pwlin.parse_target('(x + y + z)**1000')"),
    "Target.derivative, Target.to_latex: nested": (30, "t = pwlin.parse_target('sin(' * 30 + 'x' + ')' * 30); t.derivative(), t.to_latex()"),
    "Target.exact, Target.polynomial: a high power": (30, "t = pwlin.parse_target('(x+1/3)**500'); t.exact(Q(1, 7)), t.polynomial()"),
    "best_approximation: a jump": (120, "pwlin.best_approximation('sign(x)', (-5, 5), 6)"),
    "best_approximation: in sup": (120, "pwlin.best_approximation('exp(x)', (0, 1), 64)"),
    "best_approximation: in L1": (120, "pwlin.best_approximation('1/(1+25*x**2)', (-1, 1), 8, norm='l1')"),
    "best_approximation: points": (120, "pwlin.best_approximation((range(1000), [k * k % 97 for k in range(1000)]), pieces=20, norm='l2')"),
    # training and what is made of runs
    "train: a pole": (60, "pwlin.train('1/x', (-1, 1), (3,), steps=10, progress=False)"),
    "train: it diverges": (60, "pwlin.train('x**2', lr=1e30, optimizer='sgd', steps=500, progress=False)"),
    "train: many steps": (10, "pwlin.train('x**2', steps=10**13, record_every=1, progress=False)"),
    "TrainingRun.functions, TrainingRun.kink_paths, TrainingRun.lines: huge weights": (60, "r = short(lr=1e100); r.functions(), r.kink_paths(), r.lines()"),
    "report: many kinks": (120, "pwlin.report(short().functions()[-1], out=folder + '/report')"),
    "animate: many kinks": (120, "pwlin.animate(short(), folder + '/film.gif', frames=3, progress=False)"),
    "playground: a steep target": (120, "pwlin.playground('tanh(50*x)', hidden=30).save(folder + '/p.html')"),
    "sweep, Sweep.to_csv, Sweep.to_dataframe, Sweep.where: odd sizes": (60, "s = pwlin.sweep('x**2', hidden=[(), 1], seeds=2, steps=3, workers=0, progress=False); s.to_csv(folder + '/s.csv'), s.to_dataframe(), s.where(seed=1)"),
    # models
    "restrict: many inputs": (30, "pwlin.restrict(net((3000, 50, 1)), [0.1] * 3000, [0.7] * 3000, [0.2] * 3000)"),
    "labels: many outputs": (60, "pwlin.labels(net((2, 16, 10)), SQUARE)"),
    "attribute: many inputs": (60, "pwlin.attribute(net((784, 64, 64, 1)), [0] * 784, [0.3] * 784)"),
    "float_gap: overflow": (60, "pwlin.float_gap(net((3, 40, 40, 1), scale=1e30), np.ones((20, 3)))"),
    # theory
    "bounds.serra_upper: deep": (30, "bounds.serra_upper(50, [60] * 50)"),
    "bounds.serra_upper: many inputs": (30, "bounds.serra_upper(10**9, [3, 3])"),
    "bounds.serra_lower, bounds.montufar_lower, bounds.montufar_upper: deep and wide": (30, "w = [10**6] * 40; bounds.serra_lower(9, w), bounds.montufar_lower(9, w), bounds.montufar_upper(9, w)"),
    "bounds.zaslavsky: many planes": (30, "bounds.zaslavsky(10**5, 100)"),
    "constructions.tent, constructions.zigzag, constructions.hat: deep": (30, "constructions.tent(1000), constructions.zigzag(1000), constructions.hat()"),
    "constructions.yarotsky_square, constructions.folded_square: deep": (30, "constructions.yarotsky_square(200), constructions.folded_square(200, 5)"),
    "constructions.shallow_square, constructions.shallow_square_error: wide": (60, "constructions.shallow_square(200), constructions.shallow_square_error(200)"),
    "constructions.staircase, constructions.step: many steps": (30, "constructions.staircase(range(300), range(301)), constructions.step(LONG)"),
    "constructions.tower, constructions.box_tower: thin": (30, "constructions.tower(0, 1 / LONG, ramp=1 / LONG), constructions.box_tower([0] * 30, [1 / LONG] * 30)"),
    "theory.lattice: many kinks": (60, "theory.lattice(PiecewiseLinear1D.from_points(range(60), [k * k % 7 for k in range(60)]))"),
    "theory.smallest_width: many kinks": (90, "theory.smallest_width(PiecewiseLinear1D.from_points(range(42), [k * k % 23 for k in range(42)]))"),
    "theory.cheapest_network, theory.representation_cost: many kinks": (90, "theory.cheapest_network(saw(300)), theory.representation_cost(saw(3000))"),
    "theory.difference_of_convex, theory.hinges: many kinks": (60, "theory.difference_of_convex(saw(1000)), theory.hinges(saw(1000))"),
    "theory.gaussian, theory.he, theory.pytorch_default": (30, "theory.gaussian(LONG, 1 / LONG), theory.he(), theory.pytorch_default()"),
    # letters for numbers
    "symbolic.generic, symbolic.SymbolicNetwork.affine: two layers": (60, "symbolic.generic((2, 2)).affine(((True,) * 2,) * 2)"),
    "symbolic.SymbolicNetwork.from_arrays, symbolic.SymbolicNetwork.formula: wide": (60, "symbolic.SymbolicNetwork.from_arrays([[['a']] * 30, [[1] * 30]]).formula()"),
    "symbolic.SymbolicNetwork.from_network, symbolic.SymbolicNetwork.kinks, symbolic.SymbolicNetwork.jumps: wide": (60, "n = symbolic.SymbolicNetwork.from_network(net((1, 30, 1))); n.kinks(), n.jumps()"),
    "symbolic.SymbolicNetwork.piecewise, symbolic.SymbolicNetwork.assumptions: ordered": (60, "n = symbolic.generic((4,)); n.piecewise(order=range(4), signs=[1] * 4), n.assumptions(order=range(4), signs=[1] * 4)"),
    "symbolic.SymbolicNetwork.breakpoint, symbolic.SymbolicNetwork.preactivation: two layers": (60, "n = symbolic.generic((3, 3)); n.breakpoint(1, 2, [(True,) * 3]), n.preactivation(1, 2, [(True,) * 3])"),
    "symbolic.SymbolicNetwork.subs, symbolic.SymbolicNetwork.partial: long numbers": (60, "n = symbolic.generic((3,)); v = dict.fromkeys(n.symbols, LONG); n.subs(v), n.partial(v)"),
    # pictures
    "plot.fit, plot.slopes, plot.error, plot.decomposition: many kinks": (120, "f = pwlin.extract(constructions.tent(10), (0, 1)); p = pwlin.plot; p.fit(f, target='x'), p.slopes(f), p.error(f, 'x'), p.decomposition(f)"),
    "plot.explain, plot.losses, plot.kink_paths: a run": (120, "r = short(); p = pwlin.plot; p.explain(pwlin.extract(r.network, (-5, 5)), 'x**2', run=r), p.losses(r), p.kink_paths(r)"),
    "plot.regions, plot.surface, plot.level_set, plot.bent_hyperplanes: many regions": (240, "f = plane(); p = pwlin.plot; p.regions(f), p.surface(f), p.level_set(f), p.bent_hyperplanes(f)"),
    "plot.explain_plane, plot.decision_boundary, plot.label_map": (120, "p = pwlin.plot; p.explain_plane(F), p.decision_boundary(F, plane(6)), p.label_map(pwlin.labels(net((2, 16, 5)), SQUARE))"),
    "plot.complex3d: many cells": (120, "pwlin.plot.complex3d(pwlin.extract(net((3, 8, 1)), [(-1, 1)] * 3))"),
}  # fmt: skip
"""Names of what is called, then what is nasty about it."""


def called(case: str) -> list[str]:
    """The public names that a case is named after."""
    return case.partition(": ")[0].split(", ")


def serve(calls: Connection) -> None:
    """Run what comes, and say how it went."""
    import matplotlib

    import pwlin

    matplotlib.use("Agg")
    names: dict[str, object] = {}
    exec(SETUP, names)
    calls.send("ready")
    while True:
        code = calls.recv()
        try:
            exec(code, dict(names))
            calls.send("answered")
        except pwlin.PwlinError as error:
            calls.send(f"refused: {error!s:.90}")
        except Exception as error:  # noqa: BLE001
            calls.send(f"BROKE: {type(error).__name__}: {error!s:.90}")


def main(wanted: list[str]) -> int:
    """Print a line a call; the number of those that broke or did not end."""
    context, bad = multiprocessing.get_context("spawn"), 0
    worker, here = None, None
    for name, (limit, code) in LIMITS.items():
        if wanted and not any(w in name for w in wanted):
            continue
        if worker is None or here is None:
            here, there = context.Pipe()
            worker = context.Process(target=serve, args=(there,), daemon=True)
            worker.start()
            here.recv()
        start = time.perf_counter()
        here.send(code)
        said = here.recv() if here.poll(limit) else f"NOT ENDED in {limit:g} s"
        if said[0] in "BN":
            bad += 1
        print(f"{time.perf_counter() - start:7.2f} s of {limit:<5g} {name}: {said}", flush=True)
        if said[0] == "N":
            worker.kill()
            worker = None
    if worker is not None:
        worker.kill()
    return bad


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 99))
