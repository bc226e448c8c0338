"""Thousands of calls of SciPy's own tests, recorded while they run and asked of dlnotes.

SciPy's tests ship in its wheel. They run in a process of their own with the plugin
`scipy_recorder`; what they ask of scipy.ndimage and scipy.signal about images of at most two
axes is put to `correlate` and `convolve` in our terms, and must have the same result or,
where SciPy refuses, be refused. Every call that is left out is counted under its reason.
"""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal

from dlnotes.convolution import convolve, correlate

HERE = Path(__file__).resolve().parent
CHOSEN = (
    "(correlate or convolve or uniform or sobel or prewitt or laplace or Convolve or Correlate"
    " or boundaries or extend) and not OAConvolve and not FFTConvolve and not AllFreq"
    " and not choose_conv"
)
ODD_ROW = {
    "sobel": (np.array([-1.0, 0, 1]), np.array([1.0, 2, 1])),
    "prewitt": (np.array([-1.0, 0, 1]), np.array([1.0, 1, 1])),
}


class LeftOutError(Exception):
    """A call that is about something this package does not have."""


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """Run SciPy's tests once and return what they asked."""
    folder = tmp_path_factory.mktemp("scipy")
    (folder / "pytest.ini").write_text("[pytest]\n")
    recording = folder / "calls.pickle"
    words = [
        *(sys.executable, "-m", "pytest", "-c", "pytest.ini", "-p", "scipy_recorder", "-q"),
        *("-p", "no:cacheprovider", "-p", "no:randomly", "--pyargs", "-k", CHOSEN),
        *("scipy.ndimage.tests.test_filters", "scipy.signal.tests.test_signaltools"),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "SCIPY_RECORDING": str(recording),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    # Written by the process above a moment ago, in a folder of our own.
    return [pickle.loads(call) for call in pickle.loads(recording.read_bytes())]


def bound(name, args, kwargs):
    module, _, attribute = name.rpartition(".")
    home = scipy.ndimage if module == "scipy.ndimage" else scipy.signal
    signature = inspect.signature(getattr(home, attribute))
    try:
        arguments = signature.bind(*args, **kwargs)
    except TypeError as error:
        msg = "the call does not fit SciPy's signature"
        raise LeftOutError(msg) from error
    arguments.apply_defaults()
    return attribute, arguments.arguments


def plane(array, what):
    """Return an array of one or two axes as an image."""
    array = np.asarray(array)
    if array.dtype == object:
        msg = "Python objects as numbers"
        raise LeftOutError(msg)
    if array.dtype.kind == "c":
        msg = "complex numbers"
        raise LeftOutError(msg)
    if array.dtype.itemsize > 8:
        msg = "longer than float64"
        raise LeftOutError(msg)
    if array.ndim == 1:
        array = array[np.newaxis]
    if array.ndim != 2:
        msg = f"{what} of more than two axes, or of none"
        raise LeftOutError(msg)
    if array.size == 0:
        msg = "empty arrays, which SciPy passes on and this package refuses"
        raise LeftOutError(msg)
    # One precision on both sides, so that only the algorithm is compared.
    return array.astype(np.float64)


def ask(name, args, kwargs):
    """Return our answer to a call; one with complex numbers is asked in real parts."""
    attribute, given = bound(name, args, kwargs)
    ndimage = name.startswith("scipy.ndimage")
    put = ask_ndimage if ndimage else ask_signal
    image, kernel = ("input", "weights") if ndimage else ("in1", "in2")
    outside = "cval" if ndimage else "fillvalue"
    parts_of = {
        key: [
            (1, np.real),
            *([(1j, np.imag)] if np.iscomplexobj(np.asarray(given[key])) else []),
        ]
        for key in (image, kernel)
        if key in given
    }
    if max(map(len, parts_of.values())) == 1:
        return put(attribute, given)
    target = given.get("output")
    if target is not None:
        kind = target.dtype if isinstance(target, np.ndarray) else np.dtype(target)
        if kind.kind != "c":
            msg = "a real output for complex numbers"
            raise LeftOutError(msg)
    answer = 0
    for factor, of_image in parts_of[image]:
        for other, of_kernel in parts_of.get(kernel, [(1, np.real)]):
            parts = {**given, image: of_image(given[image])}
            if kernel in given:
                parts[kernel] = of_kernel(given[kernel])
            if outside in given and len(parts_of[image]) == 2:
                parts[outside] = of_image(given[outside])
            # SciPy's correlations take the conjugate of the kernel.
            turned = np.conj(other) if "correlate" in attribute else other
            answer = answer + factor * turned * put(attribute, parts)
    return answer


def ask_ndimage(attribute, given):
    if given.get("axes") is not None:
        msg = "a choice of axes"
        raise LeftOutError(msg)
    image = np.asarray(given["input"])
    mode, cval = given["mode"], given.get("cval", 0.0)
    if not isinstance(mode, str):
        msg = "another boundary for each axis"
        raise LeftOutError(msg)
    options = {"boundary": f"ndimage.{mode}"}
    if mode in ("constant", "grid-constant"):
        options["fill_value"] = cval
    flat = image.ndim == 1
    run = convolve if attribute.startswith("convolve") else correlate
    if attribute in ("correlate", "convolve"):
        kernel = np.asarray(given["weights"])
        if flat != (kernel.ndim == 1) and kernel.ndim <= 2 and image.ndim <= 2:
            msg = "image and kernel differ in their axes"
            raise ValueError(msg)
        kernel = plane(kernel, "kernel")
        origin = given["origin"]
        origins = (0, origin) if flat else np.broadcast_to(origin, 2)
        if flat and np.ndim(origin):
            origins = (0, *origin)
        anchor = tuple(n // 2 + o for n, o in zip(kernel.shape, origins, strict=True))
        return unflat(run(plane(image, "image"), kernel, anchor=anchor, **options), flat)
    if attribute in ("correlate1d", "convolve1d", "uniform_filter1d"):
        row = along(given, attribute)
        picture = plane(image, "image")
        axis = range(image.ndim)[given["axis"]] + (2 - image.ndim)
        kernel = row[np.newaxis] if axis == 1 else row[:, np.newaxis]
        place = row.size // 2 + given["origin"]
        anchor = (0, place) if axis == 1 else (place, 0)
        return unflat(run(picture, kernel, anchor=anchor, **options), flat)
    picture = plane(image, "image")
    if attribute == "uniform_filter":
        sizes = np.maximum(np.broadcast_to(given["size"], image.ndim), 1)
        origins = np.broadcast_to(given["origin"], image.ndim)
        if flat:
            sizes, origins = (1, *sizes), (0, *origins)
        kernel = np.full(sizes, 1 / np.prod(sizes))
        anchor = tuple(n // 2 + o for n, o in zip(sizes, origins, strict=True))
        return unflat(correlate(picture, kernel, anchor=anchor, **options), flat)
    if attribute == "laplace":
        bend = np.array([1.0, -2, 1])
        kernel = bend[np.newaxis]
        if not flat:
            kernel = np.zeros((3, 3))
            kernel[1] += bend
            kernel[:, 1] += bend
        return unflat(correlate(picture, kernel, **options), flat)
    slope, smooth = ODD_ROW[attribute]
    if flat:
        return unflat(correlate(picture, slope[np.newaxis], **options), flat)
    axis = range(2)[given["axis"]]
    kernel = np.outer(smooth, slope) if axis == 1 else np.outer(slope, smooth)
    return correlate(picture, kernel, **options)


def along(given, attribute):
    if attribute == "uniform_filter1d":
        size = given["size"]
        if size < 1:
            msg = "no weight"
            raise ValueError(msg)
        return np.full(size, 1 / size)
    row = np.asarray(given["weights"])
    if row.dtype.kind == "c":
        msg = "complex numbers"
        raise LeftOutError(msg)
    if row.ndim != 1 or row.size == 0:
        msg = "not a row"
        raise ValueError(msg)
    return row.astype(np.float64)


def unflat(output, flat):
    return output[0] if flat else output


def ask_signal(attribute, given):
    one, two = (np.asarray(given[key]) for key in ("in1", "in2"))
    if given.get("axes") is not None:
        msg = "a choice of axes"
        raise LeftOutError(msg)
    if one.ndim != two.ndim:
        if {one.ndim, two.ndim} <= {1, 2}:
            msg = "image and kernel differ in their axes"
            raise ValueError(msg)
        msg = "arrays of more than two axes, or of none"
        raise LeftOutError(msg)
    flat = one.ndim == 1
    image, kernel = plane(one, "image"), plane(two, "kernel")
    mode = given["mode"]
    if given.get("method", "auto") not in ("auto", "direct", "fft"):
        msg = "a name for the way to compute, which this package does not ask for"
        raise LeftOutError(msg)
    options = {"mode": mode}
    if attribute.endswith("2d"):
        if flat:
            msg = "not two axes"
            raise ValueError(msg)
        boundary = given["boundary"]
        options["boundary"] = f"signal.{boundary}"
        if boundary == "fill":
            options["fill_value"] = given["fillvalue"]
    if attribute not in ("correlate2d", "convolve2d") and not np.isfinite(image).all():
        msg = "a NaN or an infinity that a Fourier transform spreads over the whole image"
        raise LeftOutError(msg)
    run = correlate if attribute.startswith("correlate") else convolve
    swapped = any(k > n for k, n in zip(kernel.shape, image.shape, strict=True))
    if mode == "valid" and swapped:
        if any(k < n for k, n in zip(kernel.shape, image.shape, strict=True)):
            msg = "neither lies inside the other"
            raise ValueError(msg)
        # SciPy then slides the image over the kernel.
        if run is convolve:
            return unflat(convolve(kernel, image, **options), flat)
        return unflat(correlate(kernel, image, **options)[::-1, ::-1], flat)
    if mode == "same":
        if attribute == "correlate":
            options["anchor"] = tuple(n // 2 for n in kernel.shape)
        else:
            options["anchor"] = tuple((n - 1) // 2 for n in kernel.shape)
    return unflat(run(image, kernel, **options), flat)


def expected_of(given_result, arrays):
    """Return SciPy's result, and how exact it can be."""
    result = np.asarray(given_result)
    if result.dtype == bool:
        msg = "a boolean output: SciPy's sum of booleans is their or"
        raise LeftOutError(msg)
    coarsest = max(
        (np.finfo(a.dtype).eps for a in (result, *arrays) if a.dtype.kind in "fc"), default=0
    )
    return result, max(1e-9, 200 * float(coarsest))


def compare(call):
    """Return what became of a call: agrees, differs, or the reason why it is left out."""
    name, args, kwargs, kind, outcome = call
    try:
        expected = None
        if kind == "result":
            given = bound(name, args, kwargs)[1].get("output")
            if isinstance(given, np.ndarray):
                outcome = given if outcome is None else outcome
            expected, tolerance = expected_of(
                outcome, [a for a in args if isinstance(a, np.ndarray)]
            )
        answer = ask(name, args, kwargs)
    except LeftOutError as reason:
        return str(reason)
    except (TypeError, ValueError) as error:
        return "agrees: refused" if kind == "error" else f"differs: refused, {error}"
    if kind == "error":
        return f"differs: SciPy says {outcome}"
    if expected.dtype.kind in "iub":
        if not np.isfinite(answer).all():
            return "an integer output of numbers that are none"
        info = np.iinfo(expected.dtype) if expected.dtype.kind in "iu" else None
        if info and (answer.min() < info.min or answer.max() > info.max):
            return "integers that SciPy lets wrap around"
        # SciPy cuts fractions off; a whole number may be missed by rounding on either side.
        low, high = np.trunc(answer - 1e-6), np.trunc(answer + 1e-6)
        right = (expected == low) | (expected == high)
        if "signal" in name:
            right |= np.abs(expected - answer) <= 0.5 + 1e-6
        return "agrees" if expected.shape == answer.shape and right.all() else "differs"
    if expected.shape != answer.shape:
        return f"differs: shape {answer.shape}, not {expected.shape}"
    scale = 1 + np.nanmax(np.abs(np.where(np.isfinite(expected), expected, 0)), initial=0)
    near = np.isclose(answer, expected, rtol=tolerance, atol=tolerance * scale, equal_nan=True)
    return "agrees" if near.all() else "differs: numbers"


class TestRecorded:
    def test_calls_agree(self, calls, capsys):
        found = Counter()
        differing = []
        for call in calls:
            said = compare(call)
            found[said.split(":")[0] if said.startswith("differs") else said] += 1
            if said.startswith("differs"):
                differing.append((call[0], said, call[1], call[2]))
        with capsys.disabled():
            print(f"\nSciPy's own tests, {len(calls)} calls:", dict(found.most_common()))
        assert not differing, "\n".join(map(repr, differing[:10]))
        assert found["agrees"] > 4000
        assert found["agrees: refused"] > 80

    def test_a_wrong_answer_would_be_seen(self, calls, monkeypatch):
        # The anchor of even kernels one off, as between scipy.ndimage and scipy.signal.
        ours = correlate

        def shifted(image, kernel, **options):
            if "anchor" in options:
                options["anchor"] = tuple(
                    max(a - (n % 2 == 0), 0)
                    for a, n in zip(options["anchor"], np.shape(kernel), strict=True)
                )
            return ours(image, kernel, **options)

        monkeypatch.setitem(globals(), "correlate", shifted)
        assert sum(compare(call).startswith("differs") for call in calls[::5]) > 5
