from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlnotes.checking import Kind, Tier
from dlnotes.checking.engines import rocq
from dlnotes.checking.engines.rocq import (
    ALLOWED_AXIOMS,
    Forbidden,
    RocqError,
    check,
    compile_file,
    compile_folder,
    find_compiler,
    formal_statement,
    main,
)
from dlnotes.checking.engines.rocq_source import (
    dependencies,
    forbidden,
    sentences,
    theorems,
    without_comments,
)

PROOFS = Path(__file__).parents[2] / "proofs"
needs_coq = pytest.mark.skipif(
    not find_compiler(), reason="no coqc on this machine: formal proofs are not compiled here"
)

GOOD = """
Definition twice (n : nat) := n + n.
Theorem twice_zero : twice 0 = 0.
Proof. reflexivity. Qed.
"""


def written(folder: Path, text: str, name: str = "sample") -> Path:
    path = folder / f"{name}.v"
    path.write_text(text, encoding="utf-8")
    return path


class TestForbidden:
    @pytest.mark.parametrize(
        "text",
        [
            "Theorem t : 1 = 2. Proof. Admitted.",
            "Theorem t : 1 = 2. Proof. admit. Qed.",
            "Axiom a : 1 = 2.",
            "Parameter p : nat.",
            "Conjecture q : 1 = 2.",
            "Variable v : 1 = 2.",
            "Hypothesis h : 1 = 2.",
            "Section S. End S. Variable v : 1 = 2.",
            "Theorem t : 1 = 2. Proof. Abort.",
            "Unset Guard Checking.",
            "#[bypass_check(guard)] Fixpoint f (n : nat) : nat := f n.",
            "Local Axiom a : 1 = 2.",
        ],
    )
    def test_refused(self, text, tmp_path):
        assert forbidden(text)
        with pytest.raises(Forbidden, match="line 1"):
            compile_file(written(tmp_path, text), cache=tmp_path / "cache")
        verdict = check(tmp_path / "sample.v", "t", cache=tmp_path / "cache")
        assert verdict.kind is Kind.UNPROVED

    @pytest.mark.parametrize(
        "text",
        [
            "(* Admitted *) " + GOOD,
            "Section S. Variable v : nat. Theorem t : v = v. Proof. reflexivity. Qed. End S.",
            'Definition s := "Axiom".',
            "Lemma not_admitted : True. Proof. exact I. Qed.",
        ],
    )
    def test_not_refused(self, text):
        assert not forbidden(text)

    def test_the_book_proofs_hold_nothing_forbidden(self):
        files = sorted(PROOFS.glob("*.v"))
        assert files
        for path in files:
            assert not forbidden(path.read_text(encoding="utf-8"))


class TestText:
    def test_nested_comments_and_strings(self):
        text = 'a (* b (* c *) "*)" d *) e'
        assert without_comments(text).split() == ["a", "e"]
        assert len(without_comments(text)) == len(text)

    def test_full_stops_inside_names(self):
        assert [s.text for s in sentences("Check Nat.add. Check 1.")] == [
            "Check Nat.add",
            "Check 1",
        ]

    def test_sections_do_not_qualify_but_modules_do(self):
        text = "Module M. Section S. Theorem t : True. Proof. exact I. Qed. End S. End M."
        assert list(theorems(text)) == ["M.t"]

    def test_dependencies(self):
        text = "From Coq Require Import Reals. From Dlnotes Require Import a b."
        assert dependencies(text) == ["a", "b"]

    def test_statement_carries_its_definitions(self, tmp_path):
        path = written(tmp_path, GOOD)
        before = formal_statement(path, "twice_zero")
        assert "Definition twice" in before
        changed = written(tmp_path, GOOD.replace("n + n", "0 * n"))
        os.utime(changed, ns=(1, 1))
        assert formal_statement(changed, "twice_zero") != before

    def test_statement_ignores_comments_and_layout(self, tmp_path):
        before = formal_statement(written(tmp_path, GOOD), "twice_zero")
        path = written(tmp_path, GOOD.replace("Theorem", "(* new *)\n\nTheorem"))
        os.utime(path, ns=(1, 1))
        assert formal_statement(path, "twice_zero") == before

    def test_statement_carries_section_hypotheses(self):
        found = formal_statement(PROOFS / "activations.v", "softmax_jacobian")
        assert "Hypothesis K_pos" in found
        assert "Fixpoint sum" in found  # from the file that it requires

    def test_unknown_theorem_lists_the_known(self, tmp_path):
        with pytest.raises(KeyError, match="twice_zero"):
            formal_statement(written(tmp_path, GOOD), "thrice")


