"""Declared arrays, matrices written out, and components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays
from dlnotes.checking.semantics.expectations import Expectations
from dlnotes.checking.semantics.sums import Orthogonal, Probabilities
from dlnotes.checking.semantics.symbols import Domain
from dlnotes.checking.semantics.values import (
    Family,
    NotGeneral,
    Signal,
    Undefined,
    shape_of,
)

if TYPE_CHECKING:
    from dlnotes.checking.entries import Entry
    from dlnotes.checking.semantics.core import Env
    from dlnotes.checking.tex.nodes import Node

__all__ = ["ArrayValues"]


class ArrayValues(Expectations):
    """The part of the interpreter for arrays."""

    def declared_array(self, entry: Entry, env: Env, key: tuple[Any, ...]) -> Any:
        """Return the array that a declaration describes, entries being symbols."""
        shape = tuple(self.number(s, env) for s in entry.shape)
        rows, cols = (shape[0], shape[1]) if len(shape) == 2 else (shape[0], sp.Integer(1))
        if not (rows.is_Integer and cols.is_Integer):
            return self._family_array(entry, rows, cols, key)
        m, n = int(rows), int(cols)
        if m < 1 or n < 1:
            msg = f"{entry.head} has no entries"
            raise Undefined(msg)
        if entry.kind == "identity":
            return sp.ImmutableMatrix(sp.eye(m))
        if entry.kind in ("ones", "zeros"):
            return sp.ImmutableMatrix(m, n, [int(entry.kind == "ones")] * (m * n))
        if entry.kind == "basis":
            place = key[1]
            if not 1 <= place <= m:
                msg = f"{entry.head} with index {place}: declared for 1 to {m} only"
                raise Undefined(msg)
            return sp.ImmutableMatrix(m, 1, lambda i, _: int(i + 1 == place))
        if key in self.array_memo:
            return self.array_memo[key]
        out = self._explicit(entry, m, n, key)
        if "invertible" in entry.adjectives:
            if m != n:
                msg = f"{entry.head} is declared invertible but is {m} x {n}"
                raise Undefined(msg)
            determinant = sp.factor_terms(sp.expand(out.det(method="berkowitz")))
            self.given.append(sp.Ne(determinant, 0, evaluate=False))
        self.array_memo[key] = out
        return out

    def _explicit(self, entry: Entry, m: int, n: int, key: tuple[Any, ...]) -> Any:
        tag = "".join(f",{i}" for i in key[1:])

        def cell(i: int, j: int, domain: Domain | None = None, mark: str = "") -> Any:
            where = f"{i + 1}" if n == 1 else f"{i + 1}{j + 1}"
            name = f"{entry.head}{mark}_{where}{tag}"
            return self.table.symbol((*key, mark, i, j), name, "real", domain or Domain())

        adjectives = entry.adjectives
        if "unit" in adjectives:
            names = [f"{entry.head}_{i + 1}" for i in range(m)]
            return sp.ImmutableMatrix(m, 1, self.table.constrained(key, names, "sphere"))
        if "probability" in adjectives:
            names = [
                f"{entry.head}_{{{','.join(map(str, (*key[1:], i + 1)))}}}" for i in range(m)
            ]
            return sp.ImmutableMatrix(m, 1, self.table.constrained(key, names, "simplex"))
        if "positive definite" in adjectives:
            positive = Domain(low=sp.Integer(0))
            lower = sp.Matrix(
                m, n, lambda i, j: 0 if j > i else cell(i, j, positive if i == j else None, "'")
            )
            return (lower * lower.T).as_immutable()
        if "orthogonal" in adjectives:
            # Reflections and a sign: all such matrices for m <= 3. One reflection alone is
            # symmetric and has determinant -1, which would then be taken for facts. Where m
            # stands for a symbolic size (only sampled) the second reflection is fixed.
            fixed = not entry.shape[0].isdigit()
            turn = Domain(excluded=[sp.Integer(0)])
            t = self.table.symbol((*key, "t"), f"{entry.head}_t", "nonzero", turn)
            out = sp.diag(sp.sign(t), *[1] * (m - 1))
            for mark in ("u", "v")[: 1 if m < 3 else 2]:
                cells = [
                    self.table.symbol(
                        (*key, mark, k), f"{entry.head}_{mark}{k + 1}", "real", Domain()
                    )
                    for k in range(m - 1)
                ]
                axis = sp.Matrix([*(range(2, m + 1) if fixed and mark == "v" else cells), 1])
                out = (sp.eye(m) - 2 * axis * axis.T / (axis.T * axis)[0]) * out
            matrix = out.as_immutable()
            self.orthogonal[matrix] = sp.sign(t) * (-1 if m < 3 else 1)
            return matrix
        if "symmetric" in adjectives:
            return sp.ImmutableMatrix(m, n, lambda i, j: cell(min(i, j), max(i, j)))
        if "diagonal" in adjectives:
            return sp.ImmutableMatrix(m, n, lambda i, j: cell(i, j) if i == j else 0)
        sign = Domain()
        if "positive" in adjectives:
            sign = Domain(low=sp.Integer(0))
        elif "negative" in adjectives:
            sign = Domain(high=sp.Integer(0))
        return sp.ImmutableMatrix(m, n, lambda i, j: cell(i, j, sign))

    def _family_array(self, entry: Entry, rows: Any, cols: Any, key: tuple[Any, ...]) -> Any:
        extra = key[1:]
        if entry.kind == "identity":
            return Family((rows, cols), self.delta)
        if entry.kind in ("ones", "zeros"):
            return Family((rows, cols), lambda *_: sp.Integer(int(entry.kind == "ones")))
        if entry.kind == "basis":
            return Family((rows, cols), lambda i, _: self.delta(i, extra[0]))
        if "probability" in entry.adjectives:
            simplex = Probabilities(entry.key, shape=(1,) * len(extra) + (rows,), positive=True)
            return Family((rows, cols), lambda i, _: simplex[(*extra, i)])
        if entry.adjectives == ("orthogonal",) and not extra:
            columns = Orthogonal(entry.key, shape=(rows, cols), real=True)
            return Family((rows, cols), lambda i, j: columns[i, j])
        if set(entry.adjectives) - {"positive", "symmetric", "diagonal"} or extra:
            msg = f"{entry.adjectives} of symbolic shape"
            raise NotGeneral(msg)
        kind = "positive" if "positive" in entry.adjectives else "real"
        base = sp.IndexedBase(entry.key, **{kind: True})
        if cols == 1:
            return Family((rows, cols), lambda i, _: base[i])
        if "diagonal" in entry.adjectives:
            return Family((rows, cols), lambda i, j: self.delta(i, j) * base[i])
        if "symmetric" in entry.adjectives:  # each one is half the sum of some B and B^T
            return Family((rows, cols), lambda i, j: (base[i, j] + base[j, i]) / 2)
        return Family((rows, cols), lambda i, j: base[i, j])

    def delta(self, i: Any, j: Any) -> Any:
        """Return Kronecker's delta."""
        return sp.KroneckerDelta(i, j)

    def _matrix(self, node: Node, env: Env) -> Any:
        width = node.value
        values = [self.value(a, env) for a in node.args]
        if any(isinstance(v, Family) for v in values):
            msg = "block matrix"
            raise NotGeneral(msg)
        rows = [values[k : k + width] for k in range(0, len(values), width)]
        if any(arrays.is_array(v) for v in values):
            try:
                return sp.ImmutableMatrix(
                    sp.Matrix.vstack(*[sp.Matrix.hstack(*map(self._block, r)) for r in rows])
                )
            except sp.ShapeError as error:
                msg = "blocks of a matrix that do not fit"
                raise Undefined(msg) from error
        return sp.ImmutableMatrix(rows)

    @staticmethod
    def _block(value: Any) -> Any:
        return value if arrays.is_array(value) else sp.Matrix([[value]])

    def _component(self, node: Node, env: Env) -> Any:
        indices = [self.value(a, env) for a in node.args[1:]]
        body = node.args[0]
        if body.kind == "apply" and body.value[0] == "entry" and not self.sizes_known:
            entry = self.vocabulary.entries[body.value[1]]
            if entry.component and not entry.signal and not body.value[2]:
                args = [self.value(a, env) for a in body.args]
                inner = self.parameters(entry, args)
                inner |= dict(zip(entry.component, indices, strict=True))
                return self.definition(entry, inner, self.roles_of(entry, args))
        value = self.value(body, env)
        if not arrays.is_array(value):
            one = all(k == 1 for k in indices) and self.vocabulary.may_be_array(body)
            if one:  # an array with one entry
                return value
            msg = "a component of a number"
            raise Undefined(msg)
        if isinstance(value, Signal):
            if len(indices) != (1 if value.kind == "row" else 2):
                msg = f"a {value.kind} has {1 if value.kind == 'row' else 2} indices"
                raise Undefined(msg)
            return value.entry(*(sp.expand(k) for k in indices))
        shape = shape_of(value)
        if len(indices) == 1:
            if shape[1] != 1 and shape[0] != 1:
                msg = "a matrix has two indices"
                raise Undefined(msg)
            row = shape[1] == 1
            where = (indices[0], sp.Integer(1)) if row else (sp.Integer(1), indices[0])
        else:
            where = (indices[0], indices[1])
        for k, size in zip(where, shape, strict=True):
            if (
                getattr(k, "is_Integer", False)
                and getattr(size, "is_Integer", True)
                and not (1 <= k <= size)
            ):
                msg = f"component {k} of {shape[0]} x {shape[1]}"
                raise Undefined(msg)
        if isinstance(value, Family):
            for k, size in zip(where, shape, strict=True):
                if k.is_Symbol:
                    if self.ranges.get(k, (sp.Integer(1), size)) != (sp.Integer(1), size):
                        msg = "index with another range"
                        raise NotGeneral(msg)
                elif k != 1:
                    msg = "component at a shifted index"
                    raise NotGeneral(msg)
            return value.entry(*where)
        if not all(getattr(k, "is_Integer", False) for k in where):
            msg = f"the index {where} is not an integer"
            raise Undefined(msg)
        return value[int(where[0]) - 1, int(where[1]) - 1]
