r"""Piecewise-linear and polynomial facts by z3, in a process of its own with a time limit.

`prove` asks whether the hypotheses and the opposite of the conclusion can hold at once. "No"
is a proof for all real (or integer) values; "yes" comes with values, which are put back into
the statement with exact arithmetic before they count as a counterexample; anything else,
a time-out included, leaves the statement unproved.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.relational import Relational

from dlnotes.checking.engines.timing import shielded
from dlnotes.checking.verdicts import Counterexample, Tier, Verdict, proved, refuted, unproved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["NotExpressible", "engine_version", "prove", "to_smtlib"]

_RELATIONS = {
    sympy.Eq: "=",
    sympy.Ne: "distinct",
    sympy.Le: "<=",
    sympy.Lt: "<",
    sympy.Ge: ">=",
    sympy.Gt: ">",
}


class NotExpressible(ValueError):
    """A formula holds something other than polynomials, |.|, max, min and cases."""


def _rational(number: sympy.Rational) -> str:
    p, q = int(number.p), int(number.q)
    size = f"{abs(p)}.0" if q == 1 else f"(/ {abs(p)}.0 {q}.0)"
    return size if p >= 0 else f"(- {size})"


class _Writer:
    """Writes terms, naming what is used twice so that the text stays short."""

    def __init__(self, names: dict[sympy.Symbol, str]) -> None:
        self.names = names
        self.definitions: list[str] = []
        self.known: dict[Any, str] = {}

    def _name(self, e: Any, text: str, sort: str = "Real") -> str:
        if e not in self.known:
            name = f"t!{len(self.known)}"
            self.definitions.append(f"(define-fun {name} () {sort} {text})")
            self.known[e] = name
        return self.known[e]

    def term(self, e: Any) -> str:
        if e in self.known:
            return self.known[e]
        if isinstance(e, sympy.Symbol):
            return self.names[e]
        if isinstance(e, sympy.Float):
            return _rational(sympy.Rational(str(e)))
        if isinstance(e, sympy.Rational):
            return _rational(e)
        if isinstance(e, sympy.Add | sympy.Mul):
            op = "+" if isinstance(e, sympy.Add) else "*"
            return f"({op} {' '.join(self.term(part) for part in e.args)})"
        if isinstance(e, sympy.Pow) and e.exp.is_Integer:
            base = self.term(e.base)
            base = self._name(e.base, base) if e.base.args else base
            power = base if abs(e.exp) == 1 else f"(* {' '.join([base] * abs(int(e.exp)))})"
            return power if e.exp > 0 else f"(/ 1.0 {power})"
        if isinstance(e, sympy.Abs):
            inner = self._name(e.args[0], self.term(e.args[0]))
            return f"(ite (>= {inner} 0.0) {inner} (- {inner}))"
        if isinstance(e, sympy.Max | sympy.Min):
            op = ">=" if isinstance(e, sympy.Max) else "<="
            best = self.term(e.args[0])
            for k, part in enumerate(e.args[1:]):
                other = self.term(part)
                best = self._name((e, k), f"(ite ({op} {best} {other}) {best} {other})")
            return best
        if isinstance(e, sympy.Piecewise):
            *cases, (last, condition) = e.args
            if condition != sympy.true:
                msg = f"{e} does not cover every case"
                raise NotExpressible(msg)
            text = self.term(last)
            for branch, condition in reversed(cases):
                text = f"(ite {self.formula(condition)} {self.term(branch)} {text})"
            return self._name(e, text)
        if isinstance(e, sympy.Heaviside):
            return f"(ite (> {self.term(e.args[0])} 0.0) 1.0 0.0)"
        msg = f"{e} is not polynomial or piecewise polynomial"
        raise NotExpressible(msg)

    def formula(self, f: Any) -> str:
        if f in (sympy.true, True):
            return "true"
        if f in (sympy.false, False):
            return "false"
        if isinstance(f, sympy.And | sympy.Or):
            op = "and" if isinstance(f, sympy.And) else "or"
            return f"({op} {' '.join(self.formula(part) for part in f.args)})"
        if isinstance(f, sympy.Not):
            return f"(not {self.formula(f.args[0])})"
        if isinstance(f, sympy.Implies):
            return f"(=> {self.formula(f.args[0])} {self.formula(f.args[1])})"
        if isinstance(f, sympy.Equivalent):
            return f"(= {' '.join(self.formula(part) for part in f.args)})"
        if isinstance(f, Relational) and type(f) in _RELATIONS:
            return f"({_RELATIONS[type(f)]} {self.term(f.lhs)} {self.term(f.rhs)})"
        msg = f"{f} is not a comparison or a combination of comparisons"
        raise NotExpressible(msg)


def _denominators(e: Any) -> set[Any]:
    return {
        p.base
        for p in e.atoms(sympy.Pow)
        if p.exp.is_Integer and p.exp < 0 and not p.base.is_number
    }


def _assumption_text(symbol: sympy.Symbol, name: str) -> list[str]:
    """Return a symbol's sign assumptions as formulas (SymPy would fold them to true)."""
    signs = {
        "is_positive": ">",
        "is_negative": "<",
        "is_nonnegative": ">=",
        "is_nonpositive": "<=",
        "is_nonzero": "distinct",
    }
    for attribute, op in signs.items():
        if getattr(symbol, attribute):
            return [f"({op} {name} 0.0)"]
    return []


