"""Back-propagation against SymPy's diff, mpmath, brute force and finite differences."""

from __future__ import annotations

import itertools
import math

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import dlnotes.backpropagation as bp
from dlnotes.backpropagation import (
    MLP,
    NUMBERS,
    OPERATIONS,
    SYMBOLS,
    DomainError,
    ExpressionError,
    Table,
    finite_difference,
    gradient_check,
    initial_variance,
    parse,
    readings,
    trace,
)
from dlnotes.backpropagation.operations import RULES
from dlnotes.figures import WIDTH, layered
from dlnotes.figures import backpropagation as pictures

NOTES = {
    "z = x1 + 5*x2 - 3*x3^2": {
        "x1": lambda x1, x2, x3: 1,
        "x2": lambda x1, x2, x3: 5,
        "x3": lambda x1, x2, x3: -6 * x3,
    },
    "z = x1*(x2-4) + exp(x3^2)/(5*x4^2)": {
        "x1": lambda x1, x2, x3, x4: x2 - 4,
        "x2": lambda x1, x2, x3, x4: x1,
        "x3": lambda x1, x2, x3, x4: 2 * x3 * mpmath.exp(x3**2) / (5 * x4**2),
        "x4": lambda x1, x2, x3, x4: -2 * mpmath.exp(x3**2) / (5 * x4**3),
    },
    "z = x1*(x2-4) + exp(x3^2) / 5*x4^2": {
        "x1": lambda x1, x2, x3, x4: x2 - 4,
        "x2": lambda x1, x2, x3, x4: x1,
        "x3": lambda x1, x2, x3, x4: 2 * x3 * x4**2 * mpmath.exp(x3**2) / 5,
        "x4": lambda x1, x2, x3, x4: 2 * x4 * mpmath.exp(x3**2) / 5,
    },
    "z = 1/x3 + exp( (x1+5*(x2+3)) ^2 )": {
        "x1": lambda x1, x2, x3: 2 * (x1 + 5 * x2 + 15) * mpmath.exp((x1 + 5 * x2 + 15) ** 2),
        "x2": lambda x1, x2, x3: 10 * (x1 + 5 * x2 + 15) * mpmath.exp((x1 + 5 * x2 + 15) ** 2),
        "x3": lambda x1, x2, x3: -1 / mpmath.mpf(x3) ** 2,
    },
}
POINT = {"x1": 0.4, "x2": -2.9, "x3": 0.7, "x4": 1.3}

FUNCTIONS = {
    "exp": sympy.exp,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tanh": sympy.tanh,
    "atan": sympy.atan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "sigmoid": lambda a: 1 / (1 + sympy.exp(-a)),
    "softplus": lambda a: sympy.log(1 + sympy.exp(a)),
}


@st.composite
def expressions(draw, depth=4):
    """An expression as text, with the SymPy expression that the text means."""
    kind = draw(st.sampled_from(["leaf", "infix", "infix", "call", "minus", "power", "safe"]))
    if depth == 0 or kind == "leaf":
        if draw(st.booleans()):
            name = draw(st.sampled_from(["x1", "x2", "x3"]))
            return name, sympy.Symbol(name)
        number = draw(st.integers(1, 9))
        return str(number), sympy.Integer(number)
    a, sa = draw(expressions(depth=depth - 1))
    if kind == "infix":
        b, sb = draw(expressions(depth=depth - 1))
        sign = draw(st.sampled_from("+-*"))
        value = {"+": sa + sb, "-": sa - sb, "*": sa * sb}[sign]
        return f"({a}){sign}({b})", value
    if kind == "call":
        name = draw(st.sampled_from(sorted(FUNCTIONS)))
        return f"{name}({a})", FUNCTIONS[name](sa)
    if kind == "minus":
        return f"-({a})", -sa
    if kind == "power":
        power = draw(st.integers(0, 3))
        return f"({a})**{power}", sa**power
    # Division, log and sqrt of something that is never near 0.
    name = draw(st.sampled_from(["log", "sqrt", "1/"]))
    b, sb = f"(2 + ({a})^2)", 2 + sa**2
    return {
        "log": (f"log{b}", sympy.log(sb)),
        "sqrt": (f"sqrt{b}", sympy.sqrt(sb)),
        "1/": (f"1/{b}", 1 / sb),
    }[name]


coordinates = st.floats(-2, 2, allow_nan=False).map(lambda x: round(x, 3))


class TestNotesExpressions:
    @pytest.mark.parametrize("text", NOTES)
    def test_every_partial_of_every_reading(self, text):
        names = list(NOTES[text])
        at = {name: POINT[name] for name in names}
        t = trace(text, at=at)
        for name, formula in NOTES[text].items():
            assert_allclose(t.gradient[name], float(formula(**at)), rtol=1e-13)
            exact = t.symbolic_gradient[name].subs(
                {k: sympy.Rational(str(v)) for k, v in at.items()}
            )
            assert_allclose(float(exact.evalf(30)), float(formula(**at)), rtol=1e-13)

    def test_partials_of_the_third_as_the_notes_print_them_are_five_times_too_large(self):
        at = {"x1": 0.4, "x2": -3.0, "x3": 2.0}
        u = 0.4
        t = trace("1/x3 + exp((x1+5*(x2+3))^2)", at=at)
        assert_allclose(10 * u * math.exp(u * u) / t.gradient["x1"], 5)
        assert_allclose(50 * u * math.exp(u * u) / t.gradient["x2"], 5)


