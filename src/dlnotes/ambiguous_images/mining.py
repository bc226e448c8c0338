"""The best images of a source of any size, in one pass and in bounded memory."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import as_integer
from dlnotes.ambiguous_images import ensembles, hierarchy, pairs, uncertainty

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dlnotes.ambiguous_images._boundary import Floats, Integers

__all__ = ["SCORES", "MiningResult", "Score", "mine"]


@dataclass(frozen=True, slots=True)
class Score:
    """A score that `mine` knows by name.

    Parameters
    ----------
    function : callable
        Takes probabilities, and the parameters of the score; returns one value an image.
    largest : bool
        Whether the most ambiguous images have the largest values (or the smallest).
    finds : str
        What the images at the top of the ranking are, in a few words.

    Examples
    --------
    >>> SCORES["margin"].largest
    False
    """

    function: Callable[..., Floats]
    largest: bool
    finds: str


SCORES: Mapping[str, Score] = MappingProxyType(
    {
        "predictive_entropy": Score(
            uncertainty.predictive_entropy, True, "many classes are possible"
        ),
        "least_confidence": Score(uncertainty.least_confidence, True, "no class is likely"),
        "margin": Score(uncertainty.margin, False, "the two best classes are close"),
        "expected_entropy": Score(ensembles.expected_entropy, True, "each model is unsure"),
        "mutual_information": Score(ensembles.mutual_information, True, "the models disagree"),
        "jensen_shannon": Score(ensembles.jensen_shannon, True, "the models disagree"),
        "variation_ratio": Score(ensembles.variation_ratio, True, "the models' votes differ"),
        "top_pair_confusion": Score(
            pairs.top_pair_confusion, True, "two classes share the probability"
        ),
        "class_pair_confusion": Score(
            pairs.class_pair_confusion, True, "two named classes share the probability"
        ),
        "group_confusion": Score(
            pairs.group_confusion, True, "two named groups share the probability"
        ),
        "far_pair_confusion": Score(
            hierarchy.far_pair_confusion, True, "two distant classes share the probability"
        ),
        "rao_quadratic_entropy": Score(
            hierarchy.rao_quadratic_entropy, True, "distant classes are possible"
        ),
    }
)
"""Every score by its name."""


@dataclass(frozen=True, slots=True)
class MiningResult:
    """What `mine` found, the most ambiguous image first.

    Parameters
    ----------
    indices : numpy.ndarray of int64, shape (found,)
        Positions of the images in the source.
    scores : numpy.ndarray, shape (found,)
        Their scores.
    images_seen : int
        How many images the source held.

    Examples
    --------
    >>> mine(np.array([[0.5, 0.5], [1.0, 0.0]]), "margin", top=1).indices
    array([0])
    """

    indices: Integers
    scores: Floats
    images_seen: int


def mine(
    source: Any,
    score: str | Callable[..., Floats] = "top_pair_confusion",
    *,
    top: int = 50,
    image_axis: int = 1,
    batch: int = 1024,
    largest: bool | None = None,
    progress: Callable[[int], object] | None = None,
    **parameters: Any,
) -> MiningResult:
    """Find the images with the best scores in one pass over a source of any size.

    Parameters
    ----------
    source : numpy.ndarray, numpy.memmap, or iterable of numpy.ndarray
        Probabilities of shape (models, images, classes), or (images, classes) for one model;
        or an iterable of such arrays, the next images in each.
    score : str or callable
        A name from `SCORES`, or a function of an array of probabilities that returns one value
        an image.
    top : int
        How many images to return; fewer are returned if the source holds fewer.
    image_axis : {0, 1}
        Where the images are in an array of three axes: 1 for (models, images, classes), 0 for
        (images, models, classes). An array of two axes is always (images, classes).
    batch : int
        How many images are scored at a time; memory grows with it and not with the source.
    largest : bool, optional
        Whether large values are wanted. Known for the names of `SCORES`; True for a callable.
    progress : callable, optional
        Called after each batch with the number of images seen so far.
    **parameters
        Passed to the score, such as ``a=4, b=9`` for "class_pair_confusion".

    Returns
    -------
    MiningResult
        Best first. Equal scores are in the order of the source.

    Raises
    ------
    TypeError
        If `source`, a chunk of it, `score` or a number has the wrong type.
    ValueError
        If the score is unknown, a number is out of range, the source is empty, its chunks do
        not fit together, or the score refuses the data; then a note on the error says which
        images were being scored.

    Notes
    -----
    The chunks of an iterator are cut and joined to batches of exactly `batch` images before
    they are scored. So the result does not depend on how the source was cut into chunks, bit
    for bit, even for a score whose rounding depends on the number of images at a time.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.6, 0.4]])
    >>> mine(probabilities, "predictive_entropy", top=2).indices
    array([1, 2])
    >>> chunks = (probabilities[i : i + 1] for i in range(3))
    >>> mine(chunks, "class_pair_confusion", top=2, a=0, b=1).scores
    array([1.  , 0.96])
    """
    wanted = as_integer(top, "top", least=1)
    size = as_integer(batch, "batch", least=1)
    axis = as_integer(image_axis, "image_axis", least=0, most=1)
    function, descending = _as_score(score, largest)
    keep = np.empty(0, dtype=np.int64)
    keys: NDArray[Any] | None = None
    seen = 0
    for images in _batches(source, size, axis):
        count = images.shape[-2]
        try:
            values = np.asarray(function(images, **parameters))
            if values.shape != (count,):
                msg = f"score must return shape ({count},), one value an image: {values.shape}"
                raise ValueError(msg)
            if np.isnan(values).any():
                image = seen + int(np.argmax(np.isnan(values)))
                msg = f"score must not return NaN, it did for image {image} of the source"
                raise ValueError(msg)
            if values.dtype.kind in "biu":  # unsigned numbers and booleans have no negative
                values = values.astype(np.float64)
        except (TypeError, ValueError) as error:
            error.add_note(
                f"mine was scoring the images {seen} to {seen + count - 1} of the source; "
                f"an image number above counts from image {seen}"
            )
            raise
        # Small keys are good; a stable sort leaves equal keys in the order of the source.
        new = -values if descending else values
        keys = new if keys is None else np.concatenate([keys, new])
        keep = np.concatenate([keep, np.arange(seen, seen + count)])
        order = np.argsort(keys, kind="stable")[:wanted]
        keys, keep = keys[order], keep[order]
        seen += count
        if progress is not None:
            progress(seen)
    if keys is None:
        msg = "source must hold at least one image, it held none"
        raise ValueError(msg)
    return MiningResult(keep, -keys if descending else keys, seen)


def _as_score(score: Any, largest: bool | None) -> tuple[Callable[..., Floats], bool]:
    if isinstance(score, str):
        if score not in SCORES:
            close = difflib.get_close_matches(score, SCORES, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
            msg = f"score={score!r} is unknown; {hint}Known scores: {', '.join(SCORES)}"
            raise ValueError(msg)
        known = SCORES[score]
        return known.function, known.largest if largest is None else bool(largest)
    if not callable(score):
        msg = f"score must be a name or a callable, got {score!r}"
        raise TypeError(msg)
    return score, largest is None or bool(largest)


def _batches(source: Any, size: int, image_axis: int) -> Iterator[NDArray[Any]]:
    """Yield the source in arrays of `size` images, the last one fewer."""
    waiting: list[NDArray[Any]] = []
    held = 0
    for chunk in _chunks(source, image_axis):
        if waiting and (
            chunk.dtype != waiting[0].dtype
            or chunk.shape[:-2] + chunk.shape[-1:]
            != waiting[0].shape[:-2] + waiting[0].shape[-1:]
        ):
            msg = (
                "source must give chunks of one dtype, with the same models and classes, got "
                f"{waiting[0].dtype} {waiting[0].shape} and then {chunk.dtype} {chunk.shape}"
            )
            raise ValueError(msg)
        used = 0
        while held + chunk.shape[-2] - used >= size:
            take = size - held
            waiting.append(chunk[..., used : used + take, :])
            yield _joined(waiting)
            # One empty piece stays behind to compare the next chunk with.
            waiting, held = [chunk[..., :0, :]], 0
            used += take
        # A copy, so that an iterator may fill the same buffer again.
        waiting.append(np.array(chunk[..., used:, :]))
        held += chunk.shape[-2] - used
    if held:
        yield _joined(waiting)


def _joined(pieces: list[NDArray[Any]]) -> NDArray[Any]:
    full = [piece for piece in pieces if piece.shape[-2]]
    return np.ascontiguousarray(full[0] if len(full) == 1 else np.concatenate(full, axis=-2))


def _chunks(source: Any, image_axis: int) -> Iterator[NDArray[Any]]:
    """Yield the chunks of the source, images on the last axis but one."""
    if isinstance(source, np.ndarray):
        pieces: Iterable[Any] = [source]
    elif isinstance(source, Iterable) and not isinstance(source, (str, bytes, Mapping)):
        pieces = source
    else:
        msg = (
            "source must be an array or an iterable of arrays, got "
            f"{source!r}; a file is opened by numpy.load(path, mmap_mode='r')"
        )
        raise TypeError(msg)
    for piece in pieces:
        if not isinstance(piece, np.ndarray):
            msg = f"source must give numpy arrays, got {type(piece).__name__}: {piece!r:.80}"
            raise TypeError(msg)
        if piece.ndim not in (2, 3):
            msg = (
                "source must give arrays of shape (images, classes) or (models, images, "
                f"classes), got shape {piece.shape}"
            )
            raise ValueError(msg)
        yield piece.swapaxes(0, 1) if piece.ndim == 3 and image_axis == 0 else piece
