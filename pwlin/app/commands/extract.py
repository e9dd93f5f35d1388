"""``pwlin extract``: the exact tables of a saved network, or of a model on a line or plane through samples."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.app.commands.arguments import add_domain, add_output, bounded, named, number, read_domain, subparser, text
from pwlin.base.errors import ShapeError

if TYPE_CHECKING:
    from pwlin.app.commands.arguments import Commands
    from pwlin.networks.network import Network

_EXAMPLES = """\
examples:
  pwlin extract explain-x2/network.npz
  pwlin extract net.npz --domain -1/3 inf --regions
  pwlin extract net.npz --domain -5 5 --target "x**2" --out tables
  pwlin extract two-inputs.npz --domain -1 1 0 inf --regions
  pwlin extract digits.onnx --line test.npy:0 test.npy:7 --output 3
  pwlin extract digits.pt2 --plane a.csv b.csv c.csv --output 3 --out tables

MODEL is a file written by pwlin.Network.save (or by 'pwlin explain'), or a model: .onnx, .nnet, .pt2, .pt,
.safetensors, .keras. Without --domain it is taken apart on the whole line, or plane, or space; on --line
between P (at 0) and Q (at 1), on --plane between P (at (0, 0)), Q (at (1, 0)) and R (at (0, 1)). These
are rows of data: FILE.csv or FILE.npy, and FILE.npy:3 for row 3. Nothing is written without --out.
"""


def add_parser(commands: Commands) -> None:
    """Add the subcommand's parser."""
    parser = subparser(
        commands,
        "extract",
        "the exact tables of a saved network or a model",
        "Take a network or a model apart exactly: kinks, pieces, regions, errors. Pictures are drawn for one and two inputs.",
        _EXAMPLES,
    )
    add = parser.add_argument
    add("network", metavar="MODEL", help="the file")
    lines = parser.add_mutually_exclusive_group()
    lines.add_argument("--line", dest="on_line", nargs=2, metavar=("P", "Q"), help="on the line through two samples")
    lines.add_argument(
        "--plane", dest="on_plane", nargs=3, metavar=("P", "Q", "R"), help="on the plane through three samples"
    )
    add("--activation", metavar="NAME", help="for files of weights, which do not say it, such as relu")
    add("--input-shape", nargs="+", type=number, metavar="N", help="without batches, for a model that does not tell it")
    add("--drop-head", action="store_true", help="take the scores before a softmax or sigmoid at the end")
    add_domain(parser, "which may be -inf and inf (default: everything)")
    add("--target", metavar="FORMULA", type=text, help="compare with this function (needs a domain with two ends)")
    add("--output", type=number, metavar="I", help="which output, from 0, of a network that has several")
    add(
        "--regions", action="store_true", help="list the activation regions with their patterns, and silent breakpoints"
    )
    add_output(parser, "folder to write kinks.csv, pieces.csv, regions.csv, pictures and a report to (default: none)")
    add("--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Load, extract, print, and write if a folder is given; returns the exit status."""
    from pwlin.app.commands import results

    results.stage(options, "reading the model")
    from pwlin.app.commands.reports import report_on
    from pwlin.app.commands.samples import read_sample
    from pwlin.app.reporting.folder import claimed
    from pwlin.app.reporting.reports import report_class
    from pwlin.base.arguments import refusal
    from pwlin.networks import as_network

    path = Path(options.network.strip())
    if not path.is_file():
        accepted = "are files by Network.save, such as the network.npz that 'pwlin explain' writes, and models"
        raise refusal("MODEL", f"no file {str(path)!r}", accepted)
    with named("MODEL", "path", "model"):
        model = as_network(
            path, options.activation, input_shape=options.input_shape, head="drop" if options.drop_head else "refuse"
        )
    network = _single_output(model, options.output)
    samples = options.on_line or options.on_plane
    if samples:
        from pwlin.models import restrict

        network = restrict(network, *(read_sample(v, name) for v, name in zip(samples, "PQR")))
    domain = read_domain(options.domain, network.input_dim, ("0", "1") if samples else None)
    target = None
    if options.target is not None:
        from pwlin.formulas.target import parse_target

        bounded(domain, "--target")
        target = parse_target(options.target, network.input_dim)
    names = report_class(network.input_dim).file_names(options.format)
    with claimed(Path(options.out), names, options.force) if options.out else nullcontext():
        settings = _settings(options, network, path.name, " × ".join(map(str, domain)))
        results.stage(options, "extracting")
        report = report_on(network, domain, target, None, settings)
        summary = report.summary_text(options.rows, options.regions, why=False)
        if options.out:
            files = report.files(options.format, results.heard(options))
            results.write(options, Path(options.out), files, summary)
        else:
            results.show(options, summary)
    return 0


def _settings(options: argparse.Namespace, network: Network, name: str, domain: str) -> tuple[tuple[str, str], ...]:
    return (
        ("command", options.line),
        ("network", f"{network!r} from {name}"),
        *(("note", note) for note in network.notes),
        ("domain", domain),
        *((("target", options.target),) if options.target is not None else ()),
    )


def _single_output(network: Network, output: int | None) -> Network:
    if output is None:
        if network.output_dim > 1:
            raise ShapeError(
                f"MODEL: found {network.output_dim} outputs; choose one with --output 0 to {network.output_dim - 1}"
            )
        return network
    if output >= network.output_dim:
        from pwlin.base.arguments import refusal

        raise refusal("--output", f"{output}", f"are 0 to {network.output_dim - 1}", ShapeError)
    return network.output(output)
