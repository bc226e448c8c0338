"""Tests of `dlnotes.linear_networks` against SymPy, mpmath, SciPy and brute force."""

import pickle
import re
from fractions import Fraction
from itertools import pairwise, product

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import dlnotes.linear_networks as ln
from dlnotes import figures

WIDTHS = st.lists(st.integers(1, 6), min_size=2, max_size=7)


def random_layers(widths, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [
        ln.Affine(
            rng.standard_normal((n_out, n_in)).astype(dtype),
            rng.standard_normal(n_out).astype(dtype),
        )
        for n_in, n_out in pairwise(widths)
    ]


def integer_layers(widths, seed):
    rng = np.random.default_rng(seed)
    return [
        ln.Affine(rng.integers(-5, 6, (n_out, n_in)), rng.integers(-5, 6, n_out))
        for n_in, n_out in pairwise(widths)
    ]


def test_public_names_exist_and_are_sorted():
    assert all(hasattr(ln, name) for name in ln.__all__)
    assert set(ln.__all__) == {
        name for name in vars(ln) if not name.startswith("_") and name not in MODULES
    }


MODULES = {"affine", "approximation", "dynamics", "rank", "training", "xor"}


class TestAffine:
    def test_applies_weight_and_bias_to_a_vector(self):
        assert_array_equal(ln.Affine([[1, 2], [3, 4], [5, 6]], [1, 1, 1])([1, -1]), [0, 0, 0])

    def test_applies_to_the_last_axis_of_a_batch(self):
        (layer,) = random_layers([3, 2], seed=0)
        batch = np.random.default_rng(1).standard_normal((4, 5, 3))
        expected = np.empty((4, 5, 2))
        for i, j in product(range(4), range(5)):
            expected[i, j] = layer.weight @ batch[i, j] + layer.bias
        assert_allclose(layer(batch), expected, rtol=1e-14)

    def test_bias_is_zero_by_default(self):
        assert ln.Affine([[2.0]]).is_linear
        assert not ln.Affine([[2.0]], [1.0]).is_linear

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_keeps_float_dtypes(self, dtype):
        layer = ln.Affine(np.ones((2, 2), dtype), np.ones(2, dtype))
        assert layer.dtype == dtype
        assert layer(np.ones(2, dtype)).dtype == dtype
        assert (layer @ layer).dtype == dtype

    def test_integers_become_float64_and_do_not_wrap(self):
        layer = ln.Affine(np.array([[200]], np.uint8), np.array([100], np.uint8))
        assert layer(np.array([200], np.uint8)) == 40100.0
        assert (layer @ layer).weight == 40000.0

    @given(WIDTHS.filter(lambda w: len(w) >= 4), st.integers(0, 2**32 - 1))
    def test_composition_is_associative_and_is_function_composition(self, widths, seed):
        a, b, c, *_ = integer_layers(widths, seed)
        x = np.random.default_rng(seed).integers(-5, 6, widths[0])
        # Small integers: floating point is exact here, so equality is equality.
        assert (c @ b) @ a == c @ (b @ a)
        assert_array_equal((b @ a)(x), b(a(x)))

    @given(st.integers(1, 5), st.integers(0, 2**32 - 1))
    def test_affine_maps_keep_weighted_means(self, n, seed):
        (layer,) = random_layers([n, 3], seed)
        u, v = np.random.default_rng(seed).standard_normal((2, n))
        assert_allclose(
            layer(0.3 * u + 0.7 * v), 0.3 * layer(u) + 0.7 * layer(v), rtol=1e-9, atol=1e-12
        )

    def test_is_frozen(self):
        layer = ln.Affine([[1.0]], [0.0])
        with pytest.raises(AttributeError):
            layer.weight = np.zeros((1, 1))
        with pytest.raises(ValueError, match="read-only"):
            layer.weight[0, 0] = 5

    def test_does_not_share_memory_with_what_it_was_given(self):
        weight = np.eye(2)
        layer = ln.Affine(weight)
        weight[0, 0] = 9
        assert layer.weight[0, 0] == 1

    def test_equality_and_hash(self):
        assert ln.Affine([[0.0]], [1]) == ln.Affine([[-0.0]], [1])
        assert hash(ln.Affine([[0.0]], [1])) == hash(ln.Affine([[-0.0]], [1]))
        assert ln.Affine([[1]]) == ln.Affine(np.ones((1, 1), np.float32))
        assert hash(ln.Affine([[1]])) == hash(ln.Affine(np.ones((1, 1), np.float32)))
        assert ln.Affine([[1]]) != ln.Affine([[1]], [1])
        assert ln.Affine([[1]]) != ln.Affine([[1, 1]])
        assert ln.Affine([[1]]) != "affine"

    def test_survives_pickling_and_repr(self):
        layer = ln.Affine([[1.5, 2]], [3])
        assert pickle.loads(pickle.dumps(layer)) == layer
        assert eval(repr(layer), {"Affine": ln.Affine}) == layer

    def test_shape_properties_and_rank(self):
        layer = ln.Affine([[1, 2, 3], [2, 4, 6]])
        assert (layer.in_features, layer.out_features, layer.rank) == (3, 2, 1)

    def test_astype_rounds(self):
        assert ln.Affine([[0.1]]).astype(np.float32).weight[0, 0] == np.float32(0.1)
        with pytest.raises(TypeError, match="dtype must be float32 or float64, got int64"):
            ln.Affine([[1]]).astype(int)

    def test_nan_passes_through_without_a_warning(self):
        assert np.isnan(ln.Affine([[1.0]])([np.nan]))

    @pytest.mark.parametrize(
        ("weight", "bias", "error", "message"),
        [
            ([1, 2], None, ValueError, r"weight must have 2 dimension\(s\), got shape \(2,\)"),
            (np.zeros((0, 3)), None, ValueError, r"at least one row.*\(0, 3\)"),
            ([[1]], [1, 2], ValueError, r"bias must have shape \(1,\).*got shape \(2,\)"),
            ([[np.nan]], None, ValueError, r"weight must be finite, got weight\[0, 0\] = nan"),
            ([[1]], [np.inf], ValueError, r"bias must be finite, got bias\[0\] = inf"),
            (
                [[1j]],
                None,
                TypeError,
                r"weight must be .*real numbers, got dtype complex128 \(\[\[1j\]\]\)",
            ),
            ([["a"]], None, TypeError, r"weight must be .*real numbers, got dtype .*'a'"),
            (
                [[1, 2], [3]],
                None,
                ValueError,
                r"weight must be a rectangular array.* of lengths \[2, 1\]",
            ),
        ],
    )
    def test_refuses(self, weight, bias, error, message):
        with pytest.raises(error, match=message):
            ln.Affine(weight, bias)

    def test_refuses_inputs_of_the_wrong_width(self):
        with pytest.raises(ValueError, match=r"x must have shape \(\.\.\., 2\), got \(3,\)"):
            ln.Affine([[1, 2]])([1, 2, 3])
        with pytest.raises(ValueError, match=r"x must have shape \(\.\.\., 1\), got \(\)"):
            ln.Affine([[1]])(1.0)

    def test_refuses_composition_that_does_not_fit(self):
        with pytest.raises(
            ValueError, match="inner map gives 1 features, the outer map takes 2"
        ):
            ln.Affine([[1, 2]]) @ ln.Affine([[1, 2]])
        with pytest.raises(TypeError, match="unsupported operand"):
            ln.Affine([[1]]) @ 3

    def test_reports_overflow(self):
        big = ln.Affine([[1e200]])
        with pytest.raises(
            ValueError, match=r"weight must be finite, got weight\[0, 0\] = inf"
        ):
            big @ big


class TestCollapse:
    @given(WIDTHS, st.integers(0, 2**32 - 1))
    def test_equals_the_network_exactly_on_integers(self, widths, seed):
        layers = integer_layers(widths, seed)
        x = np.random.default_rng(seed + 1).integers(-3, 4, (7, widths[0]))
        values = x
        for layer in layers:
            values = layer(values)
        # Entries stay far below 2**53, so every operation is exact.
        assert_array_equal(ln.collapse(layers)(x), values)

    @given(WIDTHS, st.integers(0, 2**32 - 1))
    def test_matches_the_closed_form_in_exact_arithmetic(self, widths, seed):
        layers = integer_layers(widths, seed)
        weight, bias = sympy.eye(widths[0]), sympy.zeros(widths[-1], 1)
        for layer in layers:
            weight = sympy.Matrix(layer.weight.astype(int)) * weight
        for k, layer in enumerate(layers):
            term = sympy.Matrix(layer.bias.astype(int))
            for later in layers[k + 1 :]:
                term = sympy.Matrix(later.weight.astype(int)) * term
            bias += term
        collapsed = ln.collapse(layers)
        assert sympy.Matrix(collapsed.weight.astype(int)) == weight
        assert sympy.Matrix(collapsed.bias.astype(int)) == bias

    def test_differs_from_the_network_by_rounding_only(self):
        layers = random_layers([8] * 31, seed=3)
        x = np.random.default_rng(4).standard_normal(8)
        values = x
        for layer in layers:
            values = layer(values)
        gap = np.max(np.abs(ln.collapse(layers)(x) - values)) / np.max(np.abs(values))
        assert 0 < gap < 1e-12

    def test_one_layer_is_itself(self):
        (layer,) = random_layers([2, 3], seed=5)
        assert ln.collapse([layer]) == layer

    def test_takes_any_iterable(self):
        assert ln.collapse(ln.Affine([[2]], [1]) for _ in range(3)) == ln.Affine([[8]], [7])

    def test_names_the_layer_that_does_not_fit(self):
        layers = random_layers([2, 3, 4], seed=0) + random_layers([5, 1], seed=0)
        with pytest.raises(
            ValueError, match=r"layers\[2\] takes 5 features, but layers\[1\] gives 4"
        ):
            ln.collapse(layers)

    @pytest.mark.parametrize(
        ("layers", "error", "message"),
        [
            ([], ValueError, "at least one Affine"),
            (7, TypeError, "layers must be a sequence of Affine maps, got 7"),
            (ln.Affine([[1]]), TypeError, r"write \[affine\]"),
            ([ln.Affine([[1]]), "x"], TypeError, r"layers\[1\] must be an Affine map, got 'x'"),
        ],
    )
    def test_refuses(self, layers, error, message):
        with pytest.raises(error, match=message):
            ln.collapse(layers)


class TestReluNetwork:
    @given(WIDTHS, st.integers(0, 2**32 - 1))
    def test_equals_layer_by_layer_evaluation(self, widths, seed):
        layers = random_layers(widths, seed)
        x = np.random.default_rng(seed).standard_normal(widths[0])
        values = x
        for layer in layers[:-1]:
            values = np.array([max(0.0, v) for v in layer(values)])
        assert_allclose(ln.ReluNetwork(layers)(x), layers[-1](values), rtol=1e-12, atol=1e-12)

    def test_widths_and_layers(self):
        layers = random_layers([2, 5, 1], seed=0)
        network = ln.ReluNetwork(layers)
        assert network.widths == (2, 5, 1)
        assert network.layers == tuple(layers)
        assert repr(network).startswith("ReluNetwork([Affine(")

    def test_is_affine_where_every_unit_is_active(self):
        first, last = ln.Affine([[1], [2]], [100, 100]), ln.Affine([[3, 4]], [5])
        x = np.linspace(-1, 1, 9)[:, None]
        assert_allclose(ln.ReluNetwork([first, last])(x), ln.collapse([first, last])(x))


class TestMaximalRank:
    @given(WIDTHS, st.integers(0, 2**32 - 1))
    def test_bounds_every_network_and_random_ones_attain_it(self, widths, seed):
        layers = random_layers(widths, seed)
        exact = sympy.eye(widths[0])
        for layer in layers:
            exact = sympy.Matrix((layer.weight * 64).round().astype(int)) * exact
        assert exact.rank() <= ln.maximal_rank(widths)

    def test_is_the_smallest_width(self):
        assert ln.maximal_rank((784, 256, 32, 256, 784)) == 32
        assert ln.maximal_rank(np.array([3, 2])) == 2

    @pytest.mark.parametrize(
        ("widths", "error", "message"),
        [
            ([3], ValueError, "at least the input and the output width"),
            ([3, 0], ValueError, r"widths\[1\] must be at least 1, got widths\[1\]=0"),
            ([3, 2.0], TypeError, r"widths\[1\] must be an integer, got 2.0"),
            ([True, 2], TypeError, r"widths\[0\] must be an integer, got True"),
            (5, TypeError, "widths must be a sequence of integers, got 5"),
        ],
    )
    def test_refuses(self, widths, error, message):
        with pytest.raises(error, match=message):
            ln.maximal_rank(widths)


class TestFactorise:
    @given(
        st.integers(1, 5), st.integers(1, 5),
        st.lists(st.integers(1, 7), max_size=4), st.integers(0, 2**32 - 1),
    )  # fmt: skip
    def test_represents_every_map_of_low_rank(self, n_in, n_out, hidden, seed):
        widths = [n_in, *hidden, n_out]
        rng = np.random.default_rng(seed)
        rank = rng.integers(0, min(widths) + 1)
        weight = rng.standard_normal((n_out, rank)) @ rng.standard_normal((rank, n_in))
        affine = ln.Affine(weight, rng.standard_normal(n_out))
        layers = ln.factorise(affine, widths)
        assert [layer.weight.shape for layer in layers] == list(
            zip(widths[1:], widths[:-1], strict=True)
        )
        collapsed = ln.collapse(layers)
        scale = max(1.0, float(np.abs(weight).max()))
        assert_allclose(collapsed.weight, affine.weight, atol=1e-12 * scale)
        assert_array_equal(collapsed.bias, affine.bias)

    def test_layers_are_balanced(self):
        (affine,) = random_layers([4, 4], seed=2)
        layers = ln.factorise(affine, [4, 6, 5, 4])
        for inner, outer in pairwise(layers):
            assert_allclose(
                outer.weight.T @ outer.weight, inner.weight @ inner.weight.T, atol=1e-12
            )

    def test_keeps_float32(self):
        (affine,) = random_layers([3, 3], seed=2, dtype=np.float32)
        assert all(layer.dtype == np.float32 for layer in ln.factorise(affine, [3, 4, 3]))

    def test_depth_one_is_the_map_itself(self):
        affine = ln.Affine([[1, 2]])
        assert ln.factorise(affine, [2, 1]) == [affine]

    def test_refuses_a_rank_above_the_bottleneck(self):
        with pytest.raises(
            ValueError, match=r"affine has rank 3, but .*\(3, 2, 3\) cannot exceed rank 2"
        ):
            ln.factorise(ln.Affine(np.eye(3)), [3, 2, 3])

    def test_refuses_widths_that_do_not_fit(self):
        with pytest.raises(ValueError, match=r"start with 2 and end with 1.*\(2, 3\)"):
            ln.factorise(ln.Affine([[1, 2]]), [2, 3])
        with pytest.raises(TypeError, match="affine must be an Affine map, got 'w'"):
            ln.factorise("w", [2, 3])


class TestXorIsNotAffine:
    def test_certificate_verifies(self):
        assert ln.xor_is_not_affine().verify()
        assert ln.xor_is_not_affine().combination == (0, 0, 0)

    def test_rows_are_the_scores_at_the_corners(self):
        certificate = ln.xor_is_not_affine()
        for row, strict, (x1, x2) in zip(
            certificate.rows, certificate.strict, [(0, 0), (0, 1), (1, 0), (1, 1)], strict=True
        ):
            sign = 1 if x1 ^ x2 else -1
            assert row == (sign * x1, sign * x2, sign)
            assert strict == bool(x1 ^ x2)

    def test_agrees_with_a_linear_programme(self):
        certificate = ln.xor_is_not_affine()
        # Strict rows as >= 1: by scaling, equivalent for a homogeneous system.
        result = scipy.optimize.linprog(
            np.zeros(3),
            A_ub=-np.array(certificate.rows, dtype=float),
            b_ub=-np.array(certificate.strict, dtype=float),
            bounds=[(None, None)] * 3,
        )
        assert result.status == 2  # infeasible

    @pytest.mark.parametrize(
        "multipliers", [(1, 1, 1, 2), (0, 0, 0, 0), (-1, -1, -1, -1), (1, 1, 1, 0)]
    )
    def test_wrong_multipliers_do_not_verify(self, multipliers):
        right = ln.xor_is_not_affine()
        wrong = ln.InfeasibilityCertificate(
            right.unknowns, right.rows, right.strict, tuple(map(Fraction, multipliers))
        )
        assert not wrong.verify()

    def test_without_a_strict_row_nothing_is_contradicted(self):
        right = ln.xor_is_not_affine()
        weak = ln.InfeasibilityCertificate(
            right.unknowns, right.rows, (False,) * 4, right.multipliers
        )
        assert not weak.verify()
        assert str(weak).endswith("sum: 0 >= 0")

    def test_prints_fractions_and_signs(self):
        certificate = ln.InfeasibilityCertificate(
            ("u", "v"), ((Fraction(-1, 2), Fraction(3)),), (True,), (Fraction(2),)
        )
        assert str(certificate) == "2 * (-1/2 u + 3 v > 0)\nsum: -u + 6 v > 0"


class TestBestAffineFitOfXor:
    def test_is_the_constant_one_half(self):
        assert ln.best_affine_fit_of_xor() == ln.Affine([[0, 0]], [0.5])

    def test_solves_the_least_squares_problem(self):
        design = np.column_stack([ln.XOR_INPUTS, np.ones(4)])
        expected, residual, *_ = np.linalg.lstsq(design, ln.XOR_TARGETS)
        fit = ln.best_affine_fit_of_xor()
        assert_allclose([*fit.weight[0], *fit.bias], expected, atol=1e-15)
        assert_allclose(residual / 4, 0.25)

    def test_constants_cannot_be_overwritten(self):
        with pytest.raises(ValueError, match="read-only"):
            ln.XOR_INPUTS[0, 0] = 1
        with pytest.raises(ValueError, match="read-only"):
            ln.XOR_TARGETS[0] = 1


class TestReluXorNetwork:
    def test_computes_exclusive_or(self):
        network = ln.relu_xor_network()
        for x1, x2 in product((0, 1), repeat=2):
            assert network([x1, x2]) == (x1 ^ x2)

    def test_has_two_hidden_units(self):
        assert ln.relu_xor_network().widths == (2, 2, 1)

    def test_without_the_rectifier_it_is_affine_and_fails(self):
        collapsed = ln.collapse(ln.relu_xor_network().layers)
        assert not np.array_equal(collapsed(ln.XOR_INPUTS)[:, 0], ln.XOR_TARGETS)


class TestModeVelocity:
    @pytest.mark.parametrize("depth", [1, 2, 3, 5])
    def test_is_the_gradient_flow_of_a_chain_of_scalars(self, depth):
        c, s = sympy.symbols("c s", positive=True)
        factors = sympy.symbols(f"w1:{depth + 1}")
        loss = (s - sympy.prod(factors)) ** 2 / 2
        flow = sum(
            -sympy.diff(loss, w) * sympy.prod(v for v in factors if v is not w) for w in factors
        )
        flow = flow.subs(dict.fromkeys(factors, c))
        value = flow.subs({c: sympy.Rational(7, 10), s: 2})
        assert_allclose(ln.mode_velocity(0.7**depth, 2, depth=depth), float(value), rtol=1e-12)

    def test_time_constant_divides(self):
        assert ln.mode_velocity(0.5, 1, time_constant=4) == ln.mode_velocity(0.5, 1) / 4

    def test_refuses(self):
        with pytest.raises(ValueError, match="strength must not be negative, got -1"):
            ln.mode_velocity(-1, 1)
        with pytest.raises(ValueError, match="depth must be at least 1, got depth=0"):
            ln.mode_velocity(1, 1, depth=0)
        with pytest.raises(ValueError, match="time_constant must be finite and larger than 0"):
            ln.mode_velocity(1, 1, time_constant=0)
        with pytest.raises(TypeError, match="time_constant must be a real number, got 'x'"):
            ln.mode_velocity(1, 1, time_constant="x")


class TestDeepModeStrength:
    def test_solves_the_logistic_equation_symbolically(self):
        t, s, a0, tau = sympy.symbols("t s a_0 tau", positive=True)
        grown = sympy.exp(2 * s * t / tau)
        a = s * grown / (grown - 1 + s / a0)
        assert sympy.simplify(tau * sympy.diff(a, t) - 2 * a * (s - a)) == 0
        assert sympy.simplify(a.subs(t, 0) - a0) == 0
        formula = sympy.lambdify((t, s, a0, tau), a, "mpmath")
        for point in product((0.1, 1.0, 3.0), (0.5, 2.0), (1e-6, 0.1, 5.0), (0.5, 1.0)):
            expected = float(formula(*map(mpmath.mpf, point)))
            value = ln.deep_mode_strength(*point[:3], time_constant=point[3])
            assert_allclose(value, expected, rtol=1e-13)

    def test_agrees_with_an_ode_solver(self):
        times = np.linspace(0, 6, 13)
        solution = scipy.integrate.solve_ivp(
            lambda _, a: 2 * a * (1.5 - a), (0, 6), [1e-3], t_eval=times, rtol=1e-10, atol=1e-13
        )
        assert_allclose(ln.deep_mode_strength(times, 1.5, 1e-3), solution.y[0], rtol=1e-7)

    def test_singular_value_zero_decays_like_one_over_time(self):
        assert_allclose(ln.deep_mode_strength(5.0, 0.0, 0.5), 0.5 / (1 + 2 * 0.5 * 5.0))
        assert_allclose(
            ln.deep_mode_strength(5.0, 1e-13, 0.5), ln.deep_mode_strength(5.0, 0.0, 0.5)
        )

    def test_starting_from_zero_never_moves(self):
        assert_array_equal(ln.deep_mode_strength([0.0, 1.0, 1e9], 2.0, 0.0), 0)

    def test_extremes_neither_overflow_nor_warn(self):
        assert_allclose(ln.deep_mode_strength(1e300, 1e5, 1e-300), 1e5, rtol=1e-15)
        assert ln.deep_mode_strength(0.0, 3.0, 1e-320) == 1e-320

    def test_float32_stays_and_arrays_broadcast(self):
        t = np.linspace(0, 1, 5, dtype=np.float32)[:, None]
        s = np.array([1, 2], np.float32)
        out = ln.deep_mode_strength(t, s, np.float32(0.1))
        assert out.shape == (5, 2)
        assert out.dtype == np.float32

    @given(st.floats(1e-3, 10), st.floats(1e-6, 10), st.floats(0, 20), st.floats(0, 20))
    def test_is_a_flow(self, s, a0, t, u):
        there = ln.deep_mode_strength(t, s, a0)
        assert_allclose(
            ln.deep_mode_strength(u, s, there), ln.deep_mode_strength(t + u, s, a0), rtol=1e-9
        )

    def test_refuses(self):
        with pytest.raises(ValueError, match="time must not be negative, got -1"):
            ln.deep_mode_strength(-1, 1, 1)
        with pytest.raises(ValueError, match="initial must be finite, got initial = nan"):
            ln.deep_mode_strength(1, 1, np.nan)


class TestShallowModeStrength:
    def test_solves_its_equation(self):
        times = np.linspace(0, 4, 9)
        solution = scipy.integrate.solve_ivp(
            lambda _, a: 3 - a, (0, 4), [-0.5], t_eval=times, rtol=1e-10, atol=1e-13
        )
        assert_allclose(ln.shallow_mode_strength(times, 3, -0.5), solution.y[0], rtol=1e-8)

    def test_small_times_keep_their_digits(self):
        expected = float(-2 * mpmath.expm1(mpmath.mpf("-1e-12")))
        assert_allclose(ln.shallow_mode_strength(1e-12, 2, 0), expected, rtol=1e-15)


class TestTransitionTime:
    @given(st.floats(0.1, 10), st.floats(1e-6, 0.3), st.floats(0.4, 0.99))
    def test_inverts_the_logistic_curve(self, s, start, end):
        t = ln.transition_time(s, start * s, end * s, time_constant=2.5)
        assert_allclose(
            ln.deep_mode_strength(t, s, start * s, time_constant=2.5), end * s, rtol=1e-9
        )

    @pytest.mark.parametrize(("initial", "final"), [(0, 0.5), (0.5, 0.1), (0.5, 1.0)])
    def test_refuses_what_is_never_reached(self, initial, final):
        with pytest.raises(ValueError, match="0 < initial <= final < singular_value, got"):
            ln.transition_time(1.0, initial, final)


def whitened_problem(seed=0, n_in=4, n_out=5):
    """Inputs with second moment one, and targets; returns inputs, targets, correlation."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.standard_normal((40, n_in)))
    inputs = q * np.sqrt(40)
    targets = inputs @ rng.standard_normal((n_in, n_out)) + 0.1 * rng.standard_normal(
        (40, n_out)
    )
    return inputs, targets, targets.T @ inputs / 40


class TestTrain:
    @pytest.mark.parametrize("widths", [(3, 2), (3, 4, 2), (3, 4, 5, 2)])
    def test_first_step_follows_the_numerical_gradient(self, widths):
        rng = np.random.default_rng(7)
        x, y = rng.standard_normal((6, 3)), rng.standard_normal((6, 2))
        start = [rng.standard_normal((o, i)) for i, o in pairwise(widths)]

        def loss(weights):
            out = x.T
            for w in weights:
                out = w @ out
            return np.sum((y.T - out) ** 2) / 12

        run = ln.train(start, x, y, learning_rate=1e-3, steps=1)
        assert_allclose(run.losses, [loss(start), loss(run.weights)], rtol=1e-12)
        for k, w in enumerate(start):
            gradient = np.empty_like(w)
            for index in np.ndindex(*w.shape):
                shifted = [v.copy() for v in start]
                shifted[k][index] += 1e-6
                up = loss(shifted)
                shifted[k][index] -= 2e-6
                gradient[index] = (up - loss(shifted)) / 2e-6
            assert_allclose((w - run.weights[k]) / 1e-3, gradient, rtol=1e-6, atol=1e-8)

    def test_follows_the_exact_solution_from_a_balanced_start(self):
        x, y, sigma = whitened_problem()
        start = ln.balanced_weights(sigma, 6, 1e-3)
        run = ln.train(start, x, y, learning_rate=1e-3, steps=6000)
        s = np.linalg.svd(sigma, compute_uv=False)
        theory = ln.deep_mode_strength(run.times[:, None], s, 1e-3)
        assert np.max(np.abs(ln.mode_strengths(run.maps, sigma) - theory)) < 0.02 * s[0]

    def test_gap_to_the_exact_solution_is_of_first_order_in_the_step(self):
        x, y, sigma = whitened_problem()
        s = np.linalg.svd(sigma, compute_uv=False)
        gaps = []
        for rate, steps in [(4e-3, 1000), (2e-3, 2000), (1e-3, 4000)]:
            start = ln.balanced_weights(sigma, 4, 1e-2)
            run = ln.train(start, x, y, learning_rate=rate, steps=steps)
            theory = ln.deep_mode_strength(run.times[:, None], s, 1e-2)
            gaps.append(np.max(np.abs(ln.mode_strengths(run.maps, sigma) - theory)))
        ratios = np.array(gaps[:-1]) / np.array(gaps[1:])
        assert_allclose(ratios, 2, rtol=0.1)

    def test_one_layer_follows_the_exponential(self):
        x, y, sigma = whitened_problem()
        run = ln.train([np.zeros_like(sigma)], x, y, learning_rate=1e-3, steps=3000)
        s = np.linalg.svd(sigma, compute_uv=False)
        theory = ln.shallow_mode_strength(run.times[:, None], s, 0.0)
        assert_allclose(ln.mode_strengths(run.maps, sigma), theory, atol=2e-3 * s[0])

    def test_ends_at_the_least_squares_solution(self):
        x, y, sigma = whitened_problem()
        run = ln.train(ln.balanced_weights(sigma, 5, 0.1), x, y, learning_rate=0.05, steps=2000)
        expected, *_ = np.linalg.lstsq(x, y)
        assert_allclose(run.maps[-1], expected.T, atol=1e-10)

    def test_does_not_touch_its_arguments(self):
        start = [np.ones((1, 1))]
        ln.train(start, [[1.0]], [[3.0]], learning_rate=0.1, steps=3)
        assert start[0][0, 0] == 1

    def test_keeps_float32(self):
        one = np.ones((1, 1), np.float32)
        run = ln.train([one, one], one, 2 * one, learning_rate=0.1, steps=3)
        assert run.maps.dtype == run.times.dtype == run.losses.dtype == np.float32

    @pytest.mark.parametrize(
        ("weights", "inputs", "targets", "options", "message"),
        [
            ([], [[1.0]], [[1.0]], {}, "weights must hold at least one matrix"),
            ([[[1.0, 2.0]]], [[1.0]], [[1.0]], {}, r"weights\[0\] must have 1 columns"),
            ([[[1.0], [1.0]]], [[1.0]], [[1.0]], {}, r"weights\[-1\] must have 1 rows"),
            ([[[1.0]]], [[1.0], [2.0]], [[1.0]], {}, r"as many rows, got \(2, 1\) and"),
            ([[[1.0]]], [[1.0]], [[1.0]], {"learning_rate": 0}, "larger than 0, got 0"),
            ([[[1.0]]], [[1.0]], [[1.0]], {"steps": 0}, "at least 1, got steps=0"),
            ([[[1.0]], [[2.0]]], [[9.0]], [[1.0]], {"learning_rate": 50.0, "steps": 50},
             "learning_rate must be smaller: with 50.0 the weights overflow at step"),
        ],
    )  # fmt: skip
    def test_refuses(self, weights, inputs, targets, options, message):
        with pytest.raises(ValueError, match=message):
            ln.train(weights, inputs, targets, **({"learning_rate": 0.1, "steps": 1} | options))


class TestBalancedWeights:
    def test_layers_are_balanced_and_aligned_with_the_modes(self):
        _, _, sigma = whitened_problem()
        first, second = ln.balanced_weights(sigma, 7, 0.3)
        assert_allclose(second.T @ second, first @ first.T, atol=1e-14)
        assert_allclose(ln.mode_strengths(second @ first, sigma), 0.3)

    def test_refuses(self):
        with pytest.raises(
            ValueError, match="hidden must be at least 2, the number of modes, got 1"
        ):
            ln.balanced_weights(np.eye(2), 1, 0.1)
        with pytest.raises(
            ValueError, match="strength must be finite and larger than 0, got 0"
        ):
            ln.balanced_weights(np.eye(2), 2, 0)


class TestModeStrengths:
    def test_of_the_correlation_itself_are_its_singular_values(self):
        _, _, sigma = whitened_problem()
        assert_allclose(
            ln.mode_strengths([sigma, 2 * sigma], sigma)[1],
            2 * np.linalg.svd(sigma, compute_uv=False),
        )

    def test_refuses(self):
        with pytest.raises(ValueError, match=r"maps must have shape \(\.\.\., 2, 2\)"):
            ln.mode_strengths(np.zeros((3, 3)), np.eye(2))


class TestPiecewiseLinearInterpolant:
    @given(
        st.lists(st.floats(-10, 10), min_size=2, max_size=12, unique=True),
        st.integers(0, 2**32 - 1),
    )
    @settings(max_examples=60)
    def test_equals_numpy_interp_between_the_knots(self, knots, seed):
        knots = np.sort(np.round(knots, 2))
        knots = np.unique(knots)
        if len(knots) < 2:
            knots = np.array([0.0, 1.0])
        values = np.random.default_rng(seed).standard_normal(len(knots))
        network = ln.piecewise_linear_interpolant(lambda x: np.interp(x, knots, values), knots)
        x = np.linspace(knots[0], knots[-1], 101)
        assert network.widths == (1, len(knots) - 1, 1)
        assert_allclose(
            network(x[:, None])[:, 0], np.interp(x, knots, values), rtol=1e-9, atol=1e-8
        )

    def test_outside_it_is_constant_on_the_left_and_goes_on_on_the_right(self):
        network = ln.piecewise_linear_interpolant(np.square, [0.0, 1.0, 2.0])
        assert_array_equal(network([[-5.0], [4.0]])[:, 0], [0, 10])

    def test_keeps_float32(self):
        knots = np.linspace(0, 1, 4, dtype=np.float32)
        assert (
            ln.piecewise_linear_interpolant(np.sin, knots)(knots[:, None]).dtype == np.float32
        )

    @pytest.mark.parametrize(
        ("f", "knots", "error", "message"),
        [
            (np.sin, [0.0], ValueError, r"at least two increasing numbers, got \[0.0\]"),
            (np.sin, [1.0, 0.0], ValueError, "increasing"),
            (np.sin, [0.0, 0.0], ValueError, "increasing"),
            (np.sin, [0.0, np.inf], ValueError, r"knots must be finite, got knots\[1\] = inf"),
            ("sin", [0.0, 1.0], TypeError, "f must be a function of an array, got 'sin'"),
            (lambda x: 1.0, [0.0, 1.0], ValueError, r"one value a point, got shape \(\)"),
            (
                lambda x: x * np.nan,
                [0.0, 1.0],
                ValueError,
                r"must be finite, got f\(points\)\[0\] = nan",
            ),
        ],
    )
    def test_refuses(self, f, knots, error, message):
        with pytest.raises(error, match=message):
            ln.piecewise_linear_interpolant(f, knots)


class TestErrorBounds:
    @given(st.integers(1, 60), st.floats(0.5, 8))
    def test_lipschitz_bound_holds(self, pieces, frequency):
        knots = np.linspace(-1, 1, pieces + 1)
        error = ln.interpolation_error(lambda x: np.abs(np.sin(frequency * x)), knots)
        assert error <= ln.lipschitz_error_bound(frequency, 2 / pieces) * (1 + 1e-12)

    @given(st.integers(1, 60), st.floats(0.5, 8))
    def test_smooth_bound_holds(self, pieces, frequency):
        knots = np.linspace(-1, 1, pieces + 1)
        error = ln.interpolation_error(lambda x: np.sin(frequency * x), knots)
        assert error <= ln.smooth_error_bound(frequency**2, 2 / pieces) + 1e-12

    def test_both_are_attained(self):
        assert ln.interpolation_error(lambda x: 3 * np.abs(x), [-1.0, 1.0]) == 3.0
        assert ln.lipschitz_error_bound(3, 2) == 3.0
        assert ln.interpolation_error(lambda x: 5 * x**2 / 2, [0.0, 2.0]) == 2.5
        assert ln.smooth_error_bound(5, 2) == 2.5

    def test_refuse(self):
        with pytest.raises(ValueError, match="lipschitz must not be negative, got -1"):
            ln.lipschitz_error_bound(-1, 1)
        with pytest.raises(ValueError, match="spacing must be finite and larger than 0, got 0"):
            ln.smooth_error_bound(1, 0)


class TestInterpolationError:
    def test_falls_with_the_square_of_the_spacing(self):
        errors = [
            ln.interpolation_error(np.exp, np.linspace(0, 1, n + 1)) for n in (32, 64, 128)
        ]
        assert_allclose(np.array(errors[:-1]) / errors[1:], 4, rtol=0.02)

    def test_more_samples_find_at_least_as_much(self):
        knots = [0.0, 1.0, 3.0]
        assert ln.interpolation_error(np.cos, knots, samples=2) <= ln.interpolation_error(
            np.cos, knots, samples=64
        )


class TestRandomFeatureError:
    @pytest.mark.parametrize("degree", [1, 2, 3])
    @pytest.mark.parametrize("width", [1, 7, 60])
    def test_polynomial_activations_never_reach_the_next_chebyshev_polynomial(
        self, degree, width
    ):
        target = np.polynomial.Chebyshev.basis(degree + 1)
        assert ln.random_feature_error(lambda x: x**degree, target, width) >= 1 - 1e-9

    def test_rectifier_and_tanh_do(self):
        target = np.polynomial.Chebyshev.basis(4)
        assert ln.random_feature_error(lambda x: np.maximum(x, 0), target, 200) < 0.01
        assert ln.random_feature_error(np.tanh, target, 60) < 1e-4

    def test_is_reproducible(self):
        first, second, other = (
            ln.random_feature_error(np.tanh, np.sin, 4, seed=seed) for seed in (3, 3, 4)
        )
        assert first == second != other

    def test_refuses(self):
        with pytest.raises(ValueError, match=r"interval must increase, got \(1, 0\)"):
            ln.random_feature_error(np.tanh, np.sin, 4, interval=(1, 0))
        with pytest.raises(TypeError, match="activation must be a function"):
            ln.random_feature_error("tanh", np.sin, 4)


class TestFigures:
    """Each figure of the chapter draws, and in the colours that the page knows how to remap."""

    def draw(self, name):
        drawn = figures.linear_networks
        rotation = ln.Affine([[0.0, -1.0], [1.0, 0.0]], [0.5, 0.0])
        image = np.arange(12.0).reshape(2, 2, 3)
        curves = {"deep": np.ones((64, 2))}
        return {
            "grid_through_layers": lambda: drawn.grid_through_layers([rotation, rotation]),
            "bottleneck": lambda: drawn.bottleneck(image, {3: image}, errors={3: 0.5}),
            "learning_curves": lambda: drawn.learning_curves(
                np.arange(64), curves, curves, [1.0, 1.0]
            ),
            "xor_unfolded": lambda: drawn.xor_unfolded(ln.relu_xor_network()),
            "polynomials_stay_away": lambda: drawn.polynomials_stay_away(
                [1, 2], {"square": [1.1, 1.1], "cube": [2, 2], "tanh": [1, 0.1]}
            ),
            "interpolant": lambda: drawn.interpolant(np.sin, [0.0, 1.0, 2.0]),
            "convergence": lambda: drawn.convergence([1, 2], {"f": ([1, 0.5], [1, 0.6])}),
        }[name]()

    @pytest.mark.parametrize("name", figures.linear_networks.__all__)
    def test_uses_the_colours_of_the_house(self, name):
        svg = self.draw(name).to_bytes("svg").decode()
        used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg))
        assert used <= set(figures.COLOURS.values())

    def test_grid_stays_straight_without_the_rectifier_only(self):
        layers = [ln.Affine(np.eye(2)), ln.Affine([[1.0, 0.5], [0.0, 1.0]])]
        above, below = np.reshape(
            figures.linear_networks.grid_through_layers(layers).axes, (2, 3)
        )

        def bends(ax):
            return max(
                np.max(np.abs(np.diff(np.asarray(line.get_xydata()), 2, axis=0)))
                for line in ax.lines
            )

        assert bends(above[-1]) < 1e-12 < bends(below[-1])
