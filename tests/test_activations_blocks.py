"""Evaluation in blocks: of equal size, and the memory of one block serves the next."""

from __future__ import annotations

import itertools
import platform
import subprocess
import sys

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dlnotes.activations import blocks

SCRIPT = """
import resource
import numpy as np
from dlnotes.activations import ACTIVATIONS, blocks, walks
walks.compiled = lambda *_: None  # a compiler moves more memory than a block
{undo}
x = np.linspace(-5.0, 5.0, 3_000_000)
ACTIVATIONS["softplus"](x[:1000])
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
ACTIVATIONS["softplus"](x)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages(undo=""):
    """Return how many pages a process of its own fetches for softplus of 24 MB."""
    code = SCRIPT.format(undo=undo)
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    )
    return int(done.stdout)


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="how memory is given back is told of glibc"
)
def test_blocks_do_not_fetch_their_memory_again_and_again():
    result = 3_000_000 * 8 // 4096  # pages of the result; a few more are for one block
    assert pages() < result + 2000
    assert pages("blocks.keep_memory = lambda: None") > 2 * result


def test_a_block_leaves_room_for_others_in_what_is_kept():
    assert blocks._SEEN > 16 * blocks.BLOCK_BYTES


@given(total=st.integers(0, 10**12), length=st.integers(1, 10**12))
@example(total=0, length=1)
@example(total=9, length=4)
def test_blocks_follow_each_other_and_none_is_a_short_rest(total, length):
    assume(total // length < 1000)
    cut = [(block.start, block.stop) for block in blocks.blocks(total, length)]
    assert [cut[0][0], cut[-1][1]] == [0, total]
    assert all(stop == start for (_, stop), (start, _) in itertools.pairwise(cut))
    sizes = [stop - start for start, stop in cut]
    assert max(sizes) <= length
    assert max(sizes) - min(sizes) <= 1
    assert len(cut) == 1 or 2 * min(sizes) >= length - 1
