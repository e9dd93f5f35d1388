"""Models of other libraries as exact networks."""

from __future__ import annotations

from typing import Any

from pwlin.base.errors import FormatError
from pwlin.networks.network import Network

__all__ = ["as_network"]

ACCEPTED = "a pwlin.Network, a sequence of (weight, bias) pairs, a torch.nn.Sequential, or a scikit-learn MLPRegressor"


def as_network(model: Any, activation: Any = "relu") -> Network:
    """Return `model` as an exact `Network`; its float weights stand for the dyadic rationals that they are.

    Parameters
    ----------
    model : Network, sequence of (weight, bias) pairs, torch.nn.Sequential, or scikit-learn MLPRegressor
        In pairs, ``weight`` has shape (n_out, n_in); the last pair is the readout. A torch model consists of Linear,
        Flatten, Dropout (inactive), Identity, ReLU, LeakyReLU and PReLU modules, nested Sequentials included.
    activation : str, tuple or list
        Only for pairs; as in `Network.from_arrays`.

    Raises
    ------
    FormatError
        If the model holds anything that is not piecewise linear in this sense; the message names it.

    Examples
    --------
    >>> as_network([([[1], [-1]], [0, 0]), ([[1, 1]], [0])]).exact(-3)
    Fraction(3, 1)
    """
    if isinstance(model, Network):
        return model
    origin = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    if "torch" in origin:
        from pwlin.networks.importers.torch import from_torch

        return from_torch(model)
    if "sklearn" in origin:
        from pwlin.networks.importers.sklearn import from_sklearn

        return from_sklearn(model)
    if isinstance(model, (list, tuple)) and model and all(isinstance(p, (list, tuple)) and len(p) == 2 for p in model):
        return Network.from_arrays([w for w, _ in model], [b for _, b in model], activation=activation)
    raise FormatError(f"model: found {type(model).__module__}.{type(model).__name__}; accepted is {ACCEPTED}")
