"""Time value and gradient of a scalar expression against peers, and of graphs of 100,000 nodes.

Run from the root of the repository: ``python benchmarks/backpropagation.py``. The peers are
optional: micrograd, autograd and PyTorch are timed if they can be imported, and named if they
cannot. The bare forward pass is the same expression as a Python function of floats. All are
timed in one run, in rounds that take turns, so that a loaded machine slows all of them alike;
shown is the fastest round of each. Nothing is asserted about time.
"""

from __future__ import annotations

import argparse
import importlib
import math
import os
import time
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from dlnotes.backpropagation import compile_gradient, parse, trace

if TYPE_CHECKING:
    from collections.abc import Callable

MIXED = (
    "tanh(0.5*x1 - 1.2*x2 + 0.3*x3 + 0.1) * sin(x1*x4) + exp(-(x2^2 + x3*x4)/4)"
    " + log(1 + x1^2*x3^2) / (2 + cos(x2*x3 - x4)) - x4*tanh(x1 + x2*x4 - 0.7)"
    " + sqrt(3 + x1*x2*x3*x4) * sin(0.2*x1 - 2*x3) - (x2 - x3)^3 / (1 + x4^2)"
)
ARITHMETIC = (
    "(x1*x2 + 3*x3 - 0.5)*(x2 - x4*x1) / (2 + x3^2) + (x1 + 2*x4)^3 * (x2*x3 - 1.5*x1)"
    " - (x3 - x2)^2 / (1.5 + x1*x1) + x4*(x1*x3 - x2*(0.25*x4 + x1)) - x1*x2*x3*x4"
    " + (0.1*x1 - 0.2*x2 + 0.3*x3 - 0.4*x4)^2 + (x2 + x4)/(3 + x4^2) - 1.25*(x3*x4 - 2*x2)"
)
POINT = {"x1": 0.6, "x2": -0.4, "x3": 1.1, "x4": 0.8}


def python_function(text: str, functions: Any) -> Callable[..., Any]:
    """Return an expression of this file as a Python function, for the peers to be called on."""
    names = {name: getattr(functions, name) for name in dir(functions) if name[0] != "_"}
    code = f"lambda {', '.join(POINT)}: {text.replace('^', '**')}"
    return eval(code, names)


def ours(text: str) -> Callable[[], Any]:
    f, point = compile_gradient(text), tuple(POINT.values())
    return lambda: f(*point)


def forward(text: str) -> Callable[[], Any]:
    f, point = python_function(text, math), tuple(POINT.values())
    return lambda: (f(*point), ())


def traced(text: str) -> Callable[[], Any]:
    graph = parse(text)

    def run() -> Any:
        worked = trace(graph, at=POINT)
        return worked.value, tuple(worked.gradient.values())

    return run


def micrograd(text: str) -> Callable[[], Any]:
    value_class = importlib.import_module("micrograd.engine").Value

    def function(name: str, slope: Callable[[float, float], float]) -> Callable[[Any], Any]:
        # micrograd has no functions but relu; these are written in its own manner.
        def apply(x: Any) -> Any:
            out = value_class(getattr(math, name)(x.data), (x,), name)

            def backward() -> None:
                x.grad += slope(x.data, out.data) * out.grad

            out._backward = backward
            return out

        return apply

    slopes = {
        "exp": lambda a, v: v,
        "log": lambda a, v: 1 / a,
        "sqrt": lambda a, v: 0.5 / v,
        "sin": lambda a, v: math.cos(a),
        "cos": lambda a, v: -math.sin(a),
        "tanh": lambda a, v: 1 - v * v,
    }
    functions = SimpleNamespace(**{name: function(name, s) for name, s in slopes.items()})
    f = python_function(text, functions)

    def run() -> Any:
        point = [value_class(x) for x in POINT.values()]
        out = f(*point)
        out.backward()
        return out.data, tuple(x.grad for x in point)

    return run


def autograd(text: str) -> Callable[[], Any]:
    numpy = importlib.import_module("autograd.numpy")
    both = importlib.import_module("autograd").value_and_grad
    f = both(python_function(text, numpy), argnum=tuple(range(len(POINT))))
    point = tuple(POINT.values())
    return lambda: f(*point)


