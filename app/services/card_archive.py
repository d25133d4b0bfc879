"""Which scorecards does a person have from all their cycles, in every version, and how did their totals go?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, Select, case, select
from sqlalchemy.orm import Session, selectinload

from app.access import Actor, require
from app.errors import NotFound
from app.models import Acknowledgement, Appraisal, Cycle, Period, Person, PublishedScorecard
from app.rules.charts import Scale, TrendChart, trend_bars
from app.rules.scorecard import Revision, Trend
from app.rules.vocabulary import Action, AppraisalState
from app.services.card_cases import revision_of

_CHART: Final = (360, 96)
_MOST_BARS: Final = 48
"""More periods than these are too narrow to be told apart; the lists below the chart have them all."""


@dataclass(frozen=True, slots=True)
class ArchivedVersion:
    """One version of a scorecard as it was handed out."""

    version_number: int
    published_at: datetime
    published_by: str
    total: Decimal | None
    grade: str | None
    verification_code: str
    received_at: datetime | None
    """When its owner confirmed that it came."""
    revision: Revision | None
    """Why it came after the one before; the first one has none."""


@dataclass(frozen=True, slots=True)
class ArchivedCard:
    """The scorecard of one period, the latest version first."""

    period_code: str
    state: AppraisalState
    versions: Sequence[ArchivedVersion]

    @property
    def latest(self) -> ArchivedVersion:
        """The version in force."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class ArchivedCycle:
    """A cycle with its scorecards, the latest period first."""

    cycle: Cycle
    cards: Sequence[ArchivedCard]


@dataclass(frozen=True, slots=True)
class Archive:
    """All published scorecards of a person, the latest cycle first."""

    person: Person
    cycles: Sequence[ArchivedCycle]
    chart: TrendChart | None
    """The totals from the oldest to the latest; none for fewer than two."""


def archive_of(session: Session, actor: Actor, *, person_id: int) -> Archive:
    """Everything that was ever published for the person and is still kept."""
    require(session, actor, Action.SCORECARD_READ, person_id)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    rows = session.execute(_versions(person_id)).all()
    cycles = {
        cycle.id: cycle
        for cycle in session.scalars(
            select(Cycle).where(Cycle.id.in_({row.cycle_id for row in rows})).options(selectinload(Cycle.bands))
        )
    }
    found = [
        ArchivedCycle(cycles[cycle_id], [_card(list(versions)) for _, versions in groupby(cards, lambda row: row.id)])
        for cycle_id, cards in groupby(rows, lambda row: row.cycle_id)
    ]
    return Archive(person, found, _chart(found))


def _versions(person_id: int) -> Select[*tuple[Any, ...]]:
    # Only later versions have a reason, so only their snapshots are read
    snapshot = case((PublishedScorecard.version_number > 1, PublishedScorecard.snapshot), else_="")
    return (
        select(
            Appraisal.id,
            Appraisal.state,
            Period.cycle_id,
            Period.code,
            PublishedScorecard.version_number,
            PublishedScorecard.published_at,
            Person.name,
            PublishedScorecard.total,
            PublishedScorecard.grade,
            PublishedScorecard.verification_code,
            Acknowledgement.at.label("received_at"),
            snapshot.label("snapshot"),
        )
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Period, Appraisal.period_id == Period.id)
        .join(Cycle, Period.cycle_id == Cycle.id)
        .join(Person, PublishedScorecard.published_by_id == Person.id)
        .outerjoin(Acknowledgement, Acknowledgement.scorecard_id == PublishedScorecard.id)
        .where(Appraisal.person_id == person_id, PublishedScorecard.snapshot != "")
        .order_by(Cycle.starts_on.desc(), Cycle.id, Period.ends_on.desc(), PublishedScorecard.version_number.desc())
    )


def _card(rows: Sequence[Row[Any]]) -> ArchivedCard:
    versions = [
        ArchivedVersion(
            version_number=row.version_number,
            published_at=row.published_at,
            published_by=row.name,
            total=row.total,
            grade=row.grade,
            verification_code=row.verification_code,
            received_at=row.received_at,
            revision=revision_of(row.version_number, row.snapshot),
        )
        for row in rows
    ]
    return ArchivedCard(rows[0].code, rows[0].state, versions)


def _chart(cycles: Sequence[ArchivedCycle]) -> TrendChart | None:
    totals = [
        Trend(card.period_code, actual=None, achievement=card.latest.total, is_due=True)
        for each in reversed(cycles)
        for card in reversed(each.cards)
    ][-_MOST_BARS:]
    if len(totals) < 2:  # noqa: PLR2004 - one alone is no trend
        return None
    scale = Scale(
        min(Decimal(0), *(each.cycle.score_floor for each in cycles)), max(each.cycle.score_cap for each in cycles)
    )
    return trend_bars(totals, scale, *_CHART, current=totals[-1].period_code)
