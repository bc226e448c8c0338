"""What readers move computes as the package does: scripts run by node, against our numbers."""

from __future__ import annotations

import io
import json
import math
import shutil
import subprocess
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dlnotes import activations
from dlnotes.ambiguous_images import SCORES, imagenet, mine, predictive_entropy
from dlnotes.ambiguous_images.networks import (
    find_pictures,
    missing_networks,
    predict,
    read_picture,
)
from dlnotes.backpropagation import OPERATIONS, ExpressionError, parse, trace
from dlnotes.bookkit.building import repository
from dlnotes.bookkit.explorables import as_script_data
from dlnotes.convolution import convolve, correlate, frequency_response, identify
from dlnotes.convolution.facts import measure
from dlnotes.explorables import EXPLORABLES, ambiguous_images, backpropagation
from dlnotes.explorables.activations import DEPTH, REACH, gradient_by_depth, pieces
from physics_formulas import FORMULAS, point_of

SCRIPTS = repository() / "book" / "static" / "explorables"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="there is no node here to run the scripts' logic: apt install nodejs"
)


@cache
def given_to(name: str) -> Any:
    """Return what the page of an explorable holds for its script."""
    return json.loads(as_script_data(EXPLORABLES[name].data()))


def in_node(script: str, expression: str, given: object) -> Any:
    """Evaluate JavaScript with a script's exports as ``logic`` and JSON as ``given``."""
    program = (
        f"const logic = require({json.dumps(str(SCRIPTS / script))});"
        "const given = JSON.parse(require('fs').readFileSync(0, 'utf-8'));"
        f"process.stdout.write(JSON.stringify({expression}));"
    )
    done = subprocess.run(
        [str(NODE), "-e", program],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class TestNumbers:
    """What common.js writes for a number."""

    @needs_node
    def test_reads_well(self):
        cases = {
            0: "0",
            -1.5: "−1.5",
            0.123456: "0.1235",
            1234567: "1.235·10⁶",
            -2.5e-9: "−2.5·10⁻⁹",
            123456: "123500",
            1e300: "1·10³⁰⁰",
        }
        assert in_node("common.js", "given.map((x) => logic.number(x))", list(cases)) == list(
            cases.values()
        )


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """Return the data of the activation explorer as the script gets them."""
    tables: dict[str, Any] = given_to("activations")
    return tables


class TestActivations:
    def test_has_every_function_once(self, tables):
        listed = [name for _, names in tables["families"] for name in names]
        assert sorted(listed) == sorted(activations.ACTIVATIONS)
        assert set(tables["functions"]) == set(listed)

    @pytest.mark.parametrize("name", activations.ACTIVATIONS)
    def test_pieces_end_at_the_corners(self, name: str):
        entry = activations.ACTIVATIONS[name]
        inside = [at for at in entry.facts.kinks if abs(at) < REACH]
        ends = {end for start, stop, *_ in pieces(entry) for end in (start, stop)}
        assert set(inside) <= ends
        assert {-REACH, REACH} <= ends

    @needs_node
    def test_curves_are_those_of_the_package(self, tables):
        """Off the corners: value and slope to 1e-4, the second derivative to 2e-3."""
        x = np.random.default_rng(0).uniform(-6, 6, 400)
        drawn = in_node(
            "activations.js",
            "Object.fromEntries(Object.entries(given[0]).map(([name, { pieces }]) =>"
            " [name, given[1].map((x) => logic.evaluate(pieces, x))]))",
            [tables["functions"], x.tolist()],
        )
        for name, rows in drawn.items():
            entry = activations.ACTIVATIONS[name]
            true = np.array([entry.derivative(x, order) for order in (0, 1, 2)]).T
            size = max(1.0, float(np.abs(true).max()))
            off = np.abs(np.array(rows) - true).max(axis=0) / size
            assert off[0] < 1e-4, name
            assert off[1] < 3e-4, name
            assert off[2] < 3e-3, name

    @needs_node
    def test_both_sides_of_a_corner(self, tables):
        sides = in_node(
            "activations.js",
            "[false, true].map((left) => logic.evaluate(given, 0, left))",
            tables["functions"]["relu"]["pieces"],
        )
        assert sides == [[0, 1, 0], [0, 0, 0]]

    @pytest.mark.parametrize(
        ("name", "gain"), [("tanh", 1.0), ("sigmoid", 1.8462), ("relu", 1.0), ("gelu", 1.5335)]
    )
    def test_gradient_in_depth_is_that_of_a_random_network(self, name: str, gain: float):
        entry = activations.ACTIVATIONS[name]
        depth = 8
        norms = activations.gradient_norms(
            entry, depth=depth, width=600, gain=gain, rng=np.random.default_rng(1)
        )
        expected = sum(gradient_by_depth(entry, gain)[0][:depth])
        assert expected == pytest.approx(math.log10(norms[0]), abs=0.08)

    def test_end_of_the_range_is_told(self, tables):
        ends = {
            name: [course["end"] for course in entry["depth"]]
            for name, entry in tables["functions"].items()
        }
        assert ends["exponential"][:2] == ["large", "large"]
        assert ends["softshrink"][0] == "small"
        assert ends["tanh"] == ["", "", ""]

    @needs_node
    def test_logarithms_add_up(self, tables):
        course = tables["functions"]["tanh"]["depth"][2]
        sums = in_node("activations.js", "logic.logarithms(given)", course)
        true = np.cumsum(
            gradient_by_depth(activations.tanh, tables["functions"]["tanh"]["gain"])[0]
        )
        assert len(sums) == DEPTH + 1
        assert sums[0] == 0
        assert np.abs(np.array(sums[1:]) - true).max() < 0.05


EXPRESSIONS = [
    "x*x",
    "(a*b + 1)*(a*b + 1) + exp(a*b)",
    "exp(a + b*c)/(a + b*c) - -a^2",
    "-x^2 + (-x)**2 - x^2^0.5",
    "a/b*c/d",
    "v1*(v2 + z)^2",
    "+x - −y × 2 ÷ 3 · x",
    "max(a, b, c) - min(a, b) + abs(-a)",
    "max(a, a) + relu(b - b) + sign(c - c) + hypot(a - a, b - b)",
    "ln(x) + log1p(x) + log2(x) + log10(x) + expm1(x/9)",
    "arcsin(x/4) + acos(x/4) + arctan(x) + atan2(x, y)",
    "sinh(x) + cosh(x) + tanh(x) + asinh(x) + acosh(1 + x) + atanh(x/4)",
    "sigmoid(x)*softplus(y) + logistic(-x) + cbrt(x) + tan(x)",
    "sqrt(x)*hypot(x, y) + x^0 + 2^x + x^y",
    "x10 + x9*x1 - 3.5e-1*a*.5*2.",
    "größe*2 + _u",
    "(2*3)*x + exp(2)*y + pi",
    "loss = (tanh(w*x + b) - t)^2",
]

UNREADABLE = [
    *("", "   ", "2x", "2(x)", "exq(x)", "x1(x2)", "exp(x, 1)", "max(x)", "exp()", "exp + 1"),
    *("x, y", "(x, y)", "[x]", "x = y = z", "x; y", "1e999*x", "1e-999*x", "z = z + 1"),
    *("x1 * / x2", "(x", "x)", "f((x)", "exp(x", "x $ y", "3 4", "x y", "*x", "x^", "()", "^2"),
    *("__import__('os')", "x.__class__", "().__class__", "x if x else y", "sin(x))", "a,"),
]

WITHOUT_VALUE = [
    ("x2*log(x1 - 3)", {"x1": 2, "x2": 1}),
    ("x + 1/(x-1)", {"x": 1}),
    ("1 + sqrt(x)", {"x": -4}),
    ("1 + sqrt(x)", {"x": 0}),
    ("x^0.5", {"x": 0}),
    ("x^0.5", {"x": -1}),
    ("x^y", {"x": -1, "y": 2}),
    ("1/x^-1", {"x": 0}),
    ("2*exp(x)", {"x": 1000}),
    ("x*x", {"x": 1e200}),
    ("1/x", {"x": 1e-160}),
    ("x/0", {"x": -1.25e-7}),
    ("asin(x)", {"x": 1.5}),
    ("acosh(x)", {"x": 0.123456789}),
    ("atanh(x)", {"x": 1}),
    ("log10(x)", {"x": 0}),
]


def points() -> list[tuple[str, dict[str, float]]]:
    """Return expressions that can be read, each with a point at which it has a value."""
    rng = np.random.default_rng(7)
    own = [(text, parse(text).variables) for text in EXPRESSIONS]
    made = [
        (text, dict(zip(names, rng.uniform(0.3, 0.9, len(names)).tolist(), strict=True)))
        for text, names in own
    ]
    formulas = [
        (text, point_of(number, parse(text).variables, 0)) for number, text in FORMULAS.items()
    ]
    return [*map(tuple, backpropagation.EXAMPLES.items()), *made, *formulas]


@needs_node
class TestExpressions:
    """The script's parser and sweeps against those of the package."""

    READ = (
        "given.map(([text, at]) => { try { const graph = logic.parse(text);"
        " const { names, variables } = graph;"
        " const point = new Map(Object.entries(at));"
        " return { ...logic.trace(graph, point), names, variables } }"
        " catch (e) { return { reason: e.message, span: e.span } } })"
    )

    def test_graph_and_both_sweeps(self):
        """Names, formulas, values, adjoints and every edge, in the same order."""
        cases = points()
        assert len(cases) > 120
        for (text, at), found in zip(
            cases, in_node("expressions.js", self.READ, cases), strict=True
        ):
            assert "reason" not in found, (text, found)
            ours = trace(text, at=at)
            assert found["names"] == list(ours.expression.names), text
            assert found["variables"] == list(ours.expression.variables)
            assert found["kinks"] == list(ours.kinks)
            assert found["value"] == pytest.approx(ours.value, rel=1e-12, abs=1e-300)
            assert list(found["gradient"]) == list(ours.gradient)
            for step, own in zip(found["steps"], ours.steps, strict=True):
                assert (step["name"], step["formula"]) == (own.name, own.formula), text
                assert step["value"] == pytest.approx(own.value, rel=1e-12, abs=1e-300)
                assert step["adjoint"] == pytest.approx(own.adjoint, rel=1e-10, abs=1e-13)
            edges = [edge for step in reversed(ours.steps) for edge in step.edges]
            for edge, own in zip(found["edges"], edges, strict=True):
                ends = [found["names"][edge[end]] for end in ("source", "target")]
                assert ends == [own.source, own.target], text
                assert edge["partial"] == pytest.approx(own.partial, rel=1e-10, abs=1e-13)
                assert edge["contribution"] == pytest.approx(
                    own.contribution, rel=1e-10, abs=1e-13
                )

    def test_rules_that_are_shown_give_the_partials(self):
        """Each rule, read by the package's parser at the values of the nodes."""
        cases = points()
        checked = set()
        for (text, _), found in zip(
            cases, in_node("expressions.js", self.READ, cases), strict=True
        ):
            if found["kinks"]:
                continue  # there the rule gives way to a convention
            values = {step["name"]: step["value"] for step in found["steps"]}
            ours = parse(text)
            for edge in found["edges"]:
                if " if " in edge["rule"] or edge["rule"] == "0":
                    continue
                rule = parse(f"({edge['rule']})")
                names = {name: values[name] for name in rule.variables}
                assert trace(rule, at=names).value == pytest.approx(edge["partial"]), text
                checked.add((ours.nodes[edge["target"]].operation, edge["position"]))
        arguments = "Object.fromEntries(logic.names.map((name) => [name, 1]))"
        functions = set(in_node("expressions.js", arguments, None))
        assert functions - {name for name, _ in checked} == {"max", "min", "relu", "sign"}

    @pytest.mark.parametrize("text", UNREADABLE)
    def test_faults_are_pointed_at(self, text: str):
        with pytest.raises(ExpressionError) as ours:
            parse(text)
        (found,) = in_node("expressions.js", self.READ, [(text, {})])
        assert found["span"] == list(ours.value.span)
        if "no function" not in found["reason"]:  # the hints know other lists
            assert found["reason"] == ours.value.reason
        else:
            assert ours.value.reason.startswith(found["reason"].split(";")[0])

    @pytest.mark.parametrize(("text", "at"), WITHOUT_VALUE)
    def test_points_without_a_value(self, text: str, at: dict[str, float]):
        with pytest.raises(ExpressionError) as ours:
            trace(text, at=at)
        (found,) = in_node("expressions.js", self.READ, [(text, at)])
        assert (found["reason"], found["span"]) == (
            ours.value.reason,
            list(ours.value.span),
        )

    def test_functions_of_the_package_that_the_page_lacks(self):
        elsewhere = given_to("backpropagation")["elsewhere"]
        known = in_node("expressions.js", "[...logic.names, ...logic.aliases]", None)
        assert set(known) & set(elsewhere) == set()
        # Whatever the package reads, the script computes, or says that it does not.
        for name in (
            *OPERATIONS,
            *(a for e in activations.ACTIVATIONS.values() for a in e.aliases),
        ):
            if name.isidentifier() and name not in ("add", "sub", "mul", "div", "neg", "pow"):
                assert name in known or name in elsewhere
        (found,) = in_node(
            "expressions.js",
            "given[0].map((text) => { try { return logic.parse(text, given[1]) }"
            " catch (e) { return e.message } })",
            [["gelu(x)"], elsewhere],
        )
        assert found == 'the package knows the function "gelu", but this page does not'

    @pytest.mark.parametrize("text", ["x1 * / x2", "+".join("x" * 60) + " ? " + "+x" * 60])
    def test_pointer_stands_below_the_fault(self, text: str):
        with pytest.raises(ExpressionError) as ours:
            parse(text)
        said = in_node(
            "expressions.js", "logic.pointer(...given)", [text, list(ours.value.span)]
        )
        _, *shown = str(ours.value).split("\n")
        assert said.split("\n") == [line.removeprefix("    ") for line in shown]


@needs_node
class TestLayout:
    """No two boxes of the stepper overlap, and edges lead from layer to layer."""

    @pytest.mark.parametrize("text", [*backpropagation.EXAMPLES, FORMULAS["I.9.18"]])
    def test_boxes_are_apart(self, text: str):
        graph = parse(text)
        at = {name: 0.5 + 0.1 * k for k, name in enumerate(graph.variables)}
        ours = trace(graph, at=at)
        place = {step.name: k for k, step in enumerate(ours.steps)}
        edges = [(place[e.source], place[e.target]) for s in ours.steps for e in s.edges]
        found = in_node(
            "backpropagation.js", "logic.layOut(given[0], given[1])", [len(place), edges]
        )
        boxes = [(p["along"], p["across"]) for p in found["places"]]
        for i, (along, across) in enumerate(boxes):
            for other, beside in boxes[:i]:
                assert along != other or abs(across - beside) > 1
            assert 0.5 - 1e-9 <= across <= found["breadth"] - 0.5 + 1e-9
        for (source, target), route in zip(edges, found["routes"], strict=True):
            assert [p["along"] for p in route] == list(
                range(boxes[source][0], boxes[target][0] + 1)
            )


def random_kernels() -> list[np.ndarray]:
    """Return kernels of every kind, from whole numbers to noise, of many sizes."""
    rng = np.random.default_rng(3)
    found = [rng.integers(-3, 4, (3, 3)) * 1.0 for _ in range(150)]
    found += [rng.normal(size=(3, 3)) * 10.0 ** rng.integers(-3, 4) for _ in range(50)]
    found += [np.abs(rng.normal(size=(3, 3))) for _ in range(20)]
    for _ in range(30):
        odd = rng.integers(-3, 4, (3, 3)) * 1.0
        found += [odd - odd[::-1, ::-1], odd + odd.T, np.outer(*rng.integers(-2, 3, (2, 3)))]
    return [each * 1.0 for each in found]


@pytest.fixture(scope="module")
def known() -> list[tuple[np.ndarray, str]]:
    """Return every kernel that has a name, on several scales, with the name."""
    rows = [
        (name, row) for name, _, _, rows in given_to("convolution")["named"] for row in rows
    ]
    return [
        (factor * np.reshape(row, (3, 3)), name)
        for name, row in rows
        for factor in (1.0, -0.013, 1 / 9)
    ]


@needs_node
class TestKernels:
    def in_script(self, expression: str, kernels: list[np.ndarray], *more: object) -> Any:
        flat = [np.ravel(kernel).tolist() for kernel in kernels]
        return in_node("kernels.js", f"given[0].map(({expression}))", [flat, *more])

    def test_facts_are_those_of_the_package(self, known):
        kernels = [np.zeros((3, 3)), *random_kernels(), *(kernel for kernel, _ in known)]
        for kernel, found in zip(
            kernels, self.in_script("logic.measure", kernels), strict=True
        ):
            ours = measure(kernel)
            assert found["order"] == ours.derivative_order, kernel
            assert found["rank"] == ours.rank, kernel
            assert tuple(found["symmetry"]) == ours.symmetry, kernel
            assert (found["signs"], found["band"]) == (ours.signs, ours.band), kernel
            assert found["gain"] == pytest.approx(ours.gain, abs=1e-12)
            assert found["noiseGain"] == pytest.approx(ours.noise_gain)
            assert found["centre"] == pytest.approx(ours.centre, abs=1e-9)
            assert found["moments"] == pytest.approx(ours.moments, abs=1e-9)

    def test_named_kernels_get_the_sentence_of_identify(self, known):
        kernels = [kernel for kernel, _ in known]
        said = self.in_script(
            "(kernel) => logic.describe(kernel, given[1])",
            kernels,
            given_to("convolution")["named"],
        )
        assert len(kernels) > 400
        for (kernel, name), found in zip(known, said, strict=True):
            ours = identify(kernel)
            assert found["name"] == name == ours.name
            assert found["sentence"] == ours.sentence

    def test_gallery_shifts_and_nothing(self):
        kernels = [
            np.reshape(row, (3, 3)) for row in given_to("convolution")["gallery"].values()
        ]
        for spot in np.eye(9):
            kernels += [spot.reshape(3, 3) * factor for factor in (1, -1, 2.5)]
        kernels.append(np.zeros((3, 3)))
        said = self.in_script(
            "(kernel) => logic.describe(kernel, given[1])",
            kernels,
            given_to("convolution")["named"],
        )
        for kernel, found in zip(kernels, said, strict=True):
            assert found["sentence"] == identify(kernel).sentence

    def test_no_guess_where_there_is_no_name(self):
        """A name from the script is the name from the package, and an exact one."""
        kernels = random_kernels()
        said = self.in_script(
            "(kernel) => logic.describe(kernel, given[1])",
            kernels,
            given_to("convolution")["named"],
        )
        plain = 0
        for kernel, found in zip(kernels, said, strict=True):
            ours = identify(kernel)
            if found["name"]:
                assert (found["name"], ours.confidence) == (ours.name, "exact"), kernel
                assert found["sentence"] == ours.sentence
            elif ours.confidence == "none":
                _, _, facts = ours.sentence.partition(": ")
                assert found["sentence"] == f"Not a kernel of the gallery: {facts}"
                plain += 1
        assert plain > 100

    def test_nearly_named_is_not_named(self):
        sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1.0]])
        sobel[0, 1] = 1e-4
        (found,) = self.in_script(
            "(kernel) => logic.describe(kernel, given[1])",
            [sobel],
            given_to("convolution")["named"],
        )
        assert found["name"] is None

    def test_filtering(self):
        rng = np.random.default_rng(4)
        picture, kernel = rng.normal(size=(6, 9)), rng.normal(size=(3, 3))
        out = in_node(
            "kernels.js",
            "[...logic.correlate(given[0], 9, 6, given[1])]",
            [picture.ravel().tolist(), kernel.ravel().tolist()],
        )
        assert np.allclose(
            np.reshape(out, (6, 9)), correlate(picture, kernel, boundary="edge"), atol=1e-12
        )
        out = in_node(
            "kernels.js",
            "[...logic.correlate(given[0], 9, 6, logic.turned(given[1]))]",
            [picture.ravel().tolist(), kernel.ravel().tolist()],
        )
        assert np.allclose(
            np.reshape(out, (6, 9)), convolve(picture, kernel, boundary="edge"), atol=1e-12
        )

    def test_response_and_turns(self):
        kernel = np.random.default_rng(5).normal(size=(3, 3))
        u = np.linspace(-np.pi, np.pi, 49)
        (found,) = self.in_script("logic.response", [kernel])
        assert np.allclose(found, np.abs(frequency_response(kernel, u[:, np.newaxis], u)))
        (found,) = self.in_script("logic.quarter", [kernel])
        assert np.allclose(np.reshape(found, (3, 3)), np.rot90(kernel))


