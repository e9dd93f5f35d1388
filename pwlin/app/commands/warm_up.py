"""``pwlin warm-up``: compile the fast search beforehand."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pwlin.app.commands.arguments import subparser
from pwlin.app.commands.results import show

if TYPE_CHECKING:
    from pwlin.app.commands.arguments import Commands

_EXAMPLES = """\
examples:
  pwlin warm-up
  NUMBA_CACHE_DIR=/opt/pwlin pwlin warm-up     for an image, where the same variable finds it
"""


def add_parser(commands: Commands) -> None:
    """Add the subcommand's parser."""
    parser = subparser(
        commands,
        "warm-up",
        "compile the fast search now, for images and CI",
        "Compile the search for regions of networks of several inputs, unless this user and machine have it, and say where it is.",
        _EXAMPLES,
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compile it; returns the exit status."""
    from importlib.util import find_spec

    from pwlin.base.arguments import refusal
    from pwlin.extraction.cells.kernel import is_compiled, warm_up
    from pwlin.extraction.machine_code import folder

    if find_spec("numba") is None:
        raise refusal("numba", "no such package, so there is nothing to compile", "is an environment that has it")
    warm_up()
    if not is_compiled():
        raise refusal(str(folder()), "no place for machine code there", "is a folder that can be written")
    show(options, f"machine code is in {folder()}")
    return 0
