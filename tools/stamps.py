"""Look for look-alikes in a larger pool: the stamps of Tux Paint.

    apt-get download tuxpaint-stamps-default
    dpkg-deb -x tuxpaint-stamps-default_*.deb PACKAGE
    .venv/bin/python tools/stamps.py PACKAGE STAMPS [SUBJECT SUBJECT ...]

The stamps of Debian's package, cut-outs of photographs among them fruit, are under the GPL, and
so they are not in the book. This puts them on white into the folder STAMPS, asks the networks
about them, and prints the pairs of different subject that lie closest in feature space; the
folder STAMPS/pairs has each pair side by side. Subjects are the folders of the package: with
`food space` it asks for fruit and planets. `python -m dlnotes predict STAMPS --out FILE`
and `python -m dlnotes mine FILE` do the rest.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from dlnotes.ambiguous_images import mean_prediction, neighbours_across_classes
from dlnotes.ambiguous_images.imagenet import class_names
from dlnotes.ambiguous_images.networks import crop, predict, read_picture

ROOM = Path("usr/share/tuxpaint/stamps")
DRAWN = ("cartoon", "symbols")  # folders of drawings
SMALLEST = 40  # pixels of the shorter side
MARGIN = 1.15  # side of the white square by the longer side of the stamp
SIDE = 300
TOP = 24


def stamps(room: Path) -> list[Path]:
    """Return the photographs among the stamps, in the order of their names."""
    found = []
    for file in sorted(room.rglob("*.png")):
        if set(DRAWN) & set(file.relative_to(room).parts) or file.stem.endswith("_mirror"):
            continue
        with Image.open(file) as image:
            if min(image.size) >= SMALLEST:
                found.append(file)
    return found


def on_white(file: Path) -> Image.Image:
    """Return a stamp in the middle of a white square."""
    stamp = Image.open(file).convert("RGBA")
    side = round(MARGIN * max(stamp.size))
    square = Image.new("RGBA", (side, side), "white")
    place = ((side - stamp.width) // 2, (side - stamp.height) // 2)
    square.alpha_composite(stamp, place)
    return square.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def main(package: Path, target: Path, *wanted: str) -> None:
    """Make the folder and name what looks alike in it."""
    room = package / ROOM
    files = [
        file for file in stamps(room) if not wanted or file.relative_to(room).parts[0] in wanted
    ]
    if not files:
        sys.exit(f"{room} has no such stamps: unpack tuxpaint-stamps-default there")
    names = [file.relative_to(room) for file in files]
    for file, name in zip(files, names, strict=True):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        on_white(file).save(target / name)
    print(f"{len(files)} stamps in {target}")
    pictures = [read_picture(target / name) for name in names]
    answers = predict(pictures)
    best = np.array(class_names())[mean_prediction(answers.probabilities).argmax(axis=1)]
    subjects = np.unique([name.parts[0] for name in names], return_inverse=True)[1]
    close = neighbours_across_classes(answers.features[1], subjects, metric="cosine", top=TOP)
    (target / "pairs").mkdir(exist_ok=True)
    for rank, (pair, distance) in enumerate(zip(close.pairs, close.distances, strict=True), 1):
        sheet = np.concatenate([crop(pictures[i], SIDE) for i in pair], axis=1)
        titles = [names[i].stem for i in pair]
        Image.fromarray(sheet).save(target / "pairs" / f"{rank:02d} {' - '.join(titles)}.png")
        said = " | ".join(f"{names[i].with_suffix('')}: {best[i]}" for i in pair)
        print(f"{rank:3d}  {distance:.3f}  {said}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
