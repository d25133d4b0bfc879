"""What was agreed with people and recorded about them up to a period? A number of queries that does not grow."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.models import Adjustment as AdjustmentRow
from app.models import (
    Appraisal,
    Behaviour,
    BehaviourRating,
    Cycle,
    Entry,
    Kpi,
    Objective,
    Period,
    Person,
    Placement,
    Plan,
    Position,
    PublishedScorecard,
    ReportingLine,
    Unit,
)
from app.models.people import lasts_on_last_day
from app.rules import policy as rules
from app.rules.outcome import Adjustment
from app.rules.progress import AgreedKpi, SpanTarget
from app.rules.vocabulary import BINDING, PeriodState, PlanState
from app.services.adjustments import adjustment_values
from app.services.case_facts import appraisers_of, exclusions_of
from app.services.cycles import policy_of
from app.services.entry_books import entries_of, entry_value
from app.services.plan_values import measure_of, scoring_of
from app.services.segment_facts import SegmentFacts, load_segments


@dataclass(frozen=True, slots=True)
class Placed:
    """A person where they stood on the period's last day, or on their own last one."""

    id: int
    number: str
    name: str
    joined_on: date
    left_on: date | None
    position: str
    unit: str
    manager_id: int | None


@dataclass(frozen=True, slots=True)
class Published:
    """What a published scorecard came to."""

    period_code: str
    total: Decimal | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One employee with the plan in force in the period and everything recorded for it."""

    person: Placed
    appraiser: Placed | None
    plan: Plan
    entries: Mapping[int, Sequence[Entry]]
    """By KPI, in the order of last days."""
    appraisal: Appraisal | None
    versions: int
    """How many scorecards were published for this period so far."""
    previous: Published | None
    adjustments: Sequence[Adjustment] = ()
    """In the order in which they were written."""
    levels: Sequence[int] = ()
    """Of the behaviours, once all of them are rated."""
    excluded: Mapping[str, str] = field(default_factory=dict)
    """KPIs that two people left out of the total, by code, with the reason."""
    segments: Sequence[SegmentFacts] = ()
    """In their order, the present one last; none where the cycle is one piece so far."""

    @property
    def first_day(self) -> date:
        """The day from which the present plan is scored: its own first one, or that of the present segment."""
        return self.segments[-1].first_day if self.segments else self.plan.starts_on


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """A period with its policy, and the people who have a plan in it."""

    cycle: Cycle
    period: Period
    policy: rules.Policy
    today: date
    people: Mapping[int, PersonFacts]
    names: Mapping[int, str]
    """Of everybody who recorded an entry."""

    @property
    def due_by(self) -> date:
        """The day up to which entries can be due: the period's last one, or today while the period runs."""
        return self.period.ends_on if is_over(self.period, self.today) else min(self.today, self.period.ends_on)


def as_told(person: PersonFacts, reader_id: int) -> PersonFacts:
    """The facts for this reader: what a manager or calibration has set is not shown to the employee before release."""
    return replace(person, adjustments=(), levels=()) if person.person.id == reader_id else person


def is_over(period: Period, today: date) -> bool:
    """Whether the period's last day has passed, or HR has closed the period."""
    return period.state is PeriodState.CLOSED or period.ends_on < today


def load_cycle(session: Session, *, fresh: bool = False, **key: str | int) -> Cycle:
    """The cycle of this code or id, with periods and grades in one select; `fresh` as for `load_facts`."""
    wanted = select(Cycle).filter_by(**key).options(joinedload(Cycle.periods), joinedload(Cycle.bands))
    cycle = session.scalars(wanted.execution_options(populate_existing=fresh)).unique().one_or_none()
    if cycle is None:
        raise NotFound
    return cycle


