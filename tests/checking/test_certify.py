from __future__ import annotations

from pathlib import Path

import pytest
import sympy as sp

from dlnotes.checking import FormalClaim, Kind, Statement, load_proofs
from dlnotes.checking.engines import rocq
from dlnotes.checking.engines.certify import certify_one, certify_statement, domain_of
from dlnotes.checking.engines.rocq_source import theorems
from dlnotes.checking.ties import digest_for, main, runner
from dlnotes.checking.vocabulary import Vocabulary

PROOFS = Path(__file__).parents[2] / "proofs"
WORDS = Vocabulary.parse(r"""
x : real -- the input
\sigma(x) := \frac{1}{1 + \exp(-x)} -- sigmoid
\operatorname{relu}(x) := \max(0, x) -- rectifier
\zeta(x) := \log(1 + \exp(x)) -- softplus
""")


def said(tex: str) -> Statement:
    return Statement("thm-test", tex, WORDS, "theorem")


class TestStatements:
    @pytest.mark.parametrize(
        "tex",
        [
            r"0 < \sigma'(x) \le \frac{1}{4}",
            r"\frac{1}{4}\exp(-|x|) \le \sigma'(x) \le \exp(-|x|)",
            r"0 < \zeta(x) - \operatorname{relu}(x) \le \log(2)",
            r"\operatorname{relu}(x) - \operatorname{relu}(-x) = x",
        ],
    )
    def test_proved_as_displayed(self, tex):
        assert certify_statement(said(tex)).passed

    @pytest.mark.parametrize(
        "tex",
        [
            r"0 < \sigma'(x) < \frac{1}{4}",
            r"0 < \sigma'(x) \le \frac{1}{5}",
            r"0 < \sigma(x) \le \frac{1}{4}",
            r"\frac{1}{3}\exp(-|x|) \le \sigma'(x) \le \exp(-|x|)",
            r"0 < \zeta(x) + \operatorname{relu}(x) \le \log(2)",
            r"0 < \zeta(x) - \operatorname{relu}(x) \le \log(1)",
            r"\operatorname{relu}(x) + \operatorname{relu}(-x) = x",
        ],
    )
    def test_mutants_are_refuted(self, tex):
        verdict = certify_statement(said(tex))
        assert verdict.kind is Kind.REFUTED
        assert verdict.counterexample.step

    def test_domain_comes_from_the_declaration(self):
        assert domain_of(sp.Symbol("h", nonnegative=True)) == sp.Interval(0, sp.oo)
        h = sp.Symbol("h", positive=True)
        assert certify_one(sp.log(1 + h), "<", h).passed
        r = sp.Symbol("r", real=True)
        assert certify_one(r, "<", r**2 + 1).passed
        assert certify_one(h, ">", 0 * h).passed

    def test_declared_conditions_are_hypotheses(self):
        words = Vocabulary.parse(r"""
        x : nonnegative
        y : nonnegative
        p : real in (0, 1)
        assume : x + y \le 1
        """)

        def verdict(tex):
            return certify_statement(Statement("thm-test", tex, words, "theorem"))

        assert verdict(r"0 \le 4 x y \le 1").passed
        assert verdict(r"4 x y \le \frac{1}{2}").kind is Kind.REFUTED
        assert verdict(r"p (1 - p) > 0").passed
        assert verdict(r"p (1 - p) > \frac{1}{100}").kind is Kind.REFUTED
        assert verdict(r"-p \log(p) - (1 - p) \log(1 - p) \le \log(2)").passed

    def test_a_complex_symbol_is_refused(self):
        with pytest.raises(ValueError, match="not declared real"):
            domain_of(sp.Symbol("w"))


class TestTies:
    def claim(self, digest: str) -> FormalClaim:
        return FormalClaim("thm-test", "activations.v", "sigmoid_slope", digest)

    def test_changed_tex_is_unproved(self, tmp_path):
        tex = r"0 < \sigma'(x) \le \frac{1}{4}"
        digest = digest_for(said(tex), PROOFS / "activations.v", "sigmoid_slope")
        verdict = runner(PROOFS, cache=tmp_path)(self.claim(digest), said(tex + r" + 0"))
        assert verdict.kind is Kind.UNPROVED
        assert "has changed" in verdict.detail

    def test_fitting_digest_runs_the_proof(self, tmp_path, monkeypatch):
        monkeypatch.setattr(rocq, "find_compiler", tuple)
        tex = r"0 < \sigma'(x) \le \frac{1}{4}"
        digest = digest_for(said(tex), PROOFS / "activations.v", "sigmoid_slope")
        verdict = runner(PROOFS, cache=tmp_path)(self.claim(digest), said(tex))
        assert verdict.detail == rocq.NOT_COMPILED

    def test_layout_does_not_count(self):
        path = PROOFS / "activations.v"
        assert digest_for(said("x = 1"), path, "sigmoid_slope") == digest_for(
            said("x\n =  1"), path, "sigmoid_slope"
        )

    def test_changed_meaning_is_unproved(self, tmp_path):
        """A definition of the page is part of what a person compared."""
        names = "x : real\nf(t) := t + 1\ng(t) := t"
        before = Statement("thm-test", "f(x) > x", Vocabulary.parse(names))
        digest = digest_for(before, PROOFS / "activations.v", "sigmoid_slope")
        for old, new, same in (("t + 1", "t + 2", False), ("g(t) := t", "g(t) := 2 t", True)):
            changed = Vocabulary.parse(names.replace(old, new))
            after = Statement("thm-test", "f(x) > x", changed)
            assert (
                digest == digest_for(after, PROOFS / "activations.v", "sigmoid_slope")
            ) == same

    def test_every_registration_names_a_theorem(self):
        registry = load_proofs(PROOFS)
        assert registry.formals
        for claims in registry.formals.values():
            for claim in claims:
                text = (PROOFS / claim.file).read_text(encoding="utf-8")
                assert claim.theorem in theorems(text)
        registry.clear()

    def test_stale_digests_are_listed(self, tmp_path, capsys):
        assert main([str(PROOFS), str(tmp_path)]) == 0
        assert "no page states it" in capsys.readouterr().out
