"""Which sizes a formula depends on, and the concrete choices made of them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlnotes.checking.entries import Entry
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["discrete_names", "index_choices", "least_and_most", "size_choices", "used_entries"]


def _texts(entry: Entry) -> list[tuple[str, set[str]]]:
    """Return the texts of ranges and shapes of an entry with the names local to each."""
    local = {s[0] for s in entry.slots} | set(entry.component)
    for name in entry.params:
        local |= set(entry.param_kind(name).split()[1:])
    out = [(t, local) for _, low, high in entry.slots if low != "in" for t in (low, high)]
    out += [(t, local) for t in entry.shape]
    if entry.kind == "generic":
        out += [(t, local) for _, t in entry.conditions]
    if entry.kind in ("index", "distribution", "lipschitz"):
        out += [(t, local) for _, t in entry.conditions]
    return [(t, names) for t, names in out if t and t.strip("-") not in ("oo", "inf")]


def used_entries(nodes: Iterable[Node], vocabulary: Vocabulary) -> dict[str, Entry]:
    """Return every entry that the nodes mention, directly or through definitions."""
    out: dict[str, Entry] = {}
    todo = list(nodes)
    while todo:
        for node in todo.pop().walk():
            keys: list[str] = []
            if node.kind == "name":
                keys = [node.value]
            elif (
                node.kind in ("apply", "function") and node.value[0] == "entry"
            ) or node.kind in ("setname", "cardinality"):
                keys = [node.value[1]]
            elif node.kind in ("expect", "var", "cov"):
                if node.value:
                    keys = [k for k in node.value if k in vocabulary.entries]
                keys += [e.key for e in vocabulary.entries.values() if e.kind == "random"]
            elif node.kind in ("deriv", "grad"):
                inner = node.args[0]
                if inner.kind == "function" and inner.value[0] == "entry":
                    keys = [
                        p
                        for p in vocabulary.entries[inner.value[1]].params
                        if p in vocabulary.entries
                    ]
            for key in keys:
                entry = vocabulary.entries[key]
                if key in out:
                    continue
                out[key] = entry
                if entry.body is not None and not entry.body.startswith("sympy:"):
                    todo.append(vocabulary.body(entry, vocabulary.roles(entry)))
                if entry.kind == "random" and entry.meaning in vocabulary.entries:
                    out[entry.meaning] = vocabulary.entries[entry.meaning]
                for text, local in _texts(entry):
                    todo.append(vocabulary.small(text, dict.fromkeys(local, "scalar")))
    return out


def _names_in(node: Node) -> set[str]:
    return {n.value for n in node.walk() if n.kind == "name"}


def discrete_names(nodes: list[Node], vocabulary: Vocabulary) -> list[str]:
    """Return the keys of integers that act as sizes or indices in the nodes."""
    entries = used_entries(nodes, vocabulary)
    found: set[str] = set()
    bodies = list(nodes)
    for entry in entries.values():
        if entry.kind == "index":
            found.add(entry.key)
        if entry.body is not None and not entry.body.startswith("sympy:"):
            bodies.append(vocabulary.body(entry, vocabulary.roles(entry)))
        for text, local in _texts(entry):
            found |= _names_in(vocabulary.small(text, dict.fromkeys(local, "scalar")))
    for body in bodies:
        for node in body.walk():
            if node.kind == "big":
                found |= _names_in(node.args[0]) | _names_in(node.args[1])
            elif node.kind == "name":
                for a in node.args:
                    found |= _names_in(a)
            elif node.kind == "component":
                for a in node.args[1:]:
                    found |= _names_in(a)
            elif node.kind == "apply":
                count = node.value[3] + (node.value[2] == "order")
                for a in node.args[:count]:
                    found |= _names_in(a)
                applied = vocabulary.entries.get(node.value[1])
                if applied is not None and applied.role == "distribution":
                    for a in node.args:
                        found |= _names_in(a)
            elif node.kind in ("over",) and node.args[0].kind == "range":
                found |= _names_in(node.args[0])
    return sorted(k for k in found if vocabulary.entries[k].kind in ("integer", "index"))


def least_and_most(entry: Entry) -> tuple[int, int]:
    """Return the ends of the range of a size, 10**6 where there is no upper one."""
    low, high = 1, 10**6
    for op, text in entry.conditions:
        if op in (">=", ">") and text.lstrip("-").isdigit():
            low = int(text) + (op == ">")
        elif op in ("<=", "<") and text.isdigit():
            high = int(text) - (op == "<")
    return low, high


def size_choices(
    keys: list[str], vocabulary: Vocabulary, *, proving: bool
) -> list[dict[str, int]]:
    """Return concrete sizes: a few telling ones to refute, all small ones to sample."""
    sizes = [k for k in keys if vocabulary.entries[k].kind == "integer"]
    if not sizes:
        return [{}]
    ends = [least_and_most(vocabulary.entries[k]) for k in sizes]
    lows, caps = [a for a, _ in ends], [b for _, b in ends]
    if proving:
        steps = 4 if len(sizes) == 1 else 3 if len(sizes) == 2 else 2
        every = itertools.product(
            *(range(a, min(a + steps, c + 1)) for a, c in zip(lows, caps, strict=True))
        )
        return [dict(zip(sizes, p, strict=True)) for p in list(every)[:16]]
    plans = [[2, 3, 2, 3, 2], [3, 2, 4, 2, 3], [1, 1, 1, 1, 1], [4, 3, 2, 1, 2]]
    out: list[dict[str, int]] = []
    for plan in plans:
        choice = {
            k: min(max(plan[i % 5], low), cap)
            for i, (k, low, cap) in enumerate(zip(sizes, lows, caps, strict=True))
        }
        if choice not in out:
            out.append(choice)
    return out


def index_choices(
    keys: list[str], ends: list[tuple[int, int]], limit: int
) -> list[dict[str, int]]:
    """Return assignments of the free indices, at most `limit` spread over their ranges."""
    ranges = [range(a, b + 1) for a, b in ends]
    every = [dict(zip(keys, p, strict=True)) for p in itertools.product(*ranges)]
    if len(every) <= limit:
        return every
    stride = len(every) / limit
    return [every[int(i * stride)] for i in range(limit)]
