"""What a kernel does to waves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import as_floats
from dlnotes.convolution._arguments import Pair, as_anchor, as_kernel

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["frequency_response"]


def frequency_response(
    kernel: npt.ArrayLike,
    u: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    operation: str = "correlate",
    anchor: Pair | None = None,
) -> npt.NDArray[np.complexfloating[Any, Any]]:
    r"""Return the factor by which a kernel multiplies the wave ``exp(1j * (u * i + v * j))``.

    This is the sum of :math:`k_{a,b} \, e^{\mathrm{i} (u (a - p) + v (b - q))}` over all
    weights, under correlation with the anchor :math:`(p, q)`; under convolution the sign of the
    exponent is reversed, which conjugates the response of a real kernel.

    Parameters
    ----------
    kernel : array_like, shape (h, w)
        The weights.
    u, v : array_like
        Frequencies down the rows and along the columns, in radians a pixel; broadcast
        against each other.
    operation : {"correlate", "convolve"}
        Which of the two is meant.
    anchor : pair of int, optional
        The kernel's index that lies on the output pixel; ``(h // 2, w // 2)`` unless given.

    Returns
    -------
    complex ndarray, shape of ``u`` broadcast with ``v``
        Its modulus is the gain, its angle the phase shift.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of real numbers, the kernel is unusable, the frequencies do
        not broadcast, or `operation` is unknown.

    Examples
    --------
    The 3 by 3 mean lets a constant pass and removes stripes of period three:

    >>> frequency_response(np.full((3, 3), 1 / 9), [0, 2 * np.pi / 3], 0).real.round(12) + 0.0
    array([1., 0.])
    """
    weights = as_kernel(kernel).astype(np.float64)
    if operation not in ("correlate", "convolve"):
        msg = f"operation={operation!r} is not known; it must be 'correlate' or 'convolve'"
        raise ValueError(msg)
    sign = 1 if operation == "correlate" else -1
    place = as_anchor(anchor, (weights.shape[0], weights.shape[1]), "same")
    down, along = as_floats(u, "u").astype(np.float64), as_floats(v, "v").astype(np.float64)
    try:
        down, along = np.broadcast_arrays(down, along)
    except ValueError as error:
        msg = f"u of shape {down.shape} and v of shape {along.shape} do not broadcast"
        raise ValueError(msg) from error
    total = np.zeros(down.shape, dtype=np.complex128)
    for a, b in np.argwhere(weights):
        phase = down * (a - place[0]) + along * (b - place[1])
        total += weights[a, b] * np.exp(sign * 1j * phase)
    return total
