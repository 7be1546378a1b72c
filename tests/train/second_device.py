"""A device that any machine has: real values, out of the reach of operations in memory.

It stands for a GPU. An operation that mixes it with memory, or that looks into its values without
fetching them, fails as it would there. PyTorch lets a process have one device of its own; it is
registered before the first gradient, so that it takes a process of its own.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "second"
_setup_privateuseone_for_python_backend(NAME)

aten = torch.ops.aten
MOVES = (aten._to_copy.default, aten.copy_.default)
WAITS = (aten._local_scalar_dense.default, aten.nonzero.default)  # and each move into memory


class OnSecond(Tensor):
    """A tensor of the second device, whose values are those of `held`."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> "OnSecond":
        return Tensor._make_wrapper_subclass(
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device=f"{NAME}:0",
        )

    def __init__(self, held: Tensor) -> None:
        self.held = held

    @classmethod
    def __torch_dispatch__(cls, operation, types, arguments=(), options=None):
        return _run(operation, arguments, options or {})


class SecondDevice(TorchDispatchMode):
    """Within it, tensors may be made on the device; `waits` counts how often memory waited for it.

    It would by a value that it asks for, or by a number of entries that is the shape of a tensor.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0

    def __torch_dispatch__(self, operation, types, arguments=(), options=None):
        result = _run(operation, arguments, options or {})
        if any(isinstance(each, OnSecond) for each in tree_leaves(arguments)):
            moved = operation in MOVES and not isinstance(result, OnSecond)
            self.waits += operation in WAITS or moved
        return result


def _run(operation: Callable[..., Any], arguments: Any, options: dict[str, Any]) -> Any:
    tensors = [each for each in tree_leaves((arguments, options)) if isinstance(each, Tensor)]
    there = [each for each in tensors if isinstance(each, OnSecond)]
    in_memory = [each for each in tensors if not isinstance(each, OnSecond)]
    changes = operation._schema.is_mutable
    mixed = any(each.dim() or (changes and each is arguments[0]) for each in in_memory)
    if there and mixed and operation not in MOVES:
        raise RuntimeError(f"{operation} of tensors in memory and of tensors on a device")
    target = options.get("device")
    ends_there = bool(there) if target is None else torch.device(target).type == NAME
    if operation is aten.copy_.default:
        ends_there = isinstance(arguments[0], OnSecond)
    if target is not None:
        options = options | {"device": "cpu"}
    held = tree_map_only(OnSecond, lambda tensor: tensor.held, (arguments, options))
    result = operation(*held[0], **held[1])
    if changes:
        return arguments[0] if isinstance(result, Tensor) else result
    return tree_map_only(Tensor, OnSecond, result) if ends_there else result
