"""Predictions kept small, for readers without the networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dlnotes.ambiguous_images._boundary import as_distribution_rows
from dlnotes.ambiguous_images.networks import NETWORKS, Answers, missing_networks, predict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Compact", "Recording", "compress", "expand"]

_KEPT = 32  # classes of a prediction that are kept


class Compact(NamedTuple):
    """Rows of probabilities of which the largest are kept: 130 bytes instead of 4000.

    Parameters
    ----------
    classes : numpy.ndarray of uint16, shape (..., kept)
        The most likely classes, the most likely first.
    values : numpy.ndarray of float16, shape (..., kept)
        Their probabilities.
    rest : numpy.ndarray of float16, shape (...)
        What all other classes have together.

    Examples
    --------
    >>> compress([0.5, 0.25, 0.125, 0.125], kept=2).rest
    array(0.25, dtype=float16)
    """

    classes: NDArray[np.uint16]
    values: NDArray[np.float16]
    rest: NDArray[np.float16]


def compress(probabilities: ArrayLike, kept: int = _KEPT) -> Compact:
    """Keep the largest entries of each row.

    Parameters
    ----------
    probabilities : array_like, shape (..., classes)
        Rows that are not negative and sum to 1, of at most 65,536 classes.
    kept : int
        How many entries of each.

    Returns
    -------
    Compact
        Of equal entries the first class is kept.

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If a row is not a probability distribution, or `kept` does not fit.

    Examples
    --------
    >>> compress([[0.25, 0.75]], kept=1).classes
    array([[1]], dtype=uint16)
    """
    rows = as_distribution_rows(probabilities, "probabilities")
    if not 1 <= kept <= rows.shape[-1] <= 2**16:
        msg = f"kept must be between 1 and the {rows.shape[-1]} classes, got kept={kept!r}"
        raise ValueError(msg)
    classes = np.argsort(-rows, axis=-1, kind="stable")[..., :kept]
    values = np.take_along_axis(rows, classes, axis=-1)
    rest = np.maximum(1.0 - values.sum(axis=-1, dtype=np.float64), 0.0)
    return Compact(
        classes.astype(np.uint16), values.astype(np.float16), np.asarray(rest, np.float16)
    )


def expand(compact: Compact, classes: int = 1000) -> NDArray[np.float32]:
    """Make whole rows again: the classes that were not kept share the rest equally.

    Parameters
    ----------
    compact : Compact
        What `compress` returned.
    classes : int
        How many there are.

    Returns
    -------
    numpy.ndarray of float32, shape (..., classes)
        Rows that sum to 1. Their entropy is at least that of the rows that were compressed, up
        to the rounding to 16 bits, since nothing is more uncertain than equal shares.

    Examples
    --------
    >>> expand(compress([0.5, 0.25, 0.125, 0.125], kept=2), 4)
    array([0.5  , 0.25 , 0.125, 0.125], dtype=float32)
    """
    kept = compact.classes.shape[-1]
    values = compact.values.astype(np.float64)
    rest = compact.rest.astype(np.float64)[..., np.newaxis] if classes > kept else 0.0
    total = values.sum(axis=-1, keepdims=True) + rest
    rows = np.empty((*compact.classes.shape[:-1], classes))
    rows[...] = rest / max(classes - kept, 1)
    np.put_along_axis(rows, compact.classes.astype(np.int64), values, axis=-1)
    return np.asarray(rows / total, np.float32)


class Recording:
    """The networks where they are installed; elsewhere what they said when it was written down.

    Parameters
    ----------
    path : path
        A .npz file of `save`.

    Examples
    --------
    >>> Recording("nowhere.npz").heard
    {}
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.missing = missing_networks()
        self.heard: dict[str, Answers] = {}

    @property
    def sentence(self) -> str:
        """Where the answers come from, for the reader."""
        if not self.missing:
            return f"The networks {', '.join(n.title for n in NETWORKS.values())} ran here."
        return (
            f"Not installed here: {', '.join(self.missing)}. The answers are those stored in "
            f"{self.path.name}: the {_KEPT} most likely classes of each and what is left."
        )

    def ask(
        self,
        label: str,
        pictures: Sequence[NDArray[np.uint8]],
        *,
        share: float = 1.0,
        at: tuple[float, float] = (0.5, 0.5),
    ) -> Answers:
        """Ask the three networks about pictures.

        Parameters
        ----------
        label : str
            What this question is called in the file.
        pictures : sequence of numpy.ndarray of uint8, shape (height, width, 3)
            As for `dlnotes.ambiguous_images.networks.predict`.
        share, at : float, tuple of float
            What of each picture is shown.

        Returns
        -------
        Answers
            Probabilities and features; stored features are coordinates that keep lengths,
            angles and distances, up to rounding.

        Raises
        ------
        ValueError
            If the networks are not installed, and the file has no such answer.

        Examples
        --------
        >>> recording = Recording("nowhere.npz")
        >>> recording.missing = ["ndf"]
        >>> recording.ask("planets", [])
        Traceback (most recent call last):
        ...
        ValueError: the answers 'planets' are not in nowhere.npz, and ndf is not installed
        """
        if not self.missing:
            self.heard[label] = predict(pictures, share=share, at=at)
            return self.heard[label]
        found = self._stored(label)
        if found is None or found.probabilities.shape[1] != len(pictures):
            msg = (
                f"the answers {label!r} are not in {self.path.name}, "
                f"and {', '.join(self.missing)} is not installed"
            )
            raise ValueError(msg)
        return found

    def _stored(self, label: str) -> Answers | None:
        if not self.path.exists():
            return None
        with np.load(self.path, allow_pickle=False) as file:
            if f"{label}: classes" not in file:
                return None
            parts = [file[f"{label}: {part}"] for part in Compact._fields]
            features = [
                file[f"{label}: features {i}"].astype(np.float32) for i in range(len(NETWORKS))
            ]
        return Answers(expand(Compact(*parts)), features)

    def save(self) -> None:
        """Write down all that the networks have said.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     recording = Recording(Path(folder, "answers.npz"))
        ...     recording.save()
        ...     recording.path.exists()
        True
        """
        arrays: dict[str, Any] = {}
        for label, answers in self.heard.items():
            for part, array in compress(answers.probabilities)._asdict().items():
                arrays[f"{label}: {part}"] = array
            for i, features in enumerate(answers.features):
                arrays[f"{label}: features {i}"] = _coordinates(features)
        np.savez_compressed(self.path, **arrays)


def _coordinates(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn n vectors so that n coordinates hold all their lengths, angles and distances."""
    left, lengths, _ = np.linalg.svd(features.astype(np.float64), full_matrices=False)
    return np.asarray(left * lengths, np.float32)
