"""Parts of targets in several variables that cancel: refused where they are undefined, but for removable points.

As `pwlin.formulas.cancelled` for one variable.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from pwlin.base.errors import PwlinWarning
from pwlin.comparison.cells.defined import doubt_about, place_text
from pwlin.comparison.cells.simplices import Simplex, value_at
from pwlin.comparison.cells.switches import affine_form
from pwlin.comparison.cells.triangles import box_of
from pwlin.exact.bridges import to_sympy
from pwlin.formulas.cancelled import cancelled_on
from pwlin.formulas.defined import refusal
from pwlin.formulas.elementary import JUMPS
from pwlin.formulas.needs import Requirement, requirements
from pwlin.geometry.polytope import Point

if TYPE_CHECKING:
    from sympy import Expr

    from pwlin.formulas.kinds import Formula


def check_cancelled(goal: Formula, simplices: Sequence[Simplex]) -> None:
    """Return if the parts of a target that have cancelled are defined on the simplices, but for removable points.

    A `PwlinWarning` says where these are.

    Raises
    ------
    TargetError
        With the operation and the place.
    """
    gaps = []
    for need in cancelled_on(box_of(goal.variables, simplices), goal):
        found = doubt_about(need, goal.variables, simplices)
        if found is None:
            continue
        if not _is_removable(need, goal, simplices):
            raise refusal(repr(goal.text), place_text(goal.variables, found[0]), need.reason, found[1])
        gaps.append(f"{need.quantity} = 0")
    _tell(goal, gaps)


def check_hidden(goal: Formula, parts: Sequence[tuple[Expr, Sequence[Simplex]]]) -> None:
    """Return unless a divisor of a target vanishes on a plane along which its switches cancel it, as in ``|x|/x``.

    `parts` are what the target is between its switches; where those on both sides agree the plane is removable.
    """
    if len(parts) < 2:
        return
    gaps: list[str] = []
    for need in requirements(goal.simplified, box_of(goal.variables, [s for _, simplices in parts for s in simplices])):
        bare = need.quantity.args[0] if isinstance(need.quantity, sympy.Abs) else need.quantity
        form = affine_form(bare, goal.variables) if need.relation == "!=" and not need.guards else None
        lead = next((k for k, a in enumerate(form[:-1]) if a), None) if form is not None else None
        if form is None or lead is None:
            continue
        sides: tuple[set[Expr], set[Expr]] = (set(), set())
        place: Point | None = None
        for formula, simplices in parts:
            for simplex in simplices:
                at = [value_at(form, corner) for corner in simplex.corners]
                if at.count(Fraction(0)) == len(form) - 1:
                    sides[max(at) > 0].add(formula)
                    place = place or simplex.corners[at.index(Fraction(0))]
        solved = goal.variables[lead] - bare / to_sympy(form[lead])
        one, two = ({part.xreplace({goal.variables[lead]: solved}) for part in side} for side in sides)
        if place is not None and any(sympy.simplify(a - b) != 0 for a in one for b in two):
            raise refusal(repr(goal.text), place_text(goal.variables, place), need.reason, True)
        gaps += [f"{bare} = 0"] if place is not None else []
    _tell(goal, gaps)


def _tell(goal: Formula, gaps: Sequence[str]) -> None:
    if gaps:
        where = " and ".join(dict.fromkeys(gaps))
        warnings.warn(
            f"target {goal.text!r} has no value where {where}; its limit is taken there", PwlinWarning, stacklevel=4
        )


def _is_removable(need: Requirement, goal: Formula, simplices: Sequence[Simplex]) -> bool:
    """Whether a requirement certainly fails only where a polynomial vanishes, and what is left has no jumps."""
    if need.relation == ">=" or goal.simplified.has(*JUMPS) or not need.quantity.is_polynomial(*goal.variables):
        return False
    return need.relation == "!=" or doubt_about(replace(need, relation=">="), goal.variables, simplices) is None
