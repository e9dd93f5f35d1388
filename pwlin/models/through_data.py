"""Lines and planes through samples."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from pwlin.base.arguments import refusal
from pwlin.base.doors import door
from pwlin.base.errors import ShapeError
from pwlin.exact.rational import ExactArray, to_fraction_array
from pwlin.networks import as_network
from pwlin.networks.network import Network


@door
def restrict(model: object, p: object, q: object, r: object = None) -> Network:
    """The model on the line or plane through two or three samples, exactly.

    Parameters
    ----------
    model : Network, or anything that `pwlin.as_network` takes
    p, q, r : array_like
        Rows of a data set, of any shape with as many entries as the network has inputs.

    Returns
    -------
    Network
        With two samples ``t -> model(p + t (q - p))``: p is at 0 and q at 1. With three ``(s, t) -> model(p + s (q - p) +
        t (r - p))``: p, q and r are at (0, 0), (1, 0) and (0, 1).

    Raises
    ------
    ShapeError
        If a sample has another number of entries, two are the same, or three lie on a line.

    Examples
    --------
    >>> net = Network.from_arrays([[[1, -1, 0], [0, 1, 1]], [[1, 1]]])
    >>> line = restrict(net, (0, 0, 1), (1, "1/2", 0))
    >>> line, line.exact("1/2") == net.exact(("1/2", "1/4", "1/2"))
    (Network(1-2-1, relu), True)
    """
    net = as_network(model)
    start = sample(net, p, "p")
    ends = [sample(net, point, name) for point, name in ((q, "q"), (r, "r")) if point is not None]
    directions = [end - start for end in ends]
    for direction, name in zip(directions, ("q", "r")):
        if not direction.any():
            raise refusal(name, "the same sample as p", "are different ones", ShapeError)
    if len(directions) == 2 and _parallel(*directions):
        raise refusal("r", "a sample on the line through p and q", "are three that make a plane", ShapeError)
    return net.restrict(start, *directions)


def _parallel(first: ExactArray, second: ExactArray) -> bool:
    """Whether a vector is a multiple of another one, which is not zero."""
    k = np.flatnonzero(first)[0]
    return bool(np.all(first[k] * second == second[k] * first))


def sample(net: Network, point: object, name: str) -> ExactArray:
    """A row of a data set as Fractions."""
    tensor = point.detach().cpu().numpy() if hasattr(point, "detach") and hasattr(point, "cpu") else point
    if isinstance(tensor, np.ndarray):
        tensor = tensor.ravel()
    elif hasattr(tensor, "to_numpy"):  # rows of tables
        tensor = tensor.to_numpy().ravel()
    elif isinstance(tensor, (int, float, Fraction, str)):
        tensor = [tensor]
    found = to_fraction_array(tensor, 1, name)
    if len(found) != net.input_dim:
        raise refusal(name, f"{len(found)} entries", f"are {net.input_dim}, the inputs of the model", ShapeError)
    return found
