"""Identities between products of matrices, for every size."""

import pytest

from dlnotes.checking import Kind, Statement, Tier
from dlnotes.checking.derivations import check
from dlnotes.checking.vocabulary import Vocabulary

NAMES = r"""
n : integer >= 1
m : integer >= 1
A : matrix m x n
B : matrix n x m
M : invertible matrix n x n
N : invertible matrix n x n
P : positive definite matrix n x n
Q : orthogonal matrix n x n
C : diagonal matrix n x n
D : diagonal matrix n x n
S : symmetric matrix n x n
I : identity n
x : vector n
y : vector n
t : positive
"""


def verdict(tex):
    return check(Statement("case", tex, Vocabulary.parse(NAMES))).verdict


@pytest.mark.parametrize(
    "tex",
    [
        r"(A B)^\top = B^\top A^\top",
        r"(A B A)^\top = A^\top B^\top A^\top",
        r"(M N)^{-1} = N^{-1} M^{-1}",
        r"M^{-1} (M + N) N^{-1} = N^{-1} + M^{-1}",
        r"(M^{-1})^\top = (M^\top)^{-1}",
        r"(t M)^{-1} = \frac{1}{t} M^{-1}",
        r"Q^\top S Q Q^\top S Q = Q^\top S^2 Q",
        r"C D C = C^2 D",
        r"x^\top A^\top A y = y^\top A^\top A x",
        r"x^\top S y \, M = y^\top S x \, M",
        r"\operatorname{tr}(A B) = \operatorname{tr}(B A)",
        r"\operatorname{tr}(A B A B) = \operatorname{tr}(B^\top A^\top B^\top A^\top)",
        r"\lVert A x - A y \rVert^2 = (x - y)^\top A^\top A (x - y)",
        r"\lVert A \rVert_F^2 = \operatorname{tr}(A^\top A)",
        r"(A^\top A + t I) (A^\top A + t I)^{-1} x = x",
        r"P^{-1} P x = x",
    ],
)
def test_proved_for_every_size(tex):
    found = verdict(tex)
    assert (found.kind, found.tier) == (Kind.PROVED, Tier.SYMBOLIC), str(found)
    assert "every size" in found.detail


@pytest.mark.parametrize(
    "tex",
    [
        r"(A B)^\top = A^\top B^\top",
        r"(M N)^{-1} = M^{-1} N^{-1}",
        r"M N = N M",
        r"C S = S C",
        r"x^\top M y = y^\top M x",
        r"\operatorname{tr}(M N S) = \operatorname{tr}(N M S)",
        r"(t M)^{-1} = t M^{-1}",
        r"Q S Q = S",
        r"\lVert A x - A y \rVert^2 = (x - y)^\top A A^\top (x - y)",
    ],
)
def test_refuted(tex):
    assert verdict(tex).kind is Kind.REFUTED
