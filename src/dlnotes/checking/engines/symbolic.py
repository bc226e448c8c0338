"""Is a difference zero for all values of its symbols? Decided by rewriting, quick ways first.

A rational function of exponentials, powers, roots, sines and opaque functions is brought over
one denominator and its numerator expanded; sums of symbolic length go through their normal
form; kinks are split into sign cases. SymPy's own ``simplify`` comes last, with a time limit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.limits import NoLimit, limit_of
from dlnotes.checking.engines.regions import Piece, pieces
from dlnotes.checking.engines.timing import Budget, time_limit
from dlnotes.checking.semantics.sums import delta_cases, normal, opaque_sums, positive_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "ENGINE",
    "Budget",
    "close_operators",
    "is_zero",
    "rational_form",
    "split_logs",
    "time_limit",
]

ENGINE = f"SymPy {sp.__version__}"


# -- rational form -------------------------------------------------------------------------
class _Generators:
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


def _logs(e: Any) -> Any:
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


def _exponential_powers(e: Any) -> Any:
    """Write b^n with a symbolic exponent as exp(n log b) for positive b."""
    return e.replace(
        lambda x: isinstance(x, sp.Pow) and not x.exp.is_number and x.base.is_positive,
        lambda x: sp.exp(sp.expand(x.exp * sp.expand_log(sp.log(x.base), force=False))),
    )


def rational_form(e: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """Return the numerator of `e` in polynomial generators, reduced by their relations."""
    g = _Generators()
    e = g.prepare(e)
    if e.has(sp.Pow):
        e = _exponential_powers(e)
    g.collect(e)
    e = g.replace(e)
    numerator = sp.expand(sp.fraction(sp.together(e))[0])
    for symbol, relation in reversed(g.relations):
        if numerator.has(symbol):
            numerator = sp.expand(sp.rem(numerator, relation, symbol))
            numerator = sp.expand(sp.fraction(sp.together(numerator))[0])
    return numerator, g.relations


# -- closing integrals, limits, infinite sums ------------------------------------------------
def _antiderivative(term: Any, x: Any) -> Any:
    """Integrate c f^(n)(a x + b), n >= 1, for a generic f; None when it is not of that form."""
    constant, moving = term.as_independent(x, as_Add=False)
    key = getattr(type(moving), "generic", None)
    if key is None or len(moving.args) != 1 or key[1][0] < 1:
        return None
    inner = sp.expand(moving.args[0])
    slope = inner.diff(x)
    if slope.has(x) or slope == 0:
        return None
    from dlnotes.checking.semantics.values import make_generic

    return sp.cancel(constant / slope) * make_generic(key[0], (key[1][0] - 1,), key[2])(inner)


def _integrate(e: Any) -> Any:
    x, low, high = e.limits[0]
    body = e.function
    if len(e.limits) > 1:
        return e.doit()
    out = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(body)):
        primitive = _antiderivative(term, x)
        if primitive is None:
            break
        out += primitive.subs(x, high) - primitive.subs(x, low)
    else:
        return out
    if low == -sp.oo and high == sp.oo:
        moments = _gaussian(body, x)
        if moments is not None:
            return moments
    return sp.integrate(sp.expand(body), (x, low, high))


def _gaussian(body: Any, x: Any) -> Any:
    """Integrate polynomials times exp(-a x^2 + b x + c), a > 0, over the line."""
    out = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(body, power_exp=False)):
        fixed, moving = sp.powsimp(term, combine="exp").as_independent(x, as_Add=False)
        exponents = [f.args[0] for f in sp.Mul.make_args(moving) if isinstance(f, sp.exp)]
        polynomial = sp.Mul(*[f for f in sp.Mul.make_args(moving) if not isinstance(f, sp.exp)])
        exponent = sp.expand(sp.Add(*exponents))
        if not exponent.is_polynomial(x) or not polynomial.is_polynomial(x):
            return None
        if sp.degree(exponent, x) != 2:
            return None
        a, b, c = -exponent.coeff(x, 2), exponent.coeff(x, 1), exponent.coeff(x, 0)
        if not a.is_positive:
            return None
        mean = b / (2 * a)
        poly = sp.Poly(sp.expand(polynomial.subs(x, x + mean)), x)
        for (n,), coefficient in poly.terms():
            if n % 2 == 0:
                moment = sp.factorial2(n - 1) / (2 * a) ** (n // 2) if n else sp.Integer(1)
                out += (
                    fixed
                    * coefficient
                    * moment
                    * sp.sqrt(sp.pi / a)
                    * sp.exp(c + b**2 / (4 * a))
                )
    return out


def close_operators(e: Any, implied: Callable[[Any], bool] | None = None) -> Any:
    """Evaluate integrals, limits and infinite sums; settle their conditions by `implied`."""

    def settle(value: Any) -> Any:
        if implied is None or not value.has(sp.Piecewise):
            return value

        def pick(*pairs: Any) -> Any:
            for v, c in pairs:
                if c == sp.true or implied(c):
                    return v
                if not implied(sp.Not(c)):
                    return sp.Piecewise(*pairs)
            return sp.Piecewise(*pairs)

        return value.replace(sp.Piecewise, pick)

    def limit(body: Any, x: Any, target: Any, side: Any) -> Any:
        if target == sp.oo and body.has(sp.factorial, sp.gamma, sp.binomial):
            return _factorial_limit(body, x)
        return limit_of(body, x, target, str(side), implied)

    for _ in range(4):
        if e.has(sp.Integral):
            e = e.replace(lambda x: isinstance(x, sp.Integral), lambda x: settle(_integrate(x)))
        elif e.has(sp.Limit):
            e = e.replace(lambda x: isinstance(x, sp.Limit), lambda x: limit(*x.args))
        elif any(
            lim[2] == sp.oo or lim[1] == -sp.oo for s in e.atoms(sp.Sum) for lim in s.limits
        ):
            e = e.replace(
                lambda x: (
                    isinstance(x, sp.Sum)
                    and any(lim[2] == sp.oo or lim[1] == -sp.oo for lim in x.limits)
                ),
                lambda x: settle(x.doit()),
            )
        else:
            break
    return e


@lru_cache(maxsize=256)
def _factorial_limit(body: Any, x: Any) -> Any:
    """Limit at infinity of a positive product with factorials, through its logarithm."""
    inner = sp.expand_log(sp.log(sp.expand_func(body.rewrite(sp.gamma))), force=True)
    inner = inner.replace(
        lambda e: isinstance(e, sp.log) and isinstance(e.args[0], sp.gamma),
        lambda e: sp.loggamma(e.args[0].args[0]),
    )
    return sp.exp(sp.limit(inner, x, sp.oo))


_BOUND: dict[tuple[str, int], Any] = {}


def canonical_bound(e: Any, level: int = 0) -> Any:
    """Rename the variables of integrals and limits so that equal ones are the same object."""
    if not e.has(sp.Integral, sp.Limit):
        return e
    if isinstance(e, (sp.Integral, sp.Limit)):
        x = e.limits[0][0] if isinstance(e, sp.Integral) else e.args[1]
        key = (type(e).__name__ + str(x.assumptions0.get("positive")), level)
        if key not in _BOUND:
            real = {"positive": True} if x.is_positive else {"real": True}
            _BOUND[key] = sp.Symbol(f"_b{level}", **real)
        e = e.xreplace({x: _BOUND[key]})
        return e.func(
            *[canonical_bound(a, level + 1) if isinstance(a, sp.Expr) else a for a in e.args]
        )
    return e.func(*[canonical_bound(a, level) for a in e.args]) if e.args else e


# -- kinks -----------------------------------------------------------------------------------
def _kink(e: Any) -> Any | None:
    """Return an expression on whose sign `e` depends, or None."""
    for x in sorted(e.atoms(sp.Abs, sp.sign), key=lambda a: a.count_ops()):
        return x.args[0]
    for x in e.atoms(sp.Max, sp.Min):
        return x.args[0] - x.args[1]
    for x in e.atoms(sp.Heaviside):
        return x.args[0]
    for x in e.atoms(sp.Piecewise):
        for _, c in x.args:
            for r in sorted(c.atoms(sp.core.relational.Relational), key=str):
                return r.lhs - r.rhs
    return None


def _substitute_sign(e: Any, a: Any, sign: int) -> Any | None:
    """Return `e` where `a` is positive, negative or zero; None when that cannot be put in."""
    t = sp.Dummy("t", positive=True)
    flat = sp.expand(a)
    for x in sorted(flat.free_symbols, key=lambda s: (s.is_positive is not None, str(s))):
        c = flat.coeff(x, 1)
        rest = sp.expand(flat - c * x)
        if not c.is_Rational or rest.has(x) or x.is_integer or not x.is_real:
            continue
        solution = sp.expand((sign * t - rest) / c)
        if x.is_positive and (solution.is_negative or solution == 0):
            return sp.Integer(0)
        if x.is_positive and not solution.is_positive:
            continue
        if (
            x.is_positive is None
            and (x.is_nonnegative or x.is_nonpositive)
            and (rest != 0 and not rest.is_number)
        ):
            continue
        return e.xreplace({x: solution}).doit()
    return None


def _kinked_zero(e: Any, ranges: Mapping[Any, Any], depth: int, off: tuple[Any, ...]) -> bool:
    if depth == 0:
        cut = pieces(e)
        if cut is not None:
            return _zero_in_pieces(cut[0], cut[1], ranges, off)
    a = _kink(e)
    if a is None or depth > 4:
        return False
    if a.is_positive or a.is_negative:
        return False
    for sign in (1, -1, 0):
        if sign == 0 and any(sp.expand(a - b) == 0 or sp.expand(a + b) == 0 for b in off):
            continue
        part = _substitute_sign(e, a, sign)
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


# -- the decision --------------------------------------------------------------------------
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
            logged = _logs(e)
            if logged == 0 or rational_form(logged)[0] == 0:
                return True
            g = _Generators()
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
