"""The continuous piecewise-linear function of several variables, on its exact polyhedral complex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.base import arguments
from pwlin.base.arguments import refusal
from pwlin.base.doors import doors
from pwlin.base.errors import ShapeError
from pwlin.base.frozen import Frozen
from pwlin.base.sequences import Records
from pwlin.exact.rational import Exact, ExactArray, Number, Numbers, to_fraction
from pwlin.exact.rounding import RoundedMaps
from pwlin.functions.cells import activity, algebra, formats, integrals, level, pieces, questions, values
from pwlin.functions.cells.complex import CellComplex, NearMaps
from pwlin.functions.cells.faces import Ids, faces_by_dimension
from pwlin.functions.cells.heights import Heights
from pwlin.functions.cells.locate import Locator
from pwlin.functions.cells.measures import Measures
from pwlin.functions.cells.records import Extremum, Face, LevelSet, Piece
from pwlin.functions.cells.views import Facet, Region
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Point, Polytope
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from networkx import Graph
    from pandas import DataFrame
    from sympy import Expr

    from pwlin.comparison import ComparisonND
    from pwlin.formulas.target import TargetLike
    from pwlin.functions.line.function import PiecewiseLinear1D


@final
@doors
class PiecewiseLinearND(Frozen):
    """A continuous piecewise-linear function on a convex polyhedron in R^d, d >= 2; exact and immutable.

    Get one from `pwlin.extract`. The arrays of the search stay inside; records (`regions`, `facets`, ...) are made when
    they are asked for. Equality is equality as functions: domain and values, however the complexes lie.

    Parameters
    ----------
    cells : CellComplex
        The raw complex of `network` on its domain.
    network : Network
        With one output: the function.
    output : int
        Which of the outputs of the complex' affine maps this function is.
    """

    __slots__ = ("__dict__", "complex", "network", "output")
    complex: CellComplex
    network: Network
    output: int

    def __init__(self, cells: CellComplex, network: Network, output: int = 0) -> None:
        if network.output_dim != 1:
            raise refusal("network", f"{network.output_dim} outputs", "is one (see Network.output)", ShapeError)
        self._fill(complex=cells, network=network, output=output)

    def __reduce__(self) -> tuple[object, ...]:
        return PiecewiseLinearND, (self.complex, self.network, self.output)

    # -- what it is made of -----------------------------------------------------------------------

    @property
    def dim(self) -> int:
        """Number of variables."""
        return self.complex.dim

    @property
    def domain(self) -> Polytope:
        """Where the function is defined."""
        return self.complex.domain

    @property
    def n_regions(self) -> int:
        """Number of (activation) regions."""
        return len(self.complex)

    @property
    def n_pieces(self) -> int:
        """Number of (linear) pieces."""
        return int(self.piece_of_region.max()) + 1

    @property
    def regions(self) -> Sequence[Region]:
        """The activation regions."""
        return Records(partial(Region, self), range(self.n_regions))

    @property
    def facets(self) -> Sequence[Facet]:
        """All facets, also those on the boundary of the domain."""
        return Records(partial(Facet, self), range(len(self.complex.facets)))

    @cached_property
    def kinks(self) -> Sequence[Facet]:
        """The facets across which the gradient jumps."""
        return Records(partial(Facet, self), self.complex.interior[self.bends].tolist())

    @cached_property
    def silent_facets(self) -> Sequence[Facet]:
        """The facets between regions with the same affine map: neurons flip, but are dead downstream or cancel."""
        return Records(partial(Facet, self), self.complex.interior[~self.bends].tolist())

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        """The linear pieces, in the order of their first regions."""
        return pieces.pieces(self)

    @cached_property
    def piece_of_region(self) -> NDArray[np.int64]:
        """The index of each region's piece."""
        return pieces.piece_of_region(self)

    @cached_property
    def vertices(self) -> Sequence[Point]:
        """All vertices of the complex, sorted, made when one is asked for; none if the regions contain whole lines."""
        if self.complex.lineality:
            return ()
        return self.complex.sorted_vertices()

    @property
    def n_vertices(self) -> int:
        """Number of vertices, without making them."""
        return self.complex.n_vertices

    def faces(self, dimension: int) -> tuple[Face, ...]:
        """All faces of one dimension."""
        cells = self.complex
        ids = self._faces[arguments.whole(dimension, "dimension", 0, self.dim, ShapeError)]
        return tuple(level.make_face([cells.generators[g] for g in f], cells.lineality, self.dim) for f in ids)

    @property
    def edges(self) -> tuple[Face, ...]:
        """All faces of dimension 1."""
        return self.faces(1)

    def f_vector(self) -> tuple[int, ...]:
        """The number of faces of each dimension 0, ..., d of the complex (none of them at infinity)."""
        return tuple(len(f) for f in self._faces)

    @cached_property
    def _faces(self) -> list[list[Ids]]:
        return faces_by_dimension(self.complex)

    def bent_hyperplane(self, layer: int, index: int) -> Sequence[Facet]:
        """The facets on which the preactivation of neuron (layer, index) vanishes.

        The neuron flips at most of them, but not where its preactivation only touches zero (or is zero on a whole region).
        Empty for a linear unit, which bends nothing.
        """
        self.complex.neurons.bit(layer, index)
        if self.network.hidden[layer].activations[index].is_linear or not len(self.complex.facets):
            return Records(partial(Facet, self), ())
        facets = self.complex.facets
        inside = np.logical_and.reduceat(self._zeros[layer][index][facets.ids], facets.offsets[:-1])
        return Records(partial(Facet, self), np.flatnonzero(inside).tolist())

    def neuron_status(self) -> dict[tuple[int, int], str]:
        """What each hidden neuron does on the domain.

        Returns
        -------
        dict from (layer, index) to str
            ``"dead"``: active in no region. ``"always_on"``: active in every region (also linear units). ``"active"``: it
            flips and contributes to the gradient jump at one facet at least. ``"silent"``: it flips but contributes nowhere.
        """
        return activity.neuron_status(self)

    def affine_map(self, region: int) -> tuple[Point, Fraction]:
        """Gradient and offset in a region, exact."""
        region = arguments.whole(region, "region", 0, self.n_regions - 1)
        *gradient, offset = self.complex.fractions(region, self.output)
        return tuple(gradient), offset

    @cached_property
    def bends(self) -> NDArray[np.bool_]:
        """Which interior facets are kinks."""
        return pieces.bends(self)

    @cached_property
    def _zeros(self) -> list[NDArray[np.bool_]]:
        return activity.zeros_at_generators(self.complex, self.network)

    @cached_property
    def heights(self) -> Heights:
        """Homogeneous values at the complex' generators over its denominator: F(x) t at (x t, t), slope along (r, 0)."""
        return Heights(self)

    @cached_property
    def near_maps(self) -> NearMaps:
        """Gradients and offsets of all regions in float64, shape (n_regions, d + 1), and a bound of the error of each entry."""
        return self.complex.near_maps(self.output)

    @cached_property
    def measures(self) -> Measures:
        """Volumes and centroids of the regions."""
        return Measures(self)

    # -- values -----------------------------------------------------------------------------------

    @cached_property
    def locator(self) -> Locator:
        """Point location on the complex."""
        return Locator(self.complex, self.network)

    def region_at(self, point: Numbers) -> Region:
        """The region that holds a point, exact; of several the one with the fewest active neurons.

        If those tie too, the one whose pattern is least as a number (neuron (0, 0) is its lowest bit).

        Raises
        ------
        DomainError
            If the point lies outside the domain.
        """
        found, bits = self.regions_at(point), self.complex.patterns
        return min(found, key=lambda r: (bits[r.index].bit_count(), bits[r.index])) if len(found) > 1 else found[0]

    def regions_at(self, point: Numbers) -> tuple[Region, ...]:
        """All (closed) regions that hold a point, exact."""
        return tuple(Region(self, c) for c in self.locator.all_cells(self.inside(point)))

    def inside(self, point: Numbers) -> Vector:
        """A point of the domain as an integer vector (x t, t), t > 0; `DomainError` if it lies outside."""
        return values.inside(self, point)

    @overload
    def __call__(self, x: Sequence[Exact]) -> Fraction: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: Sequence[float]) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: ArrayLike) -> NDArray[np.float64] | ExactArray: ...
    def __call__(self, x: Sequence[Exact] | ArrayLike) -> Fraction | float | NDArray[np.float64] | ExactArray:
        """Evaluate: exact points give Fractions, float points float64.

        Parameters
        ----------
        x : sequence of d numbers, or array_like of numbers, shape (..., d)
            Integers, Fractions and text are exact, and what stands beside Fractions or text is as well (floats for the
            rationals that they are); floats, also beside integers, are answered in float64. NaN in, NaN out.

        Raises
        ------
        DomainError
            If a point lies outside the domain or is infinite.

        Notes
        -----
        Float values are the exact ones correctly rounded, always: floats find the region and the value where a bound of
        their errors is certain of both, and rationals do where it is not.
        """
        return values.value(self, x)

    def gradient(self, x: Sequence[Exact] | ArrayLike) -> Point | NDArray[np.float64] | ExactArray:
        """The gradient of the region at a point (see `region_at`): Fractions for exact points, else correctly rounded."""
        return values.gradient(self, x)

    def numpy(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gradients, shape (n_regions, d), and offsets, shape (n_regions,), as correctly rounded float64."""
        *gradients, offsets = self._float_maps.all()
        return np.column_stack(gradients), offsets.copy()

    @cached_property
    def _float_maps(self) -> RoundedMaps:
        return values.float_maps(self)

    def along(self, p: Numbers, q: Numbers) -> PiecewiseLinear1D:
        """The function on the segment from p to q: a `PiecewiseLinear1D` of t in [0, 1], at ``p + t (q - p)``."""
        from pwlin.extraction import arithmetic

        return arithmetic.along(self, p, q)

    # -- algebra ----------------------------------------------------------------------------------

    __add__ = __radd__ = algebra.add
    __sub__ = algebra.subtract
    __rsub__ = algebra.subtract_from
    __mul__ = __rmul__ = algebra.multiply
    __truediv__ = algebra.divide
    __neg__ = algebra.negative
    __pos__ = algebra.positive
    __abs__ = algebra.absolute
    __rmatmul__ = algebra.composed
    maximum = algebra.maximum
    minimum = algebra.minimum

    def restrict(self, domain: object) -> PiecewiseLinearND:
        """The same function, patterns and all, on a domain within its own (list of pairs or `Polytope`)."""
        from pwlin.extraction import arithmetic

        return arithmetic.restrict(self, domain)

    def __eq__(self, other: object) -> bool:
        from pwlin.extraction import arithmetic

        return arithmetic.equal(self, other)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.domain, self(self.domain.interior_point())))

    # -- questions --------------------------------------------------------------------------------

    def max(self) -> Extremum:
        """The largest value and everywhere it is taken; `DomainError` if the function is unbounded above."""
        return questions.extremum(self, 1)

    def min(self) -> Extremum:
        """The smallest value and everywhere it is taken; `DomainError` if the function is unbounded below."""
        return questions.extremum(self, -1)

    def lipschitz(self, norm: float | str = 2) -> Fraction | Expr:
        """The least L with ``|F(x) - F(y)| <= L * norm(x - y)``: the largest dual norm of a gradient.

        Parameters
        ----------
        norm : 1, 2, math.inf or "inf", the norm on the input space

        Returns
        -------
        Fraction, or for norm 2 a sympy number (a square root of a rational, or a rational)
        """
        return questions.lipschitz(self, norm)

    def integral(self) -> Fraction:
        """The integral over the domain, exact; `DomainError` if that is unbounded. See `pwlin.functions.cells.integrals.moment`."""
        return integrals.moment(self, (0,) * self.dim)

    def mean(self) -> Fraction:
        """The mean value: the integral over the volume of the domain, which must be bounded."""
        return self.integral() / self.volume()

    def moment(self, exponents: Sequence[int]) -> Fraction:
        """The integral of ``x[0]**exponents[0] * x[1]**exponents[1] * ... * F(x)`` over the domain, exact as `integral` is."""
        return integrals.moment(self, exponents)

    def volume(self) -> Fraction:
        """The volume of the domain, exact; those of the regions add up to it."""
        return integrals.volume(self)

    def level_set(self, c: Number = 0) -> LevelSet:
        """Where the function takes the value c: segments in the plane, polygons in space, and what only touches it."""
        return questions.level_set(self, to_fraction(c, "c"))

    def decision_boundary(self, other: PiecewiseLinearND) -> LevelSet:
        """Where this function equals another one on the same domain, for example another output of one network."""
        return questions.decision_boundary(self, other)

    def compare(self, target: TargetLike, **options: Any) -> ComparisonND | Any:
        """How far this function is from a target or from points: exact or certified errors; see `pwlin.compare`.

        Parameters
        ----------
        target : text, sympy expression, number, points (xs, ys), or a function of this kind
        **options
            ``domain=``, ``tolerance=`` and ``progress=``.
        """
        from pwlin.comparison import compare

        return compare(self, target, **options)

    # -- other forms ------------------------------------------------------------------------------

    def dual_graph(self) -> Graph:
        """The regions as nodes of a networkx graph, joined if they share a facet; see `pwlin.functions.cells.formats`."""
        return formats.dual_graph(self)

    def to_dataframe(self, exact: bool = False) -> DataFrame:
        """One row per region as a pandas DataFrame; see `pwlin.functions.cells.formats`."""
        return formats.to_dataframe(self, exact)

    def plot(
        self, ax: Axes | None = None, color_by: str | None = None, target: TargetLike | None = None, **options: Any
    ) -> Axes:
        """Draw the regions of a function of two variables, coloured; see `pwlin.plot.regions`."""
        from pwlin import plot

        return plot.regions(self, target, ax, color_by, **options)

    def __iter__(self) -> Iterator[Region]:
        return iter(self.regions)

    def __repr__(self) -> str:
        return f"PiecewiseLinearND({self.n_regions} regions on {self.domain})"
