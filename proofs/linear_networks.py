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
    digest="c1e046d71e1a223d",
)
formal(
    "thm-linear_networks-rank",
    file="linear_networks.v",
    theorem="Collapse.rank_of_widths",
    digest="170bd2a2c3658a8e",
    uses=["thm-linear_networks-collapse"],
)
formal(
    "thm-linear_networks-modes",
    file="linear_networks.v",
    theorem="Modes.balanced_layers",
    digest="f4fa72c555a6f41e",
)
formal(
    "thm-linear_networks-xor",
    file="linear_networks.v",
    theorem="ExclusiveOr.xor_corners",
    digest="937228e39e42c494",
)
formal(
    "thm-linear_networks-xor",
    file="linear_networks.v",
    theorem="ExclusiveOr.xor_not_affinely_separable",
    digest="407375199b41f13a",
)
formal(
    "thm-linear_networks-xor-fit",
    file="linear_networks.v",
    theorem="ExclusiveOr.best_affine_fit",
    digest="4400cce32d955eb0",
)
formal(
    "thm-linear_networks-xor-relu",
    file="linear_networks.v",
    theorem="ExclusiveOr.relu_network_computes_xor",
    digest="be8bae3d0115f5ff",
)
formal(
    "thm-linear_networks-degree",
    file="linear_networks.v",
    theorem="Degree.degree_of_network",
    digest="38b128b345a4db7e",
)
formal(
    "thm-linear_networks-chebyshev",
    file="linear_networks.v",
    theorem="Chebyshev.signed_distances",
    digest="aae56e1e93cde83b",
)
formal(
    "thm-linear_networks-chebyshev",
    file="linear_networks.v",
    theorem="Alternation.alternation",
    digest="22f6a732b4c5a6f2",
)
formal(
    "thm-linear_networks-smooth",
    file="linear_networks.v",
    theorem="Differences.units_tend_to_power",
    digest="7f1ac4954670fabd",
)
formal(
    "thm-linear_networks-ridge",
    file="linear_networks.v",
    theorem="Ridge.exchange",
    digest="457caf0bba48e79c",
)
formal(
    "thm-linear_networks-interpolation",
    file="linear_networks.v",
    theorem="Interpolant.network_interpolates",
    digest="9324913c3fcc7825",
)
formal(
    "thm-linear_networks-lipschitz",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_lipschitz",
    digest="09728fc3cee1d7ad",
    uses=["thm-linear_networks-interpolation"],
)
formal(
    "thm-linear_networks-curvature",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_smooth",
    digest="d7060e12d64b7bd8",
    uses=["thm-linear_networks-interpolation"],
)

# Steps of derivations that hold for every size, and are shown at small sizes by the checker.
formal(
    "eq-linear_networks-step",
    file="linear_networks.v",
    theorem="Collapse.one_layer_more",
    digest="bf5aa9114b7a1ea2",
)
formal(
    "eq-linear_networks-chebyshev",
    file="linear_networks.v",
    theorem="Chebyshev.T_cos",
    digest="3f13e39f6d376092",
)
