"""What a Rocq file says, read from its text: sentences, theorems, and what is forbidden.

Needs no Rocq on the machine. The statement that a page's theorem is tied to is taken from
here, together with the definitions that it uses, so that changing a definition is noticed
even where nothing can be compiled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Forbidden",
    "Sentence",
    "dependencies",
    "forbidden",
    "formal_statement",
    "sentences",
    "theorems",
    "without_comments",
]

LIBRARY = "Dlnotes"
"""Logical name under which the files of ``proofs/`` require each other."""

_BANNED = {
    "Admitted": "a proof is missing",
    "admit": "a proof is missing",
    "give_up": "a proof is missing",
    "Abort": "a proof is given up",
    "Axiom": "an axiom is added",
    "Axioms": "an axiom is added",
    "Parameter": "an axiom is added",
    "Parameters": "an axiom is added",
    "Conjecture": "an axiom is added",
    "Conjectures": "an axiom is added",
    "Primitive ": "an axiom is added",
    "bypass_check": "a check of the kernel is off",
    "Unset Guard Checking": "a check of the kernel is off",
    "Unset Positivity Checking": "a check of the kernel is off",
    "Unset Universe Checking": "a check of the kernel is off",
    "Admit Obligations": "a proof is missing",
    "Declare ML Module": "foreign code is loaded",
    "Load": "other text is read in",
    "Drop": "the session is left",
}
_LOCAL = ("Variable", "Variables", "Hypothesis", "Hypotheses", "Context")
_THEOREM = ("Theorem", "Corollary", "Proposition")
_PROVED = (*_THEOREM, "Lemma", "Fact", "Remark")
_DEFINING = ("Definition", "Fixpoint", "Inductive", "Record", "Notation", "CoInductive")
_PREFIX = r"(?:(?:Local|Global|Polymorphic|Program|#\[[^\]]*\])\s+)*"


class Forbidden(ValueError):
    """A Rocq file holds something that would make its theorems worth less."""


def without_comments(text: str) -> str:
    """Return `text` with comments and strings blanked, every character in its old place.

    Examples
    --------
    >>> without_comments("Qed. (* not (* really *) *) Check x.")
    'Qed.                        Check x.'
    """
    out: list[str] = []
    depth, quoted, i = 0, False, 0
    while i < len(text):
        pair = text[i : i + 2]
        if not quoted and pair == "(*":
            out.append("  ")
            depth, i = depth + 1, i + 2
            continue
        if not quoted and depth and pair == "*)":
            out.append("  ")
            depth, i = depth - 1, i + 2
            continue
        if text[i] == '"':
            quoted = not quoted
        keep = text[i] == "\n" or (depth == 0 and not quoted and text[i] != '"')
        out.append(text[i] if keep else " ")
        i += 1
    return "".join(out)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a file.

    Parameters
    ----------
    text
        Without comments, white space normalised, without its full stop.
    start, end
        Character positions in the file.
    line
        Line number of its first word.
    scope
        Names of the open modules and sections, as ``("module", "Collapse")`` pairs.
    """

    text: str
    start: int
    end: int
    line: int
    scope: tuple[tuple[str, str], ...]

    @cached_property
    def word(self) -> str:
        """The first word, modifiers such as ``Local`` apart."""
        match = re.match(_PREFIX + r"(\w+)", self.text)
        return match[1] if match else ""

    @cached_property
    def name(self) -> str:
        """The name that the sentence introduces, or an empty string."""
        match = re.match(_PREFIX + r"\w+\s+\"?([\w']+)", self.text)
        return match[1] if match else ""

    @property
    def qualified(self) -> str:
        """The name with the modules around it."""
        modules = [name for kind, name in self.scope if kind == "module"]
        return ".".join([*modules, self.name])


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[Sentence, ...]:
    """Split a file into sentences; a file is read once for all its theorems.

    Examples
    --------
    >>> [s.text for s in sentences("Theorem t : 1 = 1. Proof. reflexivity. Qed.")]
    ['Theorem t : 1 = 1', 'Proof', 'reflexivity', 'Qed']
    """
    plain = without_comments(text)
    found: list[Sentence] = []
    scope: list[tuple[str, str]] = []
    begin = 0
    for stop in re.finditer(r"\.(?=\s|$)", plain):
        body = plain[begin : stop.start()]
        start = begin + len(body) - len(body.lstrip())
        line = plain.count("\n", 0, start) + 1
        sentence = Sentence(" ".join(body.split()), start, stop.end(), line, tuple(scope))
        begin = stop.end()
        if sentence.word == "End" and scope:
            scope.pop()
        found.append(sentence)
        if sentence.word in ("Module", "Section") and ":=" not in sentence.text:
            scope.append((sentence.word.lower(), sentence.name))
    return tuple(found)


