"""The `pwlin` command: reads arguments, runs, prints, and turns errors into one line and an exit status.

Exit statuses: 0 done; 1 a run that diverged, or a file that could not be written; 2 bad arguments; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence

from pwlin.app.commands import animate, explain, extract
from pwlin.app.commands.arguments import Parser, guarded
from pwlin.base.errors import PwlinError

COMMANDS = (explain, extract, animate)
_DESCRIPTION = """\
Exact piecewise-linear geometry of ReLU networks: regions, pieces, kinks and errors as they really are.
"""
_EXAMPLES = """\
examples:
  pwlin explain "x**2"                 train a network on x**2, show and explain what it is
  pwlin explain "x**2 + y**2"          the same in the plane
  pwlin extract explain-x2/network.npz the tables of a saved network
  pwlin animate "x**2" --hidden 2      its training as a moving picture
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments (default: those of the process); returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a character shows a substitute
            stream.reconfigure(errors="replace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parser().parse_args([guarded(a) for a in arguments])
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


def _parser() -> argparse.ArgumentParser:
    from pwlin.base.version import __version__

    parser = Parser(
        prog="pwlin",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pwlin {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add_parser(commands)
    return parser
