"""Conformance: the cases that ONNX ships for its operators, read from its package."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from dlnotes.activations import (
    ACTIVATIONS,
    hardmax,
    log_softmax,
    logsumexp,
    softmax,
    swiglu,
)

onnx = pytest.importorskip("onnx", reason="onnx is not installed: its cases are not run")


def _load():
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():  # the cases of other operators warn while they are made
        warnings.simplefilter("ignore")
        return collect_testcases(None)


ELEMENTWISE = {}
for _entry in ACTIVATIONS.values():
    for _framework in _entry.frameworks:
        if _framework.library == "onnx":
            ELEMENTWISE.setdefault(_framework.name, []).append((_entry, _framework))
VECTOR = {
    "Softmax": softmax,
    "LogSoftmax": log_softmax,
    "Hardmax": hardmax,
    "ReduceLogSumExp": logsumexp,
    "SwiGLU": swiglu,
}
CASES = [
    case
    for case in _load()
    if len(case.model.graph.node) == 1
    and case.model.graph.node[0].op_type in {*ELEMENTWISE, *VECTOR}
    and case.model.graph.node[0].domain == ""
]


def attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def elementwise(node, inputs):
    """Call the registry's entry with the parameters of the node, under our names."""
    given = {k: v.decode() if isinstance(v, bytes) else v for k, v in attributes(node).items()}
    approximate = given.pop("approximate", "none")
    entry, framework = next(
        (e, f)
        for e, f in ELEMENTWISE[node.op_type]
        if (f.fixed or {}).get("approximate", "none") == approximate
    )
    x, *others = inputs
    names = framework.ours or {}
    parameters = {names.get(name, name): value for name, value in given.items()}
    slots = list(node.input[1:])  # optional inputs may be left out by ""
    values = iter(others)
    arrays = {
        names.get(key, key): next(values)
        for key, slot in zip(framework.defaults or {}, slots, strict=False)
        if slot
    }
    if node.op_type == "Clip":  # an end that is not given is none
        limits = np.iinfo if x.dtype.kind in "iu" else np.finfo
        low, high = (float(end) for end in (limits(x.dtype).min, limits(x.dtype).max))
        ends = {"min_val": low, "max_val": high} | parameters
        parameters = {k: v for k, v in ends.items() if k not in arrays}
    defaults = {k: v for k, v in framework.parameters.items() if k not in arrays}
    parameters = defaults | parameters
    arrays = {k: np.broadcast_to(v, x.shape) for k, v in arrays.items()}
    if not arrays:
        return entry(x, **parameters)
    out = [
        entry(number, **parameters, **{k: float(v[i]) for k, v in arrays.items()})
        for i, number in np.ndenumerate(x)
    ]
    return np.array(out).reshape(x.shape)


def vector(node, inputs):
    given = attributes(node)
    f = VECTOR[node.op_type]
    if f is swiglu:
        a, b = inputs
        alpha = given.get("alpha", 1.0)
        if alpha != 1.0:  # SiLU with a factor is the registry's silu(x, beta=...)
            return np.asarray(ACTIVATIONS["silu"](a, beta=alpha)) * b
        return f(np.concatenate([a, b], axis=-1))
    if f is not logsumexp:
        return f(inputs[0], given.get("axis", -1))
    x = inputs[0]
    axes = given.get("axes", inputs[1] if len(inputs) > 1 else None)
    keep = bool(given.get("keepdims", 1))
    axes = tuple(range(x.ndim)) if axes is None or len(axes) == 0 else tuple(axes)
    if len(axes) == 1:
        return f(x, int(axes[0]), keepdims=keep)
    inner = [a % x.ndim for a in axes]
    outer = [a for a in range(x.ndim) if a not in inner]
    flat = x.transpose(*outer, *inner).reshape(*(x.shape[a] for a in outer), -1)
    shape = [1 if a in inner else n for a, n in enumerate(x.shape)]
    return np.asarray(f(flat)).reshape(shape if keep else [x.shape[a] for a in outer])


def ours(node, inputs):
    return (vector if node.op_type in VECTOR else elementwise)(node, inputs)


def reason_not_ours(case):
    """Say why a case is not about an activation function of real numbers, if it is not."""
    node = case.model.graph.node[0]
    inputs, _ = case.data_sets[0]
    if any(not isinstance(i, np.ndarray | np.generic) for i in inputs):
        return "its input is a sequence or an optional"
    if inputs[0].size == 0 and node.op_type in VECTOR:
        return "an empty axis has no log-sum-exp here, which is said by an error"
    if node.op_type == "ReduceLogSumExp" and attributes(node).get("noop_with_empty_axes"):
        return "an operator that does nothing is no log-sum-exp"
    if inputs[0].dtype.name not in ("float16", "float32", "float64", "int8", "int32", "int64"):
        return f"its numbers are of type {inputs[0].dtype}"
    if node.op_type == "Clip" and len(inputs) == 3 and inputs[1] >= inputs[2]:
        return "its least value is above its greatest, which is an error here"
    return ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_operator_case(case):
    if reason := reason_not_ours(case):
        pytest.skip(f"{case.name}: {reason}")
    node = case.model.graph.node[0]
    for inputs, outputs in case.data_sets:
        got = ours(node, inputs)
        wanted = outputs[0]
        assert np.shape(got) == wanted.shape
        tight = 2e-3 if wanted.dtype == np.float16 else 3e-6
        np.testing.assert_allclose(
            np.asarray(got, dtype=np.float64), wanted.astype(np.float64), rtol=tight, atol=1e-6
        )


def test_every_operator_of_ours_has_cases():
    seen = {case.model.graph.node[0].op_type for case in CASES}
    assert {*ELEMENTWISE, *VECTOR} - seen == set()


def test_defaults_are_those_of_the_operators():
    for name, entries in ELEMENTWISE.items():
        schema = onnx.defs.get_schema(name)
        for _, framework in entries:
            for argument, default in (framework.defaults or {}).items():
                attribute = schema.attributes.get(argument)
                if attribute is None:  # an input, which has no default
                    assert default is None
                    assert argument in {i.name for i in schema.inputs}
                else:
                    value = onnx.helper.get_attribute_value(attribute.default_value)
                    assert np.float32(default) == np.float32(value)


def test_a_wrong_value_is_seen():
    case = next(case for case in CASES if case.name == "test_relu")
    inputs, outputs = case.data_sets[0]
    assert not np.allclose(ACTIVATIONS["leaky_relu"](inputs[0]), outputs[0], atol=1e-6)
