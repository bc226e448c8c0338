"""What declared things mean: sizes, ranks, cases, probability vectors, generic functions."""

import numpy as np
import pytest

from dlnotes.checking import Kind, Statement, Tier
from dlnotes.checking.contexts import Context
from dlnotes.checking.derivations import check
from dlnotes.checking.entry_checks import compare_entry
from dlnotes.checking.tex.reader import read_expression
from dlnotes.checking.vocabulary import Vocabulary


def verdict_of(vocabulary, tex):
    return check(Statement("t", tex, Vocabulary.parse(vocabulary))).verdict


NETWORK = r"""
N : integer >= 1
n_k : integer >= 1, k = 0..oo
W_k : matrix n_k x n_{k-1}, k = 1..oo
I_m : identity m, m = 1..oo
A_{j,k} := \begin{cases} I_{n_k} & j = k \\ W_j A_{j-1,k} & j > k \end{cases},
  j = 0..oo, k = 0..oo
"""
PROBABILITIES = r"""
K : integer >= 2
M : integer >= 1
k : index 1..K
q : probability vector K
r : probability vector K
p_m : probability vector K, m = 1..M
p_{m,k} := (p_m)_k, m = 1..M, k = 1..K
\bar{p} := \frac{1}{M} \sum_{m=1}^{M} p_m
H(q) := -\sum_{k=1}^{K} q_k \log(q_k), q : vector K
D(q, r) := \sum_{k=1}^{K} q_k \log\left(\frac{q_k}{r_k}\right), q : vector K, r : vector K
"""
CHAIN = r"""
N : integer >= 1
\varphi_j : smooth function of N, j = 1..N
e_k : basis N, k = 1..N
v_k : real, k = 1..N
u : vector N
s_k := \sum_{i=1}^{k} v_i e_i, k = 0..N
F_k(u) := \begin{cases} u_N & k = N \\ F_{k+1}(u + (\varphi_{k+1}(u) - u_{k+1}) e_{k+1})
  & k < N \end{cases}, k = 1..N, u : vector N
"""
LITERAL = r"""
\varphi_j : smooth function of 4, j = 1..4
e_k : basis 4, k = 1..4
u : vector 4
F_4(u) := u_4, u : vector 4
F_k(u) := F_{k+1}(u + (\varphi_{k+1}(u) - u_{k+1}) e_{k+1}), k = 1..3, u : vector 4
"""


@pytest.mark.parametrize(
    ("vocabulary", "tex", "kind"),
    [
        (NETWORK, r"A_{N,0} = A_{N,1} W_1", Kind.PROVED),
        (NETWORK, r"A_{N,0} = W_1 A_{N,1}", Kind.REFUTED),
        (NETWORK, r"\operatorname{rank}(A_{2,0}) \le \min(n_0, n_1, n_2)", Kind.PROVED),
        (NETWORK, r"\operatorname{rank}(A_{2,0}) = n_1", Kind.REFUTED),
        (NETWORK, r"\operatorname{rank}(A_{2,0}) \le n_1 - 1", Kind.REFUTED),
        ("A : matrix 2 x 2", r"\operatorname{rank}(A) = 2", Kind.REFUTED),
        ("A : matrix 2 x 2", r"\operatorname{rank}(A) \ge 1", Kind.REFUTED),
        ("A : matrix 2 x 2", r"0 \le \operatorname{rank}(A) \le 2", Kind.PROVED),
        ("x : real\ny : real", r"x^2 + y^2 > 0", Kind.REFUTED),
        (PROBABILITIES, r"\sum_{k=1}^{K} q_k = 1", Kind.PROVED),
        (PROBABILITIES, r"\sum_{k=1}^{K} \bar{p}_k = 1", Kind.PROVED),
        (PROBABILITIES, r"\sum_{k=1}^{K} q_k^2 = 1", Kind.REFUTED),
        (PROBABILITIES, r"q_k \log\left(\frac{q_k}{r_k}\right) \ge q_k - r_k", Kind.PROVED),
        (PROBABILITIES, r"D(q, r) \ge \sum_{k=1}^{K} (q_k - r_k)", Kind.PROVED),
        (PROBABILITIES, r"D(q, r) \le \sum_{k=1}^{K} (q_k - r_k)", Kind.REFUTED),
        (
            PROBABILITIES,
            r"\frac{1}{M} \sum_{m=1}^{M} D(p_m, q) = "
            r"\frac{1}{M} \sum_{m=1}^{M} D(p_m, \bar{p}) + D(\bar{p}, q)",
            Kind.PROVED,
        ),
        (CHAIN, r"s_0 + u = u", Kind.PROVED),
        (CHAIN, r"F_N(u) = u_N", Kind.PROVED),
        (CHAIN, r"\frac{\partial F_1(u)}{\partial u_1} = 0", Kind.REFUTED),
        (LITERAL, r"F_3(u) = \varphi_4(u)", Kind.PROVED),
        (LITERAL, r"F_2(u) = u_4", Kind.REFUTED),
    ],
)
def test_verdict(vocabulary, tex, kind):
    verdict = verdict_of(vocabulary, tex)
    assert verdict.kind is kind, str(verdict)


