"""A chapter to take along: as a notebook that ran, one that has not, its text, its code."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from contextlib import suppress
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import nbformat
from docutils import nodes
from jupyter_cache import get_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sphinx.application import Sphinx

__all__ = ["minutes_to_read", "python_of", "setup", "to_take_along", "without_outputs"]

_FORMS = {
    ".ipynb": "notebook with outputs",
    "-clean.ipynb": "notebook to run",
    ".md": "Markdown",
    ".py": "Python",
}
_HOW_TO_RUN = (
    "From “{book}”, version {version}: {title}. To be run in the folder book/ of its "
    "repository, where the data are, with the environment that `make book` sets up there."
)
# Kinds of output that no reader of a notebook sees: the vector figure for paper, glued numbers.
_UNSEEN = re.compile(r"application/(pdf|papermill\..*)")
_DATA_IN_FIGURE = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_WORDS_A_MINUTE = 200
_SECONDS_A_DISPLAY = 25


def minutes_to_read(doctree: nodes.document) -> int:
    """Return about how long a page takes to read.

    Parameters
    ----------
    doctree : docutils.nodes.document
        The page.

    Returns
    -------
    int
        Minutes: two hundred words in each, and twenty-five seconds for a displayed formula.

    Examples
    --------
    >>> from docutils.utils import new_document
    >>> page = new_document("page")
    >>> page += nodes.paragraph("", "word " * 400)
    >>> minutes_to_read(page)
    2
    """
    words = sum(len(p.astext().split()) for p in doctree.findall(nodes.paragraph))
    displays = sum(1 for _ in doctree.findall(nodes.math_block))
    return max(1, round(words / _WORDS_A_MINUTE + displays * _SECONDS_A_DISPLAY / 60))


def without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook as it is before it runs.

    Parameters
    ----------
    notebook : dict
        The notebook, as JSON has it.

    Returns
    -------
    dict
        The same cells without outputs and counts.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "1", "outputs": [1], "execution_count": 3}
    >>> without_outputs({"cells": [cell]})["cells"][0]["outputs"]
    []
    """
    return _with_code(notebook, lambda cell: {**cell, "outputs": [], "execution_count": None})


