"""Layers of dlnotes.convolution: ONNX's own node cases, SciPy, loops and differences."""

from __future__ import annotations

import importlib
import itertools
import sys
from functools import cache

import numpy as np
import pytest
import scipy.signal

from dlnotes.convolution import (
    conv2d,
    conv2d_gradients,
    conv_transpose2d,
    correlate,
    correlate_gradients,
    output_shape,
)

onnx = pytest.importorskip("onnx", reason="the ONNX cases come from the package onnx")

# What is no plain layer: other inputs, types or number of axes. Each with its reason.
SET_ASIDE = {
    "causal": "a recurrent state goes in and out",
    "deform": "the taps move by amounts that are an input",
    "integer": "zero points are subtracted from quantised inputs",
    "qlinear": "zero points and scales",
    "global": "a mean over the image, no window",
    "lp": "a norm, no sum",
}


@cache
def node_cases() -> dict[str, tuple[object, list]]:
    """Return ONNX's cases of one node Conv, ConvTranspose or AveragePool."""
    from onnx.backend.test.case import node as package

    # A module makes its cases while it is imported, and only those of the wanted operator; it
    # is imported again, so that it does not matter what other tests have collected before.
    names = ("_NodeTestCases", "_TargetOpType", "_existing_names")
    kept = [getattr(package, name) for name in names]
    package._NodeTestCases, package._TargetOpType, package._existing_names = [], None, {}
    try:
        for module in ("conv", "convtranspose", "averagepool"):
            name = f"{package.__name__}.{module}"
            if name in sys.modules:
                importlib.reload(sys.modules[name])
            else:
                importlib.import_module(name)
        made = package._NodeTestCases
    finally:
        for name, value in zip(names, kept, strict=True):
            setattr(package, name, value)
    found = {}
    for case in made:
        if case.model is not None and len(case.model.graph.node) == 1:
            node = case.model.graph.node[0]
            if node.op_type in ("Conv", "ConvTranspose", "AveragePool"):
                found[case.name] = (node, case.data_sets)
    return found


