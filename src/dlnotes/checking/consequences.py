r"""What follows from a proved statement at once: a weaker bound, or the same for other names.

Mutants of a proved inequality are often true. ``a \le b`` gives ``a \le c`` for every ``c``
that is at least ``b``, and what holds for every positive ``x`` holds for the positive ``y``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlnotes.checking.semantics.instances import used_entries
from dlnotes.checking.steps import Step
from dlnotes.checking.tex.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["follows"]

_WEAK = {"<": r"\le", ">": r"\ge", r"\le": r"\le", r"\ge": r"\ge"}
_FREE = {"real", "positive", "nonnegative", "negative", "nonzero"}


def follows(
    step: Step,
    proved: Iterable[Step],
    vocabulary: Vocabulary,
    shown: Callable[[Step], bool],
) -> bool:
    r"""Whether a relation follows from one of those that are proved.

    Parameters
    ----------
    step : Step
        The relation in question.
    proved : iterable of Step
        Relations that hold.
    vocabulary : Vocabulary
        The names.
    shown : callable
        Decides whether a relation between the old and the new side holds.

    Returns
    -------
    bool
        False means only that it was not shown.

    Examples
    --------
    >>> from dlnotes.checking.derivations import check_step
    >>> from dlnotes.checking.steps import steps_of
    >>> from dlnotes.checking.tex.reader import read
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> names = Vocabulary.parse("f : smooth function\nx : positive\ny : positive")
    >>> (known,) = steps_of(read(r"f(x) \le x", names))
    >>> (more,) = steps_of(read(r"f(x) \le 2 x", names))
    >>> (other,) = steps_of(read(r"f(y) \le y", names))
    >>> shown = lambda s: check_step(s, names, "").passed
    >>> follows(more, [known], names, shown), follows(other, [known], names, shown)
    (True, True)
    """
    for known in proved:
        if known.op != step.op or known.hypotheses != step.hypotheses:
            continue
        if _is_instance(step, known, vocabulary):
            return True
        if known.op not in _WEAK:
            continue
        op = _WEAK[known.op]
        pairs = []
        if known.left == step.left:
            pairs.append((known.right, step.right))
        if known.right == step.right:
            pairs.append((step.left, known.left))
        for pair in pairs:
            less, more = _unlike(*pair, vocabulary)
            if shown(Step(less, op, more, step.hypotheses)):
                return True
    return False


def _unlike(a: Node, b: Node, vocabulary: Vocabulary) -> tuple[Node, Node]:
    """Leave out what both sides have in common and grow with.

    That is the other members of sums and of maxima and minima, and factors that are never
    negative: norms, and numbers declared so.
    """
    while a != b:
        pair = _members(a, b) or _factors(a, b, vocabulary)
        if pair is None:
            break
        a, b = pair
    return a, b


def _members(a: Node, b: Node) -> tuple[Node, Node] | None:
    grows = a.kind == "add" or (a.kind == "call" and a.value in ("max", "min"))
    if not grows or (a.kind, a.value, len(a.args)) != (b.kind, b.value, len(b.args)):
        return None
    differ = [(x, y) for x, y in zip(a.args, b.args, strict=True) if x != y]
    return differ[0] if len(differ) == 1 else None


def _factors(a: Node, b: Node, vocabulary: Vocabulary) -> tuple[Node, Node] | None:
    ours, theirs = (list(n.args) if n.kind == "mul" else [n] for n in (a, b))
    common = [f for f in ours if f in theirs and _never_negative(f, vocabulary)]
    for f in common:
        ours.remove(f)
        theirs.remove(f)
    if not common or len(ours) > 1 or len(theirs) > 1:
        return None
    one = Node("num", value="1")
    return (ours or [one])[0], (theirs or [one])[0]


def _never_negative(node: Node, vocabulary: Vocabulary) -> bool:
    if node.kind == "name":
        entry = vocabulary.entries[node.value]
        return entry.role == "scalar" and entry.kind in ("positive", "nonnegative")
    return node.kind in ("norm", "abs")


def _is_instance(step: Step, known: Step, vocabulary: Vocabulary) -> bool:
    """Whether `step` is `known` with one free number in the place of another of its kind."""
    names = {
        n.value
        for side in (known.left, known.right)
        for n in side.walk()
        if n.kind == "name" and not n.args
    }
    for a in sorted(names):
        for b in sorted(vocabulary.entries.keys() - {a}):
            if not _alike(a, b, vocabulary) or _used_elsewhere(a, known, vocabulary):
                continue
            if (_put(known.left, a, b), _put(known.right, a, b)) == (step.left, step.right):
                return True
    return False


def _alike(a: str, b: str, vocabulary: Vocabulary) -> bool:
    x, y = vocabulary.entries[a], vocabulary.entries[b]
    plain = x.role == "scalar" and x.kind in _FREE and not x.slots and not y.slots
    return plain and (x.role, x.kind, x.conditions) == (y.role, y.kind, y.conditions)


def _used_elsewhere(a: str, known: Step, vocabulary: Vocabulary) -> bool:
    """Whether a name stands in a hypothesis, an assumption or a definition that is used."""
    nodes = [*known.hypotheses, *vocabulary.assumed()]
    for entry in used_entries([known.left, known.right], vocabulary).values():
        if entry.body is not None:
            if entry.body.startswith("sympy:"):
                return True
            nodes.append(vocabulary.body(entry, vocabulary.roles(entry)))
    return any(n.kind == "name" and n.value == a for node in nodes for n in node.walk())


def _put(node: Node, a: str, b: str) -> Node:
    """Return the node with the name `b` in the place of `a`."""
    if node.kind == "name" and node.value == a and not node.args:
        return replace(node, value=b)
    return replace(node, args=tuple(_put(x, a, b) for x in node.args))
