"""One call of a PyTorch operator, on wires and values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pwlin.base.arguments import shown
from pwlin.networks.importers.operation import Operation, Places
from pwlin.networks.importers.wire import Array, Wire


@dataclass(frozen=True)
class Call(Operation):
    """One call of an operator, on wires and values."""

    kwargs: Mapping[str, object]
    function: Callable[..., object]

    def get(self, index: int, name: str, default: object = None) -> object:
        """An argument by its place or its name."""
        return self.inputs[index] if index < len(self.inputs) else self.kwargs.get(name, default)

    def given(self, index: int, name: str = "") -> object:
        """The same; None where it is not given."""
        return self.get(index, name)

    def as_array(self, value: object) -> Array | None:
        """Tensors, and numbers among the arguments."""
        if isinstance(value, torch.Tensor):
            return np.asarray((value.float() if value.dtype == torch.bfloat16 else value).numpy())
        return np.asarray(value) if isinstance(value, (bool, int, float)) else None

    def number(self, index: int, name: str, default: float | None = None) -> float:
        """A number."""
        value = self.get(index, name, default)
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            self.refuse(f"its argument {name} is {shown(value)}")
        return value

    def check_type(self) -> None:
        """Refuse a result in integers."""
        given = [v for v in [*self.inputs, *self.kwargs.values()] if isinstance(v, torch.dtype)]
        if any(not v.is_floating_point for v in given):
            self.refuse("rounding to integers is not continuous")
        if any(v.itemsize == 1 for v in given):
            self.refuse("rounding to eight bits is not continuous")

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
            self.refuse(f"its argument {name} is {shown(value)}")
        return whole

    def axes(self, index: int, rank: int) -> Sequence[int]:
        """The axes that the argument `dim` names, one or several; all where it names none."""
        value = self.get(index, "dim")
        if isinstance(value, int):
            return [value]
        return value if isinstance(value, (list, tuple)) and value else range(rank)

    def moved(self) -> object:
        """What an operator that only moves data does, found by letting it move places."""
        places = Places(self.chain)

        def placed(value: object) -> object:
            if isinstance(value, Wire):
                return torch.from_numpy(places.of(value))
            if isinstance(value, (list, tuple)):
                if any(isinstance(v, Wire) for v in value):  # data among data
                    value = [self.chain.constant(v.numpy()) if isinstance(v, torch.Tensor) else v for v in value]
                return [placed(v) for v in value]
            return value

        args: list[object] = list(self.inputs)
        if self.kind in _DATA_AT:
            args = [self.operand(i) if i in _DATA_AT[self.kind] else a for i, a in enumerate(args)]
        found = self.function(*[placed(a) for a in args], **{k: placed(v) for k, v in self.kwargs.items()})

        def gathered(value: object) -> object:
            if isinstance(value, torch.Tensor):
                return places.gathered(value.numpy())
            if isinstance(value, (list, tuple)):
                return [gathered(v) for v in value]
            self.refuse("it gives no tensor")

        return gathered(found)


_DATA_AT = {
    "select_scatter.default": (0, 1),
    "slice_scatter.default": (0, 1),
    "copy.default": (1,),
    "index_put.default": (0, 2),
    "index_copy.default": (0, 3),
    "scatter.src": (0, 3),
    "masked_scatter.default": (0, 2),
    "diagonal_scatter.default": (0, 1),
}
"""Arguments that are data although they may be constant."""
