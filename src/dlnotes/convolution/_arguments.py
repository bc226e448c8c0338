"""Images, kernels, pairs and anchors among the arguments: read here, errors worded here."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from dlnotes._arguments import FloatArray, as_floats, require_finite

if TYPE_CHECKING:
    import numpy.typing as npt

__all__: list[str] = []

Pair: TypeAlias = tuple[int, int]
#: Pixels outside: on all sides, (for rows, for columns), or ((above, below), (left, right)).
Padding: TypeAlias = int | Pair | tuple[Pair, Pair]

_KERNEL = "a rectangular table of real numbers, such as [[0, 0, 0], [0, 0, 1], [0, 0, 0]]"
_IMAGE = "a rectangular array of real numbers whose last two axes are rows and columns"


def as_image(image: npt.ArrayLike, name: str = "image") -> FloatArray:
    """Return the image as a floating array of at least two axes, rows and columns last."""
    array = as_floats(image, name, wanted=_IMAGE)
    if array.ndim < 2:
        msg = (
            f"{name} has shape {array.shape}; it needs at least two axes, "
            "(..., rows, columns). For one row of pixels write image[np.newaxis, :]"
        )
        raise ValueError(msg)
    if 0 in array.shape[-2:]:
        msg = f"{name} has shape {array.shape}; it needs at least one row and one column"
        raise ValueError(msg)
    return array


def as_kernel(kernel: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> FloatArray:
    """Return the kernel as a finite two-dimensional floating array."""
    array = as_floats(kernel, "kernel", wanted=_KERNEL)
    if array.ndim != 2:
        msg = f"kernel has shape {array.shape}; it needs exactly two axes, (rows, columns)"
        if array.ndim == 4:
            msg += "; kernels with channels go with conv2d"
        raise ValueError(msg)
    if array.size == 0:
        msg = f"kernel has shape {array.shape}; it needs at least one row and one column"
        raise ValueError(msg)
    return _as_type(array, "kernel", dtype)


def as_kernels(kernels: npt.ArrayLike, dtype: npt.DTypeLike) -> FloatArray:
    """Return the kernels of a layer as a finite floating array of four axes."""
    array = as_floats(kernels, "kernels")
    if array.ndim != 4 or array.size == 0:
        msg = (
            f"kernels have shape {array.shape}; a layer needs four axes, "
            "(channels out, channels in, rows, columns), none of them empty"
        )
        raise ValueError(msg)
    return _as_type(array, "kernels", dtype)


def _as_type(array: FloatArray, name: str, dtype: npt.DTypeLike | None) -> FloatArray:
    """Refuse weights that are not finite, or would not be in the type of the image."""
    require_finite(array, name)
    if dtype is None or array.dtype == dtype:
        return array
    with np.errstate(over="ignore", under="ignore"):
        narrow = array.astype(dtype)
    if not np.isfinite(narrow).all():
        msg = (
            f"{name} has weights up to {np.abs(array).max():g}, too large for the image's "
            f"dtype {np.dtype(dtype)}; pass the image as float64"
        )
        raise ValueError(msg)
    return cast("FloatArray", narrow)


def as_pair(value: object, name: str, *, least: int) -> Pair:
    """Return one integer, or a pair of them, as the pair (for rows, for columns)."""
    try:
        if isinstance(value, (tuple, list)):
            parts = tuple(index(part) for part in value)
        else:
            parts = (index(cast("int", value)),) * 2
    except TypeError as error:
        msg = f"{name}={value!r} must be an integer or a pair of integers (rows, columns)"
        raise TypeError(msg) from error
    if len(parts) != 2:
        msg = f"{name}={value!r} must have two entries, one for rows and one for columns"
        raise ValueError(msg)
    if min(parts) < least:
        msg = f"{name}={value!r} must be at least {least} in both directions"
        raise ValueError(msg)
    return parts[0], parts[1]


def as_padding(padding: object) -> tuple[Pair, Pair]:
    """Return what is added outside as ((above, below), (left, right))."""
    if isinstance(padding, (tuple, list)) and any(
        isinstance(side, (tuple, list)) for side in padding
    ):
        if len(padding) != 2:
            msg = f"padding={padding!r} must be ((above, below), (left, right))"
            raise ValueError(msg)
        return as_pair(padding[0], "padding", least=0), as_pair(padding[1], "padding", least=0)
    rows, columns = as_pair(padding, "padding", least=0)
    return (rows, rows), (columns, columns)


def as_shape(shape: object, name: str) -> Pair:
    """Return a (rows, columns) shape, both positive."""
    if not isinstance(shape, (tuple, list)):
        msg = f"{name}={shape!r} must be a pair (rows, columns)"
        raise TypeError(msg)
    return as_pair(shape, name, least=1)


def as_anchor(anchor: Pair | None, kernel_shape: Pair, mode: str) -> Pair:
    """Return the kernel index that lies on the output pixel; ``size // 2`` unless given."""
    if anchor is None:
        return kernel_shape[0] // 2, kernel_shape[1] // 2
    if mode != "same":
        msg = f"anchor={anchor!r} has no meaning in mode={mode!r}; it goes with mode='same'"
        raise ValueError(msg)
    row, column = as_pair(anchor, "anchor", least=0)
    if row >= kernel_shape[0] or column >= kernel_shape[1]:
        msg = f"anchor={anchor!r} lies outside the kernel of shape {kernel_shape}"
        raise ValueError(msg)
    return row, column
