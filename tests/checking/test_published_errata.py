"""Real errata: every wrong form is refuted with a counterexample, every right form proved."""

import tomllib
from pathlib import Path

import pytest

from dlnotes.checking import Kind, Statement
from dlnotes.checking.derivations import check
from dlnotes.checking.vocabulary import Vocabulary

ERRATA = tomllib.loads(Path(__file__).with_name("errata.toml").read_text(encoding="utf-8"))[
    "erratum"
]


def statement(erratum, form):
    vocabulary = Vocabulary.parse(erratum["vocabulary"])
    return Statement(erratum["id"], erratum[form], vocabulary)


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda e: e["id"])
class TestPublishedErrata:
    def test_wrong_form_is_refuted_with_a_counterexample(self, erratum):
        verdict = check(statement(erratum, "wrong")).verdict
        assert verdict.kind is Kind.REFUTED, str(verdict)
        assert verdict.counterexample is not None
        assert verdict.counterexample.step

    def test_right_form_is_proved(self, erratum):
        verdict = check(statement(erratum, "right")).verdict
        assert verdict.kind is Kind.PROVED, str(verdict)


def test_every_published_erratum_is_here():
    assert len([e for e in ERRATA if not e["id"].startswith("notes-")]) == 32