def to_take_along(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook that ran, without what its readers do not see.

    Parameters
    ----------
    notebook : dict
        The notebook, as JSON has it.

    Returns
    -------
    dict
        The same cells and what they show. What is meant for the builds of the book is left out
        (figures for paper, glued numbers, the data inside figures, which have downloads of
        their own), and so are the times at which the cells ran. A cell is named by what stands
        in it, so that its name is the same in every build.

    Examples
    --------
    >>> shown = {"output_type": "display_data", "data": {"text/plain": "1"}}
    >>> glued = {"output_type": "display_data", "data": {"application/papermill.record/x": "1"}}
    >>> cell = {"cell_type": "code", "source": "1", "metadata": {"execution": {}}}
    >>> to_take_along({"cells": [{**cell, "outputs": [shown, glued]}]})["cells"][0]
    {'cell_type': 'code', 'source': '1', 'metadata': {}, 'outputs': [{'output_type': \
'display_data', 'data': {'text/plain': '1'}}], 'id': '6b86b273'}
    """
    notebook = _with_code(notebook, _seen)
    return {**notebook, "cells": list(_named(notebook["cells"]))}


def _named(cells: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give cells names that hang on nothing but what stands in them."""
    seen: Counter[str] = Counter()
    for cell in cells:
        name = hashlib.sha256("".join(cell["source"]).encode()).hexdigest()[:8]
        seen[name] += 1
        yield {**cell, "id": name if seen[name] == 1 else f"{name}-{seen[name]}"}


def _with_code(
    notebook: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """Return a notebook whose code cells are changed, the others as they are."""
    cells = [
        change(cell) if cell["cell_type"] == "code" else cell for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def _seen(cell: dict[str, Any]) -> dict[str, Any]:
    """Return a code cell without what its readers do not see."""
    metadata = {key: value for key, value in cell["metadata"].items() if key != "execution"}
    outputs = []
    for output in cell["outputs"]:
        if "data" not in output:
            outputs.append(output)
            continue
        data = {kind: said for kind, said in output["data"].items() if not _UNSEEN.match(kind)}
        if "image/svg+xml" in data:
            figure = "".join(data["image/svg+xml"])
            data["image/svg+xml"] = _DATA_IN_FIGURE.sub("", figure)
        if data:
            outputs.append({**output, "data": data})
    return {**cell, "metadata": metadata, "outputs": outputs}


def python_of(notebook: dict[str, Any]) -> str:
    r"""Return the code of a notebook as a script whose cells editors recognise.

    Parameters
    ----------
    notebook : dict
        The notebook, as JSON has it.

    Returns
    -------
    str
        The code cells, each below a line ``# %%``.

    Examples
    --------
    >>> print(python_of({"cells": [{"cell_type": "code", "source": ["x = 1\n", "x"]}]}))
    # %%
    x = 1
    x
    <BLANKLINE>
    """
    code = [
        "".join(cell["source"]).strip()
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    return "\n\n".join(f"# %%\n{source}" for source in code) + "\n"


def _executed(app: Sphinx, docname: str) -> Path:
    """Return the file in which myst-nb keeps the notebook that it ran."""
    return Path(app.outdir).parent / "jupyter_execute" / f"{docname}.ipynb"


def _read(app: Sphinx, source: Path) -> dict[str, Any]:
    """Read the notebook of a chapter, with its outputs.

    myst-nb 1.4 writes it down with them when it has just run the cells, and without them when
    it has them from its cache, which is the rule. So they are taken from there.
    """
    notebook = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    with suppress(KeyError):  # a chapter that failed is in no cache, and its build has failed
        cache = get_cache(app.config.nb_execution_cache_path)
        _, notebook = cache.merge_match_into_notebook(notebook)
    text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return to_take_along(json.loads(text))


def _offer(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Say below the title of a chapter how long it is, and in which forms it can be had."""
    if app.builder.format != "html" or not _executed(app, docname).is_file():
        return
    title = next(doctree.findall(nodes.title))
    uri = "../" * docname.count("/") + "downloads/" + docname
    links = ", ".join(
        f'<a href="{uri}{ending}" download>{said}</a>' for ending, said in _FORMS.items()
    )
    minutes = minutes_to_read(doctree)
    text = (
        f'<p class="chapter-tools">About {minutes} minutes to read. '
        f"Download this chapter: {links}.</p>"
    )
    title.parent.insert(title.parent.index(title) + 1, nodes.raw("", text, format="html"))


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for docname in sorted(app.env.found_docs):
        source = _executed(app, docname)
        if not source.is_file():
            continue
        notebook = _read(app, source)
        how = _HOW_TO_RUN.format(
            book=app.config.project,
            version=app.config.release,
            title=app.env.titles[docname].astext(),
        )
        target = Path(app.outdir) / "downloads" / docname
        target.parent.mkdir(parents=True, exist_ok=True)
        texts = {
            ".ipynb": _as_json(notebook),
            "-clean.ipynb": _as_json(_headed(without_outputs(notebook), how)),
            ".py": "\n".join(f"# {line}" for line in wrap(how, 88))
            + "\n\n"
            + python_of(notebook),
        }
        for ending, text in texts.items():
            target.with_name(target.name + ending).write_text(text, encoding="utf-8")
        shutil.copyfile(app.env.doc2path(docname), target.with_name(f"{target.name}.md"))


def _headed(notebook: dict[str, Any], text: str) -> dict[str, Any]:
    cell = {"cell_type": "markdown", "id": "how-to-run", "metadata": {}, "source": [text]}
    return {**notebook, "cells": [cell, *notebook["cells"]]}


def _as_json(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def setup(app: Sphinx) -> None:
    """Offer and write the downloads.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _offer)
    app.connect("build-finished", _write)
