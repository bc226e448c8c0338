r"""Matrix identities for every size: both sides as sums of words whose letters do not commute.

A product of matrices is a *word*; the distributive law makes every side a sum of words with
numbers before them. Two sides are equal for all sizes when these sums are the same. What is
used beside the ring laws is little: :math:`(AB)^\top = B^\top A^\top`, that a symmetric matrix
is its own transpose, that diagonal matrices commute, that a declared inverse (or the transpose
of an orthogonal matrix) cancels its matrix, that a number is its own transpose, and that the
factors under a trace may be turned round. The method knows no more than that: what it does not
show may still be true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines import symbolic
from dlnotes.checking.engines.letters import (
    INVERTIBLE,
    OWN_TRANSPOSE,
    Form,
    Letter,
    collect,
    is_positive_definite,
    opaque_inverse,
    shorten,
    spell,
)
from dlnotes.checking.hypotheses import Side
from dlnotes.checking.semantics.values import NotGeneral, Undefined
from dlnotes.checking.side_conditions import domains_differ

if TYPE_CHECKING:
    from dlnotes.checking.contexts import Context
    from dlnotes.checking.entries import Entry
    from dlnotes.checking.tex.nodes import Node

__all__ = ["same_words"]

_ONE = sp.Integer(1)


class _Words:
    """Reads a side; one instance for both, which share the names of inverses."""

    def __init__(self, context: Context) -> None:
        self.interpreter = context.interpreter
        self.vocabulary = context.vocabulary
        self.inverses: set[str] = set()
        self.depth = 0

    def value(self, node: Node) -> Any:
        """Return a form, or the SymPy expression of a number."""
        method = getattr(self, "_" + node.kind, None)
        if method is not None:
            return method(node)
        return self._number(node)

    def _number(self, node: Node) -> Any:
        value = self.interpreter.value(node, {})
        if not isinstance(value, sp.Expr):
            msg = f"{node.kind} of arrays"
            raise NotGeneral(msg)
        return value

    # -- names ---------------------------------------------------------------------------
    def _name(self, node: Node) -> Any:
        entry = self.vocabulary.entries[node.value]
        if entry.role != "array":
            return self._number(node)
        indices = [self._number(a) for a in node.args]
        if entry.kind == "defined":
            if indices or entry.params or entry.component or entry.signal:
                msg = "a family of arrays"
                raise NotGeneral(msg)
            return self._definition(entry)
        env = {name: k for (name, _, _), k in zip(entry.slots, indices, strict=True)}
        shape = [self._size(s, env) for s in entry.shape]
        rows, cols = (*shape, _ONE)[:2]
        if entry.kind == "identity":
            return Form((rows, cols), {(): _ONE})
        if entry.kind == "zeros":
            return Form((rows, cols), {})
        if entry.kind not in ("matrix", "vector", "ones") or entry.signal:
            msg = f"{entry.kind} as a letter"
            raise NotGeneral(msg)
        traits = set(entry.adjectives)
        if rows != cols:
            traits -= INVERTIBLE | OWN_TRANSPOSE | {"orthogonal"}
        key = entry.key + "".join(f"[{k}]" for k in indices)
        letter = Letter(key, traits=frozenset(traits))
        return self._maybe_number(Form((rows, cols), {(letter,): _ONE}))

    def _size(self, text: str, env: dict[str, Any]) -> Any:
        """Return a size; a member of a family of sizes is a size of its own."""
        try:
            return self.interpreter.number(text, env)
        except NotGeneral:
            node = self.vocabulary.small(text, dict.fromkeys(env, "scalar"))
            if node.kind != "name" or any(a.kind != "num" for a in node.args):
                raise
            places = ",".join(str(a.value) for a in node.args)
            return sp.Symbol(f"<{node.value}[{places}]>", integer=True, positive=True)

    def _definition(self, entry: Entry) -> Any:
        assert entry.body is not None
        if entry.body.startswith("sympy:") or self.depth > 20:
            msg = "a definition out of reach"
            raise NotGeneral(msg)
        self.depth += 1
        try:
            return self.value(self.vocabulary.body(entry, self.vocabulary.roles(entry)))
        finally:
            self.depth -= 1

    # -- arithmetic ----------------------------------------------------------------------
    def _neg(self, node: Node) -> Any:
        inner = self.value(node.args[0])
        return inner.map(lambda c: -c) if isinstance(inner, Form) else -inner

    def _add(self, node: Node) -> Any:
        values = [self.value(a) for a in node.args]
        if not any(isinstance(v, Form) for v in values):
            return sp.Add(*values)
        if len({v.shape if isinstance(v, Form) else () for v in values}) > 1:
            msg = "a sum of different shapes"
            raise NotGeneral(msg)
        pairs = [pair for v in values for pair in v.terms.items()]
        return Form(values[0].shape, collect(pairs))

    def _mul(self, node: Node) -> Any:
        values = [self.value(a) for a in node.args]
        total = values[0]
        for kind, v in zip(node.value, values[1:], strict=True):
            total = self._product(total, v, dot=kind == "dot")
        return total

    def _product(self, a: Any, b: Any, *, dot: bool = False) -> Any:
        if not isinstance(a, Form) or not isinstance(b, Form):
            if isinstance(a, Form):
                return a.map(lambda c: c * b)
            return b.map(lambda c: a * c) if isinstance(b, Form) else a * b
        if dot and a.shape == b.shape and a.shape[1] == 1:
            a = a.transpose()
        if a.shape[1] != b.shape[0]:
            msg = f"a product of {a.shape} and {b.shape}"
            raise NotGeneral(msg)
        shape = (a.shape[0], b.shape[1])
        if self._inverse_of(a, b) or self._inverse_of(b, a):
            return Form(shape, {(): _ONE})
        pairs = (((*v, *w), c * d) for v, c in a.terms.items() for w, d in b.terms.items())
        return self._maybe_number(Form(shape, collect(pairs)))

    @staticmethod
    def _inverse_of(a: Form, b: Form) -> bool:
        """Whether `a` is the inverse of the sum `b`, kept as one letter."""
        if len(a.terms) != 1:
            return False
        ((word, c),) = a.terms.items()
        inner = word[0].inner if len(word) == 1 else None
        return c == 1 and inner is not None and inner.name() == b.name()

    def _maybe_number(self, form: Form) -> Any:
        """Return the number in a form with one row and one column; it is its own transpose."""
        if form.shape != (1, 1):
            return form
        total = sp.Integer(0)
        for word, c in form.terms.items():
            back = shorten(tuple(x.transpose() for x in reversed(word)))
            total += c * self._symbol(min(spell(word), spell(back)), bool(word))
        return total

    @staticmethod
    def _symbol(text: str, some: bool) -> Any:
        return sp.Symbol(f"<{text}>", real=True) if some else _ONE

    def _div(self, node: Node) -> Any:
        above, below = (self.value(a) for a in node.args)
        if isinstance(below, Form):
            msg = "division by an array"
            raise NotGeneral(msg)
        if below == 0:
            msg = "division by zero"
            raise Undefined(msg)
        if not below.is_number:
            self.interpreter.require(sp.Ne(below, 0, evaluate=False), below)
        return above.map(lambda c: c / below) if isinstance(above, Form) else above / below

    def _pow(self, node: Node) -> Any:
        base = self.value(node.args[0])
        if not isinstance(base, Form):
            exponent = self._number(node.args[1])
            return self.interpreter.number_power(base, exponent)
        exponent = self._number(node.args[1])
        if node.value == "elementwise" or base.shape[0] != base.shape[1]:
            msg = "this power of an array"
            raise NotGeneral(msg)
        if not exponent.is_Integer or abs(exponent) > 8:
            msg = "a symbolic power of a matrix"
            raise NotGeneral(msg)
        if exponent < 0:
            base = self._inverse(base)
        out = Form(base.shape, {(): _ONE})
        for _ in range(abs(int(exponent))):
            out = self._product(out, base)
        return out

    def _inverse(self, form: Form) -> Form:
        if len(form.terms) == 1:
            ((word, c),) = form.terms.items()
            if all(x.inner is None for x in word) and not c.is_zero:
                if not c.is_number:
                    self.interpreter.require(sp.Ne(c, 0, evaluate=False), c)
                try:
                    back = tuple(x.inverse() for x in reversed(word))
                except NotGeneral:
                    pass
                else:
                    return Form(form.shape, {shorten(back): 1 / c})
        if not is_positive_definite(form):
            self.inverses.add(min(form.name(), form.transpose().name()))
        return Form(form.shape, {(opaque_inverse(form),): _ONE})

    def _transpose(self, node: Node) -> Any:
        inner = self.value(node.args[0])
        return inner.transpose() if isinstance(inner, Form) else inner

    # -- numbers made of arrays ----------------------------------------------------------
    def _inner(self, node: Node) -> Any:
        a, b = (self.value(x) for x in node.args)
        if isinstance(a, Form) and isinstance(b, Form) and a.shape == b.shape:
            return self._product(a.transpose(), b)
        msg = "an inner product of numbers"
        raise NotGeneral(msg)

    def _norm(self, node: Node) -> Any:
        a = self.value(node.args[0])
        if not isinstance(a, Form):
            return sp.Abs(a)
        if a.shape[1] == 1 and node.value in ("", "2", None):
            return sp.sqrt(self._product(a.transpose(), a))
        if node.value == "F":
            return sp.sqrt(self._trace(self._product(a.transpose(), a)))
        msg = "this norm"
        raise NotGeneral(msg)

    def _call(self, node: Node) -> Any:
        if node.value != "tr":
            if any(isinstance(self.value(a), Form) for a in node.args):
                msg = f"{node.value} of an array"
                raise NotGeneral(msg)
            return self._number(node)
        return self._trace(self.value(node.args[0]))

    def _trace(self, a: Any) -> Any:
        if not isinstance(a, Form):
            return a
        if a.shape[0] != a.shape[1]:
            msg = "the trace of a matrix that is not square"
            raise Undefined(msg)
        total = sp.Integer(0)
        for word, c in a.terms.items():
            if not word:
                total += c * a.shape[0]
                continue
            back = tuple(x.transpose() for x in reversed(word))
            turns = [shorten((*w[k:], *w[:k])) for w in (word, back) for k in range(len(word))]
            least = min(turns, key=lambda w: (len(w), spell(w)))
            total += c * (self._symbol("tr " + spell(least), True) if least else a.shape[0])
        return total


def same_words(context: Context, left: Node, right: Node) -> bool:
    r"""Whether two sides are equal for every size as sums of words.

    Parameters
    ----------
    context : Context
        One in general, without sizes.
    left, right : Node
        The two sides.

    Returns
    -------
    bool
        False means only that it was not shown.

    Examples
    --------
    >>> from dlnotes.checking.contexts import Context
    >>> from dlnotes.checking.tex.reader import read
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> names = Vocabulary.parse("n : integer >= 1\nA : matrix n x n\nB : matrix n x n")
    >>> chain = read(r"(A B)^\top = B^\top A^\top", names)
    >>> same_words(Context(names, None), *chain.args)
    True
    >>> chain = read(r"A B = B A", names)
    >>> same_words(Context(names, None), *chain.args)
    False
    """
    words = _Words(context)
    sides, needed = [], []
    for node in (left, right):
        words.interpreter.thaw()
        words.inverses = set()
        with words.interpreter.noting() as noted:
            value = words.value(node)
        conditions = {context.free(c): w for c, w in noted.items()}
        conditions.pop(sp.true, None)
        sides.append(Side(value, [], (), conditions))
        needed.append(words.inverses)
    a, b = (side.value for side in sides)
    if needed[0] != needed[1] or domains_differ(context, *sides)[0]:
        return False
    if isinstance(a, Form) != isinstance(b, Form):
        return False
    if not isinstance(a, Form):
        return symbolic.is_zero(context.free(a - b), context.interpreter.ranges, quick=True)
    if a.shape != b.shape:
        return False
    return all(
        symbolic.is_zero(
            context.free(a.terms.get(w, sp.Integer(0)) - b.terms.get(w, sp.Integer(0))),
            context.interpreter.ranges,
            quick=True,
        )
        for w in a.terms.keys() | b.terms.keys()
    )
