"""Affine layers, their composition, and networks that put a rectifier between them."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlnotes._arguments import FloatArray, as_floats, require_finite

__all__ = ["Affine", "ReluNetwork", "collapse"]


class Affine:
    r"""The map :math:`x \mapsto W x + b`: one layer of a network without an activation.

    Parameters
    ----------
    weight : array_like, shape (out_features, in_features)
        The matrix :math:`W`. One row an output, as in PyTorch's ``Linear.weight``.
    bias : array_like, shape (out_features,), optional
        The vector :math:`b`; zero when it is left out, and then the map is linear.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a shape does not fit, a size is zero, or an entry is not finite.

    Notes
    -----
    An `Affine` never changes: it keeps read-only copies of what it is given. Both are
    float32 only if both were; integers become float64. Two maps are equal when their
    entries are, exactly, whatever the dtype.

    Examples
    --------
    >>> turn = Affine([[0, -1], [1, 0]])
    >>> shift = Affine([[1, 0], [0, 1]], [5, 0])
    >>> (shift @ turn)([1, 2])
    array([3., 1.])
    >>> shift @ turn == turn @ shift
    False
    """

    __slots__ = ("_bias", "_weight")

    def __init__(self, weight: ArrayLike, bias: ArrayLike | None = None) -> None:
        w = as_floats(weight, "weight", ndim=2)
        if 0 in w.shape:
            msg = f"weight must have at least one row and one column, got shape {w.shape}"
            raise ValueError(msg)
        if bias is None:
            b = np.zeros(w.shape[0], dtype=w.dtype)
        else:
            b = as_floats(bias, "bias", ndim=1)
        if b.shape != w.shape[:1]:
            msg = (
                f"bias must have shape ({w.shape[0]},), one entry for each row of weight "
                f"{w.shape}, got shape {b.shape}"
            )
            raise ValueError(msg)
        require_finite(w, "weight")
        require_finite(b, "bias")
        dtype = np.result_type(w, b)
        self._weight: FloatArray = w.astype(dtype, copy=True)
        self._bias: FloatArray = b.astype(dtype, copy=True)
        self._weight.flags.writeable = False
        self._bias.flags.writeable = False

    @property
    def weight(self) -> FloatArray:
        """The matrix, read-only, of shape ``(out_features, in_features)``."""
        return self._weight

    @property
    def bias(self) -> FloatArray:
        """The offset, read-only, of shape ``(out_features,)``."""
        return self._bias

    @property
    def in_features(self) -> int:
        """The number of inputs."""
        return int(self._weight.shape[1])

    @property
    def out_features(self) -> int:
        """The number of outputs."""
        return int(self._weight.shape[0])

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The type of the entries, float32 or float64."""
        return self._weight.dtype

    @property
    def rank(self) -> int:
        """The numerical rank of the weight (singular values above NumPy's tolerance)."""
        return int(np.linalg.matrix_rank(self._weight))

    @property
    def is_linear(self) -> bool:
        """Whether the bias is zero: only then is ``f(u + v) == f(u) + f(v)``."""
        return not self._bias.any()

    def __call__(self, x: ArrayLike, /) -> FloatArray:
        """Apply the map to a vector or to the last axis of a batch.

        Parameters
        ----------
        x : array_like, shape (..., in_features)
            One input vector, or any stack of them.

        Returns
        -------
        numpy.ndarray, shape (..., out_features)
            :math:`W x + b` for each of them.

        Raises
        ------
        ValueError
            If the last axis does not have `in_features` entries.
        """
        array = as_floats(x, "x")
        if array.ndim == 0 or array.shape[-1] != self.in_features:
            msg = f"x must have shape (..., {self.in_features}), got {array.shape}"
            raise ValueError(msg)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(array @ self._weight.T + self._bias)

    def __matmul__(self, inner: object, /) -> "Affine":
        """Compose: ``(outer @ inner)(x)`` is ``outer(inner(x))``."""
        if not isinstance(inner, Affine):
            return NotImplemented
        if inner.out_features != self.in_features:
            msg = (
                f"the inner map gives {inner.out_features} features, "
                f"the outer map takes {self.in_features}"
            )
            raise ValueError(msg)
        # An overflow is reported by the constructor, with the place where it happened.
        with np.errstate(over="ignore", invalid="ignore"):
            return Affine(
                self._weight @ inner._weight,
                self._weight @ inner._bias + self._bias,
            )

    def astype(self, dtype: DTypeLike) -> "Affine":
        """Return the same map with its entries rounded to another type.

        Parameters
        ----------
        dtype : dtype
            float32 or float64.

        Returns
        -------
        Affine
            The rounded map.

        Raises
        ------
        TypeError
            If `dtype` is another type.
        ValueError
            If an entry is too large for it.
        """
        wanted = np.dtype(dtype)
        if wanted not in (np.float32, np.float64):
            msg = f"dtype must be float32 or float64, got {wanted}"
            raise TypeError(msg)
        with np.errstate(over="ignore"):
            return Affine(self._weight.astype(wanted), self._bias.astype(wanted))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Affine):
            return NotImplemented
        return np.array_equal(self._weight, other._weight) and np.array_equal(
            self._bias, other._bias
        )

    def __hash__(self) -> int:
        # Adding zero turns -0.0 into 0.0: equal maps must have equal hashes.
        w = self._weight.astype(np.float64) + 0.0
        b = self._bias.astype(np.float64) + 0.0
        return hash((w.shape, w.tobytes(), b.tobytes()))

    def __repr__(self) -> str:
        return f"Affine({self._weight.tolist()}, {self._bias.tolist()})"


