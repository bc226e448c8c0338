"""Time limits that reach into SymPy: a block is left with `Budget` when its time is used up.

Counted is the processor time of the thread, so that a busy machine changes no verdict. In the
main thread an interval timer rings; in other threads a watcher raises the exception there.
"""

from __future__ import annotations

import ctypes
import gc
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["Budget", "collecting_rarely", "remaining", "shielded", "time_limit"]

_REPEAT = 0.5
"""After so many seconds the bell rings again, in case a handler swallowed it."""
_local = threading.local()
_shielded: set[int] = set()


class Budget(Exception):
    """The time given to a method is used up."""


def _deadlines() -> list[float]:
    if not hasattr(_local, "deadlines"):
        _local.deadlines = []
    return _local.deadlines  # type: ignore[no-any-return]


def remaining() -> float:
    """Return the seconds left to the innermost limit of this thread, infinite without one."""
    return min(_deadlines(), default=float("inf")) - time.thread_time()


def _in_main() -> bool:
    here = threading.current_thread() is threading.main_thread()
    return here and hasattr(signal, "setitimer")


class _Watcher:
    """Raises `Budget` in another thread once its processor time has reached a deadline."""

    def __init__(self, deadline: float) -> None:
        self.deadline, self.target = deadline, threading.get_ident()
        self.lock, self.done, self.rung = threading.Lock(), threading.Event(), False
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        """Look at the clock of the thread until it is over or the block is left."""
        clock = time.pthread_getcpuclockid(self.target)
        while not self.done.wait(0.05):
            if time.clock_gettime(clock) < self.deadline:
                continue
            with self.lock:
                if self.target in _shielded:
                    continue
                if not self.done.is_set():
                    self.rung = True
                    _raise_in(self.target, ctypes.py_object(Budget))
            self.done.wait(_REPEAT)

    def stop(self) -> None:
        """Let the block end; a bell that was not heard yet is taken back."""
        with self.lock:
            self.done.set()
            if self.rung:
                _raise_in(self.target, None)


def _raise_in(thread: int, exception: object) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception)


_FINALISERS = ("weakref.py", "_weakrefset.py")


def _is_deaf(frame: FrameType | None) -> bool:
    """Whether Python would swallow, and complain about, an exception raised in `frame`.

    Callbacks of the garbage collector and of weak references, and ``__del__``, cannot raise.
    """
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        code = frame.f_code
        if code in callbacks or code.co_name == "__del__":
            return True
        if code.co_filename.endswith(_FINALISERS):
            return True
        frame = frame.f_back
    return False


def _ring(_signal: int = 0, frame: FrameType | None = None) -> None:
    """Raise when the time is over; the timer counts other threads too and may be early."""
    left = remaining()
    if left == float("inf"):
        return
    if left > 2e-3 or threading.get_ident() in _shielded:
        signal.setitimer(signal.ITIMER_PROF, max(left, 0.02), _REPEAT)
        return
    if _is_deaf(frame):
        signal.setitimer(signal.ITIMER_PROF, 0.02, _REPEAT)
        return
    raise Budget


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Let the garbage collector look for cycles seldom inside the block.

    Expressions are trees, freed without it, and SymPy's cache keeps most of them: to go through
    all that is kept, again and again, finds next to nothing.
    """
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def shielded() -> Iterator[None]:
    """Let no limit end the block: for what must be cleaned up, such as another process."""
    here = threading.get_ident()
    inner = here in _shielded
    _shielded.add(here)
    try:
        yield
    finally:
        if not inner:
            _shielded.discard(here)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `Budget` in the block after `seconds` of this thread's processor time.

    Limits nest: an inner one never lasts longer than the outer one.

    Examples
    --------
    >>> try:
    ...     with time_limit(0.05):
    ...         while True:
    ...             pass
    ... except Budget:
    ...     print("used up")
    used up
    """
    deadlines = _deadlines()
    now = time.thread_time()
    deadline = min(now + seconds, min(deadlines, default=float("inf")))
    if deadline <= now:
        raise Budget
    deadlines.append(deadline)
    watcher: _Watcher | None = None
    if _in_main():
        if signal.getsignal(signal.SIGPROF) is not _ring:
            signal.signal(signal.SIGPROF, _ring)
        signal.setitimer(signal.ITIMER_PROF, deadline - now, _REPEAT)
    else:
        watcher = _Watcher(deadline)
    try:
        yield
    finally:
        if watcher is not None:
            watcher.stop()
        else:
            signal.setitimer(signal.ITIMER_PROF, 0)
        deadlines.remove(deadline)
        if watcher is None and deadlines:
            left = max(min(deadlines) - time.thread_time(), 1e-3)
            signal.setitimer(signal.ITIMER_PROF, left, _REPEAT)
