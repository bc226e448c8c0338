"""Make the environment of the book, and run things in it.

    python3 tools/environment.py book                     make .venv, or bring it up to date
    python3 tools/environment.py book -- -m pytest        the same, and run Python in it
    python3 tools/environment.py lock                     pin every version again

The words before ``--`` are dependency groups of pyproject.toml. What is installed is pinned by
constraints.txt. A second run with nothing changed does nothing. Whatever goes wrong is said in
one line.

Only the standard library is used, and only syntax that every Python 3 reads: whoever starts
this with Python 3.5 is told that 3.11 is needed, not that an f-string is a syntax error.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST = (3, 11)
NAMES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11", "python")
SPACE = {"book": 1100, "test": 350, "dev": 400}  # megabytes, measured and rounded up

# What pip prints when it reached nothing at all.
OFFLINE = ("NewConnectionError", "ConnectTimeout", "NameResolutionError", "ProxyError")
NO_SPACE = ("No space left on device", "[Errno 28]", "Disk quota exceeded")


class Trouble(Exception):
    """What went wrong, in one line for the person at the keyboard."""


def say(text):
    """Print a line of progress at once, also into a pipe."""
    sys.stdout.write("environment: %s\n" % text)
    sys.stdout.flush()


def dotted(version):
    """Return ``(3, 11)`` as ``3.11``."""
    return ".".join(str(part) for part in version)


# Interpreters -------------------------------------------------------------------------------


def inspect(command):
    """Return what the interpreter `command` says about itself, or None if it does not start.

    The answer is its path, its version as a pair, and whether it can make environments.
    """
    code = (
        "import sys, json\n"
        "try:\n    import venv, ensurepip\n    able = True\n"
        "except ImportError:\n    able = False\n"
        "print(json.dumps([sys.executable, list(sys.version_info[:2]), able]))"
    )
    try:
        process = subprocess.Popen(
            [command, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        answer = process.communicate()[0]
        path, version, able = json.loads(answer.decode("utf-8").strip().splitlines()[-1])
    except (OSError, ValueError, IndexError):
        return None
    return path, tuple(version), able


def find_interpreter():
    """Return the path and version of the Python that the environment is to be made of."""
    wanted = os.environ.get("PYTHON", "")
    names = [wanted] if wanted else [sys.executable] + [n for n in NAMES if shutil.which(n)]
    found = [said for said in (inspect(name) for name in names) if said]
    for path, version, able in found:
        if version >= OLDEST and able:
            return path, version
    for path, version, _ in found:
        if version >= OLDEST:
            package = "python%s-venv" % dotted(version)
            raise Trouble(
                "%s has no venv module; on Debian or Ubuntu: apt install %s" % (path, package)
            )
    needs = "needs Python %s or newer, found " % dotted(OLDEST)
    if found:
        path, version, _ = max(found, key=lambda said: said[1])
        raise Trouble("%s%s at %s" % (needs, dotted(version), path))
    raise Trouble("%snone%s" % (needs, " at " + wanted if wanted else ""))


# The environment ----------------------------------------------------------------------------


class Environment:
    """The folder ``.venv`` of a checkout.

    Two files in it say how it stands: the stamp, written last, names what is installed; the
    marker is there while pip works, so that an environment in which pip was killed halfway is
    known for what it is.
    """

    def __init__(self, root):
        self.root = root
        self.folder = os.path.join(root, ".venv")
        self.stamp = os.path.join(self.folder, "book-environment.json")
        self.marker = os.path.join(self.folder, "installing")
        self.log = os.path.join(self.folder, "install.log")
        self.python = os.path.join(
            self.folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python"))
        )

    def path(self, name):
        """Return the path of a file of the checkout."""
        return os.path.join(self.root, name)

    def pins_digest(self):
        """Return a digest of all that decides what is to be installed."""
        import tomllib  # not at the top: Python 3.10 has to get as far as the version check

        with open(self.path("pyproject.toml"), "rb") as file:
            settings = tomllib.load(file)
        # Tool settings are left out: a new lint rule is no reason to install anything.
        parts = [settings.get(key) for key in ("build-system", "project", "dependency-groups")]
        self.build_requirements = settings["dependency-groups"]["build"]
        self.known_groups = sorted(settings["dependency-groups"])
        digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8"))
        with open(self.path("constraints.txt"), "rb") as file:
            digest.update(file.read())
        return digest.hexdigest()

    def pinned(self, requirements):
        """Return the exact versions that constraints.txt has for `requirements`."""
        names = [re.match(r"[\w-]+", each).group() for each in requirements]
        with open(self.path("constraints.txt")) as file:
            lines = [line.split()[0] for line in file if line.split()]
        found = [line for line in lines if line.split("==")[0] in names]
        if len(found) < len(names):
            raise Trouble("constraints.txt does not pin %s: make lock" % " and ".join(names))
        return found

    def stamped(self):
        """Return the digest and the groups that are installed."""
        try:
            with open(self.stamp) as file:
                said = json.load(file)
            return said["digest"], set(said["groups"])
        except (OSError, ValueError, KeyError):
            return None, set()

    def fault(self):
        """Return why the environment cannot be used as it is, or None."""
        if not os.path.exists(self.folder):
            return "missing"
        if os.path.exists(self.marker):
            return "half made"
        said = inspect(self.python)
        if said is None:
            return "broken"
        wanted = inspect(os.environ["PYTHON"]) if os.environ.get("PYTHON") else None
        if said[1] < OLDEST or (wanted and wanted[1] >= OLDEST and wanted[1] != said[1]):
            return "of Python %s" % dotted(said[1])
        return None

    def make(self):
        """Make an empty environment with nothing but pip in it."""
        interpreter, version = find_interpreter()
        say("making .venv of Python %s at %s" % (dotted(version), interpreter))
        shutil.rmtree(self.folder, ignore_errors=True)
        process = subprocess.run(
            [interpreter, "-m", "venv", self.folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
        )
        if process.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            lines = [line for line in process.stdout.splitlines() if line.strip()] or [
                "nothing"
            ]
            raise Trouble(explain(lines, "the venv module"))

    def require_space(self, groups):
        """Refuse to start what cannot be finished."""
        needed = sum(SPACE.get(group, 0) for group in groups)
        free = shutil.disk_usage(self.root).free // 10**6
        if free < needed:
            raise Trouble(
                "no space: %d MB are needed and %d MB are free at %s"
                % (needed, free, self.root)
            )

    def pip(self, *arguments):
        """Run pip, say every ten seconds how far it is, and raise what it said last."""
        command = [self.python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        command += ["install", "--no-compile", "--progress-bar", "off"]
        # --editable makes pip read the build files of the checkout: run there.
        process = subprocess.Popen(
            command + list(arguments),
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
        )
        lines, started, told = [], time.time(), time.time()
        with open(self.log, "a") as log:
            for line in process.stdout:
                log.write(line)
                if line.strip():
                    lines.append(line.strip())
                if time.time() - told > 10:
                    told = time.time()
                    say("%3.0f s: %s" % (told - started, line.strip().split(" (")[0][:70]))
        if process.wait():
            raise Trouble(explain(lines or ["nothing"], "pip"))

    def install(self, groups):
        """Install the pinned packages of `groups`, and compile them."""
        with open(self.marker, "w") as file:
            file.write("pip is at work, or was stopped at it\n")
        say("installing the pinned packages of: %s" % ", ".join(sorted(groups)))
        try:
            # First pip itself: the one that comes with Python may not know --group. The build
            # backend comes along, so that the package is built by the version pinned here. No
            # constraints yet: with them an old pip words every failure as a conflict.
            self.pip(*self.pinned(self.build_requirements))
            chosen = [
                word for group in ["build"] + sorted(groups) for word in ("--group", group)
            ]
            constrained = ["--no-build-isolation", "-c", self.path("constraints.txt")]
            self.pip(*(constrained + chosen + ["-e", self.root]))
            # Packages of which only files are read: nothing that they ask for is installed.
            alone = [name + "-alone" for name in sorted(groups)]
            chosen = [w for n in alone if n in self.known_groups for w in ("--group", n)]
            if chosen:
                self.pip(*(constrained + ["--no-deps"] + chosen))
        except Trouble as trouble:
            # pip stopped in good order: what was there before is as good as it was. When the
            # disk filled up that is not known, and the marker stays.
            if "no space" not in str(trouble):
                os.remove(self.marker)
            raise
        # Compiled once here, also where PYTHONDONTWRITEBYTECODE is set: every kernel that the
        # book starts would compile Matplotlib and SymPy again. The tests of the packages, half
        # of all there is, are left out. Some files are wrong on purpose (templates): -qq, and
        # the exit status says nothing.
        subprocess.call(
            [self.python, "-m", "compileall", "-qq", "-j", "0"]
            + ["-x", r"[/\\]tests[/\\]", self.folder],
            stdout=subprocess.DEVNULL,
        )
        os.remove(self.marker)

    def ensure(self, groups):
        """Bring the environment to where `groups` are installed as pinned."""
        digest = self.pins_digest()
        unknown = sorted(set(groups) - set(self.known_groups))
        if unknown:
            raise Trouble(
                "there is no group %r in pyproject.toml, only %s"
                % (unknown[0], ", ".join(self.known_groups))
            )
        fault = self.fault()
        stamped, present = self.stamped()
        if fault is None and stamped == digest and set(groups) <= present:
            return
        started = time.time()
        self.require_space(set(groups) - (set() if fault else present))
        if fault:
            if fault != "missing":
                say(".venv is %s: it is made anew" % fault)
            self.make()
            present = set()
        groups = present | set(groups)
        self.install(groups)
        with open(self.stamp + ".new", "w") as file:
            json.dump({"digest": digest, "groups": sorted(groups)}, file)
        os.replace(self.stamp + ".new", self.stamp)
        say("ready after %.0f s" % (time.time() - started))


def explain(lines, who):
    """Put what `who` printed before it failed into one line."""
    text = "\n".join(lines)
    errors = [line for line in lines if line.startswith("ERROR:")]
    errors = errors or [line for line in lines if "Error:" in line] or lines
    last = errors[-1] if len(errors[-1]) < 300 else errors[-1][:300] + " ..."
    if any(sign in text for sign in NO_SPACE):
        return "no space left on the disk; %s said last: %s" % (who, last)
    if any(sign in text for sign in OFFLINE):
        return "offline, no package index answers; %s said last: %s" % (who, last)
    return "not installed; %s said last: %s" % (who, last)


# Pinning ------------------------------------------------------------------------------------

HEADER = """\
# Every version that the environment of the book may contain, on every platform and every Python
# from 3.11 on: one version of each package for all of them. Written by `make lock`, which keeps
# the pins that still fit; `make lock UPGRADE=1` raises them all. The tool behind it is
# `uv pip compile --universal --fork-strategy fewest`. Do not edit: bounds and the reasons for
# them stand in pyproject.toml.
"""


def uv_settings(python):
    """Return pip's settings of this machine as environment variables for uv.

    uv does not read pip's configuration. The addresses stay in the environment of one process
    and are written nowhere.
    """
    asked = subprocess.run(
        [python, "-m", "pip", "config", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    )
    said = {}
    for line in asked.stdout.splitlines():
        key, _, value = line.partition("=")
        said[key.rpartition(".")[2].strip(":")] = value.strip("'\"")
    settings = {}
    if "index-url" in said:
        settings["UV_DEFAULT_INDEX"] = said["index-url"]
    if "extra-index-url" in said:
        settings["UV_INDEX"] = " ".join(said["extra-index-url"].split())
    if "find-links" in said:
        settings["UV_FIND_LINKS"] = ",".join(said["find-links"].split())
    if "cert" in said:
        settings["SSL_CERT_FILE"] = said["cert"]
    return settings


def lock(environment, upgrade):
    """Write constraints.txt anew."""
    environment.pins_digest()
    if environment.fault():
        environment.make()
    # Not the environment's stamp: the pins that it asks for may be the ones that do not fit.
    if subprocess.call([environment.python, "-c", "import uv"], stderr=subprocess.DEVNULL):
        environment.pip("uv")  # whichever version: the pins are what is being made
    pinned = environment.path("constraints.txt")
    draft = pinned + ".new"
    if os.path.exists(pinned) and not upgrade:
        shutil.copyfile(pinned, draft)
    command = [environment.python, "-m", "uv", "pip", "compile", "--universal", "--quiet"]
    command += ["--python-version", dotted(OLDEST), "--fork-strategy", "fewest"]
    command += ["--index-strategy", "unsafe-best-match"]  # which is what pip does
    command += ["--no-header", "--annotation-style", "line", "--no-emit-index-url"]
    for group in ("dev", "browser", "build"):
        command += ["--group", group]
    command += ["pyproject.toml", "-o", os.path.basename(draft)]
    settings = dict(os.environ, **uv_settings(environment.python))
    status = subprocess.call(command, cwd=environment.root, env=settings)
    if status:
        if os.path.exists(draft):
            os.remove(draft)
        raise Trouble("constraints.txt stays as it is: uv ended with status %d" % status)
    with open(draft) as file:
        text = file.read()
    with open(draft, "w") as file:
        file.write(HEADER + text)
    os.replace(draft, pinned)
    say("constraints.txt pins %d packages" % sum("==" in line for line in text.splitlines()))


# The command --------------------------------------------------------------------------------


def main(arguments):
    """Run the command; return the exit status."""
    if "--" in arguments:
        cut = arguments.index("--")
        groups, command = arguments[:cut], arguments[cut + 1 :]
    else:
        groups, command = arguments, []
    if not groups or groups[0].startswith("-"):
        sys.stdout.write(__doc__)
        return 2
    try:
        if sys.version_info[:2] < OLDEST:
            # Some newer Python may stand beside this one; then it takes over.
            if not hasattr(shutil, "which"):
                raise Trouble(
                    "needs Python %s or newer, found %s at %s"
                    % (dotted(OLDEST), dotted(sys.version_info[:2]), sys.executable)
                )
            interpreter = find_interpreter()[0]
            return subprocess.call([interpreter, os.path.abspath(__file__)] + arguments)
        environment = Environment(ROOT)
        if groups[0] == "lock":
            lock(environment, upgrade="--upgrade" in groups)
            return 0
        environment.ensure(groups)
    except Trouble as trouble:
        sys.stderr.write("environment: %s\n" % trouble)
        return 1
    except OSError as error:
        sys.stderr.write("environment: %s\n" % explain([str(error)], "the system"))
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("environment: stopped; the next run goes on from here\n")
        return 130
    if not command:
        return 0
    # One thread for each process: several build at once, and sums come out in one order.
    settings = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    try:
        return subprocess.call([environment.python] + command, cwd=ROOT, env=settings)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
