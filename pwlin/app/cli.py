"""The `pwlin` command: reads arguments, runs, prints, and turns errors into one line and an exit status.

Exit statuses: 0 done; 1 a run that diverged, or a file that could not be written; 2 bad arguments; 130 interrupted.
"""

from __future__ import annotations

import argparse
import gc
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress

from pwlin.app.interrupts import Interrupts

_DESCRIPTION = """\
Exact piecewise-linear geometry of ReLU networks: regions, pieces, kinks and errors as they really are.
"""
_EXAMPLES = """\
examples:
  pwlin explain "x**2"                 train a network on x**2, show and explain what it is
  pwlin explain "x**2 + y**2"          the same in the plane
  pwlin extract explain-x2/network.npz the tables of a saved network
  pwlin animate "x**2" --hidden 2      its training as a moving picture
  pwlin play "x**2"                    a page on which to move its kinks by hand
"""
_NEW_OBJECTS = 100_000
"""So many new objects make Python look for circles of dead ones; its own 700 cost a command a tenth of its time."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments (default: those of the process); returns the exit status."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed before the process began
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):  # a terminal that lacks a character shows a substitute
            stream.reconfigure(errors="replace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    if argv is None:
        os.environ["MPLBACKEND"] = "agg"  # pictures go to files, whatever windows there are
        gc.set_threshold(_NEW_OBJECTS, 20, 50)
    with Interrupts() as interrupts:
        try:
            return _run(arguments)
        except BaseException:
            if not interrupts.came:
                raise
            return _fail("", 130, "interrupted; no file is half-written")
        finally:
            _finish()
            if argv is None:
                gc.freeze()  # the end of a process looks through all objects that are left, for a tenth of a second
                if interrupts.came:
                    os._exit(130)  # else Python may end the process by a signal of its own


def _run(arguments: Sequence[str]) -> int:
    from pwlin.app.commands.arguments import guarded
    from pwlin.base.errors import PwlinError

    try:
        options = _parser().parse_args([guarded(a) for a in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    except BrokenPipeError:  # a reader of the help, such as head, has seen enough
        return 0
    except OSError as error:
        return _fail("", 1, f"standard output: {error.strerror}")
    options.line = shlex.join(["pwlin", *arguments])
    options.unprinted = None
    try:
        status = int(options.run(options))
    except PwlinError as error:
        return _fail(options.command, 2, str(error))
    except MemoryError as error:
        return _fail(options.command, 1, f"out of memory; {error}".rstrip("; "))
    except OSError as error:
        return _fail(options.command, 1, f"{error.filename or 'file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        return _fail(options.command, 130, "interrupted; no file is half-written")
    if options.unprinted is not None:
        return _fail(options.command, 1, f"standard output: {options.unprinted.strerror}")
    return status


def _fail(command: str, status: int, message: str) -> int:
    with suppress(OSError):  # nobody reads
        print(f"pwlin{command and ' '}{command}: error: {' '.join(message.split())}", file=sys.stderr, flush=True)
    return status


def _finish() -> None:
    """Streams that cannot be written to are let go, so that the interpreter does not complain about them at its end."""
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except OSError:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115


def _parser() -> argparse.ArgumentParser:
    from pwlin.app.commands import animate, explain, extract, play, warm_up
    from pwlin.app.commands.arguments import Parser
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
    for module in (explain, extract, animate, play, warm_up):
        module.add_parser(commands)
    return parser
