"""Who has received their published scorecard, and who has not said so yet? Receipt is not agreement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, may, note_question, require
from app.errors import Conflict
from app.models import Acknowledgement, Appraisal, Notice, Period, Person, PublishedScorecard
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import RELEASED, Action
from app.rules.workflow import Step
from app.services import audit, telling
from app.services.listing import Listing
from app.services.released import appraisal_for_change, checked_words, latest_version, state_after
from app.services.where import Where


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One published scorecard in its latest version, and whether its owner has confirmed that it came."""

    person_id: int
    number: str
    name: str
    published_at: datetime
    version_number: int
    acknowledged_at: datetime | None
    comment: str | None
    told_at: datetime | None
    """When the owner was last led to it, under the bell and by mail."""
    may_send: bool
    """Whether the reader may lead the owner to it once more."""


def acknowledge(session: Session, actor: Actor, *, where: Where, comment: str = "") -> Acknowledgement:
    """Confirm the receipt of one's own scorecard in its latest version; nobody does so for somebody else."""
    require(session, actor, Action.SCORECARD_ACKNOWLEDGE, where.person_id)
    comment = checked_words("comment", comment, required=False)
    appraisal = appraisal_for_change(session, where)
    scorecard = latest_version(session, appraisal.id)
    state = state_after(appraisal, Step.ACKNOWLEDGE)
    if receipt_of(session, scorecard.id) is not None:
        raise Conflict("already_acknowledged")
    receipt = Acknowledgement(scorecard_id=scorecard.id, at=clock.now(), name=appraisal.person.name, comment=comment)
    session.add(receipt)
    appraisal.state, appraisal.changed_at = state, clock.now()
    audit.record(
        session,
        "scorecard.acknowledged",
        actor_id=actor.person_id,
        about=("published_scorecard", scorecard.id),
        subject_id=where.person_id,
        details={"cycle": where.cycle_code, "period": where.period_code, "version": scorecard.version_number},
        words={"comment": comment} if comment else None,
    )
    telling.scorecard_acknowledged(session, appraisal, scorecard)
    return receipt


def check_may_acknowledge(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse everybody but the owner, before anything else is looked at."""
    require(session, actor, Action.SCORECARD_ACKNOWLEDGE, person_id)


def receipt_of(session: Session, scorecard_id: int) -> Acknowledgement | None:
    """The receipt of one version."""
    return session.scalar(select(Acknowledgement).where(Acknowledgement.scorecard_id == scorecard_id))


def list_receipts(
    session: Session, actor: Actor, period: Period, *, only_open: bool = False, offset: int = 0, limit: int = 50
) -> Listing[ReceiptRow]:
    """The published scorecards of a period that the actor may see, by name; never their own."""
    note_question(session, Action.SCORECARD_READ)
    later = select(func.max(PublishedScorecard.id)).group_by(PublishedScorecard.appraisal_id)
    last_told = (
        select(func.max(Notice.told_at))
        .where(
            Notice.person_id == Person.id,
            Notice.kind == NoticeKind.SCORECARD_PUBLISHED,
            Notice.about_id == PublishedScorecard.id,
        )
        .correlate(Person, PublishedScorecard)
        .scalar_subquery()
    )
    wanted = (
        select(
            Person.id,
            Person.number,
            Person.name,
            PublishedScorecard.published_at,
            PublishedScorecard.version_number,
            Acknowledgement.at,
            Acknowledgement.comment,
            last_told,
            may(actor, Action.SCORECARD_PUBLISH, Person.id),
        )
        .join(Appraisal, Appraisal.person_id == Person.id)
        .join(PublishedScorecard, PublishedScorecard.appraisal_id == Appraisal.id)
        .outerjoin(Acknowledgement, Acknowledgement.scorecard_id == PublishedScorecard.id)
        .where(
            Appraisal.period_id == period.id,
            Appraisal.state.in_(RELEASED),
            PublishedScorecard.id.in_(later),
            Person.id != actor.person_id,
            may(actor, Action.SCORECARD_READ, Person.id),
        )
    )
    if only_open:
        wanted = wanted.where(Acknowledgement.id.is_(None))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = session.execute(wanted.order_by(Person.name, Person.id).offset(offset).limit(limit))
    return Listing([ReceiptRow(*row) for row in rows], total)
