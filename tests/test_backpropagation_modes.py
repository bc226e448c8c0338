"""Both modes to second order, by random projections; gradients as graphs; compiled code.

The scheme is the one by which autograd tests itself: the derivative of a function along a
random direction, by forward and by reverse mode, is held against difference quotients of its
values; then the same is done with the derivative in place of the function, for every
combination of modes.
"""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from numpy.testing import assert_allclose

from dlnotes.activations import ACTIVATIONS
from dlnotes.backpropagation import (
    MLP,
    OPERATIONS,
    DomainError,
    ExpressionError,
    compile_gradient,
    directional_derivative,
    parse,
    trace,
)
from dlnotes.backpropagation.operations import RULES
from physics_formulas import FORMULAS
from test_backpropagation import coordinates, expressions
from test_backpropagation_physics import point_of

MODES = ("forward", "reverse")


def values_along(graph, at, direction):
    """Return the expression as a function of the way gone in a direction."""

    def along(step):
        return trace(graph, at={k: at[k] + step * direction[k] for k in at}).value

    return along


def quotient(f):
    """Return the derivative at 0 from values, and how far it can be trusted.

    Two central differences with different steps are extrapolated (Richardson).
    """
    h = 2e-3
    coarse, fine = ((f(s) - f(-s)) / (2 * s) for s in (h, h / 2))
    best = (4 * fine - coarse) / 3
    return best, 0.02 * abs(fine - coarse) + 1e-9 * max(1.0, abs(f(0.0)), abs(best))


def check_modes(graph, at, order, rng):
    """Check the derivative along a random direction, in both modes, down to an order."""
    if order == 0 or not at:
        return
    direction = dict(zip(at, rng.standard_normal(len(at)), strict=True))
    expected, tolerance = quotient(values_along(graph, at, direction))
    worked = trace(graph, at=at)
    jvp = worked.jvp(direction)
    vjp = sum(worked.gradient[k] * direction[k] for k in at)
    assert jvp == pytest.approx(expected, abs=tolerance)
    assert vjp == pytest.approx(jvp, rel=1e-10, abs=1e-12 * max(1.0, abs(worked.value)))
    for mode in MODES:
        slope = directional_derivative(graph, direction, mode=mode)
        assert slope.variables == graph.variables
        assert slope.values(at)[slope.root] == pytest.approx(jvp, rel=1e-9, abs=1e-10)
        check_modes(slope, at, order - 1, rng)


PLACES = {"acosh": 1.7, "log": 1.7, "log2": 1.7, "log10": 1.7, "sqrt": 1.7, "pow": 1.7}


class TestModes:
    @pytest.mark.parametrize("name", OPERATIONS)
    def test_every_operation_to_second_order(self, name):
        operation = OPERATIONS[name]
        names = ("x", "y")[: operation.arity]
        graph = parse(operation.text.format(*names))
        for place in (PLACES.get(name, 0.37), PLACES.get(name, -0.61)):
            at = dict(zip(names, (place, place + 0.45), strict=False))
            check_modes(graph, at, 2, np.random.default_rng(1))

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_every_operation_inside_of_others(self, name):
        operation = OPERATIONS[name]
        inner = ("1.3 + 0.2*sin(x*y)", "1.9 + 0.1*x*y^2")[: operation.arity]
        if name in ("asin", "acos", "atanh"):
            inner = ("0.3*sin(x*y) + 0.2",)
        bracketed = [f"({part})" for part in inner]
        text = f"y*exp(0.5*({operation.text.format(*bracketed)}))"
        check_modes(parse(text), {"x": 0.7, "y": 1.2}, 2, np.random.default_rng(2))

    @pytest.mark.parametrize("number", FORMULAS)
    def test_physics_to_second_order(self, number):
        graph = parse(FORMULAS[number])
        check_modes(graph, point_of(number, graph.variables, 0), 2, np.random.default_rng(3))

    @settings(max_examples=40, deadline=None)
    @given(expressions(depth=3), coordinates)
    def test_random_expressions(self, pair, place):
        graph = parse(pair[0])
        at = {name: place + 0.1 * k for k, name in enumerate(graph.variables)}
        try:
            assume(
                all(
                    abs(s.value) < 1e3 and abs(s.adjoint) < 1e3
                    for s in trace(graph, at=at).steps
                )
            )
            check_modes(graph, at, 1, np.random.default_rng(4))
        except DomainError:
            assume(False)

    def test_a_wrong_rule_is_seen(self, monkeypatch):
        rules = dict(RULES)
        rules["tanh"] = type(RULES["tanh"])(
            **{**vars(RULES["tanh"]), "partials": (lambda m, v, a: 1 - v,)}
        )
        monkeypatch.setattr("dlnotes.backpropagation.tracing.RULES", rules)
        with pytest.raises(AssertionError):
            check_modes(parse("tanh(x)"), {"x": 0.4}, 1, np.random.default_rng(0))

    def test_network_against_its_products(self):
        rng = np.random.default_rng(5)
        network = MLP.random((3, 6, 5, 2), rng, activation="tanh")
        x, dx = rng.standard_normal((2, 4, 3))
        cotangent = rng.standard_normal((4, 2))
        vjp = network.backward(network.forward(x), cotangent).input

        def along(step):
            return float(np.sum(network.forward(x + step * dx).output * cotangent))

        expected, tolerance = quotient(along)
        assert np.sum(vjp * dx) == pytest.approx(expected, abs=tolerance)


