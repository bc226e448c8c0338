"""Accuracy of every entry of the registry, against mpmath: no entry is named by the properties.

What is asked of one entry is asked of all, at its default parameters and at drawn ones, in both
precisions, over the whole range, next to kinks and next to zeros.
"""

from __future__ import annotations

import math
import warnings

import mpmath
import numpy as np
import pytest
import sympy as sp

from activation_reference import Reference, digits, drawn, kinks, m, points, ulps
from dlnotes.activations import ACTIVATIONS
from dlnotes.activations.pieces import X

ENTRIES = list(ACTIVATIONS.values())
each = pytest.mark.parametrize("f", ENTRIES, ids=lambda f: f.name)
each_order = pytest.mark.parametrize("order", [0, 1, 2])
each_dtype = pytest.mark.parametrize("dtype", [np.float64, np.float32])

# Most are below 3; the largest seen is 8.4, in a second derivative in single precision, where
# NumPy's exponential is itself only good to 2.5.
ULPS = 10
DRAWS = 2


def _phi(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def _clip(x, low, high):
    return min(max(x, m(low)), m(high))


# Written by hand from the papers and the libraries' pages, apart from the registry.
BY_HAND = {
    "identity": lambda x: x,
    "relu": lambda x: x if x > 0 else m(0),
    "relu6": lambda x: _clip(x, 0, 6),
    "leaky_relu": lambda x: x if x > 0 else m(0.01) * x,
    "prelu": lambda x: x if x > 0 else x / 4,
    "rrelu": lambda x: x if x > 0 else x * 11 / 48,
    "threshold": lambda x: x if x > 1 else m(0),
    "hard_tanh": lambda x: _clip(x, -1, 1),
    "hard_sigmoid": lambda x: _clip(x / 6 + m(0.5), 0, 1),
    "sparse_sigmoid": lambda x: _clip((x + 1) / 2, 0, 1),
    "softshrink": lambda x: mpmath.sign(x) * max(abs(x) - m(0.5), 0),
    "hardshrink": lambda x: x if abs(x) > 0.5 else m(0),
    "shrink": lambda x: x if abs(x) > 0.5 else m(0),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "log_sigmoid": lambda x: mpmath.log(1 / (1 + mpmath.exp(-x))),
    "tanh": lambda x: (mpmath.exp(x) - mpmath.exp(-x)) / (mpmath.exp(x) + mpmath.exp(-x)),
    "tanhshrink": lambda x: x - mpmath.tanh(x),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "mish": lambda x: x * mpmath.tanh(mpmath.log(1 + mpmath.exp(x))),
    "gelu": lambda x: x * _phi(x),
    "gelu_tanh": lambda x: (
        x
        / 2
        * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)))
    ),
    "exponential": mpmath.exp,
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "celu": lambda x: max(x, m(0)) + min(m(0), mpmath.expm1(x)),
    "selu": lambda x: (
        mpmath.mpf("1.0507009873554804934193349852946")
        * (x if x > 0 else mpmath.mpf("1.6732632423543772848170429916717") * mpmath.expm1(x))
    ),
    "softsign": lambda x: x / (1 + abs(x)),
    "squareplus": lambda x: (x + mpmath.sqrt(x**2 + 4)) / 2,
    "sparse_plus": lambda x: m(0) if x < -1 else x if x > 1 else ((x + 1) / 2) ** 2,
    "hard_swish": lambda x: x * _clip(x + 3, 0, 6) / 6,
}


def worst(f, order, dtype, parameters, rng):
    """Return the largest error in units in the last place, and where it is."""
    reference, found = Reference(f, **parameters), (0.0, 0.0)
    for wide in points(reference, order, rng, 4):
        x = dtype(wide)
        if reference.is_kink(float(x)) or any(dtype(float(k)) == x for k in reference.kinks):
            continue
        with mpmath.workdps(digits(float(x))):
            error = ulps(
                f.derivative(x, order, **parameters), reference(order, float(x)), dtype
            )
        found = max(found, (error, float(x)))
    return found


@each_dtype
@each_order
@each
def test_a_few_ulp_everywhere_at_default_and_drawn_parameters(f, order, dtype):
    rng = np.random.default_rng(7 + order)
    for draw in range(1 + (DRAWS if f.parameters else 0)):
        # drawn ones are numbers of the precision in question, as the argument is
        parameters = {k: float(dtype(v)) for k, v in drawn(f, rng).items()} if draw else {}
        error, x = worst(f, order, dtype, parameters, rng)
        assert error <= ULPS, f"{error:.1f} ulp at {x!r} with {parameters}"


