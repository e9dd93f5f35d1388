"""The one door for models of all kinds, and for their files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pwlin.base.arguments import refusal, shown
from pwlin.base.doors import door
from pwlin.base.errors import FormatError
from pwlin.networks.network import Network

ACCEPTED = (
    "a pwlin.Network, a sequence of (weight, bias) pairs, a PyTorch module, exported program or state_dict, an ONNX model, a "
    "Keras model, a scikit-learn estimator, or the path of a file .onnx, .nnet, .pt2, .pt, .pth, .safetensors, .keras or .npz"
)
_LAYOUTS = (None, "torch", "keras")
_HEADS = ("refuse", "drop")


@door
def as_network(
    model: Any,
    activation: Any = None,
    *,
    input_shape: Sequence[int] | None = None,
    layout: str | None = None,
    head: str = "refuse",
    exact_scaling: bool = False,
) -> Network:
    """Return `model` as an exact `Network`; its float weights stand for the dyadic rationals that they are.

    Parameters
    ----------
    model : Network, model of a library, sequence of (weight, bias) pairs, mapping of named weights, or path
        PyTorch: any module that ``torch.export`` can trace, in evaluation mode; also exported programs. ONNX: a
        ``ModelProto``. Keras 3: Sequential and Functional models. scikit-learn: multi-layer perceptrons, linear models, and
        pipelines of these with scalers. In pairs the last one is the readout.
    activation : str, tuple or list, optional
        For pairs, as in `Network.from_arrays` (by default ``"relu"``), and for a ``state_dict`` or a safetensors file, which
        do not say it: there it must be given.
    input_shape : sequence of int, optional
        Without the axis of batches, for a model that does not tell it. The network's inputs are its entries in C order.
    layout : {None, "torch", "keras"}, optional
        For pairs and a ``state_dict``: whether weights have shape (n_out, n_in), as by default, or (n_in, n_out). A square
        weight fits both ways, so that only you can tell.
    head : {"refuse", "drop"}
        What to do about a softmax, log-softmax or sigmoid at the very end: refuse the model, or take the scores before it.
    exact_scaling : bool
        Whether to keep 1/scale of a scaler as the rational that it is, instead of rounding it once to float64.

    Returns
    -------
    Network
        Its `name` gives each unit's name in the model, its `notes` say what was rounded, cut off or assumed. The model
        itself is left as it was.

    Raises
    ------
    FormatError
        If the model cannot be read; `UnsupportedLayerError` if it holds an operator that is not piecewise linear or not known.

    Notes
    -----
    Operators: dense layers, convolutions, also transposed, Einstein's sums with a constant, batch norm in evaluation mode, average, maximum and adaptive pooling, nearest
    upsampling, ReLU, ReLU6, leaky and parametric ReLU, hardtanh, hardsigmoid, clipping, absolute value, maximum and minimum,
    sums, products with constants, and all that only moves data. A maximum of two is written with one unit, of several as a tree
    of pairs: how a max-pool divides space into *regions* depends on that, its kinks and pieces do not.

    A PyTorch module is also evaluated at three points, and refused where its network differs there: a module that counts its calls
    or asks whether it is exported is no one function.

    Weights are kept bit for bit. Batch norm's ``1 / sqrt(variance + epsilon)`` is rounded once to float64, and `notes` says so.

    Examples
    --------
    >>> as_network([([[1], [-1]], [0, 0]), ([[1, 1]], [0])]).exact(-3)
    Fraction(3, 1)
    """
    if not (layout is None or isinstance(layout, str)) or layout not in _LAYOUTS:
        raise refusal("layout", shown(layout), "are None, 'torch' (n_out, n_in) and 'keras' (n_in, n_out)", FormatError)
    if not isinstance(head, str) or head not in _HEADS:
        raise refusal("head", shown(head), "are 'refuse' and 'drop'", FormatError)
    if input_shape is not None:
        input_shape = _checked_shape(input_shape)
    if isinstance(model, Network):
        return model
    if isinstance(model, (str, os.PathLike)):
        return _from_path(Path(model), activation, input_shape, layout, head)
    if _is(model, "keras", "Model"):
        # before PyTorch: on that backend a Keras model is a module, too
        from pwlin.networks.importers.keras.graph import from_keras

        return from_keras(model, head)
    if _is(model, "torch", "nn", "Module") or _is(model, "torch.export", "ExportedProgram"):
        from pwlin.networks.importers.torch.graph import from_object

        return from_object(model, input_shape, head)
    if _is(model, "onnx", "ModelProto"):
        from pwlin.networks.importers.onnx.graph import from_onnx

        return from_onnx(model, input_shape, head)
    if _is(model, "sklearn.base", "BaseEstimator"):
        from pwlin.networks.importers.sklearn import from_sklearn

        return from_sklearn(model, exact_scaling)
    if isinstance(model, Mapping) and model:
        from pwlin.networks.importers.named import from_named

        return from_named(model, activation, layout)
    if isinstance(model, (list, tuple)) and model and all(isinstance(p, (list, tuple)) and len(p) == 2 for p in model):
        weights = [_turned(w) for w, _ in model] if layout == "keras" else [w for w, _ in model]
        return Network.from_arrays(
            weights, [b for _, b in model], activation="relu" if activation is None else activation
        )
    hint = " (its .network is one)" if isinstance(getattr(model, "network", None), Network) else ""
    found = f"{type(model).__module__}.{type(model).__qualname__}{hint}"
    raise refusal("model", found, f"is {ACCEPTED}", FormatError)


def _is(model: object, module: str, *path: str) -> bool:
    """Whether it is an instance of a library's class, by the class itself; a library that is not loaded has none."""
    found: object = sys.modules.get(module)
    for name in path:
        found = getattr(found, name, None)
    return isinstance(found, type) and isinstance(model, found)


