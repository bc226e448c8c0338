from __future__ import annotations

import time

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from dlnotes.checking import Kind
from dlnotes.checking.engines import smt
from dlnotes.checking.engines.smt import NotExpressible, prove, to_smtlib

a, b, c, w1, w2, x, y = sp.symbols("a b c w1 w2 x y", real=True)


def relu(e):
    return sp.Max(e, 0)


class TestProve:
    def test_exclusive_or_is_not_affinely_separable(self):
        score = [b <= 0, w1 + w2 + b <= 0, w1 + b > 0, w2 + b > 0]
        assert prove([], sp.Not(sp.And(*score))).passed

    def test_or_is_separable(self):
        score = [b <= 0, w1 + w2 + b > 0, w1 + b > 0, w2 + b > 0]
        verdict = prove([], sp.Not(sp.And(*score)))
        assert verdict.kind is Kind.REFUTED
        values = {
            sp.Symbol(k, real=True): sp.sympify(v)
            for k, v in verdict.counterexample.point.items()
        }
        assert all(s.subs(values) == sp.true for s in score)

    def test_one_rectified_unit_cannot_compute_exclusive_or(self):
        def net(u, v):
            return a * relu(w1 * u + w2 * v + b) + c

        wanted = [sp.Eq(net(u, v), (u - v) ** 2) for u in (0, 1) for v in (0, 1)]
        assert prove([], sp.Not(sp.And(*wanted))).passed

    def test_interpolation_bound_and_its_mutant(self):
        f, f0, f1, t, lip, h = sp.symbols("f f0 f1 t L h", real=True)
        known = [
            t >= 0,
            t <= 1,
            lip >= 0,
            h > 0,
            sp.Abs(f - f0) <= lip * t * h,
            sp.Abs(f - f1) <= lip * (1 - t) * h,
        ]
        error = sp.Abs(f - ((1 - t) * f0 + t * f1))
        assert prove(known, error <= lip * h / 2).passed
        assert prove(known, error <= lip * h / 4).kind is Kind.REFUTED

    @pytest.mark.parametrize(
        "claim",
        [
            sp.Eq(relu(x) - relu(-x), x),
            sp.Eq(sp.Abs(x), relu(x) + relu(-x)),
            sp.Max(x, y) + sp.Min(x, y) >= x + y,
            x**2 + y**2 >= 2 * x * y,
            sp.Piecewise((x, x > 0), (-x, True)) >= x,
        ],
    )
    def test_identities(self, claim):
        assert prove([], claim).passed

    @pytest.mark.parametrize(
        "claim",
        [
            sp.Eq(relu(x) + relu(-x), x),
            x**2 + y**2 > 2 * x * y,
            sp.Ne(x**2, 2),
            sp.Max(x, y) <= x,
        ],
    )
    def test_false_claims_are_refuted(self, claim):
        verdict = prove([], claim)
        assert verdict.kind is Kind.REFUTED
        assert verdict.counterexample.point

    def test_assumptions_of_symbols_count(self):
        p = sp.Symbol("p", positive=True)
        n = sp.Symbol("n", integer=True)
        assert prove([], p + 1 / p >= 2).passed
        assert prove([], n**2 >= n).passed
        assert prove([], x**2 >= x).kind is Kind.REFUTED

    def test_divisors_become_side_conditions(self):
        verdict = prove([], sp.Eq((x**2 - 1) / (x - 1), x + 1, evaluate=False))
        assert verdict.passed
        assert verdict.side_conditions == (r"x - 1 \ne 0",)

    def test_timeout_is_unproved(self):
        began = time.perf_counter()
        claim = x**9 * y**9 + a**5 * b**7 - x * a < y**11 * x**3 + b**8 * a**3 - 1
        verdict = prove([a**7 + b**7 > 3, x**5 * y**3 + a * x > b], claim, seconds=1.0)
        assert verdict.kind is Kind.UNPROVED
        assert "no answer in 1 s" in verdict.detail
        assert time.perf_counter() - began < 5

    def test_contradictory_hypotheses_prove_nothing(self):
        verdict = prove([x > 1, x < 0], sp.Eq(y, 3))
        assert verdict.kind is Kind.UNPROVED
        assert "contradict" in verdict.detail

    def test_transcendental_is_unproved(self):
        verdict = prove([], sp.exp(x) > x)
        assert verdict.kind is Kind.UNPROVED
        assert "exp(x)" in verdict.detail

    def test_without_a_solver(self, monkeypatch):
        monkeypatch.setattr(smt, "_solver", tuple)
        assert prove([], x**2 >= x).kind is Kind.UNPROVED

    def test_a_wrong_model_is_not_believed(self, monkeypatch):
        answer = "sat\n((v0 5.0))\n"
        monkeypatch.setattr(smt, "_ask", lambda text, seconds: answer)
        verdict = prove([], x**2 >= x)
        assert verdict.kind is Kind.UNPROVED
        assert "does not check" in verdict.detail

    @settings(max_examples=15, deadline=None)
    @given(st.integers(-6, 6), st.integers(-6, 6), st.integers(-6, 6))
    def test_agrees_with_the_discriminant(self, p, q, r):
        verdict = prove([], sp.Integer(p) * x**2 + q * x + r >= 0)
        true = (p > 0 and q * q <= 4 * p * r) or (p == 0 and q == 0 and r >= 0)
        assert verdict.kind is (Kind.PROVED if true else Kind.REFUTED)


class TestText:
    def test_negative_and_rational_numbers(self):
        text, _ = to_smtlib([], x >= sp.Rational(-1, 3))
        assert "(- (/ 1.0 3.0))" in text

    def test_names_cannot_clash_with_the_language(self):
        assert "declare-const v0" in to_smtlib([], sp.Symbol("assert", real=True) > 0)[0]

    def test_partial_cases_are_refused(self):
        with pytest.raises(NotExpressible, match="every case"):
            to_smtlib([], sp.Piecewise((x, x > 0)) > 0)