class TestParse:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("2 + 3*4", 14),
            ("2*3 + 4", 10),
            ("2 - 3 - 4", -5),
            ("8/4/2", 1),
            ("8/4*2", 4),
            ("-2^2", -4),
            ("(-2)^2", 4),
            ("2^3^2", 512),
            ("2**3**2", 512),
            ("2^-1", 0.5),
            ("2^-1*4", 2),
            ("-2*-3", 6),
            ("--2", 2),
            ("+2", 2),
            ("2 - -3", 5),
            ("2*+3", 6),
            (".5 + 1.e1", 10.5),
            ("1e-3*1E3", 1),
            ("6 ÷ 3 × 2 − 1·1", 3),
            ("max(1, min(5, 3))", 3),
            ("ln(exp(2))", 2),
            ("arctan(1)*4/pi", 1),
            ("\n 1 +\t2 ", 3),
            ("((((7))))", 7),
        ],
    )
    def test_value_of_constants(self, text, value):
        assert_allclose(trace(text, at={}).value, value, rtol=1e-15)

    @settings(max_examples=100)
    @given(
        st.lists(st.sampled_from(["+", "-", "*", "/", "**"]), min_size=1, max_size=6), st.data()
    )
    def test_same_grammar_as_python(self, signs, data):
        text = "2."
        for sign in signs:
            minus = data.draw(st.sampled_from(["", "-"]))
            text += sign + minus + data.draw(st.sampled_from(["1.", "2.", "3."]))
        try:
            # The reference is Python's own grammar, on text made here from digits and signs.
            expected = eval(text)
            assume(not isinstance(expected, complex))
            expected = float(expected)
        except ArithmeticError:
            assume(False)
        assume(1e-200 < abs(expected) < 1e200)
        assert_allclose(trace(text, at={}).value, expected, rtol=1e-12)

    @pytest.mark.parametrize(
        ("text", "reason", "span"),
        [
            ("", "empty", (0, 0)),
            ("x1*", "expected a number", (3, 3)),
            ("x1 * / x2", "expected a number", (5, 6)),
            ("(x", "never closed", (0, 1)),
            ("2*exp(x", "never closed", (5, 6)),
            ("x)", "closes nothing", (1, 2)),
            ("x y", 'a product needs "*"', (2, 3)),
            ("2x", 'a product needs "*"', (1, 2)),
            ("2(x)", 'a product needs "*"', (1, 2)),
            ("exq(x)", 'did you mean "exp"', (0, 3)),
            ("x1(x2)", 'no function "x1"', (0, 2)),
            ("exp(x, 1)", "takes 1 argument, got 2", (0, 9)),
            ("max(x)", "takes 2 arguments, got 1", (0, 6)),
            ("exp()", "expected a number", (4, 5)),
            ("exp + 1", "is a function", (0, 3)),
            ("x, y", "a comma belongs", (1, 2)),
            ("(x, y)", "a comma belongs", (2, 3)),
            ("[x]", "round brackets", (0, 1)),
            ("x = y = z", "cannot read", (6, 7)),
            ("x; y", 'cannot read ";"', (1, 2)),
            ("1e999*x", "out of the range", (0, 5)),
            ("1e-999*x", "out of the range", (0, 6)),
            ("z = z + 1", "both sides", (0, 1)),
        ],
    )
    def test_error_says_what_and_where(self, text, reason, span):
        with pytest.raises(ExpressionError) as caught:
            parse(text)
        assert reason in str(caught.value)
        assert caught.value.span == span
        source, carets = str(caught.value).split("\n")[-2:]
        assert len(source) <= 4 + max(len(text), 1)
        assert carets.index("^") == 4 + span[0]
        assert carets.count("^") == max(1, span[1] - span[0])

    def test_long_source_is_shown_around_the_place_only(self):
        text = "+".join(["x"] * 500) + " ? " + "+x" * 500
        with pytest.raises(ExpressionError) as caught:
            parse(text)
        source, carets = str(caught.value).split("\n")[-2:]
        assert len(source) < 100
        assert source[carets.index("^")] == "?"

    def test_text_only(self):
        with pytest.raises(TypeError, match="must be a string, got 3"):
            parse(3)

    def test_never_evaluated(self):
        for text in (
            "__import__('os')",
            "x.__class__",
            "().__class__",
            "lambda: 0",
            "x if x else y",
        ):
            with pytest.raises(ExpressionError):
                parse(text)

    def test_equal_parts_are_one_node(self):
        graph = parse("(a*b + 1)*(a*b + 1) + exp(a*b)")
        assert [n.operation for n in graph.nodes].count("mul") == 2
        assert [n.operation for n in graph.nodes].count("add") == 2

    def test_variables_in_natural_order(self):
        assert parse("x10 + x9 + x1 + a").variables == ("a", "x1", "x9", "x10")

    def test_names_avoid_the_variables(self):
        graph = parse("v1*(v2 + z)^2")
        assert graph.name == "y"
        assert len(set(graph.names)) == len(graph.names)
        assert parse("loss = a^2").name == "loss"

    def test_operands_come_first(self):
        graph = parse("exp(a + b*c)/(a + b*c) - -a^2")
        assert all(k < i for i, node in enumerate(graph.nodes) for k in node.operands)

    def test_decimal_is_exact_in_symbols(self):
        assert parse("0.1*x").symbolic == sympy.Rational(1, 10) * sympy.Symbol("x")

    def test_huge_powers_stay_small_in_symbols(self):
        gradient = parse("(2*x)^(10^9)").symbolic_gradient["x"]
        assert len(str(gradient)) < 200


