"""Breadth: true statements of the field are proved, their neighbours refuted."""

import pytest

from dlnotes.checking import Kind, Statement
from dlnotes.checking.derivations import check
from dlnotes.checking.vocabulary import Vocabulary

CASES = [
    (
        "relu",
        r"""
        x : real
        \operatorname{ReLU}(t) := \max(0, t)
        """,
        [
            (r"\operatorname{ReLU}(x)=\frac{x+|x|}{2}", True),
            (r"\operatorname{ReLU}(x)=\frac{x-|x|}{2}", False),
            (r"\operatorname{ReLU}(x) \ge 0", True),
            (r"\operatorname{ReLU}(x) \ge x", True),
            (r"\operatorname{ReLU}(2x)=2\operatorname{ReLU}(x)", True),
        ],
    ),
    (
        "gelu",
        r"""
        x : real
        \Phi(t) := \frac{1}{2}(1+\operatorname{erf}(\frac{t}{\sqrt{2}}))
        \phi(t) := \frac{1}{\sqrt{2\pi}}\exp(-\frac{t^2}{2})
        G(t) := t \Phi(t)
        """,
        [
            (r"G'(x)=\Phi(x)+x\phi(x)", True),
            (r"G'(x)=\Phi(x)-x\phi(x)", False),
            (r"\Phi(-x)=1-\Phi(x)", True),
            (r"G''(x)=(2-x^2)\phi(x)", True),
            (r"\int_{-\infty}^{\infty}\phi(t)\,dt=1", True),
            (r"\Phi'(x)=\phi(x)", True),
            (r"G(x)-G(-x)=x", True),
        ],
    ),
    (
        "softplus",
        r"""
        x : real
        s(t) := \log(1+\exp(t))
        \sigma(t) := \frac{1}{1+\exp(-t)}
        """,
        [
            (r"s'(x)=\sigma(x)", True),
            (r"s(x)-s(-x)=x", True),
            (r"s(x)>0", True),
            (r"\sigma''(x)=\sigma(x)(1-\sigma(x))(1-2\sigma(x))", True),
            (r"\log\sigma(x)=-s(-x)", True),
            (r"\sigma(-x)=1-\sigma(x)", True),
            (r"\lim_{x\to-\infty}s(x)=0", True),
        ],
    ),
    (
        "kl",
        r"""
        p : distribution on 1..3
        q : distribution on 1..3
        H(u) := -\sum_{k=1}^{3}u(k)\log(u(k)), u : distribution
        C(u,v) := -\sum_{k=1}^{3}u(k)\log(v(k)), u : distribution, v : distribution
        D(u \| v) := \sum_{k=1}^{3}u(k)\log\frac{u(k)}{v(k)}, u : distribution, v : distribution
        """,
        [
            (r"D(p\|q)=C(p,q)-H(p)", True),
            (r"D(p\|q)=C(p,q)+H(p)", False),
            (r"D(p\|q)=D(q\|p)", False),
            (r"D(p\|q)=\mathbb{E}_{k\sim p}[\log p(k)-\log q(k)]", True),
        ],
    ),
    (
        "gauss",
        r"""
        \mu_1 : real
        \mu_2 : real
        \sigma_1 : positive
        \sigma_2 : positive
        N(x|m,s) := \frac{1}{s\sqrt{2\pi}}\exp(-\frac{(x-m)^2}{2s^2})
        """,
        [
            (
                r"\int_{-\infty}^{\infty}N(x|\mu_1,\sigma_1)\log\frac{N(x|\mu_"
                r"1,\sigma_1)}{N(x|\mu_2,\sigma_2)}\,dx=\log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_2^2}-\frac12",
                True,
            ),
            (
                r"\int_{-\infty}^{\infty}N(x|\mu_1,\sigma_1)\log\frac{N(x|\mu_"
                r"1,\sigma_1)}{N(x|\mu_2,\sigma_2)}\,dx=\log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_2^2}+\frac12",
                False,
            ),
            (r"\int_{-\infty}^{\infty}x^2 N(x|\mu_1,\sigma_1)\,dx=\mu_1^2+\sigma_1^2", True),
        ],
    ),
    (
        "ols",
        r"""
        m : integer >= 1
        n : integer >= 1
        X : matrix m x n
        y : vector m
        w : vector n
        \lambda : positive
        L(v) := \|Xv-y\|_2^2+\lambda\|v\|_2^2, v : vector n
        """,
        [
            (r"\nabla_w L(w)=2X^\top(Xw-y)+2\lambda w", True),
            (r"\nabla_w L(w)=2X(Xw-y)+2\lambda w", False),
            (r"\nabla_w L(w)=2X^\top(Xw-y)-2\lambda w", False),
            (r"\|Xw-y\|_2^2=w^\top X^\top X w-2y^\top X w+y^\top y", True),
            (r"\|Xw-y\|_2^2=w^\top X^\top X w-2X w+y^\top y", False),
            (r"\langle Xw,y\rangle=\langle w,X^\top y\rangle", True),
        ],
    ),
    (
        "conv",
        r"""
        n : integer
        f : smooth function
        g : smooth function
        N : integer >= 1
        a_m : real, m = 0..N-1
        b_m : real, m = 0..N-1
        """,
        [
            (r"\sum_{m=0}^{N-1}(a_m+b_m)=\sum_{m=0}^{N-1}a_m+\sum_{m=0}^{N-1}b_m", True),
            (
                r"\sum_{m=0}^{N-1}a_m b_m=\left(\sum_{m=0}^{N-1}a_m\right)\left(\sum_{m"
                r"=0}^{N-1}b_m\right)",
                False,
            ),
            (r"\sum_{m=0}^{N-1}a_m b_{N-1-m}=\sum_{m=0}^{N-1}a_{N-1-m} b_m", True),
        ],
    ),
    (
        "bn",
        r"""
        m : integer >= 1
        x_i : real, i = 1..m
        \mu := \frac{1}{m}\sum_{i=1}^{m}x_i
        v := \frac{1}{m}\sum_{i=1}^{m}(x_i-\mu)^2
        k : index 1..m
        """,
        [
            (r"v=\frac1m\sum_{i=1}^m x_i^2-\mu^2", True),
            (r"v=\frac1m\sum_{i=1}^m x_i^2+\mu^2", False),
            (r"\sum_{i=1}^m (x_i-\mu)=0", True),
            (r"\frac{\partial\mu}{\partial x_k}=\frac1m", True),
            (r"\frac{\partial v}{\partial x_k}=\frac{2(x_k-\mu)}{m}", True),
            (r"\frac{\partial v}{\partial x_k}=\frac{2(x_k-\mu)}{m-1}", False),
        ],
    ),
    (
        "ce",
        r"""
        K : integer >= 2
        z_k : real, k = 1..K
        t_k : real, k = 1..K
        j : index 1..K
        c : real
        p_k := \frac{\exp(z_k)}{\sum_{l=1}^{K}\exp(z_l)}, k = 1..K
        L := -\sum_{k=1}^{K}t_k\log(p_k)
        assume : \sum_{k=1}^{K} t_k = 1
        """,
        [
            (r"\frac{\partial L}{\partial z_j}=p_j-t_j", True),
            (r"\frac{\partial L}{\partial z_j}=t_j-p_j", False),
            (r"\log(p_j)=z_j-\log\sum_{l=1}^K\exp(z_l)", True),
            (r"\frac{\exp(z_j+c)}{\sum_{l=1}^{K}\exp(z_l+c)}=p_j", True),
            (r"\frac{\partial \log(p_j)}{\partial z_j}=1-p_j", True),
        ],
    ),
    (
        "inv",
        r"""
        n : integer >= 1
        A : invertible matrix n x n
        B : invertible matrix n x n
        I : identity n
        """,
        [
            (r"(AB)^{-1}=A^{-1}B^{-1}", False),
            (r"(A^{-1})^\top=(A^\top)^{-1}", True),
            (r"\operatorname{tr}(AB)=\operatorname{tr}(BA)", True),
        ],
    ),
    (
        "bayes",
        r"""
        a : in (0,1)
        b : in (0,1)
        c : in (0,1)
        """,
        [
            (r"\frac{ab}{ab+(1-a)c}+\frac{(1-a)c}{ab+(1-a)c}=1", True),
            (r"1-(1-a)(1-b)=a+b-ab", True),
            (r"1-(1-a)(1-b)=a+b+ab", False),
        ],
    ),
    (
        "var",
        r"""
        X : random
        Y : random
        a : real
        b : real
        """,
        [
            (r"\mathbb{E}[aX+bY]=a\mathbb{E}[X]+b\mathbb{E}[Y]", True),
            (r"\operatorname{Var}[X]=\mathbb{E}[X^2]-\mathbb{E}[X]^2", True),
            (r"\operatorname{Var}[aX+b]=a\operatorname{Var}[X]", False),
            (r"\operatorname{Var}[X]=\mathbb{E}[(X-\mathbb{E}[X])^2]", True),
        ],
    ),
    (
        "taylor",
        r"""
        x : real
        h : real
        f : smooth function
        """,
        [
            (r"\lim_{t\to 0}\frac{f(x+t)-f(x)}{t}=f'(x)", True),
            (r"\lim_{t\to 0}\frac{\sin(t)}{t}=1", True),
            (r"\lim_{t\to 0}\frac{f(x+t)-f(x-t)}{2t}=f'(x)", True),
            (r"\frac{d}{dx}(f(x)^2)=2f(x)f'(x)", True),
            (r"\frac{d}{dx}(f(x)^2)=2f'(x)", False),
        ],
    ),
    (
        "adam",
        r"""
        \beta : in (0,1)
        t : integer >= 1
        g : real
        """,
        [
            (r"(1-\beta)\sum_{i=1}^{t}\beta^{t-i}=1-\beta^t", True),
            (r"(1-\beta)\sum_{i=1}^{t}\beta^{t-i}=1-\beta^{t-1}", False),
            (r"\sum_{i=0}^{t}\beta^{i}=\frac{1-\beta^{t+1}}{1-\beta}", True),
        ],
    ),
    (
        "rot",
        r"""
        \theta : real
        R(a) := \begin{bmatrix}\cos(a)&-\sin(a)\\\sin(a)&\cos(a)\end{bmatrix}
        I : identity 2
        """,
        [
            (r"R(\theta)R(\theta)^\top=I", True),
            (r"R(2\theta)=R(\theta)R(\theta)", True),
            (r"\det(R(\theta))=1", True),
            (r"R(\theta)=R(-\theta)", False),
        ],
    ),
    (
        "attn",
        r"""
        n : integer >= 1
        d : integer >= 1
        Q : matrix n x d
        K : matrix n x d
        i : index 1..n
        j : index 1..n
        S := \frac{Q K^\top}{\sqrt{d}}
        """,
        [
            (r"S_{ij}=\frac{1}{\sqrt{d}}\sum_{k=1}^{d}Q_{ik}K_{jk}", True),
            (r"S_{ij}=\frac{1}{\sqrt{d}}\sum_{k=1}^{d}Q_{ik}K_{kj}", False),
        ],
    ),
    (
        "cplx",
        r"""
        \mathrm{i} : imaginary unit
        x : real
        k : integer
        N : integer >= 1
        """,
        [
            (r"e^{\mathrm{i}x}=\cos(x)+\mathrm{i}\sin(x)", True),
            (r"e^{\mathrm{i}\pi}=-1", True),
            (r"e^{\mathrm{i}x}=\cos(x)-\mathrm{i}\sin(x)", False),
        ],
    ),
    (
        "ineq",
        r"""
        x : real
        y : real
        a : positive
        b : positive
        t : in [0,1]
        """,
        [
            (r"\sqrt{ab}\le\frac{a+b}{2}", True),
            (r"\tanh(x)<1", True),
            (r"|x+y|\le|x|+|y|", True),
            (r"\log(1+a)<a", True),
            (r"x^4+1\ge 2x^2", True),
            (r"t^2\le t", True),
            (r"a\log(a)\ge a-1", True),
            (r"\frac{1}{1+x^2}\in(0,1]", True),
            (r"\sin(x)\le 1", True),
            (r"e^{-x^2}\le 1", True),
            (r"\max(x,y)\ge\frac{x+y}{2}", True),
            (r"\cosh(x)\ge 1", True),
            (r"x^2<y^2", False),
            (r"a\ge\log(a)", True),
            (r"1-\tanh^2(x)\le 1", True),
            (r"x\le |x|", True),
        ],
    ),
    (
        "iff",
        r"""
        x : real
        y : real
        c : in (0,1)
        """,
        [
            (r"|x|\le 1 \iff -1\le x \le 1", True),
            (r"x>0 \Rightarrow \frac{1}{x}>0", True),
            (r"x>y \Rightarrow x^2>y^2", False),
            (r"\forall x \in (0,1): x^2 < x", True),
            (r"x \ge 1 \iff x^2 \ge 1", False),
            (r"x=2y \Rightarrow x^2=4y^2", True),
        ],
    ),
    (
        "lstm",
        r"""
        x : real
        c_0 : real
        o : real
        \sigma(t) := \frac{1}{1 + \exp(-t)}
        h(c) := o \tanh(c)
        """,
        [
            (r"\frac{d}{dc_0} h(c_0) = o(1-\tanh(c_0)^2)", True),
            (r"\frac{d}{dc_0} h(c_0) = o(1-\tanh(c_0))^2", False),
            (r"\sigma(x) = \frac{1+\tanh(x/2)}{2}", True),
            (r"\sigma(x) = \frac{1+\tanh(x)}{2}", False),
        ],
    ),
    (
        "adam",
        r"""
        g : real
        T : integer >= 1
        \beta : in (0, 1)
        m_t := (1-\beta)\sum_{i=1}^{t} \beta^{t-i} g, t = 0..oo
        """,
        [
            (r"m_T = (1-\beta^T) g", True),
            (r"m_T = (1-\beta^{T-1}) g", False),
            (r"m_T = \beta m_{T-1} + (1-\beta) g", True),
        ],
    ),
    (
        "layer norm",
        r"""
        n : integer >= 1
        x : vector n
        g_k : real, k = 1..n
        \mu := \frac{1}{n}\sum_{i=1}^{n} x_i
        v := \frac{1}{n}\sum_{i=1}^{n} (x_i-\mu)^2
        """,
        [
            (r"\sum_{i=1}^{n} (x_i-\mu) = 0", True),
            (r"v = \frac{1}{n}\sum_{i=1}^{n} x_i^2 - \mu^2", True),
            (r"v = \frac{1}{n}\sum_{i=1}^{n} x_i^2 + \mu^2", False),
            (r"\frac{\partial \mu}{\partial x_1} = \frac{1}{n}", True),
            (r"v \ge 0", True),
        ],
    ),
    (
        "attention",
        r"""
        n : integer >= 1
        d : integer >= 1
        q : vector d
        k_i : vector d, i = 1..n
        a_i := \frac{\exp(q^\top k_i/\sqrt{d})}{\sum_{j=1}^{n}\exp(q^\top k_j/\sqrt{d})},
            i = 1..n
        i : index 1..n
        """,
        [
            (r"\sum_{l=1}^{n} a_l = 1", True),
            (r"a_i > 0", True),
            (r"\sum_{l=1}^{n} a_l = n", False),
        ],
    ),
    (
        "elbo",
        r"""
        p : distribution on 1..3
        q : distribution on 1..3
        m : real
        s : positive
        """,
        [
            (r"\sum_{k=1}^{3} q(k)\log\frac{p(k)}{q(k)} \le 0", True),
            (r"\sum_{k=1}^{3} q(k)\log\frac{p(k)}{q(k)} \ge 0", False),
        ],
    ),
    (
        "more",
        r"""
        x : real
        y : real
        u : positive
        w : positive
        """,
        [
            (r"\log(u) \ge 1 - \frac{1}{u}", True),
            (r"\log(1+u) \le u", True),
            (r"\log(1+u) \ge u", False),
            (r"u\log\frac{u}{w} \ge u - w", True),
            (r"u\log\frac{u}{w} \ge w - u", False),
            (r"\log(e^x+e^y) \ge x", True),
            (r"\log(e^x+e^y) \le x", False),
            (r"\log(e^x+e^y) > y", True),
            (r"\log(uw) \le u + w - 2", True),
            (r"\log(uw) \le u + w - 3", False),
        ],
    ),
    (
        "kl gauss",
        r"""
        m : real
        s : positive
        K(a) := \frac{1}{2}(m^2 + a^2 - 1 - 2\log(a))
        """,
        [
            (r"K(s) \ge 0", True),
            (r"K'(s) = s - \frac{1}{s}", True),
            (r"K'(s) = s + \frac{1}{s}", False),
            (r"\log(s) \le s - 1", True),
            (r"\log(s) \le s - 2", False),
        ],
    ),
    (
        "conv size",
        r"""
        n : integer >= 1
        k : integer >= 1
        s : integer >= 1
        p : integer >= 0
        o := \lfloor \frac{n+2p-k}{s} \rfloor + 1
        """,
        [
            (r"o = \lfloor \frac{n+2p-k+s}{s} \rfloor", True),
            (r"o = \lfloor \frac{n+2p-k}{s} \rfloor", False),
        ],
    ),
    (
        "woodbury",
        r"""
        n : integer >= 1
        A : invertible matrix n x n
        u : vector n
        v : vector n
        I : identity n
        assume : 1 + v^\top A^{-1} u \ne 0
        """,
        [
            (
                r"(A + u v^\top)(A^{-1} - "
                r"\frac{A^{-1} u v^\top A^{-1}}{1 + v^\top A^{-1} u}) = I",
                True,
            ),
            (r"\det(A + u v^\top) = (1 - v^\top A^{-1} u)\det(A)", False),
        ],
    ),
    (
        "trace",
        r"""
        m : integer >= 1
        n : integer >= 1
        A : matrix m x n
        B : matrix n x m
        X : matrix m x n
        """,
        [
            (r"\operatorname{tr}(AB) = \operatorname{tr}(BA)", True),
            (r"\nabla_X \operatorname{tr}(B X) = B^\top", True),
            (r"\nabla_X \operatorname{tr}(B X) = B", False),
            (r"\nabla_X \lVert X \rVert_F^2 = 2X", True),
            (r"\lVert A \rVert_F^2 = \operatorname{tr}(A^\top A)", True),
        ],
    ),
    (
        "random",
        r"""
        X ~ Normal(\mu, s^2)
        Y : random
        \mu : real
        s : positive
        a : real
        b : real
        Z ~ Bernoulli(q)
        q : in (0, 1)
        x : real
        """,
        [
            (r"\operatorname{Var}[X] = s^2", True),
            (r"\operatorname{Var}[X] = s", False),
            (r"\mathbb{E}[X^2] = \mu^2+s^2", True),
            (r"\operatorname{Var}[aY+b]=a^2\operatorname{Var}[Y]", True),
            (r"\mathbb{E}[\frac{Z}{q} x] = x", True),
            (r"\operatorname{Var}[Z]=q(1-q)", True),
            (r"\operatorname{Var}[Z]=q(1+q)", False),
        ],
    ),
    (
        "bellman",
        r"""
        \gamma : in (0, 1)
        r : real
        T : integer >= 0
        """,
        [
            (r"\sum_{t=0}^{\infty} \gamma^t r = \frac{r}{1-\gamma}", True),
            (r"\sum_{t=0}^{\infty} \gamma^t r = \frac{r}{1+\gamma}", False),
            (r"\sum_{t=0}^{T} \gamma^t = \frac{1-\gamma^{T+1}}{1-\gamma}", True),
            (r"\sum_{t=0}^{T} \gamma^t = \frac{1-\gamma^{T}}{1-\gamma}", False),
        ],
    ),
    (
        "losses",
        r"""
        x : real
        \delta : positive
        y : real
        h(t) := \begin{cases} \frac{1}{2} t^2 & |t| \le \delta \\
            \delta(|t| - \frac{\delta}{2}) & |t| > \delta \end{cases}
        \ell(t) := \log(1+\exp(-t))
        """,
        [
            (r"h(\delta) = \frac{\delta^2}{2}", True),
            (r"h(x) \ge 0", True),
            (r"\max(0,1-x) \ge 0", True),
            (r"\ell'(x) = -\frac{1}{1+\exp(x)}", True),
            (r"\ell'(x) = \frac{1}{1+\exp(x)}", False),
            (r"\ell''(x) > 0", True),
            (r"x^2 + y^2 \ge 2xy", True),
            (r"xy \le \frac{x^2}{2\delta}+\frac{\delta y^2}{2}", True),
            (r"xy \le \frac{x^2}{2\delta}-\frac{\delta y^2}{2}", False),
            (r"|x+y| \le |x|+|y|", True),
        ],
    ),
    (
        "softmax",
        r"""
        K : integer >= 2
        z : vector K
        c : real
        j : index 1..K
        \operatorname{softmax}(u)_i := \frac{\exp(u_i)}{\sum_{k=1}^{K} \exp(u_k)},
            u : vector K, i = 1..K
        \mathbf{1} : ones K
        L := \log(\sum_{k=1}^{K} \exp(z_k))
        """,
        [
            (r"\operatorname{softmax}(z + c\mathbf{1})_j = \operatorname{softmax}(z)_j", True),
            (r"\operatorname{softmax}(c z)_j = \operatorname{softmax}(z)_j", False),
            (r"\nabla_z L = \operatorname{softmax}(z)", True),
            (r"\nabla_z L = -\operatorname{softmax}(z)", False),
            (r"L \ge z_j", True),
            (r"L \le z_j", False),
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
