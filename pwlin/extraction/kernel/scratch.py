"""Room to work in: nothing in it outlives a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pwlin.extraction.kernel.compiled import Floats, Integers, Signs, Small, record, records
from pwlin.extraction.kernel.plan import Plan

BLOCK = 16
"""Vertices that are compared with one at a time, in vectors."""
ROWS = 64
"""Hyperplanes that may meet at an edge, and the one that cuts it."""


class Scratch(NamedTuple):
    """For maps, of all layers (`soft`) or of one (the others); for new vertices.

    `starts` and ``factors[:, : d + 1]`` are the rows and maps of a sum of products, with the second floats of these; the two columns after them, and `slope`,
    `middle` and `spread`, are of neurons that are replaced by chords, `around_middle` and `around_radius` the interval that
    these make around the next layer's maps. `low` and `high` bound values, `scanned` are values at one vertex. `rows` with
    their errors are hyperplanes that should meet at a point; the rest is for their elimination.
    """

    soft: Floats
    starts: Integers
    factors: Floats
    factor_tails: Floats
    slope: Floats
    middle: Floats
    spread: Floats
    around_middle: Floats
    around_radius: Floats
    low: Floats
    high: Floats
    scanned: Floats
    places: Integers
    rows: Floats
    row_errors: Floats
    left: Floats
    free: Integers
    chosen: Integers
    columns: Integers
    inverse: Floats
    point: Floats
    off: Floats


def make_scratch(plan: Plan) -> Scratch:
    """Room for all layers of a plan."""
    d, wide = plan.d, plan.widest
    slope, middle, spread, around_middle, around_radius, low, high, scanned = (np.empty(wide) for _ in range(8))
    return Scratch(
        soft=np.empty(plan.map_size),
        starts=np.empty(wide, dtype=np.int64),
        factors=np.empty((wide, d + 3)),
        factor_tails=np.empty((wide, d + 1)),
        slope=slope,
        middle=middle,
        spread=spread,
        around_middle=around_middle,
        around_radius=around_radius,
        low=low,
        high=high,
        scanned=scanned,
        places=np.empty(wide, dtype=np.int64),
        rows=np.empty((ROWS, d + 1)),
        row_errors=np.empty(ROWS),
        left=np.empty((ROWS, d)),
        free=np.empty(ROWS, dtype=np.int64),
        chosen=np.empty(d, dtype=np.int64),
        columns=np.empty(d, dtype=np.int64),
        inverse=np.empty((d, 2 * d)),
        point=np.empty(d),
        off=np.empty(d),
    )


@dataclass(slots=True)
class Head:
    """The first numbers of a frame: layer, cuts in it, number of vertices, slots of facets as bits, crossing neurons."""

    layer: int
    level: int
    n_vertices: int
    alive: int
    n_crossing: int


@dataclass(slots=True)
class Half:
    """One half of the cell: its facets that the cell has too, as slots, and how many neurons cross it."""

    facets: int
    n_crossing: int


class Room(NamedTuple):
    """The cell at hand: its frame unpacked, and what is made of it. Half 0 is the upper one, half 1 the lower one.

    Its vertices, and after them those that are new, are gathered in `points`, with the thresholds of their signs in `bounds`;
    `reach` says of which halves a sign there tells. New vertices cut the edges from `edge_above` to `edge_below`.
    """

    head: Head
    pattern: Integers
    vertices: Integers
    masks: Integers
    slots: Integers
    crossing: Integers
    value: Floats
    side: Signs
    zero: Integers
    zero_mask: Integers
    half: Sequence[Half]
    half_pattern: Integers
    half_crossing: Integers
    above: Integers
    below: Integers
    below_mask: Integers
    below_bits: Small
    table: Small
    edge_above: Integers
    edge_below: Integers
    reach: Integers
    points: Floats
    bounds: Floats
    normal: Floats


def usual_vertices(d: int) -> int:
    """Vertices that cells have at most, mostly: a first guess."""
    return 16 << min(d, 8)


def make_room(plan: Plan, most: int) -> Room:
    """Room for cells with up to `most` vertices."""
    i64 = np.int64
    wide, words = plan.widest, plan.words
    return Room(
        head=record(Head),
        pattern=np.empty(words, i64),
        vertices=np.empty(most, i64),
        masks=np.empty(most, i64),
        slots=np.zeros(ROWS - 1, i64),
        crossing=np.empty(wide, i64),
        value=np.empty(most),
        side=np.empty(most, np.int8),
        zero=np.empty(most, i64),
        zero_mask=np.empty(most, i64),
        half=records(Half, 2),
        half_pattern=np.empty((2, words), i64),
        half_crossing=np.empty((2, wide), i64),
        above=np.empty(most, i64),
        below=np.empty(most + BLOCK, i64),
        below_mask=np.empty(most + BLOCK, i64),
        below_bits=np.empty(most + BLOCK, np.int32),
        table=np.empty(1 << (8 * plan.d * most).bit_length(), np.int32),
        edge_above=np.empty(most, i64),
        edge_below=np.empty(most, i64),
        reach=np.empty(2 * most, i64),
        points=np.empty((2 * most, plan.d + 1)),
        bounds=np.empty(2 * most),
        normal=np.empty(plan.d + 1),
    )
