r"""Functions near infinity: enclosures that hold for *every* t >= M, with their sign and limit.

A function is written as a finite sum of growth scales with balls for coefficients,

    f(t) = sum_j  B_j * t^p (log t)^l exp(P(t)),        t >= M,

where a ball :math:`B_j` says: for each t there is a number in it that makes the equation
true. Exact coefficients are kept exact, so that 1 - tanh(t) is seen to be a multiple of
exp(-2t) and not "a small ball around 0"; that is what makes signs and limits decidable at
infinity. Each rule below is an identity with a bounded remainder, for instance

    1 / (1 + e) = 1 - R e,         R = 1 / (1 + [0, e]),
    exp(e)      = 1 + R e,         R in exp([0, e]),
    erfc(y)     = R exp(-y^2) / (y sqrt(pi)),   1 - 1/(2 y^2) <= R <= 1,

and e is a sum of decaying scales, bounded on the tail by its value at M.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from dlnotes.checking.engines.balls import Unsupported, compile_ball, constant
from dlnotes.checking.engines.scales import ONE, Scale, TooShort
from dlnotes.checking.engines.tail_coefficients import Coefficient

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Coefficient", "Tail", "TailArithmetic", "Undecided"]

MOST_TERMS = 24
"""Sums longer than this are folded: small scales go into the ball of a larger one."""


class Undecided(Exception):
    """The tail's sign or limit cannot be read off."""


Tail = dict[Scale, Coefficient]
"""A function on t >= M: growth scale -> coefficient."""


def _compare(s: Scale, t: Scale) -> int:
    return (s / t).growth


def _from_zero(e: arb) -> arb:
    """Return a ball that contains 0 and `e`."""
    return arb(0).union(e)


