"""From a network to the exact piecewise-linear function that it is."""

from __future__ import annotations

from typing import Any

from pwlin.extract.line import extract_line
from pwlin.network import Network

__all__ = ["extract", "extract_line"]


def extract(net: Any, domain: Any = None, **options: Any) -> Any:
    """Extract the exact piecewise-linear function that a network is.

    Parameters
    ----------
    net : Network, or anything that `pwlin.as_network` takes
    domain : None, a pair (a, b), or for several inputs a list of pairs or a `Polytope`
        None is all of R^d. Ends: int, float, Fraction, text such as ``"1/3"``, or None for no end.
    **options
        For several inputs: passed on to `pwlin.extract.cells.extract_cells`.

    Returns
    -------
    PiecewiseLinear1D (one input) or PiecewiseLinearND (several inputs)
        A tuple of them, one per output and sharing their regions, if the network has several outputs;
        ``net.output(i)`` gives one.

    Examples
    --------
    >>> from pwlin import Network
    >>> hat = Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
    >>> f = extract(hat)
    >>> [str(k.location) for k in f.kinks], [str(s) for s in f.slopes]
    (['-1', '0', '1'], ['0', '1/2', '-1/2', '0'])
    """
    if not isinstance(net, Network):
        from pwlin.convert import as_network

        net = as_network(net)
    if net.input_dim == 1:
        functions: tuple[Any, ...] = extract_line(net, domain, **options)
    else:
        from pwlin.extract.cells import extract_cells

        found = extract_cells(net, domain, **options)
        functions = found if isinstance(found, tuple) else (found,)
    return functions[0] if net.output_dim == 1 else functions
