"""Pages, mutants, the registry and the pytest plug-in."""

import json
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from dlnotes.checking import (
    Counterexample,
    FormalClaim,
    Kind,
    ProofClaim,
    Registry,
    Statement,
    Tier,
    digest_of,
    proof,
    proved,
    refuted,
)
from dlnotes.checking.claims import REGISTRY
from dlnotes.checking.derivations import check
from dlnotes.checking.engines.rocq import NOT_COMPILED
from dlnotes.checking.ledger import entry_failures, verify, write_claims
from dlnotes.checking.mutants import attack, mutants_of
from dlnotes.checking.pages import directives, justifications, read_page
from dlnotes.checking.vocabulary import Vocabulary

PROOFS = """
from dlnotes.checking import proof
from dlnotes.checking.derivations import check

@proof("thm-bound", tier="symbolic")
def _(statement):
    return check(statement).verdict
"""


def by_check(statement):
    return check(statement).verdict


PAGE = r"""
# Title

```{notation}
x : real -- the input
\sigma(t) := \frac{1}{1 + \exp(-t)} -- logistic
K : integer >= 1
z_k : real, k = 1..K
i : index 1..K
j : index 1..K
```

````{prf:definition} Softmax
:label: def-softmax

```{definition} eq-s
:for: k = 1..K
s_k = \frac{\exp(z_k)}{\sum_{l=1}^{K} \exp(z_l)}
```
````

```{derivation} sigmoid-derivative
\begin{aligned}
\sigma'(x) &= \frac{\exp(-x)}{(1 + \exp(-x))^2}  % chain rule
\\ &= \sigma(x)(1 - \sigma(x))                    % definition
\end{aligned}
```

```{derivation} softmax-jacobian
\frac{\partial s_i}{\partial z_j} = s_i (\delta_{ij} - s_j)
```

:::{prf:theorem} Bound
:label: thm-bound

We have
```{math}
:label: eq-b
\sigma'(x) \le \frac{1}{4}
```
:::

```{math}
:cited: somebody1999
x = 2 x
```
"""


class TestReadPage:
    def test_every_display_is_classified(self):
        page = read_page("page.md", PAGE)
        assert page.errors == []
        assert page.counts() == {"definition": 1, "derivation": 2, "theorem": 1, "cited": 1}

    def test_statements_know_where_they_stand(self):
        page = read_page("page.md", PAGE)
        first = page.statements[0]
        assert first.label == "sigmoid-derivative"
        assert PAGE.splitlines()[first.line - 1].startswith(r"\begin{aligned}")

    @pytest.mark.parametrize("text", ["```{math}\nx = 1\n```", "$$\nx = 1\n$$"])
    def test_an_unclassified_display_names_file_and_line(self, text):
        page = read_page("page.md", f"# T\n\n{text}\n")
        assert len(page.errors) == 1
        assert page.errors[0].startswith("page.md:")
        assert "unclassified" in page.errors[0]

    def test_a_theorem_without_a_display_is_an_error(self):
        page = read_page("p.md", ":::{prf:lemma} A\n:label: lem-a\nWords.\n:::\n")
        assert "states no display" in page.errors[0]

    def test_cells_are_not_read(self):
        page = read_page("p.md", "```{code-cell}\n$$ x $$\n```\n")
        assert page.errors == []

    def test_a_name_cannot_be_defined_twice(self):
        text = "```{notation}\nx : real\n```\n\n```{definition} d\nx = 2\n```\n"
        assert "already declared" in read_page("p.md", text).errors[0]

    def test_justifications(self):
        page = read_page("page.md", PAGE)
        assert page.statements[0].justifications == ("chain rule", "definition")
        assert justifications("a = b") == ("",)

    def test_nested_lines(self):
        names = [(d.name, d.line) for d in directives(PAGE)]
        math = [line for name, line in names if name == "math"]
        assert PAGE.splitlines()[math[0] - 1].startswith(r"\sigma'(x)")


