"""Lists that the pages give their rows to, and that scripts of the website read.

Pages are written in several processes and not in every build, so each keeps its rows in a file
of its own. The whole list lies beside the pages as a script, because a page that was opened
from a disk may load no data in another way.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx.application import Sphinx

__all__ = ["gather", "keep"]


def keep(app: Sphinx, name: str, docname: str, rows: Iterable[Sequence[Any]]) -> None:
    """Keep the rows that a page gives to a list.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    name : str
        The name of the list.
    docname : str
        The page.
    rows : iterable of sequence
        What JSON can say.
    """
    file = _file(app, name, docname)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(list(rows), ensure_ascii=False), encoding="utf-8")


def gather(app: Sphinx, name: str, constant: str) -> None:
    """Write a list, page by page, as the script ``_static/NAME.js``.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    name : str
        The name of the list.
    constant : str
        What the script calls it.
    """
    files = (_file(app, name, docname) for docname in sorted(app.env.found_docs))
    kept = (json.loads(file.read_text("utf-8")) for file in files if file.is_file())
    found = [row for rows in kept for row in rows]
    said = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    script = Path(app.outdir) / "_static" / f"{name}.js"
    script.write_text(f"const {constant} = {said};\n", encoding="utf-8")


def _file(app: Sphinx, name: str, docname: str) -> Path:
    return Path(app.doctreedir) / name / f"{docname.replace('/', '.')}.json"