def test_a_sum_of_probabilities_is_one_for_every_size():
    verdict = verdict_of(PROBABILITIES, r"\sum_{m=1}^{M} \sum_{k=1}^{K} p_{m,k} = M")
    assert verdict.passed
    assert "for every size" in verdict.detail


class TestCompareEntry:
    vocabulary = Vocabulary.parse(r"""
        L : nonnegative
        h : positive
        K : integer >= 2
        E(L, h) := \frac{L h}{2}
        s(v)_j := \frac{\exp(v_j)}{\sum_{k=1}^{K} \exp(v_k)}, v : vector K, j = 1..K
        f(A, v) := A v, A : matrix m x n, v : vector n
    """)

    def compare(self, name, function):
        return compare_entry(self.vocabulary.entries[name], self.vocabulary, function)

    def test_parameters_stay_in_their_declared_domain(self):
        def bound(size, step):
            assert size >= 0
            assert step > 0
            return size * step / 2

        assert self.compare("E", bound) == ""

    def test_a_refused_point_is_left_out(self):
        def bound(size, step):
            if size > 2:
                msg = "too large"
                raise ValueError(msg)
            return size * step / 2

        assert self.compare("E", bound) == ""

    def test_a_function_that_refuses_every_point_fails(self):
        def bound(size, step):
            raise ValueError(size * step)

        assert "raises ValueError" in self.compare("E", bound)

    def test_a_wrong_constant_is_found(self):
        assert "the notation says" in self.compare("E", lambda size, step: size * step)

    def test_declared_sizes_and_matrices(self):
        assert self.compare("s", lambda v: np.exp(v) / np.exp(v).sum()) == ""
        assert self.compare("f", lambda a, v: a @ v) == ""
        assert self.compare("f", lambda a, v: -a @ v) != ""


COMPLEX = r"""
\mathrm{i} : imaginary unit
x : real
h : real
f : smooth function
"""
INDICES = r"""
K : integer >= 2
v : vector K
i : index 1..K
j : index i..K
M := \max_{1 \le k \le K} v_k
"""