def require_affine(name: str, value: object) -> None:
    """Raise TypeError unless `value` is an `Affine`."""
    if not isinstance(value, Affine):
        msg = f"{name} must be an Affine map, got {value!r}"
        raise TypeError(msg)


def _as_layers(layers: Iterable[Affine]) -> tuple[Affine, ...]:
    """Check that `layers` is a chain whose shapes fit; name the first that does not."""
    if isinstance(layers, Affine):
        msg = "layers must be a sequence of Affine maps, got a single Affine: write [affine]"
        raise TypeError(msg)
    try:
        chain = tuple(layers)
    except TypeError as error:
        msg = f"layers must be a sequence of Affine maps, got {layers!r}"
        raise TypeError(msg) from error
    if not chain:
        msg = "layers must hold at least one Affine map, got none"
        raise ValueError(msg)
    for index, layer in enumerate(chain):
        require_affine(f"layers[{index}]", layer)
        if index and layer.in_features != chain[index - 1].out_features:
            msg = (
                f"layers[{index}] takes {layer.in_features} features, but "
                f"layers[{index - 1}] gives {chain[index - 1].out_features}"
            )
            raise ValueError(msg)
    return chain


def collapse(layers: Iterable[Affine]) -> Affine:
    r"""Reduce a network of affine layers to the one affine layer that it computes.

    Parameters
    ----------
    layers : iterable of Affine
        The layers in the order in which data passes through them, any number of them.

    Returns
    -------
    Affine
        The composition. Its weight is the product of the weights, the last layer's on
        the left; its bias is the network's output at zero.

    Raises
    ------
    TypeError
        If an element is not an `Affine`.
    ValueError
        If there is no layer, or a layer does not take what the one before it gives.

    Notes
    -----
    Exact in real arithmetic. In floating point the collapsed map and the network round
    differently; they agree up to a small multiple of the unit roundoff times the
    product of the entrywise absolute values.

    Examples
    --------
    >>> first = Affine([[1, 2], [0, 1], [1, 0]], [1, 0, -1])
    >>> second = Affine([[1, 1, 1]], [10])
    >>> collapse([first, second])
    Affine([[2.0, 3.0]], [10.0])
    """
    first, *rest = _as_layers(layers)
    total = first
    for layer in rest:
        total = layer @ total
    return total


class ReluNetwork:
    r"""Affine layers with the rectifier :math:`\max(0, x)` between successive ones.

    Parameters
    ----------
    layers : iterable of Affine
        The layers in the order in which data passes through them. The rectifier follows
        every layer but the last, so a single layer is an affine map.

    Raises
    ------
    TypeError
        If an element is not an `Affine`.
    ValueError
        If there is no layer, or a layer does not take what the one before it gives.

    Examples
    --------
    >>> absolute = ReluNetwork([Affine([[1], [-1]]), Affine([[1, 1]])])
    >>> absolute([[-3.0], [2.0]])
    array([[3.],
           [2.]])
    """

    __slots__ = ("_layers",)

    def __init__(self, layers: Iterable[Affine]) -> None:
        self._layers = _as_layers(layers)

    @property
    def layers(self) -> tuple[Affine, ...]:
        """The affine layers, first to last."""
        return self._layers

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of inputs, then the number of outputs of each layer."""
        return (
            self._layers[0].in_features,
            *(layer.out_features for layer in self._layers),
        )

    def __call__(self, x: ArrayLike, /) -> FloatArray:
        """Apply the network to a vector or to the last axis of a batch.

        Parameters
        ----------
        x : array_like, shape (..., in_features)
            One input vector, or any stack of them.

        Returns
        -------
        numpy.ndarray, shape (..., out_features)
            The outputs.
        """
        *hidden, last = self._layers
        values = as_floats(x, "x")
        for layer in hidden:
            values = np.maximum(layer(values), 0)
        return last(values)

    def __repr__(self) -> str:
        return f"ReluNetwork({list(self._layers)!r})"
