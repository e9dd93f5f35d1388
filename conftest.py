"""Importers of libraries that are not installed are not collected: their modules import these libraries."""

from importlib.util import find_spec

collect_ignore_glob = [
    f"pwlin/networks/importers/{name}/*" for name in ("torch", "onnx", "keras") if find_spec(name) is None
]
