"""Where the softmax explorer starts; all that it shows, its script computes."""

from __future__ import annotations

from typing import Any

__all__ = ["data"]


def data() -> dict[str, Any]:
    """Return three logits and the limits of the sliders.

    Returns
    -------
    dict
        ``logits``, ``reach`` of a logit on both sides of 0, and ``temperatures``, the least
        and the largest.

    Examples
    --------
    >>> data()["logits"]
    [2.0, 1.0, 0.0]
    """
    return {"logits": [2.0, 1.0, 0.0], "reach": 4.0, "temperatures": [0.05, 20.0]}
