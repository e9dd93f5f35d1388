"""One call of a PyTorch operator, on wires and values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import torch
from numpy.typing import NDArray

from pwlin.base.errors import UnsupportedLayerError
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.wire import Wire

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Call:
    """One call of an operator, on wires and values."""

    target: str
    place: str
    args: Sequence[object]
    kwargs: Mapping[str, object]
    chain: Chain
    function: Callable[..., object]

    def refuse(self, why: str) -> NoReturn:
        """Say what cannot be read, and where."""
        shapes = [tuple(a.shape) for a in self.args if isinstance(a, (Wire, torch.Tensor))]
        raise UnsupportedLayerError(
            f"{self.place}: found {self.target} on shapes {shapes}: {why}; accepted are piecewise-linear operators, which the "
            "documentation of pwlin.as_network lists"
        )

    def get(self, index: int, name: str, default: object = None) -> object:
        """An argument by its place or its name."""
        return self.args[index] if index < len(self.args) else self.kwargs.get(name, default)

    def wire(self, index: int = 0) -> Wire:
        """An argument that depends on the input."""
        value = self.args[index]
        if not isinstance(value, Wire):
            self.refuse("its data do not depend on the input but its parameters do")
        return value

    def constant(self, index: int, name: str) -> Array | None:
        """An argument that does not depend on the input, as an array; None where there is none."""
        value = self.get(index, name)
        if value is None:
            return None
        if isinstance(value, torch.Tensor):
            return np.asarray((value.float() if value.dtype == torch.bfloat16 else value).numpy())
        if isinstance(value, (bool, int, float)):
            return np.asarray(value)
        self.refuse(f"its argument {name} depends on the input")

    def array(self, index: int, name: str) -> Array:
        """The same where there must be one."""
        value = self.constant(index, name)
        if value is None:
            self.refuse(f"it lacks {name}")
        return value

    def number(self, index: int, name: str, default: float | None = None) -> float:
        """A number."""
        value = self.get(index, name, default)
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            self.refuse(f"its argument {name} is {value!r:.40}")
        return value

    def flag(self, index: int, name: str, default: bool) -> bool:
        """A truth value."""
        return bool(self.get(index, name, default))

    def sizes(self, index: int, name: str, count: int, default: object = None) -> list[int]:
        """One integer for each axis; one for all may be given."""
        value = self.get(index, name, default)
        value = [value] if isinstance(value, int) else list(value) if isinstance(value, (list, tuple)) else []
        if not value:
            value = list(default) if isinstance(default, (list, tuple)) else [default]
        out = value * count if len(value) == 1 else value
        whole = [v for v in out if isinstance(v, int)]
        if len(whole) != count or len(out) != count:
            self.refuse(f"its argument {name} is {value!r:.40}")
        return whole

    def operand(self, index: int) -> Wire:
        """An argument as a wire, constant or not."""
        value = self.args[index]
        return value if isinstance(value, Wire) else self.chain.constant(self.array(index, "operand"))

    def moved(self) -> object:
        """What an operator that only moves data does, found by letting it move places."""
        wires: list[Wire] = []
        count = 0

        def places(value: object) -> object:
            nonlocal count
            if isinstance(value, Wire):
                wires.append(value)
                out = torch.arange(count + 1, count + value.size + 1, dtype=torch.float64).reshape(value.shape)
                count += value.size
                return out
            if isinstance(value, (list, tuple)):
                if any(isinstance(v, Wire) for v in value):  # data among data
                    value = [self.chain.constant(v.numpy()) if isinstance(v, torch.Tensor) else v for v in value]
                return [places(v) for v in value]
            return value

        args: list[object] = list(self.args)
        if self.target in _DATA_AT:
            args = [self.operand(i) if i in _DATA_AT[self.target] else a for i, a in enumerate(args)]
        found = self.function(*[places(a) for a in args], **{k: places(v) for k, v in self.kwargs.items()})
        joined = self.chain.joined(wires)

        def gathered(value: object) -> object:
            if isinstance(value, torch.Tensor):
                return joined.gather(value.numpy().astype(np.int64) - 1)
            if isinstance(value, (list, tuple)):
                return [gathered(v) for v in value]
            self.refuse("it gives no tensor")

        return gathered(found)


_DATA_AT = {
    "select_scatter.default": (0, 1),
    "slice_scatter.default": (0, 1),
    "where.self": (1, 2),
    "copy.default": (1,),
}
"""Arguments that are data although they may be constant."""
