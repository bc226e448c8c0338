"""Families of kernels with free parameters, each fitted to a kernel by least squares."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import leastsq
from scipy.signal import correlate2d

from dlnotes.convolution.facts import trimmed
from dlnotes.convolution.patterns import patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]

__all__ = ["Match"]

_LINE = ("blur", "directional blur", "line")


class Match(NamedTuple):
    """A named kernel beside the one that was given.

    Attributes
    ----------
    name, family : str
        What it is called, and the kind of thing it does.
    array : ndarray, shape (h, w)
        The named kernel, scaled and placed so that it is as near as possible.
    freedom : int
        How many numbers were fitted, the scale among them.
    aliases : tuple of str
        Other names.
    details : dict of str to float
        What was fitted, such as ``sigma``.
    """

    name: str
    family: str
    array: Array
    freedom: int = 1
    aliases: tuple[str, ...] = ()
    details: dict[str, float] = {}  # noqa: RUF012 - never changed


def families(weights: Array) -> Iterator[Match]:
    """Yield the best match of every family, simple ones first."""
    yield from _single(weights)
    yield from _boxes(weights)
    yield from _named(weights)
    yield from _sized(weights)
    yield from _motion(weights)
    yield from _disks(weights)
    yield from _gaussians(weights)
    yield from _sharpeners(weights)
    yield from _embossers(weights)
    yield from _steered(weights)
    yield from _gaussian_derivatives(weights)
    yield from _differences_of_gaussians(weights)
    yield from _gabors(weights)


def distance(weights: Array, array: Array) -> float:
    """Return the norm of the difference as a fraction of the norm of the weights."""
    return float(np.linalg.norm(weights - array) / np.linalg.norm(weights))


def _place(weights: Array, pattern: Array) -> Array | None:
    """Return the multiple of a pattern, at the place in the kernel, that comes nearest."""
    if any(p > n for p, n in zip(pattern.shape, weights.shape, strict=True)):
        return None
    products = correlate2d(weights, pattern, mode="valid")
    i, j = np.unravel_index(np.abs(products).argmax(), products.shape)
    array = np.zeros_like(weights)
    here = (slice(i, i + pattern.shape[0]), slice(j, j + pattern.shape[1]))
    array[here] = pattern * (products[i, j] / (pattern**2).sum())
    return array


def _combine(weights: Array, *basis: Array) -> tuple[Array, Array]:
    """Return the linear combination of the basis that comes nearest, and its coefficients."""
    if len(basis) == 1:
        (one,) = basis
        square = float((one * one).sum())
        c = float((one * weights).sum()) / square if square > 0 else 0.0
        return c * one, np.array([c])
    one, two = basis
    a, b, c = float((one * one).sum()), float((one * two).sum()), float((two * two).sum())
    determinant = a * c - b * b
    if determinant <= 1e-10 * a * c:  # as good as parallel
        array, (x,) = _combine(weights, one)
        return array, np.array([x, 0.0])
    p, q = float((one * weights).sum()), float((two * weights).sum())
    x, y = (c * p - b * q) / determinant, (a * q - b * p) / determinant
    return x * one + y * two, np.array([x, y])


def _search(
    weights: Array,
    basis: Callable[[Array], Sequence[Array]],
    starts: Sequence[Sequence[float]],
) -> tuple[Array, Array, Array]:
    """Fit parameters that enter nonlinearly; at each point the linear ones are solved for."""
    scale = np.linalg.norm(weights)

    def errors(parameters: Array) -> Array:
        return ((_combine(weights, *basis(parameters))[0] - weights) / scale).ravel()

    # MINPACK by its older door: the new one spends most of its time around it.
    found = [
        leastsq(errors, start, xtol=1e-10, ftol=1e-10, maxfev=200, full_output=True)[0]
        for start in starts
    ]
    best = min(found, key=lambda point: float((errors(point) ** 2).sum()))
    array, coefficients = _combine(weights, *basis(best))
    return array, coefficients, best


def _grid(
    weights: Array,
) -> tuple[Array, Array]:
    """Return rows and columns counted from the middle of the kernel."""
    h, w = weights.shape
    return np.arange(h)[:, np.newaxis] - (h - 1) / 2, np.arange(w) - (w - 1) / 2


def _bell(a: Array, b: Array, down: float, right: float) -> Array:
    return np.exp(-(a**2) / (2 * down**2)) * np.exp(-(b**2) / (2 * right**2))


def _sigma(logarithm: float) -> float:
    return exp(min(max(logarithm, -2.5), 4.5))


# Single weights, rectangles, patterns.


def _single(weights: Array) -> Iterator[Match]:
    i, j = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    array = np.zeros_like(weights)
    array[i, j] = weights[i, j]
    at_home = (i, j) == (weights.shape[0] // 2, weights.shape[1] // 2)
    yield Match("identity" if at_home else "shift", "identity" if at_home else "shift", array)
    inside, _ = trimmed(weights, 1e-9)
    if inside.shape in ((1, 2), (2, 1), (2, 2)) and (inside > 0).all():
        # Interpolation between neighbours, by weights that are not all the same.
        column, row = inside.sum(axis=1), inside.sum(axis=0)
        product = np.outer(column, row) / inside.sum()
        if np.ptp(product) > 1e-6 * product.max() and inside.shape != (2, 2):
            yield Match("sub-pixel shift", "shift", weights, 2, ("linear interpolation",))
        elif np.ptp(product) > 1e-6 * product.max():
            array = np.where(weights > 0, weights, 0)
            array[weights > 0] = product.ravel()
            yield Match("sub-pixel shift", "shift", array, 3, ("bilinear interpolation",))


def _boxes(weights: Array) -> Iterator[Match]:
    _, (i, j) = trimmed(weights, 0.5)
    inside, _ = trimmed(weights, 0.5)
    h, w = inside.shape
    if h * w < 2:
        return
    array = np.zeros_like(weights)
    array[i : i + h, j : j + w] = inside.mean()
    aliases = ("mean", "average", "moving average", "box filter")
    details = {"height": float(h), "width": float(w)}
    if 1 in (h, w) and min(weights.shape) > 1 and max(h, w) > 2:
        yield Match("motion blur", "smoothing", array, 1, ("box blur", *aliases), details)
    else:
        extra = ("motion blur",) if 1 in (h, w) else ()
        yield Match("box blur", "smoothing", array, 1, (*aliases, *extra), details)


def _named(weights: Array) -> Iterator[Match]:
    for pattern in patterns():
        array = _place(weights, pattern.array)
        if array is not None and distance(weights, array) < 0.25:
            yield Match(pattern.name, pattern.family, array, 1, pattern.aliases)


def _sized(weights: Array) -> Iterator[Match]:
    """Binomial and tent kernels of every size that fits."""
    if (weights < -0.05 * np.abs(weights).max()).any() and (weights > 0).any():
        return
    rows: dict[str, Callable[[int], Array]] = {
        "Gaussian blur (binomial)": lambda n: np.poly(np.full(n - 1, -1.0)),
        # The hat function at whole pixels, or at half pixels: 1 2 3 2 1 and 1 3 5 5 3 1.
        "tent blur (bilinear)": lambda n: n - np.abs(np.arange(1.0 - n, n, 2)) + n % 2,
    }
    aliases = {
        "Gaussian blur (binomial)": ("binomial", "Gaussian", "bilinear upsampling"),
        "tent blur (bilinear)": ("tent", "triangle", "bilinear upsampling", "blur"),
    }
    h, w = (min(n, 33) for n in weights.shape)
    for name, row in rows.items():
        for n in range(3 if name[0] == "G" else 5, max(h, w) + 1):
            line = row(n)
            for pattern in (line[np.newaxis], line[:, np.newaxis], np.outer(line, line)):
                array = _place(weights, pattern / np.linalg.norm(pattern))
                if array is not None and distance(weights, array) < 0.25:
                    yield Match(name, "smoothing", array, 1, aliases[name], {"size": float(n)})


def _motion(weights: Array) -> Iterator[Match]:
    """A line of equal weights in any direction, drawn with or without soft edges."""
    if min(weights.shape) < 3 or weights.sum() == 0:
        return
    sign = np.sign(weights.sum())
    mass = np.clip(sign * weights, 0, None)
    mass = np.where(mass > 0.02 * mass.max(), mass, 0) / mass.sum()
    a, b = _grid(weights)
    middle = (float((mass * a).sum()), float((mass * b).sum()))
    a, b = a - middle[0], b - middle[1]
    spread = np.array(
        [
            [(mass * a * a).sum(), (mass * a * b).sum()],
            [(mass * a * b).sum(), (mass * b * b).sum()],
        ]
    )
    (thin, thick), axes = np.linalg.eigh(spread)
    if thick < 0.6 or thin > 0.45 or thin > 0.2 * thick:
        return
    angle = float(np.arctan2(axes[0, 1], axes[1, 1]))
    length = float(np.sqrt(12 * thick + 1))
    for array in (*_hard_lines(weights), *_soft_lines(weights, middle, angle, length)):
        yield Match(
            "motion blur",
            "smoothing",
            array,
            3,
            _LINE,
            {"angle": round(np.degrees(angle), 1) % 180, "length": length},
        )
    # Equal weights along the line, whatever their distribution across it.
    along = np.round(a * axes[0, 1] + b * axes[1, 1])
    sums = np.array([mass[along == s].sum() for s in np.unique(along)])
    if (
        len(sums) >= 3
        and np.ptp(sums[1:-1]) < 0.3 * sums.max()
        and sums[1:-1].min() > 0.5 * sums.max()
    ):
        array = np.where(mass > 0, weights, 0)
        yield Match(
            "motion blur",
            "smoothing",
            array,
            min(int((mass > 0).sum()), weights.size - 4),
            _LINE,
            {"angle": round(np.degrees(angle), 1) % 180, "length": length},
        )


def _hard_lines(weights: Array) -> Iterator[Array]:
    support = np.abs(weights) > 0.5 * np.abs(weights).max()
    if support.sum() > 1:
        yield np.where(support, weights[support].mean(), 0)


def _soft_lines(
    weights: Array, middle: tuple[float, float], angle: float, length: float
) -> Iterator[Array]:
    """Lines whose weight at a pixel falls off with its distance, as MATLAB draws them."""
    a, b = _grid(weights)
    a, b = a - middle[0], b - middle[1]
    s, c = np.sin(angle), np.cos(angle)
    along, across = np.abs(a * s + b * c), np.abs(a * c - b * s)
    for half in np.linspace(length / 2 - 1, length / 2 + 0.5, 7):
        beyond = np.clip(along - half, 0, None)
        line = np.clip(1 - np.hypot(across, beyond), 0, None)
        if line.any():
            yield _combine(weights, line)[0]


def _disks(weights: Array) -> Iterator[Match]:
    """A disk of equal weights, hard-edged or with the rim weighted by its area."""
    if min(weights.shape) < 3 or weights.min() < -0.2 * np.abs(weights).max():
        return
    support = weights > 0.5 * weights.max()
    radius = float(np.sqrt(support.sum() / np.pi))
    if radius < 1.2:
        return
    a, b = _grid(weights)
    fine = (np.arange(8) + 0.5) / 8 - 0.5
    for r in np.arange(max(radius - 0.5, 1), radius + 0.55, 0.05):
        hard = np.where(np.hypot(a, b) <= r + 1e-9, 1.0, 0.0)
        soft = np.mean([np.hypot(a + da, b + db) <= r for da in fine for db in fine], axis=0)
        for disk in (hard, soft):
            yield Match(
                "disk blur",
                "smoothing",
                _combine(weights, disk)[0],
                2,
                ("pillbox", "defocus", "blur", "mean"),
                {"radius": float(r)},
            )


# Bells and what is made of them.


def _gaussians(weights: Array) -> Iterator[Match]:
    sign = np.sign(weights.sum())
    if sign == 0 or (sign * weights).min() < -0.35 * np.abs(weights).max():
        return
    mass = np.clip(sign * weights, 0, None)
    mass = mass / mass.sum()
    a, b = _grid(weights)
    start = [float((mass * a).sum()), float((mass * b).sum())]
    variance = ((mass * (a - start[0]) ** 2).sum(), (mass * (b - start[1]) ** 2).sum())
    logs = [0.5 * np.log(max(float(v), 0.05)) for v in variance]
    flat = [i for i in (0, 1) if weights.shape[i] > 1]
    mean = float(np.mean([logs[i] for i in flat])) if flat else 0.0

    def isotropic(p: Array) -> list[Array]:
        return [_bell(a - p[1], b - p[2], _sigma(p[0]), _sigma(p[0]))]

    def centred(p: Array) -> list[Array]:
        return [_bell(a, b, _sigma(p[0]), _sigma(p[0]))]

    def anisotropic(p: Array) -> list[Array]:
        s, c = np.sin(p[4]), np.cos(p[4])
        down, right = a - p[2], b - p[3]
        return [_bell(down * c - right * s, down * s + right * c, _sigma(p[0]), _sigma(p[1]))]

    if weights.size >= 3:
        array, _, p = _search(weights, centred, [[mean]])
        yield Match(
            "Gaussian blur", "smoothing", array, 2, ("Gaussian",), {"sigma": _sigma(p[0])}
        )
    if weights.size >= 9 and np.abs(start).max() > 0.05:
        array, _, p = _search(weights, isotropic, [[mean, *start]])
        yield Match(
            "Gaussian blur", "smoothing", array, 4, ("Gaussian",), {"sigma": _sigma(p[0])}
        )
    if min(weights.shape) >= 3:
        starts = [[logs[0], logs[1], *start, t] for t in (0.0, np.pi / 4)]
        array, _, p = _search(weights, anisotropic, starts)
        thin, thick = sorted((_sigma(p[0]), _sigma(p[1])))
        angle = float(np.degrees(p[4])) + (90 if p[0] > p[1] else 0)
        if thick > 0.6 * max(weights.shape) and thin < 1:
            # So long that its weights do not fall off inside the kernel: a soft line.
            length = float(max(weights.shape))
            yield Match(
                "motion blur",
                "smoothing",
                array,
                6,
                _LINE,
                {"angle": angle % 180, "length": length},
            )
        else:
            yield Match(
                "Gaussian blur (anisotropic)",
                "smoothing",
                array,
                6,
                ("Gaussian blur", "Gaussian"),
                {"sigma": thin, "sigma along": thick},
            )


def _peak(weights: Array) -> Array:
    """Return a one at the place of the largest weight: where an identity would be."""
    spot = np.zeros_like(weights)
    spot[np.unravel_index(np.abs(weights).argmax(), weights.shape)] = 1
    return spot


def _sharpeners(weights: Array) -> Iterator[Match]:
    """The identity and a blur: sharpening, unsharp masking, what a blur takes away."""
    if max(weights.shape) < 3:
        return
    spot = _peak(weights)
    i, j = np.argwhere(spot)[0]
    if not np.any((weights * weights[i, j] < 0)):
        return
    rings = {
        "4-neighbour": [[0, 1, 0], [1, 0, 1], [0, 1, 0]],
        "8-neighbour": [[1, 1, 1], [1, 0, 1], [1, 1, 1]],
        "diagonal": [[1, 0, 1], [0, 0, 0], [1, 0, 1]],
        "binomial": [[1, 2, 1], [2, 0, 2], [1, 2, 1]],
        "nine-point": [[1, 4, 1], [4, 0, 4], [1, 4, 1]],
        "row": [[1, 0, 1]],
        "column": [[1], [0], [1]],
    }
    for label, rows in rings.items():
        ring = _around(np.array(rows, dtype=float), (int(i), int(j)), weights.shape)
        if ring is not None:
            yield from _sharpener(weights, spot, ring, label, 2, {})
    half = min(i, j, weights.shape[0] - 1 - i, weights.shape[1] - 1 - j)
    for r in range(2, half + 1):
        binomial = np.poly(np.full(2 * r, -1.0))
        for label, block in (
            (f"{2 * r + 1} by {2 * r + 1} box", np.ones((2 * r + 1, 2 * r + 1))),
            (f"{2 * r + 1} by {2 * r + 1} binomial", np.outer(binomial, binomial)),
        ):
            blur = _around(block / block.sum(), (int(i), int(j)), weights.shape)
            if blur is not None:
                yield from _sharpener(weights, spot, blur, label, 2, {})
    if half >= 1:
        a = np.arange(weights.shape[0])[:, np.newaxis] - i
        b = np.arange(weights.shape[1]) - j

        def basis(p: Array) -> list[Array]:
            bell = _bell(a, b, _sigma(p[0]), _sigma(p[0]))
            return [spot, bell / bell.sum()]

        _, _, p = _search(weights, basis, [[0.0], [1.0]])
        blur = basis(p)[1]
        if _sigma(p[0]) > 0.45:
            yield from _sharpener(weights, spot, blur, "Gaussian", 3, {"sigma": _sigma(p[0])})


def _around(block: Array, place: tuple[int, int], shape: tuple[int, ...]) -> Array | None:
    """Return a small array laid with its middle on a place of a larger one, if it fits."""
    (h, w), (i, j) = (
        block.shape,
        (place[0] - block.shape[0] // 2, place[1] - block.shape[1] // 2),
    )
    if i < 0 or j < 0 or i + h > shape[0] or j + w > shape[1]:
        return None
    array = np.zeros(shape)
    array[i : i + h, j : j + w] = block
    return array


def _sharpener(
    weights: Array,
    spot: Array,
    blur: Array,
    label: str,
    freedom: int,
    details: dict[str, float],
) -> Iterator[Match]:
    array, (own, around) = _combine(weights, spot, blur)
    if own * around >= 0 or distance(weights, array) > 0.25:
        return
    gain = own + around * blur.sum()
    ratio = gain / abs(around * blur.sum())
    if abs(ratio) < 1e-6 or (abs(ratio) < 0.03 and distance(weights, array) > 1e-4):
        flat = _combine(weights, spot - blur / blur.sum())[0]
        yield Match(
            f"high-pass (identity minus {label} blur)",
            "high-pass",
            flat,
            freedom - 1,
            (
                "high-pass",
                "mean removal",
                "Laplacian-like",
                "edge detection",
                "unsharp residual",
            ),
            details,
        )
    elif ratio * own > 0:
        amount = abs(around * blur.sum() / gain)
        masked = "box" in label or "binomial" in label or label == "Gaussian"
        gentle = masked or (label == "8-neighbour" and amount <= 1.8)
        name = f"unsharp mask ({label})" if gentle else f"sharpen ({label})"
        yield Match(
            name,
            "sharpening",
            array,
            freedom,
            ("sharpen", "unsharp mask", "high boost"),
            {"amount": float(amount), **details},
        )


def _embossers(weights: Array) -> Iterator[Match]:
    """The identity and a slope: light from one side."""
    if min(weights.shape) < 3 or not (weights > 0).any() or not (weights < 0).any():
        return
    middle = (weights.shape[0] // 2, weights.shape[1] // 2)
    spot = np.zeros_like(weights)
    spot[middle] = 1
    for pattern in patterns():
        block = pattern.array
        odd = block.shape[0] % 2 and block.shape[1] % 2
        if pattern.family != "first derivative" or not odd:
            continue
        if np.abs(block + block[::-1, ::-1]).max() > 1e-9:
            continue
        slope = _around(block, middle, weights.shape)
        if slope is None:
            continue
        array, (own, lit) = _combine(weights, spot, slope)
        if abs(own) > 0.1 * abs(lit) and distance(weights, array) < 0.25:
            yield Match(
                "emboss", "embossing", array, 2, (f"identity plus {pattern.name}", "relief")
            )


def _steered(weights: Array) -> Iterator[Match]:
    """A slope along any direction: a gradient operator's two kernels, mixed."""
    if min(weights.shape) < 3 or abs(weights.sum()) > 0.2 * np.abs(weights).sum():
        return
    middle = (weights.shape[0] // 2, weights.shape[1] // 2)
    for pattern in patterns():
        block = pattern.array
        h, w = block.shape
        turned = np.rot90(block)
        if pattern.family != "first derivative" or h != w or h % 2 == 0:
            continue
        if "diagonal" in pattern.name:  # the mixtures of Sobel's kernels, or of Prewitt's
            continue
        if abs((block * turned).sum()) > 1e-9 or np.abs(block + block[::-1, ::-1]).max() > 1e-9:
            continue
        one, two = _around(block, middle, weights.shape), _around(turned, middle, weights.shape)
        if one is not None and two is not None:
            array, (c, s) = _combine(weights, one, two)
            if (
                min(abs(c), abs(s)) > 0.02 * max(abs(c), abs(s))
                and distance(weights, array) < 0.25
            ):
                name = pattern.name.split(" (")[0]
                yield Match(
                    f"{name} (turned)", "first derivative", array, 2, (name, "gradient")
                )


def _gaussian_derivatives(weights: Array) -> Iterator[Match]:
    if max(weights.shape) < 4 or abs(weights.sum()) > 0.25 * np.abs(weights).sum():
        return
    a, b = _grid(weights)
    one = np.ones_like(weights)
    square = min(weights.shape) > 2
    extent = np.log(max(weights.shape) / 6)

    def first(p: Array) -> list[Array]:
        bell = _bell(a, b, _sigma(p[0]), _sigma(p[-1]))
        return [each for each in (a * bell, b * bell) if each.any()]

    for free in (1, 2) if square else (1,):
        array, _, p = _search(weights, first, [[extent] * free, [extent + 0.7] * free])
        yield Match(
            "derivative of Gaussian",
            "first derivative",
            array,
            (3 if square else 2) + free - 1,
            ("Gaussian derivative", "gradient", "DroG"),
            {"sigma": _sigma(p[0])},
        )

    def second(p: Array, down: bool) -> list[Array]:
        t, sigma = (a, _sigma(p[0])) if down else (b, _sigma(p[-1]))
        return [(t**2 - sigma**2) * _bell(a, b, _sigma(p[0]), _sigma(p[-1])) * one]

    for down in (True, False):
        if weights.shape[0 if down else 1] < 4:
            continue
        for free in (1, 2) if square else (1,):
            array, _, p = _search(
                weights,
                lambda p, d=down: second(p, d),
                [[extent] * free, [extent + 0.7] * free],
            )
            yield Match(
                "second derivative of Gaussian",
                "second derivative",
                array,
                1 + free,
                ("Gaussian derivative", "line detector"),
                {"sigma": _sigma(p[0] if down else p[-1])},
            )
    if not square:
        return

    def mixed(p: Array) -> list[Array]:
        return [a * b * _bell(a, b, _sigma(p[0]), _sigma(p[0]))]

    array, _, p = _search(weights, mixed, [[extent]])
    yield Match(
        "mixed derivative of Gaussian",
        "mixed derivative",
        array,
        2,
        ("Gaussian derivative",),
        {"sigma": _sigma(p[0])},
    )

    def laplacian(p: Array) -> Array:
        sigma = _sigma(p[0])
        return (a**2 + b**2 - 2 * sigma**2) * _bell(a, b, sigma, sigma)

    for corrected in (False, True):
        # Cut off at the rim the sum is not quite zero; some take its mean away again.
        def shape(p: Array, corrected: bool = corrected) -> list[Array]:
            values = laplacian(p)
            return [values - values.mean() if corrected else values]

        array, _, p = _search(weights, shape, [[extent], [extent + 0.6], [-0.3]])
        yield Match(
            "Laplacian of Gaussian (LoG)",
            "Laplacian of Gaussian",
            array,
            2,
            ("Mexican hat", "Marr-Hildreth", "Ricker"),
            {"sigma": _sigma(p[0])},
        )


def _differences_of_gaussians(weights: Array) -> Iterator[Match]:
    if weights.size < 9 or not (weights > 0).any() or not (weights < 0).any():
        return
    a, b = _grid(weights)
    reach = max(weights.shape) / 2

    def basis(p: Array) -> list[Array]:
        bells = [_bell(a, b, _sigma(q), _sigma(q)) for q in p]
        return [bell / bell.sum() for bell in bells]

    starts = [np.log([reach / 5, reach / 3]), np.log([reach / 3, reach])]
    array, (narrow, wide), p = _search(weights, basis, [list(s) for s in starts])
    if narrow * wide < 0:
        small, large = sorted(_sigma(q) for q in p)
        if small > 0.35 and large / small > 1.02:
            yield Match(
                "difference of Gaussians (DoG)",
                "difference of Gaussians",
                array,
                4,
                ("DoG", "Mexican hat", "Laplacian of Gaussian-like"),
                {"sigma": small, "sigma wide": large},
            )


def _gabors(weights: Array) -> Iterator[Match]:
    """A wave under a bell."""
    if max(weights.shape) < 5 or not (weights > 0).any() or not (weights < 0).any():
        return
    a, b = _grid(weights)
    size = 64
    spectrum = np.abs(np.fft.fft2(weights - weights.mean(), s=(size, size)))
    k, m = np.unravel_index(spectrum[:, : size // 2 + 1].argmax(), (size, size // 2 + 1))
    u, v = 2 * np.pi * ((k + size // 2) % size - size // 2) / size, 2 * np.pi * m / size
    mass = weights**2 / (weights**2).sum()
    wide = 0.5 * np.log(max(float((mass * (a**2 + b**2)).sum()), 0.3))

    def basis(p: Array) -> list[Array]:
        angle = np.arctan2(p[2], p[3])
        s, c = np.sin(angle), np.cos(angle)
        bell = _bell(a * s + b * c, a * c - b * s, _sigma(p[0]), _sigma(p[1]))
        phase = p[2] * a + p[3] * b
        return [bell * np.cos(phase), bell * np.sin(phase)]

    flat = min(weights.shape) == 1
    array, _, p = _search(weights, basis, [[wide, wide, u, v], [wide + 0.5, wide + 0.5, u, v]])
    frequency = float(np.hypot(p[2], p[3]))
    if frequency * _sigma(p[0]) > 1.45 and 0.1 < frequency < 1.05 * np.pi:
        yield Match(
            "Gabor",
            "Gabor",
            array,
            4 if flat else 6,
            ("Gabor filter", "oriented band-pass"),
            {
                "wavelength": 2 * np.pi / frequency,
                "angle": float(np.degrees(np.arctan2(p[2], p[3])) % 180),
                "sigma": _sigma(p[0]),
            },
        )
