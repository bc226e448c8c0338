"""Inequalities that need ball arithmetic or z3; time limits; what becomes of mutants."""

import gc
import sys
import threading
import time
from contextlib import suppress

import pytest
import sympy as sp

from dlnotes.checking import Kind, Statement, Tier
from dlnotes.checking.derivations import USED_UP, check
from dlnotes.checking.engines import timing
from dlnotes.checking.engines.last_resort import certify_sign
from dlnotes.checking.engines.timing import (
    Budget,
    collecting_rarely,
    remaining,
    shielded,
    time_limit,
)
from dlnotes.checking.mutants import attack
from dlnotes.checking.vocabulary import Vocabulary

NAMES = r"""
x : real
y : real
a : positive
b : positive
\operatorname{sp}(t) := \log(1+\exp(t))
\sigma(t) := \frac{1}{1+\exp(-t)}
"""


def statement(tex, names=NAMES):
    return Statement("t", tex, Vocabulary.parse(names))


class TestLogarithms:
    def test_a_single_logarithm_is_compared_with_its_argument(self):
        verdict = check(statement(r"\operatorname{sp}(x) \ge x")).verdict
        assert verdict.kind is Kind.PROVED
        assert verdict.tier is Tier.SYMBOLIC


class TestCertified:
    @pytest.mark.parametrize(
        "tex",
        [
            r"\operatorname{sp}(x) \le \log(2) + |x|",
            r"|\tanh(x)| \le |x|",
            r"x\sigma(x) \ge -\frac{3}{10}",
            r"|x y| \le \frac{x^2+y^2}{2}",
            r"x^4+y^4 \ge x^3y+xy^3",
            r"\exp(a) \ge 1+a+\frac{a^2}{2}",
        ],
    )
    def test_proved_and_says_by_what(self, tex):
        verdict = check(statement(tex)).verdict
        assert verdict.kind is Kind.PROVED
        assert verdict.tier is Tier.CERTIFIED
        assert any("Arb" in e or "z3" in e for e in verdict.engines)

    @pytest.mark.parametrize(
        "tex",
        [
            r"\operatorname{sp}(x) \le \log(2) + \frac{|x|}{2}",
            r"|\tanh(x)| < |x|",
            r"x\sigma(x) \ge -\frac{278}{1000}",
            r"x^4+y^4 \ge x^3y+xy^3 + 1",
        ],
    )
    def test_refuted(self, tex):
        verdict = check(statement(tex)).verdict
        assert verdict.kind is Kind.REFUTED
        assert verdict.counterexample.point

    def test_what_no_sample_point_shows_is_found_by_the_engine(self):
        verdict = check(statement(r"(x - \frac{31}{1000})^2 > 0")).verdict
        assert verdict.kind is Kind.REFUTED
        assert verdict.counterexample.point == {"x": "31/1000"}

    def test_a_hypothesis_is_used(self):
        names = "x : nonnegative\ny : nonnegative\nassume : x + y \\le 1"
        assert check(statement(r"(x+y)^2 \le 1", names)).verdict.passed
        assert check(statement(r"x^2 + y^2 \le 1", names)).verdict.passed
        assert check(statement(r"x^2 + y^2 \le \frac12", names)).verdict.kind is Kind.REFUTED

    def test_functions_stand_for_their_range(self):
        x, y = sp.symbols("x y", real=True)
        gap = 2 - sp.tanh(x * y) - sp.sin(x + y)
        assert certify_sign(gap, {}, strict=True).kind is Kind.PROVED
        unclear = certify_sign(sp.exp(x) + sp.exp(y) - x - y, {}, strict=True)
        assert unclear.kind is Kind.UNPROVED


