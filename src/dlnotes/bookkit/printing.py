"""The website on paper: one page of all pages, printed by Chromium.

For machines without LaTeX. What is printed is what the website shows, numbers and verdicts
included, by the rules with which a browser prints a single page: ``@media print`` in
``book.css``, and ``print.js``. The book is printed twice: the first time says on which page
everything comes to stand, and the second has that in its contents and in its index. Chromium
makes the PDF tagged, for readers who listen, and with an outline.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib
from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer
from sphinx.config import Config
from sphinx.util.tags import Tags

from dlnotes.bookkit.building import build_html
from dlnotes.bookkit.printed import dead_links, finish, places_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = [
    "APT_PACKAGE",
    "assemble",
    "browser",
    "build_print",
    "print_page",
    "reading_order",
]

APT_PACKAGE = "chromium"
"""The Debian package that prints the book."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SUBTITLE = """Five questions from a first course, answered completely,
with every formula checked by machine."""
# The text is set in the letters that the formulas belong to; Matplotlib brings them along.
_FACES = {
    "": "",
    "Italic": "font-style: italic;",
    "Bol": "font-weight: 700;",
    "BolIta": "font-style: italic; font-weight: 700;",
}
# The cover and the contents, which no page of the website has, the index in two columns, and
# what is marked here as short. Chromium does not break a long listing to keep its output at it,
# but leaves half a page empty; so does a figure that comes only with its listing. The selector
# names the body to outweigh that of ``book.css``.
_LOOK = """
body.on-paper { --font-stack: "STIXGeneral", serif; }
@page {
  @top-left { font-family: STIXGeneral, serif; }
  @bottom-right { font-family: STIXGeneral, serif; }
}
@page cover { @bottom-right { content: none; } }
.paper-cover { page: cover; padding-top: 60mm; }
.paper-title { font-size: 34pt; font-weight: 700; line-height: 1.1; margin: 0; }
.paper-subtitle { font-size: 22pt; font-weight: 700; color: #0b5f94; margin: 0 0 12mm; }
.paper-cover p:last-child { margin-top: 90mm; }
@page contents { @top-left { content: "Contents"; } }
.paper-contents { page: contents; }
.paper-contents ul { list-style: none; padding: 0; }
.paper-contents li { display: flex; justify-content: space-between; line-height: 1.5; }
.paper-contents li.h1 { font-weight: 700; margin-top: 0.5em; }
.paper-contents li.h2 { padding-left: 1.6em; }
.paper-contents a { color: inherit; text-decoration: none; }
.paper-index { columns: 2; column-gap: 6mm; font-size: 8pt; line-height: 1.35; }
.paper-index h1 { column-span: all; }
.paper-index :is(table, tbody, tr, td) {
  display: block; width: auto !important; padding: 0; break-inside: auto;
}
.paper-index ul { list-style: none; margin: 0; padding: 0; }
.paper-index ul ul { padding-left: 1em; }
.paper-index li { margin: 0; padding-left: 1em; text-indent: -1em; }
.paper-letter { font-weight: 700; color: #0b5f94; margin: 0.8em 0 0.1em; break-after: avoid; }
:is(pre, p, div).short { break-inside: avoid; }
body.on-paper .cell_input:is(:not(:has(pre.short)), :has(+ .cell_output figure)) {
  break-after: auto;
}
"""
# What is of use on a screen only.
_NOT_ON_PAPER = (
    "script, .headerlink, .chapter-tools, .figure-data, .toctree-wrapper, form, .copybtn, "
    ".on-screen, .genindex-jumpbox, details.cite"
)
# What is so short stays on one page: listings, as in `binding`, and paragraphs of four lines,
# of which Chromium may leave one alone. To keep more together would leave holes.
_SHORT_LISTING = 10  # lines
_SHORT_PARAGRAPH = 450  # letters
_INDEX = "genindex.html"
_SHEETS = "link[rel~='stylesheet']"
_POINTER = re.compile(r"url\(#([^)]+)\)")
# Attributes that name other elements, several with spaces between.
_NAMING = ("aria-labelledby", "aria-describedby", "for", "headers")


def browser() -> str | None:
    """Return the path of the browser that prints, or None where there is none.

    Returns
    -------
    str or None
        The first of Chromium's names that is on the search path.
    """
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def reading_order(index: str) -> list[str]:
    """Return the pages of the book in the order in which they are read.

    Parameters
    ----------
    index : str
        The first page, whose navigation lists the others.

    Returns
    -------
    list of str
        Names of files: the first page, those in its navigation, and the index.

    Examples
    --------
    >>> reading_order('<p class="sidebar-tree"><a href="#">The book</a><a href="a.html">A</a>')
    ['index.html', 'a.html', 'genindex.html']
    """
    links = BeautifulSoup(index, "html.parser").select(".sidebar-tree a[href]")
    named = (str(link["href"]).partition("#")[0] for link in links)
    return list(dict.fromkeys(["index.html", *filter(None, named), _INDEX]))


def assemble(site: Path, pages: list[str], places: Mapping[str, int] | None = None) -> str:
    """Put pages of the website one behind the other into one page that can be printed.

    Parameters
    ----------
    site : pathlib.Path
        The website.
    pages : list of str
        Names of its pages, in the order of reading.
    places : mapping of str to int, optional
        The page of paper by the name of what stands there; without it, the contents and the
        index have no numbers.

    Returns
    -------
    str
        HTML that refers to the style sheets of the website and asks for nothing else. A link
        to another of the pages leads to its place in this one.
    """
    read = {
        page: BeautifulSoup((site / page).read_text("utf-8"), "html.parser") for page in pages
    }
    first = read[pages[0]]
    if (heading := first.find("h1")) and len(pages) > 1:
        heading.string = "About this book"  # its title stands on the cover
    places = places or {}
    parts, rules = [], []
    for place, (page, soup) in enumerate(read.items()):
        article = soup.find("article")
        if not isinstance(article, Tag):
            msg = f"{site / page} has no <article>, so it is no page of the book"
            raise ValueError(msg)
        _prepare(article, page, read)
        if page == _INDEX:
            _number_index(article, places)
        heading = article.find("h1")
        title = heading.get_text() if heading else page
        # Only a page of its own kind can have the title of its chapter above it.
        rules.append(f"@page part-{place} {{ @top-left {{ content: {_css_string(title)}; }} }}")
        article["style"] = f"page: part-{place}"
        article["class"] = "part paper-index" if page == _INDEX else "part"
        article["id"] = _anchor(page, "")
        parts.append(article)
    title = first.title.get_text() if first.title else ""
    sheets = [
        (site / str(link["href"]).partition("?")[0]).as_uri() for link in first.select(_SHEETS)
    ]
    rights = first.select_one("footer .copyright")
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">',
            f"<title>{html.escape(title)}</title>",
            *(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets),
            f"<style>{_faces()} {_LOOK} {' '.join(rules)}</style>",
            f'<script src="{(site / "_static" / "print.js").as_uri()}"></script></head>',
            '<body class="on-paper" data-theme="light">',
            *(
                [
                    _cover(title, rights.get_text(" ", strip=True) if rights else ""),
                    _contents(parts, places),
                ]
                if len(parts) > 1
                else []
            ),
            *map(str, parts),
            "</body></html>",
        ]
    )


def _anchor(page: str, name: str) -> str:
    """Return what something is called where all pages are one."""
    return f"{page.removesuffix('.html')}--{name}" if name else page.removesuffix(".html")


def _prepare(article: Tag, page: str, pages: Collection[str]) -> None:
    """Take away what moves, open what is folded, and give everything names of this page."""
    for node in article.select(_NOT_ON_PAPER):
        node.decompose()
    for node in article.select("details"):
        if "hide" in node.get_attribute_list("class"):  # the code of a figure, like other code
            node.unwrap()
        else:
            node.name = "div"
    for node in article.select("summary"):
        node.decompose()
    _keep_together(article)
    # Chromium finds no place for some names of a signature, but always for an empty element.
    for node in article.select("dt[id]"):
        node.insert(0, Tag(name="span", attrs={"id": node["id"]}))
        del node["id"]
    for node in article.find_all(True):
        for key, said in list(node.attrs.items()):
            if key == "id":
                node[key] = _anchor(page, str(said))
            elif key in _NAMING:
                names = " ".join(said) if isinstance(said, list) else str(said)
                node[key] = " ".join(_anchor(page, name) for name in names.split())
            elif isinstance(said, str) and "url(#" in said:
                node[key] = _POINTER.sub(lambda m: f"url(#{_anchor(page, m[1])})", said)
            elif key in ("href", "xlink:href") and "://" not in str(said):
                _lead(node, key, str(said), page, pages)


def _keep_together(article: Tag) -> None:
    """Mark what is to stand on one page, of which a style sheet cannot count the lines."""
    for node in article.select("pre, p"):
        text = node.get_text().rstrip()
        lines = text.count("\n") + 1
        if lines <= _SHORT_LISTING if node.name == "pre" else len(text) <= _SHORT_PARAGRAPH:
            classes = node.get_attribute_list("class")
            classes.append("short")
            node["class"] = classes
    # Chromium leaves a heading behind at the foot of a page if what follows does not fit there.
    for heading in article.select("h2, h3, h4"):
        after = heading.find_next_sibling()
        if isinstance(after, Tag) and "short" in after.get_attribute_list("class"):
            heading.wrap(Tag(name="div", attrs={"class": "short"})).append(after)


def _lead(node: Tag, key: str, said: str, page: str, pages: Collection[str]) -> None:
    """Let a link lead to its place in the one page, or be words if it leads out of the book."""
    target, _, name = said.partition("#")
    if said.startswith("mailto:") or (key == "href" and node.name == "image"):
        return
    if not target or target in pages:
        node[key] = "#" + _anchor(target or page, name)
    elif node.name == "a":
        node.unwrap()


def _faces() -> str:
    """Return the rules that name the files of the letters."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return " ".join(
        f"@font-face {{ font-family: STIXGeneral; {style} "
        f"src: url({(folder / f'STIXGeneral{name}.ttf').as_uri()}); }}"
        for name, style in _FACES.items()
    )


def _css_string(text: str) -> str:
    quoted = text.strip().replace("\\", r"\\").replace('"', r"\"")
    return f'"{quoted}"'


def _cover(title: str, rights: str) -> str:
    name, _, rest = title.partition(": ")
    return (
        f'<div class="paper-cover"><p class="paper-title">{html.escape(name)}</p>'
        f'<p class="paper-subtitle">{html.escape(rest)}</p>'
        f"<p>{_SUBTITLE}</p><p>{html.escape(rights)}</p></div>"
    )


def _contents(parts: list[Tag], places: Mapping[str, int]) -> str:
    rows = []
    for part in parts:
        for heading in part.select("h1, h2"):
            section = heading.find_parent(id=True)
            if not isinstance(section, Tag):
                continue
            name = str(section["id"])
            words = " ".join(heading.get_text().split())
            rows.append(
                f'<li class="{heading.name}"><a href="#{name}">{html.escape(words)}</a>'
                f"<span>{places.get(name, '')}</span></li>"
            )
    return f'<nav class="paper-contents"><h1>Contents</h1><ul>{"".join(rows)}</ul></nav>'


def _number_index(article: Tag, places: Mapping[str, int]) -> None:
    """Let the index say pages, and let its letters be no headings: they have no outline."""
    for letter in article.select("h2"):
        letter.name, letter["class"] = "p", "paper-letter"
    for link in article.select("a[href^='#']"):
        if number := places.get(str(link["href"])[1:]):
            link.append(f", {number}")


def print_page(page: Path, target: Path) -> None:
    """Print a page of HTML from this machine, tagged and with an outline of its headings.

    Parameters
    ----------
    page : pathlib.Path
        The page.
    target : pathlib.Path
        The PDF.

    Raises
    ------
    FileNotFoundError
        If there is no browser.
    RuntimeError
        If the browser wrote no PDF; the message is the browser's.
    """
    program = browser()
    if program is None:
        msg = f"printing needs chromium: on Debian or Ubuntu, apt install {APT_PACKAGE}"
        raise FileNotFoundError(msg)
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="print-") as profile:
        command = [
            *(program, "--headless", "--disable-gpu", f"--user-data-dir={profile}"),
            # It is to print one file and to speak to nobody: what it would ask for by itself,
            # such as its own updates, finds no address.
            *("--no-first-run", "--disable-background-networking", "--disable-sync"),
            *("--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND"),
            *("--generate-pdf-document-outline", "--export-tagged-pdf"),
            *("--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to be root within its own
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not target.is_file():
        msg = f"{program} printed nothing (status {done.returncode}): {done.stderr.strip()}"
        raise RuntimeError(msg)


def _headings(page: str) -> list[str]:
    found = BeautifulSoup(page, "html.parser", parse_only=SoupStrainer(re.compile("^h[1-6]$")))
    return [
        " ".join(node.get_text().split()) for node in found.find_all(re.compile("^h[1-6]$"))
    ]


def _said(root: Path) -> dict[str, str]:
    """Return what the settings of the book say of it, by the names that a PDF has for that."""
    settings = Config.read(root, overrides={}, tags=Tags())
    for name in ("bookkit_subject", "bookkit_keywords"):
        settings.add(name, "", "", (str,))
    return {
        "Author": settings.author,
        "Subject": settings.bookkit_subject,
        "Keywords": settings.bookkit_keywords,
    }


def build_print(root: Path) -> int:
    """Build the website, and print it into ``_build/pdf``.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    int
        0, or the exit status of the step that failed; then ``_build/pdf`` is as it was before.
    """
    if browser() is None:
        print(
            f"make pdf-print needs chromium: on Debian or Ubuntu, apt install {APT_PACKAGE}",
            file=sys.stderr,
        )
        return 1
    status = build_html(root)
    if status:
        return status
    site, folder = root / "_build" / "html", root / "_build" / "staging" / "print"
    folder.mkdir(parents=True, exist_ok=True)
    pages = reading_order((site / "index.html").read_text("utf-8"))
    printed = folder / "book.pdf"
    places: dict[str, int] = {}
    for _ in range(2):
        page = assemble(site, pages, places)
        (folder / "book.html").write_text(page, encoding="utf-8")
        print_page(folder / "book.html", printed)
        places = places_in(printed)
    if dead := dead_links(printed):
        print(f"Links of the PDF lead nowhere: {', '.join(dead)}", file=sys.stderr)
        return 1
    finish(printed, _headings(page), _said(root))
    target = root / "_build" / "pdf" / "deep-learning-theoretical-aspects-printed.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(printed, target)
    print(f"The PDF is ready: {target}")
    return 0
