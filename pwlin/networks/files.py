"""Networks as ``.npz`` files: plain arrays and text, no pickle, every weight exact."""

from __future__ import annotations

import json
import os
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import FormatError, PwlinError
from pwlin.base.files import atomic_open
from pwlin.exact.rational import to_fraction
from pwlin.networks.activation import TwoSlope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

FORMAT = "pwlin-network"
VERSION = 1


def save_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write `network` to `path`; see `Network.save`.

    Arrays of a layer are float64 where that is lossless, else text such as ``"1/3"``.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for k, layer in enumerate(network.layers):
        arrays[f"weight_{k}"] = _packed(layer.weight, layer.weight_float)
        arrays[f"bias_{k}"] = _packed(layer.bias, layer.bias_float)
    slopes = [[[str(a.left), str(a.right)] for a in layer.activations] for layer in network.hidden]
    header = {"format": FORMAT, "version": VERSION, "layers": len(network.layers), "slopes": slopes}
    if network.widths != network.sizes:
        header["units"] = network.widths
    if network.unit_names:
        header["names"] = network.unit_names
    if network.notes:
        header["notes"] = network.notes
    arrays["header"] = np.array(json.dumps(header))
    with atomic_open(path, "wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)  # type: ignore[arg-type]


def load_network(path: str | os.PathLike[str]) -> Network:
    """Read a network from `path`; see `Network.load`."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise FormatError(
                    f"path: found {os.fspath(path)!r}, a bare array; accepted are .npz files by Network.save"
                )
            return _network(archive)
    except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, PwlinError):
            raise
        raise FormatError(
            f"path: found {os.fspath(path)!r}, which is no network file{_reason(error)}; accepted are .npz files by Network.save"
        ) from None


def _reason(error: Exception) -> str:
    # NumPy takes any file without its signature for a pickle, and then advises to load it unsafely.
    return "" if "pickle" in str(error) else f" ({error})"


def _packed(exact: NDArray[np.object_], rounded: NDArray[np.float64]) -> NDArray[Any]:
    with np.errstate(all="ignore"):
        lossless = bool(np.isfinite(rounded).all()) and all(
            to_fraction(r) == e for r, e in zip(rounded.flat, exact.flat, strict=True)
        )
    return rounded if lossless else np.array([str(v) for v in exact.flat]).reshape(exact.shape)


def _network(archive: Any) -> Network:
    header = json.loads(str(archive["header"][()]))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise FormatError(f"path: the header says {str(header)[:80]!r}; accepted is the format {FORMAT!r}")
    if header.get("version") != VERSION:
        raise FormatError(f"path: found format version {header.get('version')!r}; accepted is {VERSION}")
    slopes = [[TwoSlope.parse(("two_slope", left, right)) for left, right in layer] for layer in header["slopes"]]
    count = header["layers"]
    if not isinstance(count, int) or len(slopes) != count - 1:
        raise FormatError(f"path: found {len(slopes)} activations for {count} layers; accepted is one per hidden layer")
    units = header.get("units", [len(layer) for layer in slopes])
    if len(units) != len(slopes):
        raise FormatError(
            f"path: found {len(units)} numbers of units; accepted are {len(slopes)}, one per hidden layer"
        )
    layers = []
    for k in range(count):
        layer = Layer.from_arrays(archive[f"weight_{k}"], archive[f"bias_{k}"], name=f"layer {k}")
        if k < count - 1:
            if len(slopes[k]) != layer.n_out:
                raise FormatError(f"path: layer {k} has {layer.n_out} neuron(s) but {len(slopes[k])} activations")
            layer = layer.with_activations(slopes[k], units[k])
        layers.append(layer)
    names = tuple(tuple((str(n), tuple(map(int, s))) for n, s in layer) for layer in header.get("names", ()))
    return Network(layers[:-1], layers[-1], names, tuple(map(str, header.get("notes", ()))))