class TestTrace:
    @settings(max_examples=150, deadline=None)
    @given(expressions(), st.tuples(coordinates, coordinates, coordinates))
    def test_gradient_is_that_of_sympy(self, pair, point):
        text, expected = pair
        names = parse(text).variables
        at = dict(zip(("x1", "x2", "x3"), point, strict=True))
        at = {name: at[name] for name in names}
        exact = {sympy.Symbol(k): sympy.Rational(str(v)) for k, v in at.items()}
        try:
            t = trace(text, at=at)
        except DomainError as error:
            # Only the range of double precision can be left: the expressions exist everywhere.
            assume("too large" not in str(error))
            raise
        # Rounding is relative to the largest value met on the way, in constant parts too.
        scale = max([1.0, *map(abs, t.expression.values(at))])
        assume(scale < 1e6)
        assert_allclose(
            t.value, float(expected.subs(exact).evalf(40)), rtol=1e-8, atol=1e-8 * scale
        )
        for name in names:
            derivative = sympy.diff(expected, sympy.Symbol(name))
            slope = float(derivative.subs(exact).evalf(40))
            sizes = [abs(e.contribution) for s in t.steps for e in s.edges]
            size = max([1.0, *sizes])
            assert_allclose(t.gradient[name], slope, rtol=1e-8, atol=1e-9 * size * scale)
            ours = float(t.symbolic_gradient[name].subs(exact).evalf(40))
            assert_allclose(ours, slope, rtol=1e-25, atol=1e-25)

    @settings(max_examples=60, deadline=None)
    @given(expressions(depth=3), st.tuples(coordinates, coordinates, coordinates))
    def test_adjoints_solve_the_triangular_system(self, pair, point):
        graph = parse(pair[0])
        at = dict(zip(("x1", "x2", "x3"), point, strict=True))
        try:
            t = trace(graph, at={name: at[name] for name in graph.variables})
        except DomainError:
            assume(False)
        local = t.local_matrix()
        assert_array_equal(local, np.tril(local, -1))
        unit = np.zeros(len(t.steps))
        unit[[s.name for s in t.steps].index(graph.names[graph.root])] = 1
        adjoints = np.array([s.adjoint for s in t.steps])
        scale = max(1.0, *np.abs(adjoints))
        residual = adjoints - local.T @ adjoints - unit
        assert np.max(np.abs(residual)) <= 1e-12 * scale * max(1.0, np.abs(local).max())

    def test_adjoint_is_the_sum_over_paths(self):
        t = trace("(a*b + sin(a))*exp(a*b) + b*sin(a)", at={"a": 0.7, "b": -1.2})
        edges = [e for s in t.steps for e in s.edges]

        def over_paths(name):
            if name == "z":
                return 1.0
            return sum(e.partial * over_paths(e.target) for e in edges if e.source == name)

        for step in t.steps:
            assert_allclose(step.adjoint, over_paths(step.name), rtol=1e-14)

    def test_forward_mode_agrees_with_reverse_mode(self):
        t = trace("x1*(x2-4) + exp(x3^2)/(5*x4^2)", at=POINT)
        for name in POINT:
            assert_allclose(t.jvp({name: 1}), t.gradient[name], rtol=1e-15)
        direction = {"x1": 0.3, "x2": -2, "x4": 5}
        assert_allclose(t.jvp(direction), sum(t.gradient[k] * v for k, v in direction.items()))

    def test_jvp_names_what_it_does_not_know(self):
        with pytest.raises(ValueError, match="direction names y, but the expression has x"):
            trace("x^2", at={"x": 1}).jvp({"y": 1})

    def test_both_edges_of_a_square_as_a_product(self):
        t = trace("x*x", at={"x": 3})
        assert [e.contribution for e in t["z"].edges] == [3.0, 3.0]
        assert t.gradient == {"x": 6.0}

    def test_single_variable_and_single_constant(self):
        t = trace("x", at={"x": 3})
        assert (t.value, t.gradient) == (3.0, {"x": 1.0})
        t = trace("3", at={})
        assert (t.value, t.gradient, len(t.steps)) == (3.0, {}, 1)

    def test_variable_that_cancels(self):
        assert trace("x - x + y", at={"x": 1, "y": 2}).gradient == {"x": 0.0, "y": 1.0}

    def test_constant_exponent_needs_no_logarithm(self):
        assert trace("x^3", at={"x": -2}).gradient == {"x": 12.0}
        assert trace("x^0", at={"x": 0}).gradient == {"x": 0.0}
        assert trace("x^1", at={"x": 0}).gradient == {"x": 1.0}
        assert trace("x^(1 + 1)", at={"x": 0}).gradient == {"x": 0.0}

    def test_zero_to_a_variable_power(self):
        assert trace("x^y", at={"x": 0, "y": 2}).gradient == {"x": 0.0, "y": 0.0}

    def test_steps_know_their_formulas(self):
        t = trace("x3^2 + exp(x4)/x3", at={"x3": 2, "x4": 0})
        assert t["v1"].formula == "x3^2"
        assert str(t["v1"].edges[0].symbolic_partial) == "2*x3"
        with pytest.raises(KeyError, match="no node 'v9'; the nodes are x3"):
            t["v9"]

    @pytest.mark.parametrize(
        ("text", "at", "part", "reason"),
        [
            ("x2*log(x1 - 3)", {"x1": 2, "x2": 1}, "log(x1 - 3)", "log(-1): the argument"),
            ("x + 1/(x-1)", {"x": 1}, "1/(x-1)", "1/0: the divisor"),
            ("1 + sqrt(x)", {"x": -4}, "sqrt(x)", "sqrt(-4): the argument"),
            ("1 + sqrt(x)", {"x": 0}, "sqrt(x)", "sqrt(0): the derivative does not exist"),
            ("x^0.5", {"x": 0}, "x^0.5", "the derivative with respect to x"),
            ("x^0.5", {"x": -1}, "x^0.5", "(-1)^0.5: a base below 0"),
            ("x^y", {"x": -1, "y": 2}, "x^y", "(-1)^2: the derivative with respect to y"),
            ("1/x^-1", {"x": 0}, "x^-1", "0^(-1)"),
            ("2*exp(x)", {"x": 1000}, "exp(x)", "exp(1000): the value is too large"),
            ("x*x", {"x": 1e200}, "x*x", "too large"),
            ("1/x", {"x": 1e-160}, "1/x", "too large"),
            ("9^9^9", {}, "9^9^9", "too large"),
        ],
    )
    def test_domain_error_names_the_node(self, text, at, part, reason):
        with pytest.raises(DomainError) as caught:
            trace(text, at=at)
        assert reason in str(caught.value)
        assert text[slice(*caught.value.span)] == part

    @pytest.mark.parametrize(
        ("at", "error", "reason"),
        [
            ({}, ValueError, "has no value for x, y"),
            ({"x": 1}, ValueError, "has no value for y"),
            ({"x": 1, "y": 2, "w": 3}, ValueError, "names w, but the expression has x, y"),
            ({"x": 1, "y": "2"}, TypeError, r"at\['y'\] must be a real number, got '2'"),
            ({"x": 1, "y": 2j}, TypeError, "must be a real number"),
            ({"x": 1, "y": np.complex64(2)}, TypeError, "must be a real number"),
            ({"x": 1, "y": None}, TypeError, "must be a real number"),
            ({"x": 1, "y": [1, 2]}, TypeError, "must be a real number"),
            ({"x": 1, "y": np.array([1, 2])}, TypeError, "must be a real number"),
            ({"x": 1, "y": math.nan}, ValueError, r"at\['y'\] must be finite, got nan"),
            ({"x": 1, "y": math.inf}, ValueError, "must be finite"),
        ],
    )
    def test_bad_point(self, at, error, reason):
        with pytest.raises(error, match=reason):
            trace("x*y", at=at)

    def test_number_types(self):
        at = {"x": np.float32(2), "y": sympy.Rational(1, 2)}
        assert trace("x*y", at=at).gradient == {"x": 0.5, "y": 2.0}

    def test_hint_for_eulers_number(self):
        with pytest.raises(ValueError, match=r'write "exp\(1\)"'):
            trace("e^x", at={"x": 1})

    @pytest.mark.parametrize(
        ("text", "slope"),
        [("relu(x)", 0), ("abs(x)", 0), ("max(x, 0)", 0.5), ("min(0, x)", 0.5)],
    )
    def test_kink_is_reported(self, text, slope):
        t = trace(text, at={"x": 0})
        assert t.gradient == {"x": slope}
        assert len(t.kinks) == 1
        assert t.kinks[0].startswith(f"z = {text.replace('x)', '0)').replace('(x', '(0')}: ")
        assert not trace(text, at={"x": 1}).kinks

    def test_deep_and_long_expressions(self):
        n = 20_000
        assert trace("tanh(" * n + "x" + ")" * n, at={"x": 1}).gradient["x"] > 0
        assert trace("(" * n + "x" + ")" * n, at={"x": 1}).value == 1
        assert trace("+".join(["x"] * n), at={"x": 1}).gradient == {"x": n}
        assert trace("-" * n + "x", at={"x": 1}).gradient == {"x": 1}
        assert trace("^".join(["x"] * n), at={"x": 1}).value == 1


