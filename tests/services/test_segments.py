"""Are the parts of a cycle with another plan or another appraiser scored by themselves, and by their days?"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ReportingLine
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import CycleState, PlanState
from app.services import snapshots
from app.services.appraisals import publish
from app.services.people import PersonValues, change_person
from app.services.planning import revise_plan
from app.services.scorecards import period_card, scorecard_of, scorecard_to_date
from app.services.what_if import better_grades, needs
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of

MARCH = date(2026, 3, 3)


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def hand_over(session: Session, example: Example, day: date) -> None:
    """Omar becomes eli's manager on a day."""
    line = session.scalars(select(ReportingLine).where(ReportingLine.person_id == example.cast.eli.id)).one()
    line.ends_on = day - timedelta(days=1)
    session.add(ReportingLine(person_id=example.cast.eli.id, manager_id=example.cast.omar.id, starts_on=day))
    session.flush()


def record_february(session: Session, example: Example) -> None:
    example.record(session, "SALES", "2026-02", "56", today=MARCH)
    example.record(session, "WON", "2026-02", inputs={"won": "20", "leads": "100"}, today=MARCH)


def card_in_march(session: Session, example: Example, period: str = "2026-02") -> Scorecard:
    eli = example.cast.eli
    return scorecard_to_date(session, actor_of(eli, MARCH), person_id=eli.id, cycle_code="2026", period_code=period)


def test_another_manager_begins_a_segment(session: Session, example: Example) -> None:
    record_february(session, example)
    whole = card_in_march(session, example)
    assert whole.segments == ()
    hand_over(session, example, date(2026, 2, 1))
    january = card_in_march(session, example, "2026-01")
    assert (january.segments, str(january.result.total)) == ((), "81.37")
    card = card_in_march(session, example)
    rows = [(s.first_day.month, s.days, s.appraiser, str(s.total), str(s.coverage)) for s in card.segments]
    # February alone: sales 56 of 28 → 120 (cap) × 30, won 100 × 20, scored weight 60 with the milestone's 30 × 10
    assert rows == [(1, 31, "Mona Maharani", "81.37", "80.00"), (2, 28, "Omar Ondang", "98.33", "60.00")]
    mean = (Decimal("81.37") * 31 + Decimal("98.33") * 28) / 59
    assert abs(card.result.total - mean) < Decimal("0.01")  # type: ignore[operator]
    assert (card.kpi_total, card.segments_total) == (card.segments[-1].total, card.result.total)
    assert str(card.result.coverage) == "70.51"
    assert sum(kpi.contribution or 0 for kpi in card.kpis) == card.kpi_total


def test_another_plan_version_begins_a_segment(session: Session, example: Example) -> None:
    record_february(session, example)
    hana, first = actor_of(example.cast.hana, MARCH), example.plan
    second = revise_plan(
        session, hana, plan_id=first.id, version=first.version, starts_on=date(2026, 2, 1), reason="Wilayah baru"
    )
    second.state = PlanState.ACTIVE
    first.state, first.ends_on, first.agreed_until = PlanState.REPLACED, date(2026, 1, 31), first.ends_on
    session.flush()
    card = scorecard_to_date(
        session,
        actor_of(example.cast.eli, MARCH),
        person_id=example.cast.eli.id,
        cycle_code="2026",
        period_code="2026-02",
    )
    assert [(s.plan_version, s.days, str(s.total) if s.total else None) for s in card.segments] == [
        (1, 31, "81.37"),
        (2, 28, None),
    ]
    assert (str(card.result.total), card.kpi_total) == ("81.37", None)


def test_what_was_published_of_segments_computes_to_the_same_again(session: Session, example: Example) -> None:
    record_february(session, example)
    hand_over(session, example, date(2026, 2, 1))
    cast = example.cast
    made = publish(session, actor_of(cast.omar, MARCH), person_id=cast.eli.id, period_id=example.period("2026-02").id)
    assert snapshots.recomputed(made.snapshot) == made.snapshot
    card = scorecard_of(made)
    assert (made.total, made.coverage, len(card.segments)) == (card.result.total, card.result.coverage, 2)
    forged = made.snapshot.replace('"days":31', '"days":30')
    assert snapshots.recomputed(forged) != forged


def test_what_is_needed_takes_earlier_segments_into_account(session: Session, example: Example) -> None:
    record_february(session, example)
    hand_over(session, example, date(2026, 2, 1))
    cast = example.cast
    found = period_card(
        session, actor_of(cast.omar, MARCH), person_id=cast.eli.id, cycle_code="2026", period_code="2026-02"
    )
    band = better_grades(found.scored)[0]
    by_code = {each.kpi.code: each for each in needs(found.scored, band)}
    won, crm = by_code["WON"], by_code["CRM"]
    # To 89.995 over 59 days February must come to 99.54: 37.26 of the milestones, and more than a range can give
    assert (band.code, won.enough, str(won.best_total)) == ("good", (), "89.42")
    assert [(str(each.low), each.high) for each in crm.enough] == [("37.26", Decimal(100))]
    assert str(crm.best_total) == "94.96"


# --- Leaving ----------------------------------------------------------------------------------------------------------


def leave(session: Session, example: Example, day: date | None) -> None:
    eli = example.cast.eli
    values = PersonValues(number=eli.number, name=eli.name, email=eli.email, joined_on=eli.joined_on, left_on=day)
    change_person(session, actor_of(example.cast.hana), person_id=eli.id, version=eli.version, values=values)


def test_a_plan_ends_with_the_employment_and_keeps_the_share_of_its_targets(session: Session, example: Example) -> None:
    leave(session, example, date(2026, 6, 30))
    plan = example.plan
    assert (plan.ends_on, plan.agreed_until) == (date(2026, 6, 30), date(2026, 12, 31))
    card = scorecard_to_date(session, actor_of(example.cast.hana), person_id=example.cast.eli.id, cycle_code="2026")
    sales = card.kpis[0]
    assert (sales.code, sales.target.target, sales.target.whole) == ("SALES", Decimal(31), Decimal(365))
    leave(session, example, None)
    assert (plan.ends_on, plan.agreed_until) == (date(2026, 12, 31), None)


def test_a_plan_of_a_closed_cycle_stays_as_it_was(session: Session, example: Example) -> None:
    example.cycle.state = CycleState.CLOSED
    session.flush()
    leave(session, example, date(2026, 6, 30))
    assert example.plan.ends_on == date(2026, 12, 31)
