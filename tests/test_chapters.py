"""Every chapter runs, and every page keeps the rules of the house."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pybtex.database import parse_file

from chapters import BOOK, Cell, CellError, Chapter, display, pages, run

if TYPE_CHECKING:
    from pathlib import Path

PAGES = pages()
CHAPTERS = [page for page in PAGES if page.runs]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
every_chapter = pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.name)

# What an environment of sphinx-proof is called; a proof needs no label, it follows its claim.
CLAIMS = {
    f"prf:{kind}"
    for kind in (
        *("algorithm", "assumption", "axiom", "conjecture", "corollary", "criterion"),
        *("definition", "example", "lemma", "observation", "property", "proposition"),
        *("remark", "theorem"),
    )
}


def at(page: Chapter, line: int, what: str) -> str:
    return f"book/{page.path.name}:{line}: {what}"


@every_chapter
def test_chapter_runs(page: Chapter, shell: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(page.path.parent)  # where the build runs the cells
    try:
        run(page)
    except CellError as error:
        pytest.fail(str(error), pytrace=False)


class TestCells:
    @every_chapter
    def test_all_are_found(self, page: Chapter) -> None:
        # A cell inside another directive is dropped by the build with a warning.
        written = [d.line for d in page.directives if d.name == "code-cell"]
        assert len(written) == len(page.cells), f"cells at lines {written}: one is nested"

    @every_chapter
    def test_none_is_skipped(self, page: Chapter) -> None:
        skipped = [
            at(page, c.line, "skipped") for c in page.cells if "skip-execution" in c.tags
        ]
        assert not skipped

    @every_chapter
    def test_fit_the_page(self, page: Chapter) -> None:
        wide = [
            at(page, cell.line + i, line)
            for cell in page.cells
            for i, line in enumerate(cell.source.splitlines())
            if len(line) > 88
        ]
        assert not wide, "\n".join(wide)

    @every_chapter
    def test_figures_have_alt_text_name_and_caption(self, page: Chapter) -> None:
        faults = []
        for cell in page.cells:
            if not {"image", "figure"} & set(cell.picture):
                continue
            alt = " ".join(str(cell.picture.get("image", {}).get("alt") or "").split())
            figure = cell.picture.get("figure") or {}
            if not 40 <= len(alt) <= 400:
                faults.append(at(page, cell.line, f"alt text of {len(alt)} characters: {alt}"))
            faults += [
                at(page, cell.line, f"figure without {key}")
                for key in ("name", "caption")
                if not str(figure.get(key) or "").strip()
            ]
        assert not faults, "\n".join(faults)


class TestPages:
    @every_page
    def test_images_have_alt_text(self, page: Chapter) -> None:
        faults = [
            at(page, d.line, f"{d.name} {d.argument} needs alt text of 40 to 400 characters")
            for d in page.directives
            if d.name in {"image", "figure"} and not 40 <= len(d.options.get("alt", "")) <= 400
        ]
        faults += [
            at(page, number, line)
            for number, line in page.prose
            for alt in re.findall(r"!\[(.*?)\]\(", line)
            if not 40 <= len(alt) <= 400
        ]
        assert not faults, "\n".join(faults)

    @every_page
    def test_headings_nest(self, page: Chapter) -> None:
        levels = [level for level, _, _ in page.headings]
        assert levels[:1] == [1], "a page starts with its title, a heading of level 1"
        assert levels.count(1) == 1, "a page has one title"
        for (above, _, _), (level, text, line) in zip(
            page.headings, page.headings[1:], strict=False
        ):
            assert level <= above + 1, at(page, line, f"{text!r} skips a level")

    @every_page
    def test_displays_are_directives(self, page: Chapter) -> None:
        faults = [at(page, number, line) for number, line in page.prose if "$$" in line]
        assert not faults, "\n".join(faults)

    @every_page
    def test_displays_and_claims_are_labelled(self, page: Chapter) -> None:
        faults = [
            at(page, d.line, f"{d.name} without :label:")
            for d in page.directives
            if d.name in CLAIMS | {"math", "exercise", "exercise-start"}
            and not d.options.get("label")
        ]
        assert not faults, "\n".join(faults)

    @every_page
    def test_no_path_of_one_machine(self, page: Chapter) -> None:
        pattern = re.compile(
            r"(?<![\w./-])/(home|root|Users|work|tmp|opt|usr|var|mnt)/|\b[A-Z]:\\\w|file://"
        )
        lines = enumerate(page.text.splitlines(), start=1)
        faults = [at(page, number, line) for number, line in lines if pattern.search(line)]
        assert not faults, "\n".join(faults)


class TestExercises:
    @every_page
    def test_each_has_a_solution_and_each_solution_an_exercise(self, page: Chapter) -> None:
        kinds = {"exercise", "exercise-start"}, {"solution", "solution-start"}
        asked, solved = ([d for d in page.directives if d.name in kind] for kind in kinds)
        exercises = Counter(d.options.get("label", "") for d in asked)
        solutions = Counter(d.argument for d in solved)
        assert exercises == solutions

    @every_page
    def test_solutions_are_folded(self, page: Chapter) -> None:
        faults = [
            at(page, d.line, f"solution of {d.argument} without :class: dropdown")
            for d in page.directives
            if d.name in {"solution", "solution-start"}
            and "dropdown" not in d.options.get("class", "")
        ]
        assert not faults, "\n".join(faults)


class TestLabels:
    def test_are_unique_in_the_book(self) -> None:
        labels = Counter(
            label
            for page in PAGES
            for d in page.directives
            for label in (d.options.get("label"), d.options.get("name"))
            if label
        )
        names = [
            c.picture.get("figure", {}).get("name")
            for p in CHAPTERS
            for c in p.cells
            if c.picture
        ]
        labels.update(name for name in names if name)
        assert [label for label, times in labels.items() if times > 1] == []


class TestReferences:
    entries = parse_file(BOOK / "references.bib", "bibtex").entries

    @staticmethod
    def cited(page: Chapter) -> list[tuple[int, str]]:
        patterns = r"\{cite(?::\w+)?\}`([^`]+)`", r"^\s*:cited:\s*(\S.*)$"
        return [
            (number, key.strip())
            for number, line in page.prose
            for pattern in patterns
            for keys in re.findall(pattern, line)
            for key in keys.split(",")
        ]

    @every_page
    def test_cited_works_are_listed(self, page: Chapter) -> None:
        faults = [at(page, n, key) for n, key in self.cited(page) if key not in self.entries]
        assert not faults, "\n".join(faults)

    def test_listed_works_are_cited(self) -> None:
        used = {key for page in PAGES for _, key in self.cited(page)}
        assert sorted(set(self.entries) - used) == []

    def test_no_two_works_are_cited_alike(self) -> None:
        # On paper nobody can follow the link: 1986a and 1986b tell two of one year apart.
        cited = [
            (*map(str, people[:2] if len(people) == 2 else people[:1]), len(people) > 2, year)
            for entry in self.entries.values()
            for people in [entry.persons.get("author") or entry.persons["editor"]]
            for year in [entry.fields["year"]]
        ]
        assert [work for work, times in Counter(cited).items() if times > 1] == []

    @pytest.mark.parametrize("key", sorted(entries))
    def test_entry_can_be_found_by_a_reader(self, key: str) -> None:
        entry = self.entries[key]
        assert entry.persons.get("author") or entry.persons.get("editor"), "author"
        assert entry.fields.get("title"), "title"
        assert re.fullmatch(r"\d{4}[a-z]?", entry.fields.get("year", "")), "year"
        # A talk or a report of the 1960s may have none of these; then a note says what it is.
        places = {"doi", "url", "isbn", "eprint", "note"} & {f.lower() for f in entry.fields}
        assert places, "a DOI, URL, ISBN or eprint number, or a note on where to find it"
        doi = entry.fields.get("doi", "10.")
        assert doi.startswith("10."), "a DOI without the address of its resolver"


# The checks above must be able to fail: small pages with one fault each.

FRONT = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# Title

"""


