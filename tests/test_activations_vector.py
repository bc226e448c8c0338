"""Tests of the functions of a whole vector, and of cross-entropy."""

from __future__ import annotations

import itertools
import math
import warnings

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from activation_reference import m, ulps
from dlnotes import activations
from dlnotes.activations import (
    Gated,
    VectorFunction,
    cross_entropy,
    hardmax,
    log_softmax,
    logmeanexp,
    logsumexp,
    softmax,
    softmax2d,
    softmin,
    sparsemax,
)

VECTOR_FUNCTIONS = [
    f
    for f in vars(activations).values()
    if isinstance(f, VectorFunction) and f is not softmax2d
]
UNGATED = [f for f in VECTOR_FUNCTIONS if not isinstance(f, Gated)]
each_vector = pytest.mark.parametrize("f", VECTOR_FUNCTIONS, ids=lambda f: f.name)

moderate = st.floats(-30, 30)
scores = hnp.arrays(np.float64, st.integers(1, 7), elements=moderate)


def exact_softmax(z):
    with mpmath.workdps(60):
        terms = [mpmath.exp(m(value)) for value in z]
        return [term / mpmath.fsum(terms) for term in terms]


def exact_log_softmax(z):
    with mpmath.workdps(60):
        return [mpmath.log(share) for share in exact_softmax(z)]


class TestSoftmax:
    @given(scores)
    def test_agrees_with_mpmath(self, z):
        for got, expected in zip(softmax(z), exact_softmax(z), strict=True):
            assert float(got) == pytest.approx(float(expected), rel=2e-14)

    @given(scores, st.floats(-1000, 1000))
    def test_adding_a_constant_changes_nothing(self, z, shift):
        np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-11)

    @given(scores)
    def test_shares_are_positive_and_sum_to_one(self, z):
        s = softmax(z)
        assert np.all(s > 0)
        assert float(s.sum()) == pytest.approx(1.0, abs=1e-14)

    def test_jacobian_equals_symbolic_differentiation_for_several_lengths(self):
        for size in range(1, 6):
            z = sp.symbols(f"z:{size}", real=True)
            total = sum(sp.exp(entry) for entry in z)
            exact = sp.Matrix([sp.exp(entry) / total for entry in z]).jacobian(z)
            at = [sp.Rational(k * k - 3, 4) for k in range(size)]
            exact = exact.subs(dict(zip(z, at, strict=True))).evalf(30)
            np.testing.assert_allclose(
                softmax.jacobian([float(value) for value in at]),
                np.array(exact.tolist(), dtype=float), rtol=1e-14, atol=1e-300,
            )  # fmt: skip

    @given(scores)
    def test_jacobian_is_symmetric_semidefinite_with_norm_at_most_one_half(self, z):
        jacobian = softmax.jacobian(z)
        np.testing.assert_array_equal(jacobian, jacobian.T)
        np.testing.assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-15)
        values = np.linalg.eigvalsh(jacobian)
        assert values[0] >= -1e-15
        assert values[-1] <= 0.5 + 1e-15

    def test_norm_one_half_is_reached_by_two_equal_shares(self):
        values = np.linalg.eigvalsh(softmax.jacobian([0.0, 0.0, -800.0]))
        assert values[-1] == pytest.approx(0.5)

    def test_diagonal_keeps_its_digits_when_one_share_is_all(self):
        jacobian = softmax.jacobian([0.0, -60.0])
        assert float(jacobian[0, 0]) == pytest.approx(math.exp(-60.0), rel=1e-14)


class TestLogSoftmax:
    @given(scores)
    def test_agrees_with_mpmath(self, z):
        for got, expected in zip(log_softmax(z), exact_log_softmax(z), strict=True):
            assert float(got) == pytest.approx(float(expected), rel=1e-13, abs=1e-300)

    def test_largest_entry_keeps_its_digits(self):
        assert float(log_softmax([0.0, -50.0])[0]) == pytest.approx(-math.exp(-50), rel=1e-14)

    def test_far_below_the_largest(self):
        assert log_softmax([0.0, -1e5]).tolist() == [0.0, -1e5]


