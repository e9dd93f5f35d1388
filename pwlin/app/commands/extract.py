"""``pwlin extract``: the exact tables of a saved network."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.app.commands.arguments import add_domain, add_output, bounded, number, read_domain, subparser, text
from pwlin.app.commands.reports import report_class, report_on
from pwlin.base.errors import PwlinError, ShapeError
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from pwlin.app.commands.arguments import Commands

_EXAMPLES = """\
examples:
  pwlin extract explain-x2/network.npz
  pwlin extract net.npz --domain -1/3 inf --regions
  pwlin extract net.npz --domain -5 5 --target "x**2" --out tables
  pwlin extract two-inputs.npz --domain -1 1 0 inf --regions

NETWORK.npz is a file written by pwlin.Network.save (or by 'pwlin explain'). Without --domain it is
taken apart on the whole line, or plane, or space. Nothing is written without --out.
"""


def add_parser(commands: Commands) -> None:
    """Add the subcommand's parser."""
    parser = subparser(
        commands,
        "extract",
        "the exact tables of a saved network",
        "Take a saved network apart exactly: kinks, pieces, regions, errors. Pictures are drawn for one and two inputs.",
        _EXAMPLES,
    )
    add = parser.add_argument
    add("network", metavar="NETWORK.npz", help="the file")
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
    from pwlin.app.report.folder import claimed

    path = Path(options.network.strip())
    if not path.is_file():
        raise PwlinError(
            f"NETWORK.npz: found no file {str(path)!r}; accepted are files by Network.save, such as the network.npz "
            "that 'pwlin explain' writes"
        )
    network = _single_output(Network.load(path), options.output)
    domain = read_domain(options.domain, network.input_dim, None)
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
        results.show(options, report.summary_text(options.rows, options.regions, why=False))
        if options.out:
            results.stage(options, "drawing")
            results.write(options, Path(options.out), report.files(options.format))
    return 0


def _settings(options: argparse.Namespace, network: Network, name: str, domain: str) -> tuple[tuple[str, str], ...]:
    return (
        ("command", options.line),
        ("network", f"{network!r} from {name}"),
        ("domain", domain),
        *((("target", options.target),) if options.target is not None else ()),
    )


def _single_output(network: Network, output: int | None) -> Network:
    if output is None:
        if network.output_dim > 1:
            raise ShapeError(
                f"NETWORK.npz: found {network.output_dim} outputs; choose one with --output 0 to {network.output_dim - 1}"
            )
        return network
    if output >= network.output_dim:
        raise ShapeError(f"--output: found {output}; accepted are 0 to {network.output_dim - 1}")
    return network.output(output)
