"""One operator of a model with what it is given, and what the operators do that all front ends have alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import PwlinError
from pwlin.networks.activation import ABS
from pwlin.networks.importers import layers
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.choices import Condition
from pwlin.networks.importers.head import Head
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import Array, Wire

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
        accepted = "are piecewise-linear operators, which the documentation of pwlin.as_network lists"
        raise unread(self.place, f"{self.kind} on shapes {shapes}: {why}", accepted)

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


class Places:
    """Places of the entries of several wires, from 1, which a library moves in the entries' stead; 0 is a zero."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._wires: list[Wire] = []
        self._count = 0

    def of(self, wire: Wire) -> NDArray[np.float64]:
        """The places of one more wire, in its shape."""
        places = np.asarray(wire.places + (self._count + 1.0))
        self._wires.append(wire)
        self._count += wire.size
        return places

    def gathered(self, moved: Array) -> Wire:
        """The entries whose places were moved."""
        return self._joined.gather(moved.astype(np.int64) - 1)

    @cached_property
    def _joined(self) -> Wire:
        return self._chain.joined(self._wires)


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


def between(op: Operation) -> Wire:
    """No less than a bound and no more than another, of which any may depend on the input or lack."""
    out = op.operand(0)
    out = out if op.given(1, "min") is None else out.maximum(op.operand(1, "min"), op.place)
    return out if op.given(2, "max") is None else out.minimum(op.operand(2, "max"), op.place)


def relu(op: Operation) -> Wire:
    """A ReLU on each entry."""
    return op.wire().relu(op.place)


def absolute(op: Operation) -> Wire:
    """The absolute value of each entry."""
    return op.wire().units(ABS, op.place)


def relu6(op: Operation) -> Wire:
    """A ReLU that ends at 6."""
    return op.wire().clipped(0, 6, op.place)


def hard_sigmoid(op: Operation) -> Wire:
    """The sigmoid of three pieces."""
    return op.wire().hard_sigmoid(op.place)


def smooth_end(op: Operation) -> Head:
    """A softmax or sigmoid, which only the end of a model may be."""
    return Head(op.kind.split(".")[0].lstrip("_"), op.place, op.wire())
