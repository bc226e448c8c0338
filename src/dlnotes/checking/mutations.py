"""Small errors put into TeX: signs, numbers, primes, indices, orders, names, ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlnotes.checking.steps import steps_of
from dlnotes.checking.tex.tokens import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlnotes.checking.statements import Statement
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["RELATIONS", "Mutant", "mutants_of", "side_mutants"]

_SWAPS = {
    r"\sin": r"\cos",
    r"\cos": r"\sin",
    r"\sinh": r"\cosh",
    r"\cosh": r"\sinh",
    r"\tanh": r"\sinh",
    r"\exp": r"\cosh",
    r"\log": r"\exp",
    r"\max": r"\min",
    r"\min": r"\max",
    r"\le": r"\ge",
    r"\ge": r"\le",
    "<": ">",
    ">": "<",
    r"\sup": r"\inf",
    r"\inf": r"\sup",
    r"\lfloor": r"\lceil",
    r"\lceil": r"\lfloor",
    r"\rfloor": r"\rceil",
    r"\rceil": r"\rfloor",
    r"\subseteq": r"\ne",
}
RELATIONS = {r"\le", r"\ge", "<", ">"}


@dataclass(frozen=True)
class Mutant:
    """An edited display: what was done, and the TeX."""

    kind: str
    tex: str
    note: str = ""


def _edit(tex: str, start: int, end: int, new: str) -> str:
    pad = " " if new[-1:].isalpha() and tex[end : end + 1].isalpha() else ""
    return tex[:start] + new + pad + tex[end:]


def _token_mutants(tex: str) -> Iterable[Mutant]:
    tokens = canonical(tex)
    for n, t in enumerate(tokens):
        if t.start == t.end:
            continue
        raw = tex[t.start : t.end]
        if t.text in ("+", "-"):
            new = "-" if t.text == "+" else "+"
            kind = "sign"
        elif t.kind == "num":
            if "." in t.text:
                last = str((int(t.text[-1]) + 1) % 10)
                new, kind = t.text[:-1] + last, "number"
            else:
                new, kind = str(int(t.text) + 1), "number"
        elif t.text == "'":
            new, kind = "", "prime"
        elif t.text in _SWAPS and not (
            t.text in (r"\max", r"\min") and tokens[n - 1].text == r"\arg"
        ):
            new = _SWAPS[t.text]
            kind = "relation" if t.text in RELATIONS else "function"
            if raw.startswith("|"):
                continue
        else:
            continue
        yield Mutant(kind, _edit(tex, t.start, t.end, new), f"{raw} -> {new or 'nothing'}")


def _node_mutants(tex: str, node: Node, vocabulary: Vocabulary) -> Iterable[Mutant]:
    a, b = node.span
    if b <= a:
        return
    if node.kind == "transpose":
        inner = node.args[0].span
        if inner[1] > inner[0]:
            yield Mutant("transpose", tex[: inner[1]] + tex[b:], "transpose dropped")
    if node.kind == "mul":
        parts = [x.source(tex) for x in node.args]
        if all(parts):
            yield from _product_mutants(tex, node, parts, vocabulary)
    if node.kind == "big":
        high = node.args[1]
        if high.kind == "name" and high.span[1] > high.span[0]:
            yield Mutant(
                "range",
                _edit(tex, *high.span, "{" + high.source(tex) + "-1}"),
                "range one shorter",
            )
    if node.kind in ("name", "component", "call"):
        count = len(node.args) - (node.kind == "component")
        places = node.args[-count:] if count >= 2 else ()
        if len(places) >= 2 and (node.kind != "call" or node.value == "kronecker"):
            x, y = places[0], places[1]
            if x != y and x.span[1] > x.span[0] and y.span[0] >= x.span[1]:
                new = (
                    tex[: x.span[0]]
                    + y.source(tex)
                    + tex[x.span[1] : y.span[0]]
                    + x.source(tex)
                    + tex[y.span[1] :]
                )
                yield Mutant("indices", new, f"indices of {node.source(tex)} swapped")


def _is_array(node: Node, vocabulary: Vocabulary) -> bool:
    if node.kind == "name":
        return vocabulary.entries[node.value].role == "array"
    if node.kind == "matrix":
        return True
    if node.kind in ("component", "norm", "inner", "abs"):
        return False
    if node.kind == "apply":
        return any(_is_array(x, vocabulary) for x in node.args)
    return any(_is_array(x, vocabulary) for x in node.args)


def _product_mutants(
    tex: str, node: Node, parts: list[str], vocabulary: Vocabulary
) -> Iterable[Mutant]:
    a, b = node.span
    signs = [r" \cdot " if s == "dot" else " " for s in node.value]

    def join(order: list[int]) -> str:
        out = parts[order[0]]
        for i in order[1:]:
            out += signs[max(i - 1, 0)] + parts[i]
        return out

    for i in range(len(parts)):
        left = [k for k in range(len(parts)) if k != i]
        yield Mutant("factor", tex[:a] + join(left) + tex[b:], f"factor {parts[i]} dropped")
    for i in range(len(parts) - 1):
        if _is_array(node.args[i], vocabulary) and _is_array(node.args[i + 1], vocabulary):
            order = list(range(len(parts)))
            order[i], order[i + 1] = order[i + 1], order[i]
            yield Mutant(
                "order",
                tex[:a] + join(order) + tex[b:],
                f"{parts[i]} and {parts[i + 1]} swapped",
            )


def _name_mutants(tex: str, formula: Node, vocabulary: Vocabulary) -> Iterable[Mutant]:
    """Put another name of the same kind in the place of a name."""
    seen: dict[tuple[str, str, int], list[Node]] = {}
    for node in formula.walk():
        if node.kind == "name" and node.span[1] > node.span[0]:
            entry = vocabulary.entries[node.value]
            seen.setdefault((entry.role, entry.kind, len(node.args)), []).append(node)
    for group in seen.values():
        keys = list(dict.fromkeys(n.value for n in group))
        if len(keys) < 2:
            continue
        for node in group[:8]:
            if node.args:
                continue
            other = keys[(keys.index(node.value) + 1) % len(keys)]
            head = vocabulary.entries[other].head
            yield Mutant(
                "name",
                _edit(tex, *node.span, "{" + head + "}"),
                f"{node.source(tex)} -> {head}",
            )


def side_mutants(tex: str, formula: Node) -> Iterable[Mutant]:
    """Double the last side, or add one to it: possible for every statement."""
    for step in steps_of(formula)[-1:]:
        a, b = step.right.span
        if b > a and step.right.kind not in (
            "interval",
            "finite",
            "reals",
            "setname",
            "matrix",
        ):
            body = (
                tex[a:b].replace("&", " ").replace(r"\\", " ")
                if (r"\begin" not in tex[a:b])
                else tex[a:b]
            )
            yield Mutant("factor", f"{tex[:a]}2 \\cdot ({body}){tex[b:]}", "last side doubled")
            yield Mutant("sign", f"{tex[:a]}-({body}){tex[b:]}", "last side negated")


def mutants_of(statement: Statement) -> list[Mutant]:
    """Return the mutants of a statement, the kinds of edits taking turns.

    Parameters
    ----------
    statement
        It must be readable.

    Returns
    -------
    list of Mutant
        Each with other TeX; some may not be readable, or read as the same formula.
    """
    tex, formula = statement.tex, statement.formula
    pool = [*_token_mutants(tex)]
    for node in formula.walk():
        pool += _node_mutants(tex, node, statement.vocabulary)
    pool += _name_mutants(tex, formula, statement.vocabulary)
    if len(pool) < 3:
        pool += side_mutants(tex, formula)
    seen, kinds = {tex}, dict[str, int]()
    out: list[tuple[int, Mutant]] = []
    for mutant in pool:
        if mutant.tex in seen:
            continue
        seen.add(mutant.tex)
        kinds[mutant.kind] = kinds.get(mutant.kind, 0) + 1
        out.append((kinds[mutant.kind], mutant))
    return [m for _, m in sorted(out, key=lambda pair: pair[0])]
