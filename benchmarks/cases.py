"""What is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.arrays import Arrays, eighths, he, plane_tents, tent, ternary, uniform

Make = Callable[[], Arrays]


@dataclass(frozen=True)
class Case:
    """A network on a cube, or everywhere, and how much it may cost.

    Attributes
    ----------
    name, families : str, tuple of str
        The families are the series that it belongs to in the plots.
    sizes : tuple of int
        Inputs, hidden widths, outputs.
    ends : pair of int, or None
        Of each side of the cube; None is the whole space.
    most_ratio, most_seconds, most_megabytes : float or None
        Bounds of the time over the yardstick's, of the time, and of the memory.
    peer, least_share : str or None, float
        A generic case of the same size, or with about as many regions if none of that size has any to speak of. The regions
        per second are at least that share of its.
    counted : bool
        Regions are only counted.
    seed : int or None
        Of a uniform network, for other programs.
    repeats : int
    exact : bool
        Measure the all-rational search too.
    """

    name: str
    make: Make
    sizes: tuple[int, ...]
    families: tuple[str, ...] = ()
    ends: tuple[int, int] | None = (-1, 1)
    most_ratio: float | None = None
    most_seconds: float | None = None
    most_megabytes: float | None = None
    peer: str | None = None
    least_share: float = 0.1
    counted: bool = False
    seed: int | None = None
    repeats: int = 9
    exact: bool = False


def _uniform(text: str, seed: int, *families: str, **bounds: object) -> Case:
    sizes = (*map(int, text.split("-")), 1)
    return Case(text, lambda: uniform(sizes, seed), sizes, families, seed=seed, **bounds)  # type: ignore[arg-type]


def _special(text: str, kind: str, make: Make, **bounds: object) -> Case:
    return Case(f"{text} {kind}", make, (*map(int, text.split("-")), 1), ("structured",), **bounds)  # type: ignore[arg-type]


CASES = (
    _uniform("1-256-256-256", 1002, "line", most_ratio=12),
    *(
        Case(
            f"line, {depth} layers of 64",
            lambda depth=depth: uniform((1, *[64] * depth, 1), 1),  # type: ignore[misc]
            (1, *[64] * depth, 1),
            most_seconds=seconds,
            repeats=5,
        )
        for depth, seconds in ((20, 0.15), (50, 0.5))
    ),
    Case(
        "tent, 20 times",
        lambda: tent(20),
        (1, *[2] * 20, 1),
        ("line",),
        ends=(0, 1),
        most_seconds=1.5,
        most_megabytes=500,
        repeats=2,
    ),
    _uniform("2-32-32", 1005, "depth", "plane", most_ratio=15, repeats=30, exact=True),
    _uniform("2-64-64-64", 1006, "width", "plane", most_ratio=4, exact=True),
    _uniform("2-128-128-128", 1007, "width", "plane", most_ratio=1.2),
    _uniform("2-256-256-256", 1008, "width", "plane", most_ratio=0.6, most_megabytes=500),
    _uniform("3-32-32", 1010, "space", most_ratio=20, exact=True),
    _uniform("4-16-16", 1012, "space", most_ratio=60, exact=True),
    _uniform("6-12-12", 1014, "dimension", "space", most_seconds=0.5, repeats=5),
    _uniform("2-16-16-16", 1020, "width", "plane", repeats=30),
    _uniform("2-32-32-32", 1021, "width", "depth", "plane", repeats=20),
    _uniform("2-32", 1022, "depth", "plane", repeats=30),
    _uniform("2-32-32-32-32", 1023, "depth", "plane", repeats=15),
    _uniform("2-32-32-32-32-32", 1024, "depth", "plane", repeats=15),
    _uniform("2-32-32-32-32-32-32", 1025, "depth", "plane", repeats=15),
    *(
        Case(
            f"2, {depth} layers of 32",
            lambda depth=depth: uniform((2, *[32] * depth, 1), 1018 + depth),  # type: ignore[misc]
            (2, *[32] * depth, 1),
            ("depth", "plane"),
            most_ratio=ratio,
            repeats=5,
        )
        for depth, ratio in ((8, 20), (12, 20), (20, 25))
    ),
    *(
        Case(
            f"2, {depth} layers of 32, He",
            lambda depth=depth: he((2, *[32] * depth, 1), 1),  # type: ignore[misc]
            (2, *[32] * depth, 1),
            ("plane",),
            most_ratio=ratio,
            repeats=3,
        )
        for depth, ratio in ((8, 6), (12, 5))
    ),
    Case("2-64-64, a large box", lambda: uniform((2, 64, 64, 1), 1006), (2, 64, 64, 1), ("plane",), ends=(-1000, 1000)),
    Case(
        "2-64-64, everywhere",
        lambda: uniform((2, 64, 64, 1), 1006),
        (2, 64, 64, 1),
        ("plane",),
        ends=None,
        peer="2-64-64, a large box",
        least_share=0.5,
    ),
    _uniform("3-150-150", 1031, "space", most_ratio=2, repeats=1),
    _uniform("2-12-12", 1026, "dimension", "plane", repeats=30),
    _uniform("3-12-12", 1027, "dimension", "space", repeats=20),
    _uniform("4-12-12", 1028, "dimension", "space"),
    _uniform("5-12-12", 1029, "dimension", "space"),
    _uniform("7-16", 1036, "layer", "space", most_seconds=0.6, repeats=2),
    _uniform("8-15", 1037, "layer", "space", most_seconds=2.5, repeats=1),
    _uniform("9-14", 1038, "layer", "space", most_seconds=5, repeats=1),
    *(
        Case(
            f"{d}-{n} counted",
            lambda d=d, n=n: uniform((d, n, 1), 1),  # type: ignore[misc]
            (d, n, 1),
            counted=True,
            most_ratio=ratio,
            repeats=3,
        )
        for d, n, ratio in ((5, 24, 90), (7, 16, 110), (9, 14, 110), (12, 14, 80), (16, 17, 80))
    ),
    _special("2-32-32", "ternary", lambda: ternary((2, 32, 32, 1), 1), peer="2-32-32", repeats=30, exact=True),
    _special("2-32-32", "eighths", lambda: eighths((2, 32, 32, 1), 1005), peer="2-32-32", repeats=30),
    *(
        Case(
            f"plane tents, {times} times",
            lambda times=times: plane_tents(times),  # type: ignore[misc]
            (2, *[4] * times, 1),
            ("structured",),
            ends=(0, 1),
            peer="2-128-128-128",
            repeats=repeats,
            exact=times == 7,
        )
        for times, repeats in ((7, 9), (10, 1))
    ),
)
BY_NAME = {case.name: case for case in CASES}
SCALING = "2-256-256-256"
"""The case that is measured over cores."""
MOST_OF_ONE_THREAD = 0.6
"""Its seconds on two threads over those on one, at most."""
TOGETHER = ("2-12-12", "2-16-16-16", "2-32-32", "2-32-32-32", "2-64-64-64", "3-12-12", "4-12-12")
"""Cases that other programs are measured on too."""
QUICK = ("1-256-256-256", "2-32-32", "2-64-64-64", "3-32-32", "2-32-32 ternary")
"""A few small ones."""
