"""What readers move: the directive, its data, its weight, and that scripts compute as we do."""

from __future__ import annotations

import gzip
import json
import math
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from bs4 import BeautifulSoup

from dlnotes import activations
from dlnotes.bookkit.building import repository, run_sphinx
from dlnotes.bookkit.explorables import as_script_data
from dlnotes.explorables import EXPLORABLES
from dlnotes.explorables.activations import DEPTH, REACH, gradient_by_depth, pieces

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = repository() / "book" / "static" / "explorables"
SHARED = ("common.js", "explorables.css")  # every page with an explorable loads these
LIMIT = 25_000  # bytes of each, packed as servers send them, the shared ones included

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="there is no node here to run the scripts' logic: apt install nodejs"
)


@cache
def script_data(name: str) -> str:
    """Return what the page of an explorable holds for its script, made once for all tests."""
    return as_script_data(EXPLORABLES[name].data())


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def in_node(script: str, expression: str, given: object) -> Any:
    """Evaluate JavaScript with a script's exports as ``logic`` and JSON as ``given``."""
    program = (
        f"const logic = require({json.dumps(str(SCRIPTS / script))});"
        "const given = JSON.parse(require('fs').readFileSync(0, 'utf-8'));"
        f"process.stdout.write(JSON.stringify({expression}));"
    )
    done = subprocess.run(
        [str(NODE), "-e", program],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


FIGURE = (
    "```{figure} still.svg\n:name: fig-still\n"
    ":alt: One straight line that falls from one corner to the other.\n\nStill.\n```\n\n"
)
EXPLORABLE = "```{explorable} activations\nIt stands still in {numref}`fig-still`.\n```\n\n"


@pytest.fixture(scope="module")
def checkout(small_book, tmp_path_factory) -> Path:
    """Return the settings of the book and two pages, one with an explorable."""
    root: Path = small_book(tmp_path_factory.mktemp("explorables"))
    for page in (root / "book").glob("*.md"):
        page.unlink()
    (root / "book" / "still.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="5pt" '
        'viewBox="0 0 9 5"><path d="M0 0L9 5" stroke="#0072b2"/></svg>'
    )
    (root / "book" / "other.md").write_text("# Other\n\nNothing to move.\n")
    return root


def build(root: Path, text: str, builder: str = "html") -> tuple[int, Path]:
    contents = "```{toctree}\nother\n```\n\n"
    (root / "book" / "index.md").write_text(f"# Tiny\n\n{FIGURE}{text}{contents}")
    return run_sphinx(root, builder)


@pytest.fixture(scope="module")
def folder(checkout: Path) -> Path:
    status, folder = build(checkout, EXPLORABLE)
    assert status == 0
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / "index.html").read_text("utf-8"), "html5lib")


class TestDirective:
    """In a build of its own."""

    def test_page_has_box_data_and_stand_in(self, page: BeautifulSoup):
        (box,) = page.select("div.explorable")
        assert box["id"] == "explorable-activations"
        assert box["aria-label"] == EXPLORABLES["activations"].title
        data = json.loads(box.select_one("script[type='application/json']").string)
        assert data == json.loads(script_data("activations"))
        assert "It stands still in Fig" in box.select_one("noscript").get_text()
        assert box.select_one("noscript a[href='#fig-still']")

    def test_scripts_are_loaded_in_order_and_named_by_content(self, page: BeautifulSoup):
        scripts = page.select("script[src*='explorables/']")
        names = [tag["src"].partition("?v=")[0].rpartition("/")[2] for tag in scripts]
        assert names == ["common.js", *EXPLORABLES["activations"].scripts]
        assert all(len(tag["src"].partition("?v=")[2]) == 8 for tag in scripts)
        assert all(tag.has_attr("defer") for tag in scripts)
        assert page.select_one("link[href*='explorables.css?v=']")

    def test_other_pages_load_nothing_of_it(self, folder: Path):
        assert "explorables" not in (folder / "other.html").read_text("utf-8")

    def test_plain_text_has_the_stand_in_only(self, checkout: Path):
        status, folder = build(checkout, EXPLORABLE, "text")
        assert status == 0
        said = (folder / "index.txt").read_text("utf-8")
        assert "It stands still in Fig" in said
        assert "pieces" not in said

    def test_faults_are_told(self, checkout: Path, capfd):
        faults = {
            EXPLORABLE.replace("activations", "activatons"): (
                "there is no explorable 'activatons'; did you mean activations"
            ),
            "```{explorable} activations\nSee the figure.\n```\n\n": (
                "the explorable 'activations' needs a sentence for readers without scripts "
                "that refers to a figure with {numref}"
            ),
            "```{explorable}\n```\n\n": "1 argument(s) required, 0 supplied",
            2 * EXPLORABLE: 'Duplicate explicit target name: "explorable-activations"',
        }
        status, _ = build(checkout, "".join(faults))
        assert status != 0
        told = capfd.readouterr().err
        assert [said for said in faults.values() if said not in told] == []

    def test_no_tag_ends_in_the_data(self):
        text = as_script_data(["</script><script>alert(1)</script>", "<!--"])
        assert "<" not in text
        assert json.loads(text) == ["</script><script>alert(1)</script>", "<!--"]
        with pytest.raises(ValueError, match="not JSON compliant"):
            as_script_data(math.inf)


