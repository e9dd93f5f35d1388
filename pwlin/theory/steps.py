"""Steps, towers and staircases out of steep ramps."""

from __future__ import annotations

from fractions import Fraction

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, ShapeError
from pwlin.exact.rational import Number, Numbers, to_fraction, to_fraction_array
from pwlin.networks.network import Network


def step(at: Number = 0, ramp: Number = "1/100", height: Number = 1) -> Network:
    """A steep ramp in place of a step: 0 up to at − ramp/2, `height` from at + ramp/2 on, half of it at `at`.

    Parameters
    ----------
    at, ramp, height : exact numbers, ramp > 0

    Returns
    -------
    Network
        Two ReLUs. Its L1 distance to the step is |height| · ramp / 4; the sup distance stays |height| / 2 however
        steep the ramp, for a continuous function cannot follow a jump.

    Examples
    --------
    >>> [str(step(ramp=1).exact(x)) for x in (-1, "-1/4", 0, 1)]
    ['0', '1/4', '1/2', '1']
    """
    return staircase([at], [0, height], ramp)


def tower(left: Number, right: Number, height: Number = 1, ramp: Number = "1/100") -> Network:
    """A tower: `height` between `left` and `right`, 0 outside, with ramps of width `ramp` centred at both.

    Parameters
    ----------
    left, right, height, ramp : exact numbers, 0 < ramp <= right − left

    Returns
    -------
    Network
        Four ReLUs, or three if the ramps touch. Its integral is height · (right − left) exactly.

    Notes
    -----
    The picture in M. Nielsen, Neural networks and deep learning (2015), chapter 4, with ReLUs for sigmoids.

    Examples
    --------
    >>> [str(tower(0, 1, ramp="1/2").exact(x)) for x in (-1, 0, "1/2", 1, 2)]
    ['0', '1/2', '1', '1/2', '0']
    """
    return staircase([left, right], [0, height, 0], ramp)


def staircase(edges: Numbers, heights: Numbers, ramp: Number = "1/100") -> Network:
    """A staircase: heights[0] up to edges[0], heights[i] between edges[i − 1] and edges[i], the last one after it.

    Towers side by side make one; their ramps merge.

    Parameters
    ----------
    edges : sequence of n >= 1 exact numbers, strictly increasing
    heights : sequence of n + 1 exact numbers
    ramp : exact number
        Width of the ramps, centred at the edges; 0 < ramp <= the least distance of two edges.

    Returns
    -------
    Network
        One hidden layer of at most 2n ReLUs, one for each kink: where two ramps touch, one serves both, and none is
        spent where there is no kink. A constant one has no hidden layer.

    Examples
    --------
    >>> stairs = staircase([0, 1, 2], [0, 1, 4, 9], ramp="1/10")
    >>> stairs, [str(stairs.exact(x)) for x in ("-1/2", "1/2", "3/2", "5/2")]
    (Network(1-6-1, relu), ['0', '1', '4', '9'])
    """
    e, v = to_fraction_array(edges, 1, "edges"), to_fraction_array(heights, 1, "heights")
    width = to_fraction(ramp, "ramp")
    if len(e) < 1 or len(v) != len(e) + 1:
        found = f"{len(v)} for {len(e)} edge(s)"
        raise refusal("heights", found, "are at least one edge and one height more than edges", ShapeError)
    gaps = [e[i + 1] - e[i] for i in range(len(e) - 1)]
    if any(gap <= 0 for gap in gaps):
        raise refusal("edges", ", ".join(map(shown, e)), "are strictly increasing numbers", DomainError)
    if width <= 0 or any(gap < width for gap in gaps):
        limit = f" and at most {shown(min(gaps))}, the least distance of two edges" if gaps else ""
        raise refusal("ramp", shown(width), f"are numbers above 0{limit}")
    jumps: dict[Fraction, Fraction] = {}
    for i, edge in enumerate(e):
        slope = (v[i + 1] - v[i]) / width
        for location, jump in ((edge - width / 2, slope), (edge + width / 2, -slope)):
            jumps[location] = jumps.get(location, Fraction(0)) + jump
    kinks = [(location, jump) for location, jump in jumps.items() if jump]
    if not kinks:
        return Network.from_arrays([[[0]]], [[v[0]]])
    return Network.from_arrays(
        [[[1]] * len(kinks), [[jump for _, jump in kinks]]], [[-location for location, _ in kinks], [v[0]]]
    )


def box_tower(lower: Numbers, upper: Numbers, height: Number = 1, ramp: Number = "1/100") -> Network:
    """A tower over a box in R^d with two hidden layers: zero outside the box, `height` inside its rim.

    The first layer makes one trapezoid per coordinate, from 0 to 1; the only neuron of the second keeps what their
    sum has above d − 1.

    Parameters
    ----------
    lower, upper : sequences of d exact numbers, lower[i] < upper[i]
    height, ramp : exact numbers
        ``0 < 2 * ramp <= upper[i] − lower[i]``: the function climbs within a distance `ramp` inside the box's faces.

    Returns
    -------
    Network
        d inputs, widths (4d, 1). No single hidden layer can do this for d >= 2: a function with one hidden layer
        that vanishes outside a bounded set is zero.

    Examples
    --------
    >>> block = box_tower([0, 0], [1, 1], ramp="1/4")
    >>> block, [str(block.exact(p)) for p in ([0, "1/2"], ["1/8", "1/2"], ["1/2", "1/2"], [2, 0])]
    (Network(2-8-1-1, relu), ['0', '1/2', '1', '0'])
    """
    low, high = to_fraction_array(lower, 1, "lower"), to_fraction_array(upper, 1, "upper")
    width, top, d = to_fraction(ramp, "ramp"), to_fraction(height, "height"), len(low)
    if d < 1 or len(high) != d:
        raise refusal("upper", f"{len(high)} coordinates for {d} in lower", "are as many, at least one", ShapeError)
    for i in range(d):
        if not low[i] < high[i]:
            raise refusal(f"upper[{i}]", shown(high[i]), f"are numbers above lower[{i}] = {shown(low[i])}", DomainError)
        if width <= 0 or 2 * width > high[i] - low[i]:
            raise refusal("ramp", shown(width), "are numbers above 0 and at most half of every side")
    rows = [[int(j == i) for j in range(d)] for i in range(d) for _ in range(4)]
    shifts = [-s for i in range(d) for s in (low[i], low[i] + width, high[i] - width, high[i])]
    return Network.from_arrays(
        [rows, [[sign / width for _ in range(d) for sign in (1, -1, -1, 1)]], [[top]]], [shifts, [1 - d], [0]]
    )
