"""The spectral norm of a matrix whose entries hold symbols: known at points, in balls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mpmath as mp
import sympy as sp
from flint import arb, arb_mat

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SpectralNorm", "spectral_norm", "spectral_norm_at"]


class SpectralNorm(sp.Function):  # type: ignore[misc]
    """``SpectralNorm(rows, columns, *entries)``: the largest singular value."""

    is_extended_real = True
    is_nonnegative = True


def spectral_norm(a: Any) -> Any:
    """Return the largest singular value of an explicit matrix.

    With two rows or columns it is a formula, else a `SpectralNorm`, which is evaluated. A
    matrix and its transpose have the same norm, and give the same expression.
    """
    if a.rows > a.cols or (a.rows == a.cols and _order(a.T) < _order(a)):
        a = a.T
    gram = a * a.T
    if gram.rows > 2:
        return SpectralNorm(sp.Integer(a.rows), sp.Integer(a.cols), *a)
    p, q, r = gram[0, 0], gram[1, 1], gram[0, 1]
    return sp.sqrt((p + q + sp.sqrt((p - q) ** 2 + 4 * r**2)) / 2)


def _order(a: Any) -> list[Any]:
    """Return what tells a matrix from its transpose, the same in every run."""
    return [sp.default_sort_key(x) for x in a]


def spectral_norm_at(rows: int, columns: int, entries: Sequence[arb]) -> arb | None:
    """Return a ball that holds the largest singular value of a matrix of real balls.

    A quotient of Rayleigh at an approximate eigenvector of the Gram matrix G bounds its
    largest eigenvalue from below. From above it is bounded by u once u I - G is seen to be
    positive definite, by the pivots of Cholesky's decomposition.

    Parameters
    ----------
    rows, columns : int
        The shape.
    entries : sequence of arb
        Row after row.

    Returns
    -------
    arb or None
        None where the balls are too wide for a bound.

    Examples
    --------
    >>> from flint import arb
    >>> norm = spectral_norm_at(3, 3, [arb(x) for x in (3, 0, 0, 0, -5, 0, 0, 0, 1)])
    >>> norm.contains(5), norm.contains(3)
    (True, False)
    """
    a = arb_mat(rows, columns, list(entries))
    gram = a * a.transpose() if rows <= columns else a.transpose() * a
    n = gram.nrows()
    if not all(gram[i, j].is_finite() for i in range(n) for j in range(n)):
        return None
    with mp.workdps(40):
        middle = mp.matrix(n, n)
        for i in range(n):
            for j in range(n):
                middle[i, j] = mp.mpf(gram[min(i, j), max(i, j)].mid().str(45, radius=False))
        values, vectors = mp.eigsy(middle)
        top = arb(mp.nstr(values[n - 1], 40))
        v = [arb(mp.nstr(vectors[i, n - 1], 40)) for i in range(n)]
    length = sum((x * x for x in v), arb(0))
    low = sum((v[i] * gram[i, j] * v[j] for i in range(n) for j in range(n)), arb(0)) / length
    for bits in (100, 60, 30, 10):
        high = top + (abs(top) + arb(2) ** -200) * arb(2) ** -bits
        if _positive_definite(
            [[high * (i == j) - gram[i, j] for j in range(n)] for i in range(n)]
        ):
            return arb.max(low, arb(0)).union(high).sqrt()
    return None


def _positive_definite(a: list[list[arb]]) -> bool:
    """Whether every pivot of a symmetric matrix is certainly positive."""
    n = len(a)
    for k in range(n):
        if not a[k][k] > 0:
            return False
        for i in range(k + 1, n):
            share = a[i][k] / a[k][k]
            for j in range(k, n):
                a[i][j] = a[i][j] - share * a[k][j]
    return True