def load_facts(
    session: Session,
    cycle: Cycle,
    period: Period,
    person_ids: Collection[int],
    today: date,
    *,
    fresh: bool = False,
) -> PeriodFacts:
    """The facts about these people; who has no plan in force in the period is left out. No permission is asked here.

    `fresh` reads those anew that the session knows already: what is decided by them must hold now.
    """
    versions_begun = _plans_begun(session, period, person_ids, fresh=fresh)
    plans = {person_id: begun[-1] for person_id, begun in versions_begun.items()}
    segments = load_segments(session, versions_begun, period.ends_on)
    counting = [each.plan for parts in segments.values() for each in parts]
    entries = entries_of(
        session, [kpi.id for plan in [*plans.values(), *counting] for kpi in kpis_of(plan)], fresh=fresh
    )
    employees = people_on(session, plans, period.ends_on)
    recorders = {entry.recorded_by_id for each in entries.values() for entry in each}
    managers = appraisers_of(session, period.id, {each: person.manager_id for each, person in employees.items()})
    others = people_on(session, set(managers.values()) | recorders, period.ends_on)
    appraisals, versions = _appraisals(session, period, plans, fresh=fresh)
    excluded = exclusions_of(session, {appraisal.id: person_id for person_id, appraisal in appraisals.items()})
    previous = _previous(session, period, plans)
    levels = _levels(session, cycle, period, plans)
    people = {
        person_id: PersonFacts(
            person=employees[person_id],
            appraiser=others.get(managers.get(person_id, 0)),
            plan=plan,
            entries={kpi.id: entries[kpi.id] for kpi in _kpis_counting(plan, segments.get(person_id, ()))},
            appraisal=appraisals.get(person_id),
            versions=versions.get(person_id, 0),
            previous=previous.get(person_id),
            adjustments=adjustment_values(appraisals[person_id].adjustments) if person_id in appraisals else (),
            levels=levels.get(person_id, ()),
            excluded=excluded.get(person_id, {}),
            segments=segments.get(person_id, ()),
        )
        for person_id, plan in plans.items()
    }
    names = {person_id: person.name for person_id, person in others.items()}
    return PeriodFacts(cycle, period, policy_of(cycle), today, people, names)


def kpis_of(plan: Plan) -> list[Kpi]:
    """All KPIs in the order of the plan."""
    return [kpi for objective in plan.objectives for kpi in objective.kpis]


def agreed(facts: PeriodFacts, person: PersonFacts, plan: Plan, kpi: Kpi) -> AgreedKpi:
    """The KPI of one of the person's plans with its entries as the rules take it."""
    periods = {period.id: period for period in facts.cycle.periods}
    targets = [(periods[each.period_id], each.target) for each in kpi.period_targets]
    return AgreedKpi(
        measure=measure_of(kpi),
        scoring=scoring_of(kpi),
        frequency=kpi.frequency,
        first_day=plan.starts_on,
        last_day=plan.ends_on,
        entries=tuple(entry_value(entry) for entry in person.entries[kpi.id]),
        period_targets=tuple(
            SpanTarget(period.starts_on, period.ends_on, Fraction(target)) for period, target in _by_start(targets)
        ),
        target_until=_target_until(facts.cycle, person, plan),
    )


def _kpis_counting(plan: Plan, segments: Sequence[SegmentFacts]) -> list[Kpi]:
    """The KPIs of the present plan and of those before it in the cycle."""
    plans = {each.id: each for each in [*(segment.plan for segment in segments), plan]}
    return [kpi for each in plans.values() for kpi in kpis_of(each)]


def _by_start(targets: Iterable[tuple[Period, Decimal]]) -> list[tuple[Period, Decimal]]:
    return sorted(targets, key=lambda pair: pair[0].starts_on)


def _target_until(cycle: Cycle, person: PersonFacts, plan: Plan) -> date | None:
    # A plan that ends early, for a successor or because the person leaves, was agreed for longer
    if plan.agreed_until is not None:
        return plan.agreed_until
    if plan.state is not PlanState.REPLACED:
        return None
    return min(cycle.ends_on, person.person.left_on or cycle.ends_on)