class TestMutants:
    def test_all_are_killed(self):
        page = read_page("page.md", PAGE)
        for statement in page.statements:
            found = attack(statement)
            assert found.passed, found.as_dict()

    def test_kinds(self):
        page = read_page("page.md", PAGE)
        kinds = {m.kind for s in page.statements for m in mutants_of(s)}
        assert {"sign", "number", "prime", "indices", "relation", "factor"} <= kinds

    def test_transpose_and_order(self):
        vocabulary = Vocabulary.parse("A : matrix 2 x 2\nB : matrix 2 x 2")
        statement = Statement("t", r"(AB)^\top = B^\top A^\top", vocabulary)
        found = attack(statement)
        assert {"transpose", "order"} <= {m.kind for m in found.killed}
        assert found.passed

    def test_an_equivalent_edit_is_discarded_only_when_proved(self):
        vocabulary = Vocabulary.parse("x : real")
        statement = Statement("t", r"x + 0 = x", vocabulary)
        found = attack(statement)
        assert any(m.kind == "sign" for m in found.equivalent)
        assert found.killed

    def test_a_survivor_fails_the_statement(self):
        vocabulary = Vocabulary.parse("x : real\nf : smooth function")
        statement = Statement("thm-x", r"f(x) = f(x)", vocabulary, "theorem")
        registry = Registry({"thm-x": [ProofClaim("thm-x", Tier.SYMBOLIC, by_check)]})
        result = verify(statement, registry)
        assert result.attack is not None
        assert result.attack.killed

    def test_a_theorem_without_a_registered_proof_fails(self):
        statement = Statement("thm-x", "x = x", Vocabulary.parse("x : real"), "theorem")
        assert "no proof is registered" in verify(statement, Registry()).problem


class TestRegistry:
    def setup_method(self):
        REGISTRY.clear()

    teardown_method = setup_method

    def test_a_registered_proof_decides_statement_and_mutants(self):
        seen = []

        @proof("thm-t", tier="certified", uses=("lem-u",))
        def _(statement):
            seen.append(statement.tex)
            (relation,) = statement.relations
            gap = relation.right - relation.left
            if gap == 1:
                return proved("certified", "by looking")
            return refuted(Counterexample({"x": "0"}, "0", str(gap)))

        vocabulary = Vocabulary.parse("x : real")
        result = verify(Statement("thm-t", "x < x + 1", vocabulary, "theorem"))
        assert result.passed, str(result)
        assert result.verdict.tier.label == "certified"
        assert result.uses == ("lem-u",)
        assert seen[0] == "x < x + 1"

    def test_sampled_is_not_a_proof(self):
        with pytest.raises(ValueError, match="sampled"):
            proof("thm", tier="sampled")

    def test_a_theorem_proved_for_small_sizes_only_fails(self):
        vocabulary = Vocabulary.parse("N : integer >= 1")
        tex = r"\sum_{k=1}^{N} k = \frac{N(N+1)}{2}"
        assert not verify(Statement("thm-n", tex, vocabulary, "theorem")).passed
        assert verify(Statement("n", tex, vocabulary, "derivation")).passed

    def test_digest_ignores_white_space(self):
        assert digest_of("a = b") == digest_of(" a\n=  b")
        assert digest_of("a = b") != digest_of("a = c")


class TestEntries:
    def test_an_entry_is_compared_with_its_function(self):
        text = "```{notation}\n\\tau(t) := \\tanh(t) @ numpy.tanh\n```\n"
        assert entry_failures(read_page("p.md", text)) == []

    def test_a_wrong_function_is_found(self):
        text = "```{notation}\n\\tau(t) := \\tanh(t) @ numpy.sin\n```\n"
        assert "at (" in entry_failures(read_page("p.md", text))[0]


def test_claims_json(tmp_path):
    page = read_page("page.md", PAGE)
    results = [verify(s, Registry()) for s in page.statements[:1]]
    write_claims(tmp_path / "claims.json", results, page.counts())
    data = json.loads((tmp_path / "claims.json").read_text(encoding="utf-8"))
    assert data["claims"][0]["verdict"]["kind"] == "proved"
    assert data["claims"][0]["mutants"]["survivors"] == []


