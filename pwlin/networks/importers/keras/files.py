"""Files of Keras, looked through before any of it is loaded."""

from __future__ import annotations

import json
import math
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError, PwlinError
from pwlin.networks.importers.archives import check_unpacked
from pwlin.networks.importers.keras.names import KNOWN
from pwlin.networks.importers.refusals import unread
from pwlin.networks.network import Network

_MOST_CONFIG = 1 << 24


def from_file(path: Path, head: str) -> Network:
    """A ``.keras`` archive whose layers are all known; nothing else is opened, and no code of the file is run."""
    if path.suffix.lower() != ".keras":
        hint = "is .keras, which model.save writes; or load it with keras.saving.load_model, and give the model itself"
        raise refusal("model", "a file of an older format", hint, FormatError)
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked(archive, path)
            if archive.getinfo("config.json").file_size > _MOST_CONFIG:
                raise FormatError("model: found a configuration of more than 16 MB")
            config = json.loads(archive.read("config.json"))
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except FormatError:
        raise
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, RecursionError, NotImplementedError, EOFError) as error:
        raise FormatError(f"model: found no archive of Keras ({type(error).__name__})") from None
    for module, name in _classes(config):
        if not module.split(".")[0] == "keras" or name not in KNOWN:
            raise unread("model", f"{module or 'a custom class'}.{name} in the file", "are Keras' own known layers")
    try:
        import keras
    except ModuleNotFoundError:
        raise FormatError("model: found a file of Keras, which is not installed; pip install pwlin[keras]") from None
    from pwlin.networks.importers.keras.graph import from_keras

    try:
        count = _count_weights(config)
        if 2 * count > unpacked:
            raise refusal("model", f"{count} weights in a file of {unpacked} bytes", "are stored weights", FormatError)
        model = keras.saving.load_model(os.fspath(path), compile=False, safe_mode=True)
    except PwlinError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged archive raises
        raise FormatError(f"model: Keras cannot load it ({type(error).__name__}: {error!s:.120})") from None
    return from_keras(model, head)


def _count_weights(config: object) -> int:
    """How many weights the model of a configuration has, found without making them."""
    import keras
    from keras.src.backend.common import global_state

    waiting = "uninitialized_variables"  # what Keras would fill as soon as it can
    before = list(global_state.get_global_attribute(waiting, []))
    try:
        with keras.StatelessScope(initialize_variables=False):
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        return sum(math.prod(variable.shape) for variable in model.weights)
    finally:
        global_state.set_global_attribute(waiting, before)


def _classes(config: object) -> Iterator[tuple[str, str]]:
    """The classes of all layers and models in a configuration, wherever they stand."""
    stack = [config]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            name = here.get("class_name")
            if isinstance(name, str):
                yield str(here.get("module") or ("keras" if not here.get("registered_name") else "")), name
            stack.extend(v for k, v in here.items() if k not in ("build_config", "compile_config"))
        elif isinstance(here, list):
            stack.extend(here)
