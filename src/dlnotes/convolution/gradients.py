"""Back-propagation through a correlation, and learning a kernel with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dlnotes._arguments import FloatArray, as_floats
from dlnotes.convolution._arguments import (
    Padding,
    Pair,
    as_image,
    as_kernel,
    as_shape,
)
from dlnotes.convolution.boundaries import gather, scatter
from dlnotes.convolution.filtering import output_shape, plan_for
from dlnotes.convolution.matrices import im2col

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes.convolution._engine import Plan

__all__ = ["CorrelationGradients", "KernelFit", "correlate_gradients", "fit_kernel"]


class CorrelationGradients(NamedTuple):
    """Gradients of a loss with respect to the two inputs of a correlation.

    Attributes
    ----------
    image : ndarray, shape (..., rows, columns)
        Gradient with respect to the image.
    kernel : ndarray, shape (h, w)
        Gradient with respect to the kernel, summed over the leading axes of the image.
    """

    image: FloatArray
    kernel: FloatArray


class KernelFit(NamedTuple):
    """A learned kernel and the loss on the way to it.

    Attributes
    ----------
    kernel : ndarray, shape (h, w)
        The kernel after the last step.
    losses : ndarray, shape (steps + 1,)
        The loss before each step and after the last.
    """

    kernel: FloatArray
    losses: FloatArray


def correlate_gradients(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    cotangent: npt.ArrayLike,
    *,
    boundary: str = "constant",
    mode: str = "same",
    anchor: Pair | None = None,
    fill_value: float = 0.0,
    padding: Padding | None = None,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
) -> CorrelationGradients:
    """Pull a loss's gradient back from the output of a correlation to its two inputs.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        The image that was correlated.
    kernel : array_like, shape (h, w)
        The kernel that was used.
    cotangent : array_like, shape (..., output rows, output columns)
        Gradient of the loss with respect to each output pixel.
    boundary, mode : str
        As they were passed to :func:`dlnotes.convolution.correlate`.
    anchor : pair of int, optional
        Likewise.
    fill_value : float
        Likewise.
    padding : int, pair of int or pair of pairs, optional
        Likewise.
    stride, dilation : int or pair of int
        Likewise.

    Returns
    -------
    CorrelationGradients
        ``.image`` of the image's shape and ``.kernel`` of the kernel's, summed over the
        leading axes, because all of them share the kernel.

    Raises
    ------
    TypeError, ValueError
        As :func:`dlnotes.convolution.correlate`, and if the cotangent's shape is not the
        output's.

    Examples
    --------
    >>> image, kernel = np.arange(9.0).reshape(3, 3), np.ones((2, 2))
    >>> gradients = correlate_gradients(image, kernel, np.ones((2, 2)), mode="valid")
    >>> gradients.image
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    >>> gradients.kernel
    array([[ 8., 12.],
           [20., 24.]])
    """
    array = as_image(image)
    weights = as_kernel(kernel, array.dtype)
    taps = (weights.shape[0], weights.shape[1])
    plan = plan_for(array, taps, boundary, mode, anchor, fill_value, padding, stride, dilation)
    pulled = as_floats(cotangent, "cotangent").astype(array.dtype, copy=False)
    expected = array.shape[:-2] + plan.output
    if pulled.shape != expected:
        msg = f"cotangent has shape {pulled.shape}; the output has {expected}"
        raise ValueError(msg)
    extended = gather(array, plan.rows, plan.columns, plan.fill_value)
    to_extended = np.zeros_like(extended)
    to_kernel = np.empty_like(weights)
    for a, b in np.ndindex(weights.shape):
        window = (..., *_windows_of(plan, (a, b)))
        to_kernel[a, b] = np.sum(pulled * extended[window])
        to_extended[window] += weights[a, b] * pulled
    sizes = (array.shape[-2], array.shape[-1])
    return CorrelationGradients(
        scatter(to_extended, plan.rows, plan.columns, sizes),
        to_kernel,
    )


def _windows_of(plan: Plan, tap: Pair) -> tuple[slice, slice]:
    """Return the pixels of the extended image that one tap reads, one for every output."""
    starts = (tap[0] * plan.dilation[0], tap[1] * plan.dilation[1])
    rows, columns = (
        slice(start, start + (count - 1) * step + 1, step)
        for start, count, step in zip(starts, plan.output, plan.stride, strict=True)
    )
    return rows, columns


def fit_kernel(
    image: npt.ArrayLike,
    target: npt.ArrayLike,
    kernel_shape: Pair,
    *,
    boundary: str = "constant",
    mode: str = "valid",
    steps: int = 200,
    step_size: float | None = None,
) -> KernelFit:
    """Learn the kernel that turns `image` into `target`, by gradient descent from zero.

    The loss is half the mean squared error over all output pixels.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        Input.
    target : array_like, shape (..., output rows, output columns)
        Wanted output of ``correlate(image, kernel, boundary=boundary, mode=mode)``.
    kernel_shape : pair of int
        Rows and columns of the kernel to learn.
    boundary, mode : str
        As for :func:`dlnotes.convolution.correlate`.
    steps : int
        Number of steps.
    step_size : float, optional
        The default is one over the largest curvature of the loss, the largest step at
        which no component of the error overshoots zero.

    Returns
    -------
    KernelFit
        ``.kernel`` and ``.losses`` of shape ``(steps + 1,)``.

    Raises
    ------
    TypeError, ValueError
        As :func:`dlnotes.convolution.correlate`; if `target` is not of the output's shape,
        `steps` is negative, `step_size` is not positive, or the image is zero throughout.

    Examples
    --------
    >>> from dlnotes.convolution import correlate
    >>> noise = np.random.default_rng(0).normal(size=(40, 40))
    >>> fit = fit_kernel(noise, correlate(noise, [[-1.0, 0.0, 1.0]], mode="valid"), (1, 3))
    >>> np.allclose(fit.kernel, [[-1.0, 0.0, 1.0]])
    True
    """
    array = as_image(image)
    wanted = as_floats(target, "target").astype(array.dtype, copy=False)
    shape = as_shape(kernel_shape, "kernel_shape")
    if steps < 0:
        msg = f"steps={steps!r} must not be negative"
        raise ValueError(msg)
    # The output is the matrix of windows times the weights, so its transpose carries the error
    # back to them: the kernel's half of correlate_gradients, with the windows laid out once.
    windows = im2col(array, shape, boundary=boundary, mode=mode)
    rows, columns = output_shape((array.shape[-2], array.shape[-1]), shape, mode=mode)
    expected = (*array.shape[:-2], rows, columns)
    if wanted.shape != expected:
        msg = f"target has shape {wanted.shape}; the output has {expected}"
        raise ValueError(msg)
    windows = windows.reshape(-1, windows.shape[-1])
    wanted = wanted.ravel()
    if step_size is None:
        curvature = np.linalg.eigvalsh(windows.T @ windows / len(windows))[-1]
        if not curvature > 0:
            msg = "image is zero (or not finite) throughout: no kernel can be learned from it"
            raise ValueError(msg)
        step_size = 1 / float(curvature)
    elif not step_size > 0:
        msg = f"step_size={step_size!r} must be positive"
        raise ValueError(msg)

    weights = np.zeros(windows.shape[1], dtype=array.dtype)
    losses = np.empty(steps + 1, dtype=array.dtype)
    for step in range(steps + 1):
        error = windows @ weights - wanted
        losses[step] = error @ error / (2 * error.size)
        if step < steps:
            weights = weights - step_size / error.size * (error @ windows)
    kernel = weights.reshape(shape)
    return KernelFit(kernel, losses)
