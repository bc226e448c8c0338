"""The command line: what it prints, what it answers and how it fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dlnotes.__main__ import SUBCOMMANDS, main

SECOND = "x1*(x2-4) + exp(x3^2)/(5*x4^2)"
AT = ["--at", "x1=2", "x2=5", "x3=1", "x4=2"]


class TestProgram:
    def run(self, *words):
        return subprocess.run(
            [sys.executable, "-m", "dlnotes", *words],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "error"},
            check=False,
        )

    def test_as_a_program(self):
        done = self.run("backprop", SECOND, *AT, "--check", "dz/dx1 = x2-4")
        assert (done.returncode, done.stderr) == (0, "")
        assert "dz/dx1 = x2 - 4 = 1\n" in done.stdout
        assert done.stdout.endswith("dz/dx1 = x2-4: right\n")

    def test_reader_that_leaves_early_is_no_error(self):
        command = f"{sys.executable} -m dlnotes backprop '{SECOND}' {' '.join(AT)} | true"
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        assert done.stderr == ""

    def test_unknown_subcommand_is_named(self):
        done = self.run("backprob")
        assert done.returncode == 2
        assert "'backprob'" in done.stderr
        assert "backprop" in done.stderr


class TestDispatch:
    @pytest.mark.parametrize("name", SUBCOMMANDS)
    def test_every_subcommand_has_help(self, name, capsys):
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        assert left.value.code == 0
        assert f"python -m dlnotes {name}" in capsys.readouterr().out

    def test_help_lists_every_subcommand(self, capsys):
        with pytest.raises(SystemExit):
            main(["--help"])
        shown = capsys.readouterr().out
        assert all(name in shown for name in SUBCOMMANDS)

    def test_nothing_asked(self, capsys):
        with pytest.raises(SystemExit) as left:
            main([])
        assert left.value.code == 2
        assert "SUBCOMMAND" in capsys.readouterr().err


class TestBackprop:
    def test_tables(self, capsys):
        assert main(["backprop", SECOND, *AT]) == 0
        shown = capsys.readouterr().out
        assert "∂v7/∂v6 = -v4/v6^2 = -0.0067957" in shown
        assert "x2    v1: 2 × 1                    2\n" in shown
        assert "dz/dx4 = -2*exp(x3^2)/(5*x4^3) = -0.1359140914\n" in shown

    def test_claims(self, capsys):
        claims = ["--check", "dz/dx2 = x1", "--check", "∂z/∂x1 = 4 - x2"]
        assert main(["backprop", SECOND, *claims]) == 1
        assert capsys.readouterr().out.splitlines() == [
            "dz/dx2 = x1: right",
            "∂z/∂x1 = 4 - x2: wrong",
            "  at x1 = 1, x2 = 2, x3 = 3, x4 = -1 the claim gives 2, but the derivative is -2",
            "  dz/dx1 = x2 - 4",
        ]

    def test_errors_of_the_notes_are_found(self, capsys):
        text = "z = 1/x3 + exp( (x1+5*(x2+3)) ^2 )"
        for claim in (
            "dz/dx1 = 10*(x1+5*(x2+3))*exp((x1+5*(x2+3))^2)",
            "dz/dx2 = 50*(x1+5*(x2+3))*exp((x1+5*(x2+3))^2)",
        ):
            assert main(["backprop", text, "--check", claim]) == 1
            assert "wrong" in capsys.readouterr().out
        assert main(["backprop", text, "--check", "dz/dx3 = -1/x3^2"]) == 0

    def test_claim_that_is_right_for_another_reading(self, capsys):
        text, claim = "exp(x3^2) / 5*x4^2", "dz/dx4 = -2*exp(x3^2)/(5*x4^3)"
        assert main(["backprop", text, "--check", claim]) == 1
        assert "right for another reading: exp(x3^2) / (5*x4^2)" in capsys.readouterr().out

    def test_two_readings_are_pointed_out(self, capsys):
        assert main(["backprop", "a/b*c", "--at", "a=1,", "b=2,", "c=3"]) == 0
        shown = capsys.readouterr().out
        assert "(a/b)*c" in shown
        assert "a/(b*c)" in shown

    def test_kink_is_reported(self, capsys):
        assert main(["backprop", "abs(x)", "--at", "x=0"]) == 0
        assert "no derivative here, a convention is used: z = abs(0)" in capsys.readouterr().out

    def test_pictures(self, tmp_path, capsys):
        svg, pdf = tmp_path / "graph.svg", tmp_path / "graph.pdf"
        words = ["backprop", SECOND, *AT, "--svg", str(svg), "--pdf", str(pdf)]
        assert main(words) == 0
        assert svg.read_bytes().startswith(b"<?xml")
        assert pdf.read_bytes().startswith(b"%PDF")
        assert f"wrote {svg}" in capsys.readouterr().out

    def test_latex(self, capsys):
        assert main(["backprop", "x*y", "--at", "x=1", "y=2", "--latex"]) == 0
        assert r"\bar{x} &= y  % from $z = x y$" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["x+", "--at", "x=1"], 'expected a number, a name or "(" here\n    x+\n      ^'),
            (["lgo(x)", "--at", "x=1"], 'did you mean "log"?'),
            (["log(x)", "--at", "x=-1"], "log(-1): the argument of log must be positive"),
            (["x/y", "--at", "x=1", "y=0"], "1/0: the divisor must not be 0"),
            (["x*y", "--at", "x=1"], "has no value for y"),
            (["x", "--at", "x=1", "y=2"], "names y, but the expression has x"),
            (["x*y"], "add --at x=VALUE y=VALUE"),
            (["x", "--at", "x"], "--at takes values such as x1=2, got 'x'"),
            (["x", "--at", "x=two"], "--at needs a number for x, got 'two'"),
            (["x", "--at", "x=1", "x=2"], "--at has two values for x: 1 and 2"),
            (["x", "--at", "x=nan"], "must be finite"),
            (["x", "--check", "x = 1"], 'must have the form "dz/dx = formula"'),
            (["x", "--check", "dz/dy = 1"], "about dz/dy, but the expression has x"),
            (
                ["x", "--check", "dy/dx = 1"],
                "about y, but the value of the expression is called z",
            ),
            (["x", "--check", "dz/dx = w"], "has w, but the expression has x"),
            (["x", "--check", "dz/dx = 1/"], 'expected a number, a name or "(" here'),
            (["x", "--at", "x=1", "--svg", "no/such/folder/x.svg"], "cannot write no/such"),
        ],
    )
    def test_wrong_input(self, words, said, capsys):
        assert main(["backprop", *words]) == 2
        shown = capsys.readouterr().err
        assert shown.startswith("python -m dlnotes backprop: error: ")
        assert said in shown

    def test_unknown_option(self, capsys):
        with pytest.raises(SystemExit) as left:
            main(["backprop", "x", "--chek", "dz/dx = 1"])
        assert left.value.code == 2
        assert "--chek" in capsys.readouterr().err

    def test_undecided(self, capsys):
        assert main(["backprop", "log(-1 - x^2)", "--check", "dz/dx = x"]) == 1
        assert "undecided" in capsys.readouterr().out
