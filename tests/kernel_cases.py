"""Labelled kernels for `identify`, made by code that shares nothing with it.

Each case is a label, the words of which at least one must occur in the name, the family or
the aliases, and a kernel. The labels are right by construction: the kernel is made from a
known one by what the words say. Cases without words have no simple description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.ndimage
import scipy.signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Case(NamedTuple):
    label: str
    words: tuple[str, ...]
    kernel: np.ndarray


SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
PREWITT = np.array([[-1.0, 0, 1]] * 3)
SCHARR = np.array([[-3.0, 0, 3], [-10, 0, 10], [-3, 0, 3]])
CROSS = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
SQUARE = np.array([[1.0, 1, 1], [1, -8, 1], [1, 1, 1]])
DELTA = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
EMBOSS = np.array([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]])


def gaussian(size, sigma, across=None, angle=0.0):
    h, w = (size, size) if np.isscalar(size) else size
    y, x = np.mgrid[:h, :w].astype(float)
    y, x = y - (h - 1) / 2, x - (w - 1) / 2
    s, c = np.sin(angle), np.cos(angle)
    along, off = x * c + y * s, -x * s + y * c
    g = np.exp(-0.5 * ((along / sigma) ** 2 + (off / (across or sigma)) ** 2))
    return g / g.sum()


def log_kernel(size, sigma):
    # MATLAB's way: the Laplacian of a Gaussian with its mean taken away.
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    r2 = x**2 + y**2
    g = np.exp(-r2 / (2 * sigma**2))
    out = (r2 - 2 * sigma**2) * g / (sigma**4 * g.sum())
    return out - out.mean()


def gabor(size, sigma, wavelength, angle, phase, gamma=1.0):
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    xr, yr = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    return np.exp(-(xr**2 + gamma**2 * yr**2) / (2 * sigma**2)) * np.cos(
        2 * np.pi * xr / wavelength + phase
    )


def rotated_line(size, angle):
    # As one does with OpenCV: draw a level line and turn the picture of it.
    line = np.zeros((size, size))
    line[size // 2] = 1
    return np.clip(scipy.ndimage.rotate(line, angle, reshape=False, order=1), 0, None) / size


def drawn_line(size, angle):
    line = np.zeros((size, size))
    for t in np.linspace(-(size // 2), size // 2, 8 * size):
        i, j = round(size // 2 + t * np.sin(angle)), round(size // 2 + t * np.cos(angle))
        line[i, j] = 1
    return line / line.sum()


def delta(size, i, j):
    out = np.zeros((size, size))
    out[i, j] = 1
    return out


def disk(radius):
    # From a radius of 3 on; at 2.9 pixels the disk is a square of 5 by 5.
    r = int(np.ceil(radius))
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    return (x**2 + y**2 <= radius**2).astype(float)


def gaussian_derivative(size, sigma, angle):
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    return (x * np.cos(angle) + y * np.sin(angle)) * gaussian(size, sigma)


def conv(*kernels):
    out = kernels[0]
    for kernel in kernels[1:]:
        out = scipy.signal.convolve2d(out, kernel)
    return out


def embed(kernel, size):
    out = np.zeros((size, size))
    i, j = (size // 2 - kernel.shape[0] // 2), (size // 2 - kernel.shape[1] // 2)
    out[i : i + kernel.shape[0], j : j + kernel.shape[1]] += kernel
    return out


def known(rng) -> Iterator[Case]:
    """Yield one kernel of every kind, with parameters drawn at random."""
    u, n, pick = rng.uniform, rng.integers, rng.choice

    def odd(low, high):
        return int(2 * n(low // 2, high // 2 + 1) + 1)

    sigma = u(0.6, 2.0)
    wide = 2 * int(np.ceil(2.5 * sigma)) + 1
    yield Case("identity", ("identity",), DELTA)
    size = odd(3, 7)
    i, j = n(0, size, 2)
    if (i, j) != (size // 2, size // 2):
        yield Case("shift", ("shift",), delta(size, i, j))
    yield Case("box", ("box", "mean"), np.full((n(2, 8), n(2, 8)), 0.1))
    yield Case("moving average", ("box", "mean", "motion"), np.full((1, n(2, 10)), 0.1))
    yield Case("gaussian", ("gauss",), gaussian(wide, sigma))
    yield Case("gaussian even", ("gauss",), gaussian(2 * int(np.ceil(2.5 * sigma)), sigma))
    yield Case("gaussian row", ("gauss",), gaussian((1, wide), sigma))
    yield Case("gaussian oblong", ("gauss",), gaussian(15, u(1.8, 2.6), u(0.7, 1.2), u(0, 3)))
    m = int(n(2, 7))
    row = np.poly(np.full(m, -1.0))
    yield Case("binomial", ("binomial", "gauss"), np.outer(row, row))
    yield Case("sobel", ("sobel",), SOBEL)
    yield Case(
        "sobel diagonal",
        ("sobel", "robinson"),
        np.array([[0.0, 1, 2], [-1, 0, 1], [-2, -1, 0]]),
    )
    big = conv(SOBEL, np.outer([1, 2, 1], [1, 2, 1]))
    yield Case("sobel 5", ("sobel",), big)
    angle = u(0.1, 1.4)
    yield Case("sobel turned", ("sobel",), np.cos(angle) * SOBEL + np.sin(angle) * SOBEL.T)
    yield Case("scharr", ("scharr",), SCHARR)
    yield Case("prewitt", ("prewitt",), PREWITT)
    yield Case("roberts", ("roberts",), np.array([[1.0, 0], [0, -1]]))
    yield Case("kirsch", ("kirsch",), np.array([[5.0, 5, 5], [-3, 0, -3], [-3, -3, -3]]))
    yield Case("central difference", ("central difference",), np.array([[-1.0, 0, 1]]))
    yield Case("forward difference", ("difference",), np.array([[-1.0, 1]]))
    yield Case("second difference", ("second d",), np.array([[1.0, -2, 1]]))
    yield Case("laplacian 4", ("laplacian (4",), CROSS)
    yield Case("laplacian 8", ("laplacian (8",), SQUARE)
    yield Case(
        "laplacian isotropic", ("laplacian",), u(0.2, 0.8) * CROSS + u(0.2, 0.8) * SQUARE
    )
    s = u(0.9, 2.2)
    yield Case(
        "log", ("log", "laplacian of gauss"), log_kernel(2 * int(np.ceil(3.2 * s)) + 1, s)
    )
    s = u(0.8, 1.6)
    dog = gaussian(2 * int(np.ceil(5 * s)) + 1, s) - gaussian(
        2 * int(np.ceil(5 * s)) + 1, u(1.5, 2) * s
    )
    yield Case("dog", ("dog", "difference of gauss", "laplacian of gauss"), dog)
    yield Case("sharpen 4", ("sharpen",), DELTA - u(0.3, 2) * CROSS)
    yield Case("sharpen 8", ("sharpen", "unsharp"), DELTA - u(0.2, 2) * SQUARE)
    s, k = u(0.7, 1.6), odd(5, 9)
    a = u(0.5, 2.5)
    yield Case(
        "unsharp",
        ("unsharp", "sharpen"),
        (1 + a) * delta(k, k // 2, k // 2) - a * gaussian(k, s),
    )
    k = odd(3, 7)
    yield Case(
        "unsharp box", ("unsharp", "sharpen"), (1 + a) * delta(k, k // 2, k // 2) - a / k**2
    )
    yield Case(
        "high-pass",
        ("high-pass", "laplacian", "mean removal"),
        delta(k, k // 2, k // 2) - 1 / k**2,
    )
    yield Case("emboss", ("emboss",), EMBOSS)
    slope = pick(5)
    lit = [SOBEL, PREWITT, np.rot90(EMBOSS - DELTA), SOBEL.T, EMBOSS - DELTA][slope]
    yield Case("emboss made", ("emboss",), u(0.5, 2) * DELTA + lit)
    k = odd(5, 11)
    yield Case("motion level", ("motion",), embed(np.full((1, k), 1 / k), k))
    yield Case("motion diagonal", ("motion",), np.eye(k) / k)
    yield Case("motion drawn", ("motion",), drawn_line(odd(7, 13), u(0, 3.1)))
    yield Case("motion turned", ("motion",), rotated_line(odd(7, 13), u(0, 180)))
    w = u(4, 8)
    yield Case(
        "gabor", ("gabor",), gabor(21, u(0.45, 0.6) * w, w, u(0, 3.1), u(0, 6.2), u(0.6, 1))
    )
    k = 2 * n(1, 4)
    half = np.repeat([-1.0, 1], k // 2)
    yield Case("haar edge", ("haar", "difference"), np.tile(half, (k, 1)))
    yield Case("haar diagonal", ("haar",), np.outer(half, half))
    yield Case("disk", ("disk", "pillbox"), disk(u(3, 5)))
    k = odd(5, 9)
    yield Case(
        "savitzky-golay",
        ("savitzky",),
        scipy.signal.savgol_coeffs(k, 2, use="dot")[np.newaxis],
    )
    s = u(0.9, 1.8)
    yield Case(
        "derivative of gaussian",
        ("derivative",),
        gaussian_derivative(2 * int(np.ceil(3 * s)) + 1, s, u(0, 6.2)),
    )
    yield Case(
        "tent", ("tent", "bilinear"), conv(np.ones((1, k)), np.ones((k, 1)), np.ones((k, k)))
    )
    yield Case("line detector", ("line", "second"), np.array([[-1.0, 2, -1]] * 3))


def products(rng) -> Iterator[Case]:
    """Yield convolutions of two known kernels."""
    bell = gaussian(5, rng.uniform(0.7, 1.2))
    box, row = np.full((3, 3), 1 / 9), np.array([[1.0, 2, 1]]) / 4
    slope = [SOBEL, PREWITT, SCHARR, SOBEL.T, PREWITT.T][rng.integers(5)]
    words = ("first derivative", "sobel", "prewitt", "scharr", "derivative")
    yield Case("slope of box", words, conv(slope, box))
    yield Case("slope of gaussian", words, conv(slope, bell))
    yield Case("laplacian of gaussian", ("laplacian",), conv(CROSS, bell))
    yield Case("laplacian of box", ("laplacian", "second derivative"), conv(SQUARE, box))
    yield Case("gaussian of gaussian", ("gauss",), conv(gaussian(9, 0.9), gaussian(9, 1.1)))
    yield Case("box of gaussian", ("box", "gauss", "blur", "smoothing"), conv(box, bell))
    yield Case("box of box", ("tent", "box", "blur"), conv(box, box))
    yield Case("sobel x of sobel y", ("mixed", "sobel"), conv(SOBEL, SOBEL.T))
    yield Case("shifted sobel", ("sobel",), conv(SOBEL, delta(3, *rng.integers(0, 3, 2))))
    yield Case("shifted box", ("box", "mean"), conv(box, delta(5, *rng.integers(0, 5, 2))))
    yield Case("sharpened blur", ("sharpen", "blur"), conv(DELTA - CROSS, np.outer(row, row)))
    yield Case("biharmonic", ("biharmonic", "laplacian"), conv(CROSS, CROSS))
    yield Case("two shifts", ("shift",), conv(delta(3, 0, 1), delta(3, 0, 2)))


def sums(rng) -> Iterator[Case]:
    """Yield sums of two known kernels that are no kernel of their own name."""
    a, b = rng.uniform(0.4, 2, 2)
    box = np.full((3, 3), 1 / 9)
    yield Case("identity + box", ("identity", "box", "blur", "smoothing"), a * DELTA + b * box)
    yield Case("box + sobel", ("sobel",), a * box + b * SOBEL)
    yield Case("sobel + laplacian", ("sobel",), a * SOBEL + b * CROSS)
    yield Case("prewitt + sharpen", ("prewitt", "sharpen"), a * PREWITT.T + b * (DELTA - CROSS))
    yield Case("sobel x + sobel y", ("sobel", "prewitt", "derivative"), SOBEL + SOBEL.T)
    yield Case("identity - box", ("high-pass", "laplacian"), DELTA - box)
    yield Case("shift - identity", ("difference",), delta(3, 1, 2) - DELTA)
    yield Case("left - right", ("difference",), delta(3, 1, 2) - delta(3, 1, 0))
    yield Case(
        "left + right", ("shift", "mean", "blur", "sum"), delta(3, 1, 2) + delta(3, 1, 0)
    )


def nameless(rng) -> Iterator[Case]:
    """Yield kernels without a name: random ones, and known weights mixed up."""
    h, w = rng.integers(3, 8, 2)
    yield Case("normal", (), rng.normal(size=(h, w)))
    yield Case("uniform", (), rng.uniform(size=(h, w)))
    yield Case("integers", (), rng.integers(-9, 10, (h, w)).astype(float))
    yield Case("digits", (), rng.integers(0, 10, (h, w)).astype(float))
    flat = gaussian(5, 1.0).ravel()
    yield Case("gaussian mixed up", (), rng.permutation(flat).reshape(5, 5))
    flat = np.array([-3.0, 5, 1, -7, 2, 4, -6, 9, -2])
    yield Case("numbers mixed up", (), rng.permutation(flat).reshape(3, 3))
    half = rng.normal(size=(5, 5))
    yield Case("symmetric noise", (), half + half[::-1, ::-1])
    yield Case("zero-sum noise", (), half - half.mean())
    yield Case("odd even noise", (), rng.normal(size=(4, 4)))


def disguised(case: Case, rng) -> Case:
    """Return the kernel scaled, turned, mirrored and padded: the label stays."""
    kernel = np.rot90(case.kernel, rng.integers(4))
    if rng.random() < 0.5:
        kernel = kernel.T
    kernel = kernel * rng.choice([1.0, -1.0, 0.125, 37.0, 1e-3, rng.uniform(0.1, 5)])
    if rng.random() < 0.4:
        r = int(rng.integers(1, 3))
        kernel = np.pad(kernel, r)
    return case._replace(kernel=kernel)


def noisy(case: Case, rng) -> Case:
    """Return the kernel with a few per cent of noise on every weight."""
    size = np.abs(case.kernel).max() * rng.uniform(0.002, 0.02)
    return case._replace(kernel=case.kernel + rng.normal(scale=size, size=case.kernel.shape))


def cases(seed: int, rounds: int) -> list[Case]:
    """Return some hundred cases a round."""
    rng = np.random.default_rng(seed)
    found: list[Case] = []
    makers: list[Callable[..., Iterator[Case]]] = [known, products, sums]
    for _ in range(rounds):
        for make in makers:
            for case in make(rng):
                found.append(case)
                found.append(disguised(case, rng))
        found += [noisy(disguised(case, rng), rng) for case in known(rng)]
        found += list(nameless(rng))
    return found


def judged(case: Case, report) -> str:
    """Return right, unsure (no name, or no claim) or wrong."""
    said = " ".join([report.name, report.family, *report.aliases]).lower()
    if report.confidence == "none":
        return "right" if not case.words else "unsure"
    if not case.words:
        return "wrong"
    return "right" if any(word in said for word in case.words) else "wrong"
