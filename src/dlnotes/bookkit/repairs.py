"""Repairs to the extensions and the theme that the book builds on.

Each function mends one fault of a pinned release and says which; when the release is raised,
the function is to be tried without.
"""

from __future__ import annotations

import logging
import multiprocessing
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from jupyter_cache import get_cache
from jupyter_cache.cache.db import OrmBase
from jupyter_cache.executors import utils as executors
from nbclient import NotebookClient, execute
from sphinx import addnodes
from sphinx_proof.domain import ProofDomain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

__all__ = ["setup"]


_starting = multiprocessing.Lock()  # of every process that reads pages: they are forked


_start, _greet = (
    NotebookClient.async_start_new_kernel,
    NotebookClient.async_start_new_kernel_client,
)


async def _start_alone(self: NotebookClient, **options: Any) -> None:
    """jupyter-client 8 looks for free ports some time before the kernel takes them.

    Of two processes that start kernels at the same moment, both may find the same ones, and
    one kernel dies. So kernels start one after the other, and run side by side.
    """
    _starting.acquire()
    try:
        await _start(self, **options)
    except BaseException:
        _starting.release()
        raise


async def _greet_and_let_go(self: NotebookClient) -> Any:
    """Wait until the kernel answers: then its ports are its own, and the next may start."""
    try:
        return await _greet(self)
    finally:
        _starting.release()


def _whole_streams() -> None:
    """Join what a cell prints: a kernel sends it in pieces, cut wherever it was at the moment.

    jupyter-cache 1.0 keeps the pieces, and myst-nb 1.4 puts each on a line of its own: now and
    then a page had an empty line, or a line in two. nbclient joins them if it is told to.
    """
    executors.executenb = partial(execute, coalesce_streams=True)


def _tables_of_the_cache(app: Sphinx) -> None:
    """jupyter-cache 1.0 makes its tables at first use, and only in a file that is not there.

    Of two processes that read pages, one may find the file of the other without its tables. So
    they are made before there are processes, also in a file that an interrupted build has left.
    """
    if app.config.nb_execution_mode == "cache" and app.config.nb_execution_cache_path:
        OrmBase.metadata.create_all(get_cache(app.config.nb_execution_cache_path).db)


def _take_back(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Sphinx 9 leaves a page that is no longer in the book in the website."""
    if app.builder.format == "html":
        for docname in removed:
            (Path(app.outdir) / app.builder.get_target_uri(docname)).unlink(missing_ok=True)
    return []


def _no_domain_data(self: ProofDomain, docnames: set[str], otherdata: dict[str, Any]) -> None:
    """sphinx-proof 0.4 keeps its data on the environment; the domain has none to merge."""


def _keep_html_handlers(app: Sphinx) -> None:
    """sphinx-exercise 1.2 registers ``singlehtml`` handlers, which hide every ``html`` one."""
    handlers = app.registry.translation_handlers
    if "singlehtml" in handlers:
        handlers["singlehtml"] = {**handlers["html"], **handlers["singlehtml"]}


def _numbers_in_text(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Sphinx 9 writes "Figure %s" in plain text: it takes the title without its number."""
    if app.builder.format == "text":
        for node in doctree.findall(addnodes.number_reference):
            node["title"] = node.astext()


def _one_name_for_a_table(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Furo 2025 gives the box around a table the name of the table, which has it already."""
    for table in doctree.findall(nodes.table):
        if "table-wrapper" in table.parent.get("classes", ()):
            table.parent["ids"] = [i for i in table.parent["ids"] if i not in table["ids"]]


def _heading_levels(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Sphinx gives captions of the navigation ``role="heading"`` without a level."""
    if "furo_navigation_tree" in context:
        context["furo_navigation_tree"] = context["furo_navigation_tree"].replace(
            'role="heading"', 'role="heading" aria-level="2"'
        )


def _roles_of_references(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Docutils 0.22 gives an entry in a list of references a role that ARIA has given up."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def _one_style_sheet(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """sphinx-proof and sphinx-exercise draw boxes; ``book.css`` has its own style."""
    replaced = ("_static/proof.css", "_static/exercise.css")
    context["css_files"] = [
        sheet
        for sheet in context.get("css_files", [])
        if not str(getattr(sheet, "filename", sheet)).endswith(replaced)
    ]


def _quiet_root_logger() -> None:
    """accessible-pygments 0.0.5 takes over the root logger on import; take it back."""
    handlers, level = logging.root.handlers[:], logging.root.level
    import_module("a11y_pygments")
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def setup(app: Sphinx) -> None:
    """Mend what needs it.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    _quiet_root_logger()
    ProofDomain.merge_domaindata = _no_domain_data
    NotebookClient.async_start_new_kernel = _start_alone  # type: ignore[method-assign]
    NotebookClient.async_start_new_kernel_client = (  # type: ignore[method-assign]
        _greet_and_let_go
    )
    _whole_streams()
    app.connect("builder-inited", _tables_of_the_cache)
    app.connect("builder-inited", _keep_html_handlers)
    app.connect("env-get-outdated", _take_back)
    app.connect("doctree-resolved", _numbers_in_text)
    app.connect("doctree-resolved", _one_name_for_a_table)
    app.connect("html-page-context", _heading_levels, priority=900)
    app.connect("html-page-context", _roles_of_references)
    app.connect("html-page-context", _one_style_sheet, priority=900)
