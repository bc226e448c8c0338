r"""Machine proofs of the chapter on convolution.

Most theorems are proved twice: by the general check of their display, whose normal form of
sums holds for every size, and in Rocq over any commutative ring. The theorem on the Laplacian
is an estimate by Taylor's theorem, verified here coefficient by coefficient.
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

from dlnotes.checking import Kind, Statement, Tier, Verdict, formal, proof, proved, unproved
from dlnotes.checking.derivations import check, check_formula


@proof("prop-convolution-flip", tier="symbolic")
@proof("thm-convolution-identity", tier="symbolic")
@proof("thm-convolution-shift", tier="symbolic")
@proof("thm-convolution-mean", tier="symbolic")
@proof("thm-convolution-outline", tier="symbolic", uses=["eq-convolution-outline-kernels"])
@proof("thm-convolution-waves", tier="symbolic")
@proof("thm-convolution-responses", tier="symbolic", uses=["eq-convolution-three-terms"])
@proof("cor-convolution-response-bounds", tier="symbolic")
@proof("thm-convolution-equivariance", tier="symbolic")
@proof("thm-convolution-converse", tier="symbolic", uses=["eq-convolution-impulses"])
@proof("thm-convolution-algebra", tier="symbolic")
@proof("prop-convolution-correlation-algebra", tier="symbolic")
@proof("thm-convolution-dft", tier="symbolic")
@proof("lem-convolution-inverse", tier="symbolic")
@proof("thm-convolution-separable", tier="symbolic")
def _(statement: Statement) -> Verdict:
    """Prove every row of the display as it stands, for every radius and every length."""
    return check(statement).verdict


@proof(
    "thm-convolution-laplacian",
    tier="symbolic",
    uses=["eq-convolution-second-difference", "eq-convolution-chain"],
)
def _(statement: Statement) -> Verdict:
    """Prove the estimate by Taylor's theorem; where that fails, look for a counterexample."""
    verdict = _taylor(statement)
    if not verdict.passed:
        found = check_formula(
            statement.formula, statement.vocabulary, statement.tex, refute_only=True
        ).verdict
        verdict = found if found.kind is Kind.REFUTED else verdict
    return verdict


def _taylor(statement: Statement) -> Verdict:
    r"""Estimate ``|sum of c D^n F(p + v)| \le B`` by Taylor's theorem with its remainder.

    Every term is expanded about the pixel p. The coefficient of each derivative of F at p of
    order below four must vanish, and what is left, at most ``|c| |v|_1^k / k!`` for a term that
    was expanded to the order k - 1 (the derivatives of order four of F lie within one), must
    add up to no more than B. Where the whole is the same after reflections in the row and the
    column of p, F may be taken to be even in both coordinates, and for a value at v = (a, b)
    what is left is at most ``|c| (a^4 + 6 a^2 b^2 + b^4) / 24``: the proof is on the page.
    """
    (relation,) = statement.relations
    if relation.op != r"\le" or not isinstance(relation.left, sp.Abs):
        return unproved("not of the form |...| \\le ...")
    terms = [_term(t) for t in sp.Add.make_args(sp.expand(relation.left.args[0]))]
    if None in terms:
        return unproved("a term is no multiple of a derivative of a function of the plane")
    found = [t for t in terms if t is not None]
    pixel = max((t[2] for t in found), key=[t[2] for t in found].count)
    at_pixel: dict[tuple[int, int], Any] = {}
    remainder = sp.Integer(0)
    moved = [
        (c, d, tuple(sp.expand(x - p) for x, p in zip(w, pixel, strict=True)))
        for c, d, w in found
    ]
    even = _is_even(moved)
    for c, (m, n), (ds, dt) in moved:
        left = 4 - m - n
        for p in range(left):
            for q in range(left - p):
                share = c * ds**p * dt**q / (math.factorial(p) * math.factorial(q))
                key = (m + p, n + q)
                at_pixel[key] = at_pixel.get(key, sp.Integer(0)) + share
        size = (sp.Abs(ds) + sp.Abs(dt)) ** left
        if even and left == 4:
            size = ds**4 + 6 * ds**2 * dt**2 + dt**4
        remainder += sp.Abs(c) * size / math.factorial(left)
    for key, total in at_pixel.items():
        if sp.expand(total) != 0:
            return unproved(f"the derivative of order {key} at the pixel remains")
    if not sp.expand(relation.right - remainder).is_nonnegative:
        return unproved(f"the remainders add up to {sp.expand(remainder)}")
    return proved(Tier.SYMBOLIC, "for every f, by Taylor's theorem with Lagrange's remainder")


