"""What numba compiles: its last digits, its ends, and who gets it."""

from __future__ import annotations

import sys

import mpmath
import numpy as np
import pytest

from activation_reference import Reference, digits, m, points, ulps
from dlnotes.activations import ACTIVATIONS, softmax, walks
from dlnotes.activations.walks import (
    LONG,
    compiled,
    exp,
    expm1_of_negative,
    formulas,
    hard_swish,
    logistic,
    one_plus_exp_of_minus,
    tanh,
)

PRECISIONS = [np.dtype(np.float64), np.dtype(np.float32)]
each_dtype = pytest.mark.parametrize("dtype", PRECISIONS, ids=str)

# The function, its true value, and how many units in the last place it may be off.
FUNCTIONS = {
    "exp": (exp, mpmath.exp, 1.0),
    "expm1_of_negative": (expm1_of_negative, mpmath.expm1, 2.0),
    "hard_swish": (hard_swish, lambda x: x * min(max(x + 3, 0), 6) / 6, 2.0),
    "logistic": (logistic, lambda x: 1 / (1 + mpmath.exp(-x)), 3.0),
    "one_plus_exp_of_minus": (one_plus_exp_of_minus, lambda x: 1 + mpmath.exp(-x), 2.0),
    "tanh": (tanh, mpmath.tanh, 3.0),
}
each = pytest.mark.parametrize("name", FUNCTIONS)

# Where an exponential stops being more than 0, and where it stops being finite.
ENDS = {np.dtype(np.float64): (-745.14, 709.79), np.dtype(np.float32): (-103.98, 88.73)}


def arguments(name, dtype):
    """Return numbers over the whole range, near 0, and where n jumps from one to the next."""
    rng, (low, high) = np.random.default_rng(0), ENDS[dtype]
    jumps = (np.arange(int(low * 1.44), int(high * 1.44)) + 0.5) * np.log(2.0)
    small = rng.choice([-1, 1], 500) * 10.0 ** rng.uniform(-320, 0, 500)
    near = [np.nextafter(end, side) for end in (low, high, 0.0) for side in (-np.inf, np.inf)]
    middle = [rng.normal(size=2000), rng.uniform(-20, 20, 1000)]
    x = np.concatenate([jumps, small, *middle, rng.uniform(low, high, 4000), near])
    x = {"expm1_of_negative": -np.abs(x), "logistic": x[x > -high]}.get(name, x)
    return x.astype(dtype)


def by_hand(name, dtype):
    """Return the formula that numba compiles, on a processor that rounds every operation."""
    return np.vectorize(formulas(dtype)[name], otypes=[dtype])


@each
@each_dtype
@pytest.mark.parametrize("made_by", [compiled, by_hand])
def test_a_unit_or_two_in_the_last_place(name, dtype, made_by):
    _, true, most = FUNCTIONS[name]
    x = arguments(name, dtype)
    with np.errstate(all="ignore"):
        got = made_by(name, dtype)(x)
    assert got.dtype == dtype
    with mpmath.workdps(400):  # the first digit of e^x - 1 may be the 320th
        errors = [ulps(y, true(m(at)), dtype.type) for at, y in zip(x, got, strict=True)]
    worst = int(np.argmax(errors))
    assert errors[worst] <= most, f"{errors[worst]:.2f} ulp at {x[worst]!r}"


@each_dtype
def test_the_ends_of_the_exponential(dtype):
    low, high = ENDS[dtype]
    x = np.array([-np.inf, -1e30, 1.01 * low, -0.0, 0.0, 1.01 * high, 1e30, np.inf], dtype)
    with np.errstate(all="ignore"):
        exponentials = compiled("exp", dtype)(x)
        smallest = compiled("exp", dtype)(np.array([low + 0.6], dtype))
        largest = compiled("exp", dtype)(np.array([high - 0.02], dtype))
    assert exponentials.tolist() == [0, 0, 0, 1, 1, np.inf, np.inf, np.inf]
    assert smallest == np.finfo(dtype).smallest_subnormal
    assert np.isfinite(largest).all()


@each_dtype
def test_the_ends_of_the_others(dtype):
    x = np.array([-np.inf, -1e30, -100.0, -0.0, 0.0], dtype)
    assert compiled("expm1_of_negative", dtype)(x).tolist() == [-1, -1, -1, 0, 0]
    x = np.array([*x, 100.0, 1e30, np.inf], dtype)
    got = compiled("tanh", dtype)(x)
    assert got.tolist() == [-1, -1, -1, 0, 0, 1, 1, 1]
    assert np.signbit(got).tolist() == [True] * 4 + [False] * 4


@each
@each_dtype
def test_nan_passes_through(name, dtype):
    with np.errstate(all="ignore"):
        assert np.isnan(compiled(name, dtype)(np.array([np.nan], dtype))).all()


@each
@each_dtype
def test_long_arrays_get_it_and_short_ones_get_numpys(name, dtype, monkeypatch):
    function, true, _ = FUNCTIONS[name]
    asked = []
    monkeypatch.setattr(walks, "compiled", lambda *what: asked.append(what) or np.sign)
    x = np.full(LONG, -2.0, dtype)
    assert function(x).tolist() == [-1.0] * LONG
    assert asked == [(name, dtype)]
    expected = float(true(-2.0))
    np.testing.assert_allclose(function(x[1:]), expected, rtol=3 * np.finfo(dtype).eps)
    assert len(asked) == 1


def test_without_numba_they_are_numpys(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)  # as if it were not installed
    compiled.cache_clear()
    try:
        x = np.linspace(-3.0, 0.0, LONG)
        assert compiled("exp", x.dtype) is None
        np.testing.assert_array_equal(exp(x), np.exp(x))
        np.testing.assert_array_equal(expm1_of_negative(x), np.expm1(x))
        np.testing.assert_array_equal(tanh(x), np.tanh(x))
        np.testing.assert_array_equal(one_plus_exp_of_minus(x), 1.0 + np.exp(-x))
    finally:
        compiled.cache_clear()


@each_dtype
@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("f", list(ACTIVATIONS.values()), ids=lambda f: f.name)
def test_a_few_ulp_everywhere_in_a_long_array(f, order, dtype):
    reference = Reference(f)
    x = np.array(points(reference, order, np.random.default_rng(3), 4)).astype(dtype)
    x = np.array([at for at in x if not reference.is_kink(float(at))])
    long = f.derivative(np.resize(x, 2 * LONG), order)
    for at, y in zip(x, long, strict=False):
        with mpmath.workdps(digits(float(at))):
            error = ulps(y, reference(order, float(at)), dtype.type)
        assert error <= 10, f"{error:.1f} ulp at {at!r}"


@each_dtype
def test_long_rows_of_softmax(dtype):
    x = np.random.default_rng(5).normal(scale=4, size=(2000, 30)).astype(dtype)
    few = np.concatenate([softmax(rows) for rows in np.split(x, 100)])
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(softmax(x), few, rtol=8 * eps, atol=0)
    with mpmath.workdps(40):
        terms = [mpmath.exp(float(z)) for z in x[0]]
        exact = [term / mpmath.fsum(terms) for term in terms]
    assert max(ulps(s, e, dtype.type) for s, e in zip(softmax(x)[0], exact, strict=True)) <= 6