class TestReference:
    def test_every_entry_has_a_formula_written_by_hand(self):
        assert set(BY_HAND) == set(ACTIVATIONS)

    @each
    def test_expression_says_the_same_as_the_formula_written_by_hand(self, f):
        reference = Reference(f)
        with mpmath.workdps(60):
            for x in [-7.5, -3.25, -1.25, -0.75, -0.25, 0.25, 0.75, 1.5, 3.5, 9.0]:
                assert mpmath.almosteq(reference(0, x), BY_HAND[f.name](m(x)), 1e-30), x

    def test_a_wrong_digit_is_seen(self):
        sigmoid = ACTIVATIONS["sigmoid"]
        with mpmath.workdps(60):
            right = Reference(sigmoid)(0, 0.3)
        assert ulps(float(sigmoid(0.3)) * (1 + 4e-15), right) > ULPS


class TestEnds:
    @each
    @each_order
    def test_infinities_are_the_limits(self, f, order):
        pieces = Reference(f).pieces
        for side, piece in ((-sp.oo, pieces[0]), (sp.oo, pieces[-1])):
            formula = sp.diff(piece.formula, X, order)
            with mpmath.workdps(50):
                far = sp.lambdify(X, formula, "mpmath")(m(10**8 if side > 0 else -(10**8)))
            got = float(f.derivative(float(side), order))
            # 1e8 is near enough to tell 0, a constant and infinity apart
            assert (
                got == math.copysign(math.inf, far)
                if abs(far) > 1e5
                else (got == pytest.approx(float(far), abs=1e-5))
            )

    @each
    @each_order
    @each_dtype
    def test_nan_passes_through_and_nothing_warns(self, f, order, dtype):
        x = [-np.inf, -1e308, -1e4, -5e-324, 0.0, 5e-324, 1e4, 1e308, np.inf, np.nan]
        with np.errstate(all="ignore"):
            array = np.array(x).astype(dtype)
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            got = f.derivative(array, order)
        assert np.isnan(got).tolist() == [False] * 9 + [True]

    @each
    @each_order
    def test_large_arrays_are_the_same_as_small_ones(self, f, order):
        x = np.random.default_rng(0).normal(scale=3, size=40_000)
        small = np.concatenate([f.derivative(part, order) for part in np.split(x, 80)])
        np.testing.assert_allclose(f.derivative(x, order), small, rtol=4e-15, atol=0)


class TestZeros:
    @each
    def test_every_sign_change_off_zero_is_declared_as_a_crossing_or_a_kink(self, f):
        for order in (1, 2):
            declared = [*f.crossings.get(order, ()), *map(float, kinks(f, {}))]
            for zero in Reference(f).zeros(order):
                # a zero at a round number needs no help: the kernel has it
                plain = round(2 * zero) / 2
                exact = float(f.derivative(plain, order)) == 0.0
                near = any(abs(zero - place) < 0.1 for place in declared)
                assert near or (exact and abs(zero - plain) < 1e-12), zero


class TestStandIns:
    """What is put in the place of a function: worst where it is furthest from its nodes."""

    def worst(self, name, points, dtype):
        f, reference = ACTIVATIONS[name], Reference(ACTIVATIONS[name])
        x = np.asarray(points).astype(dtype)
        with mpmath.workdps(digits(float(np.abs(x).max()))):
            exact = [reference(0, float(at)) for at in x]
        return max(ulps(got, true, dtype) for got, true in zip(f(x), exact, strict=True))

    @each_dtype
    def test_gelu_half_way_between_the_places_of_its_table(self, dtype):
        # every seventeenth gap, from beyond the left end to beyond the right end
        middles = (np.arange(-5.6 * 512, 8.6 * 512, 17) + 0.499) / 512
        assert self.worst("gelu", middles[middles > -5.5], dtype) <= 3
        assert self.worst("gelu", middles[middles <= -5.5], dtype) <= 8

    @each_dtype
    def test_tanhshrink_where_a_polynomial_and_where_a_difference(self, dtype):
        assert self.worst("tanhshrink", np.linspace(0.002, 1.3, 400), dtype) <= 4