@pytest.mark.parametrize("name", EXPLORABLES)
class TestEntry:
    def test_keeps_to_its_weight(self, name: str):
        files = [*SHARED, *EXPLORABLES[name].scripts]
        scripts = sum(packed((SCRIPTS / file).read_bytes()) for file in files)
        data = packed(script_data(name).encode())
        print(f"{name}: {scripts} bytes of scripts, {data} of data, {scripts + data} in all")
        assert scripts + data <= LIMIT

    def test_scripts_are_strict_and_ask_for_nothing(self, name: str):
        for file in ("common.js", *EXPLORABLES[name].scripts):
            text = (SCRIPTS / file).read_text("utf-8")
            assert '"use strict";\n' in text
            for word in ("fetch(", "XMLHttpRequest", "import ", "//cdn", "eval(", "innerHTML"):
                assert word not in text

    def test_chapter_shows_it(self, name: str):
        pages = (repository() / "book").glob("*.md")
        assert sum(f"```{{explorable}} {name}\n" in p.read_text("utf-8") for p in pages) == 1


class TestNumbers:
    """What common.js writes for a number."""

    @needs_node
    def test_reads_well(self):
        cases = {
            0: "0",
            -1.5: "−1.5",
            0.123456: "0.1235",
            1234567: "1.235·10⁶",
            -2.5e-9: "−2.5·10⁻⁹",
            123456: "123500",
            1e300: "1·10³⁰⁰",
        }
        assert in_node("common.js", "given.map((x) => logic.number(x))", list(cases)) == list(
            cases.values()
        )


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """Return the data of the activation explorer as the script gets them."""
    tables: dict[str, Any] = json.loads(script_data("activations"))
    return tables


class TestActivations:
    def test_has_every_function_once(self, tables):
        listed = [name for _, names in tables["families"] for name in names]
        assert sorted(listed) == sorted(activations.ACTIVATIONS)
        assert set(tables["functions"]) == set(listed)

    @pytest.mark.parametrize("name", activations.ACTIVATIONS)
    def test_pieces_end_at_the_corners(self, name: str):
        entry = activations.ACTIVATIONS[name]
        inside = [at for at in entry.facts.kinks if abs(at) < REACH]
        ends = {end for start, stop, *_ in pieces(entry) for end in (start, stop)}
        assert set(inside) <= ends
        assert {-REACH, REACH} <= ends

    @needs_node
    def test_curves_are_those_of_the_package(self, tables):
        """Off the corners: value and slope to 1e-4, the second derivative to 2e-3."""
        x = np.random.default_rng(0).uniform(-6, 6, 400)
        drawn = in_node(
            "activations.js",
            "Object.fromEntries(Object.entries(given[0]).map(([name, { pieces }]) =>"
            " [name, given[1].map((x) => logic.evaluate(pieces, x))]))",
            [tables["functions"], x.tolist()],
        )
        for name, rows in drawn.items():
            entry = activations.ACTIVATIONS[name]
            true = np.array([entry.derivative(x, order) for order in (0, 1, 2)]).T
            size = max(1.0, float(np.abs(true).max()))
            off = np.abs(np.array(rows) - true).max(axis=0) / size
            assert off[0] < 1e-4, name
            assert off[1] < 3e-4, name
            assert off[2] < 3e-3, name

    @needs_node
    def test_both_sides_of_a_corner(self, tables):
        sides = in_node(
            "activations.js",
            "[false, true].map((left) => logic.evaluate(given, 0, left))",
            tables["functions"]["relu"]["pieces"],
        )
        assert sides == [[0, 1, 0], [0, 0, 0]]

    @pytest.mark.parametrize(
        ("name", "gain"), [("tanh", 1.0), ("sigmoid", 1.8462), ("relu", 1.0), ("gelu", 1.5335)]
    )
    def test_gradient_in_depth_is_that_of_a_random_network(self, name: str, gain: float):
        entry = activations.ACTIVATIONS[name]
        depth = 8
        norms = activations.gradient_norms(
            entry, depth=depth, width=600, gain=gain, rng=np.random.default_rng(1)
        )
        expected = sum(gradient_by_depth(entry, gain)[0][:depth])
        assert expected == pytest.approx(math.log10(norms[0]), abs=0.08)

    def test_end_of_the_range_is_told(self, tables):
        ends = {
            name: [course["end"] for course in entry["depth"]]
            for name, entry in tables["functions"].items()
        }
        assert ends["exponential"][:2] == ["large", "large"]
        assert ends["softshrink"][0] == "small"
        assert ends["tanh"] == ["", "", ""]

    @needs_node
    def test_logarithms_add_up(self, tables):
        course = tables["functions"]["tanh"]["depth"][2]
        sums = in_node("activations.js", "logic.logarithms(given)", course)
        true = np.cumsum(
            gradient_by_depth(activations.tanh, tables["functions"]["tanh"]["gain"])[0]
        )
        assert len(sums) == DEPTH + 1
        assert sums[0] == 0
        assert np.abs(np.array(sums[1:]) - true).max() < 0.05
