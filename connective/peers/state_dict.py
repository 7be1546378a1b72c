"""The named arrays of a model, from NPZ, safetensors or a PyTorch file; nothing is executed."""

import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective.archive import MAX_BYTES, open_archive
from connective.errors import InputError

REMEDY = "save the model's state_dict again with numpy.savez, safetensors or torch.save"


@dataclass(frozen=True)
class StateDict:
    """Arrays by name; those that are not as they are asked for raise `InputError`."""

    arrays: dict[str, NDArray[Any]]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def array(self, name: str, shape: tuple[int | None, ...], *, kinds: str) -> NDArray[Any]:
        """A finite array of one of NumPy's `kinds`; None in `shape` stands for any length."""
        if name not in self.arrays:
            raise InputError(f"{name} is missing")
        array = self.arrays[name]
        if len(array.shape) != len(shape) or any(
            wanted not in (None, length) for wanted, length in zip(shape, array.shape, strict=True)
        ):
            wanted = " × ".join("any" if length is None else str(length) for length in shape)
            raise InputError(
                f"{name} has shape {list(array.shape)}, expected {wanted or 'one number'}"
            )
        if array.dtype.kind not in kinds:
            expected = "integers" if "f" not in kinds else "numbers"
            raise InputError(f"{name} holds {array.dtype}, expected {expected}")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise InputError(f"{name} holds a NaN or an infinity: training has failed")
        return array

    def indices(self, name: str, shape: tuple[int | None, ...], bound: int) -> NDArray[np.int64]:
        """Integers from 0 to below `bound`."""
        array = self.array(name, shape, kinds="iu")
        if array.size and (array.min() < 0 or array.max() >= bound):
            wrong = array.min() if array.min() < 0 else array.max()
            raise InputError(f"{name} holds {wrong}, expected 0 to {bound - 1}")
        return array.astype(np.int64)

    def integer(self, name: str) -> int | None:
        """One integer, if there is that name."""
        return int(self.array(name, (), kinds="iu")) if name in self else None

    def number(self, name: str) -> float | None:
        """One number, if there is that name."""
        return float(self.array(name, (), kinds="iuf")) if name in self else None

    def layers(self, parameters: Collection[str], others: Collection[str] = ()) -> list[str]:
        """Names of the layers in order, from the keys NAME.PARAMETER that are not in `others`."""
        pattern = re.compile(rf"(.*?)(\d{{1,9}})\.({'|'.join(map(re.escape, parameters))})")
        found = set()
        for key in self.arrays:
            if key in others:
                continue
            match = pattern.fullmatch(key)
            if match is None:
                raise InputError(f"{key!r:.80} is not known, a layer has {', '.join(parameters)}")
            found.add((match[1], int(match[2]), match[1] + match[2]))
        if len(stems := {stem for stem, _, _ in found}) > 1:
            shown = " and ".join(repr(stem) for stem in sorted(stems)[:2])
            raise InputError(
                f"layers stand under {shown}, so their order is not known: save the state_dict of "
                "one Sequential"
            )
        return [name for _, _, name in sorted(found)]


def read_arrays(path: Path) -> StateDict:
    """All arrays of a .npz, .safetensors, .pt or .pth file; anything else raises `InputError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: is larger than the {MAX_BYTES} bytes that are read")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    read = {".npz": _from_npz, ".safetensors": _from_safetensors}.get(path.suffix, _from_torch)
    arrays = read(path)
    if not arrays:
        raise InputError(f"{path}: holds no arrays: {REMEDY}")
    return StateDict(arrays)


def _from_npz(path: Path) -> dict[str, NDArray[Any]]:
    with open_archive(path, what="state_dict as .npz", remedy=REMEDY) as archive:
        return {name: archive.array(name, kinds="biuf") for name in archive.array_names}


def _from_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(path.read_bytes())
    except KeyError as error:
        raise InputError(
            f"{path}: holds {error.args[0]}, which NumPy lacks: save the model as float32"
        ) from None
    except (SafetensorError, ValueError) as error:
        raise InputError(f"{path}: not safetensors, or damaged ({error}): {REMEDY}") from None


def _from_torch(path: Path) -> dict[str, NDArray[Any]]:
    import torch

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > MAX_BYTES:
            raise InputError(f"{path}: unpacks to {size} bytes, more than {MAX_BYTES}")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except InputError:
        raise
    except Exception as error:  # the unpickler lets through whatever a hostile file provokes
        reason = str(error).partition("\n")[0].partition(". ")[0]
        raise InputError(f"{path}: not a file of weights alone ({reason}): {REMEDY}") from None
    named = _named(content)
    arrays = {}
    for name, value in named.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor | int):
            raise InputError(f"{path}: {name!r:.80} is no tensor: {REMEDY}")
        if isinstance(value, torch.Tensor) and value.nbytes > MAX_BYTES:
            raise InputError(f"{path}: {name!r:.80} is {value.nbytes} bytes, more than {MAX_BYTES}")
        try:
            arrays[name] = np.asarray(value.detach() if isinstance(value, torch.Tensor) else value)
        except (RuntimeError, TypeError) as error:
            raise InputError(f"{path}: {name!r:.80}: {error}: save it as float32") from None
    return arrays


def _named(content: object) -> dict[Any, Any]:
    """The values by name, those of a dwn2rtl checkpoint gathered from its parts."""
    if not isinstance(content, dict):
        return {"the content": content}
    if not isinstance(content.get("state_dict"), dict):
        return content
    named = dict(content["state_dict"])
    for part, name in (("thermometer", "thresholds"), ("config", "num_classes")):
        if isinstance(section := content.get(part), dict) and name in section:
            named[name] = section[name]
    return named
