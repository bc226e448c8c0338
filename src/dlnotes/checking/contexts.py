"""One choice of sizes with its hypotheses: values of sides, sample points, what is implied."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import arb, fmpq

from dlnotes.checking.engines.implications import implied
from dlnotes.checking.engines.points import Indeterminate, evaluate, truth_at
from dlnotes.checking.engines.samples import coordinate
from dlnotes.checking.hypotheses import Hypotheses, Side, weaker
from dlnotes.checking.semantics.core import CASES, KINK
from dlnotes.checking.semantics.extrema import EXTREMA
from dlnotes.checking.semantics.signals import places
from dlnotes.checking.semantics.symbols import subexpressions
from dlnotes.checking.semantics.values import Family, NotGeneral, Signal, Undefined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["Context", "Side"]


def _name(symbol: Any) -> str:
    """Return how a symbol prints, without the printer where that is its name."""
    return symbol.name if symbol.is_Symbol else str(symbol)


class _Point(Mapping[Any, Any]):
    """The k-th sample point; coordinates are made when asked for."""

    def __init__(self, context: Context, k: int) -> None:
        self.context, self.k = context, k
        self.seen: dict[Any, Any] = {}
        self.exact: dict[Any, Any] = {}

    def __getitem__(self, symbol: Any) -> Any:
        if symbol not in self.seen:
            domain = self.context.domain(symbol)
            if domain.complex:
                msg = "complex symbol"
                raise Indeterminate(msg)
            q = coordinate(_name(symbol), domain, self.k)
            self.exact[symbol] = q
            self.seen[symbol] = arb(fmpq(q.numerator, q.denominator))
        return self.seen[symbol]

    def put(self, symbol: Any, value: Fraction) -> bool:
        """Set a coordinate; return False when its domain does not hold the value."""
        if not self.context.allows(symbol, value):
            return False
        self.exact[symbol] = value
        self.seen[symbol] = arb(fmpq(value.numerator, value.denominator))
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(self.seen)

    def __len__(self) -> int:
        return len(self.seen)


class Context(Hypotheses):
    """An interpreter together with hypotheses (parsed relations that hold)."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        sizes: dict[str, int] | None,
        hypotheses: tuple[Node, ...] = (),
    ) -> None:
        super().__init__(vocabulary, sizes)
        self.points: dict[int, _Point | None] = {}
        self.balls: dict[tuple[Node, int], list[Any] | None] = {}
        self._edges: dict[tuple[int, ...], list[int]] = {}
        self._attempt = 64
        self._implied: dict[Any, bool] = {}
        self._limits: dict[Any, tuple[Any, Any, Any, set[Any]]] = {}
        for node in (*vocabulary.assumed(), *hypotheses):
            self.assume(node)

    # -- values ----------------------------------------------------------------------------
    def side(self, node: Node) -> Side:
        """Return the value of a side, computed once."""
        if node not in self.sides:
            self.sides[node] = self._side(node)
        return self.sides[node]

    def _side(self, node: Node) -> Side:
        self.interpreter.thaw()
        try:
            with self.interpreter.noting() as noted:
                value, cells, shape = self._entries(self.interpreter.value(node, {}))
        except Undefined as error:
            return Side(None, [], (), {}, str(error) or "undefined")
        except (RecursionError, ZeroDivisionError) as error:
            return Side(None, [], (), {}, f"undefined: {error}")
        conditions = {self.free(c): w for c, w in noted.items()}
        conditions.pop(sp.true, None)
        if value is not cells[0]:
            return Side(value, [self.free(c) for c in cells], shape, conditions)
        if not isinstance(value, sp.Expr):
            return Side(None, [], (), {}, "this side is not a number or an array")
        value = self.free(value)
        if value.has(sp.zoo, sp.nan):
            return Side(None, [], (), {}, "this side has no value")
        return Side(value, [value], (), conditions)

    def _entries(self, value: Any) -> tuple[Any, list[Any], tuple[Any, ...]]:
        """Return a value, its entries and its shape; a matrix with one entry is a number.

        The entries of a family and of a signal are only now worked out: what they need to
        have a value belongs to the side as well.
        """
        if isinstance(value, sp.MatrixBase) and value.shape != (1, 1):
            return value, list(value), tuple(value.shape)
        if isinstance(value, sp.MatrixBase):
            value = value[0, 0]
        if isinstance(value, Signal):
            return value, [value.entry(*where) for where in self._places(value)], value.shape
        if isinstance(value, Family):
            one = sp.Integer(1)
            where = [one if s == 1 else self._running(s, n) for n, s in enumerate(value.shape)]
            return value, [value.entry(*where)], () if value.shape == (1, 1) else value.shape
        return value, [value], ()

    def _places(self, value: Signal) -> list[tuple[Any, ...]]:
        """Return the places of a signal: all, or one that stands for all."""
        if value.kind == "image":
            msg = "an equation between images: write it at a pixel, (...)_{i,j}"
            raise NotGeneral(msg)
        found = places(value)
        if found is not None:
            return found
        ends = (
            (0, value.size - 1)
            if value.kind in ("row", "matrix")
            else (-value.size, value.size)
        )
        out = []
        for n in range(1 if value.kind == "row" else 2):
            k = sp.Symbol(f"_place{n}", integer=True)
            self.interpreter.ranges[k] = (sp.sympify(ends[0]), sp.sympify(ends[1]))
            out.append(k)
        return [tuple(out)]

    def _running(self, size: Any, n: int) -> Any:
        """Return the index of a row or column of a family, the same on both sides."""
        k = sp.Symbol(f"_row{n}", integer=True, positive=True)
        self.interpreter.ranges[k] = (sp.Integer(1), sp.sympify(size))
        return k

    # -- points ----------------------------------------------------------------------------
    def point(self, k: int) -> _Point | None:
        """Return the k-th point that satisfies the hypotheses, or None if none was found."""
        if k not in self.points:
            self.points[k] = self._find_point(k)
        return self.points[k]

    def _find_point(self, k: int) -> _Point | None:
        """Try points of the k-th style first, then any."""
        for attempt in range(60):
            style = k + 16 * attempt if attempt < 4 else self._attempt
            self._attempt += attempt >= 4
            candidate = _Point(self, style)
            if self._fits(candidate):
                return candidate
        return None

    def allows(self, symbol: Any, value: Fraction) -> bool:
        """Whether the domain of a symbol holds a value."""
        if symbol not in self._limits:
            d = self.domain(symbol)
            low, high = (None if not e.is_finite else _fraction(e) for e in (d.low, d.high))
            left_out = {_fraction(e) for e in d.excluded}
            self._limits[symbol] = (d, low, high, left_out)
        domain, low, high, left_out = self._limits[symbol]
        if domain.complex or (domain.integer and value.denominator != 1) or value in left_out:
            return False
        above = low is None or value > low or (not domain.low_open and value == low)
        return above and (
            high is None or value < high or (not domain.high_open and value == high)
        )

    def at(self, values: Mapping[Any, Fraction]) -> _Point | None:
        """Return the point with these coordinates; None when it is not an allowed one."""
        candidate = _Point(self, 0)
        if not all(candidate.put(x, v) for x, v in values.items()):
            return None
        return candidate if self._fits(candidate) else None

    def note(self, values: Mapping[Any, Fraction]) -> int:
        """Keep a point with these coordinates; return its number."""
        number = 1000 + len(self.points)
        self.points[number] = self.at(values)
        return number

    def edges(self, sides: tuple[Side, ...]) -> list[int]:
        """Note points on both sides of kinks, and points with ties; return their numbers."""
        key = tuple(id(s) for s in sides)
        if key not in self._edges:
            found: list[int] = []
            for x, root in _kinks([*(c for s in sides for c in (*s.cells, *s.conditions))])[:6]:
                for step in (-1, 1):
                    candidate = _Point(self, len(self.points))
                    if candidate.put(x, root + Fraction(step, 3)) and self._fits(candidate):
                        found.append(1000 + len(self.points))
                        self.points[found[-1]] = candidate
            found += self._ties([c for s in sides for c in (*s.cells, *s.conditions)])
            self._edges[key] = found
        return self._edges[key]

    def _ties(self, expressions: list[Any]) -> list[int]:
        """Note points at which symbols that are compared with each other are equal."""
        together = _compared(expressions)
        found: list[int] = []
        for group in [together, together[:2], together[-2:]][: max(len(together) - 1, 0)]:
            candidate = _Point(self, len(self.points))
            value = Fraction(3) if len(group) < len(together) else Fraction(2, 3)
            if all(candidate.put(x, value) for x in group) and self._fits(candidate):
                found.append(1000 + len(self.points))
                self.points[found[-1]] = candidate
        return found

    def _fits(self, point: _Point) -> bool:
        try:
            return all(truth_at(c, point) for c in self.known)
        except Indeterminate:
            return False

    def values(self, node: Node, k: int) -> list[Any] | None:
        """Return the balls of the entries of a side at the k-th point, or None."""
        key = (node, k)
        if key not in self.balls:
            self.balls[key] = self._values(node, k)
        return self.balls[key]

    def _values(self, node: Node, k: int) -> list[Any] | None:
        point = self.point(k)
        if point is None:
            return None
        try:
            side = self.side(node)
            out = [evaluate(c, point) for c in side.cells]
            for condition in side.conditions:
                if not truth_at(condition, point):
                    return None
        except (Indeterminate, ValueError, OverflowError):
            return None
        return out if all(v.is_finite() for v in out) else None

    def no_meaning(self, node: Node, k: int) -> str:
        """Return a condition that a side needs for having a value and that fails at a point.

        Empty where every condition holds, or that is not certain; and where only a denominator
        vanishes, since that may be the one point of a set of measure zero: such a condition
        is reported, not used to refute.
        """
        point = self.point(k)
        if point is None:
            return ""
        for condition, why in self.side(node).conditions.items():
            if why is KINK or (why is not CASES and _removable(condition)):
                continue
            try:
                if not truth_at(condition, point):
                    return str(condition)
            except (Indeterminate, ValueError, OverflowError):
                continue
        return ""

    def implied(self, condition: Any) -> bool:
        """Whether a condition follows from the declared domains and the hypotheses."""
        if condition not in self._implied:
            self._implied[condition] = self._follows(condition)
        return self._implied[condition]

    def _follows(self, condition: Any) -> bool:
        for known in (*self.known, *self.interpreter.given):
            if isinstance(condition, sp.core.relational.Relational) and weaker(
                known, condition
            ):
                return True
            if isinstance(condition, sp.Ne) and isinstance(known, sp.Ne):
                ratio = sp.cancel((condition.lhs - condition.rhs) / (known.lhs - known.rhs))
                top = [f.as_base_exp()[0] for f in sp.Mul.make_args(sp.fraction(ratio)[0])]
                others = [k for k in (*self.known, *self.interpreter.given) if k is not known]
                if all(
                    f.is_nonzero or any(weaker(k, sp.Ne(f, 0, evaluate=False)) for k in others)
                    for f in top
                ):
                    return True
        if isinstance(condition, (sp.And, sp.Or)):
            pick = all if isinstance(condition, sp.And) else any
            if pick(self.implied(c) for c in condition.args):
                return True
        if isinstance(condition, sp.Ne) and isinstance(condition.lhs, sp.Mul):
            return all(
                f.is_number or self.implied(sp.Ne(f, 0, evaluate=False))
                for f in condition.lhs.args
            )
        return implied(condition, self.domains, self.interpreter.ranges)


