"""What every test of the book shares."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent

# Every derivation and theorem is a test: book/activations.md::eq-activations-sigmoid.
pytest_plugins = ["dlnotes.checking.pytest_plugin"]

# No deadline: the machine is shared, and a slow example is no wrong example. With CI set the
# examples are the same every time; elsewhere Hypothesis goes on looking for new ones.
settings.register_profile(
    "book", deadline=None, derandomize="CI" in os.environ, print_blob=True
)
settings.load_profile("book")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Return an IPython shell without history: what ``display`` and ``glue`` write to.

    It is started once, and only for the tests that run chapters.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    hook = sys.displayhook
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        instance = InteractiveShell.instance(config=config)
        yield instance
        InteractiveShell.clear_instance()
    sys.displayhook = hook
