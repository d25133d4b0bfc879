"""Can other programs read cycles and the library, open a cycle, change its policy and close its periods?"""

import pytest
from sqlalchemy.orm import Session

from app.services.library import seed_library
from tests.api.conftest import AsProgram, QueryCount
from tests.api.seeded import POLICY
from tests.cards import Example
from tests.cast import Cast
from tests.teams import make_cycle

NEW = {"code": "2027", "name": "Kinerja 2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"}
WIRED = {
    **POLICY,
    "asks_agreement": True,
    "entry_grace_days": 7,
    "floor": "0.00",
    "cap": "120.00",
    "criteria": {"priority": "40.00", "difficulty": "40.00", "credibility": "20.00"},
    "weight_step": "1.00",
    "weight_floor": "5.00",
    "weight_ceiling": "40.00",
    "statuses": {"on_track": "85.00", "ahead": "105.00"},
    "grades": [{**grade, "from": f"{grade['from']}.00"} for grade in POLICY["grades"]],  # type: ignore[dict-item, index]
}


def test_a_cycle_is_opened_with_its_periods_and_policy(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    made = hana.post("/cycles", json={**NEW, "period_kind": "quarterly", "policy": POLICY})
    cycle = made.json()
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, "/api/v1/cycles/2027", '"1"')
    assert cycle["policy"] == WIRED
    assert [each["code"] for each in cycle["periods"]] == ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]
    assert program(cast.eli).get("/cycles/2027").json() == cycle
    assert program(cast.eli).get("/cycles").json() == {"items": [cycle], "total": 1}


def test_the_policy_of_a_cycle_is_its_own_next_policy(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    made = hana.post("/cycles", json=NEW)
    again = hana.put("/cycles/2027/policy", json=made.json()["policy"], headers={"If-Match": made.headers["ETag"]})
    assert (again.status_code, again.json()["policy"]) == (200, made.json()["policy"])
    stale = hana.put("/cycles/2027/policy", json=POLICY, headers={"If-Match": made.headers["ETag"]})
    assert stale.status_code == 412


def test_the_days_to_record_come_and_go(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    made = hana.post("/cycles", json={**NEW, "policy": {**POLICY, "entry_grace_days": 0}})
    assert (made.status_code, made.json()["policy"]["entry_grace_days"]) == (201, 0)
    for wrong in (61, -1, 1.5, "3", None):
        policy = {**POLICY, "entry_grace_days": wrong}
        refused = hana.put("/cycles/2027/policy", json=policy, headers={"If-Match": made.headers["ETag"]})
        assert refused.status_code == 422
        assert [each["at"] for each in refused.json()["errors"]] == ["entry_grace_days"]


def test_faults_stand_where_the_document_has_them(cast: Cast, program: AsProgram) -> None:
    wrong = {
        **POLICY,
        "criteria": {"priority": "-1", "difficulty": "101", "credibility": "0.001"},
        "cap": "1001",
        "statuses": {"on_track": "0", "ahead": "-1"},
        "grades": [{"from": "-5", "code": "A", "name_en": " ", "name_id": "A"}],
    }
    body = {**NEW, "ends_on": "2026-01-01", "period_kind": "weekly", "policy": wrong}
    answer = program(cast.hana).post("/cycles", json=body)
    assert answer.status_code == 400
    assert {each["at"] for each in answer.json()["errors"]} == {
        "ends_on",
        "period_kind",
        "policy.criteria.priority",
        "policy.criteria.difficulty",
        "policy.criteria.credibility",
        "policy.cap",
        "policy.statuses.ahead",
        "policy.grades[0].from",
        "policy.grades[0].name_en",
    }
    sums = {**POLICY, "criteria": {"priority": "50", "difficulty": "50", "credibility": "50"}}
    answer = program(cast.hana).post("/cycles", json={**NEW, "policy": sums})
    assert [(each["at"], each["code"]) for each in answer.json()["errors"]] == [("policy.criteria", "criteria_not_100")]


def test_a_period_is_closed_once_and_reopened(cast: Cast, example: Example, program: AsProgram) -> None:
    hana, path = program(cast.hana), "/cycles/2026/periods/{}/closure"
    closed = hana.post(path.format("2026-01"))
    assert closed.status_code == 201
    assert closed.json() == {
        "code": "2026-01",
        "starts_on": "2026-01-01",
        "ends_on": "2026-01-31",
        "state": "closed",
    }
    assert hana.post(path.format("2026-01")).json()["code"] == "period_closed"
    entry = f"/kpis/{example.kpis['SALES'].id}/entries/2026-01"
    late = hana.put(entry, json={"value": "1"})
    assert (late.status_code, late.json()["code"]) == (409, "period_closed")
    assert hana.delete(path.format("2026-01")).status_code == 204
    assert hana.delete(path.format("2026-01")).status_code == 409
    assert hana.post(path.format("2026-12")).json()["code"] == "period_not_over"
    assert hana.post(path.format("2031-12")).status_code == 404


@pytest.mark.parametrize("who", ["mona", "eli", "audi"])
@pytest.mark.usefixtures("example")
def test_only_hr_decides_about_cycles(cast: Cast, program: AsProgram, who: str) -> None:
    other = program(getattr(cast, who))
    assert {
        other.post("/cycles", json=NEW).status_code,
        other.put("/cycles/2026/policy", json=POLICY, headers={"If-Match": '"1"'}).status_code,
        other.post("/cycles/2026/periods/2026-01/closure").status_code,
        other.delete("/cycles/2026/periods/2026-01/closure").status_code,
    } == {403}


def test_the_library_speaks_both_languages(session: Session, cast: Cast, program: AsProgram) -> None:
    seed_library(session)
    eli = program(cast.eli)
    library = eli.get("/library").json()
    assert (library["total"], len(library["items"])) == (41, 41)
    ratios = [each for each in library["items"] if each["measure_en"]["kind"] == "ratio"]
    assert all(each["measure_en"]["numerator"] and each["measure_id"]["scale"] for each in ratios)
    one = eli.get(f"/library/{ratios[0]['id']}")
    assert (one.json(), one.headers["ETag"]) == (ratios[0], '"1"')
    assert eli.get("/library", params={"search": ratios[0]["code"], "limit": 1}).json()["items"] == [ratios[0]]
    assert eli.get("/library/4711").status_code == 404


def test_a_longer_list_needs_no_more_queries(
    session: Session, cast: Cast, program: AsProgram, queries: QueryCount
) -> None:
    hana = program(cast.hana)
    make_cycle(session, "2024")
    one = queries.of(lambda: hana.get("/cycles"))
    make_cycle(session, "2025")
    make_cycle(session, "2026")
    session.expire_all()
    assert queries.of(lambda: hana.get("/cycles")) == one
