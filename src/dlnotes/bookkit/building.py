"""Build the book so that a failure costs nothing: what was there before stays.

Sphinx writes into a staging folder. Only when it ends without a warning is the result moved to
where readers look. Executed cells are remembered between builds under a digest of everything
that they depend on besides their own text, so that a changed package or a changed pin runs them
again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dlnotes.bookkit.joining import UNUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "build_html",
    "environment",
    "execution_cache",
    "execution_digest",
    "repository",
    "run_sphinx",
]

_FALLBACK_EPOCH = "1767225600"  # 2026-01-01, where there is no git history to ask


def repository() -> Path:
    """Return the root of the checkout: the folder that holds ``conf.py`` and ``book/``.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    FileNotFoundError
        If the package is not installed from a checkout.

    Examples
    --------
    >>> (repository() / "book").is_dir()
    True
    """
    root = Path(__file__).resolve().parents[3]
    if not (root / "conf.py").is_file():
        msg = f"no conf.py in {root}: the book is built from a checkout, installed with pip -e"
        raise FileNotFoundError(msg)
    return root


def _ingredients(root: Path) -> Iterator[Path]:
    """Yield every file, besides the chapters, on which the output of a cell depends."""
    yield root / "constraints.txt"
    # What makes the pages and what moves in them is not what the cells call: a change of it
    # runs none again, but one of the repairs to what runs them.
    package = root / "src" / "dlnotes"
    yield package / "bookkit" / "repairs.py"
    sources = (*package.glob("**/*.py"), *package.glob("**/*.tsv"))
    yield from sorted(p for p in sources if p.parent.name not in ("bookkit", "explorables"))
    for folder in ("photographs", "fruit"):
        yield from sorted(p for p in (root / "book" / folder).glob("**/*") if p.is_file())


def execution_digest(root: Path) -> str:
    """Return a digest of the package, the pinned versions and the data of the chapters.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    str
        Sixteen hexadecimal digits.

    Examples
    --------
    >>> len(execution_digest(repository()))
    16
    """
    digest = hashlib.sha256(sys.version.encode())
    for file in _ingredients(root):
        if file.is_file():
            digest.update(
                str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0"
            )
    return digest.hexdigest()[:16]


def execution_cache(root: Path) -> Path:
    """Return the folder of remembered cell outputs that is valid now.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    pathlib.Path
        A folder below ``_build``, named by `execution_digest`.

    Examples
    --------
    >>> execution_cache(repository()).parent.name
    'cells'
    """
    return root / "_build" / "cells" / execution_digest(root)


def environment(root: Path) -> dict[str, str]:
    """Return the environment of a build: one thread, no clock, a kernel of this interpreter.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    dict of str to str
        The variables.
    """
    private = root / "_build" / "ipython"
    private.joinpath("profile_default").mkdir(parents=True, exist_ok=True)
    # ipykernel logs a warning on every start that it listens on TCP; it is meant to.
    config = private / "profile_default" / "ipython_kernel_config.py"
    config.write_text('c = get_config()\nc.IPKernelApp.log_level = "ERROR"\n', encoding="utf-8")
    log = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
    try:
        asked = subprocess.run(log, capture_output=True, text=True, check=False)
        epoch = asked.stdout.strip() or _FALLBACK_EPOCH
    except OSError:
        epoch = _FALLBACK_EPOCH
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", epoch),
        "IPYTHONDIR": str(private),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
    }


def run_sphinx(root: Path, builder: str) -> tuple[int, Path]:
    """Run one of Sphinx's builders over the book, with every warning an error.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    builder : str
        The name of the builder, such as ``"html"``, ``"latex"`` or ``"text"``.

    Returns
    -------
    int
        Sphinx's exit status.
    pathlib.Path
        The folder that it wrote to, below ``_build/staging``.
    """
    _drop_stale_cells(root)
    staging = root / "_build" / "staging" / builder
    doctrees = root / "_build" / "doctrees" / builder
    # Sphinx gives each process a run of neighbours in the alphabet, and there the chapters with
    # most to compute stand side by side: two processes a core keep every core busy to the end.
    processes = 2 * (os.cpu_count() or 1)
    command = [
        *(sys.executable, "-m", "sphinx", "-b", builder),
        *("-W", "-n", "--keep-going", "-j", str(processes)),
        *("-c", str(root), "-d", str(doctrees)),
        *(str(root / "book"), str(staging)),
    ]
    status = subprocess.run(command, env=environment(root), check=False).returncode
    if status:
        # Sphinx would take the pages it has read as up to date and keep quiet about their
        # warnings next time: a failed build must fail again until its cause is gone.
        (doctrees / "environment.pickle").unlink(missing_ok=True)
    return status, staging


def _drop_stale_cells(root: Path) -> None:
    current = execution_cache(root)
    for folder in current.parent.glob("*"):
        if folder != current:
            shutil.rmtree(folder, ignore_errors=True)


def check_built(site: Path) -> None:
    """Complain if a folder holds no website.

    Parameters
    ----------
    site : pathlib.Path
        Where the website should be.

    Raises
    ------
    FileNotFoundError
        If the book has not been built.
    """
    if not (site / "index.html").is_file():
        msg = f"no book in {site}: build it with make book"
        raise FileNotFoundError(msg)


# What a build keeps for itself, and what Sphinx brings for a search that the book does not use.
_UNPUBLISHED = (
    *(".buildinfo*", "*.characters"),
    *("searchindex.js", "searchtools.js", "language_data.js", "*-stemmer.js", *UNUSED),
)


def _publish(staging: Path, target: Path) -> None:
    """Put a copy of `staging` at `target`; there is no moment without a complete `target`."""
    incoming, outgoing = (target.with_name(target.name + suffix) for suffix in (".new", ".old"))
    for leftover in (incoming, outgoing):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(staging, incoming, ignore=shutil.ignore_patterns(*_UNPUBLISHED))
    if target.exists():
        target.rename(outgoing)
    incoming.rename(target)
    shutil.rmtree(outgoing, ignore_errors=True)


def build_html(root: Path) -> int:
    """Build the website into ``_build/html``.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    int
        0, or Sphinx's exit status; then ``_build/html`` is as it was before.
    """
    started = time.monotonic()
    status, staging = run_sphinx(root, "html")
    target = root / "_build" / "html"
    if status:
        kept = "; the last good book is still there" if target.exists() else ""
        print(f"The book was not built: see the warnings above{kept}.", file=sys.stderr)
        return status
    _publish(staging, target)
    print(
        f"The book is ready after {time.monotonic() - started:.0f} s: {target / 'index.html'}"
    )
    return 0