class TestTable:
    def test_rows_are_the_steps(self):
        t = trace("x*sin(x)", at={"x": 2})
        assert [row[0] for row in t.table().rows] == ["x", "v1", "z"]
        assert t.table().rows[0][3] == t.gradient["x"]
        assert [row[0] for row in t.table("reverse").rows] == ["z", "v1", "x"]
        assert "∂z/∂v1 = x = 2" in t.table("forward").rows[2][3]

    def test_html_is_escaped_and_has_scopes(self):
        page = Table(("a<b", "c"), (("1&2", 0.5),), caption="<x>")._repr_html_()
        assert '<th scope="col">a&lt;b</th>' in page
        assert '<th scope="row">1&amp;2</th><td>0.5</td>' in page
        assert "<caption>&lt;x&gt;</caption>" in page

    def test_markdown(self):
        assert Table(("a", "b"), (("|", 1.0),))._repr_markdown_().split("\n") == [
            "| a | b |",
            "| --- | --- |",
            "| \\| | 1 |",
        ]

    def test_unknown_sweep(self):
        with pytest.raises(ValueError, match="got 'sideways'"):
            trace("x", at={"x": 1}).table("sideways")


class _Count:
    """Numbers that count what is done with them."""

    def __init__(self):
        self.total = 0

    def number(self, value):
        counter = self

        class Counted(float):
            def __hash__(self):
                return hash(float(self))

        def counted(name):
            def method(self, *others):
                counter.total += 1
                return Counted(getattr(float, name)(self, *map(float, others)))

            return method

        for name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "neg"):
            setattr(Counted, f"__{name}__", counted(f"__{name}__"))
        return Counted(value)

    def __getattr__(self, name):
        # A rule of the algebra is one elementary function, but for the two composed ones.
        cost = {"power_slope": 3, "power_log": 2, "constant": 0}.get(name, 1)

        def function(*operands):
            self.total += cost
            if name == "activation":
                return self.number(NUMBERS.activation(*operands))
            return self.number(getattr(NUMBERS, name)(*map(float, operands)))

        return function


def points_of(operation):
    """Return points inside of the domain of an operation and away from its kinks."""
    places = {"acosh": (1.3, 1.8, 2.5)}.get(operation.name, (0.3, 0.8, 2.5))
    if operation.name in ("asin", "acos", "atanh"):
        places = (0.3, 0.8, 0.95)
    points = itertools.product(places, repeat=operation.arity)
    return [p for p in points if operation.kink is None or not operation.kink(*p)]


