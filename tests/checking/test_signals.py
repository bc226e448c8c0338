r"""Rows modulo N, images and kernels: operators, and sums whose index may be changed."""

from __future__ import annotations

import pytest
import sympy as sp

from dlnotes.checking.derivations import check
from dlnotes.checking.entries import VocabularyError, parse_entry
from dlnotes.checking.semantics.cyclic import Impulse
from dlnotes.checking.statements import Statement
from dlnotes.checking.tex.tokens import TexError
from dlnotes.checking.verdicts import Kind, Tier
from dlnotes.checking.vocabulary import Vocabulary

ROWS = Vocabulary.parse(r"""
N : integer >= 1
k : row mod N
l : row mod N
x : row mod N
z : row mod N
\alpha : real
n : index 0..N-1
q : index 0..N-1
\mathrm{i} : imaginary unit
\delta : unit impulse mod N
(u * v)_n := \sum_{m=0}^{N-1} u_m v_{n-m}, u : row mod N, v : row mod N, row mod N
(u \star v)_n := \sum_{m=0}^{N-1} u_m v_{n+m}, u : row mod N, v : row mod N, row mod N
S^m(u)_n := u_{n-m}, m = -oo..oo, u : row mod N, row mod N
\omega := \exp(\frac{2 \pi \mathrm{i}}{N})
\hat{u}_q := \sum_{n=0}^{N-1} u_n \omega^{-q n}, u : row mod N, row mod N
""")
IMAGES = Vocabulary.parse(r"""
r : integer >= 1
i : integer
j : integer
k : kernel r
x : image
e : kernel 1
d := \begin{bmatrix} 0 & 0 & 0 \\ 0 & 0 & 1 \\ 0 & 0 & 0 \end{bmatrix}, kernel 1
(u * v)_{i,j} := \sum_{a=-r}^{r} \sum_{b=-r}^{r} u_{a,b} v_{i-a,j-b},
  u : kernel r, v : image, image
(u \star v)_{i,j} := \sum_{a=-r}^{r} \sum_{b=-r}^{r} u_{a,b} v_{i+a,j+b},
  u : kernel r, v : image, image
\tilde{k}_{a,b} := k_{-a,-b}, kernel r
""")
TRUE = [
    (ROWS, r"k * x = x * k"),
    (ROWS, r"(k * l) * x = k * (l * x)"),
    (ROWS, r"\delta * x = x"),
    (ROWS, r"k * (\alpha x + z) = \alpha (k * x) + k * z"),
    (ROWS, r"k * S^{2}(x) = S^{2}(k * x)"),
    (ROWS, r"(k \star x)_n = (x \star k)_{-n}"),
    (ROWS, r"k \star (l \star x) = (k * l) \star x"),
    (ROWS, r"\hat{k * x}_q = \hat{k}_q \hat{x}_q"),
    (ROWS, r"\hat{k \star x}_q = \hat{k}_{-q} \hat{x}_q"),
    (ROWS, r"x_n = \frac{1}{N} \sum_{q=0}^{N-1} \hat{x}_q \omega^{q n}"),
    (ROWS, r"x_{n+N} = x_n"),
    (IMAGES, r"(k \star x)_{i,j} = (\tilde{k} * x)_{i,j}"),
    (IMAGES, r"(d \star x)_{i,j} = x_{i,j+1}"),
    (IMAGES, r"(d * x)_{i,j} = x_{i,j-1}"),
    (IMAGES, r"\sum_{a=-r}^{r} k_{a,a} = \sum_{a=-r}^{r} k_{-a,-a}"),
]
FALSE = [
    (ROWS, r"k \star x = x \star k"),
    (ROWS, r"(k * x)_n = (k * x)_{-n}"),
    (ROWS, r"k \star (l \star x) = (k \star l) \star x"),
    (ROWS, r"\hat{k \star x}_q = \hat{k}_q \hat{x}_q"),
    (ROWS, r"x_n = \frac{1}{N} \sum_{q=0}^{N-1} \hat{x}_q \omega^{-q n}"),
    (ROWS, r"\sum_{m=1}^{N-1} k_m = \sum_{m=0}^{N-1} k_m"),
    (IMAGES, r"(k \star x)_{i,j} = (k * x)_{i,j}"),
    (IMAGES, r"(d \star x)_{i,j} = x_{i,j-1}"),
    (IMAGES, r"\sum_{a=-r}^{r} k_{a,a} = \sum_{a=-r}^{r} k_{-a,a}"),
]


@pytest.mark.parametrize(("vocabulary", "tex"), TRUE, ids=[t for _, t in TRUE])
def test_proved_for_every_size(vocabulary: Vocabulary, tex: str) -> None:
    verdict = check(Statement("s", tex, vocabulary)).verdict
    assert (verdict.kind, verdict.tier) == (Kind.PROVED, Tier.SYMBOLIC), verdict
    assert verdict.detail == "for every size"


@pytest.mark.parametrize(("vocabulary", "tex"), FALSE, ids=[t for _, t in FALSE])
def test_refuted(vocabulary: Vocabulary, tex: str) -> None:
    verdict = check(Statement("s", tex, vocabulary)).verdict
    assert verdict.kind is Kind.REFUTED, verdict


