"""How the gradient grows or fades through many layers: what is expected, and an experiment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlnotes.activations.moments import normal_moments

if TYPE_CHECKING:
    from dlnotes.activations.activation import Activation
    from dlnotes.activations.precise import Array

__all__ = ["DepthFactors", "depth_factors", "gradient_norms"]


@dataclass(frozen=True)
class DepthFactors:
    """What one wide random layer does to signals and gradients, on average.

    Parameters
    ----------
    gain : float
        Standard deviation of the weights, times the root of the width, at which pre-activations
        of variance 1 are followed by pre-activations of variance 1.
    backward : float
        Factor on the norm of a gradient that passes the layer.
    drift : float
        Factor on a small deviation of the variance from 1; above 1 the variance runs away.
    """

    gain: float
    backward: float
    drift: float


def depth_factors(activation: Activation, **parameters: float) -> DepthFactors:
    r"""Compute gain, backward factor and drift from moments of a standard normal variable.

    Parameters
    ----------
    activation : Activation
        The function between the layers.
    **parameters : float
        Its parameters, by name.

    Returns
    -------
    DepthFactors
        With :math:`Z` standard normal, ``gain**2`` is :math:`1/\mathbb{E} f(Z)^2`,
        ``backward**2`` is :math:`\mathbb{E} f'(Z)^2 / \mathbb{E} f(Z)^2`, and ``drift`` is
        :math:`\mathbb{E}\, Z f(Z) f'(Z) / \mathbb{E} f(Z)^2`.

    Raises
    ------
    TypeError, ValueError
        As for a call of the activation.

    Notes
    -----
    Only slopes enter, so a jump of the function counts for nothing. For functions that jump,
    such as hardshrink, ``drift`` therefore leaves out a part of the factor on a deviation.

    References
    ----------
    .. [1] B. Poole et al., "Exponential expressivity in deep neural networks through transient
       chaos", NeurIPS 2016.

    Examples
    --------
    >>> from dlnotes.activations import depth_factors, relu
    >>> factors = depth_factors(relu)
    >>> round(factors.gain**2, 12), round(factors.backward, 12), round(factors.drift, 12)
    (2.0, 1.0, 1.0)
    """
    moments = activation.moments(**parameters)

    def growth(x: Array) -> Array:
        slope = activation.derivative(x, 1, **parameters)
        return np.asarray(x * activation(x, **parameters) * slope)

    corners = activation.corners(**parameters)
    drift = normal_moments(growth, np.zeros_like, corners).mean / moments.square
    backward = math.sqrt(moments.slope_square / moments.square)
    return DepthFactors(moments.gain, backward, drift)


def gradient_norms(
    activation: Activation,
    *,
    depth: int,
    width: int,
    gain: float,
    rng: np.random.Generator,
    samples: int = 8,
) -> Array:
    r"""Send a random gradient back through a random network and measure it at every layer.

    The network is :math:`z_\ell = W_\ell a_{\ell-1}`, :math:`a_\ell = f(z_\ell)` without
    biases, its weights independent normal numbers of variance ``gain**2 / width``.

    Parameters
    ----------
    activation : Activation
        The function between the layers.
    depth, width : int
        Number of layers, and of units in each; at least 1.
    gain : float
        Standard deviation of the weights times the square root of the width.
    rng : numpy.random.Generator
        Source of inputs, weights and the gradient at the output.
    samples : int, default: 8
        Number of inputs over which the root mean square is taken.

    Returns
    -------
    numpy.ndarray
        Shape ``(depth + 1,)``: root-mean-square norm of the gradient by :math:`a_\ell` for
        :math:`\ell=0,\dots,L`, relative to the one at the output.

    Raises
    ------
    ValueError
        If a count is below 1 or the gain is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations import gradient_norms, sigmoid
    >>> rng = np.random.default_rng(0)
    >>> norms = gradient_norms(sigmoid, depth=10, width=64, gain=1.0, rng=rng)
    >>> norms.shape, bool(norms[0] < 1e-5), float(norms[-1])
    ((11,), True, 1.0)
    """
    for name, count in (("depth", depth), ("width", width), ("samples", samples)):
        if count < 1:
            msg = f"{name}={count!r} is too small; give at least 1"
            raise ValueError(msg)
    if not gain > 0:
        msg = f"gain={gain!r} is not positive; 1 keeps the scale of a linear network"
        raise ValueError(msg)
    signal = rng.standard_normal((width, samples))
    layers = []
    for _ in range(depth):
        weight = rng.standard_normal((width, width)) * (gain / np.sqrt(width))
        preactivation = weight @ signal
        signal = np.asarray(activation(preactivation), dtype=np.float64)
        layers.append((weight, np.asarray(activation.derivative(preactivation))))
    cotangent = rng.standard_normal((width, samples))
    norms = [np.linalg.norm(cotangent)]
    for weight, slope in reversed(layers):
        cotangent = weight.T @ (slope * cotangent)
        norms.append(np.linalg.norm(cotangent))
    return np.asarray(np.array(norms[::-1]) / norms[0])
