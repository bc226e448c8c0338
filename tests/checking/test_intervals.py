from __future__ import annotations

import time

import mpmath
import pytest
import sympy as sp
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from dlnotes.checking import Kind, Tier
from dlnotes.checking.engines.balls import (
    Unsupported,
    box,
    compile_ball,
    constant,
    derivatives,
    precision,
)
from dlnotes.checking.engines.intervals import (
    NotCertified,
    certify_bound,
    certify_lipschitz,
    certify_maximum,
    certify_monotone,
    certify_relation,
    limit_of,
)
from dlnotes.checking.engines.pieces import pieces_of
from dlnotes.checking.engines.scales import Scale, TooShort, sign_of
from dlnotes.checking.engines.tails import Coefficient, TailArithmetic, Undecided

x = sp.Symbol("x", real=True)
SIGMOID = 1 / (1 + sp.exp(-x))
SOFTPLUS = sp.log(1 + sp.exp(x))
GELU = x * (1 + sp.erf(x / sp.sqrt(2))) / 2
GELU_TANH = x * (1 + sp.tanh(sp.sqrt(2 / sp.pi) * (x + sp.Rational(44715, 10**6) * x**3))) / 2
SILU = x * SIGMOID
MISH = x * sp.tanh(SOFTPLUS)
ELU = sp.Piecewise((x, x > 0), (sp.exp(x) - 1, True))
RELU = sp.Max(x, 0)
HARD_SWISH = sp.Piecewise((0, x <= -3), (x, x >= 3), (x * (x + 3) / 6, True))


def near(ball, digits: str) -> bool:
    """Whether a ball agrees with a decimal to all digits that are written."""
    places = len(digits.partition(".")[2])
    with precision(40):
        return bool(abs(ball - arb(digits)) < arb(10) ** -places)


class TestMaxima:
    @pytest.mark.parametrize(
        ("function", "place", "value"),
        [
            (GELU, "1.41421356237309504880", "1.12890414518515478634"),
            (SILU, "2.39935728", "1.09983932012886691695"),
            (MISH, "1.49057117", "1.08849816125172786122"),
        ],
    )
    def test_known_lipschitz_constants(self, function, place, value):
        found = certify_lipschitz(function, x)
        assert near(found.value, value)
        assert near(found.location, place)
        assert found.attained

    def test_gelu_closed_form_at_sqrt_two(self):
        found = certify_maximum(sp.diff(GELU, x), x)
        assert found.location.overlaps(arb(2).sqrt())
        closed = sp.diff(GELU, x).subs(x, sp.sqrt(2))
        assert found.value.overlaps(constant(closed))

    def test_distance_of_the_two_gelus_on_a_box(self):
        found = certify_maximum(sp.Abs(GELU - GELU_TANH), x, (-8, 8))
        assert near(found.value, "0.000473236")
        assert len(found.locations) == 2  # the difference is even

    @pytest.mark.parametrize(
        ("function", "value"),
        [
            (RELU, 1),
            (ELU, 1),
            (SIGMOID, sp.Rational(1, 4)),
            (sp.tanh(x), 1),
            (SOFTPLUS, 1),
            (HARD_SWISH, sp.Rational(3, 2)),
            (sp.atan(x), 1),
            (x / (1 + sp.Abs(x)), 1),
            (sp.Max(x, x / 100), 1),
            (x + sp.sin(x) ** 2, 2),
            (sp.log(SIGMOID), 1),
        ],
    )
    def test_exact_lipschitz_constants(self, function, value):
        assert certify_lipschitz(function, x).value.overlaps(constant(sp.sympify(value)))

    def test_supremum_that_is_only_approached(self):
        found = certify_maximum(SIGMOID, x)
        assert found.location == sp.oo
        assert found.value == 1
        assert not found.attained

    def test_maximum_at_an_end(self):
        found = certify_maximum(SIGMOID, x, (0, 3))
        assert found.location == 3
        assert found.attained

    def test_open_end_is_not_attained(self):
        assert not certify_maximum(x, x, sp.Interval.Ropen(0, 3)).attained

    def test_unbounded_function_is_refused(self):
        with pytest.raises(NotCertified, match="unbounded"):
            certify_maximum(RELU, x)

    def test_jump_has_no_lipschitz_constant(self):
        with pytest.raises(NotCertified, match="jumps"):
            certify_lipschitz(sp.Heaviside(x), x)

    def test_precision_is_left_as_it_was(self):
        before = ctx.dps
        certify_maximum(SIGMOID, x)
        assert ctx.dps == before

    @settings(max_examples=12, deadline=None)
    @given(st.integers(1, 9), st.integers(-5, 5), st.integers(1, 9))
    def test_agrees_with_mpmath_on_bumps(self, a, b, c):
        f = c * sp.exp(-sp.Rational(a, 3) * (x - b) ** 2) + sp.tanh(x) / 7
        found = certify_maximum(f, x)
        g = sp.lambdify(x, f, "mpmath")
        best = max(g(mpmath.mpf(k) / 64) for k in range(-640, 641))
        assert float(found.value.upper()) >= best - 1e-12
        where = mpmath.mpf(found.location.str(20, radius=False))
        assert mpmath.almosteq(g(where), mpmath.mpf(found.value.str(20, radius=False)), 1e-12)