def test_a_parameter_is_varied_by_itself() -> None:
    plane = Vocabulary.parse(r"""
    h : real
    f(s, t) := s^2 t
    f_s(s, t) := \frac{\partial}{\partial s} f(s, t)
    """)
    assert check(Statement("s", "f_s(h, h) = 2 h^2", plane)).verdict.passed
    assert check(Statement("s", "f_s(h, h) = 3 h^2", plane)).verdict.kind is Kind.REFUTED


def test_derivatives_within_a_bound() -> None:
    line = Vocabulary.parse(r"""
    M : positive
    x : real
    f : smooth function of 1 with derivatives of order 3 within M
    """)
    good = check(Statement("s", r"|f'''(x)| \le 2 M", line)).verdict
    assert good.kind is not Kind.REFUTED
    assert (
        check(Statement("s", r"|f'''(x)| \le \frac{M}{20}", line)).verdict.kind is Kind.REFUTED
    )
    assert check(Statement("s", r"|f'(x)| \le M", line)).verdict.kind is Kind.REFUTED


def test_a_matrix_that_commutes_with_the_shift_is_a_convolution() -> None:
    maps = Vocabulary.parse(
        r"""
        B : matrix mod N
        A(u)_n := \frac{1}{N} \sum_{s=0}^{N-1} \sum_{m=0}^{N-1} B_{n+s,m+s} u_m,
          u : row mod N, row mod N
        """,
        ROWS,
    )
    for tex in ("A(S^{3}(x)) = S^{3}(A(x))", r"A(x) = A(\delta) * x"):
        verdict = check(Statement("s", tex, maps)).verdict
        assert verdict.detail == "for every size"


def test_a_partial_sum_is_not_turned_round() -> None:
    tex = r"\sum_{m=0}^{N-2} k_m x_{n-m} = \sum_{m=0}^{N-2} k_{n-m} x_m"
    assert check(Statement("s", tex, ROWS)).verdict.kind is Kind.REFUTED


def test_a_whole_kernel_is_compared_weight_by_weight() -> None:
    verdict = check(Statement("s", "e = d", IMAGES)).verdict
    assert verdict.kind is Kind.REFUTED


def test_images_are_compared_at_a_pixel() -> None:
    verdict = check(Statement("s", "k * x = x", IMAGES)).verdict
    assert verdict.kind is Kind.UNPROVED
    assert "at a pixel" in verdict.detail


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"k * l * x = k", "which of these operators comes first"),
        (r"x_{\frac{1}{2}} = x_0", "an index is an integer"),
        (r"k x = x", "product of signals"),
        (r"k^\top = k", "no matrix algebra"),
    ],
)
def test_what_is_refused(tex: str, reason: str) -> None:
    try:
        verdict = check(Statement("s", tex, ROWS)).verdict
    except TexError as error:
        assert reason in str(error)  # noqa: PT017 - either way of refusing is right
    else:
        assert verdict.kind is not Kind.PROVED
        assert reason in str(verdict)


def test_forget_makes_room_for_another_meaning() -> None:
    again = Vocabulary.parse("forget : k * -- rows end here\nk : real", ROWS)
    assert again.entries["k"].kind == "real"
    assert "*" not in again.operators
    assert ROWS.entries["k"].kind == "row"
    with pytest.raises(VocabularyError, match="forget: y is not declared"):
        Vocabulary.parse("forget : y", ROWS)


def test_a_display_defines_an_operator() -> None:
    page = Vocabulary.parse("N : integer >= 1\nk : row mod N\nx : row mod N")
    page = page.define(
        r"(k * x)_n = \sum_{m=0}^{N-1} k_m x_{n-m}", "k : row mod N, x : row mod N, row mod N"
    )
    assert check(Statement("s", "k * x = x * k", page)).verdict.passed


class TestEntries:
    def test_operator(self) -> None:
        entry = parse_entry(
            r"(u \star v)_{i,j} := u_{0,0} v_{i,j}, u : kernel r, v : image, image"
        )
        assert (entry.operator, entry.params, entry.component) == (
            r"\star",
            ("u", "v"),
            ("i", "j"),
        )

    def test_accent(self) -> None:
        entry = parse_entry(r"\hat{u}_q := u_q, u : row mod N, row mod N")
        assert (entry.operator, entry.params, entry.signal) == (r"\hat", ("u",), "row N")

    def test_defined_by_entries(self) -> None:
        entry = parse_entry(r"\tilde{k}_{a,b} := k_{-a,-b}, kernel r")
        assert (entry.key, entry.component, entry.rank) == (r"\tilde{k}", ("a", "b"), 2)


class TestImpulse:
    def test_values(self) -> None:
        assert [Impulse(n, 3) for n in range(-3, 4)] == [1, 0, 0, 1, 0, 0, 1]

    def test_is_even(self) -> None:
        n, period = sp.symbols("n N", integer=True)
        assert Impulse(-n, period) == Impulse(n, period)


def test_euler_is_quick() -> None:
    line = Vocabulary.parse("u : real\n\\mathrm{i} : imaginary unit")
    tex = r"\exp(\mathrm{i} u) - \exp(-\mathrm{i} u) = 2 \mathrm{i} \sin(u)"
    report = check(Statement("s", tex, line))
    assert report.verdict.passed
    assert report.seconds < 3
