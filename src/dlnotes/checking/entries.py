r"""One line of a notation block: what a name looks like and what it means.

The text format, one entry a line (a line that begins with white space continues the one
before; ``%`` begins a comment)::

    HEAD : MEANING [, RANGES] [-- gloss] [@ dotted.name]
    HEAD := BODY [, RANGES AND PARAMETERS] [-- gloss] [@ dotted.name]
    HEAD ~ DISTRIBUTION [-- gloss]
    assume : RELATION

``HEAD`` is TeX: ``x``, ``\hat{y}``, ``W_{\text{hid}}``, ``x^{(i)}``, ``z_k``, ``\sigma(x)``,
``p(x | \mu, v)``, ``\operatorname{softmax}(v)_i``. An index is a letter that a range follows.

``RANGES``: ``k = 1..K`` for each index; after ``:=`` also the kind of a parameter that is not
a number: ``v : vector n``, ``A : matrix m x n``, ``p : distribution``, ``f : function``; and
``direct in a b``: a partial derivative of this quantity by ``a`` holds ``b`` fixed (without it
every derivative goes through all that the quantity depends on).

``MEANING`` is one of

====================================== =====================================================
``real``, ``positive``, ``nonnegative`` a number, and conditions: ``real != 0``,
``negative``, ``integer``, ``complex``  ``integer >= 1``, ``real in (0, 1)``, ``in (0, 1)``
``vector n``, ``matrix m x n``         real entries; adjectives before: ``positive``,
                                       ``unit`` (vector); ``symmetric``, ``invertible``,
                                       ``positive definite``, ``orthogonal``, ``diagonal``;
                                       ``probability`` (vector): positive, sum 1
``identity n``, ``ones n``, ``zeros n`` constants; ``basis n`` with an index: unit vectors
``smooth function``                    any smooth function; ``positive function``; of
                                       several arguments or of a vector: ``smooth function
                                       of 2``, ``smooth function of N``
``smooth function of 2 with derivatives of order 4 within M``  any function whose partial
                                       derivatives of that order lie between -M and M
``distribution on 1..K``               probabilities of the outcomes 1..K; ``p(k)``
``Normal(m, v)``, ``Uniform(a, b)``,   for ``X ~``: a random variable; ``Exponential(r)``,
``Bernoulli(p)``, a declared ``p``     ``X : random`` is any random variable; several may
                                       depend on each other, ``independent random`` does not
``index 1..K``                         an index with its range, for ``\sum_{k}``
``index set``                          a finite set of indices, for ``\sum_{i \in B}``
``imaginary unit``                     the number i
``Lipschitz functions on 0..N``        functions with ``|f(x)-f(y)| <= |x-y|``, for maxima
``row mod N``, ``image``, ``kernel r`` numbers on integer places: ``x_n`` with n counted modulo
``matrix mod N``                       N (``A_{n,m}`` with both), ``x_{i,j}`` without border,
                                       ``k_{a,b}`` for -r..r
``unit impulse mod N``                 the row that is 1 at the multiples of N, else 0
====================================== =====================================================

A definition that ends in ``, row mod N``, ``, image`` or ``, kernel r`` defines an array by its
entries (``\tilde{k}_{a,b} := k_{-a,-b}, kernel r``; a kernel also by a matrix). A head of the
form ``(u * v)_n``, ``(u \star v)_{i,j}`` or ``\hat{u}_q`` whose letters are declared behind it
(``u : row mod N``) defines an operator: from there on it applies to all arrays of that kind.

``BODY`` is TeX in the same vocabulary, or ``sympy: exp(-x**2/2)``. ``@ dotted.name`` names
the function that computes it; symbol and function are compared at sampled points.

Examples
--------
>>> entry = parse_entry(r"\sigma(x) := \frac{1}{1 + \exp(-x)} -- logistic sigmoid")
>>> entry.role, entry.params, entry.gloss
('function', ('x',), 'logistic sigmoid')
>>> parse_entry(r"W_{ij} : real, i = 1..m, j = 1..n").slots
(('i', '1', 'm'), ('j', '1', 'n'))
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dlnotes.checking import heads
from dlnotes.checking.heads import VocabularyError
from dlnotes.checking.tex.tokens import Token, canonical

__all__ = ["Entry", "VocabularyError", "is_signal", "parse_entry"]

_RANGE = re.compile(r",\s*(\\?[A-Za-z]+)\s*=\s*([^,=]+?)\.\.([^,=.]+)$")
_INDEXSET = re.compile(r",\s*(\\?[A-Za-z]+)\s+in\s+(\\?[A-Za-z{}\\]+)$")
_PARAMETER = re.compile(
    r",\s*(\S+)\s+:\s+"
    r"((?:vector|matrix|distribution|function|random|row mod|image|kernel)\b[^,:]*)$"
)
_SIGNAL = re.compile(r"((?:row|matrix) mod \S+|image|kernel \S+)")
_RESULT = re.compile(rf",\s*{_SIGNAL.pattern}$")
_DIRECT = re.compile(r",\s*direct in\s+([^,:]+)$")
_SCALARS = {
    "real",
    "positive",
    "nonnegative",
    "negative",
    "nonzero",
    "integer",
    "complex",
    "in",
    "natural",
    "rational",
}
_ARRAY = re.compile(
    r"^(?P<adj>[a-z ]*?)\s*\b(?P<what>vector|matrix|identity|ones|zeros|basis)\b"
    r"\s*(?P<shape>.*)$"
)


@dataclass(frozen=True)
class Entry:
    """What is known of one name (see the module for the text that it is read from)."""

    head: str
    key: str
    pattern: tuple[str | int, ...]
    role: str
    kind: str
    meaning: str = ""
    slots: tuple[tuple[str, str, str], ...] = ()
    params: tuple[str, ...] = ()
    param_kinds: tuple[tuple[str, str], ...] = ()
    component: tuple[str, ...] = ()
    body: str | None = None
    conditions: tuple[tuple[str, str], ...] = ()
    shape: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    gloss: str = ""
    python: str | None = None
    line: str = ""
    element_role: str = "scalar"
    direct: tuple[str, ...] = ()
    signal: str = ""
    operator: str = ""

    @property
    def rank(self) -> int | None:
        """Number of indices of an array."""
        if self.signal:
            return 1 if self.signal.startswith("row") else 2
        return len(self.shape) or None

    def param_kind(self, name: str) -> str:
        """Return the declared kind of a parameter, ``"scalar"`` by default."""
        return dict(self.param_kinds).get(name, "scalar")

    def literals(self) -> int:
        """Count the literal tokens of the head (the longest match wins)."""
        return sum(isinstance(p, str) for p in self.pattern)


def parse_entry(line: str) -> Entry:
    """Read one line of a notation block.

    Raises
    ------
    VocabularyError
        Quoting the line, when it does not follow the format.
    """
    text, gloss, python = line.strip(), "", None
    if " @ " in text:
        text, _, python = (part.strip() for part in text.rpartition(" @ "))
    if " -- " in text:
        text, _, gloss = (part.strip() for part in text.partition(" -- "))
    for mark in (" := ", " ~ ", " : "):
        if mark in text:
            head, _, meaning = (part.strip() for part in text.partition(mark))
            break
    else:
        msg = f"no ' : ', ' := ' or ' ~ ' in the notation line {line.strip()!r}"
        raise VocabularyError(msg)
    slots: list[tuple[str, str, str]] = []
    kinds: list[tuple[str, str]] = []
    direct: tuple[str, ...] = ()
    signal = ""
    while True:
        if mark == " := " and not signal and (match := _RESULT.search(meaning)):
            signal = _signal(match[1])
        elif match := _DIRECT.search(meaning):
            direct = tuple(heads.text(canonical(h)[:-1]) for h in match[1].split())
        elif match := _RANGE.search(meaning):
            slots.insert(0, (match[1], match[2].strip(), match[3].strip()))
        elif match := _PARAMETER.search(meaning):
            kinds.insert(0, (heads.text(canonical(match[1])[:-1]), match[2].strip()))
        elif match := _INDEXSET.search(meaning):
            slots.insert(0, (match[1], "in", match[2]))
        else:
            break
        meaning = meaning[: match.start()].strip()
    try:
        tokens = canonical(head)[:-1]
    except ValueError as error:
        msg = f"cannot read the head of {line.strip()!r}: {error}"
        raise VocabularyError(msg) from error
    operator = heads.operator_of(tokens, {k for k, _ in kinds}) if signal else None
    if operator is not None:
        sign, params, component = operator
        name = [Token(f"operator {sign}", "punct", 0, 0)]
    elif signal and not any(t.text in ("(", "[") for t in heads.outside(tokens)):
        sign, params = "", ()
        name, component = heads.split_places(tokens)
    else:
        sign = ""
        name, params, component = heads.split_head(tokens, line)
    names = {s[0] for s in slots}
    pattern = heads.pattern(name, names)
    order = heads.slot_order(name, names)
    unused = [s for s in slots if s[0] not in {t.text for t in tokens}]
    if unused:
        msg = f"index {unused[0][0]} has a range but is not in the head of {line.strip()!r}"
        raise VocabularyError(msg)
    fields: dict[str, object] = {
        "head": head,
        "key": heads.text(name),
        "pattern": pattern,
        "params": params,
        "component": component,
        "gloss": gloss,
        "python": python,
        "line": line.strip(),
        "meaning": meaning,
        "param_kinds": tuple(kinds),
        "direct": direct,
        "signal": signal,
        "operator": sign,
        "slots": tuple(
            sorted((s for s in slots if s[0] in order), key=lambda s: order.index(s[0]))
        ),
    }
    if signal:
        fields["shape"] = tuple(signal.split()[1:])
    elif component:
        fields["shape"] = tuple(next((s[2] for s in slots if s[0] == c), "") for c in component)
    if mark == " := ":
        role = "function" if params else "array" if signal else "scalar"
        if sign:
            role = "operator"
        if not params and re.match(r"^(vector|matrix)\b", meaning):
            role = "array"
        return Entry(role=role, kind="defined", body=meaning, **fields)  # type: ignore[arg-type]
    if mark == " ~ ":
        return Entry(role="scalar", kind="random", **fields)  # type: ignore[arg-type]
    return _declared(meaning, fields, line)


def _signal(text: str) -> str:
    """Return kind and size: ``row N``, ``image``, ``kernel r``."""
    return text.replace(" mod ", " ")


def is_signal(text: str) -> bool:
    """Whether `text` reads ``row mod N``, ``image`` or ``kernel r``."""
    return _SIGNAL.fullmatch(text) is not None


def _declared(meaning: str, fields: dict[str, object], line: str) -> Entry:
    words = meaning.split()
    if not words:
        msg = f"no meaning in {line.strip()!r}"
        raise VocabularyError(msg)

    def entry(role: str, kind: str, **more: object) -> Entry:
        return Entry(role=role, kind=kind, **{**fields, **more})  # type: ignore[arg-type]

    if match := re.match(r"^index\s+(\S+?)\.\.(\S+)$", meaning):
        return entry("scalar", "index", conditions=((">=", match[1]), ("<=", match[2])))
    if meaning in ("index set", "set of indices"):
        return entry("set", "index set")
    if match := re.match(r"^Lipschitz functions on (\S+?)\.\.(\S+)$", meaning):
        return entry(
            "set",
            "lipschitz",
            conditions=((">=", match[1]), ("<=", match[2])),
            element_role="function",
        )
    if match := re.match(rf"^(unit impulse mod \S+|{_SIGNAL.pattern})$", meaning):
        signal = _signal(meaning.replace("unit impulse", "row"))
        kind = "impulse" if meaning.startswith("unit") else signal.split()[0]
        return entry("array", kind, shape=tuple(signal.split()[1:]), signal=signal)
    if meaning == "imaginary unit":
        return entry("scalar", "imaginary")
    if match := re.match(r"^(?:positive )?distribution on (\S+?)\.\.(\S+)$", meaning):
        return entry(
            "distribution", "distribution", conditions=((">=", match[1]), ("<=", match[2]))
        )
    if match := re.match(
        r"^(?P<adj>smooth|positive|convex|real|increasing|elementwise|integer)?\s*function"
        r"(?: of (?P<n>\S+))?"
        r"(?: with derivatives of order (?P<order>\d+) within (?P<bound>\S+))?$",
        meaning,
    ):
        bound = (("bound", match["bound"]),) if match["order"] else ()
        adjective = f"order {match['order']}" if match["order"] else match["adj"] or "smooth"
        return entry(
            "function",
            "generic",
            adjectives=(adjective,),
            conditions=(("arity", match["n"] or "1"), *bound),
        )
    if meaning in ("random", "independent random"):
        return entry("scalar", "random")
    array = _ARRAY.match(meaning)
    if array:
        shape = tuple(p.strip() for p in re.split(r"\s+x\s+", array["shape"]) if p.strip())
        want = 2 if array["what"] == "matrix" else 1
        if len(shape) != want:
            msg = (
                f"expected {'m x n' if want == 2 else 'a length'} after "
                f"{array['what']!r} in {line.strip()!r}"
            )
            raise VocabularyError(msg)
        if array["what"] == "identity":
            shape = (shape[0], shape[0])
        adjectives = tuple(
            a
            for a in (
                "positive definite",
                "symmetric",
                "orthogonal",
                "invertible",
                "unit",
                "probability",
                "diagonal",
                "positive",
                "negative",
            )
            if a in array["adj"]
        )
        if "positive definite" in adjectives:
            adjectives = ("positive definite",)
        known = " ".join(adjectives)
        if set(array["adj"].split()) - set(known.split()) - {"real"}:
            msg = f"unknown adjective {array['adj']!r} in {line.strip()!r}"
            raise VocabularyError(msg)
        return entry("array", array["what"], shape=shape, adjectives=adjectives)
    if words[0] in _SCALARS:
        kind = "real" if words[0] == "in" else words[0]
        rest = meaning if words[0] == "in" else meaning[len(words[0]) :]
        conditions: list[tuple[str, str]] = []
        for part in re.split(r"\s+and\s+", rest.strip()) if rest.strip() else []:
            match = re.match(r"^(<=|>=|!=|<|>|in)\s*(.+)$", part.strip())
            if match is None:
                msg = f"cannot read the condition {part!r} in {line.strip()!r}"
                raise VocabularyError(msg)
            conditions.append((match[1], match[2].strip()))
        if kind == "natural":
            kind, conditions = "integer", [(">=", "1"), *conditions]
        return entry("scalar", kind, conditions=tuple(conditions))
    msg = f"unknown meaning {meaning!r} in the notation line {line.strip()!r}"
    raise VocabularyError(msg)
