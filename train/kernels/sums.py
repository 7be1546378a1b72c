"""Sums that stay in vector registers until they are complete, for use within Numba kernels.

The compiler's own vectors would read and write a sum in memory at each step, as it cannot know that
nothing else does. Each sum is taken in order, so it does not depend on how a kernel divides its
work. PyTorch's product is no choice here: it cannot be called from a kernel that makes its factors
as it goes, and on some processors it is half as fast.

Arrays are contiguous; float32, and int32 where they are rows. Offsets count elements from the
first, and are not checked.
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

BLOCK = 64  # columns of a row that is gathered: four vectors; 4000 rows fill a second-level cache

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
    """

    def emit(builder: Any, *values: Any) -> None:
        n, a, a_start, a_row, a_step, b, b_start, b_step, c, c_start, c_row = values
        rows = [n.type(r) for r in range(ROWS)]
        starts = [_at(builder, a, a_start, builder.mul(r, a_row)) for r in rows]
        results = [_at(builder, c, c_start, builder.mul(r, c_row)) for r in rows]
        sums = [_variables(builder, _load(builder, result, VECTORS)) for result in results]
        with cgutils.for_range(builder, n) as loop:
            others = _load(
                builder, _at(builder, b, b_start, builder.mul(loop.index, b_step)), VECTORS
            )
            for start, variables in zip(starts, sums, strict=True):
                factor = builder.load(_at(builder, start, builder.mul(loop.index, a_step)))
                _add_to(builder, variables, _splat(builder, factor), others)
        for result, variables in zip(results, sums, strict=True):
            _store(builder, result, [builder.load(variable) for variable in variables])

    arguments = (length, a, a_start, a_row, a_step, b, b_start, b_step, c, c_start, c_row)
    return types.void(*arguments), _emitter(emit)


@_intrinsic
def mix_rows(
    typing: Any, count: Any, choice: Any, candidates: Any, start: Any, rows: Any, mixed: Any
) -> Any:
    """Fill mixed (BLOCK,) with the sum of `count` of the rows (…, BLOCK) times their choice.

    mixed[w] = Σ_c choice[start + c] · rows[candidates[start + c], w]
    """

    def emit(builder: Any, *values: Any) -> None:
        n, choice, candidates, start, rows, mixed = values
        sums = _variables(builder, [ir.Constant(_FLOATS, [0.0] * LANES)] * (BLOCK // LANES))
        with cgutils.for_range(builder, n) as loop:
            factor = builder.load(_at(builder, choice, start, loop.index))
            row = _row(builder, rows, candidates, start, loop.index)
            _add_to(builder, sums, _splat(builder, factor), _load(builder, row))
        _store(builder, mixed, [builder.load(variable) for variable in sums])

    return types.void(count, choice, candidates, start, rows, mixed), _emitter(emit)


@_intrinsic
def multiply_rows(
    typing: Any, count: Any, vector: Any, candidates: Any, start: Any, rows: Any, products: Any
) -> Any:
    """Fill `count` products of a vector (BLOCK,) with rows (…, BLOCK).

    products[start + c] = Σ_w vector[w] · rows[candidates[start + c], w]
    """

    def emit(builder: Any, *values: Any) -> None:
        n, vector, candidates, start, rows, products = values
        factors = _load(builder, vector)
        name = "llvm.vector.reduce.fadd.v16f32"
        kind = ir.FunctionType(ir.FloatType(), [ir.FloatType(), _FLOATS])
        total = cgutils.get_or_insert_function(builder.module, kind, name)
        with cgutils.for_range(builder, n) as loop:
            others = _load(builder, _row(builder, rows, candidates, start, loop.index))
            terms = ir.Constant(_FLOATS, [0.0] * LANES)
            for factor, other in zip(factors, others, strict=True):
                terms = builder.fadd(terms, builder.fmul(factor, other, flags=_FUSED), flags=_FUSED)
            nothing = ir.Constant(ir.FloatType(), 0.0)
            product = builder.call(total, [nothing, terms], fastmath=("reassoc",))
            builder.store(product, _at(builder, products, start, loop.index))

    return types.void(count, vector, candidates, start, rows, products), _emitter(emit)


@_intrinsic
def add_to_rows(
    typing: Any, count: Any, choice: Any, candidates: Any, start: Any, vector: Any, rows: Any
) -> Any:
    """Add a vector (BLOCK,) to `count` of the rows (…, BLOCK), times their choice.

    rows[candidates[start + c], w] += choice[start + c] · vector[w]
    """

    def emit(builder: Any, *values: Any) -> None:
        n, choice, candidates, start, vector, rows = values
        added = _load(builder, vector)
        with cgutils.for_range(builder, n) as loop:
            factor = _splat(builder, builder.load(_at(builder, choice, start, loop.index)))
            row = _row(builder, rows, candidates, start, loop.index)
            sums = [
                builder.fadd(old, builder.fmul(factor, new, flags=_FUSED), flags=_FUSED)
                for old, new in zip(_load(builder, row), added, strict=True)
            ]
            _store(builder, row, sums)

    return types.void(count, choice, candidates, start, vector, rows), _emitter(emit)


def _emitter(emit: Callable[..., None]) -> Callable[..., Any]:
    """Numba's generator of code, from one that takes arrays as pointers and numbers as int64."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        emit(
            builder,
            *(
                context.make_array(kind)(context, builder, value).data
                if isinstance(kind, types.Array)
                else context.cast(builder, value, kind, types.int64)
                for value, kind in zip(values, signature.args, strict=True)
            ),
        )
        return context.get_dummy_value()

    return generate


def _at(builder: Any, pointer: Any, *offsets: Any) -> Any:
    for offset in offsets:
        pointer = builder.gep(pointer, [offset])
    return pointer


def _row(builder: Any, rows: Any, candidates: Any, start: Any, index: Any) -> Any:
    """Where the row begins that a candidate names."""
    number = builder.zext(builder.load(_at(builder, candidates, start, index)), start.type)
    return _at(builder, rows, builder.mul(number, number.type(BLOCK)))


def _load(builder: Any, pointer: Any, count: int = BLOCK // LANES) -> list[Any]:
    places = _places(builder, pointer, count)
    return [builder.load(place, align=4) for place in places]


def _store(builder: Any, pointer: Any, vectors: list[Any]) -> None:
    for place, vector in zip(_places(builder, pointer, len(vectors)), vectors, strict=True):
        builder.store(vector, place, align=4)


def _places(builder: Any, pointer: Any, count: int) -> list[Any]:
    first = builder.bitcast(pointer, ir.PointerType(_FLOATS))
    return [builder.gep(first, [ir.IntType(64)(v)]) for v in range(count)]


def _variables(builder: Any, vectors: list[Any]) -> list[Any]:
    """A variable for each, which the compiler keeps in a register."""
    return [cgutils.alloca_once_value(builder, vector) for vector in vectors]


def _add_to(builder: Any, variables: list[Any], factor: Any, others: list[Any]) -> None:
    for variable, other in zip(variables, others, strict=True):
        term = builder.fmul(factor, other, flags=_FUSED)
        builder.store(builder.fadd(builder.load(variable), term, flags=_FUSED), variable)


def _splat(builder: Any, scalar: Any) -> Any:
    undefined = ir.Constant(_FLOATS, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.IntType(32)(0))
    order = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, undefined, order)
