"""Did the figures of a KPI come in time, were they changed, are they missing, has somebody looked them over?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.rules.vocabulary import CheckVerdict


class CheckState(StrEnum):
    """How an entry stands with those who look entries over."""

    LAPSED = "lapsed"
    """Verified once and changed since."""
    NONE = "none"
    OK = "ok"
    QUESTIONED = "questioned"


class Flag(StrEnum):
    """What is worth knowing about a figure beside the figure; in the order in which it is shown."""

    MISSING = "missing"
    LATE = "late"
    CHANGED = "changed"
    QUESTIONED = "questioned"
    LAPSED = "lapsed"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Check:
    """What somebody found about one version of an entry."""

    entry_version: int
    verdict: CheckVerdict


@dataclass(frozen=True, slots=True)
class Recorded:
    """What counts of an entry here."""

    last_day: date
    """Of the days that it is for."""
    first_recorded_on: date
    changes: int
    check: CheckState


def due_on(last_day: date, grace_days: int) -> date:
    """The last day on which a figure for days up to `last_day` is in time."""
    return last_day + timedelta(days=grace_days)


def check_state(version: int, checks: Sequence[Check]) -> CheckState:
    """How an entry at this version stands; of several checks, in the order in which they were made, the last counts.

    A question stays asked until somebody verifies the entry or it is changed; what was verified lapses by a change.
    """
    present = [check for check in checks if check.entry_version == version]
    if present:
        return CheckState.OK if present[-1].verdict is CheckVerdict.OK else CheckState.QUESTIONED
    was_verified = any(check.verdict is CheckVerdict.OK for check in checks)
    return CheckState.LAPSED if was_verified else CheckState.NONE


def flags_of(recorded: Recorded, grace_days: int) -> tuple[Flag, ...]:
    """Everything worth knowing about an entry that is there."""
    found = {
        Flag.LATE: recorded.first_recorded_on > due_on(recorded.last_day, grace_days),
        Flag.CHANGED: recorded.changes > 0,
        Flag.QUESTIONED: recorded.check is CheckState.QUESTIONED,
        Flag.LAPSED: recorded.check is CheckState.LAPSED,
        Flag.VERIFIED: recorded.check is CheckState.OK,
    }
    return tuple(flag for flag, holds in found.items() if holds)


def is_missing(last_day: date, grace_days: int, today: date) -> bool:
    """Whether a figure that is not there should be by now."""
    return today > due_on(last_day, grace_days)


@dataclass(frozen=True, slots=True)
class Tally:
    """How well somebody's figures of a period are recorded, counted."""

    there: int = 0
    lacking: int = 0
    """Due and not there, be it in time still."""
    missing: int = 0
    """Those of them whose time is over."""
    late: int = 0
    changed: int = 0
    verified: int = 0
    questioned: int = 0

    @property
    def due(self) -> int:
        """Figures of the period; one for a month stands for all the days in it."""
        return self.there + self.lacking

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def tally(recorded: Iterable[Recorded], lacking: Iterable[date], grace_days: int, today: date) -> Tally:
    """What is there, and what lacks by the last days of the spans that have no figure."""
    flags = [flags_of(each, grace_days) for each in recorded]
    spans = list(lacking)

    def count(flag: Flag) -> int:
        return sum(flag in found for found in flags)

    return Tally(
        there=len(flags),
        lacking=len(spans),
        missing=sum(is_missing(last_day, grace_days, today) for last_day in spans),
        late=count(Flag.LATE),
        changed=count(Flag.CHANGED),
        verified=count(Flag.VERIFIED),
        questioned=count(Flag.QUESTIONED),
    )
