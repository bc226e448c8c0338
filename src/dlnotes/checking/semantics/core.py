"""The state of an interpreter, shared by its parts: symbols, conditions, what is frozen."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics.symbols import Table
from dlnotes.checking.semantics.values import (
    Distribution,
    Family,
    Signal,
    Undefined,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from dlnotes.checking.entries import Entry
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["CASES", "KINK", "Core", "Env"]

Env = dict[str, Any]
KINK = sp.Symbol("kink")
"""The reason of a condition that suffices for a derivative but need not be necessary."""
CASES = sp.Symbol("cases")
"""The reason of a condition without which no case applies, or two that contradict."""


class _Aside:
    """Sets one part of the state aside in a block; what stood before is put back in any case.

    Not a generator: a time limit may ring anywhere, and one that is left between two of its
    lines would put things back whenever it is collected, in the middle of something else.
    """

    __slots__ = ("core", "inner", "name", "outer")

    def __init__(self, core: Core, name: str, inner: dict[Any, Any]) -> None:
        self.core, self.name, self.inner = core, name, inner

    def __enter__(self) -> dict[Any, Any]:
        self.outer = getattr(self.core, self.name)
        setattr(self.core, self.name, self.inner)
        return self.inner

    def __exit__(self, *_: object) -> None:
        setattr(self.core, self.name, self.outer)


class Core:
    """State of an interpreter, and what its parts ask of each other."""

    def __init__(self, vocabulary: Vocabulary, sizes: Mapping[str, int] | None = None) -> None:
        self.vocabulary = vocabulary
        self.sizes_known = sizes is not None
        self.sizes: dict[str, int] = dict(sizes or {})
        self.table = Table()
        self.conditions: dict[Any, Any] = {}
        self.frozen: dict[tuple[Any, ...], Any] = {}
        self.frozen_families: dict[str, Any] = {}
        self.ranges: dict[Any, tuple[Any, Any]] = {}
        self.random: dict[Any, Entry] = {}
        self.defined: dict[tuple[Any, ...], Any] = {}
        self.orthogonal: dict[Any, Any] = {}
        self.array_memo: dict[tuple[Any, ...], Any] = {}
        self.depth = 0
        self.extrema: set[Any] = set()
        self._count = itertools.count()
        self.given: list[Any] = []
        self._closed: dict[Node, tuple[Any, dict[Any, Any]]] = {}

    def value(self, node: Node, env: Env | None = None) -> Any:
        """Return the value of `node`; `env` holds bound variables.

        What stands under no bound variable is worked out once for a choice of sizes, with its
        conditions: a statement and its mutants share most of their parts.
        """
        if env or not node.args or not self.sizes_known or self.is_frozen():
            return self._value(node, env or {})
        if node not in self._closed:
            with self.noting() as noted:
                value = self._value(node, {})
            self._closed[node] = value, noted
        value, noted = self._closed[node]
        self.require_all(noted)
        return value

    def _value(self, node: Node, env: Env) -> Any:
        method = getattr(self, "_" + node.kind, None)
        if method is None:
            msg = f"{node.kind} has no value here"
            raise Undefined(msg)
        return method(node, env)

    # -- names that stand for another value than their own ---------------------------------
    def is_frozen(self) -> bool:
        """Whether some name does at present."""
        return bool(self.frozen or self.frozen_families)

    def thaw(self) -> None:
        """Let every name stand for its own value, before a side is worked out.

        A time limit that rang in the one line between a name and its block left it frozen.
        """
        self.frozen, self.frozen_families, self.depth = {}, {}, 0

    def freezing(self, values: Mapping[tuple[Any, ...], Any]) -> _Aside:
        """Let names, with their indices, stand for `values` in a block."""
        return _Aside(self, "frozen", {**self.frozen, **values})

    def freezing_family(self, name: str, base: Any) -> _Aside:
        """Let every member of a family stand for that of `base` in a block."""
        return _Aside(self, "frozen_families", {**self.frozen_families, name: base})

    def held(
        self,
        part: Callable[[], Any],
        freeze: Callable[[], AbstractContextManager[Any]],
        put: Callable[[Any], Any] = lambda x: x,
    ) -> Any:
        """Return the value of a part with names frozen, then replaced as `put` says.

        Its conditions are replaced likewise. The entries of a family or a signal are worked
        out later: the names are frozen again for each.
        """

        def once(part: Callable[[], Any]) -> Any:
            with self.noting() as noted, freeze():
                value = part()
            self.require_all(noted, put)
            return value if isinstance(value, (Family, Signal)) else put(value)

        whole = once(part)
        if isinstance(whole, (Family, Signal)):
            return replace(whole, entry=lambda *where: once(lambda: whole.entry(*where)))
        return whole

    # Provided by the interpreter.
    def truth(self, node: Node, env: Env) -> Any:
        """Return a truth value."""
        raise NotImplementedError

    def entry_value(self, entry: Entry, indices: tuple[Any, ...] = ()) -> Any:
        """Return the value of a declared name."""
        raise NotImplementedError

    def number(self, text: str, env: Env | None = None) -> Any:
        """Evaluate the text of a range end."""
        raise NotImplementedError

    def set_value(self, node: Node, env: Env) -> Any:
        """Return a set."""
        raise NotImplementedError

    def definition(self, entry: Entry, env: Env, roles: dict[str, str]) -> Any:
        """Evaluate a definition."""
        raise NotImplementedError

    def call_entry(self, entry: Entry, indices: tuple[Any, ...], args: list[Any]) -> Any:
        """Apply a declared function."""
        raise NotImplementedError

    def distribution(self, entry: Entry, indices: tuple[Any, ...]) -> Distribution:
        """Return a declared distribution."""
        raise NotImplementedError

    def declared_array(self, entry: Entry, env: Env, key: tuple[Any, ...]) -> Any:
        """Return a declared array."""
        raise NotImplementedError

    def function_value(self, entry: Entry, indices: tuple[Any, ...]) -> Any:
        """Return a declared function as a value."""
        raise NotImplementedError

    def parameters(self, entry: Entry, args: list[Any]) -> Env:
        """Bind the parameters of a function."""
        raise NotImplementedError

    def roles_of(self, entry: Entry, args: list[Any]) -> dict[str, str]:
        """Return the roles of parameters."""
        raise NotImplementedError

    def index_env(self, entry: Entry, indices: tuple[Any, ...]) -> Env:
        """Bind the indices of an entry."""
        raise NotImplementedError

    def literal(self, entry: Entry, indices: tuple[Any, ...]) -> Entry | None:
        """Return the entry that is declared for just these indices."""
        raise NotImplementedError

    # -- conditions ----------------------------------------------------------------------
    def noting(self) -> _Aside:
        """Note the conditions of one part by themselves.

        Inside the block `require` notes them in the dictionary that the block is given; the
        ones outside are left as they were, also when the part has no value.
        """
        return _Aside(self, "conditions", {})

    def require_all(
        self, noted: Mapping[Any, Any], put: Callable[[Any], Any] = lambda x: x
    ) -> None:
        """Require what a part has noted, with its variables replaced as `put` says."""
        for condition, why in noted.items():
            self.require(put(condition), put(why))

    def require(self, condition: Any, why: Any) -> None:
        """Note a condition under which the value is defined."""
        if condition != sp.true:
            self.conditions.setdefault(condition, why)

    def require_nonnegative(self, value: Any) -> None:
        """Note that `value` must not be negative."""
        if value.is_extended_nonnegative is not True and not value.has(sp.I):
            self.require(sp.Ge(value, 0, evaluate=False), value)

    def fresh(self, size: Any) -> Any:
        """Return a new index that runs from 1 to `size`."""
        k = sp.Dummy(f"k{next(self._count)}", integer=True, positive=True)
        self.ranges[k] = (sp.Integer(1), sp.sympify(size))
        return k
