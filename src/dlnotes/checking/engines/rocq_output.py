"""What is asked of the compiler at the end of a file, and how its answers are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dlnotes.checking.engines.rocq_source import (
    sentences,
    theorems,
)

__all__ = [
    "ALLOWED_AXIOMS",
    "FormalTheorem",
    "RocqError",
    "axioms_of",
    "questions",
    "read_output",
    "with_queries",
]

ALLOWED_AXIOMS = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
"""The axioms of Coq's real numbers; a theorem that rests on another one is not accepted."""
_TIMING = re.compile(r"^Chars (\d+) - (\d+) \[.*?\] ([\d.]+) secs", re.MULTILINE)


class RocqError(RuntimeError):
    """A file does not compile, or not in time."""


@dataclass(frozen=True)
class FormalTheorem:
    """A theorem that was compiled.

    Parameters
    ----------
    name
        Qualified name inside the file.
    statement
        As the compiler prints it.
    axioms
        What it rests on, or the theorems that it was printed with; empty when it is closed
        under the global context.
    seconds
        Time that its statement and proof took.
    line
        Where it stands.
    """

    name: str
    statement: str
    axioms: tuple[str, ...]
    seconds: float
    line: int


def questions(text: str) -> dict[str, str]:
    """Return which ``Print Assumptions`` of the file covers which theorem.

    To print axioms one theorem at a time walks through the libraries each time. A file may
    therefore print those of ``Definition theorems := (@a, @b, ...)``; they are then stated
    for each of its members, as an upper bound.
    """
    found: dict[str, str] = {}
    bundles: dict[str, list[str]] = {}
    for s in sentences(text):
        match = re.fullmatch(r"Definition ([\w']+) := \( ?(@[\w'.]+(?:, @[\w'.]+)*)\)", s.text)
        if match:
            bundles[match[1]] = [name.lstrip("@") for name in match[2].split(", ")]
        if s.text.startswith("Print Assumptions "):
            name = s.text.split()[-1]
            found |= dict.fromkeys(bundles.get(name, [name]), name)
    return found


def with_queries(text: str) -> str:
    """Append what makes the compiler print each statement and its axioms."""
    asked = questions(text)
    lines = ["\nSet Printing Width 96."]
    for name in theorems(text):
        lines.append(f"Check @{name}.")
        if name not in asked:
            lines.append(f"Print Assumptions {name}.")
    return text + "\n".join(lines) + "\n"


def read_output(text: str, output: str) -> tuple[FormalTheorem, ...]:
    """Sort what the compiler printed by sentence, and collect it by theorem."""
    raw = text.encode()
    messages: dict[str, str] = {}
    times: list[tuple[int, str, float]] = []
    before = 0
    for match in _TIMING.finditer(output):
        start, stop = int(match[1]), int(match[2])
        sentence = " ".join(raw[start:stop].decode().split())
        messages[sentence] = output[before : match.start()].strip()
        times.append((len(raw[:start].decode()), sentence, float(match[3])))
        before = match.end()
        before = output.find("\n", before) + 1 or before
    found, asked = [], questions(text)
    for name, s in theorems(text).items():
        seconds = 0.0
        for start, sentence, spent in times:
            if start >= s.start:
                seconds += spent
                if sentence in ("Qed.", "Defined."):
                    break
        shown = messages[f"Check @{name}."]
        statement = " ".join(shown.partition(":")[2].split())
        axioms = axioms_of(messages[f"Print Assumptions {asked[name]}."])
        found.append(FormalTheorem(name, statement, axioms, round(seconds, 3), s.line))
    return tuple(found)


def axioms_of(shown: str) -> tuple[str, ...]:
    """Return the axioms that the compiler says a theorem rests on."""
    if "Closed under the global context" in shown:
        return ()
    names = re.findall(r"^([A-Za-z_][\w'.]*)(?:\s*:|$)", shown, re.MULTILINE)
    return tuple(sorted({_full_name(n) for n in names if n != "Axioms"}))


def _full_name(axiom: str) -> str:
    """Return an accepted axiom's full name (the compiler prints the shortest that is clear)."""
    return next((a for a in ALLOWED_AXIOMS if a == axiom or a.endswith(f".{axiom}")), axiom)
