"""Writing regions to a folder of Parquet files, part by part; what is there survives whatever comes."""

from __future__ import annotations

import io
import os
from concurrent.futures import Executor
from pathlib import Path

from pwlin.base import arguments
from pwlin.base.arguments import refusal, shown
from pwlin.base.crew import check_executor
from pwlin.base.doors import door
from pwlin.base.errors import FormatError
from pwlin.base.files import atomic_open
from pwlin.base.progress import Bar, progress_bar
from pwlin.extraction.cells.search_tree import SearchTree
from pwlin.extraction.cells.spread import Here, Spread
from pwlin.extraction.options import network_of
from pwlin.extraction.ration import Allowance, Meter
from pwlin.extraction.ways import Part
from pwlin.geometry.domain import DomainLike, as_polytope
from pwlin.geometry.interval import LineDomain
from pwlin.storage.manifest import KEY, Manifest, file_of, parts_in, sweep_up
from pwlin.storage.reading import StoredRegions, read_regions
from pwlin.storage.region_rows import arrow, joined, table

MOST = 1 << 14
"""Regions in a part, at most."""


@door
def write_regions(
    net: object,
    domain: LineDomain | DomainLike,
    path: str | os.PathLike[str],
    *,
    executor: Executor | None = None,
    resume: bool = False,
    progress: bool = False,
) -> StoredRegions:
    """Write all activation regions of a network to a folder of Parquet files, without keeping them in memory.

    Parameters
    ----------
    net : Network, or anything that `pwlin.as_network` takes
    domain : None, a pair, a list of pairs, or Polytope
        As in `pwlin.extract`.
    path : path
        A folder that is not there yet, or is empty.
    executor : concurrent.futures.Executor, optional
        Whose workers search and make the rows; files are written by this process only, so that workers need no disk.
    resume : bool
        Go on with what an earlier call has left in the folder, if there is anything.
    progress : bool
        Show a bar that counts regions.

    Returns
    -------
    StoredRegions
        What `pwlin.read_regions` returns.

    Raises
    ------
    FormatError
        If the folder holds other things, or regions of another network, domain or version of pwlin.
    OSError
        If the disk is full, for example. What was written stays, and `resume` goes on from there.
    WorkerError
        If a part failed twice, also then.
    PwlinError
        Without pyarrow.

    Notes
    -----
    Each region is one row: its pattern (the units of all layers, one after the other), gradients and offsets of all
    outputs, vertices (in the plane counterclockwise), volume, and rays and lines of unbounded regions. Columns whose names
    end in ``_exact`` hold rationals as text, ``p/q``; those without it the same, correctly rounded to float64.

    A part holds up to some ten thousand regions. It gets its name when it is whole, and the division into parts depends on
    network and domain only. So a run that was killed at any moment, and resumed by any executor, ends with the same files.
    Ctrl-C leaves the parts that are finished. Memory: a part for each worker, and those that wait to be written.

    Cost: about 0.3 ms for each region in the plane, most of it for exact numbers.
    """
    net = network_of(net)
    polytope = as_polytope(domain, net.input_dim)
    check_executor(executor)
    again, bar_wanted = arguments.flag(resume, "resume"), arguments.flag(progress, "progress")
    folder = arguments.path(path)
    arrow()
    manifest = Manifest.of(net, polytope, MOST)
    if _prepared(folder, manifest, again):
        return read_regions(folder)
    with progress_bar("write_regions", " regions", wanted=bar_wanted) as bar:
        _write(folder, manifest, SearchTree(net, polytope, True), executor, bar)
    return read_regions(folder)


def _prepared(folder: Path, manifest: Manifest, resume: bool) -> bool:
    """Have the folder ready for parts; whether it has them all, also if somebody has taken some away."""
    if folder.exists() and not folder.is_dir():
        raise refusal("path", f"{str(folder)!r}, which is a file", "is a folder, or a name for a new one", FormatError)
    folder.mkdir(exist_ok=True)
    there = Manifest.read(folder)
    if there is None:
        sweep_up(folder)
        if other := sorted(file.name for file in folder.iterdir()):
            raise refusal("path", f"a folder with {shown(other[0])}", "is an empty one, or a new name", FormatError)
        manifest.write(folder)
        return False
    if kind := there.difference(manifest):
        accepted = "is a folder of the same network, domain and version, or an empty one"
        raise refusal("path", f"a folder with regions of {kind}", accepted, FormatError)
    if not resume:
        state = "all" if there.complete else "some"
        raise refusal(
            "path", f"a folder with {state} of these regions", "is resume=True, or an empty folder", FormatError
        )
    sweep_up(folder)
    whole = {file_of(name): rows for name, rows in parts_in(folder, manifest.mark).items()}
    return there.complete and whole == there.parts


def _write(folder: Path, manifest: Manifest, tree: SearchTree, executor: Executor | None, bar: Bar) -> None:
    rows = parts_in(folder, manifest.mark)
    bar.advance(sum(rows.values()))
    spread: Spread[Part, tuple[int, bytes]] = Spread(
        executor or Here(), tree, _parquet, Allowance(manifest.most), done=list(rows), window=256 if executor else 1
    )
    try:
        for name, (count, content) in spread:
            with atomic_open(folder / file_of(name), "wb") as stream:
                stream.write(content)
            rows[name] = count
            bar.advance(count)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"{sum(rows.values())} regions are written; resume=True goes on") from None
    parts = {file_of(name): rows[name] for name in sorted(rows)}
    Manifest(**{**vars(manifest), "parts": parts}).write(folder)


def _parquet(tree: SearchTree, part: Part, meter: Meter) -> tuple[int, bytes]:
    """In a worker: a part's rows, as a file."""
    import pyarrow.parquet as pq

    rows = joined([table(cells) for cells in tree.complexes(part, meter)])
    mark = Manifest.of(tree.net, tree.domain, meter.cells or 0).mark
    stream = io.BytesIO()
    pq.write_table(rows.replace_schema_metadata({KEY: mark}), stream, compression="zstd")
    return rows.num_rows, stream.getvalue()