class TestLogSumExp:
    @given(scores)
    def test_bounds(self, z):
        value, top = float(logsumexp(z)), float(z.max())
        assert top <= value <= top + math.log(len(z)) + 1e-14

    @given(scores)
    def test_agrees_with_mpmath(self, z):
        with mpmath.workdps(60):
            expected = mpmath.log(mpmath.fsum(mpmath.exp(m(value)) for value in z))
        assert float(logsumexp(z)) == pytest.approx(float(expected), rel=1e-14, abs=1e-14)

    def test_keepdims(self):
        x = np.zeros((2, 3, 4))
        assert logsumexp(x, axis=1).shape == (2, 4)
        assert logsumexp(x, axis=1, keepdims=True).shape == (2, 1, 4)

    def test_gradient_is_softmax(self):
        x = np.random.default_rng(1).normal(size=(3, 4))
        # Not to the last bit: the axis lies otherwise in memory, and exp may be another there.
        np.testing.assert_array_max_ulp(
            logsumexp.jacobian(x, axis=0), softmax(x, axis=0).T, maxulp=4
        )


class TestVectorFunctions:
    @each_vector
    def test_jacobian_agrees_with_differences(self, f):
        z, h = np.array([0.3, -1.2, 2.0, 0.7]), 1e-6
        columns = [(f(z + h * e) - f(z - h * e)) / (2 * h) for e in np.eye(4)]
        np.testing.assert_allclose(f.jacobian(z), np.array(columns).T, atol=1e-9)

    @each_vector
    @pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
    def test_any_axis_of_a_batch(self, f, axis):
        rng = np.random.default_rng(5)
        x = rng.normal(size=(2, 6, 4))
        moved = np.moveaxis(x, axis, -1)
        got, gradient = f(x, axis), f.vjp(x, f(x, axis), axis)
        jacobian = f.jacobian(x, axis)
        for index in itertools.product(*map(range, moved.shape[:-1])):
            z = moved[index]
            value = f(z)
            kept = np.moveaxis(got, axis, -1)[index] if np.ndim(value) else got[index]
            np.testing.assert_allclose(kept, value, rtol=1e-14)
            np.testing.assert_allclose(jacobian[index], f.jacobian(z), rtol=1e-14)
            np.testing.assert_allclose(
                np.moveaxis(gradient, axis, -1)[index], f.vjp(z, value), rtol=1e-13, atol=1e-300
            )

    @each_vector
    @given(z=scores, seed=st.integers(0, 1000))
    def test_vjp_is_the_product_with_the_jacobian(self, f, z, seed):
        assume(len(z) % 2 == 0 or not isinstance(f, Gated))
        assume(f is not hardmax or (z == z.max()).sum() == 1)
        v = np.random.default_rng(seed).normal(size=np.shape(f(z)))
        product = np.tensordot(v, f.jacobian(z), axes=np.ndim(v))
        np.testing.assert_allclose(f.vjp(z, v), product, rtol=1e-12, atol=1e-14)

    @each_vector
    def test_precision_is_kept(self, f):
        x = np.array([[1, 2], [3, 5]], np.float32)
        v = np.ones_like(f(x))
        assert f(x).dtype == f.jacobian(x).dtype == f.vjp(x, v).dtype == np.float32
        assert f(x.astype(int)).dtype == np.float64
        assert f.vjp(x, v.astype(np.float64)).dtype == np.float64

    @pytest.mark.parametrize("f", UNGATED, ids=lambda f: f.name)
    def test_infinities_nan_and_no_warning(self, f):
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            masked = f([0.0, -np.inf, 0.0])
            taken = f([0.0, np.inf])
            undefined = f([np.nan, 0.0, 0.0]), f([np.nan])
        expected = {
            "softmax": ([0.5, 0.0, 0.5], [0.0, 1.0]),
            "softmin": ([0.0, 1.0, 0.0], [1.0, 0.0]),
            "log_softmax": ([-math.log(2), -np.inf, -math.log(2)], [-np.inf, 0.0]),
            "logsumexp": (math.log(2), np.inf),
            "logmeanexp": (math.log(2 / 3), np.inf),
            "hardmax": ([1.0, 0.0, 0.0], [0.0, 1.0]),
            "sparsemax": ([0.5, 0.0, 0.5], [0.0, 1.0]),
        }[f.name]
        np.testing.assert_allclose(masked, expected[0])
        np.testing.assert_allclose(taken, expected[1])
        assert all(np.all(np.isnan(values)) for values in undefined)

    def test_no_limit_no_answer(self):
        assert np.all(np.isnan(softmax([np.inf, np.inf, 0.0])))
        assert np.all(np.isnan(softmax([-np.inf, -np.inf])))
        assert logsumexp([np.inf, np.inf]) == np.inf
        assert logsumexp([-np.inf, -np.inf]) == -np.inf

    @each_vector
    def test_axis_out_of_range(self, f):
        with pytest.raises(ValueError, match=r"axis 2 is out of range for x of shape \(2, 2\)"):
            f(np.eye(2), axis=2)
        with pytest.raises(ValueError, match="axis -3"):
            f.jacobian(np.eye(2), axis=-3)

    @each_vector
    def test_empty_axis(self, f):
        with pytest.raises(ValueError, match=r"axis 0 of x is empty \(shape \(0, 3\)\)"):
            f(np.zeros((0, 3)), axis=0)
        assert f(np.zeros((0, 4)), axis=1).shape[0] == 0

    @each_vector
    def test_single_number(self, f):
        with pytest.raises(ValueError, match=r"x is a single number"):
            f(1.0)

    @each_vector
    def test_axis_of_wrong_type(self, f):
        with pytest.raises(TypeError, match=r"axis must be an integer, got 0\.5"):
            f([1.0], axis=0.5)

    @each_vector
    def test_cotangent_of_wrong_shape(self, f):
        with pytest.raises(ValueError, match=r"cotangent has shape \(7,\)"):
            f.vjp([1.0, 2.0], np.ones(7))

    @each_vector
    def test_name_is_shown(self, f):
        assert f.name in repr(f)


