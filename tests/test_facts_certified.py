"""Facts of the registry, against ball arithmetic over all reals."""

from __future__ import annotations

import math
from functools import partial

import pytest
import sympy as sp
from flint import arb

from activation_reference import kinks
from dlnotes.activations import ACTIVATIONS, facts_table
from dlnotes.activations.pieces import X, cut
from dlnotes.checking.engines.balls import constant
from dlnotes.checking.engines.expectations import certify_expectation
from dlnotes.checking.engines.intervals import (
    NotCertified,
    certify_lipschitz,
    certify_maximum,
    limit_of,
)
from dlnotes.checking.engines.zeros import certify_zeros

each = pytest.mark.parametrize("f", ACTIVATIONS.values(), ids=lambda f: f.name)


def formula(f):
    return f.expression.subs(f.substitution())


def certify_on(low, high, expression, symbol):
    return certify_maximum(expression, symbol, (low, high))


def certified(find, *expression):
    """Return what is found, or None if the supremum is certified to be infinite."""
    try:
        return find(*expression, X)
    except NotCertified as why:
        assert "unbounded" in str(why), why  # noqa: PT017 - any other reason is a failure
        return None


@each
def test_lipschitz_constant_is_the_certified_one(f):
    if f.facts.jumps:
        with pytest.raises(NotCertified, match="jump"):
            certify_lipschitz(formula(f), X)
        assert f.facts.lipschitz == math.inf
        return
    found = certified(certify_lipschitz, formula(f))
    if found is None:
        assert f.facts.lipschitz == math.inf
        return
    assert abs(found.value - arb(f.facts.lipschitz)) < arb("1e-14"), found.value.str(20)
    assert found.attained == math.isfinite(f.facts.steepest)


@each
def test_range_is_the_certified_one_piece_by_piece(f):
    pieces = cut(formula(f), kinks(f, {}))
    for sign, end in zip((-1, 1), f.facts.range, strict=True):
        suprema = [
            certified(partial(certify_on, piece.low, piece.high), sign * piece.formula)
            for piece in pieces
        ]
        if any(found is None for found in suprema):
            assert end == sign * math.inf
        else:
            largest = max((found.value for found in suprema), key=float)
            assert abs(sign * largest - arb(end)) < arb("1e-14"), largest.str(20)


@each
def test_whether_an_end_of_the_range_is_a_value(f):
    if f.facts.jumps:
        pytest.skip(f"{f.name} jumps; the checker certifies continuous functions")
    for sign, attained in zip((-1, 1), f.facts.attained, strict=True):
        found = certified(certify_maximum, sign * formula(f))
        assert attained == (found is not None and found.attained)


def test_a_wrong_constant_is_seen():
    found = certify_lipschitz(formula(ACTIVATIONS["gelu"]), X)
    assert not abs(found.value - arb(1.1289041451852)) < arb("1e-14")


# The table of computed facts: what is printed is what is certified, to the last digit --------


def printed(text):
    """Read a number of the table."""
    return float(text.replace(r"\infty", "inf"))


def agrees(text, ball, digits):
    """Whether a number, rounded to this many digits, can only be what is printed."""
    if not isinstance(ball, arb):  # a SymPy number: infinity
        return float(ball) == printed(text)
    if text == "0":
        return bool(abs(ball) < arb("1e-13"))
    value = float(text)
    last = math.floor(math.log10(abs(value))) - digits + 1
    return bool(abs(ball - arb(text)) <= arb(10) ** last / 2)


def cells(f):
    _, _, limits, steepest, fixed, *moments, _ = (
        facts_table([f.name]).splitlines()[2].split("|")
    )
    return limits, steepest, fixed, moments


def as_ball(value):
    return value if isinstance(value, arb) or not value.is_finite else constant(value)


@each
def test_printed_limits(f):
    ends = cells(f)[0].strip(" $").split(r",\,")
    for text, place in zip(ends, (-sp.oo, sp.oo), strict=True):
        assert agrees(text, as_ball(limit_of(formula(f), X, place)), 4), text


@each
def test_printed_place_of_the_steepest_slope(f):
    text = cells(f)[1].strip(" $")
    if f.facts.jumps:  # the slope across a jump is infinite
        assert float(text) in f.facts.jumps
        return
    found = certified(certify_lipschitz, formula(f))
    if found is None or not found.attained:
        assert math.isinf(printed(text))
        return
    straight = [
        piece
        for piece in cut(formula(f), kinks(f, {}))
        if piece.low <= sp.Rational(f.facts.steepest) <= piece.high
        and not (slope := sp.diff(piece.formula, X)).has(X)
        and abs(abs(constant(slope)) - found.value) < arb("1e-14")
    ]
    assert straight or any(agrees(text, place, 4) for place in found.locations)


@each
def test_printed_fixed_points_are_certified_and_there_are_no_others(f):
    zeros = certify_zeros(formula(f) - X, X)
    text = cells(f)[2].strip()
    shown = [] if text == "none" else text.strip("$").split("$, $")
    assert len(shown) == len(zeros), zeros
    for item, zero in zip(shown, zeros, strict=True):
        if zero.low is zero.high:
            assert agrees(item, zero.low, 4)
        else:
            assert (item[0] == "[", item[-1] == "]") == zero.closed
            for end, place in zip(item[1:-1].split(r",\,"), (zero.low, zero.high), strict=True):
                assert agrees(end, place, 4)


@each
def test_printed_moments(f):
    values = (f.moments().mean, f.moments().square, f.moments().slope_square)
    orders = ((0, 1), (0, 2), (1, 2))
    for text, value, (order, power) in zip(cells(f)[3], values, orders, strict=True):
        ball = certify_expectation(formula(f), X, order=order, power=power)
        assert agrees(text.strip(" $"), ball, 6), ball.str(12)
        assert abs(ball - arb(value)) < arb("1e-13") * (1 + abs(ball))


class TestAgrees:
    def test_a_wrong_last_digit_is_seen(self):
        ball = certify_expectation(formula(ACTIVATIONS["gelu"]), X)
        assert agrees("0.282095", ball, 6)
        assert not agrees("0.282094", ball, 6)
        assert not agrees("0.282096", ball, 6)

    def test_a_missing_fixed_point_is_seen(self):
        assert len(certify_zeros(formula(ACTIVATIONS["selu"]) - X, X)) == 2

    def test_a_number_that_is_too_vague_is_no_agreement(self):
        assert not agrees("0.282095", arb("0.282095", "0.000001"), 6)
        assert not agrees("0", arb(0, "1e-12"), 6)