def options_of(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def planar(array, axes):
    """Return images or kernels of one or two axes as images or kernels of two."""
    return array[..., np.newaxis, :] if axes == 1 else array


def pair(values, axes, fill):
    values = list(values) if values else [fill] * axes
    return (fill, *values) if axes == 1 else tuple(values)


def pads_of(options, axes, sizes, taps, steps, gaps):
    auto = options.get("auto_pad", b"NOTSET").decode()
    if auto.startswith("SAME"):
        sides = []
        for n, k, s, d in zip(sizes, taps, steps, gaps, strict=True):
            total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
            less, more = total // 2, total - total // 2
            sides.append((less, more) if auto == "SAME_UPPER" else (more, less))
        return tuple(sides)
    pads = list(options.get("pads", [0] * 2 * axes))
    sides = list(zip(pads[:axes], pads[axes:], strict=True))
    return tuple([(0, 0), *sides] if axes == 1 else sides)


def run_conv(options, images, kernels, bias=None):
    axes = images.ndim - 2
    images, kernels = planar(images, axes), planar(kernels, axes)
    steps, gaps = (pair(options.get(k), axes, 1) for k in ("strides", "dilations"))
    padding = pads_of(options, axes, images.shape[2:], kernels.shape[2:], steps, gaps)
    return conv2d(
        images,
        kernels,
        bias,
        stride=steps,
        padding=padding,
        dilation=gaps,
        groups=options.get("group", 1),
    )


def run_conv_transpose(options, images, kernels, bias=None):
    axes = images.ndim - 2
    images, kernels = planar(images, axes), planar(kernels, axes)
    steps, gaps = (pair(options.get(k), axes, 1) for k in ("strides", "dilations"))
    more = pair(options.get("output_padding"), axes, 0)
    full = [
        (n - 1) * s + d * (k - 1) + 1 + m
        for n, s, d, k, m in zip(
            images.shape[2:], steps, gaps, kernels.shape[2:], more, strict=True
        )
    ]
    auto = options.get("auto_pad", b"NOTSET").decode()
    wanted = options.get("output_shape")
    if auto.startswith("SAME"):
        wanted = [n * s for n, s in zip(images.shape[2:], steps, strict=True)]
    if wanted:
        # ONNX: the padding that gives the size, the odd pixel at the end for SAME_UPPER.
        padding, extra = [], list(more)
        for axis, (n, size) in enumerate(zip(full, wanted, strict=True)):
            total = n - size
            if total < 0:
                extra[axis], total = more[axis] - total, 0
            less = total // 2
            padding.append(
                (less, total - less) if auto == "SAME_UPPER" else (total - less, less)
            )
        more, padding = tuple(extra), tuple(padding)
    else:
        padding = pads_of(options, axes, images.shape[2:], kernels.shape[2:], steps, gaps)
    return conv_transpose2d(
        images,
        kernels,
        bias,
        stride=steps,
        padding=padding,
        output_padding=more,
        dilation=gaps,
        groups=options.get("group", 1),
    )


def run_average_pool(options, images):
    """A mean over a window is a depthwise convolution with equal weights."""
    axes = images.ndim - 2
    images = planar(images, axes)
    taps = pair(options["kernel_shape"], axes, 1)
    steps, gaps = (pair(options.get(k), axes, 1) for k in ("strides", "dilations"))
    padding = pads_of(options, axes, images.shape[2:], taps, steps, gaps)
    grown = list(padding)
    if options.get("ceil_mode"):
        for axis, (n, k, s, d) in enumerate(
            zip(images.shape[2:], taps, steps, gaps, strict=True)
        ):
            a, b = padding[axis]
            count = -(-(n + a + b - d * (k - 1) - 1) // s) + 1
            if (count - 1) * s >= n + a:  # a window that starts in the padding is left out
                count -= 1
            grown[axis] = (a, max(b, (count - 1) * s + d * (k - 1) + 1 - n - a))
    layer = {"stride": steps, "dilation": gaps}
    channels = images.shape[1]
    ones = np.ones((channels, 1, *taps), dtype=images.dtype)
    total = conv2d(images, ones, groups=channels, padding=tuple(grown), **layer)
    # How many pixels the mean is over: those of the image, or those of the padding as well.
    counted = np.ones_like(images[:1, :1])
    if options.get("count_include_pad"):
        counted = np.pad(counted, ((0, 0), (0, 0), *padding), constant_values=1)
        grown = [(0, g[1] - p[1]) for g, p in zip(grown, padding, strict=True)]
    return total / conv2d(counted, ones[:1], padding=tuple(grown), **layer)


RUN = {"Conv": run_conv, "ConvTranspose": run_conv_transpose, "AveragePool": run_average_pool}


def plain(name, data_sets):
    reason = next((why for word, why in SET_ASIDE.items() if word in name), None)
    if reason is None and data_sets[0][0][0].ndim > 4:
        reason = "volumes: three axes, and this package has two"
    return reason


@pytest.mark.parametrize("name", sorted(node_cases()))
def test_agrees_with_onnx(name):
    node, data_sets = node_cases()[name]
    reason = plain(name, data_sets)
    if reason:
        pytest.skip(reason)
    for inputs, outputs in data_sets:
        actual = RUN[node.op_type](options_of(node), *inputs)
        expected = planar(outputs[0], inputs[0].ndim - 2)
        assert actual.shape == expected.shape
        # ONNX's numbers for one case are typed with four decimals: half a unit of the last.
        decimals = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 0.5e-4 + 1e-5}
        absolute = decimals.get(name, 1e-5)
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=absolute)


def test_onnx_has_cases_of_all_three():
    counts = dict.fromkeys(RUN, 0)
    for name, (node, data_sets) in node_cases().items():
        counts[node.op_type] += plain(name, data_sets) is None
    assert counts["Conv"] >= 5
    assert counts["ConvTranspose"] >= 8
    assert counts["AveragePool"] >= 8


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def by_loops(images, kernels, stride, padding, dilation, groups):
    """Sum over everything, output by output."""
    (p, q), (s, t), (d, e) = padding, stride, dilation
    padded = np.pad(images, ((0, 0), (0, 0), (p, p), (q, q)))
    count, per, kh, kw = kernels.shape
    rows, columns = output_shape(
        images.shape[2:], (kh, kw), padding=padding, stride=stride, dilation=dilation
    )
    out = np.zeros((len(images), count, rows, columns))
    for n, o, i, j in np.ndindex(out.shape):
        first = o // (count // groups) * per
        for c, a, b in np.ndindex(per, kh, kw):
            out[n, o, i, j] += (
                kernels[o, c, a, b] * padded[n, first + c, s * i + d * a, t * j + e * b]
            )
    return out


