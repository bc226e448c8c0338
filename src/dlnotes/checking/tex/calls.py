"""Built-in functions, expectations, indicators, matrices and cases."""

from __future__ import annotations

from dlnotes.checking.tex.differentials import Differentials
from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.tex.operators import BIG

__all__ = ["FUNCTIONS", "Calls"]

FUNCTIONS = {
    rf"\{n}": n
    for n in [
        "exp",
        "log",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "arctan",
        "arcsin",
        "arccos",
        "det",
        "gcd",
        "cot",
        "sec",
        "csc",
    ]
} | {
    rf"\operatorname{{{n}}}": n
    for n in [
        "erf",
        "erfc",
        "sign",
        "sgn",
        "tr",
        "diag",
        "rank",
        "vec",
        "exp",
        "log",
        "tanh",
        "sinh",
        "cosh",
        "atanh",
        "artanh",
        "asinh",
        "arsinh",
        "det",
        "softplus_",
        "abs",
        "len",
        "Re",
        "Im",
    ]
}
_MATRIX = {"bmatrix", "pmatrix", "matrix", "vmatrix", "smallmatrix"}


class Calls(Differentials):
    """The part of the reader for what has a name of its own."""

    def _environment(self) -> str:
        return self.here[self.here.index("{") + 1 : -1]

    def _builtin(self, first: int) -> Node:
        token = self.take()
        name = FUNCTIONS[token.text]
        power: Node | None = None
        base: Node | None = None
        if self.here == "_" and name == "log":
            self.take()
            self.take("{")
            base = self.expr()
            self.take("}")
        if self.here == "'":
            self.fail(f"{token.text}' is not read", rf"write \frac{{d}}{{dx}}{token.text}(x)")
        if self.here == "^":
            self.take()
            self.take("{")
            power = self.expr()
            if power.kind == "neg":
                self.fail(
                    f"{token.text}^{{-1}} is read in two ways", "write 1/f(x) or the name"
                )
            self.take("}")
        if self.here in ("(", "["):
            args = self.arguments()
        else:
            big = self.here in BIG
            args = [self.big() if big else self.factor()]
            if self.juxtaposed() and self.here not in FUNCTIONS and not big:
                self.fail(
                    f"where the argument of {token.text} ends is not clear",
                    f"write {token.text}(x)",
                )
        extra = (base,) if base is not None else ()
        node = Node("call", (*args, *extra), name, self.span_from(first))
        if power is not None:
            node = Node("pow", (node, power), "elementwise", self.span_from(first))
        return node

    def _expectation(self, first: int, text: str) -> Node:
        kind = {r"\operatorname{Var}": "var", r"\operatorname{Cov}": "cov"}.get(text, "expect")
        variable: tuple[str, str] | None = None
        bound = None
        if self.here == "_":
            self.take()
            self.take("{")
            end = self.closing(self.i)
            inner = [t.text for t in self.tokens[self.i : end]]
            name = None
            if r"\sim" in inner:
                name = self.variable()
                self.take(r"\sim")
            found = self.lookup()
            if found is None or found[0].role != "distribution":
                if name is None and (v := self.name()) is not None and v.kind == "name":
                    variable = (v.value, "")
                else:
                    self.fail("expected a declared distribution", r"\mathbb{E}_{x \sim p}[...]")
            else:
                self.i = found[2]
                variable = (name or "", found[0].key)
            self.take("}")
            if name is not None:
                bound = self.bind(name)
        args = self.arguments()
        if bound is not None:
            self.release(bound)
        if len(args) != (2 if kind == "cov" else 1):
            self.fail("wrong number of arguments", at=first)
        return Node(kind, tuple(args), variable, self.span_from(first))

    def _indicator(self, first: int) -> Node:
        close = {"[": "]", r"\{": r"\}", "(": ")"}[self.take().text]
        self.bracketed("(")
        inner = self.condition()
        self.leave()
        self.take(close)
        return Node("indicator", (inner,), span=self.span_from(first))

    def _environment_atom(self, first: int) -> Node:
        name = self._environment()
        if name not in _MATRIX and name != "cases":
            self.fail(f"the environment {name} is not read here", "bmatrix, pmatrix or cases")
        self.take()
        if name == "cases":
            return self._cases(first)
        rows: list[list[Node]] = [[]]
        self.bracketed("row")
        while True:
            rows[-1].append(self.expr())
            if self.here == "&":
                self.take()
            elif self.here == r"\\":
                self.take()
                if self.token.kind == "env":
                    break
                rows.append([])
            else:
                break
        self.leave()
        self.take(rf"\end{{{name}}}", "rows end with \\\\, entries with &")
        width = len(rows[0])
        if any(len(r) != width for r in rows):
            self.fail(f"rows of different length in this {name}", at=first)
        flat = tuple(x for row in rows for x in row)
        node = Node("matrix", flat, width, self.span_from(first))
        return Node("call", (node,), "det", node.span) if name == "vmatrix" else node

    def _cases(self, first: int) -> Node:
        args: list[Node] = []
        self.bracketed("row")
        while True:
            args.append(self.expr())
            if self.here == ",":
                self.take()
            self.take("&", "write value & condition")
            if self.here in (r"\operatorname{otherwise}", r"\operatorname{else}"):
                self.take()
                args.append(Node("true"))
            else:
                args.append(self.condition())
            if self.here in (",", "."):
                self.take()
            if self.here != r"\\":
                break
            self.take()
            if self.token.kind == "env":
                break
        self.leave()
        self.take(r"\end{cases}", "a condition is a relation such as x > 0")
        return Node("cases", tuple(args), span=self.span_from(first))
