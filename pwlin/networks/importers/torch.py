"""PyTorch modules as exact networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pwlin.base.errors import FormatError
from pwlin.networks.activation import IDENTITY
from pwlin.networks.network import Network

ACCEPTED = "Linear, Flatten, Dropout, Identity, ReLU, LeakyReLU, PReLU and Sequential"


def from_torch(model: Any) -> Network:
    """See `pwlin.as_network`. Linear modules that follow each other keep their own (identity) layer."""
    weights: list[Any] = []
    biases: list[Any] = []
    activations: list[Any] = []
    pending: Any = None
    for name, module in _flat(model, type(model).__name__):
        kind = type(module).__name__
        if kind == "Linear":
            if weights:
                activations.append(IDENTITY if pending is None else pending)
            pending = None
            weights.append(_array(module.weight))
            biases.append(None if module.bias is None else _array(module.bias))
            continue
        found = _activation(kind, module, name)
        if found is None:
            continue
        if not weights:
            raise FormatError(f"model: found {name} ({kind}) before the first Linear; accepted is a Linear first")
        if pending is not None:
            raise FormatError(
                f"model: found {name} ({kind}) right after another activation; accepted is a Linear between"
            )
        pending = found
    if not weights:
        raise FormatError(f"model: found no Linear module; accepted are {ACCEPTED}")
    if pending is not None:  # an activation at the very end: a readout that passes it on
        n = len(weights[-1])
        activations.append(pending)
        weights.append([[int(i == j) for j in range(n)] for i in range(n)])
        biases.append(None)
    return Network.from_arrays(weights, biases, activation=activations)


def _flat(module: Any, name: str) -> Iterator[tuple[str, Any]]:
    if type(module).__name__ == "Sequential":
        for key, child in module.named_children():
            yield from _flat(child, f"{name}.{key}")
    else:
        yield name, module


def _activation(kind: str, module: Any, name: str) -> Any:
    if kind in ("Flatten", "Dropout", "Identity"):
        return None
    if kind == "ReLU":
        return "relu"
    if kind == "LeakyReLU":
        return ("leaky_relu", module.negative_slope)
    if kind == "PReLU":
        slopes = _array(module.weight)
        return ("leaky_relu", slopes[0]) if len(slopes) == 1 else ("prelu", slopes)
    raise FormatError(f"model: found {name} of type {kind}; accepted are {ACCEPTED}")


def _array(parameter: Any) -> Any:
    tensor = parameter.detach().cpu()
    return (tensor if str(tensor.dtype) != "torch.bfloat16" else tensor.float()).numpy()
