"""What a check can answer: proved, refuted or unproved, by which tier, and a counterexample."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Counterexample", "Kind", "Tier", "Verdict", "proved", "refuted", "unproved"]


class Kind(StrEnum):
    """The three answers. Only ``PROVED`` passes.

    Examples
    --------
    >>> Kind("proved")
    <Kind.PROVED: 'proved'>
    """

    PROVED = "proved"
    REFUTED = "refuted"
    UNPROVED = "unproved"


class Tier(IntEnum):
    """How strong a proof is; a larger number is stronger.

    Examples
    --------
    >>> Tier.FORMAL > Tier.CERTIFIED > Tier.SYMBOLIC > Tier.SAMPLED
    True
    """

    SAMPLED = 1
    SYMBOLIC = 2
    CERTIFIED = 3
    FORMAL = 4

    @classmethod
    def of(cls, tier: Tier | str | int) -> Tier:
        """Return the tier of a name or a number.

        Parameters
        ----------
        tier : Tier or str or int
            Such as ``"certified"`` or ``3``.

        Examples
        --------
        >>> Tier.of("certified")
        <Tier.CERTIFIED: 3>
        """
        if isinstance(tier, str):
            try:
                return cls[tier.upper()]
            except KeyError:
                msg = f"tier={tier!r} is not one of {[t.name.lower() for t in cls]}"
                raise ValueError(msg) from None
        return cls(tier)

    @property
    def label(self) -> str:
        """The word shown to readers."""
        return self.name.lower()


@dataclass(frozen=True)
class Counterexample:
    """A point of the declared domain at which a relation fails.

    Parameters
    ----------
    point : mapping of str to str
        Name (as TeX) to value, printed to ten digits or exactly.
    left, right : str
        The values of both sides there.
    relation : str, optional
        The relation that fails, as TeX.
    step : str, optional
        The TeX of the step, both sides.
    note : str, optional
        What else must be known, for instance the function chosen for a generic ``f``.
    """

    point: Mapping[str, str]
    left: str
    right: str
    relation: str = "="
    step: str = ""
    note: str = ""

    def __str__(self) -> str:
        where = ", ".join(f"{k} = {v}" for k, v in self.point.items())
        lines = [f"  step   {' '.join(self.step.split())}"] if self.step else []
        lines += [
            f"  left   {self.left}",
            f"  right  {self.right}   (claimed: {self.relation})",
        ]
        lines += [f"  at     {where}"] if where else []
        lines += [f"  with   {self.note}"] if self.note else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Verdict:
    """The answer of a check.

    Parameters
    ----------
    kind : Kind
        Proved, refuted or unproved.
    tier : Tier, optional
        The tier of the method that gave the answer.
    engines : tuple of str, optional
        Engine and version strings, such as ``"SymPy 1.14.0"``.
    seconds : float, optional
        Time spent.
    detail : str, optional
        A sentence for the ledger: the method, or why it fell short.
    counterexample : Counterexample, optional
        For a refutation: where the sides differ.
    axioms : tuple of str, optional
        For a formal proof: the axioms that it rests on.
    side_conditions : tuple of str, optional
        Conditions, as TeX or text, under which the proof holds.

    Examples
    --------
    >>> Verdict(Kind.PROVED, Tier.SYMBOLIC).passed
    True
    """

    kind: Kind
    tier: Tier = Tier.SAMPLED
    engines: tuple[str, ...] = ()
    seconds: float = 0.0
    detail: str = ""
    counterexample: Counterexample | None = None
    axioms: tuple[str, ...] = ()
    side_conditions: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether the statement is proved."""
        return self.kind is Kind.PROVED

    def with_seconds(self, seconds: float) -> Verdict:
        """Return the same verdict with its time set.

        Parameters
        ----------
        seconds : float
            The time.
        """
        return replace(self, seconds=seconds)

    def __str__(self) -> str:
        head = f"{self.kind.value} ({self.tier.label})"
        text = f"{head}: {self.detail}" if self.detail else head
        return f"{text}\n{self.counterexample}" if self.counterexample else text

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data for ``claims.json``."""
        c = self.counterexample
        return {
            "kind": self.kind.value,
            "tier": self.tier.label,
            "engines": list(self.engines),
            "seconds": round(self.seconds, 4),
            "detail": self.detail,
            "counterexample": None
            if c is None
            else {
                "point": dict(c.point),
                "left": c.left,
                "right": c.right,
                "relation": c.relation,
                "step": c.step,
                "note": c.note,
            },
            "axioms": list(self.axioms),
            "side_conditions": list(self.side_conditions),
        }


def proved(tier: Tier | str, detail: str = "", **more: Any) -> Verdict:
    """Return a verdict that a statement is proved.

    Parameters
    ----------
    tier : Tier or str
        The tier of the method.
    detail : str, optional
        A sentence for the ledger.
    **more
        Other fields of `Verdict`.

    Returns
    -------
    Verdict
        Its ``passed`` is true.

    Examples
    --------
    >>> print(proved("certified", "over all reals"))
    proved (certified): over all reals
    """
    return Verdict(Kind.PROVED, Tier.of(tier), detail=detail, **more)


def refuted(
    counterexample: Counterexample,
    tier: Tier | str = Tier.CERTIFIED,
    detail: str = "",
    **more: Any,
) -> Verdict:
    """Return a verdict that a statement is false, with the point that shows it.

    Parameters
    ----------
    counterexample : Counterexample
        Where the sides differ.
    tier : Tier or str, optional
        The tier of the method.
    detail : str, optional
        A sentence for the ledger.
    **more
        Other fields of `Verdict`.

    Returns
    -------
    Verdict
        Its ``passed`` is false.

    Examples
    --------
    >>> refuted(Counterexample({"x": "2"}, "4", "2")).passed
    False
    """
    return Verdict(
        Kind.REFUTED, Tier.of(tier), detail=detail, counterexample=counterexample, **more
    )


def unproved(detail: str, tier: Tier | str = Tier.SAMPLED, **more: Any) -> Verdict:
    """Return a verdict that nothing was shown either way; it never passes.

    Parameters
    ----------
    detail : str
        Why the methods fell short.
    tier : Tier or str, optional
        The tier that was tried for.
    **more
        Other fields of `Verdict`.

    Returns
    -------
    Verdict
        Its ``passed`` is false.

    Examples
    --------
    >>> print(unproved("no engine knows this function"))
    unproved (sampled): no engine knows this function
    """
    return Verdict(Kind.UNPROVED, Tier.of(tier), detail=detail, **more)
