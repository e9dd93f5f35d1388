"""The `pwlin` command: reads arguments, runs, prints, and turns errors into one line and an exit status.

Exit statuses: 0 done; 1 a run that diverged, or a file that could not be written; 2 bad arguments; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from pwlin.errors import PwlinError

_EXPLAIN_EXAMPLES = """\
examples:
  pwlin explain "x**2"
  pwlin explain "x**2" --hidden 2 --seed 3 --out two-neurons
  pwlin explain "sin(x)" --domain -4 4 --hidden 3 4 --steps 8000
  pwlin explain "abs(x)" --activation leaky_relu:1/10 --optimizer lbfgs --format svg

TARGET is a formula in x: + - * / **, numbers (1/3 and 0.65 are exact), pi, e, exp, log, sqrt, sin, cos,
tan, atan, tanh, abs, max, min. A formula or number that starts with a minus sign needs no special care.

The folder gets the pictures (fit, slopes, error, neurons, kink-paths, loss), kinks.csv, pieces.csv,
network.npz (for 'pwlin extract' or pwlin.Network.load) and report.html, which shows and explains it all.
"""
_EXTRACT_EXAMPLES = """\
examples:
  pwlin extract explain-x2/network.npz
  pwlin extract net.npz --domain -1/3 inf --regions
  pwlin extract net.npz --domain -5 5 --target "x**2" --out tables

NETWORK.npz is a file written by pwlin.Network.save (or by 'pwlin explain'). Without --domain it is
taken apart on the whole line. Nothing is written without --out.
"""
_DESCRIPTION = """\
Exact piecewise-linear geometry of ReLU networks: regions, pieces, kinks and errors as they really are.
"""
_EXAMPLES = """\
examples:
  pwlin explain "x**2"                 train a network on x**2, show and explain what it is
  pwlin extract explain-x2/network.npz the tables of a saved network
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line on stderr."""

    def error(self, message: str) -> NoReturn:
        text = " ".join(message.split())
        self.exit(2, f"{self.prog}: error: {text} (see '{self.prog} --help')\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments (default: those of the process); returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a character shows a substitute
            stream.reconfigure(errors="replace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parser().parse_args([_guarded(a) for a in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    options.line = shlex.join(["pwlin", *arguments])
    try:
        return int(options.run(options))
    except PwlinError as error:
        return _fail(options, 2, str(error))
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(options, 1, f"{error.filename or 'file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        return _fail(options, 130, "interrupted; no file is half-written")


def _fail(options: argparse.Namespace, status: int, message: str) -> int:
    print(f"pwlin {options.command}: error: {' '.join(message.split())}", file=sys.stderr)
    return status


def _guarded(argument: str) -> str:
    """Keep argparse from taking ``-x**2``, ``-1/3`` or ``-inf`` for an option: it looks at the first character only."""
    return f" {argument}" if re.match(r"-[^-]", argument) and argument != "-h" else argument


def _parser() -> argparse.ArgumentParser:
    from pwlin import __version__

    parser = _Parser(
        prog="pwlin",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pwlin {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_explain(commands)
    _add_extract(commands)
    return parser


def _add_explain(commands: Any) -> None:
    parser = commands.add_parser(
        "explain",
        help="train a network on a formula and explain, exactly, what it has become",
        description="Train a ReLU network on TARGET, take it apart exactly, and explain why it fits as well as it does.",
        epilog=_EXPLAIN_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("target", metavar="TARGET", type=_text, help='the function to learn, such as "x**2"')
    add("--domain", nargs=2, metavar=("A", "B"), type=_text, default=["-5", "5"], help="interval (default: -5 5)")
    add("--hidden", nargs="*", metavar="N", type=_width, default=[20], help="widths of the hidden layers (default: 20)")
    add(
        "--activation",
        nargs="+",
        metavar="NAME",
        type=_activation,
        default=["relu"],
        help="relu, abs, identity, leaky_relu:SLOPE or two_slope:LEFT:RIGHT; one for all layers or one each (default: relu)",
    )
    add("--optimizer", choices=("adam", "sgd", "lbfgs"), default="adam", help="default: adam")
    add("--steps", type=_count, metavar="N", help="training steps (default: chosen for the optimizer)")
    add("--lr", type=_rate, metavar="RATE", help="learning rate (default: chosen for the optimizer)")
    add("--batch", type=_count, metavar="N", default=256, help="fresh random points in each step (default: 256)")
    add("--seed", type=_seed, metavar="N", default=0, help="equal seeds give equal runs (default: 0)")
    add("--init", choices=("pytorch", "he"), default="pytorch", help="initial weights (default: pytorch)")
    _add_output(parser, "folder to write (default: explain-TARGET)")
    add("--quiet", action="store_true", help="print nothing but errors, show no progress")
    parser.set_defaults(run=_explain)


def _add_extract(commands: Any) -> None:
    parser = commands.add_parser(
        "extract",
        help="the exact tables of a saved network",
        description="Take a saved network of one input apart exactly: kinks, pieces, regions, errors.",
        epilog=_EXTRACT_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("network", metavar="NETWORK.npz", help="the file")
    add("--domain", nargs=2, metavar=("A", "B"), type=_text, help="interval; ends may be -inf and inf (default: all)")
    add("--target", metavar="FORMULA", type=_text, help="compare with this function (needs a domain with two ends)")
    add("--output", type=_seed, metavar="I", help="which output, from 0, of a network that has several")
    add(
        "--regions", action="store_true", help="list the activation regions with their patterns, and silent breakpoints"
    )
    _add_output(parser, "folder to write kinks.csv, pieces.csv, regions.csv, pictures and a report to (default: none)")
    add("--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(run=_extract)


def _add_output(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--out", metavar="DIR", type=_text, help=text)
    parser.add_argument("--format", choices=("png", "svg"), default="png", help="of the pictures (default: png)")
    parser.add_argument("--force", action="store_true", help="replace earlier results in the folder (only those)")
    parser.add_argument(
        "--rows", type=_count, metavar="N", default=40, help="longest table to print in full (default: 40)"
    )


def _explain(options: argparse.Namespace) -> int:
    from pwlin.commands import explain

    return explain(options)


def _extract(options: argparse.Namespace) -> int:
    from pwlin.commands import extract

    return extract(options)


# -- reading single arguments; argparse adds the option's name to these messages --------------------


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("found nothing; accepted is some text")
    return text.strip()


def _whole(text: str, least: int) -> int:
    if not re.fullmatch(r"\s*\d{1,12}\s*", text, re.ASCII) or int(text) < least:
        raise argparse.ArgumentTypeError(f"found {text.strip()!r}; accepted are whole numbers from {least}")
    return int(text)


def _count(text: str) -> int:
    return _whole(text, 1)


def _seed(text: str) -> int:
    return _whole(text, 0)


def _width(text: str) -> int:
    try:
        return _whole(text, 1)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error}; put TARGET before the options") from None


def _rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text.strip()!r}; accepted are positive numbers")
    return value


def _activation(text: str) -> Any:
    from pwlin.activation import TwoSlope

    name, *slopes = text.strip().split(":")
    spec = (name, *slopes) if slopes else (name, "0.01") if name == "leaky_relu" else name
    try:
        TwoSlope.parse(spec)
    except PwlinError:
        raise argparse.ArgumentTypeError(
            f"found {text.strip()!r}; accepted are relu, abs, identity, leaky_relu:SLOPE, two_slope:LEFT:RIGHT"
        ) from None
    return spec
