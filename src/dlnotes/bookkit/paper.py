"""The book on paper: LaTeX by Sphinx, PDF by LuaLaTeX, and a log in which nothing is wrong.

A line that sticks out into the margin, a reference that leads nowhere, a character that the
font lacks: LaTeX says so in its log and carries on. Here each of them stops the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from dlnotes.bookkit.building import environment, run_sphinx

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["APT_PACKAGES", "TOLERANCE", "build_pdf", "problems_in"]

APT_PACKAGES = (
    "texlive-luatex",
    "texlive-latex-recommended",
    "texlive-latex-extra",
    "texlive-fonts-recommended",
    "texlive-lang-english",
    "latexmk",
    "tex-gyre",
    "fonts-texgyre",
    "fonts-texgyre-math",
    "fonts-dejavu-core",
)
"""Debian packages that typeset the book."""

TOLERANCE = 1.0
"""Points by which a line may be too wide: a third of a millimetre, which nobody sees."""

_OVERFULL = re.compile(r"^Overfull \\[hv]box \(([\d.]+)pt too \w+\).*")
# The backend is who finds that a link has no place to lead to.
_WARNING = re.compile(
    r"^(LaTeX|Package|Class)\b.*Warning:|^Missing character:|^! |^warning\s+\(pdf backend\)"
)
# What is said of the tools and not of the book.
_HARMLESS = re.compile(
    r"Font shape .* (undefined|not available)|Some font shapes were not available"
    r"|Label\(s\) may have changed"  # of an earlier run; latexmk runs again until it is not so
)


def problems_in(log: str) -> list[str]:
    r"""Return what a LaTeX log complains of.

    Parameters
    ----------
    log : str
        The log, its lines not broken (``max_print_line``).

    Returns
    -------
    list of str
        One line for each warning, and for each box that is more than `TOLERANCE` too large.

    Examples
    --------
    >>> problems_in("Overfull \\hbox (0.4pt too wide) in paragraph at lines 1--2")
    []
    >>> problems_in("LaTeX Warning: Reference `x' on page 1 undefined on input line 3.")
    ["LaTeX Warning: Reference `x' on page 1 undefined on input line 3."]
    """
    found = []
    for line in log.splitlines():
        box = _OVERFULL.match(line)
        if (box and float(box[1]) > TOLERANCE) or (
            _WARNING.match(line) and not _HARMLESS.search(line)
        ):
            found.append(line)
    return found


def build_pdf(root: Path) -> int:
    """Build the PDF into ``_build/pdf``, through LuaLaTeX.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    int
        0, or the exit status of the step that failed; then ``_build/pdf`` is as it was before.
    """
    missing = [tool for tool in ("lualatex", "latexmk") if shutil.which(tool) is None]
    if missing:
        print(
            f"The PDF needs {' and '.join(missing)}: on Debian or Ubuntu, "
            f"apt install --no-install-recommends {' '.join(APT_PACKAGES)}; "
            "without LaTeX, make pdf-print prints the website",
            file=sys.stderr,
        )
        return 1
    status, staging = run_sphinx(root, "latex")
    if not status:
        status = _typeset(root, staging)
    if status:
        print("The PDF was not built: see the messages above.", file=sys.stderr)
        return status
    target = root / "_build" / "pdf" / "deep-learning-theoretical-aspects.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(staging / "book.pdf", target)
    print(f"The PDF is ready: {target}")
    return 0


def _typeset(root: Path, staging: Path) -> int:
    """Run LuaLaTeX as often as it needs, and read its log."""
    make = ["latexmk", "-lualatex", "-interaction=nonstopmode", "-halt-on-error", "-silent"]
    # LaTeX breaks the lines of its log after 79 characters unless told otherwise.
    # The settings that Sphinx writes for latexmk read LATEXOPTS, and complain without it.
    variables = {"LATEXOPTS": "", **environment(root), "max_print_line": "2000"}
    status = subprocess.run(
        [*make, "book.tex"], cwd=staging, env=variables, check=False
    ).returncode
    log = staging / "book.log"
    if status and not log.is_file():  # it did not come as far as a log
        return status
    problems = problems_in(log.read_text(encoding="utf-8", errors="replace"))
    for problem in problems:
        print(problem, file=sys.stderr)
    return status or (1 if problems else 0)
