"""What `identify` says: on the gallery, on held-out kernels, and on what has no name."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import scipy.ndimage

from dlnotes.convolution import (
    KERNELS,
    NO_DESCRIPTION,
    convolve,
    correlate,
    frequency_response,
    identify,
    measure,
    parse_kernel,
)
from kernel_cases import Case, cases, disguised, judged
from library_kernels import LIBRARIES

K1 = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
K2 = [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
K3 = [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
K4 = np.ones((3, 3)) / 9
SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])

# What each entry of the gallery must be called, in words of its own.
CALLED = {
    "identity": "identity",
    "shift": "shift",
    "box": "box blur",
    "binomial": "binomial",
    "difference": "central difference",
    "prewitt": "Prewitt",
    "sobel": "Sobel",
    "scharr": "Scharr",
    "kirsch": "Kirsch",
    "roberts": "Roberts",
    "haar": "Haar",
    "laplacian_4": "4-neighbour",
    "laplacian_8": "8-neighbour",
    "outline": "8-neighbour",
    "sharpen": "sharpen",
    "unsharp": "unsharp",
    "emboss": "emboss",
    "gaussian": "Gaussian",
    "log": "LoG",
    "dog": "DoG",
    "motion": "motion",
    "gabor": "Gabor",
}


class TestTheFour:
    def test_identity(self):
        assert identify(K1).sentence == "Leaves the image as it is (identity)."

    def test_shift_names_both_directions(self):
        report = identify(K2)
        assert report.name == "shift"
        assert report.shift == (0, -1)
        assert "left under correlation, to the right under convolution" in report.sentence

    def test_outline(self):
        report = identify(K3)
        assert report.name == "Laplacian (8-neighbour)"
        assert report.moments == (-3, 0, -3)
        assert "-3 times the Laplacian" in report.sentence

    def test_mean(self):
        report = identify(K4)
        assert report.name == "box blur"
        assert "3 by 3" in report.sentence
        assert report.band == "low-pass"


class TestGallery:
    @pytest.mark.parametrize("name", KERNELS)
    def test_every_entry_is_recognised(self, name):
        report = identify(KERNELS[name])
        word = next(word for start, word in CALLED.items() if name.startswith(start))
        assert word in " ".join([report.name, *report.aliases])
        assert report.confidence == "exact"

    @pytest.mark.parametrize("name", ["sobel_x", "emboss", "laplacian_8", "gaussian", "haar_x"])
    def test_scale_and_quarter_turns_leave_the_name(self, name):
        expected = identify(KERNELS[name]).name
        for turns in range(4):
            for scale in (-3.5, 1e-9, 1e12):
                assert identify(scale * np.rot90(KERNELS[name], turns)).name == expected

    @pytest.mark.parametrize("name", ["laplacian_8", "laplacian_4"])
    def test_of_two_names_for_one_kernel_no_rounding_decides(self, name):
        # It is the identity minus a blur of its neighbours as well.
        rng = np.random.default_rng(7)
        clean = np.asarray(KERNELS[name])
        kernel = clean + 0.03 * rng.normal(size=clean.shape) * (clean != 0)
        said = {
            identify(scale * np.rot90(kernel, turns)).name
            for scale in rng.uniform(0.1, 10, size=25)
            for turns in range(4)
        }
        assert said == {identify(clean).name}

    @pytest.mark.parametrize("step", [(0, 1), (1, 0), (-1, 2), (2, -2)])
    def test_shift_says_where_the_picture_goes(self, step):
        kernel = np.zeros((5, 5))
        kernel[2 - step[0], 2 - step[1]] = 1  # correlation takes the value from there
        image = np.random.default_rng(0).normal(size=(7, 8))
        moved = np.roll(image, step, axis=(0, 1))
        np.testing.assert_array_equal(correlate(image, kernel, boundary="wrap"), moved)
        assert identify(kernel).shift == step

    def test_slope_points_where_the_image_grows(self):
        i, j = np.mgrid[:7, :7].astype(float)
        for angle in (0.0, 0.7, 2.0, -1.2):
            kernel = np.cos(angle) * SOBEL + np.sin(angle) * SOBEL.T
            ramp = np.cos(angle) * j + np.sin(angle) * i
            down, right = identify(kernel).moments
            assert np.arctan2(down, right) == pytest.approx(angle)
            assert np.hypot(down, right) == pytest.approx(correlate(ramp, kernel)[3, 3])

    def test_fitted_numbers(self):
        bell = np.outer(*[np.exp(-(np.arange(-6, 7) ** 2) / (2 * 1.7**2))] * 2)
        report = identify(bell)
        assert report.details["sigma"] == pytest.approx(1.7, rel=1e-4)
        assert "1.7 pixels" in report.sentence


def names_nearly_all(kernels, what, capsys):
    """Hold `identify` to labelled kernels: 95 % named right, none wrongly; print the count."""
    found: Counter[str] = Counter()
    faults = []
    for case in kernels:
        report = identify(case.kernel)
        verdict = judged(case, report)
        found[verdict] += 1
        if verdict != "right":
            faults.append(f"{verdict}: {case.label} is said to be {report.name}")
    with capsys.disabled():
        print(f"\n{what}: {dict(found)}", *faults, sep="\n  ")
    assert found["wrong"] == 0, faults
    assert found["right"] >= 0.95 * sum(found.values()), faults


class TestHeldOut:
    """No kernel of these seeds was looked at while the rules were written."""

    def test_names_nearly_all_and_none_wrongly(self, capsys):
        names_nearly_all(cases(seed=20_261_205, rounds=1), "held-out kernels", capsys)

    def test_random_kernels_have_no_name(self):
        rng = np.random.default_rng(99)
        for _ in range(60):
            kernel = rng.normal(size=rng.integers(3, 6, 2))
            assert identify(kernel).name == NO_DESCRIPTION

    def test_a_wrong_name_would_be_counted(self):
        assert judged(Case("sobel", ("sobel",), SOBEL), identify(K4)) == "wrong"
        assert judged(Case("nothing", (), SOBEL), identify(SOBEL)) == "wrong"


class TestLibraries:
    """Kernels that others made and named: see library_kernels."""

    @pytest.mark.parametrize("library", LIBRARIES)
    def test_names_nearly_all_and_none_wrongly(self, library, capsys):
        module = pytest.importorskip(library, reason=f"{library} is not installed here")
        rng = np.random.default_rng(20_261_128)
        each = (k for case in LIBRARIES[library](module) for k in (case, disguised(case, rng)))
        names_nearly_all(each, f"kernels of {library}", capsys)


class TestFacts:
    def test_order_by_what_polynomials_become(self):
        # A kernel of order m takes polynomials of lower degree to zero.
        i, j = np.mgrid[:9, :9] - 4.0
        for name, kernel in KERNELS.items():
            order = measure(kernel).derivative_order
            for p in range(order):
                for q in range(order - p):
                    output = correlate(i**p * j**q, kernel, mode="valid")
                    assert np.abs(output).max() < 1e-9 * np.abs(kernel.array).sum(), name

    def test_symmetry_and_rank(self):
        assert "odd left-right" in measure(SOBEL).symmetry
        assert "up-down" in measure(SOBEL).symmetry
        assert "quarter turn" in measure(K3).symmetry
        assert measure(K3).rank == 2
        assert measure([[1, 2], [3, 4]]).symmetry == ()

    def test_response_is_that_of_the_kernel(self):
        u = np.linspace(-3, 3, 5)
        np.testing.assert_array_equal(
            identify(SOBEL).frequency_response(u, 0.3), frequency_response(SOBEL, u, 0.3)
        )

    def test_bands(self):
        expected = {
            "box": "low-pass",
            "outline": "high-pass",
            "identity": "all-pass",
            "sharpen": "boost",
            "gabor": "mixed",
            "shift_up": "all-pass",
        }
        for name, band in expected.items():
            assert identify(KERNELS[name]).band in (band, "band-pass"), name

    def test_zero(self):
        report = identify(np.zeros((3, 3)))
        assert report.name == "zero"
        assert report.derivative_order is None
        assert "zero" in str(report)

    def test_extreme_scales(self):
        for scale in (1e-300, 1e300):
            assert identify(scale * SOBEL).name == "Sobel"

    @pytest.mark.parametrize(
        ("kernel", "error"),
        [
            ([[1, 2], [3]], ValueError),
            ([[np.nan]], ValueError),
            ([1, 2], ValueError),
            ([["a"]], TypeError),
            ([[1j]], TypeError),
        ],
    )
    def test_errors(self, kernel, error):
        with pytest.raises(error, match="kernel"):
            identify(kernel)


class TestComposed:
    def test_product_names_both(self):
        report = identify(convolve(SOBEL, np.full((3, 3), 1 / 9), mode="full"))
        assert "box blur" in report.name
        assert "Sobel" in report.name
        assert report.derivative_order == 1

    def test_sum_names_both(self):
        report = identify(2 * K4 + 0.5 * SOBEL)
        assert "box" in report.name
        assert "Sobel" in report.name

    def test_noise_costs_certainty_first(self):
        rng = np.random.default_rng(4)
        noise = rng.normal(size=(3, 3))
        said = [identify(SOBEL + size * noise).confidence for size in (0, 0.03, 3)]
        assert said == ["exact", "approximate", "none"]

    def test_turned_by_any_angle(self):
        line = np.zeros((11, 11))
        line[5] = 1 / 11
        report = identify(scipy.ndimage.rotate(line, 30, reshape=False, order=1))
        assert report.name == "motion blur"
        assert abs(report.details["angle"] - 150) < 6


class TestParseKernel:
    @pytest.mark.parametrize(
        "text",
        [
            "0 0 0; 0 0 1; 0 0 0",
            "[[0,0,0],[0,0,1],[0,0,0]]",
            "0,0,0\n0,0,1\n0,0,0\n",
            "[ [0 0 0], [0 0 1], [0 0 0] ]",
            " [0 0 0; 0 0 1; 0 0 0] ",
        ],
    )
    def test_spellings(self, text):
        np.testing.assert_array_equal(parse_kernel(text), K2)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[ [1 1 1], [1 1 1], [1 1 1] ] / 9", K4),
            ("1 2 1 / 4", [[0.25, 0.5, 0.25]]),
            ("1/2 1/4", [[0.5, 0.25]]),
            ("1 -1", [[1, -1]]),
            ("\N{MINUS SIGN}1 +2e1", [[-1, 20]]),
            ("[[1,2]] * 3", [[3, 6]]),
            ("[[1,2]]/2", [[0.5, 1]]),
            ("5", [[5]]),
            (".5 1.", [[0.5, 1]]),
        ],
    )
    def test_values(self, text, expected):
        np.testing.assert_allclose(parse_kernel(text), expected)

    @pytest.mark.parametrize(
        ("text", "reason", "place"),
        [
            ("[ [-1-1 -1], [-1 8 -1], [-1 -1 -1] ]", "no space between -1 and -1", 5),
            ("1 2; 3", "1 weights and the first has 2", 5),
            ("1 x", "'x' is no part", 2),
            ("[[1, 2]", "never closed", 0),
            ("1]", "never opened", 1),
            ("", "no number", 0),
            ("[[[1]]]", "two axes", 2),
            ("1/0", "divided by zero", 0),
            ("1 2 / 0", "divided by zero", 6),
            ("1e999", "too large", 0),
        ],
    )
    def test_errors_point_at_the_place(self, text, reason, place):
        with pytest.raises(ValueError, match=reason) as caught:
            parse_kernel(text)
        assert caught.value.position == place
        assert str(caught.value).splitlines()[-1].index("^") == place + 2

    def test_no_text(self):
        with pytest.raises(TypeError, match="string"):
            parse_kernel(K1)
