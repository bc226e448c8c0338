"""Formulas as texts on deep learning print them: right ones are proved, wrong ones refuted."""

import pytest

from dlnotes.checking import Kind, Statement
from dlnotes.checking.derivations import check
from dlnotes.checking.vocabulary import Vocabulary

CASES = [
    (
        "gaussian-kl",
        r"""
        m_1 : real
        m_2 : real
        s_1 : positive
        s_2 : positive
        x : real
        p(x) := \frac{1}{\sqrt{2\pi} s_1} \exp(-\frac{(x-m_1)^2}{2 s_1^2})
        q(x) := \frac{1}{\sqrt{2\pi} s_2} \exp(-\frac{(x-m_2)^2}{2 s_2^2})
        D := \log(\frac{s_2}{s_1}) + \frac{s_1^2 + (m_1-m_2)^2}{2 s_2^2} - \frac12
        """,
        [
            (r"\int_{-\infty}^{\infty} p(x) \log(\frac{p(x)}{q(x)}) \, dx = D", True),
            (r"\int_{-\infty}^{\infty} p(x) \log(\frac{q(x)}{p(x)}) \, dx = D", False),
            (
                r"-\int_{-\infty}^{\infty} p(x) \log(p(x)) \, dx = \frac12\log(2\pi e s_1^2)",
                True,
            ),
            (r"D \ge 0", True),
            (r"D \ge \frac{(m_1-m_2)^2}{2 s_2^2}", True),
            (r"D \ge \frac{(m_1-m_2)^2}{s_2^2}", False),
        ],
    ),
    (
        "adam",
        r"""
        \beta : in (0,1)
        t : integer >= 1
        g : real
        m_0 := 0
        m_s := \beta m_{s-1} + (1-\beta) g, s = 1..t
        """,
        [
            (r"m_t = (1-\beta^t) g", True),
            (r"m_t = (1-\beta^{t-1}) g", False),
            (r"\frac{m_t}{1-\beta^t} = g", True),
            (r"\sum_{k=0}^{\infty} \beta^k = \frac{1}{1-\beta}", True),
        ],
    ),
    (
        "sizes-of-convolutions",
        "w : integer >= 1\nk : integer >= 1\ns : integer >= 1\np : integer >= 0",
        [
            (
                r"\lfloor \frac{w+2p-k}{s} \rfloor + 1 = \lfloor \frac{w+2p-k+s}{s} \rfloor",
                True,
            ),
            (
                r"\lfloor \frac{w+2p-k}{s} \rfloor + 1 = \lfloor \frac{w+2p-k+1}{s} \rfloor",
                False,
            ),
        ],
    ),
    (
        "matrix-calculus",
        r"""
        n : integer >= 1
        m : integer >= 1
        A : matrix m x n
        B : matrix n x m
        S : invertible matrix n x n
        x : vector n
        u : vector n
        v : vector n
        I : identity n
        """,
        [
            (r"\nabla_x (x^\top S x) = (S + S^\top) x", True),
            (r"\nabla_x (x^\top S x) = 2 S x", False),
            (r"\frac{\partial \operatorname{tr}(AB)}{\partial A} = B^\top", True),
            (r"\frac{\partial \operatorname{tr}(AB)}{\partial A} = B", False),
            (r"\nabla_S \det(S) = \det(S) (S^{-1})^\top", True),
            (r"\det(I + u v^\top) = 1 + v^\top u", True),
            (r"\det(I + u v^\top) = 1 - v^\top u", False),
        ],
    ),
    (
        "sherman-morrison",
        r"""
        n : integer >= 1
        S : invertible matrix n x n
        u : vector n
        v : vector n
        c := 1 + v^\top S^{-1} u
        assume : 1 + v^\top S^{-1} u \ne 0
        """,
        [
            (r"(S + u v^\top)^{-1} = S^{-1} - \frac{1}{c} S^{-1} u v^\top S^{-1}", True),
            (r"(S + u v^\top)^{-1} = S^{-1} + \frac{1}{c} S^{-1} u v^\top S^{-1}", False),
        ],
    ),
    (
        "dropout",
        "p : in (0,1)\nx : real\nD ~ Bernoulli(1-p)",
        [
            (r"\mathbb{E}[\frac{D x}{1-p}] = x", True),
            (r"\mathbb{E}[D x] = p x", False),
            (r"\operatorname{Var}(\frac{D x}{1-p}) = \frac{p}{1-p} x^2", True),
            (r"\operatorname{Var}(\frac{D x}{1-p}) = p(1-p) x^2", False),
        ],
    ),
    (
        "distillation",
        r"""
        K : integer >= 2
        z : vector K
        y : vector K
        T : positive
        \sigma(z)_j := \frac{\exp(z_j/T)}{\sum_{k=1}^{K} \exp(z_k/T)}, z : vector K, j = 1..K
        L := -\sum_{k=1}^{K} y_k \log(\sigma(z)_k)
        assume : \sum_{k=1}^{K} y_k = 1
        """,
        [
            (r"\nabla_z L = \frac{1}{T}(\sigma(z)-y)", True),
            (r"\nabla_z L = \sigma(z)-y", False),
        ],
    ),
    (
        "information",
        r"""
        K : integer >= 2
        q : probability vector K
        r : probability vector K
        H(q) := -\sum_{k=1}^{K} q_k \log(q_k), q : vector K
        D(q, r) := \sum_{k=1}^{K} q_k \log(\frac{q_k}{r_k}), q : vector K, r : vector K
        C(q, r) := -\sum_{k=1}^{K} q_k \log(r_k), q : vector K, r : vector K
        """,
        [
            (r"C(q, r) = H(q) + D(q, r)", True),
            (r"C(q, r) = H(q) - D(q, r)", False),
            (r"D(q, r) \ge 0", True),
            (r"0 \le H(q) \le \log(K)", True),
            (r"H(q) \le \log(K - 1)", False),
            (r"C(q, r) \ge H(q)", True),
            (r"D(q, r) = D(r, q)", False),
        ],
    ),
    (
        "returns",
        r"""
        \gamma : in (0,1)
        R_t : real, t = 0..oo
        T : integer >= 1
        G_t := \sum_{k=0}^{T-t} \gamma^k R_{t+k}, t = 0..T
        """,
        [
            (r"G_0 = R_0 + \gamma G_1", True),
            (r"G_0 = \gamma R_0 + G_1", False),
        ],
    ),
    (
        "reparametrisation",
        r"""
        \mu : real
        \sigma : positive
        a : real
        \epsilon ~ Normal(0, 1)
        """,
        [
            (r"\mathbb{E}[(\mu+\sigma\epsilon)^2] = \mu^2 + \sigma^2", True),
            (r"\mathbb{E}[(\mu+\sigma\epsilon)^2] = \mu^2 - \sigma^2", False),
            (r"\mathbb{E}[\exp(a\epsilon)] = \exp(\frac{a^2}{2})", True),
            (r"\mathbb{E}[\max(0,\epsilon)] = \frac{1}{\sqrt{2\pi}}", True),
            (r"\mathbb{E}[\max(0,\epsilon)^2] = \frac13", False),
        ],
    ),
    (
        "lstm",
        r"""
        f : real
        i : real
        g : real
        c : real
        \sigma(z) := \frac{1}{1+\exp(-z)}
        s := \sigma(f) c + \sigma(i) \tanh(g)
        h := \tanh(s)
        """,
        [
            (r"\frac{\partial s}{\partial f} = \sigma(f)(1-\sigma(f)) c", True),
            (r"\frac{\partial h}{\partial c} = (1-h^2)\sigma(f)", True),
            (r"\frac{\partial h}{\partial c} = (1-h)\sigma(f)", False),
        ],
    ),
    (
        "layer-norm",
        r"""
        m : integer >= 2
        x_i : real, i = 1..m
        \epsilon : positive
        \mu := \frac{1}{m}\sum_{i=1}^{m} x_i
        v := \frac{1}{m}\sum_{i=1}^{m} (x_i-\mu)^2
        \hat{x}_i := \frac{x_i-\mu}{\sqrt{v+\epsilon}}, i = 1..m
        i : index 1..m
        j : index 1..m
        w := \frac{1}{m\sqrt{v+\epsilon}}
        """,
        [
            (r"\sum_{i=1}^m \hat{x}_i = 0", True),
            (r"\frac{1}{m}\sum_{i=1}^m \hat{x}_i^2 = \frac{v}{v+\epsilon}", True),
            (r"\frac{1}{m}\sum_{i=1}^m \hat{x}_i^2 = 1", False),
            (
                r"\frac{\partial\hat{x}_i}{\partial x_j}=w(m\delta_{ij}-1-\hat{x}_i\hat{x}_j)",
                True,
            ),
            (
                r"\frac{\partial\hat{x}_i}{\partial x_j}=w(m\delta_{ij}-1+\hat{x}_i\hat{x}_j)",
                False,
            ),
        ],
    ),
    (
        "attention",
        r"""
        n : integer >= 1
        d : integer >= 1
        Q : matrix n x d
        B : matrix n x d
        A := \frac{Q B^\top}{\sqrt{d}}
        """,
        [
            (r"A^\top = \frac{B Q^\top}{\sqrt{d}}", True),
            (r"A^\top = \frac{Q^\top B}{\sqrt{d}}", False),
        ],
    ),
    (
        "taylor",
        "f : smooth function\nx : real",
        [
            (r"\lim_{x \to 0} \frac{f(x)-f(0)-x f'(0)}{x^2} = \frac{f''(0)}{2}", True),
            (r"\lim_{x \to 0} \frac{f(x)-f(0)-x f'(0)}{x^2} = f''(0)", False),
            (r"\frac{d}{dx} f(f(x)) = f'(f(x)) f'(x)", True),
        ],
    ),
]
PARAMS = [
    pytest.param(vocabulary, tex, holds, id=f"{name}-{n}")
    for name, vocabulary, cases in CASES
    for n, (tex, holds) in enumerate(cases)
]


@pytest.mark.parametrize(("vocabulary", "tex", "holds"), PARAMS)
def test_verdict(vocabulary, tex, holds):
    verdict = check(Statement("t", tex, Vocabulary.parse(vocabulary))).verdict
    assert verdict.kind is (Kind.PROVED if holds else Kind.REFUTED), str(verdict)