@needs_node
class TestSoftmax:
    CASES = (
        ([2.0, 1.0, 0.0], 1.0),
        ([0.0, 0.0, 0.0], 0.05),
        ([4.0, -4.0, 4.0], 0.05),
        ([-4.0, 1.3, 4.0], 20.0),
        ([3.9, 4.0, -2.2], 0.31),
    )

    def test_shares_entropy_and_jacobian(self):
        found = in_node(
            "softmax.js",
            "given.map(([z, t]) => { const p = logic.softmax(z, t);"
            " return [p, logic.entropy(p), logic.jacobian(p, t)] })",
            self.CASES,
        )
        for (z, t), (shares, nats, matrix) in zip(self.CASES, found, strict=True):
            scaled = np.array(z) / t
            ours = activations.softmax(scaled)
            assert shares == pytest.approx(ours.tolist(), rel=1e-12)
            assert nats == pytest.approx(float(predictive_entropy([ours])[0]), abs=1e-12)
            slope = activations.softmax.jacobian(scaled) / t
            assert np.allclose(matrix, slope, rtol=1e-10, atol=1e-15)
            for row in matrix:  # also where a share has rounded to 1
                assert abs(math.fsum(row)) <= 1e-14 * max(map(abs, row))


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Return the data of the ensemble explorer as the script gets them."""
    told: dict[str, Any] = given_to("ambiguous_images")
    return told


class TestEnsemble:
    @needs_node
    def test_rankings_are_those_of_mine(self, told):
        found = in_node(
            "ambiguous_images.js",
            "given.map(([name, largest, finds, values]) => logic.ranking(values, largest))",
            told["scores"],
        )
        distance = imagenet.class_distance()
        said = ambiguous_images.answers()
        for (name, *_), order in zip(told["scores"], found, strict=True):
            needs = name in ("far_pair_confusion", "rao_quadratic_entropy")
            more = {"distance": distance} if needs else {}
            assert order == mine(said, name, top=len(order), **more).indices.tolist(), name

    def test_every_score_that_needs_no_question_is_there(self, told):
        named = {name for name, *_ in told["scores"]}
        assert set(SCORES) - named == {"class_pair_confusion", "group_confusion"}
        for name, largest, finds, values in told["scores"]:
            assert (largest, finds) == (SCORES[name].largest, SCORES[name].finds)
            assert len(values) == len(told["photographs"])

    def test_answers_are_the_stored_ones(self, told):
        said = ambiguous_images.answers()
        names = imagenet.class_names()
        for i, (title, file, best) in enumerate(told["photographs"]):
            assert file.startswith(title.replace(" ", "_"))
            for m in range(3):
                rows = best[3 * m : 3 * m + 3]
                top = np.sort(said[m, i])[::-1][:3]
                assert [share for _, share in rows] == pytest.approx(top, abs=6e-4)
                assert told["classes"][rows[0][0]] == names[said[m, i].argmax()]

    def test_every_photograph_has_its_file(self, told):
        files = ambiguous_images.pictures()
        assert {file for _, file, _ in told["photographs"]} == set(files)
        assert max(map(len, files.values())) < 12_000
        for content in files.values():
            assert Image.open(io.BytesIO(content)).size == (128, 128)

    def test_stored_answers_are_those_of_the_networks(self, told):
        """The chapter asks the networks where they are installed."""
        if missing := missing_networks():
            pytest.skip(f"not installed, so that nobody can be asked: {', '.join(missing)}")
        folder = ambiguous_images.FOLDER
        pictures = [read_picture(folder / file) for file in find_pictures(folder)[:12]]
        asked = predict(pictures).probabilities
        stored = ambiguous_images.answers()[:, :12]
        assert (asked.argmax(axis=2) == stored.argmax(axis=2)).all()
        assert np.abs(asked - stored).max() < 5e-3  # a class that was not stored gets a mean
