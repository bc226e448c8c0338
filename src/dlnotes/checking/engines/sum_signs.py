"""Signs of sums of symbolic length: term by term, by shares, and pair by pair.

Each function is handed what decides the sign of a term, which may call back.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.rational import split_logs
from dlnotes.checking.semantics.sums import (
    Probabilities,
    normal,
    opaque_sums,
    positive_sum,
    termwise,
)
from dlnotes.checking.semantics.symbols import Domain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Signed = Callable[[Any, dict[Any, Domain], bool, int, Mapping[Any, Any]], bool]

__all__ = ["by_pairs", "by_shares", "by_terms"]


def by_terms(
    e: Any, domains: dict[Any, Domain], ranges: Mapping[Any, Any], signed: Signed
) -> bool:
    """Every term is nonnegative; a sum of positive terms is at least each of them."""
    term, ranges = termwise(e, ranges)
    members = term.atoms(sp.Indexed)
    for total in sorted(term.atoms(sp.Sum), key=str):
        k, low, high = total.limits[0]
        body = total.function
        if len(total.limits) > 1 or not isinstance(body, sp.Indexed) or not positive_sum(total):
            continue
        for i in sorted(term.free_symbols, key=str):
            if ranges.get(i) == (low, high) and body.xreplace({k: i}) in members:
                rest = sp.Dummy("S", nonnegative=True)
                term = term.xreplace({total: body.xreplace({k: i}) + rest})
                break
    term = sp.expand(split_logs(term)) if term.has(sp.log) else term
    if term.has(sp.Sum):
        term = normal(term, ranges)
    return _term_signed(term, domains, signed)


def _term_signed(term: Any, domains: dict[Any, Domain], signed: Signed) -> bool:
    """Whether a term is not negative, its entries standing for any numbers of their range."""
    form, table = opaque_sums(term)
    form = sp.factor_terms(form)
    if signed(form, domains, False, 1, {}):
        return True
    shares = [
        s for s, e in table.items() if isinstance(getattr(e, "base", None), Probabilities)
    ]
    within = Domain(low=sp.Integer(0), high=sp.Integer(1), high_open=False)
    return bool(shares) and signed(
        form, {**domains, **dict.fromkeys(shares, within)}, False, 1, {}
    )


def by_shares(e: Any, domains: dict[Any, Domain], signed: Signed) -> bool:
    """Term by term, as in Gibbs' inequality: shares sum to one, so that differences vanish.

    A constant is spread over the terms by the shares, and the difference of two families of
    shares (one of them may be the uniform one) is added to every term.
    """
    index = sp.Dummy("k", integer=True)
    body, constant, ends = sp.Integer(0), sp.Integer(0), set()
    for part in sp.Add.make_args(sp.expand(e)):
        sums = [f for f in sp.Mul.make_args(part) if isinstance(f, sp.Sum)]
        if not sums and not part.has(sp.Sum):
            constant += part
            continue
        if len(sums) != 1 or len(sums[0].limits) != 1:
            return False
        k, low, high = sums[0].limits[0]
        ends.add((low, high))
        rest = [f for f in sp.Mul.make_args(part) if f is not sums[0]]
        body += sp.Mul(sums[0].function.xreplace({k: index}), *rest)
    if len(ends) != 1 or body.has(sp.Sum):
        return False
    ((low, high),) = ends
    shares = [
        x
        for x in sorted(body.atoms(sp.Indexed), key=str)
        if isinstance(x.base, Probabilities)
        and x.indices[-1] == index
        and (low, high) == (1, x.base.shape[-1])
    ]
    if not shares or len(shares) > 3:
        return False
    weights = [*shares, 1 / high]
    for spread in weights if constant != 0 else weights[:1]:
        term = sp.expand(split_logs(body + constant * spread))
        for a, b in [(0, 0), *itertools.permutations(weights, 2)]:
            if _term_signed(term + a - b, domains, signed):
                return True
    return False


def by_pairs(e: Any, domains: dict[Any, Domain], signed: Signed) -> bool:
    """Write products of two sums as one sum over pairs, and let the members change places.

    The term of (i, j) and that of (j, i) together are often a square: so it is in the
    inequality of Cauchy and Schwarz, and in that between a mean square and a squared mean.
    """
    i, j = sp.Dummy("i", integer=True), sp.Dummy("j", integer=True)
    ends: set[Any] = set()
    flat = sp.expand(e)
    for total in flat.atoms(sp.Sum):
        ends.add(total.limits[0][1:] if len(total.limits) == 1 else None)
    if len(ends) != 1 or None in ends:
        return False
    ((low, high),) = ends
    size, term = high - low + 1, sp.Integer(0)
    for part in sp.Add.make_args(flat):
        sums, rest = [], sp.Integer(1)
        for f in sp.Mul.make_args(part):
            base, k = f.as_base_exp()
            if isinstance(base, sp.Sum) and k in (1, 2):
                sums += [base] * int(k)
            else:
                rest *= f
        if not 1 <= len(sums) <= 2 or rest.has(sp.Sum):
            return False
        for total, index in zip(sums, (i, j), strict=False):
            rest *= total.function.xreplace({total.limits[0][0]: index})
        term += rest if len(sums) == 2 else sp.cancel(rest / size)
    both = term + term.xreplace({i: j, j: i})
    return not both.has(sp.Sum) and _term_signed(sp.factor(both), domains, signed)
