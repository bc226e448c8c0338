"""A vocabulary entry and the function that computes it must agree at sampled points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mpmath as mp
import sympy as sp

from dlnotes.checking.contexts import Context
from dlnotes.checking.engines.sampling import NoValue, decimal_value

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

    Numbers are compared at seven points (where the entry is defined), vectors of length three
    at two points, against mpmath's value of the declared meaning.
    """
    if entry.role != "function" or entry.body is None:
        return "only a function with a body can be tied to a dotted name"
    context = Context(vocabulary, {})
    vector = [entry.param_kind(p).startswith("vector") for p in entry.params]
    compared = 0
    for start in range(len(_POINTS)):
        args: list[Any] = []
        for n, is_vector in enumerate(vector):
            picked = [_POINTS[(start + n + 2 * m) % len(_POINTS)] for m in range(3)]
            args.append(picked if is_vector else picked[0])
        exact = [
            sp.ImmutableMatrix([sp.Rational(str(x)) for x in a])
            if isinstance(a, list)
            else sp.Rational(str(a))
            for a in args
        ]
        value = context.interpreter.call_entry(entry, (), exact)
        cells = list(value) if isinstance(value, sp.MatrixBase) else [value]
        try:
            wanted = [decimal_value(sp.sympify(c), {}) for c in cells]
        except (NoValue, TypeError):
            continue
        if any(isinstance(w, mp.mpc) for w in wanted):
            continue
        got = _numbers(function, args)
        if len(got) != len(wanted):
            return f"{len(wanted)} values expected, {len(got)} computed"
        compared += 1
        for w, g in zip(wanted, got, strict=True):
            if abs(float(w) - g) > tolerance * (1 + abs(float(w))):
                shown = ", ".join(map(str, args))
                return f"at ({shown}) the notation says {float(w):.12g}, the function {g:.12g}"
    return "" if compared else "no point could be compared"


def _numbers(function: Callable[..., Any], args: list[Any]) -> list[float]:
    import numpy as np

    out = function(*[np.asarray(a, dtype=float) for a in args])
    return [float(v) for v in np.atleast_1d(np.asarray(out, dtype=float)).ravel()]
