"""The boundary: what comes in is an array of real numbers, or an error that says why not."""

import operator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]


def as_float_array(name: str, value: ArrayLike, *, ndim: int | None = None) -> FloatArray:
    """Return `value` as float32 or float64; integers become float64, so nothing wraps."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        msg = f"{name} must be a rectangular array of real numbers, got {value!r}"
        raise ValueError(msg) from error
    if array.dtype.kind not in "biuf" or array.dtype == np.longdouble:
        msg = f"{name} must hold real numbers (float32, float64 or integers), got {value!r}"
        raise TypeError(msg)
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if ndim is not None and array.ndim != ndim:
        msg = f"{name} must have {ndim} dimension(s), got shape {array.shape}"
        raise ValueError(msg)
    return array


def require_finite(name: str, array: FloatArray) -> None:
    """Raise ValueError at the first entry that is infinite or not a number."""
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        msg = f"{name} must be finite, got {array[index]} at index {index}"
        raise ValueError(msg)


def as_positive_int(name: str, value: object) -> int:
    """Return `value` as an int of at least 1; booleans and fractions are refused."""
    if isinstance(value, bool | np.bool_):
        msg = f"{name} must be an integer, got {value!r}"
        raise TypeError(msg)
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError as error:
        msg = f"{name} must be an integer, got {value!r}"
        raise TypeError(msg) from error
    if number < 1:
        msg = f"{name} must be at least 1, got {number}"
        raise ValueError(msg)
    return number


def as_real(name: str, value: object, *, above: float | None = None) -> float:
    """Return `value` as a finite float, larger than `above` where that is given."""
    if isinstance(value, bool | np.bool_ | str | bytes):
        msg = f"{name} must be a real number, got {value!r}"
        raise TypeError(msg)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        msg = f"{name} must be a real number, got {value!r}"
        raise TypeError(msg) from error
    if not np.isfinite(number) or (above is not None and number <= above):
        wanted = "finite" if above is None else f"finite and larger than {above:g}"
        msg = f"{name} must be {wanted}, got {value!r}"
        raise ValueError(msg)
    return number
