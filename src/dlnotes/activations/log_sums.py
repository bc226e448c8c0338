"""Logarithms of sums of exponentials: log-softmax, log-sum-exp and log-mean-exp."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dlnotes.activations.rows import Rows, log_total
from dlnotes.activations.vector import VectorFunction

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes._arguments import FloatArray
    from dlnotes.activations.precise import Array

__all__ = ["LogSoftmax", "LogSumExp", "log_softmax", "logmeanexp", "logsumexp"]


class LogSoftmax(VectorFunction):
    r"""The logarithm of softmax, without taking a logarithm of a rounded softmax.

    It is :math:`\log s_j = z_j - \operatorname{lse}(z)`.

    Parameters
    ----------
    name : str, default: "log_softmax"
        What it is called.

    Examples
    --------
    >>> from dlnotes.activations import log_softmax
    >>> log_softmax([0.0, -1000.0])
    array([    0., -1000.])
    >>> log_softmax.jacobian([0.0, 0.0])
    array([[ 0.5, -0.5],
           [-0.5,  0.5]])
    """

    def __init__(self, name: str = "log_softmax") -> None:
        super().__init__(name)

    def _value(self, rows: Array) -> Array:
        _, out, logarithm, wrong = log_total(rows)
        out -= logarithm
        if wrong.any():
            out[wrong] = Rows.of(rows[wrong]).log_shares
        return out

    def _jacobian(self, rows: Array) -> Array:
        parts = Rows.of(rows)
        size = rows.shape[-1]
        out = np.repeat(-parts.shares[..., None, :], size, axis=-2)
        index = np.arange(size)
        out[..., index, index] = parts.complements
        return out

    def _vjp(self, rows: Array, v: Array) -> Array:
        parts = Rows.of(rows)
        # v_j - s_j sum v = v_j (1 - s_j) - s_j (the sum without v_j)
        marks = parts.chosen
        others = v.sum(axis=-1, keepdims=True) - v
        rest = np.where(marks, 0.0, v).sum(axis=-1, keepdims=True)
        return np.asarray(v * parts.complements - parts.shares * np.where(marks, rest, others))


class LogSumExp(VectorFunction):
    r"""A smooth maximum, and the function whose gradient is softmax.

    It is :math:`\operatorname{lse}(z) = \log \sum_{k=1}^{K} e^{z_k}`; for its mean, the sum is
    divided by ``K``.

    Parameters
    ----------
    name : str, default: "logsumexp"
        What it is called.
    mean : bool, default: False
        Whether the sum is divided by ``K``.

    Examples
    --------
    >>> from dlnotes.activations import logsumexp
    >>> float(logsumexp([-1000.0, -1000.0]))
    -999.3068528194401
    >>> logsumexp.jacobian([3.0, 3.0])
    array([0.5, 0.5])
    """

    def __init__(self, name: str = "logsumexp", *, mean: bool = False) -> None:
        super().__init__(name)
        self.mean = mean

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
        out = self._call(self._value, x, axis)
        return out if keepdims else out.squeeze(axis)[()]

    def _value(self, rows: Array) -> Array:
        out, _, logarithm, wrong = log_total(rows)
        out += logarithm
        if wrong.any():
            out[wrong] = Rows.of(rows[wrong]).logsumexp
        if self.mean:
            out -= math.log(rows.shape[-1])
        return out

    def _jacobian(self, rows: Array) -> Array:
        return Rows.of(rows).shares

    def _vjp(self, rows: Array, v: Array) -> Array:
        return np.asarray(Rows.of(rows).shares * v)

    def _shape(self, array: FloatArray, axis: int) -> tuple[int, ...]:
        return array.shape[:axis] + array.shape[axis + 1 :]


log_softmax = LogSoftmax()
logsumexp = LogSumExp()
logmeanexp = LogSumExp("logmeanexp", mean=True)
