"""A multilayer perceptron and the generalised delta rule in matrix form.

A batch holds one example a row, as in PyTorch and JAX; the chapter derives the rule for one
example as a column. Transposing turns each formula into the line of code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dlnotes.activations import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["MLP", "MLPForward", "MLPGradients", "initial_variance"]


class _Nonlinearity(Protocol):
    """What a hidden layer needs: a function of arrays with its derivative."""

    def __call__(self, x: Any, /) -> Any:
        """Return the values."""

    def derivative(self, x: Any, /) -> Any:
        """Return the derivatives."""


@dataclass(frozen=True)
class MLPForward:
    """What the forward sweep keeps for the backward sweep.

    Attributes
    ----------
    activations : tuple of ndarray
        The input, then the output of each layer, shapes ``(batch, width)``.
    preactivations : tuple of ndarray
        The affine part of each layer, before its nonlinearity.
    """

    activations: tuple[NDArray[Any], ...]
    preactivations: tuple[NDArray[Any], ...]

    @property
    def output(self) -> NDArray[Any]:
        """The output of the last layer."""
        return self.activations[-1]


@dataclass(frozen=True)
class MLPGradients:
    """Gradients of a scalar cost with respect to everything.

    Attributes
    ----------
    weights, biases : tuple of ndarray
        One a layer, of the shapes of the parameters.
    deltas : tuple of ndarray
        Adjoints of the pre-activations, one a layer, shapes ``(batch, width)``.
    input : ndarray
        Adjoint of the input.
    """

    weights: tuple[NDArray[Any], ...]
    biases: tuple[NDArray[Any], ...]
    deltas: tuple[NDArray[Any], ...]
    input: NDArray[Any]


def initial_variance(scheme: str, fan_in: int, fan_out: int) -> float:
    """Return the variance of a weight that keeps signals at their size.

    Parameters
    ----------
    scheme : {"lecun", "glorot", "he"}
        ``1/fan_in``, ``2/(fan_in + fan_out)`` or ``2/fan_in``.
    fan_in, fan_out : int
        Widths before and after the layer.

    Returns
    -------
    float
        The variance.

    Raises
    ------
    ValueError
        If the scheme is unknown or a width is not positive.

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
       neural networks", AISTATS 2010.
    .. [2] Kaiming He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", ICCV 2015.

    Examples
    --------
    >>> from dlnotes.backpropagation import initial_variance
    >>> initial_variance("he", 200, 100)
    0.01
    """
    if fan_in < 1 or fan_out < 1:
        msg = f"widths must be positive, got fan_in={fan_in!r} and fan_out={fan_out!r}"
        raise ValueError(msg)
    variances = {"lecun": 1 / fan_in, "glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if scheme not in variances:
        msg = f'scheme must be "lecun", "glorot" or "he", got {scheme!r}'
        raise ValueError(msg)
    return variances[scheme]


class MLP:
    """Affine layers with one nonlinearity between them and none after the last.

    Parameters
    ----------
    weights : sequence of array_like
        Layer l has shape ``(width out, width in)``.
    biases : sequence of array_like, optional
        Layer l has shape ``(width out,)``; zero by default.
    activation : str or callable, optional
        A name of the registry `dlnotes.activations.ACTIVATIONS`, or any function of arrays with
        a method ``derivative``.

    Raises
    ------
    TypeError
        If a weight is not real or the activation has no derivative.
    ValueError
        If the shapes do not fit or the name of the activation is unknown.

    Notes
    -----
    The parameters are copied and brought to one dtype: float32 if all are float32, otherwise
    float64.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.backpropagation import MLP
    >>> network = MLP([[[1, -1]], [[2]]], activation="relu")
    >>> forward = network.forward([[3, 1], [1, 3]])
    >>> forward.output
    array([[4.],
           [0.]])
    >>> network.backward(forward, np.ones((2, 1))).weights[0]
    array([[6., 2.]])
    """

    def __init__(
        self,
        weights: Sequence[ArrayLike],
        biases: Sequence[ArrayLike] | None = None,
        *,
        activation: str | _Nonlinearity = "tanh",
    ) -> None:
        self.activation = _nonlinearity(activation)
        matrices = [np.asarray(w) for w in weights]
        if not matrices:
            msg = f"weights must hold at least one layer, got {weights!r}"
            raise ValueError(msg)
        if biases is None:
            vectors = [np.zeros(w.shape[:1], _float_type(w)) for w in matrices]
        else:
            vectors = [np.asarray(b) for b in biases]
        if len(vectors) != len(matrices):
            msg = f"biases must have one entry a layer, got {len(vectors)} for {len(matrices)}"
            raise ValueError(msg)
        dtype = np.result_type(*map(_float_type, [*matrices, *vectors]))
        for layer, (w, b) in enumerate(zip(matrices, vectors, strict=True)):
            if w.ndim != 2 or 0 in w.shape:
                msg = f"weights[{layer}] must be a matrix, got shape {w.shape}"
                raise ValueError(msg)
            if b.shape != w.shape[:1]:
                msg = f"biases[{layer}] must have shape {w.shape[:1]}, got {b.shape}"
                raise ValueError(msg)
            if layer and w.shape[1] != matrices[layer - 1].shape[0]:
                rows = matrices[layer - 1].shape[0]
                msg = (
                    f"weights[{layer}] must have {rows} columns, one for each row of "
                    f"weights[{layer - 1}], got shape {w.shape}"
                )
                raise ValueError(msg)
        self.weights = tuple(w.astype(dtype) for w in matrices)
        self.biases = tuple(b.astype(dtype) for b in vectors)

    def __repr__(self) -> str:
        """Show the widths."""
        return f"MLP of widths {self.widths}"

    @property
    def widths(self) -> tuple[int, ...]:
        """Width of the input and of each layer."""
        return (self.weights[0].shape[1], *(w.shape[0] for w in self.weights))

    @classmethod
    def random(
        cls,
        widths: Sequence[int],
        rng: np.random.Generator,
        *,
        activation: str | _Nonlinearity = "tanh",
        scheme: str | float = "glorot",
    ) -> MLP:
        """Return a network with normal weights and zero biases.

        Parameters
        ----------
        widths : sequence of int
            Width of the input and of each layer.
        rng : numpy.random.Generator
            Source of the weights.
        activation : str or callable, optional
            As for the class.
        scheme : str or float, optional
            A name for `initial_variance`, or the standard deviation itself.

        Returns
        -------
        MLP
            The network.

        Raises
        ------
        ValueError
            If there are fewer than two widths, or the scheme is unknown or negative.
        """
        if len(widths) < 2:
            msg = f"widths must name the input and at least one layer, got {widths!r}"
            raise ValueError(msg)
        weights = []
        for fan_in, fan_out in pairwise(widths):
            if isinstance(scheme, str):
                deviation = math.sqrt(initial_variance(scheme, fan_in, fan_out))
            else:
                deviation = float(scheme)
            if not deviation >= 0:
                msg = f"scheme must be a name or a deviation of at least 0, got {scheme!r}"
                raise ValueError(msg)
            weights.append(deviation * rng.standard_normal((fan_out, fan_in)))
        return cls(weights, activation=activation)

    def forward(self, x: ArrayLike, /) -> MLPForward:
        """Work a batch through the layers and keep what the backward sweep needs.

        Parameters
        ----------
        x : array_like, shape (batch, width) or (width,)
            One example a row.

        Returns
        -------
        MLPForward
            All activations and pre-activations.

        Raises
        ------
        ValueError
            If the width is not that of the network's input.
        """
        batch = np.atleast_2d(np.asarray(x, dtype=self.weights[0].dtype))
        if batch.ndim != 2 or batch.shape[1] != self.widths[0]:
            msg = f"x must have {self.widths[0]} columns, got shape {np.shape(x)}"
            raise ValueError(msg)
        activations, preactivations = [batch], []
        last = len(self.weights) - 1
        for layer, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = activations[-1] @ w.T + b
            preactivations.append(z)
            activations.append(z if layer == last else self.activation(z))
        return MLPForward(tuple(activations), tuple(preactivations))

    def backward(self, forward: MLPForward, cotangent: ArrayLike, /) -> MLPGradients:
        """Carry the adjoint of the output back to every parameter: the delta rule.

        Parameters
        ----------
        forward : MLPForward
            What `forward` returned.
        cotangent : array_like, shape (batch, width out)
            Partial derivatives of the cost with respect to the output.

        Returns
        -------
        MLPGradients
            Gradients summed over the batch.

        Raises
        ------
        ValueError
            If the cotangent has another shape than the output.
        """
        delta = np.atleast_2d(np.asarray(cotangent, dtype=self.weights[0].dtype))
        if delta.shape != forward.output.shape:
            msg = (
                f"cotangent must have the shape of the output, {forward.output.shape}, "
                f"got {np.shape(cotangent)}"
            )
            raise ValueError(msg)
        weights, biases, deltas = [], [], []
        adjoint = delta
        for layer in reversed(range(len(self.weights))):
            deltas.append(delta)
            weights.append(delta.T @ forward.activations[layer])
            biases.append(delta.sum(axis=0))
            adjoint = delta @ self.weights[layer]
            if layer:
                delta = adjoint * self.activation.derivative(forward.preactivations[layer - 1])
        return MLPGradients(
            tuple(reversed(weights)), tuple(reversed(biases)), tuple(reversed(deltas)), adjoint
        )


def _nonlinearity(activation: str | _Nonlinearity) -> _Nonlinearity:
    if isinstance(activation, str):
        try:
            return ACTIVATIONS[activation]
        except KeyError as error:
            msg = f"activation must be one of the registry, got {activation!r}: {error}"
            raise ValueError(msg) from None
    if not callable(activation) or not callable(getattr(activation, "derivative", None)):
        msg = f"activation must be callable and have a method derivative, got {activation!r}"
        raise TypeError(msg)
    return activation


def _float_type(array: NDArray[Any]) -> np.dtype[Any]:
    if array.dtype.kind in "iub":
        return np.dtype(np.float64)
    if array.dtype.kind != "f":
        msg = f"weights and biases must hold real numbers, got {array.dtype}"
        raise TypeError(msg)
    return array.dtype
