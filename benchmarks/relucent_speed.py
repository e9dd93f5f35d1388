"""Measures relucent (https://pypi.org/project/relucent) on a uniform network in a process of its own.

``python -m benchmarks.relucent_speed 2-32-32 SEED`` prints a line of JSON. Needs NumPy and relucent, not pwlin, so that any
interpreter that has relucent will do. It searches the regions that meet [-1, 1]^d, with one worker process.
"""

from __future__ import annotations

import argparse
import json
import time

import relucent
from relucent.model import model

from benchmarks.arrays import uniform


def main() -> None:
    """Measure one network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes")
    parser.add_argument("seed", type=int)
    options = parser.parse_args()
    sizes = (*map(int, options.sizes.split("-")), 1)
    weights, biases = uniform(sizes, options.seed)
    layers: list[object] = []
    for w, b in zip(weights, biases):
        layers += [model.LinearLayer(w, b.reshape(1, -1)), model.ReLULayer()]
    cells = relucent.Complex(model.ReLUNetwork(layers[:-1]))
    start = time.perf_counter()
    cells.bfs(nworkers=1, cube_radius=1.0, cube_mode="clipped", verbose=0)
    seconds = time.perf_counter() - start
    version = getattr(relucent, "__version__", "")
    print(json.dumps({"name": options.sizes, "regions": len(cells), "seconds": seconds, "relucent": version}))


if __name__ == "__main__":
    main()
