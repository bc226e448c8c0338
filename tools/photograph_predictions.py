"""Write down what the networks say in the chapter on ambiguous images.

    .venv/bin/python tools/photograph_predictions.py

Runs the cells of the chapter where the networks are installed, and stores all that the chapter
has asked them in book/photographs/predictions.npz, for readers without them. To be run again
when the photographs, the weights or the questions of the chapter change. A test compares the
stored answers about the photographs with what the networks say.
"""

import contextlib
import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import chapters  # noqa: E402, I001  (the tests know how to run a chapter)

from dlnotes.ambiguous_images.recordings import Recording  # noqa: E402


def main() -> None:
    """Run the chapter and save what it heard."""
    asked: list[Recording] = []
    begin = Recording.__init__

    def noted(self: Recording, path: str | Path) -> None:
        begin(self, path)
        asked.append(self)

    Recording.__init__ = noted
    # Whatever a cell shows is of no interest here.
    with contextlib.redirect_stdout(io.StringIO()):
        chapters.run(chapters.read(ROOT / "book" / "ambiguous_images.md"))
    (recording,) = asked
    if recording.missing:
        sys.exit(f"not installed: {', '.join(recording.missing)}")
    recording.path = ROOT / "book" / "photographs" / "predictions.npz"
    recording.save()
    print(
        f"{len(recording.heard)} sets of answers, {recording.path.stat().st_size / 1e3:.0f} kB"
    )


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
