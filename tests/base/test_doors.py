"""What callers are told whose arguments do not fit."""

import inspect
import pickle

import pytest

import pwlin
from pwlin.base.doors import ArgumentsError, door
from tests.strategies.doors import line, plane


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
