"""Which reviews do tests begin with? The worked example whose January ends with a review, self-assessed and scored."""

from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import Person
from app.services import behaviours, feedback, reviews, self_assessments
from app.services.behaviours import behaviours_of
from app.services.reviews import LevelSeen, Scoring
from app.services.self_assessments import OwnView, OwnWords
from app.services.where import Where
from tests.cards import Example
from tests.cast import actor_of


def january_of(example: Example, person: Person | None = None) -> Where:
    """Whose review of which period: eli's of January."""
    return Where((person or example.cast.eli).id, example.cycle.code, "2026-01")


def ask_review(
    session: Session,
    example: Example,
    *,
    self_assessment: bool = True,
    approval: bool = False,
    share: str = "0",
    period: str = "2026-01",
) -> None:
    """Let a period end with a review."""
    cycle = example.cycle
    cycle.asks_self_assessment, cycle.asks_approval = self_assessment, approval
    cycle.behaviour_share, cycle.max_adjustment = Decimal(share), Decimal(10)
    cycle.shows_feedback = cycle.names_feedback = False
    example.period(period).asks_review = True
    if not behaviours_of(session, cycle.id):
        for place, values in enumerate(behaviours.USUAL, start=1):
            behaviours.add(session, cycle, place, values)
    session.flush()


OWN = OwnView("Bulan yang baik.", {"SALES": OwnWords("Dua pelanggan baru.", Decimal("95.5"))})


def assess(session: Session, example: Example, *, hand_in: bool = True, version: int | None = None) -> None:
    """Eli's self-assessment."""
    self_assessments.save_own_view(
        session,
        actor_of(example.cast.eli),
        where=january_of(example),
        version=version,
        values=OWN,
        hand_in=hand_in,
    )


def score(
    session: Session,
    example: Example,
    *,
    by: Person | None = None,
    of: Person | None = None,
    hand_in: bool = True,
    total: str | None = None,
    levels: tuple[int, ...] = (4, 4, 3, 5, 4),
) -> None:
    """Mona's scoring of eli, with whatever the policy asks for."""
    actor = actor_of(by or example.cast.mona)
    where = january_of(example, of)
    view = reviews.review_view(session, actor, where=Where(where.person_id, where.cycle_code, where.period_code))
    seen = {
        behaviour.id: LevelSeen(level, "Terlihat di rapat." if level == 5 else "")
        for behaviour, level in zip(view.case.behaviours, levels, strict=False)
    }
    values = Scoring(
        comment="Penjualan naik.",
        comments={"SALES": "Teruskan."},
        levels=seen,
        total=None if total is None else Decimal(total),
        reason="Pasar turun sepanjang bulan." if total else "",
    )
    version = view.case.appraisal.version if view.case.appraisal else None
    reviews.save_scoring(session, actor, where=where, version=version, values=values, hand_in=hand_in)


def begin_reviews(session: Session, example: Example) -> None:
    """January of otto scored and waiting for approval, February of eli open, colleagues asked."""
    ask_review(session, example, approval=True, share="30")
    ask_review(session, example, approval=True, share="30", period="2026-02")
    cast, omar = example.cast, actor_of(example.cast.omar)
    january = january_of(example, cast.otto)
    self_assessments.save_own_view(session, actor_of(cast.otto), where=january, version=None, values=OWN, hand_in=True)
    feedback.ask(session, omar, where=january, colleague="Root Raharja", question="Bagaimana kerja samanya?")
    score(session, example, by=cast.omar, of=cast.otto)
    february = Where(cast.eli.id, example.cycle.code, "2026-02")
    self_assessments.save_own_view(session, actor_of(cast.eli), where=february, version=None, values=OWN)
    feedback.propose(session, actor_of(cast.eli), where=february, colleague="Eva Elvira")
    for name in ("Omar Ondang", "Hana Hartati"):
        feedback.ask(session, actor_of(cast.mona), where=february, colleague=name)
