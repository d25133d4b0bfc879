"""Does each step of the year reach those who must act next or know of it, and nobody else?"""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Notice
from app.rules.vocabulary import AppealOutcome, CaseKind
from app.services import feedback, reviews
from app.services.agreement import (
    RemarkValues,
    accept_plan,
    approve_plan,
    counter_plan,
    propose_plan,
    return_plan,
)
from app.services.appeals import Decision, decide_appeal, raise_appeal
from app.services.appraisals import publish
from app.services.cases import Asked, ask_case, decide_case
from app.services.receipts import acknowledge
from app.services.where import Where
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.plans import make_draft, open_cycle
from tests.reviews import ask_review, assess, january_of, score

pytestmark = pytest.mark.database

JANUARY: dict[str, Any] = {"cycle_code": "2026", "period_code": "2026-01"}


class Told:
    """Who was told what since it was last asked."""

    def __init__(self, session: Session, cast: Cast) -> None:
        self.session = session
        self.names = {person.id: person.name.split()[0].lower() for person in cast}
        self.last = 0

    def __call__(self) -> set[str]:
        rows = self.session.scalars(select(Notice).where(Notice.id > self.last).order_by(Notice.id)).all()
        self.last = max((row.id for row in rows), default=self.last)
        return {f"{self.names[row.person_id]}: {row.kind.value}" for row in rows}


@pytest.fixture
def told(session: Session, cast: Cast) -> Told:
    return Told(session, cast)


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def publish_january(session: Session, example: Example) -> None:
    mona = actor_of(example.cast.mona)
    publish(session, mona, person_id=example.cast.eli.id, period_id=example.period("2026-01").id)


def test_a_plan_goes_to_and_fro(session: Session, cast: Cast, told: Told) -> None:
    hana, mona, eli = actor_of(cast.hana), actor_of(cast.mona), actor_of(cast.eli)
    plan = make_draft(session, hana, cast.eli, open_cycle(session, hana, asks_agreement=True))
    assert told() == set()
    propose_plan(session, hana, plan_id=plan.id, version=plan.version)
    assert told() == {"eli: plan_proposed"}
    counter_plan(session, eli, plan_id=plan.id, version=plan.version, remarks=[RemarkValues("Terlalu tinggi.")])
    assert told() == {"hana: plan_countered", "mona: plan_countered"}
    propose_plan(session, mona, plan_id=plan.id, version=plan.version)
    assert told() == {"eli: plan_proposed"}
    return_plan(session, mona, plan_id=plan.id, version=plan.version, reason="Salah ketik.")
    assert told() == {"eli: plan_returned"}
    propose_plan(session, mona, plan_id=plan.id, version=plan.version)
    accept_plan(session, eli, plan_id=plan.id, version=plan.version)
    assert told() == {"eli: plan_proposed", "mona: plan_accepted"}
    approve_plan(session, mona, plan_id=plan.id, version=plan.version)
    assert told() == {"eli: plan_approved"}


def test_a_scoring_waits_for_approval_and_comes_back(session: Session, example: Example, told: Told) -> None:
    cast = example.cast
    ask_review(session, example, approval=True)
    assess(session, example)
    assert told() == set()
    score(session, example)
    assert told() == {"root: appraisal_scored"}
    reviews.hand_back(session, actor_of(cast.root), where=january_of(example), reason="Mohon cek KPI kedua.")
    assert told() == {"mona: appraisal_returned"}
    score(session, example)
    reviews.approve(session, actor_of(cast.root), where=january_of(example))
    assert told() == {"root: appraisal_scored", "mona: appraisal_approved"}


def test_a_colleague_is_asked(session: Session, example: Example, told: Told) -> None:
    ask_review(session, example)
    mona, eli, where = actor_of(example.cast.mona), actor_of(example.cast.eli), january_of(example)
    feedback.ask(session, mona, where=where, colleague="Otto Oktavian")
    assert told() == {"otto: feedback_asked"}
    named = feedback.propose(session, eli, where=where, colleague="Eva Elvira")
    assert told() == set()
    feedback.ask_proposed(session, mona, where=where, request_id=named.id)
    assert told() == {"eva: feedback_asked"}


def test_a_result_is_published_and_received(session: Session, example: Example, told: Told) -> None:
    publish_january(session, example)
    assert told() == {"eli: scorecard_published"}
    acknowledge(session, actor_of(example.cast.eli), where=Where(example.cast.eli.id, **JANUARY))
    assert told() == {"mona: scorecard_acknowledged"}


def test_an_objection_is_raised_and_decided(session: Session, example: Example, told: Told) -> None:
    cast = example.cast
    publish_january(session, example)
    told()
    appeal = raise_appeal(session, actor_of(cast.eli), where=Where(cast.eli.id, **JANUARY), reason="Belum lengkap.")
    assert told() == {"root: appeal_raised"}
    decision = Decision(AppealOutcome.REJECTED, "Lengkap.")
    decide_appeal(session, actor_of(cast.root), appeal_id=appeal.id, version=appeal.version, decision=decision)
    assert told() == {"eli: appeal_decided"}


def test_where_the_second_level_published_hr_decides(session: Session, example: Example, told: Told) -> None:
    cast = example.cast
    publish(session, actor_of(cast.root), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    told()
    raise_appeal(session, actor_of(cast.eli), where=Where(cast.eli.id, **JANUARY), reason="Belum lengkap.")
    assert told() == {"hana: appeal_raised"}


def test_a_correction_needs_a_second_person(session: Session, example: Example, told: Told) -> None:
    cast = example.cast
    publish_january(session, example)
    told()
    asked = Asked(CaseKind.CORRECT, "Dua faktur tercatat pada bulan yang salah.")
    request = ask_case(session, actor_of(cast.hana), where=Where(cast.eli.id, **JANUARY), asked=asked)
    assert told() == {"root: correction_asked"}
    decide_case(session, actor_of(cast.root), request_id=request.id, version=request.version, is_accepted=True)
    assert told() == {"hana: correction_decided"}
