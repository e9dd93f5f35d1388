"""Each public function once on nasty input, in the time that a person would wait: ``python -m benchmarks.patience``.

An answer or a `PwlinError` must come within the limit (seconds, generous: ten times what a slow machine takes), and
nothing else may. Give names, or parts of them, to try some only.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

SETUP = """
import math, pickle
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
"""
NEVER_ENDED = ["1/(x**2-2*x+1)", "log(x**2-2*x+1)", "sqrt(x**2-2*x+1)", "log(1-cos(x-1))", "sqrt(1-sin(x))", "asin(sin(x))",
               "sqrt(x-2*sqrt(x)+1)", "sqrt(x**4-2*x**2+1)", "1/(sin(x)-x+1e-9)", "(x+0.1)**20", "(x+1)**300", "sin(1/(x+1e-9))",
               "tan(pi*x/4)", "abs(abs(abs(x-1)-1/2)-1/4)", "exp(-1/(x+1e-3)**2)", "x**1000", "log(x+1e-300)"]  # fmt: skip
PLANES = ["sqrt(x**2-2*x*y+y**2)", "sin(50*x*y)", "atan(1000*x)*y", "1/(x-y)", "log(x**2+y**2)", "sqrt(x*y)", "exp(exp(x+y))",
          "Max(x,y,x*y)", "sign(x-y)", "x**20*y**20"]  # fmt: skip
LIMITS: dict[str, tuple[float, str]] = {
    **{f"compare with {t}": (30, f"c = pwlin.compare(line, {t!r}); str(c); float(c.l1)") for t in NEVER_ENDED},
    **{f"compare in the plane with {t}": (60, f"c = pwlin.compare(F, {t!r}, tolerance='1e-2'); c.sup, c.l1") for t in PLANES},
    "as_network": (10, "pwlin.as_network([(np.eye(300), None)] * 30)"),
    "Network.exact of deep tiny weights": (20, "Network.from_arrays([[[1e-300]]] * 64).exact('1/3')"),
    "Network.restrict": (20, "net((3000, 50, 1)).restrict([0.1] * 3000, [0.7] * 3000)"),
    "extract tents": (20, "pwlin.extract(constructions.tent(16), (0, 1)).n_pieces"),
    "extract deep tiny weights": (20, "pwlin.extract(Network.from_arrays([[[1e-300]]] * 16)).to_json()"),
    "extract deep and thin": (30, "pwlin.extract(net((2, *[3] * 20, 1)), SQUARE).n_regions"),
    "extract bias-free": (60, "pwlin.extract(Network.from_arrays([np.random.default_rng(0).integers(-1, 2, (24, 2)), [[1] * 24]]), SQUARE)"),
    "extract one point": (60, "pwlin.extract(Network.from_arrays([[[1, k] for k in range(60)], [[1] * 60]], [[Q(k, 3) for k in range(60)], [0]]))"),
    "extract in five dimensions": (60, "pwlin.extract(net((5, 10, 1)), [(-1, 1)] * 5).f_vector()"),
    "extract a cross of many corners": (60, "pwlin.extract(net((10, 2, 1)), [(-1, 1)] * 10).n_vertices"),
    "count_regions": (240, "pwlin.count_regions(net((4, 16, 16, 1)), [(-1, 1)] * 4)"),
    "F + F, F == F": (60, "F + F == F - F"),
    "F.level_set, F.moment, F.lipschitz": (60, "F.level_set('1/7'), F.moment((5, 5)), F.lipschitz()"),
    "F of 10**5 points": (30, "F(np.random.default_rng(0).uniform(-1, 1, (10**5, 2)))"),
    "f @ f": (90, "h = constructions.tent(8); f = pwlin.extract(h, (0, 1)); f @ f"),
    "f.to_network of many kinks": (60, "PiecewiseLinear1D.from_points(range(300), [k * k % 17 for k in range(300)]).to_network()"),
    "f.to_latex of long numbers": (20, "PiecewiseLinear1D.from_points([0, 1], [0, Q(1, 10**6000)]).to_latex()"),
    "f.roots of a spike": (10, "PiecewiseLinear1D.from_points([0, 1, 1 + Q(1, 2**200), 2], [0, 0, 10**300, 0]).roots()"),
    "best_approximation of a jump": (120, "pwlin.best_approximation('sign(x)', (-5, 5), 6)"),
    "best_approximation in sup": (120, "pwlin.best_approximation('exp(x)', (0, 1), 64)"),
    "best_approximation in L1": (120, "pwlin.best_approximation('1/(1+25*x**2)', (-1, 1), 8, norm='l1')"),
    "parse_target of nested powers": (10, "pwlin.parse_target('9**9**9**9')"),
    "parse_target of brackets": (10, "pwlin.parse_target('(' * 300 + 'x' + ')' * 300)"),
    "parse_target of many terms": (20, "pwlin.parse_target('(x + y + z)**1000')"),
    "train with a pole": (60, "pwlin.train('1/x', (-1, 1), (3,), steps=10, progress=False)"),
    "train that diverges": (60, "pwlin.train('x**2', lr=1e30, optimizer='sgd', steps=500, progress=False)"),
    "train of many steps": (10, "pwlin.train('x**2', steps=10**13, record_every=1, progress=False)"),
    "sweep of odd sizes": (60, "pwlin.sweep('x**2', hidden=[(), 1], seeds=2, steps=3, workers=0, progress=False)"),
    "Polytope.from_vertices": (60, "Polytope.from_vertices(np.random.default_rng(0).integers(-9, 9, (40, 4)).tolist())"),
    "Polytope.box": (60, "Polytope.box([(0, Q(1, 10**500))] * 10).vertices"),
    "bounds.serra_upper": (30, "bounds.serra_upper(50, [60] * 50)"),
    "bounds.serra_upper of many inputs": (30, "bounds.serra_upper(10**9, [3, 3])"),
    "bounds.zaslavsky": (30, "bounds.zaslavsky(10**5, 100)"),
    "constructions.yarotsky_square": (30, "constructions.yarotsky_square(200)"),
    "theory.lattice": (60, "theory.lattice(PiecewiseLinear1D.from_points(range(60), [k * k % 7 for k in range(60)]))"),
    "theory.smallest_width": (90, "theory.smallest_width(PiecewiseLinear1D.from_points(range(42), [k * k % 23 for k in range(42)]))"),
    "symbolic.generic": (60, "symbolic.generic((2, 2)).affine(((True,) * 2,) * 2)"),
    "pickle": (20, "pickle.loads(pickle.dumps(pwlin.extract(constructions.tent(14), (0, 1))))"),
    "plot.fit of many kinks": (60, "pwlin.plot.fit(pwlin.extract(constructions.tent(12), (0, 1)), target='x')"),
    "plot.regions": (120, "pwlin.plot.regions(pwlin.extract(net((2, 24, 24, 1)), SQUARE))"),
}  # fmt: skip


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