def to_smtlib(
    hypotheses: Iterable[Any], conclusion: Any
) -> tuple[str, dict[str, sympy.Symbol]]:
    """Return the question "can the hypotheses hold without the conclusion" for a solver.

    Parameters
    ----------
    hypotheses, conclusion
        SymPy relations, or `And`, `Or`, `Not`, `Implies` of them.

    Returns
    -------
    tuple
        SMT-LIB text, and the solver's name for each symbol.

    Raises
    ------
    NotExpressible
        If a formula is not piecewise polynomial.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> print(to_smtlib([x > 0], x**2 > 0)[0])
    (declare-const v0 Real)
    (assert (> v0 0.0))
    (assert (not (> (* v0 v0) 0.0)))
    (check-sat)
    """
    hypotheses = [sympy.sympify(h) for h in hypotheses]
    conclusion = sympy.sympify(conclusion)
    symbols = sorted(set().union(*(f.free_symbols for f in [*hypotheses, conclusion])), key=str)
    names = {s: f"v{k}" for k, s in enumerate(symbols)}
    writer = _Writer(names)
    lines = []
    for s, name in names.items():
        if s.is_integer:
            lines.append(f"(declare-const i{name} Int)")
            lines.append(f"(define-fun {name} () Real (to_real i{name}))")
        else:
            lines.append(f"(declare-const {name} Real)")
        lines += [f"(assert {text})" for text in _assumption_text(s, name)]
    facts = [writer.formula(h) for h in hypotheses]
    goal = writer.formula(conclusion)
    poles = set().union(*(_denominators(f) for f in [*hypotheses, conclusion]))
    facts += [f"(distinct {writer.term(p)} 0.0)" for p in sorted(poles, key=str)]
    lines += writer.definitions
    lines += [f"(assert {fact})" for fact in facts]
    lines += [f"(assert (not {goal}))", "(check-sat)"]
    return "\n".join(lines), {name: s for s, name in names.items()}


@lru_cache(maxsize=1)
def _solver() -> tuple[str, ...]:
    """Return the command that reads SMT-LIB on its standard input."""
    beside = Path(sys.executable).with_name("z3")
    for candidate in (beside, shutil.which("z3")):
        if candidate and Path(candidate).exists():
            return (str(candidate), "-smt2", "-in")
    return ()


@lru_cache(maxsize=1)
def engine_version() -> str:
    """Return name and version of the solver, or why there is none."""
    if not _solver():
        return "z3 (not installed)"
    with shielded():
        text = subprocess.run(
            [_solver()[0], "--version"], capture_output=True, text=True, check=False, timeout=10
        ).stdout
    found = re.search(r"\d+(?:\.\d+)+", text)
    return f"z3 {found[0]}" if found else "z3"


