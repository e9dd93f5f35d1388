"""Sums of products in two floats, a head and a tail: about 100 bits, for deep networks.

Products are split by fused multiplication, sums by Knuth's two-sum; tails are added in plain floats. (Ogita, Rump and Oishi
2005, "Accurate sum and dot product", algorithm 5.3.) Nothing here may be contracted or put in another order, so these
functions are compiled without leave to do so, which they keep where they are inlined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from pwlin.extraction.kernel.compiled import Floats, Integers, strictly

if TYPE_CHECKING:
    from numba.core.base import BaseContext
    from numba.core.typing import Signature

    Typed = tuple[Signature, Callable[[BaseContext, ir.IRBuilder, Signature, tuple[ir.Value, ...]], ir.Value]]


@intrinsic  # type: ignore[untyped-decorator]
def fused(typing: object, a: types.Float, b: types.Float, c: types.Float) -> Typed:
    """The sum a b + c, rounded once."""

    def code(context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]) -> ir.Value:
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), code


@strictly
def add_fine_products(
    weight: Floats,
    starts: Integers,
    factors: tuple[Floats, Floats],
    count: int,
    heads: Floats,
    tails: Floats,
    sums: int,
    length: int,
) -> None:
    """As `vector_sums.add_products`, in two floats: factors and sums have heads and tails, and the tails come out small."""
    factor, factor_tail = factors
    for c in range(sums):
        head, tail = heads[c * length : (c + 1) * length], tails[c * length : (c + 1) * length]
        for t in range(count):
            row, f, g = weight[starts[t] : starts[t] + length], factor[t, c], factor_tail[t, c]
            for j in range(length):
                product = f * row[j]
                rest = fused(g, row[j], fused(f, row[j], -product))
                total = head[j] + product
                part = total - head[j]
                lost = (head[j] - (total - part)) + (product - part)
                head[j] = total
                tail[j] += lost + rest
        for j in range(length):
            total = head[j] + tail[j]
            part = total - head[j]
            tail[j] = (head[j] - (total - part)) + (tail[j] - part)
            head[j] = total
