"""A pytest plug-in: ``pytest book`` collects every derivation and theorem as its own test.

A root ``conftest.py`` enables it: ``pytest_plugins = ["dlnotes.checking.pytest_plugin"]``.
A page that has a checked directive becomes a file; its tests are named after the labels, such
as ``book/activations.md::sigmoid-derivative``; ``book/activations.md::displays`` fails when a
display of the page is unclassified and ``book/activations.md::notation`` when an entry and the
function tied to it disagree. Proofs are loaded from ``proofs/`` under the root.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from dlnotes.checking.claims import Registry, load_proofs
from dlnotes.checking.ledger import entry_failures, erratum_problem, verify
from dlnotes.checking.pages import Erratum, Page, read_page
from dlnotes.checking.ties import runner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dlnotes.checking.statements import Statement

__all__ = ["ClaimFailure", "PageFile", "pytest_collect_file"]

_CHECKED = re.compile(
    r"^\s*(`{3,}|:{3,})\{(derivation|notation|definition|erratum|math|"
    r"prf:(theorem|lemma|corollary|proposition))\}",
    re.MULTILINE,
)


class ClaimFailure(Exception):
    """A statement that did not pass; its text is the whole message."""


class PageFile(pytest.File):
    """A page as a collection of claims."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each claim, and one for the displays of the page."""
        registry = _registry(self.config)
        name = (
            self.path.relative_to(self.config.rootpath)
            if self.path.is_relative_to(self.config.rootpath)
            else self.path
        )
        page = read_page(str(name), self.path.read_text(encoding="utf-8"))
        yield DisplaysItem.from_parent(self, name="displays", page=page)
        if any(e.python for e in page.vocabulary.entries.values()):
            yield NotationItem.from_parent(self, name="notation", page=page)
        for erratum in page.errata:
            yield ErratumItem.from_parent(self, name=erratum.label, erratum=erratum)
        for statement in page.statements:
            yield ClaimItem.from_parent(
                self, name=statement.label, statement=statement, registry=registry, page=page
            )


_REGISTRY = pytest.StashKey[Registry]()


def _registry(config: pytest.Config) -> Registry:
    """Return what the files of ``proofs/`` register, loaded once in a session."""
    if _REGISTRY not in config.stash:
        proofs = config.rootpath / "proofs"
        config.stash[_REGISTRY] = load_proofs(proofs) if proofs.is_dir() else Registry()
    return config.stash[_REGISTRY]


class _Item(pytest.Item):
    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str:
        """Show the claim's own message without a traceback."""
        if isinstance(excinfo.value, ClaimFailure):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))


class DisplaysItem(_Item):
    """Every display of the page is accounted for and every notation block reads."""

    def __init__(self, *, page: Page, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.page = page

    def runtest(self) -> None:
        """Fail with every error of the page."""
        if self.page.errors:
            raise ClaimFailure("\n".join(self.page.errors))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the page begins."""
        return self.path, 0, "displays"


class NotationItem(_Item):
    """Every entry tied to a function agrees with it."""

    def __init__(self, *, page: Page, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.page = page

    def runtest(self) -> None:
        """Fail with every entry that differs."""
        failures = entry_failures(self.page)
        if failures:
            raise ClaimFailure("\n".join(failures))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the page begins."""
        return self.path, 0, "notation"


class ClaimItem(_Item):
    """One derivation or theorem."""

    def __init__(
        self, *, statement: Statement, registry: Registry, page: Page, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.statement = statement
        self.registry = registry
        self.page = page

    def runtest(self) -> None:
        """Check the statement and attack it."""
        run_formal = runner(self.config.rootpath / "proofs")
        result = verify(self.statement, self.registry, run_formal=run_formal)
        if not result.passed:
            # A notation that was refused is why a name is not known: say so here as well, since
            # whoever runs one claim alone does not see the test of the displays.
            raise ClaimFailure("\n".join([str(result), *self.page.errors]))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the statement stands."""
        return self.path, self.statement.line - 1, self.statement.label


class ErratumItem(_Item):
    """A wrong form is refuted, and its right form proved."""

    def __init__(self, *, erratum: Erratum, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.erratum = erratum

    def runtest(self) -> None:
        """Check both forms."""
        problem = erratum_problem(self.erratum)
        if problem:
            raise ClaimFailure(problem)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the erratum stands."""
        return self.path, self.erratum.line - 1, self.erratum.label


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PageFile | None:
    """Collect Markdown pages that contain a checked directive."""
    if file_path.suffix != ".md" or not file_path.is_file():
        return None
    if not _CHECKED.search(file_path.read_text(encoding="utf-8")):
        return None
    return PageFile.from_parent(parent, path=file_path)