class TestDirectionalDerivative:
    @pytest.mark.parametrize("modes", list(itertools.product(MODES, MODES)))
    def test_hessian_is_that_of_sympy(self, modes):
        text = "x1*(x2-4) + exp(x3^2)/(5*x4^2) + x1^x4*tanh(x2*x3)"
        names, at = ("x1", "x2", "x3", "x4"), {"x1": 2.0, "x2": 5.0, "x3": 0.3, "x4": 1.5}
        graph = parse(text)
        hessian = sympy.hessian(graph.symbolic, sympy.symbols(names))
        exact = np.array(hessian.subs({k: sympy.Rational(v) for k, v in at.items()}).evalf(20))
        for (i, a), (j, b) in itertools.product(enumerate(names), repeat=2):
            once = directional_derivative(graph, {a: 1}, mode=modes[0])
            twice = directional_derivative(once, {b: 1}, mode=modes[1])
            assert_allclose(
                trace(twice, at=at).value, float(exact[i, j]), rtol=1e-12, atol=1e-13
            )

    def test_gradient_is_the_product_with_the_hessian(self):
        graph = parse("x^3*y^2")
        slope = directional_derivative(graph, {"x": 2, "y": -1})
        found = trace(slope, at={"x": 3, "y": 5}).gradient
        hessian = np.array([[6 * 3 * 25, 6 * 9 * 5], [6 * 9 * 5, 2 * 27]])
        assert_allclose(list(found.values()), hessian @ [2, -1])

    def test_size_is_a_multiple_of_that_of_the_expression(self):
        for depth in (10, 100, 1000):
            graph = parse("tanh(" * depth + "x" + ")" * depth)
            twice = graph
            for _ in range(2):
                twice = directional_derivative(twice, {"x": 1})
            assert len(twice.nodes) < 30 * len(graph.nodes)

    def test_domain_error_of_a_derivative_points_at_the_source(self):
        slope = directional_derivative("1 + sqrt(x - 2)", {"x": 1})
        with pytest.raises(DomainError) as caught:
            trace(slope, at={"x": 2})
        assert "1 + sqrt(x - 2)" in str(caught.value)
        assert caught.value.span == (4, 15)

    def test_derivative_of_a_jump_is_reported(self):
        slope = directional_derivative("relu(x)*x", {"x": 1})
        assert trace(slope, at={"x": 0.0}).kinks
        assert not trace(slope, at={"x": 1.0}).kinks

    def test_what_cancels_and_what_is_constant(self):
        assert trace(directional_derivative("x - x", {"x": 1}), at={"x": 2}).value == 0
        assert trace(directional_derivative("3", {}), at={}).value == 0
        assert directional_derivative("z*dz", {"z": 1}, mode="forward").name not in ("z", "dz")

    @pytest.mark.parametrize(
        ("arguments", "error", "said"),
        [
            (({"y": 1},), ValueError, "direction names y, but the expression has x"),
            (({"x": "1"},), TypeError, r"direction\['x'\] must be a real number"),
            (({"x": math.nan},), ValueError, "must be finite"),
        ],
    )
    def test_refusals(self, arguments, error, said):
        with pytest.raises(error, match=said):
            directional_derivative("x^2", *arguments)
        with pytest.raises(ValueError, match="got 'sideways'"):
            directional_derivative("x^2", {"x": 1}, mode="sideways")


