r"""Functions of a whole vector: softmax, its logarithm, and log-sum-exp.

Each is an object that is called like a function and that also knows its Jacobian and the
product of a row vector with it. How the numbers stay right is told in `rows`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes._arguments import FloatArray, as_floats, normalised_axis
from dlnotes.activations.rows import Rows

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes.activations.precise import Array

__all__ = ["LogSoftmax", "LogSumExp", "Softmax", "log_softmax", "logsumexp", "softmax"]


def _read(x: npt.ArrayLike, axis: int) -> tuple[FloatArray, Array, int]:
    array = as_floats(x, "x", half=True)
    axis = normalised_axis(axis, array, "x")
    return array, np.moveaxis(array.astype(np.float64), axis, -1), axis


def _read_cotangent(
    cotangent: npt.ArrayLike, shape: tuple[int, ...], output: str
) -> FloatArray:
    array = as_floats(cotangent, "cotangent", half=True)
    if array.shape != shape:
        msg = f"cotangent has shape {array.shape}; give it the shape of the {output}, {shape}"
        raise ValueError(msg)
    return array


class Softmax:
    r"""Turn a vector of scores into a vector of positive shares that sum to one.

    The share of :math:`z_j` is :math:`e^{z_j} / \sum_{k=1}^{K} e^{z_k}`.

    Notes
    -----
    An entry of :math:`-\infty` gets the share 0 and a single entry of :math:`+\infty` the
    share 1, which are the limits; rows without a limit give NaN. Shapes: ``(..., K, ...)`` in
    and out, with ``K`` along `axis`.

    Examples
    --------
    >>> from dlnotes.activations import softmax
    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """

    name = "softmax"

    def __repr__(self) -> str:
        return "<vector function softmax>"

    def __call__(self, x: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        """Evaluate softmax along an axis.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis along which the shares sum to one.

        Returns
        -------
        numpy.ndarray
            Shares, of the shape and precision of `x`.

        Raises
        ------
        TypeError
            If `x` is not real or `axis` no integer.
        ValueError
            If `axis` is out of range or empty.
        """
        array, rows, axis = _read(x, axis)
        with np.errstate(all="ignore"):
            out = Rows.of(rows).shares.astype(array.dtype)
        return np.moveaxis(out, -1, axis)

    def jacobian(self, x: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        r"""Return all partial derivatives, the off-diagonal ones included.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., K, K)``: the other axes of `x` in their order, then
            :math:`\partial s_j/\partial z_k` at ``[..., j, k]``.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import softmax
        >>> softmax.jacobian([0.0, 0.0])
        array([[ 0.25, -0.25],
               [-0.25,  0.25]])
        """
        array, rows, _ = _read(x, axis)
        with np.errstate(all="ignore"):
            parts = Rows.of(rows)
            s = parts.shares
            out = -s[..., :, None] * s[..., None, :]
            index = np.arange(s.shape[-1])
            out[..., index, index] = s * parts.complements
            return out.astype(array.dtype)

    def vjp(self, x: npt.ArrayLike, cotangent: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        r"""Multiply a row vector by the Jacobian without forming the Jacobian.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        cotangent : array_like
            Derivatives of a loss by the shares, of the shape of `x`.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            Derivatives of that loss by the scores:
            :math:`s \odot (v - \langle s, v\rangle)`, in time and memory proportional to ``K``.

        Raises
        ------
        TypeError, ValueError
            As for a call, and if the shapes differ.

        Examples
        --------
        >>> from dlnotes.activations import softmax
        >>> softmax.vjp([0.0, 0.0], [1.0, 0.0])
        array([ 0.25, -0.25])
        """
        array, rows, axis = _read(x, axis)
        v = _read_cotangent(cotangent, array.shape, "scores")
        wide = np.moveaxis(v.astype(np.float64), axis, -1)
        with np.errstate(all="ignore"):
            s = Rows.of(rows).shares
            out = s * (wide - (s * wide).sum(axis=-1, keepdims=True))
            return np.moveaxis(out.astype(np.result_type(array, v)), -1, axis)


class LogSoftmax:
    r"""The logarithm of softmax, without taking a logarithm of a rounded softmax.

    It is :math:`\log s_j = z_j - \operatorname{lse}(z)`.

    Examples
    --------
    >>> from dlnotes.activations import log_softmax
    >>> log_softmax([0.0, -1000.0])
    array([    0., -1000.])
    """

    name = "log_softmax"

    def __repr__(self) -> str:
        return "<vector function log_softmax>"

    def __call__(self, x: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        """Evaluate the logarithm of softmax along an axis.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis along which the shares sum to one.

        Returns
        -------
        numpy.ndarray
            Log-shares, of the shape and precision of `x`.

        Raises
        ------
        TypeError, ValueError
            As for `Softmax`.
        """
        array, rows, axis = _read(x, axis)
        with np.errstate(all="ignore"):
            parts = Rows.of(rows)
            out = parts.shifted - np.log1p(parts.rest)
            return np.moveaxis(out.astype(array.dtype), -1, axis)

    def jacobian(self, x: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        r"""Return all partial derivatives, :math:`\delta_{jk}-s_k`.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., K, K)``, output index first.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import log_softmax
        >>> log_softmax.jacobian([0.0, 0.0])
        array([[ 0.5, -0.5],
               [-0.5,  0.5]])
        """
        array, rows, _ = _read(x, axis)
        with np.errstate(all="ignore"):
            parts = Rows.of(rows)
            size = rows.shape[-1]
            out = np.repeat(-parts.shares[..., None, :], size, axis=-2)
            index = np.arange(size)
            out[..., index, index] = parts.complements
            return out.astype(array.dtype)

    def vjp(self, x: npt.ArrayLike, cotangent: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        r"""Multiply a row vector by the Jacobian without forming the Jacobian.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        cotangent : array_like
            Derivatives of a loss by the log-shares, of the shape of `x`.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            :math:`v - s \sum_j v_j`, of the shape of `x`.

        Raises
        ------
        TypeError, ValueError
            As for a call, and if the shapes differ.

        Examples
        --------
        >>> from dlnotes.activations import log_softmax
        >>> log_softmax.vjp([0.0, 0.0], [1.0, 0.0])
        array([ 0.5, -0.5])
        """
        array, rows, axis = _read(x, axis)
        v = _read_cotangent(cotangent, array.shape, "scores")
        wide = np.moveaxis(v.astype(np.float64), axis, -1)
        with np.errstate(all="ignore"):
            out = wide - Rows.of(rows).shares * wide.sum(axis=-1, keepdims=True)
            return np.moveaxis(out.astype(np.result_type(array, v)), -1, axis)


class LogSumExp:
    r"""A smooth maximum, and the function whose gradient is softmax.

    It is :math:`\operatorname{lse}(z) = \log \sum_{k=1}^{K} e^{z_k}`.

    Examples
    --------
    >>> from dlnotes.activations import logsumexp
    >>> float(logsumexp([-1000.0, -1000.0]))
    -999.3068528194401
    """

    name = "logsumexp"

    def __repr__(self) -> str:
        return "<vector function logsumexp>"

    def __call__(
        self, x: npt.ArrayLike, /, axis: int = -1, *, keepdims: bool = False
    ) -> FloatArray:
        """Evaluate log-sum-exp along an axis.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis that is summed away.
        keepdims : bool, default: False
            Keep that axis with length 1.

        Returns
        -------
        numpy.ndarray or numpy.floating
            In the precision of `x`; a NumPy scalar for a vector.

        Raises
        ------
        TypeError, ValueError
            As for `Softmax`.
        """
        array, rows, axis = _read(x, axis)
        with np.errstate(all="ignore"):
            parts = Rows.of(rows)
            out = np.where(np.isinf(parts.top), parts.top, parts.top + np.log1p(parts.rest))
            narrow = np.moveaxis(out.astype(array.dtype), -1, axis)
        return narrow if keepdims else narrow.squeeze(axis)[()]

    def jacobian(self, x: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        """Return the gradient, which is softmax.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., K)``: the other axes of `x` in their order, then the derivatives by
            the ``K`` scores.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import logsumexp
        >>> logsumexp.jacobian([3.0, 3.0])
        array([0.5, 0.5])
        """
        return np.moveaxis(Softmax()(x, axis), axis, -1)

    def vjp(self, x: npt.ArrayLike, cotangent: npt.ArrayLike, /, axis: int = -1) -> FloatArray:
        """Multiply the derivative of a loss by the gradient.

        Parameters
        ----------
        x : array_like
            Scores, of at least one dimension.
        cotangent : array_like
            Derivatives of a loss by the log-sum-exps, of the shape of `x` without `axis`.
        axis : int, default: -1
            The axis of length ``K``.

        Returns
        -------
        numpy.ndarray
            Derivatives of that loss by the scores, of the shape of `x`.

        Raises
        ------
        TypeError, ValueError
            As for a call, and if the shapes do not fit.

        Examples
        --------
        >>> from dlnotes.activations import logsumexp
        >>> logsumexp.vjp([3.0, 3.0], 2.0)
        array([1., 1.])
        """
        array, rows, axis = _read(x, axis)
        v = _read_cotangent(cotangent, rows.shape[:-1], "log-sum-exps")
        with np.errstate(all="ignore"):
            out = Rows.of(rows).shares * v.astype(np.float64)[..., None]
            return np.moveaxis(out.astype(np.result_type(array, v)), -1, axis)


softmax = Softmax()
log_softmax = LogSoftmax()
logsumexp = LogSumExp()
