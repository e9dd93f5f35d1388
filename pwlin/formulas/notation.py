"""From formulas as people write them to the signs that the grammar reads, with the place where each came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SIGNS = {
    **dict.fromkeys("−–—‐‑‒﹣-", "-"),
    **dict.fromkeys("·×⋅∗∙•", "*"),
    **dict.fromkeys("÷⁄∕", "/"),
    "^": "**",
    "π": "pi",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "√": "sqrt",
    "∛": "cbrt",
}
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_TOKEN = re.compile(
    r"(?P<power>[⁺⁻]?[⁰¹²³⁴-⁹]+)|(?P<fraction>[¼-¾⅐-⅞])|(?P<root>[√∛])|(?P<bar>\|)"
    rf"|(?P<sign>[{re.escape(''.join(_SIGNS))}])|(?P<space>\s+)|(?P<word>[A-Za-z_]\w*|[\d.]+(?:[eE][-+]?\d+)?)",
    re.ASCII,
)
_PLAIN = re.compile(r"\s*(?:[A-Za-z]\w*|[\d.]+|π|[¼-¾⅐-⅞])(?!\s*(?:[\w.(^⁺⁻⁰¹²³⁴-⁹]|\*\*))", re.ASCII)
"""What a root's sign may stand before without brackets: a name or a number that no power or bracket follows."""
_VALUE = re.compile(r"[yzt]|[a-wA-Z](?:\s*\([^)]*\))?")
"""What stands for a function's value: a letter other than x, ``f(x)``."""
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Notation:
    """Text for the parser, and for each byte of it the index of its character in the text that was given."""

    source: str
    origin: tuple[int, ...]


def read_notation(text: str) -> Notation:
    """Write ``x²``, ``½``, ``√x``, ``|x|``, ``2π``, ``⋅``, ``–``, ``≤`` and their like in plain signs.

    A bar opens a magnitude where a number may begin, and closes it after one; where none is open it means "or".
    """
    pieces: list[tuple[str, int]] = []
    open_bars = 0
    after_value = False  # whether what came last ends a number: a name, a literal, a closing bracket
    waiting_root = False  # whether a root's sign without brackets waits for its argument
    end = 0
    while end < len(text):
        match = _TOKEN.match(text, end)
        start, kind = end, match.lastgroup if match else None
        token = match.group() if match else text[end]
        end += len(token)
        if kind == "space" or _SPACE.fullmatch(token):
            pieces += [(" ", start + i) for i in range(len(token))]
            continue
        piece = _SIGNS.get(token, token)
        ends_value = kind == "word" or token in ")]"
        if kind == "power":
            piece, ends_value = f"**({token.translate(_POWERS)})", True
        elif kind == "fraction":
            piece, ends_value = f"({_vulgar(token)})", True
        elif kind == "bar" and (after_value and not open_bars):
            ends_value = False
        elif kind == "bar":
            piece, ends_value = (")", True) if after_value else ("abs(", False)
            open_bars += -1 if after_value else 1
        elif kind == "root" and _PLAIN.match(text, end):
            piece, waiting_root = f"{piece}(", True
        elif kind == "root" and text[end : end + 1] != "(":
            piece = f"{piece} "  # its argument is not plain, and the grammar will say that brackets are needed
        elif token == "π":
            piece, ends_value = ("*pi" if after_value else "pi"), True
        elif kind == "word" and text[start - 1 : start] == "π":
            piece = f"*{piece}"
        if waiting_root and ends_value:
            piece, waiting_root = f"{piece})", False
        pieces.append((piece, start))
        after_value = ends_value
    source = "".join(piece for piece, _ in pieces)
    origin = [start for piece, start in pieces for _ in piece.encode("utf-8", "surrogatepass")]
    blanks = len(source) - len(source.lstrip())
    return Notation(source.lstrip(), (*origin[blanks:], len(text)))


def _vulgar(sign: str) -> str:
    """The fraction that a sign such as ``½`` stands for, as text."""
    top, bottom = unicodedata.normalize("NFKC", sign).split("⁄")
    return f"{top}/{bottom}"