class TestRegistry:
    """Every activation function can be written, and is the one of the registry."""

    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_value_and_slope_are_the_registry_s(self, name):
        entry = ACTIVATIONS[name]
        for x in (-3.7, -0.4, 0.6, 2.9):
            for called in (name, *entry.aliases):
                t = trace(f"{called}(x)", at={"x": x})
                assert_allclose(t.value, float(entry(x)), rtol=1e-14)
                assert_allclose(t.gradient["x"], float(entry.derivative(x)), rtol=1e-13)

    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_kinks_are_reported_with_the_registry_s_convention(self, name):
        entry = ACTIVATIONS[name]
        defaults = {p.symbol: p.default for p in entry.parameters}
        for kink in entry.kinks:
            place = float(kink.at.subs(defaults))
            if math.isinf(place):  # a threshold that is never reached
                continue
            sides = entry.one_sided(place)
            t = trace(f"{name}(x)", at={"x": place})
            assert bool(t.kinks) == bool(sides.left != sides.right)
            assert t.gradient["x"] == float(sides.chosen)

    def test_far_out_where_formulas_overflow(self):
        for name in ACTIVATIONS:
            for x in (-700.0, 700.0):
                assert math.isfinite(trace(f"{name}(x)", at={"x": x}).gradient["x"])

    def test_third_derivative_is_refused_with_the_registry_s_reason(self):
        twice = directional_derivative(directional_derivative("gelu(x)", {"x": 1}), {"x": 1})
        assert trace(directional_derivative("gelu(x)", {"x": 1}), at={"x": 0.3}).gradient
        with pytest.raises(DomainError):
            trace(twice, at={"x": 0.3})


class TestCompile:
    @settings(max_examples=80, deadline=None)
    @given(expressions(depth=4), coordinates)
    def test_same_as_trace(self, pair, place):
        graph = parse(pair[0])
        at = {name: place + 0.3 * k for k, name in enumerate(graph.variables)}
        try:
            t = trace(graph, at=at)
        except DomainError:
            with pytest.raises(DomainError):
                compile_gradient(graph)(*at.values())
            return
        value, partials = compile_gradient(graph)(*at.values())
        sizes = [*graph.values(at), *(s.adjoint for s in t.steps)]
        scale = max([1.0, *map(abs, sizes)])
        assume(scale < 1e8)
        assert_allclose(value, t.value, rtol=1e-12, atol=1e-13 * scale)
        assert_allclose(partials, list(t.gradient.values()), rtol=1e-10, atol=1e-12 * scale**2)

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_every_operation(self, name):
        operation = OPERATIONS[name]
        names = ("x", "y")[: operation.arity]
        graph = parse(operation.text.format(*names))
        for place in (PLACES.get(name, 0.37), PLACES.get(name, -0.61)):
            point = (place, place + 0.45)[: operation.arity]
            t = trace(graph, at=dict(zip(names, point, strict=True)))
            value, partials = compile_gradient(graph)(*point)
            assert_allclose(value, t.value, rtol=1e-15)
            assert_allclose(partials, list(t.gradient.values()), rtol=1e-13)

    def test_arguments_are_in_the_order_of_the_names(self):
        f = compile_gradient("x10*x9 + 2*a")
        assert f.variables == ("a", "x9", "x10")
        assert f(1, 2, 3) == (8.0, (2.0, 3.0, 2.0))

    @pytest.mark.parametrize(
        "text", ["lambda*True^2", "__import__*exec", "é*x", "v1*a0", "real*again"]
    )
    def test_names_never_reach_the_code(self, text):
        graph = parse(text)
        f = compile_gradient(graph)
        value, partials = f(2.0, 3.0)
        t = trace(graph, at=dict(zip(graph.variables, (2.0, 3.0), strict=True)))
        assert (value, partials) == (t.value, tuple(t.gradient.values()))
        body = f.source.split("try:")[1]
        assert not any(
            f" {name} " in body for name in graph.variables if name not in ("a0", "v1")
        )

    def test_errors_are_those_of_trace(self):
        f = compile_gradient("x2*log(x1 - 3)")
        with pytest.raises(
            DomainError, match=r"log\(-1\): the argument of log must be positive"
        ):
            f(2.0, 1.0)
        with pytest.raises(DomainError, match="too large"):
            compile_gradient("x*x")(1e200)
        with pytest.raises(DomainError, match="1/0: the divisor"):
            compile_gradient("1/x")(0.0)
        with pytest.raises(TypeError, match="x must be a real number, got '1'"):
            compile_gradient("x")("1")
        with pytest.raises(ValueError, match="must be finite"):
            compile_gradient("x*x")(math.nan)
        with pytest.raises(TypeError):
            compile_gradient("x*y")(1.0)
        with pytest.raises(ExpressionError):
            compile_gradient("x*/y")

    def test_edges_where_the_code_needs_help(self):
        # 0^b and 0^0: the rules know more than their formulas.
        assert compile_gradient("x^y")(0.0, 2.0) == (0.0, (0.0, 0.0))
        assert compile_gradient("x^y*0 + hypot(x, y)")(0.0, 2.0) == (2.0, (0.0, 1.0))
        assert compile_gradient("hypot(x, y)")(0.0, 0.0) == (0.0, (0.0, 0.0))

    def test_integers_and_numpy_numbers(self):
        f = compile_gradient("x/y")
        assert f(1, 3) == f(np.float64(1), np.int64(3)) == (1 / 3, (1 / 3, -1 / 9))
        assert all(type(p) is float for p in (f(1, 3)[0], *f(np.float32(1), 3)[1]))

    def test_common_parts_are_worked_once(self):
        source = compile_gradient("exp(x*y)*sin(x*y) + exp(x*y)").source
        assert (source.count("exp("), source.count("sin("), source.count("cos(")) == (1, 1, 1)

    def test_constants_are_worked_beforehand(self):
        assert "sqrt" not in compile_gradient("x*sqrt(2*pi)^3").source
        with pytest.raises(DomainError, match="the divisor"):
            compile_gradient("x + 1/0")(1.0)


