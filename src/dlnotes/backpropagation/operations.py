"""The table of elementary operations: what back-propagation knows, apart from how it runs.

An operation is its value and one partial derivative for each operand. Each rule is written once
and takes the algebra in which it is to be read as first argument: `NUMBERS` computes with
Python floats, `SYMBOLS` with SymPy expressions, and `dlnotes.backpropagation._building` makes
new nodes of it. The number in a table of adjoints, the formula beside it and the generated code
can therefore not drift apart. To teach the module another operation, add an entry; nothing else
changes. The activation functions come from their own registry,
`dlnotes.activations.ACTIVATIONS`, and are not listed a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sympy

from dlnotes.activations import ACTIVATIONS
from dlnotes.backpropagation.algebras import defaults_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dlnotes.activations import Activation

__all__ = ["OPERATIONS", "Operation"]


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
        ``kink(*operands)`` says which number is used where the one-sided derivatives differ;
        it is empty where there is a derivative.
    kinks : tuple of sympy.Expr
        The places of the kinks of an activation function.

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
    kink: Callable[..., str] | None = None
    kinks: tuple[sympy.Expr, ...] = ()

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


def _function(
    name: str,
    value: Callable[..., Any],
    rule: Callable[..., Any],
    cost: int,
    **extra: Any,
) -> Operation:
    return Operation(name, f"{name}({{0}})", value, (rule,), (cost,), **extra)


def _at_zero(sentence: str) -> Callable[[float], str]:
    return lambda a: sentence if a == 0 else ""


def _at_a_tie(a: float, b: float) -> str:
    return "the operands are equal; each gets half of the derivative" if a == b else ""


def _at_the_origin(a: float, b: float) -> str:
    return (
        "the derivative at the origin depends on the way there; 0 is used"
        if a == b == 0
        else ""
    )


_ARITHMETIC = (
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
)

_ROOT_PI = 2 / sympy.sqrt(sympy.pi)

_FUNCTIONS = (
    _function("exp", lambda m, a: m.exp(a), lambda m, v, a: v, 0),
    _function("expm1", lambda m, a: m.expm1(a), lambda m, v, a: v + 1, 1),
    _function(
        "log",
        lambda m, a: m.log(a),
        lambda m, v, a: 1 / a,
        1,
        domain="the argument of log must be positive",
    ),
    _function(
        "log1p",
        lambda m, a: m.log1p(a),
        lambda m, v, a: 1 / (1 + a),
        2,
        domain="the argument of log1p must be above -1",
    ),
    _function(
        "log2",
        lambda m, a: m.log2(a),
        lambda m, v, a: m.constant(1 / sympy.log(2)) / a,
        1,
        domain="the argument of log2 must be positive",
    ),
    _function(
        "log10",
        lambda m, a: m.log10(a),
        lambda m, v, a: m.constant(1 / sympy.log(10)) / a,
        1,
        domain="the argument of log10 must be positive",
    ),
    _function(
        "sqrt",
        lambda m, a: m.sqrt(a),
        lambda m, v, a: 1 / (2 * v),
        2,
        domain="the argument of sqrt must not be negative",
    ),
    _function("cbrt", lambda m, a: m.cbrt(a), lambda m, v, a: 1 / (3 * v * v), 3),
    _function("sin", lambda m, a: m.sin(a), lambda m, v, a: m.cos(a), 1),
    _function("cos", lambda m, a: m.cos(a), lambda m, v, a: -m.sin(a), 2),
    _function("tan", lambda m, a: m.tan(a), lambda m, v, a: 1 + v * v, 2),
    _function(
        "asin",
        lambda m, a: m.asin(a),
        lambda m, v, a: 1 / m.sqrt(1 - a * a),
        4,
        domain="the argument of asin must lie between -1 and 1",
    ),
    _function(
        "acos",
        lambda m, a: m.acos(a),
        lambda m, v, a: -1 / m.sqrt(1 - a * a),
        4,
        domain="the argument of acos must lie between -1 and 1",
    ),
    _function("atan", lambda m, a: m.atan(a), lambda m, v, a: 1 / (1 + a * a), 3),
    _function("sinh", lambda m, a: m.sinh(a), lambda m, v, a: m.cosh(a), 1),
    _function("cosh", lambda m, a: m.cosh(a), lambda m, v, a: m.sinh(a), 1),
    _function("tanh", lambda m, a: m.tanh(a), lambda m, v, a: 1 - v * v, 2),
    _function("asinh", lambda m, a: m.asinh(a), lambda m, v, a: 1 / m.sqrt(a * a + 1), 4),
    _function(
        "acosh",
        lambda m, a: m.acosh(a),
        lambda m, v, a: 1 / m.sqrt((a - 1) * (a + 1)),
        5,
        domain="the argument of acosh must be at least 1",
    ),
    _function(
        "atanh",
        lambda m, a: m.atanh(a),
        lambda m, v, a: 1 / ((1 - a) * (1 + a)),
        4,
        domain="the argument of atanh must lie between -1 and 1",
    ),
    _function(
        "erf",
        lambda m, a: m.erf(a),
        lambda m, v, a: m.constant(_ROOT_PI) * m.exp(-a * a),
        4,
    ),
    _function(
        "erfc",
        lambda m, a: m.erfc(a),
        lambda m, v, a: m.constant(-_ROOT_PI) * m.exp(-a * a),
        4,
    ),
    _function("sigmoid", lambda m, a: m.sigmoid(a), lambda m, v, a: v * (1 - v), 2),
    _function("softplus", lambda m, a: m.softplus(a), lambda m, v, a: m.sigmoid(a), 1),
    _function(
        "relu",
        lambda m, a: m.larger(a, 0),
        lambda m, v, a: m.step(a),
        1,
        kink=_at_zero("the left derivative is 0, the right one 1; 0 is used"),
    ),
    _function(
        "abs",
        lambda m, a: m.absolute(a),
        lambda m, v, a: m.sign(a),
        1,
        kink=_at_zero("the left derivative is -1, the right one 1; 0 is used"),
    ),
    _function(
        "sign",
        lambda m, a: m.sign(a),
        lambda m, v, a: 0,
        0,
        kink=_at_zero("there is a jump and no derivative; 0 is used"),
    ),
    Operation(
        "max",
        "max({0}, {1})",
        lambda m, a, b: m.larger(a, b),
        (lambda m, v, a, b: m.middle_step(a - b), lambda m, v, a, b: m.middle_step(b - a)),
        (2, 2),
        kink=_at_a_tie,
    ),
    Operation(
        "min",
        "min({0}, {1})",
        lambda m, a, b: m.smaller(a, b),
        (lambda m, v, a, b: m.middle_step(b - a), lambda m, v, a, b: m.middle_step(a - b)),
        (2, 2),
        kink=_at_a_tie,
    ),
    Operation(
        "atan2",
        "atan2({0}, {1})",
        lambda m, a, b: m.atan2(a, b),
        (
            lambda m, v, a, b: b / (a * a + b * b),
            lambda m, v, a, b: -a / (a * a + b * b),
        ),
        (4, 5),
    ),
    Operation(
        "hypot",
        "hypot({0}, {1})",
        lambda m, a, b: m.hypot(a, b),
        (lambda m, v, a, b: m.ratio(a, v), lambda m, v, a, b: m.ratio(b, v)),
        (1, 1),
        kink=_at_the_origin,
    ),
)


def _places(entry: Activation) -> tuple[sympy.Expr, ...]:
    """Return where an activation function has its kinks."""
    return tuple(kink.at.subs(defaults_of(entry)) for kink in entry.kinks)


def _jumps(entry: Activation, a: float) -> str:
    """Say what happens at a kink of an activation function, if `a` is one."""
    if not any(float(place) == a for place in _places(entry)):
        return ""
    sides = entry.one_sided(a)
    if sides.left == sides.right:
        return ""
    return (
        f"the left derivative is {float(sides.left):.6g}, the right one "
        f"{float(sides.right):.6g}; {float(sides.chosen):.6g} is used"
    )


def _activation(name: str, order: int) -> Operation:
    """Return an activation function of the registry, or one of its derivatives."""
    primes = "'" * order
    return _function(
        f"{name}{primes}",
        lambda m, a: m.activation(name, order, a),
        lambda m, v, a: m.activation(name, order + 1, a),
        1,
        domain=f"{name}{primes} has no value here",
        kink=None if order else partial(_jumps, ACTIVATIONS[name]),
        kinks=_places(ACTIVATIONS[name]),
    )


_OWN = (*_ARITHMETIC, *_FUNCTIONS)
_OF_THE_REGISTRY = tuple(
    name for name in ACTIVATIONS if name not in {entry.name for entry in _OWN}
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {entry.name: entry for entry in _OWN}
    | {name: _activation(name, 0) for name in _OF_THE_REGISTRY}
)
"""Every elementary operation by name: arithmetic, functions, activation functions."""

_DERIVATIVES = (
    _function(
        "relu'",
        lambda m, a: m.step(a),
        lambda m, v, a: 0,
        0,
        kink=_at_zero("there is a jump and no derivative; 0 is used"),
    ),
    _function(
        "max'",
        lambda m, a: m.middle_step(a),
        lambda m, v, a: 0,
        0,
        kink=_at_zero("there is a jump and no derivative; 0 is used"),
    ),
)

RULES: Mapping[str, Operation] = MappingProxyType(
    dict(OPERATIONS)
    | {entry.name: entry for entry in _DERIVATIVES}
    | {f"{name}'": _activation(name, 1) for name in _OF_THE_REGISTRY}
    | {f"{name}''": _activation(name, 2) for name in _OF_THE_REGISTRY}
)
"""`OPERATIONS`, and what only derivatives are made of; a prime keeps them out of texts."""
