"""Formal proofs: compile Rocq (Coq) files and report theorems, axioms and times.

Files are compiled outside the source tree, in a cache keyed by a digest of the file, of the
files that it requires and of the compiler's version, so that an unchanged file is compiled
once. A theorem counts as proved only when the file compiles, holds nothing forbidden, and the
axioms that ``Print Assumptions`` reports are those of the real numbers. Without a compiler
the verdict says that the proof was not compiled; it never says "proved".

Run ``python -m dlnotes.checking.engines.rocq proofs`` to compile a folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from dlnotes.checking.engines.rocq_output import (
    ALLOWED_AXIOMS,
    FormalTheorem,
    RocqError,
    read_output,
    with_queries,
)
from dlnotes.checking.engines.rocq_source import (
    LIBRARY,
    Forbidden,
    dependencies,
    forbidden,
    formal_statement,
)
from dlnotes.checking.verdicts import Tier, Verdict, proved, unproved

__all__ = [
    "ALLOWED_AXIOMS",
    "APT_PACKAGES",
    "NOT_COMPILED",
    "Compilation",
    "FormalTheorem",
    "RocqAbsent",
    "RocqError",
    "check",
    "compile_file",
    "compile_folder",
    "engine_version",
    "find_compiler",
    "formal_statement",
    "main",
]

NOT_COMPILED = "formal proof not compiled in this build"
"""What a page says where there is no compiler."""

APT_PACKAGES = (
    "coq",
    "libcoq-mathcomp-ssreflect",
    "libcoq-mathcomp-algebra",
    "libcoq-coquelicot",
)
"""Debian packages that compile the files of ``proofs/``."""


_VERSION = "1"  # of this driver: part of the cache's key


class RocqAbsent(RuntimeError):
    """There is no compiler on this machine."""


@dataclass(frozen=True)
class Compilation:
    """A compiled file."""

    file: str
    engine: str
    seconds: float
    theorems: tuple[FormalTheorem, ...]
    cached: bool = False

    def theorem(self, name: str) -> FormalTheorem:
        """Return a theorem by its name, qualified or not.

        Raises
        ------
        KeyError
            If the file has no such theorem.
        """
        for t in self.theorems:
            if name in (t.name, t.name.rpartition(".")[2]):
                return t
        msg = f"{self.file} has no theorem {name!r}; it has {[t.name for t in self.theorems]}"
        raise KeyError(msg)


def find_compiler() -> tuple[str, ...]:
    """Return the command that compiles a file; empty where there is none."""
    if found := shutil.which("coqc"):
        return (found,)
    if found := shutil.which("rocq"):
        return (found, "compile")
    return ()


@lru_cache(maxsize=4)
def _version_of(command: tuple[str, ...]) -> str:
    text = subprocess.run(
        [command[0], "--version"], capture_output=True, text=True, check=False, timeout=20
    ).stdout
    found = re.search(r"version\s+(\S+)", text)
    return f"Rocq (Coq) {found[1]}" if found else "Rocq"


def engine_version() -> str:
    """Return name and version of the compiler, for verdicts."""
    command = find_compiler()
    return _version_of(command) if command else "Rocq (not installed)"


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dlnotes" / "rocq"


def _digest(path: Path, engine: str) -> str:
    """Return a digest of a file, what it requires, and the compiler."""
    state = hashlib.sha256(f"{_VERSION}\n{engine}\n{path.name}\n".encode())
    text = path.read_text(encoding="utf-8")
    state.update(text.encode())
    for name in dependencies(text):
        state.update(_digest(path.with_name(f"{name}.v"), engine).encode())
    return state.hexdigest()[:24]


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """Run the compiler in its own process group; all of it ends with the time limit."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        msg = f"not compiled within {seconds:g} s"
        raise RocqError(msg) from None
    if process.returncode:
        raise RocqError((err.strip() or out.strip())[-2000:])
    return out


