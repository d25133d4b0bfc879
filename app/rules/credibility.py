"""How far do the facts bear out the data credibility that a KPI was rated with? Weights stay as they were agreed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.rules.data_quality import CheckState
from app.rules.vocabulary import SourceKind

LEVELS: Final = MappingProxyType(
    {
        SourceKind.SYSTEM_OF_RECORD: 5,
        SourceKind.SYSTEM_WITH_LOG: 4,
        SourceKind.THIRD_PARTY: 3,
        SourceKind.EMPLOYEE_WITH_EVIDENCE: 2,
        SourceKind.EMPLOYEE_DECLARED: 1,
    }
)
"""The credibility that a source can have at best, as on the scale of ratings."""
_SYSTEMS: Final = frozenset({SourceKind.SYSTEM_OF_RECORD, SourceKind.SYSTEM_WITH_LOG})
_BY_HAND: Final = LEVELS[SourceKind.THIRD_PARTY]
_PROVEN: Final = LEVELS[SourceKind.EMPLOYEE_WITH_EVIDENCE]
_DECLARED: Final = LEVELS[SourceKind.EMPLOYEE_DECLARED]


class Doubt(StrEnum):
    """Why an entry is less credible than its KPI was rated; in the order in which it is told."""

    EMPLOYEE_UNPROVEN = "employee_unproven"
    """The employee recorded their own figure without evidence."""
    EMPLOYEE_RECORDED = "employee_recorded"
    """The employee recorded their own figure, with evidence."""
    EVIDENCE_MISSING = "evidence_missing"
    """The source is the employee with evidence, and there is none."""
    SYSTEM_BY_HAND = "system_by_hand"
    """A system's figure was typed by somebody, without evidence and not verified."""
    WEAKER_SOURCE = "weaker_source"
    """The source of the entry bears out less than the rating."""
    CHANGED_AFTER_CHECK = "changed_after_check"
    QUESTIONED = "questioned"


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What is known about the way of one figure into the system."""

    source: SourceKind
    is_by_employee: bool
    """Whether the appraised employee recorded it."""
    is_by_hand: bool
    """Whether somebody typed it, as far as that was noted."""
    has_evidence: bool
    check: CheckState = CheckState.NONE


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the credibility is lower than rated, and of how many entries that is true."""

    doubt: Doubt
    entries: int


@dataclass(frozen=True, slots=True)
class Credibility:
    """What a KPI was rated with, and what the facts bear out."""

    rated: int
    effective: int
    reasons: tuple[Reason, ...] = ()

    @property
    def is_lowered(self) -> bool:
        """Whether the facts bear out less than the rating."""
        return self.effective < self.rated


def credibility(rated: int, entries: Sequence[EntryFacts]) -> Credibility:
    """The lowest that any entry bears out, never above the rating; without entries the rating stands."""
    judged = [judge(facts) for facts in entries]
    counted = Counter(doubt for level, doubts in judged if level < rated for doubt in doubts)
    effective = min([rated, *(level for level, _ in judged)])
    return Credibility(rated, effective, tuple(Reason(doubt, counted[doubt]) for doubt in Doubt if counted[doubt]))


def judge(facts: EntryFacts) -> tuple[int, tuple[Doubt, ...]]:
    """The credibility that one entry bears out, and everything that keeps it down."""
    level, doubt = _by_origin(facts)
    doubts = [doubt]
    if facts.check is CheckState.LAPSED:
        level, doubts = level - 1, [*doubts, Doubt.CHANGED_AFTER_CHECK]
    elif facts.check is CheckState.QUESTIONED:
        level, doubts = level - 1, [*doubts, Doubt.QUESTIONED]
    if len(doubts) > 1 and doubt is Doubt.WEAKER_SOURCE:
        doubts.remove(doubt)  # what was done to the entry says more than where it came from
    return max(level, _DECLARED), tuple(doubts)


def _by_origin(facts: EntryFacts) -> tuple[int, Doubt]:
    best = LEVELS[facts.source]
    if facts.is_by_employee:
        if not facts.has_evidence:
            return _DECLARED, Doubt.EMPLOYEE_UNPROVEN
        return min(best, _PROVEN), Doubt.EMPLOYEE_RECORDED
    if facts.source is SourceKind.EMPLOYEE_WITH_EVIDENCE and not facts.has_evidence:
        return _DECLARED, Doubt.EVIDENCE_MISSING
    is_backed = facts.has_evidence or facts.check is CheckState.OK
    if facts.source in _SYSTEMS and facts.is_by_hand and not is_backed:
        return _BY_HAND, Doubt.SYSTEM_BY_HAND
    return best, Doubt.WEAKER_SOURCE
