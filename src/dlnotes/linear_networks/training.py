"""Plain gradient descent on linear networks, to hold the closed forms against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dlnotes._arguments import (
    FloatArray,
    as_floats,
    as_integer,
    as_real,
    require_finite,
)

__all__ = ["Trajectory", "balanced_weights", "mode_strengths", "train"]


def balanced_weights(
    correlation: ArrayLike, hidden: int, strength: float
) -> tuple[FloatArray, FloatArray]:
    r"""Return two weights from which the modes of a correlation are learned independently.

    Parameters
    ----------
    correlation : array_like, shape (n_out, n_in)
        The input-output correlation :math:`\Sigma = U S V^\top`.
    hidden : int
        The number of hidden units, at least ``min(n_out, n_in)``.
    strength : float
        The strength :math:`a_0 > 0` of every mode at the start.

    Returns
    -------
    first : numpy.ndarray, shape (hidden, n_in)
        :math:`\sqrt{a_0}\, V^\top`, padded with zeros.
    second : numpy.ndarray, shape (n_out, hidden)
        :math:`\sqrt{a_0}\, U`, padded with zeros.

    Raises
    ------
    ValueError
        If there are too few hidden units, or `strength` is not positive.

    Examples
    --------
    >>> first, second = balanced_weights([[3, 0], [0, 1]], hidden=4, strength=0.01)
    >>> first.shape, second.shape
    ((4, 2), (2, 4))
    >>> (second @ first).round(12)
    array([[0.01, 0.  ],
           [0.  , 0.01]])
    """
    sigma = as_floats(correlation, "correlation", ndim=2)
    require_finite(sigma, "correlation")
    units = as_integer(hidden, "hidden", least=1)
    a0 = as_real(strength, "strength", above=0)
    modes = min(sigma.shape)
    if units < modes:
        msg = f"hidden must be at least {modes}, the number of modes, got {units}"
        raise ValueError(msg)
    u, _, vt = np.linalg.svd(sigma, full_matrices=False)
    first = np.zeros((units, sigma.shape[1]), dtype=sigma.dtype)
    second = np.zeros((sigma.shape[0], units), dtype=sigma.dtype)
    first[:modes] = np.sqrt(a0) * vt
    second[:, :modes] = np.sqrt(a0) * u
    return first, second


def mode_strengths(maps: ArrayLike, correlation: ArrayLike) -> FloatArray:
    r"""Measure how strongly a matrix, or each of a stack, expresses the modes.

    Parameters
    ----------
    maps : array_like, shape (..., n_out, n_in)
        The matrices :math:`M`.
    correlation : array_like, shape (n_out, n_in)
        The input-output correlation :math:`\Sigma = U S V^\top`.

    Returns
    -------
    numpy.ndarray, shape (..., modes)
        :math:`u_i^\top M v_i`, strongest mode of :math:`\Sigma` first.

    Examples
    --------
    >>> mode_strengths([[2, 0], [0, 1]], [[3, 0], [0, 1]])
    array([2., 1.])
    """
    sigma = as_floats(correlation, "correlation", ndim=2)
    require_finite(sigma, "correlation")
    stack = as_floats(maps, "maps")
    if stack.shape[-2:] != sigma.shape:
        msg = (
            f"maps must have shape (..., {sigma.shape[0]}, {sigma.shape[1]}) like "
            f"correlation, got {stack.shape}"
        )
        raise ValueError(msg)
    u, _, vt = np.linalg.svd(sigma, full_matrices=False)
    return np.asarray(np.einsum("ji,...jk,ik->...i", u, stack, vt))


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What gradient descent on a linear network passed through.

    Parameters
    ----------
    times : numpy.ndarray, shape (steps + 1,)
        The learning rate times the number of the step, from zero.
    maps : numpy.ndarray, shape (steps + 1, n_out, n_in)
        The product of the weights.
    losses : numpy.ndarray, shape (steps + 1,)
        Half the mean squared error.
    weights : tuple of numpy.ndarray
        The weights after the last step, first layer first.
    """

    times: FloatArray
    maps: FloatArray
    losses: FloatArray
    weights: tuple[FloatArray, ...]


