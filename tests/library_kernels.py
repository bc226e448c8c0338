"""Labelled kernels out of installed libraries, none of them written here.

Each library says itself what its kernel is, by the name of a function, a constant or a
filter. The weights are read from the library while the tests run: from its constants, or as
the picture that its filter makes of a single bright pixel. `LIBRARIES` has one function for
each; what is not installed is left out by whoever asks. The words are the library's own for
the kernel, and what else the same thing is called.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from kernel_cases import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLUR = ("smooth", "blur", "mean", "gauss", "box")
SLOPE = ("derivative", "difference")


def answer(apply: Callable[[np.ndarray], np.ndarray], size: int = 41) -> np.ndarray:
    """Return the picture of one bright pixel without its margin of zeros."""
    image = np.zeros((size, size))
    image[size // 2, size // 2] = 1
    out = np.asarray(apply(image), dtype=float)
    rows, columns = np.nonzero(np.abs(out) > 1e-12 * np.abs(out).max())
    # As far on one side of the pixel as on the other, so that nothing is shifted.
    down, right = (int(np.abs(places - size // 2).max()) for places in (rows, columns))
    middle = size // 2
    return out[middle - down : middle + down + 1, middle - right : middle + right + 1]


def ndimage(scipy_ndimage: Any) -> Iterator[Case]:
    n = scipy_ndimage
    for axis in (0, 1):
        yield Case(f"sobel {axis}", ("sobel",), answer(lambda x, a=axis: n.sobel(x, a)))
        yield Case(f"prewitt {axis}", ("prewitt",), answer(lambda x, a=axis: n.prewitt(x, a)))
        yield Case(
            f"correlate1d difference {axis}",
            ("central difference",),
            answer(lambda x, a=axis: n.correlate1d(x, [-1, 0, 1], a)),
        )
        for sigma in (0.8, 1.5):
            yield Case(
                f"gaussian_filter1d {sigma} {axis}",
                ("gauss",),
                answer(lambda x, a=axis, s=sigma: n.gaussian_filter1d(x, s, a)),
            )
            order = (1, 0) if axis == 0 else (0, 1)
            yield Case(
                f"gaussian_filter first derivative {sigma} {axis}",
                ("derivative",),
                answer(lambda x, o=order, s=sigma: n.gaussian_filter(x, s, order=o)),
            )
    yield Case("laplace", ("laplacian",), answer(n.laplace))
    for sigma in (0.7, 1.0, 1.6, 2.5):
        yield Case(
            f"gaussian_filter {sigma}",
            ("gauss",),
            answer(lambda x, s=sigma: n.gaussian_filter(x, s)),
        )
        yield Case(
            f"gaussian_laplace {sigma}",
            ("laplacian", "log"),
            answer(lambda x, s=sigma: n.gaussian_laplace(x, s)),
        )
    yield Case(
        "gaussian_filter oblong",
        ("gauss",),
        answer(lambda x: n.gaussian_filter(x, (0.9, 2.1))),
    )
    for size in (3, 5, 7, (3, 5), (1, 5)):
        yield Case(
            f"uniform_filter {size}",
            ("box", "mean"),
            answer(lambda x, s=size: n.uniform_filter(x, s)),
        )
    yield Case("shift", ("shift",), answer(lambda x: n.shift(x, (0, 1), order=1)))
    yield Case(
        "half shift",
        ("shift", "interpolation", "mean"),
        np.array(answer(lambda x: n.shift(x, (0, 0.5), order=1))),
    )


def windows(scipy_signal: Any) -> Iterator[Case]:
    w = scipy_signal.windows
    for size, sigma in ((7, 1.1), (9, 1.5), (13, 2.2)):
        row = w.gaussian(size, sigma)
        yield Case(f"windows.gaussian {size}", ("gauss",), np.outer(row, row))
    for size in (3, 6):
        row = w.boxcar(size)
        yield Case(f"windows.boxcar {size}", ("box", "mean"), np.outer(row, row))
    for size in (5, 7):
        row = w.triang(size)
        yield Case(f"windows.triang {size}", ("tent", "triang", "bilinear"), np.outer(row, row))
    for name in ("hann", "hamming", "blackman", "parzen", "cosine"):
        row = w.get_window(name, 9, fftbins=False)
        yield Case(f"windows.{name}", (*BLUR, "hann", "hamming"), np.outer(row, row))
    for length, order in ((5, 2), (7, 2), (9, 3)):
        row = scipy_signal.savgol_coeffs(length, order, use="dot")
        yield Case(f"savgol_coeffs {length}", ("savitzky",), row[np.newaxis])
    row = scipy_signal.savgol_coeffs(5, 2, deriv=1, use="dot")
    yield Case("savgol_coeffs derivative", ("savitzky", *SLOPE), row[np.newaxis])


def pillow(image_filter: Any) -> Iterator[Case]:
    words = {
        "BLUR": BLUR,
        "CONTOUR": ("laplacian", "edge", "outline"),
        "DETAIL": ("sharpen", "unsharp", "detail"),
        "EDGE_ENHANCE": ("sharpen", "unsharp"),
        "EDGE_ENHANCE_MORE": ("sharpen", "unsharp"),
        "EMBOSS": ("emboss", *SLOPE),
        "FIND_EDGES": ("laplacian", "edge", "outline"),
        "SHARPEN": ("sharpen", "unsharp"),
        "SMOOTH": BLUR,
        "SMOOTH_MORE": BLUR,
    }
    for name, said in words.items():
        (width, height), scale, _, weights = getattr(image_filter, name).filterargs
        yield Case(name, said, np.reshape(weights, (height, width)) / scale)


def scikit_image(filters: Any) -> Iterator[Case]:
    edges = importlib.import_module("skimage.filters.edges")
    for start in ("SOBEL", "SCHARR", "PREWITT", "FARID"):
        words = (start.lower(), "derivative") if start == "FARID" else (start.lower(),)
        for letter in "HV":
            kernel = np.asarray(getattr(edges, f"{letter}{start}_WEIGHTS"), dtype=float)
            yield Case(f"{letter}{start}_WEIGHTS", words, kernel)
    for name in ("ROBERTS_PD_WEIGHTS", "ROBERTS_ND_WEIGHTS"):
        yield Case(name, ("roberts",), np.asarray(getattr(edges, name), dtype=float))
    yield Case("laplace", ("laplacian",), answer(lambda x: filters.laplace(x)))
    for sigma in (1.0, 2.0):
        yield Case(
            f"gaussian {sigma}", ("gauss",), answer(lambda x, s=sigma: filters.gaussian(x, s))
        )
    yield Case(
        "difference_of_gaussians",
        ("dog", "difference of gauss", "laplacian"),
        answer(lambda x: filters.difference_of_gaussians(x, 1.0, 1.6)),
    )
    yield Case(
        "unsharp_mask",
        ("unsharp", "sharpen"),
        answer(lambda x: filters.unsharp_mask(x, 1.0, 1.0, preserve_range=True) - 0.0),
    )
    for frequency, theta in ((0.2, 0.0), (0.15, 0.8), (0.25, 2.0)):
        kernel = filters.gabor_kernel(frequency, theta=theta)
        yield Case(f"gabor_kernel real {frequency}", ("gabor",), np.real(kernel))
        yield Case(f"gabor_kernel imaginary {frequency}", ("gabor",), np.imag(kernel))


def opencv(cv2: Any) -> Iterator[Case]:
    def product(pair: Any) -> np.ndarray:
        along, down = (np.asarray(each, dtype=float) for each in pair)
        return down @ along.T

    for size in (3, 5, 7):
        for order in ((1, 0), (0, 1)):
            kernel = product(cv2.getDerivKernels(*order, size))
            yield Case(f"getDerivKernels {order} {size}", ("sobel",), kernel)
    for order in ((1, 0), (0, 1)):
        kernel = product(cv2.getDerivKernels(*order, cv2.FILTER_SCHARR))
        yield Case(f"getDerivKernels Scharr {order}", ("scharr",), kernel)
        kernel = product(cv2.getDerivKernels(*(2 * n for n in order), 3))
        yield Case(f"getDerivKernels second {order}", ("second derivative", "line"), kernel)
    kernel = product(cv2.getDerivKernels(1, 1, 3))
    yield Case("getDerivKernels mixed", ("mixed", "sobel", "difference"), kernel)
    for size, sigma in ((3, 0), (5, 0), (7, 1.2), (9, 1.8)):
        row = np.asarray(cv2.getGaussianKernel(size, sigma), dtype=float)
        yield Case(f"getGaussianKernel {size} {sigma}", ("gauss", "binomial"), row @ row.T)
    for angle, wavelength in ((0.0, 6.0), (0.7, 5.0), (2.1, 8.0)):
        for phase in (0.0, 1.0):
            kernel = cv2.getGaborKernel((21, 21), 3.0, angle, wavelength, 0.8, phase)
            yield Case(f"getGaborKernel {angle:.1f} {phase}", ("gabor",), kernel)
    for size in (3, 5):
        yield Case(
            f"blur {size}", ("box", "mean"), answer(lambda x, s=size: cv2.blur(x, (s, s)))
        )
    yield Case("GaussianBlur", ("gauss",), answer(lambda x: cv2.GaussianBlur(x, (9, 9), 1.4)))
    for size in (1, 3, 5):
        yield Case(
            f"Laplacian {size}",
            ("laplacian",),
            answer(lambda x, s=size: cv2.Laplacian(x, cv2.CV_64F, ksize=s)),
        )


#: Module to import, and what reads the kernels out of it.
LIBRARIES: dict[str, Callable[[Any], Iterator[Case]]] = {
    "scipy.ndimage": ndimage,
    "scipy.signal": windows,
    "PIL.ImageFilter": pillow,
    "skimage.filters": scikit_image,
    "cv2": opencv,
}
