"""Build the book, pack it or show it: ``python -m dlnotes.bookkit html``."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from dlnotes.bookkit.building import build_html, repository
from dlnotes.bookkit.paper import build_pdf
from dlnotes.bookkit.publishing import check_address, zip_site
from dlnotes.bookkit.serving import serve

if TYPE_CHECKING:
    from pathlib import Path


def _zip(root: Path) -> int:
    print(f"The book is packed: {zip_site(root)}")
    return 0


def _print(root: Path) -> int:
    # What reads HTML and PDF is of the group `print`, which the other builds do without.
    from dlnotes.bookkit.printing import build_print

    return build_print(root)


_BUILDERS = {
    "html": build_html,
    "pdf": build_pdf,
    "pdf-print": _print,
    "zip": _zip,
    "serve": serve,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : list of str, optional
        The words after the command; by default those of the process.

    Returns
    -------
    int
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m dlnotes.bookkit", description=__doc__)
    parser.add_argument("format", choices=_BUILDERS, help="what to build")
    chosen = parser.parse_args(arguments).format
    try:
        check_address(os.environ.get("BOOK_BASE_URL", ""))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        return _BUILDERS[chosen](repository())
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
