"""Who is to be reminded today of what is due, overdue or stuck?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.models import (
    Appeal,
    Appraisal,
    Cycle,
    Kpi,
    KpiRecorder,
    Notice,
    Period,
    Person,
    Plan,
    PlanRemark,
    PublishedScorecard,
    ReportingLine,
    SelfAssessment,
)
from app.models.people import lasts_on, not_left_before
from app.rules.noticing import NoticeKind
from app.rules.recording import recorder_by_source
from app.rules.reminders import Calendar, anchors, kind_due
from app.rules.vocabulary import (
    BINDING,
    AppraisalState,
    CycleState,
    PeriodState,
    PlanState,
    RecorderRule,
    RemarkKind,
    SourceKind,
)
from app.services.gaps import gaps_of
from app.services.notices import tell
from app.services.released import appeal_day
from app.settings import Settings

_AT_ONCE = 500
_Values = Mapping[str, str | date]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing that one person is to be told."""

    person_id: int
    kind: NoticeKind
    key: str
    values: _Values
    about: tuple[str, int] | None = None
    concerns: int | None = None

    def tell(self, session: Session) -> bool:
        """Tell it; False where it was told before."""
        return tell(
            session,
            self.person_id,
            self.kind,
            key=self.key,
            about=self.about,
            concerns=self.concerns,
            values=self.values,
        )


