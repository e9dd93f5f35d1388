"""Measures relucent (https://pypi.org/project/relucent) on a uniform network in a process of its own.

``python -m benchmarks.relucent_speed 2-32-32 SEED`` prints a line of JSON. Needs NumPy and relucent, not pwlin, so that any
interpreter that has relucent will do. It searches the regions that meet [-1, 1]^d the way that is fastest for it: breadth
first, with one worker process, only the geometry that the search needs, and no certificate at the end (``verify=False``). A
small search before warms it up. The time is the lesser of the clock's and of the processors' for all its processes: other
programs on the machine lengthen the first, and on a quiet machine the search and its worker overlap a little.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import json
import resource
import time

import relucent
from relucent.model import model

from benchmarks.arrays import uniform


def search(sizes: tuple[int, ...], seed: int) -> tuple[int, float, bool]:
    """Regions, seconds, and whether relucent says that it has found all."""
    layers: list[object] = []
    for w, b in zip(*uniform(sizes, seed)):
        layers += [model.LinearLayer(w, b.reshape(1, -1)), model.ReLULayer()]
    cells = relucent.Complex(model.ReLUNetwork(layers[:-1]))
    start, busy = time.perf_counter(), processors()
    found = cells.bfs(nworkers=1, cube_radius=1.0, cube_mode="clipped", verify=False, verbose=0)
    seconds = min(time.perf_counter() - start, processors() - busy)
    return len(cells), seconds, bool(found.complete)


def processors() -> float:
    """Seconds of processor time, of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def main() -> None:
    """Measure one network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes")
    parser.add_argument("seed", type=int)
    options = parser.parse_args()
    sizes = (*map(int, options.sizes.split("-")), 1)
    search((2, 8, 8, 1), 1)
    regions, seconds, complete = search(sizes, options.seed)
    result = {"name": options.sizes, "regions": regions, "seconds": seconds, "complete": complete}
    print(json.dumps({"relucent": relucent.__version__, **result}))


if __name__ == "__main__":
    main()
