"""The table of elementary operations: what back-propagation knows, apart from how it runs.

An operation is its value and one partial derivative for each operand. Each rule is written once
and takes the algebra in which it is to be read as first argument: `NUMBERS` computes with
Python floats, `SYMBOLS` with SymPy expressions. The number in a table of adjoints and the
formula beside it can therefore not drift apart. To teach the module another operation, add an
entry to `OPERATIONS`; nothing else changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sympy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["NUMBERS", "OPERATIONS", "SYMBOLS", "Operation"]


class _Numbers:
    """Real arithmetic in double precision; a point outside a domain raises."""

    exp = staticmethod(math.exp)
    log = staticmethod(math.log)
    sqrt = staticmethod(math.sqrt)
    sin = staticmethod(math.sin)
    cos = staticmethod(math.cos)
    tan = staticmethod(math.tan)
    sinh = staticmethod(math.sinh)
    cosh = staticmethod(math.cosh)
    tanh = staticmethod(math.tanh)
    atan = staticmethod(math.atan)
    power = staticmethod(math.pow)
    absolute = staticmethod(abs)
    larger = staticmethod(max)
    smaller = staticmethod(min)

    @staticmethod
    def step(a: float, at_zero: Any) -> float:
        return float(at_zero) if a == 0 else float(a > 0)

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
    def power_slope(a: float, b: float) -> float:
        # a^0 is the constant 1, also at a = 0, where a^(0-1) would divide by zero.
        return 0.0 if b == 0 else b * math.pow(a, b - 1.0)

    @staticmethod
    def power_log(v: float, a: float) -> float:
        # 0^b is 0 for every b > 0: its derivative in b is 0 although log 0 does not exist.
        return 0.0 if a == 0 and v == 0 else v * math.log(a)


class _Symbols:
    """The same names over SymPy expressions."""

    exp = sympy.exp
    log = sympy.log
    sqrt = staticmethod(sympy.sqrt)
    sin = sympy.sin
    cos = sympy.cos
    tan = sympy.tan
    sinh = sympy.sinh
    cosh = sympy.cosh
    tanh = sympy.tanh
    atan = sympy.atan
    absolute = sympy.Abs
    larger = sympy.Max
    smaller = sympy.Min
    step = sympy.Heaviside
    sign = sympy.sign

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

    @classmethod
    def power_slope(cls, a: Any, b: Any) -> Any:
        return b * cls.power(a, b - 1)

    @staticmethod
    def power_log(v: Any, a: Any) -> Any:
        return v * sympy.log(a)


NUMBERS = _Numbers()
"""The algebra of Python floats."""

SYMBOLS = _Symbols()
"""The algebra of SymPy expressions."""


@dataclass(frozen=True)
class Operation:
    """An elementary operation and its derivative rules.

    Attributes
    ----------
    name : str
        Name in the table of operations; for a function also the name it is called by.
    text : str
        How the operation is written, with ``{0}`` and ``{1}`` for its operands.
    value : callable
        ``value(algebra, *operands)``.
    partials : tuple of callable
        One rule for each operand, ``rule(algebra, value, *operands)``. The value is handed in
        because many derivatives are cheap in terms of it: that of exp is the value itself.
    partial_costs : tuple of int
        Elementary operations that each rule costs once the value is known.
    domain : str
        What the operands have to satisfy for the value to exist.
    kink : callable or None
        ``kink(*operands)`` is true where the one-sided derivatives differ.
    convention : str
        Which value the partial takes at the kink.

    Examples
    --------
    >>> from dlnotes.backpropagation import NUMBERS, OPERATIONS
    >>> product = OPERATIONS["mul"]
    >>> value = product.value(NUMBERS, 3.0, 4.0)
    >>> value, [rule(NUMBERS, value, 3.0, 4.0) for rule in product.partials]
    (12.0, [4.0, 3.0])
    """

    name: str
    text: str
    value: Callable[..., Any]
    partials: tuple[Callable[..., Any], ...]
    partial_costs: tuple[int, ...]
    domain: str = ""
    kink: Callable[..., bool] | None = None
    convention: str = ""

    @property
    def arity(self) -> int:
        """How many operands the operation takes."""
        return len(self.partials)

    def shown(self, operands: Sequence[float]) -> str:
        """Return the operation written with numbers for operands, for messages.

        Parameters
        ----------
        operands : sequence of float
            The numbers.

        Returns
        -------
        str
            For instance ``"(-1)^0.5"``.
        """
        infix = self.text[0] in "{-"
        return self.text.format(
            *(f"({a:.6g})" if infix and a < 0 else f"{a:.6g}" for a in operands)
        )


_HALF = sympy.Rational(1, 2)


def _function(
    name: str,
    value: Callable[..., Any],
    partial: Callable[..., Any],
    cost: int,
    **extra: Any,
) -> Operation:
    return Operation(name, f"{name}({{0}})", value, (partial,), (cost,), **extra)


_ENTRIES = (
    Operation(
        "add",
        "{0} + {1}",
        lambda m, a, b: a + b,
        (lambda m, v, a, b: 1, lambda m, v, a, b: 1),
        (0, 0),
    ),
    Operation(
        "sub",
        "{0} - {1}",
        lambda m, a, b: a - b,
        (lambda m, v, a, b: 1, lambda m, v, a, b: -1),
        (0, 0),
    ),
    Operation(
        "mul",
        "{0}*{1}",
        lambda m, a, b: a * b,
        (lambda m, v, a, b: b, lambda m, v, a, b: a),
        (0, 0),
    ),
    Operation(
        "div",
        "{0}/{1}",
        lambda m, a, b: a / b,
        (lambda m, v, a, b: 1 / b, lambda m, v, a, b: -v / b),
        (1, 2),
        domain="the divisor must not be 0",
    ),
    Operation("neg", "-{0}", lambda m, a: -a, (lambda m, v, a: -1,), (0,)),
    Operation(
        "pow",
        "{0}^{1}",
        lambda m, a, b: m.power(a, b),
        (lambda m, v, a, b: m.power_slope(a, b), lambda m, v, a, b: m.power_log(v, a)),
        (3, 2),
        domain="a base below 0 needs a whole exponent, a base of 0 an exponent of at least 0",
    ),
    _function("exp", lambda m, a: m.exp(a), lambda m, v, a: v, 0),
    _function(
        "log",
        lambda m, a: m.log(a),
        lambda m, v, a: 1 / a,
        1,
        domain="the argument of log must be positive",
    ),
    _function(
        "sqrt",
        lambda m, a: m.sqrt(a),
        lambda m, v, a: 1 / (2 * v),
        2,
        domain="the argument of sqrt must not be negative",
    ),
    _function("sin", lambda m, a: m.sin(a), lambda m, v, a: m.cos(a), 1),
    _function("cos", lambda m, a: m.cos(a), lambda m, v, a: -m.sin(a), 2),
    _function("tan", lambda m, a: m.tan(a), lambda m, v, a: 1 + v * v, 2),
    _function("atan", lambda m, a: m.atan(a), lambda m, v, a: 1 / (1 + a * a), 3),
    _function("sinh", lambda m, a: m.sinh(a), lambda m, v, a: m.cosh(a), 1),
    _function("cosh", lambda m, a: m.cosh(a), lambda m, v, a: m.sinh(a), 1),
    _function("tanh", lambda m, a: m.tanh(a), lambda m, v, a: 1 - v * v, 2),
    _function("sigmoid", lambda m, a: m.sigmoid(a), lambda m, v, a: v * (1 - v), 2),
    _function("softplus", lambda m, a: m.softplus(a), lambda m, v, a: m.sigmoid(a), 1),
    _function(
        "relu",
        lambda m, a: m.larger(a, 0),
        lambda m, v, a: m.step(a, 0),
        1,
        kink=lambda a: a == 0,
        convention="the left derivative is 0, the right one 1; 0 is used",
    ),
    _function(
        "abs",
        lambda m, a: m.absolute(a),
        lambda m, v, a: m.sign(a),
        1,
        kink=lambda a: a == 0,
        convention="the left derivative is -1, the right one 1; 0 is used",
    ),
    Operation(
        "max",
        "max({0}, {1})",
        lambda m, a, b: m.larger(a, b),
        (lambda m, v, a, b: m.step(a - b, _HALF), lambda m, v, a, b: m.step(b - a, _HALF)),
        (2, 2),
        kink=lambda a, b: a == b,
        convention="the operands are equal; each gets half of the derivative",
    ),
    Operation(
        "min",
        "min({0}, {1})",
        lambda m, a, b: m.smaller(a, b),
        (lambda m, v, a, b: m.step(b - a, _HALF), lambda m, v, a, b: m.step(a - b, _HALF)),
        (2, 2),
        kink=lambda a, b: a == b,
        convention="the operands are equal; each gets half of the derivative",
    ),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {entry.name: entry for entry in _ENTRIES}
)
"""Every elementary operation by name."""
