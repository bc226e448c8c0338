"""Rational forms: exponentials, roots and sines as polynomial generators with relations."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dlnotes.checking.semantics.sums import positive_sum

__all__ = ["Generators", "expand_logs", "exponential_powers", "rational_form", "split_logs"]


class Generators:
    """Replace exponentials, roots and sines by polynomial generators with relations."""

    def __init__(self) -> None:
        self.powers: dict[Any, tuple[Any, int]] = {}
        self.relations: list[tuple[Any, Any]] = []
        self.monomials: dict[Any, tuple[Any, int]] = {}
        self.named: dict[Any, Any] = {}

    def prepare(self, e: Any) -> Any:
        """Rewrite into exponentials, logarithms of positive atoms, sines and cosines."""
        if e.has(sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.csch, sp.coth):
            e = e.replace(
                lambda x: isinstance(x, (sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.csch, sp.coth)),
                lambda x: x.rewrite(sp.exp),
            )
        if e.has(sp.tan, sp.cot, sp.sec, sp.csc):
            e = e.replace(
                lambda x: isinstance(x, (sp.tan, sp.cot, sp.sec, sp.csc)),
                lambda x: (
                    x.rewrite(sp.cos).rewrite(sp.sin)
                    if not isinstance(x, sp.tan)
                    else sp.sin(x.args[0]) / sp.cos(x.args[0])
                ),
            )
        if e.has(sp.erfc):
            e = e.replace(sp.erfc, lambda x: 1 - sp.erf(x))
        if e.has(sp.I) and e.has(sp.exp) and e.has(sp.sin, sp.cos):
            e = e.replace(
                lambda x: isinstance(x, (sp.sin, sp.cos)), lambda x: x.rewrite(sp.exp)
            )
        if e.has(sp.sin, sp.cos):
            e = sp.expand_trig(e)
        return e

    def collect(self, e: Any) -> None:
        """Find the common root of the exponents of every monomial."""
        for x in e.atoms(sp.exp):
            for term in sp.Add.make_args(sp.expand(x.args[0])):
                c, m = term.as_coeff_Mul()
                if not c.is_Rational:
                    c, m = sp.Integer(1), term
                symbol, old = self.monomials.get(m, (None, 1))
                if symbol is None:
                    real = {} if m.has(sp.I) else {"positive": True}
                    symbol = sp.Dummy("E", **real)
                self.monomials[m] = (symbol, sp.ilcm(old, c.q))

    def replace(self, e: Any) -> Any:
        """Return `e` in the generators."""
        if e.is_Atom:
            return e
        if isinstance(e, sp.exp):
            out = sp.Integer(1)
            for term in sp.Add.make_args(sp.expand(e.args[0])):
                c, m = term.as_coeff_Mul()
                if not c.is_Rational:
                    c, m = sp.Integer(1), term
                symbol, q = self.monomials[m]
                out *= symbol ** (c * q)
            return out
        if isinstance(e, (sp.Add, sp.Mul)):
            return e.func(*[self.replace(a) for a in e.args])
        if isinstance(e, sp.Pow):
            base = self.replace(e.base)
            if e.exp.is_Integer:
                return base**e.exp
            if e.exp.is_Rational:
                return self._root(base, e.exp)
            return self._opaque(e)
        if isinstance(e, (sp.sin, sp.cos)):
            return self._circle(e)
        return self._opaque(e)

    def _root(self, base: Any, exponent: Any) -> Any:
        base = sp.together(sp.expand(base)) if not base.is_number else base
        number, rest = base.as_coeff_Mul() if not base.is_Add else base.primitive()
        out = sp.Integer(1)
        if number != 1 and rest != 1 and number.is_positive:
            out, base = self._root(number, exponent), rest
        if isinstance(base, sp.Mul) and all(f.is_positive for f in base.args):
            for f in base.args:
                out *= self._root(f, exponent)
            return out
        if isinstance(base, sp.Pow) and base.base.is_positive and base.exp.is_Integer:
            return out * self._root(base.base, exponent * base.exp)
        if base.is_Rational and base.is_positive and not base.is_Integer:
            return (
                out
                * self._root(sp.Integer(base.p), exponent)
                / self._root(sp.Integer(base.q), exponent)
            )
        if base.is_Integer and base > 3 and not sp.isprime(base):
            for prime, times in sp.factorint(base).items():
                out *= self._root(sp.Integer(prime), exponent * times)
            return out
        whole = sp.floor(exponent)
        exponent -= whole
        out *= base**whole
        if exponent == 0:
            return out
        q = exponent.q
        symbol, old = self.powers.get(base, (None, 1))
        if symbol is None or old != q:
            symbol = sp.Dummy("R", positive=True) if base.is_positive else sp.Dummy("R")
            self.powers[base] = (symbol, q)
            self.relations.append((symbol, symbol**q - base))
        return out * symbol**exponent.p

    def _circle(self, e: Any) -> Any:
        arg = e.args[0]
        if ("sin", arg) not in self.named:
            s, c = sp.Dummy("s", real=True), sp.Dummy("c", real=True)
            self.named[("sin", arg)], self.named[("cos", arg)] = s, c
            self.relations.append((s, s**2 + c**2 - 1))
        return self.named[("sin" if isinstance(e, sp.sin) else "cos", arg)]

    def _opaque(self, e: Any) -> Any:
        inner = (
            e.func(
                *[
                    sp.cancel(sp.together(sp.expand(a)))
                    if not a.is_number
                    and a.is_commutative
                    and not a.is_Boolean
                    and isinstance(a, sp.Expr)
                    and not a.has(sp.Sum)
                    else a
                    for a in e.args
                ]
            )
            if e.args and not isinstance(e, (sp.Piecewise, sp.Integral, sp.Sum, sp.Limit))
            else e
        )
        if not isinstance(inner, type(e)):
            return self.replace(inner) if inner != e else e
        if inner not in self.named:
            real = {"positive": True} if inner.is_positive else {}
            self.named[inner] = sp.Dummy("F", **real)
        return self.named[inner]


def expand_logs(e: Any) -> Any:
    """Expand logarithms of positive products; logs of sums become logs of one fraction."""
    if not e.has(sp.log):
        return e

    def one(x: Any) -> Any:
        arg = sp.factor_terms(sp.together(x.args[0]))
        arg = sp.powsimp(arg)
        if arg.is_Add or arg.is_Mul or arg.is_Pow:
            arg = sp.factor(arg) if not arg.is_number else arg
        return sp.expand_log(sp.log(arg))

    return e.replace(sp.log, lambda a: one(sp.log(a, evaluate=False))).expand(
        log=True, power_base=False, power_exp=False, mul=False, multinomial=False
    )


def split_logs(e: Any) -> Any:
    """Write logarithms of products of positive factors as sums, also inside of sums."""

    def one(x: Any) -> Any:
        out, rest = sp.Integer(0), sp.Integer(1)
        for f in sp.Mul.make_args(x):
            base, n = f.as_base_exp()
            if n.is_real and (base.is_positive or positive_sum(base)):
                out += n * sp.log(base)
            else:
                rest *= f
        return out + sp.log(rest)

    return e.replace(lambda x: isinstance(x, sp.log), lambda x: one(x.args[0]))


def exponential_powers(e: Any) -> Any:
    """Write b^n with a symbolic exponent as exp(n log b) for positive b."""
    return e.replace(
        lambda x: isinstance(x, sp.Pow) and not x.exp.is_number and x.base.is_positive,
        lambda x: sp.exp(sp.expand(x.exp * sp.expand_log(sp.log(x.base), force=False))),
    )


def rational_form(e: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """Return the numerator of `e` in polynomial generators, reduced by their relations."""
    g = Generators()
    e = g.prepare(e)
    if e.has(sp.Pow):
        e = exponential_powers(e)
    g.collect(e)
    e = g.replace(e)
    numerator = sp.expand(sp.fraction(sp.together(e))[0])
    for symbol, relation in reversed(g.relations):
        if numerator.has(symbol):
            numerator = sp.expand(sp.rem(numerator, relation, symbol))
            numerator = sp.expand(sp.fraction(sp.together(numerator))[0])
    return numerator, g.relations