@lru_cache(maxsize=64)
def forbidden(text: str) -> tuple[str, ...]:
    """Return a line for everything in a file that must not be there.

    Examples
    --------
    >>> forbidden("Lemma l : False. Proof. Admitted.")
    ('line 1: Admitted (a proof is missing)',)
    """
    faults = []
    for s in sentences(text):
        for word, why in _BANNED.items():
            if re.search(rf"(?<![\w'.]){re.escape(word.strip())}(?![\w'])", s.text):
                if word == "Primitive " and s.word != "Primitive":
                    continue
                if word in ("Load", "Drop") and s.word != word:
                    continue
                faults.append(f"line {s.line}: {word.strip()} ({why})")
        if s.word in _LOCAL and not any(kind == "section" for kind, _ in s.scope):
            faults.append(f"line {s.line}: {s.word} outside a section (an axiom is added)")
    return tuple(faults)


def theorems(text: str) -> dict[str, Sentence]:
    """Return the theorems of a file by qualified name (lemmas are taken for granted).

    Examples
    --------
    >>> list(theorems("Module M. Theorem t : True. Proof. exact I. Qed. End M."))
    ['M.t']
    """
    return {s.qualified: s for s in sentences(text) if s.word in _THEOREM}


def dependencies(text: str) -> list[str]:
    """Return the files of the same folder that a file requires.

    Examples
    --------
    >>> dependencies("From Dlnotes Require Import finite_sums.")
    ['finite_sums']
    """
    names: list[str] = []
    for s in sentences(text):
        match = re.match(rf"From {LIBRARY} Require (?:Import |Export )?(.*)", s.text)
        if match:
            names += match[1].split()
    return names


@lru_cache(maxsize=64)
def _definitions(path: Path, stamp: int) -> dict[str, list[Sentence]]:
    """Return the definitions visible in a file, those it requires included."""
    text = path.read_text(encoding="utf-8")
    found: dict[str, list[Sentence]] = {}
    for name in dependencies(text):
        other = path.with_name(f"{name}.v")
        for key, there in _definitions(other, other.stat().st_mtime_ns).items():
            found.setdefault(key, []).extend(there)
    for s in sentences(text):
        if s.word in _DEFINING:
            names = {s.name, *re.findall(r"[|{;]\s*([\w']+)(?=\s*:|\s+\w+.*?\sof\s)", s.text)}
            for name in names:
                found.setdefault(name, []).append(s)
    return found


def formal_statement(path: Path, theorem: str) -> str:
    """Return a theorem's statement with everything it is stated with.

    That is: the definitions whose names occur in it, and theirs in turn, and the variables
    and hypotheses of the sections around it. White space and comments do not count.

    Parameters
    ----------
    path
        The ``.v`` file.
    theorem
        Its name, qualified or not.

    Raises
    ------
    KeyError
        If the file has no such theorem.
    """
    text = path.read_text(encoding="utf-8")
    known = theorems(text)
    wanted = [s for name, s in known.items() if theorem in (name, s.name)]
    if not wanted:
        msg = f"{path.name} has no theorem {theorem!r}; it has {sorted(known)}"
        raise KeyError(msg)
    statement = wanted[0]
    local = [
        s
        for s in sentences(text)
        if s.word in _LOCAL
        and s.start < statement.start
        and s.scope
        and statement.scope[: len(s.scope)] == s.scope
    ]
    definitions = _definitions(path, path.stat().st_mtime_ns)
    used: dict[str, None] = {}
    todo = [statement.text, *(s.text for s in local)]
    while todo:
        for name in re.findall(r"[A-Za-z_][\w']*", todo.pop()):
            for s in definitions.get(name, ()):
                if s.text not in used:
                    used[s.text] = None
                    todo.append(s.text)
    return "\n".join([*sorted(used), *(s.text for s in local), statement.text])
