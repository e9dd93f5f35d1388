"""What a folder of regions says of itself, and which of its parts are there."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import final

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError
from pwlin.base.files import atomic_open
from pwlin.base.version import __version__
from pwlin.extraction.cells.spread import Name
from pwlin.geometry.polytope import Polytope
from pwlin.networks.fingerprint import fingerprint
from pwlin.networks.network import Network

MANIFEST = "_manifest.json"
"""Readers of Parquet folders pass over names that begin so."""
KEY = b"pwlin"
"""Under this name each part says to which manifest it belongs."""
_FORMAT = "pwlin-regions"
_PART = re.compile(r"part((?:-\d{4,})+)\.parquet")
_LEFT = re.compile(r"\.(part(-\d{4,})+\.parquet|_manifest\.json)\.\w+\.tmp")


@final
@dataclass(frozen=True)
class Manifest:
    """Of what network on what domain the regions are, and whether they are all there.

    Attributes
    ----------
    network, domain : str
        Fingerprints.
    pwlin : str
        The version that divides the tree into parts.
    most : int
        Regions in a part, at most.
    input_dim, output_dim : int
    widths : tuple of int
        Hidden units, layer by layer: the lengths of the layers of a pattern.
    parts : dict of str to int
        When all are there: regions in each file.
    """

    network: str
    domain: str
    most: int
    input_dim: int
    output_dim: int
    widths: tuple[int, ...]
    pwlin: str = __version__
    parts: dict[str, int] = field(default_factory=dict)
    format: str = _FORMAT

    @staticmethod
    def of(net: Network, domain: Polytope, most: int) -> Manifest:
        """For the regions of a network on a domain."""
        return Manifest(fingerprint(net), _hash_of(domain), most, net.input_dim, net.output_dim, net.widths)

    @property
    def mark(self) -> bytes:
        """What tells the parts of one manifest from those of others."""
        return f"{self.network} {self.domain} {self.most} {self.pwlin}".encode()

    @property
    def complete(self) -> bool:
        """Whether all parts are there."""
        return bool(self.parts)

    def write(self, folder: Path) -> None:
        """Put it there, whole or not at all."""
        with atomic_open(folder / MANIFEST) as stream:
            json.dump(asdict(self), stream, indent=1)
            stream.write("\n")

    @staticmethod
    def read(folder: Path) -> Manifest | None:
        """The one that is there, if there is one.

        Raises
        ------
        FormatError
            If there is something else of that name.
        """
        file = folder / MANIFEST
        if not file.exists():
            return None
        accepted = "is a folder by pwlin.write_regions"
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            found = Manifest(**{**said, "widths": tuple(said["widths"])})
            sound = (
                found.format == _FORMAT
                and all(isinstance(v, str) for v in (found.network, found.domain, found.pwlin, *found.parts))
                and all(type(v) is int for v in (found.input_dim, found.output_dim, *found.widths))
                and all(type(v) is int and _PART.fullmatch(name) for name, v in found.parts.items())
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise refusal(
                "path", f"{str(file)!r}, which is no manifest ({reason:.100})", accepted, FormatError
            ) from None
        if not sound:
            raise refusal("path", f"{str(file)!r}, which is no manifest of regions", accepted, FormatError)
        return found

    def difference(self, other: Manifest) -> str:
        """In what another manifest differs, in words; empty if the regions are the same."""
        for name, words in (
            ("network", "another network"),
            ("domain", "another domain"),
            ("pwlin", f"pwlin {self.pwlin}"),
            ("most", "parts of another size"),
        ):
            if getattr(self, name) != getattr(other, name):
                return words
        return ""


def _hash_of(domain: Polytope) -> str:
    """The facets of a domain, as short text."""
    return sha256(repr((domain.dim, domain.normals)).encode()).hexdigest()


def file_of(name: Name) -> str:
    """The file of a part; their alphabetical order is that of the parts."""
    return f"part{''.join(f'-{k:04d}' for k in name)}.parquet"


def parts_in(folder: Path, mark: bytes) -> dict[Name, int]:
    """The parts that are there, whole and of this manifest, with the number of their regions, in their order."""
    out = {}
    for file in folder.iterdir():
        match = _PART.fullmatch(file.name)
        if match and (rows := _rows(file, mark)) is not None:
            out[tuple(map(int, match[1][1:].split("-")))] = rows
    return dict(sorted(out.items()))


def _rows(file: Path, mark: bytes) -> int | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        said = pq.read_metadata(file)
    except (pa.ArrowException, OSError):  # a power cut may leave a file that was not written through
        return None
    return said.num_rows if (said.metadata or {}).get(KEY) == mark else None


def sweep_up(folder: Path) -> None:
    """Take away the unfinished files of a run that was killed."""
    for file in folder.iterdir():
        if _LEFT.fullmatch(file.name):
            file.unlink(missing_ok=True)
