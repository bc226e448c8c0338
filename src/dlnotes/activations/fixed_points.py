"""Where a function returns its argument."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import mpmath
import numpy as np
import sympy as sp

from dlnotes.activations.pieces import Piece, X

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["find_fixed_points"]

_DIGITS = 60
# Beyond these digits a difference may be rounding: a function such as softplus comes close to
# its argument without reaching it.
_DECIDED = mpmath.mpf(10) ** -45
_HALVINGS = 180
_GRID = np.sinh(np.linspace(-np.arcsinh(1e4), np.arcsinh(1e4), 401))


def find_fixed_points(
    pieces: Sequence[Piece], value: Callable[[sp.Expr], sp.Expr]
) -> tuple[tuple[float, float], ...]:
    """Find all solutions of f(x) = x.

    Parameters
    ----------
    pieces : sequence of Piece
        The function, cut at its kinks.
    value : callable
        Its exact value at a number, needed at kinks and at 0.

    Returns
    -------
    tuple of tuple of float
        Intervals from left to right, with equal ends for a single point. An end of an interval
        at which the function jumps is not itself a fixed point.

    Examples
    --------
    >>> import sympy as sp
    >>> from dlnotes.activations.pieces import X, cut
    >>> from dlnotes.activations.fixed_points import find_fixed_points
    >>> square = X**2
    >>> find_fixed_points(cut(square, []), lambda at: square.subs(X, at))
    ((0.0, 0.0), (1.0, 1.0))
    """
    corners = {end for piece in pieces for end in (piece.low, piece.high) if end.is_finite}
    special = [at for at in {*corners, sp.Integer(0)} if _same(value(at), at)]
    found = [(at, at) for at in special]
    for piece in pieces:
        if piece.formula == X:
            found.append((piece.low, piece.high))
        else:
            found += [(root, root) for root in _roots(piece)]
    found.sort(key=lambda ends: (float(ends[0]), float(ends[1])))
    merged: list[tuple[float, float]] = []
    for low, high in ((float(a), float(b)) for a, b in found):
        if merged and low <= merged[-1][1] + 1e-15 * max(1.0, abs(low)):
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def _same(a: sp.Expr, b: sp.Expr) -> bool:
    return bool(abs(sp.N(a - b, _DIGITS)) < sp.Float(10) ** -45)


def _roots(piece: Piece) -> list[float]:
    """Return the sign changes of f(x) - x inside a piece, and its exact zeros on the grid."""
    gap = sp.lambdify(X, piece.formula - X, modules="mpmath")
    low, high = (float(end) for end in (piece.low, piece.high))
    inner = _GRID[(low < _GRID) & (high > _GRID)]
    if np.isfinite(low) and np.isfinite(high):
        inner = np.union1d(inner, np.linspace(low, high, 41)[1:-1])
    with mpmath.workdps(_DIGITS):
        points = [(mpmath.mpf(float(x)), gap(mpmath.mpf(float(x)))) for x in inner]
        decided = [(x, g) for x, g in points if abs(g) > _DECIDED]
        roots = []
        for (a, at_a), (b, at_b) in itertools.pairwise(decided):
            if at_a * at_b < 0:
                roots.append(_bisected(gap, a, b))
    return roots


def _bisected(
    gap: Callable[[mpmath.mpf], mpmath.mpf], low: mpmath.mpf, high: mpmath.mpf
) -> float:
    """Halve the interval, which a root of any multiplicity survives."""
    rising = gap(low) < 0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (gap(middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return float(high) if abs(high) > _DECIDED**0.25 else 0.0
