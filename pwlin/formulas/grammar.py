"""From text to an expression: a small grammar read by whitelist; nothing is ever evaluated as code."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy

from pwlin.base.arguments import meant
from pwlin.base.errors import TargetError
from pwlin.formulas.allowed import (
    CONSTANTS,
    FUNCTION_NAMES,
    FUNCTIONS,
    VARIADIC,
    check_constant,
    check_power,
    real_symbol,
)
from pwlin.formulas.elementary import BY_NAME
from pwlin.formulas.needs import Requirement, own_needs
from pwlin.formulas.notation import advice, first_fault, read_notation

if TYPE_CHECKING:
    from sympy import Expr
    from sympy.logic.boolalg import Boolean

MAX_LENGTH = 2000
"""Longest text that is read, in characters."""
MAX_DEPTH = 50
"""Deepest nesting of parentheses, powers and functions."""

_DECIMAL = re.compile(r"(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e([-+]?\d+))?", re.IGNORECASE | re.ASCII)
_MODULES = frozenset({"np", "numpy", "math", "torch", "tf", "jnp", "sp", "sympy"})
_SAME = {"maximum": "max", "minimum": "min", "absolute": "abs", "fabs": "abs"}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Expr, Expr], Boolean]] = {
    ast.Lt: sympy.StrictLessThan,
    ast.LtE: sympy.LessThan,
    ast.Gt: sympy.StrictGreaterThan,
    ast.GtE: sympy.GreaterThan,
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}


def read_expression(
    text: str, is_variable: Callable[[str], bool], accepted: str
) -> tuple[Expr, tuple[Requirement, ...]]:
    """Read `text` as a sympy expression in real symbols, and all that its parts need in order to be defined.

    Sympy cancels while it builds: ``exp(log(x))`` becomes ``x``, and only the needs tell where the text is defined.

    Parameters
    ----------
    text : str
        At most `MAX_LENGTH` characters of arithmetic (``+ - * / **``, ``^`` for powers), decimal numbers, which are
        exact, constants and listed functions.
    is_variable : callable
        Says of a name whether it is a variable.
    accepted : str
        How the variables are listed in an error message.

    Raises
    ------
    TargetError
        With the place in the text, and what is accepted there.
    """
    reader = _Reader(text, is_variable, accepted)
    return reader.expression(), tuple(dict.fromkeys(reader.needs))


class _Reader:
    def __init__(self, given: str, is_variable: Callable[[str], bool], accepted: str) -> None:
        text = utf8(given)
        if len(text) > MAX_LENGTH:
            raise TargetError(f"target: found a text of {len(text)} characters; accepted are up to {MAX_LENGTH}")
        if not text.strip():
            raise TargetError("target: found an empty text; accepted is an expression such as 'x**2'")
        self.text, self.is_variable, self.accepted = text, is_variable, accepted
        self.needs: list[Requirement] = []
        notation = read_notation(text)
        self.source, self.origin = notation.source, notation.origin
        for bad in "#\\'\"@`\0":
            if bad in text:
                raise self.error(f"found {bad!r}; accepted are arithmetic, names and numbers", text.index(bad))

    def expression(self) -> Expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.source, mode="eval")
        except SyntaxError as error:
            raise self.unreadable(error) from None
        except (ValueError, MemoryError, RecursionError) as error:
            raise self.error(f"cannot read this ({type(error).__name__})", 0) from None
        return self.value(tree.body, 0)

    def unreadable(self, error: SyntaxError) -> TargetError:
        """What Python's parser says, and where."""
        hint = advice(self.text, frozenset(FUNCTIONS))
        if not error.offset:  # it has come to the end
            message = "found the end; accepted there are a number, a variable, a function or a bracket"
            return self.error(f"{message}{hint}", len(self.text.rstrip()))
        runs_on = error.msg == "invalid decimal literal"  # the place is the number's last digit
        fault = None if runs_on or "closed" in error.msg or "unmatched" in error.msg else first_fault(self.source)
        place, message = fault or (error.offset - 1 + runs_on, f"cannot read this ({error.msg})")
        message = "cannot read this (a letter in a number)" if runs_on else message
        index = self._index(len(self.source[:place].encode("utf-8", "surrogatepass")))
        index += len(self.text[index:]) - len(self.text[index:].lstrip())
        found = self.error(f"{message}{hint}", index)
        start = max(0, min(index - 30, len(self.text) - 60))
        shown = self.text[start : start + 60]
        marked = f"{found}\n    {shown}\n    {' ' * (index - start)}^"
        return TargetError(marked) if shown.isprintable() else found

    def value(self, node: ast.expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise self.at(node, f"found more than {MAX_DEPTH} levels of nesting")
        if isinstance(node, ast.BinOp):
            return self.binary(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
            operand = self.value(node.operand, depth + 1)
            return -operand if isinstance(node.op, ast.USub) else operand
        if isinstance(node, ast.Constant):
            return self.number(node)
        node = self.without_module(node)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        raise self.at(node, f"found {_what(node)}; accepted are + - * / **, numbers, variables and functions")

    def binary(self, node: ast.BinOp, depth: int) -> Expr:
        if isinstance(node.op, ast.Pow):
            base, exponent = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
            try:
                check_power(base, exponent)
            except TargetError as error:
                raise self.at(node, str(error).removeprefix("target: ")) from None
            self.require(sympy.Pow(base, exponent, evaluate=False))
            return self.checked(node, base**exponent)
        chain: list[ast.BinOp] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
            chain.append(left)
            left = left.left
        if not chain:
            raise self.at(node, f"found {_what(node)}; accepted are + - * / **")
        terms = [self.value(left, depth + 1)]
        for link in reversed(chain):
            right = self.value(link.right, depth + 1)
            if isinstance(link.op, (ast.Add, ast.Sub)):
                terms.append(right if isinstance(link.op, ast.Add) else -right)
                continue
            so_far = sympy.Add(*terms)
            if isinstance(link.op, ast.Div) and right.is_zero:
                raise self.at(link, "found a division by zero")
            if isinstance(link.op, ast.Div):
                self.require(sympy.Pow(right, -1, evaluate=False))
            terms = [self.checked(link, so_far * right if isinstance(link.op, ast.Mult) else so_far / right)]
        return self.checked(node, sympy.Add(*terms))

    def number(self, node: ast.Constant) -> Expr:
        literal = ast.get_source_segment(self.source, node) or ""
        match = _DECIMAL.fullmatch(literal)
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)) or match is None:
            raise self.at(node, f"found {literal[:30] or node.value!r}; accepted are numbers such as 2 or 0.65")
        if abs(int(match.group(2) or 0)) > 400:
            raise self.at(node, f"found the number {literal[:30]}, beyond the range of float64")
        return self.checked(node, sympy.Rational(literal.replace("_", "")))

    def without_module(self, node: ast.expr) -> ast.expr:
        """``np.sin`` as ``sin``, and likewise for what other modules call as the grammar does."""
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _MODULES):
            return node
        name = _SAME.get(node.attr, node.attr)
        if self.is_variable(node.value.id) or not (name in FUNCTIONS or name in CONSTANTS or name == "Piecewise"):
            raise self.at(
                node, f"found {node.value.id}.{node.attr[:30]}; accepted are {FUNCTION_NAMES}, without a module"
            )
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def name(self, node: ast.Name) -> Expr:
        if self.is_variable(node.id):
            return real_symbol(node.id)
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        if node.id in FUNCTIONS or node.id == "Piecewise":
            hint = advice(self.text, frozenset(FUNCTIONS))
            raise self.at(node, f"found the function {node.id} without its argument; accepted is {node.id}(...){hint}")
        raise self.at(
            node,
            f"found the unknown name {node.id[:30]!r}{meant(node.id, (*CONSTANTS, *FUNCTIONS))}; accepted are the variables {self.accepted}, the constants "
            f"{', '.join(CONSTANTS)} and the functions {FUNCTION_NAMES}",
        )

    def call(self, node: ast.Call, depth: int) -> Expr:
        function = self.without_module(node.func)
        if not isinstance(function, ast.Name):
            raise self.at(
                node, "found a call of something that is no function; a product needs its sign, as in 2*(x + 1)"
            )
        name = function.id
        if node.keywords:
            raise self.at(node, f"found a named argument of {name}; accepted are plain arguments")
        if name == "Piecewise":
            return self.checked(node, self.piecewise(node, depth))
        if name not in FUNCTIONS:
            if self.is_variable(name) or name in CONSTANTS:
                raise self.at(node, f"found {name}(...), but {name} is no function; for a product write {name}*(...)")
            hint = meant(name, FUNCTIONS)
            raise self.at(node, f"found the unknown function {name[:30]!r}{hint}; accepted are {FUNCTION_NAMES}")
        count = len(node.args)
        if count != 1 and not (count and name in VARIADIC):
            accepted = "one or more" if name in VARIADIC else "one"
            raise self.at(node, f"found {count} argument(s) of {name}; accepted is {accepted}")
        arguments = [self.value(a, depth + 1) for a in node.args]
        try:
            value = FUNCTIONS[name](*arguments)
        except TargetError as error:
            raise self.at(node, str(error).removeprefix("target: ")) from None
        head = sympy.log if name in ("log2", "log10") else BY_NAME.get(name)
        if head is not None:
            self.require(head(*arguments, evaluate=False))
        elif name == "sqrt":
            self.require(sympy.Pow(*arguments, sympy.Rational(1, 2), evaluate=False))
        return self.checked(node, value)

    def require(self, part: Expr) -> None:
        """Take note of what an operation needs, as it is written."""
        if part.free_symbols:
            self.needs += [Requirement(n.quantity, n.relation, n.reason) for n in own_needs(part)]

    def piecewise(self, node: ast.Call, depth: int) -> Expr:
        branches = []
        earlier: tuple[Boolean, ...] = ()
        for branch in node.args:
            if not isinstance(branch, ast.Tuple) or len(branch.elts) != 2:
                raise self.at(branch, "accepted in Piecewise are pairs such as (x, x < 0) or (0, True)")
            value, condition = branch.elts
            is_gap = isinstance(value, ast.Name) and value.id == "nan"  # as sympy writes a function beyond its domain
            first = len(self.needs)
            read = sympy.nan if is_gap else self.value(value, depth + 1)
            last = len(self.needs)
            holds = self.condition(condition, depth + 1)
            for k in range(first, len(self.needs)):
                guards = (*earlier, holds) if k < last else earlier
                self.needs[k] = replace(self.needs[k], guards=(*guards, *self.needs[k].guards))
            earlier = (*earlier, sympy.Not(holds))
            branches.append((read, holds))
        if not branches:
            raise self.at(node, "found Piecewise without branches; accepted are pairs such as (x, x < 0)")
        return sympy.Piecewise(*branches)

    def condition(self, node: ast.expr, depth: int) -> Boolean:
        if depth > MAX_DEPTH:
            raise self.at(node, f"found more than {MAX_DEPTH} levels of nesting")
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return sympy.true if node.value else sympy.false
        if isinstance(node, ast.Compare) and all(type(op) in _COMPARISONS for op in node.ops):
            sides = [self.value(side, depth + 1) for side in (node.left, *node.comparators)]
            return sympy.And(*(_COMPARISONS[type(op)](*sides[i : i + 2]) for i, op in enumerate(node.ops)))
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            join = sympy.And if isinstance(node.op, ast.BitAnd) else sympy.Or
            return join(self.condition(node.left, depth + 1), self.condition(node.right, depth + 1))
        if isinstance(node, ast.BoolOp):
            join = sympy.And if isinstance(node.op, ast.And) else sympy.Or
            return join(*(self.condition(part, depth + 1) for part in node.values))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
            return sympy.Not(self.condition(node.operand, depth + 1))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 2 and not node.keywords:
            relation = {"Eq": sympy.Eq, "Ne": sympy.Ne}.get(node.func.id)
            if relation is not None:
                return relation(*(self.value(a, depth + 1) for a in node.args))
        raise self.at(node, f"found {_what(node)}; accepted are conditions such as x < 0, 0 <= x < 1 or True")

    def checked(self, node: ast.expr, value: Expr) -> Expr:
        if not value.free_symbols:
            try:
                check_constant(value)
            except TargetError as error:
                raise self.at(node, str(error).removeprefix("target: ")) from None
        return value

    def _index(self, byte: int) -> int:
        return self.origin[min(byte, len(self.origin) - 1)]

    def at(self, node: ast.expr, message: str) -> TargetError:
        # The source is one line, since every white space became a blank.
        return self.error(message, self._index(node.col_offset))

    def error(self, message: str, index: int) -> TargetError:
        shown = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        return TargetError(f"target {shown!r}, character {index + 1}: {message}")


def utf8(text: str) -> str:
    """Text as it was meant where a command line without UTF-8 has handed on its bytes as surrogates.

    Raises
    ------
    TargetError
        If they are no UTF-8.
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        place = next(i for i, sign in enumerate(text) if "\ud800" <= sign <= "\udfff")
        raise TargetError(
            f"target {text!a:.60}, character {place + 1}: found no UTF-8; accepted are characters"
        ) from None


def _what(node: ast.expr) -> str:
    names = {
        ast.Attribute: "a dot between names",
        ast.Subscript: "square brackets",
        ast.Compare: "a comparison",
        ast.BoolOp: "a logical operator",
        ast.Lambda: "a lambda",
        ast.IfExp: "an if-else",
        ast.Tuple: "a comma (decimals have a point)",
        ast.List: "a list",
        ast.JoinedStr: "a string",
        ast.BinOp: "an operator that is not arithmetic",
        ast.UnaryOp: "an operator that is not arithmetic",
    }
    return names.get(type(node), f"something of the kind {type(node).__name__}")
