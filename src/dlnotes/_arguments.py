"""The boundary of the package: arguments are read here, and errors about them are worded here.

A topic that needs more than real arrays, integers, real numbers and axes keeps that beside its
own functions and builds it on these.
"""

from __future__ import annotations

import operator
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FloatArray",
    "as_floats",
    "as_integer",
    "as_real",
    "excerpt",
    "normalised_axis",
    "require_finite",
]

#: What the functions of the package return.
FloatArray: TypeAlias = NDArray[np.floating[Any]]

_WIDEST_EXCERPT = 60


def as_floats(
    value: ArrayLike,
    name: str,
    *,
    ndim: int | None = None,
    half: bool = False,
    wanted: str = "a rectangular array of real numbers",
) -> FloatArray:
    """Read an argument as an array of real floating-point numbers.

    Parameters
    ----------
    value : array_like
        Any shape. Single and double precision are kept; integers and booleans become double
        precision, so that nothing wraps around.
    name : str
        How the argument is called in an error message.
    ndim : int, optional
        The number of axes that it must have.
    half : bool, default: False
        Whether half precision is kept too; otherwise it becomes single precision.
    wanted : str, optional
        What would be right, for the message of the error.

    Returns
    -------
    numpy.ndarray
        The same numbers, in the byte order of the machine.

    Raises
    ------
    TypeError
        If the numbers are complex, longer than double precision, or no numbers at all.
    ValueError
        If the argument is a ragged nest of lists, or has another number of axes.

    Examples
    --------
    >>> from dlnotes._arguments import as_floats
    >>> as_floats([1, 2, 3], "x")
    array([1., 2., 3.])
    >>> as_floats(1j, "x")
    Traceback (most recent call last):
    ...
    TypeError: x must be a rectangular array of real numbers, got dtype complex128 (1j)
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        msg = f"{name} must be {wanted}, got ragged rows{_row_lengths(value)}"
        raise ValueError(msg) from error
    kind = array.dtype.newbyteorder("=")
    if kind == np.float16:
        kind = np.dtype(np.float16 if half else np.float32)
    elif kind.kind in "bui":
        kind = np.dtype(np.float64)
    elif kind not in (np.float32, np.float64):
        msg = f"{name} must be {wanted}, got dtype {array.dtype} ({excerpt(value)})"
        if kind.kind == "f":
            msg += "; a type longer than float64 would silently lose digits here"
        raise TypeError(msg)
    if ndim is not None and array.ndim != ndim:
        msg = f"{name} must have {ndim} dimension(s), got shape {array.shape}"
        raise ValueError(msg)
    return array.astype(kind, copy=False)


def require_finite(array: FloatArray, name: str) -> None:
    """Refuse an array that has an infinite entry, or one that is not a number.

    Parameters
    ----------
    array : numpy.ndarray
        What `as_floats` returned.
    name : str
        How the argument is called in an error message.

    Raises
    ------
    ValueError
        With the first such entry and its index.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes._arguments import require_finite
    >>> require_finite(np.array([[1.0, np.nan]]), "weight")
    Traceback (most recent call last):
    ...
    ValueError: weight must be finite, got weight[0, 1] = nan
    """
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        place = f"[{', '.join(map(str, index))}]" if index else ""
        msg = f"{name} must be finite, got {name}{place} = {array[index]}"
        raise ValueError(msg)


def as_integer(
    value: object, name: str, *, least: int | None = None, most: int | None = None
) -> int:
    """Read an argument as an integer; booleans and fractions are refused.

    Parameters
    ----------
    value : int
        Anything with ``__index__``.
    name : str
        How the argument is called in an error message.
    least, most : int, optional
        The bounds, both included.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If it is out of bounds.

    Examples
    --------
    >>> from dlnotes._arguments import as_integer
    >>> as_integer(0, "depth", least=1)
    Traceback (most recent call last):
    ...
    ValueError: depth must be at least 1, got depth=0
    """
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(cast("int", value))
    except TypeError:
        msg = f"{name} must be an integer, got {value!r}"
        raise TypeError(msg) from None
    if (least is not None and number < least) or (most is not None and number > most):
        bounds = " and ".join(
            f"{word} {bound}"
            for word, bound in (("at least", least), ("at most", most))
            if bound is not None
        )
        msg = f"{name} must be {bounds}, got {name}={number}"
        raise ValueError(msg)
    return number


def as_real(value: object, name: str, *, above: float | None = None) -> float:
    """Read an argument as one finite real number.

    Parameters
    ----------
    value : float
        Anything that `float` takes, but for text and booleans.
    name : str
        How the argument is called in an error message.
    above : float, optional
        What it must be larger than.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it is not finite, or too small.

    Examples
    --------
    >>> from dlnotes._arguments import as_real
    >>> as_real(-1, "rate", above=0)
    Traceback (most recent call last):
    ...
    ValueError: rate must be finite and larger than 0, got -1
    """
    try:
        if isinstance(value, bool | np.bool_ | str | bytes):
            raise TypeError
        number = float(cast("float", value))
    except (TypeError, ValueError):
        msg = f"{name} must be a real number, got {value!r}"
        raise TypeError(msg) from None
    if not np.isfinite(number) or (above is not None and number <= above):
        wanted = "finite" if above is None else f"finite and larger than {above:g}"
        msg = f"{name} must be {wanted}, got {value!r}"
        raise ValueError(msg)
    return number


def normalised_axis(axis: int, array: FloatArray, name: str) -> int:
    """Check an axis against an array and count it from the front.

    Parameters
    ----------
    axis : int
        The axis, negative to count from the back.
    array : numpy.ndarray
        The array that has it.
    name : str
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
    >>> from dlnotes._arguments import normalised_axis
    >>> normalised_axis(-1, np.zeros((4, 3)), "x")
    1
    >>> normalised_axis(2, np.zeros((4, 3)), "x")
    Traceback (most recent call last):
    ...
    ValueError: axis 2 is out of range for x of shape (4, 3); choose one from -2 to 1
    """
    index = as_integer(axis, "axis")
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


def excerpt(value: object) -> str:
    """Return a value as it is written, cut where it would fill the message.

    Parameters
    ----------
    value : object
        What somebody passed.

    Returns
    -------
    str
        At most sixty characters on one line.

    Examples
    --------
    >>> from dlnotes._arguments import excerpt
    >>> excerpt([1, 2])
    '[1, 2]'
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= _WIDEST_EXCERPT else f"{text[: _WIDEST_EXCERPT - 3]}..."


def _row_lengths(value: object) -> str:
    try:
        return f" of lengths {[len(row) for row in cast('Any', value)]}"
    except TypeError:
        return ""