@pytest.mark.parametrize(
    ("vocabulary", "tex", "kind"),
    [
        (COMPLEX, r"\operatorname{Im}(x + \mathrm{i} h) = h", Kind.PROVED),
        (COMPLEX, r"\operatorname{Im}(f(x + \mathrm{i} h)) = 0", Kind.REFUTED),
        (COMPLEX, r"\operatorname{Re}((x + \mathrm{i} h)^2) = x^2 - h^2", Kind.PROVED),
        (INDICES, r"i \le j", Kind.PROVED),
        (INDICES, r"i < j", Kind.REFUTED),
        (INDICES, r"v_i \le M", Kind.PROVED),
        (INDICES, r"\sum_{k=1}^{K} v_k \le K M", Kind.PROVED),
        (INDICES, r"\sum_{k=1}^{K} v_k \ge K M", Kind.REFUTED),
        (INDICES + r"assume : i \ne j", r"v_i^2 + v_j^2 \le \sum_{k=1}^{K} v_k^2", Kind.PROVED),
        (INDICES, r"v_i^2 + v_j^2 \le \sum_{k=1}^{K} v_k^2", Kind.REFUTED),
        (
            INDICES,
            r"\sum_{1 \le a < b \le K} (v_a - v_b)^2 = "
            r"K \sum_{k=1}^{K} v_k^2 - \left(\sum_{k=1}^{K} v_k\right)^2",
            Kind.PROVED,
        ),
        (
            INDICES,
            r"\sum_{1 \le a \le b \le K} v_a v_b = \left(\sum_{k=1}^{K} v_k\right)^2",
            Kind.REFUTED,
        ),
        ("A : matrix 2 x 3", r"\lVert A \rVert_2 \ge \lVert A \rVert_F", Kind.REFUTED),
        ("A : matrix 2 x 3", r"\lVert A \rVert = 1", Kind.REFUTED),
    ],
)
def test_more_verdicts(vocabulary, tex, kind):
    verdict = verdict_of(vocabulary, tex)
    assert verdict.kind is kind, str(verdict)


def test_a_matrix_norm_needs_an_index():
    verdict = verdict_of("A : matrix 2 x 2", r"\lVert A \rVert = \lVert A \rVert")
    assert verdict.kind is Kind.REFUTED
    assert "no meaning" in verdict.detail


def test_a_limit_that_sympy_cannot_take_is_unproved():
    vocabulary = r"""
    z : vector 2
    M := \max(z_1, z_2)
    """
    tex = (
        r"\lim_{\tau \to 0^+} \frac{\exp(z_1/\tau)}{\exp(z_1/\tau) + \exp(z_2/\tau)} = "
        r"\begin{cases} 1 & z_1 > z_2 \\ 0 & z_1 < z_2 \\ \frac{1}{2} & z_1 = z_2 \end{cases}"
    )
    assert verdict_of(vocabulary, tex).kind in (Kind.UNPROVED, Kind.PROVED)


class TestExtremaOfSymbolicRanges:
    vocabulary = r"""
    K : integer >= 2
    v : vector K
    t : real
    u := \max_{1 \le k \le K} v_k
    """

    def test_what_holds_for_every_number_holds_for_every_size(self):
        verdict = verdict_of(
            self.vocabulary, r"u - \frac{1 - u}{K - 1} = \frac{K u - 1}{K - 1}"
        )
        assert verdict.passed
        assert "for every size" in verdict.detail

    @pytest.mark.parametrize(
        "tex",
        [
            r"\frac{\partial}{\partial t} \max_{1 \le k \le K} (t v_k) = 0",
            r"\lim_{t \to 0} \max_{1 \le k \le K} (t v_k + 1) = u",
            r"\int_{0}^{1} \max_{1 \le k \le K} (t v_k) \, dt = u",
            r"\nabla_v \left(\max_{1 \le k \le K} v_k\right) = \nabla_v t",
        ],
    )
    def test_it_is_not_a_constant(self, tex):
        assert not verdict_of(self.vocabulary, tex).passed


def test_a_mark_in_brackets_is_not_a_power():
    vocabulary = Vocabulary.parse("k_a : real, a = 1..3\nx : real")
    with pytest.raises(ValueError, match="not a power"):
        _ = Statement("t", r"k_1^{(2)} = x", vocabulary).formula


