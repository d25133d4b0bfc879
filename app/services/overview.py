"""What waits for somebody who signs in: their own scorecard, their team's period, what is still to be set up?"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor, has_team, require
from app.errors import NotFound
from app.models import Appraisal, Cycle, Entry, Period, Person, Plan, PublishedScorecard
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import IN_MAKING, Action, CycleState, PlanState
from app.services.cycles import current_cycle
from app.services.reports import Progress, progress_of
from app.services.scorecard_facts import is_over
from app.services.scorecard_lists import employed_in
from app.services.scorecards import period_to_show, scorecard_of, scorecard_to_date
from app.services.waiting import Waiting, waiting_for


@dataclass(frozen=True, slots=True)
class PublishedCard:
    """The last scorecard that was published for somebody."""

    cycle: Cycle
    period: Period
    card: Scorecard


@dataclass(frozen=True, slots=True)
class SetUp:
    """How far the organisation is set up."""

    people: int
    cycles: int
    plans: int
    drafts: int
    entries: int
    published: int

    @property
    def is_done(self) -> bool:
        """Whether every step was taken at least once."""
        return min(self.people - 1, self.cycles, self.plans, self.entries, self.published) > 0


@dataclass(frozen=True, slots=True)
class Overview:
    """What the home page tells one person."""

    cycle: Cycle | None
    period: Period | None
    is_period_over: bool
    has_plan: bool
    """Whether the person has a plan in the current cycle, in force or in draft."""
    to_answer: Plan | None
    """The person's own plan that waits for their answer, in whatever cycle."""
    published: PublishedCard | None
    to_date: Scorecard | None
    """The scorecard to date of the shown period, unless that one is published already."""
    team: Progress | None
    """Of those for whom the person publishes; none where there is nobody."""
    waiting: list[Waiting]
    """What the person is to do, their own first."""
    set_up: SetUp | None
    """For HR alone."""


def overview_for(session: Session, actor: Actor) -> Overview:
    """Everything that the home page tells the actor."""
    require(session, actor, Action.HOME_READ)
    cycle = current_cycle(session, actor.today)
    period = period_to_show(cycle, actor) if cycle else None
    published = _own_published(session, actor)
    is_leading = actor.is_hr or has_team(session, actor)
    team = progress_of(session, actor, period, Action.SCORECARD_PUBLISH) if period and is_leading else None
    return Overview(
        cycle=cycle,
        period=period,
        is_period_over=bool(period and is_over(period, actor.today)),
        has_plan=cycle is not None and _has_plan(session, actor, cycle),
        to_answer=own_proposal(session, actor),
        published=published,
        to_date=_own_to_date(session, actor, cycle, period, published),
        team=team if team and team.people else None,
        waiting=waiting_for(session, actor, cycle, period, is_leading=is_leading),
        set_up=_set_up(session, actor) if actor.is_hr else None,
    )


def _own_published(session: Session, actor: Actor) -> PublishedCard | None:
    found = session.scalar(
        select(PublishedScorecard)
        .join(PublishedScorecard.appraisal)
        .join(Appraisal.period)
        .where(Appraisal.person_id == actor.person_id)
        .order_by(Period.ends_on.desc(), PublishedScorecard.version_number.desc())
        .limit(1)
        .options(
            joinedload(PublishedScorecard.appraisal).joinedload(Appraisal.period).joinedload(Period.cycle),
        )
    )
    if found is None:
        return None
    period = found.appraisal.period
    return PublishedCard(period.cycle, period, scorecard_of(found))


def _own_to_date(
    session: Session, actor: Actor, cycle: Cycle | None, period: Period | None, published: PublishedCard | None
) -> Scorecard | None:
    if cycle is None or period is None or (published and published.period.id == period.id):
        return None
    try:
        return scorecard_to_date(
            session, actor, person_id=actor.person_id, cycle_code=cycle.code, period_code=period.code
        )
    except NotFound:
        return None


def own_proposal(session: Session, actor: Actor) -> Plan | None:
    """The actor's own plan that waits for an answer, in whatever cycle."""
    proposals = select(Plan).where(Plan.person_id == actor.person_id, Plan.state == PlanState.PROPOSED)
    return session.scalar(proposals.order_by(Plan.starts_on, Plan.id).limit(1).options(joinedload(Plan.cycle)))


def _has_plan(session: Session, actor: Actor, cycle: Cycle) -> bool:
    own = select(Plan.id).where(Plan.person_id == actor.person_id, Plan.cycle_id == cycle.id).limit(1)
    return session.scalar(own) is not None


def _set_up(session: Session, actor: Actor) -> SetUp:
    def some(column: object) -> int:
        """One row is enough to know that a step was taken."""
        return int(session.scalar(select(column).limit(1)) is not None)  # type: ignore[call-overload]

    def count(*conditions: object) -> int:
        return session.scalar(select(func.count(Plan.id)).where(*conditions)) or 0  # type: ignore[arg-type]

    return SetUp(
        people=session.scalar(select(func.count(Person.id)).where(employed_in(actor.today, actor.today))) or 0,
        cycles=session.scalar(select(func.count(Cycle.id)).where(Cycle.state != CycleState.DRAFT)) or 0,
        plans=count(Plan.state == PlanState.ACTIVE),
        drafts=count(Plan.state.in_(IN_MAKING)),
        entries=some(Entry.id),
        published=some(PublishedScorecard.id),
    )
