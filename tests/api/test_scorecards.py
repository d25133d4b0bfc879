"""Do other programs get the same scorecard as people, and can they publish it?"""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry, Entry, ObjectiveGoal, PublishedScorecard
from app.services.goals import GoalValues, enter_goal
from tests.api.conftest import AsProgram
from tests.cards import Example
from tests.cast import Cast, actor_of

JANUARY = {"cycle": "2026", "period": "2026-01"}


def test_a_scorecard_to_date_says_how_it_came_about(cast: Cast, example: Example, program: AsProgram) -> None:
    del example
    english = program(cast.mona).get(f"/scorecards/{cast.eli.id}/2026").json()
    assert (english["state"], english["period"]["code"], english["published"]) == ("to_date", "2026-01", None)
    assert {name: english["result"][name] for name in ("total", "grade", "grade_name", "coverage")} == {
        "total": "81.37",
        "grade": "needs_improvement",
        "grade_name": "Needs Improvement",
        "coverage": "80.00",
    }
    sales = english["objectives"][0]["kpis"][0]
    assert sales["explanation"].startswith("28 / 31 → 90.32 × 30 % (re-weighted 37.50")
    assert (sales["actual"], sales["achievement"], sales["contribution"]) == ("28", "90.32", "33.87")
    assert sales["target"]["target"] == "31"
    indonesian = program(cast.mona).get(f"/scorecards/{cast.eli.id}/2026", headers={"Accept-Language": "id"}).json()
    assert indonesian["result"]["grade_name"] == "Butuh Perbaikan"
    assert "90,32" in indonesian["objectives"][0]["kpis"][0]["explanation"]


def test_the_goal_of_an_objective_goes_along(
    session: Session, cast: Cast, example: Example, program: AsProgram
) -> None:
    goal = enter_goal(session, actor_of(cast.hana), cycle_id=example.cycle.id, values=GoalValues("G", cast.mona.id))
    example.plan.objectives[1].goal_link = ObjectiveGoal(goal_id=goal.id)
    session.flush()
    card = program(cast.mona).get(f"/scorecards/{cast.eli.id}/2026").json()
    assert [each["goal"] for each in card["objectives"]] == [None, {"id": goal.id, "title": "G"}, *[None] * 4]


def test_publishing_says_what_came_of_it_for_each(
    session: Session, cast: Cast, example: Example, program: AsProgram
) -> None:
    mona = program(cast.mona)
    people = [cast.eli.id, cast.eva.id, cast.otto.id, cast.mona.id, 987654]
    answer = mona.post("/publications", json={**JANUARY, "person_ids": people, "comment": "Baik"})
    assert answer.status_code == 200
    outcomes = answer.json()["outcomes"]
    assert [each["person_id"] for each in outcomes] == people
    done = outcomes[0]
    code = session.scalars(select(PublishedScorecard.verification_code)).one()
    assert done == {
        "person_id": cast.eli.id,
        "total": "81.37",
        "grade": "needs_improvement",
        "verification_code": code,
        "refusal": None,
    }
    assert [each["refusal"]["code"] for each in outcomes[1:]] == [
        "no_plan_in_force",
        "not_found",
        "not_allowed",
        "not_found",
    ]
    foreign, absent = outcomes[2]["refusal"], outcomes[4]["refusal"]
    assert foreign == absent
    again = mona.post("/publications", json={**JANUARY, "person_ids": [cast.eli.id]}).json()["outcomes"][0]
    assert again["refusal"] == {
        "code": "already_published",
        "message": "This scorecard is published already.",
        "errors": [],
    }
    card = program(cast.eli).get(f"/scorecards/{cast.eli.id}/2026", params={"period": "2026-01"}).json()
    assert (card["state"], card["comment"], card["verification_code"]) == ("published", "Baik", code)
    assert card["published"]["name"] == "Mona Maharani"
    late = program(cast.mona).put(f"/kpis/{example.kpis['SALES'].id}/entries/2026-01", json={"value": "1"})
    assert late.json()["code"] == "scorecard_published"


def test_a_published_card_stays_what_it_was(session: Session, cast: Cast, example: Example, program: AsProgram) -> None:
    hana = program(cast.hana)
    hana.post("/publications", json={**JANUARY, "person_ids": [cast.eli.id]})
    address = f"/scorecards/{cast.eli.id}/2026?period=2026-01"
    before = hana.get(address).content
    entry = session.scalars(select(Entry).where(Entry.kpi_id == example.kpis["SALES"].id)).one()
    entry.value = Decimal(99)
    session.flush()
    assert hana.get(address).content == before


@pytest.mark.parametrize(
    ("who", "reads", "refusal"),
    [
        ("hana", 200, None),
        ("root", 200, None),
        ("audi", 200, "not_allowed"),
        ("eli", 200, "not_allowed"),
        ("eva", 404, "not_found"),
        ("omar", 404, "not_found"),
    ],
)
def test_who_reads_and_publishes(
    cast: Cast, example: Example, program: AsProgram, who: str, reads: int, refusal: str | None
) -> None:
    del example
    other = program(getattr(cast, who))
    assert other.get(f"/scorecards/{cast.eli.id}/2026").status_code == reads
    outcome = other.post("/publications", json={**JANUARY, "person_ids": [cast.eli.id]}).json()["outcomes"][0]
    assert (outcome["refusal"] and outcome["refusal"]["code"]) == refusal


def test_a_look_at_somebody_elses_card_leaves_a_trace(
    session: Session, cast: Cast, example: Example, program: AsProgram
) -> None:
    del example
    for who in (cast.mona, cast.mona, cast.eli):
        program(who).get(f"/scorecards/{cast.eli.id}/2026")
    looks = session.execute(
        select(AuditEntry.actor_id, AuditEntry.subject_id).where(AuditEntry.action == "scorecard.viewed")
    ).all()
    assert [tuple(look) for look in looks] == [(cast.mona.id, cast.eli.id)]


@pytest.mark.slow
def test_the_pdf_is_downloaded(cast: Cast, example: Example, program: AsProgram) -> None:
    del example
    hana, address = program(cast.hana), f"/scorecards/{cast.eli.id}/2026/2026-01/pdf"
    assert hana.get(address).json()["code"] == "not_published"
    hana.post("/publications", json={**JANUARY, "person_ids": [cast.eli.id]})
    answer = program(cast.eli).get(address, params={"lang": "id"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Kartu-Skor_4_2026-01.pdf\"; filename*=UTF-8''Kartu-Skor_4_2026-01.pdf"
    )
    assert program(cast.eli).get(address, params={"lang": "id", "version": 1}).content == answer.content
    assert hana.get(address, params={"version": 2}).json()["code"] == "not_published"
    assert hana.get(address, params={"lang": "fr"}).status_code == 422


def test_what_cannot_be_asked(cast: Cast, example: Example, program: AsProgram) -> None:
    del example
    hana = program(cast.hana)
    for body, at in [
        ({**JANUARY, "person_ids": []}, "person_ids"),
        ({**JANUARY, "person_ids": ["1"]}, "person_ids[0]"),
        ({**JANUARY, "person_ids": [1] * 501}, "person_ids"),
        ({**JANUARY, "person_ids": [1], "code": "AAAA"}, "code"),
    ]:
        answer = hana.post("/publications", json=body)
        assert (answer.status_code, [each["at"] for each in answer.json()["errors"]]) == (422, [at])
    assert hana.post("/publications", json={**JANUARY, "period": "1999-01", "person_ids": [1]}).status_code == 404
    assert hana.get(f"/scorecards/{cast.eli.id}/2026?period=1999-01").status_code == 404
