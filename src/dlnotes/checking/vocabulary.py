r"""The vocabulary of a page: every name that its displays may use, and what it means.

Read from the text of a ``{notation}`` block; the format of a line is described in
`dlnotes.checking.entries`.

Examples
--------
>>> vocabulary = Vocabulary.parse(r'''
... x : real -- the input
... \sigma(x) := \frac{1}{1 + \exp(-x)} -- logistic sigmoid
... ''')
>>> sorted(vocabulary.entries)
['\\sigma', 'x']
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlnotes.checking.entries import Entry, VocabularyError, is_signal, parse_entry
from dlnotes.checking.tex.cursor import RELATIONS
from dlnotes.checking.tex.reader import Reader, read_expression
from dlnotes.checking.tex.tokens import TexError, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlnotes.checking.tex.nodes import Node

__all__ = ["Entry", "Vocabulary", "VocabularyError", "logical_lines"]


def logical_lines(text: str) -> list[str]:
    """Join continuation lines and drop comments and blank lines."""
    out: list[str] = []
    for raw in text.splitlines():
        if not raw.strip() or raw.lstrip().startswith("%"):
            continue
        if raw[0].isspace() and out:
            out[-1] += " " + raw.strip()
        else:
            out.append(raw.strip())
    return out


def _dedent(text: str) -> str:
    lines = text.splitlines()
    used = [len(x) - len(x.lstrip()) for x in lines if x.strip()]
    cut = min(used, default=0)
    return "\n".join(x[cut:] for x in lines)


def _without(entries: list[Entry], text: str) -> list[Entry]:
    """Drop the entries whose heads or operators `text` lists, parted by blanks."""
    for word in text.split():
        key = "".join(t.text for t in canonical(word)[:-1])
        kept = [e for e in entries if key not in (e.key, e.operator)]
        if len(kept) == len(entries):
            msg = f"forget: {word} is not declared"
            raise VocabularyError(msg)
        entries = kept
    return entries


class Vocabulary:
    """Entries by key, and assumptions as relations.

    Parameters
    ----------
    entries
        What is declared.
    assumptions
        Relations (TeX) that hold wherever the vocabulary is used.
    conventions
        ``"denominator layout"``: the Jacobian of f by x has entry i, j = df_j/dx_i. The
        default is its transpose.
    """

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        assumptions: Iterable[str] = (),
        conventions: Iterable[str] = (),
    ) -> None:
        self.conventions: tuple[str, ...] = tuple(conventions)
        self.entries: dict[str, Entry] = {}
        self.assumptions: tuple[str, ...] = tuple(assumptions)
        self._first: dict[str, list[Entry]] = {}
        self._bodies: dict[tuple[str, tuple[tuple[str, str], ...]], Node] = {}
        self._ranges: dict[str, Node] = {}
        self._assumed: list[Node] | None = None
        self.operators: dict[str, Entry] = {}
        self.memo: dict[object, object] = {}
        self.denominator_layout = "denominator layout" in self.conventions
        for entry in entries:
            self._add(entry)

    @classmethod
    def parse(cls, text: str, base: Vocabulary | None = None) -> Vocabulary:
        """Read a notation block, on top of `base` if given.

        Raises
        ------
        VocabularyError
            Quoting the line that cannot be read.
        """
        entries = list(base.entries.values()) if base else []
        assumptions = list(base.assumptions) if base else []
        conventions = list(base.conventions) if base else []
        for line in logical_lines(_dedent(text)):
            if line.split(":")[0].strip() == "assume":
                assumptions.append(line.partition(":")[2].partition(" -- ")[0].strip())
            elif line.split(":")[0].strip() == "forget":
                entries = _without(entries, line.partition(":")[2].partition(" -- ")[0])
            elif line.split(":")[0].strip() == "convention":
                conventions.append(line.partition(":")[2].partition(" -- ")[0].strip())
                if conventions[-1] not in ("denominator layout", "numerator layout"):
                    msg = f"unknown convention in {line!r}"
                    raise VocabularyError(msg)
            else:
                entries.append(parse_entry(line))
        vocabulary = cls(entries, assumptions, conventions)
        vocabulary.validate()
        return vocabulary

    def _add(self, entry: Entry) -> None:
        if entry.key in self.entries:
            old = self.entries[entry.key]
            if old.pattern == entry.pattern:
                msg = f"{entry.head} is declared twice: {old.line!r} and {entry.line!r}"
                raise VocabularyError(msg)
        self.entries[entry.key] = entry
        if entry.operator:
            self.operators[entry.operator] = entry
            return
        first = str(entry.pattern[0])
        bucket = self._first.setdefault(first, [])
        bucket.append(entry)
        bucket.sort(key=lambda e: (-e.literals(), len(e.slots)))

    def candidates(self, first: str) -> list[Entry]:
        """Return the entries whose head begins with the token `first`, longest first."""
        return self._first.get(first, [])

    def index_range(self, variable: str) -> Entry | None:
        """Return the entry of an index that is declared with a range."""
        entry = self.entries.get(variable)
        return entry if entry is not None and entry.kind == "index" else None

    def body(self, entry: Entry, roles: dict[str, str]) -> Node:
        """Return the parsed body of a definition, its parameters having these roles."""
        key = (entry.key, tuple(sorted(roles.items())))
        if key not in self._bodies:
            assert entry.body is not None
            self._bodies[key] = read_expression(entry.body, self, roles)
        return self._bodies[key]

    def roles(self, entry: Entry) -> dict[str, str]:
        """Return the roles of indices and parameters in the body of `entry`."""
        roles = {slot[0]: "scalar" for slot in entry.slots}
        roles |= dict.fromkeys(entry.component, "scalar")
        for name in entry.params:
            kind = entry.param_kind(name).split()[0]
            roles[name] = {
                "vector": "array",
                "matrix": "array",
                "row": "array",
                "image": "array",
                "kernel": "array",
                "distribution": "distribution",
                "function": "function",
            }.get(kind, "scalar")
            if kind in ("vector", "matrix", "kernel"):
                for size in entry.param_kind(name).split()[1:]:
                    if size != "x" and size.isalpha():
                        roles.setdefault(size, "scalar")
        return roles

    def small(self, text: str, scope: dict[str, str] | None = None) -> Node:
        """Parse (and keep) the text of a range end, a shape or a condition."""
        key = text + "\x1f" + ",".join(sorted(scope or {}))
        if key not in self._ranges:
            self._ranges[key] = read_expression(text, self, scope)
        return self._ranges[key]

    def assumed(self) -> list[Node]:
        """Return the assumptions, parsed once: every relation is checked under them."""
        if self._assumed is None:
            self._assumed = [Reader(text, self).display() for text in self.assumptions]
        return self._assumed

    def validate(self) -> None:
        """Read every body once, so that a mistake is reported where it was made."""
        for entry in list(self.entries.values()):
            if entry.body is None or entry.body.startswith("sympy:"):
                continue
            try:
                body = self.body(entry, self.roles(entry))
            except TexError as error:
                msg = f"in the notation line {entry.line!r}: {error}"
                raise VocabularyError(msg) from error
            if entry.role == "scalar" and self.may_be_array(body):
                self._replace(replace(entry, role="array"))
        for text in self.assumptions:
            try:
                Reader(text, self).display()
            except TexError as error:
                msg = f"in the assumption {text!r}: {error}"
                raise VocabularyError(msg) from error

    def may_be_array(self, body: Node) -> bool:
        """Whether a body mentions arrays outside of what makes numbers of them."""
        if body.kind in ("component", "norm", "inner"):
            return False
        if body.kind == "name":
            return self.entries[body.value].role == "array"
        if body.kind == "apply" and body.value[0] == "entry":
            entry = self.entries[body.value[1]]
            if entry.component:
                return True
            if any(entry.param_kind(p) != "scalar" for p in entry.params):
                return False
        if body.kind in ("matrix", "grad"):
            return True
        return any(self.may_be_array(a) for a in body.args)

    def _replace(self, entry: Entry) -> None:
        old = self.entries[entry.key]
        self.entries[entry.key] = entry
        bucket = self._first[str(entry.pattern[0])]
        bucket[bucket.index(old)] = entry

    def define(self, tex: str, ranges: str = "", python: str = "") -> Vocabulary:
        r"""Return the vocabulary extended by a displayed definition ``HEAD = BODY``.

        Parameters
        ----------
        tex
            The display; several definitions stand on rows of an ``aligned``.
        ranges
            What a notation line has after its body: ``k = 1..K, v : vector n``.
        python
            Dotted names of the functions that compute what is defined, one a row, parted by
            commas; ``-`` for a row that has none.

        Raises
        ------
        VocabularyError
            When the display defines nothing or a name is already defined.
        """
        body = tex.replace(r"\begin{aligned}", "").replace(r"\end{aligned}", "")
        entries = list(self.entries.values())
        rows = _rows(body)
        ties = [t.strip() for t in python.split(",")] if python.strip() else ["-"] * len(rows)
        if len(ties) != len(rows):
            msg = f"{len(ties)} function names for {len(rows)} definitions: {python!r}"
            raise VocabularyError(msg)
        for row, tie in zip(rows, ties, strict=True):
            head, expression = _split_definition(row)
            allowed = [
                r
                for r in ranges.split(",")
                if r.strip() and (_mentions(head, r) or is_signal(r.strip()))
            ]
            suffix = "".join(f", {r.strip()}" for r in allowed)
            computed = "" if tie == "-" else f" @ {tie}"
            entry = parse_entry(f"{head} := {expression}{suffix}{computed}")
            if entry.key in self.entries and self.entries[entry.key].pattern == entry.pattern:
                msg = f"{head} is already declared: {self.entries[entry.key].line!r}"
                raise VocabularyError(msg)
            entries.append(entry)
        out = Vocabulary(entries, self.assumptions, self.conventions)
        out.validate()
        return out


def _mentions(head: str, clause: str) -> bool:
    name = clause.replace(":", "=").split("=")[0].strip()
    return name in [t.text for t in canonical(head)]


def _rows(text: str) -> list[str]:
    tokens, rows, start, depth = canonical(text), [], 0, 0
    for token in tokens:
        if token.kind == "env":
            depth += 1 if token.text.startswith(r"\begin") else -1
        if token.text == r"\\" and depth == 0:
            rows.append(text[start : token.start])
            start = token.end
    rows.append(text[start:])
    return [
        r.replace("&", " ") if "\\begin" not in r else r.replace("&=", "=", 1)
        for r in rows
        if r.strip()
    ]


def _split_definition(row: str) -> tuple[str, str]:
    depth = 0
    for token in canonical(row):
        if token.text in ("{", "("):
            depth += 1
        elif token.text in ("}", ")"):
            depth -= 1
        elif token.text in RELATIONS and depth == 0:
            if token.text != "=":
                break
            left = row[: token.start].strip().removesuffix(":").rstrip("& ").lstrip("& ")
            right = row[token.end :].strip().strip("&").strip().rstrip(".,").strip()
            return " ".join(left.split()), " ".join(right.split())
    msg = f"a definition reads 'name = expression', found {' '.join(row.split())!r}"
    raise VocabularyError(msg)
