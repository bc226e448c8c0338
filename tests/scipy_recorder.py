"""A pytest plugin that writes down what SciPy's own tests ask of SciPy's filters.

It is loaded into a process of its own, in which SciPy's installed tests run; it replaces the
functions of `FUNCTIONS` by ones that note their arguments and what came of them: the result or
the error. Arrays are copied before the call, since some tests write into them afterwards.
"""

from __future__ import annotations

import functools
import importlib
import os
import pickle

import numpy as np

FUNCTIONS = {
    "scipy.ndimage": (
        *("correlate", "convolve", "correlate1d", "convolve1d", "uniform_filter"),
        *("uniform_filter1d", "sobel", "prewitt", "laplace"),
    ),
    "scipy.signal": (
        *("correlate2d", "convolve2d", "correlate", "convolve", "fftconvolve", "oaconvolve"),
    ),
}
LARGEST = 60_000  # numbers in an array that is kept

CALLS: list[tuple[str, tuple, dict, str, object]] = []
DEPTH = [0]


def kept(value):
    return value.copy() if isinstance(value, np.ndarray) else value


def small(values):
    return all(np.size(v) <= LARGEST for v in values if isinstance(v, (np.ndarray, list)))


def recorded(name, function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        DEPTH[0] += 1
        before = tuple(map(kept, args)), {k: kept(v) for k, v in kwargs.items()}
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            if DEPTH[0] == 1 and small(args):
                CALLS.append((name, *before, "error", f"{type(error).__name__}: {error}"))
            raise
        else:
            if DEPTH[0] == 1 and small(args):
                CALLS.append((name, *before, "result", kept(result)))
            return result
        finally:
            DEPTH[0] -= 1

    return call


def pytest_configure(config):
    # SciPy's tests look up in this table which array libraries a function can do.
    table = importlib.import_module("scipy._lib._array_api").xp_capabilities_table
    for module, names in FUNCTIONS.items():
        home = importlib.import_module(module)
        for name in names:
            function = getattr(home, name)
            replacement = recorded(f"{module}.{name}", function)
            setattr(home, name, replacement)
            if function in table:
                table[replacement] = table[function]


def pytest_sessionfinish(session, exitstatus):
    calls = []
    for call in CALLS:
        try:
            calls.append(pickle.dumps(call))
        except Exception:  # an argument that cannot be written down, such as a generator
            continue
    with open(os.environ["SCIPY_RECORDING"], "wb") as file:
        pickle.dump(calls, file)
