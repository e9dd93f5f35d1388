"""One operator of a model with what it is given, and what the operators do that all front ends have alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import PwlinError, UnsupportedLayerError
from pwlin.networks.activation import ABS
from pwlin.networks.importers import layers
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.choices import Condition
from pwlin.networks.importers.wire import Wire

Array = NDArray[np.generic]
Row = TypeVar("Row", bound=Callable[..., object])


@dataclass(frozen=True)
class Operation(ABC):
    """An operator by its library's name, its place in the model, and its inputs, which are wires or the library's own values."""

    kind: str
    place: str
    inputs: Sequence[object]
    chain: Chain

    @abstractmethod
    def given(self, index: int, name: str = "") -> object:
        """An input by its place or its name; None where it is not given."""

    @abstractmethod
    def as_array(self, value: object) -> Array | None:
        """A value of the library as an array, if it does not depend on the model's input."""

    def refuse(self, why: str) -> NoReturn:
        """Say what cannot be read, and where."""
        shapes = [tuple(v.shape) for v in self.inputs if hasattr(v, "shape")]
        raise UnsupportedLayerError(
            f"{self.place}: found {self.kind} on shapes {shapes}: {why}; accepted are piecewise-linear operators, which the "
            "documentation of pwlin.as_network lists"
        )

    def wire(self, index: int = 0) -> Wire:
        """An input that depends on the model's input."""
        value = self.given(index)
        if isinstance(value, Condition):
            self.refuse("it takes a condition on the input, which choices and products only may")
        if not isinstance(value, Wire):
            self.refuse("its data do not depend on the input but its parameters do")
        return value

    def constant(self, index: int, name: str = "") -> Array | None:
        """An input that does not; None where it is not given."""
        value = self.given(index, name)
        array = None if value is None else self.as_array(value)
        if array is None and value is not None:
            self.refuse(f"its {f'argument {name}' if name else f'input {index}'} depends on the input")
        return array

    def array(self, index: int, name: str = "") -> Array:
        """The same where there must be one."""
        value = self.constant(index, name)
        if value is None:
            self.refuse(f"it lacks {name or f'input {index}'}")
        return value

    def operand(self, index: int, name: str = "") -> Wire:
        """An input as a wire, constant or not."""
        value = self.given(index, name)
        return value if isinstance(value, Wire) else self.chain.constant(self.array(index, name))


@contextmanager
def fitting(refuse: Callable[[str], NoReturn]) -> Iterator[None]:
    """Refuse an operator whose inputs make arrays that do not fit, whichever way that comes out."""
    try:
        yield
    except PwlinError:
        raise
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        refuse(f"its inputs do not fit ({error!s:.120})")


def rows(table: dict[str, Row]) -> Callable[..., Callable[[Row], Row]]:
    """A decorator that puts a function into a table under its operators' names."""

    def operator(*names: str) -> Callable[[Row], Row]:
        def put(function: Row) -> Row:
            table.update(dict.fromkeys(names, function))
            return function

        return put

    return operator


# -- operators that mean the same everywhere ---------------------------------------------------------


def add(op: Operation) -> Wire:
    """The sum of two."""
    return op.operand(0).plus(op.operand(1))


def subtract(op: Operation) -> Wire:
    """The first without the second."""
    return op.operand(0).minus(op.operand(1))


def multiply(op: Operation) -> Wire:
    """A product with a constant, on either side."""
    if isinstance(op.inputs[0], Wire):
        return op.wire(0).scaled(op.array(1, "other"))
    return op.wire(1).scaled(op.array(0))


def divide(op: Operation) -> Wire:
    """Through a constant."""
    return op.wire().divided(op.array(1, "other"), op.place)


def negate(op: Operation) -> Wire:
    """Minus the entries."""
    return op.wire().scaled(-1)


def multiply_matrices(op: Operation) -> Wire:
    """A product of matrices, one of them constant."""
    if isinstance(op.inputs[0], Wire):
        return layers.product(op.wire(0), op.array(1, "other"))
    return layers.product(op.wire(1), op.array(0), constant_first=True)


def larger(op: Operation) -> Wire:
    """The larger of two."""
    return op.operand(0).maximum(op.operand(1), op.place)


def smaller(op: Operation) -> Wire:
    """The smaller of two."""
    return op.operand(0).minimum(op.operand(1), op.place)


def relu(op: Operation) -> Wire:
    """A ReLU on each entry."""
    return op.wire().relu(op.place)


def absolute(op: Operation) -> Wire:
    """The absolute value of each entry."""
    return op.wire().units(ABS, op.place)
