"""Is whoever can do something about it reminded on the right day, and nobody else?"""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Appraisal, KpiRecorder, ReportingLine, SelfAssessment
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import AppraisalState, PeriodState, RecorderRule, SourceKind
from app.services.agreement import propose_plan
from app.services.appeals import raise_appeal
from app.services.appraisals import publish
from app.services.reminders import due_reminders, untold
from app.services.where import Where
from app.settings import Settings
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO, NOW
from tests.plans import make_draft, open_cycle
from tests.told import unread

pytestmark = pytest.mark.database

K = NoticeKind


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    return make_example(session, cast)


class Asking:
    """Which reminders are due on a day: who is told what."""

    def __init__(self, session: Session, settings: Settings, cast: Cast) -> None:
        self.session, self.settings = session, settings
        self.names = {person.id: person.name.split()[0].lower() for person in cast}

    def __call__(self, day: date, since: date = LONG_AGO) -> set[tuple[str, NoticeKind]]:
        self.session.flush()
        found = due_reminders(self.session, self.settings, day, since)
        return {(self.names[each.person_id], each.kind) for each in found}


@pytest.fixture
def due(session: Session, settings: Settings, cast: Cast) -> Asking:
    return Asking(session, settings, cast)


@pytest.mark.usefixtures("example")
def test_missing_entries_reach_the_manager_and_then_the_one_above(due: Asking) -> None:
    assert due(date(2026, 1, 28)) == {("mona", K.ENTRIES_SOON)}
    assert due(date(2026, 2, 3)) == {("mona", K.ENTRIES_OVERDUE)}
    assert due(date(2026, 2, 10)) == {("root", K.ENTRIES_ESCALATED)}
    assert due(date(2026, 2, 17)) == set()
    assert due(date(2026, 2, 10), since=date(2026, 2, 11)) == set()


def test_who_records_is_reminded(session: Session, cast: Cast, example: Example, due: Asking) -> None:
    example.record_january(session)
    assert due(date(2026, 2, 3)) == {("mona", K.ENTRIES_OVERDUE)}  # the audit lacks its entry
    audit = example.kpis["AUDIT"]
    audit.source_kind = SourceKind.EMPLOYEE_DECLARED
    assert due(date(2026, 2, 3)) == {("eli", K.ENTRIES_OVERDUE)}
    assert due(date(2026, 2, 10)) == {("mona", K.ENTRIES_ESCALATED)}
    session.add(KpiRecorder(kpi_id=audit.id, rule=RecorderRule.THIRD_PARTY, person_id=cast.otto.id))
    assert due(date(2026, 2, 3)) == {("otto", K.ENTRIES_OVERDUE)}


def test_a_closed_period_is_quiet(example: Example, due: Asking) -> None:
    example.period("2026-01").state = PeriodState.CLOSED
    assert due(date(2026, 2, 3)) == set()


@pytest.mark.usefixtures("example")
def test_a_new_manager_is_reminded_from_the_first_day(cast: Cast, due: Asking) -> None:
    line = cast.eli.reporting_lines[0]
    line.ends_on = date(2026, 1, 31)
    cast.eli.reporting_lines.append(ReportingLine(manager_id=cast.omar.id, starts_on=date(2026, 2, 1)))
    assert due(date(2026, 2, 3)) == {("omar", K.ENTRIES_OVERDUE)}


def test_a_review_is_asked_for_and_pressed(session: Session, cast: Cast, example: Example, due: Asking) -> None:
    example.record_january(session)
    example.record(session, "AUDIT", "2026-01", "1")
    january = example.period("2026-01")
    assert due(date(2026, 2, 1)) == set()
    january.asks_review = True
    assert due(date(2026, 2, 1)) == set()
    assert due(date(2026, 2, 11)) == {("mona", K.SCORING_OVERDUE)}
    assert due(date(2026, 2, 21)) == {("root", K.SCORING_ESCALATED)}
    example.cycle.asks_self_assessment = True
    assert due(date(2026, 2, 1)) == {("eli", K.SELF_ASSESSMENT_ASKED)}
    assert due(date(2026, 2, 11)) == {("eli", K.SELF_ASSESSMENT_OVERDUE), ("mona", K.SCORING_OVERDUE)}
    appraisal = Appraisal(person_id=cast.eli.id, period_id=january.id, plan_id=example.plan.id, changed_at=NOW)
    session.add(appraisal)
    session.flush()
    session.add(SelfAssessment(appraisal_id=appraisal.id, handed_in_at=NOW, changed_at=NOW))
    assert due(date(2026, 2, 11)) == {("mona", K.SCORING_OVERDUE)}
    appraisal.state = AppraisalState.SCORED
    assert due(date(2026, 2, 11)) == set()


