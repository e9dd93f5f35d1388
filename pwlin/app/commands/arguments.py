"""Reading arguments of the command line, and the options that several commands share."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from pwlin.base.errors import DomainError, PwlinError

TARGET_HELP = """\
TARGET is a formula: + - * / **, numbers (1/3 and 0.65 are exact), pi, e and the functions exp, log, sin, cos,
tan, asin, acos, atan, sinh, cosh, tanh, floor, sqrt, cbrt, abs, relu, sign, ceil, log2, log10, heaviside, max,
min, Piecewise. A formula or number that starts with a minus sign needs no special care.
"""


if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from pwlin.geometry.interval import Interval

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line on stderr."""

    def error(self, message: str) -> NoReturn:
        """Print the message and where help is, and exit with status 2."""
        text = " ".join(message.split())
        self.exit(2, f"{self.prog}: error: {text} (see '{self.prog} --help')\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuse what a subcommand does not know in its own name, with what may have been meant."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            from pwlin.base.arguments import meant

            near = next((m for word in rest if (m := meant(word.split("=")[0], self._option_string_actions))), "")
            self.error(f"found {' '.join(rest)}, which is no argument of this command{near}")
        return found, rest

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Refuse what is none of an option's words, with what may have been meant."""
        if action.choices is not None and value not in action.choices:
            from pwlin.base.arguments import meant

            words = [str(word) for word in action.choices]
            near = meant(str(value), words)
            raise argparse.ArgumentError(action, f"found {value!r:.40}{near}; accepted are {', '.join(words)}")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print, and say so where what was asked for, such as help, cannot be printed."""
        if file is sys.stdout:
            print(message, end="", file=file, flush=True)
        else:
            super()._print_message(message, file)


def subparser(commands: Commands, name: str, short: str, description: str, examples: str) -> argparse.ArgumentParser:
    """Add the parser of one subcommand; `examples` stand below its options as they are."""
    return commands.add_parser(
        name,
        help=short,
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def guarded(argument: str) -> str:
    """Keep argparse from taking ``-x**2``, ``-1/3`` or ``-inf`` for an option: it looks at the first character only."""
    return f" {argument}" if re.match(r"-[^-]", argument) and argument != "-h" else argument


# -- options that commands share --------------------------------------------------------------------


def add_training(parser: argparse.ArgumentParser, data: bool = False) -> None:
    """What a training run needs: TARGET (or a file, if it may be `data`), the domain, the network and the optimizer (see `pwlin.app.commands.training`)."""
    add = parser.add_argument
    add(
        "target",
        metavar="TARGET",
        nargs="?" if data else None,
        type=text,
        help='the function to learn, such as "x**2"' + (' or "x**2 + y**2"' if data else ", of one variable"),
    )
    if data:
        add(
            "--data",
            metavar="FILE.csv",
            type=text,
            help="points to learn instead: a row each, the value in the last column",
        )
    several = "for all variables, or A B for each (default: -5 5; with several variables -2 2)"
    add_domain(parser, several if data else "(default: -5 5)")
    add(
        "--hidden",
        nargs="*",
        metavar="N",
        type=width,
        default=[20],
        help="widths of the hidden layers; none, or 0, is a linear model (default: 20)",
    )
    add(
        "--activation",
        nargs="+",
        metavar="NAME",
        type=activation,
        default=["relu"],
        help="relu, abs, identity, leaky_relu:SLOPE or two_slope:LEFT:RIGHT; one for all layers or one each (default: relu)",
    )
    add("--optimizer", choices=("adam", "sgd", "lbfgs"), default="adam", help="default: adam")
    add("--steps", type=count, metavar="N", help="training steps (default: chosen for the optimizer)")
    add("--lr", type=rate, metavar="RATE", help="learning rate (default: chosen for the optimizer)")
    add("--batch", type=count, metavar="N", default=256, help="fresh random points in each step (default: 256)")
    add("--seed", type=number, metavar="N", default=0, help="equal seeds give equal runs (default: 0)")
    add("--init", choices=("pytorch", "he"), default="pytorch", help="initial weights (default: pytorch)")


def add_domain(parser: argparse.ArgumentParser, more: str) -> None:
    """The option ``--domain A B [A B ...]``, which may also be repeated; see `read_domain`."""
    parser.add_argument("--domain", nargs="+", action="extend", metavar="END", type=ends, help=f"two ends A B {more}")


def add_output(parser: argparse.ArgumentParser, where: str) -> None:
    """Where and how to write files, and how much to print."""
    parser.add_argument("--out", metavar="DIR", type=text, help=where)
    parser.add_argument("--format", choices=("png", "svg"), default="png", help="of the pictures (default: png)")
    parser.add_argument("--force", action="store_true", help="replace earlier results in the folder (only those)")
    parser.add_argument(
        "--rows", type=count, metavar="N", default=40, help="longest table to print in full (default: 40)"
    )


def read_domain(given: list[list[str]] | None, variables: int, default: tuple[str, str] | None) -> tuple[Interval, ...]:
    """The intervals of all variables, from the texts after ``--domain``: one pair for all, or a pair for each.

    `default` is the interval of every variable where nothing was given; None is the whole line.
    """
    from pwlin.base.arguments import refusal
    from pwlin.geometry.interval import Interval

    if given is None:
        return (Interval.parse(default, "--domain"),) * variables
    ends = [end for part in given for end in part]
    if len(ends) not in (2, 2 * variables):
        each = f", or {2 * variables}: two for each of {variables} variables" if variables > 1 else ""
        raise refusal("--domain", f"{len(ends)} end{'s' * (len(ends) != 1)}", f"are 2{each}")
    try:
        sides = tuple(Interval.parse(tuple(ends[k : k + 2]), "--domain") for k in range(0, len(ends), 2))
    except DomainError as error:
        found = str(error).partition("; accepted")[0]
        raise DomainError(
            f"{found}; accepted are two ends A B with A < B, such as -5 5; -inf and inf stand for no end"
        ) from None
    return sides if len(sides) == variables else sides * variables


def check_goal(options: argparse.Namespace) -> None:
    """Refuse both a formula and a file of points, and neither."""
    from pwlin.base.arguments import refusal

    if (options.target is None) == (options.data is None):
        raise refusal("TARGET and --data", "neither" if options.target is None else "both", "is one of them")
    if options.target is not None and Path(options.target).suffix.lower() in (".csv", ".npy", ".txt", ".tsv"):
        raise refusal(
            "TARGET", repr(options.target), f"is a formula; --data {options.target} learns the points of a file"
        )


def bounded(domain: tuple[Interval, ...], name: str = "--domain") -> tuple[Interval, ...]:
    """The intervals, or an error if one has no end."""
    from pwlin.geometry.interval import require_bounded

    for side in domain:
        require_bounded(side, name)
    return domain


@contextmanager
def named(name: str, *usual: str) -> Iterator[None]:
    """Errors within name the argument as the command line does, instead of a `usual` name of the library."""
    try:
        yield
    except PwlinError as error:
        found, colon, rest = str(error).partition(":")
        raise type(error)(f"{name}:{rest}" if colon and found in usual else str(error)) from None


# -- reading single arguments; argparse adds the option's name to these messages --------------------


def unfit(argument: str, accepted: str) -> argparse.ArgumentTypeError:
    """The error for an argument that cannot be read, worded as all refusals are."""
    return argparse.ArgumentTypeError(f"found {argument.strip()!r:.40}; accepted {accepted}")


def text(argument: str) -> str:
    """Some text."""
    if not argument.strip():
        raise argparse.ArgumentTypeError("found nothing; accepted is some text")
    return argument.strip()


def ends(argument: str) -> list[str]:
    """Ends of a domain, one or several with commas between them."""
    return [end(part) for part in argument.split(",")]


def end(argument: str) -> str:
    """An end of a domain: an exact number or an infinity; still text, which `Interval.parse` reads."""
    from pwlin.exact.rational import to_fraction

    found = text(argument)
    if found.lower() not in ("inf", "-inf", "+inf"):
        try:
            to_fraction(found)
        except PwlinError:
            if found.strip("-+ ").lower() in ("pi", "π", "2*pi", "2pi", "e"):
                raise argparse.ArgumentTypeError(
                    f"found {found!r:.40}, which is irrational; accepted are rational numbers, such as 3.1416, 22/7 or 6.2832"
                ) from None
            hint = "" if re.fullmatch(r"[-+.\d/eE]*", found) else "; put other arguments before --domain"
            raise unfit(found, f"are numbers such as -5, 1/3 and 0.65, and inf{hint}") from None
    return found


def whole(argument: str, least: int) -> int:
    """A whole number from `least`."""
    if not re.fullmatch(r"\s*\d{1,12}\s*", argument, re.ASCII) or int(argument) < least:
        raise unfit(argument, f"are whole numbers from {least}")
    return int(argument)


def count(argument: str) -> int:
    """A whole number from 1."""
    return whole(argument, 1)


def number(argument: str) -> int:
    """A whole number from 0."""
    return whole(argument, 0)


def width(argument: str) -> int:
    """The width of a hidden layer; a single 0 stands for none."""
    try:
        return whole(argument, 0)
    except argparse.ArgumentTypeError as error:
        hint = "" if re.fullmatch(r"\s*[-+.\d/eE]*\s*", argument) else "; put TARGET before the options"
        raise argparse.ArgumentTypeError(f"{error}{hint}") from None


def rate(argument: str) -> float:
    """A positive number."""
    try:
        value = float(argument)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise unfit(argument, "are positive numbers")
    return value


def activation(argument: str) -> str | tuple[str, ...]:
    """The name of an activation, with its slopes after colons."""
    from pwlin.networks.activation import TwoSlope

    name, *slopes = argument.strip().split(":")
    spec = (name, *slopes) if slopes else (name, "0.01") if name == "leaky_relu" else name
    try:
        TwoSlope.parse(spec)
    except PwlinError:
        raise unfit(argument, "are relu, abs, identity, leaky_relu:SLOPE, two_slope:LEFT:RIGHT") from None
    return spec
