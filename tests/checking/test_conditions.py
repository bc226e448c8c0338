"""What a part of a side needs to have a value is kept, whatever becomes of its neighbours."""

import pytest

from dlnotes.checking import Kind, Statement
from dlnotes.checking.contexts import Context
from dlnotes.checking.derivations import check
from dlnotes.checking.engines.words import same_words
from dlnotes.checking.semantics.values import NotGeneral
from dlnotes.checking.tex.reader import read
from dlnotes.checking.vocabulary import Vocabulary

SIZES = r"""
c : real
n : integer >= 1
B : index set
d_l := |B| + l, l = 1..3
W : matrix d_1 x d_1
U : matrix d_1 x n
"""
"""The size of a set is no number in general: ``d_1`` has no value there, only a name."""


def verdict(tex, vocabulary):
    return check(Statement("case", tex, vocabulary)).verdict


class TestASizeWithoutAValue:
    """The products of matrices are equal for every size, but only where c is not zero."""

    @pytest.mark.parametrize("tex", [r"\frac{c}{c} W = W", r"W = \frac{c}{c} W"])
    def test_it_takes_no_condition_along(self, tex):
        vocabulary = Vocabulary.parse(SIZES)
        sides = read(tex, vocabulary).args
        assert not same_words(Context(vocabulary, None), *sides)

    def test_nothing_is_proved_for_every_size_without_it(self):
        found = verdict(r"\frac{c}{c} W U = W U", Vocabulary.parse(SIZES))
        assert found.kind is Kind.UNPROVED
        assert "nonzero(c, 0)" in found.detail

    def test_where_c_is_not_zero_they_are_equal(self):
        vocabulary = Vocabulary.parse(SIZES + "assume : c \\ne 0")
        assert verdict(r"\frac{c}{c} W U = W U", vocabulary).kind is Kind.PROVED


class TestConditionsOfCases:
    """Whether a case applies must be defined, for a later case as for the first."""

    PLAIN = r"\begin{cases} 1 & x > 0 \\ 2 & x \le 0 \end{cases}"

    @pytest.mark.parametrize(
        "rows",
        [
            r"1 & x > 0 \\ 2 & \frac{x}{x} x \le 0",
            r"2 & \frac{x}{x} x \le 0 \\ 1 & x > 0",
        ],
    )
    def test_they_have_no_value_where_one_has_none(self, rows):
        tex = rf"\begin{{cases}} {rows} \end{{cases}} = {self.PLAIN}"
        found = verdict(tex, Vocabulary.parse("x : real"))
        assert found.kind is Kind.UNPROVED
        assert "nonzero(x, 0)" in found.detail
        assert verdict(tex, Vocabulary.parse("x : nonzero")).kind is Kind.PROVED


def test_a_part_without_a_value_leaves_the_conditions_outside_as_they_were():
    vocabulary = Vocabulary.parse(SIZES)
    interpreter = Context(vocabulary, None).interpreter
    with interpreter.noting() as noted:
        interpreter.number(r"\frac{1}{c}")
        with pytest.raises(NotGeneral):
            interpreter.number("d_1")
        interpreter.number(r"\frac{1}{n - 1}")
    assert [str(condition) for condition in noted] == ["Ne(c, 0)", "Ne(n - 1, 0)"]
    assert not interpreter.conditions


def test_a_definition_without_end_is_no_burden_to_others():
    vocabulary = Vocabulary.parse("a_l := a_{l+1} + 1, l = 1..oo\nb := 3\nx : real")
    for n in range(61):
        found = verdict(f"a_1 + {n} = x", vocabulary)
        assert found.kind is Kind.REFUTED
        assert "a_l is defined in terms of itself without end" in found.counterexample.left
    assert verdict("b = 3", vocabulary).kind is Kind.PROVED
