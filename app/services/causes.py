"""Why did a KPI fall behind, what is done about it until when, and which of that is still open?"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app import clock
from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Cycle, Kpi, KpiCause, Period, Person, Plan
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import BINDING, Action, CycleState
from app.services import audit
from app.services.listing import Listing
from app.services.scorecards import PeriodCard

LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class CauseValues:
    """Why it is so, what is done about it, and until when."""

    cause: str
    corrective_action: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class KpiAt:
    """Where a KPI is found, however its plan was revised: whose, in which period, and its code."""

    person_id: int
    cycle_code: str
    period_code: str
    kpi_code: str


@dataclass(frozen=True, slots=True)
class KpiPlace:
    """A KPI of somebody's plan in force in a period."""

    plan: Plan
    period: Period
    kpi: Kpi


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action that is still open, with whose it is."""

    cause: KpiCause
    person: Person
    kpi_name: str
    may_write: bool

    def is_late(self, today: date) -> bool:
        """Whether it should be done by now."""
        return self.cause.due_on < today


def place_of_kpi(session: Session, at: KpiAt) -> KpiPlace:
    """The KPI in the plan in force, to write about it; no permission is asked here, and a closed cycle refuses."""
    row = session.execute(
        select(Plan, Period, Kpi)
        .join(Cycle, Plan.cycle_id == Cycle.id)
        .join(Period, Period.cycle_id == Cycle.id)
        .join(Kpi, Kpi.plan_id == Plan.id)
        .where(
            Plan.person_id == at.person_id,
            Cycle.code == at.cycle_code,
            Period.code == at.period_code,
            Kpi.code == at.kpi_code,
            Plan.state.in_(BINDING),
            Plan.starts_on <= Period.ends_on,
            Plan.ends_on >= Period.starts_on,
        )
        .order_by(Plan.version_number.desc())
        .limit(1)
        .options(joinedload(Plan.cycle))
    ).first()
    if row is None:
        raise NotFound
    plan, period, kpi = row
    if plan.cycle.state is CycleState.CLOSED:
        raise Conflict("cycle_closed")
    return KpiPlace(plan, period, kpi)


def record_cause(session: Session, actor: Actor, *, at: KpiAt, values: CauseValues) -> KpiCause:
    """Say why a KPI is behind in a period and what is done about it; employee, managers and HR."""
    require(session, actor, Action.NOTE_WRITE, at.person_id)
    place = place_of_kpi(session, at)
    cause, action = tidy_lines(values.cause), tidy_lines(values.corrective_action)
    faults = [*text_faults("cause", cause, limit=LONGEST), *text_faults("corrective_action", action, limit=LONGEST)]
    faults += due_faults(values.due_on, actor.today)
    if faults or values.due_on is None:
        raise Invalid(faults)
    made = KpiCause(
        plan=place.plan,
        kpi_code=at.kpi_code,
        period=place.period,
        cause=cause,
        corrective_action=action,
        due_on=values.due_on,
        recorded_at=clock.now(),
        recorded_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    audit.record(
        session,
        "cause.recorded",
        actor_id=actor.person_id,
        about=("kpi_cause", made.id),
        subject_id=at.person_id,
        details={"kpi": at.kpi_code, "period": at.period_code, "due_on": values.due_on},
        words={"cause": cause, "corrective_action": action},
    )
    return made


def due_faults(due_on: date | None, today: date) -> list[Fault]:
    """What speaks against the day until which something is to be done."""
    if due_on is None:
        return [Fault("due_on", "required")]
    return [Fault("due_on", "due_in_the_past")] if due_on < today else []


def finish_action(session: Session, actor: Actor, *, cause_id: int) -> KpiCause:
    """Say that an action is done; it does not stand on later cards any more."""
    note_question(session, Action.NOTE_WRITE)
    found = session.scalar(
        select(KpiCause)
        .where(KpiCause.id == cause_id)
        .options(joinedload(KpiCause.plan), joinedload(KpiCause.period))
        .with_for_update(of=KpiCause)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    require(session, actor, Action.NOTE_WRITE, found.plan.person_id)
    if found.done_at is not None:
        raise Conflict("action_done")
    found.done_at, found.done_by_id = clock.now(), actor.person_id
    session.flush()
    audit.record(
        session,
        "cause.action_done",
        actor_id=actor.person_id,
        about=("kpi_cause", found.id),
        subject_id=found.plan.person_id,
        details={"kpi": found.kpi_code, "period": found.period.code},
    )
    return found


def causes_on_card(session: Session, actor: Actor, found: PeriodCard) -> list[KpiCause]:
    """What a card shows: the causes of its period, and those of earlier ones whose action was not done."""
    require(session, actor, Action.SCORECARD_READ, found.person_id)
    wanted = (
        select(KpiCause)
        .join(KpiCause.plan)
        .join(KpiCause.period)
        .where(
            Plan.person_id == found.person_id,
            Plan.cycle_id == found.cycle.id,
            Period.ends_on <= found.period.ends_on,
            or_(Period.id == found.period.id, KpiCause.done_at.is_(None)),
        )
        .options(contains_eager(KpiCause.period), joinedload(KpiCause.recorded_by), joinedload(KpiCause.done_by))
        .order_by(Period.ends_on, KpiCause.id)
    )
    return list(session.scalars(wanted))


def open_actions(
    session: Session, actor: Actor, *, person_id: int | None = None, offset: int = 0, limit: int = 50
) -> Listing[OpenAction]:
    """The actions still open of everybody whose card the actor may see, those first that are due first."""
    note_question(session, Action.SCORECARD_READ)
    wanted = _open(actor)
    if person_id is not None:
        wanted = wanted.where(Plan.person_id == person_id)
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    page = wanted.options(contains_eager(KpiCause.plan).joinedload(Plan.cycle), joinedload(KpiCause.period))
    rows = session.execute(page.order_by(KpiCause.due_on, KpiCause.id).offset(offset).limit(limit)).all()
    return Listing([OpenAction(cause, person, name, bool(mine)) for cause, person, name, mine in rows], total)


def _open(actor: Actor) -> Select[KpiCause, Person, str, bool]:
    return (
        select(KpiCause, Person, Kpi.name, may(actor, Action.NOTE_WRITE, Plan.person_id).label("mine"))
        .join(KpiCause.plan)
        .join(Person, Plan.person_id == Person.id)
        .join(Kpi, (Kpi.plan_id == KpiCause.plan_id) & (Kpi.code == KpiCause.kpi_code))
        .where(KpiCause.done_at.is_(None), may(actor, Action.SCORECARD_READ, Plan.person_id))
    )
