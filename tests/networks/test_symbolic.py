"""Symbolic networks: formulas agree with exact evaluation once numbers are put in."""

from fractions import Fraction as Q

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from pwlin import Network
from pwlin.base.errors import ActivationError, ExactnessError, PwlinError, ShapeError
from pwlin.extraction import extract
from pwlin.networks.symbolic.network import SymbolicNetwork, generic
from tests.strategies.effort import examples

x = sympy.Symbol("x", real=True)
small = st.fractions(-3, 3, max_denominator=4)
activations = st.sampled_from(["relu", "abs", ("leaky_relu", "1/10"), ("two_slope", 2, -1)])
POINTS = [Q(-7), Q(-1, 3), Q(0), Q(1, 2), Q(5)]


def exact(q):
    return sympy.Rational(q.numerator, q.denominator)


def numbers(net, draw):
    return {s: draw(small) for s in net.symbols}


def test_the_general_two_neuron_case():
    net = generic([2])
    w0, w1, b0, b1, v0, v1, c = sympy.symbols("w0 w1 b0 b1 v0 v1 c", real=True)
    assert net.symbols == (b0, b1, c, v0, v1, w0, w1)
    assert net.formula(x) == c + v0 * sympy.Max(0, b0 + w0 * x) + v1 * sympy.Max(0, b1 + w1 * x)
    assert [k.location for k in net.kinks()] == [-b0 / w0, -b1 / w1]
    assert net.jumps() == (v0 * abs(w0), v1 * abs(w1))
    cases = net.piecewise(x, order=[0, 1], signs=[1, 1]).args
    assert [sympy.expand(case[0]) for case in cases] == [
        c,
        sympy.expand(c + v0 * (w0 * x + b0)),
        sympy.expand(c + v0 * (w0 * x + b0) + v1 * (w1 * x + b1)),
    ]
    assert cases[0][1] == (x <= -b0 / w0)
    assert net.assumptions([0, 1], {0: 1}) == sympy.And(-b0 / w0 <= -b1 / w1, sympy.Ne(w0, 0), sympy.Ne(w1, 0), w0 > 0)


@examples(30)
@given(st.lists(st.integers(1, 2), min_size=1, max_size=2), st.integers(1, 2), activations, st.data())
def test_formula_equals_the_network(widths, input_dim, activation, data):
    net = generic(widths, input_dim, activation=activation)
    values = numbers(net, data.draw)
    plain = net.subs(values)
    assert plain.widths == tuple(widths)
    inputs = [data.draw(small) for _ in range(input_dim)]
    table = {s: exact(v) for s, v in values.items()}
    assert net.formula(*inputs).xreplace(table) == exact(plain.exact(inputs))
    pattern = plain.pattern(inputs)
    assert net.affine(pattern, *inputs).xreplace(table) == exact(plain.exact(inputs))


@examples(40)
@given(st.integers(1, 3), activations, st.booleans(), st.data())
def test_piecewise_equals_the_network(n, activation, with_signs, data):
    net = generic([n], activation=activation)
    values = numbers(net, data.draw)
    weights = [values[sympy.Symbol(f"w{i}", real=True)] for i in range(n)]
    assume(all(weights))
    locations = [-values[sympy.Symbol(f"b{i}", real=True)] / w for i, w in enumerate(weights)]
    order = sorted(range(n), key=lambda i: locations[i])
    signs = [1 if w > 0 else -1 for w in weights] if with_signs else None
    table = {s: exact(v) for s, v in values.items()}
    plain = net.subs(values)
    assert net.assumptions(order, signs).xreplace(table) == sympy.true
    cases = net.piecewise(x, order, signs)
    for point in [*POINTS, *locations]:
        assert cases.xreplace({**table, x: exact(point)}) == exact(plain.exact(point))
    kinks = [(k.location.xreplace(table), k.jump.xreplace(table)) for k in net.kinks()]
    sums = {t: sum(j for s, j in kinks if s == t) for t, _ in kinks}
    f = extract(plain)
    assert {exact(k.location): exact(k.jump) for k in f.kinks} == {t: j for t, j in sums.items() if j}
    assert SymbolicNetwork.from_network(plain).piecewise(x).subs(x, exact(POINTS[1])) == exact(plain.exact(POINTS[1]))