class TestOperations:
    # The third derivatives of the registry are offered as formulas only.
    @pytest.mark.parametrize("name", [name for name in RULES if not name.endswith("''")])
    def test_partials_are_the_derivatives_of_the_value(self, name):
        operation = RULES[name]
        symbols = sympy.symbols("a b", positive=True)[: operation.arity]
        value = operation.value(SYMBOLS, *symbols)
        for symbol, rule in zip(symbols, operation.partials, strict=True):
            ours = sympy.sympify(rule(SYMBOLS, value, *symbols))
            theirs = sympy.diff(value, symbol)
            for point in points_of(operation):
                at = dict(zip(symbols, point, strict=True))
                assert_allclose(
                    float(ours.subs(at).evalf(20)), float(theirs.subs(at).evalf(20)), rtol=1e-13
                )

    @pytest.mark.parametrize("name", RULES)
    def test_numbers_and_symbols_agree(self, name):
        operation = RULES[name]
        for point in points_of(operation):
            exact = [sympy.Float(p, 30) for p in point]
            value = operation.value(NUMBERS, *point)
            symbolic = sympy.sympify(operation.value(SYMBOLS, *exact))
            assert_allclose(value, float(symbolic.evalf(20)), rtol=1e-14)
            if name.endswith("''"):
                continue
            for rule in operation.partials:
                numeric = rule(NUMBERS, value, *point)
                symbolic_slope = sympy.sympify(rule(SYMBOLS, symbolic, *exact))
                assert_allclose(float(numeric), float(symbolic_slope.evalf(20)), rtol=1e-13)

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_costs_are_what_the_rules_do(self, name):
        operation = OPERATIONS[name]
        for cost, rule in zip(operation.partial_costs, operation.partials, strict=True):
            count = _Count()
            operands = [count.number(p) for p in points_of(operation)[0]]
            rule(count, count.number(0.5), *operands)
            assert count.total == cost

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_bound_of_the_cheap_gradient_theorem(self, name):
        operation = OPERATIONS[name]
        bound = {"add": 5, "sub": 5, "mul": 5, "neg": 5, "atan2": 14}.get(name, 10)
        assert 1 + sum(operation.partial_costs) + 2 * operation.arity <= bound

    @settings(max_examples=50, deadline=None)
    @given(expressions(depth=4))
    def test_gradient_costs_at_most_ten_values(self, pair):
        graph = parse(pair[0])
        try:
            counts = trace(graph, at=dict.fromkeys(graph.variables, 0.5)).operation_counts()
        except DomainError:
            assume(False)
        assert counts.reverse <= 10 * counts.value

    def test_stable_far_out(self):
        assert trace("sigmoid(x)", at={"x": -800}).value == 0
        assert trace("sigmoid(x)", at={"x": 800}).value == 1
        assert_allclose(
            trace("sigmoid(x)", at={"x": -40}).gradient["x"],
            float(mpmath.diff(lambda x: 1 / (1 + mpmath.exp(-x)), -40)),
            rtol=1e-7,
        )
        assert trace("softplus(x)", at={"x": 800}).gradient == {"x": 1.0}


class TestReadings:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("exp(x3^2) / 5*x4^2", ["(exp(x3^2) / 5)*x4^2", "exp(x3^2) / (5*x4^2)"]),
            ("a/b*c*d", ["(a/b)*c*d", "a/(b*c*d)"]),
            ("a*b/c*d", ["(a*b/c)*d", "a*b/(c*d)"]),
            ("-x^2", ["-(x^2)", "(-x)^2"]),
            ("a^b^c", ["a^(b^c)", "(a^b)^c"]),
            ("a/(b*c)", ["a/(b*c)"]),
            ("(a/b)*c", ["(a/b)*c"]),
            ("a*b*c - d/e", ["a*b*c - d/e"]),
            ("a/b + c*d", ["a/b + c*d"]),
            ("(-x)^2", ["(-x)^2"]),
            ("a - x^2", ["a - x^2"]),
            ("a/b*c + -x^2", ["(a/b)*c + -(x^2)", "a/(b*c) + -(x^2)", "(a/b)*c + (-x)^2"]),
        ],
    )
    def test_brackets(self, text, expected):
        found = readings(text)
        assert [r.expression for r in found] == expected
        assert [r.conventional for r in found] == [True] + [False] * (len(found) - 1)
        assert all(r.rule for r in found)

    def test_the_two_readings_of_the_notes_differ(self):
        at = {"x3": 1.0, "x4": 2.0}
        first, second = (trace(r.expression, at=at) for r in readings("exp(x3^2) / 5*x4^2"))
        assert_allclose(first.value, math.e / 5 * 4)
        assert_allclose(second.value, math.e / 20)
        assert first.gradient["x4"] > 0 > second.gradient["x4"]

    @settings(max_examples=100)
    @given(
        st.lists(st.sampled_from(["+", "-", "*", "/", "^"]), min_size=1, max_size=8), st.data()
    )
    def test_conventional_reading_means_the_same_and_leaves_no_choice(self, signs, data):
        text = "a"
        for sign in signs:
            text += sign + data.draw(st.sampled_from(["b", "-c", "(d/e*f)", "exp(-g^2)"]))
        found = readings(text)
        assert parse(found[0].expression).symbolic == parse(text).symbolic
        assert len(readings(found[0].expression)) == 1
        for reading in found[1:]:
            parse(reading.expression)

    def test_unreadable(self):
        with pytest.raises(ExpressionError):
            readings("a /* b")


class TestFiniteDifference:
    @staticmethod
    def f(x):
        return np.exp(x[0]) * np.sin(x[1]) / x[2]

    @staticmethod
    def exact(x):
        a, b, c = (mpmath.mpf(float(k)) for k in x)
        e = mpmath.exp(a) / c
        return [
            float(e * mpmath.sin(b)),
            float(e * mpmath.cos(b)),
            float(-e * mpmath.sin(b) / c),
        ]

    @pytest.mark.parametrize(
        ("scheme", "rtol"), [("forward", 1e-6), ("central", 1e-9), ("complex", 1e-15)]
    )
    def test_accuracy(self, scheme, rtol):
        x = np.array([0.3, 1.1, 0.9])
        assert_allclose(finite_difference(self.f, x, scheme=scheme), self.exact(x), rtol=rtol)

    def test_order_of_the_schemes(self):
        x = np.array([0.3, 1.1, 0.9])
        for scheme, order in (("forward", 1), ("central", 2), ("complex", 2)):
            errors = [
                abs(finite_difference(self.f, x, step=h, scheme=scheme) - self.exact(x)).max()
                for h in (1e-2, 1e-3)
            ]
            assert_allclose(np.log10(errors[0] / errors[1]), order, atol=0.05)

    @pytest.mark.parametrize("scheme", ["forward", "central", "complex"])
    def test_float32_stays(self, scheme):
        x = np.array([0.3, 1.1, 0.9], dtype=np.float32)
        estimate = finite_difference(self.f, x, scheme=scheme)
        assert estimate.dtype == np.float32
        assert_allclose(estimate, self.exact(x), rtol=2e-2)

    def test_any_shape_and_integers(self):
        x = np.arange(6).reshape(2, 3)
        estimate = finite_difference(lambda a: np.sum(a**2), x)
        assert estimate.dtype == np.float64
        assert_allclose(estimate, 2 * x, atol=1e-9)
        assert finite_difference(lambda a: a**3, 2.0).shape == ()

    def test_argument_is_left_alone(self):
        x = np.array([1.0, 2.0])
        finite_difference(np.sum, x)
        assert_array_equal(x, [1.0, 2.0])

    @pytest.mark.parametrize(
        ("kwargs", "reason"),
        [
            ({"step": 0}, "step must be positive, got 0"),
            ({"step": math.nan}, "step must be positive"),
            ({"scheme": "backward"}, "got 'backward'"),
        ],
    )
    def test_bad_settings(self, kwargs, reason):
        with pytest.raises(ValueError, match=reason):
            finite_difference(np.sum, [1.0], **kwargs)

    def test_bad_functions_and_points(self):
        with pytest.raises(ValueError, match="must be one number"):
            finite_difference(lambda x: x, [1.0, 2.0])
        with pytest.raises(TypeError, match="x must be a rectangular array of real numbers"):
            finite_difference(np.sum, [1j])
        with pytest.raises(TypeError, match="must carry complex numbers through"):
            finite_difference(lambda x: float(x[0].real), [1.0], scheme="complex")


