"""Public functions and methods whose callers are told what was meant where their arguments do not fit the parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from pwlin.base.arguments import meant
from pwlin.base.errors import PwlinError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
_ELSEWHERE = {
    "epochs": "steps",
    "iterations": "steps",
    "max_iter": "steps",
    "learning_rate": "lr",
    "batch_size": "batch",
    "layers": "hidden",
    "width": "hidden",
    "widths": "hidden",
    "random_state": "seed",
    "verbose": "progress",
    "interval": "domain",
    "box": "domain",
}
"""What other libraries call a parameter."""


class ArgumentsError(PwlinError, TypeError):
    """Arguments that are none of a function's, are given twice, or are missing."""


def door(function: Callable[P, R]) -> Callable[P, R]:
    """The function, refusing arguments that do not fit its parameters in its users' words.

    Examples
    --------
    >>> @door
    ... def train(target, *, steps=1): ...
    >>> train("x", epochs=3)
    Traceback (most recent call last):
    pwlin.base.doors.ArgumentsError: train: found epochs (did you mean 'steps'?); accepted are target, steps
    """

    return _guarded(function, "")


def doors(kind: type[T]) -> type[T]:
    """The class, whose public methods, calls and construction are doors."""
    for name, member in vars(kind).copy().items():
        function = getattr(member, "__func__", member)
        if inspect.isfunction(function) and (name[0] != "_" or name in ("__call__", "__init__")):
            owner = kind.__name__
            called = _guarded(function, owner if name[0] == "_" else f"{owner}.{name}")
            setattr(kind, name, called if function is member else type(member)(called))
    return kind


def _guarded(function: Callable[P, R], name: str) -> Callable[P, R]:
    """The function as a door, of that name for its users; that of a function is its own."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            inside = error.__traceback__
            if inside is not None and inside.tb_next is not None:  # it comes from within
                raise
            raise _refused(function, name or function.__name__, args, kwargs, error) from None

    return called


def _refused(
    function: Callable[..., object], name: str, args: tuple[Any, ...], given: dict[str, Any], error: TypeError
) -> Exception:
    parameters = inspect.signature(function).parameters
    method = bool({"self", "cls"} & parameters.keys())
    names = [name for name, p in [*parameters.items()][method:] if p.kind is not p.VAR_KEYWORD]
    accepted = (
        f"accepted {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
        if names
        else f"{'no' if len(names) == len(parameters) - method else 'only a named'} argument is accepted"
    )
    by_place = [p for p in parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    unknown = next((word for word in given if word not in parameters), None)
    twice = next((p.name for p, _ in zip(by_place, args) if p.name in given), None)
    if unknown is not None:
        known = _ELSEWHERE.get(unknown)
        hint = f" (did you mean {known!r}?)" if known in names else meant(unknown, names)
        return ArgumentsError(f"{name}: found {unknown}{hint}; {accepted}")
    if twice is not None:
        return ArgumentsError(f"{name}: found {twice} twice, by place and by name; {accepted}, in this order")
    if len(args) > len(by_place):
        places = len(by_place) - method
        count = len(args) - method
        found = f"{count} argument{'s' * (count != 1)} by place where {places} {'fits' if places == 1 else 'fit'}"
        tuples = ", and the coordinates of a point are one tuple" if function.__name__ == "__call__" else ""
        return ArgumentsError(f"{name}: found {found}; {accepted}{tuples}")
    missing = [p.name for p in by_place[len(args) :] if p.default is p.empty and p.name not in given]
    if missing:
        return ArgumentsError(f"{name}: found no {missing[0]}; {accepted}")
    return error
