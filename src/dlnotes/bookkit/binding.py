"""The order in which a book on paper stands: what the pages leave to links, it says in turn.

The text of the first page becomes a preface, the solutions an appendix. What is marked
``{.on-screen}``, since it speaks of what moves or is only found there, is left out. The page of
references holds nothing on paper but the bibliography, which LaTeX sets at the end by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import solution_node

from dlnotes.bookkit.environments import page_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_PREFACE = "About this book"
_BIBLIOGRAPHY = "references"
_ON_SCREEN = "on-screen"
_SHORT_LISTING = 10  # lines; to keep more together would leave holes at the feet of pages


def _bind(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format == "latex":
        book = next(doctree.findall(nodes.section))
        _without_screen(book)
        _preface_first(book)
        _bibliography_alone(book)
        _solutions_last(app, book, docname)
        _headings_not_alone(doctree)
        _listings_whole(doctree)


def _without_screen(book: nodes.Element) -> None:
    """Leave out what only readers at a screen have a use for."""
    for node in list(book.findall(nodes.Element)):
        if _ON_SCREEN in node.get("classes", ()):
            node.parent.remove(node)


def _preface_first(book: nodes.section) -> None:
    """Put what the first page says before the chapters, without a number."""
    elements = [node for node in book if isinstance(node, nodes.Element)]
    chapters = [node for node in elements if "toctree-wrapper" in node.get("classes", ())]
    said = [node for node in book if node not in chapters and not isinstance(node, nodes.title)]
    if not chapters or not said:
        return
    preface = nodes.section("", nodes.title("", _PREFACE), ids=["preface"])
    for node in said:
        book.remove(node)
        preface += node
    unnumbered = (r"\setcounter{secnumdepth}{-1}", r"\setcounter{secnumdepth}{2}")
    before, after = (nodes.raw("", tex, format="latex") for tex in unnumbered)
    book[1:1] = [before, preface, after]


def _bibliography_alone(book: nodes.section) -> None:
    """Leave out the page that introduces the bibliography, but not what links to it."""
    for page in list(book.findall(addnodes.start_of_file)):
        if page["docname"] == _BIBLIOGRAPHY:
            names = [name for section in page.findall(nodes.section) for name in section["ids"]]
            labels = "".join(
                rf"\label{{\detokenize{{{_BIBLIOGRAPHY}:{name}}}}}" for name in ["", *names]
            )
            page.replace_self(nodes.raw("", rf"\phantomsection{labels}", format="latex"))


def _solutions_last(app: Sphinx, book: nodes.section, docname: str) -> None:
    """Move all solutions into an appendix, chapter by chapter."""
    by_page: dict[str, list[nodes.Element]] = {}
    for node in list(book.findall(solution_node)):
        by_page.setdefault(page_of(node, docname), []).append(node)
        node.parent.remove(node)
    if not by_page:
        return
    appendix = nodes.section("", nodes.title("", "Solutions"), ids=["solutions"])
    for page, solutions in by_page.items():
        chapter = nodes.section("", nodes.title("", app.env.titles[page].astext()))
        chapter["ids"] = [f"solutions-{page}"]
        chapter += solutions
        appendix += addnodes.start_of_file("", chapter, docname=page)
    book += nodes.raw("", r"\appendix", format="latex")
    book += addnodes.start_of_file("", appendix, docname="solutions")


def _headings_not_alone(doctree: nodes.document) -> None:
    """Leave room below a heading for what breaks late: a table, a theorem, a second heading."""
    for section in list(doctree.findall(nodes.section)):
        late = len(section) > 1 and not isinstance(section[1], nodes.paragraph)
        parent, place = section.parent, section.parent.index(section)
        last = parent[place - 1] if place else None
        while isinstance(last, nodes.section):  # at the end of which MyST puts the names
            last = last[-1]
        if isinstance(last, nodes.target):
            parent, place = last.parent, last.parent.index(last) + 1
        while place and isinstance(parent[place - 1], nodes.target):
            place -= 1  # the names of a section stand right before it
        if late and place and not isinstance(parent[place - 1], nodes.title):
            room = nodes.raw("", r"\bookroom{13\baselineskip}", format="latex")
            parent.insert(place, room)


def _listings_whole(doctree: nodes.document) -> None:
    """Let short listings begin only where they end on the same page, and long ones well."""
    kinds = (nodes.literal_block, nodes.doctest_block)
    for listing in list(doctree.findall(lambda node: isinstance(node, kinds))):
        lines = listing.astext().rstrip().count("\n") + 1
        room = lines if lines <= _SHORT_LISTING else 6
        place = listing.parent.index(listing)
        before = listing.parent[place - 1] if place else None
        if isinstance(before, nodes.title):  # which has seen to it already
            continue
        if isinstance(before, nodes.rubric):
            place, room = place - 1, room + 2
        keep = nodes.raw("", rf"\bookkeep{{{room}}}", format="latex")
        listing.parent.insert(place, keep)


class KeepNotes(SphinxPostTransform):
    """Leave the references of docstrings where they stand.

    Sphinx gathers every citation into one bibliography for LaTeX, where "[1]" of one function
    would follow "[1]" of another.
    """

    default_priority = 740  # before Sphinx's BibliographyTransform at 750
    formats = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Turn the citations of docstrings, and what refers to them, into text."""
        known = {}
        for note in list(self.document.findall(nodes.citation)):
            if note["docname"] != _BIBLIOGRAPHY:
                label = note.pop(0).astext()
                known[note["ids"][0]] = label
                if isinstance(note[0], nodes.paragraph):
                    note[0].insert(0, nodes.Text(f"[{label}] "))
                note.parent.replace(note, note.children)
        for reference in list(self.document.findall(nodes.citation_reference)):
            if reference["refname"] not in known:
                continue
            around, label = reference.parent, known[reference["refname"]]
            said = [
                node.astext().strip(", ") for node in around if isinstance(node, nodes.Text)
            ]
            if any(said):
                around.replace(reference, nodes.Text(f"[{label}]"))
            else:  # numpydoc lists them once more, for LaTeX
                around.clear()


def setup(app: Sphinx) -> None:
    """Bind the book when its pages are one document.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_post_transform(KeepNotes)
    app.connect("doctree-resolved", _bind, priority=450)