class TestAccuracy:
    """A few units in the last place, however far the scores are apart."""

    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    @pytest.mark.parametrize("scale", [1.0, 20.0, 300.0])
    def test_softmax_and_log_softmax_agree_with_mpmath(self, dtype, scale):
        rng = np.random.default_rng(3)
        for size in (1, 2, 9, 100):
            z = (rng.normal(size=size) * scale).astype(dtype)
            shares, logs = softmax(z), log_softmax(z)
            with mpmath.workdps(900):
                terms = [mpmath.exp(m(value)) for value in z]
                total = mpmath.fsum(terms)
                for k, term in enumerate(terms):
                    assert ulps(shares[k], term / total, dtype) <= 8
                    assert ulps(logs[k], mpmath.log(term / total), dtype) <= 8

    def test_vjp_keeps_its_digits_when_one_share_is_nearly_all(self):
        z, v = np.array([40.0, 0.0, -1.0]), np.array([3.0, 1.0, -2.0])
        with mpmath.workdps(60):
            terms = [mpmath.exp(m(value)) for value in z]
            s = [term / mpmath.fsum(terms) for term in terms]
            inner = mpmath.fsum(a * m(b) for a, b in zip(s, v, strict=True))
            for k, got in enumerate(softmax.vjp(z, v)):
                assert ulps(got, s[k] * (m(v[k]) - inner)) <= 8
            for k, got in enumerate(log_softmax.vjp(z, v)):
                exact = m(v[k]) - s[k] * mpmath.fsum(m(value) for value in v)
                assert ulps(got, exact) <= 8


