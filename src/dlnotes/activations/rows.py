r"""The decomposition of a vector from which softmax and log-sum-exp are computed.

Both rest on one decomposition. With :math:`m=\max_k z_k`, attained at one chosen index,
and :math:`r` the sum of :math:`e^{z_k-m}` over all *other* indices,

:math:`\operatorname{lse}(z) = m + \log(1 + r)` and :math:`s_j = e^{z_j-m}/(1+r)`.

No exponential overflows, and since the largest term is kept apart, ``log1p`` and
:math:`1-s_m=r/(1+r)` keep their digits when that term is all but one [1]_.

References
----------
.. [1] P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and
   softmax functions", *IMA Journal of Numerical Analysis* 41(4), 2311-2330, 2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes.activations.precise import Array

__all__ = ["Rows"]


@dataclass(frozen=True)
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
    rest : numpy.ndarray
        Sum of the exponentials without the chosen largest one, shape ``(..., 1)``.
    chosen : numpy.ndarray of bool
        Marks that one.
    """

    top: Array
    shifted: Array
    terms: Array
    rest: Array
    chosen: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, x: Array) -> Rows:
        """Decompose along the last axis.

        Parameters
        ----------
        x : numpy.ndarray
            Double-precision numbers, shape ``(..., K)``.

        Returns
        -------
        Rows
            With limits at infinite entries, and NaN where a row has no limit.
        """
        top = x.max(axis=-1, keepdims=True)
        shifted = x - top
        if not np.isfinite(top).all():
            # One entry at plus infinity takes everything; two, or none above minus infinity,
            # have no limit: there 0 / 0 is the honest answer.
            endless = x == np.inf
            single = endless.sum(axis=-1, keepdims=True) == 1
            limit = np.where(endless, 0.0, np.where(np.isnan(x), np.nan, -np.inf))
            shifted = np.where(single & (top == np.inf), limit, shifted)
        chosen = np.zeros(x.shape, dtype=bool)
        np.put_along_axis(chosen, x.argmax(axis=-1)[..., None], True, axis=-1)
        terms = np.exp(shifted)
        # the chosen term is 1, or NaN, which must not get lost
        rest = np.where(chosen, terms - 1.0, terms).sum(axis=-1, keepdims=True)
        return cls(top, shifted, terms, rest, chosen)

    @property
    def shares(self) -> Array:
        """Softmax of each row."""
        return np.asarray(self.terms / (1.0 + self.rest))

    @property
    def complements(self) -> Array:
        """One minus softmax, without the subtraction where it would cancel."""
        total = 1.0 + self.rest
        return np.asarray(np.where(self.chosen, self.rest, total - self.terms) / total)
