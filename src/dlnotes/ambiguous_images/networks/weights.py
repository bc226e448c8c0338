"""Weights that somebody else wrote, read without running anybody's code.

Both formats are pickles, and a pickle is a program. The readers here allow the few names that
arrays are made of, and refuse every other.
"""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read_array_pickle", "read_torch_file"]

# PyTorch's first format: two numbers that say what the file is, what wrote it, the tensors as
# references to storages, the names of the storages, and then the storages themselves.
_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_STORAGES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


def read_torch_file(path: Path) -> dict[str, NDArray[Any]]:
    """Read the tensors of a file that PyTorch wrote in its format of before 2020.

    Parameters
    ----------
    path : pathlib.Path
        A file of ``torch.save`` with a state dictionary of 32-bit floats and 64-bit integers.

    Returns
    -------
    dict of str to numpy.ndarray
        The tensors by name, in the order of the file.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not such a file, is cut short, or asks for anything but tensors.

    Examples
    --------
    >>> import pathlib, pickle, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "weights.pth")
    ...     _ = file.write_bytes(pickle.dumps("not the magic number"))
    ...     read_torch_file(file)
    Traceback (most recent call last):
    ...
    ValueError: weights.pth must be a file of PyTorch's legacy format, it does not begin as one
    """
    with path.open("rb") as file:
        if _load(file, path)[0] != _MAGIC or _load(file, path)[0] != _PROTOCOL:
            msg = (
                f"{path.name} must be a file of PyTorch's legacy format, "
                "it does not begin as one"
            )
            raise ValueError(msg)
        _load(
            file, path
        )  # sizes of integers on the machine that wrote it; the storages repeat it
        (tensors, announced), (keys, _) = _load(file, path), _load(file, path)
        storages = {}
        for key in keys:
            dtype, length = announced[key]
            (stored,) = struct.unpack("<q", _exactly(file, 8, path))
            if stored != length:
                msg = f"{path.name} announces {length} numbers in storage {key}, holds {stored}"
                raise ValueError(msg)
            raw = _exactly(file, length * np.dtype(dtype).itemsize, path)
            storages[key] = np.frombuffer(raw, dtype)
    return {name: _strided(storages, *entry) for name, entry in tensors.items()}


def _strided(
    storages: dict[str, NDArray[Any]],
    key: str,
    offset: int,
    size: tuple[int, ...],
    stride: tuple[int, ...],
) -> NDArray[Any]:
    storage = storages[key]
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if offset < 0 or min((*size, *stride), default=0) < 0 or last >= len(storage):
        msg = f"a tensor of size {size} does not fit into storage {key} of {len(storage)}"
        raise ValueError(msg)
    steps = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, steps).copy()


def read_array_pickle(path: Path) -> Any:
    """Read a pickle that holds NumPy arrays in lists, tuples and dictionaries.

    Parameters
    ----------
    path : pathlib.Path
        The pickle; one of Python 2 is read too.

    Returns
    -------
    object
        The lists, tuples, dictionaries and arrays.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not a pickle, is cut short, or asks for anything but arrays.

    Examples
    --------
    >>> import os, pathlib, pickle, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "weights.pkl")
    ...     _ = file.write_bytes(pickle.dumps(os.getcwd))
    ...     read_array_pickle(file)
    Traceback (most recent call last):
    ...
    ValueError: weights.pkl cannot be read: it asks for posix.getcwd, which no array needs
    """
    with path.open("rb") as file:
        return _load(file, path)[0]


class _Unpickler(pickle.Unpickler):
    """Knows the names that arrays and tensors are made of, and no other."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="latin1")
        self.storages: dict[str, tuple[str, int]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        # NumPy 2 calls the module numpy._core; pickles older than it say numpy.core.
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): lambda key, offset, size, stride, *_: (
                key,
                offset,
                size,
                stride,
            ),
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
            ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
            ("numpy._core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
        }
        if (module, name) not in known:
            msg = f"it asks for {module}.{name}, which no array needs"
            raise pickle.UnpicklingError(msg)
        return known[module, name]

    def persistent_load(self, pid: Any) -> str:
        _, dtype, key, _, length = pid[:5]
        self.storages[key] = (dtype, length)
        return str(key)


def _load(file: IO[bytes], path: Path) -> tuple[Any, dict[str, tuple[str, int]]]:
    """Return what the next pickle of a file holds, and type and length of its storages."""
    unpickler = _Unpickler(file)
    try:
        return unpickler.load(), unpickler.storages
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, IndexError) as error:
        msg = f"{path.name} cannot be read: {error or 'it is cut short'}"
        raise ValueError(msg) from error


def _exactly(file: IO[bytes], count: int, path: Path) -> bytes:
    data = file.read(count)
    if len(data) < count:
        msg = f"{path.name} is cut short: {count} bytes were announced, {len(data)} are there"
        raise ValueError(msg)
    return data