class TestAbsent:
    def test_never_proved(self, tmp_path, monkeypatch):
        monkeypatch.setattr(rocq, "find_compiler", tuple)
        verdict = check(written(tmp_path, GOOD), "twice_zero")
        assert verdict.kind is Kind.UNPROVED
        assert verdict.detail == "formal proof not compiled in this build"

    def test_one_clear_line(self, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(rocq, "find_compiler", tuple)
        assert main([str(tmp_path)]) == 0
        assert main([str(tmp_path), "--require"]) == 1
        first, _ = capsys.readouterr().out.splitlines()
        assert "apt-get install coq" in first


@needs_coq
class TestCompile:
    def test_statement_axioms_and_cache(self, tmp_path):
        path = written(tmp_path, GOOD)
        done = compile_file(path, cache=tmp_path / "cache")
        (theorem,) = done.theorems
        assert theorem.statement == "twice 0 = 0"
        assert theorem.axioms == ()
        assert not done.cached
        assert compile_file(path, cache=tmp_path / "cache").cached
        assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "sample.v"]

    def test_changed_file_is_compiled_again(self, tmp_path):
        compile_file(written(tmp_path, GOOD), cache=tmp_path / "cache")
        path = written(tmp_path, GOOD + "Theorem t : 1 = 1. Proof. reflexivity. Qed.")
        assert not compile_file(path, cache=tmp_path / "cache").cached

    def test_changed_dependency_is_noticed(self, tmp_path):
        written(tmp_path, "Definition one := 1.", "base")
        text = "From Dlnotes Require Import base. Theorem t : one = 1. Proof. reflexivity. Qed."
        path = written(tmp_path, text)
        assert check(path, "t", cache=tmp_path / "cache").passed
        written(tmp_path, "Definition one := 2.", "base")
        verdict = check(path, "t", cache=tmp_path / "cache")
        assert verdict.kind is Kind.UNPROVED

    def test_wrong_proof_is_unproved(self, tmp_path):
        path = written(tmp_path, "Theorem t : 1 = 2. Proof. reflexivity. Qed.")
        with pytest.raises(RocqError, match="line 1"):
            compile_file(path, cache=tmp_path / "cache")
        assert check(path, "t", cache=tmp_path / "cache").kind is Kind.UNPROVED

    def test_axiom_of_a_library_is_reported(self, tmp_path):
        text = """Require Import Classical.
        Theorem t : forall P : Prop, P \\/ ~ P. Proof. exact classic. Qed."""
        verdict = check(written(tmp_path, text), "t", cache=tmp_path / "cache")
        assert verdict.passed
        assert verdict.tier is Tier.FORMAL
        assert verdict.axioms == ("Classical_Prop.classic",)

    def test_alien_axiom_is_not_accepted(self, tmp_path):
        text = """Require Import ClassicalEpsilon.
        Theorem t : forall P : Prop, inhabited P -> P.
        Proof. intros P H. exact (epsilon H (fun _ => True)). Qed."""
        verdict = check(written(tmp_path, text), "t", cache=tmp_path / "cache")
        assert verdict.kind is Kind.UNPROVED
        assert "constructive_indefinite_description" in verdict.detail

    def test_axioms_of_a_bundle(self, tmp_path):
        text = """Require Import Classical.
        Theorem s : forall P : Prop, P \\/ ~ P. Proof. exact classic. Qed.
        Theorem t : 1 = 1. Proof. reflexivity. Qed.
        Definition theorems := (@s, @t). Print Assumptions theorems."""
        done = compile_file(written(tmp_path, text), cache=tmp_path / "cache")
        assert {t.axioms for t in done.theorems} == {("Classical_Prop.classic",)}

    def test_time_limit(self, tmp_path):
        slow = "idtac"
        for _ in range(9):
            slow = f"do 9 ({slow})"
        text = f"Theorem t : True. Proof. {slow}. exact I. Qed."
        with pytest.raises(RocqError, match="within"):
            compile_file(written(tmp_path, text), cache=tmp_path / "cache", seconds=0.3)

    def test_missing_theorem(self, tmp_path):
        verdict = check(written(tmp_path, GOOD), "thrice", cache=tmp_path / "cache")
        assert verdict.kind is Kind.UNPROVED
        assert "thrice" in verdict.detail


@needs_coq
class TestBookProofs:
    def test_every_theorem_compiles_on_accepted_axioms(self):
        results = compile_folder(PROOFS)
        assert {
            "activations.v",
            "ambiguous_images.v",
            "backpropagation.v",
            "convolution.v",
            "linear_networks.v",
        } <= set(results)
        for name, result in results.items():
            assert not isinstance(result, Exception), f"{name}: {result}"
            for theorem in result.theorems:
                assert set(theorem.axioms) <= ALLOWED_AXIOMS
                assert theorem.statement
            if name == "convolution.v":
                assert all(not theorem.axioms for theorem in result.theorems)