@dataclass(frozen=True)
class TailArithmetic:
    """Arithmetic of functions on ``t >= start``.

    Parameters
    ----------
    start
        Where the tail begins; at least 4.
    """

    start: arb

    # -- sums and products ---------------------------------------------------------------

    def number(self, value: sympy.Expr) -> Tail:
        """Return a constant function."""
        return self._tidy({ONE: Coefficient.of(value)})

    def add(self, f: Tail, g: Tail) -> Tail:
        """Return f + g."""
        total = dict(f)
        for scale, c in g.items():
            total[scale] = total[scale] + c if scale in total else c
        return self._tidy(total)

    def multiply(self, f: Tail, g: Tail) -> Tail:
        """Return f g."""
        total: Tail = {}
        for s, c in f.items():
            for t, d in g.items():
                scale = s * t
                term = c * d
                total[scale] = total[scale] + term if scale in total else term
        return self._tidy(total)

    def times(self, factor: arb, f: Tail) -> Tail:
        """Return f multiplied by a bounded factor, of which a ball is known."""
        return {s: Coefficient(factor * c.ball) for s, c in f.items()}

    def _tidy(self, f: Tail) -> Tail:
        kept = {s: c for s, c in f.items() if not c.is_zero}
        if len(kept) <= MOST_TERMS:
            return kept
        order = sorted(kept, key=cmp_to_key(_compare))
        while len(order) > MOST_TERMS:
            small, large = order.pop(0), order[0]
            share = _from_zero((small / large).supremum(self.start))
            kept[large] = Coefficient(kept[large].ball + share * kept.pop(small).ball)
        return kept

    # -- what can be read off ------------------------------------------------------------

    def relative(self, f: Tail) -> tuple[Scale, Coefficient, Tail, arb]:
        """Write f as lead * (1 + e); return its scale, coefficient, e and a ball for e."""
        if not f:
            msg = "the function is identically zero"
            raise Undecided(msg)
        scales = list(f)
        lead = scales[0]
        for s in scales[1:]:
            if (s / lead).growth > 0:
                lead = s
        c0 = f[lead]
        if c0.ball.contains(0):
            msg = f"the leading coefficient {c0.ball} may be zero"
            raise Undecided(msg)
        e: Tail = {}
        size = arb(0)
        for s, c in f.items():
            if s != lead:
                ratio = s / lead
                exact = None
                if c.exact is not None and c0.exact is not None:
                    exact = sympy.radsimp(c.exact / c0.exact)
                e[ratio] = Coefficient(c.ball / c0.ball, exact)
                size = size + e[ratio].ball * _from_zero(ratio.supremum(self.start))
        if not abs(size) < 1:
            raise TooShort
        return lead, c0, e, size

    def sign(self, f: Tail) -> int:
        """Return the sign that f has at every t >= start (0: identically zero).

        Raises
        ------
        Undecided, TooShort
            If no one sign is shown.
        """
        if not f:
            return 0
        _, c, _, _ = self.relative(f)
        return 1 if c.ball > 0 else -1

    def enclosure(self, f: Tail) -> arb:
        """Return a ball that contains f(t) for every t >= start, for an f that is bounded."""
        total = arb(0)
        for s, c in f.items():
            bound = s.supremum(self.start)
            total = total + (c.ball if s == ONE else c.ball * _from_zero(bound))
        return total

    def split(self, f: Tail) -> tuple[Tail, Coefficient, Tail]:
        """Return the growing part, the constant and the decaying part of f."""
        growing = {s: c for s, c in f.items() if s.growth > 0}
        fading = {s: c for s, c in f.items() if s.growth < 0}
        return growing, f.get(ONE, Coefficient.of(sympy.S.Zero)), fading

    def limit(self, f: Tail) -> sympy.Expr | arb:
        """Return the limit of f at infinity: exact where possible, or a ball around it."""
        growing, c, _ = self.split(f)
        if growing:
            return sympy.oo if self.sign(f) > 0 else -sympy.oo
        return c.ball if c.exact is None else c.exact

    # -- functions -----------------------------------------------------------------------

    def inverse(self, f: Tail) -> Tail:
        """Return 1 / f."""
        lead, c, e, size = self.relative(f)
        # 1 / (1 + e) = 1 - e + R e^2 with R = 1 / (1 + [0, e])
        remainder = self.times(1 / (1 + _from_zero(size)), self.multiply(e, e))
        series = self.add(self.number(sympy.S.One), self.multiply(self.number(-sympy.S.One), e))
        exact = None if c.exact is None else 1 / c.exact
        unit = {ONE / lead: Coefficient(1 / c.ball, exact)}
        return self.multiply(unit, self.add(series, remainder))

    def power(self, f: Tail, q: sympy.Expr) -> Tail:
        """Return f^q for a rational q."""
        if q.is_Integer:
            base = f if q > 0 else self.inverse(f)
            result = self.number(sympy.S.One)
            for _ in range(abs(int(q))):
                result = self.multiply(result, base)
            return result
        lead, c, e, size = self.relative(f)
        if not c.ball > 0:
            msg = f"a negative number to the power {q}"
            raise Unsupported(msg)
        slope = constant(q) * (1 + _from_zero(size)) ** constant(q - 1)
        exact = None if c.exact is None else c.exact**q
        unit = {lead**q: Coefficient(c.ball ** constant(q), exact)}
        return self.multiply(unit, self.add(self.number(sympy.S.One), self.times(slope, e)))

    def exp(self, f: Tail) -> Tail:
        """Return exp(f)."""
        growing, c, fading = self.split(f)
        polynomial: dict[sympy.Expr, sympy.Expr] = {}
        scale = ONE
        for s, coefficient in growing.items():
            exact = coefficient.exact
            if exact is not None and not s.exponent and s.logs == 0:
                polynomial[s.power] = exact
            elif exact is not None and exact.is_Rational and s == Scale(logs=sympy.S.One):
                scale = Scale(power=exact)
            else:
                return self._exp_of_fast(f)
        scale = scale * Scale.exponential(polynomial)
        size = self.enclosure(fading)
        bounded = self.add(self.number(sympy.S.One), self.times(_from_zero(size).exp(), fading))
        exact = None if c.exact is None else sympy.exp(c.exact)
        return self.multiply({scale: Coefficient(c.ball.exp(), exact)}, bounded)

    def _exp_of_fast(self, f: Tail) -> Tail:
        """Enclose exp(f), f -> -oo faster than any polynomial: 0 <= exp(f) <= exp(-t^2)."""
        two = sympy.Integer(2)
        square = {Scale(power=two): Coefficient.of(sympy.S.One)}
        if self.sign(f) < 0 and self.sign(self.add(f, square)) < 0:
            decay = Scale.exponential({two: -sympy.S.One})
            return {decay: Coefficient(arb(0).union(arb(1)))}
        msg = "exp of something that grows faster than a polynomial"
        raise Unsupported(msg)

    def log(self, f: Tail) -> Tail:
        """Return log(f)."""
        lead, c, e, size = self.relative(f)
        if not c.ball > 0 or lead.logs != 0:
            msg = "log of a negative number or of a logarithm"
            raise Unsupported(msg)
        exact = None if c.exact is None else sympy.log(c.exact)
        result: Tail = {ONE: Coefficient(c.ball.log(), exact)}
        for degree, coefficient in lead.exponent:
            result[Scale(power=degree)] = Coefficient.of(coefficient)
        if lead.power != 0:
            result[Scale(logs=sympy.S.One)] = Coefficient.of(lead.power)
        return self.add(self._tidy(result), self.times(1 / (1 + _from_zero(size)), e))

    def lift(self, function: Any, f: Tail) -> Tail:
        """Return function(f) for a bounded f: function(c) + R e with R in function'(c + e)."""
        growing, c, fading = self.split(f)
        if growing:
            msg = f"{function.__name__} of an unbounded argument"
            raise Unsupported(msg)
        dummy = sympy.Dummy("u", real=True)
        value = compile_ball(function(dummy), dummy)
        slope = compile_ball(sympy.diff(function(dummy), dummy), dummy)
        exact = None if c.exact is None else function(c.exact)
        result = {ONE: Coefficient(value(c.ball), exact)}
        rate = slope(c.ball + _from_zero(self.enclosure(fading)))
        if not rate.is_finite():
            msg = f"{function.__name__} is not smooth there"
            raise Undecided(msg)
        return self.add(self._tidy(result), self.times(rate, fading))

    def tanh(self, f: Tail) -> Tail:
        """Return tanh(f); for a growing f through 1 - 2 w / (1 + w), w = exp(-2 |f|)."""
        if not self.split(f)[0]:
            return self.lift(sympy.tanh, f)
        sign = sympy.Integer(self.sign(f))
        w = self.exp(self.multiply(self.number(-2 * sign), f))
        one = self.number(sympy.S.One)
        part = self.multiply(w, self.inverse(self.add(one, w)))
        return self.add(self.number(sign), self.multiply(self.number(-2 * sign), part))

    def erfc_growing(self, y: Tail) -> Tail:
        """Return erfc(y) for a y that grows to plus infinity."""
        lead, c, _, size = self.relative(y)
        least = arb(c.ball.lower()) / (ONE / lead).supremum(self.start)
        least = arb((least * (1 + size)).lower())
        if not least > 1:
            raise TooShort
        remainder = (1 - 1 / (2 * least * least)).union(arb(1))
        square = self.multiply(self.number(-sympy.S.One), self.multiply(y, y))
        density = self.multiply(self.exp(square), self.inverse(y))
        return self.times(remainder / arb.pi().sqrt(), density)

    def erf(self, f: Tail) -> Tail:
        """Return erf(f)."""
        if not self.split(f)[0]:
            return self.lift(sympy.erf, f)
        sign = sympy.Integer(self.sign(f))
        rest = self.erfc_growing(self.multiply(self.number(sign), f))
        return self.add(self.number(sign), self.multiply(self.number(-sign), rest))

    def atan(self, f: Tail) -> Tail:
        """Return atan(f)."""
        if not self.split(f)[0]:
            return self.lift(sympy.atan, f)
        sign = sympy.Integer(self.sign(f))
        rest = self.lift(sympy.atan, self.inverse(f))  # atan f = sign pi/2 - atan(1/f)
        return self.add(
            self.number(sign * sympy.pi / 2), self.multiply(self.number(-sympy.S.One), rest)
        )

    def wave(self, function: Any, f: Tail) -> Tail:
        """Return sin or cos of f; of a growing argument only -1 <= . <= 1 is known."""
        if not self.split(f)[0]:
            return self.lift(function, f)
        return {ONE: Coefficient(arb(-1).union(arb(1)))}

    def choose(self, f: Tail, g: Tail, larger: bool) -> Tail:
        """Return the larger (or the smaller) of f and g, which must not cross any more."""
        difference = self.sign(self.add(f, self.multiply(self.number(-sympy.S.One), g)))
        return f if (difference >= 0) == larger else g

    # -- SymPy expressions ---------------------------------------------------------------

    def evaluate(self, e: sympy.Expr, symbol: sympy.Symbol, value: Tail) -> Tail:
        """Return the expression `e` with `symbol` standing for the tail function `value`.

        Raises
        ------
        Unsupported
            If `e` holds a function without a rule for tails.
        """

        def inner(part: sympy.Expr) -> Tail:
            return self.evaluate(part, symbol, value)

        if e == symbol:
            return value
        if not e.has(symbol):
            return self.number(e)
        if isinstance(e, sympy.Add | sympy.Mul):
            combine = self.add if isinstance(e, sympy.Add) else self.multiply
            result = inner(e.args[0])
            for part in e.args[1:]:
                result = combine(result, inner(part))
            return result
        if isinstance(e, sympy.Pow):
            if e.exp.is_Rational:
                return self.power(inner(e.base), e.exp)
            return self.exp(self.multiply(inner(e.exp), self.log(inner(e.base))))
        if isinstance(e, sympy.Max | sympy.Min):
            parts = [inner(part) for part in e.args]
            result = parts[0]
            for part in parts[1:]:
                result = self.choose(result, part, isinstance(e, sympy.Max))
            return result
        if isinstance(e, sympy.Piecewise):
            for branch, condition in e.args:
                if self._holds(condition, inner):
                    return inner(branch)
        rules: dict[Any, Callable[[Tail], Tail]] = {
            sympy.exp: self.exp,
            sympy.log: self.log,
            sympy.tanh: self.tanh,
            sympy.erf: self.erf,
            sympy.atan: self.atan,
            sympy.sin: lambda f: self.wave(sympy.sin, f),
            sympy.cos: lambda f: self.wave(sympy.cos, f),
            sympy.erfc: self._erfc,
            sympy.Abs: lambda f: self.multiply(self.number(sympy.Integer(self.sign(f))), f),
            sympy.sign: lambda f: self.number(sympy.Integer(self.sign(f))),
            sympy.Heaviside: lambda f: self.number(sympy.Integer(self.sign(f) > 0)),
            sympy.gamma: lambda f: self.lift(sympy.gamma, f),
        }
        if e.func in rules:
            return rules[e.func](inner(e.args[0]))
        rewritten = e.rewrite(sympy.exp)
        if rewritten != e and rewritten.func != e.func:
            return inner(rewritten)
        msg = f"no rule for {e.func.__name__} near infinity"
        raise Unsupported(msg)

    def _erfc(self, f: Tail) -> Tail:
        if self.split(f)[0] and self.sign(f) > 0:
            return self.erfc_growing(f)
        minus = self.multiply(self.number(-sympy.S.One), self.erf(f))
        return self.add(self.number(sympy.S.One), minus)

    def _holds(self, condition: Any, inner: Callable[[sympy.Expr], Tail]) -> bool:
        if condition in (True, sympy.true):
            return True
        if condition in (False, sympy.false):
            return False
        if isinstance(condition, sympy.And):
            return all(self._holds(part, inner) for part in condition.args)
        if isinstance(condition, sympy.Or):
            return any(self._holds(part, inner) for part in condition.args)
        if isinstance(condition, sympy.core.relational.Relational):
            sign = self.sign(inner(condition.lhs - condition.rhs))
            return bool(condition.func(sympy.Integer(sign), 0))
        msg = f"condition {condition} near infinity"
        raise Unsupported(msg)