class TestBounds:
    @pytest.mark.parametrize(
        ("lower", "function", "upper", "strict"),
        [
            (0, SIGMOID * (1 - SIGMOID), "1/4", (True, False)),
            (-1, sp.tanh(x), 1, (True, True)),
            (RELU, SOFTPLUS, RELU + sp.log(2), (True, False)),
            (0, RELU, sp.Abs(x), (False, False)),
            ("-17/100", GELU, None, (False, False)),
            (None, 1 + x, sp.exp(x), (False, False)),
            (None, sp.Abs(GELU - GELU_TANH), "1/2000", (False, True)),
            (-1, sp.sin(x), 1, (False, False)),
        ],
    )
    def test_proved_over_all_reals(self, lower, function, upper, strict):
        if function.has(sp.Abs) and function.has(sp.erf):
            inside = function.args[0]  # zeros of the inside are not known exactly
            verdict = certify_bound("-1/2000", inside, "1/2000", x, strict=(True, True))
        else:
            verdict = certify_bound(lower, function, upper, x, strict=strict)
        assert verdict.kind is Kind.PROVED
        assert verdict.tier is Tier.CERTIFIED
        assert verdict.seconds < 10  # 0.1 s on a quiet machine; the load of others counts too

    @pytest.mark.parametrize(
        ("lower", "function", "upper", "strict"),
        [
            (0, SIGMOID * (1 - SIGMOID), "6/25", (False, False)),
            (0, SIGMOID * (1 - SIGMOID), "1/4", (False, True)),  # attained at 0
            ("-16/100", GELU, None, (False, False)),
            (RELU, SOFTPLUS, RELU + sp.Rational(69, 100), (False, False)),
            (None, sp.tanh(x), sp.Rational(99999, 100000), (False, False)),  # fails far out
            (0, sp.diff(SILU, x), None, (False, False)),  # fails in the left tail
            (None, sp.diff(MISH, x), "10884/10000", (False, False)),
        ],
    )
    def test_false_bound_is_refuted_with_a_point(self, lower, function, upper, strict):
        verdict = certify_bound(lower, function, upper, x, strict=strict)
        assert verdict.kind is Kind.REFUTED
        point = sp.sympify(verdict.counterexample.point["x"])
        value = function.subs(x, point)
        if lower is not None and not sp.sympify(lower).has(x):
            low = sp.sympify(lower)
            fails = value < low or (strict[0] and value == low)
        else:
            fails = False
        if not fails and upper is not None:
            high = sp.sympify(upper).subs(x, point)
            fails = bool(sp.N(value - high, 30) > 0) or (strict[1] and value.equals(high))
        assert fails

    @pytest.mark.parametrize(
        ("left", "right", "domain"),
        [
            (sp.log(x), x - 1, (0, sp.oo)),
            (x - x**3 / 6, sp.sin(x), (0, sp.oo)),
            (-x * sp.log(x) - (1 - x) * sp.log(1 - x), sp.log(2), (0, 1)),
            ((x**2 - 2) ** 2 * 0, (x**2 - 2) ** 2, None),
        ],
    )
    def test_contacts_and_singular_ends(self, left, right, domain):
        assert certify_relation(left, r"\le", right, x, domain).passed
        strict = certify_relation(left, "<", right, x, domain)
        assert strict.kind is Kind.REFUTED
        assert strict.counterexample.left == strict.counterexample.right

    def test_open_end_may_touch(self):
        positive = sp.Interval.open(0, sp.oo)
        assert certify_relation(sp.log(1 + x), "<", x, x, positive).passed
        assert certify_relation(sp.log(1 + x), "<", x, x, (0, sp.oo)).kind is Kind.REFUTED

    def test_value_at_a_single_point_counts(self):
        spike = sp.Piecewise((5, sp.Eq(x, 1)), (0, True))
        verdict = certify_relation(spike, r"\le", 1, x)
        assert verdict.kind is Kind.REFUTED
        assert verdict.counterexample.point == {"x": "1"}

    def test_what_cannot_be_decided_is_unproved(self):
        start = time.thread_time()  # other programs on the machine do not count
        verdict = certify_relation((x**3 - x - 1) ** 2, r"\ge", 0, x)
        assert verdict.kind is Kind.UNPROVED
        assert time.thread_time() - start < 5
        assert not verdict.passed

    def test_unknown_function_is_unproved(self):
        verdict = certify_relation(sp.zeta(x), r"\ge", 0, x, (2, 3))
        assert verdict.kind is Kind.UNPROVED

    def test_unknown_relation_is_refused(self):
        with pytest.raises(ValueError, match="op='='"):
            certify_relation(x, "=", x, x)

    def test_reversed_domain_is_refused(self):
        with pytest.raises(ValueError, match="increasing order"):
            certify_relation(x, "<", x, x, (3, 1))


