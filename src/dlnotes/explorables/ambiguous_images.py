"""What three networks said about photographs: scores, answers, and a small picture of each."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from dlnotes.ambiguous_images import SCORES, imagenet
from dlnotes.ambiguous_images.networks import NETWORKS, crop, find_pictures, read_picture
from dlnotes.ambiguous_images.recordings import Recording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["ASKED", "FOLDER", "answers", "data", "pictures", "scores"]

FOLDER = Path(__file__).resolve().parents[3] / "book" / "photographs"
"""The photographs of the chapter and what was said about them."""

ASKED = tuple(
    name for name in SCORES if name not in ("class_pair_confusion", "group_confusion")
)
"""The scores that need no classes to ask about."""

_BEST = 3  # classes of each network that are shown
_PIXELS = 128


def answers() -> NDArray[np.float32]:
    """Return the stored predictions, the same wherever the book is built.

    Returns
    -------
    ndarray of float32, shape (3, photographs, 1000)
        Probabilities by network, photograph and class.

    Examples
    --------
    >>> answers().shape
    (3, 144, 1000)
    """
    recording = Recording(FOLDER / "predictions.npz")
    recording.missing = ["(not asked again: a page is no place to run networks)"]
    nothing = np.zeros((1, 1, 3), np.uint8)  # of pictures only the number is looked at
    return recording.ask("photographs", [nothing] * len(_files())).probabilities


@cache
def _files() -> tuple[Path, ...]:
    return tuple(find_pictures(FOLDER))


def scores(probabilities: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return every score of every photograph.

    Parameters
    ----------
    probabilities : ndarray, shape (models, photographs, classes)
        What the networks said.

    Returns
    -------
    dict of str to ndarray, shape (photographs,)
        By the name of the score.

    Examples
    --------
    >>> sorted(scores(answers()))[0]
    'expected_entropy'
    """
    distance = imagenet.class_distance()
    with_distance = ("far_pair_confusion", "rao_quadratic_entropy")
    return {
        name: SCORES[name].function(
            probabilities, **({"distance": distance} if name in with_distance else {})
        )
        for name in ASKED
    }


@cache
def _packed() -> tuple[tuple[str, bytes], ...]:
    """Return the photographs as small files, each named by its title and its content."""
    found = []
    for file in _files():
        tile = crop(read_picture(FOLDER / file), _PIXELS)
        packed = io.BytesIO()
        Image.fromarray(tile).save(packed, "WEBP", quality=55, method=4)
        content = packed.getvalue()
        found.append((f"{file.stem}-{hashlib.sha256(content).hexdigest()[:8]}.webp", content))
    return tuple(found)


def pictures() -> Mapping[str, bytes]:
    """Return the files that the page loads when it shows a photograph, and not before.

    Returns
    -------
    dict of str to bytes
        Small WebP files by name.

    Examples
    --------
    >>> len(pictures())
    144
    """
    return dict(_packed())


def data() -> dict[str, Any]:
    """Return scores, answers and names.

    Returns
    -------
    dict
        ``networks``, their titles; ``scores``, for each its name, whether large is ambiguous,
        what it finds and its values; ``photographs``, for each its title, its file and each
        network's best classes with their probabilities; ``classes``, the names spoken of.

    Examples
    --------
    >>> data()["networks"]
    ['EfficientNet-Lite0', 'EfficientNet-Lite2', 'SqueezeNet 1.1']
    """
    said = answers()
    best = np.argsort(-said, axis=2, kind="stable")[:, :, :_BEST]
    spoken, places = np.unique(best, return_inverse=True)
    shares = np.take_along_axis(said, best, axis=2)
    names = imagenet.class_names()
    values = scores(said)
    photographs = [
        [
            file.stem.replace("_", " "),
            name,
            [
                [int(place), round(float(share), 3)]
                for place, share in zip(
                    places.reshape(best.shape)[:, i].ravel(), shares[:, i].ravel(), strict=True
                )
            ],
        ]
        for i, (file, (name, _)) in enumerate(zip(_files(), _packed(), strict=True))
    ]
    return {
        "networks": [network.title for network in NETWORKS.values()],
        "best": _BEST,
        "scores": [
            [
                name,
                SCORES[name].largest,
                SCORES[name].finds,
                [float(f"{value:.5g}") + 0.0 for value in values[name]],
            ]
            for name in ASKED
        ],
        "photographs": photographs,
        "classes": [str(names[k]) for k in spoken],
    }