def compile_file(
    path: Path, *, cache: Path | None = None, seconds: float = 120.0
) -> Compilation:
    """Compile a file, or read back what compiling it gave before.

    Parameters
    ----------
    path
        A ``.v`` file. Files that it requires stand beside it.
    cache
        Folder for compiled files; by default below the user's cache folder.
    seconds
        Time limit for one file.

    Raises
    ------
    Forbidden
        If the file, or one that it requires, admits or assumes something.
    RocqAbsent
        If there is no compiler.
    RocqError
        If the file does not compile in time.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    if faults := forbidden(text):
        msg = f"{path.name}: " + "; ".join(faults)
        raise Forbidden(msg)
    command = find_compiler()
    if not command:
        msg = f"{NOT_COMPILED}: neither coqc nor rocq was found"
        raise RocqAbsent(msg)
    engine = _version_of(command)
    cache = cache or _default_cache()
    home = cache / f"{path.stem}-{_digest(path, engine)}"
    record = home / "result.json"
    if record.exists():
        return replace(_from_json(record.read_text(encoding="utf-8")), cached=True)
    needed = []
    for name in dependencies(text):
        other = path.with_name(f"{name}.v")
        compile_file(other, cache=cache, seconds=seconds)
        needed += ["-Q", str(cache / f"{name}-{_digest(other, engine)}"), LIBRARY]
    cache.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=cache, prefix=f".{path.stem}-") as folder:
        work = Path(folder)
        asking = with_queries(text)
        (work / path.name).write_text(asking, encoding="utf-8")
        output = _run(
            [*command, "-q", "-time", "-w", "none", *needed, "-Q", ".", LIBRARY, path.name],
            work,
            seconds,
        )
        done = Compilation(
            path.name,
            engine,
            round(time.perf_counter() - began, 3),
            read_output(asking, output),
        )
        (work / "result.json").write_text(json.dumps(asdict(done), indent=1), encoding="utf-8")
        keep = work / "keep"
        keep.mkdir()
        for made in (*work.glob("*.vo"), work / "result.json"):
            shutil.move(str(made), keep / made.name)
        with suppress(OSError):  # another process was first: its result is the same
            keep.rename(home)
    return done


def _from_json(text: str) -> Compilation:
    data = json.loads(text)
    items = tuple(
        FormalTheorem(**{**t, "axioms": tuple(t["axioms"])}) for t in data.pop("theorems")
    )
    return Compilation(**data | {"theorems": items})


def compile_folder(
    folder: Path, *, cache: Path | None = None, seconds: float = 120.0, jobs: int = 2
) -> dict[str, Compilation | Exception]:
    """Compile every file of a folder, several at a time; failures come back as values."""
    paths = sorted(folder.glob("*.v"))
    texts = {p.stem: p.read_text(encoding="utf-8") for p in paths}
    shared = {name for text in texts.values() for name in dependencies(text)}

    def attempt(path: Path) -> Compilation | Exception:
        try:
            return compile_file(path, cache=cache, seconds=seconds)
        except (Forbidden, RocqAbsent, RocqError) as error:
            return error

    # what others require comes first, so that no file is compiled twice
    results = {p.name: attempt(p) for p in paths if p.stem in shared}
    # longest first: the last file to finish should not be the one that started last
    rest = sorted((p for p in paths if p.stem not in shared), key=lambda p: -len(texts[p.stem]))
    with ThreadPoolExecutor(jobs) as pool:
        results |= dict(zip((p.name for p in rest), pool.map(attempt, rest), strict=True))
    return dict(sorted(results.items()))


def check(
    path: Path, theorem: str, *, cache: Path | None = None, seconds: float = 120.0
) -> Verdict:
    """Return the verdict on one theorem of a file.

    Proved (formal) with its axioms, or unproved with the reason: no compiler, something
    forbidden in the file, an error, or an axiom beyond those of the real numbers.
    """
    try:
        done = compile_file(path, cache=cache, seconds=seconds)
        found = done.theorem(theorem)
    except RocqAbsent:
        return unproved(NOT_COMPILED, Tier.FORMAL)
    except (Forbidden, RocqError, KeyError, OSError) as error:
        reason = str(error.args[0]) if error.args else str(error)
        return unproved(reason, Tier.FORMAL, engines=(engine_version(),))
    if alien := sorted(set(found.axioms) - ALLOWED_AXIOMS):
        reason = f"{found.name} rests on axioms that are not accepted: {', '.join(alien)}"
        return unproved(reason, Tier.FORMAL, engines=(done.engine,), axioms=found.axioms)
    return proved(
        Tier.FORMAL,
        f"{path.name}: {found.name} : {found.statement}",
        engines=(done.engine,),
        seconds=found.seconds,
        axioms=found.axioms,
    )


def _table(results: dict[str, Compilation | Exception]) -> tuple[list[str], bool]:
    lines, good = [], True
    for name, result in results.items():
        if isinstance(result, Exception):
            lines.append(f"{name}: FAILED\n{result}")
            good = False
            continue
        how = "from the cache" if result.cached else f"{result.seconds:.1f} s"
        lines.append(f"{name} ({result.engine}, {how})")
        for t in result.theorems:
            alien = set(t.axioms) - ALLOWED_AXIOMS
            good = good and not alien
            said = "no axioms" if not t.axioms else "axioms of the reals"
            said = f"NOT ACCEPTED: {', '.join(sorted(alien))}" if alien else said
            lines.append(f"  {t.name:<58} {t.seconds:6.2f} s  {said}")
    return lines, good


def main(arguments: list[str] | None = None) -> int:
    """Compile the folder named on the command line and print its theorems.

    Returns 0 when all is proved, 1 when something is not; without a compiler one line, and 0
    unless ``--require`` is given.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    folder = next((Path(a) for a in arguments if not a.startswith("-")), Path("proofs"))
    if not find_compiler():
        packages = " ".join(APT_PACKAGES)
        print(f"{NOT_COMPILED}: no coqc here (Debian: apt-get install {packages})")
        return 1 if "--require" in arguments else 0
    if not folder.is_dir():
        print(f"{folder} is not a folder")
        return 1
    began = time.perf_counter()
    lines, good = _table(compile_folder(folder))
    print("\n".join(lines))
    axioms = ", ".join(sorted(ALLOWED_AXIOMS))
    print(f"axioms of the reals: {axioms}\n{time.perf_counter() - began:.1f} s in all")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
