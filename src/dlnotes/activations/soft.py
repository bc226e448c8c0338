"""Softmax, also at a temperature, softmin, and softmax over the channels of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import FloatArray, as_floats, normalised_axis
from dlnotes.activations.rows import Rows, moderate_shares
from dlnotes.activations.vector import VectorFunction

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes.activations.precise import Array

__all__ = ["Softmax", "Softmax2d", "softmax", "softmax2d", "softmin"]


class Softmax(VectorFunction):
    r"""Turn a vector of scores into a vector of positive shares that sum to one.

    The share of :math:`z_j` is :math:`e^{z_j/T} / \sum_{k=1}^{K} e^{z_k/T}` with the
    temperature :math:`T`, which is 1 if nothing else is said; softmin is the same with
    :math:`-z`.

    Parameters
    ----------
    name : str, default: "softmax"
        What it is called.
    sign : {1, -1}, default: 1
        What the scores are multiplied by first.

    Notes
    -----
    An entry of :math:`-\infty` gets the share 0 and a single entry of :math:`+\infty` the
    share 1, which are the limits; rows without a limit give NaN. At temperature 0 the limit is
    returned, in which the largest entries share equally, and at temperature infinity all do.
    Shapes: ``(..., K, ...)`` in and out, with ``K`` along `axis`.

    Examples
    --------
    >>> from dlnotes.activations import softmax
    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """

    def __init__(self, name: str = "softmax", sign: int = 1) -> None:
        super().__init__(name)
        self.sign = sign

    def __call__(
        self, x: npt.ArrayLike, /, axis: int = -1, *, temperature: float = 1.0
    ) -> FloatArray:
        """Evaluate softmax along an axis.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis along which the shares sum to one.
        temperature : float, default: 1.0
            From 0, where the largest entries share equally, to infinity, where all do.

        Returns
        -------
        numpy.ndarray
            Shares, of the shape and precision of `x`.

        Raises
        ------
        TypeError
            If `x` is not real or `axis` no integer.
        ValueError
            If `axis` is out of range or empty, or the temperature is negative.

        Examples
        --------
        >>> from dlnotes.activations import softmax
        >>> softmax([1.0, 3.0, 3.0], temperature=0.0)
        array([0. , 0.5, 0.5])
        """
        t = _temperature(temperature)

        def value(rows: Array) -> Array:
            signed = rows if self.sign > 0 else -rows
            plain = moderate_shares(signed) if t == 1.0 else None
            return Rows.of(signed, t).shares if plain is None else plain

        return self._call(value, x, axis)

    def jacobian(
        self, x: npt.ArrayLike, /, axis: int = -1, *, temperature: float = 1.0
    ) -> FloatArray:
        r"""Return all partial derivatives, the off-diagonal ones included.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis of length ``K``.
        temperature : float, default: 1.0
            Larger than 0.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., K, K)``: the other axes of `x` in their order, then
            :math:`\partial s_j/\partial z_k` at ``[..., j, k]``.

        Raises
        ------
        TypeError, ValueError
            As for a call; and at temperature 0, where softmax jumps.

        Examples
        --------
        >>> from dlnotes.activations import softmax
        >>> softmax.jacobian([0.0, 0.0])
        array([[ 0.25, -0.25],
               [-0.25,  0.25]])
        """
        t = _temperature(temperature, derivative=True)
        array, rows, _ = self._read(x, axis)
        with np.errstate(all="ignore"):
            parts = Rows.of(self.sign * rows.astype(np.float64), t)
            s = parts.shares
            out = -s[..., :, None] * s[..., None, :]
            index = np.arange(s.shape[-1])
            out[..., index, index] = s * parts.complements
            return (self.sign / t * out).astype(array.dtype)

    def vjp(
        self,
        x: npt.ArrayLike,
        cotangent: npt.ArrayLike,
        /,
        axis: int = -1,
        *,
        temperature: float = 1.0,
    ) -> FloatArray:
        r"""Multiply a row vector by the Jacobian without forming the Jacobian.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        cotangent : array_like
            Derivatives of a loss by the shares, of the shape of `x`.
        axis : int, default: -1
            The axis of length ``K``.
        temperature : float, default: 1.0
            Larger than 0.

        Returns
        -------
        numpy.ndarray
            Derivatives of that loss by the scores:
            :math:`s \odot (v - \langle s, v\rangle) / T`, in time and memory proportional to
            ``K``.

        Raises
        ------
        TypeError, ValueError
            As for `jacobian`, and if the shapes differ.

        Examples
        --------
        >>> from dlnotes.activations import softmax
        >>> softmax.vjp([0.0, 0.0], [1.0, 0.0])
        array([ 0.25, -0.25])
        """
        t = _temperature(temperature, derivative=True)
        bound = _Cooled(self, t)
        return VectorFunction.vjp(bound, x, cotangent, axis)

    def eigenvalues(
        self, x: npt.ArrayLike, /, axis: int = -1, *, temperature: float = 1.0
    ) -> FloatArray:
        """Return the eigenvalues of the Jacobian, which is symmetric.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis of length ``K``.
        temperature : float, default: 1.0
            Larger than 0.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., K)``, ascending; the first is 0, of the vector of ones.

        Raises
        ------
        TypeError, ValueError
            As for `jacobian`.

        Examples
        --------
        >>> from dlnotes.activations import softmax
        >>> softmax.eigenvalues([0.0, 0.0]).round(12) + 0.0
        array([0. , 0.5])
        """
        return np.linalg.eigvalsh(self.jacobian(x, axis, temperature=temperature))

    def lipschitz(self, *, temperature: float = 1.0) -> float:
        """Return the smallest Lipschitz constant, in the Euclidean norm.

        Parameters
        ----------
        temperature : float, default: 1.0
            Larger than 0.

        Returns
        -------
        float
            The supremum of the norm of the Jacobian, the same for any ``K`` from 2 on. Two
            entries that share everything equally have it; with more, it is only approached.

        Raises
        ------
        ValueError
            As for `jacobian`.

        Examples
        --------
        >>> from dlnotes.activations import softmax
        >>> softmax.lipschitz()
        0.5
        """
        t = _temperature(temperature, derivative=True)
        return float(np.abs(self.eigenvalues([0.0, 0.0])).max() / t)

    def _vjp_at(self, rows: Array, v: Array, t: float) -> Array:
        parts = Rows.of(self.sign * rows, t)
        # The product does not change when v is shifted; shifted so that the chosen entry,
        # which may have nearly all of the share, becomes 0, the difference cannot cancel.
        w = v - np.take_along_axis(v, parts.index, axis=-1)
        s = parts.shares
        return np.asarray(self.sign / t * s * (w - (s * w).sum(axis=-1, keepdims=True)))


class _Cooled(VectorFunction):
    """Softmax at a temperature, for the product of a vector with its Jacobian."""

    def __init__(self, softmax: Softmax, temperature: float) -> None:
        super().__init__(softmax.name)
        self.softmax, self.temperature = softmax, temperature

    def _read(self, x: npt.ArrayLike, axis: int) -> tuple[FloatArray, Array, int]:
        return self.softmax._read(x, axis)

    def _vjp(self, rows: Array, v: Array) -> Array:
        return self.softmax._vjp_at(rows, v, self.temperature)


class Softmax2d(Softmax):
    """Softmax over the channels of images, at each pixel by itself.

    Parameters
    ----------
    name : str, default: "softmax2d"
        What it is called.

    Notes
    -----
    Images have the shape ``(N, C, H, W)`` or ``(C, H, W)``; the axis is that of ``C``.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations import softmax2d
    >>> softmax2d(np.zeros((2, 1, 1)))[:, 0, 0]
    array([0.5, 0.5])
    """

    def __init__(self, name: str = "softmax2d") -> None:
        super().__init__(name)

    def _read(self, x: npt.ArrayLike, axis: int) -> tuple[FloatArray, Array, int]:
        array = as_floats(x, "x", half=True)
        if array.ndim not in (3, 4):
            msg = f"x has shape {array.shape}; give images, (C, H, W) or (N, C, H, W)"
            raise ValueError(msg)
        channels = array.ndim - 3
        if axis not in (-1, -3, channels):  # -1 is what nobody gave
            msg = f"axis={axis!r} is not that of the channels; leave it out, or give -3"
            raise ValueError(msg)
        channels = normalised_axis(channels, array, "x")
        return array, np.moveaxis(array, channels, -1), channels


def _temperature(value: Any, *, derivative: bool = False) -> float:
    try:
        if isinstance(value, bool | str):
            raise TypeError
        t = float(value)
    except (TypeError, ValueError):
        msg = f"temperature must be a real number, got {value!r}"
        raise TypeError(msg) from None
    if not t >= 0.0:
        msg = f"temperature={value!r} is not allowed; give a number from 0 to infinity"
        raise ValueError(msg)
    if derivative and t == 0.0:
        msg = "temperature=0 leaves no derivative, since softmax jumps there; give more than 0"
        raise ValueError(msg)
    return t


softmax = Softmax()
softmin = Softmax("softmin", -1)
softmax2d = Softmax2d()
