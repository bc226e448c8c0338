"""Machine proofs of the chapter on ambiguous images."""

import sympy as sp

from dlnotes.checking import Statement, Verdict, formal, proof, proved, unproved
from dlnotes.checking.derivations import check, context_of, steps_of
from dlnotes.checking.engines import points, smt, symbolic
from dlnotes.checking.engines.inequalities import is_signed
from dlnotes.checking.verdicts import Kind, Tier

_RELATION = {r"\le": sp.Le, r"\ge": sp.Ge, "<": sp.Lt, ">": sp.Gt, "=": sp.Eq}


@proof("thm-ambiguous_images-pair", tier="certified")
def _(statement: Statement) -> Verdict:
    """Ask z3 for numbers that satisfy the hypotheses and violate a conclusion."""
    verdict = unproved("the statement holds no relation")
    for step in steps_of(statement.formula):
        given = [
            _RELATION[r.op](r.left, r.right)
            for h in step.hypotheses
            for r in statement.with_tex(h.source(statement.tex)).relations
        ]
        (claim,) = statement.with_tex(step.text(statement.tex)).relations
        verdict = smt.prove(given, _RELATION[claim.op](claim.left, claim.right))
        if verdict.kind is not Kind.PROVED:
            return verdict
    return verdict


@proof("thm-ambiguous_images-identity", tier="symbolic")
@proof("thm-ambiguous_images-compensation", tier="symbolic")
def _(statement: Statement) -> Verdict:
    """Expand both sides into sums of logarithms, for every number of models and classes."""
    return check(statement).verdict


@proof("prop-ambiguous_images-temperature", tier="symbolic")
def _(statement: Statement) -> Verdict:
    r"""Compare constants as they are; elsewhere let \epsilon grow from 0.

    The larger side less the smaller is zero at ``\epsilon = 0``, and its derivative by
    ``\epsilon`` is positive for ``\epsilon > 0``; so the difference is positive there.
    """
    context = context_of(statement.vocabulary, {}, ())
    for step in steps_of(statement.formula):
        left, right = (context.side(side).value for side in (step.left, step.right))
        gap = right - left if step.op == "<" else left - right
        growing = [x for x in gap.free_symbols if str(x) == r"\epsilon"]
        if not growing:
            report = check(statement.with_tex(step.text(statement.tex)))
            if not report.verdict.passed:
                return report.verdict
            continue
        start = symbolic.is_zero(gap.subs(growing[0], 0))
        slope = sp.simplify(sp.expand_log(sp.together(gap.diff(growing[0])), force=True))
        if step.op not in ("<", ">") or not start:
            return unproved(f"{step.text(statement.tex)}: not an inequality that grows from 0")
        if not is_signed(slope, context.domains, strict=True):
            return unproved(f"the sign of {slope} was not shown")
    return proved(
        Tier.SYMBOLIC,
        "zero for equal logits, with a derivative of one sign",
        engines=(symbolic.ENGINE, points.ENGINE),
    )


formal(
    "lem-ambiguous_images-gibbs",
    file="ambiguous_images.v",
    theorem="divergence_nonnegative",
    digest="3e617ac0b50e044b",
)
formal(
    "thm-ambiguous_images-entropy",
    file="ambiguous_images.v",
    theorem="entropy_bounds",
    digest="9dde92bee1319721",
    uses=["lem-ambiguous_images-gibbs"],
)
formal(
    "prop-ambiguous_images-margin",
    file="ambiguous_images.v",
    theorem="margin_bounds",
    digest="bdb03095db958018",
)
formal(
    "prop-ambiguous_images-rao",
    file="ambiguous_images.v",
    theorem="rao_bounds",
    digest="caeab105c1db8c73",
)
formal(
    "thm-ambiguous_images-identity",
    file="ambiguous_images.v",
    theorem="mutual_information_divergences",
    digest="fb10d1265e86fa42",
)
formal(
    "thm-ambiguous_images-compensation",
    file="ambiguous_images.v",
    theorem="compensation",
    digest="c856bb086d469ab8",
)
formal(
    "thm-ambiguous_images-information",
    file="ambiguous_images.v",
    theorem="mutual_information_bounds",
    digest="8ebe44974e973c95",
    uses=["lem-ambiguous_images-gibbs", "thm-ambiguous_images-identity"],
)
formal(
    "cor-ambiguous_images-two",
    file="ambiguous_images.v",
    theorem="jensen_shannon_two",
    digest="d95a06c1f2d70a91",
    uses=["thm-ambiguous_images-information", "thm-ambiguous_images-identity"],
)
