"""``pwlin play``: a page on which one moves the kinks of a network by hand."""

from __future__ import annotations

import argparse
import webbrowser
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from pwlin.app.commands.arguments import (
    TARGET_HELP,
    add_domain,
    bounded,
    check_goal,
    named,
    number,
    read_domain,
    subparser,
    text,
    unfit,
    whole,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from pwlin.app.commands.arguments import Commands
    from pwlin.geometry.interval import Interval

_EXAMPLES = f"""\
examples:
  pwlin play "x**2"
  pwlin play "sin(x)" --domain -4 4 --hidden 5 --out sine.html --no-open
  pwlin play "x**2 + y**2" --hidden 6
  pwlin play --data points.csv --hidden 4
  pwlin play "x**2" --network explain-x2/network.npz
  pwlin play --network explain-x2/network.npz

{TARGET_HELP}
The page is one HTML file that needs no other file and no network.
"""
_MOST = 30


def add_parser(commands: Commands) -> None:
    """Add the subcommand's parser."""
    parser = subparser(
        commands,
        "play",
        "a page on which to move the kinks of a network by hand",
        "Write a page on which one drags the kinks of a ReLU network that follows TARGET, and open it in the browser.",
        _EXAMPLES,
    )
    add = parser.add_argument
    add(
        "target",
        metavar="TARGET",
        nargs="?",
        type=text,
        help='the function to follow, such as "x**2", or of degree 2 in two variables',
    )
    add("--data", metavar="FILE", type=text, help="follow points instead: a .csv or .npy with the columns x and y")
    add_domain(parser, "(default: -5 5, or that of the points; in two variables -2 2)")
    add("--hidden", metavar="N", type=_hidden, default=3, help=f"neurons at the start, 0 to {_MOST} (default: 3)")
    add("--seed", metavar="N", type=number, help="start from the random network of this seed (default: even kinks)")
    add(
        "--network",
        metavar="FILE",
        type=text,
        help="start from a saved network (.npz or .json), without TARGET to see how far changes lead from it; one of several "
        "layers is shown only",
    )
    add(
        "--out",
        metavar="FILE",
        type=text,
        help="the page (default: play-TARGET.html, or play-TARGET-2.html where that is another page)",
    )
    add("--force", action="store_true", help="replace an earlier page")
    add("--no-open", action="store_true", help="only write the page")
    add("--quiet", action="store_true", help="print nothing but errors, show no progress")
    parser.set_defaults(run=run)


def _hidden(argument: str) -> int:
    found = whole(argument, 0)
    if found > _MOST:
        raise unfit(argument, f"are up to {_MOST}, as many as the page can hold")
    return found


def run(options: argparse.Namespace) -> int:
    """Write the page and open it; returns the exit status."""
    from pwlin.app.commands import results

    itself = options.network is not None and options.target is None and options.data is None
    if not itself:
        check_goal(options)
    results.stage(options, "preparing the page")
    from pwlin.app.reporting.folder import default_folder
    from pwlin.base.arguments import refusal

    target, domain = (None, _sides(options, 1)) if itself else _goal(options)
    subject = options.target or Path(options.network if itself else options.data).stem
    path = Path(options.out or f"{default_folder(subject, 'play')}.html")
    if options.out and path.exists() and not options.force:
        raise refusal("--out", f"{str(path)!r}, which is already there", "is another file, or --force to replace it")
    from pwlin.app.touch import playground

    heard = results.heard(options)
    if options.network is None:
        page = playground(target, domain=domain, hidden=options.hidden, seed=options.seed, progress=heard)
    else:
        page = playground(_network(options.network), target, domain=domain, progress=heard)
    if not options.force:
        path = _unused(path, page.html())
    page.save(path)
    opened = not options.no_open and webbrowser.open(path.resolve().as_uri())
    results.show(options, f"Wrote {path}" + ("." if opened else ": open it in a browser."))
    return 0


def _unused(path: Path, content: str) -> Path:
    """The path, or path-2, path-3 ...: the first where there is nothing, or this very page."""
    for place in chain([path], (path.with_name(f"{path.stem}-{k}{path.suffix}") for k in count(2))):
        if not place.exists() or (place.is_file() and place.read_bytes() == content.encode()):
            return place
    raise AssertionError("there is always another name")


def _goal(options: argparse.Namespace) -> tuple[object, object]:
    """The target and the domain: a formula's, or points'."""
    if options.data is None:
        from pwlin.formulas.target import parse_target

        target = parse_target(options.target)
        sides = _sides(options, 2 if target.dimension == 2 else 1)
        return target, sides
    from pwlin.formulas.point_target import read_point_target

    with named("--data", "target"):
        points = read_point_target(Path(options.data), 1)
    return points, _sides(options, 1)


def _sides(options: argparse.Namespace, variables: int) -> Interval | list[tuple[Fraction | None, ...]] | None:
    """The domain as `playground` takes it; None where nothing was given."""
    if options.domain is None:
        return None
    sides = bounded(read_domain(options.domain, variables, None))
    return sides[0] if variables == 1 else [(side.left, side.right) for side in sides]


def _network(name: str) -> object:
    from pwlin.networks.network import Network

    if not name.lower().endswith(".json"):
        return Network.load(name)
    return Network.from_json(Path(name).read_text(encoding="utf-8", errors="replace"))
