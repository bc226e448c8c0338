"""Expressions to step through, and the names of functions that only the package knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlnotes.activations import ACTIVATIONS
from dlnotes.backpropagation import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ELSEWHERE", "EXAMPLES", "data"]

EXAMPLES: Mapping[str, Mapping[str, float]] = {
    "z = x1 + 5*x2 - 3*x3^2": {"x1": 2, "x2": -1, "x3": 0.5},
    "z = x1*(x2-4) + exp(x3^2)/(5*x4^2)": {"x1": 2, "x2": 5, "x3": 1, "x4": 2},
    "z = 1/x3 + exp((x1+5*(x2+3))^2)": {"x1": 0.4, "x2": -3, "x3": 2},
    "z = (x*y + 1)*sigmoid(x*y)": {"x": 2, "y": -0.5},
    "loss = (tanh(w*x + b) - t)^2": {"w": 0.5, "x": 2, "b": -0.3, "t": 1},
}
"""Expressions, each with a point: the three exercises, a shared part, a neuron."""

ELSEWHERE = ("erf", "erfc")
"""Functions besides those of the registry that the script does without."""

# Activation functions for which the script has a rule of its own.
_ALSO_THERE = ("relu", "sigmoid", "softplus", "tanh")


def data() -> dict[str, Any]:
    """Return the examples and the functions that the script should know to be elsewhere.

    Returns
    -------
    dict
        ``examples``, pairs of an expression and a point, and ``elsewhere``, names.

    Examples
    --------
    >>> data()["examples"][0]
    ['z = x1 + 5*x2 - 3*x3^2', {'x1': 2, 'x2': -1, 'x3': 0.5}]
    >>> "gelu" in data()["elsewhere"], "sin" in data()["elsewhere"]
    (True, False)
    """
    registry = [name for name in ACTIVATIONS if name in OPERATIONS and name not in _ALSO_THERE]
    aliases = [
        alias
        for entry in ACTIVATIONS.values()
        if entry.name in registry
        for alias in entry.aliases
        if alias not in OPERATIONS
    ]
    return {
        "examples": [[text, dict(at)] for text, at in EXAMPLES.items()],
        "elsewhere": sorted({*ELSEWHERE, *registry, *aliases}),
    }
