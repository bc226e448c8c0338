"""Applying functions: declared, generic, built in; distributions as functions."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays, signals
from dlnotes.checking.semantics.array_values import ArrayValues
from dlnotes.checking.semantics.extrema import extremum
from dlnotes.checking.semantics.ranks import rank_of
from dlnotes.checking.semantics.values import (
    Distribution,
    Family,
    FunctionValue,
    NotGeneral,
    Signal,
    Undefined,
    make_generic,
    shape_of,
)

if TYPE_CHECKING:
    from dlnotes.checking.entries import Entry
    from dlnotes.checking.semantics.core import Env
    from dlnotes.checking.tex.nodes import Node

__all__ = ["Applications"]

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
    "Re": sp.re,
    "Im": sp.im,
    "cot": sp.cot,
    "sec": sp.sec,
    "csc": sp.csc,
}
_OF_ARRAYS = ("tr", "diag", "det", "rank", "vec", "total", "len")
_OF_NUMBERS = ("max", "min", "kronecker", "binomial", "gcd")


class Applications(ArrayValues):
    """The part of the interpreter for applications."""

    def parameters(self, entry: Entry, args: list[Any]) -> Env:
        """Bind the parameters of `entry`, and the sizes that vector parameters bring."""
        if len(args) != len(entry.params):
            msg = f"{entry.head} takes {len(entry.params)} arguments, {len(args)} given"
            raise Undefined(msg)
        env: Env = dict(zip(entry.params, args, strict=True))
        for name, arg in zip(entry.params, args, strict=True):
            words = entry.param_kind(name).split()
            if words[0] in ("row", "image", "kernel"):
                self._signal_argument(entry, name, words, arg, env)
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

    def _signal_argument(
        self, entry: Entry, name: str, words: list[str], arg: Any, env: Env
    ) -> None:
        """Check that an argument is such a signal as declared; bind the radius of a kernel."""
        if not isinstance(arg, Signal) or arg.kind != words[0]:
            found = arg.kind if isinstance(arg, Signal) else "something else"
            msg = f"{entry.head}: {name} is declared as {' '.join(words)}, {found} was given"
            raise Undefined(msg)
        if arg.kind == "kernel":
            env[words[1]] = arg.size
        elif arg.kind == "row" and self.number(words[-1], env) != arg.size:
            msg = f"{entry.head}: {name} is counted modulo {arg.size}"
            raise Undefined(msg)

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
        if indices and self.sizes_known and entry.role == "function":
            literal = self.literal(entry, indices)
            if literal is not None:
                return self.call_entry(literal, (), args)
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
        if entry.signal and entry.component:
            kind, size = signals.empty(entry, lambda text: self.number(text, env))

            def place(*where: Any) -> Any:
                inner = env | dict(zip(entry.component, where, strict=True))
                return self.definition(entry, inner, roles)

            return Signal(kind, size, place)
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
        number = self.number(dict(entry.conditions)["arity"])
        arity = int(number) if number.is_Integer else None
        if indices and not all(getattr(i, "is_Integer", False) for i in indices):
            msg = "family of generic functions"
            raise NotGeneral(msg)
        name = entry.head if not indices else f"{entry.key}[{','.join(map(str, indices))}]"
        bound = dict(entry.conditions).get("bound")
        if bound is not None:
            fn = make_generic(name, (0,) * len(args), entry.adjectives[0])
            return self.number(bound) * fn(*map(arrays.scalar_like, args))
        if len(args) == 1 and arrays.is_array(args[0]):
            if isinstance(args[0], Family):
                if arity == 1:
                    return arrays.elementwise(
                        lambda x: make_generic(name, (0,), entry.adjectives[0])(x), args[0]
                    )
                msg = "function of a vector of symbolic length"
                raise NotGeneral(msg)
            cells = list(args[0])
            if arity not in (1, len(cells)):
                msg = f"{entry.head} takes {arity} numbers, {len(cells)} given"
                raise Undefined(msg)
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
        size = self.number(dict(entry.conditions).get("arity", "1"))
        arity = len(entry.params) or (int(size) if size.is_Integer else 1)
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
        if name in _OF_ARRAYS:
            return self.array_function(name, args[0])
        args = [arrays.scalar_like(a) for a in args]
        if name in ("max", "min") and len(args) == 1 and isinstance(args[0], sp.MatrixBase):
            args = list(args[0])
        if name in _OF_NUMBERS:
            return self._of_numbers(name, [sp.sympify(arrays.number(x, name)) for x in args])
        if name == "log":
            base = args[1] if len(args) == 2 else None
            return arrays.elementwise(lambda x: self.logarithm(x, base), args[0])
        if name in ("sign", "sgn"):
            return arrays.elementwise(sp.sign, args[0])
        if len(args) != 1:
            msg = f"{name} takes one argument"
            raise Undefined(msg)
        return arrays.elementwise(lambda x: self.elementary(name, x), args[0])

    @staticmethod
    def _of_numbers(name: str, args: list[Any]) -> Any:
        if name in ("max", "min"):
            return extremum(sp.Max if name == "max" else sp.Min, args)
        if name == "kronecker":
            return sp.KroneckerDelta(*args)
        if name == "binomial":
            return sp.binomial(*args)
        if not all(x.is_Integer for x in args):  # SymPy's is that of polynomials: gcd(n, 2) = 1
            msg = f"the greatest common divisor of {', '.join(map(str, args))}"
            raise NotGeneral(msg)
        return sp.gcd(*args)

    def elementary(self, name: str, x: Any) -> Any:
        """Apply an elementary function to a number where it has a value."""
        if name in ("tan", "sec"):
            self.require(sp.Ne(sp.cos(x), 0), x)
        if name in ("cot", "csc"):
            self.require(sp.Ne(sp.sin(x), 0), x)
        if name in ("atanh", "artanh"):
            self.require(sp.Gt(1 - x**2, 0), x)
        if name in ("arcsin", "arccos"):
            self.require_nonnegative(1 - x**2)
        return _REAL_FUNCTIONS[name](x)

    def logarithm(self, x: Any, base: Any = None) -> Any:
        """Return the logarithm of a number; the base is positive and not one."""
        if x == 0:
            msg = "the logarithm of zero"
            raise Undefined(msg)
        self.require(sp.Gt(x, 0, evaluate=False), x)
        if base is None:
            return sp.log(x)
        if base == 1 or base.is_extended_nonpositive:
            msg = f"the logarithm to the base {base}"
            raise Undefined(msg)
        if not base.is_number:
            self.require(sp.Gt(base, 0, evaluate=False), base)
            self.require(sp.Ne(base, 1, evaluate=False), base - 1)
        return sp.log(x) / sp.log(base)

    def array_function(self, name: str, a: Any) -> Any:
        """Trace, diagonal, determinant, rank, total."""
        if not arrays.is_array(a):
            if name in ("tr", "det"):
                return a
            msg = f"{name} of a number"
            raise Undefined(msg)
        arrays.transpose(a)  # refuses what has no matrix algebra
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
        if name == "det" and a in self.orthogonal:
            return self.orthogonal[a]
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
        return {"tr": a.trace, "det": a.det, "rank": lambda: rank_of(a)}[name]()
