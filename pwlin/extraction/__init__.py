"""From a network to the exact piecewise-linear function that it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, overload

from pwlin.base.doors import door
from pwlin.extraction.line.exact import extract_line
from pwlin.extraction.options import FILTERED, check, network_of
from pwlin.extraction.watch import Limits
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import Ends, Interval, LineDomain

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pwlin.functions.cells.function import PiecewiseLinearND
    from pwlin.geometry.domain import DomainLike
    from pwlin.geometry.polytope import Polytope

__all__ = ["extract", "extract_line"]


class Options(TypedDict, total=False):
    """How to extract; see `extract`."""

    progress: bool
    method: str
    workers: int | None
    executor: Executor | None
    max_regions: int | None
    max_memory: int | str | None


@overload
def extract(net: object, domain: Interval | Ends, **options: Unpack[Options]) -> PiecewiseLinear1D | Any: ...
@overload
def extract(
    net: object, domain: Polytope | Sequence[Ends | None], **options: Unpack[Options]
) -> PiecewiseLinearND | Any: ...
@overload
def extract(
    net: object, domain: None = ..., **options: Unpack[Options]
) -> PiecewiseLinear1D | PiecewiseLinearND | Any: ...
@door
def extract(
    net: object,
    domain: LineDomain | DomainLike = None,
    *,
    progress: bool = False,
    method: str = "auto",
    workers: int | None = None,
    executor: Executor | None = None,
    max_regions: int | None = None,
    max_memory: int | str | None = None,
) -> PiecewiseLinear1D | PiecewiseLinearND | tuple[PiecewiseLinear1D, ...] | tuple[PiecewiseLinearND, ...]:
    """Extract the exact piecewise-linear function that a network is.

    Parameters
    ----------
    net : Network, or anything that `pwlin.as_network` takes
    domain : None, a pair (a, b), or for several inputs a list of pairs or a `Polytope`
        None is all of R^d. Ends: int, float, Fraction, text such as ``"1/3"``, or None for no end.
    progress : bool
        Show a bar that counts cells (for several inputs; one input takes no time worth a bar).
    method : {"auto", "exact", "fast"}
        ``"exact"`` takes all signs from rationals; ``"fast"`` from certified floats first, for several inputs in a compiled
        kernel; ``"auto"`` chooses. The result is the same, to the order of regions and vertices.
    workers : int, optional
        Threads for the kernel; by default as many as there are processors if there is much to do. The result does not
        depend on it.
    executor : concurrent.futures.Executor, optional
        Whose workers search parts of the tree, for several inputs; one input is done here at once. The result does not
        depend on it.
    max_regions : int, optional
        Stop when there are more.
    max_memory : int or text such as ``"2 GB"``, optional
        Memory that the search may take in this process, and so much again in an executor's workers together, for several
        inputs; by default three quarters of what is free. See `count_regions`.

    Returns
    -------
    PiecewiseLinear1D (one input) or PiecewiseLinearND (several inputs)
        A tuple of them, one per output and sharing their regions, if the network has several outputs;
        ``net.output(i)`` gives one. (To type checkers the tuple is Any, which they take for a function as well.)

    Raises
    ------
    PwlinError
        For an unknown method, or ``"fast"`` where the kernel cannot be used; see `pwlin.extraction.cells.extract.extract_cells`.
    WorkerError
        If a worker of the executor failed twice.
    LimitError
        If there are more regions, or they take more memory, than may be; the message says how many were found, about how
        many are expected, and what to call instead.

    Notes
    -----
    Cost: see `extract_line` and `pwlin.extraction.cells.extract.extract_cells`. With several inputs the first network of many regions
    makes a machine compile the kernel, once, in about half a minute.

    Examples
    --------
    >>> from pwlin import Network
    >>> hat = Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
    >>> f = extract(hat)
    >>> [str(k.location) for k in f.kinks], [str(s) for s in f.slopes]
    (['-1', '0', '1'], ['0', '1/2', '-1/2', '0'])
    """
    net = network_of(net)
    if executor is not None:
        from pwlin.base.crew import check_executor

        check_executor(executor)
    limits = Limits(max_regions, max_memory)
    if net.input_dim == 1:
        check(method, workers, progress)
        lines = extract_line(net, domain, filtered=FILTERED[method])
        limits.hold(lines[0].n_regions)
        return lines[0] if net.output_dim == 1 else lines
    from pwlin.extraction.cells.extract import extract_cells

    cells = extract_cells(net, domain, progress, method, workers, executor, limits)
    return cells[0] if net.output_dim == 1 else cells
