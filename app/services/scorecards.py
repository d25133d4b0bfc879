"""What does a person's scorecard for a period show: to date, or as it was published?"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload, object_session

from app.access import Actor, allow, require
from app.database import Sessions, transaction
from app.errors import KinerjaError, NotFound
from app.models import Appraisal, AuditEntry, Cycle, Period, Person, PublishedScorecard
from app.rules.check_value import check_value
from app.rules.scorecard import Scorecard, Verification
from app.rules.vocabulary import Action
from app.rules.workflow import Step
from app.services import audit, issuing_policy, snapshots
from app.services.appraisals import refusal_of
from app.services.card_cases import CardCase, case_of_card
from app.services.cycles import period_of
from app.services.organisation import settings_of
from app.services.scorecard_facts import as_told, is_over, load_cycle, load_facts
from app.services.scorecard_parts import scorecard_of_scored
from app.services.standings import ScoredPerson, score_person
from app.services.where import Where

VIEWED: Final = "scorecard.viewed"


@dataclass(frozen=True, slots=True)
class PeriodCard:
    """One person's period as this actor may see it: what stands there now, what was published, what may be done."""

    person_id: int
    cycle: Cycle
    period: Period
    card: Scorecard
    """As it was published, or else to date."""
    scored: ScoredPerson
    """The present state, from which what-if starts."""
    published: PublishedScorecard | None
    may_publish: bool
    """Whether the actor is one of those who publish for this person."""
    refusal: KinerjaError | None
    """What keeps it from being published at the moment."""
    may_manage: bool = False
    """Whether the actor may move this person's case."""
    case: CardCase | None = None
    """What came after it was published; None where nothing was."""
    offers_locked: bool = False
    """Whether its PDF can also be had as a copy with a password."""

    @property
    def plan_id(self) -> int:
        """The plan that the card shows: the one it was published from, or else the one in force."""
        person = self.scored.person
        return person.appraisal.plan_id if self.published and person.appraisal else person.plan.id

    @property
    def is_reopened(self) -> bool:
        """Whether it is being corrected: what was published holds until the new version is out."""
        return self.case is not None and self.case.is_reopened


def scorecard_to_date(
    session: Session, actor: Actor, *, person_id: int, cycle_code: str, period_code: str | None = None
) -> Scorecard:
    """The scorecard from the plan's first day to the period's last, as far as entries are there (ADR 0011).

    Without a period it is that of the last one which is over, or else the cycle's first.
    """
    require(session, actor, Action.SCORECARD_READ, person_id)
    return _to_date(session, _scored(session, actor, person_id, cycle_code, period_code))


def period_card(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    cycle_code: str,
    period_code: str | None = None,
    is_draft: bool = False,
) -> PeriodCard:
    """Everything about one person's period; what was published is shown as it was, whatever changed since.

    `is_draft` asks for the present figures of a scorecard that is being corrected.
    """
    require(session, actor, Action.SCORECARD_READ, person_id)
    scored = _scored(session, actor, person_id, cycle_code, period_code)
    appraisal = scored.person.appraisal
    published = None if appraisal is None else _latest(session, appraisal.id)
    case = None
    if appraisal is not None and published is not None:
        case = case_of_card(session, actor, appraisal, published)
        if is_draft and case.is_reopened:
            published = None
    return PeriodCard(
        person_id=person_id,
        cycle=scored.facts.cycle,
        period=scored.facts.period,
        card=_to_date(session, scored) if published is None else scorecard_of(published),
        scored=scored,
        published=published,
        case=case,
        offers_locked=published is not None and issuing_policy.wishes(session).offers_locked,
        may_manage=allow(session, actor, Action.SCORECARD_CORRECT, person_id).is_allowed,
        may_publish=allow(session, actor, Action.SCORECARD_PUBLISH, person_id).is_allowed,
        refusal=refusal_of(scored, Step.PUBLISH),
    )


def published_card(session: Session, actor: Actor, *, where: Where) -> PeriodCard:
    """The same where it must have been published."""
    found = period_card(session, actor, **where._asdict())
    if found.published is None:
        raise NotFound("not_published")
    return found


