"""Where kinks are: conditions under which a derivative with cases may be taken."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dlnotes.checking.semantics.core import KINK, Core

__all__ = ["Smoothness"]


class Smoothness(Core):
    """The part of the interpreter that knows where pieces join smoothly."""

    @staticmethod
    def _joins(expression: Any, atom: Any, variable: Any, times: int) -> bool:
        """Whether the pieces on both sides of a zero of u in |u| join with their derivatives.

        Compared are the values and the derivatives up to the order asked for, at the one zero
        of a linear u, with |u| put to u and to -u.
        """
        u = atom.args[0]
        slope = u.diff(variable)
        if expression.has(sp.sign):
            return False
        if slope.has(variable) or not slope.is_nonzero:
            return False
        at = sp.expand(variable - u / slope)
        signs = [expression.xreplace({sp.Abs(u): s * u}) for s in (1, -1)]
        if at.has(variable) or any(e.has(sp.Abs) for e in signs):
            return False
        gap = signs[0] - signs[1]
        try:
            return all(
                sp.simplify(gap.diff(variable, n).subs(variable, at)) == 0
                for n in range(times + 1)
            )
        except (ValueError, TypeError, NotImplementedError):
            return False

    def _kinks(self, piecewise: Any, variable: Any) -> None:
        """Require that the variable is off the boundaries where pieces do not join."""
        pieces = list(piecewise.args)
        for k, (value, condition) in enumerate(pieces[:-1]):
            for relation in condition.atoms(sp.core.relational.Relational):
                gap = relation.lhs - relation.rhs
                if not gap.has(variable):
                    continue
                if isinstance(relation, (sp.Eq, sp.Ne)):
                    self.require(sp.Ne(gap, 0, evaluate=False), KINK)
                    continue
                other = pieces[k + 1][0]
                if not self._smooth(value, other, gap, variable):
                    self.require(sp.Ne(gap, 0, evaluate=False), KINK)

    @staticmethod
    def _smooth(a: Any, b: Any, gap: Any, variable: Any) -> bool:
        """Whether two pieces and their derivatives agree where `gap` is zero."""
        slope = gap.diff(variable)
        if not slope.is_number or slope == 0:
            return False
        at = sp.solve(gap, variable)
        difference = a - b
        return len(at) == 1 and all(
            sp.simplify(d.subs(variable, at[0])) == 0
            for d in (difference, difference.diff(variable))
        )
