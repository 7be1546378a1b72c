"""A matrix product of a tile that stays in registers, for use within Numba kernels.

Each sum is taken in order, so it does not depend on how a kernel divides its work. PyTorch's own
product is no choice here: it cannot be called from a kernel that makes its factors as it goes, and
on some processors it is half as fast.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
WIDE = bool(get_host_cpu_features().get("avx512f"))
ROWS, VECTORS = (8, 2) if WIDE else (4, 1)  # as many sums as fit in 32 or 16 registers
COLUMNS = VECTORS * LANES

_FLOATS = ir.VectorType(ir.FloatType(), LANES)
_FUSED = ("contract",)  # a multiplication and an addition may be one instruction
_intrinsic: Callable[[Callable[..., Any]], Callable[..., Any]] = intrinsic


@_intrinsic
def add_product(
    typing: Any,
    length: Any,
    a: Any,
    a_start: Any,
    a_row: Any,
    a_step: Any,
    b: Any,
    b_start: Any,
    b_step: Any,
    c: Any,
    c_start: Any,
    c_row: Any,
) -> Any:
    """Add a product over `length` steps to ROWS × COLUMNS sums.

    c[c_start + r·c_row + i] += Σ_t a[a_start + r·a_row + t·a_step] · b[b_start + t·b_step + i]

    The arrays are float32, contiguous and of one dimension, and offsets are not checked.
    """

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def unpack(value: Any, kind: Any) -> Any:
            if isinstance(kind, types.Array):
                return context.make_array(kind)(context, builder, value).data
            return context.cast(builder, value, kind, types.intp)

        n, a, a_start, a_row, a_step, b, b_start, b_step, c, c_start, c_row = map(
            unpack, values, signature.args
        )

        def pointer(base: Any, start: Any, times: int, step: Any) -> Any:
            return builder.gep(base, [builder.add(start, builder.mul(n.type(times), step))])

        def vectors(start: Any) -> list[Any]:
            first = builder.bitcast(start, ir.PointerType(_FLOATS))
            return [builder.gep(first, [n.type(v)]) for v in range(VECTORS)]

        factors = [pointer(a, a_start, r, a_row) for r in range(ROWS)]
        places = [vectors(pointer(c, c_start, r, c_row)) for r in range(ROWS)]
        sums = [
            [cgutils.alloca_once_value(builder, builder.load(p, align=4)) for p in row]
            for row in places
        ]
        with cgutils.for_range(builder, n) as loop:
            row = vectors(builder.gep(b, [builder.add(b_start, builder.mul(loop.index, b_step))]))
            others = [builder.load(p, align=4) for p in row]
            for factor, totals in zip(factors, sums, strict=True):
                scalar = builder.load(builder.gep(factor, [builder.mul(loop.index, a_step)]))
                for other, total in zip(others, totals, strict=True):
                    term = builder.fmul(_splat(builder, scalar), other, flags=_FUSED)
                    builder.store(builder.fadd(builder.load(total), term, flags=_FUSED), total)
        for pointers, totals in zip(places, sums, strict=True):
            for place, total in zip(pointers, totals, strict=True):
                builder.store(builder.load(total), place, align=4)
        return context.get_dummy_value()

    arguments = (length, a, a_start, a_row, a_step, b, b_start, b_step, c, c_start, c_row)
    return types.void(*arguments), emit


def _splat(builder: Any, scalar: Any) -> Any:
    undefined = ir.Constant(_FLOATS, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.IntType(32)(0))
    order = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, undefined, order)
