"""Tests of dlnotes.convolution against SciPy, NumPy's pad, SymPy and loops over pixels."""

from __future__ import annotations

import itertools
import re
import warnings
from inspect import isfunction

import numpy as np
import pytest
import scipy.linalg
import scipy.ndimage
import scipy.signal
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlnotes import convolution, figures
from dlnotes.convolution import (
    BOUNDARIES,
    KERNELS,
    boundary_name,
    checkerboard,
    convolve,
    correlate,
    correlate_gradients,
    fit_kernel,
    frequency_response,
    im2col,
    impulse,
    output_shape,
    pad,
    separable_factors,
    step_edge,
    toeplitz_matrix,
    zone_plate,
)

CANONICAL = ["constant", "edge", "reflect", "symmetric", "wrap"]
MODES = ["full", "same", "valid"]
NDIMAGE = {
    "constant": "constant",
    "edge": "nearest",
    "reflect": "mirror",
    "symmetric": "reflect",
    "wrap": "wrap",
}
SIGNAL = {"constant": "fill", "symmetric": "symm", "wrap": "wrap"}

K1 = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
K2 = [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
K3 = [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
K4 = np.ones((3, 3)) / 9


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def by_hand(image, kernel, boundary="constant", mode="same", anchor=None, fill_value=0.0):
    """Correlate pixel by pixel on an image that NumPy's own pad has extended."""
    h, w = kernel.shape
    p, q = anchor or (h // 2, w // 2)
    widths = {
        "full": ((h - 1, h - 1), (w - 1, w - 1)),
        "same": ((p, h - 1 - p), (q, w - 1 - q)),
        "valid": ((0, 0), (0, 0)),
    }[mode]
    options = {"constant_values": fill_value} if boundary == "constant" else {}
    extended = np.pad(image, widths, mode=boundary, **options)
    rows, columns = extended.shape[0] - h + 1, extended.shape[1] - w + 1
    output = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        output[i, j] = sum(
            kernel[a, b] * extended[i + a, j + b] for a, b in np.ndindex(kernel.shape)
        )
    return output


images = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(-9, 9).map(float),
)
kernels = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4),
    elements=st.integers(-9, 9).map(float),
)
boundaries = st.sampled_from(CANONICAL)


class TestPublicInterface:
    def test_all_names_exist(self):
        assert len(set(convolution.__all__)) == len(convolution.__all__)
        assert all(hasattr(convolution, name) for name in convolution.__all__)

    def test_every_function_has_an_example(self):
        items = [getattr(convolution, name) for name in convolution.__all__]
        functions = [item for item in items if isfunction(item)]
        assert len(functions) > 10
        assert [f.__name__ for f in functions if ">>>" not in f.__doc__] == []


