r"""Theorems, proofs, exercises and solutions in every format that the book is built in.

sphinx-proof and sphinx-exercise draw boxes in HTML and LaTeX, and know no other format. Here
their environments become typography: a heading, the statement, a rule at the side. On a page
each has an anchor to copy; on paper each is an environment of ``book/paper/dlnotes.sty`` and a
line in the list of theorems; in plain text it is an indented block with its heading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node
from sphinx_proof.nodes import NODE_TYPES, proof_node, unenumerable_node

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.latex import LaTeXTranslator
    from sphinx.writers.text import TextTranslator

__all__ = ["heading", "page_of", "setup", "without_brackets"]

# By which nobody looks anything up.
_ARTICLE = re.compile(r"^(?:The|An?) ")

_CLAIMS = (*NODE_TYPES.values(), unenumerable_node)
_EXERCISES = (exercise_node, exercise_enumerable_node, solution_node)


def heading(app: Sphinx, node: nodes.Element, docname: str) -> str:
    """Return kind and number of an environment, as in "Theorem 2.1".

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application; it knows the numbers.
    node : docutils.nodes.Element
        The environment.
    docname : str
        The page that it stands on.

    Returns
    -------
    str
        The kind, and the number where there is one.
    """
    numbers = app.env.toc_fignumbers.get(docname, {}).get(node["countertype"], {})
    number = ".".join(map(str, numbers.get(node["ids"][0], ())))
    return f"{node['realtype'].title()} {number}".strip()


def without_brackets(title: str) -> str:
    """Return the name of an environment, which its heading puts into brackets.

    Parameters
    ----------
    title : str
        What the heading says behind the number.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> without_brackets("(Jacobian of softmax)")
    'Jacobian of softmax'
    """
    return title.strip().removeprefix("(").removesuffix(")")


def page_of(node: nodes.Element, docname: str) -> str:
    """Return the page on which a node stands, also where all pages are one document.

    Parameters
    ----------
    node : docutils.nodes.Element
        The node.
    docname : str
        The page, where nothing around the node says so.

    Returns
    -------
    str
        The name of the page.
    """
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.Element) and "docname" in parent:
            return str(parent["docname"])
        parent = parent.parent
    return docname


class Titles(SphinxTransform):
    """Enter the titles of theorems and definitions into the index, and so into the search."""

    default_priority = 500  # before Sphinx collects the entries of the index, at 850

    def apply(self, **kwargs: object) -> None:
        """Put an entry in front of each environment that has a title."""
        for node in list(self.document.findall(nodes.Element)):
            if "countertype" in node.attributes and node.get("title"):
                title = without_brackets(node["title"])
                if "$" in title:  # a formula has no place in an alphabet
                    continue
                title = _ARTICLE.sub("", title)
                title = title[0].upper() + title[1:]
                entry = ("single", f"{title} ({node['realtype']})", node["ids"][0], "", None)
                node.parent.insert(node.parent.index(node), addnodes.index(entries=[entry]))


def _prepare(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write headings where the format needs them, and anchors where it can have them."""
    for node in list(doctree.findall(nodes.Element)):
        if isinstance(node, _CLAIMS):
            page = page_of(node, docname)
            node["docname"] = page
            node["heading"] = heading(app, node, page)
        elif isinstance(node, exercise_enumerable_node) and app.builder.format == "text":
            numbers = app.env.toc_fignumbers.get(docname, {}).get("exercise", {})
            number = ".".join(map(str, numbers.get(node["ids"][0], ())))
            node[0].insert(0, nodes.Text(f"Exercise {number}"))
        elif isinstance(node, proof_node) and app.builder.format != "html":
            node.children = node[0].children  # sphinx-proof wraps it in an admonition
            for child in node.children:
                child.parent = node
        if app.builder.format == "html" and isinstance(node, (*_CLAIMS, *_EXERCISES)):
            _add_anchor(node)


def _add_anchor(node: nodes.Element) -> None:
    title = node[0]
    if isinstance(title, nodes.title) and node["ids"]:
        said = f"Link to this {node.get('realtype') or node['classes'][0]}"
        title += nodes.raw(
            "",
            f'<a class="headerlink" href="#{node["ids"][0]}" title="{said}">¶</a>',
            format="html",
        )


# Paper --------------------------------------------------------------------------------------


def _open_claim(self: LaTeXTranslator, node: nodes.Element) -> None:
    self.body.append(
        f"\n\\begin{{bookclaim}}{{{node['realtype']}}}{{{node['heading']}}}"
        f"{{{node['docname']}:{node['label']}}}"
    )


def _close_claim(self: LaTeXTranslator, node: nodes.Element) -> None:
    self.body.append("\\end{bookclaim}\n")


def _open_proof(self: LaTeXTranslator, node: nodes.Element) -> None:
    self.body.append("\n\\begin{bookproof}\n")


def _close_proof(self: LaTeXTranslator, node: nodes.Element) -> None:
    # The mark at the end stands in the last line: no blank line may end that before.
    while not self.body[-1].strip():
        self.body.pop()
    self.body[-1] = self.body[-1].rstrip()
    self.body.append("\\end{bookproof}\n")


def _open_exercise(self: LaTeXTranslator, node: nodes.Element) -> None:
    kind = "solution" if isinstance(node, solution_node) else "exercise"
    page = node.get("docname", "")
    # sphinx-exercise 1.2 refers to exercises by two names.
    self.body.append(f"\n\\booktarget{{exercise:{node['label']}}}")
    self.body.append(f"\n\\begin{{bookexercise}}{{{kind}}}{{{page}:{node['label']}}}")


def _close_exercise(self: LaTeXTranslator, node: nodes.Element) -> None:
    self.body.append("\\end{bookexercise}\n")


# Plain text ---------------------------------------------------------------------------------


def _open_text(self: TextTranslator, node: nodes.Element) -> None:
    self.new_state()
    self.add_text(node.get("heading", ""))  # Sphinx adds the title and a colon


def _close_text(self: TextTranslator, node: nodes.Element) -> None:
    self.end_state()


def setup(app: Sphinx) -> None:
    """Register the environments of sphinx-proof and sphinx-exercise for paper and text.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    text = (_open_text, _close_text)
    for kind in _CLAIMS:
        app.add_node(kind, override=True, latex=(_open_claim, _close_claim), text=text)
    for kind in _EXERCISES:
        app.add_node(kind, override=True, latex=(_open_exercise, _close_exercise), text=text)
    app.add_node(proof_node, override=True, latex=(_open_proof, _close_proof), text=text)
    app.add_transform(Titles)
    app.connect("doctree-resolved", _prepare, priority=400)
