"""The house has stairs that go one way: topics below, then checking, then the pages."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
PACKAGE = SOURCE / "dlnotes"

TOPICS = (
    "activations",
    "ambiguous_images",
    "backpropagation",
    "convolution",
    "linear_networks",
)
PAGES = (  # what only the pages need: a topic or a checker never loads it
    *("sphinx", "docutils", "myst_nb", "myst_parser", "IPython", "furo", "sphinx_proof"),
    *("sphinx_exercise", "sphinxcontrib", "math_core", "ziamath", "fontTools"),
)
RUN_TIME = {"dlnotes", "numpy", "scipy", "sympy", "mpmath"}  # mpmath comes with sympy
EXTRAS = {  # what is imported inside functions only: installed by an extra of pyproject.toml
    "activations": {"numba"},
    "ambiguous_images": {"PIL", "onnx", "onnxruntime", "dask", "numba"},
}

# What the first may not import. Figures draw topics; a topic draws nothing.
FORBIDDEN = {
    **dict.fromkeys(
        TOPICS,
        ("dlnotes.checking", "dlnotes.bookkit", "dlnotes.figures", "matplotlib", *PAGES),
    ),
    "checking": (*(f"dlnotes.{topic}" for topic in TOPICS), "dlnotes.bookkit", *PAGES),
    "bookkit": tuple(f"dlnotes.{topic}" for topic in TOPICS),
    "figures": ("dlnotes.checking", "dlnotes.bookkit", "matplotlib.pyplot", *PAGES),
    "explorables": ("dlnotes.checking", "dlnotes.bookkit", *PAGES),
    "commands": ("dlnotes.checking", "dlnotes.bookkit", *PAGES),
}


def files(room: str, package: Path = PACKAGE) -> list[Path]:
    """Return the modules of a room: ``room.py``, or what is in ``room/``."""
    return [*package.glob(f"{room}.py"), *sorted((package / room).glob("**/*.py"))]


def imports(file: Path, source: Path = SOURCE) -> set[str]:
    """Return the full dotted names of all that `file` imports, at any depth of its code.

    Imports under ``if TYPE_CHECKING:`` count as well: what the types of a module know, the
    module knows.
    """
    parts = file.relative_to(source).with_suffix("").parts
    package = parts if parts[-1] == "__init__" else parts[:-1]
    package = tuple(part for part in package if part != "__init__")
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *filter(None, [node.module])))
            names.update(f"{base}.{alias.name}" for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            names.add(str(node.args[0].value))
    return names


def trespasses(
    room: str, forbidden: tuple[str, ...], package: Path = PACKAGE
) -> list[tuple[str, str]]:
    return [
        (file.relative_to(package).as_posix(), name)
        for file in files(room, package)
        for name in sorted(imports(file, package.parent))
        if any(name == taboo or name.startswith(taboo + ".") for taboo in forbidden)
    ]


class TestWritten:
    @pytest.mark.parametrize("room", FORBIDDEN)
    def test_imports_go_one_way(self, room: str) -> None:
        assert trespasses(room, FORBIDDEN[room]) == []

    @pytest.mark.parametrize("topic", TOPICS)
    def test_topics_need_run_time_dependencies_only(self, topic: str) -> None:
        roots = {name.split(".")[0] for file in files(topic) for name in imports(file)}
        assert roots - RUN_TIME - EXTRAS.get(topic, set()) - sys.stdlib_module_names == set()

    def test_every_room_of_the_package_is_known(self) -> None:
        rooms = {
            path.stem
            for path in PACKAGE.iterdir()
            if (path.suffix == ".py" or (path / "__init__.py").is_file())
            and not path.stem.startswith("_")
        }
        assert rooms - set(FORBIDDEN) == set(), "give the new module a place in FORBIDDEN"

    @pytest.mark.parametrize("topic", TOPICS)
    def test_every_topic_has_its_rooms(self, topic: str, root: Path) -> None:
        assert files(topic), f"src/dlnotes/{topic}.py"
        assert (root / "book" / f"{topic}.md").is_file()
        assert (root / "tests" / f"test_{topic}.py").is_file()


class TestLoaded:
    @pytest.mark.parametrize("room", [*TOPICS, "checking", "bookkit"])
    def test_nothing_forbidden_is_loaded(self, room: str) -> None:
        if not files(room):
            pytest.skip(f"there is no dlnotes.{room} yet")
        # -I leaves out the working folder; the package itself is installed in the environment.
        code = f"import sys, dlnotes.{room}; print(*sys.modules, sep='\\n')"
        loaded = subprocess.run(
            [sys.executable, "-I", "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        ).stdout.split()
        inside = tuple(f"{taboo}." for taboo in FORBIDDEN[room])
        assert [m for m in loaded if f"{m}.".startswith(inside)] == []
        extras = tuple(f"{name}." for name in EXTRAS.get(room, ()))
        assert [m for m in loaded if extras and f"{m}.".startswith(extras)] == []


class TestRulesCanFail:
    @pytest.mark.parametrize(
        "line",
        [
            "import dlnotes.bookkit",
            "from dlnotes import bookkit",
            "from dlnotes.bookkit.mathml import render",
            "from .. import bookkit",
            "from ..bookkit import mathml",
            "def f():\n    from dlnotes.bookkit import setup",
            "import importlib\nimportlib.import_module('dlnotes.bookkit')",
            "if TYPE_CHECKING:\n    import dlnotes.bookkit.mathml",
        ],
    )
    def test_trespass_is_seen(self, line: str, tmp_path: Path) -> None:
        topic = tmp_path / "dlnotes" / "topic"
        topic.mkdir(parents=True)
        (topic / "module.py").write_text(line, encoding="utf-8")
        assert trespasses("topic", ("dlnotes.bookkit",), tmp_path / "dlnotes")

    def test_similar_name_is_no_trespass(self, tmp_path: Path) -> None:
        (tmp_path / "dlnotes").mkdir()
        (tmp_path / "dlnotes" / "topic.py").write_text("import dlnotes.bookkit_names")
        assert trespasses("topic", ("dlnotes.bookkit",), tmp_path / "dlnotes") == []