@dataclass(slots=True)
class _Day:
    """The day on which is asked, and what several questions need of it."""

    session: Session
    settings: Settings
    today: date
    since: date
    _names: dict[int, str] = field(default_factory=dict)

    @property
    def calendar(self) -> Calendar:
        """The days of the settings."""
        settings = self.settings
        return Calendar(settings.remind_before_days, settings.remind_after_days, settings.escalate_after_days)

    def due(self, offsets: Mapping[NoticeKind, int], anchor: date) -> NoticeKind | None:
        """Which reminder counted from the anchor is due."""
        return kind_due(offsets, anchor, self.today, self.since)

    def moments(self, offsets: Mapping[NoticeKind, int]) -> tuple[datetime, datetime]:
        """Between which moments something must have happened to be due today."""
        first, last = anchors(offsets, self.today)
        zone = ZoneInfo(self.settings.time_zone)
        start, end = (datetime.combine(day, time(0), zone).astimezone(UTC) for day in (first, last + timedelta(days=1)))
        return start, end

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment."""
        return moment.astimezone(ZoneInfo(self.settings.time_zone)).date()

    def managers(self, person_ids: Iterable[int]) -> dict[int, int]:
        """The line manager of each person today."""
        found: dict[int, int] = {}
        for part in _parts(sorted(set(person_ids))):
            rows = self.session.execute(
                select(ReportingLine.person_id, ReportingLine.manager_id).where(
                    ReportingLine.person_id.in_(part),
                    lasts_on(ReportingLine, self.today),
                )
            )
            found.update((person_id, manager_id) for person_id, manager_id in rows)
        return found

    def name(self, person_id: int) -> str:
        """What a person is called."""
        if person_id not in self._names:
            self._names[person_id] = self.session.get_one(Person, person_id).name
        return self._names[person_id]


def untold(session: Session, reminders: Sequence[Reminder]) -> list[Reminder]:
    """Those that nobody was given yet."""
    kinds = {each.kind for each in reminders}
    rows = session.execute(select(Notice.person_id, Notice.kind, Notice.key).where(Notice.kind.in_(kinds)))
    told = {(person_id, kind, key) for person_id, kind, key in rows}
    return [each for each in reminders if (each.person_id, each.kind, each.key) not in told]


def due_reminders(session: Session, settings: Settings, today: date, since: date) -> list[Reminder]:
    """Everything that somebody is to be reminded of today; reading only, and nothing from before `since`."""
    day = _Day(session, settings, today, since)
    found: list[Reminder] = []
    for ask in (_entries, _own_views, _scorings, _missing_plans, _answers, _receipts, _closing_appeals, _open_appeals):
        found += ask(day)
    return found


# --- recording and reviewing ------------------------------------------------------------------------------------------


def _periods(day: _Day, offsets: Mapping[NoticeKind, int]) -> list[tuple[Period, NoticeKind]]:
    first, last = anchors(offsets, day.today)
    periods = day.session.scalars(
        select(Period)
        .join(Period.cycle)
        .where(
            Cycle.state == CycleState.OPEN,
            Period.state == PeriodState.OPEN,
            Period.ends_on.between(first, last),
        )
        .options(joinedload(Period.cycle))
        .order_by(Period.id)
    )
    due = ((period, day.due(offsets, period.ends_on)) for period in periods)
    return [(period, kind) for period, kind in due if kind is not None]


def _entries(day: _Day) -> Iterator[Reminder]:
    """Whoever records a KPI that lacks an entry, and their manager when it stays so."""
    for period, kind in _periods(day, day.calendar.entries):
        values: _Values = {"period": period.code, "cycle": period.cycle.code, "due_on": period.ends_on}
        people = _recorders(day, period)
        if kind is not NoticeKind.ENTRIES_ESCALATED:
            yield from (Reminder(person_id, kind, str(period.id), values) for person_id in people)
            continue
        yield from _to_managers(day, people, kind, str(period.id), values)


def _recorders(day: _Day, period: Period) -> list[int]:
    """Everybody who has something to record in the period and has not."""
    gaps = gaps_of(day.session, period)
    kpis: dict[int, tuple[SourceKind, RecorderRule | None, int | None]] = {}
    for part in _parts(sorted({gap.kpi_id for gap in gaps})):
        rows = day.session.execute(
            select(Kpi.id, Kpi.source_kind, KpiRecorder.rule, KpiRecorder.person_id)
            .outerjoin(KpiRecorder, KpiRecorder.kpi_id == Kpi.id)
            .where(Kpi.id.in_(part))
        )
        kpis.update((kpi_id, (source, rule, person_id)) for kpi_id, source, rule, person_id in rows)
    managers = day.managers(gap.person_id for gap in gaps)
    found: set[int] = set()
    for gap in gaps:
        source, rule, third_party = kpis[gap.kpi_id]
        rule = rule or recorder_by_source(source)
        who = {
            RecorderRule.EMPLOYEE: gap.person_id,
            RecorderRule.MANAGER: managers.get(gap.person_id),
            RecorderRule.THIRD_PARTY: third_party,
        }[rule]
        found |= {who} if who is not None else set()
    return sorted(found)


def _to_managers(day: _Day, people: Sequence[int], kind: NoticeKind, key: str, values: _Values) -> Iterator[Reminder]:
    """One reminder to the manager of each person, which names that person."""
    managers = day.managers(people)
    for person_id in people:
        if person_id in managers:
            named = {**values, "name": day.name(person_id)}
            yield Reminder(managers[person_id], kind, f"{key}.{person_id}", named, concerns=person_id)


def _own_views(day: _Day) -> Iterator[Reminder]:
    """Employees of whom a self-assessment is asked and not handed in."""
    for period, kind in _periods(day, day.calendar.own_view):
        if not (period.asks_review and period.cycle.asks_self_assessment):
            continue
        handed_in = exists().where(
            SelfAssessment.appraisal_id == Appraisal.id, SelfAssessment.handed_in_at.is_not(None)
        )
        waiting = _unscored(day, period, ~handed_in)
        values = {"period": period.code, "cycle": period.cycle.code}
        yield from (Reminder(each, kind, str(period.id), values, concerns=each) for each in waiting)


def _scorings(day: _Day) -> Iterator[Reminder]:
    """Managers who have not handed in a scoring, and the manager above when it stays so."""
    for period, kind in _periods(day, day.calendar.scoring):
        if not period.asks_review:
            continue
        managers = sorted(set(day.managers(_unscored(day, period)).values()))
        values = {"period": period.code, "cycle": period.cycle.code}
        if kind is NoticeKind.SCORING_OVERDUE:
            yield from (Reminder(each, kind, str(period.id), values) for each in managers)
        else:
            yield from _to_managers(day, managers, kind, str(period.id), values)


def _unscored(day: _Day, period: Period, *conditions: ColumnElement[bool]) -> Sequence[int]:
    """Who has a plan in the period and an appraisal that is still open, or none."""
    open_one = and_(Appraisal.person_id == Plan.person_id, Appraisal.period_id == period.id)
    is_open = or_(Appraisal.id.is_(None), Appraisal.state == AppraisalState.OPEN)
    return day.session.scalars(
        select(Plan.person_id)
        .outerjoin(Appraisal, open_one)
        .where(
            Plan.cycle_id == period.cycle_id,
            Plan.state.in_(BINDING),
            Plan.starts_on <= period.ends_on,
            Plan.ends_on >= period.starts_on,
            is_open,
            *(or_(Appraisal.id.is_(None), each) for each in conditions),
        )
        .distinct()
        .order_by(Plan.person_id)
    ).all()


# --- plans ------------------------------------------------------------------------------------------------------------


def _missing_plans(day: _Day) -> Iterator[Reminder]:
    """Managers of people without any plan in a cycle that has begun."""
    offsets = day.calendar.plan
    cycles = day.session.scalars(
        select(Cycle).where(Cycle.state == CycleState.OPEN, Cycle.starts_on.between(*anchors(offsets, day.today)))
    )
    for cycle in cycles:
        kind = day.due(offsets, cycle.starts_on)
        if kind is None:
            continue
        without = day.session.scalars(
            select(Person.id).where(
                Person.joined_on <= cycle.starts_on,
                not_left_before(day.today),
                ~exists().where(Plan.person_id == Person.id, Plan.cycle_id == cycle.id),
            )
        )
        values: _Values = {"cycle": cycle.code, "from_on": cycle.starts_on}
        for manager_id in sorted(set(day.managers(without).values())):
            yield Reminder(manager_id, kind, str(cycle.id), values)


def _answers(day: _Day) -> Iterator[Reminder]:
    """Employees who have not answered a proposal, and their manager when it stays so."""
    offsets = day.calendar.answer
    proposed = (
        select(
            PlanRemark.person_id, PlanRemark.cycle_id, PlanRemark.version_number, func.max(PlanRemark.at).label("at")
        )
        .where(PlanRemark.kind == RemarkKind.PROPOSED)
        .group_by(PlanRemark.person_id, PlanRemark.cycle_id, PlanRemark.version_number)
        .subquery()
    )
    same = and_(
        proposed.c.person_id == Plan.person_id,
        proposed.c.cycle_id == Plan.cycle_id,
        proposed.c.version_number == Plan.version_number,
    )
    plans = day.session.execute(
        select(Plan, proposed.c.at)
        .join(proposed, same)
        .where(Plan.state == PlanState.PROPOSED, proposed.c.at.between(*day.moments(offsets)))
        .options(joinedload(Plan.cycle))
        .order_by(Plan.id)
    ).all()
    managers = day.managers(plan.person_id for plan, _ in plans)
    for plan, at in plans:
        since_on = day.day_of(at)
        kind = day.due(offsets, since_on)
        reader = plan.person_id if kind is NoticeKind.PLAN_ANSWER_OVERDUE else managers.get(plan.person_id)
        if kind is None or reader is None:
            continue
        values: dict[str, str | date] = {"cycle": plan.cycle.code, "since_on": since_on}
        if kind is NoticeKind.PLAN_ANSWER_ESCALATED:
            values["name"] = day.name(plan.person_id)
        key = f"{plan.id}.{since_on}"
        yield Reminder(reader, kind, key, values, about=("plan", plan.id), concerns=plan.person_id)


# --- after publication ------------------------------------------------------------------------------------------------


def _published(
    day: _Day, first: datetime, last: datetime, *conditions: ColumnElement[bool]
) -> Iterator[tuple[PublishedScorecard, Appraisal]]:
    """Cards published in a span of which the employee has neither confirmed receipt nor objected."""
    cards = day.session.scalars(
        select(PublishedScorecard)
        .join(PublishedScorecard.appraisal)
        .join(Appraisal.period)
        .join(Period.cycle)
        .where(
            Appraisal.state == AppraisalState.PUBLISHED,
            *conditions,
            PublishedScorecard.published_at.between(first, last),
            PublishedScorecard.version_number
            == select(func.max(PublishedScorecard.version_number))
            .where(PublishedScorecard.appraisal_id == Appraisal.id)
            .correlate(Appraisal)
            .scalar_subquery(),
        )
        .options(joinedload(PublishedScorecard.appraisal).joinedload(Appraisal.period).joinedload(Period.cycle))
        .order_by(PublishedScorecard.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for card in cards:
        yield card, card.appraisal


def _receipts(day: _Day) -> Iterator[Reminder]:
    """Employees who have not confirmed receipt of their scorecard."""
    offsets = day.calendar.receipt
    for card, appraisal in _published(day, *day.moments(offsets)):
        kind = day.due(offsets, day.day_of(card.published_at))
        if kind is not None:
            yield _about_card(card, appraisal, kind, {})


def _closing_appeals(day: _Day) -> Iterator[Reminder]:
    """Employees whose days of objection are nearly over."""
    offsets = day.calendar.closing
    first, last = day.moments(offsets)
    for days in day.session.scalars(select(Cycle.appeal_days).distinct().order_by(Cycle.appeal_days)).all():
        open_for = timedelta(days=days)
        for card, appraisal in _published(day, first - open_for, last - open_for, Cycle.appeal_days == days):
            until = appeal_day(card)  # what the paper promises counts
            kind = day.due(offsets, until) if until and until >= day.today else None
            if kind is not None and until is not None:
                yield _about_card(card, appraisal, kind, {"until_on": until})


def _about_card(card: PublishedScorecard, appraisal: Appraisal, kind: NoticeKind, values: _Values) -> Reminder:
    said = {"period": appraisal.period.code, "cycle": appraisal.period.cycle.code, **values}
    about = ("published_scorecard", card.id)
    return Reminder(appraisal.person_id, kind, str(card.id), said, about=about, concerns=appraisal.person_id)


def _open_appeals(day: _Day) -> Iterator[Reminder]:
    """The second-level manager, where an appeal has waited for a decision."""
    offsets = day.calendar.decision
    appeals = day.session.scalars(
        select(Appeal)
        .where(Appeal.decided_at.is_(None), Appeal.raised_at.between(*day.moments(offsets)))
        .options(joinedload(Appeal.appraisal).joinedload(Appraisal.period).joinedload(Period.cycle))
        .order_by(Appeal.id)
    ).all()
    nearest = day.managers(appeal.appraisal.person_id for appeal in appeals)
    above = day.managers(nearest.values())
    for appeal in appeals:
        person_id, period = appeal.appraisal.person_id, appeal.appraisal.period
        since_on = day.day_of(appeal.raised_at)
        kind, reader = day.due(offsets, since_on), above.get(nearest.get(person_id, 0))
        if kind is None or reader is None:
            continue
        values: _Values = {
            "name": day.name(person_id),
            "period": period.code,
            "cycle": period.cycle.code,
            "since_on": since_on,
        }
        yield Reminder(reader, kind, str(appeal.id), values, about=("appeal", appeal.id), concerns=person_id)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
