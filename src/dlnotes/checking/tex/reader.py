r"""The strict reader: every token is consumed, every name declared, or it is an error.

What juxtaposition means is never guessed: functions apply, symbols multiply, ``a/bc`` is
refused, the reach of ``\frac{d}{dx}`` is one factor, ``\log x y`` is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlnotes.checking.tex.atoms import STOP, Atoms
from dlnotes.checking.tex.calls import FUNCTIONS
from dlnotes.checking.tex.cursor import RELATIONS
from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.tex.tokens import INFIX

if TYPE_CHECKING:
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["FUNCTIONS", "Reader", "read", "read_expression"]

_ALIGN = {"aligned", "align", "align*", "gathered", "split", "alignedat", "equation", "gather"}


def read(text: str, vocabulary: Vocabulary) -> Node:
    r"""Read a display: chains of relations, joined by ``\\``, commas, ``\iff``, ...

    Parameters
    ----------
    text
        The TeX between the delimiters of a display.
    vocabulary
        The names it may use.

    Returns
    -------
    Node
        A ``chain``, or an ``and``, ``implies``, ``iff`` or ``forall`` of such.

    Raises
    ------
    TexError
        With a caret under the place that cannot be read.
    """
    return Reader(text, vocabulary).display()


def read_expression(
    text: str, vocabulary: Vocabulary, scope: dict[str, str] | None = None
) -> Node:
    """Read a single expression (as in the bodies of a notation block)."""
    reader = Reader(text, vocabulary, scope)
    node = reader.expr()
    if reader.token.kind != "end":
        reader.fail(f"unread input {reader.here!r}")
    return node


class Reader(Atoms):
    """The whole grammar; see `read`."""

    # -- formulas ------------------------------------------------------------------------
    def display(self) -> Node:
        """Read the whole text as a formula."""
        while self.token.kind == "env" and self._environment() in _ALIGN:
            self.take()
            if self.here == "{":
                self.i = self.closing(self.i + 1) + 1
        node = self.formula()
        while self.token.kind == "env" and self._environment() in _ALIGN:
            self.take()
        if self.here == ".":
            self.take()
        if self.token.kind != "end":
            if self.juxtaposed() or self.here in (")", "]", "}"):
                self.fail(f"unread input {self.here!r}")
            self.fail(f"{self.here!r} is not read here")
        return node

    def formula(self) -> Node:
        r"""Read ``A \iff B``, ``A \Rightarrow B`` or a conjunction."""
        first = self.i
        if self.here == r"\forall":
            return self._forall()
        node = self.condition(rows=True)
        while self.here in (r"\Rightarrow", r"\iff"):
            kind = "iff" if self.take().text == r"\iff" else "implies"
            self._rows()
            right = self.condition(rows=True)
            node = Node(kind, (node, right), span=self.span_from(first))
        if self.here == r"\forall":
            if node.kind in ("implies", "iff"):
                self.fail("write the quantifier first")
            return self._forall(node)
        return node

    def _forall(self, body: Node | None = None) -> Node:
        first = self.i
        self.take(r"\forall")
        names = self.expr()
        domain = Node("none")
        if self.here in RELATIONS:
            op = self.take().text
            right = self.set_() if op in (r"\in", r"\subseteq") else self.expr()
            domain = Node("chain", (names, right), (op,), self.span_from(first))
        if body is None:
            if self.here in (":", ",", "."):
                self.take()
            body = self.formula()
        return Node("forall", (domain, body), span=self.span_from(first))

    def _rows(self) -> None:
        while self.here in (r"\\", "&") or (self.here == "," and self.peek() in (r"\\", "&")):
            self.take()
            if self.tokens[self.i - 1].text == r"\\" and self.here == "[":
                self.i = self.closing(self.i + 1) + 1

    def condition(self, *, rows: bool = False) -> Node:
        r"""Read chains joined by commas, ``\land`` or (with `rows`) line breaks."""
        first = self.i
        if rows:
            self._rows()
        parts = [self.chain(rows=rows)]
        while True:
            if rows:
                self._rows()
            if self.here in (",", r"\land", ";"):
                self.take()
                if rows:
                    self._rows()
            elif not (rows and self.tokens[self.i - 1].text in (r"\\", "&")):
                break
            if self.token.kind in ("end", "env") and not self._begins_atom():
                break
            if self.here in (r"\Rightarrow", r"\iff", r"\forall", "."):
                break
            parts.append(self.chain(rows=rows))
        if len(parts) == 1:
            return parts[0]
        return Node("and", tuple(parts), span=self.span_from(first))

    def _begins_atom(self) -> bool:
        return self.token.kind == "env" and self.here.startswith(r"\begin")

    def chain(self, *, rows: bool = False) -> Node:
        r"""Read ``a = b \le c``."""
        first = self.i
        terms = [self.side()]
        relations: list[str] = []
        while True:
            save = self.i
            if rows:
                self._rows()
            if self.here not in RELATIONS:
                self.i = save
                break
            op = self.take().text
            relations.append(op)
            while self.here == "&":
                self.take()
            in_set = op in (r"\in", r"\subseteq", r"\notin")
            terms.append(self.set_() if in_set else self.side())
        if not relations:
            self.fail(
                "a statement needs a relation", r"=, \le, \ge, <, >, \ne, \in or \subseteq"
            )
        return Node("chain", tuple(terms), tuple(relations), self.span_from(first))

    def side(self) -> Node:
        """Read one side of a relation: an expression or, before a subset sign, a set."""
        if self.here == "&":
            self.take()
        if self.here in ("(", "["):
            end = self.closing(self.i + 1)
            if self.tokens[end + 1].text == r"\subseteq":
                return self.set_()
        return self.expr()

    def set_(self) -> Node:
        r"""Read ``(a, b]``, ``\{a, b\}``, ``\mathbb{R}``, ``\{1,\ldots,K\}`` or a name."""
        first = self.i
        text, j = self.group_text(self.i)
        if text in (r"\mathbb{R}", r"\mathbb{N}", r"\mathbb{Z}"):
            self.i = j
            args: tuple[Node, ...] = ()
            if self.here == "^":
                self.take()
                self.take("{")
                args = (self.expr(),)
                self.take("}")
            return Node("reals", args, text[-2], self.span_from(first))
        if self.here == r"\{":
            self.take()
            self.bracketed("(")
            items = [self.expr()]
            while self.here == ",":
                self.take()
                if self.here in (r"\ldots", r"\dots"):
                    self.take()
                    self.take(",")
                    items = [items[0], self.expr()]
                    self.leave()
                    self.take(r"\}")
                    return Node("range", tuple(items), span=self.span_from(first))
                items.append(self.expr())
            self.leave()
            self.take(r"\}")
            return Node("finite", tuple(items), span=self.span_from(first))
        if self.here in ("(", "["):
            left = self.take().text
            self.bracketed("(")
            low = self.expr()
            self.take(",", "an interval is written (a, b)")
            high = self.expr()
            self.leave()
            if self.here not in (")", "]"):
                self.fail("expected ) or ]")
            right = self.take().text
            closed = (left == "[", right == "]")
            return Node("interval", (low, high), closed, self.span_from(first))
        found = self.lookup()
        if found is not None and found[0].role == "set":
            self.i = found[2]
            return Node("setname", found[1], ("entry", found[0].key), self.span_from(first))
        return self.fail("expected a set", r"(a, b), [a, b], \{a, b\}, \mathbb{R} or a name")

    # -- expressions ---------------------------------------------------------------------
    def expr(self) -> Node:
        """Read a sum of terms."""
        first = self.i
        sign = self.take().text if self.here in ("+", "-") else ""
        node = self.term()
        if sign == "-":
            node = Node("neg", (node,), span=self.span_from(first))
        parts = [node]
        while True:
            save = self.i
            if self.bars and self.bars[-1] == "row":
                pass
            elif self.here in (r"\\", "&"):
                while self.here in (r"\\", "&"):
                    self.take()
                if self.here not in ("+", "-") or self.bars:
                    self.i = save
                    break
            if self.here not in ("+", "-"):
                break
            mark = self.i
            op = self.take().text
            if self.here in ("+", "-"):
                self.fail("two signs in a row", "put the second one in brackets")
            right = self.term()
            if op == "-":
                right = Node("neg", (right,), span=self.span_from(mark))
            parts.append(right)
        if len(parts) == 1:
            return parts[0]
        return Node("add", tuple(parts), span=self.span_from(first))

    def juxtaposed(self) -> bool:
        """Whether another factor follows without a sign."""
        text = self.here
        if text in STOP or self.token.kind == "end" or self.i in self.differentials:
            return False
        if self.limits and self.i == self.limits[-1]:
            return False
        if text in ("|", r"\|"):
            return not (self.bars and self.bars[-1] in (text, "args"))
        if self.token.kind == "env":
            return text.startswith(r"\begin")
        return True

    def term(self) -> Node:
        """Read a product; ``a/b`` takes everything before it as numerator."""
        first = self.i
        parts = [self.factor()]
        kinds: list[str] = []
        while True:
            mark = self.here
            if mark in (r"\cdot", r"\times", "*") and mark not in self.vocabulary.operators:
                self.take()
                kinds.append("dot" if mark == r"\cdot" else "mul")
            elif mark in self.vocabulary.operators and mark in INFIX:
                self.take()
                kinds.append(f"operator {mark}")
            elif mark in (r"\odot", r"\circ", r"\otimes"):
                self.take()
                kinds.append("kron" if mark == r"\otimes" else "hadamard")
            elif mark in (r"\bmod",):
                self.take()
                kinds.append("mod")
            elif mark == "/":
                self.take()
                above = self._product(parts, kinds, first)
                below = self.factor()
                if self.juxtaposed() or self.here in ("/", r"\cdot", r"\times", "*"):
                    self.fail("a/b c is read in two ways", r"write \frac{a}{b}", at=self.i)
                return Node("div", (above, below), span=self.span_from(first))
            elif self.juxtaposed():
                if self.token.kind == "num":
                    self.fail("a number after a factor", "put the number first or write \\cdot")
                kinds.append("mul")
            else:
                return self._product(parts, kinds, first)
            if self.here in ("+", "-"):
                self.fail(f"{self.here!r} after a product sign", "put it in brackets")
            parts.append(self.factor())

    def _product(self, parts: list[Node], kinds: list[str], first: int) -> Node:
        """Fold factors: plain products bind tighter than elementwise ones."""
        groups: list[list[Node]] = [[parts[0]]]
        inner: list[list[str]] = [[]]
        special: list[str] = []
        for kind, part in zip(kinds, parts[1:], strict=True):
            if kind in ("mul", "dot"):
                groups[-1].append(part)
                inner[-1].append(kind)
            else:
                special.append(kind)
                groups.append([part])
                inner.append([])
        nodes = []
        for group, signs in zip(groups, inner, strict=True):
            span = (group[0].span[0], group[-1].span[1])
            nodes.append(
                group[0] if len(group) == 1 else Node("mul", tuple(group), tuple(signs), span)
            )
        out = nodes[0]
        for kind, node in zip(special, nodes[1:], strict=True):
            if kind.startswith("operator"):
                if len(nodes) > 2:
                    self.fail("which of these operators comes first?", "write brackets")
                span = (out.span[0], node.span[1])
                out = Node("apply", (out, node), ("entry", kind, 0, 0), span)
                continue
            out = Node(kind, (out, node), span=(out.span[0], node.span[1]))
        return out

    def factor(self) -> Node:
        """Read an atom with what follows it: powers, factorials, components."""
        first = self.i
        node = self.atom_without_power()
        while True:
            if self.here == "^":
                node = self._power(node, first)
            elif self.here == "!":
                self.take()
                node = Node("fact", (node,), span=self.span_from(first))
            elif self.here == "_":
                node = self.component(node, first, None)
            elif self.here == "'":
                self.fail("a prime after something that is not a declared function")
            else:
                return node

    def _power(self, node: Node, first: int) -> Node:
        self.take("^")
        self.take("{")
        text, end = self.here, self.closing(self.i)
        only = self.i + 1 == end
        is_t = text in (r"\top", r"\operatorname{T}") or (
            text == "T" and self._array_like(node)
        )
        if only and is_t:
            self.take()
            node = Node("transpose", (node,), span=(node.span[0], self.tokens[self.i].end))
        elif text == "-" and self.peek() in (r"\top", "T") and self.i + 2 == end:
            self.i += 2
            one = Node("neg", (Node("num", value="1"),))
            node = Node(
                "transpose", (Node("pow", (node, one), span=node.span),), span=node.span
            )
        elif text == "(" and self.i + 3 == end:
            shown = self.peek()
            self.fail(
                f"^{{({shown})}} is the mark of a name or of a derivative, not a power",
                f"write ^{{{shown}}}; for components of a name with it (k^{{({shown})}})_i",
            )
        else:
            exponent = self.expr()
            node = Node("pow", (node, exponent), span=node.span)
        self.take("}")
        return Node(node.kind, node.args, node.value, self.span_from(first))

    def _array_like(self, node: Node) -> bool:
        if node.kind == "name":
            return self.vocabulary.entries[node.value].role == "array"
        if node.kind == "bound":
            return self.scope.get(node.value) == "array"
        if "T" not in self.scope and not any(
            e.pattern == ("T",) for e in self.vocabulary.candidates("T")
        ):
            return True
        return any(self._array_like(a) for a in node.args)