def _is_even(terms: list[tuple[Any, tuple[int, int], tuple[Any, ...]]]) -> bool:
    """Whether reflections in both axes through the pixel leave the sum of terms as it is."""
    whole = {(order, place): c for c, order, place in terms}
    return len(whole) == len(terms) and all(
        sp.expand(whole.get(((m, n), (s * a, t * b)), 0) - s**m * t**n * c) == 0
        for (m, n), (a, b) in whole
        for c in [whole[(m, n), (a, b)]]
        for s, t in ((-1, 1), (1, -1))
    )


def _term(term: Any) -> tuple[Any, tuple[int, int], tuple[Any, Any]] | None:
    """Read ``c D^(m,n) F(s, t)`` with F a generic function of two numbers."""
    factors = sp.Mul.make_args(term)
    generic = [f for f in factors if getattr(type(f), "generic", None)]
    if len(generic) != 1 or type(generic[0]).generic[2] != "order 4":
        return None
    (function,) = generic
    c = sp.Mul(*[f for f in factors if f is not function])
    if c.has(type(function)) or len(function.args) != 2:
        return None
    return c, type(function).generic[1], function.args


formal(
    "prop-convolution-flip",
    file="convolution.v",
    theorem="correlate_is_convolve_flip",
    digest="96227a51bde844b2",
)
formal(
    "thm-convolution-equivariance",
    file="convolution.v",
    theorem="convolve_linear",
    digest="d23099d3045f8c00",
)
formal(
    "thm-convolution-equivariance",
    file="convolution.v",
    theorem="convolve_translate",
    digest="419bd7ab476daa14",
)
formal(
    "thm-convolution-converse",
    file="convolution.v",
    theorem="equivariant_is_convolution",
    digest="8429b30c328c96b1",
)
formal(
    "thm-convolution-converse",
    file="convolution.v",
    theorem="kernel_unique",
    digest="19a3142c3d8c7c48",
)
formal(
    "thm-convolution-algebra",
    file="convolution.v",
    theorem="convolve_commutative",
    digest="60f581116e132004",
)
formal(
    "thm-convolution-algebra",
    file="convolution.v",
    theorem="convolve_associative",
    digest="54a36623e958c313",
)
formal(
    "thm-convolution-algebra",
    file="convolution.v",
    theorem="convolve_delta",
    digest="118c6861539a1d23",
)
formal(
    "prop-convolution-correlation-algebra",
    file="convolution.v",
    theorem="correlate_reversed",
    digest="78cd83c9fa26ced1",
)
formal(
    "prop-convolution-correlation-algebra",
    file="convolution.v",
    theorem="correlate_twice",
    digest="1329696eaf63e80f",
)
formal(
    "thm-convolution-dft",
    file="convolution.v",
    theorem="dft_convolve",
    digest="73c61cb9a453b00e",
)
formal(
    "thm-convolution-dft",
    file="convolution.v",
    theorem="transform_correlate",
    digest="3965c3d0dc8970b5",
)
formal(
    "thm-convolution-separable",
    file="convolution.v",
    theorem="separable_rank",
    digest="4d70ff59dbeaf1d1",
)
formal(
    "thm-convolution-separable",
    file="convolution.v",
    theorem="separable_passes",
    digest="1dbd07dec6d1a532",
)
formal(
    "thm-convolution-size",
    file="convolution.v",
    theorem="output_size",
    digest="5b84ec2933322565",
)
formal(
    "eq-convolution-receptive",
    file="convolution.v",
    theorem="layers_in_a_row",
    digest="e877c6dd0e3dd780",
)
formal(
    "thm-convolution-transpose",
    file="convolution.v",
    theorem="transposed_layer",
    digest="672d65cadbb17e64",
)
formal(
    "eq-convolution-transposed",
    file="convolution.v",
    theorem="zeros_between",
    digest="7afca3e92c6d3cdd",
)
formal(
    "thm-convolution-gradients",
    file="convolution.v",
    theorem="correlate_kernel_adjoint",
    digest="176f140395bf3b41",
)
formal(
    "thm-convolution-gradients",
    file="convolution.v",
    theorem="correlate_adjoint",
    digest="f3ab9887cfdc29df",
)
formal(
    "thm-convolution-learning",
    file="convolution.v",
    theorem="descent_rate",
    digest="593a40963c0a09bd",
)
