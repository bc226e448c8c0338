"""Anchors that stay when something is written in front of them, and pages that have moved.

An address of the book that somebody keeps has to lead to the same place for as long as that
place exists. So an anchor comes from a label, a title or a key, and never from a count: where
Sphinx and the extensions count, the number is replaced by what the thing belongs to, or left
out where nothing leads to it. A page that gets a new name leaves a small one behind that leads
on: the table is ``bookkit_moved`` in ``conf.py``.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.errors import ConfigError

from dlnotes.bookkit.publishing import published_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

__all__ = ["COUNTED", "check_moved", "forwarding_page", "setup"]

COUNTED = re.compile(r"id\d+|index-\d+|(proof|theorem|exercise|solution)(-content)?(-\d+)?")
"""What an anchor looks like that was made by counting."""

_CONTENT = ("proof-content", "exercise-content", "solution-content")


def _name_proofs(app: Sphinx, doctree: nodes.document) -> None:
    """Call a proof after what it proves; sphinx-proof 0.4 gives all the same id.

    Its boxes and those of sphinx-exercise 1.2 hold a section each, again all with the same id;
    those are called after their boxes.
    """
    proved = ""
    taken: dict[str, int] = {}
    for node in doctree.findall(nodes.Element):
        ids: list[str] = node.get("ids", [])
        if len(ids) == 1 and ids[0] in _CONTENT:
            node["ids"] = [f"{node.parent['ids'][0]}-content"]
        elif ids == ["proof"]:
            taken[proved] = taken.get(proved, 0) + 1
            again = f"-{taken[proved]}" if taken[proved] > 1 else ""
            node["ids"] = [f"proof-of-{proved}{again}"]
        elif ids and ("countertype" in node.attributes or isinstance(node, nodes.section)):
            proved = ids[0]


def _leave_counts_out(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Drop anchors that docutils counts, ``id7``: every place has another, or needs none."""
    if app.builder.format == "html":
        for node in doctree.findall(nodes.Element):
            if node.get("ids"):
                node["ids"] = [i for i in node["ids"] if not re.fullmatch(r"id\d+", i)]


def check_moved(moved: Mapping[str, str], pages: Collection[str]) -> None:
    """Refuse a table of moved pages that would hide a page or lead nowhere.

    Parameters
    ----------
    moved : mapping of str to str
        Names of pages that were, and of those that stand there now.
    pages : collection of str
        Names of the pages of the book.

    Raises
    ------
    sphinx.errors.ConfigError
        If an old name is that of a page, or a new one is not.

    Examples
    --------
    >>> check_moved({"perceptrons": "linear_networks"}, ["index", "linear_networks"])
    """
    for old, new in moved.items():
        if old in pages:
            msg = f"bookkit_moved: {old!r} has moved to {new!r}, but there is a page {old!r}"
            raise ConfigError(msg)
        if new not in pages:
            msg = f"bookkit_moved: {old!r} has moved to {new!r}, but there is no page {new!r}"
            raise ConfigError(msg)


def forwarding_page(title: str, address: str, published: str = "") -> str:
    """Return a page that leads to another, to the same place on it where scripts run.

    Parameters
    ----------
    title : str
        The title of the other page.
    address : str
        Where it is, seen from this one.
    published : str, optional
        Where it is for all the world, if it is published.

    Returns
    -------
    str
        The HTML.

    Examples
    --------
    >>> page = forwarding_page("Linear networks", "linear_networks.html")
    >>> 'content="0; url=linear_networks.html"' in page
    True
    """
    there, title = escape(address), escape(title)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>Moved: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="canonical" href="{escape(published) or there}">
<script>location.replace("{there}" + location.hash);</script>
<meta http-equiv="refresh" content="0; url={there}">
</head>
<body>
<main>
<h1>This page has moved</h1>
<p>It is now <a href="{there}">{title}</a>.</p>
</main>
</body>
</html>
"""


def _check(app: Sphinx, env: BuildEnvironment) -> None:
    check_moved(app.config.bookkit_moved, env.found_docs)


def _forward(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for old, new in app.config.bookkit_moved.items():
        file = Path(app.outdir) / f"{old}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        base = app.config.html_baseurl
        published = published_at(base, app.builder.get_target_uri(new)) if base else ""
        relative = app.builder.get_relative_uri(old, new)
        title = app.env.titles[new].astext()
        file.write_text(forwarding_page(title, relative, published), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Give stable anchors to every page, and write the pages that lead on.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_config_value("bookkit_moved", {}, "html", dict)
    app.connect("doctree-read", _name_proofs)
    app.connect("doctree-resolved", _leave_counts_out, priority=850)
    app.connect("env-check-consistency", _check)
    app.connect("build-finished", _forward)
