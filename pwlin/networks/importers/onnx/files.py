"""ONNX files, and external data from inside the folder of the model only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError
from pwlin.networks.network import Network

if TYPE_CHECKING:
    import onnx


def from_file(path: Path, input_shape: Sequence[int] | None, head: str) -> Network:
    """Read a model and what it keeps in other files."""
    try:
        import onnx
    except ModuleNotFoundError:
        raise FormatError("model: found a file of ONNX, which is not installed; pip install pwlin[onnx]") from None
    from google.protobuf.message import DecodeError

    from pwlin.networks.importers.onnx.graph import from_onnx

    model = onnx.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
    except (DecodeError, OSError, RecursionError) as error:
        raise FormatError(f"model: found no ONNX model ({type(error).__name__}: {error!s:.80})") from None
    for tensor in _tensors(model.graph):
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            _load(tensor, path.parent.resolve())
    return from_onnx(model, input_shape, head)


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t


def _load(tensor: onnx.TensorProto, folder: Path) -> None:
    given = {entry.key: entry.value for entry in tensor.external_data}
    location = given.get("location", "")
    path = (folder / location).resolve()
    if not location or folder not in path.parents or not path.is_file():
        found = f"external data at {location!r}"
        raise refusal(f"initializer {tensor.name!r}", found, "are files inside the folder of the model", FormatError)
    try:
        offset = int(given.get("offset", 0))
        length = int(given.get("length", path.stat().st_size - offset))
    except ValueError:
        raise FormatError(
            f"initializer {tensor.name!r}: found no numbers as offset and length of external data"
        ) from None
    if offset < 0 or length < 0 or offset + length > path.stat().st_size:
        raise FormatError(f"initializer {tensor.name!r}: found external data beyond the end of {location!r}")
    with open(path, "rb") as stream:
        stream.seek(offset)
        tensor.raw_data = stream.read(length)
    tensor.ClearField("external_data")
    tensor.ClearField("data_location")
