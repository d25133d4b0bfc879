"""Does a better grade follow when what is said to be enough is reached, and not before?"""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.models import GradeBand
from app.services.scorecards import period_card
from app.services.what_if import Bounds, KpiNeed, better_grades, needs
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def found(session: Session, example: Example, grade: str) -> dict[str, KpiNeed]:
    mona = actor_of(example.cast.mona)
    card = period_card(session, mona, person_id=example.cast.eli.id, cycle_code="2026")
    return {need.kpi.code: need for need in needs(card.scored, band(example, grade))}


def band(example: Example, code: str) -> GradeBand:
    return next(each for each in example.cycle.bands if each.code == code)


def total(session: Session, example: Example) -> Decimal | None:
    mona = actor_of(example.cast.mona)
    return period_card(session, mona, person_id=example.cast.eli.id, cycle_code="2026").card.result.total


def test_only_better_grades_are_offered_the_nearest_first(session: Session, example: Example) -> None:
    mona = actor_of(example.cast.mona)
    card = period_card(session, mona, person_id=example.cast.eli.id, cycle_code="2026")
    assert [each.code for each in better_grades(card.scored)] == ["good", "outstanding"]


def test_what_is_enough_is_enough_and_a_little_less_is_not(session: Session, example: Example) -> None:
    needed = found(session, example, "good")
    # 89.995 of 80 is 7199.6; the others give 3800, so SALES needs 3399.6/30 = 113.32 of 31 = 35.1292
    assert needed["SALES"].enough == (Bounds(Decimal("35.13"), None),)
    assert needed["SALES"].is_enough is False
    example.record(session, "SALES", "2026-01", "35.13")
    assert total(session, example) == Decimal("90.00")
    example.record(session, "SALES", "2026-01", "35.12")
    assert total(session, example) == Decimal("89.98")


def test_each_kpi_has_its_own_answer(session: Session, example: Example) -> None:
    needed = found(session, example, "good")
    # COST: 7199.6 − 5009.68 = 2189.92 of 20 is 109.496 = 100·(2 − A/4)
    assert needed["COST"].enough == (Bounds(None, Decimal("3.62")),)
    # WON is at its 100 and no more; CRM would have to give 99 of 100, AUDIT 10 more weight
    assert (needed["WON"].enough, str(needed["WON"].best_total)) == ((), "81.37")
    assert needed["CRM"].enough == (Bounds(Decimal(99), Decimal(100)),)
    assert needed["AUDIT"].enough == ()


def test_a_grade_that_is_reached_already_needs_nothing(session: Session, example: Example) -> None:
    assert all(
        need.is_enough for need in found(session, example, "needs_improvement").values() if need.actual is not None
    )


def test_without_data_nothing_is_asked(session: Session, cast: Cast) -> None:
    empty = make_example(session, cast)
    card = period_card(session, actor_of(cast.mona), person_id=cast.eli.id, cycle_code="2026")
    assert better_grades(card.scored) == []
    assert empty.plan.id == card.scored.person.plan.id