def pytorch(text: str) -> Callable[[], Any]:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    f = python_function(text, torch)
    point = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in POINT.values()]

    def run() -> Any:
        out = f(*point)
        return out.item(), torch.autograd.grad(out, point)

    return run


CONTESTANTS = {
    "bare forward pass": forward,
    "compile_gradient": ours,
    "trace, every step kept": traced,
    "micrograd": micrograd,
    "autograd": autograd,
    "PyTorch eager": pytorch,
}


def microseconds(run: Callable[[], Any], seconds: float) -> float:
    """Return the time of one call, as the mean over about so many seconds."""
    calls, used = 1, 0.0
    while used < seconds / 2:
        calls *= 2
        start = time.perf_counter()
        for _ in range(calls):
            run()
        used = time.perf_counter() - start
    return used / calls * 1e6


def small(title: str, text: str, rounds: int) -> None:
    """Time the contestants on one expression and print the ratios."""
    operations = sum(bool(node.operands) for node in parse(text).nodes)
    print(f"\n{title}: {operations} operations, {len(POINT)} variables")
    runs = {}
    for name, make in CONTESTANTS.items():
        try:
            runs[name] = make(text)
        except ImportError as error:
            print(f"  {name} is left out: {error}")
    worked = trace(text, at=POINT)
    for name, run in runs.items():
        value, gradient = run()
        found = [float(value), *map(float, gradient)]
        wanted = [worked.value, *worked.gradient.values()][: len(found)]
        if not all(
            math.isclose(a, b, rel_tol=1e-11) for a, b in zip(found, wanted, strict=True)
        ):
            print(f"  {name} disagrees: {found}, expected {wanted}")
    best = dict.fromkeys(runs, math.inf)
    for _ in range(rounds):
        for name, run in runs.items():
            best[name] = min(best[name], microseconds(run, 0.05))
    base, mine = best["bare forward pass"], best["compile_gradient"]
    print(f"  {'':<24}{'microseconds':>14}{'of the forward pass':>21}{'of ours':>10}")
    for name, used in best.items():
        print(f"  {name:<24}{used:>14.2f}{used / base:>20.1f}x{used / mine:>9.1f}x")


def chain(operations: int) -> str:
    """Return functions of functions of functions, so many deep."""
    return "sin(" * operations + "x" + ")" * operations


def wide(operations: int) -> str:
    """Return a sum of products, with so many operations in all."""
    count = (operations + 1) // 3
    return " + ".join(f"x{k % 100}*exp(x{(k + 1) % 100}*{k}e-7)" for k in range(count // 2 * 2))


def large(sizes: tuple[int, ...]) -> None:
    """Time the stages on graphs of growing size: twice the size, twice the time."""
    print("\nLarge graphs, seconds of processor time")
    head = ("graph", "operations", "parse", "trace", "compile", "run")
    print("  {:<18}{:>11}{:>9}{:>9}{:>9}{:>9}".format(*head))
    for make in (chain, wide):
        for size in sizes:
            text, stages = make(size), []
            start = time.process_time()
            graph = parse(text)
            stages.append(time.process_time())
            point = dict.fromkeys(graph.variables, 0.5)
            worked = trace(graph, at=point)
            stages.append(time.process_time())
            f = compile_gradient(graph)
            stages.append(time.process_time())
            _, gradient = f(*point.values())
            stages.append(time.process_time())
            if not math.isclose(sum(gradient), sum(worked.gradient.values()), rel_tol=1e-9):
                print("  compiled code and trace disagree")
            used = [b - a for a, b in pairwise([start, *stages])]
            count = sum(bool(node.operands) for node in graph.nodes)
            print(f"  {make.__name__:<18}{count:>11}" + "".join(f"{t:>9.2f}" for t in used))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--no-large", action="store_true", help="leave the large graphs out")
    options = parser.parse_args()
    print(f"load of the machine: {', '.join(f'{x:.1f}' for x in os.getloadavg())}")
    small("Functions and arithmetic", MIXED, options.rounds)
    small("Arithmetic alone", ARITHMETIC, options.rounds)
    if not options.no_large:
        large((25_000, 50_000, 100_000))


if __name__ == "__main__":
    main()
