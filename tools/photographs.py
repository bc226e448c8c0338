"""Make the set of photographs of the chapter on ambiguous images.

    apt-get download gcompris-qt-data
    dpkg-deb -x gcompris-qt-data_*.deb PACKAGE
    .venv/bin/python tools/photographs.py PACKAGE

The pictures of Debian's package are in resource files of Qt, each folder of them with a README
that names author, licence and source of each file. Only what is marked CC0 or public domain
there, with its source, is taken. It is scaled down and written to book/photographs, with
the table provenance.tsv.
"""

import io
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

TARGET = Path(__file__).parents[1] / "book" / "photographs"

# Activity and folder, and how many of its pictures there are to one that is taken, in the order
# of their names: nobody has chosen pictures for what the networks say about them.
FOLDERS = {
    ("solar_system", "resource"): 1,
    ("categorization", "others"): 1,
    ("categorization", "fishes"): 1,
    ("categorization", "monuments"): 1,
    ("categorization", "renewable"): 2,
    ("categorization", "tools"): 2,
    ("explore_farm_animals", "animals"): 1,
    ("explore_world_animals", "animals"): 1,
    ("explore_world_music", "music"): 1,
}
NAMES = {"solar_system": "planets", "others": "things", "animals": "animals"}
FREE = {"cc0-1.0": "CC0-1.0", "public domain": "Public domain"}
SIDE = 300  # of the shorter side: the networks look at squares of at most 292 pixels
QUALITY = 82


def read_resources(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file in a resource file of Qt."""
    if data[:4] != b"qres":
        msg = "no resource file of Qt: it does not begin with qres"
        raise ValueError(msg)
    version, tree, content, names = struct.unpack_from(">IIII", data, 4)
    entry = 22 if version >= 2 else 14

    def walk(node: int, above: str) -> Iterator[tuple[str, bytes]]:
        name, flags = struct.unpack_from(">IH", data, tree + node * entry)
        (length,) = struct.unpack_from(">H", data, names + name)
        text = data[names + name + 6 :][: 2 * length].decode("utf-16-be") if node else ""
        path = f"{above}/{text}".strip("/")
        if flags & 2:  # a folder
            count, first = struct.unpack_from(">II", data, tree + node * entry + 6)
            for child in range(first, first + count):
                yield from walk(child, path)
            return
        (offset,) = struct.unpack_from(">I", data, tree + node * entry + 10)
        (size,) = struct.unpack_from(">I", data, content + offset)
        file = data[content + offset + 4 :][:size]
        if flags & 4:
            msg = f"{path} is packed with zstd"
            raise ValueError(msg)
        yield path, zlib.decompress(file[4:]) if flags & 1 else file

    yield from walk(0, "")


def read_licences(readme: str) -> dict[str, dict[str, str]]:
    """Return for each file that a README names what it says about it."""
    found = {}
    for paragraph in re.split(r"\n\s*\n", readme):
        fields: dict[str, list[str]] = {}
        key = ""
        for line in paragraph.splitlines():
            head = re.match(r"(Copyright|License|Licence|Source|Comment|Files):\s*(.*)", line)
            key = head[1].replace("ence", "ense") if head else key
            fields.setdefault(key, []).append((head[2] if head else line).strip())
        comment = " ".join(fields.get("Source", []) + fields.get("Comment", []))
        address = re.search(r"https?://\S+", comment)
        holders = [re.sub(r"^Copyright |^\d{4} ", "", x) for x in fields.get("Copyright", [])]
        facts = {
            "author": ", ".join(re.sub(r"^\d{4} ", "", x) for x in holders if x),
            "licence": FREE.get(" ".join(fields.get("License", [])).strip().lower(), ""),
            "source": address[0] if address else "",
        }
        for file in fields.get("Files", []):
            if file:
                found[file] = facts
    return found


def scaled(data: bytes) -> bytes:
    """Return a picture on white, its shorter side at most SIDE, as WebP."""
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    image = white.convert("RGB")
    factor = min(1.0, SIDE / min(image.size))
    image = image.resize([round(factor * n) for n in image.size], Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    image.save(packed, "WEBP", quality=QUALITY, method=6)
    return packed.getvalue()


def main(package: Path) -> None:
    """Write the set anew."""
    rows, total = [], 0
    for old in TARGET.glob("*/*.webp"):
        old.unlink()
    for (activity, folder), step in FOLDERS.items():
        file = package / "usr/share/gcompris-qt/rcc" / f"{activity}.rcc"
        inside = {
            Path(path).name: data
            for path, data in read_resources(file.read_bytes())
            if Path(path).parent.name == folder
        }
        facts = read_licences(inside["README"].decode("utf-8"))
        free = [
            name
            for name in sorted(inside)
            if name.endswith(".webp") and all(facts.get(name, {"licence": ""}).values())
        ]
        room = NAMES.get(activity) or NAMES.get(folder, folder)
        (TARGET / room).mkdir(parents=True, exist_ok=True)
        for name in free[::step]:
            packed = scaled(inside[name])
            (TARGET / room / name).write_bytes(packed)
            total += len(packed)
            of = facts[name]
            where = f"{activity}/{folder}/{name}"
            rows.append((f"{room}/{name}", of["author"], of["licence"], of["source"], where))
    lines = [
        "file\tauthor\tlicence\tsource\tin gcompris-qt-data 3.1",
        *map("\t".join, sorted(rows)),
    ]
    (TARGET / "provenance.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} photographs, {total / 1e6:.1f} MB, in {TARGET}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
