"""Which entries were recorded, when, by whom and from which source, and which were changed afterwards?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any, Final

from app.demo.agreements import Agreed, Agreement
from app.demo.content import words
from app.demo.figures import Course, Drawn, Input, Stage, Talent
from app.models import EntryCheck, EvidenceFile
from app.rules.aggregation import Slot, due_slots
from app.rules.vocabulary import Channel, Frequency, MeasureKind, SourceKind

_MISSING, _GAP, _CHANGED, _NOTED, _DECLARED, _EARLY = 0.015, 0.03, 0.02, 0.035, 0.03, 0.25
"""How often an entry is missing, several in a row are, one is changed, has a note, comes from the employee alone; and
how many people have figures of a month that is not over."""
_EVIDENCE: Final = {
    SourceKind.EMPLOYEE_WITH_EVIDENCE: 0.85,
    SourceKind.THIRD_PARTY: 0.55,
    SourceKind.SYSTEM_WITH_LOG: 0.08,
}
_CHANNELS: Final = {SourceKind.SYSTEM_OF_RECORD: Channel.API, SourceKind.SYSTEM_WITH_LOG: Channel.API}
"""Systems deliver their figures themselves; the others are typed."""


@dataclass(slots=True)
class Recorded:
    """An entry, with the names of the product's own: the rules read it like a stored one."""

    id: int
    kpi_id: int
    on: str
    starts_on: date
    ends_on: date
    value: Decimal | None
    inputs: Sequence[Input]
    reached: Sequence[Stage]
    source_kind: SourceKind
    note: str
    evidence_link: str
    recorded_at: datetime
    recorded_by_id: int
    changes: int = 0
    before: "Before | None" = None
    channel: str = Channel.PAGE.value
    files: Sequence[EvidenceFile] = ()
    checks: Sequence[EntryCheck] = ()

    @property
    def version(self) -> int:
        """One more with each change."""
        return 1 + self.changes

    @property
    def first_recorded_on(self) -> date:
        """The day on which there was a figure for the first time."""
        return (self.before.at if self.before else self.recorded_at).date()

    @property
    def figure(self) -> str | dict[str, str] | list[str]:
        """What the entry says, as the chain of acts keeps it."""
        return _figure(self.value, self.inputs, self.reached)


@dataclass(frozen=True, slots=True)
class Before:
    """What an entry said at first."""

    at: datetime
    figure: str | dict[str, str] | list[str]


@dataclass(frozen=True, slots=True)
class Horizon:
    """Until when everything is recorded, and the moment at which the story ends."""

    last_day: date
    now: datetime


def entries(
    agreement: Agreement, person: Talent, recorders: "Recorders", missing: Counter[int], chance: Random
) -> Iterator[tuple[Agreed, list[Recorded]]]:
    """Everything recorded for the KPIs of a plan, each in the order of last days; what lacks is counted by month."""
    horizon = recorders.horizon
    is_early = chance.random() < _EARLY
    for agreed in agreement.kpis:
        course = Course(agreement.plan, agreed, person, chance)
        gap = _gap(agreed, chance)
        found = []
        for slot in _slots(agreement, agreed, horizon, is_early=is_early):
            drawn = course.at(slot)
            if slot.last_day.month in gap or chance.random() < _missing(agreed):
                missing[slot.last_day.month] += len(_due(agreed.kpi.frequency, slot.first_day, slot.last_day))
                continue
            entry = _recorded(agreed, slot, drawn, recorders, chance)
            if entry.recorded_at <= horizon.now:
                found.append(entry)
        yield agreed, found


@dataclass(frozen=True, slots=True)
class Recorders:
    """Who records for somebody: their manager on the day, on a fixed day after each month."""

    number: str
    changes: Sequence[tuple[date, int]]
    """From which day on who is the manager, the latest first."""
    horizon: Horizon

    def on(self, day: date) -> int:
        """Who records for a day."""
        return next((manager for first, manager in self.changes if first <= day), self.changes[-1][1])

    def at(self, slot: Slot) -> datetime:
        """When the figures of a slot are recorded."""
        if slot.last_day > self.horizon.last_day and (slot.last_day - slot.first_day).days > 7:  # noqa: PLR2004
            return self.horizon.now - timedelta(hours=20)
        return moment(slot.last_day, self.on(slot.last_day))


