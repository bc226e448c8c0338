"""The best images of a source of any size, in one pass and in bounded memory."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import as_integer
from dlnotes.ambiguous_images import ensembles, hierarchy, pairs, uncertainty
from dlnotes.ambiguous_images._blocks import Block, blocks_of
from dlnotes.ambiguous_images._boundary import Distance, as_distance, as_predictions
from dlnotes.ambiguous_images._checkpoints import Checkpoint
from dlnotes.ambiguous_images.sources import batches, dask_chunks, is_dask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlnotes.ambiguous_images._boundary import Floats, Integers

__all__ = ["SCORES", "MiningResult", "Score", "mine", "mine_several"]


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
    checkpoint: str | Path | None = None,
    compiled: bool = False,
    **parameters: Any,
) -> MiningResult:
    """Find the images with the best scores in one pass over a source of any size.

    Parameters
    ----------
    source : numpy.ndarray, numpy.memmap, path, iterable of numpy.ndarray, or dask.array.Array
        Probabilities of shape (models, images, classes), or (images, classes) for one model;
        the path of a .npy file with them, or of a folder of such files, the next images in
        each, in the order of their names; an iterable of arrays, the next images in each.
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
    checkpoint : path, optional
        A file in which the search notes every few seconds how far it is. If it is there from a
        search that was stopped, this one goes on from it; when the search ends, it is removed.
    compiled : bool
        Whether to compute entropies and the two best classes with numba, if it is installed;
        scores may then differ in the last digits.
    **parameters
        Passed to the score, such as ``a=4, b=9`` for "class_pair_confusion".

    Returns
    -------
    MiningResult
        Best first. Equal scores are in the order of the source.

    Raises
    ------
    ImportError
        If `compiled` is true and numba is not installed.
    OSError
        If a file cannot be read.
    TypeError
        If `source`, a chunk of it, `score` or a number has the wrong type.
    ValueError
        If the score is unknown, a number is out of range, the source is empty, its chunks do
        not fit together, `checkpoint` belongs to another search, or the score refuses the data;
        then a note on the error says which images were being scored.

    See Also
    --------
    mine_several : several scores in one pass.

    Notes
    -----
    The chunks of an iterator are cut and joined to batches of exactly `batch` images before
    they are scored. So the result does not depend on how the source was cut into chunks, bit
    for bit, even for a score whose rounding depends on the number of images at a time. A Dask
    array is scored by its own scheduler, chunk by chunk, on a cluster if there is one, and the
    best of each chunk are merged as a tree.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.6, 0.4]])
    >>> mine(probabilities, "predictive_entropy", top=2).indices
    array([1, 2])
    >>> chunks = (probabilities[i : i + 1] for i in range(3))
    >>> mine(chunks, "class_pair_confusion", top=2, a=0, b=1).scores
    array([1.  , 0.96])
    """
    task = _as_task(score, largest, parameters)
    return _search(
        source,
        {"score": task},
        top=top,
        image_axis=image_axis,
        batch=batch,
        progress=progress,
        checkpoint=checkpoint,
        compiled=compiled,
    )["score"]


def mine_several(
    source: Any,
    scores: Iterable[str] | Mapping[str, Mapping[str, Any]],
    *,
    top: int = 50,
    image_axis: int = 1,
    batch: int = 1024,
    progress: Callable[[int], object] | None = None,
    checkpoint: str | Path | None = None,
    compiled: bool = False,
) -> dict[str, MiningResult]:
    """Find the best images by several scores in one pass.

    What the scores have in common, such as the average of the models, is computed once.

    Parameters
    ----------
    source : numpy.ndarray, numpy.memmap, path, iterable of numpy.ndarray, or dask.array.Array
        As for `mine`.
    scores : iterable of str, or mapping from str to mapping
        Names from `SCORES`; or, by name, the parameters of each.
    top : int
        How many images to return for each score.
    image_axis : {0, 1}
        Where the images are in an array of three axes.
    batch : int
        How many images are scored at a time.
    progress : callable, optional
        Called after each batch with the number of images seen so far.
    checkpoint : path, optional
        A file from which a search that was stopped goes on.
    compiled : bool
        Whether to use numba.

    Returns
    -------
    dict of str to MiningResult
        For each score, best first.

    Raises
    ------
    ImportError
        If `compiled` is true and numba is not installed.
    OSError
        If a file cannot be read.
    TypeError
        If `source` or a chunk of it has the wrong type.
    ValueError
        As for `mine`.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.6, 0.4]])
    >>> found = mine_several(probabilities, ["margin", "predictive_entropy"], top=1)
    >>> {name: result.indices.tolist() for name, result in found.items()}
    {'margin': [1], 'predictive_entropy': [1]}
    """
    wanted = scores if isinstance(scores, Mapping) else {name: {} for name in scores}
    if not wanted or isinstance(scores, str):
        msg = f"scores must name at least one of {', '.join(SCORES)}, got {scores!r}"
        raise ValueError(msg)
    tasks = {name: _as_task(name, None, given) for name, given in wanted.items()}
    return _search(
        source,
        tasks,
        top=top,
        image_axis=image_axis,
        batch=batch,
        progress=progress,
        checkpoint=checkpoint,
        compiled=compiled,
    )


@dataclass(frozen=True, slots=True)
class _Task:
    """A score with its parameters; `shared` if it takes a `Block`."""

    function: Callable[..., Any]
    descending: bool
    shared: bool
    parameters: dict[str, Any]

    def plan(self) -> str:
        """Return what tells this task from another one."""
        name = getattr(self.function, "__qualname__", repr(self.function))
        known = [
            (key, hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()[:16])
            for key, value in sorted(self.parameters.items())
        ]
        return repr((name, self.descending, known))


@dataclass(slots=True)
class _Best:
    """The best images so far. Small keys are good."""

    keys: NDArray[Any]
    indices: Integers

    def merged(self, other: _Best, top: int) -> _Best:
        """Return the best of both; images of `other` come later in the source."""
        keys = np.concatenate([self.keys, other.keys])
        indices = np.concatenate([self.indices, other.indices])
        # A stable sort leaves equal keys in the order of the source.
        order = np.argsort(keys, kind="stable")[:top]
        return _Best(keys[order], indices[order])


def _search(
    source: Any,
    tasks: dict[str, _Task],
    *,
    top: int,
    image_axis: int,
    batch: int,
    progress: Callable[[int], object] | None,
    checkpoint: str | Path | None,
    compiled: bool,
) -> dict[str, MiningResult]:
    wanted = as_integer(top, "top", least=1)
    size = as_integer(batch, "batch", least=1)
    axis = as_integer(image_axis, "image_axis", least=0, most=1)
    kind: type[Block] = Block
    if compiled:
        from dlnotes.ambiguous_images._compiled import CompiledBlock

        kind = CompiledBlock
    if is_dask(source):
        best, seen = _search_dask(source, tasks, wanted, size, axis, kind)
        if progress is not None:
            progress(seen)
    else:
        note = None
        if checkpoint is not None:
            plans = {name: task.plan() for name, task in sorted(tasks.items())}
            note = Checkpoint(Path(checkpoint), repr((plans, wanted, size, axis)))
        seen, best = 0, {}
        if note is not None:
            seen, stored = note.read(source, axis)
            best = {name: _Best(*pair) for name, pair in stored.items()}
        for images in batches(source, size, axis, skip=seen):
            for name, new in _score_batch(images, tasks, seen, kind).items():
                old = best.get(name, _Best(new.keys[:0], new.indices[:0]))
                best[name] = old.merged(new, wanted)
            seen += images.shape[-2]
            if note is not None:
                note.write(seen, {name: (b.keys, b.indices) for name, b in best.items()})
            if progress is not None:
                progress(seen)
        if note is not None:
            note.remove()
    if not best:
        msg = "source must hold at least one image, it held none"
        raise ValueError(msg)
    return {
        name: MiningResult(
            best[name].indices, -best[name].keys if task.descending else best[name].keys, seen
        )
        for name, task in tasks.items()
    }


def _score_batch(
    images: NDArray[Any], tasks: Mapping[str, _Task], first: int, kind: type[Block] = Block
) -> dict[str, _Best]:
    """Score a batch by every task; `first` is the number of its first image in the source."""
    count = images.shape[-2]
    found: dict[str, _Best] = {}
    try:
        together: dict[str, list[Any]] = {}
        if any(task.shared for task in tasks.values()):
            for _, block in blocks_of(as_predictions(images, "probabilities"), kind):
                for name, task in tasks.items():
                    if task.shared:
                        values = task.function(block, **task.parameters)
                        together.setdefault(name, []).append(values)
        for name, task in tasks.items():
            if task.shared:
                values = np.concatenate(together[name])
            else:
                whole = np.ascontiguousarray(images)
                values = np.asarray(task.function(whole, **task.parameters))
            if values.shape != (count,):
                msg = f"score must return shape ({count},), one value an image: {values.shape}"
                raise ValueError(msg)
            if np.isnan(values).any():
                image = first + int(np.argmax(np.isnan(values)))
                msg = f"score must not return NaN, it did for image {image} of the source"
                raise ValueError(msg)
            if values.dtype.kind in "biu":  # unsigned numbers and booleans have no negative
                values = values.astype(np.float64)
            keys = -values if task.descending else values
            found[name] = _Best(keys, np.arange(first, first + count))
    except (TypeError, ValueError) as error:
        error.add_note(
            f"mine was scoring the images {first} to {first + count - 1} of the source; "
            f"an image number above counts from image {first}"
        )
        raise
    return found


def _search_dask(
    source: Any, tasks: dict[str, _Task], top: int, size: int, axis: int, kind: type[Block]
) -> tuple[dict[str, _Best], int]:
    """Let Dask score the chunks and merge their best, eight at a time, as a tree."""
    dask: Any = import_module("dask")
    chunks = dask_chunks(source, size, axis)
    parts = [
        dask.delayed(partial(_best_of_chunk, tasks=tasks, top=top, size=size, kind=kind))(
            chunk, first
        )
        for first, chunk in chunks
    ]
    merge = dask.delayed(partial(_merge_all, top=top))
    while len(parts) > 1:
        parts = [merge(parts[i : i + 8]) for i in range(0, len(parts), 8)]
    best: dict[str, _Best] = dask.compute(parts[0])[0] if parts else {}
    return best, int(source.shape[-2 if source.ndim == 2 else axis])


def _best_of_chunk(
    chunk: NDArray[Any],
    first: int,
    tasks: dict[str, _Task],
    top: int,
    size: int,
    kind: type[Block],
) -> dict[str, _Best]:
    parts = []
    for images in batches(chunk, size, 1):
        parts.append(_score_batch(images, tasks, first, kind))
        first += images.shape[-2]
    return _merge_all(parts, top)


def _merge_all(parts: list[dict[str, _Best]], top: int) -> dict[str, _Best]:
    best: dict[str, _Best] = {}
    for part in parts:
        for name, new in part.items():
            old = best.get(name, _Best(new.keys[:0], new.indices[:0]))
            best[name] = old.merged(new, top)
    return best


def _as_task(score: Any, largest: bool | None, parameters: Mapping[str, Any]) -> _Task:
    given = dict(parameters)
    if isinstance(score, str):
        if score not in SCORES:
            close = difflib.get_close_matches(score, SCORES, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
            msg = f"score={score!r} is unknown; {hint}Known scores: {', '.join(SCORES)}"
            raise ValueError(msg)
        known = SCORES[score]
        if np.ndim(given.get("distance", 0)) == 2:  # checked once, and not for each block
            matrix = as_distance(given["distance"], len(given["distance"])).copy()
            matrix.flags.writeable = False
            given["distance"] = matrix.view(Distance)
        descending = known.largest if largest is None else bool(largest)
        return _Task(known.function, descending, True, given)
    if not callable(score):
        msg = f"score must be a name or a callable, got {score!r}"
        raise TypeError(msg)
    return _Task(score, largest is None or bool(largest), False, given)
