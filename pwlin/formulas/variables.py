"""The names of a target's variables: those that are asked for, and those that follow from what a target mentions."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import sympy

from pwlin.base.arguments import items, refusal, shown
from pwlin.base.errors import TargetError
from pwlin.formulas.allowed import CONSTANTS, FUNCTIONS

LETTERS = ("x", "y", "z", "t")
_NUMBERED = re.compile(r"x(0|[1-9]\d?)", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}", re.ASCII)


def requested(variables: object) -> tuple[tuple[str, ...] | None, int | None]:
    """The wanted names, or the wanted number of variables."""
    if variables is None:
        return None, None
    if isinstance(variables, (int, np.integer)) and not isinstance(variables, bool):
        if not 1 <= variables <= 100:
            raise refusal("variables", shown(variables), "are 1 to 100 variables", TargetError)
        return None, int(variables)
    if isinstance(variables, (str, sympy.Symbol)):
        variables = (variables,)
    entries = items(variables, "variables", "are names, or how many there are", TargetError)
    names = tuple(str(v) if isinstance(v, (str, sympy.Symbol)) else shown(v) for v in entries)
    for name in names:
        if not _NAME.fullmatch(name) or name in FUNCTIONS or name in CONSTANTS or name == "Piecewise":
            raise TargetError(f"variables: found {name!r:.40}; accepted are plain names that mean nothing else")
    if not names or len(set(names)) != len(names):
        raise TargetError(f"variables: found {names}; accepted are one or more different names")
    return names, len(names)


def is_variable_name(name: str) -> bool:
    """Whether a name stands for a variable without being announced."""
    return name in LETTERS or _NUMBERED.fullmatch(name) is not None


def named_variables(used: Sequence[str], count: int | None) -> tuple[str, ...]:
    """The variables of a target that mentions the names `used` and has `count` variables, if that is given."""
    if used and all(_NUMBERED.fullmatch(n) for n in used):
        first = 0 if "x0" in used else 1
        needed = max(int(n[1:]) for n in used) + 1 - first
        if needed <= (count or needed):
            return tuple(f"x{i}" for i in range(first, first + (count or needed)))
    elif set(used) <= set(LETTERS):
        if count is None:
            return tuple(n for n in LETTERS if n in used) or ("x",)
        if count <= len(LETTERS) and set(used) <= set(LETTERS[:count]):
            return LETTERS[:count]
        if not used:
            return tuple(f"x{i}" for i in range(1, count + 1))
        if len(used) == count:
            return tuple(n for n in LETTERS if n in used)
    elif count in (None, len(used)) and not any(is_variable_name(n) for n in used):
        return tuple(used)
    wanted = "variables" if count is None else f"{count} variable(s)"
    raise TargetError(
        f"target: found the names {', '.join(used)} where {wanted} are wanted; accepted are x, y, z, t, "
        "or x0, x1, ..., or x1, x2, ...; pass variables=(...) to name them yourself"
    )
