"""Is a difference zero for all values of its symbols? Decided by rewriting, quick ways first.

A rational function of exponentials, powers, roots, sines and opaque functions is brought over
one denominator and its numerator expanded; sums of symbolic length go through their normal
form; kinks are split into sign cases. SymPy's own ``simplify`` comes last, with a time limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.closing import canonical_bound, close_operators
from dlnotes.checking.engines.kinks import kink, substitute_sign
from dlnotes.checking.engines.limits import NoLimit
from dlnotes.checking.engines.rational import Generators, expand_logs, rational_form, split_logs
from dlnotes.checking.engines.regions import Piece, pieces
from dlnotes.checking.engines.timing import Budget, time_limit
from dlnotes.checking.semantics.sums import delta_cases, normal, opaque_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "ENGINE",
    "is_zero",
]

ENGINE = f"SymPy {sp.__version__}"


def _kinked_zero(e: Any, ranges: Mapping[Any, Any], depth: int, off: tuple[Any, ...]) -> bool:
    if depth == 0:
        cut = pieces(e)
        if cut is not None:
            return _zero_in_pieces(cut[0], cut[1], ranges, off)
    a = kink(e)
    if a is None or depth > 4:
        return False
    if a.is_positive or a.is_negative:
        return False
    zero_left_out = a.is_nonzero or any(
        sp.expand(a - b) == 0 or sp.expand(a + b) == 0 for b in off
    )
    for sign in (1, -1, 0):
        if sign == 0 and zero_left_out:
            continue
        part = substitute_sign(e, a, sign)
        if part is None:
            return False
        if part == e or not is_zero(part, ranges, depth=depth + 1, quick=True):
            return False
    return True


def _zero_in_pieces(
    x: Any, parts: list[Piece], ranges: Mapping[Any, Any], off: tuple[Any, ...]
) -> bool:
    """Whether every piece is zero; points without a value are left to the conditions."""
    for part in parts:
        value = part.value
        if part.low == part.high:
            if value.has(sp.nan, sp.zoo) or any(b.subs(x, part.low) == 0 for b in off):
                continue
        elif value.has(x) and not part.low.is_infinite:
            t = sp.Dummy("t", positive=True)
            inside = part.low + t
            if not part.high.is_infinite:
                inside = part.low + (part.high - part.low) * t / (1 + t)
            value = value.xreplace({x: inside})
        elif value.has(x) and not part.high.is_infinite:
            value = value.xreplace({x: part.high - sp.Dummy("t", positive=True)})
        if not is_zero(value, ranges, depth=1, quick=True):
            return False
    return True


def is_zero(
    e: Any,
    ranges: Mapping[Any, Any] | None = None,
    *,
    depth: int = 0,
    quick: bool = False,
    off: tuple[Any, ...] = (),
    implied: Callable[[Any], bool] | None = None,
    rules: Mapping[Any, Any] | None = None,
    seconds: float = 6.0,
) -> bool:
    """Return whether `e` is shown to be zero; False means only that it was not shown.

    Parameters
    ----------
    e
        A SymPy expression; the assumptions are those of its symbols.
    ranges
        Ranges of free indices, for Kronecker deltas.
    off
        Expressions known to differ from zero (kinks that the domain leaves out).
    rules
        Values of sums (in normal form) that are known by hypothesis.
    implied
        Decides whether a condition holds on the declared domain.
    seconds
        Time for the slow methods.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> is_zero(sp.tanh(x) - (1 - sp.exp(-2*x)) / (1 + sp.exp(-2*x)))
    True
    >>> is_zero(sp.sqrt(x**2) - x)
    False
    """
    ranges = ranges or {}
    if e == 0:
        return True
    try:
        with time_limit(seconds):
            e = canonical_bound(e)
            if e == 0 or sp.expand(e) == 0:
                return True
            if e.has(sp.Integral, sp.Limit) or any(
                lim[2] == sp.oo for s in e.atoms(sp.Sum) for lim in s.limits
            ):
                e = close_operators(e, implied)
                if e == 0:
                    return True
            if e.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
                return False
            parts = [e]
            if e.has(sp.Sum, sp.KroneckerDelta, sp.Indexed):
                e = split_logs(e) if e.has(sp.log) else e
                e = normal(e, ranges).xreplace(dict(rules or {}))
                parts = [
                    opaque_sums(normal(p, ranges).xreplace(dict(rules or {})))[0]
                    for p in delta_cases(e)
                ]
            return all(_scalar_zero(p, ranges, depth, quick, off) for p in parts)
    except (Budget, NoLimit):
        return False


def _scalar_zero(
    e: Any, ranges: Mapping[Any, Any], depth: int, quick: bool, off: tuple[Any, ...]
) -> bool:
    if e == 0:
        return True
    if e.has(sp.Abs, sp.sign, sp.Max, sp.Min, sp.Piecewise, sp.Heaviside):
        if e.has(sp.Abs, sp.Max, sp.Min) and sp.expand(e) == 0:
            return True
        if _kinked_zero(e, ranges, depth, off):
            return True
    if e.has(sp.factorial, sp.binomial, sp.gamma):
        if sp.expand(sp.combsimp(e)) == 0:
            return True
        e = sp.expand_func(e)
    try:
        if rational_form(e)[0] == 0:
            return True
        if e.has(sp.log):
            logged = expand_logs(e)
            if logged == 0 or rational_form(logged)[0] == 0:
                return True
            g = Generators()
            merged = sp.logcombine(sp.expand(g.prepare(logged)))
            if merged == 0 or _single_log(merged):
                return True
    except (sp.PolynomialError, NotImplementedError, TypeError, ZeroDivisionError):
        pass
    if quick:
        return False
    if e.has(sp.Sum):
        return False
    return bool(sp.simplify(e) == 0 or sp.simplify(e.rewrite(sp.exp)) == 0)


def _single_log(e: Any) -> bool:
    """Whether `e` is a sum c log(a) + r with r = 0 and a = 1 in rational form."""
    rest = sp.Integer(0)
    for term in sp.Add.make_args(e):
        c, m = term.as_coeff_Mul()
        if isinstance(m, sp.log) and c.is_Rational:
            if rational_form(m.args[0] - 1)[0] != 0:
                return False
        else:
            rest += term
    return bool(rest == 0 or rational_form(rest)[0] == 0)
