"""The strict reader: what it accepts, and above all what it refuses, with the caret."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlnotes.checking import Kind, Statement
from dlnotes.checking.derivations import check
from dlnotes.checking.tex import TexError, canonical, read, read_expression
from dlnotes.checking.vocabulary import Vocabulary

VOCABULARY = Vocabulary.parse(r"""
x : real
y : real
K : integer >= 1
z_k : real, k = 1..K
x_1 : real
\hat{y} : real
W_{\text{hid}} : matrix 2 x 2
W : matrix 2 x 2
v : vector 2
a^{[l]} : real, l = 1..3
\sigma(t) := \frac{1}{1 + \exp(-t)}
f : smooth function
p : distribution on 1..3
B : index set
""")


class TestAccepts:
    @pytest.mark.parametrize(
        "tex",
        [
            r"\sigma'(x) = \sigma(x)\left(1 - \sigma(x)\right)",
            r"\begin{aligned} x &= y \\ &= \hat y + x_1 \end{aligned}",
            r"\sum_{k=1}^{K} z_k^2 \ge 0",
            r"\sum_{1 \le k \le K} z_k = \sum_{i=1}^K z_i",
            r"W_{\mathrm{hid}} v = v",
            r"\lVert v \rVert_2^2 = v^\top v",
            r"\|v\|_1 \le \|v\|_\infty",
            r"a^{[1]} + a^{[2]} = a^{[3]}",
            r"\frac{\partial^2 f}{\partial x^2} = f''(x)",
            r"f^{(3)}(x) = 0",
            r"\int_0^1 ds\, f(s) = \int_{0}^{1} f(s)\,ds",
            r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases} = \max(x, 0)",
            r"\mathbb{E}_{k \sim p}[\log p(k)] \le 0",
            r"\sum_{i \in B} x = |B| x",
            r"\forall x > 0: x + 1 > 1",
            r"x \in [0, 1) \iff 0 \le x < 1",
            r"\lim_{x \to 0^+} \frac{1}{x} = 1",
            r"\left.\frac{d}{dx} x^2\right|_{x = 1} = 2",
            r"[x > 0] = 1, \quad \lfloor x \rfloor \le x",
            r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}^{-1} = W",
            r"\frac12 x = \frac{1}{2} x",
        ],
    )
    def test_subset(self, tex):
        assert read(tex, VOCABULARY).kind in ("chain", "and", "forall", "iff")

    def test_functions_apply_and_symbols_multiply(self):
        assert read_expression("x(y + 1)", VOCABULARY).kind == "mul"
        assert read_expression("f(y + 1)", VOCABULARY).kind == "apply"

    def test_longest_declared_head_wins(self):
        assert read_expression("x_1", VOCABULARY).value == "x_{1}"


class TestRefuses:
    @pytest.mark.parametrize(
        ("tex", "column", "words"),
        [
            (r"x = q", 5, "undeclared name 'q'"),
            (r"x = \theta", 5, "declare \\theta"),
            (r"x = g(y)", 5, "undeclared function 'g'"),
            (r"x / y y = 1", 7, "read in two ways"),
            (r"\log x y = 1", 8, "write \\log(x)"),
            (r"\frac{d}{dx} x y = 1", 14, "how far"),
            (r"\sigma x = 1", 8, "what does it apply to"),
            (r"x^12 = 1", 3, "write ^{12}"),
            (r"x = (y", 5, "never closed"),
            (r"x = y)", 6, "unread input"),
            (r"x + y", 6, "needs a relation"),
            (r"x' = 1", 2, "a prime after something"),
            (r"\sum_k z_k = 1", 1, "range of k"),
            (r"\int_0^1 f(s) = 1", 9, "no differential"),
            (r"x_5 = 1", 2, "not declared"),
            (r"x = 2 \foo 3", 7, "undeclared name"),
            (r"\tanh^{-1}(x) = 1", 10, "two ways"),
            ("x = é", 5, "unknown character"),
            (r"x = x 2", 7, "number after a factor"),
            (r"x = y + + y", 9, "two signs"),
            (r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix} = W", 1, "different length"),
            (r"\mathbb{E}_{q}[x] = 1", 13, "declared distribution"),
            (r"x_1_2 = 1", 4, "two subscripts"),
        ],
    )
    def test_with_a_caret_under_the_place(self, tex, column, words):
        with pytest.raises(TexError) as caught:
            read(tex, VOCABULARY)
        assert words in str(caught.value)
        assert caught.value.column == column, str(caught.value)

    def test_names_the_line_of_a_long_display(self):
        with pytest.raises(TexError) as caught:
            read("x &= y\n\\\\ &= x + q", VOCABULARY)
        assert (caught.value.line, caught.value.column) == (2, 11)
        assert "nearest" in caught.value.hint or "declare q" in caught.value.hint


def test_canonical_order_of_scripts():
    assert "".join(t.text for t in canonical(r"x^2_1")) == "x_{1}^{2}"


# -- random expressions, printed and read back ---------------------------------------------
NAMES = Vocabulary.parse("x : real\ny : real")


def expressions():
    leaf = st.sampled_from(["x", "y", "2", "3"])

    def extend(inner):
        pair = st.tuples(inner, inner)
        return st.one_of(
            pair.map(lambda p: rf"\left({p[0]} + {p[1]}\right)"),
            pair.map(lambda p: rf"\left({p[0]} - {p[1]}\right)"),
            pair.map(lambda p: rf"\left({p[0]} \cdot {p[1]}\right)"),
            pair.map(lambda p: rf"\frac{{{p[0]}}}{{1 + ({p[1]})^2}}"),
            inner.map(lambda p: rf"\tanh\left({p}\right)"),
        )

    return st.recursive(leaf, extend, max_leaves=6)


@settings(max_examples=40, deadline=None)
@given(expressions())
def test_what_is_printed_is_read_and_equals_itself(tex):
    verdict = check(Statement("t", f"{tex} = {tex}", NAMES)).verdict
    assert verdict.kind is Kind.PROVED


@settings(max_examples=40, deadline=None)
@given(expressions())
def test_a_sign_flip_is_refuted(tex):
    wrong = f"x^2 + 1 + ({tex}) = x^2 - 1 + ({tex})"
    assert check(Statement("t", wrong, NAMES)).verdict.kind is Kind.REFUTED
