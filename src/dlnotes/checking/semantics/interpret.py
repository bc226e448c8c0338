r"""From the syntax tree to values: numbers, arrays, truth values, with their conditions.

An interpreter works either with concrete sizes (``K = 3``; sums are written out, arrays are
explicit) or in general (``sizes=None``; sums stay, arrays are families of entries). Every
division, logarithm, root and kink leaves a condition under which the value is defined.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays
from dlnotes.checking.semantics.calculus import Calculus
from dlnotes.checking.semantics.pybody import sympy_body
from dlnotes.checking.semantics.symbols import Domain
from dlnotes.checking.semantics.values import (
    Distribution,
    Family,
    FunctionValue,
    NotGeneral,
    Undefined,
    make_generic,
    shape_of,
)

if TYPE_CHECKING:
    from dlnotes.checking.entries import Entry
    from dlnotes.checking.tex.nodes import Node

__all__ = ["Interpreter"]

Env = dict[str, Any]
_REAL_FUNCTIONS = {
    "exp": sp.exp,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "arctan": sp.atan,
    "arcsin": sp.asin,
    "arccos": sp.acos,
    "erf": sp.erf,
    "erfc": sp.erfc,
    "atanh": sp.atanh,
    "artanh": sp.atanh,
    "asinh": sp.asinh,
    "arsinh": sp.asinh,
    "abs": sp.Abs,
    "cot": sp.cot,
    "sec": sp.sec,
    "csc": sp.csc,
}


class Interpreter(Calculus):
    """Gives values to nodes; see the module. One instance serves one choice of sizes."""

    # -- names ---------------------------------------------------------------------------
    def _bound(self, node: Node, env: Env) -> Any:
        return env[node.value]

    def _name(self, node: Node, env: Env) -> Any:
        entry = self.vocabulary.entries[node.value]
        indices = tuple(self.value(a, env) for a in node.args)
        return self.entry_value(entry, indices)

    def number(self, text: str, env: Env | None = None) -> Any:
        """Evaluate the text of a range end or a shape."""
        text = text.strip()
        scope = dict.fromkeys(env or {}, "scalar")
        if text in ("oo", "inf", r"\infty"):
            return sp.oo
        if text in ("-oo", "-inf", r"-\infty"):
            return -sp.oo
        return self.value(self.vocabulary.small(text, scope), dict(env or {}))

    def index_env(self, entry: Entry, indices: tuple[Any, ...]) -> Env:
        """Bind the indices of `entry` and check that they are in range."""
        env: Env = {}
        for (name, low, high), value in zip(entry.slots, indices, strict=True):
            if low == "in":
                env[name] = value
                continue
            a, b = self.number(low, env), self.number(high, env)
            if getattr(value, "is_Integer", False):
                if (a.is_Integer and value < a) or (b.is_Integer and value > b):
                    msg = f"{entry.head} with {name} = {value}: declared for {a} to {b} only"
                    raise Undefined(msg)
                if not b.is_Integer and not self.sizes_known and (value - a).is_negative:
                    msg = f"{entry.head} with {name} = {value}: declared from {a} on"
                    raise Undefined(msg)
                if not b.is_number and b != sp.oo and value != a:
                    msg_0 = f"{entry.head} at {value}"
                    raise NotGeneral(msg_0)
            elif self.sizes_known and not value.is_Symbol:
                msg = f"{entry.head} with the index {value}, which is not an integer"
                raise Undefined(msg)
            elif value.is_Symbol:
                if value in self.ranges and self.ranges[value] != (a, b):
                    msg_0 = f"index {value} of {entry.head} has another range"
                    raise NotGeneral(msg_0)
            elif not self.sizes_known and a != -sp.oo:
                msg_0 = f"{entry.head} at {value}"
                raise NotGeneral(msg_0)
            env[name] = value
        return env

    def entry_value(self, entry: Entry, indices: tuple[Any, ...] = ()) -> Any:
        """Return the value of a declared name at its indices."""
        key = (entry.key, *indices)
        if key in self.frozen:
            return self.frozen[key]
        if entry.key in self.frozen_families:
            return self.frozen_families[entry.key][indices]
        if entry.kind == "imaginary":
            return sp.I
        if entry.key in self.sizes:
            return sp.Integer(self.sizes[entry.key])
        if indices and self.sizes_known:
            literal = self._literal(entry, indices)
            if literal is not None:
                return self.entry_value(literal)
        env = self.index_env(entry, indices)
        if entry.kind == "defined":
            cached = self.defined.get(key) if not self._freezing() else None
            if cached is None:
                if entry.params:
                    return self.function_value(entry, indices)
                outer, self.conditions = self.conditions, {}
                value = self.definition(entry, env, {})
                cached, self.conditions = (value, self.conditions), outer
                if not self._freezing():
                    self.defined[key] = cached
            for condition, why in cached[1].items():
                self.require(condition, why)
            return cached[0]
        if entry.role == "array":
            return self.declared_array(entry, env, key)
        if entry.role == "set":
            msg = f"{entry.head} is a set, not a number"
            raise Undefined(msg)
        if entry.role == "function":
            return self.function_value(entry, indices)
        if entry.role == "distribution":
            return self.distribution(entry, indices)
        return self.symbol(entry, indices)

    def _literal(self, entry: Entry, indices: tuple[Any, ...]) -> Entry | None:
        """Return the entry that is declared for just these indices (such as ``h_0``)."""
        if not all(getattr(i, "is_Integer", False) for i in indices):
            return None
        todo = [str(i) for i in indices]
        text = ""
        for part in entry.pattern:
            if isinstance(part, int):
                text += "".join(todo[:part])
                todo = todo[part:]
            else:
                text += part
        found = self.vocabulary.entries.get(text)
        return found if found is not None and found.key != entry.key else None

    def _freezing(self) -> bool:
        return bool(self.frozen or self.frozen_families)

    def symbol(self, entry: Entry, indices: tuple[Any, ...]) -> Any:
        """Return the symbol of a declared number."""
        key = (entry.key, *indices)
        if key in self.table.symbols:
            return self.table.symbols[key]
        domain = self.table.domain_of(entry, self.number)
        if indices and not (
            all(getattr(i, "is_Integer", False) for i in indices) and self.sizes_known
        ):
            kind = "positive" if domain.low == 0 and domain.low_open else "real"
            if entry.kind in ("integer", "complex") or entry.conditions:
                msg = f"family {entry.head} with conditions"
                raise NotGeneral(msg)
            base = sp.IndexedBase(entry.key, **{kind: True})
            return base[indices]
        name = entry.head
        if indices:
            name = f"{entry.key.split('_')[0].split('^')[0]}_{{{','.join(map(str, indices))}}}"
        symbol = self.table.symbol(key, name, entry.kind, domain)
        if entry.kind == "index":
            self.ranges[symbol] = (domain.low, domain.high)
        if entry.kind == "random":
            self.random[symbol] = entry
        return symbol

    def definition(self, entry: Entry, env: Env, roles: dict[str, str]) -> Any:
        """Evaluate the body of a definition."""
        assert entry.body is not None
        if entry.body.startswith("sympy:"):
            names = {self.plain(k): v for k, v in env.items()}
            for other in self.vocabulary.entries.values():
                if (
                    other.role == "scalar"
                    and not other.slots
                    and self.plain(other.key) not in names
                ):
                    names[self.plain(other.key)] = lambda o=other: self.entry_value(o)
            return sympy_body(entry.body[6:].strip(), names)
        node = self.vocabulary.body(entry, self.vocabulary.roles(entry) | roles)
        self.depth += 1
        if self.depth > 60:
            msg = f"{entry.head} is defined in terms of itself without end"
            raise Undefined(msg)
        try:
            return self.value(node, env)
        finally:
            self.depth -= 1

    @staticmethod
    def plain(tex: str) -> str:
        """Return the name of a TeX head in a SymPy body: letters, digits and underscores."""
        return "".join(c for c in tex.replace("operatorname", "") if c.isalnum() or c == "_")

    # -- arrays --------------------------------------------------------------------------
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
                msg_0 = f"{entry.head} is declared invertible but is {m} x {n}"
                raise Undefined(msg_0)
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
        if "positive definite" in adjectives:
            positive = Domain(low=sp.Integer(0))
            lower = sp.Matrix(
                m, n, lambda i, j: 0 if j > i else cell(i, j, positive if i == j else None, "'")
            )
            return (lower * lower.T).as_immutable()
        if "orthogonal" in adjectives:
            names = [f"{entry.head}_u{i + 1}" for i in range(m)]
            u = sp.Matrix(
                m,
                1,
                [
                    self.table.symbol((*key, "u", k), s, "positive", Domain(low=sp.Integer(0)))
                    for k, s in enumerate(names)
                ],
            )
            return (sp.eye(m) - 2 * u * u.T / (u.T * u)[0]).as_immutable()
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
        if set(entry.adjectives) - {"positive", "symmetric"} or extra:
            msg = f"{entry.adjectives} of symbolic shape"
            raise NotGeneral(msg)
        kind = "positive" if "positive" in entry.adjectives else "real"
        base = sp.IndexedBase(entry.key, **{kind: True})
        if cols == 1:
            return Family((rows, cols), lambda i, _: base[i])
        if "symmetric" in entry.adjectives:
            msg = "symmetric matrix of symbolic shape"
            raise NotGeneral(msg)
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
            if entry.component and not body.value[2]:
                args = [self.value(a, env) for a in body.args]
                inner = self.parameters(entry, args)
                inner |= dict(zip(entry.component, indices, strict=True))
                return self.definition(entry, inner, self.roles_of(entry, args))
        value = self.value(body, env)
        if not arrays.is_array(value):
            msg = "a component of a number"
            raise Undefined(msg)
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
                        msg_0 = "index with another range"
                        raise NotGeneral(msg_0)
                elif k != 1:
                    msg_0 = "component at a shifted index"
                    raise NotGeneral(msg_0)
            return value.entry(*where)
        if not all(getattr(k, "is_Integer", False) for k in where):
            msg_0 = f"the index {where} is not an integer"
            raise Undefined(msg_0)
        return value[int(where[0]) - 1, int(where[1]) - 1]

    # -- arithmetic ----------------------------------------------------------------------
    def _num(self, node: Node, env: Env) -> Any:
        del env
        return sp.Rational(node.value)

    def _const(self, node: Node, env: Env) -> Any:
        del env
        return {"pi": sp.pi, "e": sp.E, "infty": sp.oo}[node.value]

    def _neg(self, node: Node, env: Env) -> Any:
        return arrays.negate(self.value(node.args[0], env))

    def _add(self, node: Node, env: Env) -> Any:
        values = [self.value(a, env) for a in node.args]
        if not any(arrays.is_array(v) for v in values):
            return sp.Add(*values)
        total = values[0]
        for v in values[1:]:
            total = arrays.add(total, v)
        return total

    def _mul(self, node: Node, env: Env) -> Any:
        values = [self.value(a, env) for a in node.args]
        if not any(arrays.is_array(v) for v in values):
            return sp.Mul(*values)
        total = values[0]
        for kind, v in zip(node.value, values[1:], strict=True):
            total = arrays.multiply(total, v, dot=kind == "dot", fresh=self.fresh)
        return total

    def _div(self, node: Node, env: Env) -> Any:
        above, below = (self.value(a, env) for a in node.args)
        below = arrays.scalar_like(below)
        if arrays.is_array(below):
            msg = "division by an array"
            raise Undefined(msg)
        if below == 0:
            msg = "division by zero"
            raise Undefined(msg)
        self.require(sp.Ne(below, 0, evaluate=False) if not below.is_number else sp.true, below)
        return arrays.multiply(above, 1 / below) if arrays.is_array(above) else above / below

    def _pow(self, node: Node, env: Env) -> Any:
        base, exponent = self.value(node.args[0], env), self.value(node.args[1], env)
        base, exponent = arrays.scalar_like(base), arrays.scalar_like(exponent)
        if arrays.is_array(exponent):
            msg = "an array as exponent"
            raise Undefined(msg)
        if node.value == "elementwise" and arrays.is_array(base):
            return arrays.elementwise(lambda x: self._number_power(x, exponent), base)
        if arrays.is_array(base):
            if (
                getattr(exponent, "is_negative", False)
                and isinstance(base, sp.MatrixBase)
                and (base.rows == base.cols)
            ):
                self._require_invertible(node.args[0], base, env)
            return arrays.power(base, exponent)
        return self._number_power(base, exponent)

    def _require_invertible(self, node: Node, value: Any, env: Env) -> None:
        """Note that a determinant is not zero; of a product, those of its square factors."""
        if node.kind == "mul":
            parts = [arrays.scalar_like(self.value(a, env)) for a in node.args]
            if all(isinstance(p, sp.MatrixBase) and p.rows == p.cols for p in parts):
                for inner, part in zip(node.args, parts, strict=True):
                    self._require_invertible(inner, part, env)
                return
        determinant = sp.factor_terms(sp.expand(value.det(method="berkowitz")))
        self.require(sp.Ne(determinant, 0), determinant)

    def _number_power(self, base: Any, exponent: Any) -> Any:
        if base == sp.E:
            return sp.exp(exponent)
        if not exponent.is_integer:
            self.require_nonnegative(base)
        if exponent.is_extended_nonnegative is not True:
            if base == 0:
                msg = "a negative power of zero"
                raise Undefined(msg)
            self.require(sp.Ne(base, 0, evaluate=False), base)
        return base**exponent

    def _root(self, node: Node, env: Env) -> Any:
        order, body = self.value(node.args[0], env), self.value(node.args[1], env)
        if arrays.is_array(body):
            return arrays.elementwise(lambda x: self._root_of(x, order), body)
        return self._root_of(body, order)

    def _root_of(self, body: Any, order: Any) -> Any:
        self.require_nonnegative(body)
        return body ** (1 / sp.sympify(order))

    def _fact(self, node: Node, env: Env) -> Any:
        return sp.factorial(self.value(node.args[0], env))

    def _transpose(self, node: Node, env: Env) -> Any:
        return arrays.transpose(self.value(node.args[0], env))

    def _hadamard(self, node: Node, env: Env) -> Any:
        return arrays.hadamard(*(self.value(a, env) for a in node.args))

    def _kron(self, node: Node, env: Env) -> Any:
        return arrays.kron(*(self.value(a, env) for a in node.args))

    def _mod(self, node: Node, env: Env) -> Any:
        a, b = (self.value(x, env) for x in node.args)
        return sp.Mod(a, b)

    def _abs(self, node: Node, env: Env) -> Any:
        value = self.value(node.args[0], env)
        if arrays.is_array(value):
            msg = r"|.| of an array; write \lVert . \rVert"
            raise Undefined(msg)
        return sp.Abs(value)

    def _norm(self, node: Node, env: Env) -> Any:
        return arrays.norm(self.value(node.args[0], env), node.value, self.fresh)

    def _inner(self, node: Node, env: Env) -> Any:
        a, b = (self.value(x, env) for x in node.args)
        return arrays.scalar_like(arrays.multiply(arrays.transpose(a), b, fresh=self.fresh))

    def _floor(self, node: Node, env: Env) -> Any:
        return sp.floor(self.value(node.args[0], env))

    def _ceil(self, node: Node, env: Env) -> Any:
        return sp.ceiling(self.value(node.args[0], env))

    def _cardinality(self, node: Node, env: Env) -> Any:
        del env
        if not self.sizes_known:
            msg = "size of a set"
            raise NotGeneral(msg)
        return sp.Integer(len(self.members(self.vocabulary.entries[node.value[1]])))

    # -- functions -----------------------------------------------------------------------
    def parameters(self, entry: Entry, args: list[Any]) -> Env:
        """Bind the parameters of `entry`, and the sizes that vector parameters bring."""
        if len(args) != len(entry.params):
            msg = f"{entry.head} takes {len(entry.params)} arguments, {len(args)} given"
            raise Undefined(msg)
        env: Env = dict(zip(entry.params, args, strict=True))
        for name, arg in zip(entry.params, args, strict=True):
            words = entry.param_kind(name).split()
            if words[0] in ("vector", "matrix"):
                sizes = [w for w in words[1:] if w != "x"]
                if not arrays.is_array(arg):
                    msg = f"{entry.head}: {name} is a {words[0]}, a number was given"
                    raise Undefined(msg)
                for size, value in zip(sizes, shape_of(arg), strict=False):
                    value = sp.sympify(value)
                    want = env.get(size)
                    if want is None and size in self.vocabulary.entries:
                        want = self.number(size)
                    if want is not None and want != value:
                        msg = f"{entry.head}: length {value} where {want} is declared"
                        raise Undefined(msg)
                    env[size] = value
        return env

    def roles_of(self, entry: Entry, args: list[Any]) -> dict[str, str]:
        """Return the roles of parameters that hold functions or distributions."""
        out: dict[str, str] = {}
        for name, arg in zip(entry.params, args, strict=False):
            if isinstance(arg, FunctionValue):
                out[name] = "function"
            elif isinstance(arg, Distribution):
                out[name] = "distribution"
            elif arrays.is_array(arg) and entry.param_kind(name) != "scalar":
                out[name] = "array"
        return out

    def call_entry(self, entry: Entry, indices: tuple[Any, ...], args: list[Any]) -> Any:
        """Apply a declared function."""
        if entry.kind == "generic":
            return self._generic(entry, indices, args)
        if entry.role == "distribution":
            return self.distribution(entry, indices).probability(args[0])
        scalar = all(entry.param_kind(p) == "scalar" for p in entry.params)
        if (
            scalar
            and len(args) == 1
            and arrays.is_array(args[0])
            and (shape_of(args[0]) != (1, 1))
        ):
            return arrays.elementwise(lambda x: self.call_entry(entry, indices, [x]), args[0])
        args = [
            arrays.scalar_like(a) if entry.param_kind(p) == "scalar" else a
            for a, p in zip(args, entry.params, strict=False)
        ]
        env = self.index_env(entry, indices) | self.parameters(entry, args)
        roles = self.roles_of(entry, args)
        if not entry.component:
            return self.definition(entry, env, roles)
        sizes: list[Any] = [env[s] if s in env else self.number(s, env) for s in entry.shape]
        if not all(getattr(s, "is_Integer", False) for s in sizes):
            two = [*sizes, sp.Integer(1)][:2]

            def cell(*where: Any) -> Any:
                inner = env | dict(zip(entry.component, where, strict=False))
                return self.definition(entry, inner, roles)

            return Family(tuple(two), cell)
        cells = [
            self.definition(
                entry,
                env | dict(zip(entry.component, map(sp.Integer, where), strict=True)),
                roles,
            )
            for where in itertools.product(*(range(1, int(s) + 1) for s in sizes))
        ]
        cols = int(sizes[1]) if len(sizes) == 2 else 1
        return sp.ImmutableMatrix(int(sizes[0]), cols, cells)

    def _generic(self, entry: Entry, indices: tuple[Any, ...], args: list[Any]) -> Any:
        arity = int(dict(entry.conditions)["arity"])
        if indices and not all(getattr(i, "is_Integer", False) for i in indices):
            msg = "family of generic functions"
            raise NotGeneral(msg)
        name = entry.head if not indices else f"{entry.key}[{','.join(map(str, indices))}]"
        if len(args) == 1 and arrays.is_array(args[0]):
            if isinstance(args[0], Family):
                if arity == 1:
                    return arrays.elementwise(
                        lambda x: make_generic(name, (0,), entry.adjectives[0])(x), args[0]
                    )
                msg = "function of a vector of symbolic length"
                raise NotGeneral(msg)
            cells = list(args[0])
            if arity == 1 and "elementwise" in entry.adjectives:
                fn = make_generic(name, (0,), "elementwise")
                return arrays.elementwise(fn, args[0])
            return make_generic(name, (0,) * len(cells), entry.adjectives[0])(*cells)
        flat: list[Any] = []
        for a in args:
            if isinstance(a, Family):
                msg = "function of a vector of symbolic length"
                raise NotGeneral(msg)
            flat += list(a) if arrays.is_array(a) else [a]
        if len(args) != arity and len(flat) != arity:
            msg = f"{entry.head} takes {arity} arguments, {len(args)} given"
            raise Undefined(msg)
        return make_generic(name, (0,) * len(flat), entry.adjectives[0])(*flat)

    def function_value(self, entry: Entry, indices: tuple[Any, ...]) -> Any:
        """Return a declared function as a value."""
        if entry.role == "distribution":
            return self.distribution(entry, indices)
        arity = len(entry.params) or int(dict(entry.conditions).get("arity", "1"))
        return FunctionValue(
            entry.head, lambda *a: self.call_entry(entry, indices, list(a)), arity
        )

    def _function(self, node: Node, env: Env) -> Any:
        if node.value[0] == "bound":
            return env[node.value[1]]
        indices = tuple(self.value(a, env) for a in node.args)
        return self.function_value(self.vocabulary.entries[node.value[1]], indices)

    def distribution(self, entry: Entry, indices: tuple[Any, ...]) -> Distribution:
        """Return a declared distribution: its probabilities are symbols that sum to one."""
        low, high = (self.number(t) for _, t in entry.conditions)
        if not (low.is_Integer and high.is_Integer):
            base = sp.IndexedBase(entry.key, positive=True)
            msg = f"distribution {base} on a symbolic range"
            raise NotGeneral(msg)
        outcomes = list(range(int(low), int(high) + 1))
        names = [f"{entry.head}({k})" for k in outcomes]
        cells = self.table.constrained((entry.key, *indices), names, "simplex")

        def probability(k: Any) -> Any:
            if not getattr(k, "is_Integer", False) or int(k) not in outcomes:
                msg = f"{entry.head}({k}): outcomes are {outcomes[0]} to {outcomes[-1]}"
                raise Undefined(msg)
            frozen = self.frozen.get((entry.key, *indices, "p", int(k)))
            return frozen if frozen is not None else cells[outcomes.index(int(k))]

        return Distribution(entry.head, low, high, probability)

    def _apply(self, node: Node, env: Env) -> Any:
        where, key, primes, count = node.value
        indices = tuple(self.value(a, env) for a in node.args[:count])
        rest = list(node.args[count:])
        if primes == "order":
            order = self.value(rest.pop(0), env)
            if not getattr(order, "is_Integer", False) or order < 0:
                msg = "the order of a derivative must be a number"
                raise Undefined(msg)
            primes = int(order)
        args = [self.value(a, env) for a in rest]
        if where == "bound":
            target = env[key]
            if isinstance(target, Distribution):
                return target.probability(args[0])
            if not isinstance(target, FunctionValue):
                msg = f"{key} is not a function here"
                raise Undefined(msg)
            call: Any = target.call
        else:
            entry = self.vocabulary.entries[key]

            def call(*a: Any) -> Any:
                return self.call_entry(entry, indices, list(a))

        if primes == 0:
            return call(*args)
        if len(args) != 1:
            msg = "a prime needs a function of one argument"
            raise Undefined(msg)
        return arrays.elementwise(lambda x: self.derivative_at(call, x, primes), args[0])

    def _call(self, node: Node, env: Env) -> Any:
        name = node.value
        args = [self.value(a, env) for a in node.args]
        if name not in ("tr", "diag", "det", "rank", "vec", "total", "len"):
            args = [arrays.scalar_like(a) for a in args]
        if name in ("tr", "diag", "det", "rank", "vec", "total", "len"):
            return self.array_function(name, args[0])
        if name in ("max", "min"):
            items = (
                list(args[0]) if len(args) == 1 and isinstance(args[0], sp.MatrixBase) else args
            )
            return (sp.Max if name == "max" else sp.Min)(*items)
        if name == "kronecker":
            return sp.KroneckerDelta(*args)
        if name == "binomial":
            return sp.binomial(*args)
        if name == "gcd":
            return sp.gcd(*args)
        if name == "log":
            base = args[1] if len(args) == 2 else None
            return arrays.elementwise(lambda x: self._log(x, base), args[0])
        if name in ("sign", "sgn"):
            return arrays.elementwise(sp.sign, args[0])
        if len(args) != 1:
            msg = f"{name} takes one argument"
            raise Undefined(msg)
        if name in ("arcsin", "arccos"):
            self.require_nonnegative(1 - args[0] ** 2)
        return arrays.elementwise(_REAL_FUNCTIONS[name], args[0])

    def _log(self, x: Any, base: Any) -> Any:
        if x == 0:
            msg = "the logarithm of zero"
            raise Undefined(msg)
        self.require(sp.Gt(x, 0, evaluate=False), x)
        return sp.log(x) if base is None else sp.log(x) / sp.log(base)

    def array_function(self, name: str, a: Any) -> Any:
        """Trace, diagonal, determinant, rank, total."""
        if not arrays.is_array(a):
            if name in ("tr", "det"):
                return a
            msg = f"{name} of a number"
            raise Undefined(msg)
        m, n = shape_of(a)
        if isinstance(a, Family):
            if name == "tr" and m == n:
                i = self.fresh(m)
                return sp.Sum(a.entry(i, i), (i, 1, m))
            if name == "diag" and n == 1:
                return Family((m, m), lambda i, j: self.delta(i, j) * a.entry(i, sp.Integer(1)))
            if name == "total":
                i, j = self.fresh(m), self.fresh(n)
                if n == 1:
                    return sp.Sum(a.entry(i, n), (i, 1, m))
                return sp.Sum(a.entry(i, j), (i, 1, m), (j, 1, n))
            raise NotGeneral(name)
        if name in ("tr", "det") and m != n:
            msg = f"{name} of {m} x {n}"
            raise Undefined(msg)
        if name == "diag":
            return (
                sp.ImmutableMatrix(sp.diag(*list(a)))
                if 1 in (m, n)
                else (sp.ImmutableMatrix([a[i, i] for i in range(min(m, n))]))
            )
        if name == "total":
            return sp.Add(*list(a))
        if name == "vec":
            return sp.ImmutableMatrix(m * n, 1, list(a.T))
        if name == "len":
            return sp.Integer(m * n)
        return {"tr": a.trace, "det": a.det, "rank": lambda: sp.Integer(a.rank())}[name]()

    # -- truth ---------------------------------------------------------------------------
    def truth(self, node: Node, env: Env) -> Any:
        """Return the SymPy truth value of a relation chain or a conjunction."""
        if node.kind == "true":
            return sp.true
        if node.kind == "and":
            return sp.And(*(self.truth(a, env) for a in node.args))
        if node.kind != "chain":
            msg = f"{node.kind} is not read inside an expression"
            raise Undefined(msg)
        ops = {"=": sp.Eq, r"\ne": sp.Ne, "<": sp.Lt, ">": sp.Gt, r"\le": sp.Le, r"\ge": sp.Ge}
        out = []
        for a, op, b in zip(node.args, node.value, node.args[1:], strict=False):
            if op in (r"\in", r"\notin"):
                inside = self.set_value(b, env).contains(self.value(a, env))
                out.append(inside if op == r"\in" else sp.Not(inside))
                continue
            out.append(ops[op](self.value(a, env), self.value(b, env)))
        return sp.And(*out)

    def _indicator(self, node: Node, env: Env) -> Any:
        truth = self.truth(node.args[0], env)
        return sp.Piecewise((1, truth), (0, True))

    def _cases(self, node: Node, env: Env) -> Any:
        pieces, conditions = [], []
        outer = self.conditions
        for value, condition in zip(node.args[::2], node.args[1::2], strict=True):
            truth = self.truth(condition, env)
            if truth == sp.false:
                continue
            self.conditions = {}
            pieces.append((self.value(value, env), truth))
            for inner, why in self.conditions.items():
                outer.setdefault(sp.Or(sp.Not(truth), inner), why)
            conditions.append(truth)
        self.conditions = outer
        if not pieces:
            msg = "no case applies"
            raise Undefined(msg)
        covered = sp.Or(*conditions)
        if covered != sp.true:
            self.require(covered, covered)
        if any(arrays.is_array(v) for v, _ in pieces):
            msg = "cases of arrays"
            raise NotGeneral(msg)
        return sp.Piecewise(*pieces)

    def set_value(self, node: Node, env: Env) -> Any:
        """Return a set as SymPy's."""
        if node.kind == "interval":
            low, high = (self.value(a, env) for a in node.args)
            return sp.Interval(low, high, not node.value[0], not node.value[1])
        if node.kind == "finite":
            return sp.FiniteSet(*(self.value(a, env) for a in node.args))
        if node.kind == "range":
            low, high = (self.value(a, env) for a in node.args)
            return sp.Range(low, high + 1)
        if node.kind == "reals" and not node.args:
            return {"R": sp.Reals, "N": sp.Naturals, "Z": sp.Integers}[node.value]
        msg = f"the set {node.kind} is not read here"
        raise Undefined(msg)
