"""Named tuples of arrays by reference: compiled functions hand over one pointer instead of hundreds of words.

Numba passes a named tuple part by part, and writes, reads and names all of them at every call, which takes most of the
time of compilation. Once all calls are inlined nothing is left of these pointers.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_getattr_generic, models, register_model

if TYPE_CHECKING:
    from numba.core.base import BaseContext
    from numba.core.datamodel import DataModelManager
    from numba.core.typing import Signature

    Typed = tuple[Signature, Callable[[BaseContext, ir.IRBuilder, Signature, tuple[ir.Value, ...]], ir.Value]]

T = TypeVar("T")


class Reference(types.Type):  # type: ignore[misc]
    """The type of a reference to a named tuple; told by a short name that is the same in all processes."""

    def __init__(self, target: types.BaseNamedTuple) -> None:
        self.target = target
        digest = blake2b(str(target).encode(), digest_size=8).hexdigest()
        super().__init__(f"Reference({target.instance_class.__name__}, {digest})")

    def field(self, name: str) -> tuple[int, types.Type]:
        """The place of a field, and its type; that of a named tuple in it is a reference again."""
        at = self.target.fields.index(name)
        kind = self.target.types[at]
        return at, Reference(kind) if isinstance(kind, types.BaseNamedTuple) else kind


@register_model(Reference)  # type: ignore[untyped-decorator]
class _Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: DataModelManager, kind: Reference) -> None:
        super().__init__(manager, kind, manager.lookup(kind.target).get_value_type().as_pointer())


@infer_getattr  # type: ignore[untyped-decorator]
class _Fields(AttributeTemplate):  # type: ignore[misc]
    key = Reference

    def generic_resolve(self, reference: Reference, name: str) -> types.Type:
        return reference.field(name)[1]


@lower_getattr_generic(Reference)  # type: ignore[untyped-decorator]
def _field(context: BaseContext, builder: ir.IRBuilder, kind: Reference, value: ir.Value, name: str) -> ir.Value:
    at, found = kind.field(name)
    place = cgutils.gep_inbounds(builder, value, 0, at)
    return place if isinstance(found, Reference) else builder.load(place)


@intrinsic  # type: ignore[untyped-decorator]
def reference(typing: object, value: types.BaseNamedTuple) -> Typed:
    """A reference to a named tuple, which lives as long as the function that makes it."""

    def code(context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]) -> ir.Value:
        return cgutils.alloca_once_value(builder, args[0])

    return Reference(value)(value), code
