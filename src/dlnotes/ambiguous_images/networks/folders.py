"""A whole folder of pictures: what cannot be read is named, and a killed run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.ambiguous_images.networks.catalogue import NETWORKS, predict, weight_file
from dlnotes.ambiguous_images.networks.pictures import find_pictures, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["FolderReport", "predict_folder"]

_PART = 32  # pictures between two notes: a killed run loses no more


@dataclass(slots=True)
class FolderReport:
    """What has become of the pictures of a folder.

    Parameters
    ----------
    predicted : int
        How many pictures were shown to the networks.
    skipped : dict of str to str
        Names of the pictures that could not be read, each with the reason.
    resumed : int
        How many of all were done by an earlier run that was stopped.

    Examples
    --------
    >>> FolderReport(2, {"broken.png": "cut short"}).predicted
    2
    """

    predicted: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    resumed: int = 0


def predict_folder(
    folder: Path,
    out: Path,
    names: Iterable[str] = tuple(NETWORKS),
    *,
    progress: Callable[[int, int], object] | None = None,
) -> FolderReport:
    """Ask networks about every picture in a folder, and write the answers into a file.

    Parameters
    ----------
    folder : pathlib.Path
        Where the pictures are, in it or in folders in it.
    out : pathlib.Path
        A .npz file: ``folder``, ``files`` (images,), ``networks`` (models,) and
        ``probabilities`` (images, models, 1000). While the run lasts, a folder beside it,
        ``OUT.parts``, holds what is done; from there a killed run goes on when it is started
        again.
    names : iterable of str
        Which networks of `NETWORKS`.
    progress : callable, optional
        Called after each part with the number of pictures done and of all.

    Returns
    -------
    FolderReport
        What was predicted and what was skipped.

    Raises
    ------
    ImportError
        If the weights of a network, or what runs them, are not installed.
    OSError
        If the file cannot be written, or there is no such folder.
    ValueError
        If the folder holds no picture that can be read, or a network is unknown.

    Examples
    --------
    >>> from pathlib import Path
    >>> predict_folder(Path("nowhere"), Path("answers.npz"))
    Traceback (most recent call last):
    ...
    NotADirectoryError: folder must be a folder of pictures, got 'nowhere'
    """
    chosen = tuple(names)
    for name in chosen:  # what cannot run is refused before anything is written
        weight_file(name)
    pictures = find_pictures(folder)
    parts = out.with_name(out.name + ".parts")
    _start(parts, _plan(folder, pictures, chosen))
    report = FolderReport()
    for first in range(0, len(pictures), _PART):
        part = parts / f"{first:09d}.npz"
        group = pictures[first : first + _PART]
        if part.exists():
            report.resumed += len(group)
        else:
            _predict_part(folder, group, part, chosen)
        if progress is not None:
            progress(min(first + _PART, len(pictures)), len(pictures))
    _join(parts, out, folder, chosen, report)
    shutil.rmtree(parts)
    return report


def _plan(folder: Path, pictures: list[Path], names: tuple[str, ...]) -> str:
    """Describe the run: if the pictures or the networks change, it starts anew."""
    digest = hashlib.sha256()
    for picture in pictures:
        facts = (folder / picture).stat()
        digest.update(f"{picture.as_posix()} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return json.dumps({"networks": names, "part": _PART, "pictures": digest.hexdigest()})


def _start(parts: Path, plan: str) -> None:
    file = parts / "plan.json"
    if file.exists() and file.read_text(encoding="utf-8") == plan:
        return
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    file.write_text(plan, encoding="utf-8")


def _predict_part(folder: Path, group: list[Path], part: Path, names: tuple[str, ...]) -> None:
    read, files, skipped = [], [], {}
    for picture in group:
        try:
            read.append(read_picture(folder / picture))
            files.append(picture.as_posix())
        except (OSError, ValueError) as error:
            skipped[picture.as_posix()] = " ".join(str(error).split())
    answers = predict(read, names).probabilities.swapaxes(0, 1)
    draft = part.with_suffix(".new")
    with draft.open("wb") as file:
        np.savez(
            file,
            files=np.array(files, dtype=str),
            probabilities=answers,
            skipped=np.array(json.dumps(skipped)),
        )
    os.replace(draft, part)


def _join(
    parts: Path, out: Path, folder: Path, names: tuple[str, ...], report: FolderReport
) -> None:
    """Write all parts into one file, one part in memory at a time."""
    import zipfile

    stored = sorted(parts.glob("*.npz"))
    files: list[str] = []
    for part in stored:
        with np.load(part, allow_pickle=False) as found:
            files += found["files"].tolist()
            report.skipped.update(json.loads(str(found["skipped"])))
    report.predicted = len(files)
    if not files:
        first, reason = next(iter(report.skipped.items()))
        msg = (
            f"folder must hold a picture that can be read, got {len(report.skipped)} that "
            f"cannot; the first is {first}: {reason}"
        )
        raise ValueError(msg)
    draft = out.with_name(out.name + ".new")
    with zipfile.ZipFile(draft, "w", allowZip64=True) as archive:
        small: dict[str, Any] = {
            "folder": np.array(str(folder.resolve())),
            "files": np.array(files),
            "networks": np.array(names),
        }
        for name, array in small.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        with archive.open("probabilities.npy", "w", force_zip64=True) as member:
            header = {
                "descr": np.lib.format.dtype_to_descr(np.dtype(np.float32)),
                "fortran_order": False,
                "shape": (len(files), len(names), 1000),
            }
            np.lib.format.write_array_header_1_0(member, header)
            for part in stored:
                with np.load(part, allow_pickle=False) as found:
                    member.write(np.ascontiguousarray(found["probabilities"]).tobytes())
    os.replace(draft, out)
