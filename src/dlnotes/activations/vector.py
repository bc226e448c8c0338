"""What functions of a whole vector have in common: axes, batches, Jacobians and their products.

A function says what it does to the last axis of an array. This module reads the arguments,
moves the axis there and back, and goes through large arrays in blocks of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes._arguments import FloatArray, as_floats, normalised_axis
from dlnotes.activations.blocks import BLOCK_BYTES, blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from dlnotes.activations.precise import Array

__all__ = ["VectorFunction"]


class VectorFunction:
    """A function of the entries along one axis, with its Jacobian.

    A subclass defines `_value`, `_jacobian` and `_vjp` along the last axis, the latter two on
    double-precision arrays.

    Parameters
    ----------
    name : str
        What it is called.

    Examples
    --------
    >>> from dlnotes.activations import softmax
    >>> softmax
    <vector function softmax>
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<vector function {self.name}>"

    def __call__(self, x: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        """Evaluate the function along an axis.

        Parameters
        ----------
        x : array_like
            Real numbers, of at least one dimension.
        axis : int, default: -1
            The axis of length ``K`` that holds the vectors.

        Returns
        -------
        numpy.ndarray
            In the precision of `x`, with the values along the same axis.

        Raises
        ------
        TypeError
            If `x` is not real or `axis` no integer.
        ValueError
            If `axis` is out of range or empty.
        """
        return self._call(self._value, x, axis)

    def jacobian(self, x: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        r"""Return all partial derivatives, the off-diagonal ones included.

        Parameters
        ----------
        x : array_like
            Real numbers, of at least one dimension.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            The other axes of `x` in their order, then an axis for the values (unless there is
            just one), then one of length ``K`` for the arguments.

        Raises
        ------
        TypeError, ValueError
            As for a call.
        """
        array, rows, _ = self._read(x, axis)
        with np.errstate(all="ignore"):
            return self._jacobian(rows.astype(np.float64)).astype(array.dtype)

    def vjp(self, x: npt.ArrayLike, cotangent: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        """Multiply a row vector by the Jacobian without forming the Jacobian.

        Parameters
        ----------
        x : array_like
            Real numbers, of at least one dimension.
        cotangent : array_like
            Derivatives of a loss by the values, of their shape.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            Derivatives of that loss by `x`, of its shape, in time and memory proportional to
            its size.

        Raises
        ------
        TypeError, ValueError
            As for a call, and if the cotangent has not the shape of the values.
        """
        array, rows, axis = self._read(x, axis)
        v = as_floats(cotangent, "cotangent", half=True)
        shape = self._shape(array, axis)
        if v.shape != shape:
            msg = f"cotangent has shape {v.shape}; give it the shape of the values, {shape}"
            raise ValueError(msg)
        wide = v.astype(np.float64)
        wide = np.moveaxis(wide, axis, -1) if v.ndim == array.ndim else wide[..., None]
        with np.errstate(all="ignore"):
            out = self._vjp(rows.astype(np.float64), wide)
            return np.moveaxis(out.astype(np.result_type(array, v)), -1, axis)

    # What a subclass defines ---------------------------------------------------------------

    def _value(self, rows: Array) -> Array:
        raise NotImplementedError

    def _jacobian(self, rows: Array) -> Array:
        raise NotImplementedError

    def _vjp(self, rows: Array, v: Array) -> Array:
        raise NotImplementedError

    def _shape(self, array: FloatArray, axis: int) -> tuple[int, ...]:
        """Return the shape of the values; that of the argument if nothing else is said."""
        del axis
        return array.shape

    # What they all share -------------------------------------------------------------------

    def _read(self, x: npt.ArrayLike, axis: int) -> tuple[FloatArray, Array, int]:
        array = as_floats(x, "x", half=True)
        axis = normalised_axis(axis, array, "x")
        return array, np.moveaxis(array, axis, -1), axis

    def _call(self, value: Callable[[Array], Array], x: npt.ArrayLike, axis: int) -> FloatArray:
        _, rows, axis = self._read(x, axis)
        return np.moveaxis(_in_rows(value, rows), -1, axis)


def _in_rows(function: Callable[[Array], Array], rows: FloatArray) -> FloatArray:
    """Apply a function of rows to blocks of rows that stay in the cache."""
    length = rows.shape[-1]
    flat = np.ascontiguousarray(rows).reshape(-1, length)
    half = rows.dtype == np.float16
    count = max(1, BLOCK_BYTES // (rows.dtype.itemsize * length))
    out = None
    with np.errstate(all="ignore"):
        for block in blocks(len(flat), count):
            part = flat[block]
            values = function(part.astype(np.float32) if half else part)
            if out is None:
                out = np.empty((len(flat), values.shape[-1]), rows.dtype)
            out[block] = values
    assert out is not None
    return out.reshape(*rows.shape[:-1], out.shape[-1])