class TestMonotone:
    @pytest.mark.parametrize("f", [RELU, ELU, SOFTPLUS, SIGMOID, sp.tanh(x), x**3])
    def test_increasing(self, f):
        assert certify_monotone(f, x).passed
        assert certify_monotone(f, x, increasing=False).kind is Kind.REFUTED

    @pytest.mark.parametrize("f", [GELU, SILU, MISH, HARD_SWISH])
    def test_not_monotone(self, f):
        verdict = certify_monotone(f, x)
        assert verdict.kind is Kind.REFUTED
        slope = sp.diff(f, x).subs(x, sp.sympify(verdict.counterexample.point["x"]))
        assert sp.N(slope, 20) < 0


class TestLimits:
    @pytest.mark.parametrize(
        ("f", "point", "value"),
        [
            (SIGMOID, sp.oo, 1),
            (SIGMOID, -sp.oo, 0),
            (sp.atan(x), sp.oo, sp.pi / 2),
            (MISH, -sp.oo, 0),
            (GELU, -sp.oo, 0),
            (MISH - x, sp.oo, 0),
            (ELU, -sp.oo, -1),
            (sp.log(1 + sp.exp(x)) / x, sp.oo, 1),
            (x * sp.log(x), 0, 0),
            (x * sp.tanh(sp.exp(x)), -sp.oo, 0),
            (SOFTPLUS, sp.oo, sp.oo),
        ],
    )
    def test_exact(self, f, point, value):
        assert sp.simplify(limit_of(f, x, point) - value) in (0, sp.nan)  # oo - oo is nan

    def test_oscillation_has_no_limit(self):
        assert isinstance(limit_of(sp.sin(x), x), arb)  # only a ball around all its values


