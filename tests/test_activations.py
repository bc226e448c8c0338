"""Tests of dlnotes.activations against mpmath, SymPy, differences and brute force.

Properties that hold for every activation function are asked of every entry of the registry,
so that a new entry is tested without a new test.
"""

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

from dlnotes import activations
from dlnotes.activations import (
    ACTIVATIONS,
    Activation,
    Kink,
    Origin,
    Registry,
    cross_entropy,
    elu,
    gelu,
    gelu_tanh,
    gradient_norms,
    hard_tanh,
    kernels,
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
from dlnotes.activations.activation import X
from dlnotes.activations.catalogue import UnknownActivationError
from dlnotes.activations.crossings import find_crossing
from dlnotes.activations.precise import two_product, two_sum

ENTRIES = list(ACTIVATIONS.values())
VECTOR_FUNCTIONS = [softmax, log_softmax, logsumexp]
each = pytest.mark.parametrize("f", ENTRIES, ids=lambda f: f.name)
each_order = pytest.mark.parametrize("order", [0, 1, 2])
each_vector = pytest.mark.parametrize("f", VECTOR_FUNCTIONS, ids=lambda f: f.name)

ULPS = 10
moderate = st.floats(-30, 30)
scores = hnp.arrays(np.float64, st.integers(1, 7), elements=moderate)


def m(x):
    return mpmath.mpf(float(x))


def _phi(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


# Written by hand, apart from the registry's expressions, which are tested against them.
BY_HAND = {
    "identity": lambda x: x,
    "relu": lambda x: x if x > 0 else m(0),
    "leaky_relu": lambda x: x if x > 0 else m(0.01) * x,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "log_sigmoid": lambda x: mpmath.log(1 / (1 + mpmath.exp(-x))),
    "tanh": mpmath.tanh,
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "gelu": lambda x: x * _phi(x),
    "gelu_tanh": lambda x: (
        x
        / 2
        * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)))
    ),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "mish": lambda x: x * mpmath.tanh(mpmath.log(1 + mpmath.exp(x))),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "selu": lambda x: (
        mpmath.mpf("1.0507009873554804934193349852946")
        * (x if x > 0 else mpmath.mpf("1.6732632423543772848170429916717") * mpmath.expm1(x))
    ),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_tanh": lambda x: min(max(x, m(-1)), m(1)),
}

_RNG = np.random.default_rng(20)
_SIZES = np.concatenate([
    [1e-300, 1e-30, 1e-8, 0.75, 1.0, 1.2784645, math.sqrt(2), 2.3993572805154, 20.5, 36.9],
    [38.4, 372.5, 708.5, 709.79, 720.3, 744.4, 750.0, 1e4],
    _RNG.uniform(0, 3, 20), _RNG.uniform(3, 40, 12), _RNG.uniform(40, 745, 8),
])  # fmt: skip
POINTS = np.sort(np.concatenate([-_SIZES, _SIZES]))


def digits(x):
    """Return digits enough that 1 + e^-|x|, 1 + erf(x) and their likes lose nothing."""
    size = abs(x)
    if size < 1e-20:
        return 680
    if size > 800:
        return 400  # every tail is below the smallest double anyway
    return 60 + int(1.3 * size + (size * size if size < 41 else 0))


def ulps(got, reference):
    """Return the error in units in the last place of the reference."""
    nearest = abs(float(reference))
    if not math.isfinite(nearest):
        return 0.0 if float(got) == float(reference) else math.inf
    return float(abs(m(got) - reference) / m(np.spacing(nearest)))


def reference_derivative(f, order):
    """Return mpmath's function for a derivative of the registry's expression."""
    defaults = {p.symbol: sp.Rational(p.default) for p in f.parameters}
    expression = f.expression.subs(defaults)
    for _ in range(order):
        expression = (
            sp.diff(expression, X).replace(sp.DiracDelta, lambda *_: sp.Integer(0)).doit()
        )
    return sp.lambdify(X, expression, modules="mpmath")


