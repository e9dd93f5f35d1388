"""Polyhedral cones in double description, on Python integers.

A polyhedron P in R^d is carried as the cone over P in R^(d+1): a vertex x is the generator (x, 1) scaled to integers, a
ray r is the generator (r, 0), and a half-space ``a . x + b >= 0`` is the normal (a, b). Each generator carries the set of
constraints that are tight at it as a bit mask. Two generators are adjacent exactly if no third one holds all the
constraints that they share; that is true for any cone, however many hyperplanes meet in a point (Motzkin et al. 1953;
Fukuda and Prodon 1996, "Double description method revisited", Prop. 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd
from operator import mul
from typing import NamedTuple

Vector = tuple[int, ...]
_RANK_UNKNOWN = -2


class Generator(NamedTuple):
    """An extreme ray of a cone (or one of the lines it contains).

    `mask` has bit c set if constraint c is tight here; `values` holds, for each constraint still to come, its value here.
    """

    vector: Vector
    mask: int
    values: dict[int, int]


class Halves(NamedTuple):
    """Both sides of a cut: generators on each, and the lines that both share."""

    positive: list[Generator]
    negative: list[Generator]
    lines: list[Generator]


def dot(normal: Sequence[int], vector: Sequence[int]) -> int:
    """Scalar product of two integer vectors."""
    return sum(map(mul, normal, vector))


def primitive(vector: Sequence[int]) -> Vector:
    """The vector divided by the greatest common divisor of its entries; zero stays zero."""
    common = gcd(*vector)
    return tuple(vector) if common <= 1 else tuple([v // common for v in vector])


def crosses(index: int, generators: Sequence[Generator], lines: Sequence[Generator]) -> int:
    """Where constraint `index` leaves the cone: 0 if it cuts it, else 1 if positive inside, -1 if negative or zero."""
    for line in lines:
        if line.values[index]:
            return 0
    positive = negative = False
    for g in generators:
        value = g.values[index]
        if value > 0:
            if negative:
                return 0
            positive = True
        elif value < 0:
            if positive:
                return 0
            negative = True
    return 1 if positive else -1


def cut(
    generators: Sequence[Generator],
    lines: Sequence[Generator],
    index: int,
    bit: int,
    rank: int,
    upcoming: dict[int, Vector],
) -> Halves:
    """Cut a cone by constraint `index`, which takes the bit `bit` in the masks of both halves.

    Parameters
    ----------
    generators, lines : sequence of Generator
        Extreme rays and a basis of the lineality space, with `values[index]` known.
    rank : int
        Number of independent constraints that two adjacent generators share: the dimension of the cone
        modulo its lines, less 2. It saves work; -2 means unknown.
    upcoming : dict from index to normal
        Constraints whose values new generators must know.
    """
    for position, line in enumerate(lines):
        if line.values[index]:
            return _cut_line(generators, lines, position, index, bit, upcoming)
    positive: list[Generator] = []
    negative: list[Generator] = []
    zero: list[Generator] = []
    for g in generators:
        value = g.values[index]
        if value > 0:
            positive.append(g)
        elif value < 0:
            negative.append(g)
        else:
            zero.append(Generator(g.vector, g.mask | bit, g.values))
    masks = [g.mask for g in generators]
    for u in positive:
        u_mask, u_value = u.mask, u.values[index]
        simple = u_mask.bit_count() == rank + 1
        for v in negative:
            common = u_mask & v.mask
            if common.bit_count() < rank:
                continue
            if not simple and sum([m & common == common for m in masks]) > 2:
                continue
            v_value = v.values[index]
            vector = primitive([u_value * y - v_value * x for x, y in zip(u.vector, v.vector)])
            zero.append(Generator(vector, common | bit, {j: dot(n, vector) for j, n in upcoming.items()}))
    return Halves(positive + zero, negative + zero, list(lines))


def _cut_line(
    generators: Sequence[Generator],
    lines: Sequence[Generator],
    position: int,
    index: int,
    bit: int,
    upcoming: dict[int, Vector],
) -> Halves:
    """Cut across the line at `position`: it becomes a ray of each half, and everything else is slid along it to zero."""
    line = lines[position]
    sign = 1 if line.values[index] > 0 else -1
    along, value = [sign * x for x in line.vector], abs(line.values[index])

    def slid(g: Generator, mask: int) -> Generator:
        vector = primitive([value * x - g.values[index] * y for x, y in zip(g.vector, along)])
        return Generator(vector, mask, {j: dot(n, vector) for j, n in upcoming.items()})

    def ray(side: int) -> Generator:
        vector = primitive([side * x for x in along])
        return Generator(vector, bit - 1, {j: dot(n, vector) for j, n in upcoming.items()})

    zero = [slid(g, g.mask | bit) for g in generators]
    rest = [slid(g, g.mask) for k, g in enumerate(lines) if k != position]
    return Halves([*zero, ray(1)], [*zero, ray(-1)], rest)


def positions_on(masks: Iterable[int], constraints: int) -> list[int]:
    """For each constraint the bit mask of the positions of the generators on it, from each generator's constraints."""
    on = [0] * constraints
    place = 1
    for mask in masks:
        while mask:
            low = mask & -mask
            on[low.bit_length() - 1] |= place
            mask ^= low
        place <<= 1
    return on


def facet_masks(generators: Sequence[Generator], constraints: int) -> list[tuple[int, int]]:
    """Facets of a full-dimensional cone: (constraint, bit mask of the positions of the generators on it).

    A constraint is a facet exactly if no other one is tight at the same generators and more; of equal ones the first
    counts.
    """
    tight = [(c, m) for c, m in enumerate(positions_on((g.mask for g in generators), constraints)) if m]
    return [(c, m) for c, m in tight if not any(m & o == m and (m != o or k < c) for k, o in tight)]


def intersect(constraints: Iterable[Vector], size: int) -> tuple[list[Generator], list[Generator], list[Vector]]:
    """The cone ``{v in R^size : n . v >= 0 for all n}`` as (extreme rays, lines, the constraints used).

    Constraints that cut nothing when their turn comes are left out. Bit c of a mask belongs to the c-th used constraint.
    """
    lines = [Generator(tuple(int(i == k) for i in range(size)), 0, {}) for k in range(size)]
    generators: list[Generator] = []
    used: list[Vector] = []
    for normal in constraints:
        generators = [Generator(g.vector, g.mask, {0: dot(normal, g.vector)}) for g in generators]
        lines = [Generator(g.vector, g.mask, {0: dot(normal, g.vector)}) for g in lines]
        if not any(g.values[0] for g in lines) and all(g.values[0] >= 0 for g in generators):
            if any(normal) and any(g.values[0] == 0 for g in generators):
                bit = 1 << len(used)
                generators = [g if g.values[0] else g._replace(mask=g.mask | bit) for g in generators]
                used.append(normal)
            continue
        bit = 1 << len(used)
        halves = cut(generators, lines, 0, bit, _RANK_UNKNOWN, {})
        generators, lines = halves.positive, halves.lines
        used.append(normal)
    return generators, lines, used
