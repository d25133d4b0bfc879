"""Whose published scorecards are meant: of a period, all that somebody may have, or part of them?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import Session

from app.access import Actor, everybody_below, may, note_question
from app.models import Appraisal, Period, Person, Placement, PublishedScorecard, ReportingLine, Unit
from app.models.people import lasts_on
from app.rules.vocabulary import Action, Language
from app.services import issued
from app.services.people_lists import placed_in


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose scorecards: of a unit with all below it, of everybody below a manager, or of all."""

    unit_id: int | None = None
    manager_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many scorecards are published, and how many of their PDFs are kept from before in the language."""

    published: int
    ready: int

    @property
    def to_make(self) -> int:
        """How many PDFs are not there yet."""
        return self.published - self.ready


def counts(
    session: Session, actor: Actor, period: Period, wanted: Wanted, language: Language, action: Action
) -> Counts:
    """How many of them there are for which the actor may do the action."""
    note_question(session, action)
    cards = cards_of(actor, action, period, wanted).with_only_columns(PublishedScorecard.id)
    published = session.scalar(select(func.count()).select_from(cards.subquery())) or 0
    ready = cards.where(issued.has_copy(session, PublishedScorecard.id, language))
    return Counts(published, session.scalar(select(func.count()).select_from(ready.subquery())) or 0)


def managers(session: Session, actor: Actor, period: Period) -> list[tuple[int, str]]:
    """The managers below whom there are published scorecards that the actor may read, by name."""
    note_question(session, Action.SCORECARD_READ)
    cards = cards_of(actor, Action.SCORECARD_READ, period, Wanted()).subquery()
    day = min(actor.today, period.ends_on)
    found = session.execute(
        select(Person.id, Person.name)
        .where(
            exists().where(
                ReportingLine.manager_id == Person.id,
                ReportingLine.person_id == cards.c.person_id,
                lasts_on(ReportingLine, day),
            )
        )
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in found]


def cards_of(actor: Actor, action: Action, period: Period, wanted: Wanted) -> Select[int, int, str, str, int, str]:
    """The latest version of every scorecard of the period for which the actor may do the action."""
    day = min(actor.today, period.ends_on)
    cards = (
        select(
            PublishedScorecard.id,
            Person.id.label("person_id"),
            Person.number,
            Person.name,
            PublishedScorecard.version_number,
            unit_on(day).label("unit"),
        )
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Person, Appraisal.person_id == Person.id)
        .where(
            Appraisal.period_id == period.id,
            PublishedScorecard.version_number == latest_version(),
            PublishedScorecard.snapshot != "",
            may(actor, action, Person.id),
        )
    )
    if wanted.unit_id is not None:
        cards = cards.where(Person.id.in_(placed_in(wanted.unit_id, day)))
    if wanted.manager_id is not None:
        cards = cards.where(Person.id.in_(everybody_below(wanted.manager_id, day)))
    return cards


def latest_version() -> ScalarSelect[int]:
    """The number of the version in force, of the appraisal of the select that this stands in."""
    return (
        select(func.max(PublishedScorecard.version_number))
        .where(PublishedScorecard.appraisal_id == Appraisal.id)
        .correlate(Appraisal)
        .scalar_subquery()
    )


def unit_on(day: date) -> ScalarSelect[str]:
    """The name of the unit in which a person sat on the day or, if they had left by then, at last."""
    return (
        select(Unit.name)
        .join(Placement, Placement.unit_id == Unit.id)
        .where(Placement.person_id == Person.id, Placement.starts_on <= day)
        .order_by(Placement.starts_on.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