class TestGradientCheck:
    @pytest.mark.parametrize("scheme", ["central", "forward", "complex"])
    def test_right_gradient_passes(self, scheme):
        x = np.linspace(-2, 2, 7)
        check = gradient_check(
            lambda a: np.sum(np.sin(a) * a),
            lambda a: np.sin(a) + a * np.cos(a),
            x,
            scheme=scheme,
        )
        assert check.passed
        assert str(check).startswith("agrees")

    @pytest.mark.parametrize("scheme", ["central", "forward", "complex"])
    def test_wrong_component_is_found(self, scheme):
        x = np.arange(1.0, 7.0).reshape(2, 3)
        wrong = 3 * x**2
        wrong[1, 0] *= 1.001
        check = gradient_check(lambda a: np.sum(a**3), wrong, x, scheme=scheme)
        assert not check.passed
        assert check.worst == (1, 0)
        assert str(check).startswith("differs at component (1, 0)")

    def test_no_false_alarm_where_higher_derivatives_are_large(self):
        def f(x):
            return 1 / x[2] + np.exp((x[0] + 5 * (x[1] + 3)) ** 2)

        at = {"x1": 0.4, "x2": -3.0, "x3": 2.0}
        t = trace("1/x3 + exp((x1+5*(x2+3))^2)", at=at)
        gradient = np.array([t.gradient[name] for name in at])
        for scheme in ("central", "forward", "complex"):
            assert gradient_check(f, gradient, list(at.values()), scheme=scheme).passed

    def test_nan_does_not_pass(self):
        assert not gradient_check(np.sum, [1.0, math.nan], [1.0, 2.0]).passed

    def test_shapes(self):
        with pytest.raises(ValueError, match=r"shape of x, \(2,\), got \(3,\)"):
            gradient_check(np.sum, np.ones(3), np.ones(2))
        with pytest.raises(ValueError, match="at least one component"):
            gradient_check(np.sum, np.ones(0), np.ones(0))

    def test_trace_against_the_values_of_numpy(self):
        names = ["x1", "x2", "x3", "x4"]

        def f(x):
            return x[0] * (x[1] - 4) + np.exp(x[2] ** 2) / (5 * x[3] ** 2)

        t = trace("x1*(x2-4) + exp(x3^2)/(5*x4^2)", at=POINT)
        gradient = [t.gradient[k] for k in names]
        assert gradient_check(f, gradient, [POINT[k] for k in names], scheme="complex").passed


