r"""Atoms: numbers, names, brackets and everything that begins with a command."""

from __future__ import annotations

from dlnotes.checking.tex.calls import FUNCTIONS, Calls
from dlnotes.checking.tex.cursor import RELATIONS
from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.tex.operators import BIG
from dlnotes.checking.tex.tokens import INFIX

__all__ = ["STOP", "Atoms"]

STOP = {
    "",
    "+",
    "-",
    ")",
    "]",
    "}",
    ",",
    ";",
    "&",
    r"\\",
    ":",
    r"\}",
    r"\rvert",
    r"\rVert",
    r"\rangle",
    r"\rfloor",
    r"\rceil",
    r"\Rightarrow",
    r"\iff",
    r"\to",
    r"\land",
    "^",
    "_",
    "'",
    "!",
    "/",
    "*",
    r"\cdot",
    r"\times",
    r"\odot",
    r"\star",
    r"\circ",
    r"\otimes",
    r"\bmod",
    r"\pmod",
    r"\right.",
    r"\forall",
    r"\sim",
    ".",
} | RELATIONS
"""What ends a product that is written without signs."""


class Atoms(Calls):
    """The part of the reader for atoms."""

    def atom_without_power(self) -> Node:
        """Read an atom."""
        first, token = self.i, self.token
        if token.kind == "num":
            self.take()
            return Node("num", value=token.text, span=self.span_from(first))
        simple = self._bracket_atom(first)
        if simple is not None:
            return simple
        named = self.name()
        if named is not None:
            return named
        special = {
            r"\frac": self.fraction,
            r"\lim": self.limit,
            r"\int": self.integral,
            r"\partial": self.partial,
            r"\nabla": self.gradient,
            r"\sqrt": self._root,
            r"\binom": self._binomial,
        }
        if token.text in self.vocabulary.operators and token.text not in INFIX:
            self.take()
            self.take("{")
            self.bracketed("(")
            inner = self.expr()
            self.leave()
            self.take("}")
            key = f"operator {token.text}"
            return Node("apply", (inner,), ("entry", key, 0, 0), self.span_from(first))
        if token.text in special:
            return special[token.text]()
        if token.text in BIG:
            return self.big()
        if token.text in FUNCTIONS:
            return self._builtin(first)
        text, end = self.group_text(first)
        if text in (
            r"\mathbb{E}",
            r"\operatorname{E}",
            "E",
            r"\operatorname{Var}",
            r"\operatorname{Cov}",
        ) and self.tokens[end].text in ("[", "_", "("):
            self.i = end
            return self._expectation(first, text)
        if text in (r"\mathbb{1}", r"\mathbf{1}") and self.tokens[end].text in (
            "[",
            r"\{",
            "(",
        ):
            self.i = end
            return self._indicator(first)
        if token.text in (r"\pi", "e", r"\infty"):
            self.take()
            return Node("const", value=token.text.strip("\\"), span=self.span_from(first))
        if token.text == r"\delta" and self.peek() == "_":
            self.take()
            self.take("_")
            self.take("{")
            close = self.closing(self.i)
            args = self.indices(self.i, close, 2)
            if args is None:
                self.fail("Kronecker's delta has two indices", r"\delta_{ij}")
            self.i = close
            self.take("}")
            return Node("call", tuple(args), "kronecker", self.span_from(first))
        if token.kind == "env" and token.text.startswith(r"\begin"):
            return self._environment_atom(first)
        if token.kind in ("letter", "cmd", "word") and (
            token.kind != "cmd" or token.text not in STOP
        ):
            self.undeclared()
        found = "the end" if token.kind == "end" else repr(token.text)
        return self.fail(f"expected an expression, found {found}")

    def _bracket_atom(self, first: int) -> Node | None:
        pairs = {"(": ")", "{": "}", "[": "]"}
        text = self.here
        if text in pairs:
            self.take()
            self.bracketed("(")
            node = self.expr()
            if text == "[" and self.here in RELATIONS:
                self.i = first + 1
                inner = self.condition()
                node = Node("indicator", (inner,))
            self.leave()
            self.take(pairs[text], "every bracket is closed by its own kind")
            if node.kind == "indicator":
                return Node("indicator", node.args, span=self.span_from(first))
            return Node(node.kind, node.args, node.value, self.span_from(first))
        if text in ("|", r"\lvert", r"\|", r"\lVert"):
            close = {"|": "|", r"\lvert": r"\rvert", r"\|": r"\|", r"\lVert": r"\rVert"}[text]
            self.take()
            found = self.lookup()
            if found and found[0].role == "set" and self.tokens[found[2]].text == close:
                self.i = found[2] + 1
                value = ("entry", found[0].key)
                return Node("cardinality", found[1], value, self.span_from(first))
            self.bracketed(close)
            node = self.expr()
            self.leave()
            self.take(close)
            if text in ("|", r"\lvert"):
                return Node("abs", (node,), span=self.span_from(first))
            order = ""
            if self.here == "_":
                self.take()
                self.take("{")
                order = self.take().text
                self.take("}")
            return Node("norm", (node,), order, self.span_from(first))
        wrapped = {r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceil")}
        if text in wrapped:
            self.take()
            node = self.expr()
            self.take(wrapped[text][0])
            return Node(wrapped[text][1], (node,), span=self.span_from(first))
        if text == r"\langle":
            self.take()
            left = self.expr()
            self.take(",")
            right = self.expr()
            self.take(r"\rangle")
            return Node("inner", (left, right), span=self.span_from(first))
        if text == r"\left.":
            return self._evaluation(first)
        return None

    def _evaluation(self, first: int) -> Node:
        self.take()
        save = self.i
        depth = 0
        j = self.i
        while not (depth == 0 and self.tokens[j].text == r"\rvert"):
            depth += {r"\lvert": 1, r"\rvert": -1}.get(self.tokens[j].text, 0)
            j += 1
            if j >= len(self.tokens):
                self.fail(r"\left. needs \right|_{x=a}", at=first)
        self.i = save
        body = self.within(j)
        self.take()
        self.take("_", r"write \right|_{x = a}")
        self.take("{")
        variable = self.atom_without_power()
        self.take("=")
        value = self.expr()
        self.take("}")
        return Node("at", (body, variable, value), span=self.span_from(first))

    def _root(self) -> Node:
        first = self.i
        self.take()
        order = Node("num", value="2")
        if self.here == "[":
            self.take()
            order = self.expr()
            self.take("]")
        self.take("{")
        self.bracketed("(")
        body = self.expr()
        self.leave()
        self.take("}")
        return Node("root", (order, body), span=self.span_from(first))

    def _binomial(self) -> Node:
        first = self.i
        self.take()
        self.take("{")
        above = self.expr()
        self.take("}")
        self.take("{")
        below = self.expr()
        self.take("}")
        return Node("call", (above, below), "binomial", self.span_from(first))
