"""One plain sentence about a kernel, composed of what was found and what was measured."""

from __future__ import annotations

from math import atan2, degrees, hypot
from typing import TYPE_CHECKING

from dlnotes.convolution.report import NO_DESCRIPTION

if TYPE_CHECKING:
    from dlnotes.convolution.facts import KernelFacts
    from dlnotes.convolution.fitting import Match

__all__: list[str] = []

_COUNT = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COMPASS = (
    *("to the right", "to the lower right", "down", "to the lower left"),
    *("to the left", "to the upper left", "up", "to the upper right"),
)


def sentence(match: Match, facts: KernelFacts, confidence: str, residual: float) -> str:
    """Return what correlation with the kernel does, in one sentence."""
    if match.name == NO_DESCRIPTION:
        return _measured(facts)
    text = _core(match, facts)
    if match.family not in ("identity", "shift", "zero"):
        text += _displacement(facts)
    if confidence == "approximate" and residual > 0:
        text += f", to within {100 * residual:.2g} % of its weights"
    return text[0].upper() + text[1:] + "."


def _core(match: Match, facts: KernelFacts) -> str:
    name, family = match.name, match.family
    if family == "zero":
        return "makes every pixel zero"
    if family == "identity":
        return _identity(facts)
    if family == "shift":
        return _shift(facts, name)
    if family == "smoothing":
        return _smoothing(match, facts)
    if family == "interpolation":
        return f"fills in missing pixels from their neighbours: {name}{_times(facts.gain)}"
    if family == "sharpening":
        return (
            f"sharpens: keeps {_kept(facts.gain)} and amplifies what is fine, as unsharp "
            f"masking does; {_article(name)}"
        )
    if family == "embossing":
        return (
            f"embosses: the image{_times(facts.gain)} and a slope, as if lit from one side; "
            f"{_article(name)}"
        )
    if family == "high-pass":
        return f"keeps what a blur takes away, edges and fine detail; {_article(name)}"
    if family == "Gabor":
        return (
            f"responds to stripes of about {_n(match.details['wavelength'])} pixels that run "
            f"across the direction {_angle(match.details['angle'])}: a Gabor filter, a wave "
            "under a bell"
        )
    if family in ("sum", "product") or facts.derivative_order in (0, None):
        what = "does two things" if family == "sum" else "does two things in a row"
        return f"{what}: {name}"
    return _derivative(match, facts)


def _identity(facts: KernelFacts) -> str:
    gain = facts.gain
    if abs(gain - 1) < 1e-9:
        return "leaves the image as it is (identity)"
    if abs(gain + 1) < 1e-9:
        return "inverts the sign of the image and otherwise leaves it as it is (identity)"
    return f"multiplies the image by {_n(gain)} and otherwise leaves it as it is (identity)"


def _shift(facts: KernelFacts, name: str) -> str:
    down, right = -facts.centre[0], -facts.centre[1]
    text = f"shifts the image {_move(down, right)} under correlation, "
    text += f"{_move(-down, -right, short=True)} under convolution"
    if name != "shift":
        text += ", between pixels by linear interpolation"
    if abs(facts.gain - 1) > 1e-9:
        text += f", and multiplies it by {_n(facts.gain)}"
    return text


def _move(down: float, right: float, *, short: bool = False) -> str:
    parts = []
    for amount, forward, back in (
        (right, "to the right", "to the left"),
        (down, "down", "up"),
    ):
        if abs(amount) > 1e-9:
            way = forward if amount > 0 else back
            parts.append(way if short else f"{_pixels(abs(amount))} {way}")
    return " and ".join(parts) or "nowhere"


def _pixels(amount: float) -> str:
    whole = round(amount)
    count = _COUNT[whole] if abs(amount - whole) < 1e-9 and whole <= 10 else _n(amount)
    return f"{count} pixel" + ("" if abs(amount - 1) < 1e-9 else "s")


def _smoothing(match: Match, facts: KernelFacts) -> str:
    name, details = match.name, match.details
    if name in ("box blur", "motion blur") and "height" in details:
        h, w = int(details["height"]), int(details["width"])
        text = f"blurs: the mean over {h} by {w} pixels, a box blur"
        if 1 in (h, w):
            way = "vertical" if w == 1 else "horizontal"
            text = (
                f"blurs along {'columns' if w == 1 else 'rows'}: the mean of {max(h, w)} "
                f"pixels in a line, a one-pixel-wide box blur, which is {way} motion blur"
            )
    elif name == "motion blur":
        text = (
            f"blurs along one direction, {_angle(details['angle'])}, over about "
            f"{_n(details['length'])} pixels: motion blur"
        )
    elif "sigma along" in details:
        text = (
            f"blurs with a Gaussian of standard deviation {_n(details['sigma along'])} pixels "
            f"in one direction and {_n(details['sigma'])} across it"
        )
    elif "sigma" in details:
        text = f"blurs with a Gaussian of standard deviation {_measure(details['sigma'])}"
    elif "radius" in details:
        text = f"blurs with a disk of radius {_n(details['radius'])} pixels, as defocus does"
    elif name == "blur":
        text = "blurs: a symmetric weighted mean whose weights fall off from the middle"
    else:
        text = f"blurs: a weighted mean of the neighbourhood ({name})"
    return text + _times(facts.gain)