class TestValues:
    @each
    def test_agrees_with_a_formula_written_by_hand_to_a_few_ulp(self, f):
        for x, got in zip(POINTS, f(POINTS), strict=True):
            with mpmath.workdps(digits(x)):
                assert ulps(got, BY_HAND[f.name](m(x))) <= ULPS, x

    @each
    def test_expression_says_the_same_as_the_formula_written_by_hand(self, f):
        function = reference_derivative(f, 0)
        with mpmath.workdps(60):
            for x in [-7.5, -1.25, -0.5, 0.25, 1.5, 9.0]:
                assert mpmath.almosteq(function(m(x)), BY_HAND[f.name](m(x)), 1e-30)

    def test_every_entry_has_a_formula_written_by_hand(self):
        assert set(BY_HAND) == set(ACTIVATIONS)

    @each
    def test_infinities_are_the_limits(self, f):
        far = [float(BY_HAND[f.name](mpmath.mpf(side * 10**4))) for side in (-1, 1)]
        for got, expected in zip(f([-np.inf, np.inf]), far, strict=True):
            unbounded = abs(expected) > 50
            assert got == (math.copysign(math.inf, expected) if unbounded else expected) or (
                f is softsign and abs(got - expected) < 1e-3
            )

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
            assert abs(f(x) - f(y)) <= f.facts.lipschitz * abs(x - y) * (1 + 1e-12) + 1e-14

    def test_selu_constants_are_the_fixed_point_of_mean_and_variance(self):
        with mpmath.workdps(30):
            density = lambda x: mpmath.npdf(x)  # noqa: E731
            low, high = BY_HAND["selu"], BY_HAND["selu"]
            halves = [-12, 0, 12]
            mean = mpmath.quad(lambda x: low(x) * density(x), halves)
            square = mpmath.quad(lambda x: high(x) ** 2 * density(x), halves)
        assert abs(mean) < 1e-20
        assert abs(square - 1) < 1e-20
        expression = selu.expression.subs(X, 1), selu.expression.subs(X, -1)
        assert float(expression[0]) == kernels.SELU_SCALE
        assert float(expression[1]) == pytest.approx(float(selu(-1.0)), rel=1e-15)

    def test_the_two_gelus_differ_by_less_than_the_known_bound(self):
        x = np.linspace(-8, 8, 100001)
        assert np.max(np.abs(gelu(x) - gelu_tanh(x))) == pytest.approx(4.73236e-4, rel=1e-5)


