"""A correlation as a matrix: of the kernel, of the image, and of rank one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution._arguments import Pair, as_image, as_kernel, as_shape
from dlnotes.convolution.boundaries import gather
from dlnotes.convolution.filtering import plan_for

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes._arguments import FloatArray

__all__ = ["im2col", "separable_factors", "toeplitz_matrix"]


def toeplitz_matrix(
    kernel: npt.ArrayLike,
    shape: Pair,
    boundary: str = "constant",
    *,
    mode: str = "same",
    anchor: Pair | None = None,
) -> FloatArray:
    """Return the matrix by which correlation with a kernel multiplies the image's pixels.

    Pixels are numbered row by row, so that
    ``toeplitz_matrix(kernel, x.shape) @ x.ravel()`` is ``correlate(x, kernel).ravel()``.
    Under ``boundary="constant"`` the matrix is block Toeplitz with Toeplitz blocks, under
    ``"wrap"`` block circulant with circulant blocks. Its transpose carries gradients back.

    Parameters
    ----------
    kernel : array_like, shape (h, w)
        The weights.
    shape : pair of int
        Rows and columns of the image.
    boundary, mode : str
        As for :func:`dlnotes.convolution.correlate`; outside lies zero under ``constant``.
    anchor : pair of int, optional
        As for :func:`dlnotes.convolution.correlate`.

    Returns
    -------
    ndarray, shape (output pixels, image pixels)
        Dense: an image of n pixels needs n squared numbers.

    Raises
    ------
    TypeError, ValueError
        As :func:`dlnotes.convolution.correlate`.

    Examples
    --------
    >>> toeplitz_matrix([[1, -2, 1]], (1, 4), "wrap")
    array([[-2.,  1.,  0.,  1.],
           [ 1., -2.,  1.,  0.],
           [ 0.,  1., -2.,  1.],
           [ 1.,  0.,  1., -2.]])
    """
    weights = as_kernel(kernel)
    sizes = as_shape(shape, "shape")
    blank = np.empty(sizes, dtype=weights.dtype)
    plan = plan_for(blank, (weights.shape[0], weights.shape[1]), boundary, mode, anchor, 0.0)
    height, width = plan.output
    matrix = np.zeros((height * width, sizes[0] * sizes[1]), dtype=weights.dtype)
    outputs = np.arange(height * width).reshape(height, width)
    for a, b in np.argwhere(weights):
        rows = plan.rows[a : a + height, np.newaxis]
        columns = plan.columns[np.newaxis, b : b + width]
        inside = (rows >= 0) & (columns >= 0)
        inputs = rows * sizes[1] + columns
        # Near an edge several taps may read the same pixel, hence add, not assign.
        np.add.at(matrix, (outputs[inside], inputs[inside]), weights[a, b])
    return matrix


def im2col(
    image: npt.ArrayLike,
    kernel_shape: Pair,
    *,
    boundary: str = "constant",
    mode: str = "same",
    anchor: Pair | None = None,
    fill_value: float = 0.0,
) -> FloatArray:
    """Lay the window under the kernel at every output pixel into a row of a matrix.

    ``im2col(x, k.shape) @ k.ravel()`` is ``correlate(x, k).ravel()``: the same product as
    :func:`dlnotes.convolution.toeplitz_matrix` with the roles of image and kernel
    exchanged.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        The image.
    kernel_shape : pair of int
        Rows and columns of the window.
    boundary, mode : str
        As for :func:`dlnotes.convolution.correlate`.
    anchor : pair of int, optional
        As for :func:`dlnotes.convolution.correlate`.
    fill_value : float
        What lies outside under ``boundary="constant"``.

    Returns
    -------
    ndarray, shape (..., output pixels, h * w)
        One window a row, a copy.

    Raises
    ------
    TypeError, ValueError
        As :func:`dlnotes.convolution.correlate`.

    Examples
    --------
    >>> im2col([[1, 2, 3], [4, 5, 6]], (2, 2), mode="valid")
    array([[1., 2., 4., 5.],
           [2., 3., 5., 6.]])
    """
    array = as_image(image)
    taps = as_shape(kernel_shape, "kernel_shape")
    plan = plan_for(array, taps, boundary, mode, anchor, fill_value)
    extended = gather(array, plan.rows, plan.columns, plan.fill_value)
    windows = np.lib.stride_tricks.sliding_window_view(extended, taps, axis=(-2, -1))
    pixels = plan.output[0] * plan.output[1]
    # A window of one pixel would otherwise come back as a read-only view.
    return np.array(windows.reshape((*array.shape[:-2], pixels, taps[0] * taps[1])))


def separable_factors(
    kernel: npt.ArrayLike, *, tolerance: float | None = None
) -> tuple[FloatArray, FloatArray]:
    """Split a kernel of rank one into a column times a row.

    Correlating with the column and then with the row costs h + w multiplications a pixel
    instead of h times w.

    Parameters
    ----------
    kernel : array_like, shape (h, w)
        The weights.
    tolerance : float, optional
        Largest second singular value, as a fraction of the first, that counts as zero.
        The default is ``max(h, w)`` times the type's machine epsilon.

    Returns
    -------
    column : ndarray, shape (h, 1)
        Its largest weight is positive and equals the largest magnitude in the row.
    row : ndarray, shape (1, w)
        ``column @ row`` is the kernel up to rounding.

    Raises
    ------
    TypeError, ValueError
        If the kernel is not a finite table of numbers, or its rank is larger than one.

    Examples
    --------
    >>> column, row = separable_factors([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    >>> (column / column[0]).round(6).ravel(), (row / row[0, 2]).round(6).ravel() + 0.0
    (array([1., 2., 1.]), array([-1.,  0.,  1.]))
    """
    weights = as_kernel(kernel)
    limit = tolerance
    if limit is None:
        limit = max(weights.shape) * float(np.finfo(weights.dtype).eps)
    elif not limit >= 0:
        msg = f"tolerance={tolerance!r} must not be negative"
        raise ValueError(msg)
    scale = np.abs(weights).max()
    if scale == 0:
        return np.zeros_like(weights[:, :1]), np.zeros_like(weights[:1])
    # Scaled first, so that neither tiny nor huge weights leave the range of the type.
    left, values, right = np.linalg.svd(weights / scale, full_matrices=False)
    kept = values[values > limit * values[0]]
    if len(kept) > 1:
        msg = (
            f"kernel of shape {weights.shape} has rank {len(kept)} (singular values "
            f"{np.array2string(scale * kept, precision=4)}); only a kernel of rank one "
            "is a column times a row"
        )
        raise ValueError(msg)
    column, row = left[:, :1], values[0] * right[:1]
    peak = column[np.argmax(np.abs(column) > 0.999 * np.abs(column).max())]
    balance = np.sqrt(np.abs(row).max() / np.abs(column).max()) * np.sign(peak)
    size = np.sqrt(scale)
    return column * (balance * size), row / balance * size
