"""Vectors of 512 bits inside Numba kernels: one register with AVX-512, a few without.

Numba knows arrays and scalars, and leaves it to the compiler's analysis of aliases whether a loop
becomes vector instructions. These functions say so; they exist in compiled code only. Offsets
count elements of an array that is contiguous and of one dimension, and are not checked.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import (
    intrinsic,
    lower_builtin,
    models,
    register_model,
    type_callable,
)
from numpy.typing import NDArray

from connective.evaluation.kernel import Function, compiled

BITS = 512
WORDS = BITS // 64
LOW_HALVES = np.array(  # of the pairs of 32, 16, … bits in a word
    [((1 << 64) - 1) // ((1 << j) + 1) for j in (32, 16, 8, 4, 2, 1)], dtype=np.uint64
)

_intrinsic: Callable[[Function], Function] = intrinsic
_PrimitiveModel: Any = models.PrimitiveModel


class Vector(types.Type):
    """The type of as many unsigned integers, or float32, as fill the bits."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.lanes = BITS // element.bitwidth
        number = ir.FloatType() if element == types.float32 else ir.IntType(element.bitwidth)
        self.llvm = ir.VectorType(number, self.lanes)
        super().__init__(name=f"Vector({element})")


@register_model(Vector)
class _VectorModel(_PrimitiveModel):
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, vector.llvm)


@_intrinsic
def lanes(typing: Any, array: Any) -> Any:
    """How many of an array's elements a vector holds, as a constant."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return context.get_constant(types.intp, Vector(array.dtype).lanes)

    return types.intp(array), emit


@_intrinsic
def load(typing: Any, array: Any, offset: Any) -> Any:
    """The vector that starts at an offset."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, values), align=1)

    return Vector(array.dtype)(array, offset), emit


@_intrinsic
def store(typing: Any, array: Any, offset: Any, vector: Any) -> Any:
    """Write a vector from an offset on."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[2], _pointer(context, builder, signature, values), align=1)
        return context.get_dummy_value()

    return types.void(array, offset, vector), emit


def _pointer(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    array, offset = signature.args[:2]
    data = context.make_array(array)(context, builder, values[0]).data
    index = context.cast(builder, values[1], offset, types.intp)
    pointer = ir.PointerType(Vector(array.dtype).llvm)
    return builder.bitcast(builder.gep(data, [index]), pointer)


@_intrinsic
def splat(typing: Any, scalar: Any) -> Any:
    """A number in every lane."""
    vector = Vector(scalar)

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _splat(builder, vector, values[0])

    return vector(scalar), emit


def _splat(builder: Any, vector: Vector, scalar: Any) -> Any:
    undefined = ir.Constant(vector.llvm, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.IntType(32)(0))
    order = ir.Constant(ir.VectorType(ir.IntType(32), vector.lanes), [0] * vector.lanes)
    return builder.shuffle_vector(first, undefined, order)


def _operator(symbol: Callable[..., Any], instruction: str, operands: int) -> None:
    """Give vectors one of Python's operators."""

    @type_callable(symbol)
    def type_of(context: Any) -> Any:
        def binary(a: Any, b: Any) -> Any:
            return a if isinstance(a, Vector) and a == b else None

        def unary(a: Any) -> Any:
            return a if isinstance(a, Vector) else None

        return binary if operands == 2 else unary

    @lower_builtin(symbol, *[Vector] * operands)
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return getattr(builder, instruction)(*values)


_operator(operator.and_, "and_", 2)
_operator(operator.or_, "or_", 2)
_operator(operator.xor, "xor", 2)
_operator(operator.invert, "not_", 1)
_operator(operator.add, "fadd", 2)


@_intrinsic
def add_where(typing: Any, sums: Any, word: Any, first: Any, floats: Any) -> Any:
    """The sums, each with its float added where its bit of the word, from `first` on, is 1."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        total, bits, shift, added = values
        shift = context.cast(builder, shift, first, types.uint64)
        half = builder.trunc(builder.lshr(bits, shift), ir.IntType(sums.lanes))
        mask = builder.bitcast(half, ir.VectorType(ir.IntType(1), sums.lanes))
        return builder.select(mask, builder.fadd(total, added), total)

    return sums(sums, types.uint64, first, floats), emit


def _shift(instruction: str) -> Any:
    @_intrinsic
    def shift(typing: Any, vector: Any, bits: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            count = _splat(builder, vector, context.cast(builder, values[1], bits, vector.element))
            return getattr(builder, instruction)(values[0], count)

        return vector(vector, bits), emit

    return shift


shift_left = _shift("shl")
"""Each lane shifted by so many bits, fewer than it has."""

shift_right = _shift("lshr")
"""The same the other way."""


@_intrinsic
def spread(typing: Any, word: Any) -> Any:
    """A vector of bytes, 255 where the word's bit is 1 and 0 where it is 0."""
    vector = Vector(types.uint8)

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        bits = builder.bitcast(values[0], ir.VectorType(ir.IntType(1), vector.lanes))
        return builder.sext(bits, vector.llvm)

    return vector(types.uint64), emit


@_intrinsic
def at_least(typing: Any, a: Any, b: Any) -> Any:
    """A word whose bit i says a ≥ b in lane i."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        bits = builder.icmp_unsigned(">=", *values)
        word = builder.bitcast(bits, ir.IntType(a.lanes))
        return builder.zext(word, ir.IntType(64)) if a.lanes < 64 else word

    return types.uint64(a, b), emit


@compiled
def vectors(n: int, like: NDArray[Any]) -> NDArray[Any]:
    """Room for n vectors of the elements of `like`, each in one line of the cache."""
    array = np.empty((n + 1) * lanes(like), dtype=like.dtype)
    skip = -array.ctypes.data % (BITS // 8) // like.itemsize
    return array[skip : skip + n * lanes(like)]


@compiled
def transpose(words: NDArray[np.uint64], start: int) -> None:
    """Transpose the 64 × 64 bits that each lane of 64 vectors holds, in place.

    The blocks of bits off the diagonal change places, first of 32 × 32 bits and at last of one.
    """
    for step in range(6):
        j = 32 >> step
        low = splat(LOW_HALVES[step])
        for pair in range(0, 64, 2 * j):
            for row in range(pair, pair + j):
                here, there = start + row * WORDS, start + (row + j) * WORDS
                a, b = load(words, here), load(words, there)
                change = (shift_right(a, j) ^ b) & low
                store(words, here, a ^ shift_left(change, j))
                store(words, there, b ^ change)
