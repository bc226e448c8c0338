"""The algebras in which a derivative rule can be read: floats and formulas.

Each has the same names, so that a rule of `dlnotes.backpropagation.operations` is written once.
`dlnotes.backpropagation._building` adds a third algebra, whose results are nodes of a graph.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import sympy

from dlnotes.activations import ACTIVATIONS
from dlnotes.activations.activation import X

if TYPE_CHECKING:
    from dlnotes.activations import Activation
    from dlnotes.backpropagation.expressions import Node

__all__ = ["NUMBERS", "SYMBOLS", "defaults_of"]


def defaults_of(entry: Activation) -> dict[sympy.Symbol, sympy.Expr]:
    """Return the default parameters of an activation function, exactly where they are exact.

    Parameters
    ----------
    entry : Activation
        An entry of the registry.

    Returns
    -------
    dict
        The value of each symbol in its formula.

    Examples
    --------
    >>> defaults_of(ACTIVATIONS["elu"])
    {alpha: 1}
    """
    found = {}
    for parameter in entry.parameters:
        exact = parameter.exact
        if exact is None:
            default = parameter.default
            exact = sympy.oo if math.isinf(default) else sympy.Rational(str(default))
        found[parameter.symbol] = sympy.sympify(exact)
    return found


class _Algebra:
    """What the sweeps tell an algebra."""

    def visit(self, node: Node) -> None:
        """Take note of the node whose rules are read next."""


class _Numbers(_Algebra):
    """Real arithmetic in double precision; a point outside a domain raises."""

    exp = staticmethod(math.exp)
    expm1 = staticmethod(math.expm1)
    log = staticmethod(math.log)
    log1p = staticmethod(math.log1p)
    log2 = staticmethod(math.log2)
    log10 = staticmethod(math.log10)
    sqrt = staticmethod(math.sqrt)
    cbrt = staticmethod(math.cbrt)
    sin = staticmethod(math.sin)
    cos = staticmethod(math.cos)
    tan = staticmethod(math.tan)
    asin = staticmethod(math.asin)
    acos = staticmethod(math.acos)
    atan = staticmethod(math.atan)
    atan2 = staticmethod(math.atan2)
    sinh = staticmethod(math.sinh)
    cosh = staticmethod(math.cosh)
    tanh = staticmethod(math.tanh)
    asinh = staticmethod(math.asinh)
    acosh = staticmethod(math.acosh)
    atanh = staticmethod(math.atanh)
    erf = staticmethod(math.erf)
    erfc = staticmethod(math.erfc)
    hypot = staticmethod(math.hypot)
    power = staticmethod(math.pow)
    absolute = staticmethod(abs)
    larger = staticmethod(max)
    smaller = staticmethod(min)

    @staticmethod
    def constant(exact: sympy.Expr) -> float:
        return float(exact)

    @staticmethod
    def step(a: float) -> float:
        return float(a > 0)

    @staticmethod
    def middle_step(a: float) -> float:
        return 0.5 if a == 0 else float(a > 0)

    @staticmethod
    def sign(a: float) -> float:
        return float((a > 0) - (a < 0))

    @staticmethod
    def sigmoid(a: float) -> float:
        # Both branches exponentiate a number that is not positive: no overflow.
        if a >= 0:
            return 1.0 / (1.0 + math.exp(-a))
        e = math.exp(a)
        return e / (1.0 + e)

    @staticmethod
    def softplus(a: float) -> float:
        return max(a, 0.0) + math.log1p(math.exp(-abs(a)))

    @staticmethod
    def ratio(a: float, v: float) -> float:
        # Of a coordinate and the distance, which is 0 at the origin.
        return a / v if v else 0.0

    @staticmethod
    def power_slope(a: float, b: float) -> float:
        # a^0 is the constant 1, also at a = 0, where a^(0-1) would divide by zero.
        return 0.0 if b == 0 else b * math.pow(a, b - 1.0)

    @staticmethod
    def power_log(v: float, a: float) -> float:
        # 0^b is 0 for every b > 0: its derivative in b is 0 although log 0 does not exist.
        return 0.0 if a == 0 and v == 0 else v * math.log(a)

    @staticmethod
    def activation(name: str, order: int, a: float) -> float:
        return float(ACTIVATIONS[name].derivative(a, order=order))


class _Symbols(_Algebra):
    """The same names over SymPy expressions."""

    exp = sympy.exp
    log = sympy.log
    sqrt = staticmethod(sympy.sqrt)
    sin = sympy.sin
    cos = sympy.cos
    tan = sympy.tan
    asin = sympy.asin
    acos = sympy.acos
    atan = sympy.atan
    atan2 = sympy.atan2
    sinh = sympy.sinh
    cosh = sympy.cosh
    tanh = sympy.tanh
    asinh = sympy.asinh
    acosh = sympy.acosh
    atanh = sympy.atanh
    erf = sympy.erf
    erfc = sympy.erfc
    absolute = sympy.Abs
    larger = sympy.Max
    smaller = sympy.Min
    sign = sympy.sign

    @staticmethod
    def constant(exact: sympy.Expr) -> sympy.Expr:
        return exact

    @staticmethod
    def expm1(a: Any) -> Any:
        return sympy.exp(a) - 1

    @staticmethod
    def log1p(a: Any) -> Any:
        return sympy.log(1 + a)

    @staticmethod
    def log2(a: Any) -> Any:
        return sympy.log(a) / sympy.log(2)

    @staticmethod
    def log10(a: Any) -> Any:
        return sympy.log(a) / sympy.log(10)

    @staticmethod
    def cbrt(a: Any) -> Any:
        # The real root, also of a negative number.
        return sympy.sign(a) * sympy.Abs(a) ** sympy.Rational(1, 3)

    @staticmethod
    def hypot(a: Any, b: Any) -> Any:
        return sympy.sqrt(a**2 + b**2)

    @staticmethod
    def step(a: Any) -> Any:
        return sympy.Heaviside(a, 0)

    @staticmethod
    def middle_step(a: Any) -> Any:
        return sympy.Heaviside(a, sympy.Rational(1, 2))

    @staticmethod
    def power(a: Any, b: Any) -> Any:
        # SymPy would write out every digit of an exact power such as (2*x)^(10^9).
        if b.is_Number and abs(b) > 1024:
            b = sympy.Float(b)
        return a**b

    @staticmethod
    def sigmoid(a: Any) -> Any:
        return 1 / (1 + sympy.exp(-a))

    @staticmethod
    def softplus(a: Any) -> Any:
        return sympy.log(1 + sympy.exp(a))

    @staticmethod
    def ratio(a: Any, v: Any) -> Any:
        return a / v

    @classmethod
    def power_slope(cls, a: Any, b: Any) -> Any:
        return b * cls.power(a, b - 1)

    @staticmethod
    def power_log(v: Any, a: Any) -> Any:
        return v * sympy.log(a)

    @staticmethod
    def activation(name: str, order: int, a: Any) -> Any:
        entry = ACTIVATIONS[name]
        return entry.derivative_expression(order).subs(defaults_of(entry)).subs(X, a)


NUMBERS = _Numbers()
"""The algebra of Python floats."""

SYMBOLS = _Symbols()
"""The algebra of SymPy expressions."""