class TestTemperature:
    @given(scores, st.floats(0.05, 20))
    def test_is_softmax_of_the_scaled_scores(self, z, t):
        np.testing.assert_allclose(softmax(z, temperature=t), softmax(z / t), rtol=1e-11)

    @given(scores)
    def test_limits(self, z):
        cold = softmax(z, temperature=0.0)
        largest = z == z.max()
        np.testing.assert_array_equal(cold, largest / largest.sum())
        np.testing.assert_allclose(softmax(z, temperature=np.inf), 1 / len(z), rtol=1e-15)
        if np.all(largest | (z < z.max() - 1e-3)):
            np.testing.assert_allclose(softmax(z, temperature=1e-6), cold, atol=1e-300)

    def test_derivatives_agree_with_differences(self):
        z, h, t = np.array([0.3, -1.2, 2.0]), 1e-6, 0.4
        for f in (softmax, softmin):
            columns = [
                (f(z + h * e, temperature=t) - f(z - h * e, temperature=t)) / (2 * h)
                for e in np.eye(3)
            ]
            jacobian = f.jacobian(z, temperature=t)
            np.testing.assert_allclose(jacobian, np.array(columns).T, atol=1e-8)
            v = np.array([1.0, 2.0, -0.5])
            np.testing.assert_allclose(f.vjp(z, v, temperature=t), v @ jacobian, rtol=1e-12)
        assert np.all(softmax.jacobian(z, temperature=np.inf) == 0)

    @pytest.mark.parametrize("value", [-1.0, np.nan])
    def test_out_of_range(self, value):
        with pytest.raises(ValueError, match=r"temperature=.*from 0 to infinity"):
            softmax([1.0], temperature=value)

    def test_no_derivative_at_zero(self):
        for call in (softmax.jacobian, softmax.eigenvalues):
            with pytest.raises(ValueError, match="temperature=0 leaves no derivative"):
                call([1.0, 2.0], temperature=0.0)
        with pytest.raises(TypeError, match="temperature must be a real number, got '1'"):
            softmax([1.0], temperature="1")

    @given(scores, st.floats(0.1, 10))
    def test_eigenvalues_interlace_with_the_shares(self, z, t):
        values = softmax.eigenvalues(z, temperature=t) * t
        s = np.sort(softmax(z, temperature=t))
        assert abs(values[0]) < 1e-12
        assert np.all(values[1:] <= s[1:] + 1e-12)
        assert np.all(values[1:] >= s[:-1] - 1e-12)
        assert values[-1] / t <= softmax.lipschitz(temperature=t) * (1 + 1e-12)


class TestSoftmin:
    @given(scores)
    def test_is_softmax_of_the_negative(self, z):
        np.testing.assert_array_equal(softmin(z), softmax(-z))
        np.testing.assert_array_equal(softmin.jacobian(z), -softmax.jacobian(-z))


class TestSoftmax2d:
    def test_is_softmax_over_the_channels(self):
        x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
        np.testing.assert_array_equal(softmax2d(x), softmax(x, axis=1))
        np.testing.assert_array_equal(softmax2d(x[0]), softmax(x[0], axis=0))
        v = np.random.default_rng(1).normal(size=x.shape)
        np.testing.assert_array_equal(softmax2d.vjp(x, v), softmax.vjp(x, v, axis=1))
        np.testing.assert_array_equal(softmax2d.jacobian(x), softmax.jacobian(x, axis=1))

    def test_refuses_what_is_no_image(self):
        with pytest.raises(ValueError, match=r"x has shape \(3, 4\); give images"):
            softmax2d(np.zeros((3, 4)))
        with pytest.raises(ValueError, match="axis=2 is not that of the channels"):
            softmax2d(np.zeros((3, 4, 5)), axis=2)


