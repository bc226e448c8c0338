"""PyTorch, JAX and SciPy as oracles: values, slopes, choices at kinks, defaults, failures.

What is recorded in the package is looked up again in the libraries, where these are installed.
Neither PyTorch nor JAX is a dependency of the book; without them the tests are skipped and
say so.
"""

from __future__ import annotations

import importlib.util
import inspect
import math
import os
import re

import numpy as np
import pytest
from scipy import special

from activation_reference import kinks
from dlnotes import activations
from dlnotes.activations import (
    ACTIVATIONS,
    VectorFunction,
    compare_with_peers,
    cross_entropy,
    glu,
    log_softmax,
    logsumexp,
    softmax,
    softmax2d,
    softmin,
)
from dlnotes.activations.peers import RECORDED, VERSIONS
from dlnotes.activations.vector_table import VECTOR_ENTRIES


def has(library):
    return importlib.util.find_spec(library) is not None


needs_torch = pytest.mark.skipif(not has("torch"), reason="PyTorch is not installed")
needs_jax = pytest.mark.skipif(not has("jax"), reason="JAX is not installed")
needs_keras = pytest.mark.skipif(not has("keras"), reason="Keras is not installed")


def listed(library):
    """Return the entries that a library has, each with what it is called there."""
    return [
        pytest.param(entry, framework, id=f"{entry.name}-{framework.name}")
        for entry in ACTIVATIONS.values()
        for framework in entry.frameworks
        if framework.library == library
    ]


GRID = np.concatenate([np.linspace(-5, 5, 81) + 0.013, [-30.0, -12.5, 12.5, 19.0]])


class Torch:
    """PyTorch's function of an entry, with its gradient."""

    def __init__(self, entry, framework):
        import torch
        from torch.nn import functional

        name, values = framework.name, dict(framework.fixed or {})
        ours = framework.ours or {}
        self.torch, self.parameters = torch, dict(framework.parameters)
        for argument, default in (framework.defaults or {}).items():
            if default is None:
                self.parameters[argument] = entry.parameters[0].default
                values[argument] = entry._values({})[ours.get(argument, argument)]
                self.parameters[ours.get(argument, argument)] = values[argument]
        if name == "PReLU":
            self.call = torch.nn.PReLU(dtype=torch.float64)
        elif name == "Identity":
            self.call = torch.nn.Identity()
        else:
            home = torch if name in ("sigmoid", "tanh", "exp") else functional
            self.call = lambda x: getattr(home, name)(x, **values)

    def __call__(self, x):
        x = self.torch.tensor(np.asarray(x, dtype=np.float64), requires_grad=True)
        y = self.call(x)
        (slope,) = self.torch.autograd.grad(y.sum(), x)
        return y.detach().numpy(), slope.numpy()


class Jax:
    """JAX's function of an entry, with its gradient."""

    def __init__(self, entry, framework):
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax, self.parameters = jax, dict(framework.parameters)
        values = dict(framework.fixed or {})
        self.call = lambda x: getattr(jax.nn, framework.name)(x, **values)

    def __call__(self, x):
        x = np.asarray(x, dtype=np.float64)
        slope = self.jax.vmap(self.jax.grad(self.call))(x)
        return np.asarray(self.call(x)), np.asarray(slope)


def agree(peer, entry):
    parameters = peer.parameters
    value, slope = peer(GRID)
    np.testing.assert_allclose(entry(GRID, **parameters), value, rtol=1e-9, atol=1e-15)
    # PyTorch's slope of the hard sigmoid is 1/6 to single precision, also for doubles
    np.testing.assert_allclose(
        entry.derivative(GRID, **parameters), slope, rtol=1e-7, atol=1e-14
    )


def choice(peer, entry, at):
    """Return which one-sided derivative a peer returns at a kink, or None if it is neither."""
    sides = entry.one_sided(at, **peer.parameters)
    got = float(peer(np.array([at]))[1][0])
    if sides.left == sides.right:
        return "same" if got == pytest.approx(float(sides.left), abs=1e-12) else None
    names = {"left": sides.left, "right": sides.right, "middle": (sides.left + sides.right) / 2}
    return next((n for n, v in names.items() if got == pytest.approx(float(v))), None)


