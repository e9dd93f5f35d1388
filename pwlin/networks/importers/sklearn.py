"""scikit-learn's multi-layer perceptrons as exact networks."""

from __future__ import annotations

from typing import Any

from pwlin.base.errors import FormatError
from pwlin.networks.network import Network


def from_sklearn(model: Any) -> Network:
    """See `pwlin.as_network`. Accepts fitted MLPRegressors with activation "relu" or "identity"."""
    kind = type(model).__name__
    if kind != "MLPRegressor":
        raise FormatError(f"model: found {kind}; accepted is an MLPRegressor")
    if not hasattr(model, "coefs_"):
        raise FormatError("model: found an MLPRegressor that is not fitted; call its fit method first")
    if model.activation not in ("relu", "identity"):
        raise FormatError(f"model: found the activation {model.activation!r}; accepted are 'relu' and 'identity'")
    return Network.from_arrays([w.T for w in model.coefs_], model.intercepts_, activation=model.activation)
