"""Sums of few rows of a matrix times factors, several sums at once, held in vector registers.

Written in LLVM's own language: what Numba makes of the same loops reads and writes every sum again for every row.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from pwlin.extraction.kernel.compiled import compiled
from pwlin.extraction.kernel.plan import VECTOR


def _made(sums: int, absolute: bool) -> Any:
    """An instruction that adds rows to `sums` sums; to the absolute values of their entries, if asked."""

    @intrinsic  # type: ignore[untyped-decorator]
    def add(
        typing: Any,
        matrix: Any,
        starts: Any,
        count: Any,
        factors: Any,
        width: Any,
        column: Any,
        out: Any,
        at: Any,
        length: Any,
    ) -> Any:
        i64, vector = ir.IntType(64), ir.VectorType(ir.DoubleType(), VECTOR)

        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            data = {k: context.make_array(signature.args[k])(context, builder, args[k]).data for k in (0, 1, 3, 6)}
            count, width, column, at, length = (args[k] for k in (2, 4, 5, 7, 8))

            def wide(base: Any, index: Any) -> Any:
                return builder.bitcast(builder.gep(base, [index]), vector.as_pointer())

            def instruction(name: str, arguments: int) -> Any:
                kind = ir.FunctionType(vector, [vector] * arguments)
                return cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{VECTOR}f64")

            muladd, fabs = instruction("fmuladd", 3), instruction("fabs", 1)
            cells = [cgutils.alloca_once(builder, vector) for _ in range(2 * sums)]
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), VECTOR), [0] * VECTOR)
            undefined, zero = ir.Constant(vector, ir.Undefined), ir.Constant(vector, [0.0] * VECTOR)
            one = ir.Constant(i64, 1)

            def add_row(t: Any, j: Any, into: Any) -> None:
                start = builder.load(builder.gep(data[1], [t]))
                row = builder.load(wide(data[0], builder.add(start, j)), align=8)
                if absolute:
                    row = builder.call(fabs, [row])
                first = builder.add(builder.mul(t, width), column)
                for c, cell in enumerate(into):
                    factor = builder.load(builder.gep(data[3], [builder.add(first, ir.Constant(i64, c))]))
                    filled = builder.insert_element(undefined, factor, ir.Constant(ir.IntType(32), 0))
                    factor = builder.shuffle_vector(filled, undefined, zeros)
                    builder.store(builder.call(muladd, [factor, row, builder.load(cell)]), cell)

            pairs, odd = builder.lshr(count, one), builder.and_(count, one)
            step = ir.Constant(i64, VECTOR)
            with cgutils.for_range_slice(builder, ir.Constant(i64, 0), length, step, inc=True) as (j, _):
                places = [
                    wide(data[6], builder.add(at, builder.add(builder.mul(length, ir.Constant(i64, c)), j)))
                    for c in range(sums)
                ]
                for c, place in enumerate(places):
                    builder.store(builder.load(place, align=8), cells[c])
                    builder.store(zero, cells[sums + c])
                with cgutils.for_range(builder, pairs) as loop:  # two rows at a time: additions need not wait so long
                    t = builder.shl(loop.index, one)
                    add_row(t, j, cells[:sums])
                    add_row(builder.add(t, one), j, cells[sums:])
                with builder.if_then(builder.icmp_unsigned("!=", odd, ir.Constant(i64, 0))):
                    add_row(builder.sub(count, one), j, cells[:sums])
                for c, place in enumerate(places):
                    total = builder.fadd(builder.load(cells[c]), builder.load(cells[sums + c]))
                    builder.store(total, place, align=8)
            return context.get_dummy_value()

        return types.void(
            matrix, starts, types.int64, factors, types.int64, types.int64, out, types.int64, types.int64
        ), code

    return add


_add_three, _add_one, _add_absolute = _made(3, False), _made(1, False), _made(1, True)


@compiled  # type: ignore[untyped-decorator]
def add_products(
    matrix: Any, starts: Any, count: int, factors: Any, width: int, sums: int, out: Any, at: int, length: int
) -> None:
    """Add ``factors[t, c] * row t`` to sum c, for all t < count and c < sums.

    Row t is ``matrix[starts[t] :][:length]``, its factors are ``factors[t * width :][:sums]``; sum c is
    ``out[at + c * length :][:length]``. The length is a multiple of `VECTOR`.
    """
    c = 0
    while c + 3 <= sums:
        _add_three(matrix, starts, count, factors, width, c, out, at + c * length, length)
        c += 3
    while c < sums:
        _add_one(matrix, starts, count, factors, width, c, out, at + c * length, length)
        c += 1


@compiled  # type: ignore[untyped-decorator]
def add_column(matrix: Any, starts: Any, count: int, factors: Any, width: int, c: int, out: Any, length: int) -> None:
    """Add ``factors[t, c] * row t`` to ``out[:length]``, for all t < count; see `add_products`."""
    _add_one(matrix, starts, count, factors, width, c, out, 0, length)


@compiled  # type: ignore[untyped-decorator]
def add_absolute(matrix: Any, starts: Any, count: int, factors: Any, width: int, c: int, out: Any, length: int) -> None:
    """Add ``factors[t, c] * |row t|`` to ``out[:length]``, for all t < count; see `add_products`."""
    _add_absolute(matrix, starts, count, factors, width, c, out, 0, length)
