"""The thousand classes of ImageNet: what they are called, and what WordNet knows above them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlnotes.ambiguous_images._boundary import Integers

__all__ = ["class_distance", "class_names", "classes_below"]

_CLASSES = 1000


class _Synset(NamedTuple):
    key: str
    name: str
    above: tuple[str, ...]


@cache
def _synsets() -> dict[str, _Synset]:
    text = resources.files(__package__).joinpath("imagenet.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {key: _Synset(key, name, tuple(above.split())) for key, name, above in rows}


def class_names() -> list[str]:
    """Return the names of the classes, in the order of the networks' outputs.

    Returns
    -------
    list of str
        1000 names. Two are given twice, "missile" and "sunglasses": ImageNet has two classes
        of each.

    References
    ----------
    O. Russakovsky et al., "ImageNet large scale visual recognition challenge", International
    Journal of Computer Vision 115 (2015), 211-252.

    Examples
    --------
    >>> class_names()[151], class_names()[931]
    ('Chihuahua', 'bagel')
    """
    return [synset.name for synset in list(_synsets().values())[:_CLASSES]]


@cache
def _ancestors() -> dict[str, frozenset[str]]:
    """For each synset all that is above it, and itself."""
    found: dict[str, frozenset[str]] = {}

    def climb(key: str) -> frozenset[str]:
        if key not in found:
            above = _synsets()[key].above
            found[key] = frozenset({key}).union(*(climb(parent) for parent in above))
        return found[key]

    for key in _synsets():
        climb(key)
    return found


def classes_below(*keys: str) -> Integers:
    """Return the classes that are kinds of something.

    Parameters
    ----------
    *keys : str
        WordNet identifiers, such as "n02084071" (dog); a class belongs if it is below any.

    Returns
    -------
    numpy.ndarray of int64
        The classes in increasing order.

    Raises
    ------
    ValueError
        If no class is below an identifier.

    Examples
    --------
    >>> dogs = classes_below("n02084071")
    >>> len(dogs), class_names()[dogs[0]]
    (118, 'Chihuahua')
    """
    for key in keys:
        if key not in _synsets():
            msg = f"keys must be WordNet identifiers with classes below, got {key!r}"
            raise ValueError(msg)
    wanted = set(keys)
    leaves = list(_synsets())[:_CLASSES]
    return np.flatnonzero([bool(wanted & _ancestors()[leaf]) for leaf in leaves])


def class_distance() -> NDArray[np.float64]:
    """Measure how far apart the classes are in WordNet: 1 less Wu and Palmer's similarity.

    The depth of a synset is the number of synsets on the longest way down to it from the top.
    Two classes of depths m and n whose deepest common synset has depth c are 1 - 2c/(m + n)
    apart.

    Returns
    -------
    numpy.ndarray of float64, shape (1000, 1000)
        Symmetric, between 0 and 1, zero on the diagonal only.

    See Also
    --------
    dlnotes.ambiguous_images.hierarchy_distance : the same in a tree, where there is one way.

    References
    ----------
    Z. Wu and M. Palmer, "Verb semantics and lexical selection", ACL 1994, 133-138. C. Fellbaum
    (ed.), WordNet: An Electronic Lexical Database, MIT Press, 1998.

    Examples
    --------
    >>> distance = class_distance()
    >>> chihuahua, pug, bagel = 151, 254, 931
    >>> distance[chihuahua, pug].round(2), distance[chihuahua, bagel].round(2)
    (np.float64(0.1), np.float64(0.85))
    """
    depths: dict[str, int] = {}

    def depth(key: str) -> int:
        if key not in depths:
            depths[key] = 1 + max(
                (depth(parent) for parent in _synsets()[key].above), default=0
            )
        return depths[key]

    members: dict[str, list[int]] = {}
    leaves = list(_synsets())[:_CLASSES]
    for position, leaf in enumerate(leaves):
        for key in _ancestors()[leaf]:
            members.setdefault(key, []).append(position)
    common = np.zeros((_CLASSES, _CLASSES))
    for key in sorted(members, key=depth):  # the deeper overwrite what is above them
        common[np.ix_(members[key], members[key])] = depth(key)
    own = np.array([depth(leaf) for leaf in leaves], dtype=np.float64)
    return 1.0 - 2.0 * common / (own[:, np.newaxis] + own)
