"""What axe is shown of a page is less than the page; what is wrong with it must stay in."""

from __future__ import annotations

import axe
import pytest

PAGE = "<html lang='en'><head><title>Planted</title></head><body><main><h1>One</h1>{}</main>"
LETTERS = "<code class='c'><span class='k'>def</span> <span class='n'>f</span></code>"

STRUCTURE = {
    "image-alt": "<p>A <span class='x'>word <img src='data:,'> more</span></p>",
    "link-name": "<p>To <span class='x'><a href='#a'><span class='y'></span></a></span></p>",
    "button-name": "<p><button><span class='icon'></span></button></p>",
    "empty-heading": "<h2><span class='x'></span></h2>",
    "heading-order": f"<h4>Deep {LETTERS}</h4>",
    "aria-roles": f"<p>A <em><strong role='buttn'>loud</strong></em> {LETTERS}</p>",
    "aria-valid-attr": f"<p>A <span class='x' aria-lable='x'>word</span> {LETTERS}</p>",
    "list": f"<ul><p>{LETTERS}</p></ul>",
    "tabindex": f"<p><code class='c' tabindex='3'><span class='k'>{LETTERS}</span></code></p>",
    "label": f"<p><label><span class='x'></span><input></label> {LETTERS}</p>",
    "aria-hidden-focus": f"<p aria-hidden='true'><a href='#a'>{LETTERS}</a></p>",
}

PALE, WEAK = "color: #ddd; background: #fff", "color: #767676; background: #eee"
SCHEME = f"<style>@media (prefers-color-scheme: {{}}) {{{{p {{{{{PALE}}}}}}}}}</style><p>Pale."
COLOURS = {
    "of a kind of its own": f"<p>Dark.</p><p class='pale' style='{PALE}'>Pale.</p>",
    "after many alike": "<p>Dark.</p>" * 50 + f"<p style='{WEAK}'>Weak.</p>",
    "inside letters": f"<p>{LETTERS} <b class='c'><span style='{PALE}'>fun</span></b></p>",
    "by day": SCHEME.format("light"),
    "by night": SCHEME.format("dark"),
    "in the odd rows of a table": "<style>tr:nth-child(even) {color: #ddd}</style>"
    "<table>" + "<tr><td>row</td></tr>" * 6 + "</table>",
}


@pytest.fixture
def planted(context_for):
    """Return a function that shows a page with something planted in it."""
    pages = []

    def show(inside: str):
        pages.append(context_for(viewport={"width": 800, "height": 600}).new_page())
        pages[-1].set_content(PAGE.format(inside))
        return pages[-1]

    yield show
    for page in pages:
        page.close()


def test_nothing_is_found_where_nothing_is_wrong(planted):
    page = planted(f"<h2>Two</h2><p>A {LETTERS} <a href='https://a.b'>link</a>.</p>")
    assert [*axe.structure(page), *axe.colours(page)] == []


@pytest.mark.parametrize("rule", STRUCTURE)
def test_a_fault_of_structure_is_found(planted, rule: str):
    assert rule in {found[0] for found in axe.structure(planted(STRUCTURE[rule]))}


@pytest.mark.parametrize("place", COLOURS)
def test_a_fault_of_colour_is_found(planted, place: str):
    assert "color-contrast" in {found[0] for found in axe.colours(planted(COLOURS[place]))}
    # also after the page was looked at for its structure, as is done with every page
    page = planted(COLOURS[place])
    axe.structure(page)
    assert "color-contrast" in {found[0] for found in axe.colours(page)}