class TestTails:
    @settings(max_examples=40, deadline=None)
    @given(
        st.sampled_from(
            [
                SIGMOID,
                SOFTPLUS,
                GELU,
                SILU,
                MISH,
                GELU_TANH,
                sp.diff(MISH, x),
                sp.diff(GELU, x),
                sp.atan(x) * x / (1 + x**2),
                sp.sqrt(1 + x**2) - sp.Abs(x),
                x * sp.erfc(x),
                sp.log(1 + x**2) / x,
                x * sp.tanh(sp.exp(x)),
            ]
        ),
        st.sampled_from([1, -1]),
        st.floats(16.0, 24.0),
    )
    def test_scales_enclose_the_function(self, f, side, t):
        arithmetic = TailArithmetic(arb(16))
        path = {Scale(power=sp.S.One): Coefficient.of(sp.Integer(side))}
        tail = arithmetic.evaluate(f, x, path)
        total = arb(0)
        with mpmath.workdps(600):
            for scale, c in tail.items():
                unit = mpmath.mpf(t) ** float(scale.power) * mpmath.log(t) ** int(scale.logs)
                for degree, coefficient in scale.exponent:
                    rate = mpmath.mpf(str(sp.N(coefficient, 40)))
                    unit *= mpmath.exp(rate * t ** int(degree))
                total = total + c.ball * arb(mpmath.nstr(unit, 30))
            value = sp.lambdify(x, f, "mpmath")(mpmath.mpf(side * t))
            expected = arb(mpmath.nstr(value, 30))
        slack = arb(0, float(abs(expected).upper()) * 1e-12 + 1e-300)
        assert (total + slack).overlaps(expected)

    def test_a_growing_scale_has_no_supremum(self):
        with pytest.raises(TooShort):
            Scale(power=sp.Integer(1)).supremum(arb(8))

    def test_a_straddling_leading_coefficient_is_undecided(self):
        arithmetic = TailArithmetic(arb(8))
        with pytest.raises(Undecided):
            arithmetic.sign({Scale(power=sp.S.One): Coefficient(box(-1.0, 1.0))})

    def test_exact_cancellation_is_seen(self):
        arithmetic = TailArithmetic(arb(8))
        path = {Scale(power=sp.S.One): Coefficient.of(sp.S.One)}
        assert arithmetic.sign(arithmetic.evaluate(1 - sp.tanh(x), x, path)) == 1


class TestPieces:
    def test_nested_switches(self):
        found = pieces_of(sp.Max(0, sp.Min(6, x)), x)
        assert [(p.low, p.high, p.expression) for p in found] == [
            (-sp.oo, 0, 0),
            (0, 6, x),
            (6, sp.oo, 6),
        ]

    def test_irrational_switch(self):
        ends = [p.high for p in pieces_of(sp.Abs(x**2 - 2), x)]
        assert ends == [-sp.sqrt(2), sp.sqrt(2), sp.oo]

    def test_unknown_switch_is_refused(self):
        with pytest.raises(Unsupported, match="not known exactly"):
            pieces_of(sp.Abs(sp.erf(x) - x / 3 + sp.exp(x)), x)


class TestBalls:
    def test_another_symbol_is_refused(self):
        with pytest.raises(Unsupported):
            compile_ball(x + sp.Symbol("y"), x)

    def test_derivatives_over_a_pole_are_not_numbers(self):
        assert not derivatives(compile_ball(1 / x, x), box(-1.0, 1.0), 1)[0].is_finite()

    @given(st.floats(-3, 3), st.floats(0, 0.5))
    @settings(max_examples=30, deadline=None)
    def test_boxes_contain_the_derivatives(self, centre, radius):
        region = box(centre - radius, centre + radius)
        slopes = derivatives(compile_ball(MISH, x), region, 2)
        for order, enclosure in enumerate(slopes):
            value = sp.diff(MISH, x, order).subs(x, sp.Rational(*centre.as_integer_ratio()))
            assert enclosure.overlaps(arb(str(sp.N(value, 25))))

    def test_sign_of_an_undecided_zero_is_found_by_sympy(self):
        assert sign_of(sp.sqrt(6) - sp.sqrt(2) * sp.sqrt(3)) == 0
