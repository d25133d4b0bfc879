"""What came after a scorecard was published: its versions, the receipt, the objection, and what this reader may do?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Relation, allow
from app.errors import KinerjaError
from app.models import Acknowledgement, Appeal, Appraisal, Person, PublishedScorecard
from app.rules.scorecard import Revision
from app.rules.vocabulary import RELEASED, Action, AppraisalState
from app.services import snapshots
from app.services.appeals import appeal_of, refusal_to_raise
from app.services.receipts import receipt_of
from app.services.released import appeal_day


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a scorecard, without what it holds."""

    version_number: int
    published_at: datetime
    published_by: str
    total: Decimal | None
    verification_code: str
    revision: Revision | None
    """Why it came after the one before; the first one has none."""


@dataclass(frozen=True, slots=True)
class CardCase:
    """Everything beside a published scorecard that is not on the paper itself."""

    state: AppraisalState
    versions: Sequence[VersionRow]
    receipt: Acknowledgement | None
    """Of the version in force."""
    may_acknowledge: bool
    appeal: Appeal | None
    last_day: date | None
    """The last day of objection; none where this version brings none."""
    days_left: int
    """Including today; 0 when they are over."""
    is_own: bool
    refusal_to_appeal: KinerjaError | None
    may_manage: bool
    """Whether the reader may ask for a correction."""

    @property
    def is_reopened(self) -> bool:
        """Whether a correction is under way: what was published holds until the new version is out."""
        return self.state not in RELEASED


def case_of_card(session: Session, actor: Actor, appraisal: Appraisal, scorecard: PublishedScorecard) -> CardCase:
    """The case of a published scorecard as the actor may see it; whoever calls has asked whether they may read it."""
    until = appeal_day(scorecard)
    relations = allow(session, actor, Action.SCORECARD_READ, appraisal.person_id).relations
    receipt = receipt_of(session, scorecard.id)
    is_own = Relation.SELF in relations
    return CardCase(
        state=appraisal.state,
        versions=_versions(session, appraisal.id),
        receipt=receipt,
        may_acknowledge=is_own and receipt is None and appraisal.state in RELEASED,
        appeal=appeal_of(session, appraisal.id),
        last_day=until,
        days_left=max((until - actor.today).days + 1, 0) if until else 0,
        is_own=is_own,
        refusal_to_appeal=refusal_to_raise(session, actor, appraisal, scorecard) if is_own else None,
        may_manage=not is_own and bool(relations & {Relation.ABOVE, Relation.HR}),
    )


def _versions(session: Session, appraisal_id: int) -> list[VersionRow]:
    rows = session.execute(
        select(
            PublishedScorecard.version_number,
            PublishedScorecard.published_at,
            Person.name,
            PublishedScorecard.total,
            PublishedScorecard.verification_code,
            PublishedScorecard.snapshot,
        )
        .join(Person, PublishedScorecard.published_by_id == Person.id)
        .where(PublishedScorecard.appraisal_id == appraisal_id, PublishedScorecard.snapshot != "")
        .order_by(PublishedScorecard.version_number.desc())
    )
    return [VersionRow(*row[:-1], revision=revision_of(row.version_number, row.snapshot)) for row in rows]


def revision_of(number: int, snapshot: str) -> Revision | None:
    """Why a version came after the one before it."""
    return snapshots.thawed(snapshot).revision if number > 1 else None