class TestDerivative:
    @pytest.mark.parametrize("order", [1, 2])
    @each
    def test_agrees_with_symbolic_differentiation_to_a_few_ulp(self, f, order):
        function = reference_derivative(f, order)
        corners = [float(at) for at in f.facts.kinks] + ([0.0] if f.kinks else [])
        points = POINTS[~np.isin(POINTS, corners)]
        for x, got in zip(points, f.derivative(points, order), strict=True):
            with mpmath.workdps(digits(x)):
                assert ulps(got, function(m(x))) <= ULPS, x

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
            readable = sp.lambdify(X, form, modules="mpmath")
            function = reference_derivative(f, order)
            with mpmath.workdps(50):
                for x in [-3.7, -0.9, -0.2, 0.4, 1.3, 5.1]:
                    assert mpmath.almosteq(readable(m(x)), function(m(x)), 1e-40)

    @each
    def test_every_sign_change_off_zero_is_declared_as_a_crossing(self, f):
        x = np.linspace(-30, 30, 60002)
        for order in (1, 2):
            values = f.derivative(x, order)
            change = x[:-1][values[:-1] * values[1:] < 0]
            change = change[np.abs(change) > 0.01]
            assert len(change) == len(f.crossings.get(order, ()))
            for place in f.crossings.get(order, ()):
                assert np.min(np.abs(change - place)) < 0.1

    @each
    def test_derivative_keeps_all_digits_next_to_its_zero(self, f):
        for order, places in f.crossings.items():
            function = reference_derivative(f, order)
            for place in places:
                root = float(mpmath.findroot(function, place))
                for x in (np.nextafter(root, 9), root, np.nextafter(root, -9), root + 1e-9):
                    with mpmath.workdps(60):
                        assert ulps(f.derivative(x, order), function(m(x))) <= ULPS

    @each
    def test_limits_at_infinity_are_finite_and_known(self, f):
        ends = f.derivative([-np.inf, np.inf])
        np.testing.assert_allclose(ends, f.derivative([-1e300, 1e300]), atol=1e-150)
        assert np.all(f.derivative([-np.inf, np.inf], 2) == 0)

    def test_softsign_slope_is_not_one_minus_square(self):
        y = abs(float(softsign(2.0)))
        assert float(softsign.derivative(2.0)) == pytest.approx((1 - y) ** 2)
        assert float(softsign.derivative(2.0)) != pytest.approx(1 - y**2, rel=0.1)

    def test_softplus_slope_is_sigmoid(self):
        np.testing.assert_array_equal(softplus.derivative(POINTS), sigmoid(POINTS))

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
        for kink in f.kinks:
            at = float(kink.at.subs({p.symbol: p.default for p in f.parameters}))
            sides, h = f.one_sided(at), 1e-7
            assert float((f(at) - f(at - h)) / h) == pytest.approx(float(sides.left), abs=1e-6)
            assert float((f(at + h) - f(at)) / h) == pytest.approx(float(sides.right), abs=1e-6)

    @pytest.mark.parametrize("order", [1, 2])
    @each
    def test_declared_convention_is_what_derivative_returns(self, f, order):
        for kink in f.kinks:
            at = float(kink.at.subs({p.symbol: p.default for p in f.parameters}))
            sides = f.one_sided(at, order)
            picks = {"left": sides.left, "right": sides.right}
            picks["middle"] = (sides.left + sides.right) / 2
            assert float(sides.chosen) == pytest.approx(
                float(picks[kink.convention]), rel=1e-15
            )

    @given(moderate)
    def test_sides_agree_away_from_kinks(self, x):
        assume(abs(x) not in (0.0, 1.0))
        for f in ENTRIES:
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
        np.testing.assert_array_equal(
            got, f.derivative(x.astype(np.float64), order).astype(dtype)
        )

    @each
    def test_integers_and_booleans_are_promoted(self, f):
        for x in ([-2, 0, 3], np.array([200, 255], np.uint8), np.array([True, False])):
            got = f(x)
            assert got.dtype == np.float64
            np.testing.assert_array_equal(got, f(np.asarray(x, dtype=np.float64)))

    @each
    @each_order
    def test_nan_passes_through_and_nothing_warns(self, f, order):
        x = [-np.inf, -1e308, -1e4, -5e-324, 0.0, 5e-324, 1e4, 1e308, np.inf, np.nan]
        for dtype in (np.float32, np.float64):
            with np.errstate(all="ignore"):
                array = np.array(x).astype(dtype)
            with warnings.catch_warnings(), np.errstate(all="raise"):
                warnings.simplefilter("error")
                got = f.derivative(array, order)
            assert np.isnan(got).tolist() == [False] * 9 + [True]

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
            with pytest.raises(
                TypeError, match="x must be a rectangular array of real numbers, got dtype"
            ):
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
        assert {line.count("|") for line in lines} == {6}

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
        np.testing.assert_array_equal(logsumexp.jacobian(x, axis=0), softmax(x, axis=0).T)


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
        x = rng.normal(size=(2, 3, 4))
        moved = np.moveaxis(x, axis, -1)
        got, gradient = f(x, axis), f.vjp(x, np.ones_like(f(x, axis)) * f(x, axis), axis)
        jacobian = f.jacobian(x, axis)
        for index in itertools.product(*map(range, moved.shape[:-1])):
            z = moved[index]
            value = f(z)
            kept = got[index] if f is logsumexp else np.moveaxis(got, axis, -1)[index]
            np.testing.assert_allclose(kept, value, rtol=1e-14)
            np.testing.assert_allclose(jacobian[index], f.jacobian(z), rtol=1e-14)
            np.testing.assert_allclose(
                np.moveaxis(gradient, axis, -1)[index], f.vjp(z, value), rtol=1e-13
            )

    @each_vector
    @given(z=scores, seed=st.integers(0, 1000))
    def test_vjp_is_the_product_with_the_jacobian(self, f, z, seed):
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

    @each_vector
    def test_infinities_nan_and_no_warning(self, f):
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            masked = f([0.0, -np.inf, 0.0])
            taken = f([0.0, np.inf])
            undefined = f([np.nan, 0.0, 0.0]), f([np.nan])
        expected = {
            "softmax": ([0.5, 0.0, 0.5], [0.0, 1.0]),
            "log_softmax": ([-math.log(2), -np.inf, -math.log(2)], [-np.inf, 0.0]),
            "logsumexp": (math.log(2), np.inf),
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
        assert f(np.zeros((0, 3)), axis=1).shape[0] == 0

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
