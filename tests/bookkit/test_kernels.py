"""Kernels of several processes: how they start and run, what they print, their store."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from itertools import pairwise
from types import SimpleNamespace

import nbclient
import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.executors import utils as executors

from dlnotes.bookkit import repairs

START, GREETING, WORK = 0.1, 0.2, 1.5


def _live(times) -> None:
    """Do as nbclient does with a kernel, and say when it started, answered and was done."""

    async def start(kernel):
        times_seen.append(time.monotonic())
        await asyncio.sleep(START)

    async def greet(kernel):
        await asyncio.sleep(GREETING)
        times_seen.append(time.monotonic())

    async def live():
        await repairs._start_alone(None)
        await repairs._greet_and_let_go(None)
        await asyncio.sleep(WORK)
        times_seen.append(time.monotonic())

    times_seen: list[float] = []
    repairs._start, repairs._greet = start, greet
    asyncio.run(live())
    times.put(times_seen)


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(),
    reason="Sphinx reads pages in one process where there is no fork",
)
def test_kernels_start_one_by_one_and_run_together():
    fork = multiprocessing.get_context("fork")
    times = fork.Queue()
    processes = [fork.Process(target=_live, args=(times,)) for _ in range(3)]
    for process in processes:
        process.start()
    found = sorted(times.get(timeout=60) for _ in processes)
    for process in processes:
        process.join()
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    assert all(first[2] > second[1] for first, second in pairwise(found))


def test_a_kernel_that_cannot_start_lets_the_next_one_start(monkeypatch):
    async def fail(kernel):
        msg = "no room"
        raise OSError(msg)

    monkeypatch.setattr(repairs, "_start", fail)
    with pytest.raises(OSError, match="no room"):
        asyncio.run(repairs._start_alone(None))
    assert repairs._starting.acquire(timeout=1)
    repairs._starting.release()


@pytest.mark.enable_socket  # a kernel is spoken to through some, on this machine
def test_what_a_cell_prints_is_one_text_however_it_comes(monkeypatch):
    def texts() -> list[str]:
        prints = """import sys, time
for piece in ["half a li", "ne\\n", "another", "\\n"]:
    print(piece, end="", flush=True)
    time.sleep(0.3)"""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(prints)])
        done = executors.single_nb_execution(notebook, cwd=None, timeout=60, allow_errors=False)
        assert done.err is None
        return [output["text"] for output in notebook.cells[0].outputs]

    monkeypatch.setattr(executors, "executenb", nbclient.execute)
    assert len(texts()) > 1, "the repair is no longer needed"
    repairs._whole_streams()
    assert texts() == ["half a line\nanother\n"]


class Application:
    """As much of a Sphinx application as is asked."""

    def __init__(self, mode: str, folder: str) -> None:
        self.config = SimpleNamespace(nb_execution_mode=mode, nb_execution_cache_path=folder)


def test_a_store_of_cells_whose_making_was_broken_off_is_completed(tmp_path):
    # as another process leaves it for a moment, or a build that was stopped for good
    (tmp_path / "global.db").touch()
    with pytest.raises(RuntimeError, match="may need to be cleared"):
        get_cache(tmp_path).list_cache_records()
    repairs._tables_of_the_cache(Application("cache", str(tmp_path)))
    assert get_cache(tmp_path).list_cache_records() == []


def test_no_store_of_cells_is_made_where_none_is_used(tmp_path):
    repairs._tables_of_the_cache(Application("off", str(tmp_path / "cells")))
    assert not (tmp_path / "cells").exists()
