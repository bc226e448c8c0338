"""Bodies of definitions that are written as SymPy expressions; nothing is evaluated as code."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["sympy_body"]

_BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS = {
    name: getattr(sp, name)
    for name in [
        "exp",
        "log",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "atan",
        "asin",
        "acos",
        "erf",
        "erfc",
        "Abs",
        "sign",
        "Max",
        "Min",
        "gamma",
        "factorial",
        "floor",
        "ceiling",
        "binomial",
        "Heaviside",
        "re",
        "im",
    ]
}
_CONSTANTS = {"pi": sp.pi, "E": sp.E, "oo": sp.oo}


def sympy_body(
    text: str,
    names: dict[str, Any],
    operations: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """Read `text`, an arithmetic expression in `names` and SymPy's elementary functions.

    With `operations`, these stand for ``/``, ``**`` and functions of their names: those of an
    interpreter, which note where they are defined.

    Raises
    ------
    ValueError
        For anything else than arithmetic, known functions and known names.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> sympy_body("exp(-x**2/2)", {"x": x})
    exp(-x**2/2)
    """
    own = dict(operations or {})
    binary = {
        **_BINARY,
        ast.Div: own.get("/", operator.truediv),
        ast.Pow: own.get("**", operator.pow),
    }
    functions = _FUNCTIONS | {name: f for name, f in own.items() if name in _FUNCTIONS}

    def visit(node: ast.AST) -> Any:
        if isinstance(node, ast.Expression):
            return visit(node.body)
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return sp.Rational(str(node.value))
        if isinstance(node, ast.Name):
            if node.id in names:
                value = names[node.id]
                return value() if callable(value) and not isinstance(value, sp.Basic) else value
            if node.id in _CONSTANTS:
                return _CONSTANTS[node.id]
            msg = f"unknown name {node.id!r} in the SymPy body {text!r}"
            raise ValueError(msg)
        if isinstance(node, ast.BinOp) and type(node.op) in binary:
            return binary[type(node.op)](visit(node.left), visit(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            value = visit(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id not in functions or node.keywords:
                msg = f"unknown function {node.func.id!r} in the SymPy body {text!r}"
                raise ValueError(msg)
            return functions[node.func.id](*map(visit, node.args))
        msg = f"cannot read {ast.dump(node)[:40]} in the SymPy body {text!r}"
        raise ValueError(msg)

    return visit(ast.parse(text, mode="eval"))
