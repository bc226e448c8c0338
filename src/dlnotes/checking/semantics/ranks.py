"""The rank of a matrix whose entries hold symbols: known at points, bounded in general."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import fmpq, fmpq_mat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

__all__ = ["Rank", "bounded_ranks", "rank_at", "rank_of"]


class Rank(sp.Function):  # type: ignore[misc]
    """``Rank(rows, columns, generic rank, *entries)``: the rank for the values of the entries.

    The generic rank (that of a matrix of symbols) is an upper bound; for special values the
    rank may be smaller, so that it is never taken for the rank.
    """

    is_integer = True
    is_nonnegative = True

    @classmethod
    def eval(cls, rows: Any, columns: Any, most: Any, *entries: Any) -> Any:
        """Give the number where the entries are numbers, or where it can only be zero."""
        if most == 0:
            return sp.Integer(0)
        if all(e.is_Rational for e in entries):
            return sp.Integer(sp.Matrix(int(rows), int(columns), entries).rank())
        return None


def rank_of(matrix: Any) -> Any:
    """Return the rank of an explicit matrix, as a number where its entries are numbers."""
    cells = list(matrix)
    if not any(c.free_symbols for c in cells):
        return sp.Integer(matrix.rank())
    most = sp.Matrix(matrix).rank()
    return Rank(sp.Integer(matrix.rows), sp.Integer(matrix.cols), sp.Integer(most), *cells)


def rank_at(e: Any, values: Mapping[Any, Fraction]) -> int | None:
    """Return the rank at rational values of the symbols; None when an entry is not rational."""
    rows, columns, _, *cells = e.args
    point = {s: sp.Rational(q.numerator, q.denominator) for s, q in values.items()}
    numbers = [c.xreplace(point) for c in cells]
    numbers = [sp.nsimplify(n) if not n.is_Rational else n for n in numbers]
    if not all(n.is_Rational for n in numbers):
        return None
    exact = [fmpq(int(n.p), int(n.q)) for n in numbers]
    return int(fmpq_mat(int(rows), int(columns), exact).rank())


def bounded_ranks(e: Any) -> Any:
    """Return a lower bound of `e`: ranks that enter with a minus sign at their largest.

    Only ranks with numerical coefficients are replaced; the result is at most `e`.
    """
    for rank in e.atoms(Rank):
        c = e.coeff(rank, 1)
        if not c.is_number or sp.expand(e - c * rank).has(rank):
            continue
        e = sp.expand(e - c * rank) + (c * rank.args[2] if c.is_negative else 0)
    return e
