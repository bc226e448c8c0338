"""Arithmetic of numbers and arrays: explicit matrices, or families of symbolic shape."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics.spectral import spectral_norm
from dlnotes.checking.semantics.values import Family, NotGeneral, Signal, Undefined, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "add",
    "elementwise",
    "hadamard",
    "inverse",
    "is_array",
    "kron",
    "multiply",
    "negate",
    "norm",
    "number",
    "power",
    "product",
    "scalar_like",
    "to_family",
    "total",
    "transpose",
]

_ONE = sp.Integer(1)
_MATRIX_NORM = "the norm of a matrix needs an index: F (Frobenius) or 2 (spectral)"


def is_array(value: Any) -> bool:
    """Whether `value` is an array."""
    return isinstance(value, (sp.MatrixBase, Family, Signal))


def _show(value: Any) -> str:
    return " x ".join(str(s) for s in shape_of(value)) or "a number"


def to_family(value: Any) -> Family:
    """Return a family as it is; an explicit matrix has no symbolic shape to fit another's."""
    if isinstance(value, Family):
        return value
    msg = "explicit matrix among symbolic shapes"
    raise NotGeneral(msg)


def _same_shape(a: Any, b: Any, what: str) -> None:
    if shape_of(a) != shape_of(b):
        msg = f"{what} of {_show(a)} and {_show(b)}"
        raise Undefined(msg)


def scalar_like(value: Any) -> Any:
    """Return the number in a 1 x 1 matrix; anything else as it is."""
    if isinstance(value, sp.MatrixBase) and value.shape == (1, 1):
        return value[0, 0]
    if isinstance(value, Family) and value.shape == (1, 1):
        return value.entry(_ONE, _ONE)
    return value


def number(value: Any, what: str) -> Any:
    """Return a number; of an array there is no `what`."""
    value = scalar_like(value)
    if is_array(value):
        msg = f"{what} of an array"
        raise Undefined(msg)
    return value


def add(a: Any, b: Any) -> Any:
    """Add two values of the same shape."""
    if not is_array(a) and not is_array(b):
        return a + b
    if is_array(a) != is_array(b):
        a, b = scalar_like(a), scalar_like(b)
        if not is_array(a) and not is_array(b):
            return a + b
    if isinstance(a, Signal) or isinstance(b, Signal):
        return _add_signals(a, b)
    _same_shape(a, b, "sum")
    if isinstance(a, Family):
        right = to_family(b)
        return Family(a.shape, lambda *i: a.entry(*i) + right.entry(*i))
    return a + b


def total(values: Sequence[Any]) -> Any:
    """Add up: numbers at once, which is much quicker than one by one."""
    if any(is_array(v) for v in values):
        return reduce(add, values)
    return sp.Add(*values)


def _add_signals(a: Any, b: Any) -> Any:
    if not isinstance(a, Signal) or not isinstance(b, Signal) or a.kind != b.kind:
        msg = f"sum of {_show(a)} and {_show(b)}"
        raise Undefined(msg)
    _same_shape(a, b, "sum")
    return Signal(a.kind, a.size, lambda *i: a.entry(*i) + b.entry(*i))


def _no_signal(*values: Any) -> None:
    if any(isinstance(v, Signal) for v in values):
        msg = "a row, an image or a kernel has sums and multiples here, and no matrix algebra"
        raise Undefined(msg)


def negate(a: Any) -> Any:
    """Change the sign."""
    return a.map(lambda x: -x) if isinstance(a, (Family, Signal)) else -a


def multiply(a: Any, b: Any, *, dot: bool = False, fresh: Any = None) -> Any:
    r"""Multiply: numbers, number by array, matrices; ``\cdot`` of two vectors is their dot."""
    if not is_array(a) or not is_array(b):
        if isinstance(a, (Family, Signal)):
            return a.map(lambda x: x * b)
        if isinstance(b, (Family, Signal)):
            return b.map(lambda x: a * x)
        return a * b
    if isinstance(a, Signal) or isinstance(b, Signal):
        msg = "a product of signals: write their convolution with a declared operator"
        raise Undefined(msg)
    sa, sb = shape_of(a), shape_of(b)
    if dot and sa[1] == 1 and sb[1] == 1 and sa[0] == sb[0] and sa[0] != 1:
        return scalar_like(multiply(transpose(a), b, fresh=fresh))
    if sa[1] != sb[0]:
        if sa == (1, 1) or sb == (1, 1):
            return multiply(scalar_like(a), b) if sa == (1, 1) else multiply(a, scalar_like(b))
        msg = f"product of {_show(a)} and {_show(b)}"
        raise Undefined(msg)
    if isinstance(a, Family) or isinstance(b, Family):
        left, right = to_family(a), to_family(b)
        inner = sa[1]

        def entry(i: Any, j: Any) -> Any:
            if inner == 1:
                return left.entry(i, _ONE) * right.entry(_ONE, j)
            k = fresh(inner)
            return sp.Sum(left.entry(i, k) * right.entry(k, j), (k, 1, inner))

        return Family((sa[0], sb[1]), entry)
    return a * b


