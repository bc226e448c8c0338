"""Hypotheses: relations that hold, built into the symbols where that is possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.inequalities import is_signed
from dlnotes.checking.semantics.interpret import Interpreter
from dlnotes.checking.semantics.sums import normal
from dlnotes.checking.semantics.symbols import Domain, assumptions_of
from dlnotes.checking.semantics.values import NotGeneral, Undefined

if TYPE_CHECKING:
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["Hypotheses", "Side", "weaker"]


@dataclass
class Side:
    """The value of one side, its entries and the conditions under which it is defined."""

    value: Any
    cells: list[Any]
    shape: tuple[Any, ...]
    conditions: dict[Any, Any]
    undefined: str = ""


class Hypotheses:
    """The symbols of one choice of sizes, and what is known of them."""

    def __init__(self, vocabulary: Vocabulary, sizes: dict[str, int] | None) -> None:
        self.vocabulary = vocabulary
        self.interpreter = Interpreter(vocabulary, sizes)
        self.sizes = sizes
        self.sides: dict[Node, Side] = {}
        self.known: list[Any] = []
        self.impossible = False
        self.rules: dict[Any, Any] = {}

    def side(self, node: Node) -> Side:
        """Return the value of a side."""
        raise NotImplementedError

    @property
    def domains(self) -> dict[Any, Domain]:
        """Domains by symbol."""
        return self.interpreter.table.domains

    def domain(self, symbol: Any) -> Domain:
        """Return the domain of a symbol."""
        found = self.domains.get(symbol)
        if found is None:
            found = Domain(integer=bool(symbol.is_integer))
            if symbol.is_positive or symbol.is_nonnegative:
                found.low, found.low_open = sp.Integer(0), bool(symbol.is_positive)
        return found

    def free(self, e: Any) -> Any:
        """Put hypotheses and constraints into an expression."""
        for _ in range(5):
            new = self.interpreter.table.free(e)
            if new is e or new == e:
                return new
            e = new
        return e

    def assume(self, node: Node) -> None:
        """Take a relation, or a conjunction of relations, as a hypothesis."""
        if node.kind == "and":
            for arg in node.args:
                self.assume(arg)
            return
        if node.kind != "chain":
            msg = f"{node.kind} as a hypothesis"
            raise NotGeneral(msg)
        for a, op, b in zip(node.args, node.value, node.args[1:], strict=False):
            if op in (r"\in", r"\subseteq"):
                self._assume_in(a, b)
                continue
            left, right = self.side(a), self.side(b)
            if left.undefined or right.undefined:
                raise Undefined(left.undefined or right.undefined)
            if len(left.cells) != len(right.cells):
                msg = "a hypothesis between different shapes"
                raise Undefined(msg)
            for x, y in zip(left.cells, right.cells, strict=True):
                self._assume_relation(x, op, y)
        self.sides.clear()

    def _assume_in(self, a: Node, b: Node) -> None:
        if b.kind == "reals" and not b.args and b.value == "R":
            return
        where = self.interpreter.set_value(b, {})
        if not isinstance(where, sp.Interval):
            msg = "membership as a hypothesis"
            raise NotGeneral(msg)
        x = self.side(a).value
        low, high = where.start, where.end
        if low != -sp.oo:
            self._assume_relation(x, ">" if where.left_open else r"\ge", low)
        if high != sp.oo:
            self._assume_relation(x, "<" if where.right_open else r"\le", high)

    def _assume_relation(self, x: Any, op: str, y: Any) -> None:
        table = self.interpreter.table
        x, y = self.free(x), self.free(y)
        if op in ("<", r"\le"):
            x, y, op = y, x, {"<": ">", r"\le": r"\ge"}[op]
        gap = sp.expand(x - y)
        if op == r"\ne":
            if gap == 0:
                self.impossible = True
            if x.is_integer and y.is_integer and not gap.is_number:
                self.rules[sp.KroneckerDelta(x, y)] = sp.Integer(0)
            self.known.append(sp.Ne(gap, 0, evaluate=False))
            if x.is_Symbol and y.is_number and x in table.domains:
                table.domains[x].excluded.append(y)
            return
        if op in (">", r"\ge"):
            for inner in gap.atoms(sp.Abs):
                rest = sp.expand(gap + inner)
                if not rest.has(inner):  # rest - |u| >= 0
                    self._assume_relation(rest, op, inner.args[0])
                    self._assume_relation(inner.args[0], op, -rest)
                    return
        kind = {"=": sp.Eq, ">": sp.Gt, r"\ge": sp.Ge}[op](gap, 0)
        if kind == sp.false:
            self.impossible = True
        if kind in (sp.true, sp.false):
            return
        if self._substitute(gap, op):
            return
        if op == "=" and self._sum_rule(gap):
            return
        if op == "=":
            msg = "an equation as a hypothesis that is not linear in a symbol"
            raise NotGeneral(msg)
        self.known.append(kind)

    def _substitute(self, gap: Any, op: str) -> bool:
        """Build the hypothesis ``gap op 0`` into the symbols, where it is linear in one."""
        table = self.interpreter.table
        for x in sorted(gap.free_symbols, key=lambda s: (s.is_positive is not None, str(s))):
            if not x.is_Symbol:
                continue
            c = gap.coeff(x, 1)
            rest = sp.expand(gap - c * x)
            if rest.has(x) or c == 0 or not (c.is_number or c.is_nonzero):
                continue
            domain = self.domain(x)
            if domain.integer or (op != "=" and not c.is_number):
                continue
            if rest.is_number and op != "=":
                return self._narrow(x, -rest / c, bool(c.is_positive), op)
            if op == "=":
                new: Any = -rest / c
            else:
                t = sp.Symbol(
                    f"t_{{{x}}}", **({"positive": True} if op == ">" else {"nonnegative": True})
                )
                table.domains[t] = Domain(low=sp.Integer(0), low_open=op == ">")
                new = (t - rest) / c
            free = not domain.bounded_below() and not domain.bounded_above()
            stays = domain.low == 0 and not domain.bounded_above() and new.is_positive
            if free or stays or (op == "=" and self._inside(new, domain)):
                table.substitutions[x] = new
                return True
        return False

    def _sum_rule(self, gap: Any) -> bool:
        """Note ``sum = rest`` for a sum of symbolic length that occurs with a number."""
        form = normal(gap, self.interpreter.ranges)
        for total in sorted(form.atoms(sp.Sum), key=str):
            c = form.coeff(total, 1)
            rest = sp.expand(form - c * total)
            if c.is_number and c != 0 and not rest.has(total):
                self.rules[total] = -rest / c
                return True
        return False

    def _inside(self, new: Any, domain: Domain) -> bool:
        above = not domain.bounded_below() or is_signed(
            new - domain.low, self.domains, strict=domain.low_open
        )
        return above and (
            not domain.bounded_above()
            or is_signed(domain.high - new, self.domains, strict=domain.high_open)
        )

    def _narrow(self, x: Any, bound: Any, lower: bool, op: str) -> bool:
        old = self.domain(x)
        new = Domain(
            old.low,
            old.high,
            old.low_open,
            old.high_open,
            old.integer,
            excluded=list(old.excluded),
        )
        if lower and (not old.bounded_below() or bound >= old.low):
            new.low, new.low_open = bound, op == ">"
        elif not lower and (not old.bounded_above() or bound <= old.high):
            new.high, new.high_open = bound, op == ">"
        if (new.low - new.high).is_positive:
            self.impossible = True
        table = self.interpreter.table
        symbol = sp.Symbol(f"{x}", **assumptions_of("real", new))
        if symbol == x:
            symbol = sp.Dummy(f"{x}", **assumptions_of("real", new))
        table.domains[symbol] = new
        table.names[symbol] = table.names.get(x, str(x))
        table.substitutions[x] = symbol
        return True


def weaker(known: Any, wanted: Any) -> bool:
    """Whether `wanted` follows from `known` by scaling."""
    a, b = known.lhs - known.rhs, wanted.lhs - wanted.rhs
    if isinstance(wanted, (sp.Lt, sp.Le)):
        b = -b
    if a == 0:
        return False
    ratio = sp.cancel(b / a) if not b.has(sp.Sum) else sp.nan
    if not getattr(ratio, "is_number", False) or ratio is sp.nan:
        return False
    if isinstance(wanted, sp.Ne):
        return isinstance(known, (sp.Ne, sp.Gt))
    if isinstance(wanted, (sp.Gt, sp.Lt)):
        return isinstance(known, sp.Gt) and bool(ratio.is_positive)
    if isinstance(wanted, (sp.Ge, sp.Le)):
        return isinstance(known, (sp.Gt, sp.Ge)) and bool(ratio.is_positive)
    return False
