"""All regions of a network by trying patterns, with exact linear programs: shares no code with pwlin. Slow on purpose."""

from fractions import Fraction as Q
from itertools import combinations


def has_interior(rows):
    """Whether some x has ``a . x < b`` for all rows (a, b): the simplex method for the largest slack, in rationals.

    Bland 1977: the first column that gains, the first row of those that bind, and it ends. Free variables are
    differences of two, x = u - v; the slack t is at most 1, and taking it into the basis in the tightest row makes the
    first basis feasible.
    """
    rows = [(*map(Q, a), Q(b)) for a, b in rows]
    d = len(rows[0]) - 1
    rows.append((*[Q(0)] * d, Q(1)))
    tightest = min(rows, key=lambda row: row[-1])
    others = [row for row in rows if row is not tightest]
    # table rows: (coefficients of u, v and of the slack of the tightest row | right-hand side), with t eliminated
    table = []
    for row in others:
        step = [a - c for a, c in zip(row[:-1], tightest[:-1])]
        table.append([*step, *(-s for s in step), Q(-1), row[-1] - tightest[-1]])
    aim = [*(-a for a in tightest[:-1]), *tightest[:-1], Q(-1), -tightest[-1]]  # t = aim . columns - aim[-1]
    basis = [2 * d + 1 + i for i in range(len(table))]
    columns = list(range(2 * d + 1))
    while aim[-1] >= 0:  # minus the largest t so far
        gaining = [(name, j) for j, name in enumerate(columns) if aim[j] > 0]
        if not gaining:
            return False
        j = min(gaining)[1]
        binding = [(row[-1] / row[j], basis[i], i) for i, row in enumerate(table) if row[j] > 0]
        if not binding:
            return True
        i = min(binding)[2]
        pivot = table[i]
        factor = 1 / pivot[j]
        table[i] = pivot = [factor if k == j else v * factor for k, v in enumerate(pivot)]
        for other in [*table[:i], *table[i + 1 :], aim]:
            lead = other[j]
            if lead:
                for k, v in enumerate(pivot):
                    other[k] = -lead * v if k == j else other[k] - lead * v
        basis[i], columns[j] = columns[j], basis[i]
    return True


def regions(network, halfspaces=()):
    """The regions with interior in the open polytope ``a . x < b``: {pattern: (maps of the outputs, rows of the region)}.

    Layer by layer and neuron by neuron: a side of a neuron is kept when, together with all that was kept, it has an
    interior. Maps are (coefficients..., constant).
    """
    d = network.input_dim
    start = [tuple(Q(i == j) for j in range(d + 1)) for i in range(d)]
    kept = [((), start, [(tuple(map(Q, a)), Q(b)) for a, b in halfspaces])]
    for layer in network.hidden:
        finer = []
        for pattern, inputs, rows in kept:
            finer.extend((((*pattern, on), out, cut)) for on, out, cut in _sides(layer, _affine(layer, inputs), rows))
        kept = finer
    return {pattern: (_affine(network.readout, inputs), rows) for pattern, inputs, rows in kept}


def _affine(layer, inputs):
    weight, bias = layer.weight.tolist(), layer.bias.tolist()
    return [
        tuple(sum((w * m[k] for w, m in zip(row, inputs)), Q(0)) + (b if k == len(inputs[0]) - 1 else 0)
              for k in range(len(inputs[0])))
        for row, b in zip(weight, bias)
    ]  # fmt: skip


def _sides(layer, maps, rows):
    """All choices of sides of one layer's neurons that leave an interior: (on, outputs, rows)."""
    found = [((), [], rows)]
    for unit, (*slope, constant) in zip(layer.activations, maps):
        finer = []
        for on, out, cut in found:
            if unit.left == unit.right:
                choices = [(True, cut)]
            elif not any(slope):
                choices = [(constant > 0, cut)]
            else:
                up, down = (tuple(-s for s in slope), constant), (tuple(slope), -constant)
                choices = [
                    (side, [*cut, row]) for side, row in ((True, up), (False, down)) if has_interior([*cut, row])
                ]
            for side, less in choices:
                factor = unit.right if side else unit.left
                finer.append(((*on, side), [*out, tuple(factor * v for v in (*slope, constant))], less))
        found = finer
    return found


def neighbours(found):
    """Pairs of patterns whose regions share a facet, from what `regions` gives."""
    return {frozenset((p, q)) for (p, a), (q, b) in combinations(found.items(), 2) if _share_a_facet(a[1], b[1])}


def _share_a_facet(first, second):
    for a, b in first:
        if any(a) and any(_opposite((a, b), row) for row in second):
            j = next(i for i, v in enumerate(a) if v)
            if _has_interior_on((a, b), j, [*first, *second]):
                return True
    return False


def _opposite(row, other):
    """Whether two rows bound the same hyperplane from its two sides."""
    (a, b), (c, e) = row, other
    j = next(i for i, v in enumerate(a) if v)
    factor = c[j] / a[j]
    return factor < 0 and e == factor * b and all(v == factor * u for u, v in zip(a, c))


def _has_interior_on(wall, j, rows):
    """Whether the rows leave an interior of the hyperplane: coordinate j is put in terms of the others."""
    a, b = wall
    inside = []
    for c, e in rows:
        lead = c[j] / a[j]
        rest = tuple(v - lead * u for i, (u, v) in enumerate(zip(a, c)) if i != j)
        right = e - lead * b
        if any(rest):
            inside.append((rest, right))
        elif right < 0:
            return False
    return not inside or has_interior(inside)


def pieces(found, pairs, output=0):
    """Number of pieces of one output: regions joined across facets where the map is the same."""
    parent = {pattern: pattern for pattern in found}

    def root(p):
        while parent[p] != p:
            p = parent[p]
        return p

    for p, q in map(tuple, pairs):
        if found[p][0][output] == found[q][0][output]:
            parent[root(p)] = root(q)
    return sum(parent[p] == p for p in found)
