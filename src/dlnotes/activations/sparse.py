"""Two functions that put zeros where softmax puts small shares: hardmax and sparsemax."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.activations.vector import VectorFunction

if TYPE_CHECKING:
    from dlnotes.activations.precise import Array

__all__ = ["Hardmax", "Sparsemax", "hardmax", "sparsemax"]


class Hardmax(VectorFunction):
    """One for the first of the largest entries, zero for all others.

    Parameters
    ----------
    name : str, default: "hardmax"
        What it is called.

    Notes
    -----
    Where two entries are largest together the function jumps: it has no derivative there, and
    the Jacobian is NaN. Everywhere else it is constant and the Jacobian 0. A row with a NaN
    gives NaN.

    Examples
    --------
    >>> from dlnotes.activations import hardmax
    >>> hardmax([1.0, 3.0, 3.0])
    array([0., 1., 0.])
    """

    def __init__(self, name: str = "hardmax") -> None:
        super().__init__(name)

    def _value(self, rows: Array) -> Array:
        out = np.zeros_like(rows)
        np.put_along_axis(out, rows.argmax(axis=-1)[..., None], 1.0, axis=-1)
        out[np.isnan(rows).any(axis=-1)] = np.nan
        return out

    def _jacobian(self, rows: Array) -> Array:
        shape = (*rows.shape, rows.shape[-1])
        return np.broadcast_to(self._slope(rows)[..., None], shape).copy()

    def _vjp(self, rows: Array, v: Array) -> Array:
        return np.asarray(self._slope(rows) + 0.0 * v)

    @staticmethod
    def _slope(rows: Array) -> Array:
        tied = (rows == rows.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True) != 1
        return np.where(tied, np.nan, 0.0)


class Sparsemax(VectorFunction):
    r"""The point of the simplex that is nearest to the vector of scores.

    It is :math:`p_j = \max(z_j - \tau, 0)` with the number :math:`\tau` for which the shares
    sum to one [1]_.

    Parameters
    ----------
    name : str, default: "sparsemax"
        What it is called.

    Notes
    -----
    With :math:`S` the set of the positive shares the Jacobian is
    :math:`\operatorname{diag}(1_S) - 1_S 1_S^\top/|S|`. Where an entry equals :math:`\tau` the
    function has a kink, and the entry counts as one outside of :math:`S`.

    References
    ----------
    .. [1] A. F. T. Martins and R. F. Astudillo, "From softmax to sparsemax: a sparse model of
       attention and multi-label classification", *ICML*, 2016.

    Examples
    --------
    >>> from dlnotes.activations import sparsemax
    >>> sparsemax([0.5, 0.0, -3.0])
    array([0.75, 0.25, 0.  ])
    """

    def __init__(self, name: str = "sparsemax") -> None:
        super().__init__(name)

    def _value(self, rows: Array) -> Array:
        top = rows.max(axis=-1, keepdims=True)
        single = (top == np.inf) & ((rows == np.inf).sum(axis=-1, keepdims=True) == 1)
        shifted = np.where(single, np.where(rows == np.inf, 0.0, -np.inf), rows - top)
        ordered = -np.sort(-shifted, axis=-1)
        count = np.arange(1, rows.shape[-1] + 1, dtype=rows.dtype)
        # beyond the support a sum of very negative numbers may overflow, which says the same
        tau = (np.cumsum(ordered, axis=-1) - 1.0) / count
        size = (ordered > tau).sum(axis=-1, keepdims=True)
        tau = np.take_along_axis(tau, np.maximum(size - 1, 0), axis=-1)
        out = np.maximum(shifted - tau, 0.0)
        lost = np.isnan(shifted).any(axis=-1)
        out[lost] = np.nan
        return np.asarray(out, dtype=rows.dtype)

    def _jacobian(self, rows: Array) -> Array:
        inside = self._inside(rows)
        size = inside.sum(axis=-1, keepdims=True)
        out = -inside[..., :, None] * inside[..., None, :] / size[..., None]
        index = np.arange(rows.shape[-1])
        out[..., index, index] += inside
        return np.asarray(out)

    def _vjp(self, rows: Array, v: Array) -> Array:
        inside = self._inside(rows)
        mean = (inside * v).sum(axis=-1, keepdims=True) / inside.sum(axis=-1, keepdims=True)
        return np.asarray(inside * (v - mean))

    def _inside(self, rows: Array) -> Array:
        """Return 1 where a share is positive, 0 where not, NaN where there is no share."""
        return np.sign(self._value(rows))


hardmax = Hardmax()
sparsemax = Sparsemax()