def _checked_shape(shape: Sequence[int]) -> tuple[int, ...]:
    shape = (shape,) if isinstance(shape, int) else shape
    if not isinstance(shape, (list, tuple)) or not all(
        isinstance(n, (int, np.integer)) and not isinstance(n, bool) and 1 <= n <= 1 << 28 for n in shape
    ):
        raise refusal(
            "input_shape", shown(shape), "are positive sizes such as (3, 32, 32), without batches", FormatError
        )
    return tuple(int(n) for n in shape)


def _turned(weight: object) -> object:
    array: Any = weight if isinstance(weight, np.ndarray) else np.array(weight, dtype=object)
    return array.T


def _from_path(
    path: Path, activation: Any, input_shape: Sequence[int] | None, layout: str | None, head: str
) -> Network:
    suffix = path.suffix.lower()
    if not path.is_file():
        raise refusal("model", f"the path {os.fspath(path)!r}, where there is no file", f"is {ACCEPTED}", FormatError)
    if suffix == ".npz":
        return Network.load(path)
    if suffix == ".nnet":
        from pwlin.networks.importers.nnet import from_nnet

        return from_nnet(path)
    if suffix == ".onnx":
        from pwlin.networks.importers.onnx.files import from_file as onnx_file

        return _guarded(path, lambda: onnx_file(path, input_shape, head))
    if suffix in (".pt", ".pth", ".pt2"):
        from pwlin.networks.importers.torch.files import from_file as torch_file

        return _guarded(path, lambda: torch_file(path, activation, input_shape, layout, head))
    if suffix == ".safetensors":
        from pwlin.networks.importers.named import from_safetensors

        return from_safetensors(path, activation, layout)
    if suffix in (".keras", ".h5", ".hdf5"):
        from pwlin.networks.importers.keras.files import from_file as keras_file

        return _guarded(path, lambda: keras_file(path, head))
    raise refusal("model", f"the path {os.fspath(path)!r} with the suffix {suffix!r}", f"is {ACCEPTED}", FormatError)


def _guarded(path: Path, read: Callable[[], Network]) -> Network:
    """Name the file in every error."""
    try:
        return read()
    except FormatError as error:
        raise type(error)(f"{os.fspath(path)}: {error}") from None