def test_a_function_of_batches_is_given_a_batch_of_one():
    vocabulary = Vocabulary.parse(r"""
    q : probability vector 3
    H(q) := -\sum_{k=1}^{3} q_k \log(q_k), q : vector 3
    """)

    def entropies(rows):
        if rows.ndim != 2:
            msg = "rows of probabilities are expected"
            raise ValueError(msg)
        return -(rows * np.log(rows)).sum(axis=1)

    assert compare_entry(vocabulary.entries["H"], vocabulary, entropies) == ""


RANDOM = r"""
X : random
Y : random
U : independent random
V : independent random
a : real
"""


@pytest.mark.parametrize(
    ("tex", "kind"),
    [
        (r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)", False),
        (
            r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)"
            r" + 2 \operatorname{Cov}(X, Y)",
            True,
        ),
        (
            r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)"
            r" + \operatorname{Cov}(X, Y)",
            False,
        ),
        (r"\mathbb{E}[XY] = \mathbb{E}[X] \mathbb{E}[Y]", False),
        (r"\mathbb{E}[UV] = \mathbb{E}[U] \mathbb{E}[V]", True),
        (r"\mathbb{E}[XU] = \mathbb{E}[X] \mathbb{E}[U]", True),
        (r"\operatorname{Var}(U + V) = \operatorname{Var}(U) + \operatorname{Var}(V)", True),
        (r"\mathbb{E}[a X + Y] = a \mathbb{E}[X] + \mathbb{E}[Y]", True),
        (r"\frac{\partial}{\partial a} \mathbb{E}[\exp(a X)] = 0", False),
        (r"\frac{\partial}{\partial a} \mathbb{E}[\exp(a X)] = \mathbb{E}[X \exp(a X)]", True),
    ],
)
def test_random_variables_may_depend_on_each_other(tex, kind):
    assert verdict_of(RANDOM, tex).kind is (Kind.PROVED if kind else Kind.REFUTED)


def test_three_outcomes_are_not_called_a_proof():
    verdict = verdict_of(RANDOM, r"\mathbb{E}[\exp(a X)] \ge 0")
    assert verdict.tier <= Tier.SYMBOLIC
    tex = r"\frac{\partial}{\partial a} \mathbb{E}[\exp(a X)] = \mathbb{E}[X \exp(a X)]"
    assert verdict_of(RANDOM, tex).tier is Tier.SAMPLED
    assert verdict_of(RANDOM, r"\operatorname{Var}(aX) = a^2 \operatorname{Var}(X)").tier is (
        Tier.SYMBOLIC
    )


def test_a_mixture_bounds_its_members_under_a_double_sum():
    tex = (
        r"\frac{1}{M} \sum_{m=1}^{M} \sum_{k=1}^{K} p_{m,k} "
        r"\log\left(\frac{p_{m,k}}{\bar{p}_k}\right) \le "
        r"\frac{1}{M} \sum_{m=1}^{M} \sum_{k=1}^{K} p_{m,k} \log(M)"
    )
    verdict = verdict_of(PROBABILITIES, tex)
    assert verdict.passed
    assert "for every size" in verdict.detail


def test_a_part_that_was_read_before_keeps_its_conditions():
    names = Vocabulary.parse("x : real")
    context = Context(names, {})
    conditions = [
        context.side(read_expression(tex, names)).conditions.keys()
        for tex in (r"\frac{1}{x}", r"\frac{1}{x} + 1", r"\sqrt{\frac{1}{x} + 1}")
    ]
    assert len(conditions[0]) == 1
    assert conditions[1] == conditions[0]
    assert conditions[2] > conditions[0]


def test_a_part_that_was_read_before_is_not_what_it_was_while_a_name_is_varied():
    names = "x : real\ns := x^2"
    tex = r"\sin(s) + \frac{d}{d s}(\sin(s) + s) = \sin(s) + "
    assert verdict_of(names, tex + r"\cos(s) + 1").kind is Kind.PROVED
    assert verdict_of(names, tex + r"\cos(s)").kind is Kind.REFUTED