class TestLarge:
    """A hundred thousand operations: no recursion, and no step that is not linear."""

    n = 100_000

    def test_chain(self):
        graph = parse("sin(" * self.n + "x" + ")" * self.n)
        t = trace(graph, at={"x": 1.0})
        value, slope = 1.0, 1.0
        for _ in range(self.n):
            value, slope = math.sin(value), slope * math.cos(value)
        assert t.value == value
        assert_allclose(t.gradient["x"], slope, rtol=1e-9)
        assert_allclose(t.jvp({"x": 1.0}), slope, rtol=1e-9)
        compiled, partials = compile_gradient(graph)(1.0)
        assert compiled == value
        assert_allclose(partials[0], slope, rtol=1e-9)

    def test_wide_graph_with_a_thousand_variables(self):
        names = [f"x{k}" for k in range(1000)]
        text = " + ".join(
            f"{k}*x{k % 1000}*x{(7 * k + 1) % 1000}" for k in range(self.n // 3 + 1)
        )
        graph = parse(text)
        assert sum(bool(node.operands) for node in graph.nodes) >= self.n
        x = np.random.default_rng(0).uniform(0.5, 1.5, 1000)
        at = dict(zip(names, x, strict=True))
        t = trace(graph, at=at)
        expected = np.zeros(1000)
        for k in range(self.n // 3 + 1):
            a, b = k % 1000, (7 * k + 1) % 1000
            expected[a] += k * x[b]
            expected[b] += k * x[a]
        assert_allclose([t.gradient[name] for name in names], expected, rtol=1e-10)
        f = compile_gradient(graph)
        partials = dict(zip(f.variables, f(*(at[v] for v in f.variables))[1], strict=True))
        assert_allclose([partials[name] for name in names], expected, rtol=1e-10)

    def test_time_is_linear(self):
        def seconds(n):
            text = "sin(" * n + "x" + ")" * n
            start = time.process_time()
            graph = parse(text)
            trace(graph, at={"x": 1.0})
            compile_gradient(graph)
            return time.process_time() - start

        # Four times the size may not take anything like sixteen times as long.
        small = min(seconds(2_000) for _ in range(3))
        large = min(seconds(8_000) for _ in range(2))
        assert large < 8 * small
