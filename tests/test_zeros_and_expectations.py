"""Certified zeros and expectations, against closed forms."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp
from flint import arb

from dlnotes.checking.engines.balls import precision
from dlnotes.checking.engines.expectations import certify_expectation
from dlnotes.checking.engines.search import NotCertified
from dlnotes.checking.engines.zeros import certify_zeros

x = sp.Symbol("x", real=True)


def places(expression, domain=None):
    """Return the zeros, each as a pair of floats and whether its ends belong to it."""
    return [
        (float(zero.low), float(zero.high), zero.closed)
        for zero in certify_zeros(expression, x, domain)
    ]


def point(at):
    return pytest.approx(at, rel=1e-15, abs=1e-30), pytest.approx(at, abs=1e-15), (True, True)


class TestZeros:
    @pytest.mark.parametrize(
        ("expression", "zeros"),
        [
            (x**2 - 2, [-math.sqrt(2), math.sqrt(2)]),
            (sp.exp(x) - x, []),
            (sp.exp(x) - sp.E, [1.0]),
            (sp.tanh(x) - x, [0.0]),  # of order 3
            (x * sp.tanh(x) ** 3, [0.0]),  # of order 4
            (sp.log(1 + sp.exp(x)) - x, []),  # as close as one likes
            (x**2 + sp.Rational(1, 10**12), []),
            (x**2 - sp.Rational(1, 10**12), [-1e-6, 1e-6]),
            (sp.Abs(x - 1) - 2, [-1.0, 3.0]),
            (sp.erf(x) - sp.Rational(1, 2), [float(mpmath.erfinv(0.5))]),
        ],
    )
    def test_points(self, expression, zeros):
        assert places(expression) == [point(at) for at in zeros]

    def test_on_an_interval(self):
        assert places(sp.sin(x), (1, 7)) == [point(math.pi), point(2 * math.pi)]

    def test_balls_are_tight_and_contain_the_zero(self):
        (zero,) = certify_zeros(sp.exp(x) - 2, x)
        with precision(60):
            assert zero.low.contains(arb(2).log())
        assert zero.low.rad() < arb("1e-30")

    def test_intervals_join_across_the_places_where_the_pieces_meet(self):
        soft = x - sp.Max(-1, sp.Min(x, 1))
        assert places(soft) == [(-1.0, 1.0, (True, True))]
        assert places(sp.Max(x, 0)) == [(-math.inf, 0.0, (False, True))]
        assert places(sp.Abs(x) - x) == [(0.0, math.inf, (True, False))]

    def test_an_end_at_which_the_function_jumps_is_left_out(self):
        step = sp.Piecewise((1, x <= 2), (0, True))
        assert places(step) == [(2.0, math.inf, (False, False))]
        assert places(1 - step) == [(-math.inf, 2.0, (False, True))]

    def test_a_value_at_a_jump_counts(self):
        f = sp.Piecewise((-1, x < 0), (0, x <= 0), (1, True))
        assert places(f) == [point(0.0)]

    def test_a_double_zero_at_no_known_place_is_not_decided(self):
        with pytest.raises(NotCertified, match="not isolated"):
            certify_zeros((x**3 - 2) ** 2, x)


class TestExpectations:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            (x**4, "3"),
            (sp.Abs(x), mpmath.sqrt(2 / mpmath.pi)),
            (sp.cos(x), mpmath.exp(mpmath.mpf(-1) / 2)),
            (sp.exp(2 * x), mpmath.exp(2)),
            (sp.Max(x, 1), mpmath.npdf(1) + mpmath.ncdf(1)),
            (sp.Piecewise((1, x <= 2), (0, True)), mpmath.ncdf(2)),
            (sp.exp(-(x**2)), 1 / mpmath.sqrt(3)),
        ],
    )
    def test_closed_forms(self, expression, value):
        with mpmath.workdps(40):
            exact = sp.Float(str(+mpmath.mpmathify(value)), 15)
        ball = certify_expectation(expression, x)
        assert abs(ball - arb(str(exact))) < arb("1e-14") * (1 + abs(ball))
        assert ball.rad() < arb("1e-16") * (1 + abs(ball))

    def test_powers_of_slopes_leave_jumps_out(self):
        shrink = sp.Piecewise((x, sp.Abs(x) > 1), (0, True))
        inside = certify_expectation(shrink, x, order=1, power=2)
        assert abs(inside - arb(float(2 * mpmath.ncdf(-1)))) < arb("1e-15")

    def test_the_true_value_is_in_the_ball(self):
        # poles at i and -i, so that what the series leaves out is not small against rounding
        with mpmath.workdps(40):
            exact = str(mpmath.sqrt(mpmath.pi * mpmath.e / 2) * mpmath.erfc(mpmath.sqrt(0.5)))
        ball = certify_expectation(1 / (1 + x**2), x, digits=12)
        with precision(40):
            assert ball.overlaps(arb(exact, "1e-35"))
        assert ball.rad() < arb("1e-12")

    def test_what_grows_too_fast(self):
        with pytest.raises(NotCertified, match="not bounded towards -oo"):
            certify_expectation(sp.exp(x**2), x)

    def test_a_kink_too_far_out(self):
        with pytest.raises(NotCertified, match="a kink at x = 40 lies beyond 16"):
            certify_expectation(sp.Max(x, 40), x)

    def test_a_singular_place(self):
        with pytest.raises(NotCertified, match="is not bounded"):
            certify_expectation(1 / (x - sp.Rational(1, 3)), x)
