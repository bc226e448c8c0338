"""An address that somebody kept leads to the same place when the book has grown or moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from sphinx.errors import ConfigError

from dlnotes.bookkit.anchors import COUNTED, check_moved, forwarding_page
from dlnotes.bookkit.building import run_sphinx

if TYPE_CHECKING:
    from pathlib import Path

INSERTED = r"""
A paragraph, which cites {cite:t}`anyone1900` before anybody else, and a definition:

```{definition} eq-slopes-twice
d(x) = 2 x
```

## A section with a title of its own

```{prf:lemma} A square is never negative
:label: lem-slopes-square

For every real $x$,

:::{math}
:label: eq-slopes-square
0 \le x^2
:::
```

```{prf:proof}
It is the product of two numbers of one sign.
```

```{prf:remark} Of less weight
:label: rem-slopes-light

Nothing.
```

```{exercise} Another question
:label: ex-slopes-other

What is $d(1)$?
```

```{solution} ex-slopes-other
:label: sol-slopes-other
:class: dropdown

It is 2, by {eq}`eq-slopes-twice`.
```
"""

PROOF = """

@proof("lem-slopes-square", tier="symbolic")
def _(statement: Statement) -> Verdict:
    return check(statement).verdict
"""

EARLIER = """@book{anyone1900,
  author = {Anyone, Some}, title = {An Earlier Title}, publisher = {A Publisher}, year = {1900},
}
"""


def built(root: Path) -> dict[str, BeautifulSoup]:
    status, folder = run_sphinx(root, "html")
    assert status == 0, "the small book does not build: its warnings are above"
    return {
        file.name: BeautifulSoup(file.read_text("utf-8"), "html5lib")
        for file in folder.glob("*.html")
    }


def places(page: BeautifulSoup) -> dict[str, str]:
    """Return what stands at each anchor of the text: the words, without numbers."""
    found = {}
    for tag in page.select("article [id]"):
        if tag.find_parent("svg") is None:
            # what holds more than itself may grow: a section has its heading, a list its name
            shown = tag.find(re.compile("^h[1-6]$")) if tag.name == "section" else tag
            grows = shown is None or tag["id"] == "bibliography"
            words = tag.name if grows else shown.get_text(" ", strip=True)
            found[tag["id"]] = " ".join(re.sub(r"\d+", "", words).split())
    return found


@pytest.fixture(scope="module")
def before_and_after(small_book, tmp_path_factory) -> tuple[dict[str, BeautifulSoup], ...]:
    """Return the pages of the small book, and those after much was written in front."""
    root = small_book(tmp_path_factory.mktemp("grows"))
    before = built(root)
    chapter = root / "book" / "slopes.md"
    text = chapter.read_text("utf-8")
    first = "The sigmoid of $x$ is\n"  # names come before it
    assert text.count(first) == 1
    chapter.write_text(text.replace(first, f"{INSERTED}\n{first}"), "utf-8")
    for file, first, last in (
        (root / "book" / "references.bib", EARLIER, ""),
        (root / "proofs" / "slopes.py", "", PROOF),
    ):
        file.write_text(first + file.read_text("utf-8") + last, "utf-8")
    return before, built(root)


class TestAnchorsStay:
    def test_the_book_has_grown_in_front(self, before_and_after):
        _, after = before_and_after
        text = str(after["slopes.html"])
        assert -1 < text.index('id="lem-slopes-square"') < text.index('id="thm-slopes-bound"')
        assert "Anyone" in after["references.html"].get_text()

    @pytest.mark.parametrize("name", ["index", "slopes", "sums", "references"])
    def test_every_anchor_leads_where_it_led(self, before_and_after, name: str):
        before, after = (places(pages[f"{name}.html"]) for pages in before_and_after)
        assert before
        assert {i: after.get(i) for i in before} == before

    def test_the_ledger_keeps_its_anchors(self, before_and_after):
        before, after = (places(pages["ledger.html"]) for pages in before_and_after)
        assert set(before) <= set(after)

    def test_a_proof_is_called_after_what_it_proves(self, before_and_after):
        for pages in before_and_after:
            assert "proof-of-thm-slopes-bound" in places(pages["slopes.html"])

    def test_nothing_is_counted(self, before_and_after):
        _, after = before_and_after
        counted = [
            (name, i)
            for name, page in after.items()
            for i in places(page)
            if COUNTED.fullmatch(i)
        ]
        assert counted == []


class TestMovedPages:
    def test_a_page_that_moved_leads_on(self, tiny: Path):
        settings = tiny / "conf.py"
        settings.write_text(
            settings.read_text("utf-8") + '\nbookkit_moved = {"old/name": "index"}\n', "utf-8"
        )
        status, folder = run_sphinx(tiny, "html")
        assert status == 0
        text = (folder / "old" / "name.html").read_text("utf-8")
        page = BeautifulSoup(text, "html5lib")
        assert page.select_one("a[href]")["href"] == "../index.html"
        assert page.select_one("meta[http-equiv=refresh]")["content"] == "0; url=../index.html"
        assert page.select_one("link[rel=canonical]")["href"] == "../index.html"
        assert page.title.get_text() == "Moved: Tiny"

    @pytest.mark.parametrize(
        ("moved", "said"),
        [
            ({"index": "index"}, "there is a page 'index'"),
            ({"old": "nowhere"}, "there is no page 'nowhere'"),
        ],
    )
    def test_a_table_that_hides_or_leads_nowhere_is_refused(self, moved, said: str):
        with pytest.raises(ConfigError, match=said):
            check_moved(moved, ["index"])

    def test_the_refusal_stops_the_build(self, tiny: Path):
        settings = tiny / "conf.py"
        settings.write_text(
            settings.read_text("utf-8") + '\nbookkit_moved = {"old": "nowhere"}\n', "utf-8"
        )
        assert run_sphinx(tiny, "html")[0] != 0

    def test_titles_are_escaped_and_published_addresses_named(self):
        text = forwarding_page("A & <b>", "new.html", "https://example.org/new.html")
        assert "A &amp; &lt;b&gt;" in text
        assert 'rel="canonical" href="https://example.org/new.html"' in text
