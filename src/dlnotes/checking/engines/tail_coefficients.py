"""Coefficients of tails: balls that remember the exact number where that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy

from dlnotes.checking.engines.balls import constant
from dlnotes.checking.engines.scales import sign_of

if TYPE_CHECKING:
    from flint import arb

__all__ = ["Coefficient"]


@dataclass(frozen=True)
class Coefficient:
    """A ball, and the exact number that it stands for where that is known."""

    ball: arb
    exact: sympy.Expr | None = None

    @classmethod
    def of(cls, number: sympy.Expr) -> Coefficient:
        """Return an exact coefficient."""
        return cls(constant(number), number)

    def __add__(self, other: Coefficient) -> Coefficient:
        if self.exact is not None and other.exact is not None:
            return Coefficient.of(sympy.expand(self.exact + other.exact))
        return Coefficient(self.ball + other.ball)

    def __mul__(self, other: Coefficient) -> Coefficient:
        if self.exact is not None and other.exact is not None:
            return Coefficient.of(sympy.expand(self.exact * other.exact))
        return Coefficient(self.ball * other.ball)

    @property
    def is_zero(self) -> bool:
        """Whether the coefficient is exactly zero."""
        return self.exact is not None and sign_of(self.exact) == 0
