"""PyTorch's files, each read by what it holds."""

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


def from_file(
    path: Path, activation: ActivationLike, input_shape: Sequence[int] | None, layout: str | None, head: str
) -> Network:
    """An exported program (.pt2) or weights by name (.pt, .pth); a pickle of anything else is never opened."""
    try:
        import torch
    except ModuleNotFoundError:
        raise FormatError("model: found a file of PyTorch, which is not installed; pip install pwlin[torch]") from None
    from pwlin.networks.importers.torch.graph import from_program, script_refusal

    names = _archived(path)
    if path.suffix.lower() == ".pt2" or any("serialized_exported_program" in n or "models/" in n for n in names):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                program = torch.export.load(os.fspath(path))
        except Exception as error:  # noqa: BLE001 - whatever a damaged archive raises
            found = f"no exported program ({type(error).__name__})"
            raise refusal("model", found, "is torch.export.save's file", FormatError) from None
        return from_program(program, head)
    if any("/code/" in n for n in names):  # torch.jit.save keeps code
        raise script_refusal()
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001 - whatever a damaged archive raises
        accepted = "is a saved state_dict, since a pickled module could run code: load it yourself and give the module"
        raise refusal("model", f"no plain weights ({type(error).__name__})", accepted, FormatError) from None
    from pwlin.networks.importers.named import from_named

    if not isinstance(weights, dict):
        raise refusal("model", f"a saved {type(weights).__name__}", "is a state_dict", FormatError)
    return from_named(weights, activation, layout)


def _archived(path: Path) -> list[str]:
    """The names in an archive, whose sizes are looked at before any memory is taken; none for another file."""
    if not zipfile.is_zipfile(path):
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked(archive, path)
            return archive.namelist()
    except FormatError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError):
        raise FormatError("model: found a damaged archive") from None
