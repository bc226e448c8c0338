r"""Checking what a display says: chains of relations, conjunctions, implications.

Every step is first attacked at rational points in ball arithmetic, for several choices of the
sizes; only what survives is proved. For symbolic sizes a proof for every size is tried before
small sizes are gone through (which is *sampled*, and says so).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import arb

from dlnotes.checking.contexts import Context, Side
from dlnotes.checking.engines import points, sampling, symbolic
from dlnotes.checking.engines.inequalities import is_signed
from dlnotes.checking.semantics.instances import discrete_names, index_choices, size_choices
from dlnotes.checking.semantics.values import NotGeneral, Undefined
from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.verdicts import (
    Counterexample,
    Kind,
    Tier,
    Verdict,
    proved,
    refuted,
    unproved,
)

if TYPE_CHECKING:
    from dlnotes.checking.statements import Relation, Statement
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["Report", "Step", "check", "check_formula", "relations_of", "steps_of"]

_POINTS = 12
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
    """Return the relations of a formula, each with what it may assume."""
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


def _context(
    vocabulary: Vocabulary, sizes: dict[str, int] | None, hypotheses: tuple[Node, ...]
) -> Context:
    key = ("context", None if sizes is None else tuple(sorted(sizes.items())), hypotheses)
    if key not in vocabulary.memo:
        vocabulary.memo[key] = Context(vocabulary, sizes, hypotheses)
    context = vocabulary.memo[key]
    assert isinstance(context, Context)
    return context


def _choices(
    step: Step, vocabulary: Vocabulary, *, proving: bool
) -> tuple[list[dict[str, int]], bool, bool]:
    """Return sizes and indices to try, whether any are free, and whether these are all."""
    key = ("choices", step, proving)
    if key in vocabulary.memo:
        return vocabulary.memo[key]  # type: ignore[return-value]
    nodes = [step.left, step.right, *step.hypotheses, *vocabulary.assumed()]
    names = discrete_names(nodes, vocabulary)
    indices = [k for k in names if vocabulary.entries[k].kind == "index"]
    complete = len(indices) == len(names)
    out: list[dict[str, int]] = []
    for sizes in size_choices(names, vocabulary, proving=proving):
        probe = _context(vocabulary, sizes, ()).interpreter
        ends = []
        for k in indices:
            low, high = (probe.number(t) for _, t in vocabulary.entries[k].conditions)
            if high == sp.oo:
                complete, high = False, low + 3
            ends.append((int(low), int(high)))
        limit = 40 if proving else 9
        found = index_choices(indices, ends, limit)
        out += [sizes | i for i in found]
    vocabulary.memo[key] = (out, bool(names), complete)
    return out, bool(names), complete


# -- refutation ------------------------------------------------------------------------------
def _fails(a: Any, op: str, b: Any) -> bool:
    """Whether ``a op b`` is certainly false for balls."""
    if op == "=":
        return not a.overlaps(b)
    if not isinstance(a, arb) or not isinstance(b, arb):
        return False
    gap = a - b
    return bool(
        {
            r"\le": gap > 0,
            r"\ge": gap < 0,
            "<": gap >= 0,
            ">": gap <= 0,
            r"\ne": gap == 0,
        }[op]
    )


def _show(v: Any) -> str:
    if isinstance(v, arb):
        return str(v.str(10, radius=False)) if v.is_finite() else str(v)
    return str(v)


def _counterexample(
    context: Context, step: Step, tex: str, k: int, left: Any, right: Any, where: str
) -> Counterexample:
    point = context.point(k)
    assert point is not None
    sides = (context.side(step.left), context.side(step.right))
    symbols = {s for side in sides for c in side.cells for s in c.free_symbols}
    symbols |= {s for c in context.known for s in c.free_symbols}
    names = context.interpreter.table.names
    shown: dict[str, str] = {}
    for key, size in (context.sizes or {}).items():
        shown[key] = str(size)
    inverse = dict(context.interpreter.table.substitutions.items())
    used: set[Any] = set()
    for s, v in inverse.items():
        if s.is_Symbol and v.free_symbols & symbols:
            try:
                shown[names.get(s, str(s))] = _show(points.evaluate(context.free(v), point))
                used |= v.free_symbols
            except points.Indeterminate:
                continue
    for s in sorted(symbols - used, key=str):
        if s in point.exact:
            shown[names.get(s, str(s))] = str(point.exact[s])
    note = points.generic_note([c for side in sides for c in side.cells])
    note = "; ".join(x for x in (note, where) if x)
    return Counterexample(shown, left, right, step.op, step.text(tex), note)


def _entry(shape: tuple[Any, ...], n: int) -> str:
    if not shape:
        return ""
    row, col = divmod(n, int(shape[1]))
    return f"entry ({row + 1}, {col + 1})" if int(shape[1]) > 1 else f"entry {row + 1}"


def _undefined(context: Context, step: Step, tex: str, left: Side, right: Side) -> Verdict:
    shown = {k: str(v) for k, v in (context.sizes or {}).items()}
    a = left.undefined or "defined"
    b = right.undefined or "defined"
    c = Counterexample(shown, a, b, step.op, step.text(tex), "a side has no meaning")
    return refuted(c, Tier.SYMBOLIC, "a side has no meaning")


def _refute(step: Step, vocabulary: Vocabulary, tex: str) -> tuple[Verdict | None, bool]:
    """Look for a point where the step fails; also say whether any point could be tried."""
    tried = False
    choices, _, _ = _choices(step, vocabulary, proving=False)
    with points.precision():
        for sizes in choices:
            context = _context(vocabulary, sizes, step.hypotheses)
            if context.impossible:
                tried = True
                continue
            left, right = context.side(step.left), context.side(step.right)
            if left.undefined or right.undefined:
                return _undefined(context, step, tex, left, right), True
            if left.shape != right.shape:
                show = [" x ".join(map(str, s.shape)) or "a number" for s in (left, right)]
                c = Counterexample(
                    {k: str(v) for k, v in sizes.items()},
                    show[0],
                    show[1],
                    step.op,
                    step.text(tex),
                    "the shapes differ",
                )
                return refuted(c, Tier.SYMBOLIC, "the shapes differ"), True
            for k in range(_POINTS):
                a, b = context.values(step.left, k), context.values(step.right, k)
                if a is None or b is None:
                    continue
                tried = True
                for n, (x, y) in enumerate(zip(a, b, strict=True)):
                    if _fails(x, step.op, y):
                        c = _counterexample(
                            context, step, tex, k, _show(x), _show(y), _entry(left.shape, n)
                        )
                        return refuted(c, Tier.CERTIFIED, engines=(points.ENGINE,)), True
                if not any(c.free_symbols for s in (left, right) for c in s.cells):
                    break
    return None, tried


def _refute_closed(
    step: Step, vocabulary: Vocabulary, tex: str, choices: list[dict[str, int]]
) -> Verdict | None:
    """Evaluate limits, integrals and infinite sums in closed form, then compare balls."""
    for sizes in choices:
        context = _context(vocabulary, sizes, step.hypotheses)
        left, right = context.side(step.left), context.side(step.right)
        for n, pair in enumerate(zip(left.cells, right.cells, strict=True)):
            try:
                with symbolic.time_limit(2.5):
                    x, y = (symbolic.close_operators(c, context.implied) for c in pair)
            except (symbolic.Budget, NotImplementedError, ValueError, TypeError):
                continue
            infinite = [c for c in (x, y) if c in (sp.oo, -sp.oo)]
            if len(infinite) == 1 and step.op == "=":
                c = Counterexample(
                    {k: str(v) for k, v in sizes.items()},
                    str(x),
                    str(y),
                    step.op,
                    step.text(tex),
                    "one side is infinite",
                )
                return refuted(c, Tier.SYMBOLIC, engines=(symbolic.ENGINE,))
            for k in range(3):
                point = context.point(k)
                if point is None:
                    continue
                try:
                    with points.precision():
                        a, b = points.evaluate(x, point), points.evaluate(y, point)
                        if a.is_finite() and b.is_finite() and _fails(a, step.op, b):
                            c = _counterexample(
                                context, step, tex, k, _show(a), _show(b), _entry(left.shape, n)
                            )
                            return refuted(
                                c, Tier.SYMBOLIC, engines=(symbolic.ENGINE, points.ENGINE)
                            )
                except (points.Indeterminate, ValueError, OverflowError, AttributeError):
                    continue
    return None


def _refute_numerically(
    step: Step, vocabulary: Vocabulary, tex: str
) -> tuple[Verdict | None, bool]:
    """Do the same with mpmath, for integrals, infinite sums and limits."""
    import mpmath as mp

    choices, _, _ = _choices(step, vocabulary, proving=False)
    agreed = 0
    closed = _refute_closed(step, vocabulary, tex, choices[:2])
    if closed is not None:
        return closed, True
    for sizes in choices[:2]:
        context = _context(vocabulary, sizes, step.hypotheses)
        left, right = context.side(step.left), context.side(step.right)
        for k in range(4):
            point = context.point(k)
            if point is None:
                continue
            for n, (x, y) in enumerate(zip(left.cells, right.cells, strict=True)):
                try:
                    env = {
                        s: mp.mpf(point[s].mid().str(40, radius=False))
                        for e in (x, y)
                        for s in e.free_symbols
                    }
                    a = sampling.decimal_value(x, env)
                    b = sampling.decimal_value(y, env)
                except (sampling.NoValue, points.Indeterminate, ArithmeticError):
                    continue
                gap = a - b
                if not isinstance(gap, mp.mpf):
                    continue
                slack = mp.mpf(10) ** (-6 if x.has(sp.Limit) or y.has(sp.Limit) else -9)
                slack = (
                    slack if not (x.has(sp.Limit) or y.has(sp.Limit)) else mp.mpf("0.02")
                ) * (1 + abs(a) + abs(b))
                fails = {
                    "=": abs(gap) > slack,
                    r"\le": gap > slack,
                    "<": gap > slack,
                    r"\ge": gap < -slack,
                    ">": gap < -slack,
                    r"\ne": False,
                }[step.op]
                if fails:
                    c = _counterexample(
                        context,
                        step,
                        tex,
                        k,
                        mp.nstr(a, 10),
                        mp.nstr(b, 10),
                        _entry(left.shape, n),
                    )
                    return refuted(c, Tier.SAMPLED, engines=(sampling.ENGINE,)), True
                agreed += 1
            if not any(c.free_symbols for s in (left, right) for c in s.cells):
                break
    return None, agreed > 0


# -- proof -----------------------------------------------------------------------------------
def _prove_in(context: Context, step: Step) -> tuple[bool, str, tuple[str, ...]]:
    """Try to prove the step in one context: success, why not, side conditions reported."""
    left, right = context.side(step.left), context.side(step.right)
    if context.impossible:
        return True, "", ()
    if left.undefined or right.undefined:
        return False, left.undefined or right.undefined, ()
    if left.shape != right.shape or len(left.cells) != len(right.cells):
        return False, "the shapes differ", ()
    ranges = context.interpreter.ranges
    off = tuple(c.lhs for c in (*left.conditions, *right.conditions) if isinstance(c, sp.Ne))
    for x, y in zip(left.cells, right.cells, strict=True):
        if step.op == "=":
            ok = symbolic.is_zero(
                x - y, ranges, off=off, implied=context.implied, rules=context.rules
            )
        elif step.op == r"\ne":
            ok = context.implied(sp.Ne(x - y, 0, evaluate=False))
        else:
            gap = y - x if step.op in (r"\le", "<") else x - y
            strict = step.op in ("<", ">")
            gap = symbolic.close_operators(gap, context.implied)
            ok = (
                any(_weaker_known(k, gap, strict) for k in context.known)
                or is_signed(gap, context.domains, strict=strict, ranges=ranges)
                or (not strict and symbolic.is_zero(gap, ranges, quick=True))
            )
        if not ok:
            return (
                False,
                "the difference was not shown to vanish"
                if step.op == "="
                else ("the inequality was not shown"),
                (),
            )
    missing, reported = _domains_differ(context, left, right)
    if missing:
        return (
            False,
            (
                f"the sides are defined on different sets: {missing} is not implied by the "
                "declared domains (declare it: 'assume : ...')"
            ),
            (),
        )
    return True, "", reported


def _weaker_known(known: Any, gap: Any, strict: bool) -> bool:
    from dlnotes.checking.contexts import _weaker

    return _weaker(known, (sp.Gt if strict else sp.Ge)(gap, 0, evaluate=False))


def _same_condition(a: Any, b: Any) -> bool:
    if a == b:
        return True
    relational = sp.core.relational.Relational
    if not (isinstance(a, relational) and isinstance(b, relational)):
        return False
    x, y = a.lhs - a.rhs, b.lhs - b.rhs
    stronger = {sp.Gt: (sp.Gt,), sp.Ge: (sp.Gt, sp.Ge), sp.Ne: (sp.Gt, sp.Ne)}
    if not isinstance(b, stronger.get(type(a), (type(a),))) or y == 0:
        return False
    if x.has(sp.Sum) or y.has(sp.Sum):
        return bool(sp.expand(x - y) == 0)
    ratio = sp.cancel(x / y)
    return bool(ratio.is_nonzero if isinstance(a, sp.Ne) else ratio.is_positive)


def _split_conditions(conditions: Any) -> list[Any]:
    out: list[Any] = []
    for c in conditions:
        if isinstance(c, sp.Ne) and isinstance(sp.factor_terms(c.lhs), sp.Mul):
            for f in sp.factor_terms(c.lhs).args:
                base = f.base if isinstance(f, sp.Pow) else f
                if not base.is_number:
                    out.append(sp.Ne(base, 0, evaluate=False))
        elif isinstance(c, sp.Or) and _points_left_out(c) is not None:
            out += _points_left_out(c) or []
        else:
            out.append(c)
    return out


def _points_left_out(c: Any) -> list[Any] | None:
    """Read ``x < a or x > a`` as ``x != a``."""
    if len(c.free_symbols) != 1:
        return None
    (x,) = c.free_symbols
    try:
        hole = sp.Not(c).as_set() if x.is_extended_real else None
    except (NotImplementedError, ValueError, TypeError):
        return None
    if isinstance(hole, sp.FiniteSet):
        return [sp.Ne(x - p, 0, evaluate=False) for p in hole]
    return None


def _domains_differ(context: Context, left: Side, right: Side) -> tuple[str, tuple[str, ...]]:
    """Return a condition of one side only that is not implied, and those that both need."""
    open_left = [c for c in _split_conditions(left.conditions) if not context.implied(c)]
    open_right = [c for c in _split_conditions(right.conditions) if not context.implied(c)]
    for mine, theirs in ((open_left, open_right), (open_right, open_left)):
        for c in mine:
            if not any(_same_condition(c, d) for d in theirs):
                return str(c).replace("Ne(", "nonzero("), ()
    return "", tuple(sorted({str(c) for c in open_left}))


def _prove(step: Step, vocabulary: Vocabulary) -> Verdict:
    choices, sized, complete = _choices(step, vocabulary, proving=True)
    why = ""
    if (sized and not complete) or len(choices) > 12:
        try:
            context = _context(vocabulary, None, step.hypotheses)
            with symbolic.time_limit(4.0):
                ok, why, conditions = _prove_in(context, step)
            if ok:
                return proved(
                    Tier.SYMBOLIC,
                    "for every size",
                    engines=(symbolic.ENGINE,),
                    side_conditions=conditions,
                )
        except (
            NotGeneral,
            Undefined,
            NotImplementedError,
            AttributeError,
            TypeError,
            symbolic.Budget,
        ) as error:
            why = str(error)
    reported: tuple[str, ...] = ()
    start = time.perf_counter()
    done: list[dict[str, int]] = []
    for sizes in choices:
        context = _context(vocabulary, sizes, step.hypotheses)
        enough = not complete and sized and len(done) >= 2
        begin = time.perf_counter()
        try:
            with symbolic.time_limit(2.0 if enough else 8.0):
                ok, reason, conditions = _prove_in(context, step)
        except (NotGeneral, Undefined) as error:
            return unproved(f"not within the reader's reach: {error}")
        except symbolic.Budget:
            if enough:
                break
            return unproved("the time for one claim is used up")
        if not ok:
            if enough and time.perf_counter() - begin > 1.5:
                break
            return unproved(reason or why)
        reported += conditions
        done.append(sizes)
        if time.perf_counter() - start > 3 and len(done) >= 2 and not complete:
            break
    unique = tuple(dict.fromkeys(reported))
    if complete or not sized:
        return proved(Tier.SYMBOLIC, engines=(symbolic.ENGINE,), side_conditions=unique)
    names = sorted({k for s in done for k in s if vocabulary.entries[k].kind == "integer"})
    spans = [f"{k} = {min(s[k] for s in done)}..{max(s[k] for s in done)}" for k in names]
    return proved(
        Tier.SAMPLED,
        f"exactly, for {', '.join(spans) or 'some indices'}",
        engines=(symbolic.ENGINE,),
        side_conditions=unique,
    )


# -- the check of one step ----------------------------------------------------------------
def _check_step(step: Step, vocabulary: Vocabulary, tex: str, *, refute_only: bool) -> Verdict:
    if step.op in (r"\in", r"\notin", r"\subseteq", r"\approx"):
        return _check_other(step, vocabulary, tex, refute_only=refute_only)
    verdict: Verdict | None = None
    tried = False
    try:
        with symbolic.time_limit(5.0):
            verdict, tried = _refute(step, vocabulary, tex)
            if verdict is None and not tried:
                verdict, tried = _refute_numerically(step, vocabulary, tex)
    except symbolic.Budget:
        pass
    except (NotGeneral, Undefined, NotImplementedError) as error:
        return unproved(f"cannot be evaluated: {error}")
    if verdict is not None:
        return verdict
    if refute_only:
        return unproved("not refuted")
    result = _prove(step, vocabulary)
    if result.kind is Kind.PROVED and tried:
        return replace(result, engines=(*result.engines, points.ENGINE))
    if result.kind is Kind.PROVED and not _constant_or_closed(step, vocabulary):
        return unproved("proved by SymPy, but no point could be evaluated to confirm it")
    return result


def _constant_or_closed(step: Step, vocabulary: Vocabulary) -> bool:
    """Whether both sides are the same object, so that there is nothing to confirm."""
    choices, _, _ = _choices(step, vocabulary, proving=True)
    context = _context(vocabulary, choices[0], step.hypotheses)
    if context.impossible:
        return True
    a, b = context.side(step.left), context.side(step.right)
    return a.cells == b.cells or any(
        c.has(sp.Limit, sp.Integral, sp.Sum) for s in (a, b) for c in s.cells
    )


def _check_other(step: Step, vocabulary: Vocabulary, tex: str, *, refute_only: bool) -> Verdict:
    r"""Membership is two inequalities; ``\\approx`` is agreement with the digits shown."""
    span = step.right.span
    if step.op == r"\approx":
        number = step.right.args[0] if step.right.kind == "neg" else step.right
        if number.kind != "num":
            return unproved(r"the right side of \approx is a decimal number")
        digits = len(number.value.partition(".")[2])
        half = Node("num", value="0." + "0" * digits + "5", span=span)
        gap = Node(
            "abs", (Node("add", (step.left, Node("neg", (step.right,)))),), span=step.left.span
        )
        return _check_step(
            Step(gap, r"\le", half, step.hypotheses), vocabulary, tex, refute_only=refute_only
        )
    target = step.right
    parts: list[Step] = []
    if step.op == r"\in" and target.kind == "interval":
        low, high = target.args
        if not (low.kind == "neg" and low.args[0].value == "infty"):
            parts.append(
                Step(step.left, r"\ge" if target.value[0] else ">", low, step.hypotheses)
            )
        if not (high.kind == "const" and high.value == "infty"):
            parts.append(
                Step(step.left, r"\le" if target.value[1] else "<", high, step.hypotheses)
            )
    elif step.op == r"\subseteq" and step.left.kind == target.kind == "interval":
        (a, b), (c, d) = step.left.args, target.args
        strict = [
            not outer and inner
            for outer, inner in zip(target.value, step.left.value, strict=True)
        ]
        parts = [
            Step(a, ">" if strict[0] else r"\ge", c, step.hypotheses),
            Step(b, "<" if strict[1] else r"\le", d, step.hypotheses),
        ]
    elif step.op == r"\in" and target.kind == "reals" and target.value == "R":
        try:
            context = _context(
                vocabulary, _choices(step, vocabulary, proving=False)[0][0], step.hypotheses
            )
            side = context.side(step.left)
        except (NotGeneral, Undefined) as error:
            return unproved(str(error))
        if side.undefined:
            return _undefined(context, step, tex, side, side)
        ok = all(c.is_real for c in side.cells)
        return proved(Tier.SYMBOLIC, engines=(symbolic.ENGINE,)) if ok else unproved("not real")
    if not parts:
        return unproved(f"{step.op} with this set is not checked")
    report = Report(
        [(p, _check_step(p, vocabulary, tex, refute_only=refute_only)) for p in parts]
    )
    return report.verdict


def check_formula(
    formula: Node,
    vocabulary: Vocabulary,
    tex: str,
    *,
    refute_only: bool = False,
    only: set[tuple[Node, str, Node]] | None = None,
) -> Report:
    """Check every step of a parsed formula.

    Parameters
    ----------
    formula
        What `read` returned.
    vocabulary
        The names.
    tex
        The TeX that the formula was read from.
    refute_only
        Look for counterexamples only (for mutants).
    only
        Steps to skip because they are known to hold.
    """
    start = time.perf_counter()
    report = Report()
    for step in steps_of(formula):
        if only is not None and (step.left, step.op, step.right) in only:
            continue
        begin = time.perf_counter()
        verdict = _check_step(step, vocabulary, tex, refute_only=refute_only)
        report.steps.append((step, verdict.with_seconds(time.perf_counter() - begin)))
        if refute_only and verdict.kind is Kind.REFUTED:
            break
    report.seconds = time.perf_counter() - start
    return report


def check(statement: Statement) -> Report:
    """Check every step of a statement; raises `TexError` when it cannot be read."""
    return check_formula(statement.formula, statement.vocabulary, statement.tex)


def relations_of(statement: Statement) -> list[Relation]:
    """Return the relations of a statement as SymPy; see `Statement.relations`."""
    from dlnotes.checking.statements import Relation

    out: list[Relation] = []
    for step in steps_of(statement.formula):
        names = discrete_names([step.left, step.right], statement.vocabulary)
        sizes: dict[str, int] | None = None if names else {}
        context = _context(statement.vocabulary, sizes, step.hypotheses)
        left = context.side(step.left)
        if step.op in (r"\in", r"\subseteq", r"\notin"):
            right: Any = context.interpreter.set_value(step.right, {})
        else:
            side = context.side(step.right)
            right = side.cells[0] if not side.shape else side.value
        value = left.cells[0] if not left.shape and left.cells else left.value
        out.append(Relation(value, step.op, right, step.text(statement.tex)))
    return out
