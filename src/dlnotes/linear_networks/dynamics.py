r"""How a linear network learns, in closed form.

The loss is half the mean squared error of :math:`W_N \cdots W_1 x` (no biases) on inputs
whose second moment is the identity. What has to be learned is then the input-output
correlation :math:`\Sigma = \operatorname{mean}(y x^\top)`; each of its singular values is
a *mode*.
"""

import numpy as np
from numpy.typing import ArrayLike

from dlnotes._arguments import (
    FloatArray,
    as_floats,
    as_integer,
    as_real,
    require_finite,
)

__all__ = [
    "deep_mode_strength",
    "mode_velocity",
    "shallow_mode_strength",
    "transition_time",
]


def _nonnegative(name: str, value: ArrayLike) -> FloatArray:
    array = as_floats(value, name)
    require_finite(array, name)
    if (array < 0).any():
        msg = f"{name} must not be negative, got {array.min()}"
        raise ValueError(msg)
    return array


def mode_velocity(
    strength: ArrayLike,
    singular_value: ArrayLike,
    *,
    depth: int = 2,
    time_constant: float = 1.0,
) -> FloatArray:
    r"""Return the rate at which gradient flow changes the strength of a mode.

    Parameters
    ----------
    strength : array_like
        The present strength :math:`a \ge 0`, the product of the layers' shares.
    singular_value : array_like
        The strength :math:`s \ge 0` to be learned; broadcasts against `strength`.
    depth : int, default 2
        The number of layers :math:`N`.
    time_constant : float, default 1
        The scale :math:`\tau` of time.

    Returns
    -------
    numpy.ndarray
        :math:`\dot a = N a^{2 - 2/N} (s - a) / \tau` for balanced layers.

    References
    ----------
    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks", ICLR 2014, arXiv:1312.6120.

    Examples
    --------
    >>> mode_velocity([0.0, 0.5, 1.0], 1.0)
    array([0. , 0.5, 0. ])
    """
    a = _nonnegative("strength", strength)
    s = _nonnegative("singular_value", singular_value)
    layers = as_integer(depth, "depth", least=1)
    tau = as_real(time_constant, "time_constant", above=0)
    return np.asarray(layers * a ** (2 - 2 / layers) * (s - a) / tau)


def deep_mode_strength(
    time: ArrayLike,
    singular_value: ArrayLike,
    initial: ArrayLike,
    *,
    time_constant: float = 1.0,
) -> FloatArray:
    r"""Return the strength of a mode of a two-layer linear network at a time.

    Parameters
    ----------
    time : array_like
        Time :math:`t \ge 0`; one step of gradient descent with rate :math:`\eta` takes
        the time :math:`\eta \tau`.
    singular_value : array_like
        The strength :math:`s \ge 0` to be learned.
    initial : array_like
        The strength :math:`a_0 \ge 0` at the start. The three arrays broadcast.
    time_constant : float, default 1
        The scale :math:`\tau` of time.

    Returns
    -------
    numpy.ndarray
        The logistic curve
        :math:`s e^{2st/\tau} / (e^{2st/\tau} - 1 + s/a_0)`, and its limit
        :math:`a_0 / (1 + 2 a_0 t/\tau)` where :math:`s = 0`.

    Notes
    -----
    Evaluated as :math:`a_0 / (e^{-z} + a_0 (1 - e^{-z})/s)` with :math:`z = 2st/\tau`,
    which neither overflows nor divides by :math:`a_0`.

    References
    ----------
    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks", ICLR 2014, arXiv:1312.6120.

    Examples
    --------
    >>> deep_mode_strength([0.0, 2.0, 4.0], 2.0, 0.001).round(4)
    array([1.0000e-03, 1.1972e+00, 1.9996e+00])
    """
    t = _nonnegative("time", time)
    s = _nonnegative("singular_value", singular_value)
    a0 = _nonnegative("initial", initial)
    tau = as_real(time_constant, "time_constant", above=0)
    dtype = np.result_type(t, s, a0)
    t, s, a0 = np.broadcast_arrays(t / tau, s, a0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        z = 2 * s * t
        saturation = np.where(s > 0, -np.expm1(-z) / s, 2 * t)
        strength = a0 / (np.exp(-z) + a0 * saturation)
    return np.asarray(np.where(a0 > 0, strength, 0), dtype=dtype)


def shallow_mode_strength(
    time: ArrayLike,
    singular_value: ArrayLike,
    initial: ArrayLike,
    *,
    time_constant: float = 1.0,
) -> FloatArray:
    r"""Return the strength of a mode of a network without a hidden layer at a time.

    Parameters
    ----------
    time : array_like
        Time :math:`t \ge 0`.
    singular_value : array_like
        The strength :math:`s \ge 0` to be learned.
    initial : array_like
        The strength :math:`a_0` at the start, of any sign. The three arrays broadcast.
    time_constant : float, default 1
        The scale :math:`\tau` of time.

    Returns
    -------
    numpy.ndarray
        :math:`s + (a_0 - s) e^{-t/\tau}`: every mode at the same rate, with no delay.

    Examples
    --------
    >>> shallow_mode_strength([0.0, 1.0, 9.0], 2.0, 0.0).round(4)
    array([0.    , 1.2642, 1.9998])
    """
    t = _nonnegative("time", time)
    s = _nonnegative("singular_value", singular_value)
    a0 = as_floats(initial, "initial")
    require_finite(a0, "initial")
    tau = as_real(time_constant, "time_constant", above=0)
    with np.errstate(under="ignore"):
        decay = np.exp(-t / tau)
        return np.asarray(a0 * decay - s * np.expm1(-t / tau))


def transition_time(
    singular_value: ArrayLike,
    initial: ArrayLike,
    final: ArrayLike,
    *,
    time_constant: float = 1.0,
) -> FloatArray:
    r"""Return the time in which a two-layer network takes a mode from one strength to another.

    Parameters
    ----------
    singular_value : array_like
        The strength :math:`s > 0` to be learned.
    initial, final : array_like
        Strengths with :math:`0 < a_0 \le a_1 < s`.
    time_constant : float, default 1
        The scale :math:`\tau` of time.

    Returns
    -------
    numpy.ndarray
        :math:`\frac{\tau}{2s} \log \frac{a_1 (s - a_0)}{a_0 (s - a_1)}`.

    Raises
    ------
    ValueError
        If the strengths are not in the order above: then the flow does not pass from
        the one to the other in finite time.

    Examples
    --------
    >>> transition_time([1.0, 2.0], 0.001, [0.5, 1.0]).round(3)
    array([3.453, 1.9  ])
    """
    s = _nonnegative("singular_value", singular_value)
    a0 = _nonnegative("initial", initial)
    a1 = _nonnegative("final", final)
    tau = as_real(time_constant, "time_constant", above=0)
    s, a0, a1 = np.broadcast_arrays(s, a0, a1)
    if not np.all((a0 > 0) & (a0 <= a1) & (a1 < s)):
        msg = (
            "initial and final must satisfy 0 < initial <= final < singular_value, got "
            f"initial={initial!r}, final={final!r}, singular_value={singular_value!r}"
        )
        raise ValueError(msg)
    return np.asarray(tau / (2 * s) * (np.log(a1 / a0) + np.log((s - a0) / (s - a1))))
