"""Check every claim of a page while it is read; refuse the page when one does not hold.

The page is read once more from its own text by `dlnotes.checking.pages`, without Sphinx, so
that ``pytest book`` and the build check the same thing. What the reader is shown is then
compared with what was checked: a display equation that was not read stops the build.

A build that starts from an earlier one reads a page again when its text has changed, when a
proof of one of its claims has changed, or when it was refused before; of its claims it checks
again those whose statement, vocabulary or proof is new.
"""

from __future__ import annotations

import hashlib
import inspect
import pickle
import sys
from collections.abc import MutableMapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging

from dlnotes.checking.claims import REGISTRY, digest_of, load_proofs
from dlnotes.checking.engines import rocq
from dlnotes.checking.engines.rocq_source import dependencies
from dlnotes.checking.ledger import Result, entry_failures, erratum_problem, verify_page
from dlnotes.checking.pages import read_page
from dlnotes.checking.ties import runner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from dlnotes.checking.claims import Registry
    from dlnotes.checking.pages import Page

__all__ = ["ResultStore", "claim_badge", "claims_of", "proofs_key", "setup"]

logger = logging.getLogger(__name__)

_ENGINES = ("sympy", "mpmath", "python-flint", "z3-solver")


class claim_badge(nodes.General, nodes.Element):
    """Where a page shows how a claim was verified; a line of text once it is written."""


