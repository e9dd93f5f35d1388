"""What was passed, checked at the door: one wording of refusals, and the checks that many doors share.

``from pwlin.base import arguments`` and then ``arguments.whole(steps, "steps", 1)``: each check returns the value as the
plain type that it is, or raises an error of the class `error` that says ``name: found ...; accepted ...``.
"""

from __future__ import annotations

import difflib
import math
import operator
import os
import reprlib
from collections.abc import Iterable, Mapping, Set
from fractions import Fraction
from numbers import Real
from pathlib import Path
from typing import TypeVar

import numpy as np

from pwlin.base.errors import PwlinError

E = TypeVar("E", bound=PwlinError)
T = TypeVar("T")
_WIDTH = 80
_LONG = 256
"""Integers of more bits than this are described, not written out (Python refuses those of more than 4300 digits)."""


class _Short(reprlib.Repr):
    """A `repr` that is short and never fails; numbers are written as people write them."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = 8
        self.maxstring = self.maxother = _WIDTH

    def repr_int(self, value: int, level: int) -> str:
        bits = value.bit_length()
        return str(value) if bits <= _LONG else f"an integer of {bits} bits"

    def repr_Fraction(self, value: Fraction, level: int) -> str:
        top, bottom = value.numerator.bit_length(), value.denominator.bit_length()
        return str(value) if top + bottom <= _LONG else f"a fraction of {top} over {bottom} bits"

    def repr_float64(self, value: float, level: int) -> str:
        return repr(float(value))


_SHORT = _Short()


def shown(value: object) -> str:
    """Any value in a few words, for a message: its `repr`, shortened. Never long, never fails."""
    text = _SHORT.repr(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def refusal(name: str, found: str, accepted: str, error: type[E] = PwlinError) -> E:  # type: ignore[assignment]
    """The error that a user can act on.

    Parameters
    ----------
    name : str
        The argument.
    found : str
        What was found, in words; `shown` makes them of a value.
    accepted : str
        What is accepted, from the verb on: ``"are integers from 1"``.

    Examples
    --------
    >>> refusal("pieces", shown("many"), "are integers from 1")
    PwlinError("pieces: found 'many'; accepted are integers from 1")
    """
    return error(f"{name}: found {found}; accepted {accepted}")


def meant(word: str, known: Iterable[str]) -> str:
    """The question after the known name that is nearest to a mistyped one; nothing where none is near.

    Examples
    --------
    >>> meant("sinn", ["cos", "sin"])
    " (did you mean 'sin'?)"
    """
    near = difflib.get_close_matches(word, list(known), 1, 0.76)
    return f" (did you mean {near[0]!r}?)" if near else ""


def whole(
    value: object, name: str, least: int | None = None, most: int | None = None, error: type[PwlinError] = PwlinError
) -> int:
    """An integer between two bounds; truth values and floats are none."""
    number = _integer(value)
    if number is None or (least is not None and number < least) or (most is not None and number > most):
        raise refusal(name, shown(value), f"are integers{_range(least, most)}", error)
    return number


def sizes(value: object, name: str, least: int = 1, error: type[PwlinError] = PwlinError) -> tuple[int, ...]:
    """Sizes such as the widths of layers, from a sequence of integers or one bare integer; there may be none."""
    if isinstance(value, (bool, np.bool_)) or _integer(value) is not None:
        return (whole(value, name, least, None, error),)
    entries = items(value, name, f"are integers from {least}, or a sequence of them", error)
    return tuple(whole(v, f"{name}[{k}]", least, None, error) for k, v in enumerate(entries))


def seed(value: object, name: str = "seed", error: type[PwlinError] = PwlinError) -> int:
    """The seed of a random generator: an integer from 0."""
    return whole(value, name, 0, None, error)


def number(
    value: object,
    name: str,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
    error: type[PwlinError] = PwlinError,
) -> float:
    """A finite number between bounds (`above` and `below` exclude them), as a float; truth values and text are none."""
    try:
        real = isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
        out = float(value) if real else math.nan  # type: ignore[arg-type]
    except OverflowError:
        out = math.inf
    inside = (
        math.isfinite(out)
        and (least is None or out >= least)
        and (above is None or out > above)
        and (most is None or out <= most)
        and (below is None or out < below)
    )
    if not inside:
        words = [f"{word} {bound:g}" for word, bound in (("from", least), ("above", above)) if bound is not None]
        words += [f"{word} {bound:g}" for word, bound in (("up to", most), ("below", below)) if bound is not None]
        raise refusal(name, shown(value), " ".join(["are finite numbers", *words]), error)
    return out


def flag(value: object, name: str, error: type[PwlinError] = PwlinError) -> bool:
    """True or False, and nothing that merely counts as one of them."""
    if not isinstance(value, (bool, np.bool_)):
        raise refusal(name, shown(value), "are True and False", error)
    return bool(value)


def choice(value: object, name: str, accepted: Iterable[T], error: type[PwlinError] = PwlinError) -> T:
    """One of several values, of the same type."""
    options = list(accepted)
    for option in options:
        if value is option or (type(value) is type(option) and value == option):
            return option
    raise refusal(name, shown(value), f"are {', '.join(map(repr, options))}", error)


def text(value: object, name: str, error: type[PwlinError] = PwlinError) -> str:
    """Some text, not empty."""
    if not isinstance(value, str) or not value.strip():
        raise refusal(name, shown(value), "is some text", error)
    return value


def path(value: object, name: str = "path", error: type[PwlinError] = PwlinError) -> Path:
    """The path of a file or a folder; a number is none, though Python would take it for an open file."""
    if not isinstance(value, (str, os.PathLike)) or not isinstance(named := os.fspath(value), str) or "\0" in named:
        raise refusal(name, shown(value), "are text and pathlib.Path", error)
    return Path(named)


def items(
    value: object, name: str, accepted: str = "is a sequence", error: type[PwlinError] = PwlinError
) -> list[object]:
    """The entries of a sequence, an array or an iterator; text, sets and mappings are none."""
    try:
        if isinstance(value, (str, bytes, bytearray, Mapping, Set)):
            raise TypeError
        return list(value)  # type: ignore[call-overload, no-any-return]
    except TypeError:  # also arrays without a dimension
        raise refusal(name, shown(value), accepted, error) from None


def instance(value: object, name: str, kind: type[T], accepted: str, error: type[PwlinError] = PwlinError) -> T:
    """An object of one class."""
    if not isinstance(value, kind):
        raise refusal(name, shown(value), accepted, error)
    return value


def _integer(value: object) -> int | None:
    try:
        return None if isinstance(value, (bool, np.bool_)) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def _range(least: int | None, most: int | None) -> str:
    if least is None:
        return "" if most is None else f" up to {most}"
    return f" from {least}" if most is None else f" from {least} to {most}"
