"""A small book with one of everything, in each format, in parallel, and from build to build."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from dlnotes.bookkit.building import run_sphinx
from dlnotes.bookkit.claims import proofs_key
from dlnotes.checking.claims import FormalClaim, Registry

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {"index", "slopes", "sums", "api", "ledger", "references"}


@pytest.fixture(scope="module")
def once(small_book, tmp_path_factory) -> Path:
    """Return one copy of the small book for the tests that only read what is built."""
    return small_book(tmp_path_factory.mktemp("small"))


def built(root: Path, builder: str) -> Path:
    status, folder = run_sphinx(root, builder)
    assert status == 0, "the small book does not build: its warnings are above"
    return folder


def plain_sphinx(root: Path, target: Path, *options: str) -> int:
    """Run Sphinx as anybody would by hand; return its exit status."""
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", "-q", *options]
    command += ["-c", str(root), str(root / "book"), str(target)]
    return subprocess.run(command, check=False).returncode


def text_of(file: Path) -> str:
    return " ".join(file.read_text("utf-8").split())


@pytest.fixture(scope="module")
def folder(once: Path) -> Path:
    return built(once, "text")


@pytest.fixture(scope="module")
def tex(once: Path) -> str:
    return (built(once, "latex") / "book.tex").read_text("utf-8")


@pytest.fixture(scope="module")
def page(once: Path) -> BeautifulSoup:
    text = (built(once, "html") / "slopes.html").read_text("utf-8")
    return BeautifulSoup(text, "html5lib")


class TestText:
    @pytest.mark.parametrize(
        "said",
        [
            r"\sigma'(x) = \frac{\exp(-x)}{(1 + \exp(-x))^2} [chain rule]",  # a derivation
            r"= \sigma(x)(1 - \sigma(x)) [definition of $\sigma$] (1.2)",
            r"\sigma(x) = \frac{1}{1 + \exp(-x)} (1.1)",  # a definition
            "| x | the input |",  # a table of notation
            "Theorem 1.1 (The slope is bounded):",
            "Proof. By (1.2) and Theorem 2.1, see also Someone [2000].",
            "*symbolic · 2 steps · 12 of 12 mutants refuted*",  # a badge
            "Exercise 1.1 (A question):",
            "Solution to Exercise 1.1 (A question):",
            "[image: One straight line that climbs",
            "Figure 1.1 has a line, as Theorem 1.1 says, and so has Remark 1.1.",
            "refuted (certified)",  # an erratum
        ],
    )
    def test_chapter_says(self, folder: Path, said: str):
        assert said in text_of(folder / "slopes.txt")

    def test_ledger_lists_every_claim(self, folder: Path):
        said = text_of(folder / "ledger.txt")
        for row in ("| (1.2) chain | symbolic |", "| Theorem 1.1 bound | symbolic |"):
            assert row in said
        assert "| The book | 2 | 2 | 1 | 2 | 0 | 0 |" in said


class TestLatex:
    @pytest.mark.parametrize(
        "said",
        [
            r"\begin{bookclaim}{theorem}{Theorem 1.1}{slopes:thm-slopes-bound}",
            r"\begin{bookproof}",
            r"\begin{bookexercise}{exercise}",
            r"\begin{bookexercise}{solution}",
            r"\text{chain rule}",
            r"(\ref{equation:slopes:eq-slopes-chain})",
            r"\hyperref[\detokenize{sums:thm-sums-square}]",
            "12 of 12 mutants refuted",
            r"\sphinxincludegraphics",
            "refuted (certified)",
        ],
    )
    def test_book_has(self, tex: str, said: str):
        assert said in tex

    def test_preface_stands_first_and_solutions_last(self, tex: str):
        said = ("It has one of everything", r"\chapter{About this book}", r"\appendix")
        text, preface, appendix = (tex.index(words) for words in said)
        slopes = tex.index("{\\detokenize{slopes::doc}}")
        assert preface < text < slopes < appendix
        # The chapters behind the preface have numbers again.
        between = tex[text:slopes]
        assert r"\setcounter{secnumdepth}{2}" in between

    def test_every_reference_has_its_target(self, tex: str):
        targets = set(re.findall(r"\\label\{(?:\\detokenize\{)?([^{}]+)", tex))
        targets |= set(re.findall(r"\\begin\{bookclaim\}\{\w+\}\{[^}]*\}\{([^}]+)", tex))
        targets |= set(re.findall(r"\\begin\{bookexercise\}\{\w+\}\{([^}]+)", tex))
        targets |= set(re.findall(r"\\bookdisplay\{[^}]*\}\{([^}]+)", tex))
        used = set(re.findall(r"\\hyperref\[\\detokenize\{([^{}]+)", tex))
        used |= set(re.findall(r"\\ref\{([^{}\\]+)", tex))
        assert used
        assert used <= targets


class TestHtml:
    def test_every_environment_is_there(self, page: BeautifulSoup):
        for choice in (
            "table.notation math",
            "div.theorem p.claim",
            "div.remark",
            "div.proof",
            "div.exercise",
            "details.fold div.solution",
            "figure svg.figure[aria-label]",
            ".erratum-wrong math",
            ".eqno",
        ):
            assert page.select(choice), choice

    def test_every_theorem_and_exercise_has_an_anchor(self, page: BeautifulSoup):
        for kind in ("theorem", "remark", "exercise", "solution"):
            (node,) = page.select(f"div.{kind}[id]")
            assert node.select_one(".admonition-title .headerlink")["href"] == f"#{node['id']}"

    def test_titles_are_in_the_index(self, once: Path, page: BeautifulSoup):
        index = (once / "_build" / "staging" / "html" / "genindex.html").read_text("utf-8")
        assert ">Slope is bounded (theorem)<" in index


@pytest.fixture(scope="module")
def root(small_book, tmp_path_factory) -> Path:
    """Return a small book that was built once; each test changes something else in it."""
    root: Path = small_book(tmp_path_factory.mktemp("increment"))
    page = root / "book" / "slopes.md"
    text = page.read_text("utf-8").replace(" @ dlnotes.activations.tanh", "")
    # Without cells: what is looked at is which claims are checked.
    start, end = text.index("```{code-cell}"), text.index("{numref}`fig")
    text = text[text.index("(slopes)=") : start] + text[text.index("\n", end) :]
    page.write_text(text)
    built(root, "html")
    return root


class TestIncrement:
    """What a second build reads and checks again: that which changed, and nothing else."""

    @staticmethod
    def state(root: Path) -> tuple[dict[str, int], dict[Path, str]]:
        """Return when each page was last read, and the label behind each kept result."""
        doctrees = (root / "_build" / "doctrees" / "html").glob("*.doctree")
        results = (root / "_build" / "claims").glob("*/*.pickle")
        return (
            {file.stem: file.stat().st_mtime_ns for file in doctrees},
            {file: pickle.loads(file.read_bytes()).label for file in results},
        )

    def rebuilt(self, root: Path) -> tuple[set[str], set[str]]:
        """Build again; return the pages that were read and the claims that were checked."""
        pages, results = self.state(root)
        built(root, "html")
        pages_after, results_after = self.state(root)
        return (
            {name for name, time in pages_after.items() if time != pages.get(name)},
            {label for file, label in results_after.items() if file not in results},
        )

    def test_nothing_changed(self, root: Path):
        assert self.rebuilt(root) == (set(), set())

    def test_changed_proof(self, root: Path):
        with (root / "proofs" / "sums.py").open("a") as file:
            file.write("# renewed\n")
        assert self.rebuilt(root) == ({"sums"}, {"thm-sums-square"})

    def test_changed_vocabulary(self, root: Path):
        page = root / "book" / "sums.md"
        page.write_text(page.read_text().replace("b : real --", "b : positive --"))
        assert self.rebuilt(root) == ({"sums"}, {"thm-sums-square", "eq-sums-difference"})

    def test_changed_statement(self, root: Path):
        page = root / "book" / "sums.md"
        page.write_text(page.read_text().replace("a^2 - b^2", "- b^2 + a^2"))
        assert self.rebuilt(root) == ({"sums"}, {"eq-sums-difference"})

    def test_changed_prose_checks_nothing_again(self, root: Path):
        page = root / "book" / "sums.md"
        page.write_text(page.read_text() + "\nA last word.\n")
        assert self.rebuilt(root) == ({"sums"}, set())

    def test_a_page_that_leaves_the_book_leaves_the_website(self, root: Path):
        index, extra = root / "book" / "index.md", root / "book" / "extra.md"
        text = index.read_text("utf-8")
        page = root / "_build" / "staging" / "html" / "extra.html"
        extra.write_text("# Something extra\n\nA page for a while.\n", "utf-8")
        index.write_text(text + "\n```{toctree}\nextra\n```\n", "utf-8")
        built(root, "html")
        assert page.exists()
        extra.unlink()
        index.write_text(text, "utf-8")
        built(root, "html")
        assert not page.exists()

    def test_changed_checker(self, root: Path):
        checker = root / "src" / "dlnotes" / "checking" / "new.py"
        checker.parent.mkdir(parents=True)
        checker.write_text("# a new rule\n")
        pages, labels = self.rebuilt(root)
        assert {"slopes", "sums"} <= pages
        assert labels == {
            "eq-slopes-chain",
            "thm-slopes-bound",
            "thm-sums-square",
            "eq-sums-difference",
        }

    def test_failure_fails_again_until_it_is_mended(self, root: Path, capfd):
        """Also where the environment is kept, as a plain sphinx-build keeps it."""
        page = root / "book" / "sums.md"
        good = page.read_text()
        page.write_text(good.replace("(a + b) (a - b)", "(a + b) (a + b)"))
        for _ in range(2):
            assert plain_sphinx(root, root / "plain") != 0
            assert "eq-sums-difference" in capfd.readouterr().err
        page.write_text(good)
        assert plain_sphinx(root, root / "plain") == 0


class TestParallel:
    def test_pages_read_in_two_processes_say_the_same(self, root: Path):
        """Six pages are enough for Sphinx to share the reading out."""
        said = []
        for jobs in ("1", "2"):
            target = root / f"jobs-{jobs}"
            assert plain_sphinx(root, target, "-E", "-j", jobs) == 0
            claims = json.loads((target / "claims.json").read_text("utf-8"))
            said.append(claims)
        assert said[0] == said[1]
        assert len(said[0]["claims"]) == 4


class TestProofsKey:
    """What a claim's proofs are known by: their files, and those that they require."""

    @pytest.fixture
    def proofs(self, tmp_path: Path) -> Path:
        (tmp_path / "sums.v").write_text("From Dlnotes Require Import base.\n")
        (tmp_path / "base.v").write_text("Lemma one : 1 = 1.\n")
        (tmp_path / "slopes.v").write_text("Lemma two : 2 = 2.\n")
        return tmp_path

    @pytest.fixture
    def registry(self) -> Registry:
        claim = FormalClaim("thm-sums", "sums.v", "t", "0")
        return Registry(formals={"thm-sums": [claim]})

    @pytest.mark.parametrize("file", ["sums.v", "base.v"])
    def test_changed_file_changes_it(self, proofs: Path, registry: Registry, file: str):
        before = proofs_key(proofs, "thm-sums", registry)
        with (proofs / file).open("a") as opened:
            opened.write("Lemma new : 3 = 3.\n")
        assert proofs_key(proofs, "thm-sums", registry) != before

    def test_file_of_another_claim_does_not(self, proofs: Path, registry: Registry):
        before = proofs_key(proofs, "thm-sums", registry)
        (proofs / "slopes.v").write_text("Lemma two : 4 = 4.\n")
        assert proofs_key(proofs, "thm-sums", registry) == before

    def test_new_registration_changes_it(self, proofs: Path, registry: Registry):
        assert proofs_key(proofs, "thm-sums", registry) != proofs_key(
            proofs, "thm-sums", Registry()
        )
