"""The table of what is computed of each function: limits, fixed points, corners, moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlnotes.activations.catalogue import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlnotes.activations.activation import Activation

__all__ = ["facts_table"]

_HEADER = (
    r"| name | monotone | steepest at | limits | fixed points | kinks and jumps "
    r"| $\mathbb{E}f$ | $\mathbb{E}f^2$ | $\mathbb{E}f'^2$ |",
    "|---|---|---|---|---|---|---|---|---|",
)
_NOISE = 1e-13  # what is left of an integral that is zero


def facts_table(names: Iterable[str] | None = None) -> str:
    r"""Write what is computed of each function as Markdown with TeX.

    Parameters
    ----------
    names : iterable of str, optional
        Which activation functions, in this order; all of the registry by default.

    Returns
    -------
    str
        A Markdown table: how the function runs, where it is steepest, its limits, fixed points,
        kinks and jumps, and its moments under a standard normal input; all at the default
        parameters. Between the slopes at a kink stands an arrow; a jump is marked as one.

    Raises
    ------
    UnknownActivationError
        If a name is not in the registry.

    Examples
    --------
    >>> from dlnotes.activations import facts_table
    >>> facts_table(["relu"]).splitlines()[2].split("|")[2].strip()
    'nondecreasing'
    """
    entries = [ACTIVATIONS[name] for name in (ACTIVATIONS if names is None else names)]
    return "\n".join([*_HEADER, *map(_row, entries)])


def _row(entry: Activation) -> str:
    facts, moments = entry.facts, entry.moments()
    fixed = [
        f"${_number(low)}$" if low == high else f"$[{_number(low)},\\,{_number(high)}]$"
        for low, high in entry.fixed_points()
    ]
    kinks = [
        f"${_number(at)}$: ${_number(left)}\\to{_number(right)}$"
        for at, (left, right) in facts.kinks.items()
        if at not in facts.jumps
    ]
    kinks += [
        f"${_number(at)}$: jump, ${_number(left)}\\to{_number(right)}$"
        for at, (left, right) in facts.jumps.items()
    ]
    low, high = facts.limits
    cells = [
        entry.name.replace("_", r"\_"),
        facts.monotone,
        f"${_number(facts.steepest)}$",
        f"${_number(low)},\\,{_number(high)}$",
        ", ".join(fixed) or "none",
        "; ".join(kinks) or "none",
        *(
            f"{v:.6g}" if abs(v) > _NOISE else "0"
            for v in (moments.mean, moments.square, moments.slope_square)
        ),
    ]
    return "| " + " | ".join(cells) + " |"


def _number(value: float) -> str:
    if value in (float("inf"), float("-inf")):
        return r"\infty" if value > 0 else r"-\infty"
    return f"{value:.4g}"
