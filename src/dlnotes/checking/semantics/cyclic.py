r"""Sums over a full period: indices that are counted modulo N may be shifted and turned round.

A bound index that runs through N consecutive integers, and of which the summand is a function
modulo N, may be replaced by plus or minus itself plus anything that does not depend on it. Of
all such choices that make an index of a factor the running index, the shortest text is taken,
so that two sums that differ by a change of index become the same expression. The unit impulse
ends a sum, and a full sum of the powers of a root of unity makes one.
"""

from __future__ import annotations

import itertools
from typing import Any

import sympy as sp

__all__ = ["Cyclic", "Impulse", "collapse", "options"]

Limits = list[tuple[Any, Any, Any]]
_TURN = 2 * sp.pi * sp.I


class Cyclic(sp.IndexedBase):  # type: ignore[misc]
    """A family whose indices are counted modulo the numbers of its shape."""


class Impulse(sp.Function):  # type: ignore[misc]
    """One where its first argument is a multiple of the second, zero elsewhere."""

    nargs = 2
    is_real = True
    is_integer = True

    @classmethod
    def eval(cls, n: Any, period: Any) -> Any:
        """Evaluate at integers, and take one of n and -n."""
        n = sp.expand(n)
        if n == 0:
            return sp.Integer(1)
        if n.is_Integer and period.is_Integer:
            return sp.Integer(int(n % period == 0))
        if n.could_extract_minus_sign():
            return cls(-n, period)
        return None


def _slope(form: Any, k: Any) -> Any:
    """Return the coefficient of k where that is an integer and k occurs nowhere else."""
    form = sp.expand(form)
    c = form.coeff(k, 1)
    if not c.is_Integer or (form - c * k).expand().has(k):
        return None
    return c


def _exponent(argument: Any, k: Any, period: Any) -> Any:
    """Return the integer L of ``exp(2 pi i k L / N)``, or None."""
    argument = sp.expand(argument)
    c = argument.coeff(k, 1)
    if (argument - sp.expand(c * k)).expand().has(k):
        return None
    turns = sp.expand(sp.cancel(c * period / _TURN))
    return turns if turns.is_integer else None


def _periodic(factor: Any, k: Any, period: Any) -> bool:
    """Whether `factor` depends on the integer k modulo `period` only."""
    if not factor.has(k):
        return True
    if isinstance(factor, sp.Pow) and factor.exp.is_Integer:
        return _periodic(factor.base, k, period)
    if isinstance(factor, Impulse):
        return factor.args[1] == period and _slope(factor.args[0], k) is not None
    if isinstance(factor, sp.exp):
        return _exponent(factor.args[0], k, period) is not None
    if isinstance(factor, sp.Indexed):
        shape = factor.base.shape
        return isinstance(factor.base, Cyclic) and all(
            not form.has(k) or (modulus == period and _slope(form, k) is not None)
            for form, modulus in zip(factor.indices, shape, strict=True)
        )
    return False


def _full(factors: list[Any], limits: Limits) -> dict[Any, Any]:
    """Return the bound indices that run through a full period, with the period."""
    out: dict[Any, Any] = {}
    for k, low, high in limits:
        period = sp.expand(high - low + 1)
        ends = [e for x in limits if x[0] != k for e in x[1:]]
        if (
            not period.is_Integer
            and not any(e.has(k) for e in ends)
            and all(_periodic(f, k, period) for f in factors)
        ):
            out[k] = period
    return out


def _without(limits: Limits, k: Any) -> Limits:
    return [x for x in limits if x[0] != k]


def collapse(factors: list[Any], limits: Limits) -> tuple[list[Any], Limits] | None:
    """Return factors and limits with one bound index fewer, or None when nothing collapses."""
    full = _full(factors, limits)
    for k, period in full.items():
        for n, factor in enumerate(factors):
            if isinstance(factor, Impulse) and factor.has(k):
                slope = _slope(factor.args[0], k)
                if slope in (1, -1):
                    place = sp.expand(k - factor.args[0] / slope)
                    rest = [f.xreplace({k: place}) for f in factors[:n] + factors[n + 1 :]]
                    return rest, _without(limits, k)
        inside = [f for f in factors if f.has(k)]
        if inside and all(isinstance(f, sp.exp) for f in inside):
            turns = sp.expand(sum(_exponent(f.args[0], k, period) for f in inside))
            rest = [f for f in factors if not f.has(k)]
            fixed = sp.expand(sum(f.args[0] for f in inside) - _TURN * turns * k / period)
            return [*rest, sp.exp(fixed), period, Impulse(turns, period)], _without(limits, k)
    return None


def options(factors: list[Any], limits: Limits) -> list[tuple[Any, Limits]]:
    """Return the summands and limits after each admissible change of the cyclic indices."""
    full = _full(factors, limits)
    if not full or len(set(full.values())) != 1 or len(full) > 3:
        return []
    names = list(full)
    period = full[names[0]]
    forms: list[Any] = []
    for factor in factors:
        for atom in factor.atoms(sp.Indexed):
            if isinstance(atom.base, Cyclic):
                for form in map(sp.expand, atom.indices):
                    if form.has(*names) and form not in forms:
                        forms.append(form)
    out: list[tuple[Any, Limits]] = []
    for chosen in itertools.combinations(forms, len(names)):
        matrix = sp.Matrix([[_slope(f, k) for k in names] for f in chosen])
        if matrix.det() not in (1, -1):
            continue
        new = [sp.Dummy("c", integer=True) for _ in names]
        rest = [f.xreplace(dict.fromkeys(names, sp.Integer(0))) for f in chosen]
        solved = matrix.inv() * sp.Matrix([c - r for c, r in zip(new, rest, strict=True)])
        table = {k: sp.expand(v) for k, v in zip(names, solved, strict=True)}
        body = sp.Mul(*[f.xreplace(table) for f in factors])
        others = [x for x in limits if x[0] not in full]
        out.append((body, [*others, *((c, sp.Integer(0), period - 1) for c in new)]))
    return out