def small(tmp_path: Path, body: str) -> Chapter:
    path = tmp_path / "small.md"
    path.write_text(FRONT + body, encoding="utf-8")
    return Chapter(path, FRONT + body)


def cell(code: str, options: str = "") -> str:
    return f"```{{code-cell}} ipython3\n{options}{code}\n```\n\n"


class TestReader:
    def test_cell_knows_its_line(self, tmp_path: Path) -> None:
        body = "Text.\n\n" + cell("x = 1\ny = 2", ":tags: [hide-input]\n\n")
        page = small(tmp_path, body)
        assert page.cells == [Cell("x = 1\ny = 2", {"tags": ["hide-input"]}, 19)]
        assert page.text.splitlines()[18] == "x = 1"

    def test_nested_directives_are_found(self, tmp_path: Path) -> None:
        body = "````{prf:proof}\nWords.\n\n```{math}\n:label: eq-a\nx\n```\n````\n"
        found = small(tmp_path, body).directives
        assert [(d.name, d.line) for d in found] == [("prf:proof", 14), ("math", 17)]
        assert found[1].options == {"label": "eq-a"}

    def test_colon_fences_are_found(self, tmp_path: Path) -> None:
        body = ":::{exercise} Sum\n:label: ex-a\nWhat is it?\n:::\n"
        assert small(tmp_path, body).directives[0].options == {"label": "ex-a"}


