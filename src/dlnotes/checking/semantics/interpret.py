r"""From the syntax tree to values: numbers, arrays, truth values, with their conditions.

An interpreter works either with concrete sizes (``K = 3``; sums are written out, arrays are
explicit) or in general (``sizes=None``; sums stay, arrays are families of entries). Every
division, logarithm, root and kink leaves a condition under which the value is defined.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays, signals
from dlnotes.checking.semantics.arithmetic import Arithmetic
from dlnotes.checking.semantics.core import CASES
from dlnotes.checking.semantics.instances import least_and_most
from dlnotes.checking.semantics.overlaps import agreement, either
from dlnotes.checking.semantics.pybody import sympy_body
from dlnotes.checking.semantics.values import (
    NotGeneral,
    Signal,
    Undefined,
)

if TYPE_CHECKING:
    from dlnotes.checking.entries import Entry
    from dlnotes.checking.semantics.core import Env
    from dlnotes.checking.tex.nodes import Node

__all__ = ["Interpreter"]


class Interpreter(Arithmetic):
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
                    msg = f"{entry.head} at {value}"
                    raise NotGeneral(msg)
            elif self.sizes_known and not value.is_Symbol:
                msg = f"{entry.head} with the index {value}, which is not an integer"
                raise Undefined(msg)
            elif value.is_Symbol:
                everywhere = a == -sp.oo and b == sp.oo
                if not everywhere and self.ranges.get(value, (a, b)) != (a, b):
                    msg = f"index {value} of {entry.head} has another range"
                    raise NotGeneral(msg)
            elif not self.sizes_known and a != -sp.oo:
                msg = f"{entry.head} at {value}"
                raise NotGeneral(msg)
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
            return self._size(entry, indices)
        if indices and self.sizes_known:
            literal = self.literal(entry, indices)
            if literal is not None:
                return self.entry_value(literal)
        env = self.index_env(entry, indices)
        if entry.signal and not entry.params:
            return self.signal(entry, env, indices)
        if entry.kind == "defined":
            if entry.params:
                return self.function_value(entry, indices)
            return self._defined(entry, env, indices)
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

    def _defined(self, entry: Entry, env: Env, indices: tuple[Any, ...]) -> Any:
        """Return the value of a defined name, worked out once with its conditions."""
        key = (entry.key, *indices)
        if key in self.defined and not self.is_frozen():
            value, noted = self.defined[key]
        else:
            with self.noting() as noted:
                value = self.definition(entry, env, {})
            if not self.is_frozen():
                self.defined[key] = value, noted
        self.require_all(noted)
        return value

    def _size(self, entry: Entry, indices: tuple[Any, ...]) -> Any:
        """Return a size; the members of a family of sizes differ from their neighbours."""
        base = self.sizes[entry.key]
        if not indices:
            return sp.Integer(base)
        if not all(getattr(i, "is_Integer", False) for i in indices):
            msg = f"{entry.head} at {indices}"
            raise NotGeneral(msg)
        self.index_env(entry, indices)
        low, high = least_and_most(entry)
        value = low + (base - low + sum(map(int, indices))) % 3
        return sp.Integer(min(value, high))

    def signal(self, entry: Entry, env: Env, indices: tuple[Any, ...]) -> Any:
        """Return a row, an image or a kernel, declared or defined by its entries."""
        if entry.kind != "defined":
            key = (entry.key, *indices)
            if key not in self.array_memo:
                self.array_memo[key] = signals.declared(
                    entry, self.table, self.number, known=self.sizes_known
                )
            return self.array_memo[key]
        kind, size = signals.empty(entry, lambda text: self.number(text, env))
        if entry.component:
            return Signal(kind, size, lambda *w: self._place(entry, env, w))
        return signals.as_signal(entry, self._defined(entry, env, indices), size)

    def _place(self, entry: Entry, env: Env, where: tuple[Any, ...]) -> Any:
        return self.definition(entry, env | dict(zip(entry.component, where, strict=True)), {})

    def literal(self, entry: Entry, indices: tuple[Any, ...]) -> Entry | None:
        """Return the entry that is declared for just these indices (such as ``h_0``)."""
        if not all(getattr(i, "is_Integer", False) for i in indices):
            return None
        todo = [str(int(i)) for i in indices]  # SymPy prints numbers slowly
        text = ""
        for part in entry.pattern:
            if isinstance(part, int):
                text += "".join(todo[:part])
                todo = todo[part:]
            else:
                text += part
        found = self.vocabulary.entries.get(text)
        return found if found is not None and found.key != entry.key else None

    def symbol(self, entry: Entry, indices: tuple[Any, ...]) -> Any:
        """Return the symbol of a declared number."""
        key = (entry.key, *indices)
        if key in self.table.symbols:
            return self.table.symbols[key]
        domain = self.table.domain_of(entry, self.number)
        if indices and not (
            all(getattr(i, "is_Integer", False) for i in indices) and self.sizes_known
        ):
            kind = "real"
            if domain.low == 0:
                kind = "positive" if domain.low_open else "nonnegative"
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
            return sympy_body(entry.body[6:].strip(), names, self._operations())
        node = self.vocabulary.body(entry, self.vocabulary.roles(entry) | roles)
        self.depth += 1
        try:
            if self.depth > 60:
                msg = f"{entry.head} is defined in terms of itself without end"
                raise Undefined(msg)
            return self.value(node, env)
        finally:
            self.depth -= 1

    def _operations(self) -> dict[str, Any]:
        """Return the operations of a SymPy body that are not defined for every number."""
        return {
            "/": self.quotient,
            "**": self.number_power,
            "log": self.logarithm,
            "sqrt": self.root,
            "factorial": self.factorial,
            "tan": lambda x: self.elementary("tan", x),
            "asin": lambda x: self.elementary("arcsin", x),
            "acos": lambda x: self.elementary("arccos", x),
        }

    @staticmethod
    def plain(tex: str) -> str:
        """Return the name of a TeX head in a SymPy body: letters, digits and underscores."""
        return "".join(c for c in tex.replace("operatorname", "") if c.isalnum() or c == "_")

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
        choice = next((a for a in truth.args if isinstance(a, sp.Piecewise)), None)
        if isinstance(truth, (sp.Eq, sp.Ne)) and choice is not None:
            # "the largest entry is the k-th": decided in each case, not by folding the cases
            decided = [truth.xreplace({choice: value}) for value, _ in choice.args]
            if all(d in (sp.true, sp.false) for d in decided):
                ones = [sp.Integer(bool(d)) for d in decided]
                return sp.Piecewise(*zip(ones, (c for _, c in choice.args), strict=True))
        return sp.Piecewise((1, truth), (0, True))

    def _cases(self, node: Node, env: Env) -> Any:
        pieces, conditions = [], []
        for value, condition in zip(node.args[::2], node.args[1::2], strict=True):
            truth = self.truth(condition, env)
            if truth == sp.false:
                continue
            with self.noting() as noted:
                pieces.append((self.value(value, env), truth))
            for inner, why in noted.items():
                self.require(sp.Or(sp.Not(truth), inner), why)
            conditions.append(truth)
            if truth == sp.true:
                break
        if not pieces:
            msg = "no case applies"
            raise Undefined(msg)
        covered = either(tuple(conditions))
        self.require(covered, CASES)
        if not any(arrays.is_array(v) for v, _ in pieces):
            for one, other in itertools.combinations(pieces, 2):
                agree = agreement(one, other)
                self.require(agree, CASES)
        if pieces[0][1] == sp.true:
            return pieces[0][0]
        if any(arrays.is_array(v) for v, _ in pieces):
            return self._array_cases(pieces)
        return sp.Piecewise(*pieces)

    @staticmethod
    def _array_cases(pieces: list[tuple[Any, Any]]) -> Any:
        """Choose entry by entry between explicit arrays of one shape."""
        values = [v for v, _ in pieces]
        if not all(isinstance(v, sp.MatrixBase) for v in values):
            msg = "cases of arrays"
            raise NotGeneral(msg)
        if len({v.shape for v in values}) > 1:
            msg = "cases of different shapes"
            raise Undefined(msg)
        truths = [t for _, t in pieces]
        cells = [
            sp.Piecewise(*zip(entries, truths, strict=True))
            for entries in zip(*map(list, values), strict=True)
        ]
        return sp.ImmutableMatrix(*values[0].shape, cells)

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
