"""How long a correlation of a large image takes, as multiples of a plain copy of it.

Run it with ``python benchmarks/convolution.py`` after ``make test`` has set up the environment.
One thread is used. Ours needs NumPy and SciPy alone; scipy.ndimage, scipy.signal and, where it
is installed, PyTorch are measured in the same run. The numbers depend on the machine and on
what else it does; nothing is asserted.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import time
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import scipy.ndimage
import scipy.signal

from dlnotes.convolution import KERNELS, _engine, correlate

try:
    import torch
except ImportError:
    torch = None
else:
    torch.set_num_threads(1)

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE, REPEATS = 2048, 15


def fastest(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the shortest of several times of each; they take turns, so that load is shared.

    It is the time of the processor: with one thread that of the clock on an idle machine,
    and on a busy one it leaves out what others use.
    """
    best = dict.fromkeys(functions, np.inf)
    for _ in range(REPEATS):
        for name, function in functions.items():
            start = time.process_time()
            function()
            best[name] = min(best[name], time.process_time() - start)
    return best


def peers(image: np.ndarray, kernel: np.ndarray) -> dict[str, Callable[[], object]]:
    found = {
        "copy": image.copy,
        "dlnotes": lambda: correlate(image, kernel),
        "scipy.ndimage": lambda: scipy.ndimage.correlate(image, kernel, mode="constant"),
        "scipy.signal": lambda: scipy.signal.correlate2d(image, kernel, mode="same"),
    }
    if torch is not None:
        pixels = torch.from_numpy(image)[None, None]
        weights = torch.from_numpy(kernel)[None, None]
        found["torch"] = lambda: torch.nn.functional.conv2d(pixels, weights, padding="same")
    return found


def kernels_of_three() -> dict[str, np.ndarray]:
    return {
        "nine weights": np.random.default_rng(1).normal(size=(3, 3)),
        "Sobel": KERNELS["sobel_x"].array,
        "k3": KERNELS["outline"].array,
        "mean": KERNELS["box"].array,
    }


def table() -> None:
    print(f"{SIZE} x {SIZE}, multiples of a copy; load {os.getloadavg()[0]:.1f}")
    for dtype in (np.float32, np.float64):
        image = np.random.default_rng(0).normal(size=(SIZE, SIZE)).astype(dtype)
        for name, weights in kernels_of_three().items():
            times = fastest(peers(image, weights.astype(dtype)))
            copy = times.pop("copy")
            said = "".join(f"  {who} {spent / copy:6.1f}" for who, spent in times.items())
            print(f"{np.dtype(dtype).name}  {name:13s} copy {1e3 * copy:5.1f} ms{said}")


def memory() -> None:
    image = np.random.default_rng(0).normal(size=(SIZE, SIZE))
    correlate(image, KERNELS["outline"])
    tracemalloc.start()
    correlate(image, KERNELS["outline"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    rows = (peak - image.nbytes) / image[0].nbytes
    print(f"temporaries beside the output: {rows:.1f} rows of the image")


def crossover() -> None:
    """Where the Fourier transform overtakes the taps: the constant in the engine."""
    image = np.random.default_rng(0).normal(size=(1024, 1024)).astype(np.float32)
    kept = _engine._TAPS_BEFORE_FOURIER
    for side in (9, 13, 15, 17, 21):
        kernel = np.random.default_rng(side).normal(size=(side, side))

        def by(limit: float, kernel: np.ndarray = kernel) -> Callable[[], object]:
            def run() -> None:
                _engine._TAPS_BEFORE_FOURIER = limit
                correlate(image, kernel)

            return run

        times = fastest({"taps": by(np.inf), "Fourier": by(0)})
        said = "".join(f"  {who} {1e3 * spent:6.1f} ms" for who, spent in times.items())
        print(f"{side * side:4d} weights{said}")
    _engine._TAPS_BEFORE_FOURIER = kept


if __name__ == "__main__":
    table()
    memory()
    crossover()
