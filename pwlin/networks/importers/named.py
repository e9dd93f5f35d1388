"""Weights by name, as a state_dict or a safetensors file holds them: a chain of dense layers, in the order of the names."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError
from pwlin.networks.activation import ActivationLike
from pwlin.networks.network import Network

_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_LONGEST_HEADER = 1 << 24


def from_named(named: Mapping[str, object], activation: ActivationLike, layout: str | None) -> Network:
    """Pairs ``NAME.weight`` and ``NAME.bias``; anything else is refused, because the names do not say what it does."""
    if activation is None:
        raise FormatError(
            "activation: found none for weights by name, which do not say it; give activation=, for example 'relu', or the module"
        )
    weights: list[object] = []
    biases: list[object] = []
    names: list[str] = []
    for key, value in named.items():
        name, _, kind = str(key).rpartition(".")
        array = _array(str(key), value)
        if kind == "weight" and array.ndim == 2:
            weights.append(array.T if layout == "keras" else array)
            biases.append(None)
            names.append(name)
        elif kind == "bias" and array.ndim == 1 and names and names[-1] == name and biases[-1] is None:
            biases[-1] = array
        else:
            accepted = "are dense layers, NAME.weight with two axes and then NAME.bias with one: give the module itself for others"
            raise refusal("model", f"{key!r} of shape {array.shape} among weights by name", accepted, FormatError)
    if not weights:
        raise refusal("model", "no weights by name", "is at least one dense layer", FormatError)
    found = Network.from_arrays(weights, biases, activation)
    units = tuple(((name, (width,)),) for name, width in zip(names, found.widths))
    note = "the order of the layers and their activations are not in the file; they were taken as given"
    return Network(found.hidden, found.readout, units, (note,))


def _array(name: str, value: object) -> NDArray[np.generic]:
    if hasattr(value, "detach") and hasattr(value, "dtype"):  # a tensor
        from pwlin.networks.importers.torch.graph import checked_array

        return checked_array(name, value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return value
    raise refusal("model", f"{name!r} of type {type(value).__name__}", "are tensors and arrays of numbers", FormatError)


def from_safetensors(path: Path, activation: ActivationLike, layout: str | None) -> Network:
    """A safetensors file: a header in JSON, then plain numbers."""
    with open(path, "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            found = f"a header of {length} bytes in a file of {size}"
            raise refusal(os.fspath(path), found, "are safetensors files", FormatError)
        try:
            header = json.loads(stream.read(length))
            data = np.frombuffer(stream.read(), dtype=np.uint8)
            entries = sorted(
                ((k, v) for k, v in header.items() if k != "__metadata__"),
                key=lambda item: tuple(item[1]["data_offsets"]),
            )
            named = {key: _entry(path, key, entry, data) for key, entry in entries}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if isinstance(error, FormatError):
                raise
            raise FormatError(f"{os.fspath(path)}: found no safetensors file ({type(error).__name__})") from None
    return from_named(_in_order(named), activation, layout)


def _entry(path: Path, key: str, entry: Mapping[str, object], data: NDArray[np.uint8]) -> NDArray[np.generic]:
    shape, offsets = entry["shape"], entry["data_offsets"]
    if (
        not isinstance(shape, list)
        or not isinstance(offsets, list)
        or not all(isinstance(n, int) for n in [*shape, *offsets])
    ):
        raise FormatError(f"{os.fspath(path)}: found no sizes of {key!r}")
    kind = str(entry["dtype"])
    if kind != "BF16" and kind not in _DTYPES:
        raise refusal(os.fspath(path), f"{key!r} of type {kind}", "are BF16, F16, F32 and F64", FormatError)
    width = 2 if kind == "BF16" else int(_DTYPES[kind][2])
    count = 1
    for n in shape:
        count *= n
    first, last = offsets
    if min([*shape, first], default=0) < 0 or last > len(data) or last - first != count * width:
        raise FormatError(f"{os.fspath(path)}: found {key!r} of shape {shape} at bytes {offsets} of {len(data)}")
    raw = data[first:last]
    if kind == "BF16":
        return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
    return raw.view(_DTYPES[kind]).reshape(shape)


def _in_order(named: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """Layers in the order of the numbers in their names, weight before bias; files may have any order."""

    def key(name: str) -> tuple[object, ...]:
        parts = name.split(".")
        return tuple((0, int(p), "") if p.isdigit() else (1, 0, "" if p == "weight" else p) for p in parts)

    return {name: named[name] for name in sorted(named, key=key)}