class TestSparsemax:
    @given(scores)
    def test_is_the_nearest_point_of_the_simplex(self, z):
        p = sparsemax(z)
        assert np.all(p >= 0)
        assert float(p.sum()) == pytest.approx(1.0, abs=1e-12)
        # nearest exactly if no corner of the simplex lies in the direction of z - p
        assert np.all((z - p) @ (np.eye(len(z)) - p).T <= 1e-10)

    @given(scores)
    def test_is_shift_invariant_and_below_the_score_differences(self, z):
        np.testing.assert_allclose(sparsemax(z + 3.0), sparsemax(z), atol=1e-13)

    def test_far_apart_is_one_hot(self):
        assert sparsemax([0.0, 1e300, -1e300]).tolist() == [0.0, 1.0, 0.0]


class TestHardmax:
    def test_first_of_several(self):
        assert hardmax([[1.0, 2.0, 2.0], [5.0, 1.0, 5.0]]).tolist() == [[0, 1, 0], [1, 0, 0]]

    def test_has_no_derivative_where_entries_tie(self):
        assert np.all(np.isnan(hardmax.jacobian([2.0, 2.0])))
        assert np.all(hardmax.jacobian([2.0, 1.0]) == 0)


class TestGated:
    @pytest.mark.parametrize("f", [f for f in VECTOR_FUNCTIONS if f not in UNGATED])
    @given(z=hnp.arrays(np.float64, 6, elements=moderate))
    def test_is_one_half_times_a_function_of_the_other(self, f, z):
        a, b = z[:3], z[3:]
        linear, gate = (b, a) if f.first else (a, b)
        # both are good to some units in the last place, and need not be the same number
        np.testing.assert_allclose(f(z), linear * f.gate(gate), rtol=2e-15, atol=0)

    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    def test_glu_is_right_to_a_few_ulp_also_in_its_tails(self, dtype):
        far = 740.0 if dtype is np.float64 else 100.0
        gates = np.concatenate([np.linspace(-far, far, 301), np.linspace(-3, 3, 50)])
        for factor in (1.0, -0.3, 1e30):
            x = np.stack([np.full(gates.shape, factor), gates], axis=-1).astype(dtype)
            got = activations.glu(x)[:, 0]
            assert got.dtype == dtype
            with mpmath.workdps(400):
                for value, (a, b) in zip(got, x.tolist(), strict=True):
                    assert ulps(value, m(a) / (1 + mpmath.exp(-m(b))), dtype) <= 4, (a, b)

    def test_glu_at_the_ends(self):
        z = [[2.0, -np.inf], [2.0, np.inf], [np.inf, 0.0], [np.nan, 0.0], [1.0, np.nan]]
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            got = activations.glu(z)[:, 0]
        np.testing.assert_array_equal(got, [0.0, 2.0, np.inf, np.nan, np.nan])

    def test_the_gate_of_glu_is_last_and_that_of_swiglu_first(self):
        assert float(activations.glu([2.0, -800.0])[0]) == 0.0
        assert float(activations.swiglu([-800.0, 2.0])[0]) == 0.0

    def test_odd_length(self):
        with pytest.raises(ValueError, match="length 3; give an even one"):
            activations.glu([1.0, 2.0, 3.0])


class TestLogMeanExp:
    @given(scores)
    def test_lies_between_mean_and_maximum(self, z):
        value = float(logmeanexp(z))
        assert z.mean() - 1e-12 <= value <= z.max() + 1e-12
        assert value == pytest.approx(float(logsumexp(z)) - math.log(len(z)), abs=1e-13)


