"""How far a search is, in a file, for the case that it is stopped."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.ambiguous_images.sources import batches

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_SECONDS = 2.0  # between two notes: a killed run loses no more


class Checkpoint:
    """A file that says what was searched, how far, and the best so far.

    It is written beside itself and moved into place, so that it is whole whenever the run is
    killed.
    """

    def __init__(self, path: Path, plan: str) -> None:
        self.path = path
        self.plan = plan
        self.written = time.monotonic()

    def read(
        self, source: Any, image_axis: int
    ) -> tuple[int, dict[str, tuple[NDArray[Any], NDArray[Any]]]]:
        """Return how many images are done, and keys and indices of the best by each score.

        The source is known by its first image. An iterator cannot be looked at and put back,
        so for an iterator the caller vouches.
        """
        if (
            isinstance(source, np.ndarray)
            or hasattr(source, "__fspath__")
            or type(source) is str
        ):
            first = next(batches(source, 1, image_axis), np.empty(0))
            kind = repr((first.dtype.str, first.shape)).encode()
            digest = hashlib.sha256(kind + first.tobytes()).hexdigest()
            self.plan += f" of {digest[:16]}"
        if not self.path.exists():
            return 0, {}
        try:
            with np.load(self.path, allow_pickle=False) as stored:
                found = {name: stored[name] for name in stored.files}
            plan = str(found["plan"])
        except (OSError, ValueError, KeyError, EOFError) as error:
            msg = (
                f"checkpoint must be one of mine's, {str(self.path)!r} cannot be read: {error}"
            )
            raise ValueError(msg) from error
        if plan != self.plan:
            msg = (
                f"checkpoint must belong to this search, {str(self.path)!r} is of another "
                "source, score or setting; remove it to start anew"
            )
            raise ValueError(msg)
        names = [name.removeprefix("keys ") for name in found if name.startswith("keys ")]
        best = {name: (found[f"keys {name}"], found[f"indices {name}"]) for name in names}
        return int(found["seen"]), best

    def write(self, seen: int, best: dict[str, tuple[NDArray[Any], NDArray[Any]]]) -> None:
        """Note how far the search is, unless it was noted a moment ago."""
        if time.monotonic() - self.written < _SECONDS:
            return
        arrays: dict[str, Any] = {"plan": np.array(self.plan), "seen": np.array(seen)}
        for name, (keys, indices) in best.items():
            arrays[f"keys {name}"], arrays[f"indices {name}"] = keys, indices
        draft = self.path.with_name(self.path.name + ".new")
        with draft.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(draft, self.path)
        self.written = time.monotonic()

    def remove(self) -> None:
        """Take the note away: the search is done."""
        self.path.unlink(missing_ok=True)