class TestMLP:
    @pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
    @pytest.mark.parametrize("widths", [(3, 2), (3, 5, 2), (4, 6, 5, 3, 1)])
    def test_every_gradient_against_central_differences(self, activation, widths):
        rng = np.random.default_rng(1)
        network = MLP.random(widths, rng, activation=activation)
        biases = [rng.standard_normal(n) for n in widths[1:]]
        network = MLP(network.weights, biases, activation=activation)
        x, target = rng.standard_normal((7, widths[0])), rng.standard_normal((7, widths[-1]))

        def cost(weights, biases, x):
            out = MLP(weights, biases, activation=activation).forward(x).output
            return 0.5 * np.sum((out - target) ** 2)

        forward = network.forward(x)
        gradients = network.backward(forward, forward.output - target)
        ws, bs = list(network.weights), list(network.biases)
        for k in range(len(ws)):

            def of_weight(w, k=k):
                return cost([*ws[:k], w, *ws[k + 1 :]], bs, x)

            def of_bias(b, k=k):
                return cost(ws, [*bs[:k], b, *bs[k + 1 :]], x)

            assert gradient_check(of_weight, gradients.weights[k], ws[k], tolerance=1e-7).passed
            assert gradient_check(of_bias, gradients.biases[k], bs[k], tolerance=1e-7).passed
        assert gradient_check(
            lambda a: cost(ws, bs, a), gradients.input, x, tolerance=1e-7
        ).passed

    def test_agrees_with_trace_on_the_same_network(self):
        w, v = [[0.3, -0.7], [1.1, 0.2]], [[0.5, -1.5]]
        network = MLP([w, v], [[0.1, -0.2], [0.4]], activation="tanh")
        t = trace(
            "(v1*tanh(w11*0.6 + w12*0.9 + b1) + v2*tanh(w21*0.6 + w22*0.9 + b2) + c - 1)^2/2",
            at={
                "w11": 0.3,
                "w12": -0.7,
                "w21": 1.1,
                "w22": 0.2,
                "v1": 0.5,
                "v2": -1.5,
                "b1": 0.1,
                "b2": -0.2,
                "c": 0.4,
            },
        )
        forward = network.forward([0.6, 0.9])
        g = network.backward(forward, forward.output - 1)
        assert_allclose(
            g.weights[0].ravel(), [t.gradient[k] for k in ("w11", "w12", "w21", "w22")]
        )
        assert_allclose(g.weights[1].ravel(), [t.gradient[k] for k in ("v1", "v2")])
        assert_allclose(g.biases[0], [t.gradient[k] for k in ("b1", "b2")])
        assert_allclose(g.biases[1], [t.gradient["c"]])

    def test_gradients_of_a_batch_are_sums(self):
        rng = np.random.default_rng(2)
        network = MLP.random((3, 4, 2), rng)
        x, cotangent = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
        together = network.backward(network.forward(x), cotangent)
        apart = [
            network.backward(network.forward(a), c) for a, c in zip(x, cotangent, strict=True)
        ]
        for k in range(2):
            assert_allclose(together.weights[k], sum(g.weights[k] for g in apart), atol=1e-14)
            assert_allclose(together.biases[k], sum(g.biases[k] for g in apart), atol=1e-14)

    def test_dtypes(self):
        one = np.ones((1, 1), dtype=np.float32)
        network = MLP([one, one], activation="sigmoid")
        forward = network.forward([[1]])
        assert forward.output.dtype == np.float32
        assert network.backward(forward, [[1]]).weights[0].dtype == np.float32
        assert MLP([[[1]]]).weights[0].dtype == np.float64
        for name in ("tanh", "relu", "identity"):
            network = MLP([one, one], activation=name)
            assert network.backward(network.forward([[1]]), [[1]]).input.dtype == np.float32

    def test_relu_at_zero_uses_zero(self):
        network = MLP([[[1.0]], [[1.0]]], activation="relu")
        assert network.backward(network.forward([[0.0]]), [[1.0]]).input == 0

    def test_own_activation(self):
        class Square:
            def __call__(self, x):
                return x * x

            def derivative(self, x):
                return 2 * x

        network = MLP([[[1.0]], [[1.0]]], activation=Square())
        assert network.backward(network.forward([[3.0]]), [[1.0]]).input == 6

    def test_parameters_are_copies(self):
        w = np.ones((1, 1))
        network = MLP([w])
        w[0, 0] = 5
        assert network.weights[0][0, 0] == 1

    @pytest.mark.parametrize(
        ("args", "kwargs", "error", "reason"),
        [
            (([],), {}, ValueError, "at least one layer"),
            (([[1.0]],), {}, ValueError, r"weights\[0\] must be a matrix, got shape \(1,\)"),
            (
                ([np.ones((2, 3)), np.ones((1, 3))],),
                {},
                ValueError,
                r"weights\[1\] must have 2 columns",
            ),
            (
                ([np.ones((2, 3))], [np.ones(3)]),
                {},
                ValueError,
                r"biases\[0\] must have shape \(2,\)",
            ),
            (([np.ones((2, 3))], []), {}, ValueError, "one entry a layer, got 0 for 1"),
            (([np.ones((1, 1)) * 1j],), {}, TypeError, "real numbers, got complex128"),
            (([np.ones((1, 1))],), {"activation": "swash"}, ValueError, "got 'swash'"),
            (([np.ones((1, 1))],), {"activation": np.tanh}, TypeError, "method derivative"),
        ],
    )
    def test_bad_networks(self, args, kwargs, error, reason):
        with pytest.raises(error, match=reason):
            MLP(*args, **kwargs)

    def test_bad_batches(self):
        network = MLP([np.ones((2, 3))])
        with pytest.raises(ValueError, match=r"x must have 3 columns, got shape \(4,\)"):
            network.forward(np.ones(4))
        with pytest.raises(ValueError, match=r"shape of the output, \(1, 2\), got \(3,\)"):
            network.backward(network.forward(np.ones(3)), np.ones(3))

    def test_random_has_the_variance_of_its_scheme(self):
        rng = np.random.default_rng(3)
        for scheme, variance in (
            ("he", 2 / 400),
            ("glorot", 2 / 700),
            ("lecun", 1 / 400),
            (0.3, 0.09),
        ):
            w = MLP.random((400, 300), rng, scheme=scheme).weights[0]
            assert w.shape == (300, 400)
            assert_allclose(w.var(), variance, rtol=0.02)

    def test_random_refuses(self):
        rng = np.random.default_rng(3)
        with pytest.raises(ValueError, match=r"widths must name .* got \(3,\)"):
            MLP.random((3,), rng)
        with pytest.raises(ValueError, match="got -1"):
            MLP.random((3, 2), rng, scheme=-1)


class TestInitialVariance:
    def test_values(self):
        assert initial_variance("he", 50, 10) == 2 / 50
        assert initial_variance("glorot", 50, 10) == 2 / 60
        assert initial_variance("lecun", 50, 10) == 1 / 50

    def test_refusals(self):
        with pytest.raises(ValueError, match="got 'best'"):
            initial_variance("best", 1, 1)
        with pytest.raises(ValueError, match="fan_in=0"):
            initial_variance("he", 0, 1)


