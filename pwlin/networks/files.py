"""Networks as ``.npz`` files and as JSON: plain arrays and text, no pickle, every weight exact."""

from __future__ import annotations

import io
import json
import math
import os
import re
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import FormatError, PwlinError
from pwlin.base.files import atomic_open
from pwlin.exact.digits import ratio
from pwlin.exact.integers import compact
from pwlin.exact.rational import ExactArray, common_denominator, to_fraction, to_fraction_array
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.activation import IDENTITY, TwoSlope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network, UnitNames

FORMAT = "pwlin-network"
VERSION = 1
ACCEPTED = "are .npz files by Network.save"
_FROM_ARRAYS = "; pwlin.Network.from_arrays([W1, W2], [b1, b2]).save('network.npz') makes one of arrays"
_ROOM, _RATIO = 1 << 25, 16
"""A file unpacks to at most so many bytes, or to so many times its own size; `save_network` packs no tighter."""
_HEADER_ROOM = 1 << 23
_RATIONAL = re.compile(r"-?\d+(/\d+)?", re.ASCII)
_HEX = re.compile(rb"-?[0-9a-f]+", re.ASCII)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    struct.error,
    tokenize.TokenError,
    TypeError,
    ValueError,
)
"""What the readers of zip files, arrays and JSON raise on bytes that make no sense."""