class ResultStore(MutableMapping[str, Result]):
    """Results kept between builds, in a folder named by the checker that found them.

    Parameters
    ----------
    root : pathlib.Path
        The checkout: the source of the checker is part of the name, and so are the versions
        of its engines. The proofs of a claim are not: see `proofs_key`.
    """

    def __init__(self, root: Path) -> None:
        digest = hashlib.sha256(sys.version.encode())
        for engine in _ENGINES:
            digest.update(f"{engine} {version(engine)}\n".encode())
        digest.update(rocq.engine_version().encode())
        for source in sorted((root / "src" / "dlnotes" / "checking").glob("**/*.py")):
            digest.update(source.read_bytes())
        self.key = digest.hexdigest()[:16]
        self.folder = root / "_build" / "claims" / self.key

    def _file(self, digest: str) -> Path:
        return self.folder / f"{digest}.pickle"

    def __getitem__(self, digest: str) -> Result:
        try:
            result: Result = pickle.loads(self._file(digest).read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):
            raise KeyError(digest) from None
        return result

    def __setitem__(self, digest: str, result: Result) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Several processes read pages at once: a file is complete or not there.
        partial = self._file(digest).with_suffix(f".{id(result)}")
        partial.write_bytes(pickle.dumps(result))
        partial.replace(self._file(digest))

    def __delitem__(self, digest: str) -> None:
        self._file(digest).unlink()

    def __iter__(self) -> Iterator[str]:
        return (file.stem for file in self.folder.glob("*.pickle"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def proofs_key(proofs: Path, label: str, registry: Registry = REGISTRY) -> str:
    """Return a digest of all that is registered to prove one claim.

    Parameters
    ----------
    proofs : pathlib.Path
        The folder of the proofs.
    label : str
        The label of the claim.
    registry : Registry, optional
        Where proofs are registered.

    Returns
    -------
    str
        Sixteen digits: of the files that hold its Python proofs, and of the registrations and
        files of its Rocq proofs with the files that these require.

    Examples
    --------
    >>> proofs_key(Path("proofs"), "thm-of-nobody") == proofs_key(Path("proofs"), "thm-other")
    True
    """
    python, formal = registry.of(label)
    texts = []
    for claim in python:
        file = Path(inspect.unwrap(claim.function).__code__.co_filename)
        texts += [claim.tier.name, *claim.uses, file.read_text(encoding="utf-8")]
    for one in formal:
        texts += [repr(one), *_rocq_sources(proofs / one.file)]
    return digest_of(*texts)


def _rocq_sources(file: Path) -> Iterator[str]:
    """Yield the text of a Rocq file and of the files of the book that it requires."""
    if not file.is_file():
        return  # the proof will be found to fail
    text = file.read_text(encoding="utf-8")
    yield text
    for name in dependencies(text):
        yield from _rocq_sources(file.with_name(f"{name}.v"))


def claims_of(env: BuildEnvironment) -> dict[str, dict[str, Any]]:
    """Return, by page, its claims and the number of its displays of each kind.

    Parameters
    ----------
    env : sphinx.environment.BuildEnvironment
        The environment.

    Returns
    -------
    dict
        Page name to ``{"claims": [...], "displays": {...}, "uses": {...}, "proofs": {...},
        "refused": ...}``: the claims, the number of displays of each kind, what proofs refer
        to, the `proofs_key` of each label, and whether the page was refused.
    """
    if not hasattr(env, "bookkit_claims"):
        env.bookkit_claims = {}  # type: ignore[attr-defined]
    found: dict[str, dict[str, Any]] = env.bookkit_claims  # type: ignore[attr-defined]
    return found


def _load(app: Sphinx) -> None:
    proofs = Path(app.confdir) / "proofs"
    load_proofs(proofs)
    if rocq.find_compiler():
        # Once, before pages are read in several processes; failures come back as verdicts.
        rocq.compile_folder(proofs)


def _check(app: Sphinx, doctree: nodes.document) -> None:
    docname = app.env.current_document.docname
    source = Path(app.env.doc2path(docname))
    if source.suffix != ".md":
        return
    proofs = Path(app.confdir) / "proofs"
    relative = source.relative_to(app.confdir).as_posix()
    page = read_page(relative, source.read_text(encoding="utf-8"))
    keys = {
        statement.label: proofs_key(proofs, statement.label) for statement in page.statements
    }
    results = _results(page, ResultStore(Path(app.confdir)), keys, runner(proofs))
    problems = [
        *page.errors,
        *entry_failures(page),
        *(problem for erratum in page.errata if (problem := erratum_problem(erratum))),
        *_differences(doctree, page),
    ]
    for problem in problems:
        _refuse(problem, docname)
    failed = [result for result in results if not result.passed]
    for result in failed:
        _refuse(str(result), (docname, result.line))
    _place_badges(doctree, {result.label: result for result in results})
    claims_of(app.env)[docname] = {
        "claims": [result.as_dict() for result in results],
        "displays": page.counts(),
        "uses": _uses(doctree),
        "proofs": keys,
        "refused": bool(problems or failed),
    }


def _results(
    page: Page, store: ResultStore, keys: dict[str, str], run_formal: Any
) -> list[Result]:
    """Verify a page claim by claim, so that a claim is known by its own proofs alone."""
    found = []
    for statement in page.statements:
        one = replace(page, statements=[statement])
        key = store.key + keys[statement.label]
        found += verify_page(one, cache=store, key=key, run_formal=run_formal)
    return found


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the pages to read again: refused ones, and those of a changed proof."""
    proofs = Path(app.confdir) / "proofs"
    return [
        docname
        for docname, content in claims_of(env).items()
        if content["refused"]
        or any(proofs_key(proofs, label) != key for label, key in content["proofs"].items())
    ]


def _refuse(problem: str, location: Any) -> None:
    logger.warning("%s", problem, location=location, type="bookkit", subtype="claim")


def _differences(doctree: nodes.document, page: Page) -> list[str]:
    """Return what is wrong with a page that shows displays which the checker did not read."""
    read = sorted(_letters(display.tex) for display in page.displays)
    shown = sorted(
        _letters(node.get("checked_source", node.astext()))
        for node in doctree.findall(nodes.math_block)
    )
    found = [
        f"this display is shown but was not checked: {tex}" for tex in set(shown) - set(read)
    ]
    if len(shown) != len(read):
        found.append(f"{len(shown)} displays are shown, {len(read)} were read")
    return found


def _letters(tex: str) -> str:
    return " ".join(tex.split())


def _place_badges(doctree: nodes.document, results: dict[str, Result]) -> None:
    for node in list(doctree.findall(nodes.Element)):
        label = node.get("label") if hasattr(node, "get") else None
        if label in results and (isinstance(node, nodes.math_block) or "countertype" in node):
            data = results[label].as_dict()
            badge = claim_badge("", label=label, claim=data)
            if isinstance(node, nodes.math_block):
                node.parent.insert(node.parent.index(node) + 1, badge)
            else:
                node += badge


def _uses(doctree: nodes.document) -> dict[str, list[str]]:
    """Return which theorems the proof of each theorem refers to."""
    uses: dict[str, list[str]] = {}
    theorem = ""
    for node in doctree.findall(nodes.Element):
        if "countertype" in node.attributes and node.get("label"):
            theorem = node["label"]
        elif (
            "proof" in node.get("classes", ())
            and "countertype" not in node.attributes
            and theorem
        ):
            targets = [
                reference["reftarget"]
                for reference in node.findall(nodes.Element)
                if reference.get("refdomain") == "prf"
            ]
            uses.setdefault(theorem, []).extend(t for t in targets if t != theorem)
    return {label: sorted(set(targets)) for label, targets in uses.items()}


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    claims_of(env).pop(docname, None)


def _merge(
    app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    claims_of(env).update({d: c for d, c in claims_of(other).items() if d in docnames})


def setup(app: Sphinx) -> None:
    """Check claims when a page is read.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    # A changed checker re-reads, and so re-checks, every page.
    app.add_config_value("bookkit_checker", "", "env", str)
    app.connect("config-inited", _remember_checker)
    app.connect("builder-inited", _load)
    app.connect("env-get-outdated", _outdated)
    app.connect("doctree-read", _check)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)


def _remember_checker(app: Sphinx, config: Any) -> None:
    config.bookkit_checker = ResultStore(Path(app.confdir)).key
