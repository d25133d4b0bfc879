"""Does everybody find what they are to do, in numbers that lead to the list where it is done?"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.models import Person
from app.rules.entries import Figure
from app.rules.vocabulary import CaseKind, DataRequestKind, SourceKind
from app.services import feedback, reviews
from app.services.actuals import EntryValues, put_entry
from app.services.agreement import RemarkValues, accept_plan, counter_plan, propose_plan
from app.services.appeals import raise_appeal
from app.services.appraisals import publish
from app.services.cases import Asked, ask_case
from app.services.overview import overview_for
from app.services.privacy import ask
from app.services.waiting import waiting_for
from app.services.where import Where
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.plans import make_draft, open_cycle
from tests.reviews import ask_review, assess, january_of, score

pytestmark = pytest.mark.database

JANUARY: dict[str, Any] = {"cycle_code": "2026", "period_code": "2026-01"}


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def waits(session: Session, person: Person, today: date = TODAY) -> list[tuple[str, int, str]]:
    """What the home page lists, in its order."""
    session.flush()
    actor = actor_of(person, today)
    home = overview_for(session, actor)
    # Whoever is spared a look at what waits of others would have found nothing
    assert home.waiting == waiting_for(session, actor, home.cycle, home.period, is_leading=True)
    return [(each.kind.value, each.count, each.path) for each in home.waiting]


def everybody(session: Session, cast: Cast) -> dict[str, list[str]]:
    """Who finds anything, and of which kinds."""
    found = {person.name.split()[0].lower(): [kind for kind, _, _ in waits(session, person)] for person in cast}
    return {name: kinds for name, kinds in found.items() if kinds}


def test_at_first_nothing_waits(session: Session, cast: Cast, example: Example) -> None:
    assert example.plan.id
    assert everybody(session, cast) == {}


def test_plans_wait_for_whoever_acts_next(session: Session, cast: Cast) -> None:
    hana, eli, eva = actor_of(cast.hana), actor_of(cast.eli), actor_of(cast.eva)
    cycle = open_cycle(session, hana, asks_agreement=True)
    accepted, answered = (make_draft(session, hana, person, cycle) for person in (cast.eli, cast.eva))
    for plan in (accepted, answered):
        propose_plan(session, hana, plan_id=plan.id, version=plan.version)
    assert everybody(session, cast) == {}  # the employee's own is said above
    accept_plan(session, eli, plan_id=accepted.id, version=accepted.version)
    assert waits(session, cast.mona) == [("plan", 1, "/plans?cycle=2026&only=agreeing")]
    remarks = [RemarkValues("Terlalu tinggi.")]
    counter_plan(session, eva, plan_id=answered.id, version=answered.version, remarks=remarks)
    assert waits(session, cast.mona) == [("plan", 2, "/plans?cycle=2026&only=agreeing")]
    assert everybody(session, cast) == {"root": ["plan"], "mona": ["plan"], "hana": ["plan"]}


def test_entries_of_ones_own_team_wait_for_a_second_look(session: Session, cast: Cast, example: Example) -> None:
    yes = EntryValues(Figure(Decimal(1)))
    kpi_id = example.kpis["AUDIT"].id
    put_entry(session, actor_of(cast.hana), kpi_id=kpi_id, on="2026-01", values=yes, version=None)
    assert everybody(session, cast) == {"mona": ["entry_check"]}
    assert waits(session, cast.mona) == [("entry_check", 1, "/entries/checks?cycle=2026&period=2026-01")]


def test_own_entries_wait_for_who_records_them(session: Session, cast: Cast, example: Example) -> None:
    audit = example.kpis["AUDIT"]
    audit.source_kind = SourceKind.EMPLOYEE_DECLARED
    assert waits(session, cast.eli) == [("own_entries", 1, "/entries?cycle=2026&period=2026-01&view=own")]
    assert waits(session, cast.mona) == []


def test_a_review_waits_for_one_after_the_other(session: Session, cast: Cast, example: Example) -> None:
    ask_review(session, example, approval=True)
    one = f"/reviews/{cast.eli.id}/2026/2026-01"
    many = "/reviews?cycle=2026&period=2026-01"
    assert waits(session, cast.eli) == [("self_assessment", 1, one)]
    assert waits(session, cast.eli, date(2026, 1, 31)) == []
    assert waits(session, cast.mona) == [("scoring", 1, many)]
    assess(session, example)
    assert waits(session, cast.eli) == []
    feedback.ask(session, actor_of(cast.mona), where=january_of(example), colleague="Otto Oktavian")
    assert waits(session, cast.otto) == [("feedback", 1, "/feedback")]
    score(session, example)
    assert everybody(session, cast) == {"root": ["approval"], "hana": ["approval"], "otto": ["feedback"]}
    reviews.approve(session, actor_of(cast.root), where=january_of(example))
    assert everybody(session, cast) == {"otto": ["feedback"]}


def test_a_published_card_waits_for_its_receipt_and_an_objection_for_its_decision(
    session: Session, cast: Cast, example: Example
) -> None:
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    assert waits(session, cast.eli) == [("receipt", 1, f"/scorecards/{cast.eli.id}/2026?period=2026-01")]
    raise_appeal(session, actor_of(cast.eli), where=Where(cast.eli.id, **JANUARY), reason="Belum lengkap.")
    assert waits(session, cast.eli) == []
    assert waits(session, cast.root) == [("appeal", 1, "/appeals")]
    assert waits(session, cast.mona) == []


def test_a_request_waits_for_a_second_person(session: Session, cast: Cast, example: Example) -> None:
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    asked = Asked(CaseKind.CORRECT, "Dua faktur tercatat pada bulan yang salah.")
    ask_case(session, actor_of(cast.hana), where=Where(cast.eli.id, **JANUARY), asked=asked)
    assert everybody(session, cast) == {"eli": ["receipt"], "root": ["case"]}


def test_requests_about_data_wait_for_hr_alone_and_never_for_who_asks(session: Session, cast: Cast) -> None:
    ask(session, actor_of(cast.eli), kind=DataRequestKind.CORRECTION, text="Please write my name in full.")
    ask(session, actor_of(cast.hana), kind=DataRequestKind.CORRECTION, text="And mine.")
    assert waits(session, cast.hana) == [("data_request", 1, "/privacy")]
    assert [waits(session, person) for person in (cast.mona, cast.eli)] == [[], []]
