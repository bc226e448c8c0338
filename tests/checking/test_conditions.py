"""What a part of a side needs to have a value is kept, whatever becomes of its neighbours."""

import pytest
import sympy as sp

from dlnotes.checking import Kind, Statement, Tier
from dlnotes.checking.contexts import Context
from dlnotes.checking.derivations import check
from dlnotes.checking.engines.words import same_words
from dlnotes.checking.semantics.values import NotGeneral
from dlnotes.checking.tex.reader import read, read_expression
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


class TestEntriesWorkedOutLate:
    """The entries of an array of symbolic size are worked out when a side asks for them."""

    @pytest.mark.parametrize(
        ("names", "tex"),
        [
            (r"N : integer >= 1; v : row mod N; u_n := \frac{x}{x} v_n, row mod N", "u = v"),
            (
                r"K : integer >= 1; z : vector K; "
                r"f(v)_i := \frac{x}{x} v_i, v : vector K, i = 1..K",
                "f(z) = z",
            ),
        ],
    )
    def test_what_they_need_belongs_to_the_side(self, names, tex):
        lines = names.replace("; ", "\n")
        found = verdict(tex, Vocabulary.parse(f"x : real\n{lines}"))
        assert found.kind is Kind.UNPROVED
        assert "nonzero(x, 0)" in found.detail
        assert verdict(tex, Vocabulary.parse(f"x : nonzero\n{lines}")).kind is Kind.PROVED

    @pytest.mark.parametrize(
        ("names", "tex"),
        [
            (r"N : integer >= 1; v : row mod N; u_n := t v_n, row mod N", "u = v"),
            (
                r"K : integer >= 1; z : vector K; f(v)_i := t v_i, v : vector K, i = 1..K",
                "f(z) = z",
            ),
        ],
    )
    def test_a_name_is_varied_for_them_too(self, names, tex):
        vocabulary = Vocabulary.parse("s : real\nt := s^2\n" + names.replace("; ", "\n"))
        found = verdict(rf"\frac{{d}}{{dt}} {tex}", vocabulary)
        assert found.kind is Kind.PROVED
        assert "every size" in found.detail
        assert verdict(rf"\frac{{d}}{{dt}} {tex} + {tex[-1]}", vocabulary).kind is Kind.REFUTED


class TestAKernelDefinedByAMatrix:
    """It is worked out once, with its conditions, and not while a name is varied."""

    KERNEL = r"""
s : real
t := s^2
k := \begin{pmatrix} 0 & 0 & 0 \\ 0 & t & \frac{1}{s} \\ 0 & 0 & 0 \end{pmatrix}, kernel 1
"""

    def test_its_conditions_are_noted_each_time(self):
        vocabulary = Vocabulary.parse(self.KERNEL)
        assert verdict(r"k_{0,1} = \frac{1}{s}", vocabulary).kind is Kind.PROVED
        found = verdict(r"\sum_{a=-1}^{1} s k_{a,1} = 1", vocabulary)
        assert found.kind is Kind.UNPROVED
        assert "nonzero(s, 0)" in found.detail

    def test_a_derivative_changes_nothing_after_it(self):
        vocabulary = Vocabulary.parse(self.KERNEL + "assume : s \\ne 0")
        assert verdict(r"\frac{d}{dt} k_{0,0} = 1", vocabulary).kind is Kind.PROVED
        assert verdict(r"k_{0,0} = s^2", vocabulary).kind is Kind.PROVED

    def test_what_came_before_does_not_change_a_derivative(self):
        vocabulary = Vocabulary.parse(self.KERNEL + "assume : s \\ne 0")
        assert verdict(r"k_{0,0} = s^2", vocabulary).kind is Kind.PROVED
        assert verdict(r"\frac{d}{dt} k_{0,0} = 1", vocabulary).kind is Kind.PROVED


def test_what_a_partial_derivative_holds_fixed_is_put_back_into_its_conditions():
    names = "x : real\na := x^2 + 1\nb := x + 3\nL := \\frac{a}{b}, direct in a b"
    found = verdict(r"\frac{\partial L}{\partial a} = \frac{1}{b}", Vocabulary.parse(names))
    assert found.kind is Kind.PROVED
    assert found.side_conditions == ("Ne(x + 3, 0)",)


