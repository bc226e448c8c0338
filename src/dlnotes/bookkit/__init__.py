"""The Sphinx extension of the book.

One module a concern: formulas as MathML (`mathml`) in a font cut to what the book uses
(`mathfont`); derivations, definitions and tables of notation (`displays`, `notation`), errata
(`errata`), the verification of all claims (`claims`) and their ledger (`ledger`, with its
`graph`); figures that follow the colour scheme of the page (`pictures`), drawings
that readers move (`explorables`), folded proofs and solutions (`folding`), what the search
finds (`names`, `texts`, both by `gathering`), what a reader takes along (`downloads`,
`citing`), what a page waits for before it is shown (`first_screen`, `joining`, `pruning`) and
what waits longer (`heights`), the words that the index leads to (`subjects`), repairs to the
extensions that the book builds on (`repairs`), and the command that builds everything
(`building`, run as ``python -m dlnotes.bookkit``).
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import dlnotes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__all__ = ["setup"]

_PARTS = (
    "mathml",
    "mathfont",
    "displays",
    "notation",
    "errata",
    "claims",
    "ledger",
    "pictures",
    "explorables",
    "environments",
    "anchors",
    "binding",
    "folding",
    "first_screen",
    "heights",
    "names",
    "texts",
    "downloads",
    "citing",
    "publishing",
    "reference",
    "repairs",
    "subjects",
    "joining",
)


def _source_digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register every part of the extension with Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.

    Returns
    -------
    dict
        Sphinx's extension metadata: version, and that parallel builds are safe.
    """
    # A changed package or pin changes the outputs of cells, and a changed extension the pages:
    # every page is then read again.
    app.add_config_value("bookkit_digest", "", "env", str)
    app.add_config_value("bookkit_source", _source_digest(), "env", str)
    for part in _PARTS:
        import_module(f"dlnotes.bookkit.{part}").setup(app)
    return {
        "version": dlnotes.__version__,
        "env_version": 2,  # of what is kept about pages between builds
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