def check_kinks(peer, entry, library):
    for kink in entry.kinks:
        at = float(kink.at.subs(entry.substitution(**peer.parameters)))
        recorded = getattr(kink, library)
        if math.isinf(at):
            continue
        found = choice(peer, entry, at)
        if found != "same" and entry.one_sided(at, **peer.parameters).left != (
            entry.one_sided(at, **peer.parameters).right
        ):
            assert recorded == found, f"{entry.name} at {at}: {library} takes {found}"


@needs_torch
class TestTorch:
    @pytest.mark.parametrize(("entry", "framework"), listed("torch"))
    def test_values_and_slopes(self, entry, framework):
        peer = Torch(entry, framework)
        if entry.name == "gelu":  # PyTorch loses the tail: see TestRecorded
            inner = np.abs(GRID) < 4
            value, slope = peer(GRID[inner])
            np.testing.assert_allclose(entry(GRID[inner]), value, rtol=1e-11)
            np.testing.assert_allclose(entry.derivative(GRID[inner]), slope, rtol=1e-9)
            return
        if entry.name == "tanhshrink":  # and the small values of this one
            value, slope = peer(GRID)
            np.testing.assert_allclose(entry(GRID), value, rtol=1e-9, atol=1e-16)
            return
        if entry.name == "gelu_tanh":
            inner = GRID > -4
            value, slope = peer(GRID[inner])
            np.testing.assert_allclose(entry(GRID[inner]), value, rtol=1e-9)
            np.testing.assert_allclose(
                entry.derivative(GRID[inner]), slope, rtol=1e-8, atol=1e-12
            )
            return
        agree(peer, entry)

    @pytest.mark.parametrize(("entry", "framework"), listed("torch"))
    def test_choice_at_kinks_is_as_recorded(self, entry, framework):
        check_kinks(Torch(entry, framework), entry, "torch")

    @pytest.mark.parametrize(("entry", "framework"), listed("torch"))
    def test_defaults_are_as_recorded(self, entry, framework):
        from torch.nn import functional

        try:
            signature = inspect.signature(getattr(functional, framework.name))
        except (AttributeError, ValueError):
            signature = None  # built in, or of another module: the values above depend on it
        for name, default in (framework.defaults or {}).items():
            if signature is None:
                continue
            parameter = signature.parameters[name]
            assert default == (
                None if parameter.default is parameter.empty else parameter.default
            )

    def test_operator_samples(self):
        """Run PyTorch's own samples for its operators through ours."""
        pytest.importorskip(
            "expecttest", reason="PyTorch's samples need the package expecttest"
        )
        import torch
        from torch.testing._internal.common_methods_invocations import op_db

        names = {
            ("nn.functional." if f.name not in ("sigmoid", "tanh", "exp") else "") + f.name: (
                e,
                f,
            )
            for e in ACTIVATIONS.values()
            for f in e.frameworks
            if f.library == "torch" and not f.fixed
        }
        ran = {}
        for op in op_db:
            if op.name not in names or op.variant_test_name:
                continue
            entry, framework = names[op.name]
            ours = framework.ours or {}
            order = list(framework.defaults or {})
            for sample in op.sample_inputs("cpu", torch.float64, requires_grad=False):
                given = dict(zip(order, sample.args, strict=False)) | sample.kwargs
                given.pop("inplace", None)
                if given.pop("training", False):
                    continue  # random slopes
                if given.pop("approximate", "none") == "tanh":
                    entry = ACTIVATIONS["gelu_tanh"]
                elif op.name.endswith("gelu"):
                    entry = ACTIVATIONS["gelu"]
                values = {ours.get(k, k): float(v) for k, v in given.items()}
                values = framework.parameters | values
                wanted = op(sample.input, *sample.args, **sample.kwargs)
                try:
                    got = entry(sample.input.numpy(), **values)
                except ValueError as refused:  # e.g. a scale of 0 or below
                    assert re.search("not allowed|is not below", str(refused))  # noqa: PT017
                    continue
                np.testing.assert_allclose(got, wanted.numpy(), rtol=1e-7, atol=1e-14)
                ran[op.name] = ran.get(op.name, 0) + 1
        print(f"{sum(ran.values())} samples of {len(ran)} operators")
        assert len(ran) >= 18

    @pytest.mark.parametrize("name", ["softmax", "softmin", "log_softmax", "logsumexp", "glu"])
    @pytest.mark.parametrize("axis", [0, 1, -1])
    def test_vector_functions_and_their_gradients(self, name, axis):
        import torch

        peers = {
            "softmax": torch.softmax,
            "softmin": torch.nn.functional.softmin,
            "log_softmax": torch.log_softmax,
            "logsumexp": torch.logsumexp,
            "glu": torch.nn.functional.glu,
        }
        rng = np.random.default_rng(4)
        x = rng.normal(size=(4, 6, 2)) * 5
        t = torch.tensor(x, requires_grad=True)
        y = peers[name](t, axis)
        v = rng.normal(size=y.shape)
        (gradient,) = torch.autograd.grad(y, t, torch.tensor(v))
        f = getattr(activations, name)
        np.testing.assert_allclose(f(x, axis), y.detach(), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(f.vjp(x, v, axis), gradient, rtol=1e-10, atol=1e-15)

    def test_softmax2d(self):
        import torch

        x = np.random.default_rng(1).normal(size=(2, 3, 4, 5))
        wanted = torch.nn.Softmax2d()(torch.tensor(x))
        np.testing.assert_allclose(softmax2d(x), wanted, rtol=1e-14)

    @pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
    def test_cross_entropy_and_its_gradient(self, smoothing):
        import torch

        rng = np.random.default_rng(2)
        x, labels = rng.normal(size=(7, 4)) * 4, rng.integers(0, 4, 7)
        shares = rng.dirichlet(np.ones(4), 7)
        for target in (labels, shares):
            t = torch.tensor(x, requires_grad=True)
            loss = torch.nn.functional.cross_entropy(
                t, torch.tensor(target), reduction="none", label_smoothing=smoothing
            )
            (gradient,) = torch.autograd.grad(loss.sum(), t)
            got = cross_entropy(x, target, smoothing=smoothing)
            np.testing.assert_allclose(got, loss.detach(), rtol=1e-12)
            got = cross_entropy.gradient(x, target, smoothing=smoothing)
            np.testing.assert_allclose(got, gradient, rtol=1e-10, atol=1e-15)

    def test_every_activation_of_torch_is_here(self):
        import torch.nn.modules.activation as modules

        ours = {f.name.lower() for e in ACTIVATIONS.values() for f in e.frameworks}
        ours |= {name.replace("_", "") for name in activations.__all__}
        missing = {n for n in modules.__all__ if n.lower() not in ours} - {"MultiheadAttention"}
        assert missing == set()


@needs_jax
class TestJax:
    @pytest.mark.parametrize(("entry", "framework"), listed("jax"))
    def test_values_and_slopes(self, entry, framework):
        peer = Jax(entry, framework)
        inner = GRID[GRID > -5.1]
        value, slope = peer(inner)
        np.testing.assert_allclose(entry(inner), value, rtol=1e-8, atol=1e-14)
        np.testing.assert_allclose(entry.derivative(inner), slope, rtol=1e-8, atol=1e-12)

    @pytest.mark.parametrize(("entry", "framework"), listed("jax"))
    def test_choice_at_kinks_is_as_recorded(self, entry, framework):
        check_kinks(Jax(entry, framework), entry, "jax")

    @pytest.mark.parametrize(("entry", "framework"), listed("jax"))
    def test_defaults_are_as_recorded(self, entry, framework):
        import jax

        parameters = inspect.signature(getattr(jax.nn, framework.name)).parameters
        for name, default in (framework.defaults or {}).items():
            assert parameters[name].default == default

    def test_every_activation_of_jax_is_here(self):
        import jax

        others = {
            *("dot_product_attention", "scaled_dot_general", "scaled_matmul"),
            *("get_scaled_dot_general_config", "one_hot", "initializers"),
            "standardize",  # a normalisation over a batch
            "log1mexp",  # a helper for logarithms, defined for positive numbers only
        }
        named = {f.name for e in ACTIVATIONS.values() for f in e.frameworks}
        known = named | set(activations.__all__)
        known |= {alias for e in ACTIVATIONS.values() for alias in e.aliases}
        missing = {n for n in dir(jax.nn) if n[0] != "_"} - known - others
        assert missing == set()


@needs_keras
class TestKeras:
    def test_defaults_and_names_are_as_recorded(self):
        os.environ.setdefault("KERAS_BACKEND", "jax")
        import keras

        own = keras.activations
        known = {f.name for e in ACTIVATIONS.values() for f in e.frameworks}
        known |= set(activations.__all__) | {a for e in ACTIVATIONS.values() for a in e.aliases}
        found = {n for n in dir(own) if n[0] != "_" and callable(getattr(own, n))}
        assert found - known - {"get", "serialize", "deserialize"} == set()
        for entry in ACTIVATIONS.values():
            for framework in entry.frameworks:
                if framework.library == "keras":
                    parameters = inspect.signature(getattr(own, framework.name)).parameters
                    for name, default in (framework.defaults or {}).items():
                        said = parameters[name].default
                        assert default == (None if said is parameters[name].empty else said)


def own_default(home, framework):
    """Return the default axis of an installed library as the registry writes it."""
    function = getattr(home, framework.name)
    try:
        parameters = inspect.signature(function).parameters
    except ValueError:  # a function in C has its signature at the head of its docstring
        assert re.search(r"^\w+\(input, dim,", function.__doc__.strip())  # no default
        return None
    (name,) = set(parameters) & {"axis", "dim"}
    default = parameters[name].default
    return None if default is parameters[name].empty else default


_VECTOR_CASES = [
    (name, framework)
    for name, entry in VECTOR_ENTRIES.items()
    for framework in entry.frameworks
    if framework.defaults or framework.fixed
]


class TestVectorDefaults:
    """The table of vector functions holds what the installed libraries say of themselves."""

    @pytest.mark.parametrize(
        ("name", "framework"),
        _VECTOR_CASES,
        ids=[f"{f.library}-{f.name}" for _, f in _VECTOR_CASES],
    )
    def test_default_axis(self, name, framework):
        assert name in vars(activations)
        said = next(iter((framework.defaults or {"axis": None}).values()))
        if framework.library == "onnx":
            defs = pytest.importorskip("onnx.defs")
            attributes = defs.get_schema(framework.name).attributes
            # a reduction takes its axes as an input, which may be left out
            got = attributes["axis"].default_value.i if "axis" in attributes else None
        else:
            home = {
                "torch": "torch.nn.functional",
                "jax": "jax.nn",
                "keras": "keras.activations",
            }
            os.environ.setdefault("KERAS_BACKEND", "jax")
            module = pytest.importorskip(home[framework.library])
            if not hasattr(module, framework.name):
                module = importlib.import_module(framework.library)
            got = own_default(module, framework)
        assert got == said


class TestRecorded:
    def test_ours_is_right_where_another_is_not(self):
        for row in compare_with_peers():
            assert row.ulps("ours") <= 3, row
            errors = [row.ulps(library) for library in ("torch", "jax", "scipy")]
            assert max(e for e in errors if e is not None) > 10, row

    def test_scipy_still_returns_what_is_recorded(self):
        import scipy

        if scipy.__version__ != VERSIONS["scipy"]:
            pytest.skip(f"SciPy is {scipy.__version__}, recorded is {VERSIONS['scipy']}")
        peers = {
            "sigmoid": special.expit,
            "log_sigmoid": special.log_expit,
            "softplus": lambda x: np.logaddexp(0, x),
            "gelu": lambda x: x * special.ndtr(x),
        }
        for row in RECORDED:
            if row.scipy is not None:
                assert float(peers[row.function](row.x)) == pytest.approx(row.scipy, rel=1e-13)

    @pytest.mark.parametrize(("library", "make"), [("torch", Torch), ("jax", Jax)])
    def test_peers_still_return_what_is_recorded(self, library, make):
        if not has(library):
            pytest.skip(f"{library} is not installed")
        version = importlib.import_module(library).__version__.split("+")[0]
        if version != VERSIONS[library]:
            pytest.skip(f"{library} is {version}, recorded is {VERSIONS[library]}")
        for row in RECORDED:
            value = getattr(row, library)
            if value is None:
                continue
            entry = ACTIVATIONS[row.function]
            framework = next(f for f in entry.frameworks if f.library == library)
            got = float(make(entry, framework)(np.array([row.x]))[0][0])
            assert got == pytest.approx(value, rel=1e-12, abs=0), row


def test_vector_functions_without_a_peer_here_are_known():
    """Sparsemax, hardmax and the variants of GLU are held to ONNX or to their definitions."""
    peers = {softmax, softmin, log_softmax, logsumexp, glu, softmax2d}
    rest = {
        f.name
        for f in vars(activations).values()
        if isinstance(f, VectorFunction) and f not in peers
    }
    assert rest == {"hardmax", "sparsemax", "swiglu", "geglu", "reglu", "logmeanexp"}
    assert kinks(ACTIVATIONS["relu"], {}) == [0]