def product(values: Sequence[Any]) -> Any:
    """Multiply one after the other: numbers at once."""
    if any(is_array(v) for v in values):
        return reduce(multiply, values)
    return sp.Mul(*values)


def transpose(a: Any) -> Any:
    """Transpose; a number stays."""
    _no_signal(a)
    if isinstance(a, Family):
        return Family((a.shape[1], a.shape[0]), lambda i, j: a.entry(j, i))
    return a.T if is_array(a) else a


def inverse(a: Any) -> Any:
    """Invert a square matrix (explicitly, by cofactors)."""
    if isinstance(a, Family):
        msg = "inverse"
        raise NotGeneral(msg)
    if a.rows != a.cols:
        msg = f"inverse of {_show(a)}"
        raise Undefined(msg)
    determinant = sp.expand(a.det(method="berkowitz"))
    if determinant == 0:
        msg = "inverse of a singular matrix"
        raise Undefined(msg)
    return a.adjugate() / determinant


def power(a: Any, n: Any) -> Any:
    """Raise a square matrix to an integer power."""
    _no_signal(a)
    n = sp.sympify(n)
    if isinstance(a, Family):
        if shape_of(a) == (1, 1):
            return scalar_like(a) ** n
        msg = "power of a matrix"
        raise NotGeneral(msg)
    if a.shape == (1, 1):
        return a[0, 0] ** n
    if not n.is_Integer:
        msg = "a matrix has integer powers only"
        raise Undefined(msg)
    if a.rows != a.cols:
        msg = f"power of {_show(a)}"
        raise Undefined(msg)
    return inverse(a) ** int(-n) if n < 0 else a ** int(n)


def hadamard(a: Any, b: Any) -> Any:
    """Multiply entry by entry."""
    _no_signal(a, b)
    if not is_array(a) or not is_array(b):
        return multiply(a, b)
    _same_shape(a, b, "elementwise product")
    if isinstance(a, Family):
        right = to_family(b)
        return Family(a.shape, lambda *i: a.entry(*i) * right.entry(*i))
    return a.multiply_elementwise(b)


def kron(a: Any, b: Any) -> Any:
    """Kronecker's product; of two column vectors the outer product is meant by ``a b^T``."""
    _no_signal(a, b)
    if isinstance(a, Family) or isinstance(b, Family):
        msg = "Kronecker product"
        raise NotGeneral(msg)
    if not is_array(a) or not is_array(b):
        return multiply(a, b)
    return sp.kronecker_product(sp.Matrix(a), sp.Matrix(b)).as_immutable()


def elementwise(function: Any, a: Any) -> Any:
    """Apply a function of one number to a number or to every entry."""
    if isinstance(a, (Family, Signal)):
        return a.map(function)
    if is_array(a):
        return a.applyfunc(function)
    return function(a)


def norm(a: Any, order: str, fresh: Any) -> Any:
    r"""Return the norm of a vector (2, 1, \infty) or the Frobenius norm of a matrix."""
    _no_signal(a)
    if not is_array(a):
        return sp.Abs(a)
    if not order and 1 not in shape_of(a):
        raise Undefined(_MATRIX_NORM)
    order = order or "2"
    if isinstance(a, Family):
        m, n = a.shape
        i = fresh(m)
        if n == 1:
            x = a.entry(i, _ONE)
            term = x**2 if order == "2" else sp.Abs(x)
            if order not in ("1", "2"):
                msg = "maximum norm"
                raise NotGeneral(msg)
            total = sp.Sum(term, (i, 1, m))
        else:
            if order == "2":
                msg = "the spectral norm"
                raise NotGeneral(msg)
            if order != "F":
                raise Undefined(_MATRIX_NORM)
            j = fresh(n)
            total = sp.Sum(a.entry(i, j) ** 2, (i, 1, m), (j, 1, n))
        return total if order == "1" else sp.sqrt(total)
    entries = list(a)
    if order == "1" and 1 in a.shape:
        return sum(sp.Abs(x) for x in entries)
    if order == r"\infty" and 1 in a.shape:
        return sp.Max(*[sp.Abs(x) for x in entries])
    if 1 not in a.shape and order == "2":
        return spectral_norm(a)
    if 1 not in a.shape and order != "F":
        raise Undefined(_MATRIX_NORM)
    if order in ("2", "F"):
        return sp.sqrt(sum(x**2 for x in entries))
    msg = f"the norm with index {order} of {_show(a)} is not read"
    raise Undefined(msg)
