"""What callers are told whose arguments do not fit."""

import inspect
import pickle

import pytest

import pwlin
from pwlin.base.doors import ArgumentsError, door
from tests.strategies.doors import DOORS, line, plane, table


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: pwlin.train("x**2", epochs=3),
            r"train: found epochs \(did you mean 'steps'\?\); accepted are target, ",
        ),
        (lambda: pwlin.extract(None, domian=(0, 1)), r"extract: found domian \(did you mean 'domain'\?\)"),
        (lambda: pwlin.write_regions(None, "there", domain=(0, 1)), "write_regions: found domain twice"),
        (lambda: pwlin.train(), "train: found no target; accepted are target, domain"),
        (lambda: line()(0, 0), "PiecewiseLinear1D: found 2 arguments by place where 1 fits; accepted is x"),
        (lambda: plane()(0, 0), "the coordinates of a point are one tuple"),
        (lambda: line().compare(), "PiecewiseLinear1D.compare: found no target"),
        (lambda: line().compare("x", colour=1), "compare: found colour; accepted are function, target"),
        (lambda: line().plot(color="red"), r"fit: found color \(did you mean 'color_by'\?\)"),
        (lambda: line().restrict((0, 1)), r"PiecewiseLinear1D\.restrict: found no b; accepted are a, b"),
        (lambda: line().max(domain=(0, 1)), r"PiecewiseLinear1D\.max: found domain; no argument is accepted"),
        (lambda: plane().maximum(), "maximum: found no other; accepted is other"),
        (lambda: plane().region_at(0, 0), r"PiecewiseLinearND\.region_at: found 2 arguments by place where 1 fits"),
        (lambda: table().where(1), r"Sweep\.where: found 1 argument by place where 0 fit; only a named argument"),
        (lambda: pwlin.Network.from_arrays([[1]], bias=[1]), r"found bias \(did you mean 'biases'\?\)"),
        (lambda: pwlin.Enclosure(lo=1, hi=2), "Enclosure: found lo; accepted are lower, upper"),
        (lambda: pwlin.Interval.parse(), r"Interval\.parse: found no domain"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_words(call, said):
    with pytest.raises(ArgumentsError, match=said) as caught:
        call()
    assert isinstance(caught.value, pwlin.PwlinError) and isinstance(caught.value, TypeError)


def test_a_door_changes_nothing_else():
    @door
    def within(number):
        """Fails inside, as a call would that does not fit."""
        return len(number)

    with pytest.raises(TypeError, match="has no len") as caught:
        within(1)
    assert not isinstance(caught.value, ArgumentsError)
    assert within("four") == 4 and within.__doc__ and list(inspect.signature(within).parameters) == ["number"]
    assert pickle.loads(pickle.dumps(pwlin.train)) is pwlin.train


def test_a_mistyped_name_is_an_attribute_error_that_knows_the_module():
    with pytest.raises(AttributeError) as caught:
        pwlin.trian  # noqa: B018
    assert (caught.value.name, caught.value.obj) == ("trian", pwlin)


METHODS = {"Enclosure", "Interval", "Network", "f", "F", "Polytope", "Target", "Sweep", "SymbolicNetwork"}


def test_each_public_method_is_a_door(tmp_path):
    """Whatever it is called with: no argument has such a name, and none has so many."""
    made = [make(tmp_path)[0] for name, make in DOORS.items() if name.partition(".")[0] in METHODS - {name}]
    for method in made:
        kinds = {p.kind for p in inspect.signature(method).parameters.values()}
        if inspect.Parameter.VAR_KEYWORD not in kinds and "lambda" not in repr(method):
            with pytest.raises(ArgumentsError, match="found parameter_of_none"):
                method(parameter_of_none=1)