class TestTimeLimit:
    @staticmethod
    def spin(seconds):
        with time_limit(seconds):
            while True:
                sum(range(1000))

    def test_in_the_main_thread(self):
        start = time.thread_time()
        with pytest.raises(Budget):
            self.spin(0.1)
        assert time.thread_time() - start < 0.5

    def test_in_another_thread(self):
        seen = []

        def run():
            start = time.thread_time()
            try:
                self.spin(0.1)
            except Budget:
                seen.append(time.thread_time() - start)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert len(seen) == 1
        assert seen[0] < 1

    def test_an_inner_limit_cannot_outlast_the_outer(self):
        start = time.thread_time()
        with pytest.raises(Budget), time_limit(0.1):
            self.spin(60)
        assert time.thread_time() - start < 0.5

    def test_a_swallowed_bell_rings_again(self):
        def swallow():
            try:
                self.spin(60)
            except Budget:
                self.spin(60)

        with pytest.raises(Budget), time_limit(0.1):
            swallow()
        assert remaining() == float("inf")

    def test_a_shielded_block_is_not_cut_off(self):
        done = []

        def work():
            with shielded():
                start = time.thread_time()
                while time.thread_time() - start < 0.2:
                    sum(range(1000))
                done.append(True)
            self.spin(60)

        with pytest.raises(Budget), time_limit(0.05):
            work()
        assert done == [True]

    @pytest.fixture
    def collected_by_hand(self):
        """To look through all that earlier tests keep takes longer than the limit in a test."""
        gc.disable()
        yield
        gc.enable()

    @pytest.mark.usefixtures("collected_by_hand")
    @pytest.mark.parametrize("how", ["callback of the collector", "finaliser"])
    def test_no_bell_rings_where_python_would_swallow_it(self, how, monkeypatch):
        swallowed, ended = [], []

        def work():
            start = time.thread_time()
            while time.thread_time() - start < 0.15:
                sum(range(100))
            ended.append(how)

        def callback(phase, _):
            if phase == "stop" and how != "finaliser":
                work()

        class Closing:
            def __del__(self):
                work()

        monkeypatch.setattr(sys, "unraisablehook", swallowed.append)

        def disturbed():
            if how == "finaliser":
                Closing()  # nobody holds it, so it ends at once
            else:
                gc.collect(0)
            self.spin(60)

        gc.callbacks.append(callback)
        try:
            with pytest.raises(Budget), time_limit(0.05):
                disturbed()
        finally:
            gc.callbacks.remove(callback)
        assert ended[:1] == [how]  # the work came to its end, and then the bell rang
        assert not swallowed

    @staticmethod
    def visit(bell):
        """Nest two limits and call `bell` wherever Python hears a bell in the book-keeping.

        That is at the threshold of a function and after a call.
        """

        def profile(frame, event, _):
            if frame.f_code.co_filename == timing.__file__ and event in ("call", "c_return"):
                bell(frame)

        before = sys.getprofile()
        sys.setprofile(profile)
        try:
            with time_limit(60), time_limit(30):
                pass
        except Budget:
            return True
        finally:
            sys.setprofile(before)
        return False

    def test_the_book_keeping_hears_no_bell(self):
        # One that rang between the entry of a limit and its block left the limit for good:
        # the time of everything after it was over at once.
        places = []
        self.visit(lambda frame: places.append((frame.f_code.co_name, timing._is_deaf(frame))))
        assert {"__enter__", "__exit__", "leave"} <= {name for name, _ in places}
        assert [name for name, deaf in places if not deaf] == []

    def test_a_bell_of_another_thread_leaves_no_limit_behind(self, monkeypatch):
        monkeypatch.setattr(sys, "unraisablehook", lambda _: None)  # __del__ cannot raise
        places, left = [], []

        def everywhere():
            self.visit(places.append)
            for at in range(len(places)):
                countdown = iter(range(at, -1, -1))

                def bell(_frame, countdown=countdown):
                    if next(countdown, None) == 0:
                        raise Budget

                left.append((self.visit(bell), remaining()))

        thread = threading.Thread(target=everywhere)
        thread.start()
        thread.join()
        assert len(left) == len(places) > 30
        assert {seconds for _, seconds in left} == {float("inf")}
        assert sum(rung for rung, _ in left) > 20

    def test_the_collector_is_as_before_when_a_limit_ends_what_seldom_asks_for_it(self):
        usual = gc.get_threshold()

        @collecting_rarely()
        def long():
            assert gc.get_threshold()[0] > usual[0]
            self.spin(60)

        with pytest.raises(Budget), time_limit(0.05):
            long()
        assert gc.get_threshold() == usual

    def test_nothing_begins_in_a_time_that_is_over_for_the_bell(self):
        # A bell that rang a little early left time for a claim to be proved at two sizes.
        begun = []
        for seconds in (0.9 * timing._GRAIN, 60):
            with suppress(Budget), time_limit(seconds):
                begun.append(seconds)
        assert begun == [60]

    def test_a_claim_that_takes_too_long_is_unproved(self):
        names = "n : integer >= 1\nA : invertible matrix n x n\nB : invertible matrix n x n"
        report = check(statement(r"\det(AB) = \det(A)\det(B)", names), seconds=0.05)
        assert report.verdict.kind is Kind.UNPROVED
        assert USED_UP in report.verdict.detail


class TestMutants:
    def test_weaker_bounds_are_proved_and_counted_by_themselves(self):
        outcome = attack(statement(r"4ab \le (a+b)^2"))
        assert outcome.killed
        assert not outcome.survivors
        assert {m.note for m in outcome.weaker} >= {"factor 4 dropped"}

    def test_every_mutant_is_accounted_for(self):
        outcome = attack(statement(r"(a+b)^2 = a^2 + 2ab + b^2"))
        data = outcome.as_dict()
        assert data["untried"] == 0
        assert data["killed"] == data["made"] == len(outcome.killed)

    def test_mutants_without_time_are_counted(self):
        outcome = attack(statement(r"(a+b)^3 = a^3 + 3a^2b + 3ab^2 + b^3"), seconds=0.001)
        assert outcome.untried > 0