class TestRunner:
    def broken(self, tmp_path: Path, body: str) -> str:
        with pytest.raises(CellError) as caught:
            run(small(tmp_path, body))
        return str(caught.value)

    def test_names_shared_between_cells(self, tmp_path: Path, shell: object) -> None:
        run(small(tmp_path, cell("x = 1") + cell("assert x == 1\nx + 1")))

    def test_error_names_chapter_line_and_code(self, tmp_path: Path, shell: object) -> None:
        said = self.broken(tmp_path, cell("x = 1\nx / 0"))
        assert said.startswith("small.md, cell at line 15:")
        assert "line 16" in said
        assert "x / 0" in said
        assert "ZeroDivisionError" in said

    def test_warning_is_an_error(self, tmp_path: Path, shell: object) -> None:
        said = self.broken(tmp_path, cell("import numpy as np\nnp.log(np.zeros(1))"))
        assert "RuntimeWarning" in said

    def test_stderr_is_an_error(self, tmp_path: Path, shell: object) -> None:
        said = self.broken(tmp_path, cell("import sys\nprint('hm', file=sys.stderr)"))
        assert "wrote to stderr" in said

    def test_log_message_is_an_error(self, tmp_path: Path, shell: object) -> None:
        said = self.broken(tmp_path, cell("import logging\nlogging.warning('beware')"))
        assert "wrote to stderr:\nbeware" in said

    def test_broken_representation_is_an_error(self, tmp_path: Path, shell: object) -> None:
        code = "class A:\n    def _repr_html_(self):\n        return 1 / 0\nA()"
        assert "ZeroDivisionError" in self.broken(tmp_path, cell(code))

    def test_figure_without_alt_text_is_an_error(self, tmp_path: Path, shell: object) -> None:
        code = "from matplotlib.figure import Figure\nFigure()"
        assert "alt text" in self.broken(tmp_path, cell(code))

    def test_announced_exception_may_come(self, tmp_path: Path, shell: object) -> None:
        run(small(tmp_path, cell("1 / 0", ":tags: [raises-exception]\n")))

    def test_announced_exception_must_come(self, tmp_path: Path, shell: object) -> None:
        said = self.broken(tmp_path, cell("1 / 1", ":tags: [raises-exception]\n"))
        assert "nothing was raised" in said

    def test_network_is_closed(self, tmp_path: Path, shell: object) -> None:
        code = "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=1)"
        assert "SocketBlockedError" in self.broken(tmp_path, cell(code))

    def test_glue_works_outside_a_kernel(self, tmp_path: Path, shell: object) -> None:
        run(small(tmp_path, cell("from myst_nb import glue\nglue('x', 1.5, display=False)")))

    def test_figure_is_drawn(self) -> None:
        from matplotlib.figure import Figure

        figure = Figure()
        figure.text(0.5, 0.5, r"$\nosuchmacro$")
        with pytest.raises(ValueError, match="nosuchmacro"):
            display(figure)


ALT = "A line that rises from the lower left to the upper right corner of the frame."


class TestRulesCanFail:
    @pytest.mark.parametrize(
        ("rule", "body"),
        [
            (TestCells.test_all_are_found, "````{note}\n" + cell("1") + "````\n"),
            (TestCells.test_none_is_skipped, cell("1", ":tags: [skip-execution]\n")),
            (TestCells.test_fit_the_page, cell("x = " + "1" * 90)),
            (
                TestCells.test_figures_have_alt_text_name_and_caption,
                cell("1", "---\nmystnb:\n  image:\n    alt: short\n---\n"),
            ),
            (
                TestCells.test_figures_have_alt_text_name_and_caption,
                cell("1", f"---\nmystnb:\n  image:\n    alt: {ALT}\n---\n"),
            ),
            (TestPages.test_images_have_alt_text, "```{figure} a.png\nCaption.\n```\n"),
            (TestPages.test_images_have_alt_text, "![](a.png)\n"),
            (TestPages.test_headings_nest, "## A\n\n#### B\n"),
            (TestPages.test_headings_nest, "# Second title\n"),
            (TestPages.test_displays_are_directives, "$$\nx\n$$\n"),
            (TestPages.test_displays_and_claims_are_labelled, "```{math}\nx\n```\n"),
            (TestPages.test_displays_and_claims_are_labelled, ":::{prf:lemma}\nx\n:::\n"),
            (TestPages.test_no_path_of_one_machine, "See /ho" + "me/me/data.\n"),
            (
                TestExercises.test_each_has_a_solution_and_each_solution_an_exercise,
                "```{exercise}\n:label: ex-a\nWhy?\n```\n",
            ),
            (
                TestExercises.test_each_has_a_solution_and_each_solution_an_exercise,
                "```{solution} ex-a\nSo.\n```\n",
            ),
            (TestExercises.test_solutions_are_folded, "```{solution} ex-a\nSo.\n```\n"),
        ],
    )
    def test_fault_is_seen(self, rule: object, body: str, tmp_path: Path) -> None:
        page = small(tmp_path, body)
        with pytest.raises(AssertionError):
            rule(None, page)  # type: ignore[operator]

    def test_unlisted_work_is_seen(self, tmp_path: Path) -> None:
        page = small(tmp_path, "As {cite:t}`nobody2099nothing` says.\n")
        assert TestReferences.cited(page) == [(14, "nobody2099nothing")]
        with pytest.raises(AssertionError, match="nobody2099nothing"):
            TestReferences().test_cited_works_are_listed(page)
