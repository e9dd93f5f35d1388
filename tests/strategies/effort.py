"""How hard the tests try: ``PWLIN_EFFORT=20 python -m pytest`` takes many times the examples, for a night.

The default is half, so that all tests take three minutes on two cores; from 1 on every case is taken of which else a few are.
"""

import os
from fractions import Fraction as Q

from hypothesis import settings

EFFORT = float(os.environ.get("PWLIN_EFFORT", "0.5"))


def examples(count):
    """Settings for a property: that many examples, times the effort."""
    return settings(max_examples=max(1, round(count * EFFORT)))


def narrow(tolerance):
    """A tolerance, a hundred times as coarse but at full effort: what enclosures hold is asked each time, how narrow they get at night."""
    return Q(tolerance) * (1 if EFFORT >= 1 else 100)


def few(cases, count):
    """So many of the cases, evenly from first to last; at full effort all of them."""
    cases = list(cases)
    if EFFORT >= 1 or count >= len(cases):
        return cases
    return [cases[round(k * (len(cases) - 1) / max(count - 1, 1))] for k in range(count)]
