"""Time limits that reach into SymPy: a block is left with `Budget` when its time is used up.

Counted is the processor time of the thread, so that a busy machine changes no verdict. In the
main thread an interval timer rings; in other threads a watcher raises the exception there.
"""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["Budget", "collecting_rarely", "remaining", "shielded", "time_limit"]

# A bell may ring as much before the time: what is over for it is over for what begins after it.
_GRAIN = 2e-3
_REPEAT = 0.5
"""After so many seconds the bell rings again, in case a handler swallowed it."""
_local = threading.local()
_shielded: set[int] = set()


class Budget(Exception):
    """The time given to a method is used up."""


def _deadlines() -> dict[int, float]:
    """Return the books of this thread; they keep no limit alive, so that one forgotten ends."""
    if not hasattr(_local, "deadlines"):
        _local.deadlines = {}
    return _local.deadlines  # type: ignore[no-any-return]


def remaining() -> float:
    """Return the seconds left to the innermost limit of this thread, infinite without one."""
    return min(_deadlines().values(), default=float("inf")) - time.thread_time()


def _in_main() -> bool:
    here = threading.current_thread() is threading.main_thread()
    return here and hasattr(signal, "setitimer")


class _Watcher:
    """Raises `Budget` in another thread once its processor time has reached a deadline."""

    def __init__(self, deadline: float) -> None:
        self.deadline, self.target = deadline, threading.get_ident()
        self.lock, self.done, self.rung = threading.Lock(), threading.Event(), False

    def start(self) -> None:
        """Begin to look; whoever holds the watcher can stop it from here on."""
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        """Look at the clock of the thread until it is over or the block is left."""
        clock = time.pthread_getcpuclockid(self.target)
        while not self.done.wait(0.05):
            if time.clock_gettime(clock) < self.deadline:
                continue
            with self.lock:
                frame = sys._current_frames().get(self.target)
                if self.target in _shielded or _is_deaf(frame):
                    continue
                if not self.done.is_set():
                    self.rung = True
                    _raise_in(self.target)
            self.done.wait(_REPEAT)

    def stop(self) -> None:
        """Let the block end; a bell that was not heard yet is heard here."""
        with self.lock:
            self.done.set()
        if self.rung and threading.get_ident() == self.target:
            self.rung = False
            # Taken back, Python 3.11 would look for it for ever, and hang in a debugger.
            with suppress(Budget):
                _raise_in(self.target)


def _raise_in(thread: int) -> None:
    """Raise `Budget` in a thread, in place of one that is on its way there."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Budget))


_FINALISERS = ("weakref.py", "_weakrefset.py")


def _is_deaf(frame: FrameType | None) -> bool:
    """Whether no bell may ring in `frame`: it would be swallowed, or do harm.

    Callbacks of the garbage collector and of weak references, and ``__del__``, cannot raise:
    Python drops what is raised there, and complains. The functions of this file keep the books
    of the limits: cut off half-way, one would leave a limit that is over behind for ever, and
    every method after it would be told that its time is used up.
    """
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        code = frame.f_code
        if code in callbacks or code.co_name == "__del__":
            return True
        if code.co_filename == __file__ or code.co_filename.endswith(_FINALISERS):
            return True
        frame = frame.f_back
    return False


def _ring(_signal: int = 0, frame: FrameType | None = None) -> None:
    """Raise when the time is over; the timer counts other threads too and may be early."""
    left = remaining()
    if left == float("inf"):  # a bell that was put off came after the last limit
        signal.setitimer(signal.ITIMER_PROF, 0)
        return
    if left > _GRAIN or threading.get_ident() in _shielded:
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


class _Limit:
    """One block with a limit; the books are right again however it is left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.watcher: _Watcher | None = None

    def __enter__(self) -> None:
        now = time.thread_time()
        deadline = min([now + self.seconds, *_deadlines().values()])
        if deadline <= now + _GRAIN:
            raise Budget
        _deadlines()[id(self)] = deadline
        if _in_main():
            if signal.getsignal(signal.SIGPROF) is not _ring:
                signal.signal(signal.SIGPROF, _ring)
            signal.setitimer(signal.ITIMER_PROF, deadline - now, _REPEAT)
        else:
            self.watcher = _Watcher(deadline)
            self.watcher.start()

    def __exit__(self, *_: object) -> None:
        self.leave()

    def __del__(self) -> None:
        # The bell of a watcher, unlike a signal, rings wherever its thread is by then: at the
        # threshold of __enter__ and __exit__ too.
        self.leave()

    def leave(self) -> None:
        """Stop the bell of this block and set that of the one around it; again does nothing."""
        if self.watcher is not None:
            self.watcher.stop()
        if _deadlines().pop(id(self), None) is not None and _in_main():
            left = max(remaining(), 1e-3) if _deadlines() else 0
            signal.setitimer(signal.ITIMER_PROF, left, _REPEAT if left else 0)


def time_limit(seconds: float) -> _Limit:
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
    return _Limit(seconds)
