"""Facts of the registry, against ball arithmetic over all reals."""

from __future__ import annotations

import math
from functools import partial

import pytest
from flint import arb

from activation_reference import kinks
from dlnotes.activations import ACTIVATIONS
from dlnotes.activations.pieces import X, cut
from dlnotes.checking.engines.intervals import (
    NotCertified,
    certify_lipschitz,
    certify_maximum,
)

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