def published_id(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    cycle_code: str,
    period_code: str | None = None,
    version: int | None = None,
) -> int:
    """Which published scorecard is that of a period, in its latest version or the one asked for.

    Without a period it is that of the last one published.
    """
    require(session, actor, Action.SCORECARD_READ, person_id)
    return _latest_published(
        session, person_id=person_id, cycle_code=cycle_code, period_code=period_code, version=version
    )


def published_id_of_employee(session: Session, number: str, cycle_code: str, period_code: str | None = None) -> int:
    """The same by employee number, for commands on the server: whoever runs them is asked nothing."""
    person_id = session.scalar(select(Person.id).where(Person.number == number))
    if person_id is None:
        raise NotFound("employee_unknown", {"number": number})
    if session.scalar(select(Cycle.id).where(Cycle.code == cycle_code)) is None:
        raise NotFound("cycle_unknown", {"code": cycle_code})
    return _latest_published(session, person_id=person_id, cycle_code=cycle_code, period_code=period_code)


def _latest_published(
    session: Session, *, person_id: int, cycle_code: str, period_code: str | None, version: int | None = None
) -> int:
    wanted = (
        select(PublishedScorecard.id)
        .join(PublishedScorecard.appraisal)
        .join(Appraisal.period)
        .join(Period.cycle)
        .where(Appraisal.person_id == person_id, Cycle.code == cycle_code, PublishedScorecard.snapshot != "")
        .order_by(Period.ends_on.desc(), PublishedScorecard.version_number.desc())
        .limit(1)
    )
    if period_code is not None:
        wanted = wanted.where(Period.code == period_code)
    if version is not None:
        wanted = wanted.where(PublishedScorecard.version_number == version)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("not_published")
    return found


def scorecard_of(published: PublishedScorecard) -> Scorecard:
    """The scorecard as it was published, with what proves it."""
    session = object_session(published)
    base = settings_of(session).base_url.rstrip("/") if session else ""
    code, card = published.verification_code, snapshots.thawed(published.snapshot)
    return replace(card, verification=Verification(code, check_value(card), f"{base}/verify/{code}"))


def period_to_show(cycle: Cycle, actor: Actor) -> Period:
    """The period that is shown where none was chosen: the last one that is over, or else the first."""
    over = [period for period in cycle.periods if is_over(period, actor.today)]
    return over[-1] if over else cycle.periods[0]


def note_view(sessions: Sessions, actor: Actor, *, person_id: int, period_id: int) -> None:
    """Leave a trace of a look at somebody else's scorecard: once a day for each viewer and card.

    In transactions of its own, after the read has ended: a look must not make a writer of every reader.
    """
    if person_id == actor.person_id:
        return
    with transaction(sessions, writes=False) as session:
        zone = ZoneInfo(settings_of(session).time_zone)
        since = datetime.combine(actor.today, time(), zone).astimezone(UTC)
        is_noted = session.scalar(
            select(
                exists().where(
                    AuditEntry.subject_id == person_id,
                    AuditEntry.at >= since,
                    AuditEntry.actor_id == actor.person_id,
                    AuditEntry.action == VIEWED,
                    AuditEntry.object_kind == "period",
                    AuditEntry.object_id == period_id,
                )
            )
        )
    if is_noted:
        return
    with transaction(sessions) as session:
        audit.record(session, VIEWED, actor_id=actor.person_id, about=("period", period_id), subject_id=person_id)


def _scored(session: Session, actor: Actor, person_id: int, cycle_code: str, period_code: str | None) -> ScoredPerson:
    cycle = load_cycle(session, code=cycle_code)
    period = period_to_show(cycle, actor) if period_code is None else period_of(cycle, period_code)
    facts = load_facts(session, cycle, period, [person_id], actor.today)
    if person_id not in facts.people:
        raise NotFound("no_plan_in_force")
    return score_person(facts, as_told(facts.people[person_id], actor.person_id))


def _to_date(session: Session, scored: ScoredPerson) -> Scorecard:
    return scorecard_of_scored(scored, settings_of(session), "", version=scored.person.versions + 1)


def _latest(session: Session, appraisal_id: int) -> PublishedScorecard | None:
    return session.scalar(
        select(PublishedScorecard)
        .where(PublishedScorecard.appraisal_id == appraisal_id, PublishedScorecard.snapshot != "")
        .order_by(PublishedScorecard.version_number.desc())
        .limit(1)
        .options(joinedload(PublishedScorecard.published_by))
    )
