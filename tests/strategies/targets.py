"""Targets as text with what they mean in mpmath: drawn from a grammar, with branches, touching branches and kinks."""

import mpmath
from hypothesis import strategies as st

constants = st.sampled_from(["0", "1", "-1", "2", "1/2", "1/3", "-3/4", "0.1", "7"])
SMOOTH = {
    "exp": mpmath.exp,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "atan": mpmath.atan,
    "tanh": mpmath.tanh,
}
BENT = {"abs": abs, "relu": lambda v: max(v, mpmath.mpf(0)), "cbrt": lambda v: mpmath.sign(v) * mpmath.cbrt(abs(v))}


def _constant(text):
    p, _, q = text.partition("/")
    return f"({text})", lambda *x: mpmath.mpf(p) / mpmath.mpf(q or 1)  # when asked: at the precision of then


def _called(name, function, inner):
    text, value = inner
    return f"{name}({text})", lambda *x: function(value(*x))


def _joined(sign, a, b):
    (s, u), (t, v) = a, b
    value = {
        "+": lambda *x: u(*x) + v(*x),
        "-": lambda *x: u(*x) - v(*x),
        "*": lambda *x: u(*x) * v(*x),
        "Max": lambda *x: max(u(*x), v(*x)),
        "Min": lambda *x: min(u(*x), v(*x)),
    }[sign]
    return (f"{sign}({s}, {t})" if sign[0] == "M" else f"({s} {sign} {t})"), value


def _square(inner):
    text, value = inner
    return f"({text})**2", lambda *x: value(*x) ** 2


def _ratio(a, b):
    (s, u), (t, v) = a, b
    return f"({s})/(1 + ({t})**2)", lambda *x: u(*x) / (1 + v(*x) ** 2)


@st.composite
def targets(draw, dim=1, smooth=False, leaves=4):
    """(text, function of dim mpmath numbers); defined on all of R^dim. Smooth ones have no kinks."""
    named = [(name, lambda *x, i=i: x[i]) for i, name in enumerate(("x", "y", "z")[:dim])]
    leaf = st.one_of(st.sampled_from(named), st.sampled_from(named), constants.map(_constant))
    unary = SMOOTH if smooth else {**SMOOTH, **BENT}
    signs = "+-*" if smooth else ["+", "-", "*", "Max", "Min"]

    def grow(inner):
        return st.one_of(
            st.tuples(st.sampled_from(list(unary.items())), inner).map(lambda p: _called(*p[0], p[1])),
            st.tuples(st.sampled_from(signs), inner, inner).map(lambda p: _joined(*p)),
            inner.map(_square),
            st.tuples(inner, inner).map(lambda p: _ratio(*p)),
        )

    return draw(st.recursive(leaf, grow, max_leaves=leaves))
