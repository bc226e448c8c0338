"""``{explorable} name``: a drawing that the reader moves, where scripts run.

What can be moved comes from a registry (`bookkit_explorables` in ``conf.py`` names its module):
a title, scripts below ``book/static/explorables``, and a function that makes the data. The data
stand in the page itself, because a page that was opened from a disk may fetch nothing; they are
made when the page is read, and again when the package or the scripts' side of them changes.

The body of the directive is what readers see without scripts, on paper and in plain text. It
has to refer to a figure of the chapter with ``{numref}``: that figure stands still, and shows
the same thing.
"""

from __future__ import annotations

import difflib
import html
import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

from dlnotes.bookkit.joining import OF_ONE_PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docutils.nodes import Node
    from sphinx.application import Sphinx

__all__ = ["as_script_data", "setup"]

_FOLDER = "explorables"
_SHARED = ("common.js",)


def as_script_data(data: object) -> str:
    r"""Return data as JSON that can stand inside a ``<script>`` element.

    Parameters
    ----------
    data : object
        Anything that JSON has.

    Returns
    -------
    str
        One line without spaces, in which no tag can begin or end.

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.

    Examples
    --------
    >>> as_script_data({"said": "</script>"})
    '{"said":"\\u003c/script>"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", r"\u003c")


class ExplorableDirective(SphinxDirective):
    """Put the data of an explorable and the text that stands in for it on the page."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[Node]:
        """Return the box with its data, and in it the text for readers without scripts."""
        name = self.arguments[0]
        registry = import_module(self.config.bookkit_explorables)
        known = registry.EXPLORABLES
        if name not in known:
            near = difflib.get_close_matches(name, known, 3, 0.4) or sorted(known)
            msg = f"there is no explorable {name!r}; did you mean {', '.join(near)}?"
            raise self.error(msg)
        entry = known[name]
        still = self.parse_content_to_nodes()
        if not any(
            x.get("reftype") == "numref" for part in still for x in part.findall(pending_xref)
        ):
            msg = (
                f"the explorable {name!r} needs a sentence for readers without scripts that "
                "refers to a figure with {numref}"
            )
            raise self.error(msg)
        for source in (registry.__file__, inspect.getsourcefile(entry.data)):
            if source:  # the page is read again when its data or its room may have changed
                self.env.note_dependency(source)
        wide, narrow = entry.heights
        anchor = f"explorable-{name}"
        opening = (
            f'<div class="explorable" id="{anchor}" data-explorable="{name}" role="group" '
            f'aria-label="{html.escape(entry.title)}" '
            f'style="--wide:{wide:g}rem;--narrow:{narrow:g}rem">'
            f'<script type="application/json">{as_script_data(entry.data())}</script>'
            '<div class="still">'
        )
        box = nodes.raw("", opening, format="html", explorable=name)
        box["names"] = [anchor]
        self.state.document.note_explicit_target(box, box)  # a second one would be a duplicate
        return [box, *still, nodes.raw("", "</div></div>", format="html")]


def _load(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Load the scripts on the pages that use them and on no other, and write their files."""
    boxes = doctree.findall(nodes.raw) if doctree else ()
    names = [box["explorable"] for box in boxes if "explorable" in box]
    if not names:
        return
    known = import_module(app.config.bookkit_explorables).EXPLORABLES
    scripts = [*_SHARED, *(script for name in names for script in known[name].scripts)]
    for script in dict.fromkeys(scripts):
        app.add_js_file(f"{_FOLDER}/{script}", priority=OF_ONE_PAGE, defer="defer")
    for name in names:
        if known[name].files:
            _write(Path(app.outdir) / "_static" / _FOLDER / name, known[name].files())


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files that are named by their content, and take away those of another build."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(content)


def setup(app: Sphinx) -> None:
    """Register the directive and the scripts of the pages that use it.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_config_value("bookkit_explorables", "dlnotes.explorables", "env", str)
    app.add_directive("explorable", ExplorableDirective)
    app.connect("html-page-context", _load)