def _plans_begun(
    session: Session, period: Period, person_ids: Collection[int], *, fresh: bool
) -> dict[int, list[Plan]]:
    """Each person's versions in the cycle that have begun by the period's end, the one in force in the period last.

    That is the version in force on the last day that period and plan share, of two on one day the later one.
    """
    kpis = joinedload(Plan.objectives).joinedload(Objective.kpis)
    wanted = (
        select(Plan)
        .where(
            Plan.person_id.in_(person_ids),
            Plan.cycle_id == period.cycle_id,
            Plan.state.in_(BINDING),
            Plan.starts_on <= period.ends_on,
        )
        .options(
            kpis.joinedload(Kpi.inputs),
            kpis.joinedload(Kpi.milestones),
            kpis.joinedload(Kpi.bands),
            kpis.selectinload(Kpi.period_targets),
        )
        .order_by(Plan.person_id, Plan.version_number)
        .execution_options(populate_existing=fresh)
    )
    begun: dict[int, list[Plan]] = {}
    for plan in session.scalars(wanted).unique():
        begun.setdefault(plan.person_id, []).append(plan)
    return {person_id: plans for person_id, plans in begun.items() if plans[-1].ends_on >= period.starts_on}


def people_on(session: Session, person_ids: Collection[int], day: date) -> dict[int, Placed]:
    """The people where they stand on a day."""
    if not person_ids:
        return {}
    wanted = (
        select(
            Person.id,
            Person.number,
            Person.name,
            Person.joined_on,
            Person.left_on,
            func.coalesce(Position.name, "").label("position"),
            func.coalesce(Unit.name, "").label("unit"),
            ReportingLine.manager_id,
        )
        .outerjoin(Placement, and_(Placement.person_id == Person.id, lasts_on_last_day(Placement, day)))
        .outerjoin(Position, Placement.position_id == Position.id)
        .outerjoin(Unit, Placement.unit_id == Unit.id)
        .outerjoin(ReportingLine, and_(ReportingLine.person_id == Person.id, lasts_on_last_day(ReportingLine, day)))
        .where(Person.id.in_(person_ids))
    )
    return {row.id: Placed(*row) for row in session.execute(wanted)}


def _appraisals(
    session: Session, period: Period, person_ids: Collection[int], *, fresh: bool
) -> tuple[dict[int, Appraisal], dict[int, int]]:
    wanted = (
        select(Appraisal)
        .where(Appraisal.period_id == period.id, Appraisal.person_id.in_(person_ids))
        .options(
            selectinload(Appraisal.scorecards).load_only(PublishedScorecard.version_number),
            joinedload(Appraisal.adjustments).joinedload(AdjustmentRow.by),
        )
        .execution_options(populate_existing=fresh)
    )
    appraisals = {appraisal.person_id: appraisal for appraisal in session.scalars(wanted).unique()}
    return appraisals, {person_id: len(appraisal.scorecards) for person_id, appraisal in appraisals.items()}


def _levels(session: Session, cycle: Cycle, period: Period, person_ids: Collection[int]) -> dict[int, list[int]]:
    """The levels of those whose behaviours are all rated, where the policy counts them and the period is reviewed."""
    if not (cycle.behaviour_share and period.asks_review):
        return {}
    wanted = (
        select(Appraisal.person_id, BehaviourRating.level)
        .join(Appraisal, BehaviourRating.appraisal_id == Appraisal.id)
        .join(Behaviour, BehaviourRating.behaviour_id == Behaviour.id)
        .where(Appraisal.period_id == period.id, Appraisal.person_id.in_(person_ids))
        .order_by(Appraisal.person_id, Behaviour.place)
    )
    rated: dict[int, list[int]] = {}
    for row in session.execute(wanted):
        rated.setdefault(row.person_id, []).append(row.level)
    asked = session.scalar(select(func.count()).where(Behaviour.cycle_id == cycle.id))
    return {person_id: levels for person_id, levels in rated.items() if len(levels) == asked}


def _previous(session: Session, period: Period, person_ids: Collection[int]) -> dict[int, Published]:
    """The last result published before this period, in this cycle or one before."""
    wanted = (
        select(Appraisal.person_id, Period.code, PublishedScorecard.total, PublishedScorecard.grade)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Period, Appraisal.period_id == Period.id)
        .where(Appraisal.person_id.in_(person_ids), Period.ends_on < period.starts_on)
        .order_by(Period.ends_on, PublishedScorecard.version_number)
    )
    return {row.person_id: Published(row.code, row.total, row.grade) for row in session.execute(wanted)}
