"""Test pictures whose correct answer is known before the filter runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution._arguments import Pair, as_shape

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["checkerboard", "impulse", "step_edge", "zone_plate"]


def impulse(shape: Pair) -> npt.NDArray[np.float64]:
    """Return an image of zeros with a one in the middle, at ``(rows // 2, columns // 2)``.

    Parameters
    ----------
    shape : pair of int
        Rows and columns.

    Returns
    -------
    ndarray, shape `shape`
        The impulse.

    Raises
    ------
    TypeError, ValueError
        If `shape` is not a pair of positive integers.

    Examples
    --------
    >>> impulse((3, 3))
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    rows, columns = as_shape(shape, "shape")
    image = np.zeros((rows, columns))
    image[rows // 2, columns // 2] = 1
    return image


def step_edge(shape: Pair, angle: float = 0.0) -> npt.NDArray[np.float64]:
    """Return an image that is 0 on one side of a straight line and 1 on the other.

    Parameters
    ----------
    shape : pair of int
        Rows and columns.
    angle : float
        Direction from dark to bright in radians, from the right-hand direction downwards;
        0 is dark left and bright right.

    Returns
    -------
    ndarray, shape `shape`
        The edge, through the middle of the image.

    Raises
    ------
    TypeError, ValueError
        If `shape` is not a pair of positive integers.

    Examples
    --------
    >>> step_edge((2, 4))
    array([[0., 0., 1., 1.],
           [0., 0., 1., 1.]])
    """
    rows, columns = as_shape(shape, "shape")
    i, j = np.ogrid[:rows, :columns]
    along = (j - (columns - 1) / 2) * np.cos(angle) + (i - (rows - 1) / 2) * np.sin(angle)
    return np.where(along >= -1e-9, 1.0, 0.0)


def checkerboard(shape: Pair, size: int = 1) -> npt.NDArray[np.float64]:
    """Return squares of `size` pixels, alternately 0 and 1.

    Parameters
    ----------
    shape : pair of int
        Rows and columns.
    size : int
        Side of a square in pixels; 1 gives the highest frequency a grid can hold.

    Returns
    -------
    ndarray, shape `shape`
        The board; its first square is 0.

    Raises
    ------
    TypeError, ValueError
        If `shape` is not a pair of positive integers or `size` is not positive.

    Examples
    --------
    >>> checkerboard((2, 4))
    array([[0., 1., 0., 1.],
           [1., 0., 1., 0.]])
    """
    rows, columns = as_shape(shape, "shape")
    if size < 1:
        msg = f"size={size!r} must be at least 1"
        raise ValueError(msg)
    i, j = np.ogrid[:rows, :columns]
    return np.where((i // size + j // size) % 2 == 1, 1.0, 0.0)


def zone_plate(size: int) -> npt.NDArray[np.float64]:
    """Return rings whose frequency grows from zero in the centre to pi at the edge's middle.

    At the distance r from the centre the local frequency is ``pi * r / (size / 2)`` radians
    a pixel, directed outwards, so that the picture is a map of the frequency plane: what a
    kernel does to the frequency (u, v) is seen at the place (u, v).

    Parameters
    ----------
    size : int
        Rows and columns.

    Returns
    -------
    ndarray, shape (size, size)
        Values between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If `size` is not a positive integer.

    Examples
    --------
    >>> zone_plate(4).round(3)
    array([[1.   , 0.146, 0.   , 0.146],
           [0.146, 0.5  , 0.854, 0.5  ],
           [0.   , 0.854, 1.   , 0.854],
           [0.146, 0.5  , 0.854, 0.5  ]])
    """
    rows, _ = as_shape((size, size), "size")
    i = np.arange(rows) - rows // 2
    squared = i[:, np.newaxis] ** 2 + i**2
    # d/dr of pi r^2 / size is 2 pi r / size: pi at r = size / 2.
    return (1 + np.cos(np.pi * squared / rows)) / 2
