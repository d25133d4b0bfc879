"""On which days is who reminded of what is due, and for how long does a reminder make sense?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from app.rules.noticing import NoticeKind

FRESH = timedelta(days=7)
"""So long after its day a reminder is still given, when the background work had stood still; then it is let be."""
_DAY = timedelta(days=1)
_K = NoticeKind


@dataclass(frozen=True, slots=True)
class Calendar:
    """How many days before and after something is due people hear of it."""

    before: int
    after: int
    escalate: int

    @property
    def entries(self) -> Mapping[NoticeKind, int]:
        """Counted from the last day of the period."""
        return {_K.ENTRIES_SOON: -self.before, _K.ENTRIES_OVERDUE: self.after, _K.ENTRIES_ESCALATED: self.escalate}

    @property
    def own_view(self) -> Mapping[NoticeKind, int]:
        """Counted from the last day of a period that ends with a self-assessment."""
        return {_K.SELF_ASSESSMENT_ASKED: 1, _K.SELF_ASSESSMENT_OVERDUE: 1 + self.escalate}

    @property
    def scoring(self) -> Mapping[NoticeKind, int]:
        """Counted from the last day of a period that ends with a review."""
        return {_K.SCORING_OVERDUE: 1 + self.escalate, _K.SCORING_ESCALATED: 1 + 2 * self.escalate}

    @property
    def plan(self) -> Mapping[NoticeKind, int]:
        """Counted from the first day of the cycle."""
        return {_K.PLAN_MISSING: self.after}

    @property
    def answer(self) -> Mapping[NoticeKind, int]:
        """Counted from the day on which a plan was proposed."""
        return {_K.PLAN_ANSWER_OVERDUE: self.after, _K.PLAN_ANSWER_ESCALATED: self.escalate}

    @property
    def receipt(self) -> Mapping[NoticeKind, int]:
        """Counted from the day of publication."""
        return {_K.ACKNOWLEDGEMENT_MISSING: self.after}

    @property
    def closing(self) -> Mapping[NoticeKind, int]:
        """Counted from the last day of objection."""
        return {_K.APPEAL_CLOSING: -self.before}

    @property
    def decision(self) -> Mapping[NoticeKind, int]:
        """Counted from the day on which an appeal was raised."""
        return {_K.APPEAL_UNDECIDED: self.escalate}


NOTHING: Mapping[NoticeKind, int] = MappingProxyType({})


def kind_due(offsets: Mapping[NoticeKind, int], anchor: date, today: date, since: date) -> NoticeKind | None:
    """Which reminder of a chain is due today: the last whose day has come, unless that is long past.

    A day before `since`, when reminding began, counts as past: nobody is flooded on the first day.
    """
    reached = [(anchor + offset * _DAY, kind) for kind, offset in offsets.items() if anchor + offset * _DAY <= today]
    if not reached:
        return None
    day, kind = max(reached)
    return kind if day >= since and today - day < FRESH else None


def anchors(offsets: Mapping[NoticeKind, int], today: date) -> tuple[date, date]:
    """The first and last day from which anything could be due today."""
    days = offsets.values()
    return today - FRESH + _DAY - max(days) * _DAY, today - min(days) * _DAY