def _derivative(match: Match, facts: KernelFacts) -> str:
    order, moments, name = facts.derivative_order or 0, facts.moments, match.name
    if order == 1:
        down, right = moments
        size = hypot(down, right)
        angle = degrees(atan2(down, right))
        axis = {0: " along x", 90: " along y"}.get(round(abs(angle)) % 180, "")
        smooth = (
            ", smoothed across" if min(facts.shape) > 1 and facts.rank == 1 and axis else ""
        )
        return (
            f"first derivative{axis}: {_multiple(size)}the slope "
            f"{_towards(angle)}{smooth}; finds edges; {_article(name)}"
        )
    if order == 2:
        down, mixed, right = moments
        whole = max(map(abs, moments))
        if abs(down - right) < 0.02 * whole and abs(mixed) < 0.02 * whole:
            return (
                f"second derivative in all directions: {_multiple(down)}the Laplacian; "
                f"finds edges and spots; {_article(name)}"
            )
        if abs(down) < 0.02 * whole and abs(mixed) < 0.02 * whole:
            return (
                f"second derivative along x, {_n(right)} times{_smoothed(facts)}; finds "
                f"upright lines; {_article(name)}"
            )
        if abs(right) < 0.02 * whole and abs(mixed) < 0.02 * whole:
            return (
                f"second derivative along y, {_n(down)} times{_smoothed(facts)}; finds level "
                f"lines; {_article(name)}"
            )
        if abs(right) < 0.02 * whole and abs(down) < 0.02 * whole:
            return (
                f"mixed second derivative, once along x and once along y, {_n(mixed)} times; "
                f"{_article(name)}"
            )
        return (
            f"second derivatives, {_n(down)} times down twice, {_n(mixed)} times mixed "
            f"and {_n(right)} times right twice; {_article(name)}"
        )
    ordinal = {3: "third", 4: "fourth"}.get(order, f"{order}th")
    return f"derivative of the {ordinal} order; {_article(name)}"


def _smoothed(facts: KernelFacts) -> str:
    return ", smoothed across it" if facts.rank == 1 and min(facts.shape) > 1 else ""


def _displacement(facts: KernelFacts) -> str:
    """Say where the kernel lies if its middle is not the output's pixel."""
    down, right = facts.centre
    # Even sizes have no middle pixel: half a pixel is what they cannot avoid.
    half_row = facts.shape[0] % 2 == 0 and abs(abs(down) - 0.5) < 1e-6
    half_column = facts.shape[1] % 2 == 0 and abs(abs(right) - 0.5) < 1e-6
    down, right = (0.0 if half_row else down), (0.0 if half_column else right)
    lopsided = facts.derivative_order != 0 and not any("half" in s for s in facts.symmetry)
    if hypot(down, right) < 0.25 or lopsided:
        return ""
    return f", with the image shifted {_move(-round(down, 3), -round(right, 3))} (correlation)"


def _measured(facts: KernelFacts) -> str:
    order = facts.derivative_order
    if order == 0:
        kind = {
            "positive": "a weighted mean, since no weight is negative",
            "negative": "minus a weighted mean, since no weight is positive",
        }.get(facts.signs, "weights of both signs")
        kind += f", with gain {_n(facts.gain)}"
    else:
        kind = f"the weights sum to zero and the lowest derivative is of order {order}"
    form = "separable" if facts.separable else f"of rank {facts.rank}"
    even = {True: "symmetric", False: "without symmetry"}[bool(facts.symmetry)]
    return (
        f"No simple description: {kind}; {form}, {even}, {facts.band}, and the variance of "
        f"white noise is multiplied by {_n(facts.noise_gain)}."
    )


def _towards(angle: float) -> str:
    eighth = round(angle / 45) % 8
    if abs(angle - 45 * round(angle / 45)) < 1.5:
        return _COMPASS[eighth]
    return f"in the direction {_angle(angle % 360)}"


def _angle(angle: float) -> str:
    return f"{_n(round(angle, 1))}° (from the right, clockwise)"


def _times(gain: float) -> str:
    return "" if abs(gain - 1) < 5e-3 else f", times {_n(gain)}"


def _kept(gain: float) -> str:
    return "flat areas" if abs(gain - 1) < 5e-3 else f"flat areas, times {_n(gain)},"


def _article(name: str) -> str:
    first, then, second = name.partition(", then ")
    return f"made of {first} and then {second}" if then else f"the {name} kernel"


def _measure(pixels: float) -> str:
    return f"{_n(pixels)} pixel" + ("" if _n(pixels) == "1" else "s")


def _multiple(factor: float) -> str:
    if abs(abs(factor) - 1) < 1e-6:
        return "" if factor > 0 else "minus "
    return f"{_n(factor)} times "


def _n(value: float) -> str:
    return f"{round(float(value), 9) + 0.0:.3g}"