class TestCrossEntropy:
    @given(scores, st.integers(0, 6))
    def test_class_number_and_one_hot_agree_with_mpmath(self, z, label):
        assume(label < len(z))
        expected = -float(exact_log_softmax(z)[label])
        one_hot = np.eye(len(z))[label]
        assume(len(z) > 1)
        for target in (label, one_hot):
            assert float(cross_entropy(z, target)) == pytest.approx(
                expected, rel=1e-13, abs=1e-300
            )

    @given(scores, st.integers(0, 1000))
    def test_gradient_is_shares_minus_targets(self, z, seed):
        y = np.random.default_rng(seed).dirichlet(np.ones(len(z)))
        np.testing.assert_allclose(
            cross_entropy.gradient(z, y), softmax(z) - y, rtol=1e-9, atol=1e-13
        )

    def test_gradient_agrees_with_differences(self):
        z, y, h = np.array([0.4, -1.0, 2.2]), np.array([0.2, 0.5, 0.3]), 1e-6
        slopes = [
            (cross_entropy(z + h * e, y) - cross_entropy(z - h * e, y)) / (2 * h)
            for e in np.eye(3)
        ]
        np.testing.assert_allclose(cross_entropy.gradient(z, y), slopes, atol=1e-9)

    def test_confident_and_right_keeps_its_digits(self):
        z = [0.0, -60.0]
        assert float(cross_entropy(z, 0)) == pytest.approx(math.exp(-60), rel=1e-14)
        np.testing.assert_allclose(
            cross_entropy.gradient(z, 0), [-math.exp(-60), math.exp(-60)], rtol=1e-14
        )

    def test_confident_and_wrong_is_finite(self):
        assert float(cross_entropy([1000.0, 0.0], 1)) == 1000.0

    def test_impossible_class_with_target_zero_costs_nothing(self):
        assert float(cross_entropy([0.0, -np.inf], [1.0, 0.0])) == 0.0
        assert float(cross_entropy([0.0, -np.inf], [0.0, 1.0])) == math.inf
        assert math.isnan(cross_entropy([0.0, math.nan], [1.0, 0.0]))

    def test_batches_axes_and_precision(self):
        rng = np.random.default_rng(8)
        x = rng.normal(size=(2, 5, 3)).astype(np.float32)
        labels = rng.integers(0, 5, size=(2, 3))
        loss, gradient = cross_entropy(x, labels, axis=1), cross_entropy.gradient(x, labels, 1)
        assert loss.shape == labels.shape
        assert gradient.shape == x.shape
        assert loss.dtype == gradient.dtype == np.float32
        one = cross_entropy(x[1, :, 2], int(labels[1, 2]))
        assert float(loss[1, 2]) == pytest.approx(float(one), rel=1e-6)
        np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-6)

    @pytest.mark.parametrize(
        ("target", "error", "message"),
        [
            (3, ValueError, r"class 3; classes run from 0 to 2"),
            (-1, ValueError, r"class -1"),
            (1.0, TypeError, r"dtype float64; give integers"),
            ([0.5, 0.5], ValueError, r"target has shape \(2,\)"),
            ([0.5, 0.6, 0.5], ValueError, r"sums to 1\.6"),
            ([1.5, -0.5, 0.0], ValueError, r"target holds -0\.5"),
            ([np.nan, 0.5, 0.5], ValueError, r"target holds nan"),
            (["a", "b", "c"], TypeError, r"target must be .*, got dtype"),
        ],
    )
    def test_targets_that_are_none(self, target, error, message):
        with pytest.raises(error, match=message):
            cross_entropy([1.0, 2.0, 3.0], target)

    def test_logits_are_called_logits(self):
        with pytest.raises(TypeError, match=r"logits must be .*, got dtype complex128"):
            cross_entropy([1j], 0)
        with pytest.raises(ValueError, match="out of range for logits"):
            cross_entropy([1.0], 0, axis=1)

    def test_name_is_shown(self):
        assert "cross_entropy" in repr(cross_entropy)


class TestSmoothing:
    @given(scores, st.floats(0, 1), st.integers(0, 6))
    def test_is_a_mixture_with_the_even_distribution(self, z, part, label):
        assume(label < len(z))
        y = np.eye(len(z))[label]
        mixed = (1 - part) * y + part / len(z)
        for call in (cross_entropy, cross_entropy.gradient):
            np.testing.assert_allclose(
                call(z, y, smoothing=part), call(z, mixed), rtol=1e-11, atol=1e-12
            )

    @pytest.mark.parametrize("value", [-0.1, 1.5])
    def test_out_of_range(self, value):
        with pytest.raises(ValueError, match=r"smoothing=.*between 0 and 1"):
            cross_entropy([1.0, 2.0], 0, smoothing=value)
