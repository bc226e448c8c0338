"""The doors of the house: the commands, what they say when they fail, and the front matter."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "tools" / "environment.py"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tracked() -> list[Path]:
    """Return the files of the checkout that git knows, or skip where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no git checkout here: the list of files comes from git")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


# Commands -----------------------------------------------------------------------------------


def targets() -> dict[str, str]:
    """Return the targets of the Makefile and what is said about each."""
    lines = re.findall(r"^([a-z-]+):(?!=)([^#\n]*)(?:##(.*))?$", text("Makefile"), re.M)
    return {name: said.strip() for name, _, said in lines}


def commands(name: str) -> list[str]:
    """Return the ``make`` commands in the code blocks of a page."""
    blocks = re.findall(r"^```shell\n(.*?)^```", text(name), re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line.startswith("make")]


class TestMakefile:
    def test_has_the_doors_that_the_book_promises(self) -> None:
        promised = {
            "help",
            "book",
            "pdf",
            "zip",
            "serve",
            "test",
            "pages",
            "lighthouse",
            "live",
            "proofs",
            "lint",
            "lock",
            "clean",
        }
        assert promised <= set(targets())

    def test_every_target_is_described(self) -> None:
        assert [name for name, said in targets().items() if not said] == []

    def test_every_target_is_phony(self) -> None:
        phony = re.search(r"^\.PHONY:(.*)$", text("Makefile"), re.M)
        assert phony is not None
        assert set(phony[1].split()) == set(targets())

    def test_help_lists_every_target(self) -> None:
        said = subprocess.run(
            ["make", "-C", str(ROOT), "--no-print-directory", "help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        listed = dict(re.findall(r"^  make ([\w-]+) +(\S.*)$", said, re.M))
        assert listed == targets()

    def test_every_target_is_in_the_contributors_guide(self) -> None:
        said = set(re.findall(r"`make ([\w-]+)", text("CONTRIBUTING.md") + text("README.md")))
        said |= {command.split()[1] for command in commands("README.md")}
        assert set(targets()) - said == set()

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
    def test_no_other_target_is_spoken_of(self, page: str) -> None:
        said = set(re.findall(r"`make (\w+)", text(page)))
        assert said - set(targets()) == set()


class TestContinuousIntegration:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    def made(self) -> list[str]:
        return re.findall(r"^make .*$", self.run, re.M)

    def test_runs_the_commands_of_the_readme(self) -> None:
        assert commands("README.md")
        assert set(commands("README.md")) <= set(self.made())

    def test_runs_tests_last(self) -> None:
        # The last line of its output is then the closing line of pytest.
        left = "light or widths or promises and dark"
        assert self.made() == [
            "make book",
            "make proofs",
            "make lint",
            f"make pages ARGS=\"-n logical --dist worksteal -k 'not ({left})'\"",
            "make lighthouse ARGS=\"-k 'desktop-activations'\"",
            "make test",
        ]
        assert self.run.rstrip().endswith("make test")

    def test_has_the_browsers_and_passes_nothing_over(self) -> None:
        assert all(f"missing+=({name})" in self.run for name in ("chromium", "firefox-esr"))
        assert self.run.index("export CI=true") < self.run.index("make pages")

    def test_stops_at_the_first_failure(self) -> None:
        assert "set -euo pipefail" in self.run
        assert os.access(ROOT / ".ci" / "run", os.X_OK)


class TestWithoutMake:
    steps = re.findall(r"^(?:py -3|\.venv\\Scripts\\python) (.*)$", text("README.md"), re.M)

    def test_makes_installs_builds_and_tests(self) -> None:
        verbs = [step.split()[1] for step in self.steps]
        assert verbs == ["venv", "pip", "pip", "pip", "dlnotes.bookkit", "pytest"]

    def test_installs_what_make_installs(self) -> None:
        first, second, third = (step for step in self.steps if step.startswith("-m pip"))
        names = {Requirement(each).name for each in PROJECT["dependency-groups"]["build"]}
        assert set(first.split("constraints.txt ")[1].split()) == names
        assert re.findall(r"--group (\w+)", second) == ["book", "test"]
        assert all(word in second for word in ("-c constraints.txt", "--no-build-isolation"))
        assert re.findall(r"--group ([\w-]+)", third) == ["book-alone", "test-alone"]
        assert all(word in third for word in ("--no-deps", "--no-build-isolation"))

    @pytest.mark.parametrize("step", steps[4:])
    def test_modules_are_there(self, step: str) -> None:
        assert importlib.util.find_spec(step.split()[1])


# The set-up, with fakes ---------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with a package of nothing that depends on one thing nobody has."""
    (tmp_path / "tools").mkdir()
    shutil.copy(SCRIPT, tmp_path / "tools")
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["no-such-backend"]\n[project]\nname = "nothing"\n'
        '[dependency-groups]\nbuild = ["no-such-backend>=1"]\nbook = ["no-such-package"]\n'
        "[tool.ruff]\nline-length = 96\n",
        encoding="utf-8",
    )
    (tmp_path / "constraints.txt").write_text("no-such-backend==1.0\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def module(checkout: Path) -> ModuleType:
    """Return the script of the fake checkout as a module."""
    spec = importlib.util.spec_from_file_location("fake", checkout / "tools" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def ready(checkout: Path, module: ModuleType) -> Path:
    """Return the fake checkout with an environment that is up to date."""
    environment = module.Environment(str(checkout))
    os.makedirs(os.path.dirname(environment.python))
    os.symlink(sys.executable, environment.python)
    stamp = {"digest": environment.pins_digest(), "groups": ["book"]}
    Path(environment.stamp).write_text(json.dumps(stamp), encoding="utf-8")
    return checkout


def fake_python(folder: Path, version: tuple[int, int], able: bool = True) -> Path:
    """Write a program that answers as a Python of `version` at its own path would."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "python3"
    answer = json.dumps([str(path), list(version), able])
    path.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def set_up(checkout: Path, *words: str, **variables: str) -> tuple[int, list[str]]:
    """Run the script; return its exit status and the lines that it wrote to stderr."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, str(checkout / "tools" / "environment.py"), *(words or ["book"])],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


class TestFailuresTakeOneLine:
    def test_old_python(self, checkout: Path) -> None:
        old = fake_python(checkout / "old", (3, 8))
        assert set_up(checkout, PYTHON=str(old)) == (
            1,
            [f"environment: needs Python 3.11 or newer, found 3.8 at {old}"],
        )

    def test_no_python(self, checkout: Path) -> None:
        status, said = set_up(checkout, PYTHON="/no/python/here")
        assert status == 1
        assert said == [
            "environment: needs Python 3.11 or newer, found none at /no/python/here"
        ]

    def test_no_venv_module(self, checkout: Path) -> None:
        bare = fake_python(checkout / "bare", (3, 12), able=False)
        status, said = set_up(checkout, PYTHON=str(bare))
        assert status == 1
        assert said == [
            f"environment: {bare} has no venv module; "
            "on Debian or Ubuntu: apt install python3.12-venv"
        ]

    def test_no_package(self, checkout: Path) -> None:
        # A real environment and a real pip, whose index is an empty folder.
        (checkout / "index").mkdir()
        status, said = set_up(
            checkout, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=(checkout / "index").as_uri()
        )
        assert status == 1
        assert len(said) == 1
        assert said[0].startswith("environment: not installed; pip said last: ERROR: ")
        assert "no-such-backend" in said[0]
        assert not (checkout / ".venv" / "installing").exists()
        assert not (checkout / ".venv" / "book-environment.json").exists()

    def test_offline(self, checkout: Path) -> None:
        # Port 9 of this machine: nothing listens there.
        status, said = set_up(
            checkout,
            PIP_CONFIG_FILE=os.devnull,
            PIP_INDEX_URL="http://127.0.0.1:9/simple",
            PIP_RETRIES="1",
            NO_PROXY="*",
        )
        assert status == 1
        assert len(said) == 1
        assert said[0].startswith("environment: offline, no package index answers; pip said")

    def test_no_space_before_starting(
        self,
        checkout: Path,
        module: ModuleType,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        usage = SimpleNamespace(free=5 * 10**6)
        monkeypatch.setattr(module.shutil, "disk_usage", lambda _: usage)
        assert module.main(["book"]) == 1
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 1
        assert re.match(r"environment: no space: \d+ MB are needed and 5 MB are free", said[0])
        assert not (checkout / ".venv").exists()

    def test_no_space_on_the_way(self, module: ModuleType) -> None:
        lines = ["Collecting numpy", "ERROR: [Errno 28] No space left on device"]
        assert module.explain(lines, "pip") == (
            "no space left on the disk; pip said last: "
            "ERROR: [Errno 28] No space left on device"
        )

    def test_unknown_group(self, checkout: Path) -> None:
        assert set_up(checkout, "bok") == (
            1,
            ["environment: there is no group 'bok' in pyproject.toml, only book, build"],
        )


class TestEnvironment:
    def test_nothing_is_done_twice(self, ready: Path) -> None:
        before = sorted(path.name for path in (ready / ".venv").iterdir())
        assert set_up(ready) == (0, [])
        assert sorted(path.name for path in (ready / ".venv").iterdir()) == before

    @pytest.mark.parametrize(
        ("name", "addition"),
        [("constraints.txt", "numpy==9.9\n"), ("pyproject.toml", "[project.urls]\na='b'\n")],
    )
    def test_changed_pins_are_noticed(
        self, ready: Path, module: ModuleType, name: str, addition: str
    ) -> None:
        environment = module.Environment(str(ready))
        assert environment.stamped()[0] == environment.pins_digest()
        with (ready / name).open("a", encoding="utf-8") as file:
            file.write(addition)
        assert environment.stamped()[0] != environment.pins_digest()

    def test_tool_settings_are_no_pins(self, ready: Path, module: ModuleType) -> None:
        environment = module.Environment(str(ready))
        with (ready / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write("[tool.mypy]\nstrict = true\n")
        assert environment.stamped()[0] == environment.pins_digest()

    def test_missing(self, checkout: Path, module: ModuleType) -> None:
        assert module.Environment(str(checkout)).fault() == "missing"

    def test_sound(self, ready: Path, module: ModuleType) -> None:
        assert module.Environment(str(ready)).fault() is None

    def test_stopped_halfway(self, ready: Path, module: ModuleType) -> None:
        environment = module.Environment(str(ready))
        Path(environment.marker).touch()
        assert environment.fault() == "half made"

    def test_interpreter_gone(self, ready: Path, module: ModuleType) -> None:
        environment = module.Environment(str(ready))
        os.remove(environment.python)
        os.symlink(ready / "uninstalled", environment.python)
        assert environment.fault() == "broken"

    def test_other_interpreter_wanted(
        self, ready: Path, module: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        newer = fake_python(ready / "newer", (3, 99))
        monkeypatch.setenv("PYTHON", str(newer))
        here = ".".join(map(str, sys.version_info[:2]))
        assert module.Environment(str(ready)).fault() == f"of Python {here}"

    def test_broken_one_is_made_anew(
        self, ready: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (ready / ".venv" / "installing").touch()
        (ready / "index").mkdir()
        index = (ready / "index").as_uri()
        status, _ = set_up(ready, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=index)
        assert status == 1  # there is nothing to install in this checkout
        assert (ready / ".venv" / "pyvenv.cfg").is_file()

    def test_runs_python_with_one_thread(self, ready: Path) -> None:
        code = "import os, sys; sys.exit(int(os.environ['OMP_NUM_THREADS']) + 6)"
        assert set_up(ready, "book", "--", "-c", code, OMP_NUM_THREADS="8") == (7, [])


class TestScript:
    @staticmethod
    def tree() -> ast.Module:
        return ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 4))

    def test_uses_no_syntax_that_an_old_python_refuses(self) -> None:
        new = ast.JoinedStr | ast.NamedExpr | ast.AnnAssign | ast.AsyncFunctionDef | ast.Match
        assert [node.lineno for node in ast.walk(self.tree()) if isinstance(node, new)] == []
        # Text in ASCII: Python 2 asks for a declaration otherwise.
        assert SCRIPT.read_bytes().isascii()

    def test_uses_the_standard_library_only(self) -> None:
        names = {
            alias.name
            for n in ast.walk(self.tree())
            if isinstance(n, ast.Import)
            for alias in n.names
        }
        assert names <= sys.stdlib_module_names
        # What is new since 3.0 is imported where the version is known to be right.
        top = {a.name for n in self.tree().body if isinstance(n, ast.Import) for a in n.names}
        assert "tomllib" not in top


# Pins ---------------------------------------------------------------------------------------


@cache
def pinned() -> dict[str, list[Requirement]]:
    """Return what constraints.txt pins."""
    return pins(text("constraints.txt"))


def pins(lines: str) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for line in lines.splitlines():
        if line.partition("#")[0].strip():
            requirement = Requirement(line.partition(" #")[0])
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group, those of the groups in it included."""
    found = []
    for entry in PROJECT["dependency-groups"][name]:
        found += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return found


def installed(roots: list[str]) -> dict[str, str]:
    """Return name and version of every installed distribution that `roots` bring along."""
    found: dict[str, str] = {}
    waiting = [Requirement(root) for root in roots]
    done = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        extras = wanted.extras or {""}
        if (name, frozenset(extras)) in done:
            continue
        done.add((name, frozenset(extras)))
        if wanted.marker and not any(
            wanted.marker.evaluate({"extra": e}) for e in extras | {""}
        ):
            continue
        try:
            got = distribution(name)
        except PackageNotFoundError:
            continue  # another group's; it is pinned all the same, see the test of the lists
        found[name] = got.version
        for line in got.requires or ():
            below = Requirement(line)
            if not below.marker or any(
                below.marker.evaluate({"extra": e}) for e in extras | {""}
            ):
                below.marker = None
                waiting.append(below)
    return found


class TestConstraints:
    def test_every_line_is_one_exact_version(self) -> None:
        loose = [
            str(each)
            for versions in pinned().values()
            for each in versions
            if each.url or [s.operator for s in each.specifier] != ["=="]
        ]
        assert loose == []
        assert [name for name, versions in pinned().items() if len(versions) > 1] == []

    def test_no_address_and_no_path(self) -> None:
        lines = text("constraints.txt").splitlines()
        pattern = re.compile(r"://|^\s*-|[ @]/\w|file:")
        assert [line for line in lines if pattern.search(line.partition("# via")[0])] == []

    @pytest.mark.parametrize("name", ["build", "book", "test", "dev"])
    def test_every_requirement_is_pinned_within_its_bounds(self, name: str) -> None:
        wanted = [*group(name), *PROJECT["project"]["dependencies"]]
        wanted += PROJECT["build-system"]["requires"]
        faults = []
        for requirement in map(Requirement, wanted):
            pin = pinned().get(canonicalize_name(requirement.name), [None])[0]
            version = next(iter(pin.specifier)).version if pin else "missing"
            if not pin or not requirement.specifier.contains(version, prereleases=True):
                faults.append(f"{requirement}: {version}")
        assert faults == [], "make lock"

    def test_what_is_installed_is_what_is_pinned(self) -> None:
        roots = [*group("dev"), *group("build"), *PROJECT["project"]["dependencies"]]
        faults = {}
        for name, version in installed(roots).items():
            pin = pinned().get(name, [None])[0]
            if pin is None or not pin.specifier.contains(version, prereleases=True):
                faults[name] = f"installed {version}, pinned {pin}"
        assert faults == {}, "make lock, or make test to bring the environment up to date"

    @pytest.mark.parametrize("name", [n for n in PROJECT["dependency-groups"] if "-alone" in n])
    def test_what_is_installed_alone_is_pinned_by_itself(self, name: str) -> None:
        """`make lock` does not see these groups, since it would follow their dependencies."""
        assert [r for r in group(name) if not re.fullmatch(r"[\w-]+==[\d.]+", r)] == []
        assert name.removesuffix("-alone") in PROJECT["dependency-groups"]

    def test_build_backend_has_one_bound(self) -> None:
        assert set(PROJECT["build-system"]["requires"]) <= set(group("build"))

    def test_faults_are_seen(self) -> None:
        assert pins("a==1\nb==2 ; python_version < '3'  # via a\n").keys() == {"a", "b"}
        assert installed(["pytest"]).keys() >= {"pytest", "pluggy", "iniconfig"}


# Front matter -------------------------------------------------------------------------------


class TestFrontMatter:
    def test_citation_is_complete(self) -> None:
        citation = yaml.safe_load(text("CITATION.cff"))
        assert {"cff-version", "message", "title", "authors"} <= set(citation)
        assert citation["cff-version"] == "1.2.0"
        assert citation["version"] == PROJECT["project"]["version"]
        assert citation["authors"] == [
            {"name": "The makers of Deep Learning: Theoretical Aspects"}
        ]

    def test_package_has_the_version_of_the_project(self) -> None:
        import dlnotes

        assert dlnotes.__version__ == PROJECT["project"]["version"]

    def test_changelog_has_the_agreed_form(self) -> None:
        headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.M)
        assert headings[0] == "[Unreleased]"
        dated = re.compile(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d")
        assert [each for each in headings[1:] if not dated.fullmatch(each)] == []
        kinds = set(re.findall(r"^### (.*)$", text("CHANGELOG.md"), re.M))
        assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

    def test_licences_are_there(self) -> None:
        assert text("LICENSE").startswith("MIT License\n")
        assert text("LICENSE-CC-BY-4.0").startswith("Attribution 4.0 International\n")

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
    def test_links_lead_somewhere(self, page: str) -> None:
        links = re.findall(r"\]\(([^)#]+)[^)]*\)", text(page))
        assert [
            each for each in links if "://" not in each and not (ROOT / each).exists()
        ] == []

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
    def test_files_spoken_of_are_there(self, page: str) -> None:
        # TOPIC stands for any topic, and not every topic has proofs.
        pattern = r"`((?:book|src|tests|tools)/[\w./-]*|[\w-]+\.(?:md|py|txt|toml|bib|cff))`"
        known = [each for each in re.findall(pattern, text(page)) if "TOPIC" not in each]
        assert known
        files = {path.name for path in tracked()}
        gone = [each for each in known if not (ROOT / each).exists() and each not in files]
        assert gone == []

    def test_nothing_speaks_of_one_machine(self) -> None:
        # Written in pieces, so that this file is not one of those that it looks for.
        taboo = re.compile("/wo" + r"rk/\w|/tm" + r"p/lead|/ro" + r"ot/|/opt/(wheels|pypi)")
        faults = []
        for path in tracked():
            try:
                lines = path.read_text(encoding="utf-8").splitlines()
            except UnicodeDecodeError:
                continue  # a photograph or a font
            name = path.relative_to(ROOT)
            faults += [f"{name}:{i}: {x}" for i, x in enumerate(lines, 1) if taboo.search(x)]
        assert faults == []


class TestLastGoodBook:
    """A build that fails leaves the book of the build before it."""

    @pytest.fixture
    def book(self, tmp_path: Path) -> Path:
        (tmp_path / "conf.py").write_text("project = 'Small'\n", encoding="utf-8")
        (tmp_path / "book").mkdir()
        (tmp_path / "book" / "index.rst").write_text("Small\n=====\n", encoding="utf-8")
        return tmp_path

    def test_stays(self, book: Path, capfd: pytest.CaptureFixture[str]) -> None:
        from dlnotes.bookkit.building import build_html

        assert build_html(book) == 0
        good = (book / "_build" / "html" / "index.html").read_bytes()
        page = book / "book" / "index.rst"
        page.write_text("Small\n=====\n\n:nosuchrole:`x`\n", encoding="utf-8")
        assert build_html(book) != 0
        assert "the last good book is still there" in capfd.readouterr().err
        assert (book / "_build" / "html" / "index.html").read_bytes() == good
        assert build_html(book) != 0, "the same fault is seen again"
        page.write_text("Small\n=====\n\nRepaired.\n", encoding="utf-8")
        assert build_html(book) == 0
        assert b"Repaired." in (book / "_build" / "html" / "index.html").read_bytes()