def save_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write `network` to `path`; see `Network.save`.

    Arrays of a layer are float64 where that is lossless, else text such as ``"1/3"``. Of a sparse layer only the entries are
    kept that are not zero: their rows, their columns, and their integers over a denominator that is in the header.
    """
    header = _header(network)
    if any(layer.sparse is not None for layer in network.layers):
        header["sparse"] = [_sparse_header(layer) for layer in network.layers]
    arrays: dict[str, NDArray[np.generic]] = {"header": np.array(json.dumps(header))}
    for k, layer in enumerate(network.layers):
        if layer.sparse is not None:
            m = layer.sparse
            arrays |= {f"rows_{k}": m.rows.astype(np.int32), f"columns_{k}": m.columns.astype(np.int32)}
            arrays |= {f"weight_{k}": _integers(m.values), f"bias_{k}": _integers(layer.compact_bias)}
            continue
        arrays[f"weight_{k}"] = layer.weight_float if layer.is_float else _packed(layer.weight, layer.weight_float)
        arrays[f"bias_{k}"] = layer.bias_float if layer.is_float else _packed(layer.bias, layer.bias_float)
    with atomic_open(arguments.path(path), "wb") as stream, zipfile.ZipFile(stream, "w") as archive:
        total = 0
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            data = buffer.getbuffer()
            total += len(data)
            tight = total > _ROOM and len(data) > _RATIO * len(zlib.compress(data))
            archive.writestr(f"{name}.npy", data, zipfile.ZIP_STORED if tight else zipfile.ZIP_DEFLATED)


def load_network(path: str | os.PathLike[str]) -> Network:
    """Read a network from `path`; see `Network.load`."""
    with open(arguments.path(path), "rb") as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return _Reader(archive, os.fstat(stream.fileno()).st_size).network()
        except _DAMAGE as error:
            reason = str(error) if isinstance(error, PwlinError) else f"{type(error).__name__}: {error}"
            found = f"{os.fspath(path)!r}, which is no network file ({reason:.200})"
            arrays = isinstance(error, _WithoutHeader)
            raise refusal("path", found, f"{ACCEPTED}{_FROM_ARRAYS if arrays else ''}", FormatError) from None


def network_to_json(network: Network) -> str:
    """A network as text; see `Network.to_json`."""
    weights = [_weight_text(layer) for layer in network.layers]
    biases = [[ratio(v) for v in layer.bias] for layer in network.layers]
    return json.dumps({**_header(network), "weights": weights, "biases": biases})


def network_from_json(text: str) -> Network:
    """The network that a text says; see `Network.from_json`."""
    arguments.text(text, "text", FormatError)
    try:
        found = _checked(json.loads(text))
        return _network(found, lambda k: _layer_of_text(found, k))
    except _DAMAGE as error:
        reason = str(error) if isinstance(error, PwlinError) else f"{type(error).__name__}: {error}"
        accepted = "is JSON by Network.to_json or by the playground"
        raise refusal("text", f"no network ({reason:.200})", accepted, FormatError) from None


def _header(network: Network) -> dict[str, object]:
    """All but the numbers of the affine maps."""
    slopes = [[[ratio(a.left), ratio(a.right)] for a in layer.activations] for layer in network.hidden]
    header = {"format": FORMAT, "version": VERSION, "layers": len(network.layers), "slopes": slopes}
    if network.widths != network.sizes:
        header["units"] = network.widths
    if network.unit_names:
        header["names"] = network.unit_names
    if network.notes:
        header["notes"] = network.notes
    return header


def _weight_text(layer: Layer) -> object:
    """The weight of a layer: rows of text, or the entries of a sparse one."""
    if layer.sparse is None:
        return [[ratio(v) for v in row] for row in layer.weight]
    m = layer.sparse
    values = [ratio(Fraction(v, layer.denominator)) for v in m.values.tolist()]
    return {"inputs": layer.n_in, "rows": m.rows.tolist(), "columns": m.columns.tolist(), "values": values}


def _sparse_header(layer: Layer) -> object:
    return None if layer.sparse is None else {"inputs": layer.n_in, "denominator": f"{layer.denominator:x}"}


def _integers(values: ExactArray) -> NDArray[np.generic]:
    """Integers as int64, or as hexadecimal text where one does not fit."""
    return values if values.dtype != object else np.array([f"{v:x}" for v in values.tolist()], dtype="S")


def _checked(header: object) -> dict[str, object]:
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise FormatError(f"a header of another format: {shown(header)}")
    if header.get("version") != VERSION:
        raise FormatError(f"format version {shown(header.get('version'))} instead of {VERSION}")
    return header


def _network(header: dict[str, object], affine: Callable[[int], Layer]) -> Network:
    """The network of a header, with the affine map of each layer."""
    slopes, count = header.get("slopes"), header.get("layers")
    if not isinstance(slopes, list) or not isinstance(count, int) or count != len(slopes) + 1:
        raise FormatError("slopes that are not one list for each hidden layer")
    units = header.get("units", [None] * len(slopes))
    if not isinstance(units, list) or len(units) != len(slopes):
        raise FormatError(f"units that are not {len(slopes)} numbers, one per hidden layer")
    layers = []
    for k in range(count):
        layer = affine(k)
        if k < count - 1:
            layer = layer.with_activations(_activations(slopes[k], layer.n_out), _units(units[k]))
        layers.append(layer)
    names, notes = header.get("names", []), header.get("notes", [])
    if not isinstance(notes, list) or not all(isinstance(n, str) for n in notes):
        raise FormatError("notes that are not a list of texts")
    return Network(layers[:-1], layers[-1], _names(names), notes)


def _layer_of_text(found: dict[str, object], k: int) -> Layer:
    """A layer whose numbers are all text."""
    weight, bias = _part(found, "weights", k), _part(found, "biases", k)
    _check_numbers([bias], f"biases[{k}]")
    if not isinstance(weight, dict):
        _check_numbers(weight, f"weights[{k}]")
        return Layer.from_arrays(weight, bias, name=f"layer {k}")
    values = weight.get("values")
    _check_numbers([values], f"weights[{k}]")
    places = []
    for name in ("rows", "columns"):
        given = weight.get(name)
        if not isinstance(given, list) or not all(type(v) is int and 0 <= v < _ROOM for v in given):
            raise FormatError(f"weights[{k}]: {name} that are not places")
        places.append(np.array(given, dtype=np.int64))
    exact = to_fraction_array([*values, *bias], 1, f"weights[{k}]")  # type: ignore[misc] # both were checked
    integers, den = common_denominator(exact)
    n = len(integers) - len(bias)  # type: ignore[arg-type]
    return _sparse_layer(places[0], places[1], integers[:n], integers[n:], den, weight.get("inputs"), f"weights[{k}]")


def _part(found: dict[str, object], name: str, k: int) -> object:
    parts = found.get(name)
    if not isinstance(parts, list) or len(parts) != found.get("layers"):
        raise FormatError(f"{name} that are not one list for each layer")
    return parts[k]


def _check_numbers(rows: object, name: str) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise FormatError(f"{name} that are not lists of numbers")
    _check_rationals([text for row in rows for text in row], name, _ROOM)


def _sparse_layer(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    values: ExactArray,
    bias: ExactArray,
    denominator: int,
    inputs: object,
    name: str,
) -> Layer:
    """A layer of entries, which have to come row by row and to be no zeros."""
    n = len(bias)
    if type(inputs) is not int or not (1 <= inputs < _ROOM and 1 <= n < _ROOM):
        raise FormatError(f"{name}: {shown(inputs)} inputs of {n} entries")
    if not len(rows) == len(columns) == len(values) or denominator < 1:
        raise FormatError(f"{name}: {len(rows)} rows, {len(columns)} columns and {len(values)} entries")
    keys = rows * inputs + columns
    inside = (rows >= 0).all() and (rows < n).all() and (columns >= 0).all() and (columns < inputs).all()
    if not inside or not (keys[1:] > keys[:-1]).all() or not np.asarray(values != 0, dtype=bool).all():
        raise FormatError(f"{name}: entries that are not in order, or zeros")
    matrix = SparseMatrix.of_entries(rows, columns, compact(values), (n, inputs))
    return Layer(matrix, compact(bias), denominator, (IDENTITY,) * n)


def _check_rationals(texts: Sequence[object], name: str, room: int) -> None:
    """Refuse what is not the text of rational numbers, or has a common denominator of more than some bytes."""
    common = 1
    for text in texts:
        if not _is_rational(text):
            raise FormatError(f"{name}: {shown(text)} instead of a rational number as text")
        common = math.lcm(common, to_fraction(text).denominator)
        if common.bit_length() * len(texts) > 8 * room:
            raise FormatError(f"{name}: numbers whose common denominator fills the memory")


def _packed(exact: ExactArray, rounded: NDArray[np.float64]) -> NDArray[np.generic]:
    with np.errstate(all="ignore"):
        lossless = bool(np.isfinite(rounded).all()) and all(
            to_fraction(r) == e for r, e in zip(rounded.flat, exact.flat, strict=True)
        )
    return rounded if lossless else np.array([ratio(v) for v in exact.flat]).reshape(exact.shape)


class _WithoutHeader(FormatError):
    """A file of arrays, but not of ours."""


class _Reader:
    """The arrays of a zip file; sizes are checked before any memory is taken."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        self._room = max(_ROOM, _RATIO * size)
        self._entries = {info.filename: info for info in archive.infolist()}
        unpacked = sum(info.file_size for info in self._entries.values())
        if unpacked > self._room or len(self._entries) < len(archive.infolist()):
            raise FormatError(f"{len(archive.infolist())} entries of {unpacked} bytes in a file of {size}")

    def network(self) -> Network:
        header = self._header()
        sparse = header.get("sparse")
        if sparse is not None and (not isinstance(sparse, list) or len(sparse) != header.get("layers")):
            raise FormatError("sparse that is not one entry for each layer")
        return _network(header, lambda k: self._layer(k, None if sparse is None else sparse[k]))

    def _layer(self, k: int, sparse: object) -> Layer:
        if sparse is None:
            weight, bias = self._numbers(f"weight_{k}", 2), self._numbers(f"bias_{k}", 1)
            return Layer.from_arrays(weight, bias, name=f"layer {k}")
        den = sparse.get("denominator") if isinstance(sparse, dict) else None
        if not isinstance(sparse, dict) or not isinstance(den, str) or not _HEX.fullmatch(den.encode()):
            raise FormatError(f"sparse[{k}] without a denominator")
        rows, columns = (
            self._array(f"{name}_{k}", 1, "i", self._room).astype(np.int64) for name in ("rows", "columns")
        )
        values, bias = self._integers(f"weight_{k}"), self._integers(f"bias_{k}")
        return _sparse_layer(rows, columns, values, bias, int(den, 16), sparse.get("inputs"), f"layer {k}")

    def _integers(self, name: str) -> ExactArray:
        array = self._array(name, 1, "iS", self._room)
        if array.dtype.kind == "i":
            return array.astype(np.int64)
        texts: list[bytes] = array.tolist()
        if not all(map(_HEX.fullmatch, texts)):
            raise FormatError(f"{name}: entries that are no integers")
        return np.array([int(text, 16) for text in texts], dtype=object)

    def _header(self) -> dict[str, object]:
        if "header.npy" not in self._entries:
            names = ", ".join(name.removesuffix(".npy") for name in self._entries)
            raise _WithoutHeader(f"no header beside {names:.80}" if names else "it holds nothing")
        text = self._array("header", 0, "U", _HEADER_ROOM)
        return _checked(json.loads(str(text[()])))

    def _numbers(self, name: str, ndim: int) -> NDArray[np.generic]:
        array = self._array(name, ndim, "fU", self._room)
        if array.dtype.kind == "f":
            return array
        _check_rationals(array.ravel().tolist(), name, self._room)
        return array

    def _array(self, name: str, ndim: int, kinds: str, room: int) -> NDArray[np.generic]:
        info = self._entries.get(f"{name}.npy")
        if info is None:
            raise FormatError(f"no array {name}")
        if info.file_size > room or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FormatError(f"{name}: {info.file_size} bytes, packed in way {info.compress_type}")
        with self._archive.open(info) as stream:
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = read(stream)
            length = math.prod(shape) * dtype.itemsize
            fits = min(shape, default=1) >= 0 < dtype.itemsize and length <= info.file_size
            if len(shape) != ndim or dtype.kind not in kinds or not fits:
                raise FormatError(f"{name}: an array of shape {shape} and type {dtype}")
            data = stream.read(length + 1)  # to the end, where the check sum is
        if len(data) != length:
            raise FormatError(f"{name}: {len(data)} bytes instead of {length}")
        if (
            dtype.kind == "U"
            and np.frombuffer(data, np.dtype(np.uint32).newbyteorder(dtype.byteorder)).max(initial=0) > 127
        ):
            raise FormatError(f"{name}: text that is not ASCII")
        return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _activations(slopes: object, width: int) -> Sequence[TwoSlope]:
    if not isinstance(slopes, list) or len(slopes) != width:
        raise FormatError(f"slopes that are not {width} pairs")
    if not all(isinstance(pair, list) and len(pair) == 2 and all(map(_is_rational, pair)) for pair in slopes):
        raise FormatError("slopes that are not pairs of rational numbers")
    known = {tuple(pair): TwoSlope.parse(("two_slope", *pair)) for pair in {tuple(pair) for pair in slopes}}
    return [known[tuple(pair)] for pair in slopes]


def _is_rational(text: object) -> bool:
    return isinstance(text, str) and _RATIONAL.fullmatch(text) is not None


def _units(units: object) -> int | None:
    if units is not None and (not isinstance(units, int) or isinstance(units, bool)):
        raise FormatError(f"{shown(units)} units")
    return units


def _names(names: object) -> UnitNames:
    if not isinstance(names, list) or not all(isinstance(layer, list) for layer in names):
        raise FormatError("names that are not one list for each hidden layer")
    for name, shape in (pair for layer in names for pair in layer):
        if not isinstance(name, str) or not all(type(n) is int and n >= 0 for n in shape):
            raise FormatError("names that are not pairs of a text and a shape")
    return tuple(tuple((name, tuple(shape)) for name, shape in layer) for layer in names)