def train(
    weights: Iterable[ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    learning_rate: float,
    steps: int,
) -> Trajectory:
    r"""Train a linear network of any depth by plain gradient descent.

    Parameters
    ----------
    weights : iterable of array_like
        The starting weights, first layer first, without biases.
    inputs : array_like, shape (samples, n_in)
        The inputs, one a row.
    targets : array_like, shape (samples, n_out)
        The outputs wanted.
    learning_rate : float
        The step length :math:`\eta > 0`.
    steps : int
        How many steps to take; each uses all samples.

    Returns
    -------
    Trajectory
        The maps and losses from before the first step to after the last.

    Raises
    ------
    ValueError
        If shapes do not fit, or the weights overflow because the learning rate is too
        large.

    Notes
    -----
    The loss :math:`\frac{1}{2P} \sum_p \lVert y_p - W_N \cdots W_1 x_p \rVert^2` has the
    gradient :math:`-W_{>k}^\top (\Sigma_{yx} - M \Sigma_{xx}) W_{<k}^\top` with respect
    to :math:`W_k`, where :math:`M` is the product of all weights, :math:`W_{>k}` of those
    above and :math:`W_{<k}` of those below.

    Examples
    --------
    >>> run = train([[[0.1]], [[0.1]]], [[1.0]], [[2.0]], learning_rate=0.05, steps=100)
    >>> run.maps[[0, 50, 100], 0, 0].round(3)
    array([0.01 , 1.986, 2.   ])
    """
    x = as_floats(inputs, "inputs", ndim=2)
    y = as_floats(targets, "targets", ndim=2)
    require_finite(x, "inputs")
    require_finite(y, "targets")
    if len(x) != len(y) or len(x) == 0:
        msg = f"inputs and targets must have as many rows, got {x.shape} and {y.shape}"
        raise ValueError(msg)
    rate = as_real(learning_rate, "learning_rate", above=0)
    count = as_integer(steps, "steps", least=1)
    current = [as_floats(w, f"weights[{i}]", ndim=2) for i, w in enumerate(weights)]
    _check_chain(current, x.shape[1], y.shape[1])

    dtype = np.result_type(x, y, *current)
    maps = np.empty((count + 1, y.shape[1], x.shape[1]), dtype=dtype)
    second_moment = x.T @ x / len(x)
    correlation = y.T @ x / len(x)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for step in range(count + 1):
            below = [np.eye(x.shape[1], dtype=dtype)]
            for w in current:
                below.append(w @ below[-1])
            maps[step] = below[-1]
            if step == count:
                break
            # Walk the error down through the layers, taking each one's update on the way.
            back = correlation - below[-1] @ second_moment
            for k in reversed(range(len(current))):
                update = back @ below[k].T
                back = current[k].T @ back
                current[k] = current[k] + dtype.type(rate) * update
    if not np.isfinite(maps).all():
        step = int(np.argmin(np.isfinite(maps).all(axis=(1, 2))))
        msg = (
            f"learning_rate must be smaller: with {learning_rate!r} the weights "
            f"overflow at step {step}"
        )
        raise ValueError(msg)
    residuals = y - np.einsum("toi,pi->tpo", maps, x)
    losses = np.sum(residuals**2, axis=(1, 2)) / (2 * len(x))
    times = np.arange(count + 1, dtype=dtype) * dtype.type(rate)
    return Trajectory(times=times, maps=maps, losses=losses, weights=tuple(current))


def _check_chain(weights: Sequence[FloatArray], n_in: int, n_out: int) -> None:
    """Raise ValueError unless the weights lead from `n_in` to `n_out` features."""
    if not weights:
        msg = "weights must hold at least one matrix, got none"
        raise ValueError(msg)
    features = n_in
    for index, weight in enumerate(weights):
        require_finite(weight, f"weights[{index}]")
        if weight.shape[1] != features:
            msg = (
                f"weights[{index}] must have {features} columns to take what comes "
                f"before it, got shape {weight.shape}"
            )
            raise ValueError(msg)
        features = weight.shape[0]
    if features != n_out:
        msg = f"weights[-1] must have {n_out} rows like targets, got {weights[-1].shape}"
        raise ValueError(msg)
