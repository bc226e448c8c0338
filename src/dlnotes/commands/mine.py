"""``python -m dlnotes mine``: the most ambiguous pictures among a file of answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.ambiguous_images import SCORES, imagenet, mine, most_confused_pair
from dlnotes.ambiguous_images.networks import crop, read_picture
from dlnotes.ambiguous_images.sources import take
from dlnotes.commands import CommandError
from dlnotes.commands._progress import Bar

if TYPE_CHECKING:
    import argparse

    from dlnotes.ambiguous_images import MiningResult

__all__ = ["DESCRIPTION", "add_arguments", "run"]

_TILE = 240  # pixels of a picture on the sheet

DESCRIPTION = """\
Rank the pictures that predict has asked about by how much they look like two things at once,
print the best, and draw them. far-pair-confusion looks for any two distant classes,
class-pair-confusion and group-confusion for those that are named, as names of classes or as
identifiers of WordNet, such as n02084071 for all dogs."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The parser of the subcommand.

    Examples
    --------
    >>> import argparse
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["answers.npz"]).score
    'far-pair-confusion'
    """
    names = ", ".join(name.replace("_", "-") for name in SCORES)
    parser.add_argument("predictions", type=Path, help="what predict has written")
    parser.add_argument("--score", default="far-pair-confusion", help=f"one of {names}")
    parser.add_argument("--top", type=int, default=50, help="how many pictures (%(default)s)")
    parser.add_argument("--a", nargs="+", metavar="CLASS", help="the first class or group")
    parser.add_argument("--b", nargs="+", metavar="CLASS", help="the second class or group")
    parser.add_argument("--pictures", type=Path, help="where they are, if moved since predict")
    parser.add_argument("--sheet", type=Path, help="file for a contact sheet: .png, .svg, .pdf")


def run(options: argparse.Namespace) -> int:
    """Search, print and draw.

    Parameters
    ----------
    options : argparse.Namespace
        What the parser read.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    CommandError
        If the file, the score or a class cannot be used.

    Examples
    --------
    >>> from argparse import Namespace
    >>> options = Namespace(predictions=Path("nowhere.npz"), sheet=None)
    >>> run(options)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    dlnotes.commands.CommandError: predictions must be a file of predict, ...
    """
    folder, files = _pictures(options.predictions)
    folder = options.pictures or folder
    if options.sheet and not folder.is_dir():
        msg = f"the pictures are not in {str(folder)!r}; say where they are with --pictures"
        raise CommandError(msg)
    score = options.score.replace("-", "_")
    bar = Bar("pictures")
    try:
        found = mine(
            options.predictions,
            score,
            top=options.top,
            image_axis=0,
            progress=lambda done: bar(done, len(files)),
            **_parameters(score, options.a, options.b),
        )
        answers = take(options.predictions, found.indices, image_axis=0)
    except (OSError, TypeError, ValueError) as error:
        raise CommandError(str(error)) from None
    _print(found, files, answers)
    if options.sheet:
        _draw(options.sheet, found, [folder / files[i] for i in found.indices], answers)
    return 0


def _pictures(path: Path) -> tuple[Path, list[str]]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return Path(str(stored["folder"])), [str(name) for name in stored["files"]]
    except (OSError, ValueError, KeyError, EOFError, IndexError) as error:
        msg = f"predictions must be a file of predict, got {str(path)!r}: {error}"
        raise CommandError(msg) from None


def _parameters(score: str, a: list[str] | None, b: list[str] | None) -> dict[str, Any]:
    """Return the parameters of a score, from what was written on the command line."""
    if score in ("far_pair_confusion", "rao_quadratic_entropy"):
        return {"distance": imagenet.class_distance()}
    if score not in ("class_pair_confusion", "group_confusion"):
        return {}
    if not a or not b:
        msg = f"{score.replace('_', '-')} needs --a and --b"
        raise CommandError(msg)
    groups = [_classes(words) for words in (a, b)]
    if score == "group_confusion":
        return {"group_a": groups[0], "group_b": groups[1]}
    for words, group in zip((a, b), groups, strict=True):
        if len(group) != 1:
            msg = f"class-pair-confusion takes one class each, got {' '.join(words)}"
            raise CommandError(msg)
    return {"a": groups[0][0], "b": groups[1][0]}


def _classes(words: list[str]) -> list[int]:
    names = [name.lower() for name in imagenet.class_names()]
    chosen: set[int] = set()
    for word in words:
        exact = [k for k, name in enumerate(names) if name == word.lower()]
        if not exact:
            try:
                exact = imagenet.classes_below(word).tolist()
            except ValueError:
                near = [name for name in names if word.lower() in name][:3]
                hint = f"; there is {', '.join(near)}" if near else ""
                msg = f"no class of ImageNet is called {word!r}{hint}"
                raise CommandError(msg) from None
        chosen.update(exact)
    return sorted(chosen)


def _print(found: MiningResult, files: list[str], answers: np.ndarray[Any, Any]) -> None:
    names = imagenet.class_names()
    width = max((len(files[i]) for i in found.indices), default=0)
    pairs = most_confused_pair(answers)
    for i, value, (a, b) in zip(found.indices, found.scores, pairs, strict=True):
        print(f"{value:8.4f}  {files[i]:{width}}  {names[a]} or {names[b]}?")


def _draw(
    sheet: Path, found: MiningResult, pictures: list[Path], answers: np.ndarray[Any, Any]
) -> None:
    from dlnotes import figures

    try:
        tiles = [crop(read_picture(picture), _TILE) for picture in pictures]
        figure = figures.ambiguous_images.contact_sheet(
            tiles, answers, class_names=imagenet.class_names(), columns=5
        )
        figure.savefig(sheet, dpi=200)
    except (OSError, ValueError) as error:
        msg = f"the sheet was not drawn: {error}"
        raise CommandError(msg) from None
    print(sheet)
