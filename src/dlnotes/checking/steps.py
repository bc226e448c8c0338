"""The steps of a formula, the contexts they are checked in, and the report on them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING

import sympy as sp

from dlnotes.checking.contexts import Context
from dlnotes.checking.semantics.instances import (
    discrete_names,
    index_choices,
    size_choices,
    used_entries,
)
from dlnotes.checking.semantics.values import NotGeneral
from dlnotes.checking.verdicts import (
    Kind,
    Verdict,
    unproved,
)

if TYPE_CHECKING:
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["Report", "Step", "choices_of", "context_of", "steps_of"]

_FLIP = {"<": ">", ">": "<", r"\le": r"\ge", r"\ge": r"\le"}


@dataclass(frozen=True)
class Step:
    """One relation of a display, with the hypotheses it stands under."""

    left: Node
    op: str
    right: Node
    hypotheses: tuple[Node, ...] = ()

    def text(self, tex: str) -> str:
        """Return the TeX of the step."""
        return f"{self.left.source(tex)} {self.op} {self.right.source(tex)}".replace("&", "")


@dataclass
class Report:
    """The verdicts on the steps of a display, and what follows for the whole."""

    steps: list[tuple[Step, Verdict]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """The weakest of the steps' verdicts."""
        if not self.steps:
            return unproved("nothing to check")
        for kind in (Kind.REFUTED, Kind.UNPROVED):
            for _, v in self.steps:
                if v.kind is kind:
                    return v
        worst = min((v for _, v in self.steps), key=lambda v: v.tier)
        engines = tuple(sorted({e for _, v in self.steps for e in v.engines}))
        conditions = tuple(dict.fromkeys(c for _, v in self.steps for c in v.side_conditions))
        return replace(
            worst,
            engines=engines,
            side_conditions=conditions,
            seconds=self.seconds,
            detail="; ".join(dict.fromkeys(v.detail for _, v in self.steps if v.detail)),
        )


def steps_of(node: Node, hypotheses: tuple[Node, ...] = ()) -> list[Step]:
    r"""Return the relations of a formula, each with what it may assume.

    Parameters
    ----------
    node : Node
        A chain of relations, a conjunction, an implication, an equivalence or a quantifier.
    hypotheses : tuple of Node, optional
        Relations that hold for all of it.

    Returns
    -------
    list of Step
        In the order of the display.

    Raises
    ------
    ValueError
        If the node says nothing, as ``x + 1`` does not.

    Examples
    --------
    >>> from dlnotes.checking.tex.reader import read
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> names = Vocabulary.parse("x : real")
    >>> [step.op for step in steps_of(read(r"0 \le x^2 = x x", names))]
    ['\\le', '=']
    """
    if node.kind == "chain":
        return [
            Step(a, op, b, hypotheses)
            for a, op, b in zip(node.args, node.value, node.args[1:], strict=False)
        ]
    if node.kind == "and":
        return [s for a in node.args for s in steps_of(a, hypotheses)]
    if node.kind == "forall":
        domain, body = node.args
        more = (domain,) if domain.kind != "none" else ()
        return steps_of(body, (*hypotheses, *more))
    if node.kind == "implies":
        return steps_of(node.args[1], (*hypotheses, node.args[0]))
    if node.kind == "iff":
        a, b = node.args
        return steps_of(b, (*hypotheses, a)) + steps_of(a, (*hypotheses, b))
    msg = f"{node.kind} is not a statement"
    raise ValueError(msg)


def context_of(
    vocabulary: Vocabulary, sizes: dict[str, int] | None, hypotheses: tuple[Node, ...]
) -> Context:
    """Return the context for a choice of sizes, made once for a vocabulary.

    Parameters
    ----------
    vocabulary : Vocabulary
        The names; it keeps the contexts.
    sizes : dict or None
        Values of the sizes and free indices; None stands for all of them at once.
    hypotheses : tuple of Node
        Relations that hold.

    Returns
    -------
    Context
        With the values of sides, the sample points and what is implied.
    """
    key = ("context", None if sizes is None else tuple(sorted(sizes.items())), hypotheses)
    if key not in vocabulary.memo:
        vocabulary.memo[key] = Context(vocabulary, sizes, hypotheses)
    context = vocabulary.memo[key]
    assert isinstance(context, Context)
    return context


def _assignments(
    indices: list[str], sizes: dict[str, int], vocabulary: Vocabulary, limit: int
) -> tuple[list[dict[str, int]], bool]:
    """Return values of the free indices, and whether their ranges are finite.

    The range of an index may end in another index: that one is given its values first.
    """
    probe = context_of(vocabulary, sizes, ()).interpreter
    ends, later, complete = {}, [], True
    for k in indices:
        low, high = (probe.number(t) for _, t in vocabulary.entries[k].conditions)
        if high == sp.oo and low.is_Integer:
            complete, high = False, low + 3
        if low.is_Integer and high.is_Integer:
            ends[k] = (int(low), int(high))
        else:
            later.append(k)
    found = index_choices(list(ends), list(ends.values()), limit)
    complete = complete and len(found) == prod(b - a + 1 for a, b in ends.values())
    if not later:
        return found, complete
    if not ends:
        msg = f"the range of {later[0]} does not end in numbers"
        raise NotGeneral(msg)
    out: list[dict[str, int]] = []
    for chosen in found:
        more, whole = _assignments(later, sizes | chosen, vocabulary, limit)
        complete = complete and whole
        out += [chosen | m for m in more]
    return out[:: max(1, -(-len(out) // limit))], complete and len(out) <= limit


def choices_of(
    step: Step, vocabulary: Vocabulary, *, proving: bool
) -> tuple[list[dict[str, int]], bool, bool]:
    """Return sizes and indices to try, whether any are free, and whether these are all.

    Parameters
    ----------
    step : Step
        The relation.
    vocabulary : Vocabulary
        The names.
    proving : bool
        All small sizes, for a proof by instances; else a few telling ones, to refute.

    Returns
    -------
    choices : list of dict
        Name of a size or an index to its value; ``[{}]`` where there are none.
    free : bool
        Whether the relation depends on a size, an index or an unspecified random variable.
    complete : bool
        Whether the choices are all there are.
    """
    key = ("choices", step, proving)
    if key in vocabulary.memo:
        return vocabulary.memo[key]  # type: ignore[return-value]
    nodes = [step.left, step.right, *step.hypotheses, *vocabulary.assumed()]
    names = discrete_names(nodes, vocabulary)
    indices = [k for k in names if vocabulary.entries[k].kind == "index"]
    anyone = any(
        e.kind == "random" and e.meaning.endswith("random")
        for e in used_entries(nodes, vocabulary).values()
    )
    complete = len(indices) == len(names) and not anyone  # instances take three values only
    out: list[dict[str, int]] = []
    for sizes in size_choices(names, vocabulary, proving=proving):
        found, whole = _assignments(indices, sizes, vocabulary, 40 if proving else 9)
        complete = complete and whole
        out += [sizes | i for i in found]
    free = bool(names) or anyone
    vocabulary.memo[key] = (out, free, complete)
    return out, free, complete
