"""Values that the interpreter computes with besides SymPy's own: arrays, functions, errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Distribution",
    "Family",
    "FunctionValue",
    "NotGeneral",
    "Signal",
    "Undefined",
    "make_generic",
    "shape_of",
]


class Undefined(ValueError):
    """What is written has no value: shapes that do not fit, an index out of range."""


class NotGeneral(Exception):
    """The construct has no meaning for symbolic sizes here; instances are used instead."""


@dataclass(frozen=True)
class Family:
    """An array of symbolic shape: a function from indices (1-based) to entries."""

    shape: tuple[Any, ...]
    entry: Callable[..., Any]

    def map(self, function: Callable[..., Any]) -> Family:
        """Apply `function` to every entry."""
        return Family(self.shape, lambda *i: function(self.entry(*i)))


@dataclass(frozen=True)
class Signal:
    """Numbers on integer places: a row or matrix modulo N, an image, a kernel.

    ``size`` is N for a ``row`` or ``matrix``, the radius for a ``kernel`` (places -r..r) and
    None for an ``image``.
    """

    kind: str
    size: Any
    entry: Callable[..., Any]

    @property
    def shape(self) -> tuple[Any, ...]:
        """Number of rows and columns."""
        if self.kind in ("row", "matrix"):
            return (self.size, sp.Integer(1) if self.kind == "row" else self.size)
        if self.kind == "kernel":
            return (2 * self.size + 1, 2 * self.size + 1)
        return (sp.oo, sp.oo)

    def map(self, function: Callable[..., Any]) -> Signal:
        """Apply `function` to every entry."""
        return Signal(self.kind, self.size, lambda *i: function(self.entry(*i)))


@dataclass(frozen=True)
class FunctionValue:
    """A function as an argument: what it does to arguments, and its name."""

    name: str
    call: Callable[..., Any]
    arity: int = 1


@dataclass(frozen=True)
class Distribution:
    """A finite distribution: outcomes ``low..high`` and the probability of each."""

    name: str
    low: Any
    high: Any
    probability: Callable[[Any], Any]


def shape_of(value: Any) -> tuple[Any, ...]:
    """Return the shape: ``()`` for a number, ``(rows, columns)`` for an array."""
    if isinstance(value, sp.MatrixBase):
        return (value.rows, value.cols)
    if isinstance(value, (Family, Signal)):
        return value.shape
    return ()


_GENERIC: dict[tuple[str, tuple[int, ...], str], Any] = {}


def _real(e: Any) -> bool:
    """Whether an argument is real: known to be, or made of real symbols without i."""
    if e.is_extended_real:
        return True
    return not e.has(sp.I) and all(s.is_extended_real for s in e.free_symbols)


def make_generic(name: str, orders: tuple[int, ...], adjective: str) -> Any:
    """Return the SymPy function for the `orders`-th partial derivative of a generic function.

    Differentiating an application gives the function of the next order, so that chain rules
    come out in one canonical form.
    """
    key = (name, orders, adjective)
    if key not in _GENERIC:
        primes = "" if not any(orders) else "^{(" + ",".join(map(str, orders)) + ")}"

        def fdiff(self: Any, argindex: int = 1) -> Any:
            up = list(orders)
            up[argindex - 1] += 1
            return make_generic(name, tuple(up), adjective)(*self.args)

        def real_of(self: Any) -> bool | None:
            return True if all(map(_real, self.args)) else None

        positive = adjective == "positive" and not any(orders)
        _GENERIC[key] = type(
            name + primes,
            (sp.Function,),
            {
                "fdiff": fdiff,
                "nargs": len(orders),
                "generic": key,
                "_eval_is_real": real_of,
                "_eval_is_extended_real": real_of,
                "_eval_is_finite": lambda _: True,
                "_eval_is_positive": lambda _: True if positive else None,
                "_eval_is_zero": lambda _: False if positive else None,
            },
        )
    return _GENERIC[key]
