"""PyTorch's objects and files, each read by what it is."""

from __future__ import annotations

import os
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError
from pwlin.networks.activation import ActivationLike
from pwlin.networks.importers.archives import check_unpacked
from pwlin.networks.network import Network

_SCRIPT = (
    "model: found a TorchScript module, which torch.export cannot trace; accepted is the module that it was made from, or what "
    "torch.export.save wrote"
)


def from_object(model: object, input_shape: Sequence[int] | None, head: str) -> Network:
    """A module or an exported program."""
    import torch

    from pwlin.networks.importers.torch.graph import from_program, from_torch

    if isinstance(model, torch.export.ExportedProgram):
        return from_program(model, head)
    if isinstance(model, torch.jit.ScriptModule):
        raise FormatError(_SCRIPT)
    assert isinstance(model, torch.nn.Module), "the door lets modules in"
    return from_torch(model, input_shape, head)


def from_file(
    path: Path, activation: ActivationLike, input_shape: Sequence[int] | None, layout: str | None, head: str
) -> Network:
    """An exported program (.pt2) or weights by name (.pt, .pth); a pickle of anything else is never opened."""
    try:
        import torch
    except ModuleNotFoundError:
        raise FormatError("model: found a file of PyTorch, which is not installed; pip install pwlin[torch]") from None
    _check_archive(path)
    if path.suffix.lower() == ".pt2" or _is_program(path):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                program = torch.export.load(os.fspath(path))
        except Exception as error:  # noqa: BLE001 - whatever a damaged archive raises
            raise refusal(
                "model", f"no exported program ({type(error).__name__})", "is torch.export.save's file", FormatError
            ) from None
        return from_object(program, input_shape, head)
    if _is_script(path):
        raise FormatError(_SCRIPT)
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001 - whatever a damaged archive raises
        raise FormatError(
            f"model: found no plain weights ({type(error).__name__}); accepted is a saved state_dict, since a pickled module could "
            "run code: load it yourself and give the module"
        ) from None
    from pwlin.networks.importers.named import from_named

    if not isinstance(weights, dict):
        raise refusal("model", f"a saved {type(weights).__name__}", "is a state_dict", FormatError)
    return from_named(weights, activation, layout)


def _check_archive(path: Path) -> None:
    """Sizes before any memory is taken."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked(archive, path)
    except FormatError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError):
        raise FormatError("model: found a damaged archive") from None


def _is_program(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any("serialized_exported_program" in n or "models/" in n for n in archive.namelist())


def _is_script(path: Path) -> bool:
    """Whether torch.jit.save wrote it: its archives hold code."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any("/code/" in n for n in archive.namelist())