class TestFigures:
    @pytest.mark.parametrize(
        "text",
        [
            "x1 + 5*x2 - 3*x3^2",
            "x1*(x2-4) + exp(x3^2)/(5*x4^2)",
            "x1*x1",
            "x1",
            "7",
            "(x1*x2 + sin(x1))*exp(x1*x2) + x2*sin(x1) + tanh(x1*x2)^2/(1 + x2^2)",
        ],
    )
    def test_graph_has_layers_without_overlap(self, text):
        t = trace(text, at={name: POINT[name] for name in parse(text).variables})
        edges = [(e.source, e.target) for s in t.steps for e in s.edges]
        widths = {s.name: 0.6 + 0.1 * k for k, s in enumerate(t.steps)}
        layout = layered.lay_out(widths, edges, gap=0.2)
        for (source, target), route in zip(edges, layout.routes, strict=True):
            assert (route[0], route[-1]) == (layout.places[source], layout.places[target])
            assert [layer for _, layer in route] == list(range(route[0][1], route[-1][1] + 1))
            assert len(route) > 1
        for (a, (xa, ya)), (b, (xb, yb)) in itertools.combinations(layout.places.items(), 2):
            if ya == yb:
                assert abs(xa - xb) >= (widths[a] + widths[b]) / 2 + 0.2 - 1e-9
        # No edge passes through a box on its way.
        for route in layout.routes:
            for x, layer in route[1:-1]:
                for name, (place, row) in layout.places.items():
                    assert row != layer or abs(x - place) > widths[name] / 2
        assert pictures.graph(t).to_bytes("svg").startswith(b"<?xml")

    def test_forty_nodes_fit_the_page_and_stay_legible(self):
        parts = [f"w{k}*tanh(x*u{k} + b{k})" for k in range(4)]
        graph = parse(" + ".join(parts) + " - 2*exp(x)*y/(1 + y^2)")
        t = trace(graph, at=dict.fromkeys(graph.variables, 0.3))
        assert len(t.steps) == 40
        figure = pictures.graph(t)
        assert figure.get_size_inches()[0] <= WIDTH + 1e-9
        assert min(text.get_fontsize() for text in figure.axes[0].texts) > 5
        boxes = [text.get_window_extent() for text in figure.axes[0].texts]
        overlaps = sum(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
        assert overlaps == 0
        assert pictures.graph(t).to_bytes("pdf").startswith(b"%PDF")
        free = pictures.graph(t, width=None)
        assert max(text.get_fontsize() for text in free.axes[0].texts) == 8.2

    def test_order_has_fewer_crossings_than_the_order_of_calculation(self):
        t = trace("exp(d)*a + sin(c)*b + cos(b)*c + tan(a)*d", at=dict.fromkeys("abcd", 1))
        edges = [(e.source, e.target) for s in t.steps for e in s.edges]
        widths = {s.name: 1.0 for s in t.steps}
        layers = layered.layers_of(list(widths), edges)
        naive = {
            n: float([m for m in widths if layers[m] == layers[n]].index(n)) for n in widths
        }

        def crossings(x):
            lines = [(layers[a], layers[b], x[a], x[b]) for a, b in edges]
            pairs = itertools.combinations([u for u in lines if u[1] == u[0] + 1], 2)
            return sum(u[0] == v[0] and (u[2] - v[2]) * (u[3] - v[3]) < 0 for u, v in pairs)

        found = layered.lay_out(widths, edges, gap=0.2)
        assert crossings({n: x for n, (x, _) in found.places.items()}) < crossings(naive)

    def test_graph_shows_values_adjoints_and_partials(self):
        figure = pictures.graph(trace("x1*x2", at={"x1": 2, "x2": -3}))
        shown = [text.get_text() for text in figure.axes[0].texts]
        assert {"z = x1·x2", "↓ −6", "↑ 1", "↑ −3", "x2 = −3", "x1 = 2"} <= set(shown)
        bare = pictures.graph(
            trace("x1*x2", at={"x1": 2, "x2": -3}), adjoints=False, partials=False
        )
        shown = [text.get_text() for text in bare.axes[0].texts]
        assert not any("↑" in text or "x2 = " in text for text in shown)

    @settings(max_examples=50)
    @given(st.lists(st.floats(-9, 9), min_size=1, max_size=6), st.data())
    def test_spread_is_the_nearest_admissible(self, wanted, data):
        gap = st.floats(0.5, 2)
        gaps = [data.draw(gap) for _ in wanted[1:]]
        found = np.array(layered.spread(wanted, gaps))
        assert np.all(np.diff(found) >= np.array(gaps) - 1e-9)
        best = np.sum((found - wanted) ** 2)
        # The problem is convex: no admissible point nearby may be nearer to what is wanted.
        rng = np.random.default_rng(0)
        for _ in range(50):
            other = np.sort(found + 0.1 * rng.standard_normal(len(found)))
            if np.all(np.diff(other) >= gaps):
                assert np.sum((other - wanted) ** 2) >= best - 1e-9

    def test_triangular_system_shows_the_adjoints(self):
        t = trace("x1*x2 + x1", at={"x1": 2, "x2": 5})
        shown = [text.get_text() for text in pictures.triangular_system(t).axes[0].texts]
        assert {"adjoint", "seed", "6", "−5"} <= set(shown)

    def test_curves(self):
        lines = pictures.operation_counts([2, 4], [1, 3], [5, 15], [9, 51]).axes[0].lines
        assert [list(line.get_ydata()) for line in lines] == [[9, 51], [5, 15], [1, 3]]
        errors = {"central": [0.0, 1e-3]}
        ax = pictures.error_by_step([1e-3, 1e-1], errors, best={"central": 1e-2}).axes[0]
        assert list(ax.lines[0].get_ydata()) == [1e-17, 1e-3]
        figure = pictures.tangents(np.exp, 0.0, {"right": 1.0}, reach=0.5, xlabel="x")
        assert [text.get_text() for text in figure.axes[0].texts] == ["right"]
        figure = pictures.signal_sizes({"a": ([1, 2], [3, 4])})
        assert [list(ax.lines[0].get_ydata()) for ax in figure.axes] == [[1, 2], [3, 4]]


class TestPublicNames:
    def test_all(self):
        assert sorted(bp.__all__) == sorted(
            [
                "MLP",
                "NUMBERS",
                "OPERATIONS",
                "SYMBOLS",
                "ClaimCheck",
                "CompiledGradient",
                "Derivation",
                "DomainError",
                "Edge",
                "Expression",
                "ExpressionError",
                "GradientCheck",
                "MLPForward",
                "MLPGradients",
                "Node",
                "Operation",
                "OperationCounts",
                "Reading",
                "Step",
                "Table",
                "Trace",
                "check_claim",
                "compile_gradient",
                "directional_derivative",
                "finite_difference",
                "gradient_check",
                "initial_variance",
                "parse",
                "readings",
                "trace",
            ]
        )
        assert all(hasattr(bp, name) for name in bp.__all__)