_NUMBER = re.compile(r"(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d*)?")
_TURN = re.compile(
    r"\s*(?:(?P<value>[\d.][\w.]*|[^\W\d]\w*(?:\.\w+)?)|(?P<open>[(\[])|(?P<close>[)\]])|(?P<comma>,)"
    r"|(?P<operator>\*\*|[<>=!]=|[-+*/<>&|~])|(?P<other>\S))"
)
_WORDS = frozenset({"and", "or", "not", "if", "else", "in", "is", "for", "lambda"})
_AFTER_VALUE = "accepted there are an operator (+ - * / **), a closing bracket or the end"
_BEFORE_VALUE = "accepted there are a number, a variable, a function or an opening bracket"


def first_fault(source: str) -> tuple[int, str] | None:
    """The first place where values and operators do not take turns, and what is wrong there; None if they do."""
    after_value, before, callable_before = False, "", False
    for token in _TURN.finditer(source):
        kind, sign = token.lastgroup, token[0].strip()
        if kind is None or sign in _WORDS:
            return None
        place = token.end() - len(sign)
        if kind == "value" and sign[0] in ".0123456789" and not _NUMBER.fullmatch(sign):
            return place, f"found {sign!r}, which is no number; accepted are numbers such as 2, 0.65 or 1e-3"
        if kind == "other":
            return place, f"found {sign!r}; {_AFTER_VALUE if after_value else _BEFORE_VALUE}"
        begins = kind == "value" or (kind == "open" and not callable_before)
        if after_value and begins:
            return place, f"found {sign!r} after {before!r}; {_AFTER_VALUE}"
        is_empty = kind == "close" and before in ("(", ",")
        if not (after_value or is_empty) and (kind in ("close", "comma") or (kind == "operator" and sign not in "+-~")):
            return place, f"found {sign!r}{f' after {before!r}' if before else ''}; {_BEFORE_VALUE}"
        after_value = kind in ("value", "close")
        callable_before = kind == "value" and not sign[0].isdigit()
        before = sign
    return None


def advice(text: str, names: frozenset[str]) -> str:
    """What to write instead of text that cannot be read, if that is plain; `names` are those of functions."""
    sides = [side.strip() for side in re.split(r"(?<![<>=!])=(?!=)", text)]
    if len(sides) == 2 and all(sides):
        return _one_side(*sides)
    if text.count("(") != text.count(")"):
        missing, there = (")", "(") if text.count("(") > text.count(")") else ("(", ")")
        return f"; brackets come in pairs, and a {there!r} has no {missing!r}"
    call = re.search(r"\b([A-Za-z]+)\s+(\w+)", text)
    if call and call.group(1) in names:
        return f"; a function needs brackets, as in {call.group(1)}({call.group(2)})"
    power = re.search(r"\b([A-Za-z]+)\s*(?:\^|\*\*)?\s*([²³⁴-⁹]|\d+)\s*\(", text)
    if power and power.group(1) in names:
        return f"; the power of a function comes last, as in {power.group(1)}(x)**2"
    if re.search(r"[√∛](?!\s*\()", text):
        return "; a product needs its sign, as in 2*√x, and a root brackets, as in √(x**2)"
    if text.count("|") % 2:
        return "; bars come in pairs, as in |x|"
    if re.search(r"[\w.)]\s*[√∛|(]|[\d.)]\s*[A-Za-z]|[\w)]\s+\w", text):
        return "; a product needs its sign, as in 2*x"
    return ""


def _one_side(left: str, right: str) -> str:
    """What to write instead of an equation."""
    if _VALUE.fullmatch(left):
        return f"; accepted is the right-hand side alone, {right:.40}"
    if _VALUE.fullmatch(right):
        return f"; accepted is the left-hand side alone, {left:.40}"
    return f"; an equation is no function, the difference of its sides is one: {left:.40} - ({right:.40})"
