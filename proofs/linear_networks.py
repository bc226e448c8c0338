"""Machine proofs of the chapter on linear networks."""

from dataclasses import replace
from typing import Any

import sympy

from dlnotes.checking import Statement, Verdict, formal, proof
from dlnotes.checking.contexts import Context
from dlnotes.checking.derivations import check, steps_of
from dlnotes.checking.engines import smt

RELATIONS = {r"\le": sympy.Le, r"\ge": sympy.Ge, "<": sympy.Lt, ">": sympy.Gt}


def is_unknown(value: Any) -> bool:
    """Whether `value` is that of a function of which nothing is known."""
    return hasattr(value.func, "generic")


def as_numbers(relations: list[Any]) -> list[Any]:
    """Put a real number in the place of each value of an unknown function."""
    found = {a for r in relations for a in r.atoms(sympy.Function) if is_unknown(a)}
    values = {value: sympy.Symbol(str(value), real=True) for value in sorted(found, key=str)}
    return [r.xreplace(values) for r in relations]


def implication(statement: Statement) -> Verdict:
    r"""Prove ``A, B \Rightarrow C`` with z3, whatever values the functions in it have."""
    (step,) = steps_of(statement.formula)
    context = Context(statement.vocabulary, {}, step.hypotheses)
    (left,), (right,) = (context.side(side).cells for side in (step.left, step.right))
    ranges = [
        relation
        for symbol, domain in context.domains.items()
        for relation in (domain.low <= symbol, symbol <= domain.high)
    ]
    claim, *known = as_numbers([RELATIONS[step.op](left, right), *context.known])
    verdict = smt.prove([*known, *(r for r in ranges if r not in (True, False))], claim)
    if verdict.counterexample is None:
        return verdict
    shown = replace(verdict.counterexample, step=step.text(statement.tex))
    return replace(verdict, counterexample=shown)


@proof("thm-linear_networks-logistic", tier="symbolic")
def logistic(statement: Statement) -> Verdict:
    """Differentiate the curve as it stands on the page."""
    return check(statement).verdict


@proof("cor-linear_networks-wait", tier="symbolic", uses=["thm-linear_networks-logistic"])
def wait(statement: Statement) -> Verdict:
    """Put the time into the curve, between the bounds that the page declares."""
    return check(statement).verdict


@proof("thm-linear_networks-modes", tier="symbolic")
def modes(statement: Statement) -> Verdict:
    """Multiply out both lines, for matrices of every size."""
    return check(statement).verdict


@proof("thm-linear_networks-xor", tier="certified")
def corners(statement: Statement) -> Verdict:
    """Show that no weights and bias satisfy the opposite."""
    return implication(statement)


@proof("thm-linear_networks-modulus", tier="certified")
def modulus(statement: Statement) -> Verdict:
    """Show it whatever the three values of f are."""
    return implication(statement)


@proof("thm-linear_networks-lipschitz", tier="certified")
def lipschitz(statement: Statement) -> Verdict:
    """Show it whatever the three values of f are."""
    return implication(statement)


@proof("thm-linear_networks-curvature", tier="certified")
def curvature(statement: Statement) -> Verdict:
    """Show it whatever the value of the second derivative is."""
    return implication(statement)


formal(
    "thm-linear_networks-collapse",
    file="linear_networks.v",
    theorem="Collapse.affine_collapse",
    digest="858b07bec5dcccb7",
)
formal(
    "thm-linear_networks-rank",
    file="linear_networks.v",
    theorem="Collapse.rank_of_widths",
    digest="a75f68f080980e3e",
    uses=["thm-linear_networks-collapse"],
)
formal(
    "thm-linear_networks-modes",
    file="linear_networks.v",
    theorem="Modes.balanced_layers",
    digest="ec2352ad7a7c9dfd",
)
formal(
    "thm-linear_networks-xor",
    file="linear_networks.v",
    theorem="ExclusiveOr.xor_corners",
    digest="ac37def6b75b03fe",
)
formal(
    "thm-linear_networks-xor",
    file="linear_networks.v",
    theorem="ExclusiveOr.xor_not_affinely_separable",
    digest="b414ec72fbfaf215",
)
formal(
    "thm-linear_networks-xor-fit",
    file="linear_networks.v",
    theorem="ExclusiveOr.best_affine_fit",
    digest="1bc939f3d0eea473",
)
formal(
    "thm-linear_networks-xor-relu",
    file="linear_networks.v",
    theorem="ExclusiveOr.relu_network_computes_xor",
    digest="689f777c1c524dfe",
)
formal(
    "thm-linear_networks-degree",
    file="linear_networks.v",
    theorem="Degree.degree_of_network",
    digest="ddafe27e2d49233d",
)
formal(
    "thm-linear_networks-chebyshev",
    file="linear_networks.v",
    theorem="Chebyshev.signed_distances",
    digest="263b28743494958a",
)
formal(
    "thm-linear_networks-chebyshev",
    file="linear_networks.v",
    theorem="Alternation.alternation",
    digest="f6e6a17d80882816",
)
formal(
    "thm-linear_networks-smooth",
    file="linear_networks.v",
    theorem="Differences.units_tend_to_power",
    digest="24b2bbddbb5767cf",
)
formal(
    "thm-linear_networks-ridge",
    file="linear_networks.v",
    theorem="Ridge.exchange",
    digest="5167e637a0b96c20",
)
formal(
    "thm-linear_networks-interpolation",
    file="linear_networks.v",
    theorem="Interpolant.network_interpolates",
    digest="6e96e6ea6d2fffad",
)
formal(
    "thm-linear_networks-lipschitz",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_lipschitz",
    digest="fe58fd06b010b971",
    uses=["thm-linear_networks-interpolation"],
)
formal(
    "thm-linear_networks-curvature",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_smooth",
    digest="9f4ef3d41e626d89",
    uses=["thm-linear_networks-interpolation"],
)
