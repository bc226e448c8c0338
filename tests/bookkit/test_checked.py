"""The build verifies what it displays, and stops at what it cannot verify."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from dlnotes.bookkit.building import build_html
from dlnotes.bookkit.displays import aligned
from dlnotes.bookkit.graph import layers

if TYPE_CHECKING:
    from pathlib import Path

NOTATION = r"""
```{notation}
x : real -- the input
\sigma(x) := \frac{1}{1 + \exp(-x)} -- the sigmoid
```
"""
DERIVATION = r"""
```{derivation} eq-slope
\sigma'(x) &= \frac{\exp(-x)}{(1 + \exp(-x))^2}  % chain rule
\\ &= \sigma(x)(1 - \sigma(x))                    % definition of $\sigma$
```
"""
THEOREM = r"""
````{prf:theorem} The slope is bounded
:label: thm-slope

```{math}
:label: eq-bound
\sigma'(x) \le \frac{1}{4}
```
````
"""
PROOF = """
from dlnotes.checking import proof
from dlnotes.checking.derivations import check

@proof("thm-slope", tier="symbolic")
def _(statement):
    return check(statement).verdict
"""


@pytest.fixture
def write(tiny: Path):
    """Return a function that writes the one page of a tiny book, and its ledger."""

    def to_page(*parts: str) -> Path:
        index = "# Tiny\n\n```{toctree}\n:hidden:\nledger\n```\n"
        (tiny / "book" / "index.md").write_text(index + NOTATION + "".join(parts))
        (tiny / "book" / "ledger.md").write_text("# Ledger\n\n```{ledger}\n```\n")
        return tiny

    return to_page


def page(root: Path, name: str = "index") -> BeautifulSoup:
    text = (root / "_build" / "html" / f"{name}.html").read_text("utf-8")
    return BeautifulSoup(text, "html5lib")


class TestDerivation:
    def test_is_shown_with_its_reasons_and_its_verdict(self, write):
        root = write(DERIVATION)
        assert build_html(root) == 0
        shown = page(root)
        words = shown.find("math", display="block").get_text().replace("\xa0", " ")
        assert "chain rule" in words
        (badge,) = shown.select("p.claim")
        assert badge.get_text().startswith("symbolic · 2 steps · ")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("1 - \\sigma(x)", "1 + \\sigma(x)"),  # a sign
            ("\\sigma'(x)", "\\sigma(x)"),  # a prime
            ("(1 + \\exp(-x))^2", "(1 + \\exp(-x))^3"),  # a constant
        ],
    )
    def test_error_stops_the_build_with_step_sides_and_point(self, write, capfd, old, new):
        assert old in DERIVATION
        root = write(DERIVATION.replace(old, new))
        assert build_html(root) != 0
        said = capfd.readouterr().err
        for part in ("eq-slope", "refuted", "step", "left", "right", "at     x = "):
            assert part in said

    def test_unknown_syntax_gets_a_caret(self, write, capfd):
        root = write(DERIVATION.replace("1 - \\sigma(x)", "1 - \\sgma(x)"))
        assert build_html(root) != 0
        said = capfd.readouterr().err
        assert "undeclared" in said
        assert "^" in said


class TestTheorem:
    def test_needs_a_registered_proof(self, write, capfd):
        root = write(THEOREM)
        (root / "proofs" / "other.py").write_text(PROOF.replace("thm-slope", "thm-other"))
        status = build_html(root)
        said = capfd.readouterr().err
        # The general check proves this one by itself; what owes a proof is the registration.
        assert status != 0
        assert "thm-slope" in said

    def test_is_verified_with_its_proof(self, write):
        root = write(THEOREM)
        (root / "proofs" / "index.py").write_text(PROOF)
        assert build_html(root) == 0
        assert "mutants refuted" in page(root).select_one("div.theorem p.claim").get_text()

    def test_changed_proof_is_run_again(self, write, capfd):
        root = write(THEOREM)
        (root / "proofs" / "index.py").write_text(PROOF)
        assert build_html(root) == 0
        broken = PROOF.replace("check(statement).verdict", "None").replace(
            "return None", "from dlnotes.checking import unproved; return unproved('not today')"
        )
        (root / "proofs" / "index.py").write_text(broken)
        assert build_html(root) != 0
        assert "not today" in capfd.readouterr().err


class TestCoverage:
    @pytest.mark.parametrize("display", ["$$ 1 = 1 $$", "```{math}\n1 = 1\n```"])
    def test_unclassified_display_stops_the_build(self, write, capfd, display):
        root = write("\n", display, "\n")
        assert build_html(root) != 0
        assert "unclassified display" in capfd.readouterr().err

    def test_display_that_was_not_read_stops_the_build(self, write, capfd):
        # reStructuredText inside Markdown is invisible to the reader of pages.
        root = write("\n```{eval-rst}\n.. math:: 1 = 2\n```\n")
        assert build_html(root) != 0
        assert "shown but was not checked: 1 = 2" in capfd.readouterr().err

    def test_cited_display_is_counted(self, write):
        root = write("\n```{math}\n:cited: somebody\n1 = 1\n```\n")
        assert build_html(root) == 0
        claims = json.loads((root / "_build" / "html" / "claims.json").read_text("utf-8"))
        assert claims["displays"]["index"] == {"cited": 1}


class TestLedger:
    def test_lists_every_claim_with_a_way_back(self, write):
        root = write(DERIVATION, THEOREM)
        (root / "proofs" / "index.py").write_text(PROOF)
        assert build_html(root) == 0
        ledger = page(root, "ledger")
        rows = ledger.select("ol.ledger > li")
        assert [row["id"] for row in rows] == ["claim-eq-slope", "claim-thm-slope"]
        targets = {tag["id"] for tag in page(root).find_all(id=True)}
        for row in rows:
            assert row.find("a")["href"].partition("#")[2] in targets

    def test_is_brought_up_to_date_when_another_page_changes(self, write):
        root = write(DERIVATION)
        assert build_html(root) == 0
        write(DERIVATION.replace("eq-slope", "eq-other"))
        assert build_html(root) == 0
        assert page(root, "ledger").select("#claim-eq-other")
        assert not page(root, "ledger").select("#claim-eq-slope")


class TestErratum:
    WRONG = r"""
```{erratum} erratum-square
:names: x : real
:wrong: (x + 1)^2 = x^2 + 1
:right: (x + 1)^2 = x^2 + 2 x + 1
```
"""

    def test_shows_both_forms_and_a_point(self, write):
        root = write(self.WRONG)
        assert build_html(root) == 0
        shown = page(root)
        assert shown.select(".erratum-wrong math")
        assert shown.select(".erratum-right math")
        assert "refuted" in shown.get_text()

    def test_wrong_form_that_holds_stops_the_build(self, write, capfd):
        root = write(self.WRONG.replace("x^2 + 1\n", "x^2 + 2 x + 1\n", 1))
        assert build_html(root) != 0
        assert "the wrong form is not refuted" in capfd.readouterr().err


class TestAligned:
    def test_rows_without_reasons_have_no_extra_column(self):
        assert "&&" not in aligned("a &= b \\\\ &= c")

    def test_marks_inside_cases_stay(self):
        cases = "\\begin{cases} 1 & x > 0 \\\\ 0 & x < 0 \\end{cases}"
        assert aligned(f"a &= {cases}") == f"a = {cases}"

    def test_comments_are_not_shown(self):
        assert "%" not in aligned("a &= b % why\n\\\\ &= c % because")


class TestLayers:
    def test_circle_is_refused(self):
        with pytest.raises(ValueError, match="circle"):
            layers({"a": ["b"], "b": ["a"]})
