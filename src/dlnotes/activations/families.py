"""The families into which the activation functions of the registry fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlnotes.activations.catalogue import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlnotes.activations.activation import Activation

__all__ = ["FAMILIES", "families", "family_of"]

FAMILIES: Mapping[str, str] = {
    "saturating": "flat at both ends",
    "cornered": "with a corner, straight on the right",
    "increasing": "smooth and increasing",
    "dipping": "with a dip below zero",
    "shrinking": "a shifted identity at both ends",
}
"""Names of the families and what they have in common."""


def family_of(entry: Activation) -> str:
    """Tell to which family a function belongs, from its facts alone.

    Parameters
    ----------
    entry : Activation
        An entry of the registry, or one like it.

    Returns
    -------
    str
        A key of `FAMILIES`.

    Examples
    --------
    >>> from dlnotes.activations import ACTIVATIONS
    >>> from dlnotes.activations.families import family_of
    >>> family_of(ACTIVATIONS["gelu"]), family_of(ACTIVATIONS["tanh"])
    ('dipping', 'saturating')
    """
    facts = entry.facts
    if facts.slope_limits == (0.0, 0.0):
        return "saturating"
    if facts.slope_limits[0] == facts.slope_limits[1]:
        return "shrinking"
    if facts.monotone == "not monotone":
        return "dipping"
    return "cornered" if facts.kinks else "increasing"


def families() -> dict[str, tuple[str, ...]]:
    """Sort the registry into families.

    Returns
    -------
    dict
        For each family the names of its members, in the order of the registry. Every entry is
        in exactly one.

    Examples
    --------
    >>> from dlnotes.activations import families
    >>> families()["dipping"]
    ('silu', 'mish', 'gelu', 'gelu_tanh', 'hard_swish')
    """
    sorted_names: dict[str, list[str]] = {family: [] for family in FAMILIES}
    for name, entry in ACTIVATIONS.items():
        sorted_names[family_of(entry)].append(name)
    return {family: tuple(names) for family, names in sorted_names.items()}