def test_deeper_networks_by_their_pattern():
    net = generic([2, 1])
    pattern = [[True, False], [True]]
    values = {s: Q(i + 1, 3) for i, s in enumerate(net.symbols)}
    plain = net.subs(values)
    where = net.breakpoint(1, 0, pattern[:1]).subs({s: exact(v) for s, v in values.items()})
    first = plain.hidden[0]
    slope = first.weight[0, 0] * plain.hidden[1].weight[0, 0]
    offset = first.bias[0] * plain.hidden[1].weight[0, 0] + plain.hidden[1].bias[0]
    assert where == exact(-offset / slope)
    assert net.preactivation(0, 1) == sympy.Symbol("b0_1", real=True) + x * sympy.Symbol("w0_1_0", real=True)
    with pytest.raises(PwlinError, match="never flips"):
        net.breakpoint(1, 0, [[False, False]])


def test_symbolic_slopes():
    a = sympy.Symbol("a", real=True)
    net = SymbolicNetwork.from_arrays([[[1]], [[1]]], activation=("leaky_relu", "a"))
    assert net.formula(x) == a * x + (1 - a) * sympy.Max(0, x)
    assert net.jumps() == (1 - a,)
    assert net.subs({"a": "1/10"}) == Network.from_arrays([[[1]], [[1]]], activation=("leaky_relu", "1/10"))
    assert generic([1], activation=("leaky_relu", "1/10")).formula(x).has(sympy.Max)


def test_numbers_where_they_are_known():
    net = SymbolicNetwork.from_arrays([[[1], [0], ["-1/2"]], [["v", 2, 1]]], [["t", 3, 0], [0]])
    assert [k.neuron for k in net.kinks()] == [(0, 0), (0, 2)]
    assert net.partial({"t": -1, "v": 4}).piecewise(x) == sympy.Piecewise(
        (6 - x / 2, x <= 0), (6, x <= 1), (4 * x + 2, True)
    )
    root = SymbolicNetwork.from_arrays([[[sympy.sqrt(2)]], [[1]]], [[1], [0]])
    assert root.kinks()[0].location == -sympy.sqrt(2) / 2
    with pytest.raises(ExactnessError):
        root.subs()
    assert root.partial({}) == root and hash(root.partial({})) == hash(root)


def test_text_is_a_name_or_a_number_and_nothing_else():
    for text in ("w0 + 1", "__import__('os')", "sin(x)", "w.real", "1 + 1", "", "a b"):
        with pytest.raises(ExactnessError):
            SymbolicNetwork.from_arrays([[[text]]])
    assert SymbolicNetwork.from_arrays([[["lambda"]]]).symbols[0].name == "lambda"


@pytest.mark.parametrize(
    ("call", "kind", "word"),
    [
        (lambda: generic([0]), PwlinError, r"widths\[0\]: found 0"),
        (lambda: generic([2]).piecewise(), PwlinError, "order: found none"),
        (lambda: generic([2]).piecewise(order=[0, 0]), PwlinError, "order: found"),
        (lambda: generic([2]).piecewise(order=[0, 1], signs=[1, 0]), PwlinError, r"signs\[1\]: found 0"),
        (lambda: generic([2]).piecewise(order=[0, 1], signs={5: 1}), PwlinError, "index: found 5"),
        (lambda: generic([1]).subs({"w0": 1}), PwlinError, "found none for b0, c, v0"),
        (lambda: generic([1]).subs({"q": 1}), PwlinError, "values: found 'q'"),
        (lambda: generic([1]).subs({"w0": float("nan")}), ExactnessError, "w0"),
        (lambda: generic([2, 2]).kinks(), ShapeError, "2 hidden layer"),
        (lambda: generic([2], 2).kinks(), ShapeError, "2 inputs"),
        (lambda: generic([2]).formula("x", "y"), ShapeError, "inputs: found 2"),
        (lambda: generic([2]).affine([[True]]), ShapeError, "pattern"),
        (lambda: SymbolicNetwork.from_arrays([]), ShapeError, "empty"),
        (lambda: SymbolicNetwork.from_arrays([[["a"], ["b", "c"]]]), ShapeError, "another length"),
        (lambda: SymbolicNetwork.from_arrays([[["a"]]], [["b", "c"]]), ShapeError, "biases"),
        (lambda: SymbolicNetwork.from_arrays([["ab"]]), ShapeError, "weights"),
        (lambda: SymbolicNetwork.from_arrays([[["a"]], [["b"]]], activation="tanh"), ActivationError, "tanh"),
        (lambda: generic([1], activation=("leaky_relu", "a+1")), ActivationError, "a\\+1"),
        (lambda: SymbolicNetwork.from_arrays([[[sympy.I]]]), ExactnessError, "I"),
    ],
)
def test_what_is_refused(call, kind, word):
    with pytest.raises(kind, match=word):
        call()
