"""Who is led to their published scorecard once more, by a notice and a mail with the link? Nobody twice on one day."""

from datetime import datetime, time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.access import Actor, may, note_question, require
from app.errors import Conflict
from app.models import Acknowledgement, Appraisal, Notice, Period, Person, PublishedScorecard
from app.models.people import not_left_before
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import RELEASED, Action
from app.services import audit, telling
from app.services.organisation import settings_of
from app.services.receipts import receipt_of
from app.services.released import appraisal_for_change, latest_version
from app.services.where import Where

MOST: Final = 500
"""People who are told in one go, so that nobody who writes waits long; asking again tells the next."""


class SentLinks(NamedTuple):
    """What came of telling everybody."""

    sent: int
    left: int
    """Who is still to be told."""


def check_may_send(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse who never sends links to this person, before anything else is looked at."""
    require(session, actor, Action.SCORECARD_PUBLISH, person_id)


def send_link(session: Session, actor: Actor, *, where: Where) -> None:
    """Lead one person to their scorecard once more, who has not confirmed its receipt and was not told just now."""
    check_may_send(session, actor, person_id=where.person_id)
    appraisal = appraisal_for_change(session, where)
    scorecard = latest_version(session, appraisal.id)
    if appraisal.state not in RELEASED:
        raise Conflict("not_published")
    if receipt_of(session, scorecard.id) is not None:
        raise Conflict("already_acknowledged")
    if session.scalar(_fresh(session, actor).where(Notice.about_id == scorecard.id).limit(1)) is not None:
        raise Conflict("link_on_its_way")
    if not _tell(session, actor, scorecard, where):
        raise Conflict("person_has_left")


def send_links(session: Session, actor: Actor, period: Period) -> SentLinks:
    """The same for all of a period whom the actor publishes for; those whom it is not for are passed over."""
    note_question(session, Action.SCORECARD_PUBLISH)
    waiting = _waiting(session, actor, period)
    total = session.scalar(waiting.with_only_columns(func.count())) or 0
    # who is told by two at once waits here for the other, and is passed over then
    chosen = session.execute(waiting.order_by(Person.name, Person.id).limit(MOST).with_for_update(of=Appraisal))
    where = [(row.PublishedScorecard, Where(row.id, period.cycle.code, period.code)) for row in chosen]
    sent = sum(_tell(session, actor, scorecard, one) for scorecard, one in where)
    return SentLinks(sent, total - len(where))


def count_waiting(session: Session, actor: Actor, period: Period) -> int:
    """How many would be told."""
    note_question(session, Action.SCORECARD_PUBLISH)
    return session.scalar(_waiting(session, actor, period).with_only_columns(func.count())) or 0


def _waiting(session: Session, actor: Actor, period: Period) -> Select[PublishedScorecard, int]:
    """The latest versions without a receipt whose owners are here, and were not led to them just now."""
    latest = select(func.max(PublishedScorecard.id)).group_by(PublishedScorecard.appraisal_id)
    fresh = _fresh(session, actor).where(Notice.person_id == Person.id, Notice.about_id == PublishedScorecard.id)
    return (
        select(PublishedScorecard, Person.id)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Person, Appraisal.person_id == Person.id)
        .where(
            Appraisal.period_id == period.id,
            Appraisal.state.in_(RELEASED),
            PublishedScorecard.id.in_(latest),
            PublishedScorecard.id.not_in(select(Acknowledgement.scorecard_id)),
            ~fresh.exists(),
            not_left_before(actor.today),
            may(actor, Action.SCORECARD_PUBLISH, Person.id),
        )
    )


def _fresh(session: Session, actor: Actor) -> Select[int]:
    """Notices of a published scorecard that are of today, or still wait for their mail."""
    midnight = datetime.combine(actor.today, time(), ZoneInfo(settings_of(session).time_zone))
    return select(Notice.id).where(
        Notice.kind == NoticeKind.SCORECARD_PUBLISHED, or_(Notice.told_at >= midnight, Notice.is_for_mail)
    )


def _tell(session: Session, actor: Actor, scorecard: PublishedScorecard, where: Where) -> bool:
    if not telling.scorecard_link_again(session, scorecard, where, actor.today):
        return False
    audit.record(
        session,
        "scorecard.link_sent",
        actor_id=actor.person_id,
        about=("published_scorecard", scorecard.id),
        subject_id=where.person_id,
        details={"cycle": where.cycle_code, "period": where.period_code, "version": scorecard.version_number},
    )
    return True