class TestCorrelate:
    @pytest.mark.parametrize("boundary", CANONICAL)
    @pytest.mark.parametrize("shape", [(1, 1), (1, 7), (2, 3), (5, 6), (9, 4)])
    @pytest.mark.parametrize("taps", [(1, 1), (1, 2), (3, 1), (2, 2), (3, 3), (4, 5)])
    def test_agrees_with_ndimage_at_every_boundary_and_size(self, boundary, shape, taps):
        image, kernel = random(*shape), random(*taps, seed=1)
        expected = scipy.ndimage.correlate(image, kernel, mode=NDIMAGE[boundary])
        actual = correlate(image, kernel, boundary=boundary)
        np.testing.assert_allclose(actual, expected, atol=1e-12)

    @pytest.mark.parametrize("boundary", SIGNAL)
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("taps", [(1, 1), (1, 2), (3, 1), (2, 4), (3, 3), (5, 5)])
    def test_agrees_with_scipy_signal_at_its_anchor(self, boundary, mode, taps):
        image, kernel = random(6, 7), random(*taps, seed=1)
        expected = scipy.signal.correlate2d(image, kernel, mode, SIGNAL[boundary])
        anchor = tuple((n - 1) // 2 for n in taps) if mode == "same" else None
        actual = correlate(image, kernel, boundary=boundary, mode=mode, anchor=anchor)
        np.testing.assert_allclose(actual, expected, atol=1e-12)

    @given(images, kernels, boundaries, st.sampled_from(["full", "same"]))
    def test_agrees_with_loops_exactly_on_integers(self, image, kernel, boundary, mode):
        expected = by_hand(image, kernel, boundary, mode)
        np.testing.assert_array_equal(
            correlate(image, kernel, boundary=boundary, mode=mode), expected
        )

    @given(images, kernels)
    def test_valid_is_the_inner_part_or_an_error(self, image, kernel):
        fits = all(k <= n for k, n in zip(kernel.shape, image.shape, strict=True))
        if fits:
            expected = by_hand(image, kernel, mode="valid")
            np.testing.assert_array_equal(correlate(image, kernel, mode="valid"), expected)
        else:
            with pytest.raises(ValueError, match="spans"):
                correlate(image, kernel, mode="valid")

    @pytest.mark.parametrize("anchor", list(itertools.product(range(2), range(3))))
    def test_every_anchor(self, anchor):
        image, kernel = random(5, 6), random(2, 3, seed=1)
        expected = by_hand(image, kernel, "reflect", anchor=anchor)
        actual = correlate(image, kernel, boundary="reflect", anchor=anchor)
        np.testing.assert_allclose(actual, expected, atol=1e-12)

    def test_fill_value_lies_outside(self):
        image, kernel = random(4, 5), random(3, 3, seed=1)
        expected = scipy.ndimage.correlate(image, kernel, mode="constant", cval=2.5)
        actual = correlate(image, kernel, fill_value=2.5)
        np.testing.assert_allclose(actual, expected, atol=1e-12)

    def test_leading_axes_are_filtered_one_by_one(self):
        batch, kernel = random(2, 3, 5, 4), random(3, 2, seed=1)
        actual = correlate(batch, kernel, boundary="wrap")
        for n in np.ndindex(2, 3):
            np.testing.assert_allclose(
                actual[n], correlate(batch[n], kernel, boundary="wrap"), rtol=0, atol=1e-14
            )

    def test_empty_batch_stays_empty(self):
        assert correlate(np.empty((0, 4, 5)), K4).shape == (0, 4, 5)

    def test_uint8_does_not_wrap(self):
        image = np.full((3, 3), 200, dtype=np.uint8)
        output = correlate(image, np.ones((3, 3), dtype=np.uint8))
        assert output.dtype == np.float64
        assert output[1, 1] == 1800

    def test_negative_weights_on_unsigned_integers(self):
        output = correlate(np.ones((1, 3), dtype=np.uint8), [[-1, 0, 1]])
        np.testing.assert_array_equal(output, [[1, 0, -1]])

    @pytest.mark.parametrize(
        ("given_type", "expected"),
        [
            (np.float32, np.float32),
            (np.float64, np.float64),
            (np.float16, np.float32),
            (np.int64, np.float64),
            (np.bool_, np.float64),
        ],
    )
    def test_dtype(self, given_type, expected):
        assert correlate(np.ones((4, 4), dtype=given_type), K4).dtype == expected

    def test_does_not_change_its_arguments(self):
        image, kernel = random(4, 4), random(3, 3)
        before = image.copy(), kernel.copy()
        correlate(image, kernel)
        np.testing.assert_array_equal(image, before[0])
        np.testing.assert_array_equal(kernel, before[1])

    def test_reads_strided_and_readonly_images(self):
        image = random(8, 8)
        view = image[::2, ::-1]
        view.flags.writeable = False
        np.testing.assert_array_equal(correlate(view, K3), correlate(view.copy(), K3))

    def test_nan_reaches_only_weighted_outputs(self):
        image = np.zeros((1, 5))
        image[0, 2] = np.nan
        np.testing.assert_array_equal(
            np.isnan(correlate(image, K2)), [[False, True, False, False, False]]
        )

    def test_infinite_pixels_give_no_warning(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            output = correlate([[np.inf, np.inf]], [[-1, 1, 0]])
        assert np.isnan(output[0, 1])


class TestCorrelateErrors:
    @pytest.mark.parametrize(
        ("kernel", "error", "text"),
        [
            ([[-1 - 1, -1], [-1, 8, -1], [-1, -1, -1]], ValueError, r"ragged.*\[2, 3, 3\]"),
            ([["a", "b"]], TypeError, "dtype <U1"),
            ([[1j]], TypeError, "complex128"),
            ([[None]], TypeError, "object"),
            ([1, 2, 3], ValueError, r"shape \(3,\).*two axes"),
            ([[[1]]], ValueError, "exactly two axes"),
            ([[]], ValueError, "at least one row"),
            ([[1, np.nan]], ValueError, r"finite, got kernel\[0, 1\] = nan"),
            ([[np.inf]], ValueError, r"finite, got kernel\[0, 0\] = inf"),
        ],
    )
    def test_unusable_kernel(self, kernel, error, text):
        with pytest.raises(error, match=text):
            correlate(np.ones((4, 4)), kernel)

    @pytest.mark.parametrize(
        ("image", "error", "text"),
        [
            ([1, 2, 3], ValueError, r"shape \(3,\)"),
            (5, ValueError, r"shape \(\)"),
            ([[1, 2], [3]], ValueError, "image must be .*, got ragged rows"),
            ([["x"]], TypeError, "image must be .*, got dtype"),
            (np.ones((2, 2)) * 1j, TypeError, "complex128"),
            (np.ones((0, 3)), ValueError, "at least one row"),
        ],
    )
    def test_unusable_image(self, image, error, text):
        with pytest.raises(error, match=text):
            correlate(image, K1)

    def test_kernel_too_large_for_float32(self):
        with pytest.raises(ValueError, match="float32"):
            correlate(np.ones((2, 2), np.float32), [[1e300]])

    def test_kernel_larger_than_image_is_forbidden_only_where_it_must_fit(self):
        with pytest.raises(ValueError, match=r"\(3, 3\).*\(2, 5\)"):
            correlate(np.ones((2, 5)), K4, mode="valid")
        assert correlate(np.ones((2, 5)), K4).shape == (2, 5)

    @pytest.mark.parametrize(
        ("boundary", "near"), [("reflct", "reflect"), ("Wrapp", "wrap"), ("zeros!", "zeros")]
    )
    def test_unknown_boundary_suggests_the_nearest(self, boundary, near):
        with pytest.raises(ValueError, match=f"{boundary!r} is not known.*{near!r}"):
            correlate(np.ones((3, 3)), K1, boundary=boundary)

    def test_unknown_boundary_far_from_all_lists_the_five(self):
        with pytest.raises(ValueError, match=r"'constant', 'edge', 'reflect', 'symmetric'"):
            boundary_name("qqq")

    def test_boundary_of_wrong_type(self):
        with pytest.raises(TypeError, match="boundary=None"):
            correlate(np.ones((3, 3)), K1, boundary=None)

    def test_unknown_mode(self):
        with pytest.raises(ValueError, match=r"mode='some'.*'full', 'same', 'valid'"):
            correlate(np.ones((3, 3)), K1, mode="some")

    def test_fill_value_without_constant(self):
        with pytest.raises(ValueError, match="fill_value=1"):
            correlate(np.ones((3, 3)), K1, boundary="wrap", fill_value=1)

    def test_fill_value_not_a_number(self):
        with pytest.raises(TypeError, match="fill_value='a'"):
            correlate(np.ones((3, 3)), K1, fill_value="a")

    @pytest.mark.parametrize(
        ("anchor", "error", "text"),
        [
            ((3, 0), ValueError, "outside the kernel"),
            ((-1, 0), ValueError, "at least 0"),
            ((0.5, 0), TypeError, "integer"),
            ((0, 0, 0), ValueError, "two entries"),
        ],
    )
    def test_unusable_anchor(self, anchor, error, text):
        with pytest.raises(error, match=text):
            correlate(np.ones((3, 3)), K1, anchor=anchor)

    def test_anchor_goes_with_mode_same(self):
        with pytest.raises(ValueError, match="mode='valid'"):
            correlate(np.ones((3, 3)), K1, mode="valid", anchor=(1, 1))


class TestConvolve:
    @pytest.mark.parametrize("boundary", CANONICAL)
    @pytest.mark.parametrize("taps", [(1, 1), (1, 2), (3, 1), (2, 2), (3, 3), (4, 5)])
    def test_agrees_with_ndimage_even_kernels_included(self, boundary, taps):
        image, kernel = random(5, 6), random(*taps, seed=1)
        expected = scipy.ndimage.convolve(image, kernel, mode=NDIMAGE[boundary])
        actual = convolve(image, kernel, boundary=boundary)
        np.testing.assert_allclose(actual, expected, atol=1e-12)

    @pytest.mark.parametrize("boundary", SIGNAL)
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("taps", [(1, 1), (1, 2), (3, 1), (2, 4), (3, 3), (5, 5)])
    def test_agrees_with_scipy_signal_at_its_anchor(self, boundary, mode, taps):
        image, kernel = random(6, 7), random(*taps, seed=1)
        expected = scipy.signal.convolve2d(image, kernel, mode, SIGNAL[boundary])
        anchor = tuple((n - 1) // 2 for n in taps) if mode == "same" else None
        actual = convolve(image, kernel, boundary=boundary, mode=mode, anchor=anchor)
        np.testing.assert_allclose(actual, expected, atol=1e-12)

    def test_flips_correlation(self):
        image, kernel = random(6, 6), random(3, 5, seed=1)
        np.testing.assert_allclose(
            convolve(image, kernel, boundary="wrap"),
            correlate(image, kernel[::-1, ::-1], boundary="wrap"),
            atol=1e-12,
        )

    @given(images, kernels)
    def test_full_convolution_commutes(self, image, kernel):
        np.testing.assert_array_equal(
            convolve(image, kernel, mode="full"), convolve(kernel, image, mode="full")
        )

    @given(images, kernels, kernels)
    def test_full_convolution_associates(self, image, first, second):
        np.testing.assert_array_equal(
            convolve(convolve(image, first, mode="full"), second, mode="full"),
            convolve(image, convolve(first, second, mode="full"), mode="full"),
        )

    @given(images, kernels, kernels)
    def test_two_correlations_are_one_with_the_convolved_kernel(self, image, first, second):
        np.testing.assert_array_equal(
            correlate(correlate(image, first, mode="full"), second, mode="full"),
            correlate(image, convolve(first, second, mode="full"), mode="full"),
        )

    def test_correlation_neither_commutes_nor_associates(self):
        x, k = np.array([[1.0, 2, 3]]), np.array([[1.0, 0, 0]])
        forth, back = correlate(x, k, mode="full"), correlate(k, x, mode="full")
        assert not np.allclose(forth, back)
        np.testing.assert_array_equal(forth, back[:, ::-1])

    @given(images, kernels, st.integers(-3, 3), st.integers(-3, 3))
    def test_shift_equivariant_on_the_cyclic_grid(self, image, kernel, down, along):
        shifted = np.roll(image, (down, along), axis=(0, 1))
        np.testing.assert_array_equal(
            convolve(shifted, kernel, boundary="wrap"),
            np.roll(convolve(image, kernel, boundary="wrap"), (down, along), axis=(0, 1)),
        )

    def test_convolution_theorem(self):
        image, kernel = random(8, 9), random(3, 3, seed=1)
        spread = np.zeros_like(image)
        spread[:3, :3] = kernel
        spread = np.roll(spread, (-1, -1), axis=(0, 1))
        expected = np.fft.ifft2(np.fft.fft2(spread) * np.fft.fft2(image)).real
        np.testing.assert_allclose(
            convolve(image, kernel, boundary="wrap"), expected, atol=1e-12
        )


class TestBoundaryName:
    @pytest.mark.parametrize(
        ("alias", "name"),
        [
            ("zeros", "constant"),
            ("fill", "constant"),
            ("nearest", "edge"),
            ("replicate", "edge"),
            ("mirror", "reflect"),
            ("torch.reflect", "reflect"),
            ("cv2.BORDER_REFLECT_101", "reflect"),
            ("BORDER_DEFAULT", "reflect"),
            ("symm", "symmetric"),
            ("ndimage.reflect", "symmetric"),
            ("cv2.BORDER_REFLECT", "symmetric"),
            ("circular", "wrap"),
            ("grid-wrap", "wrap"),
        ],
    )
    def test_aliases(self, alias, name):
        assert boundary_name(alias) == name

    def test_a_bare_name_keeps_numpys_meaning(self):
        assert all(boundary_name(name) == name for name in CANONICAL)

    def test_every_alias_leads_to_one_of_the_five(self):
        assert set(BOUNDARIES.values()) == set(CANONICAL)
        assert all(name == name.lower() for name in BOUNDARIES)


class TestPad:
    @given(images, boundaries, st.tuples(*[st.integers(0, 9)] * 4))
    def test_agrees_with_numpy_even_beyond_the_images_size(self, image, boundary, widths):
        pairs = (widths[:2], widths[2:])
        np.testing.assert_array_equal(
            pad(image, pairs, boundary=boundary), np.pad(image, pairs, mode=boundary)
        )

    @pytest.mark.parametrize(
        ("widths", "error"),
        [
            (3, ValueError),
            (((1, 1),), ValueError),
            (((1, -1), (0, 0)), ValueError),
            (((1, 0.5), (0, 0)), TypeError),
        ],
    )
    def test_unusable_widths(self, widths, error):
        with pytest.raises(error, match="widths="):
            pad(np.ones((2, 2)), widths)


class TestOutputShape:
    @given(*[st.integers(1, 12)] * 2, st.integers(0, 4), st.integers(1, 4), st.integers(1, 3))
    def test_counts_the_positions_at_which_the_kernel_fits(self, n, m, p, s, d):
        starts = range(0, n + 2 * p, s)
        count = sum(start + d * (m - 1) <= n + 2 * p - 1 for start in starts)
        if count:
            assert output_shape((n, n), (m, m), padding=p, stride=s, dilation=d) == (count,) * 2
        else:
            with pytest.raises(ValueError, match="the kernel spans"):
                output_shape((n, n), (m, m), padding=p, stride=s, dilation=d)

    @pytest.mark.parametrize("mode", MODES)
    def test_agrees_with_what_correlate_returns(self, mode):
        for taps in itertools.product(range(1, 6), repeat=2):
            actual = correlate(np.ones((5, 6)), np.ones(taps), mode=mode).shape
            assert output_shape((5, 6), taps, mode=mode) == actual

    def test_pairs_differ_by_axis(self):
        assert output_shape((9, 9), (3, 3), padding=(0, 1), stride=(1, 2)) == (7, 5)

    @pytest.mark.parametrize(
        ("arguments", "options", "error", "text"),
        [
            (((0, 3), (1, 1)), {}, ValueError, "image_shape="),
            ((3, (1, 1)), {}, TypeError, "image_shape=3"),
            (((3, 3), (1.5, 1)), {}, TypeError, "kernel_shape="),
            (((3, 3), (1, 1)), {"stride": 0}, ValueError, "stride=0"),
            (((3, 3), (1, 1)), {"dilation": (1, 0)}, ValueError, "dilation="),
            (((3, 3), (1, 1)), {"padding": -1}, ValueError, "padding=-1"),
            (((3, 3), (1, 1)), {"mode": "x"}, ValueError, "mode='x'"),
        ],
    )
    def test_errors(self, arguments, options, error, text):
        with pytest.raises(error, match=text):
            output_shape(*arguments, **options)


class TestKernels:
    def test_the_four_of_the_course_notes(self):
        np.testing.assert_array_equal(KERNELS["identity"], K1)
        np.testing.assert_array_equal(KERNELS["shift_left"], K2)
        np.testing.assert_array_equal(KERNELS["outline"], K3)
        np.testing.assert_array_equal(KERNELS["box"], K4)

    def test_entries_are_readonly_and_described(self):
        for name, kernel in KERNELS.items():
            assert kernel.name == name
            assert kernel.effect.endswith(".")
            assert not kernel.array.flags.writeable

    @pytest.mark.parametrize(
        ("name", "step"),
        [
            ("shift_left", (0, -1)),
            ("shift_right", (0, 1)),
            ("shift_up", (-1, 0)),
            ("shift_down", (1, 0)),
        ],
    )
    def test_shifts_move_the_picture_where_they_say(self, name, step):
        image = random(5, 6)
        np.testing.assert_array_equal(
            correlate(image, KERNELS[name], boundary="wrap"),
            np.roll(image, step, axis=(0, 1)),
        )

    @pytest.mark.parametrize("name", ["identity", "box", "binomial", "sharpen", "sharpen_8"])
    def test_keeps_constants(self, name):
        assert KERNELS[name].array.sum() == pytest.approx(1)

    @pytest.mark.parametrize(
        ("name", "y_slope", "x_slope"),
        [
            ("difference_x", 0, 1),
            ("difference_y", 1, 0),
            ("prewitt_x", 0, 6),
            ("prewitt_y", 6, 0),
            ("sobel_x", 0, 8),
            ("sobel_y", 8, 0),
        ],
    )
    def test_slopes_have_the_stated_gain(self, name, y_slope, x_slope):
        i, j = np.mgrid[:5, :5].astype(float)
        assert correlate(i, KERNELS[name])[2, 2] == pytest.approx(y_slope)
        assert correlate(j, KERNELS[name])[2, 2] == pytest.approx(x_slope)

    @pytest.mark.parametrize(
        ("name", "gain"), [("laplacian_4", 1), ("laplacian_8", 3), ("outline", -3)]
    )
    def test_laplacians_by_taylor_expansion(self, name, gain):
        x, y, h = sympy.symbols("x y h")
        f = sympy.Function("f")
        c = sympy.symbols("c0:15")
        powers = [(m, n) for m in range(5) for n in range(5 - m)]
        quartic = sum(s * x**m * y**n for s, (m, n) in zip(c, powers, strict=True))
        f = sympy.Lambda((x, y), quartic)
        total = sum(
            sympy.Rational(int(weight)) * f((b - 1) * h, (a - 1) * h)
            for (a, b), weight in np.ndenumerate(KERNELS[name].array)
        )
        second = sympy.Poly(sympy.expand(total), h).coeff_monomial(h**2)
        laplacian = (quartic.diff(x, 2) + quartic.diff(y, 2)).subs({x: 0, y: 0})
        assert sympy.simplify(second - gain * laplacian) == 0
        assert all(
            sympy.Poly(sympy.expand(total), h).coeff_monomial(h**n) == 0 for n in (0, 1, 3)
        )

    def test_outline_is_nine_times_what_the_mean_removes(self):
        np.testing.assert_allclose(KERNELS["outline"], 9 * (np.array(K1) - K4), atol=1e-15)

    def test_array_protocol_with_dtype(self):
        assert np.asarray(KERNELS["box"], dtype=np.float32).dtype == np.float32


class TestToeplitzMatrix:
    @pytest.mark.parametrize("boundary", CANONICAL)
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("taps", [(1, 2), (3, 3), (2, 4)])
    def test_multiplies_as_correlate_does(self, boundary, mode, taps):
        image, kernel = random(4, 5), random(*taps, seed=1)
        matrix = toeplitz_matrix(kernel, image.shape, boundary, mode=mode)
        expected = correlate(image, kernel, boundary=boundary, mode=mode)
        np.testing.assert_allclose(matrix @ image.ravel(), expected.ravel(), atol=1e-12)

    def test_kernel_larger_than_image_adds_up(self):
        kernel = random(7, 7)
        matrix = toeplitz_matrix(kernel, (2, 3), "symmetric")
        image = random(2, 3, seed=1)
        expected = correlate(image, kernel, boundary="symmetric")
        np.testing.assert_allclose(matrix @ image.ravel(), expected.ravel(), atol=1e-12)

    def test_one_row_with_zeros_is_toeplitz_and_wrapped_is_circulant(self):
        kernel = [[3, 5, 7]]
        matrix = toeplitz_matrix(kernel, (1, 6))
        np.testing.assert_array_equal(
            matrix, scipy.linalg.toeplitz([5, 3, 0, 0, 0, 0], [5, 7, 0, 0, 0, 0])
        )
        wrapped = toeplitz_matrix(kernel, (1, 6), "circular")
        np.testing.assert_array_equal(wrapped, scipy.linalg.circulant([5, 3, 0, 0, 0, 7]))

    def test_keeps_float32(self):
        assert toeplitz_matrix(np.ones((1, 1), np.float32), (2, 2)).dtype == np.float32

    def test_eigenvalues_of_the_circulant_are_the_frequency_response(self):
        matrix = toeplitz_matrix(K3, (4, 5), "wrap")
        u, v = np.meshgrid(2 * np.pi * np.arange(4) / 4, 2 * np.pi * np.arange(5) / 5)
        expected = np.sort(frequency_response(K3, u, v).real.ravel())
        np.testing.assert_allclose(np.linalg.eigvalsh(matrix), expected, atol=1e-12)


class TestIm2col:
    @pytest.mark.parametrize("boundary", CANONICAL)
    @pytest.mark.parametrize("mode", MODES)
    def test_multiplies_as_correlate_does(self, boundary, mode):
        image, kernel = random(2, 4, 5), random(2, 3, seed=1)
        windows = im2col(image, (2, 3), boundary=boundary, mode=mode)
        expected = correlate(image, kernel, boundary=boundary, mode=mode)
        np.testing.assert_allclose(
            windows @ kernel.ravel(), expected.reshape(2, -1), atol=1e-12
        )

    def test_is_a_copy(self):
        windows = im2col(np.zeros((3, 3)), (1, 1))
        windows[0, 0] = 1
        assert windows.sum() == 1


class TestSeparableFactors:
    @given(st.data())
    def test_recovers_every_product(self, data):
        entries = st.integers(-5, 5).map(float)
        column = data.draw(
            hnp.arrays(np.float64, st.tuples(st.integers(1, 5)), elements=entries)
        )
        row = data.draw(hnp.arrays(np.float64, st.tuples(st.integers(1, 5)), elements=entries))
        kernel = np.outer(column, row)
        left, right = separable_factors(kernel)
        assert left.shape == (len(column), 1)
        assert right.shape == (1, len(row))
        np.testing.assert_allclose(left @ right, kernel, atol=1e-13)

    def test_factors_share_their_scale_and_the_column_is_positive(self):
        column, row = separable_factors(KERNELS["sobel_x"])
        np.testing.assert_allclose(column.ravel(), np.sqrt([0.5, 2, 0.5]))
        np.testing.assert_allclose(row.ravel(), np.sqrt(2) * np.array([-1, 0, 1]), atol=1e-15)

    @pytest.mark.parametrize("scale", [1e-300, 1e300])
    def test_extreme_scales(self, scale):
        column, row = separable_factors(scale * np.ones((3, 3)))
        np.testing.assert_allclose(column @ row, scale * np.ones((3, 3)), rtol=1e-12)

    def test_two_passes_equal_one(self):
        image = random(7, 8)
        column, row = separable_factors(K4)
        twice = correlate(correlate(image, column), row)
        np.testing.assert_allclose(twice, correlate(image, K4), atol=1e-12)

    @pytest.mark.parametrize("name", ["laplacian_4", "laplacian_8", "sharpen", "roberts_main"])
    def test_higher_rank_is_refused(self, name):
        with pytest.raises(ValueError, match="has rank 2"):
            separable_factors(KERNELS[name])

    def test_tolerance_admits_noise(self):
        noisy = np.ones((3, 3)) + 1e-6 * random(3, 3)
        with pytest.raises(ValueError, match="rank"):
            separable_factors(noisy)
        column, row = separable_factors(noisy, tolerance=1e-3)
        np.testing.assert_allclose(column @ row, noisy, atol=1e-5)

    def test_negative_tolerance(self):
        with pytest.raises(ValueError, match="tolerance=-1"):
            separable_factors(K4, tolerance=-1)

    def test_float32_stays(self):
        column, row = separable_factors(np.ones((2, 3), np.float32))
        assert column.dtype == row.dtype == np.float32


class TestFrequencyResponse:
    @pytest.mark.parametrize("operation", [correlate, convolve])
    @pytest.mark.parametrize("taps", [(3, 3), (2, 3), (1, 4)])
    def test_multiplies_waves_on_the_cyclic_grid(self, operation, taps):
        kernel = random(*taps)
        u, v = 2 * np.pi * 3 / 8, 2 * np.pi * 5 / 9
        i, j = np.ogrid[:8, :9]
        wave = np.exp(1j * (u * i + v * j))
        response = frequency_response(kernel, u, v, operation=operation.__name__)
        real = operation(wave.real, kernel, boundary="wrap")
        imaginary = operation(wave.imag, kernel, boundary="wrap")
        np.testing.assert_allclose(real + 1j * imaginary, response * wave, atol=1e-12)

    @pytest.mark.parametrize(
        ("kernel", "closed_form"),
        [
            (K1, lambda u, v: 1 + 0 * u * v),
            (K2, lambda u, v: np.exp(1j * v) + 0 * u),
            (K3, lambda u, v: 9 - (1 + 2 * np.cos(u)) * (1 + 2 * np.cos(v))),
            (K4, lambda u, v: (1 + 2 * np.cos(u)) * (1 + 2 * np.cos(v)) / 9),
            (KERNELS["sobel_x"], lambda u, v: 4j * (1 + np.cos(u)) * np.sin(v)),
            (KERNELS["binomial"], lambda u, v: (np.cos(u / 2) * np.cos(v / 2)) ** 2),
            (KERNELS["laplacian_4"], lambda u, v: 2 * np.cos(u) + 2 * np.cos(v) - 4),
        ],
    )
    def test_closed_forms(self, kernel, closed_form):
        u, v = np.meshgrid(np.linspace(-np.pi, np.pi, 13), np.linspace(-np.pi, np.pi, 11))
        np.testing.assert_allclose(
            frequency_response(kernel, u, v), closed_form(u, v), atol=1e-13
        )

    def test_flipping_conjugates(self):
        kernel = random(3, 3)
        np.testing.assert_allclose(
            frequency_response(kernel, 0.3, 1.1, operation="convolve"),
            np.conj(frequency_response(kernel, 0.3, 1.1)),
        )

    def test_agrees_with_the_fourier_transform(self):
        kernel = random(4, 5)
        u, v = 2 * np.pi * np.arange(4) / 4, 2 * np.pi * np.arange(5) / 5
        actual = frequency_response(
            kernel, u[:, np.newaxis], v, operation="convolve", anchor=(0, 0)
        )
        np.testing.assert_allclose(actual, np.fft.fft2(kernel), atol=1e-12)

    def test_errors(self):
        with pytest.raises(ValueError, match="operation='corr'"):
            frequency_response(K1, 0, 0, operation="corr")
        with pytest.raises(ValueError, match="do not broadcast"):
            frequency_response(K1, [0, 1], [0, 1, 2])
        with pytest.raises(TypeError, match=r"u must be .*, got dtype"):
            frequency_response(K1, "a", 0)


class TestCorrelateGradients:
    @pytest.mark.parametrize("boundary", CANONICAL)
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("taps", [(1, 1), (2, 3), (3, 3)])
    def test_agrees_with_finite_differences(self, boundary, mode, taps):
        image, kernel = random(4, 5), random(*taps, seed=1)
        options = {"boundary": boundary, "mode": mode}
        weights = random(*correlate(image, kernel, **options).shape, seed=2)

        def loss(x, k):
            return float(np.sum(weights * np.sin(correlate(x, k, **options))))

        cotangent = weights * np.cos(correlate(image, kernel, **options))
        gradients = correlate_gradients(image, kernel, cotangent, **options)
        step = 1e-6
        for n in np.ndindex(image.shape):
            e = np.zeros_like(image)
            e[n] = step
            slope = (loss(image + e, kernel) - loss(image - e, kernel)) / (2 * step)
            assert gradients.image[n] == pytest.approx(slope, abs=1e-7)
        for n in np.ndindex(kernel.shape):
            e = np.zeros_like(kernel)
            e[n] = step
            slope = (loss(image, kernel + e) - loss(image, kernel - e)) / (2 * step)
            assert gradients.kernel[n] == pytest.approx(slope, abs=1e-7)

    @given(images, kernels, boundaries, st.integers(0, 99))
    def test_is_the_transpose_of_both_matrices(self, image, kernel, boundary, seed):
        cotangent = np.random.default_rng(seed).integers(-9, 9, image.shape).astype(float)
        gradients = correlate_gradients(image, kernel, cotangent, boundary=boundary)
        matrix = toeplitz_matrix(kernel, image.shape, boundary)
        windows = im2col(image, kernel.shape, boundary=boundary)
        np.testing.assert_array_equal(gradients.image.ravel(), matrix.T @ cotangent.ravel())
        np.testing.assert_array_equal(gradients.kernel.ravel(), windows.T @ cotangent.ravel())

    def test_valid_image_gradient_is_the_full_convolution(self):
        kernel, cotangent = random(2, 3), random(4, 4, seed=1)
        gradients = correlate_gradients(np.zeros((5, 6)), kernel, cotangent, mode="valid")
        np.testing.assert_allclose(gradients.image, convolve(cotangent, kernel, mode="full"))

    def test_valid_kernel_gradient_is_the_valid_correlation(self):
        image, cotangent = random(5, 6), random(4, 4, seed=1)
        gradients = correlate_gradients(image, np.zeros((2, 3)), cotangent, mode="valid")
        np.testing.assert_allclose(gradients.kernel, correlate(image, cotangent, mode="valid"))

    def test_batches_share_the_kernel(self):
        batch, kernel, cotangent = random(3, 4, 4), random(2, 2), random(3, 4, 4, seed=1)
        together = correlate_gradients(batch, kernel, cotangent, boundary="reflect")
        apart = [
            correlate_gradients(x, kernel, g, boundary="reflect")
            for x, g in zip(batch, cotangent, strict=True)
        ]
        np.testing.assert_allclose(together.kernel, sum(g.kernel for g in apart))
        np.testing.assert_allclose(together.image, [g.image for g in apart])

    def test_fill_value_counts_for_the_kernel(self):
        gradients = correlate_gradients(
            np.zeros((1, 1)), np.ones((1, 3)), np.ones((1, 1)), fill_value=2.0
        )
        np.testing.assert_array_equal(gradients.kernel, [[2, 0, 2]])

    def test_float32_stays(self):
        gradients = correlate_gradients(np.ones((3, 3), np.float32), K4, np.ones((3, 3)))
        assert gradients.image.dtype == gradients.kernel.dtype == np.float32

    def test_cotangent_of_wrong_shape(self):
        with pytest.raises(ValueError, match=r"cotangent has shape \(2, 2\).*\(3, 3\)"):
            correlate_gradients(np.ones((3, 3)), K4, np.ones((2, 2)))


class TestFitKernel:
    def test_learns_sobel_from_noise(self):
        noise = random(48, 48)
        fit = fit_kernel(noise, correlate(noise, KERNELS["sobel_x"], mode="valid"), (3, 3))
        np.testing.assert_allclose(fit.kernel, KERNELS["sobel_x"], atol=1e-6)
        assert fit.losses.shape == (201,)
        assert np.all(np.diff(fit.losses) <= 1e-25)

    def test_goes_to_the_least_squares_solution(self):
        image, target = random(20, 20), random(20, 20, seed=1)
        fit = fit_kernel(image, target, (3, 3), boundary="reflect", mode="same")
        windows = im2col(image, (3, 3), boundary="reflect")
        best = np.linalg.lstsq(windows, target.ravel())[0]
        np.testing.assert_allclose(fit.kernel.ravel(), best, atol=1e-8)

    def test_a_step_beyond_twice_the_default_diverges(self):
        noise = random(30, 30)
        target = correlate(noise, K3, mode="valid")
        windows = im2col(noise, (3, 3), mode="valid")
        curvature = np.linalg.eigvalsh(windows.T @ windows / len(windows))[-1]
        fit = fit_kernel(noise, target, (3, 3), step_size=2.1 / curvature)
        assert fit.losses[-1] > fit.losses[0]

    def test_no_steps(self):
        fit = fit_kernel(np.ones((3, 3)), np.ones((3, 3)), (1, 1), steps=0)
        assert fit.losses.tolist() == [0.5]

    @pytest.mark.parametrize(
        ("options", "text"),
        [({"steps": -1}, "steps=-1"), ({"step_size": 0.0}, "step_size=0.0")],
    )
    def test_unusable_options(self, options, text):
        with pytest.raises(ValueError, match=text):
            fit_kernel(np.ones((3, 3)), np.ones((3, 3)), (1, 1), **options)

    def test_zero_image(self):
        with pytest.raises(ValueError, match="zero"):
            fit_kernel(np.zeros((3, 3)), np.ones((3, 3)), (1, 1))

    def test_target_of_wrong_shape(self):
        with pytest.raises(ValueError, match="target has shape"):
            fit_kernel(np.ones((4, 4)), np.ones((4, 4)), (3, 3))


class TestTargets:
    def test_impulse_response_of_convolution_is_the_kernel(self):
        kernel = random(3, 3)
        np.testing.assert_array_equal(convolve(impulse((3, 3)), kernel), kernel)

    def test_outline_across_a_step_edge(self):
        output = correlate(step_edge((5, 6)), K3, boundary="edge")
        np.testing.assert_array_equal(output, np.tile([0, 0, -3, 3, 0, 0], (5, 1)))

    def test_step_edge_turned_by_a_right_angle(self):
        np.testing.assert_array_equal(step_edge((4, 4), np.pi / 2), step_edge((4, 4)).T)

    def test_checkerboard_squares(self):
        board = checkerboard((4, 4), 2)
        np.testing.assert_array_equal(board, np.kron([[0, 1], [1, 0]], np.ones((2, 2))))

    def test_mean_leaves_a_ninth_of_the_checkerboard(self):
        board = checkerboard((6, 6)) - 0.5
        np.testing.assert_allclose(correlate(board, K4, boundary="wrap"), board / 9)

    def test_zone_plate_reaches_the_highest_frequency_at_the_rim(self):
        plate = zone_plate(64)
        rim = plate[32, :4]
        np.testing.assert_allclose(np.abs(np.diff(rim)), 1, atol=0.1)
        assert plate[32, 32] == 1

    def test_errors(self):
        with pytest.raises(TypeError, match="shape=3"):
            impulse(3)
        with pytest.raises(ValueError, match="size=0"):
            checkerboard((2, 2), 0)
        with pytest.raises(ValueError, match="size="):
            zone_plate(0)


class TestFigures:
    @staticmethod
    def draw(name):
        drawn = figures.convolution
        photo = np.random.default_rng(0).uniform(size=(12, 10))
        return {
            "sliding_window": lambda: drawn.sliding_window(np.eye(5), K3, (2, 2)),
            "portrait": lambda: drawn.portrait(photo, K3),
            "targets": lambda: drawn.targets({"k1": K1, "k3": K3}, size=24),
            "shift_direction": lambda: drawn.shift_direction(photo, K2),
            "edge_profile": drawn.edge_profile,
            "responses": drawn.responses,
            "matrices": lambda: drawn.matrices(K3, 4),
            "boundaries": lambda: drawn.boundaries([1, 2, 4], 2),
            "learning": lambda: drawn.learning({"a": [1.0, 0.1, 0.0]}, [K3, K4], [1, 2]),
            "gallery": lambda: drawn.gallery(photo, ["box", "sobel_x", "outline", "emboss"]),
            "zone_plate": lambda: drawn.zone_plate(24),
        }[name]()

    @pytest.mark.parametrize("name", figures.convolution.__all__)
    def test_follows_the_page_except_for_numbers_on_images(self, name):
        svg = self.draw(name).to_bytes("svg").decode()
        used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg))
        assert used <= {*figures.COLOURS.values(), "#101010", "#ffffff"}

    @pytest.mark.parametrize("name", figures.convolution.__all__)
    def test_no_text_is_left_black(self, name):
        for text in self.draw(name).findobj(lambda artist: hasattr(artist, "get_text")):
            assert text.get_color() not in ("black", "k", "#000000") or not text.get_text()

    def test_window_shows_the_framed_sum(self):
        image = np.zeros((5, 6))
        image[1:4, 1:5], image[2:4, 2:4] = 5, 9
        shown = figures.convolution.sliding_window(image, K3, (2, 2)).axes[2].texts
        assert shown[2 * 6 + 2].get_text() == "20"

    def test_directions_are_those_of_the_titles(self):
        image = impulse((5, 5))
        axes = figures.convolution.shift_direction(image, K2).axes
        columns = [int(np.argmax(ax.images[0].get_array()[2])) for ax in axes]
        assert columns == [2, 1, 3]

    def test_portrait_of_a_derivative_is_signed(self):
        photo = np.random.default_rng(0).uniform(size=(12, 10))
        limits = [
            figures.convolution.portrait(photo, kernel).axes[1].images[0].get_clim()
            for kernel in (K3, K4)
        ]
        assert limits == [(-2, 2), (0, 1)]