GEOMETRIES = [
    ((1, 1), (0, 0), (1, 1), 1),
    ((2, 1), (1, 2), (1, 1), 1),
    ((1, 3), (2, 0), (2, 1), 2),
    ((2, 2), (1, 1), (2, 2), 4),
]


class TestConv2d:
    @pytest.mark.parametrize("geometry", GEOMETRIES)
    @pytest.mark.parametrize("taps", [(1, 1), (2, 3), (3, 3)])
    def test_agrees_with_loops(self, geometry, taps):
        stride, padding, dilation, groups = geometry
        images, kernels = random(2, 4, 7, 8), random(8, 4 // groups, *taps, seed=1)
        actual = conv2d(
            images, kernels, stride=stride, padding=padding, dilation=dilation, groups=groups
        )
        expected = by_loops(images, kernels, stride, padding, dilation, groups)
        np.testing.assert_allclose(actual, expected, atol=1e-12)

    def test_one_channel_is_correlate(self):
        image, kernel = random(6, 7), random(3, 2, seed=1)
        for boundary in ("constant", "edge", "reflect", "wrap"):
            options = {"padding": 1, "stride": (2, 1), "boundary": boundary}
            np.testing.assert_allclose(
                conv2d(image[np.newaxis], kernel[np.newaxis, np.newaxis], **options)[0],
                correlate(image, kernel, **options),
                atol=1e-12,
            )

    def test_same_is_scipys_and_torchs(self):
        image, kernel = random(1, 6, 7), random(1, 1, 2, 4, seed=1)
        expected = scipy.signal.correlate2d(image[0], kernel[0, 0], mode="same")
        actual = conv2d(image, kernel, padding="same")
        # Both put the centre of an even kernel on entry (n - 1) // 2.
        np.testing.assert_allclose(actual[0], expected, atol=1e-12)

    def test_blocks_of_rows_are_one_output(self, monkeypatch):
        images, kernels = random(1, 3, 20, 9), random(4, 3, 3, 3, seed=1)
        expected = conv2d(images, kernels)
        monkeypatch.setattr("dlnotes.convolution.layers._WINDOWS", 400)
        np.testing.assert_allclose(conv2d(images, kernels), expected, atol=1e-12)

    def test_bias_batches_and_types(self):
        images = random(2, 3, 1, 5, 5).astype(np.float32)
        output = conv2d(images, random(2, 1, 3, 3), [1, -1])
        assert output.shape == (2, 3, 2, 3, 3)
        assert output.dtype == np.float32
        plain = conv2d(images, random(2, 1, 3, 3))
        np.testing.assert_allclose(
            output - plain,
            np.broadcast_to(np.array([1, -1.0])[:, None, None], output.shape),
            atol=1e-5,
        )

    def test_integers_do_not_wrap(self):
        image = np.full((1, 3, 3), 200, dtype=np.uint8)
        assert conv2d(image, np.full((1, 1, 3, 3), 200, dtype=np.uint8)).item() == 9 * 40_000

    @pytest.mark.parametrize(
        ("images", "kernels", "options", "error", "text"),
        [
            (np.ones((4, 4)), np.ones((1, 1, 3, 3)), {}, ValueError, "channels, rows"),
            (np.ones((1, 4, 4)), np.ones((3, 3)), {}, ValueError, "four axes"),
            (np.ones((2, 4, 4)), np.ones((1, 1, 3, 3)), {}, ValueError, "2 channels"),
            (np.ones((2, 4, 4)), np.ones((3, 1, 3, 3)), {"groups": 2}, ValueError, "groups=2"),
            (np.ones((1, 2, 2)), np.ones((1, 1, 3, 3)), {}, ValueError, "spans"),
            (np.ones((1, 4, 4)), np.ones((1, 1, 3, 3)), {"stride": 0}, ValueError, "stride=0"),
            (np.ones((1, 4, 4)), np.ones((1, 1, 3, 3)), {"padding": "sam"}, ValueError, "sam"),
            (np.ones((1, 4, 4)), np.ones((1, 1, 3, 3)), {"padding": -1}, ValueError, "-1"),
            (np.ones((1, 4, 4)), np.ones((1, 1, 3, 3)), {"groups": 1.5}, TypeError, "groups"),
            (np.ones((1, 4, 4)), np.full((1, 1, 1, 1), np.nan), {}, ValueError, "nan"),
            (np.ones((1, 4, 4)), np.ones((1, 1, 3, 3)), {"bias": [1, 2]}, ValueError, "bias"),
            (
                np.ones((1, 4, 4)),
                np.ones((1, 1, 3, 3)),
                {"boundary": "cirular"},
                ValueError,
                "circular",
            ),
        ],
    )
    def test_errors(self, images, kernels, options, error, text):
        with pytest.raises(error, match=text):
            conv2d(images, kernels, **options)


class TestConvTranspose2d:
    @pytest.mark.parametrize("geometry", GEOMETRIES)
    def test_is_the_transpose(self, geometry):
        # <conv(x), y> = <x, transposed conv(y)> for all x and y.
        stride, padding, dilation, groups = geometry
        kernels = random(8, 4 // groups, 2, 3, seed=1)
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        x = random(2, 4, 9, 8)
        y = random(*conv2d(x, kernels, **options).shape, seed=2)
        smallest = conv_transpose2d(y, kernels, **options)
        more = tuple(n - m for n, m in zip(x.shape[2:], smallest.shape[2:], strict=True))
        back = conv_transpose2d(y, kernels, output_padding=more, **options)
        assert back.shape == x.shape
        assert np.sum(conv2d(x, kernels, **options) * y) == pytest.approx(np.sum(x * back))

    def test_errors(self):
        with pytest.raises(ValueError, match="channels"):
            conv_transpose2d(np.ones((2, 4, 4)), np.ones((1, 1, 3, 3)))
        with pytest.raises(ValueError, match="takes away all"):
            conv_transpose2d(np.ones((1, 1, 1)), np.ones((1, 1, 3, 3)), padding=2)


class TestGradients:
    @pytest.mark.parametrize("geometry", GEOMETRIES)
    @pytest.mark.parametrize("boundary", ["constant", "edge", "reflect", "symmetric", "wrap"])
    def test_agree_with_differences(self, geometry, boundary):
        stride, padding, dilation, groups = geometry
        options = {
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "groups": groups,
            "boundary": boundary,
        }
        images, kernels = random(1, 4, 6, 5), random(4, 4 // groups, 2, 2, seed=1)
        cotangent = random(*conv2d(images, kernels, **options).shape, seed=2)
        gradients = conv2d_gradients(images, kernels, cotangent, **options)

        # The layer is linear in either argument: one difference along a direction is exact.
        for given, gradient, moved in (
            (images, gradients.images, lambda d: conv2d(d, kernels, **options)),
            (kernels, gradients.kernels, lambda d: conv2d(images, d, **options)),
        ):
            for seed in range(3):
                direction = random(*given.shape, seed=10 + seed)
                assert np.sum(gradient * direction) == pytest.approx(
                    np.sum(cotangent * moved(direction)), rel=1e-9, abs=1e-9
                )
        np.testing.assert_allclose(gradients.bias, cotangent.sum(axis=(0, 2, 3)))

    @pytest.mark.parametrize(
        ("stride", "dilation", "padding"),
        list(itertools.product([1, (2, 3)], [1, 2], [None, 1, 2])),
    )
    def test_of_one_kernel_with_stride_and_dilation(self, stride, dilation, padding):
        image, kernel = random(9, 8), random(3, 2, seed=1)
        options = {
            "stride": stride,
            "dilation": dilation,
            "padding": padding,
            "boundary": "reflect",
        }
        output = correlate(image, kernel, **options)
        cotangent = random(*output.shape, seed=2)
        gradients = correlate_gradients(image, kernel, cotangent, **options)
        for given, gradient, moved in (
            (image, gradients.image, lambda d: correlate(d, kernel, **options)),
            (kernel, gradients.kernel, lambda d: correlate(image, d, **options)),
        ):
            direction = random(*given.shape, seed=3)
            assert np.sum(gradient * direction) == pytest.approx(
                np.sum(cotangent * moved(direction)), rel=1e-9, abs=1e-9
            )

    def test_cotangent_of_wrong_shape(self):
        with pytest.raises(ValueError, match="cotangent has shape"):
            conv2d_gradients(np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)), np.ones((1, 3, 3)))
