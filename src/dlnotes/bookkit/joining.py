"""One style sheet and one script for what all pages have: each file more takes a way there.

A page is not shown before its last style sheet has come. It may ask for scripts of its own as
well; those are added with the priority `OF_ONE_PAGE`.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

from dlnotes.bookkit.pruning import names_in_page, names_in_script, prune

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sphinx.application import Sphinx

__all__ = ["OF_ONE_PAGE", "UNUSED", "join_scripts", "join_sheets", "setup"]

OF_ONE_PAGE = 900
"""Priority of a script that some pages have: it runs after those that all have, for which
Sphinx takes 200 to 800."""

UNUSED = ("doctools.js", "sphinx_highlight.js", "translations.js")
"""Scripts of Sphinx for its own search, and for words that no script of the book asks for."""

SHEETS, SCRIPTS = "sheets.css", "scripts.js"

# Both would be looked for beside the sheet that says so, and the joint one stands elsewhere.
_ELSEWHERE = re.compile(r"@import[^;]*|\burl\((?!\s*[\"']?(?:data:|#))[^)]*\)")
_SOURCE_MAP = re.compile(
    r"/\*# sourceMappingURL=[^*]*\*/\s*|^//# sourceMappingURL=.*$", re.MULTILINE
)

# Whatever digest a page has from another build is replaced.
_ASKING = re.compile(
    rf'(?<=_static/)({re.escape(SHEETS)}|{re.escape(SCRIPTS)})(?:\?v=\w+)?(?=")'
)

# What the search is told makes no elements, and every word of the book is in it.
_NO_SCRIPTS = {"names.js", "texts.js"}

# By the pages that this process has written, for each build and each joint file.
_asked: dict[tuple[str, str], list[str]] = {}


def join_sheets(sheets: dict[str, str], names: AbstractSet[str]) -> str:
    """Return the rules of several style sheets as one, without those that nothing uses.

    Parameters
    ----------
    sheets : dict of str to str
        The rules under the names of their files, in the order in which they count.
    names : set of str
        Classes and names of the elements that there are.

    Returns
    -------
    str
        The rules that may say something about them, see `dlnotes.bookkit.pruning.prune`.

    Raises
    ------
    ValueError
        If a sheet cannot be read, or refers to a file beside it, which another place would not
        find.

    Examples
    --------
    >>> sheets = {"a.css": "p { margin: 0 }", "b/c.css": "p { color: red } .d { top: 0 }"}
    >>> print(join_sheets(sheets, set()))
    p{margin: 0}
    p{color: red}
    """
    joined = []
    for name, rules in sheets.items():
        if found := _ELSEWHERE.search(rules):
            msg = (
                f"{name} cannot be joined with the other style sheets: it refers to another "
                f"file, {found[0]!r}; put the content in its place, as a data: address"
            )
            raise ValueError(msg)
        try:
            joined.append(prune(rules, names))
        except ValueError as error:
            msg = f"{name} cannot be joined with the other style sheets: {error}"
            raise ValueError(msg) from error
    return "\n".join(joined)


def join_scripts(scripts: dict[str, str]) -> str:
    """Return several scripts as one.

    Parameters
    ----------
    scripts : dict of str to str
        The scripts under the names of their files, in the order in which they run.

    Returns
    -------
    str
        The scripts, each under its name, ended even where its file does not.

    Examples
    --------
    >>> print(join_scripts({"a.js": "first()", "b/c.js": "(() => second())();"}))
    // a.js
    first()
    ;
    // b/c.js
    (() => second())();
    ;
    """
    return "\n".join(
        f"// {name}\n{_SOURCE_MAP.sub('', script).strip()}\n;"
        for name, script in scripts.items()
    )


def _refer(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let a page ask for the joint files only, and for scripts of its own."""
    if sheets := [str(sheet.filename) for sheet in context.get("css_files", [])]:
        _same_for_all(app, page, SHEETS, sheets)
        context["css_files"] = [f"_static/{SHEETS}"]
    if scripts := context.get("script_files"):
        ordered = sorted(scripts, key=lambda script: script.priority)
        common = [str(one.filename) for one in ordered if one.priority < OF_ONE_PAGE]
        used = [name for name in common if Path(name).name not in UNUSED]
        _same_for_all(app, page, SCRIPTS, used)
        joint = type(scripts[0])(f"_static/{SCRIPTS}", priority=0, defer="defer")
        context["script_files"] = [joint, *ordered[len(common) :]]


def _same_for_all(app: Sphinx, page: str, joint: str, files: list[str]) -> None:
    if (usual := _asked.setdefault((str(app.outdir), joint), files)) != files:
        msg = (
            f"all pages share one {joint}, but {page} differs from another page in "
            f"{', '.join(sorted({*files} ^ {*usual}))}: add style sheets in setup(), where "
            f"they hold for all pages, and scripts of one page with the priority {OF_ONE_PAGE}"
        )
        raise ExtensionError(msg)


def _join(app: Sphinx, exception: Exception | None) -> None:
    """Write the joint files, when every extension has written its own."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    pages = {page: page.read_text("utf-8") for page in out.glob("**/*.html")}
    names = set().union(
        *map(names_in_page, pages.values()),
        *(
            names_in_script(script.read_text("utf-8"))
            for script in static.glob("**/*.js")
            if script.name not in _NO_SCRIPTS
        ),
    )
    digests = {}
    for joint, join in ((SCRIPTS, join_scripts), (SHEETS, partial(join_sheets, names=names))):
        # The index and the search are written in every build, and by this process.
        if files := _asked.pop((str(out), joint), None):
            try:
                text = join({name: (out / name).read_text("utf-8") for name in files})
            except ValueError as error:
                raise ExtensionError(str(error)) from error
            (static / joint).write_text(text, "utf-8")
            digests[joint] = hashlib.sha256(text.encode()).hexdigest()[:8]
    for page, said in pages.items():
        # A browser is to use this one, and not one that it has kept from before.
        asking = _ASKING.sub(lambda found: f"{found[1]}?v={digests[found[1]]}", said)
        if asking != said:
            page.write_text(asking, "utf-8")


def setup(app: Sphinx) -> None:
    """Join the files, after `repairs` has taken out those that are replaced.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("html-page-context", _refer, priority=950)
    app.connect("build-finished", _join, priority=950)
