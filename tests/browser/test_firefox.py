"""Firefox sets the formulas too: another engine, another reading of MathML.

Playwright drives only a Firefox of its own making; Debian's understands WebDriver BiDi, which
is JSON over a socket.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from conftest import missing
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)

pytestmark = pytest.mark.enable_socket  # to the browser, on this machine

# Of every fraction, whether one part stands above the other; of every formula its width.
LOOK = """JSON.stringify({
  flat: [...document.querySelectorAll("article mfrac")].filter((fraction) => {
    const [above, below] = [...fraction.children].map((part) => part.getBoundingClientRect());
    return fraction.checkVisibility() && above.bottom > below.top + 1;
  }).length,
  fractions: document.querySelectorAll("article mfrac").length,
  empty: [...document.querySelectorAll("article math")].filter((m) => m.checkVisibility() &&
    m.textContent.trim() && m.getBoundingClientRect().width < 2).length,
  formulas: document.querySelectorAll("article math").length,
  font: document.fonts.check("1em 'STIX Two Math'"),
  wide: document.documentElement.scrollWidth - innerWidth,
})"""


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Return a function that opens a page in Firefox and looks at its formulas."""
    if FIREFOX is None:
        missing("there is no Firefox here: apt install firefox-esr")
    profile = tmp_path_factory.mktemp("firefox")
    command = [FIREFOX, "--headless", "--no-remote", "--profile", profile]
    process = subprocess.Popen(
        [*command, "--remote-debugging-port", "0"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    address = next(filter(None, (re.search(r"ws://\S+", line) for line in process.stderr)))[0]
    numbers = itertools.count()
    with connect(f"{address}/session", max_size=None, open_timeout=60) as socket:

        def ask(method: str, **params: Any) -> dict[str, Any]:
            number = next(numbers)
            socket.send(json.dumps({"id": number, "method": method, "params": params}))
            while True:
                answer = json.loads(socket.recv(timeout=120))
                if answer.get("id") == number:
                    assert answer["type"] == "success", answer
                    return dict(answer["result"])

        ask("session.new", capabilities={})
        context = ask("browsingContext.getTree")["contexts"][0]["context"]

        def open_and_look(address: str) -> dict[str, Any]:
            ask("browsingContext.navigate", context=context, url=address, wait="complete")
            settled = {"target": {"context": context}, "awaitPromise": True}
            ask("script.evaluate", expression="document.fonts.ready.then(() => 1)", **settled)
            found = ask("script.evaluate", expression=LOOK, **settled)
            seen: dict[str, Any] = json.loads(found["result"]["value"])
            return seen

        yield open_and_look
    process.terminate()
    process.wait(30)
    process.stderr.close()


@pytest.mark.parametrize("name", ["activations", "backpropagation", "linear_networks"])
def test_formulas_are_typeset(look, site: Path, name: str):
    seen = look((site / f"{name}.html").as_uri())
    assert seen["formulas"] > 100
    assert seen["fractions"] > 5
    assert (seen["flat"], seen["empty"]) == (0, 0)
    assert seen["font"]
    assert seen["wide"] <= 0
