r"""A normal form for sums of symbolic length, so that identities are proved for every K.

Linearity, distribution of products over sums, Kronecker deltas collapsed, factors that do not
depend on an index pulled out, multiple sums parted into connected components, and bound
indices renamed canonically. Two sums that are equal by these rules become the same expression.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import cyclic

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Orthogonal",
    "Probabilities",
    "delta_cases",
    "normal",
    "opaque_sums",
    "positive_sum",
    "termwise",
]

_CANON: dict[tuple[int, int], Any] = {}
_LEVELS: dict[Any, int] = {}
Limits = list[tuple[Any, Any, Any]]


class Probabilities(sp.IndexedBase):  # type: ignore[misc]
    """A family of probability vectors: the sum over the whole of the last index is one."""


class Orthogonal(sp.IndexedBase):  # type: ignore[misc]
    """A square matrix whose columns, and so its rows, are orthonormal."""


def _canonical(level: int, i: int) -> Any:
    key = (level, i)
    if key not in _CANON:
        _CANON[key] = sp.Symbol(f"_c{level}_{i}", integer=True)
        _LEVELS[_CANON[key]] = level
    return _CANON[key]


def _expand(e: Any) -> Any:
    return sp.expand(e, power_exp=True, power_base=True, log=False, trig=False, complex=False)


def normal(e: Any, ranges: Mapping[Any, tuple[Any, Any]]) -> Any:
    """Return `e` with every sum in normal form; `ranges` gives the range of free indices."""
    if not e.has(sp.Sum, sp.KroneckerDelta):
        return e
    if isinstance(e, sp.Sum):
        inner = {**ranges, **{k: (a, b) for k, a, b in e.limits}}
        body = normal(e.function, inner)
        return _sum(body, [tuple(x) for x in e.limits], ranges)
    if not e.args:
        return e
    out = e.func(*[normal(a, ranges) for a in e.args])
    if isinstance(out, sp.Pow) and isinstance(out.base, sp.KroneckerDelta):
        return out.base if out.exp.is_positive else out
    return out


def _sum(body: Any, limits: Limits, ranges: Mapping[Any, tuple[Any, Any]]) -> Any:
    body = _expand(body)
    return sp.Add(*[_term(t, list(limits), ranges) for t in sp.Add.make_args(body)])


def _term(term: Any, limits: Limits, ranges: Mapping[Any, tuple[Any, Any]]) -> Any:
    indices = {k for k, _, _ in limits}
    factors: list[Any] = []
    opened = False
    for factor in sp.Mul.make_args(term):
        base, times = factor, 1
        if isinstance(factor, sp.Pow) and factor.exp.is_Integer and 0 < factor.exp <= 4:
            base, times = factor.base, int(factor.exp)
        if isinstance(base, sp.KroneckerDelta):
            factors.append(base)
        elif isinstance(base, sp.Sum) and base.free_symbols & indices:
            opened = True
            for _ in range(times):
                rename = {k: sp.Dummy("k", integer=True) for k, _, _ in base.limits}
                limits += [
                    (rename[k], a.xreplace(rename), b.xreplace(rename))
                    for k, a, b in base.limits
                ]
                factors += sp.Mul.make_args(base.function.xreplace(rename))
        else:
            factors.append(factor)
    if opened:
        return _sum(sp.Mul(*factors), limits, ranges)
    for n, factor in enumerate(factors):
        if isinstance(factor, sp.KroneckerDelta):
            done = _collapse(factor, factors[:n] + factors[n + 1 :], limits, ranges)
            if done is not None:
                rest, left = done
                return _term(rest, left, ranges) if left else normal(_expand(rest), ranges)
    paired = _orthonormal(factors, limits)
    if paired is not None:
        product = sp.Mul(*paired[0])
        return (
            _term(product, paired[1], ranges) if paired[1] else normal(_expand(product), ranges)
        )
    ended = cyclic.collapse(factors, limits)
    if ended is not None:
        product = sp.Mul(*ended[0])
        return _sum(product, ended[1], ranges) if ended[1] else normal(_expand(product), ranges)
    return _components(factors, limits)


def _collapse(
    delta: Any, rest: list[Any], limits: Limits, ranges: Mapping[Any, tuple[Any, Any]]
) -> tuple[Any, Limits] | None:
    table = {k: (a, b) for k, a, b in limits}
    for u, v in (delta.args, delta.args[::-1]):
        if u not in table:
            continue
        a, b = table[u]
        inside = table.get(v) == (a, b) or ranges.get(v) == (a, b)
        if not inside and v.is_Integer:
            inside = bool((v - a).is_nonnegative and (b - v).is_nonnegative)
        if not inside:
            continue
        left = [x for x in limits if x[0] != u]
        if any(u in (x[1].free_symbols | x[2].free_symbols) for x in left):
            continue
        return sp.Mul(*rest).xreplace({u: v}), left
    return None


def _components(factors: list[Any], limits: Limits, *, settled: bool = False) -> Any:
    """Part a multiple sum into connected ones and give each its canonical name."""
    factors, limits = _summed_to_one(factors, limits)
    groups: list[tuple[set[Any], list[Any]]] = []
    outside: list[Any] = []
    indices = {k for k, _, _ in limits}
    links: list[tuple[set[Any], Any]] = [(f.free_symbols & indices, f) for f in factors]
    links += [({k, *((a.free_symbols | b.free_symbols) & indices)}, None) for k, a, b in limits]
    for used, factor in links:
        if not used:
            outside.append(factor)
            continue
        joined = [g for g in groups if g[0] & used]
        merged: tuple[set[Any], list[Any]] = (set(used), [factor] if factor is not None else [])
        for g in joined:
            merged[0].update(g[0])
            merged[1].extend(g[1])
            groups.remove(g)
        groups.append(merged)
    out = sp.Mul(*outside)
    for used, members in groups:
        own = [x for x in limits if x[0] in used]
        if not members and len(own) == 1:
            out *= own[0][2] - own[0][1] + 1
        else:
            out *= _named(sp.Mul(*members), own) if settled else _settle(members, own)
    return out


def _orthonormal(factors: list[Any], limits: Limits) -> tuple[list[Any], Limits] | None:
    """Carry out one sum of U_ki U_kj, or U_ik U_jk, over all k, of an orthogonal matrix U."""
    for k, low, high in limits:
        if any(k in a.free_symbols | b.free_symbols for _, a, b in limits) or low != 1:
            continue
        pair: list[Any] = []
        for f in factors:
            if k in f.free_symbols:
                pair += [f.base] * 2 if isinstance(f, sp.Pow) and f.exp == 2 else [f]
        if len(pair) != 2 or not all(
            isinstance(f, sp.Indexed) and isinstance(f.base, Orthogonal) for f in pair
        ):
            continue
        one, other = pair
        if one.base != other.base or one.base.shape[0] != high:
            continue
        for place in (0, 1):
            i, j = one.indices[1 - place], other.indices[1 - place]
            along = one.indices[place] == other.indices[place] == k
            if along and k not in (i.free_symbols | j.free_symbols):
                rest = [f for f in factors if k not in f.free_symbols]
                return [*rest, sp.KroneckerDelta(i, j)], [x for x in limits if x[0] != k]
    return None


def _summed_to_one(factors: list[Any], limits: Limits) -> tuple[list[Any], Limits]:
    """Carry out the sums whose index occurs in one probability and nowhere else."""
    for k, low, high in limits:
        where = [f for f in factors if k in f.free_symbols]
        bound = any(k in a.free_symbols | b.free_symbols for _, a, b in limits)
        if len(where) != 1 or bound or low != 1 or not isinstance(where[0], sp.Indexed):
            continue
        base, indices = where[0].base, where[0].indices
        whole = isinstance(base, Probabilities) and base.shape[-1] == high
        if whole and indices[-1] == k and not any(k in i.free_symbols for i in indices[:-1]):
            rest = [f for f in factors if f is not where[0]]
            return _summed_to_one(rest, [x for x in limits if x[0] != k])
    return factors, limits


def _settle(members: list[Any], limits: Limits) -> Any:
    """Choose the indices that are counted modulo N, then give the sum its canonical name."""
    found = [
        _components(list(sp.Mul.make_args(_expand(body))), own, settled=True)
        for body, own in cyclic.options(members, limits)
    ]
    if not found:
        return _named(sp.Mul(*members), limits)
    return min(found, key=lambda e: (len(str(e)), str(e)))


def _named(body: Any, limits: Limits) -> Any:
    own = {k for k, _, _ in limits}
    level = 1 + max((_LEVELS.get(s, -1) for s in body.atoms(sp.Symbol) - own), default=-1)
    best = None
    order = sorted(limits, key=lambda x: (str(x[1]), str(x[2])))
    options = itertools.permutations(order) if len(order) <= 4 else [tuple(order)]
    for option in options:
        if [(str(x[1]), str(x[2])) for x in option] != [(str(x[1]), str(x[2])) for x in order]:
            continue
        rename = {x[0]: _canonical(level, i) for i, x in enumerate(option)}
        ends = [(rename[k], a.xreplace(rename), b.xreplace(rename)) for k, a, b in option]
        for new in _reflections(body.xreplace(rename), ends):
            key = str(new)
            if best is None or key < best[0]:
                best = (key, new, ends)
    assert best is not None
    return sp.Sum(best[1], *best[2])


def _reflections(body: Any, ends: Limits) -> list[Any]:
    """Return the summand with each bound index of a range -r..r as it is and turned round."""
    out = [body]
    moving = {k for k, _, _ in ends}
    for k, low, high in ends:
        if low + high == 0 and not low.free_symbols & moving:
            out += [new.xreplace({k: -k}) for new in out]
    return out


def delta_cases(e: Any) -> list[Any]:
    """Split on every Kronecker delta left outside of sums: equal indices, different ones."""
    deltas = sorted(e.atoms(sp.KroneckerDelta), key=str)
    bound = {k for s in e.atoms(sp.Sum) for k in s.variables}
    deltas = [d for d in deltas if not d.free_symbols & bound]
    if not deltas:
        return [e]
    delta = deltas[0]
    i, j = delta.args
    keep, drop = (i, j) if not j.is_Symbol else (j, i)
    if not drop.is_Symbol:
        return [e]
    equal = e.xreplace({delta: sp.Integer(1)}).xreplace({drop: keep})
    return delta_cases(equal) + delta_cases(e.xreplace({delta: sp.Integer(0)}))


def opaque_sums(e: Any) -> tuple[Any, dict[Any, Any]]:
    """Replace sums by symbols (with the signs that are known), and indexed names too."""
    table: dict[Any, Any] = {}

    def name(x: Any) -> Any:
        if x not in table:
            positive = _positive_body(x) if isinstance(x, sp.Sum) else bool(x.is_positive)
            kind = "positive" if positive else "nonnegative" if x.is_nonnegative else "real"
            table[x] = sp.Dummy("S", **({} if x.has(sp.I) else {kind: True}))
        return table[x]

    out = _replace_outermost(e, name)
    return out, {v: k for k, v in table.items()}


def _replace_outermost(e: Any, name: Any) -> Any:
    if isinstance(e, (sp.Sum, sp.Indexed, cyclic.Impulse)):
        return name(e)
    if not e.args or not e.has(sp.Sum, sp.Indexed, cyclic.Impulse):
        return e
    return e.func(*[_replace_outermost(a, name) for a in e.args])


def positive_sum(e: Any) -> bool:
    """Whether `e` is a sum of positive terms."""
    return isinstance(e, sp.Sum) and _positive_body(e)


def termwise(e: Any, ranges: Mapping[Any, Any]) -> tuple[Any, dict[Any, Any]]:
    """Write a combination of sums over the same range as one sum; return its term.

    Repeated for sums within. Returned is also `ranges` with those of the indices; the term is
    `e` itself where there is not one common range.
    """
    found: dict[tuple[Any, Any], Any] = {}
    index = sp.Dummy("k", integer=True)
    for part in sp.Add.make_args(sp.expand(e)):
        sums = [f for f in sp.Mul.make_args(part) if isinstance(f, sp.Sum)]
        if len(sums) != 1:
            return e, dict(ranges)
        (k, low, high), *more = reversed(sums[0].limits)
        body = sums[0].function
        body = sp.Sum(body, *reversed(more)) if more else body
        rest = [f for f in sp.Mul.make_args(part) if f is not sums[0]]
        term = sp.Mul(body.xreplace({k: index}), *rest)
        found[low, high] = found.get((low, high), 0) + term
    if len(found) != 1:
        return e, dict(ranges)
    ((limits, body),) = found.items()
    return termwise(body, {**ranges, index: limits})


def _positive_body(x: Any) -> bool:
    body = x.function
    inner, _ = opaque_sums(body) if body.has(sp.Sum) else (body, {})
    nonempty = all((b - a).is_nonnegative for _, a, b in x.limits)
    return bool(inner.is_positive and nonempty)
