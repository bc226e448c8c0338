"""What the package shows of itself: complete ``__all__`` lists, documented to the last name."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from dataclasses import is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docutils.core import publish_doctree
from docutils.nodes import enumerated_list
from numpydoc.docscrape_sphinx import get_doc_object
from numpydoc.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

QUIET = {"report_level": 5}
PACKAGE = Path(__file__).resolve().parents[1] / "src" / "dlnotes"

# bookkit is Sphinx's side of the house: its functions are called by Sphinx, not by a reader.
PRIVATE = {"bookkit"}

# Of these only the package itself is public: its modules are parts of one engine, called by one
# another. What the package lists in __all__ is held to every rule below.
SURFACE_ONLY = {"checking"}

# The checks of numpydoc that hold here. Left out: GL01 (where the summary starts; ruff's D
# rules say it), ES01 and SA01 (an extended summary and See Also are there where they help),
# SS05 (the infinitive is ruff's D401), RT02 and the rules on capitals and full stops.
CHECKS = {
    "GL03": "one blank line between sections",
    "GL06": "only known sections",
    "GL07": "sections in their order",
    "GL08": "a docstring",
    "GL10": "directives end in two colons",
    "SS01": "a summary",
    "SS02": "the summary starts with a capital letter",
    "SS03": "the summary ends with a full stop",
    "SS06": "the summary fits one line",
    "PR01": "every parameter is documented",
    "PR02": "no parameter is documented that is not there",
    "PR03": "parameters in their order",
    "PR04": "every parameter has a type",
    "PR07": "every parameter has a description",
    "PR10": "a space before the colon",
    "RT01": "what is returned is documented",
    "RT03": "what is returned is described",
    "YD01": "what is yielded is documented",
    "EX01": "an example",
}


def modules() -> list[str]:
    """Return the dotted names of the public modules of the package."""
    found = []
    for file in sorted(PACKAGE.glob("**/*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        room, inside = "".join(parts[:1]), parts[1:]
        hidden = room in PRIVATE or (room in SURFACE_ONLY and inside)
        if not hidden and not any(part[0] == "_" for part in parts):
            found.append(".".join(("dlnotes", *parts)))
    return found


def defined(module: ModuleType) -> set[str]:
    """Return the public functions, classes and constants that the module's own text defines."""
    names: set[str] = set()
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(
                name.id
                for target in targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name) and name.id.isupper()
            )
    return {name for name in names if not name.startswith("_")}


def shared(name: str) -> set[str]:
    """Return the words in the sibling modules of a module inside a package.

    A helper that one module of a topic lends to another is no part of the public interface; a
    name without underscore that nobody else uses is a name somebody forgot to list.
    """
    package = PACKAGE.joinpath(*name.split(".")[1:-1])
    if package == PACKAGE:
        return set()
    own = package / f"{name.rpartition('.')[2]}.py"
    siblings = [file for file in package.glob("**/*.py") if file != own]
    return set(re.findall(r"\w+", " ".join(f.read_text(encoding="utf-8") for f in siblings)))


def is_record(value: object) -> bool:
    """Whether a class is made by others for the reader: a result, a named tuple, an error."""
    return inspect.isclass(value) and (
        is_dataclass(value) or hasattr(value, "_fields") or issubclass(value, Exception)
    )


def _of_ours(function: object) -> bool:
    return str(getattr(function, "__module__", "")).startswith("dlnotes")


def applicable(name: str) -> set[str]:
    """Return the checks that hold for the object called `name`."""
    module, _, attribute = name.rpartition(".")
    value = getattr(importlib.import_module(module), attribute)
    checks = set(CHECKS)
    if module.startswith("dlnotes.figures."):
        checks -= {"EX01"}  # the chapter is the example, and it is run
    if is_record(value):
        checks -= {"EX01"}  # the function that returns it has the example
        fields = getattr(value, "__dataclass_fields__", getattr(value, "_fields", ()))
        told = {n for p in get_doc_object(value)["Attributes"] for n in p.name.split(", ")}
        # Fields may be documented as attributes instead of parameters, but then all of them.
        if issubclass(value, Exception) or {f for f in fields if f[0] != "_"} <= told:
            checks -= {"PR01", "PR02"}
    elif inspect.isclass(value) and not _of_ours(value.__init__):
        checks -= {"PR01", "PR02"}  # made as its base class is made
    return checks


