"""Is every published scorecard still what it was, and is a paper or a code one of ours?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.documents.cards import CardRefused
from app.documents.locked_pdf import is_locked
from app.models import PublishedScorecard
from app.rules.check_value import check_value
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import RELEASED, AppraisalState
from app.services import snapshots
from app.services.issued import digest_of, issued_as
from app.services.scorecards import scorecard_of


@dataclass(frozen=True, slots=True)
class Check:
    """What came of checking one published scorecard; `fault` is empty where it is what it was."""

    number: str
    version: int
    fault: str = ""


class Standing(StrEnum):
    """Whether a published scorecard still holds; why it might not is no stranger's business."""

    IN_FORCE = "in_force"
    IN_QUESTION = "in_question"
    """An objection or a correction is under way, so a later version may follow."""
    REPLACED = "replaced"
    """A later version was published."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody who holds a paper may learn from its code: what the paper says, and whether it still holds."""

    code: str
    number: str
    version: int
    initials: str
    period_code: str
    total: Decimal | None
    grade_id: str
    grade_en: str
    published_at: datetime
    check_value: str
    standing: Standing


_DIGEST_SIGNS: Final = 64
"""Of a file's SHA-256 in hexadecimal."""


def count_published(session: Session) -> int:
    """How many published scorecards there are to check."""
    return session.scalar(select(func.count(PublishedScorecard.id))) or 0


def check_all(session: Session) -> Iterator[Check]:
    """Compute every published scorecard anew from its snapshot and compare it with what is stored."""
    everything = select(PublishedScorecard).order_by(PublishedScorecard.id).execution_options(yield_per=200)
    for published in session.scalars(everything):
        yield _check(published)
        session.expunge(published)


def _check(published: PublishedScorecard) -> Check:
    if not published.snapshot:
        # The database lets a snapshot be emptied for nothing but an erasure on record
        return Check(f"#{published.id}", published.version_number)
    try:
        card = snapshots.thawed(published.snapshot)
    except ValueError:
        return Check(f"#{published.id}", published.version_number, "the snapshot cannot be read")
    return Check(card.document.number, published.version_number, _fault(published, card))


def _fault(published: PublishedScorecard, card: Scorecard) -> str:
    if snapshots.digest_of(published.snapshot) != published.snapshot_digest:
        return "the snapshot is not the one that was published"
    try:
        again = snapshots.recomputed(published.snapshot)
    except (CardRefused, KeyError, ValueError):
        return "the result cannot be computed from the snapshot"
    if again != published.snapshot:
        return "the snapshot does not compute to the published result"
    result = card.result
    if (result.total, result.grade, result.coverage) != (published.total, published.grade, published.coverage):
        return "total, grade or coverage are not those of the snapshot"
    return ""


def find_pdf(session: Session, content: bytes) -> PublishedScorecard | None:
    """The published scorecard that this very file was issued for; a single changed byte makes it none."""
    return issued_as(session, digest_of(content))


def is_locked_copy(content: bytes) -> bool:
    """Whether this opens with a password alone: a copy that was made for sending on, of which nothing is kept here."""
    return is_locked(content)


def is_digest(typed: str) -> bool:
    """Whether this is the SHA-256 of a file, as programs write it, rather than a code from a paper."""
    return len(typed) == _DIGEST_SIGNS and set(typed.lower()) <= set("0123456789abcdef")


def find_digest(session: Session, typed: str) -> PublishedScorecard | None:
    """The same where only the SHA-256 of the file came here, and the file stayed with its holder."""
    return issued_as(session, typed.lower())


def find_code(session: Session, typed: str) -> PublishedScorecard | None:
    """The published scorecard of a code as it was typed: small letters, blanks and missing dashes do not matter."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    code = "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))
    return session.scalar(
        select(PublishedScorecard).where(
            PublishedScorecard.verification_code == code, PublishedScorecard.snapshot != ""
        )
    )


def standing_of(session: Session, published: PublishedScorecard) -> Standing:
    """Whether this version still holds."""
    has_later = exists().where(
        PublishedScorecard.appraisal_id == published.appraisal_id,
        PublishedScorecard.version_number > published.version_number,
    )
    if session.scalar(select(has_later)):
        return Standing.REPLACED
    state = published.appraisal.state
    is_settled = state in RELEASED and state is not AppraisalState.APPEALED
    return Standing.IN_FORCE if is_settled else Standing.IN_QUESTION


def facts_of(session: Session, published: PublishedScorecard) -> dict[str, str | int | None]:
    """What a program may want to know of a published scorecard, every number as text."""
    card = scorecard_of(published)
    return {
        "number": card.document.number,
        "version": card.document.version,
        "employee": card.employee.number,
        "period": card.period.code,
        "total": None if card.result.total is None else str(card.result.total),
        "grade": card.result.grade,
        "published_at": published.published_at.isoformat(),
        "code": published.verification_code,
        "check_value": check_value(card),
        "standing": standing_of(session, published).value,
    }


def proof_of(session: Session, published: PublishedScorecard) -> Proof:
    """What the public page says of a published scorecard."""
    card = scorecard_of(published)
    band = card.result.band
    return Proof(
        code=published.verification_code,
        number=card.document.number,
        version=card.document.version,
        initials=" ".join(f"{word[0]}." for word in card.employee.name.split()),
        period_code=card.period.code,
        total=card.result.total,
        grade_id=band.name_id if band else "",
        grade_en=band.name_en if band else "",
        published_at=published.published_at,
        check_value=check_value(card),
        standing=standing_of(session, published),
    )