class TestAnEvaluationBar:
    """What stands before it is asked for at the point, which lies where it is declared."""

    NAMES = """
x : positive
u : positive vector 2
y : vector 2
n : integer
p : probability vector 2
q : probability vector 2
a : real
b : positive
z : real
"""

    @pytest.mark.parametrize(
        ("tex", "kind"),
        [
            (r"\left. \log(z) \right|_{z=b} = \log(b)", Kind.PROVED),
            (r"\left. \log(z) \right|_{z=a} = \log(a)", Kind.PROVED),
            (r"\left. \frac{z}{z} \right|_{z=b} = 1", Kind.PROVED),
            (r"\left. \frac{z}{z} \right|_{z=a} = 1", Kind.UNPROVED),
            (r"\left. \frac{1}{z} \right|_{z=0} = 1", Kind.REFUTED),
            (r"\left. \sqrt{x^2} \right|_{x=b} = b", Kind.PROVED),
            (r"\left. \sqrt{x^2} \right|_{x=a} = a", Kind.REFUTED),
            (r"\left. \sqrt{x^2} \right|_{x=-1} = -1", Kind.REFUTED),
            (r"\left. 2 y \right|_{y=u} = 2 u", Kind.PROVED),
            (r"\left. 2 u \right|_{u=y} = 2 y", Kind.REFUTED),
            (r"\left. n^2 \right|_{n=3} = 9", Kind.PROVED),
            (r"\left. \sin(\pi n) \right|_{n=1/2} = 0", Kind.UNPROVED),
            (r"\left. 2 p \right|_{p=q} = 2 q", Kind.UNPROVED),
        ],
    )
    def test_verdict(self, tex, kind):
        assert verdict(tex, Vocabulary.parse(self.NAMES)).kind is kind


@pytest.mark.parametrize(
    ("tex", "kind"),
    [
        (r"\lim_{y \to 0} \left(\frac{x}{x} + y\right) = 1", Kind.UNPROVED),
        (r"\lim_{y \to 0} \left(\frac{t}{t} + y\right) = 1", Kind.PROVED),
        (r"\lim_{y \to 0} \frac{y}{y} = 1", Kind.PROVED),
        (r"\int_0^1 \left(\frac{x}{x} + y\right) dy = \frac{3}{2}", Kind.UNPROVED),
        (r"\int_0^1 \left(\frac{t}{t} + y\right) dy = \frac{3}{2}", Kind.PROVED),
        (r"\int_0^1 \frac{y}{y} dy = 1", Kind.PROVED),
    ],
)
def test_a_limit_and_an_integral_pass_over_points_of_their_own_variable_only(tex, kind):
    assert verdict(tex, Vocabulary.parse("x : real\nt : nonzero")).kind is kind


class TestRealNumbers:
    @pytest.mark.parametrize(
        ("tex", "kind"),
        [
            (r"x^2 \in \mathbb{R}", Kind.PROVED),
            (r"\frac{1}{x^2 + 1} \in \mathbb{R}", Kind.PROVED),
            (r"\frac{t}{t} \in \mathbb{R}", Kind.PROVED),
            (r"\frac{x}{x} \in \mathbb{R}", Kind.UNPROVED),
            (r"\log(x) - \log(x) \in \mathbb{R}", Kind.UNPROVED),
        ],
    )
    def test_a_number_is_real_where_it_has_a_value(self, tex, kind):
        assert verdict(tex, Vocabulary.parse("x : real\nt : nonzero")).kind is kind

    def test_for_more_sizes_than_one(self):
        vocabulary = Vocabulary.parse("n : integer >= 1")
        found = verdict(r"\sum_{k=1}^{n} \sqrt{k} \in \mathbb{R}", vocabulary)
        assert (found.kind, found.tier) == (Kind.PROVED, Tier.SAMPLED)
        found = verdict(r"\sum_{k=1}^{n} \sqrt{3 - k} \in \mathbb{R}", vocabulary)
        assert found.kind is not Kind.PROVED


