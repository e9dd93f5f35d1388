"""The .nnet text of collision-avoidance networks: ReLU layers between a normalisation of the inputs and one of the outputs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from pwlin.base.errors import FormatError
from pwlin.networks.importers.chain import Chain
from pwlin.networks.network import Network


def from_nnet(path: Path) -> Network:
    """Read a .nnet file: raw inputs to raw outputs, both normalisations folded in, inputs not clamped to their ranges.

    Numbers are read as the nearest float64; the reciprocals of the ranges are rounded to float64.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [_numbers(line) for line in lines if line.strip() and not line.lstrip().startswith("//")]
        return _network(rows)
    except (OSError, UnicodeDecodeError, ValueError, IndexError) as error:
        reason = str(error) if isinstance(error, FormatError) else type(error).__name__
        raise FormatError(f"{os.fspath(path)}: found no .nnet text: {reason}") from None


def _numbers(line: str) -> list[float]:
    return [float(part) for part in line.split(",") if part.strip()]


def _whole(values: list[float], name: str) -> list[int]:
    if not values or any(v != int(v) or not 1 <= v <= 1 << 24 for v in values):
        raise FormatError(f"found {values[:4]} as {name}; accepted are positive integers")
    return [int(v) for v in values]


def _network(rows: list[list[float]]) -> Network:
    depth = _whole(rows[0][:1], "the number of layers")[0]
    sizes = _whole(rows[1], "the sizes of layers")
    if len(sizes) != depth + 1:
        raise FormatError(f"found {len(sizes)} sizes of layers; accepted are {depth + 1}")
    n, means, ranges = sizes[0], np.array(rows[5]), np.array(rows[6])
    if len(means) != n + 1 or len(ranges) != n + 1:
        raise FormatError(
            f"found {len(means)} means and {len(ranges)} ranges; accepted are {n + 1}: all inputs and the outputs"
        )
    numbers = rows[7:]
    if len(numbers) != 2 * sum(sizes[1:]):
        raise FormatError(f"found {len(numbers)} rows of weights and biases; accepted are {2 * sum(sizes[1:])}")
    chain = Chain()
    x = chain.input((n,)).shifted(-means[:-1]).divided(ranges[:-1], "the inputs' ranges")
    for k, (n_in, n_out) in enumerate(zip(sizes, sizes[1:])):
        weight, bias = numbers[:n_out], numbers[n_out : 2 * n_out]
        numbers = numbers[2 * n_out :]
        if any(len(row) != n_in for row in weight) or any(len(row) != 1 for row in bias):
            raise FormatError(f"found rows of other lengths than {n_in} and 1 in layer {k}")
        x = x.dense(np.array(weight), np.array(bias)[:, 0])
        if k < depth - 1:
            x = x.relu(f"layer {k}")
    return chain.network(x.scaled(ranges[-1]).shifted(means[-1]))
