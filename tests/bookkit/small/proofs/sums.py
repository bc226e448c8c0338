"""The proof of the one theorem of its page."""

from dlnotes.checking import Statement, Verdict, proof
from dlnotes.checking.derivations import check


@proof("thm-sums-square", tier="symbolic")
def _(statement: Statement) -> Verdict:
    return check(statement).verdict
