"""Compare the speed of the activation functions with NumPy, SciPy and PyTorch, on one thread.

Run from the root of the repository: ``python benchmarks/activations.py [name ...]``. Ours and
the peers' take turns on the same ten million standard normal numbers, so that a busy machine
slows all of them alike; the best of several rounds counts. The table gives milliseconds and the
ratio to the fastest peer; it asserts nothing about time. PyTorch takes part where it is
installed. Where numba is, some of ours are compiled; with ``--plain`` none is.

A result of more than 32 MB comes from the operating system page by page, and that is a good
part of the time; a smaller one may lie where the last one lay. So that size does not decide who
pays, freed memory is handed back before every call, where the C library can do that. With
``--reuse`` it is left where it is, which only concerns results below that limit: those of GLU,
which returns half as many numbers as it takes. NumPy asks Linux for pages of 2 MB, PyTorch gets
them by chance, and then takes a third of the time or a half for its simple functions;
``GLIBC_TUNABLES=glibc.malloc.hugetlb=1`` in the environment gives them to both.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import time
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when a library is imported

import numpy as np
from scipy import special

from dlnotes import activations
from dlnotes.activations import ACTIVATIONS, walks

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH = 100  # length of the vectors of a vector function

NUMPY: dict[str, tuple[str, Callable[..., Any]]] = {
    "relu": ("numpy", lambda x: np.maximum(x, 0)),
    "relu6": ("numpy", lambda x: np.clip(x, 0, 6)),
    "hard_tanh": ("numpy", lambda x: np.clip(x, -1, 1)),
    "sigmoid": ("scipy", special.expit),
    "log_sigmoid": ("scipy", special.log_expit),
    "softplus": ("numpy", lambda x: np.logaddexp(0, x)),
    "tanh": ("numpy", np.tanh),
    "exponential": ("numpy", np.exp),
    "gelu": ("scipy", lambda x: x * special.ndtr(x)),
    "softmax": ("scipy", lambda x: special.softmax(x, axis=-1)),
    "log_softmax": ("scipy", lambda x: special.log_softmax(x, axis=-1)),
    "logsumexp": ("scipy", lambda x: special.logsumexp(x, axis=-1)),
}
"""What NumPy or SciPy has."""


def torch_peers() -> dict[str, Callable[..., Any]]:
    """Return PyTorch's functions under our names, on tensors."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    out: dict[str, Callable[..., Any]] = {
        "softmax": lambda x: torch.softmax(x, -1),
        "softmin": lambda x: functional.softmin(x, -1),
        "log_softmax": lambda x: torch.log_softmax(x, -1),
        "logsumexp": lambda x: torch.logsumexp(x, -1),
        "glu": lambda x: functional.glu(x, -1),
    }
    for entry in ACTIVATIONS.values():
        for framework in entry.frameworks:
            if framework.library == "torch":
                out[entry.name] = torch_call(entry, framework)
    del out["identity"]  # it returns its argument, ours a copy
    return out


def torch_call(entry: Any, framework: Any) -> Callable[..., Any]:
    import torch
    from torch.nn import functional

    if framework.name == "PReLU":
        return lambda x: functional.prelu(x, torch.tensor([0.25], dtype=x.dtype))
    name = framework.name
    home = torch if hasattr(torch, name) and not hasattr(functional, name) else functional
    home = torch if name in ("sigmoid", "tanh", "exp") else home
    values = dict(framework.fixed or {})
    if None in (framework.defaults or {}).values():  # no defaults: ours
        values |= {p.name: p.default for p in entry.parameters}
    return lambda x: getattr(home, name)(x, **values)


def hand_back() -> None:
    """Return freed memory to the operating system, where the C library is one that can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


def best_of(rounds: int, calls: list[Callable[[], Any]], *, reuse: bool = False) -> list[float]:
    """Return the shortest processor time of each call in milliseconds; the calls take turns."""
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for k, call in enumerate(calls):
            if not reuse:
                hand_back()
            start = time.process_time()
            result = call()
            best[k] = min(best[k], 1e3 * (time.process_time() - start))
            del result
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="which functions; all by default")
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reuse", action="store_true", help="let results lie where others lay")
    parser.add_argument("--plain", action="store_true", help="do not use numba")
    options = parser.parse_args()

    torch = torch_peers() if importlib.util.find_spec("torch") else {}
    if not torch:
        print("PyTorch is not installed: NumPy and SciPy are the only peers.")
    if options.plain or importlib.util.find_spec("numba") is None:
        walks.compiled = lambda *_: None
        print("Nothing of ours is compiled.")
    names = options.names or [n for n in activations.__all__ if n in NUMPY or n in torch]
    print(f"{options.size:,} numbers, best of {options.rounds}, load {os.getloadavg()[0]:.1f}")
    print(f"{'function':23}{'dtype':>9}{'ours':>9}{'peers':>30}{'ratio':>8}")
    for dtype in (np.float64, np.float32):
        x = np.random.default_rng(0).normal(size=options.size).astype(dtype)
        for floor, call in (("copy", np.copy), ("exponential", np.exp)):
            (least,) = best_of(options.rounds, [lambda call=call, x=x: call(x)])
            print(f"{f'(numpy {floor})':23}{np.dtype(dtype).name:>9}{least:9.0f}")
        for name in names:
            f = getattr(activations, name)
            arg = x.reshape(-1, WIDTH) if isinstance(f, activations.VectorFunction) else x
            calls: list[tuple[str, Callable[[], Any]]] = []
            if name in NUMPY:
                library, peer = NUMPY[name]
                calls.append((library, lambda peer=peer, arg=arg: peer(arg)))
            if name in torch:
                import torch as library_torch

                tensor = library_torch.from_numpy(arg)
                calls.append(("torch", lambda t=tensor, name=name: torch[name](t)))
            with np.errstate(all="ignore"):
                ours, *peers = best_of(
                    options.rounds,
                    [lambda f=f, arg=arg: f(arg), *(c for _, c in calls)],
                    reuse=options.reuse,
                )
            pairs = zip(calls, peers, strict=True)
            said = ", ".join(f"{who} {ms:.0f}" for (who, _), ms in pairs)
            kind = np.dtype(dtype).name
            ratio = ours / min(peers)
            print(f"{name:23}{kind:>9}{ours:9.0f}{said:>30}{ratio:8.2f}", flush=True)


if __name__ == "__main__":
    main()