def _fraction(number: Any) -> Any:
    """Return a rational number of SymPy's as Python's, another number as it is."""
    return Fraction(int(number.p), int(number.q)) if number.is_Rational else number


def _compared(expressions: list[Any]) -> list[Any]:
    """Return the symbols that an equation, or the extremum in one, compares directly."""
    return sorted({x for e in expressions for x in _turns(e)[1]}, key=str)


def _kinks(expressions: list[Any]) -> list[tuple[Any, Fraction]]:
    """Return where a symbol alone makes a condition or a kink of the expressions turn."""
    return sorted({place for e in expressions for place in _turns(e)[0]}, key=str)


@lru_cache(maxsize=1 << 14)
def _turns(e: Any) -> tuple[frozenset[tuple[Any, Fraction]], frozenset[Any]]:
    """Return the kinks of one expression, and the symbols that it compares directly."""
    gaps: list[Any] = []
    together: set[Any] = set()
    for part in subexpressions(e):
        if isinstance(part, sp.core.relational.Relational):
            gaps.append(part.lhs - part.rhs)
            if isinstance(part, (sp.Eq, sp.Ne)):
                terms = [t for a in part.args for t in (a.args if a.func in EXTREMA else (a,))]
                if all(t.is_Symbol for t in terms):
                    together.update(terms)
        elif isinstance(part, (sp.Abs, sp.sign, sp.Heaviside)):
            gaps.append(part.args[0])
        elif part.func in EXTREMA:
            gaps += [a - b for a, b in itertools.combinations(part.args, 2)]
    places = (_root(gap) for gap in gaps)
    return frozenset(place for place in places if place), frozenset(together)


def _root(gap: Any) -> tuple[Any, Fraction] | None:
    """Return the symbol of a gap and its rational root, where the gap is linear in it alone."""
    names = gap.free_symbols
    if len(names) != 1 or not isinstance(gap, sp.Expr):
        return None
    (x,) = names
    slope = gap.diff(x)
    root = sp.expand(x - gap / slope) if slope.is_Rational and slope != 0 else x
    return (x, Fraction(int(root.p), int(root.q))) if root.is_Rational else None


def _removable(condition: Any) -> bool:
    """Whether a condition leaves out nothing but zeros of an expression."""
    if isinstance(condition, sp.Or):
        return any(_removable(c) for c in condition.args)
    return isinstance(condition, sp.Ne)
