"""The recipe of the page "How the mathematics is checked", followed to the letter."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dlnotes.bookkit.building import repository

if TYPE_CHECKING:
    from pathlib import Path

ROOT = repository()


@pytest.fixture(scope="module")
def blocks() -> dict[str, list[str]]:
    """Return the blocks of the recipe by their language."""
    text = (ROOT / "book" / "checking.md").read_text("utf-8")
    recipe = text.partition("## Add a checked formula in five minutes")[2]
    found: dict[str, list[str]] = {}
    for _, language, body in re.findall(r"^(`{3,})(\w+)\n(.*?)^\1$", recipe, re.M | re.S):
        found.setdefault(language, []).append(body)
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "book").mkdir()
    (tmp_path / "proofs").mkdir()
    return tmp_path


def run(checkout: Path, command: str) -> tuple[int, str]:
    """Do what `make test ARGS=…` does, in the environment that is there."""
    target = re.fullmatch(r"make test ARGS=(\S+)\n", command)
    assert target, command
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", target[1]],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_derivation_is_checked_and_its_wrong_form_refuted(blocks, checkout):
    names, derivation = blocks["text"][:2]
    page = checkout / "book" / "share.md"
    page.write_text(names + "\n" + derivation)
    status, said = run(checkout, blocks["sh"][0])
    assert status == 0, said
    assert "1 passed" in said
    assert "1 - u(t)}{" in derivation
    page.write_text(names + "\n" + derivation.replace("1 - u(t)}{", "1 + u(t)}{"))
    status, said = run(checkout, blocks["sh"][0])
    assert status == 1
    for part in ("refuted", "step", "left", "right", "at     "):
        assert part in said


def test_theorem_needs_its_proof_and_is_checked_with_it(blocks, checkout):
    (checkout / "book" / "share.md").write_text("\n".join(blocks["text"]))
    status, said = run(checkout, blocks["sh"][1])
    assert status == 1
    assert "no proof is registered under 'thm-share-bound'" in said
    (checkout / "proofs" / "share.py").write_text("".join(blocks["python"]))
    status, said = run(checkout, blocks["sh"][1])
    assert status == 0, said