class TestFunctionsThatAreNotDefinedEverywhere:
    @pytest.mark.parametrize(
        "tex",
        [
            r"\log_b(2) - \log_b(2) = 0",
            r"x! - x! = 0",
            r"\tan(v) - \tan(v) = 0 v",
            r"f(x) x = 1",
            r"g(x) - g(x) = 0",
            r"h(x) h(x) = x",
            r"q(x) - q(x) = 0",
            r"c x = 1",
        ],
    )
    def test_a_difference_has_no_value_where_they_have_none(self, tex):
        names = r"""
x : real
v : vector 2
b : real in (1/2, 3)
f(x) := sympy: 1/x
g(x) := sympy: log(x)
h(x) := sympy: sqrt(x)
q(x) := sympy: tan(x)
c := sympy: x**-1
"""
        assert verdict(tex, Vocabulary.parse(names)).kind is not Kind.PROVED

    @pytest.mark.parametrize(
        "tex",
        [
            r"\log_b(2) - \log_b(2) = 0",
            r"\log_2(8) = 3",
            r"n! = n \, (n - 1)!",
            r"\arcsin(v)_1 = \arcsin(v_1)",
            r"\tan(w)_1 \cos(w_1) = \sin(w_1)",
            r"f(x) x = 1",
            r"g(x) - g(x) = 0",
            r"h(x) h(x) = x",
            r"c x = 1",
        ],
    )
    def test_where_they_have_a_value_it_is_proved(self, tex):
        names = r"""
x : positive
n : integer >= 1
b : real in (1, 3)
v : vector 2
w : vector 2
assume : 0 \le v_1 \le 1
assume : 0 \le v_2 \le 1
assume : \cos(w_1) > 0
assume : \cos(w_2) > 0
f(x) := sympy: 1/x
g(x) := sympy: log(x)
h(x) := sympy: sqrt(x)
c := sympy: x**-1
"""
        found = verdict(tex, Vocabulary.parse(names))
        assert found.kind is Kind.PROVED, str(found)

    @pytest.mark.parametrize(
        "tex",
        [
            r"\gcd(n, 2) = 1",
            r"\gcd(n, m) = 1",
            r"\sum_{k=1}^{n} \gcd(k, 2) = n",
            r"n \bmod (m - 2) - n \bmod (m - 2) = 0",
        ],
    )
    def test_of_whole_numbers(self, tex):
        vocabulary = Vocabulary.parse("n : integer >= 1\nm : integer >= 1")
        assert verdict(r"\gcd(4, 6) = 2", vocabulary).kind is Kind.PROVED
        assert verdict(r"\sum_{k=1}^{3} \gcd(k, 2) = 4", vocabulary).kind is Kind.PROVED
        assert verdict(r"n \bmod m - n \bmod m = 0", vocabulary).kind is Kind.PROVED
        assert verdict(tex, vocabulary).kind is not Kind.PROVED

    @pytest.mark.parametrize(
        "tex",
        [
            r"\lfloor v \rfloor = v",
            r"v! = v",
            r"v \bmod 2 = v",
            r"\binom{v}{2} = 1",
            r"\gcd(v, 2) = 1",
            r"\max(v, v) = v",
        ],
    )
    def test_what_arrays_do_not_have_is_said(self, tex):
        found = verdict(tex, Vocabulary.parse("v : vector 2"))
        assert found.kind is Kind.REFUTED
        assert "of an array" in found.counterexample.left

    def test_a_logarithm_to_the_base_one_has_no_meaning(self):
        found = verdict(r"\log_1(x) = \log_1(x)", Vocabulary.parse("x : positive"))
        assert found.kind is Kind.REFUTED


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


def test_a_block_that_a_time_limit_left_half_entered_freezes_nothing():
    vocabulary = Vocabulary.parse("x : real\ns := x^2\nz_k := x + k, k = 1..3")
    context = Context(vocabulary, {})
    interpreter = context.interpreter
    interpreter.freezing({("s",): sp.Integer(7)}).__enter__()
    interpreter.freezing_family("z_{k}", sp.IndexedBase("w")).__enter__()
    interpreter.noting().__enter__()
    interpreter.depth = 60
    (cell,) = context.side(read_expression("s + z_1", vocabulary)).cells
    (x,) = cell.free_symbols
    assert sp.expand(cell - (x**2 + x + 1)) == 0


def test_a_definition_without_end_is_no_burden_to_others():
    vocabulary = Vocabulary.parse("a_l := a_{l+1} + 1, l = 1..oo\nb := 3\nx : real")
    for n in range(61):
        found = verdict(f"a_1 + {n} = x", vocabulary)
        assert found.kind is Kind.REFUTED
        assert "a_l is defined in terms of itself without end" in found.counterexample.left
    assert verdict("b = 3", vocabulary).kind is Kind.PROVED
