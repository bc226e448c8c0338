"""A vocabulary entry and the function that computes it must agree at sampled points."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import mpmath as mp
import sympy as sp

from dlnotes.checking.contexts import Context
from dlnotes.checking.engines.samples import coordinate
from dlnotes.checking.engines.sampling import NoValue, decimal_value
from dlnotes.checking.semantics.values import Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlnotes.checking.entries import Entry
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["compare_entry"]

_POINTS = (-3.7, -1.25, -0.4, 0.3, 0.9, 2.1, 4.6)


def compare_entry(
    entry: Entry,
    vocabulary: Vocabulary,
    function: Callable[..., Any],
    *,
    tolerance: float = 1e-9,
) -> str:
    """Return how `entry` and `function` differ, or an empty string when they agree.

    They are compared at seven points where the entry is defined, against mpmath's value of the
    declared meaning. A parameter that is also declared as a name (``h : positive``) is taken
    from its domain; a point at which the function raises `ValueError` is left out.
    """
    if entry.role != "function" or entry.body is None:
        return "only a function with a body can be tied to a dotted name"
    refused = ""
    sizes, shapes = _sizes(entry, vocabulary)
    context = Context(vocabulary, sizes)
    compared = 0
    for k in range(len(_POINTS)):
        exact = [_argument(p, n, k, entry, context, shapes) for n, p in enumerate(entry.params)]
        try:
            value = context.interpreter.call_entry(entry, (), exact)
            cells = list(value) if isinstance(value, sp.MatrixBase) else [value]
            wanted = [decimal_value(sp.sympify(c), {}) for c in cells]
        except (NoValue, TypeError, Undefined):
            continue
        if any(isinstance(w, mp.mpc) for w in wanted):
            continue
        args = [_as_input(x) for x in exact]
        shown = ", ".join(str(a.tolist() if hasattr(a, "tolist") else a) for a in args)
        try:
            got = _computed(function, args)
        except ValueError as error:
            refused = f"at ({shown}) the function raises {type(error).__name__}: {error}"
            continue
        if len(got) != len(wanted):
            return f"{len(wanted)} values expected, {len(got)} computed"
        compared += 1
        for w, g in zip(wanted, got, strict=True):
            if not abs(float(w) - g) <= tolerance * (1 + abs(float(w))):
                return f"at ({shown}) the notation says {float(w):.12g}, the function {g:.12g}"
    return "" if compared else refused or "no point could be compared"


def _computed(function: Callable[..., Any], args: list[Any]) -> list[float]:
    """Call the function; one that takes batches only is given batches of one."""
    try:
        return _numbers(function, args)
    except ValueError:
        batches = [x[None, :] if getattr(x, "ndim", 0) == 1 else x for x in args]
        if all(b is x for b, x in zip(batches, args, strict=True)):
            raise
        return _numbers(function, batches)


def _sizes(entry: Entry, vocabulary: Vocabulary) -> tuple[dict[str, int], dict[str, int]]:
    """Return lengths for the names in the shapes of parameters: declared ones, and all."""
    shapes: dict[str, int] = {}
    for name in entry.params:
        for size in entry.param_kind(name).split()[1:]:
            if size != "x" and size not in shapes:
                shapes[size] = int(size) if size.isdigit() else 3 - len(shapes) % 2
    return {s: n for s, n in shapes.items() if s in vocabulary.entries}, shapes


def _argument(
    name: str, n: int, k: int, entry: Entry, context: Context, shapes: dict[str, int]
) -> Any:
    """Return the k-th sample of a parameter; in its domain, when it is declared as a name."""
    what, *shape = entry.param_kind(name).split()
    lengths = [shapes[s] for s in shape if s != "x"]
    declared = context.vocabulary.entries.get(name)
    if what in ("vector", "matrix"):
        cells = [sp.Rational(str(_POINTS[(k + n + 2 * m) % 7])) for m in range(prod(lengths))]
        words = declared.adjectives if declared is not None and declared.role == "array" else ()
        if "positive" in words or "probability" in words:
            cells = [abs(c) for c in cells]
        if "probability" in words:
            cells = [c / sum(cells) for c in cells]
        return sp.ImmutableMatrix(lengths[0], lengths[1] if len(lengths) > 1 else 1, cells)
    if declared is not None and declared.role == "scalar" and declared.body is None:
        domain = context.interpreter.table.domain_of(declared, context.interpreter.number)
        if domain.integer or domain.bounded_below() or domain.bounded_above():
            q = coordinate(name, domain, k)
            return sp.Rational(q.numerator, q.denominator)
    return sp.Rational(str(_POINTS[(k + n) % 7]))


def _as_input(x: Any) -> Any:
    import numpy as np

    if isinstance(x, sp.MatrixBase):
        cells = np.array([float(c) for c in x])
        return cells if x.cols == 1 else cells.reshape(x.rows, x.cols)
    return int(x) if x.is_Integer else np.asarray(float(x))


def _numbers(function: Callable[..., Any], args: list[Any]) -> list[float]:
    import numpy as np

    return [float(v) for v in np.atleast_1d(np.asarray(function(*args), dtype=float)).ravel()]