def _ask(text: str, seconds: float) -> str:
    """Run the solver; the process is killed when its time is over."""
    try:
        with shielded():
            done = subprocess.run(
                [*_solver(), f"-T:{max(1, round(seconds))}"],
                input=text,
                capture_output=True,
                text=True,
                timeout=seconds + 1,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return "timeout"
    return done.stdout


def _value(text: str) -> tuple[sympy.Expr, bool]:
    """Return a value of the model and whether it is exact."""
    text = text.strip()
    if match := re.fullmatch(r"\(-\s+(.*)\)", text, re.DOTALL):
        value, exact = _value(match[1])
        return -value, exact
    if match := re.fullmatch(r"\(/\s+(\S+|\(.*?\))\s+(\S+)\)", text, re.DOTALL):
        (p, exact_p), (q, exact_q) = _value(match[1]), _value(match[2])
        return p / q, exact_p and exact_q
    if text.endswith("?"):
        return sympy.Rational(text[:-1]), False
    return sympy.Rational(text), True


def _model(text: str, symbols: dict[str, sympy.Symbol]) -> dict[sympy.Symbol, Any] | None:
    values: dict[sympy.Symbol, Any] = {}
    for name, symbol in symbols.items():
        match = re.search(rf"\(\({name} (.*?)\)\)\s*$", text, re.MULTILINE)
        if match is None:
            return None
        try:
            values[symbol] = _value(match[1])
        except (TypeError, ValueError):  # an algebraic number: ask again for decimals
            return None
    return values


def prove(hypotheses: Sequence[Any], conclusion: Any, *, seconds: float = 5.0) -> Verdict:
    r"""Decide whether the hypotheses imply the conclusion, for all values of the symbols.

    Parameters
    ----------
    hypotheses
        SymPy relations; the symbols' own assumptions (positive, integer, ...) count too.
    conclusion
        A relation, or `And`, `Or`, `Not`, `Implies` of relations. Divisors are taken to be
        different from zero, which is reported as a side condition.
    seconds
        Time limit; the solver's process is killed after it.

    Returns
    -------
    Verdict
        Certified when proved; refuted with exact values; unproved when the solver gives up,
        is absent, or the formulas are not piecewise polynomial.

    Examples
    --------
    >>> x, y = sympy.symbols("x y", real=True)
    >>> prove([], sympy.Max(x, y) + sympy.Min(x, y) >= x + y).kind.value
    'proved'
    >>> prove([x > 0], x**2 >= x).kind.value
    'refuted'
    """
    began = time.perf_counter()
    verdict = _decide(hypotheses, conclusion, seconds)
    return verdict.with_seconds(time.perf_counter() - began)


def _decide(hypotheses: Sequence[Any], conclusion: Any, seconds: float) -> Verdict:
    try:
        question, symbols = to_smtlib(hypotheses, conclusion)
    except NotExpressible as why:
        return unproved(f"z3: {why}", Tier.CERTIFIED)
    if not _solver():
        return unproved("z3 is not installed (pip install z3-solver)", Tier.CERTIFIED)
    engines = (engine_version(),)
    ask_values = "\n".join(f"(get-value ({name}))" for name in symbols)
    options = "(set-option :pp.decimal true)\n(set-option :pp.decimal_precision 20)\n"
    answer = _ask(f"{question}\n{ask_values}\n", seconds)  # of no use where there is no model
    head = answer.split("\n", 1)[0].strip()
    formulas = [sympy.sympify(f) for f in [*hypotheses, conclusion]]
    poles = set().union(*(_denominators(f) for f in formulas))
    conditions = tuple(f"{sympy.latex(p)} \\ne 0" for p in sorted(poles, key=str))
    if head == "unsat":
        if formulas[-1] == sympy.true:
            detail = "SymPy folds the conclusion to true under the declared assumptions"
            return proved(Tier.SYMBOLIC, detail, engines=(f"SymPy {sympy.__version__}",))
        if hypotheses and _contradictory(formulas[:-1], seconds):
            return unproved(
                "the hypotheses contradict each other", Tier.CERTIFIED, engines=engines
            )
        detail = "no values satisfy the hypotheses and the opposite of the conclusion"
        return proved(Tier.CERTIFIED, detail, engines=engines, side_conditions=conditions)
    if head == "sat":
        exact = _model(answer, symbols)
        if exact is None or not _is_exact(exact):
            exact = _model(_ask(f"{options}{question}\n{ask_values}\n", seconds), symbols)
        if exact is not None:
            return _checked(formulas[:-1], formulas[-1], exact, engines)
    if head == "timeout" or not head:
        return unproved(f"z3 gave no answer in {seconds:g} s", Tier.CERTIFIED, engines=engines)
    return unproved(f"z3 answered {head!r}", Tier.CERTIFIED, engines=engines)


def _contradictory(hypotheses: list[Any], seconds: float) -> bool:
    """Whether nothing at all satisfies the hypotheses, so that anything would follow."""
    question, _ = to_smtlib(hypotheses, sympy.false)
    return _ask(f"{question}\n", seconds).startswith("unsat")


def _is_exact(model: dict[sympy.Symbol, Any]) -> bool:
    return all(exact for _, exact in model.values())


def _checked(
    hypotheses: list[Any],
    conclusion: Any,
    model: dict[sympy.Symbol, Any],
    engines: tuple[str, ...],
) -> Verdict:
    """Put the solver's values back into the statement before believing them."""
    values = {s: value for s, (value, _) in model.items()}
    if _is_exact(model):
        held = all(_at(h, values) is True for h in hypotheses)
        failed = _at(conclusion, values) is False
        if not (held and failed):
            return unproved("z3's model does not check", Tier.CERTIFIED, engines=engines)
    point = {
        str(s): (str(v) if _is_exact(model) else str(sympy.N(v, 10))) for s, v in values.items()
    }
    if isinstance(conclusion, Relational):
        left, right = (
            sympy.N(side.subs(values), 10) if not _is_exact(model) else side.subs(values)
            for side in (conclusion.lhs, conclusion.rhs)
        )
        op = {"=": "=", "distinct": r"\ne", "<=": r"\le", ">=": r"\ge"}.get(
            _RELATIONS[type(conclusion)], _RELATIONS[type(conclusion)]
        )
        found = Counterexample(point, str(left), str(right), relation=op)
    else:
        found = Counterexample(point, str(conclusion), "false", relation="holds")
    return refuted(found, Tier.CERTIFIED, engines=engines)


def _at(f: Any, values: dict[sympy.Symbol, Any]) -> bool | None:
    value = sympy.sympify(f).subs(values)
    if value in (sympy.true, True):
        return True
    if value in (sympy.false, False):
        return False
    return None
