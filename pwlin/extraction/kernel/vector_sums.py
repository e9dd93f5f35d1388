"""Sums of a few rows of weights times factors, added to maps: the loops that take the most time in wide networks."""

from __future__ import annotations

from pwlin.extraction.kernel.compiled import Floats, Integers, compiled


@compiled
def add_products(
    weight: Floats, starts: Integers, factors: Floats, count: int, sums: int, out: Floats, at: int, length: int
) -> None:
    """Add ``factors[t, c] * row t`` to sum c, for all t < count and c < sums.

    Row t is ``weight[starts[t] :][:length]``, sum c is ``out[at + c * length :][:length]``. Four rows at a time, so that sums
    are read and written less often; no error bound depends on the order.
    """
    t = 0
    while t + 4 <= count:
        p, q = weight[starts[t] : starts[t] + length], weight[starts[t + 1] : starts[t + 1] + length]
        r, s = weight[starts[t + 2] : starts[t + 2] + length], weight[starts[t + 3] : starts[t + 3] + length]
        for c in range(sums):
            e, f, g, h = factors[t, c], factors[t + 1, c], factors[t + 2, c], factors[t + 3, c]
            into = out[at + c * length : at + (c + 1) * length]
            for j in range(length):
                into[j] += (e * p[j] + f * q[j]) + (g * r[j] + h * s[j])
        t += 4
    while t < count:
        p = weight[starts[t] : starts[t] + length]
        for c in range(sums):
            e = factors[t, c]
            into = out[at + c * length : at + (c + 1) * length]
            for j in range(length):
                into[j] += e * p[j]
        t += 1


@compiled
def add_interval(
    weight: Floats, starts: Integers, factors: Floats, count: int, c: int, middle: Floats, radius: Floats
) -> None:
    """Add the products of rows with intervals: ``factors[t, c]`` is the middle of interval t, ``factors[t, c + 1]`` its radius.

    Radii are taken times the absolute values of the rows.
    """
    length = len(middle)
    for t in range(count):
        row = weight[starts[t] : starts[t] + length]
        m, r = factors[t, c], factors[t, c + 1]
        for j in range(length):
            middle[j] += m * row[j]
        for j in range(length):
            radius[j] += r * abs(row[j])
