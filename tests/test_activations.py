"""Tests of dlnotes.activations against mpmath, SymPy, differences and brute force.

Properties that hold for every activation function are asked of every entry of the registry,
so that a new entry is tested without a new test.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from activation_reference import Reference, kinks, m
from dlnotes import activations
from dlnotes.activations import (
    ACTIVATIONS,
    Activation,
    Kink,
    Origin,
    Registry,
    elu,
    gelu,
    gelu_tanh,
    gradient_norms,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    logsumexp,
    mish,
    reference_table,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)
from dlnotes.activations._kernels.exponential import SELU_GAMMA
from dlnotes.activations.activation import X
from dlnotes.activations.catalogue import UnknownActivationError
from dlnotes.activations.crossings import find_crossing
from dlnotes.activations.precise import two_product, two_sum

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = list(ACTIVATIONS.values())
VECTOR_FUNCTIONS = [softmax, log_softmax, logsumexp]
each = pytest.mark.parametrize("f", ENTRIES, ids=lambda f: f.name)
each_order = pytest.mark.parametrize("order", [0, 1, 2])
each_vector = pytest.mark.parametrize("f", VECTOR_FUNCTIONS, ids=lambda f: f.name)

moderate = st.floats(-30, 30)


class TestValues:
    def test_sigmoid_keeps_what_is_left_below_minus_709(self):
        assert float(sigmoid(-740.0)) == math.exp(-740.0) > 0

    def test_gelu_keeps_its_tail(self):
        assert float(gelu(-38.0)) == pytest.approx(-1.0958e-314, rel=1e-3)

    def test_zero_slope_is_flat_up_to_minus_infinity(self):
        assert leaky_relu([-np.inf, -1.0], negative_slope=0.0).tolist() == [0.0, 0.0]

    @given(moderate)
    def test_odd_and_mirrored_functions(self, x):
        for f in (tanh, softsign, hard_tanh):
            assert f(-x) == -f(x)
        assert log_sigmoid(x) == -softplus(-x)
        assert float(sigmoid(x) + sigmoid(-x)) == pytest.approx(1.0, abs=3e-16)

    @given(moderate, moderate)
    def test_no_function_is_steeper_than_its_lipschitz_constant(self, x, y):
        for f in ENTRIES:
            if math.isinf(f.facts.lipschitz):  # a jump, or the exponential
                continue
            assert abs(f(x) - f(y)) <= f.facts.lipschitz * abs(x - y) * (1 + 1e-12) + 1e-14

    def test_selu_constants_are_the_fixed_point_of_mean_and_variance(self):
        with mpmath.workdps(30):
            f = sp.lambdify(X, selu.expression.subs(selu.substitution()), modules="mpmath")
            halves = [-12, 0, 12]
            mean = mpmath.quad(lambda x: f(x) * mpmath.npdf(x), halves)
            square = mpmath.quad(lambda x: f(x) ** 2 * mpmath.npdf(x), halves)
        assert abs(mean) < 1e-20
        assert abs(square - 1) < 1e-20
        exact = selu.expression.subs(selu.substitution())
        assert float(exact.subs(X, 1)) == SELU_GAMMA
        assert float(exact.subs(X, -1)) == pytest.approx(float(selu(-1.0)), rel=1e-15)

    def test_the_two_gelus_differ_by_less_than_the_known_bound(self):
        x = np.linspace(-8, 8, 100001)
        assert np.max(np.abs(gelu(x) - gelu_tanh(x))) == pytest.approx(4.73236e-4, rel=1e-5)


class TestDerivative:
    @each
    def test_is_the_slope_that_differences_see(self, f):
        x = np.array([-5.3, -2.1, -0.6, -0.2, 0.3, 0.7, 1.9, 4.4])
        for order in (1, 2):
            h = 1e-5
            slope = (f.derivative(x + h, order - 1) - f.derivative(x - h, order - 1)) / (2 * h)
            np.testing.assert_allclose(f.derivative(x, order), slope, atol=2e-9)

    @each
    def test_forms_to_read_equal_what_differentiation_gives(self, f):
        for order, form in enumerate(f.derivative_forms, start=1):
            readable = sp.lambdify(X, form.subs(f.substitution()), modules="mpmath")
            reference = Reference(f)
            with mpmath.workdps(50):
                for x in [-3.7, -0.9, -0.2, 0.4, 1.3, 5.1]:
                    assert mpmath.almosteq(readable(m(x)), reference(order, x), 1e-40)

    def test_softsign_slope_is_not_one_minus_square(self):
        y = abs(float(softsign(2.0)))
        assert float(softsign.derivative(2.0)) == pytest.approx((1 - y) ** 2)
        assert float(softsign.derivative(2.0)) != pytest.approx(1 - y**2, rel=0.1)

    def test_softplus_slope_is_sigmoid(self):
        x = np.linspace(-40, 40, 1001)
        np.testing.assert_allclose(softplus.derivative(x), sigmoid(x), rtol=1e-15)

    @pytest.mark.parametrize("order", [-1, 3, 10])
    def test_order_out_of_range(self, order):
        with pytest.raises(ValueError, match=f"order={order}"):
            relu.derivative(1.0, order)

    @pytest.mark.parametrize("order", [1.0, "1", None])
    def test_order_of_wrong_type(self, order):
        with pytest.raises(TypeError, match="order must be an integer"):
            relu.derivative(1.0, order)

    @given(moderate)
    def test_order_zero_is_the_function(self, x):
        for f in ENTRIES:
            assert f.derivative(x, 0) == f(x)


class TestDerivativeExpression:
    def test_any_order(self):
        third = sigmoid.derivative_expression(3)
        assert float(third.subs(X, 0)) == -1 / 8

    def test_order_zero_is_the_expression(self):
        assert gelu.derivative_expression(0) == gelu.expression

    def test_negative_order(self):
        with pytest.raises(ValueError, match="order=-1"):
            gelu.derivative_expression(-1)


class TestOneSided:
    @pytest.mark.parametrize(
        ("f", "x", "left", "right", "chosen"),
        [
            (relu, 0.0, 0.0, 1.0, 0.0),
            (leaky_relu, 0.0, 0.01, 1.0, 0.01),
            (hard_tanh, -1.0, 0.0, 1.0, 0.0),
            (hard_tanh, 1.0, 1.0, 0.0, 0.0),
            (elu, 0.0, 1.0, 1.0, 1.0),
            (selu, 0.0, 1.7580993408473766, 1.0507009873554805, 1.7580993408473766),
        ],
    )
    def test_known_kinks(self, f, x, left, right, chosen):
        sides = f.one_sided(x)
        assert float(sides.left) == pytest.approx(left, rel=1e-15)
        assert float(sides.right) == pytest.approx(right, rel=1e-15)
        assert float(sides.chosen) == pytest.approx(chosen, rel=1e-15)

    @each
    def test_sides_are_limits_of_difference_quotients(self, f):
        for kink in kinks(f, {}):
            at, h = float(kink), 1e-7
            sides = f.one_sided(at)
            quotients = (f(at) - f(at - h)) / h, (f(at + h) - f(at)) / h
            for quotient, side in zip(quotients, (sides.left, sides.right), strict=True):
                if np.isinf(side):
                    assert quotient * np.sign(side) > 1e6  # the function jumps
                else:
                    assert float(quotient) == pytest.approx(float(side), abs=1e-6)

    @pytest.mark.parametrize("order", [1, 2])
    @each
    def test_declared_convention_is_what_derivative_returns(self, f, order):
        for kink in f.kinks:
            at = float(kink.at.subs(f.substitution()))
            if math.isinf(at):
                continue
            sides = f.one_sided(at, order)
            pick = (
                (sides.left + sides.right) / 2
                if kink.convention == "middle"
                else getattr(sides, kink.convention)
            )
            assert float(sides.chosen) == pytest.approx(float(pick), rel=1e-15)

    @given(moderate)
    def test_sides_agree_away_from_kinks(self, x):
        for f in ENTRIES:
            if x not in map(float, kinks(f, {})):
                sides = f.one_sided(x)
                assert sides.left == sides.right == sides.chosen

    def test_second_derivatives_at_the_joint_of_elu(self):
        sides = elu.one_sided(0.0, order=2)
        assert (float(sides.left), float(sides.right)) == (1.0, 0.0)

    def test_parameters_move_kinks_and_sides(self):
        sides = hard_tanh.one_sided([0.0, 3.0, 6.0], min_val=0.0, max_val=6.0)
        assert sides.left.tolist() == [0.0, 1.0, 1.0]
        assert sides.right.tolist() == [1.0, 1.0, 0.0]
        assert elu.one_sided(0.0, alpha=2.0).left == 2.0

    def test_float32_stays(self):
        assert relu.one_sided(np.zeros(2, np.float32)).left.dtype == np.float32


class TestFacts:
    @pytest.mark.parametrize(
        ("f", "lipschitz", "steepest"),
        [
            (sigmoid, 0.25, 0.0),
            (tanh, 1.0, 0.0),
            (gelu, 1.12890414518515478634, math.sqrt(2)),
            (silu, 1.09983932012886691695, 2.39935728),
            (mish, 1.08849816125172786122, 1.49057117),
            (softplus, 1.0, math.inf),
        ],
    )
    def test_lipschitz_constants_certified_elsewhere(self, f, lipschitz, steepest):
        assert f.facts.lipschitz == pytest.approx(lipschitz, rel=1e-15)
        assert f.facts.steepest == pytest.approx(steepest, rel=1e-8)

    @pytest.mark.parametrize(
        ("f", "interval", "attained", "monotone"),
        [
            (sigmoid, (0.0, 1.0), (False, False), "strictly increasing"),
            (relu, (0.0, math.inf), (True, False), "nondecreasing"),
            (hard_tanh, (-1.0, 1.0), (True, True), "nondecreasing"),
            (softsign, (-1.0, 1.0), (False, False), "strictly increasing"),
            (elu, (-1.0, math.inf), (False, False), "strictly increasing"),
            (silu, (-0.2784645427610738, math.inf), (True, False), "not monotone"),
        ],
    )
    def test_known_ranges(self, f, interval, attained, monotone):
        assert f.facts.range == pytest.approx(interval, rel=1e-14)
        assert f.facts.attained == attained
        assert f.facts.monotone == monotone

    @given(st.floats(-1e6, 1e6))
    def test_values_lie_in_the_range_and_slopes_below_the_constant(self, x):
        for f in ENTRIES:
            low, high = f.facts.range
            assert low * (1 + 1e-15) <= f(x) <= high
            assert abs(f.derivative(x)) <= f.facts.lipschitz * (1 + 1e-15)

    def test_minimum_of_silu_satisfies_its_equation(self):
        # at the minimum x sigma(-x) = -1, so that the value is x + 1
        low = silu.facts.range[0]
        assert float(silu(low - 1)) == pytest.approx(low, rel=1e-15)

    def test_kinks_list_both_slopes(self):
        assert relu.facts.kinks == {0.0: (0.0, 1.0)}
        assert elu.facts.kinks == {}
        assert elu.facts_at(alpha=0.5).kinks == {0.0: (0.5, 1.0)}

    def test_parameters_count(self):
        assert leaky_relu.facts_at(negative_slope=-3.0).lipschitz == 3.0
        assert leaky_relu.facts_at(negative_slope=-3.0).monotone == "not monotone"
        assert leaky_relu.facts_at(negative_slope=-3.0).range == (0.0, math.inf)


class TestArrays:
    @each
    @each_order
    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_precision_and_shape_are_kept(self, f, order, dtype):
        x = np.linspace(-3, 3, 12).reshape(3, 1, 4).astype(dtype)
        got = f.derivative(x, order)
        assert got.dtype == dtype
        assert got.shape == x.shape
        wide = f.derivative(x.astype(np.float64), order)
        digit = np.finfo(dtype).eps
        np.testing.assert_allclose(got, wide, rtol=10 * digit, atol=np.finfo(dtype).tiny)

    @each
    def test_integers_and_booleans_are_promoted(self, f):
        for x in ([-2, 0, 3], np.array([200, 255], np.uint8), np.array([True, False])):
            got = f(x)
            assert got.dtype == np.float64
            np.testing.assert_array_equal(got, f(np.asarray(x, dtype=np.float64)))

    @each
    def test_argument_is_not_changed_and_not_returned(self, f):
        x = np.array([-1.5, 0.0, 2.5])
        before = x.copy()
        got = f(x)
        got += 1
        np.testing.assert_array_equal(x, before)

    @each
    def test_empty_arrays_numbers_and_odd_strides(self, f):
        assert f(np.zeros((0, 3))).shape == (0, 3)
        assert isinstance(f(0.5), np.float64)
        x = np.linspace(-4, 4, 24).reshape(4, 6)
        np.testing.assert_array_equal(f(x.T[::2, ::-1]), f(x).T[::2, ::-1])
        np.testing.assert_array_equal(f(x.astype(">f8")), f(x))

    @pytest.mark.parametrize(
        "x", [1j, np.array([1 + 2j]), "1.0", np.array([1, None]), [object()], np.longdouble(1)]
    )
    def test_other_types_are_named(self, x):
        for f in (relu, softmax):
            with pytest.raises(TypeError, match=r"x must be .*, got dtype"):
                f(x)

    def test_ragged_rows_are_named(self):
        with pytest.raises(
            ValueError, match="x must be a rectangular array of real numbers, got ragged rows"
        ):
            relu([[1.0], [1.0, 2.0]])


class TestParameters:
    def test_unknown_name(self):
        with pytest.raises(TypeError, match=r"relu has no parameter 'alpha'; .*none"):
            relu(1.0, alpha=2.0)
        with pytest.raises(TypeError, match=r"no parameter 'slope'; .*negative_slope"):
            leaky_relu(1.0, slope=2.0)

    @pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
    def test_value_out_of_range(self, value):
        with pytest.raises(ValueError, match="alpha="):
            elu(1.0, alpha=value)

    @pytest.mark.parametrize("value", ["1", None, 1j, True, [1.0]])
    def test_value_of_wrong_type(self, value):
        with pytest.raises(TypeError, match="alpha must be a real number"):
            elu(1.0, alpha=value)

    def test_bounds_in_the_wrong_order(self):
        with pytest.raises(ValueError, match=r"min_val=2\.0 is not below max_val=1\.0"):
            hard_tanh(1.0, min_val=2.0)

    @given(st.floats(-3, 3), st.floats(0, 5))
    def test_values_follow_the_parameters(self, x, alpha):
        assert float(elu(x, alpha=alpha)) == pytest.approx(
            x if x > 0 else alpha * math.expm1(x), rel=1e-14
        )


class TestRegistry:
    def test_module_level_names_are_the_entries(self):
        for name, entry in ACTIVATIONS.items():
            assert getattr(activations, name) is entry

    def test_public_names(self):
        assert sorted(activations.__all__) == sorted(set(activations.__all__))
        assert {"ACTIVATIONS", *ACTIVATIONS, "softmax", "cross_entropy"} <= set(
            activations.__all__
        )

    @pytest.mark.parametrize(
        ("typo", "nearest"), [("Sigmiod", "sigmoid"), ("swich", "swish"), ("geluu", "gelu")]
    )
    def test_unknown_name_suggests_the_nearest(self, typo, nearest):
        with pytest.raises(UnknownActivationError, match=rf"{typo}.*nearest.*{nearest}"):
            ACTIVATIONS[typo]

    def test_hopeless_name_lists_all(self):
        with pytest.raises(KeyError, match=r"the names are identity, relu"):
            ACTIVATIONS["§§§"]

    def test_wrong_type(self):
        with pytest.raises(TypeError, match="by its name"):
            ACTIVATIONS[3]

    def test_mapping_and_aliases(self):
        assert ACTIVATIONS["swish"] is silu
        assert "swish" in ACTIVATIONS
        assert "nothing" not in ACTIVATIONS
        assert ACTIVATIONS.get("nothing") is None
        assert len(ACTIVATIONS) == len(list(ACTIVATIONS))
        assert "softplus" in repr(ACTIVATIONS)

    def test_names_taken_twice(self):
        with pytest.raises(ValueError, match="names must differ"):
            Registry(relu, relu)
        twin = Activation("twin", X, relu.kernels, relu.origin, aliases=("relu",))
        with pytest.raises(ValueError, match="'relu' is taken twice"):
            Registry(relu, twin)

    @each
    def test_origin_is_in_the_bibliography(self, f):
        works = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
        assert f.origin.key is None or f"{{{f.origin.key}," in works

    @each
    def test_an_entry_shows_its_name(self, f):
        assert f.name in repr(f)

    def test_one_entry_brings_everything(self):
        # x^2 sign(x) / 2: its slope is |x|, whose slope jumps at 0
        new = Activation(
            "signed_square",
            X * sp.Abs(X) / 2,
            (lambda x: x * np.abs(x) / 2, np.abs, np.sign),
            Origin("nobody0000nothing", "this test"),
            kinks=(Kink(sp.Integer(0), "middle"),),
        )
        sides = new.one_sided(0.0, order=2)
        assert (float(sides.left), float(sides.right), float(sides.chosen)) == (-1.0, 1.0, 0.0)
        assert new.facts.kinks == {}
        assert new.facts.monotone in ("strictly increasing", "nondecreasing")
        assert "signed_square" in Registry(new)


class TestReferenceTable:
    def test_one_row_an_entry_and_cells_of_one_count(self):
        lines = reference_table().splitlines()
        assert len(lines) == len(ACTIVATIONS) + 2
        assert {line.count("|") for line in lines} == {7}

    def test_choice_and_order_of_rows(self):
        rows = reference_table(["tanh", "relu"]).splitlines()[2:]
        assert [row.split()[1] for row in rows] == ["tanh", "relu"]

    def test_unknown_row(self):
        with pytest.raises(UnknownActivationError, match="tanh"):
            reference_table(["tahn"])


class TestGradientNorms:
    def test_linear_network_of_one_layer_by_hand(self):
        rng = np.random.default_rng(3)
        identity = ACTIVATIONS["identity"]
        norms = gradient_norms(identity, depth=1, width=3, gain=2.0, rng=rng, samples=1)
        rng = np.random.default_rng(3)
        rng.standard_normal((3, 1))
        weight = rng.standard_normal((3, 3)) * 2 / math.sqrt(3)
        cotangent = rng.standard_normal((3, 1))
        expected = np.linalg.norm(weight.T @ cotangent) / np.linalg.norm(cotangent)
        np.testing.assert_allclose(norms, [expected, 1.0])

    def test_sigmoid_fades_as_the_bound_says(self):
        norms = gradient_norms(
            sigmoid, depth=20, width=64, gain=1.0, rng=np.random.default_rng(0)
        )
        # one layer shrinks a gradient at least by 1/4 times the norm of its weights, about 2
        assert np.all(norms[:-1] <= 0.55 * norms[1:])

    @pytest.mark.parametrize("name", ["depth", "width", "samples"])
    def test_counts_below_one(self, name):
        sizes = {"depth": 1, "width": 1, "samples": 1, name: 0}
        with pytest.raises(ValueError, match=f"{name}=0"):
            gradient_norms(relu, gain=1.0, rng=np.random.default_rng(0), **sizes)

    def test_gain_not_positive(self):
        with pytest.raises(ValueError, match="gain=0"):
            gradient_norms(relu, depth=1, width=1, gain=0, rng=np.random.default_rng(0))


class TestPrecise:
    @given(st.floats(-1e100, 1e100), st.floats(-1e100, 1e100))
    def test_two_sum_loses_nothing(self, a, b):
        total, error = two_sum(a, b)
        with mpmath.workdps(400):
            assert m(total) + m(error) == m(a) + m(b)

    @given(st.floats(1e-100, 1e100), st.floats(1e-100, 1e100), st.sampled_from([-1, 1]))
    def test_two_product_loses_nothing(self, a, b, sign):
        product, error = two_product(sign * a, b)
        with mpmath.workdps(400):
            assert m(product) + m(error) == sign * m(a) * m(b)


class TestFindCrossing:
    def test_root_and_taylor_coefficients_of_sine_about_pi(self):
        crossing = find_crossing(sp.sin(X), X, 3.0)
        assert crossing.root == math.pi
        assert crossing.remainder == pytest.approx(1.2246467991473532e-16)
        assert crossing.coefficients[:3] == pytest.approx((-1.0, 0.0, 1 / 6), abs=1e-16)

    def test_repair_leaves_the_rest_alone(self):
        crossing = find_crossing(sp.sin(X), X, 3.0)
        x = np.array([0.0, math.pi, 10.0])
        out = np.array([7.0, 7.0, 7.0])
        crossing.repair(x, out)
        assert out.tolist() == [7.0, pytest.approx(math.sin(math.pi), rel=1e-15), 7.0]


def test_mish_uses_all_of_its_tail():
    assert float(mish(-744.0)) == pytest.approx(-744 * math.exp(-744 / 2) ** 2, rel=1e-2)


class TestEveryEntry:
    """What the registry promises of each entry, asked without naming one."""

    @each
    @pytest.mark.parametrize("x", [1j, np.array([1 + 2j]), "1.0", [object()], [None]])
    def test_refuses_what_is_no_real_array(self, f, x):
        for call in (f, f.derivative, f.one_sided, f.subdifferential):
            with pytest.raises(TypeError, match=r"x must be .*, got dtype"):
                call(x)

    @each
    def test_refuses_an_unknown_parameter_and_names_its_own(self, f):
        names = ", ".join(p.name for p in f.parameters) or "none"
        for call in (f, f.derivative, f.one_sided, f.subdifferential):
            with pytest.raises(TypeError, match=f"no parameter 'nonsense'; .*{names}"):
                call(1.0, nonsense=2.0)
        for call in (f.moments, f.fixed_points, f.facts_at):
            with pytest.raises(TypeError, match="no parameter 'nonsense'"):
                call(nonsense=2.0)

    @each
    def test_refuses_parameters_that_are_not_allowed(self, f):
        for p in f.parameters:
            wrong = [math.nan, -math.inf] + ([0.0] if p.positive else [])
            wrong += [p.low - 1.0] if math.isfinite(p.low) else []
            for value in wrong:
                with pytest.raises(ValueError, match=f"{p.name}=.*not allowed; give a"):
                    f(1.0, **{p.name: value})
            with pytest.raises(TypeError, match=f"{p.name} must be a real number"):
                f(1.0, **{p.name: "1"})

    @each
    def test_names_of_parameters_are_those_that_frameworks_map_to(self, f):
        own = {p.name for p in f.parameters}
        for framework in f.frameworks:
            names = framework.ours or {}
            assert {names.get(a, a) for a in framework.defaults or {}} <= own
            assert set(framework.parameters) <= own

    @each
    def test_subdifferential_lies_between_the_sides_and_holds_the_slope(self, f):
        x = np.array([*np.linspace(-4, 4, 33), *map(float, kinks(f, {}))])
        interval, slope = f.subdifferential(x), f.derivative(x)
        jumps = np.isin(x, list(f.facts.jumps))
        assert np.all(np.isnan(interval.lower[jumps]) & np.isnan(interval.upper[jumps]))
        smooth = ~jumps
        assert np.all(interval.lower[smooth] <= slope[smooth])
        assert np.all(slope[smooth] <= interval.upper[smooth])

    @each
    def test_moments_agree_with_mpmath(self, f):
        reference, got = Reference(f), f.moments()
        cuts = sorted({-14.0, -3.0, 0.0, 3.0, 14.0, *map(float, kinks(f, {}))})
        with mpmath.workdps(25):

            def expected(order, power):
                total = mpmath.mpf(0)
                for low, high in itertools.pairwise(cuts):
                    which = sum(1 for k in reference.kinks if (low + high) / 2 > k)
                    g = reference.functions(order)[which]
                    total += mpmath.quad(
                        lambda x, g=g: g(x) ** power * mpmath.npdf(x), [m(low), m(high)]
                    )
                return total

            for value, (order, power) in zip(
                (got.mean, got.square, got.slope_square), ((0, 1), (0, 2), (1, 2)), strict=True
            ):
                assert abs(value - expected(order, power)) < 1e-12

    @each
    def test_fixed_points_are_fixed_and_no_other_is_seen(self, f):
        found = f.fixed_points()
        for low, high in found:
            inner = [low] if low == high else [max(low, -50) + 1e-9, min(high, 50) - 1e-9]
            for x in inner:
                assert float(f(x)) == pytest.approx(x, rel=1e-12, abs=1e-15)
        x = np.linspace(-9.7, 9.7, 2001)
        gap = f(x) - x
        change = x[:-1][gap[:-1] * gap[1:] < 0]
        jumps = np.array([*f.facts.jumps, np.inf])
        for place in change:
            near = any(low - 0.02 <= place <= high + 0.02 for low, high in found)
            assert near or np.min(np.abs(jumps - place)) < 0.02
