"""Small trainings that show what an activation function does to learning."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from dlnotes._arguments import as_floats, as_integer, excerpt, require_finite
from dlnotes.activations.losses import cross_entropy

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes.activations.activation import Activation
    from dlnotes.backpropagation import MLP

__all__ = ["Trial", "spirals", "train_on_spirals"]

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_CLASSES = 3
_DECAY, _SECOND_DECAY, _TINY = 0.9, 0.999, 1e-8  # the usual constants of Adam


@dataclass(frozen=True)
class Trial:
    """What was recorded while a network learned.

    Parameters
    ----------
    losses : numpy.ndarray, shape (steps + 1,)
        Mean cross-entropy before each step and after the last.
    accuracy : float
        Share of the points that the trained network sorts correctly.
    silent : numpy.ndarray, shape (steps + 1,)
        Share of the hidden units whose slope is exactly zero for every point, at these times.
    """

    losses: Floats
    accuracy: float
    silent: Floats


def spirals(points: int, rng: np.random.Generator) -> tuple[Floats, np.ndarray[Any, Any]]:
    """Draw points on three interleaved spiral arms.

    Parameters
    ----------
    points : int
        Number of points on each arm, at least 1.
    rng : numpy.random.Generator
        Source of the noise.

    Returns
    -------
    x : numpy.ndarray, shape (3 * points, 2)
        The points, within a circle of radius about 2.
    labels : numpy.ndarray, shape (3 * points,)
        The number of the arm, 0, 1 or 2.

    Raises
    ------
    TypeError, ValueError
        If `points` is no integer, or below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations import spirals
    >>> x, labels = spirals(50, np.random.default_rng(0))
    >>> x.shape, np.bincount(labels).tolist()
    ((150, 2), [50, 50, 50])
    """
    points = as_integer(points, "points", least=1)
    radius = np.linspace(0.1, 1.0, points)
    arms = []
    for arm in range(_CLASSES):
        angle = 2 * math.pi * (arm / _CLASSES + 0.7 * radius)
        angle = angle + 0.15 * rng.standard_normal(points)
        arms.append(2 * radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))
    return np.concatenate(arms), np.repeat(np.arange(_CLASSES), points)


def train_on_spirals(
    activation: Activation,
    *,
    depth: int,
    width: int,
    rates: npt.ArrayLike,
    rng: np.random.Generator,
    adaptive: bool = True,
) -> Trial:
    """Train a classifier of the spirals with a given activation function.

    Weights begin as independent normal numbers whose variance is ``1 / inputs`` in the first
    layer and ``gain**2 / inputs`` behind an activation, where `gain` keeps the mean square of a
    standard normal input (see `Activation.moments`). Every step uses all points.

    Parameters
    ----------
    activation : Activation
        The function between the layers.
    depth, width : int
        Number of hidden layers, and of units in each; at least 1.
    rates : array_like of float, shape (steps,)
        The learning rate of each step, positive.
    rng : numpy.random.Generator
        Source of points and weights.
    adaptive : bool, default: True
        Steps of Adam; otherwise plain gradient descent.

    Returns
    -------
    Trial
        Losses and shares of silent units at each step, and the accuracy at the end.

    Raises
    ------
    TypeError, ValueError
        If a count is no integer or too small, or a rate is not positive and finite.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations import ACTIVATIONS, train_on_spirals
    >>> rng = np.random.default_rng(0)
    >>> trial = train_on_spirals(
    ...     ACTIVATIONS["tanh"], depth=1, width=16, rates=np.full(20, 0.05), rng=rng
    ... )
    >>> bool(trial.losses[-1] < trial.losses[0]), float(trial.silent[-1])
    (True, 0.0)
    """
    depth = as_integer(depth, "depth", least=1)
    width = as_integer(width, "width", least=1)
    pace = as_floats(rates, "rates", ndim=1)
    require_finite(pace, "rates")
    if pace.size == 0 or pace.min() <= 0:
        msg = f"rates={excerpt(rates)} must hold at least one rate, all larger than 0"
        raise ValueError(msg)
    x, labels = spirals(60, rng)
    network = _network(activation, depth, width, rng)
    values = (*network.weights, *network.biases)
    first, second = ([np.zeros_like(p) for p in values] for _ in range(2))
    losses, silent = [], []
    for step, rate in enumerate([*pace, 0.0], start=1):
        forward = network.forward(x)
        losses.append(float(np.mean(cross_entropy(forward.output, labels))))
        slopes = [activation.derivative(z) for z in forward.preactivations[:-1]]
        silent.append(float(np.mean([np.all(slope == 0, axis=0) for slope in slopes])))
        if not rate:
            break
        back = cross_entropy.gradient(forward.output, labels) / len(labels)
        found = network.backward(forward, back)
        for value, gradient, mean, square in zip(
            values, (*found.weights, *found.biases), first, second, strict=True
        ):
            if not adaptive:
                value -= rate * gradient
                continue
            mean += (1 - _DECAY) * (gradient - mean)
            square += (1 - _SECOND_DECAY) * (gradient**2 - square)
            size = np.sqrt(square / (1 - _SECOND_DECAY**step)) + _TINY
            value -= rate * mean / (1 - _DECAY**step) / size
    right = forward.output.argmax(axis=1) == labels
    return Trial(np.array(losses), float(np.mean(right)), np.array(silent))


def _network(activation: Activation, depth: int, width: int, rng: np.random.Generator) -> MLP:
    # Back-propagation reads the registry of this package: its networks come when they are used.
    from dlnotes.backpropagation import MLP

    widths = [2, *[width] * depth, _CLASSES]
    gains = [1.0, *[activation.moments().gain] * depth]
    weights = [
        gain / math.sqrt(inputs) * rng.standard_normal((outputs, inputs))
        for gain, inputs, outputs in zip(gains, widths[:-1], widths[1:], strict=True)
    ]
    return MLP(weights, activation=activation)