class TestPlugin:
    def run(self, folder, page, *args):
        (folder / "book").mkdir()
        (folder / "book" / "page.md").write_text(page, encoding="utf-8")
        (folder / "conftest.py").write_text(
            'pytest_plugins = ["dlnotes.checking.pytest_plugin"]\n', encoding="utf-8"
        )
        (folder / "proofs").mkdir()
        (folder / "proofs" / "page.py").write_text(PROOFS, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *args]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
        )
        return done.returncode, done.stdout

    def test_each_claim_is_a_test_with_a_readable_id(self, tmp_path):
        code, out = self.run(tmp_path, PAGE, "book")
        assert code == 0, out
        for name in ("displays", "sigmoid-derivative", "softmax-jacobian", "thm-bound"):
            assert f"book/page.md::{name} PASSED" in out

    def test_one_claim_runs_alone(self, tmp_path):
        code, out = self.run(tmp_path, PAGE, "book/page.md::thm-bound")
        assert code == 0, out
        assert "1 passed" in out

    def test_a_flipped_sign_fails_with_step_sides_and_point(self, tmp_path):
        wrong = PAGE.replace(r"\sigma(x)(1 - \sigma(x))", r"\sigma(x)(1 + \sigma(x))")
        code, out = self.run(tmp_path, wrong, "book")
        assert code == 1
        assert "FAILED" in out
        for word in ("step", "left", "right", "x = "):
            assert word in out

    def test_unknown_syntax_gives_a_caret(self, tmp_path):
        wrong = textwrap.dedent(PAGE).replace("(1 - \\sigma(x))", "(1 - \\wobble(x))")
        code, out = self.run(tmp_path, wrong, "book")
        assert code == 1
        assert "undeclared function" in out
        assert "^" in out

    def test_one_claim_alone_says_which_notation_was_refused(self, tmp_path):
        wrong = textwrap.dedent(PAGE)
        line = next(x for x in wrong.splitlines() if x.startswith("x : real"))
        broken = wrong.replace(line, line.replace("real", "reel"), 1)
        code, out = self.run(tmp_path, broken, "book/page.md::sigmoid-derivative")
        assert code == 1
        assert "undeclared name" in out
        assert "reel" in out


class TestFormal:
    def test_without_rocq_a_formal_theorem_is_not_called_proved(self):
        registry = Registry()
        registry.formals["thm-f"] = [FormalClaim("thm-f", "a.v", "a", "0" * 16)]
        vocabulary = Vocabulary.parse("N : integer >= 1")
        tex = r"\sum_{k=1}^{N} k = \frac{N(N+1)}{2}"
        result = verify(Statement("thm-f", tex, vocabulary, "theorem"), registry)
        assert result.verdict.kind is not Kind.PROVED or result.verdict.tier is Tier.SAMPLED

    @pytest.mark.parametrize(
        ("tex", "detail"),
        [
            (r"\sum_{k=1}^{N} 1 = N", "for every size"),
            (r"\sum_{k=1}^{N} k = \frac{N(N+1)}{2}", NOT_COMPILED),
            (r"\sum_{k=1}^{N} k = \frac{N(N+2)}{2}", None),
        ],
    )
    def test_a_proof_that_waits_for_rocq_leaves_refuting_and_general_proofs(self, tex, detail):
        registry = Registry()
        registry.formals["thm-f"] = [FormalClaim("thm-f", "a.v", "a", "0" * 16)]
        vocabulary = Vocabulary.parse("N : integer >= 1")
        result = verify(Statement("thm-f", tex, vocabulary, "theorem"), registry)
        if detail is None:
            assert result.verdict.kind is Kind.REFUTED
            assert not result.passed
        else:
            assert result.verdict.detail == detail
            # small sizes say less than the proof that waits: nobody goes through them
            assert all(v.kind is not Kind.PROVED for v in result.others)

    def test_a_digest_ties_page_and_formal_statement(self):
        claim = FormalClaim("thm-f", "a.v", "a", digest_of("x = y", "forall x, x = y"))
        assert claim.matches(" x  = y", "forall x, x = y")
        assert not claim.matches("x = z", "forall x, x = y")


def test_all_mutants_of_the_published_corrections_are_refuted():
    errata = tomllib.loads(Path(__file__).with_name("errata.toml").read_text(encoding="utf-8"))[
        "erratum"
    ]
    survivors = []
    for erratum in errata[::3]:
        vocabulary = Vocabulary.parse(erratum["vocabulary"])
        found = attack(Statement(erratum["id"], erratum["right"], vocabulary), seconds=4)
        survivors += [(erratum["id"], m.note) for m in found.survivors]
        assert found.killed
    assert survivors == []
