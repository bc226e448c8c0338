"""One style sheet and one script for what all pages have: each file more takes a way there.

A page is not shown before its last style sheet has come. It may ask for scripts of its own as
well; those are added with the priority `OF_ONE_PAGE`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

from dlnotes.bookkit.pruning import names_in_page, names_in_script, prune

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sphinx.application import Sphinx

__all__ = ["OF_ONE_PAGE", "join_scripts", "join_sheets", "setup"]

OF_ONE_PAGE = 900
"""Priority of a script that some pages have: it runs after those that all have, for which
Sphinx takes 200 to 800."""

SHEETS, SCRIPTS = "sheets.css", "scripts.js"

# Both would be looked for beside the sheet that says so, and the joint one stands elsewhere.
_ELSEWHERE = re.compile(r"@import[^;]*|\burl\((?!\s*[\"']?(?:data:|#))[^)]*\)")
_SOURCE_MAP = re.compile(
    r"/\*# sourceMappingURL=[^*]*\*/\s*|^//# sourceMappingURL=.*$", re.MULTILINE
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
        common = [script for script in scripts if script.priority < OF_ONE_PAGE]
        common.sort(key=lambda script: script.priority)
        _same_for_all(app, page, SCRIPTS, [str(script.filename) for script in common])
        joint = type(scripts[0])(f"_static/{SCRIPTS}", priority=0, defer="defer")
        context["script_files"] = [joint, *(one for one in scripts if one not in common)]


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

    # The index and the search are written in every build, and by this process.
    def asked(joint: str) -> dict[str, str]:
        names = _asked.pop((str(out), joint), [])
        return {name: (out / name).read_text("utf-8") for name in names}

    # first, for the names in it
    _write(out, SCRIPTS, join_scripts(asked(SCRIPTS)))
    names: set[str] = set()
    for page in out.glob("**/*.html"):
        names |= names_in_page(page.read_text("utf-8"))
    for script in (out / "_static").glob("**/*.js"):
        if script.name not in _NO_SCRIPTS:
            names |= names_in_script(script.read_text("utf-8"))
    try:
        _write(out, SHEETS, join_sheets(asked(SHEETS), names))
    except ValueError as error:
        raise ExtensionError(str(error)) from error


def _write(out: Path, joint: str, text: str) -> None:
    """Write a joint file, and let pages ask for this one and not for one kept from before."""
    (out / "_static" / joint).write_text(text, "utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    asking = re.compile(rf'(?<=_static/){re.escape(joint)}(\?v=\w+)?(?=")')
    for page in out.glob("**/*.html"):
        before = page.read_text("utf-8")
        after = asking.sub(f"{joint}?v={digest}", before)
        if after != before:
            page.write_text(after, "utf-8")


def setup(app: Sphinx) -> None:
    """Join the files, after `repairs` has taken out those that are replaced.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("html-page-context", _refer, priority=950)
    app.connect("build-finished", _join, priority=950)