def public() -> list[str]:
    """Return the dotted name of every public callable, where it is defined."""
    found = set()
    for name in modules():
        module = importlib.import_module(name)
        for attribute in getattr(module, "__all__", ()):
            value = getattr(module, attribute)
            if inspect.isfunction(value) or inspect.isclass(value):
                where = value.__module__ if value.__module__.startswith("dlnotes.") else name
                found.add(
                    f"{where}.{value.__name__}" if where != name else f"{name}.{attribute}"
                )
    return sorted(found)


def methods(name: str) -> list[str]:
    """Return the public methods and properties that a class of ours defines itself."""
    module, _, attribute = name.rpartition(".")
    value = getattr(importlib.import_module(module), attribute)
    if not inspect.isclass(value):
        return []
    return [
        f"{name}.{key}"
        for key, member in vars(value).items()
        if not key.startswith("_")
        and (
            (inspect.isfunction(member) and "dlnotes" in member.__code__.co_filename)
            or isinstance(member, property | classmethod | staticmethod)
        )
    ]


def faults(name: str, checks: set[str]) -> list[str]:
    return [f"{code}: {said}" for code, said in validate(name)["errors"] if code in checks]


@pytest.mark.parametrize("name", modules())
class TestAll:
    def test_is_there(self, name: str) -> None:
        assert hasattr(importlib.import_module(name), "__all__")

    def test_has_no_name_twice_and_none_that_is_missing(self, name: str) -> None:
        module = importlib.import_module(name)
        names = list(module.__all__)
        assert len(set(names)) == len(names)
        assert [each for each in names if not hasattr(module, each)] == []
        assert [each for each in names if each.startswith("_") and each != "__version__"] == []

    def test_is_complete(self, name: str) -> None:
        module = importlib.import_module(name)
        assert defined(module) - set(module.__all__) - shared(name) == set()

    def test_package_lists_the_names_of_its_modules(self, name: str) -> None:
        module = importlib.import_module(name)
        if name == "dlnotes" or not hasattr(module, "__path__"):
            return
        # A package shows what its own modules define, and nothing of others.
        strangers = [
            each
            for each in module.__all__
            if (home := getattr(getattr(module, each), "__module__", name) or name)
            and home.startswith("dlnotes")
            and not home.startswith(name)
        ]
        assert strangers == []


@pytest.mark.parametrize("name", public())
class TestDocstrings:
    def test_callable_is_documented(self, name: str) -> None:
        assert faults(name, applicable(name)) == []

    def test_methods_are_documented(self, name: str) -> None:
        # The example of a class may show its methods; a property returns what it is.
        checks = set(CHECKS) - {"EX01", "RT01", "RT03"}
        said = {method: faults(method, checks) for method in methods(name)}
        assert {method: fault for method, fault in said.items() if fault} == {}


def lists(text: str) -> list[str]:
    """Return the references of a module that reST reads as items of a list."""
    found = []
    for thing in ast.walk(ast.parse(text)):
        if isinstance(thing, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            said = ast.get_docstring(thing) or ""
            notes = re.search(
                r"^References\n-+\n(.*?)(?:\n\w+\n---|\Z)", said, re.DOTALL | re.M
            )
            tree = publish_doctree(notes[1] if notes else "", settings_overrides=QUIET)
            found += [part.astext() for part in tree.findall(enumerated_list)]
    return found


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: file.stem)
def test_author_is_no_item_of_a_list(file: Path) -> None:
    assert lists(file.read_text("utf-8")) == []


class TestRulesCanFail:
    @pytest.fixture
    def module(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        text = (
            "__all__ = ['bare']\nHIDDEN = 1\n_PRIVATE = 2\n"
            "def bare(x):\n    '''Do it.\n\n    Parameters\n    ----------\n    y : int\n"
            "        Something.\n    '''\n    return x\n"
            "class Unlisted:\n    pass\n"
        )
        (tmp_path / "shown_badly.py").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        yield "shown_badly"
        sys.modules.pop("shown_badly", None)

    def test_incomplete_list_is_seen(self, module: str) -> None:
        missing = defined(importlib.import_module(module)) - {"bare"}
        assert missing == {"HIDDEN", "Unlisted"}

    def test_author_with_an_initial_is_seen(self) -> None:
        text = '''"""Do.\n\nReferences\n----------\nZ. Wu, Verbs.\n\nExamples\n--------\n"""'''
        assert lists(text) == ["Wu, Verbs."]

    def test_poor_docstring_is_seen(self, module: str) -> None:
        codes = {re.match(r"\w+", fault)[0] for fault in faults(f"{module}.bare", set(CHECKS))}
        assert {"PR01", "PR02", "RT01", "EX01"} <= codes
