"""Make the fruit of the chapter on ambiguous images: slices, cut out of one photograph.

    apt-get download palapeli-data
    dpkg-deb -x palapeli-data_*.deb PACKAGE
    .venv/bin/python tools/fruit.py PACKAGE

The jigsaw puzzles of Debian's package come with a file each that names author, licence and
source of the picture. One of them is citrus fruit in slices, photographed for the US Department
of Agriculture, in the public domain. Every slice that lies in it whole is cut out along an
ellipse and put on white, as the planets are; nobody has chosen among them for what the networks
say. They are written to book/fruit, with the table provenance.tsv.
"""

import configparser
import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).parents[1] / "book" / "fruit"
ROOM = Path("usr/share/palapeli/collection")
PUZZLE = "citrus-fruits"
VERSION = "palapeli-data 22.12.3"
SIZE = (1350, 890)  # of the photograph in which the places below are meant

# Centre and half axes of each whole slice, in pixels. The names are ours.
SLICES = {
    "grapefruit1": (410, 470, 211, 202),
    "grapefruit2": (1057, 453, 199, 206),
    "lemon1": (600, 192, 109, 107),
    "lemon2": (902, 177, 117, 115),
    "lime1": (360, 158, 124, 114),
    "lime2": (1136, 133, 113, 114),
    "lime3": (745, 371, 122, 118),
    "lime4": (238, 759, 124, 123),
    "orange": (729, 676, 179, 177),
}
MARGIN = 1.1  # side of the white square by the longer axis
FINER = 4  # the edge is drawn at four times the size, so that it comes out smooth
SIDE = 300
QUALITY = 82


def cut_out(photograph: Image.Image, x: int, y: int, across: int, down: int) -> Image.Image:
    """Return an ellipse of a photograph in the middle of a white square."""
    half = round(MARGIN * max(across, down))
    mask = Image.new("L", (2 * half * FINER, 2 * half * FINER))
    edge = [FINER * (half - across), FINER * (half - down)]
    edge += [FINER * (half + across), FINER * (half + down)]
    ImageDraw.Draw(mask).ellipse(edge, fill=255)
    mask = mask.resize((2 * half, 2 * half), Image.Resampling.LANCZOS)
    square = Image.new("RGB", mask.size, "white")
    square.paste(photograph.crop((x - half, y - half, x + half, y + half)), (0, 0), mask)
    return square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def main(package: Path) -> None:
    """Write the slices anew."""
    described = configparser.ConfigParser(interpolation=None, strict=False)
    described.read(package / ROOM / f"{PUZZLE}.desktop", encoding="utf-8")
    facts = described["Desktop Entry"]
    author, licence, source = (
        facts[f"X-KDE-PluginInfo-{key}"] for key in ("Author", "License", "Website")
    )
    if licence.lower() != "public domain":
        sys.exit(f"{PUZZLE} must be in the public domain, got {licence!r}")
    photograph = Image.open(package / ROOM / f"{PUZZLE}.jpg").convert("RGB")
    if photograph.size != SIZE:
        sys.exit(f"{PUZZLE}.jpg must be of {SIZE} pixels, got {photograph.size}")
    TARGET.mkdir(exist_ok=True)
    rows, total = [], 0
    for name, (x, y, across, down) in SLICES.items():
        packed = io.BytesIO()
        cut_out(photograph, x, y, across, down).save(packed, "WEBP", quality=QUALITY, method=6)
        (TARGET / f"{name}.webp").write_bytes(packed.getvalue())
        total += len(packed.getvalue())
        where = f"{PUZZLE}.jpg, {2 * across} by {2 * down} pixels around ({x}, {y})"
        rows.append((f"{name}.webp", author, "Public domain", source, where))
    head = f"file\tauthor\tlicence\tsource\tin {VERSION}"
    table = "\n".join([head, *map("\t".join, rows)])
    (TARGET / "provenance.tsv").write_text(table + "\n", encoding="utf-8")
    print(f"{len(rows)} slices, {total / 1e3:.0f} kB, in {TARGET}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
