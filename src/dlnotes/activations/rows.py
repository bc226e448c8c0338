r"""The decomposition of a vector from which softmax and log-sum-exp are computed.

Both rest on one decomposition. With :math:`m=\max_k z_k`, attained at one chosen index,
and :math:`r` the sum of :math:`e^{z_k-m}` over all *other* indices,

:math:`\operatorname{lse}(z) = m + \log(1 + r)` and :math:`s_j = e^{z_j-m}/(1+r)`.

No exponential overflows, and since the largest term is kept apart, ``log1p`` and
:math:`1-s_m=r/(1+r)` keep their digits when that term is all but one [1]_. What the rounding of
:math:`z_k-m` leaves out is carried into the exponential.

References
----------
.. [1] P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and
   softmax functions", *IMA Journal of Numerical Analysis* 41(4), 2311-2330, 2021.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from dlnotes.activations.precise import Array, two_sum
from dlnotes.activations.walks import exp

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

__all__ = ["Rows", "log_total", "moderate_shares"]

# Exponentials of numbers up to this are so far from the ends of the range that also a sum of
# millions of them is.
_MODERATE = {np.dtype(np.float64): 300.0, np.dtype(np.float32): 40.0}


def moderate_shares(x: Array) -> Array | None:
    """Evaluate softmax by its definition where nothing can overflow: two roundings in all.

    Parameters
    ----------
    x : numpy.ndarray
        Numbers in single or double precision, shape ``(..., K)``.

    Returns
    -------
    numpy.ndarray or None
        The shares along the last axis; None if a number is too large, too small or NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.rows import moderate_shares
    >>> moderate_shares(np.zeros((1, 4)))
    array([[0.25, 0.25, 0.25, 0.25]])
    >>> moderate_shares(np.full((1, 4), 1000.0)) is None
    True
    """
    most = _MODERATE[x.dtype]
    if not (x.size and x.max() <= most and x.min() >= -most):
        return None
    terms = exp(x)
    terms /= terms.sum(axis=-1, keepdims=True)
    return terms


def log_total(x: Array) -> tuple[Array, Array, Array, npt.NDArray[np.bool_]]:
    """Take the logarithm of a sum of exponentials, for rows that no single entry dominates.

    Parameters
    ----------
    x : numpy.ndarray
        Numbers in single or double precision, shape ``(..., K)``.

    Returns
    -------
    top : numpy.ndarray
        Largest entry of each row, shape ``(..., 1)``.
    shifted : numpy.ndarray
        The entries minus the largest, shape ``(..., K)``.
    logarithm : numpy.ndarray
        Of the sum of the exponentials of these, shape ``(..., 1)``.
    wrong : numpy.ndarray of bool
        Marks the rows, shape ``(...)``, to be treated with more care: one entry outweighs all
        others together, or there is an infinite one, or NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.rows import log_total
    >>> log_total(np.array([[0.0, 0.0], [0.0, 9.0]]))[3]
    array([False,  True])
    """
    top = x.max(axis=-1, keepdims=True)
    shifted = x - top
    total = exp(shifted).sum(axis=-1, keepdims=True)
    return top, shifted, np.log(total), ~(total[..., 0] >= 2.0)


class Rows:
    """The rows of an array, each decomposed about its largest entry.

    Parameters
    ----------
    top : numpy.ndarray
        Largest entry of each row, shape ``(..., 1)``.
    shifted : numpy.ndarray
        The entries minus the largest, shape ``(..., K)``; never positive.
    terms : numpy.ndarray
        Their exponentials.
    index : numpy.ndarray of int
        Which entry is the chosen largest one, shape ``(..., 1)``.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.rows import Rows
    >>> Rows.of(np.zeros((1, 4))).shares
    array([[0.25, 0.25, 0.25, 0.25]])
    """

    def __init__(
        self, top: Array, shifted: Array, terms: Array, index: npt.NDArray[np.intp]
    ) -> None:
        self.top, self.shifted, self.terms, self.index = top, shifted, terms, index

    @classmethod
    def of(cls, x: Array, temperature: float = 1.0) -> Self:
        """Decompose along the last axis.

        Parameters
        ----------
        x : numpy.ndarray
            Numbers in single or double precision, shape ``(..., K)``.
        temperature : float, default: 1.0
            What the entries minus the largest are divided by; at least 0. At 0 all entries but
            the largest are taken to minus infinity.

        Returns
        -------
        Rows
            With limits at infinite entries, and NaN where a row has no limit.
        """
        index = x.argmax(axis=-1)[..., None]
        top = np.take_along_axis(x, index, axis=-1)
        shifted, low = two_sum(x, -top)
        if not np.isfinite(shifted).all():
            shifted, low = x - top, 0.0
            # One entry at plus infinity takes everything; two, or none above minus infinity,
            # have no limit: there 0 / 0 is the honest answer.
            endless = x == np.inf
            single = endless.sum(axis=-1, keepdims=True) == 1
            limit = np.where(endless, 0.0, np.where(np.isnan(x), np.nan, -np.inf))
            shifted = np.where(single & (top == np.inf), limit.astype(x.dtype), shifted)
        if temperature == 0.0:
            shifted, low = np.where(shifted < 0, -np.inf, shifted).astype(x.dtype), 0.0
        elif temperature != 1.0:
            shifted, low = shifted / temperature, low / temperature
        terms = exp(shifted)
        if not isinstance(low, float):
            terms += terms * low
        return cls(top, shifted, terms, index)

    @functools.cached_property
    def rest(self) -> Array:
        """Sum of the exponentials without the chosen largest one, shape ``(..., 1)``."""
        chosen = np.take_along_axis(self.terms, self.index, axis=-1)
        others = self.terms.copy()
        # the chosen term is 1, or NaN, which must not get lost
        np.put_along_axis(others, self.index, chosen - 1.0, axis=-1)
        return np.asarray(others.sum(axis=-1, keepdims=True))

    @property
    def chosen(self) -> npt.NDArray[np.bool_]:
        """Marks the chosen largest entry of each row."""
        marks = np.zeros(self.terms.shape, dtype=bool)
        np.put_along_axis(marks, self.index, True, axis=-1)
        return marks

    @property
    def shares(self) -> Array:
        """Softmax of each row."""
        return np.asarray(self.terms / self.terms.sum(axis=-1, keepdims=True))

    @property
    def log_shares(self) -> Array:
        """The logarithm of softmax."""
        return np.asarray(self.shifted - np.log1p(self.rest))

    @property
    def logsumexp(self) -> Array:
        """Log-sum-exp of each row, shape ``(..., 1)``."""
        return np.where(np.isinf(self.top), self.top, self.top + np.log1p(self.rest))

    @property
    def complements(self) -> Array:
        """One minus softmax, without the subtraction where it would cancel."""
        total = 1.0 + self.rest
        return np.asarray(np.where(self.chosen, self.rest, total - self.terms) / total)
