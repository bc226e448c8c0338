"""Rows modulo N, images without border and kernels: from declarations to values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics.cyclic import Cyclic, Impulse
from dlnotes.checking.semantics.symbols import Domain
from dlnotes.checking.semantics.values import NotGeneral, Signal, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlnotes.checking.entries import Entry
    from dlnotes.checking.semantics.symbols import Table

__all__ = ["as_signal", "declared", "empty", "places"]


def empty(entry: Entry, number: Callable[[str], Any]) -> tuple[str, Any]:
    """Return kind and size of the signal that `entry` declares."""
    kind, *size = entry.signal.split()
    return kind, number(size[0]) if size else None


def _whole(entry: Entry, where: tuple[Any, ...]) -> tuple[Any, ...]:
    where = tuple(sp.expand(w) for w in where)
    if any(w.is_integer is False for w in where):
        msg = f"{entry.head} at {', '.join(map(str, where))}: an index is an integer"
        raise Undefined(msg)
    return where


def declared(
    entry: Entry, table: Table, number: Callable[[str], Any], *, known: bool
) -> Signal:
    """Return the signal of a declaration: its entries are symbols of their own."""
    kind, size = empty(entry, number)

    def cell(*where: Any) -> Any:
        where = _whole(entry, where)
        if entry.kind == "impulse":
            if kind == "row":
                return Impulse(where[0], size)
            return sp.Integer(1) if not any(where) else _off(entry, where)
        if not known:
            if kind in ("row", "matrix"):
                where = tuple(_reduced(w, size) for w in where)
                return Cyclic(entry.key, shape=(size,) * len(where), real=True)[where]
            return sp.IndexedBase(entry.key, real=True)[where]
        if not all(w.is_Integer for w in where):
            msg = f"{entry.head} at {', '.join(map(str, where))}"
            raise NotGeneral(msg)
        if kind in ("row", "matrix"):
            where = tuple(w % size for w in where)
        elif kind == "kernel" and any(abs(w) > size for w in where):
            return sp.Integer(0)
        text = ",".join(map(str, where))
        return table.symbol((entry.key, *where), f"{entry.key}_{{{text}}}", "real", Domain())

    return Signal(kind, size, cell)


def _reduced(form: Any, size: Any) -> Any:
    """Drop whole multiples of the period."""
    whole = form.coeff(size, 1)
    return sp.expand(form - whole * size) if whole.is_Integer else form


def _off(entry: Entry, where: tuple[Any, ...]) -> Any:
    if all(w.is_Integer for w in where):
        return sp.Integer(0)
    msg = f"{entry.head} at {', '.join(map(str, where))}"
    raise NotGeneral(msg)


def as_signal(entry: Entry, value: Any, size: Any) -> Signal:
    """Return the kernel whose weights stand in a matrix, with its centre in the middle."""
    if isinstance(value, Signal):
        return value
    width = 2 * int(size) + 1 if getattr(size, "is_Integer", False) else None
    if not isinstance(value, sp.MatrixBase) or value.shape != (width, width):
        msg = f"{entry.head}: a kernel of radius {size} is a matrix of 2r + 1 rows and columns"
        raise Undefined(msg)

    def cell(a: Any, b: Any) -> Any:
        if not (a.is_Integer and b.is_Integer):
            msg = f"{entry.head} at {a}, {b}"
            raise NotGeneral(msg)
        if max(abs(a), abs(b)) > size:
            return sp.Integer(0)
        return value[int(a + size), int(b + size)]

    return Signal("kernel", size, cell)


def places(value: Signal) -> list[tuple[Any, ...]] | None:
    """Return all places of a signal of concrete size, None for a symbolic one."""
    if not getattr(value.size, "is_Integer", False):
        return None
    if value.kind == "row":
        return [(sp.Integer(n),) for n in range(int(value.size))]
    if value.kind == "matrix":
        count = range(int(value.size))
        return [(sp.Integer(a), sp.Integer(b)) for a in count for b in count]
    span = range(-int(value.size), int(value.size) + 1)
    return [(sp.Integer(a), sp.Integer(b)) for a in span for b in span]
