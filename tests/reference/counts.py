"""Numbers of regions that others have counted: arrangements of hyperplanes ``a . x = b``, with where the number is from.

Stanley: "An introduction to hyperplane arrangements" (2007), lectures 2 and 5; OEIS: The On-Line Encyclopedia of Integer
Sequences. The arrangements of types A to D are on all of R^n, so that lines through the origin may lie in every region.
"""

from itertools import combinations, product
from math import comb, factorial


def _row(n, entries):
    row = [0] * n
    for i, v in entries:
        row[i] = v
    return tuple(row)


def _differences(n, shifts):
    """All hyperplanes x_i - x_j = s for i < j."""
    rows = [(_row(n, [(i, 1), (j, -1)]), s) for i, j in combinations(range(n), 2) for s in shifts]
    return [r for r, _ in rows], [s for _, s in rows]


def _signed(n, alone):
    """x_i = x_j, x_i = -x_j and, if `alone`, x_i = 0."""
    rows = [_row(n, [(i, 1), (j, s)]) for i, j in combinations(range(n), 2) for s in (1, -1)]
    rows += [_row(n, [(i, 1)]) for i in range(n)] if alone else []
    return rows, [0] * len(rows)


def _subsets(n):
    """Sums of the coordinates of all non-empty subsets."""
    rows = [r for r in product((0, 1), repeat=n) if any(r)]
    return rows, [0] * len(rows)


def _thresholds(n):
    """For each corner c of the cube, the weights (w, b) with w . c = b."""
    rows = [(*c, -1) for c in product((0, 1), repeat=n)]
    return rows, [0] * len(rows)


def _moment_curve(n, d):
    return [[t**k for k in range(d)] for t in range(1, n + 1)], [-(t**d) for t in range(1, n + 1)]


def _catalan(n):
    return comb(2 * n, n) // (n + 1)


ARRANGEMENTS = {
    **{f"Boolean {n}": ([_row(n, [(i, 1)]) for i in range(n)], [0] * n, 2**n) for n in (2, 3, 4, 5)},
    **{f"braid {n}: orders of n things": (*_differences(n, [0]), factorial(n)) for n in (2, 3, 4)},
    **{f"Coxeter B{n}": (*_signed(n, True), 2**n * factorial(n)) for n in (2, 3)},
    **{f"Coxeter D{n}": (*_signed(n, False), 2 ** (n - 1) * factorial(n)) for n in (3, 4)},
    **{f"Shi {n} (Shi 1986)": (*_differences(n, [0, 1]), (n + 1) ** (n - 1)) for n in (2, 3, 4)},
    **{f"Linial {n} (OEIS A007889)": (*_differences(n, [1]), k) for n, k in ((2, 2), (3, 7), (4, 36))},
    **{f"Catalan {n}": (*_differences(n, [-1, 0, 1]), factorial(n) * _catalan(n)) for n in (2, 3, 4)},
    **{f"semiorders {n} (OEIS A006531)": (*_differences(n, [-1, 1]), k) for n, k in ((2, 3), (3, 19), (4, 183))},
    **{f"resonance {n} (OEIS A034997)": (*_subsets(n), k) for n, k in ((1, 2), (2, 6), (3, 32), (4, 370))},
    **{f"threshold functions of {n} (OEIS A000609)": (*_thresholds(n), k) for n, k in ((1, 4), (2, 14), (3, 104))},
    "lines in general position (Steiner 1826)": (*_moment_curve(7, 2), 29),
    "planes in general position (cake numbers, OEIS A000125)": (*_moment_curve(6, 3), 42),
}
