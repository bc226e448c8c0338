"""One style sheet instead of eight: a page is not shown before the last of them has come."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["join_sheets", "setup"]

TOGETHER = "sheets.css"

# Both would be looked for beside the sheet that says so, and the joint one stands elsewhere.
_ELSEWHERE = re.compile(r"@import[^;]*|\burl\((?!\s*[\"']?(?:data:|#))[^)]*\)")
_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/\s*")

_asked: dict[str, list[str]] = {}  # by the pages that this process has written, for each build


def join_sheets(sheets: dict[str, str]) -> str:
    """Return the rules of several style sheets as one.

    Parameters
    ----------
    sheets : dict of str to str
        The rules under the names of their files, in the order in which they count.

    Returns
    -------
    str
        The rules, each sheet under its name.

    Raises
    ------
    ValueError
        If a sheet refers to a file beside it, which another place would not find.

    Examples
    --------
    >>> print(join_sheets({"a.css": "p { margin: 0 }", "b/c.css": "b { color: red }"}))
    /* a.css */
    p { margin: 0 }
    /* b/c.css */
    b { color: red }
    """
    for name, rules in sheets.items():
        if found := _ELSEWHERE.search(rules):
            msg = (
                f"{name} cannot be joined with the other style sheets: it refers to another "
                f"file, {found[0]!r}; put the content in its place, as a data: address"
            )
            raise ValueError(msg)
    return "\n".join(
        f"/* {name} */\n{_SOURCE_MAP.sub('', rules).strip()}" for name, rules in sheets.items()
    )


def _refer(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let a page ask for the joint style sheet only."""
    files = [str(sheet.filename) for sheet in context.get("css_files", [])]
    if not files:
        return
    if (usual := _asked.setdefault(str(app.outdir), files)) != files:
        msg = (
            f"all pages share one style sheet, but {page} differs from another page in "
            f"{', '.join(sorted({*files} ^ {*usual}))}: add style sheets in setup(), where "
            "they hold for all pages"
        )
        raise ExtensionError(msg)
    context["css_files"] = [f"_static/{TOGETHER}"]


def _join(app: Sphinx, exception: Exception | None) -> None:
    """Write the joint style sheet, when every extension has written its own."""
    if exception is not None or app.builder.format != "html":
        return
    # The index and the search are written in every build, and by this process.
    out = Path(app.outdir)
    try:
        text = join_sheets(
            {name: (out / name).read_text("utf-8") for name in _asked.pop(str(out))}
        )
    except ValueError as error:
        raise ExtensionError(str(error)) from error
    (out / "_static" / TOGETHER).write_text(text, "utf-8")


def setup(app: Sphinx) -> None:
    """Join the style sheets, after `repairs` has taken out those that are replaced.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("html-page-context", _refer, priority=950)
    app.connect("build-finished", _join, priority=950)
