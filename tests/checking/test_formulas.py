"""More formulas of the field as books print them: right ones proved, wrong ones refuted."""

import pytest

from dlnotes.checking import Kind, Statement
from dlnotes.checking.derivations import check
from dlnotes.checking.vocabulary import Vocabulary

CASES = [
    (
        "ridge",
        r"""
        n : integer >= 1
        d : integer >= 1
        X : matrix n x d
        y : vector n
        w : vector d
        \lambda : positive
        I : identity d
        """,
        [
            (
                r"\nabla_w (\lVert X w - y \rVert^2 + \lambda \lVert w \rVert^2) = 2 "
                r"X^\top (X w - y) + 2 \lambda w",
                True,
            ),
            (
                r"\nabla_w (\lVert X w - y \rVert^2 + \lambda \lVert w \rVert^2) = 2 "
                r"X^\top (X w - y) + \lambda w",
                False,
            ),
            (r"(X^\top X + \lambda I)(X^\top X + \lambda I)^{-1} X^\top y = X^\top y", True),
        ],
    ),
    (
        "elbo",
        r"""
        K : integer >= 1
        q : probability vector K
        p : probability vector K
        \ell_k : positive, k = 1..K
        Z := \sum_{k=1}^{K} p_k \ell_k
        """,
        [
            (r"\log(Z) \ge \sum_{k=1}^{K} q_k \log(\frac{p_k \ell_k}{q_k})", True),
            (r"\log(Z) \ge \sum_{k=1}^{K} p_k \log(\frac{p_k \ell_k}{q_k})", False),
            (
                r"\log(Z) - \sum_{k=1}^{K} q_k \log(\frac{p_k \ell_k}{q_k}) = "
                r"\sum_{k=1}^{K} q_k \log(\frac{q_k Z}{p_k \ell_k})",
                True,
            ),
        ],
    ),
    (
        "bayes",
        r"""
        K : integer >= 1
        p : probability vector K
        \ell_k : positive, k = 1..K
        r_k := \frac{\ell_k p_k}{\sum_{j=1}^{K} \ell_j p_j}, k = 1..K
        """,
        [
            (r"\sum_{k=1}^{K} r_k = 1", True),
            (r"\sum_{k=1}^{K} r_k = K", False),
            (r"r_1 \sum_{j=1}^{K} \ell_j p_j = \ell_1 p_1", True),
        ],
    ),
    (
        "lse-hessian",
        r"""
        K : integer >= 1
        z : vector K
        i : index 1..K
        j : index 1..K
        \operatorname{lse}(v) := \log(\sum_{k=1}^{K} \exp(v_k)), v : vector K
        s_k := \frac{\exp(z_k)}{\sum_{m=1}^{K} \exp(z_m)}, k = 1..K
        """,
        [
            (
                r"\frac{\partial^2 \operatorname{lse}(z)}{\partial z_i \partial z_j} = "
                r"s_i (\delta_{ij} - s_j)",
                True,
            ),
            (
                r"\frac{\partial^2 \operatorname{lse}(z)}{\partial z_i \partial z_j} = "
                r"s_i (\delta_{ij} - s_i)",
                False,
            ),
            (r"\frac{\partial \operatorname{lse}(z)}{\partial z_i} = s_i", True),
        ],
    ),
    (
        "attention-scale",
        r"""
        d : integer >= 1
        \epsilon_k ~ Bernoulli(1/2), k = 1..d
        \zeta_k ~ Bernoulli(1/2), k = 1..d
        q_k := 2 \epsilon_k - 1, k = 1..d
        t_k := 2 \zeta_k - 1, k = 1..d
        """,
        [
            (r"\operatorname{Var}(\frac{1}{\sqrt{d}} \sum_{k=1}^{d} q_k t_k) = 1", True),
            (r"\operatorname{Var}(\frac{1}{d} \sum_{k=1}^{d} q_k t_k) = 1", False),
            (r"\operatorname{Var}(\sum_{k=1}^{d} q_k t_k) = d", True),
        ],
    ),
    (
        "dropout",
        r"""
        p : in (0,1)
        x : real
        m ~ Bernoulli(p)
        """,
        [
            (r"\mathbb{E}(\frac{m x}{p}) = x", True),
            (r"\mathbb{E}(m x) = x", False),
            (r"\operatorname{Var}(\frac{m x}{p}) = \frac{(1-p) x^2}{p}", True),
            (r"\operatorname{Var}(\frac{m x}{p}) = p (1-p) x^2", False),
        ],
    ),
    (
        "batch-norm-backward",
        r"""
        N : integer >= 1
        x_i : real, i = 1..N
        g_i : real, i = 1..N
        \epsilon : positive
        k : index 1..N
        \mu := \frac{1}{N} \sum_{i=1}^{N} x_i
        v := \frac{1}{N} \sum_{i=1}^{N} (x_i - \mu)^2
        \hat{x}_i := \frac{x_i - \mu}{\sqrt{v + \epsilon}}, i = 1..N
        L := \sum_{i=1}^{N} g_i \hat{x}_i
        """,
        [
            (
                r"\frac{\partial L}{\partial x_k} = \frac{1}{\sqrt{v + \epsilon}} "
                r"\left(g_k - \frac{1}{N} \sum_{i=1}^{N} g_i - \hat{x}_k \frac{1}{N} "
                r"\sum_{i=1}^{N} g_i \hat{x}_i \right)",
                True,
            ),
            (
                r"\frac{\partial L}{\partial x_k} = \frac{1}{\sqrt{v + \epsilon}} "
                r"\left(g_k - \frac{1}{N} \sum_{i=1}^{N} g_i + \hat{x}_k \frac{1}{N} "
                r"\sum_{i=1}^{N} g_i \hat{x}_i \right)",
                False,
            ),
            (r"\sum_{i=1}^{N} \hat{x}_i = 0", True),
        ],
    ),
    (
        "log-derivative",
        r"""
        K : integer >= 1
        \theta : real
        a : smooth function
        f : positive function
        k : index 1..K
        \pi_k(\theta) := \frac{\exp(k a(\theta))}{\sum_{j=1}^{K} \exp(j a(\theta))}, k = 1..K
        r_k : real, k = 1..K
        """,
        [
            (
                r"\frac{d}{d\theta} f(\theta) = f(\theta) \frac{d}{d\theta} "
                r"\log(f(\theta))",
                True,
            ),
            (r"\frac{d}{d\theta} f(\theta) = \frac{d}{d\theta} \log(f(\theta))", False),
            (
                r"\frac{d}{d\theta} \sum_{k=1}^{K} r_k \pi_k(\theta) = \sum_{k=1}^{K} "
                r"r_k \pi_k(\theta) \frac{d}{d\theta} \log(\pi_k(\theta))",
                True,
            ),
            (
                r"\frac{d}{d\theta} \sum_{k=1}^{K} r_k \pi_k(\theta) = \sum_{k=1}^{K} "
                r"r_k \frac{d}{d\theta} \log(\pi_k(\theta))",
                False,
            ),
        ],
    ),
    (
        "fisher",
        r"""
        p : in (0,1)
        x ~ Bernoulli(p)
        \ell(p, x) := x \log(p) + (1-x) \log(1-p)
        """,
        [
            (
                r"\mathbb{E}\left(\left(\frac{x}{p} - \frac{1-x}{1-p}\right)^2\right) = "
                r"\frac{1}{p(1-p)}",
                True,
            ),
            (
                r"\mathbb{E}\left(\left(\frac{x}{p} - \frac{1-x}{1-p}\right)^2\right) = "
                r"p(1-p)",
                False,
            ),
            (r"\mathbb{E}\left(\frac{x}{p} - \frac{1-x}{1-p}\right) = 0", True),
        ],
    ),
    (
        "matrix-calculus",
        r"""
        m : integer >= 1
        n : integer >= 1
        A : matrix m x n
        X : matrix n x m
        B : matrix n x n
        M : invertible matrix n x n
        x : vector n
        y : vector n
        """,
        [
            (r"\frac{\partial \operatorname{tr}(A X)}{\partial X} = A^\top", True),
            (r"\frac{\partial \operatorname{tr}(A X)}{\partial X} = A", False),
            (
                r"\frac{\partial \operatorname{tr}(X^\top B X)}{\partial X} = (B + "
                r"B^\top) X",
                True,
            ),
            (r"\frac{\partial \operatorname{tr}(X^\top B X)}{\partial X} = 2 B X", False),
            (r"\nabla_x (x^\top B x) = (B + B^\top) x", True),
            (r"\frac{\partial \lVert X \rVert_F^2}{\partial X} = 2 X", True),
            (r"\frac{\partial \lVert X \rVert_F^2}{\partial X} = X", False),
        ],
    ),
    (
        "log-det",
        r"""
        M : invertible matrix 2 x 2
        assume : \det(M) > 0
        A : invertible matrix 2 x 2
        B : invertible matrix 2 x 2
        t : real
        """,
        [
            (r"\frac{\partial \log(\det(M))}{\partial M} = (M^{-1})^\top", True),
            (r"\frac{\partial \log(\det(M))}{\partial M} = M^{-1}", False),
            (r"\det(A B) = \det(A) \det(B)", True),
            (r"\det(A + B) = \det(A) + \det(B)", False),
            (r"\det(A^{-1}) = \frac{1}{\det(A)}", True),
            (r"\det(2 A) = 2 \det(A)", False),
        ],
    ),
    (
        "sherman-morrison",
        r"""
        A : invertible matrix 2 x 2
        u : vector 2
        v : vector 2
        assume : 1 + v^\top A^{-1} u \ne 0
        """,
        [
            (
                r"(A + u v^\top)^{-1} = A^{-1} - \frac{A^{-1} u v^\top A^{-1}}{1 + "
                r"v^\top A^{-1} u}",
                True,
            ),
            (
                r"(A + u v^\top)^{-1} = A^{-1} + \frac{A^{-1} u v^\top A^{-1}}{1 + "
                r"v^\top A^{-1} u}",
                False,
            ),
        ],
    ),
    (
        "woodbury-push",
        r"""
        n : integer >= 1
        m : integer >= 1
        A : matrix m x n
        t : positive
        I : identity n
        J : identity m
        """,
        [
            (r"A^\top (A A^\top + t J) = (A^\top A + t I) A^\top", True),
            (r"A (A A^\top + t J) = (A^\top A + t I) A", False),
        ],
    ),
    (
        "lstm",
        r"""
        x : real
        h : real
        c : real
        w_f : real
        w_i : real
        w_o : real
        w_g : real
        \sigma(t) := \frac{1}{1+\exp(-t)}
        f := \sigma(w_f x)
        i := \sigma(w_i x)
        o := \sigma(w_o x)
        g := \tanh(w_g x)
        c_1 := f c + i g
        h_1 := o \tanh(c_1)
        """,
        [
            (r"\frac{\partial c_1}{\partial c} = f", True),
            (r"\frac{\partial h_1}{\partial c} = o f (1 - \tanh(c_1)^2)", True),
            (r"\frac{\partial h_1}{\partial c} = o f (1 - \tanh(c)^2)", False),
            (r"\frac{\partial h_1}{\partial w_o} = x o (1 - o) \tanh(c_1)", True),
            (r"\frac{\partial h_1}{\partial w_g} = o (1 - \tanh(c_1)^2) i (1 - g^2) x", True),
            (r"\frac{\partial h_1}{\partial w_g} = o (1 - \tanh(c_1)^2) i (1 - g) x", False),
        ],
    ),
    (
        "gru",
        r"""
        h : real
        n : real
        a : real
        \sigma(t) := \frac{1}{1+\exp(-t)}
        z := \sigma(a)
        u := (1 - z) n + z h
        """,
        [
            (r"\frac{\partial u}{\partial a} = (h - n) z (1 - z)", True),
            (r"\frac{\partial u}{\partial a} = (n - h) z (1 - z)", False),
        ],
    ),
    (
        "conv-size",
        r"""
        n : integer >= 1
        k : integer >= 1
        p : integer >= 0
        s : integer >= 1
        o := \lfloor \frac{n + 2 p - k}{s} \rfloor + 1
        """,
        [
            (r"o \le \frac{n + 2 p - k}{s} + 1", True),
            (r"o \ge \frac{n + 2 p - k}{s} + 1", False),
            (r"s (o - 1) + k \le n + 2 p", True),
        ],
    ),
    (
        "xavier",
        r"""
        n : integer >= 1
        \tau : positive
        w_k ~ Normal(0, \tau), k = 1..n
        x_k : real, k = 1..n
        """,
        [
            (r"\operatorname{Var}(\sum_{k=1}^{n} w_k x_k) = \tau \sum_{k=1}^{n} x_k^2", True),
            (
                r"\operatorname{Var}(\sum_{k=1}^{n} w_k x_k) = n \tau \sum_{k=1}^{n} "
                r"x_k^2",
                False,
            ),
        ],
    ),
    (
        "uniform-init",
        r"""
        a : positive
        w ~ Uniform(-a, a)
        """,
        [
            (r"\operatorname{Var}(w) = \frac{a^2}{3}", True),
            (r"\operatorname{Var}(w) = \frac{a^2}{12}", False),
        ],
    ),
    (
        "variance",
        r"""
        X : random
        Y : random
        a : real
        b : real
        """,
        [
            (r"\operatorname{Var}(X) = \mathbb{E}(X^2) - \mathbb{E}(X)^2", True),
            (r"\operatorname{Var}(a X + b) = a^2 \operatorname{Var}(X)", True),
            (r"\operatorname{Var}(a X + b) = a^2 \operatorname{Var}(X) + b", False),
            (
                r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + "
                r"\operatorname{Var}(Y) + 2 \operatorname{Cov}(X, Y)",
                True,
            ),
            (
                r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + "
                r"\operatorname{Var}(Y)",
                False,
            ),
            (r"\mathbb{E}(X)^2 \le \mathbb{E}(X^2)", True),
        ],
    ),
    (
        "jensen",
        r"""
        \lambda : in (0,1)
        x : positive
        y : positive
        f : convex function
        """,
        [
            (
                r"\log(\lambda x + (1-\lambda) y) \ge \lambda \log(x) + (1-\lambda) "
                r"\log(y)",
                True,
            ),
            (
                r"\log(\lambda x + (1-\lambda) y) \le \lambda \log(x) + (1-\lambda) "
                r"\log(y)",
                False,
            ),
            (r"(\lambda x + (1-\lambda) y)^2 \le \lambda x^2 + (1-\lambda) y^2", True),
        ],
    ),
    (
        "softmax-temperature",
        r"""
        K : integer >= 1
        z_k : real, k = 1..K
        T : positive
        i : index 1..K
        j : index 1..K
        p_k := \frac{\exp(z_k / T)}{\sum_{m=1}^{K} \exp(z_m / T)}, k = 1..K
        """,
        [
            (
                r"\frac{\partial p_i}{\partial z_j} = \frac{1}{T} p_i (\delta_{ij} - "
                r"p_j)",
                True,
            ),
            (r"\frac{\partial p_i}{\partial z_j} = T p_i (\delta_{ij} - p_j)", False),
            (
                r"\frac{\partial \log(p_i)}{\partial z_j} = \frac{1}{T} (\delta_{ij} - "
                r"p_j)",
                True,
            ),
        ],
    ),
    (
        "adam-v",
        r"""
        \beta : in (0,1)
        t : integer >= 1
        g : real
        """,
        [
            (r"(1 - \beta) \sum_{i=1}^{t} \beta^{t-i} = 1 - \beta^t", True),
            (r"(1 - \beta) \sum_{i=1}^{t} \beta^{t-i} = 1 - \beta^{t-1}", False),
        ],
    ),
    (
        "gauss-kl-vector",
        r"""
        d : integer >= 1
        m_k : real, k = 1..d
        s_k : positive, k = 1..d
        D := \frac12 \sum_{k=1}^{d} (s_k + m_k^2 - 1 - \log(s_k))
        """,
        [
            (r"D \ge 0", True),
            (r"\frac{\partial D}{\partial m_1} = m_1", True),
            (r"\frac{\partial D}{\partial m_1} = 2 m_1", False),
            (r"\frac{\partial D}{\partial s_1} = \frac12 (1 - \frac{1}{s_1})", True),
        ],
    ),
    (
        "pca",
        r"""
        n : integer >= 1
        d : integer >= 1
        X : matrix n x d
        w : vector d
        I : identity d
        \lambda : real
        """,
        [
            (r"\lVert X w \rVert^2 = w^\top X^\top X w", True),
            (
                r"\nabla_w (w^\top X^\top X w - \lambda (w^\top w - 1)) = 2 X^\top X w "
                r"- 2 \lambda w",
                True,
            ),
            (
                r"\nabla_w (w^\top X^\top X w - \lambda (w^\top w - 1)) = 2 X X^\top w "
                r"- 2 \lambda w",
                False,
            ),
            (
                r"\lVert X - X w w^\top \rVert_F^2 = \lVert X \rVert_F^2 - 2 w^\top "
                r"X^\top X w + w^\top w \, w^\top X^\top X w",
                True,
            ),
        ],
    ),
    (
        "svd",
        r"""
        m : integer >= 1
        r : integer >= 1
        U : orthogonal matrix m x m
        V : orthogonal matrix m x m
        D : diagonal matrix m x m
        A := U D V^\top
        """,
        [
            (r"A^\top A = V D^2 V^\top", True),
            (r"A^\top A = U D^2 U^\top", False),
            (r"A A^\top = U D^2 U^\top", True),
            (r"\lVert A \rVert_F^2 = \operatorname{tr}(D^2)", True),
        ],
    ),
    (
        "chain-index",
        r"""
        n : integer >= 1
        W_{ij} : real, i = 1..n, j = 1..n
        x_j : real, j = 1..n
        f : smooth function
        a : index 1..n
        b : index 1..n
        s_i := \sum_{j=1}^{n} W_{ij} x_j, i = 1..n
        L := \sum_{i=1}^{n} f(s_i)
        """,
        [
            (r"\frac{\partial L}{\partial W_{ab}} = f'(s_a) x_b", True),
            (r"\frac{\partial L}{\partial W_{ab}} = f'(s_b) x_a", False),
            (r"\frac{\partial L}{\partial x_b} = \sum_{i=1}^{n} f'(s_i) W_{ib}", True),
            (r"\frac{\partial L}{\partial x_b} = \sum_{i=1}^{n} f'(s_i) W_{bi}", False),
        ],
    ),
    (
        "logistic-loss",
        r"""
        y : in (0,1)
        z : real
        \sigma(t) := \frac{1}{1+\exp(-t)}
        \ell := -y \log(\sigma(z)) - (1-y) \log(1-\sigma(z))
        """,
        [
            (r"\frac{\partial \ell}{\partial z} = \sigma(z) - y", True),
            (r"\frac{\partial \ell}{\partial z} = y - \sigma(z)", False),
            (r"\frac{\partial^2 \ell}{\partial z^2} = \sigma(z)(1-\sigma(z))", True),
            (r"\ell = \log(1+\exp(z)) - y z", True),
            (r"\ell = \log(1+\exp(-z)) - y z", False),
        ],
    ),
    (
        "mse-bias-variance",
        r"""
        X : random
        c : real
        """,
        [
            (r"\mathbb{E}((X - c)^2) = \operatorname{Var}(X) + (\mathbb{E}(X) - c)^2", True),
            (r"\mathbb{E}((X - c)^2) = \operatorname{Var}(X) - (\mathbb{E}(X) - c)^2", False),
        ],
    ),
    (
        "momentum",
        r"""
        \mu : in (0,1)
        \eta : positive
        g : real
        t : integer >= 1
        v_0 := 0
        v_s := \mu v_{s-1} - \eta g, s = 1..t
        """,
        [
            (r"v_t = -\eta g \frac{1 - \mu^t}{1 - \mu}", True),
            (r"v_t = -\eta g \frac{1 - \mu^t}{1 + \mu}", False),
        ],
    ),
    (
        "gradient-descent-quadratic",
        r"""
        \lambda : positive
        \eta : positive
        \theta : real
        \theta^\star : real
        t : integer >= 0
        a : in (0,1)
        """,
        [
            (
                r"\theta - \eta \lambda (\theta - \theta^\star) - \theta^\star = (1 - "
                r"\eta \lambda) (\theta - \theta^\star)",
                True,
            ),
            (r"(1 - a)^t \le 1", True),
            (r"(1 - a)^t \ge 1", False),
        ],
    ),
    (
        "entropy",
        r"""
        K : integer >= 1
        p : probability vector K
        H := -\sum_{k=1}^{K} p_k \log(p_k)
        """,
        [
            (r"0 \le H \le \log(K)", True),
            (r"H \ge \log(K)", False),
        ],
    ),
    (
        "pinsker-like",
        r"""
        p : in (0,1)
        q : in (0,1)
        D := p \log(\frac{p}{q}) + (1-p) \log(\frac{1-p}{1-q})
        """,
        [
            (r"D \ge 0", True),
            (r"\frac{\partial D}{\partial q} = \frac{q - p}{q (1-q)}", True),
            (r"\frac{\partial D}{\partial q} = \frac{p - q}{q (1-q)}", False),
        ],
    ),
    (
        "residual",
        r"""
        n : integer >= 1
        x : vector n
        A : matrix n x n
        I : identity n
        """,
        [
            (r"\frac{\partial (x + A x)}{\partial x} = I + A", True),
            (r"\frac{\partial (x + A x)}{\partial x} = I + A^\top", False),
        ],
    ),
    (
        "layer-norm",
        r"""
        n : integer >= 1
        x_i : real, i = 1..n
        a : positive
        b : real
        \mu := \frac1n \sum_{i=1}^{n} x_i
        v := \frac1n \sum_{i=1}^{n} (x_i - \mu)^2
        """,
        [
            (r"v = \frac1n \sum_{i=1}^{n} x_i^2 - \mu^2", True),
            (r"v = \frac1n \sum_{i=1}^{n} x_i^2 - \mu", False),
            (r"\frac1n \sum_{i=1}^{n} (a x_i + b) = a \mu + b", True),
        ],
    ),
    (
        "hinge-huber",
        r"""
        x : real
        d : positive
        h(x) := \begin{cases} \frac12 x^2 & \lvert x \rvert \le d
          \\ d (\lvert x \rvert - \frac12 d) & \lvert x \rvert > d \end{cases}
        """,
        [
            (r"h(x) \ge 0", True),
            (r"h(x) \le \frac12 x^2", True),
            (r"h(x) \ge \frac12 x^2", False),
        ],
    ),
    (
        "gaussian-log-likelihood",
        r"""
        n : integer >= 1
        x_i : real, i = 1..n
        \mu : real
        v : positive
        \ell := -\frac{n}{2} \log(2 \pi v) - \frac{1}{2 v} \sum_{i=1}^{n} (x_i - \mu)^2
        """,
        [
            (
                r"\frac{\partial \ell}{\partial \mu} = \frac{1}{v} \sum_{i=1}^{n} (x_i "
                r"- \mu)",
                True,
            ),
            (
                r"\frac{\partial \ell}{\partial v} = -\frac{n}{2 v} + \frac{1}{2 v^2} "
                r"\sum_{i=1}^{n} (x_i - \mu)^2",
                True,
            ),
            (
                r"\frac{\partial \ell}{\partial v} = -\frac{n}{2 v} - \frac{1}{2 v^2} "
                r"\sum_{i=1}^{n} (x_i - \mu)^2",
                False,
            ),
        ],
    ),
    (
        "cauchy-schwarz",
        r"""
        n : integer >= 1
        x : vector n
        y : vector n
        """,
        [
            (r"(x^\top y)^2 \le \lVert x \rVert^2 \lVert y \rVert^2", True),
            (r"(x^\top y)^2 \ge \lVert x \rVert^2 \lVert y \rVert^2", False),
            (
                r"\lVert x + y \rVert^2 + \lVert x - y \rVert^2 = 2 \lVert x \rVert^2 + "
                r"2 \lVert y \rVert^2",
                True,
            ),
            (r"\left(\sum_{i=1}^{n} x_i\right)^2 \le n \sum_{i=1}^{n} x_i^2", True),
            (r"n \left(\sum_{i=1}^{n} x_i\right)^2 \le \sum_{i=1}^{n} x_i^2", False),
        ],
    ),
    (
        "gelu-silu",
        r"""
        x : real
        \sigma(t) := \frac{1}{1+\exp(-t)}
        \Phi(t) := \frac12 (1 + \operatorname{erf}(\frac{t}{\sqrt{2}}))
        """,
        [
            (r"\frac{d}{dx} (x \sigma(x)) = \sigma(x) + x \sigma(x) (1 - \sigma(x))", True),
            (r"\frac{d}{dx} (x \sigma(x)) = \sigma(x) + \sigma(x) (1 - \sigma(x))", False),
            (
                r"\frac{d}{dx} (x \Phi(x)) = \Phi(x) + \frac{x}{\sqrt{2 \pi}} "
                r"\exp(-\frac{x^2}{2})",
                True,
            ),
        ],
    ),
    (
        "reparametrisation",
        r"""
        m : real
        s : positive
        \epsilon ~ Normal(0, 1)
        """,
        [
            (r"\mathbb{E}(m + s \epsilon) = m", True),
            (r"\operatorname{Var}(m + s \epsilon) = s^2", True),
            (r"\operatorname{Var}(m + s \epsilon) = s", False),
            (r"\mathbb{E}((m + s \epsilon)^2) = m^2 + s^2", True),
        ],
    ),
    (
        "diffusion",
        r"""
        \alpha : in (0,1)
        \beta : in (0,1)
        x : real
        \epsilon ~ Normal(0, 1)
        \zeta ~ Normal(0, 1)
        """,
        [
            (
                r"\operatorname{Var}(\sqrt{\alpha} (\sqrt{\beta} x + \sqrt{1-\beta} "
                r"\epsilon) + \sqrt{1-\alpha} \zeta) = 1 - \alpha \beta",
                True,
            ),
            (
                r"\operatorname{Var}(\sqrt{\alpha} (\sqrt{\beta} x + \sqrt{1-\beta} "
                r"\epsilon) + \sqrt{1-\alpha} \zeta) = 1 - \alpha",
                False,
            ),
        ],
    ),
    (
        "positional",
        r"""
        p : real
        k : real
        w : positive
        """,
        [
            (
                r"\begin{pmatrix} \sin(w (p + k)) \\ \cos(w (p + k)) \end{pmatrix} = "
                r"\begin{pmatrix} \cos(w k) & \sin(w k) \\ -\sin(w k) & \cos(w k) "
                r"\end{pmatrix} \begin{pmatrix} \sin(w p) \\ \cos(w p) \end{pmatrix}",
                True,
            ),
            (
                r"\begin{pmatrix} \sin(w (p + k)) \\ \cos(w (p + k)) \end{pmatrix} = "
                r"\begin{pmatrix} \cos(w k) & -\sin(w k) \\ \sin(w k) & \cos(w k) "
                r"\end{pmatrix} \begin{pmatrix} \sin(w p) \\ \cos(w p) \end{pmatrix}",
                False,
            ),
        ],
    ),
]

ROWS = [
    pytest.param(names, tex, right, id=f"{name}-{n}")
    for name, names, rows in CASES
    for n, (tex, right) in enumerate(rows)
]


@pytest.mark.parametrize(("names", "tex", "right"), ROWS)
def test_split(names, tex, right):
    found = check(Statement("case", tex, Vocabulary.parse(names))).verdict
    assert found.kind is (Kind.PROVED if right else Kind.REFUTED), str(found)
