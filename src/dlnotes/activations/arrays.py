"""The one boundary where arrays enter and leave this package, and where bad ones are named."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FloatArray", "common_dtype", "normalised_axis", "real_array"]

type_name = operator.attrgetter("__name__")

#: What every function of the package returns.
FloatArray = npt.NDArray[np.floating[Any]]

_KEPT = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))


def real_array(x: npt.ArrayLike, name: str = "x") -> FloatArray:
    """Read an argument as an array of real floating-point numbers.

    Parameters
    ----------
    x : array_like
        Any shape. Half, single and double precision are kept as they are; integers and
        booleans are promoted to double precision, so that nothing wraps around.
    name : str, default: "x"
        How the argument is called in an error message.

    Returns
    -------
    numpy.ndarray
        The same numbers, of dtype float16, float32 or float64.

    Raises
    ------
    TypeError
        If the numbers are complex, longer than double precision, or no numbers at all.
    ValueError
        If the argument is a ragged nest of lists.

    Examples
    --------
    >>> from dlnotes.activations.arrays import real_array
    >>> real_array([1, 2, 3])
    array([1., 2., 3.])
    >>> real_array(1j)
    Traceback (most recent call last):
    ...
    TypeError: x has dtype complex128 (first entry 1j); give real numbers
    """
    try:
        array = np.asarray(x)
    except ValueError as error:
        msg = f"{name} is not a rectangular array ({error}); give every row the same length"
        raise ValueError(msg) from None
    native = array.dtype.newbyteorder("=")
    if native in _KEPT:
        return array.astype(native, copy=False)
    if array.dtype.kind in "bui":
        return array.astype(np.float64)
    first = f" (first entry {array.ravel()[:1].tolist()[0]!r})" if array.size else ""
    wanted = "real numbers"
    if array.dtype.kind == "f":
        wanted = "float64 numbers; a longer type would silently lose digits here"
    msg = f"{name} has dtype {array.dtype}{first}; give {wanted}"
    raise TypeError(msg)


def common_dtype(*arrays: FloatArray) -> np.dtype[np.floating[Any]]:
    """Return the precision in which a result of several arrays is handed back.

    Parameters
    ----------
    *arrays : numpy.ndarray
        Arrays that passed `real_array`.

    Returns
    -------
    numpy.dtype
        The widest of their dtypes.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.arrays import common_dtype
    >>> common_dtype(np.zeros(2, np.float32), np.zeros(2, np.float64))
    dtype('float64')
    """
    return np.result_type(*(array.dtype for array in arrays))


def normalised_axis(axis: int, array: FloatArray, name: str = "x") -> int:
    """Check an axis against an array and count it from the front.

    Parameters
    ----------
    axis : int
        The axis, negative to count from the back.
    array : numpy.ndarray
        The array that has it.
    name : str, default: "x"
        How the array is called in an error message.

    Returns
    -------
    int
        The same axis, not negative.

    Raises
    ------
    TypeError
        If the axis is not an integer.
    ValueError
        If the array has no such axis, or has no entries along it.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.arrays import normalised_axis
    >>> normalised_axis(-1, np.zeros((4, 3)))
    1
    >>> normalised_axis(2, np.zeros((4, 3)))
    Traceback (most recent call last):
    ...
    ValueError: axis 2 is out of range for x of shape (4, 3); choose one from -2 to 1
    """
    try:
        index = operator.index(axis)
    except TypeError:
        msg = f"axis must be an integer, not {axis!r} of type {type_name(type(axis))}"
        raise TypeError(msg) from None
    if array.ndim == 0:
        msg = f"{name} is a single number ({array[()]!r}); a vector function needs an axis"
        raise ValueError(msg)
    if not -array.ndim <= index < array.ndim:
        msg = (
            f"axis {index} is out of range for {name} of shape {array.shape}; "
            f"choose one from {-array.ndim} to {array.ndim - 1}"
        )
        raise ValueError(msg)
    index %= array.ndim
    if array.shape[index] == 0:
        msg = f"axis {axis} of {name} is empty (shape {array.shape}); give at least one entry"
        raise ValueError(msg)
    return index
