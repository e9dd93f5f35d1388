"""A module's own evaluation at a few points, which its network has to agree with.

What ``torch.export`` sees is one run of the module's code. Code that asks whether it is being exported, counts its calls, or reads
a clock or random numbers of Python's does something else when it is run again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from pwlin.networks.importers.refusals import unread
from pwlin.networks.network import Network

_HALF = (torch.float16, torch.bfloat16)
_SCALES = (1.0, 8.0, 1.0)
"""Of the points; the first one comes again at the end."""
_FLOOR = 1e-9


def check_witness(
    model: torch.nn.Module, network: Network, shape: Sequence[int], dtype: torch.dtype, half: bool
) -> bool:
    """Refuse a network that is not what the module computes; whether the module could be evaluated.

    Parameters
    ----------
    model : Module, in evaluation mode
    network : Network
    shape : sequence of int
        Of the input, without an axis for batches.
    dtype : torch.dtype
        The module's own.
    half : bool
        Whether it computes in types of half precision on the way.

    Notes
    -----
    Rounding alone never refuses a network: where the module's own type does not agree, float64 decides.
    """
    normal = np.random.default_rng(0).normal(size=(len(_SCALES) - 1, *shape))
    points = np.concatenate([normal, normal[:1]]) * np.reshape(_SCALES, (-1, *[1] * len(shape)))
    coarse = half or dtype in _HALF
    points = points.astype(np.float16 if dtype == torch.float16 else np.float32)  # the same in all types, nearly
    wanted = np.asarray(network(points.reshape(len(points), -1).astype(np.float64))).reshape(len(points), -1)
    evaluated = False
    for kind in dict.fromkeys((dtype, torch.float64)):
        try:
            found = _values(model, torch.from_numpy(points), kind)
        except Exception:  # noqa: BLE001 - whatever the model's own code raises
            continue
        evaluated = True
        if _agree(found, wanted, 5e-2 if coarse else 1e-3):
            return True
    if evaluated:
        differs = f"a {type(model).__name__} whose own evaluation differs from what torch.export saw of it"
        raise unread("model", differs, "are modules that compute the same at each call, exported or not")
    return False


def _values(model: torch.nn.Module, points: torch.Tensor, dtype: torch.dtype) -> NDArray[np.float64]:
    """The module's values with all its floats in a type; the module keeps its own state."""

    def values(row: torch.Tensor) -> torch.Tensor:
        out = torch.func.functional_call(model, state, (row,))
        while isinstance(out, (tuple, list)):
            (out,) = out
        return next(iter(out.values())) if isinstance(out, dict) else out

    tensors = [*model.named_parameters(), *model.named_buffers()]
    state = {k: (v.detach().to(dtype) if v.is_floating_point() else v.detach()).clone() for k, v in tensors}
    with torch.no_grad():
        return np.array([values(row).double().numpy().ravel() for row in points[:, None].to(dtype)])


def _agree(found: NDArray[np.float64], wanted: NDArray[np.float64], share: float) -> bool:
    """Whether all finite values are near, on the scale of each row."""
    if found.shape != wanted.shape:
        return False
    with np.errstate(invalid="ignore"):
        room = share * np.abs(wanted).max(axis=1, initial=0, keepdims=True) + _FLOOR
        return bool(((np.abs(found - wanted) <= room) | ~np.isfinite(found)).all())
