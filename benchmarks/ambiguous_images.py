"""Time the search for ambiguous images as multiples of reading the same numbers once.

Run from the root of the repository: ``python benchmarks/ambiguous_images.py [images]``. There
are 100,000 x 3 x 1000 float32 predictions unless told otherwise, 1.2 GB in memory. Nothing here
calls a linear algebra library, so all runs on one thread. Nothing is asserted about time: the
figures stand beside the targets.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from dlnotes.ambiguous_images import mine_several, predictive_entropy

SCORES = {
    "predictive_entropy": {},
    "mutual_information": {},
    "margin": {},
    "group_confusion": {"group_a": range(151, 269), "group_b": range(924, 936)},
}


def best_of(repeats, function):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def predictions(images):
    rng = np.random.default_rng(0)
    array = np.empty((images, 3, 1000), np.float32)
    for start in range(0, images, 1000):
        part = array[start : start + 1000]
        part[:] = rng.normal(0.0, 3.0, part.shape)
        np.exp(part, out=part)
        part /= part.sum(axis=-1, keepdims=True)
    return array


def main(images):
    array = predictions(images)
    read = best_of(5, lambda: array.reshape(-1).sum())
    print(f"{images} x 3 x 1000 float32, {array.nbytes / 1e9:.2f} GB")
    print(f"one warm read, one thread: {read:.3f} s, {array.nbytes / read / 1e9:.1f} GB/s")
    for title, compiled, target in (("NumPy alone", False, 45), ("with numba", True, 20)):
        mine_several(array[:64], SCORES, image_axis=0, compiled=compiled)  # compile, warm up
        taken = best_of(
            2, lambda c=compiled: mine_several(array, SCORES, image_axis=0, compiled=c)
        )
        print(
            f"four scores, {title}: {taken:6.2f} s, {taken / read:5.1f} reads (target {target})"
            f", {images / taken:,.0f} images a second"
        )
    rows = np.ascontiguousarray(array[:, 0])
    target_array = np.empty_like(rows)
    copy = best_of(5, lambda: np.copyto(target_array, rows))
    taken = best_of(3, lambda: predictive_entropy(rows))
    print(f"entropy of rows: {taken:6.2f} s, {taken / copy:5.1f} copies (target 10)")
    logs = best_of(3, lambda: [np.log(rows[i : i + 256]) for i in range(0, images, 256)])
    print(f"  of which the logarithms alone, in blocks: {logs / copy:5.1f} copies")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
