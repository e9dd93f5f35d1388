"""Bits of 64-bit integers, counted by single instructions, and of patterns, 64 to a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from pwlin.extraction.kernel.compiled import Integers, inner

if TYPE_CHECKING:
    from numba.core.base import BaseContext
    from numba.core.typing import Signature

    Typed = tuple[Signature, Callable[[BaseContext, ir.IRBuilder, Signature, tuple[ir.Value, ...]], ir.Value]]


@intrinsic  # type: ignore[untyped-decorator]
def popcount(typing: object, value: types.Integer) -> Typed:
    """Number of bits set in an int64."""

    def code(context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]) -> ir.Value:
        return builder.ctpop(args[0])

    return types.int64(types.int64), code


@intrinsic  # type: ignore[untyped-decorator]
def lowest(typing: object, value: types.Integer) -> Typed:
    """Position of the lowest bit set in an int64; 64 if none is."""

    def code(context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]) -> ir.Value:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.int64), code


@inner
def bit_of(pattern: Integers, g: int) -> int:
    """Bit g of a pattern."""
    return (pattern[g >> 6] >> (g & 63)) & 1


@inner
def set_bit(pattern: Integers, g: int) -> None:
    """Set bit g of a pattern."""
    pattern[g >> 6] |= 1 << (g & 63)


@inner
def bits_between(word: int, start: int, stop: int) -> int:
    """The bits of a pattern's word that belong to neurons start, ..., stop - 1."""
    low, high = max(start - 64 * word, 0), min(stop - 64 * word, 64)
    return (-1 << low) & ~(-2 << (high - 1)) if low < high else 0
