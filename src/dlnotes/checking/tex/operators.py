r"""Operators that bind variables: sums, products, extrema, limits, integrals, derivatives."""

from __future__ import annotations

from dlnotes.checking.tex.cursor import RELATIONS
from dlnotes.checking.tex.names import Names
from dlnotes.checking.tex.nodes import Node

__all__ = ["BIG", "Operators"]

BIG = {
    r"\sum": "sum",
    r"\prod": "prod",
    r"\max": "max",
    r"\min": "min",
    r"\sup": "sup",
    r"\inf": "inf",
    r"\arg": "arg",
    r"\operatorname{argmax}": "argmax",
    r"\operatorname{argmin}": "argmin",
    r"\argmax": "argmax",
    r"\argmin": "argmin",
}
DIFFERENTIAL = {"d", r"\operatorname{d}"}


class Operators(Names):
    """The part of the reader for operators with a variable of their own."""

    def variable(self) -> str:
        """Read the name of a bound variable."""
        if self.token.kind not in ("letter", "cmd", "word"):
            self.fail("expected a variable", "write \\sum_{k=1}^{K}")
        base, j = self.group_text(self.i)
        sub, end = self.script_text(j)
        self.i = end
        return base + sub

    def bind(self, variable: str, role: str = "scalar") -> tuple[str, str | None]:
        """Bring `variable` into scope; hand the result to `release`."""
        old = self.scope.get(variable)
        self.scope[variable] = role
        return variable, old

    def release(self, bound: tuple[str, str | None]) -> None:
        """Undo `bind`."""
        variable, old = bound
        if old is None:
            del self.scope[variable]
        else:
            self.scope[variable] = old

    def big(self) -> Node:
        r"""Read ``\sum_{k=1}^{K} body`` and its kin; the body is the rest of the term."""
        first = self.i
        token = self.take()
        kind = BIG[token.text]
        if kind == "arg":
            inner = self.take().text
            if inner not in (r"\max", r"\min"):
                self.fail("expected \\max or \\min after \\arg", at=first)
            kind = "arg" + inner[1:]
        if self.here != "_":
            if kind in ("max", "min") and self.here in ("(", "[", r"\{"):
                return Node("call", tuple(self.arguments()), kind, self.span_from(first))
            if kind == "sum" and self.here not in ("^",):
                save = self.i
                node = self.factor()
                if node.kind in ("name", "bound"):
                    return Node("call", (node,), "total", self.span_from(first))
                self.i = save
            self.fail(f"{token.text} needs its range", f"write {token.text}_{{k=1}}^{{K}}")
        self.take("_")
        self.take("{")
        lower: Node | None = None
        where: Node | None = None
        domain: Node | None = None
        save = self.i
        start = None
        if (pair := self._pair()) is not None:
            return self._big_pair(kind, first, pair, f"write {token.text}_{{k=1}}^{{K}}")
        if self.here != "\\substack":
            start = self._low_then_relation()
        if start is not None:
            lower, variable, _strict_low, upper_inline = start
            bound = self.bind(variable)
        else:
            self.i = save
            variable = self.variable()
            bound = self.bind(variable)
            upper_inline = None
            if self.here == "=":
                self.take()
                lower = self.expr()
            elif self.here == r"\in":
                self.take()
                domain = self.set_()
            elif self.here == r"\ne":
                self.i = save
                where = self.condition()
        if self.here == ",":
            self.take()
            where = self.condition()
        self.take("}", f"write {token.text}_{{k=1}}^{{K}}")
        upper = upper_inline
        if self.here == "^":
            self.take()
            self.take("{")
            upper = self.expr()
            self.take("}")
        if domain is None and lower is None:
            entry = self.vocabulary.index_range(variable)
            if entry is None:
                self.release(bound)
                self.fail(
                    f"the range of {variable} is not given",
                    f"write {token.text}_{{{variable}=1}}^{{K}}, or declare "
                    f"'{variable} : index 1..K'",
                    at=first,
                )
            domain = Node("setname", value=("index", variable))
            upper = None
        if lower is not None and upper is None:
            self.fail("the upper end of the range is missing", "write ^{K}", at=first)
        role = self._role_of(domain)
        self.scope[variable] = role
        body = self.term()
        self.release(bound)
        span = self.span_from(first)
        none = Node("none")
        condition = where or none
        if domain is not None:
            return Node("over", (domain, condition, body), (kind, variable), span)
        assert lower is not None
        assert upper is not None
        return Node("big", (lower, upper, condition, body), (kind, variable), span)

    def _role_of(self, domain: Node | None) -> str:
        if domain is not None and domain.kind == "setname" and domain.value[0] == "entry":
            return self.vocabulary.entries[domain.value[1]].element_role
        return "scalar"

    def _pair(self) -> tuple[Node, str, str, bool, Node] | None:
        r"""Read ``1 \le i < j \le K``: low end, both variables, whether i < j, high end."""
        order = (r"\le", "<")
        names = [
            t for t in self.tokens[self.i + 2 : self.i + 6 : 2] if t.kind in ("letter", "cmd")
        ]
        signs = [t.text in order for t in self.tokens[self.i + 1 : self.i + 6 : 2]]
        if self.token.kind != "num" or len(names) != 2 or signs != [True] * 3:
            return None
        low = self.expr()
        if self.take().text == "<":
            low = Node("add", (low, Node("num", value="1")))
        first = self.variable()
        strict = self.take().text == "<"
        second = self.variable()
        last = self.take().text
        high = self.expr()
        if last == "<":
            high = Node("add", (high, Node("neg", (Node("num", value="1"),))))
        return low, first, second, strict, high

    def _big_pair(
        self, kind: str, first: int, pair: tuple[Node, str, str, bool, Node], close: str
    ) -> Node:
        """Read the body under two indices: for every j, every i up to it."""
        low, i, j, strict, high = pair
        self.take("}", close)
        inner, outer = self.bind(i), self.bind(j)
        body = self.term()
        self.release(outer)
        self.release(inner)
        one, none, span = Node("num", value="1"), Node("none"), self.span_from(first)
        here = Node("bound", value=j)
        below = Node("add", (here, Node("neg", (one,)))) if strict else here
        node = Node("big", (low, below, none, body), (kind, i), span)
        start = Node("add", (low, one)) if strict else low
        return Node("big", (start, high, none, node), (kind, j), span)

    def _low_then_relation(self) -> tuple[Node, str, bool, Node] | None:
        r"""Read ``1 \le k \le K``, or return None when that is not what stands here."""
        if self.token.kind != "num" or self.peek() not in (r"\le", "<"):
            return None
        low = self.expr()
        first = self.take().text
        variable = self.variable()
        second = self.take().text
        if second not in (r"\le", "<"):
            self.fail("expected \\le", at=self.i - 1)
        bound = self.bind(variable)
        high = self.expr()
        self.release(bound)
        one = Node("num", value="1")
        if first == "<":
            low = Node("add", (low, one))
        if second == "<":
            high = Node("add", (high, Node("neg", (one,))))
        return low, variable, False, high

    def limit(self) -> Node:
        r"""Read ``\lim_{x \to a} body``."""
        first = self.i
        self.take(r"\lim")
        self.take("_", "write \\lim_{x \\to 0}")
        self.take("{")
        variable = self.variable()
        self.take(r"\to", "write \\lim_{x \\to 0}")
        direction = "+-"
        target = self.factor_or_signed()
        if self.here == "^":
            self.take()
            self.take("{")
            direction = self.take().text
            self.take("}")
        self.take("}")
        bound = self.bind(variable)
        body = self.term()
        self.release(bound)
        return Node("limit", (target, body), (variable, direction), self.span_from(first))

    def factor_or_signed(self) -> Node:
        """Read the target of a limit: a signed atom without a power."""
        first = self.i
        sign = self.take().text if self.here in "+-" and self.here else ""
        node = self.atom_without_power()
        if sign == "-":
            return Node("neg", (node,), span=self.span_from(first))
        return node

    def atom_without_power(self) -> Node:
        """Read an atom; a following ``^`` is left alone."""
        raise NotImplementedError

    def integral(self) -> Node:
        r"""Read ``\int_a^b f(x)\,dx`` or ``\int_a^b dx\, f(x)``."""
        first = self.i
        self.take(r"\int")
        ends: list[Node] = []
        for mark in "_^":
            if self.here == mark:
                self.take()
                self.take("{")
                ends.append(self.expr())
                self.take("}")
        if len(ends) != 2:
            self.fail("an integral needs both ends", "write \\int_{a}^{b} f(x)\\,dx", at=first)
        place = self._differential(self.i)
        save, self.i = self.i, place + 1
        variable = self.variable()
        after = self.i
        self.i = save
        bound = self.bind(variable)
        if place == save:
            self.i = after
            body = self.term()
        else:
            self.differentials[place] = self.differentials.get(place, 0) + 1
            body = self.expr()
            if self.i != place:
                self.fail("unread input inside this integral")
            self.differentials.pop(place)
            self.i = after
        self.release(bound)
        return Node("integral", (*ends, body), variable, self.span_from(first))

    def _differential(self, start: int) -> int:
        """Return where the differential of the integral that starts at `start` stands."""
        inner = depth = 0
        if self._is_differential(start):
            return start
        for j in range(start, len(self.tokens)):
            text = self.tokens[j].text
            if text in ("(", "{", "[", r"\{"):
                depth += 1
            elif text in (")", "}", "]", r"\}"):
                depth -= 1
                if depth < 0:
                    break
            elif text in RELATIONS and depth == 0:
                break
            elif text == r"\int":
                inner += 1
            elif depth == 0 and self._is_differential(j):
                if inner == 0:
                    return j
                inner -= 1
        return self.fail(
            "this integral has no differential", "write \\,dx at its end", at=start - 1
        )

    def _is_differential(self, j: int) -> bool:
        if self.tokens[j].text not in DIFFERENTIAL:
            return False
        if self.tokens[j].text == "d" and any(
            e.pattern == ("d",) for e in self.vocabulary.candidates("d")
        ):
            return False
        return self.tokens[j + 1].kind in ("letter", "cmd") and self.tokens[j + 1].text not in (
            r"\\",
            r"\cdot",
            r"\}",
        )