def test_people_without_a_plan_are_told_of_once_the_cycle_runs(session: Session, cast: Cast, due: Asking) -> None:
    cycle = open_cycle(session, actor_of(cast.hana))
    assert due(date(2026, 1, 3)) == set()
    assert due(date(2026, 1, 4)) == {("root", K.PLAN_MISSING), ("mona", K.PLAN_MISSING), ("omar", K.PLAN_MISSING)}
    make_draft(session, actor_of(cast.hana), cast.otto, cycle)
    assert due(date(2026, 1, 4)) == {("root", K.PLAN_MISSING), ("mona", K.PLAN_MISSING)}


def test_a_proposal_waits_for_its_answer(session: Session, cast: Cast, due: Asking) -> None:
    hana = actor_of(cast.hana)
    cycle = open_cycle(session, hana)
    cycle.asks_agreement = True
    plan = make_draft(session, hana, cast.eli, cycle)
    propose_plan(session, hana, plan_id=plan.id, version=plan.version)
    assert due(date(2026, 2, 5)) == set()
    assert due(date(2026, 2, 6)) == {("eli", K.PLAN_ANSWER_OVERDUE)}
    assert due(date(2026, 2, 13)) == {("mona", K.PLAN_ANSWER_ESCALATED)}


@pytest.fixture
def published(session: Session, cast: Cast, example: Example) -> Example:
    """January of eli, published on 3 February with nothing left to record."""
    example.record_january(session)
    example.record(session, "AUDIT", "2026-01", "1")
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    return example


def receipt_and_clock(due: Asking) -> list[set[tuple[str, NoticeKind]]]:
    return [due(date(2026, 2, day)) for day in (5, 6, 13, 14, 17, 18)]


@pytest.mark.usefixtures("published")
def test_a_published_card_waits_for_its_receipt_while_the_clock_runs(due: Asking) -> None:
    receipt, clock = {("eli", K.ACKNOWLEDGEMENT_MISSING)}, {("eli", K.APPEAL_CLOSING)}
    assert receipt_and_clock(due) == [set(), receipt, set(), clock, clock, set()]


def test_who_has_confirmed_is_left_in_peace(session: Session, published: Example, due: Asking) -> None:
    appraisal = session.scalars(select(Appraisal)).one()
    assert appraisal.period_id == published.period("2026-01").id
    appraisal.state = AppraisalState.ACKNOWLEDGED
    assert receipt_and_clock(due) == [set()] * 6


@pytest.mark.usefixtures("published")
def test_an_appeal_waits_for_its_decision(session: Session, cast: Cast, due: Asking) -> None:
    raise_appeal(
        session,
        actor_of(cast.eli),
        where=Where(cast.eli.id, "2026", "2026-01"),
        reason="Angka penjualan belum lengkap.",
    )
    assert due(date(2026, 2, 12)) == set()
    assert due(date(2026, 2, 13)) == {("root", K.APPEAL_UNDECIDED)}


@pytest.mark.usefixtures("example")
def test_what_was_told_is_not_told_again(session: Session, cast: Cast, settings: Settings) -> None:
    first = due_reminders(session, settings, date(2026, 2, 3), LONG_AGO)
    assert [each.tell(session) for each in untold(session, first)] == [True]
    again = due_reminders(session, settings, date(2026, 2, 4), LONG_AGO)
    assert again
    assert untold(session, again) == []
    assert [each.tell(session) for each in again] == [False]
    assert unread(session, cast.mona) == 1


@pytest.mark.usefixtures("example")
def test_who_has_left_is_not_reminded(session: Session, cast: Cast, settings: Settings) -> None:
    cast.mona.left_on = date(2026, 2, 1)
    session.flush()
    assert [each.tell(session) for each in due_reminders(session, settings, date(2026, 2, 3), LONG_AGO)] == [False]
