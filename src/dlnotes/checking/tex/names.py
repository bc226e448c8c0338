r"""Names: every one is looked up in the vocabulary, the longest declared head first.

A declared head is a pattern over canonical tokens: ``x_{1}`` is literal, ``W_{ij}`` with
ranges for ``i`` and ``j`` has two slots. Functions apply, symbols multiply: whether ``f(x)``
is an application is settled by how ``f`` was declared, never by its look.
"""

from __future__ import annotations

import difflib
import itertools
from typing import TYPE_CHECKING

from dlnotes.checking.tex.cursor import Cursor
from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.tex.tokens import TexError

if TYPE_CHECKING:
    from dlnotes.checking.vocabulary import Entry

__all__ = ["CALLABLE", "Names"]

CALLABLE = {"function", "distribution"}
_BRACKETS = {"(": ")", "[": "]", r"\{": r"\}"}


class Names(Cursor):
    """The part of the reader that reads names and applications."""

    def lookup(self) -> tuple[Entry, tuple[Node, ...], int] | None:
        """Return the entry whose head matches here, its indices and where it ends."""
        start, failure = self.i, None
        for entry in self.vocabulary.candidates(self.here):
            try:
                matched = self._match(entry, start)
            except TexError as error:
                failure = failure or error
                matched = None
            self.i = start
            if matched is not None:
                return entry, matched[0], matched[1]
        if failure is not None:
            raise failure
        return None

    def _match(self, entry: Entry, j: int) -> tuple[tuple[Node, ...], int] | None:
        indices: list[Node] = []
        for element in entry.pattern:
            if isinstance(element, str):
                if self.tokens[j].text != element:
                    return None
                j += 1
                continue
            end = self.closing(j)
            read = self.indices(j, end, element)
            if read is None:
                return None
            indices += read
            j = end
        return tuple(indices), j

    def indices(self, start: int, end: int, count: int | None) -> list[Node] | None:
        """Read the indices between two tokens; `count` of them, or as many as there are."""
        commas, depth = [start - 1], 0
        for j in range(start, end):
            text = self.tokens[j].text
            depth += text in ("(", "{", "[")
            depth -= text in (")", "}", "]")
            if text == "," and depth == 0:
                commas.append(j)
        commas.append(end)
        units: list[tuple[int, int]] = []
        if len(commas) > 2:
            units = [(a + 1, b) for a, b in itertools.pairwise(commas)]
        elif count == 1:
            units = [(start, end)]
        else:
            j = start
            while j < end:
                token = self.tokens[j]
                if token.kind == "num" and token.text.isdigit() and len(token.text) == count:
                    return [
                        Node("num", value=c, span=(token.start + k, token.start + k + 1))
                        for k, c in enumerate(token.text)
                    ]
                if token.kind not in ("letter", "num", "cmd"):
                    units = [(start, end)]
                    break
                _, stop = self.group_text(j)
                _, stop = self.script_text(stop)
                units.append((j, stop))
                j = stop
        if count is not None and len(units) != count:
            return None
        save, out = self.i, []
        self.bracketed("(")
        for a, b in units:
            self.i = a
            out.append(self.within(b, "index"))
        self.leave()
        self.i = save
        return out

    def local(self) -> tuple[str, str, int] | None:
        """Return text, role and end of a local name that stands here."""
        if self.token.kind not in ("letter", "cmd", "word"):
            return None
        base, j = self.group_text(self.i)
        sub, end = self.script_text(j)
        if sub and base + sub in self.scope:
            return base + sub, self.scope[base + sub], end
        if base in self.scope:
            return base, self.scope[base], j
        return None

    def name(self) -> Node | None:
        """Read a local or declared name with its application, or return None."""
        first, local = self.i, self.local()
        found = self.lookup()
        if local is not None:
            text, role, end = local
            if found is None or role != "scalar" or found[2] <= end:
                self.i = end
                if role in CALLABLE:
                    return self.application(("bound", text), (), first)
                node = Node("bound", value=text, span=self.span_from(first))
                if self.here == "_":
                    if role != "array":
                        self.fail(f"{text} is a number, it has no components")
                    return self.component(node, first, None)
                return node
        if found is None:
            return None
        entry, indices, end = found
        self.i = end
        if entry.role in CALLABLE:
            return self.application(("entry", entry.key), indices, first)
        node = Node("name", indices, entry.key, self.span_from(first))
        if self.here == "_" and entry.role == "array":
            return self.component(node, first, entry.rank)
        if self.here == "_":
            self.fail(
                f"{entry.head} with this subscript is not declared",
                f"declare {entry.head}_{{...}} in the notation block"
                f"{self.nearest(self.text[self.tokens[first].start :])}",
            )
        return node

    def component(self, node: Node, first: int, count: int | None) -> Node:
        """Read the subscript of an array: its components."""
        self.take("_")
        self.take("{")
        end = self.closing(self.i)
        read = self.indices(self.i, end, count)
        if read is None:
            self.fail(f"expected {count} indices here", "write A_{i,j}")
        self.i = end
        self.take("}")
        return Node("component", (node, *read), span=self.span_from(first))

    def application(self, key: tuple[str, str], indices: tuple[Node, ...], first: int) -> Node:
        """Read primes, a derivative order or a power, and the arguments of a function."""
        primes: int | Node = 0
        power: Node | None = None
        end = self.span_from(first)
        while self.here == "'":
            self.take()
            primes = int(primes) + 1 if isinstance(primes, int) else primes
        if self.here == "^":
            self.take()
            self.take("{")
            if self.here == "(":
                self.take()
                primes = self.expr()
                self.take(")")
            else:
                power = self.expr()
                if power.kind == "neg":
                    self.fail(
                        "f^{-1} is read in two ways", "write 1/f(x), or declare the inverse"
                    )
            self.take("}")
        if self.here not in ("(", "["):
            if power is None and primes == 0:
                if self.juxtaposed():
                    self.fail(
                        f"{key[1]} is a function: what does it apply to?", f"write {key[1]}(x)"
                    )
                return Node("function", indices, key, end)
            self.fail(f"{key[1]} is a function: its argument is missing", f"write {key[1]}(x)")
        args = self.arguments()
        orders: tuple[Node, ...] = () if isinstance(primes, int) else (primes,)
        value = (*key, primes if isinstance(primes, int) else "order", len(indices))
        node = Node("apply", (*indices, *orders, *args), value, self.span_from(first))
        if power is not None:
            node = Node("pow", (node, power), "elementwise", self.span_from(first))
        return node

    def arguments(self) -> list[Node]:
        r"""Read ``(a, b)``, ``[a]`` or ``(a | b)``: arguments parted by ``, ; | \|``."""
        close = _BRACKETS[self.take().text]
        self.bracketed("args")
        args: list[Node] = []
        while True:
            args.append(self.expr())
            if self.here in (",", ";", "|", r"\|"):
                self.take()
                continue
            break
        self.leave()
        self.take(close, "every bracket is closed by its own kind")
        return args

    def juxtaposed(self) -> bool:
        """Whether another factor follows without a sign."""
        raise NotImplementedError

    def nearest(self, text: str) -> str:
        """Return a hint that names declared heads close to `text`."""
        heads = [e.head for e in self.vocabulary.entries.values()]
        close = difflib.get_close_matches(text.split(" ")[0][:20], heads, 3, 0.3)
        return f"; nearest declared: {', '.join(close)}" if close else ""

    def undeclared(self) -> None:
        """Fail because the name under the cursor is unknown."""
        text, j = self.group_text(self.i)
        sub, _ = self.script_text(j)
        follows = self.tokens[j].text in ("(", "[") and not sub
        what = "function" if follows else "name"
        self.fail(
            f"undeclared {what} {text + sub!r}",
            f"declare {text + sub} in the notation block{self.nearest(text + sub)}",
        )
