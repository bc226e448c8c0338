"""Whether a condition holds on the whole of the declared domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.inequalities import is_signed
from dlnotes.checking.engines.symbolic import is_zero

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlnotes.checking.semantics.symbols import Domain

__all__ = ["implied"]


def implied(
    condition: Any, domains: Mapping[Any, Domain], ranges: Mapping[Any, Any] | None = None
) -> bool:
    """Return whether `condition` is shown to hold everywhere on the declared domain."""
    if condition == sp.true:
        return True
    if condition == sp.false:
        return False
    if isinstance(condition, sp.And):
        return all(implied(c, domains, ranges) for c in condition.args)
    if isinstance(condition, sp.Or):
        return any(implied(c, domains, ranges) for c in condition.args)
    if isinstance(condition, sp.Not):
        inner = condition.args[0]
        if isinstance(inner, sp.core.relational.Relational):
            return implied(inner.negated, domains, ranges)
        return False
    if not isinstance(condition, sp.core.relational.Relational):
        return False
    gap = condition.lhs - condition.rhs
    excluded = [d for x, d in domains.items() if d.excluded and gap.has(x)]
    if isinstance(condition, sp.Ne):
        if gap.is_zero is False or gap.is_nonzero:
            return True
        for x, d in domains.items():
            if excluded and gap.has(x) and _only_excluded(gap, x, d):
                return True
        if isinstance(gap, sp.Mul) and all(
            f.is_nonzero or implied(sp.Ne(f, 0, evaluate=False), domains, ranges)
            for f in gap.args
        ):
            return True
        if isinstance(gap, sp.Pow):
            return implied(sp.Ne(gap.base, 0, evaluate=False), domains, ranges)
        return is_signed(gap, domains, strict=True, seconds=1, ranges=ranges) or is_signed(
            -gap, domains, strict=True, seconds=1, ranges=ranges
        )
    if isinstance(condition, (sp.Gt, sp.Ge)):
        return is_signed(gap, domains, strict=isinstance(condition, sp.Gt), ranges=ranges)
    if isinstance(condition, (sp.Lt, sp.Le)):
        return is_signed(-gap, domains, strict=isinstance(condition, sp.Lt), ranges=ranges)
    if isinstance(condition, sp.Eq):
        return is_zero(gap, ranges)
    return False


def _only_excluded(gap: Any, x: Any, domain: Domain) -> bool:
    """Whether the zeros of `gap` in `x` are values that the declaration leaves out."""
    try:
        roots = sp.roots(sp.Poly(sp.fraction(sp.together(gap))[0], x))
    except sp.PolynomialError:
        return False
    poly = sp.Poly(sp.fraction(sp.together(gap))[0], x)
    if sum(roots.values()) != poly.degree() and poly.count_roots() != len(
        [r for r in roots if r.is_real]
    ):
        return False
    return all(
        r in domain.excluded
        or r.is_real is False
        or (
            r.is_real
            and (
                (
                    domain.bounded_below()
                    and (r < domain.low or (r == domain.low and domain.low_open))
                )
                or (
                    domain.bounded_above()
                    and (r > domain.high or (r == domain.high and domain.high_open))
                )
            )
        )
        for r in roots
    )
