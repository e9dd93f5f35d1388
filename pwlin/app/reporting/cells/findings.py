"""What is known about a network of several inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations

import numpy as np

from pwlin.app.reporting.findings import Findings, known
from pwlin.app.reporting.prose import has_off
from pwlin.base.errors import TargetError
from pwlin.comparison.cells.comparison import ComparisonND, RegionError
from pwlin.comparison.cells.polynomial_sup import evaluate
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.cells.records import Extremum
from pwlin.functions.cells.views import Facet
from pwlin.geometry.polytope import Point

MOST_MEASURED = 2000
"""Beyond so many regions, errors are not measured on each of them."""
_MOST_IN_SPACE = 200
_SAMPLES = 1 << 17
_TOLERANCES = ("1e-6", "1e-3")
"""Relative width of the largest error where it is no exact number: with two variables, and with more."""


@dataclass(frozen=True, slots=True)
class NeuronFacts:
    """What one neuron does: how many facets it flips at, and at how many of them it makes the gradient jump."""

    neuron: tuple[int, int]
    status: str
    facets: int
    kinks: int
    largest_jump: float


@dataclass(frozen=True)
class CellFindings(Findings[PiecewiseLinearND]):
    """A network of several variables."""

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables: the target's, or x, y, z, or x0, x1 and so on."""
        if self.target is not None:
            return tuple(map(str, self.target.variables))
        d = self.function.dim
        return ("x", "y", "z")[:d] if d <= 3 else tuple(f"x{k}" for k in range(d))

    @cached_property
    def comparison(self) -> ComparisonND | None:
        """Errors against the target, or None where there is none, or it is undefined somewhere or too slow to measure."""
        if self.target is None or not self.function.domain.is_bounded:
            return None
        if self.function.dim > 3 and not self.target.is_polynomial:
            return None
        try:
            return self.function.compare(self.target, tolerance=_TOLERANCES[self.function.dim > 2])
        except TargetError:
            return None

    @cached_property
    def per_region(self) -> tuple[RegionError, ...] | None:
        """Errors on each region, or None where there are none or they would take too long."""
        if self.comparison is None or self.function.n_regions > MOST_MEASURED:
            return None
        if self.target is None or not self.target.is_polynomial:
            return None
        degree = max(map(sum, self.target.polynomial()), default=0)
        quick = self.function.dim == 2 or (degree <= 2 and self.function.n_regions <= _MOST_IN_SPACE)
        return tuple(self.comparison.per_region) if quick else None

    @cached_property
    def sampled_errors(self) -> tuple[float, float] | None:
        """Largest and root mean squared error at random points, where nothing better is known; never called exact."""
        if self.target is None or self.comparison is not None or not self.function.domain.is_bounded:
            return None
        corners = np.array([[float(v) for v in p] for p in self.function.domain.vertices])
        rng = np.random.default_rng(0)
        points = rng.uniform(corners.min(axis=0), corners.max(axis=0), (_SAMPLES, self.function.dim))
        points = points[self.function.domain.contains(points)]
        with np.errstate(all="ignore"):
            error = np.abs(self.network(points)[..., 0] - np.asarray(self.target(points)))
        error = error[np.isfinite(error)]
        return (float(error.max()), float(np.sqrt(np.mean(error**2)))) if error.size else None

    @cached_property
    def neurons(self) -> tuple[NeuronFacts, ...]:
        """What each hidden neuron does."""
        facets: Counter[tuple[int, int]] = Counter()
        kinks: Counter[tuple[int, int]] = Counter()
        largest: dict[tuple[int, int], float] = {}
        for facet in self.function.silent_facets:
            facets.update(facet.neurons)
        for facet in self.function.kinks:
            facets.update(facet.neurons)
            for flip in facet.flips:
                if any(flip.jump):
                    kinks[flip.neuron] += 1
                    largest[flip.neuron] = max(largest.get(flip.neuron, 0.0), norm(flip.jump))
        status = self.function.neuron_status()
        return tuple(NeuronFacts(n, s, facets[n], kinks[n], largest.get(n, 0.0)) for n, s in status.items())

    @cached_property
    def kinks_by_layer(self) -> tuple[int, ...]:
        """At how many kinks of the function each hidden layer has a part; one that several layers make counts in each."""
        count = [0] * len(self.network.widths)
        for facet in self.function.kinks:
            for layer in {flip.neuron[0] for flip in facet.flips if any(flip.jump)}:
                count[layer] += 1
        return tuple(count)

    @cached_property
    def regions_at_most(self) -> int:
        """The most regions of any network with these widths and activations (Montúfar; Serra et al. where units switch off).

        Serra's bound, and none but it, uses that a unit is constant left of its bend.
        """
        from pwlin.theory.bounds import montufar_upper, serra_upper

        bound = serra_upper if has_off(self.network) else montufar_upper
        return bound(self.function.dim, self.network.widths)

    @cached_property
    def strongest_kink(self) -> Facet | None:
        """The kink with the largest jump of the gradient."""
        return max(self.function.kinks, key=lambda k: norm(k.jump), default=None)

    @cached_property
    def extremes(self) -> tuple[Extremum | None, Extremum | None]:
        """Smallest and largest value with where, each None where there is none."""
        return known(self.function.min), known(self.function.max)

    @cached_property
    def _coefficients(self) -> dict[tuple[int, ...], Fraction] | None:
        """Those of a polynomial target, by exponents."""
        return self.target.polynomial() if self.target is not None and self.target.is_polynomial else None

    @property
    def target_is_affine(self) -> bool:
        """Whether the target is an affine formula."""
        return self._coefficients is not None and max(map(sum, self._coefficients), default=0) <= 1

    @cached_property
    def quadratic(self) -> dict[tuple[int, ...], Fraction] | None:
        """The coefficients of degree 2 if the target is a polynomial of degree 2, else None."""
        if self._coefficients is None or max(map(sum, self._coefficients), default=0) != 2:
            return None
        return {e: c for e, c in self._coefficients.items() if sum(e) == 2}

    @cached_property
    def hardest_region(self) -> tuple[int, Fraction, tuple[Point, Point]] | None:
        """A region on which no affine map does well: its index, the error that any has there, and two of its corners.

        Along the line between two points p, q the target is a parabola, and an affine map misses it by at least an eighth
        of ``|Q(p - q)|``, Q being the target's part of degree 2. None where there are too many regions to look at.
        """
        if self.quadratic is None or self.comparison is None or self.function.n_regions > MOST_MEASURED:
            return None
        best: tuple[int, Fraction, tuple[Point, Point]] | None = None
        for region in self.function.regions:
            for p, q in combinations(region.vertices, 2):
                least = abs(evaluate(self.quadratic, [a - b for a, b in zip(p, q)])) / 8
                if best is None or least > best[1]:
                    best = region.index, least, (p, q)
        return best


def norm(vector: Iterable[Fraction]) -> float:
    """Euclidean length, rounded."""
    return float(np.hypot.reduce([float(v) for v in vector]))
