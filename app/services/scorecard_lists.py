"""How does everybody stand in a period, whose scorecard is published, and whose can be?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.access import Actor, may, note_question
from app.errors import KinerjaError, NotFound
from app.models import Appraisal, Cycle, GradeBand, Period, Person, Plan, PublishedScorecard
from app.models.people import not_left_before
from app.rules.vocabulary import BINDING, RELEASED, Action, AppraisalState
from app.rules.workflow import Step
from app.services.appraisals import refusal_of
from app.services.listing import Listing
from app.services.people_lists import placed_in
from app.services.scorecard_facts import Placed, as_told, is_over, load_cycle, load_facts, people_on
from app.services.scorecards import period_to_show
from app.services.standings import ScoredPerson, score_person


class CardFilter(StrEnum):
    """Which people a list of scorecards is narrowed to."""

    NO_PLAN = "no_plan"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


class CardState(StrEnum):
    """Where one person's scorecard for a period stands."""

    BLOCKED = "blocked"
    """Something keeps it from being published."""
    NO_PLAN = "no_plan"
    PUBLISHED = "published"
    READY = "ready"
    RUNNING = "running"
    """The period is not over yet."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """One person of the list; total, grade and coverage are the published ones, or else those to date."""

    person: Placed
    state: CardState
    total: Decimal | None
    grade: GradeBand | None
    coverage: Decimal | None
    may_publish: bool
    refusal: KinerjaError | None
    is_reopened: bool = False
    """Whether the published version is being corrected: it holds until another one is published."""


@dataclass(frozen=True, slots=True)
class CardCounts:
    """The list in figures."""

    people: int
    with_plan: int
    published: int

    @property
    def unpublished(self) -> int:
        """Who has a plan and no published scorecard."""
        return self.with_plan - self.published


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of scorecards is narrowed to."""

    search: str = ""
    unit_id: int | None = None
    only: CardFilter | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of those whose results are still to be published, in the order of the list."""

    ids: Sequence[int]
    later: int
    """How many come after these."""


def note_reading(session: Session) -> None:
    """Where there is no cycle yet there is nothing to be refused."""
    note_question(session, Action.SCORECARD_READ)


def find_period(session: Session, actor: Actor, *, cycle_code: str, period_code: str | None) -> tuple[Cycle, Period]:
    """A cycle and the period of it that was asked for, or that is shown where none was."""
    note_question(session, Action.SCORECARD_READ)
    cycle = load_cycle(session, code=cycle_code)
    if period_code is None:
        return cycle, period_to_show(cycle, actor)
    found = next((period for period in cycle.periods if period.code == period_code), None)
    if found is None:
        raise NotFound
    return cycle, found


def list_scorecards(
    session: Session, actor: Actor, cycle: Cycle, period: Period, wanted: Wanted, *, offset: int = 0, limit: int = 50
) -> Listing[CardRow]:
    """The people on whose scorecards the actor may look, by name, with how they stand."""
    note_question(session, Action.SCORECARD_READ)
    people = _people(actor, period, wanted)
    total = session.scalar(people.with_only_columns(func.count())) or 0
    ids = session.scalars(
        people.with_only_columns(Person.id).order_by(Person.name, Person.id).offset(offset).limit(limit)
    ).all()
    return Listing(_rows(session, actor, cycle, period, ids), total)


def rows_of(session: Session, actor: Actor, cycle: Cycle, period: Period, person_ids: Sequence[int]) -> list[CardRow]:
    """The same for people who were chosen from the list; who may not be seen is left out."""
    note_question(session, Action.SCORECARD_READ)
    people = _people(actor, period, Wanted()).where(Person.id.in_(person_ids))
    ids = session.scalars(people.with_only_columns(Person.id).order_by(Person.name, Person.id)).all()
    return _rows(session, actor, cycle, period, ids)


def names_of(session: Session, actor: Actor, person_ids: Sequence[int]) -> dict[int, str]:
    """The names of those whom the actor may see."""
    seen = may(actor, Action.SCORECARD_READ, Person.id)
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids), seen))
    return {row.id: row.name for row in rows}


def next_batch(
    session: Session, actor: Actor, period: Period, wanted: Wanted, *, limit: int, after: int | None = None
) -> Batch:
    """At most `limit` of those for whom the actor publishes and who have no published scorecard yet.

    In the order of the list, from the one who follows the person `after`: nobody who is held back stands in the way.
    """
    note_question(session, Action.SCORECARD_PUBLISH)
    people = _people(actor, period, wanted).where(
        may(actor, Action.SCORECARD_PUBLISH, Person.id), has_plan(period), ~is_published(period)
    )
    place = tuple_(Person.name, Person.id)
    last = _people(actor, period, Wanted()).where(Person.id == after).with_only_columns(Person.name, Person.id)
    if after is not None and (found := session.execute(last).one_or_none()) is not None:
        people = people.where(place > tuple_(found.name, found.id))
    total = session.scalar(people.with_only_columns(func.count())) or 0
    ids = session.scalars(people.with_only_columns(Person.id).order_by(Person.name, Person.id).limit(limit)).all()
    return Batch(ids, total - len(ids))


def count_scorecards(session: Session, actor: Actor, period: Period, wanted: Wanted) -> CardCounts:
    """The list without its filter by state, in figures."""
    note_question(session, Action.SCORECARD_READ)
    people = _people(actor, period, Wanted(wanted.search, wanted.unit_id))

    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(people.where(*conditions).with_only_columns(func.count())) or 0

    return CardCounts(people=count(), with_plan=count(has_plan(period)), published=count(is_published(period)))


def employed_in(first: date, last: date) -> ColumnElement[bool]:
    """Who is on the staff on at least one of the days."""
    return (Person.joined_on <= last) & not_left_before(first)


def has_plan(period: Period) -> ColumnElement[bool]:
    """Who has a plan in force on a day of the period."""
    return exists().where(
        Plan.person_id == Person.id,
        Plan.cycle_id == period.cycle_id,
        Plan.state.in_(BINDING),
        Plan.starts_on <= period.ends_on,
        Plan.ends_on >= period.starts_on,
    )


def is_published(period: Period) -> ColumnElement[bool]:
    """Whose scorecard for the period is published."""
    return exists().where(
        Appraisal.person_id == Person.id,
        Appraisal.period_id == period.id,
        Appraisal.state.in_(RELEASED),
    )


def _people(actor: Actor, period: Period, wanted: Wanted) -> Select[Person]:
    people = select(Person).where(
        may(actor, Action.SCORECARD_READ, Person.id), employed_in(period.starts_on, period.ends_on)
    )
    for word in wanted.search.split():
        people = people.where(
            or_(Person.name.icontains(word, autoescape=True), Person.number.icontains(word, autoescape=True))
        )
    if wanted.unit_id is not None:
        people = people.where(Person.id.in_(placed_in(wanted.unit_id, min(actor.today, period.ends_on))))
    match wanted.only:
        case CardFilter.NO_PLAN:
            people = people.where(~has_plan(period))
        case CardFilter.PUBLISHED:
            people = people.where(is_published(period))
        case CardFilter.UNPUBLISHED:
            people = people.where(has_plan(period), ~is_published(period))
    return people


def _rows(session: Session, actor: Actor, cycle: Cycle, period: Period, ids: Sequence[int]) -> list[CardRow]:
    published = published_figures(session, period, ids)
    placed = people_on(session, ids, period.ends_on)
    facts = load_facts(session, cycle, period, [each for each in ids if each not in published], actor.today)
    mine = select(Person.id).where(Person.id.in_(ids), may(actor, Action.SCORECARD_PUBLISH, Person.id))
    publishable = set(session.scalars(mine))
    bands = {band.code: band for band in cycle.bands}
    rows = []
    for person_id in ids:
        person, is_mine = placed[person_id], person_id in publishable
        if person_id in published:
            total, grade, coverage, state = published[person_id]
            band, is_reopened = bands.get(grade or ""), state not in RELEASED
            rows.append(CardRow(person, CardState.PUBLISHED, total, band, coverage, is_mine, None, is_reopened))
        elif person_id in facts.people:
            scored = score_person(facts, as_told(facts.people[person_id], actor.person_id))
            rows.append(_open_row(person, scored, bands, may_publish=is_mine))
        else:
            rows.append(CardRow(person, CardState.NO_PLAN, None, None, None, is_mine, None))
    return rows


def _open_row(person: Placed, scored: ScoredPerson, bands: Mapping[str, GradeBand], *, may_publish: bool) -> CardRow:
    refusal, made = refusal_of(scored, Step.PUBLISH), scored.outcome
    if not is_over(scored.facts.period, scored.facts.today):
        state = CardState.RUNNING
    else:
        state = CardState.READY if refusal is None else CardState.BLOCKED
    band, coverage = bands.get(made.grade or ""), scored.coverage
    return CardRow(person, state, made.total, band, coverage, may_publish, refusal)


def published_figures(
    session: Session, period: Period, ids: Sequence[int]
) -> Mapping[int, tuple[Decimal | None, str | None, Decimal, AppraisalState]]:
    """Total, grade and coverage of the latest versions by person, without their snapshots; and how appraisals stand."""
    card = PublishedScorecard
    rows = session.execute(
        select(Appraisal.person_id, card.total, card.grade, card.coverage, Appraisal.state)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .where(Appraisal.period_id == period.id, Appraisal.person_id.in_(ids))
        .order_by(PublishedScorecard.version_number)
    )
    return {row.person_id: (row.total, row.grade, row.coverage, row.state) for row in rows}