@lru_cache(100_000)
def moment(day: date, manager: int) -> datetime:
    """The hour at which a manager does the recording after a day: all of the team at once."""
    draw = (manager * 7919 + day.toordinal() * 104_729) % 10_000
    after = timedelta(days=1 + draw % 5, hours=2 + draw % 7, minutes=draw % 60, seconds=draw // 100 % 60)
    return datetime.combine(day, time(), UTC) + after


def _slots(agreement: Agreement, agreed: Agreed, horizon: Horizon, *, is_early: bool) -> Iterator[Slot]:
    plan, kpi = agreement.plan, agreed.kpi
    frequency = Frequency.MONTHLY if agreed.spec.says("by_period") else kpi.frequency
    for slot in _due(frequency, plan.starts_on, plan.ends_on):
        is_whole = slot.last_day <= horizon.last_day
        # Of the month that is still running the weeks that are over are there, and a few people's first figures
        is_week = frequency is Frequency.WEEKLY and slot.last_day <= horizon.now.date()
        is_first = is_early and frequency is Frequency.MONTHLY and slot.first_day <= horizon.now.date()
        if is_whole or is_week or (is_first and kpi.measure is MeasureKind.RATIO):
            yield slot


@lru_cache(10_000)
def _due(frequency: Frequency, first: date, last: date) -> list[Slot]:
    return due_slots(frequency, first, last)


def _missing(agreed: Agreed) -> float:
    return 0 if agreed.kpi.measure is MeasureKind.MILESTONE else _MISSING


def _gap(agreed: Agreed, chance: Random) -> range:
    """Months of which nothing was recorded."""
    if agreed.kpi.measure is MeasureKind.MILESTONE or chance.random() >= _GAP:
        return range(0)
    first = chance.randrange(1, 11)
    return range(first, first + chance.randrange(2, 5))


def _recorded(agreed: Agreed, slot: Slot, drawn: Drawn, recorders: Recorders, chance: Random) -> Recorded:
    at = recorders.at(slot)
    source = SourceKind.EMPLOYEE_DECLARED if chance.random() < _DECLARED else agreed.spec.source_kind
    entry = Recorded(
        id=0,
        kpi_id=agreed.kpi.id,
        on=slot.on,
        starts_on=slot.first_day,
        ends_on=slot.last_day,
        value=drawn.value,
        inputs=drawn.inputs,
        reached=drawn.reached,
        source_kind=source,
        note=chance.choice(words()["notes"]) if chance.random() < _NOTED else "",
        evidence_link=_link(agreed, slot, recorders.number) if chance.random() < _EVIDENCE.get(source, 0) else "",
        recorded_at=at,
        recorded_by_id=recorders.on(slot.last_day),
        channel=_CHANNELS.get(source, Channel.PAGE).value,
    )
    if slot.last_day > recorders.horizon.last_day:
        entry.note = words()["partial_note"] if (slot.last_day - slot.first_day).days > 7 else ""  # noqa: PLR2004
    elif entry.value == 0 and agreed.spec.says("often_zero"):
        entry.note = words()["zero_note"]
    elif chance.random() < _CHANGED:
        _correct(entry, agreed, chance)
    return entry


def _correct(entry: Recorded, agreed: Agreed, chance: Random) -> None:
    """Let the entry be the second one: at first something else was recorded."""
    factor = Decimal(chance.choice((96, 98, 103, 106)))
    if entry.inputs:
        *others, last = entry.inputs
        wrong = (last.value * factor / 100).to_integral_value()
        inputs = (*others, Input(last.name, wrong + 1 if wrong == last.value else wrong))
        said = _figure(None, inputs, ())
    elif entry.value and agreed.kpi.measure in (MeasureKind.VALUE, MeasureKind.GROWTH):
        units = (entry.value * factor / 100 / agreed.spec.step).to_integral_value()
        wrong = units * agreed.spec.step
        said = _figure(wrong + agreed.spec.step if wrong == entry.value else wrong, (), ())
    else:
        return
    entry.before = Before(entry.recorded_at, said)
    entry.recorded_at += timedelta(days=chance.randrange(1, 4), hours=chance.randrange(3), minutes=7)
    entry.changes = 1
    entry.note = chance.choice(words()["corrections"])


def _link(agreed: Agreed, slot: Slot, number: str) -> str:
    return f"https://berkas.example.com/{slot.on}/{number}/{agreed.spec.code.lower()}.pdf"


def _figure(
    value: Decimal | None, inputs: Sequence[Input], reached: Sequence[Stage]
) -> str | dict[str, str] | list[str]:
    if value is not None:
        return f"{value:f}"
    if inputs:
        return {each.name: f"{each.value:f}" for each in inputs}
    return sorted(stage.name for stage in reached)


def columns_of(entry: Recorded) -> dict[str, Any]:
    """The entry as a row."""
    return {
        "id": entry.id,
        "kpi_id": entry.kpi_id,
        "on": entry.on,
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        "value": entry.value,
        "source_kind": entry.source_kind,
        "note": entry.note,
        "evidence_link": entry.evidence_link,
        "recorded_at": entry.recorded_at,
        "recorded_by_id": entry.recorded_by_id,
        "changes": entry.changes,
        "first_recorded_on": entry.first_recorded_on,
        "channel": entry.channel,
        "version": entry.version,
    }
